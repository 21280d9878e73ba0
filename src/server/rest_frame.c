/* /usher/v1/rooms/:rid/frame: the address of the outside page for a chat (behaviour 8). The key stays here, and the token is
   the one that the call was made with. */
#include <stdlib.h>
#include <string.h>

#include "common/frame_url.h"
#include "common/mem.h"
#include "server/families.h"
#include "server/lookup.h"
#include "server/session.h"

/* Who comes over the unix socket has no token; the page gets one of its own, as a login would. */
static void make_token(struct api *a)
{
    int64_t expires_ms;
    a->token = x_calloc(1, TOKEN_LEN + 1);
    session_open(a->server, a->user_id, a->token, &expires_ms);
    a->user = NULL; /* stale by that */
}

static void put_url(struct api *a, const char *rid)
{
    const struct core *c = a->server->core;
    struct error err = {0};
    char *url;
    if (a->token == NULL)
        make_token(a);
    struct frame_page page = {
        .url = core_setting_text(c, "Omnichannel_External_Frame_URL"),
        .user_id = a->user_id,
        .rid = rid,
        .token = a->token,
        .jwk = core_setting_text(c, "Omnichannel_External_Frame_Encryption_JWK"),
    };
    if (frame_url(&page, &url, &err) != ERR_OK) {
        api_fail_core(a, &err);
        return;
    }
    jsonw_str(api_ok(a), "url", url);
    explicit_bzero(url, strlen(url));
    free(url);
    api_ok_end(a);
}

static void frame_found(struct api *a, void *data)
{
    const struct lookup *l = data;
    const struct core *c = a->server->core;
    const struct room *open = core_room(c, l->rid);
    if (open == NULL && lookup_room(l) == NULL)
        api_not_found(a, "room-not-found");
    else if (!lookup_may_open(c, a->user, open, l))
        api_forbidden(a);
    else if (!core_setting_bool(c, "Omnichannel_External_Frame_Enabled"))
        api_fail_coded(a, "error-external-frame-disabled", "The external frame is switched off");
    else
        put_url(a, l->rid);
}

static void frame(struct api *a)
{
    api_read(a, lookup_run, frame_found, lookup_new(api_arg(a, "rid")), lookup_drop);
}

const struct endpoint frame_endpoints[] = {
    {.verb = VERB_GET, .path = "/usher/v1/rooms/:rid/frame", .auth = AUTH_TOKEN, .all_of = RIGHTS("view-l-room"),
     .run = frame},
    ENDPOINTS_END,
};
