/* Calls by a conference service (behaviour 17.2): the agent starts one, the visitor is asked in the chat and joins or
   declines. The message that asks is the call: its id is that of the call, and what became of it stands in its blocks. */
#include <stdlib.h>
#include <string.h>

#include "common/id.h"
#include "common/mem.h"
#include "server/calls.h"
#include "server/desk.h"
#include "server/families.h"
#include "server/room_reply.h"
#include "server/rows.h"
#include "server/setting.h"
#include "server/turn.h"

#define APP "videoconf-core"

static char *jitsi_url(const struct core *c, const char *call_id)
{
    const char *domain = setting_text(c, "Jitsi_Domain", ""), *prefix = setting_text(c, "Jitsi_URL_Room_Prefix", "");
    struct buf url = BUF_INIT;
    if (*domain == '\0')
        return NULL;
    buf_printf(&url, "%s://%s/", setting_bool(c, "Jitsi_SSL", true) ? "https" : "http", domain);
    buf_put_urlencoded(&url, prefix, strlen(prefix));
    buf_puts(&url, call_id);
    return buf_take(&url);
}

static const struct provider {
    const char *name;
    /* The address of the call; NULL: the service is not set up. Caller frees. */
    char *(*url)(const struct core *c, const char *call_id);
} providers[] = {{"jitsi", jitsi_url}};

static const struct provider *active_provider(const struct core *c)
{
    const char *name = setting_text(c, "VideoConf_Default_Provider", "");
    for (size_t i = 0; i < COUNT_OF(providers); i++)
        if (strcasecmp(providers[i].name, name) == 0)
            return &providers[i];
    return NULL;
}

/* New references to blocks: a line of text, and a button when there is an address. */
static json_t *call_blocks(const char *call_id, const char *text, const char *url)
{
    json_t *blocks = json_pack("[{s:s, s:s, s:{s:s, s:s}}]", "type", "section", "appId", APP, "text", "type", "mrkdwn",
                               "text", text);
    if (url)
        json_array_append_new(
            blocks, json_pack("{s:s, s:s, s:s, s:[{s:s, s:s, s:s, s:s, s:{s:s, s:s, s:b}, s:s}]}", "type", "actions", "appId",
                              APP, "blockId", call_id, "elements", "type", "button", "appId", APP, "blockId", call_id,
                              "actionId", "joinLivechat", "text", "type", "plain_text", "text", "Join call", "emoji", 1,
                              "url", url));
    return blocks;
}

/* The address in the button of a call; NULL: it is none, or one that is over. Borrowed from extra. */
static const char *call_url(const json_t *extra)
{
    const json_t *block = json_array_get(json_object_get(extra, "blocks"), 1);
    const char *app = json_string_value(json_object_get(block, "appId"));
    if (app == NULL || strcmp(app, APP) != 0)
        return NULL;
    return json_string_value(json_object_get(json_array_get(json_object_get(block, "elements"), 0), "url"));
}

/* --- the agent --- */

static void start_call(struct api *a, const struct room *r, const struct provider *provider)
{
    struct result result;
    char id[ID_LEN + 1];
    struct id_source ids = {id_entropy()};
    id_make(&ids, id);
    AUTO_FREE char *url = provider->url(a->server->core, id);
    if (url == NULL) {
        api_fail_plain(a, "video-conf-provider-not-configured");
        return;
    }
    json_t *message = json_pack("{s:s, s:s, s:s, s:b, s:o}", "rid", r->id, "_id", id, "msg", "", "groupable", 0, "blocks",
                                call_blocks(id, "_Started a video call._", url));
    int rc = desk_send(a->server, a->user, message, &result);
    json_decref(message);
    if (rc != ERR_OK) {
        api_fail_core_plain(a, &result.error);
        return;
    }
    struct jsonw *w = api_ok(a);
    jsonw_object(w, "data");
    jsonw_str(w, "type", "livechat");
    jsonw_str(w, "callId", id);
    jsonw_str(w, "providerName", provider->name);
    jsonw_end_object(w);
    api_ok_end(a);
}

static void run_start(struct api *a)
{
    const struct core *c = a->server->core;
    const struct room *r = core_room(c, api_str(a, "roomId"));
    const struct provider *provider = active_provider(c);
    if (r == NULL || !core_may_open(c, a->user, r))
        api_fail_plain(a, "invalid-params");
    else if (provider == NULL || strcmp(setting_text(c, "Omnichannel_call_provider", "none"), "Jitsi") != 0)
        api_fail_plain(a, "no-active-video-conf-provider");
    else
        start_call(a, r, provider);
}

static void run_join(struct api *a)
{
    struct message *m = server_message_dup(a->server, api_str(a, "callId"));
    const struct room *r = m ? core_room(a->server->core, m->rid) : NULL;
    json_t *extra = m && m->extra ? json_loads(m->extra, 0, NULL) : NULL;
    const char *url = r && core_may_open(a->server->core, a->user, r) ? call_url(extra) : NULL;
    if (url == NULL) {
        api_fail_plain(a, "invalid-params");
    } else {
        jsonw_str(api_ok(a), "url", url);
        jsonw_str(&a->w, "providerName", setting_text(a->server->core, "VideoConf_Default_Provider", ""));
        api_ok_end(a);
    }
    json_decref(extra);
    message_free(&m);
}

/* --- the visitor --- */

/* The call is over: nobody joins it by the button any more. */
static void end_unanswered(struct server *s, const struct message *m, json_t *extra)
{
    struct result result;
    json_object_set_new(extra, "blocks", call_blocks(m->id, "_Started a video call that wasn't answered._", NULL));
    AUTO_FREE char *text = json_dumps(extra, JSON_COMPACT);
    struct command cmd = server_command(COMMAND_MESSAGE_UPDATE, core_user(s->core, m->user_id));
    cmd.message.rid = m->rid;
    cmd.message.text = m->text;
    cmd.message.extra = text;
    cmd.message.stored = m;
    server_step(s, &cmd, &result);
}

void calls_told_by_visitor(struct server *s, const struct visitor *v, const char *rid, const char *call_id,
                           const char *status)
{
    const struct room *r = core_room(s->core, rid);
    struct message *m = server_message_dup(s, call_id);
    bool his = r && str_eq(r->visitor->id, v->id) && m && str_eq(m->rid, rid) && !message_is_from_visitor(m);
    json_t *extra = his && m->extra ? json_loads(m->extra, 0, NULL) : NULL;
    if (call_url(extra) && strcmp(status, "declined") == 0)
        end_unanswered(s, m, extra);
    json_decref(extra);
    message_free(&m);
}

static const struct schema start_schema = SCHEMA(LOOSE, NONE, REQ("roomId", STRING));
static const struct schema join_schema = SCHEMA(LOOSE, NONE, REQ("callId", STRING));

const struct endpoint calls_endpoints[] = {
    {.verb = VERB_POST, .path = "video-conference.start", .auth = AUTH_LOGIN, .schema = &start_schema, .run = run_start},
    {.verb = VERB_POST, .path = "video-conference.join", .auth = AUTH_LOGIN, .schema = &join_schema, .run = run_join},
    ENDPOINTS_END,
};
