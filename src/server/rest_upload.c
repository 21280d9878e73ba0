/* POST livechat/upload/:rid and rooms.upload/:rid: a complete file becomes a message (rest 13.3). */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/mem.h"
#include "server/families.h"
#include "server/hold.h"
#include "server/mime.h"
#include "server/setting.h"
#include "server/shape.h"
#include "server/upload_private.h"
#include "server/work.h"
#include "store/store.h"

static void put_attachment(struct jsonw *w, const struct upload *u, const char *link)
{
    static const struct {
        const char *kind, *url, *type, *size;
    } kinds[] = {{"image/", "image_url", "image_type", "image_size"},
                 {"audio/", "audio_url", "audio_type", "audio_size"},
                 {"video/", "video_url", "video_type", "video_size"}};
    jsonw_object(w, NULL);
    jsonw_str(w, "title", u->name);
    jsonw_str(w, "type", "file");
    jsonw_str(w, "description", u->description);
    jsonw_str(w, "title_link", link);
    jsonw_bool(w, "title_link_download", true);
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (strncmp(u->type, kinds[i].kind, 6) != 0)
            continue;
        jsonw_str(w, kinds[i].url, link);
        jsonw_str(w, kinds[i].type, u->type);
        jsonw_int(w, kinds[i].size, u->size);
    }
    jsonw_end_object(w);
}

static void put_file(struct jsonw *w, const char *key, const struct upload *u)
{
    jsonw_object(w, key);
    jsonw_str(w, "_id", u->id);
    jsonw_str(w, "name", u->name);
    jsonw_str(w, "type", u->type);
    jsonw_end_object(w);
}

/* Further keys of the message. Caller frees. */
static char *file_keys(const struct upload *u)
{
    struct buf link = BUF_INIT, out = BUF_INIT;
    buf_printf(&link, "/file-upload/%s/", u->id);
    buf_put_urlencoded(&link, u->name, strlen(u->name));
    struct jsonw w = jsonw_on(&out, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_bool(&w, "groupable", false);
    put_file(&w, "file", u);
    jsonw_array(&w, "files");
    put_file(&w, NULL, u);
    jsonw_end_array(&w);
    jsonw_array(&w, "attachments");
    put_attachment(&w, u, link.data);
    jsonw_end_array(&w);
    jsonw_end_object(&w);
    buf_free(&link);
    return buf_take(&out);
}

static bool type_allowed(const struct api *a, const char *type)
{
    const char *white = setting_text(a->server->core, "FileUpload_MediaTypeWhiteList", "");
    const char *black = setting_text(a->server->core, "FileUpload_MediaTypeBlackList", "image/svg+xml");
    return !mime_listed(black, type) && (white[strspn(white, ", ")] == '\0' || mime_listed(white, type));
}

static void put_size(struct jsonw *w, int64_t bytes)
{
    static const char *const units[] = {"Bytes", "KB", "MB", "GB"};
    int unit = 0;
    double n = (double)bytes;
    for (; n >= 1024 && unit < 3; unit++)
        n /= 1024;
    AUTO_FREE char *text = x_asprintf("%.4g %s", n, units[unit]);
    jsonw_str(w, "sizeAllowed", text);
}

/* True when the upload is no good: the failure has been sent. */
static bool fail_upload(struct api *a, const struct upload *u)
{
    if (u->is_malformed) {
        api_fail_plain(a, "Invalid file");
    } else if (u->files == 0) {
        api_fail_plain(a, "No file uploaded");
    } else if (u->files > 1) {
        api_fail_plain(a, "Just 1 file is allowed");
    } else if (u->wrong_field) {
        api_fail_coded(a, "invalid-field", NULL);
    } else if (!type_allowed(a, u->type)) {
        jsonw_str(api_fail_object(a), "reason", "error-type-not-allowed");
        api_fail_object_end(a);
    } else if (u->is_too_large) {
        struct jsonw *w = api_fail_object(a);
        jsonw_str(w, "reason", "error-size-not-allowed");
        put_size(w, u->max_size);
        api_fail_object_end(a);
    } else if (u->error) {
        log_error("%s: %s", u->path, strerror(u->error));
        api_fail_status(a, 500, "The file could not be stored");
    } else {
        return false;
    }
    return true;
}

/* --- files and the erasing of their visitor --- */

struct stored {
    char *id, *path;
    bool is_late;                  /* asked for the second time */
};

static void stored_free(void *data)
{
    struct stored *f = data;
    free(f->id);
    free(f->path);
    free(f);
}

static void unlink_stored(struct store_reader *r, void *data)
{
    (void)r;
    unlink(((struct stored *)data)->path);
}

static void after_unlink(struct server *s, void *data)
{
    (void)s;
    stored_free(data);
}

/* A visitor may be erased at the very moment when his file is stored: who erases does not see what is not committed yet.
   So it is looked for when it is committed, and once more when all is that was on its way by then. */
static void on_stored(struct server *s, void *arg, bool committed)
{
    struct stored *f = arg;
    struct store_file row;
    bool is_there = committed && read_file(store_loop_reader(s->store), f->id, &row);
    if (is_there)
        store_file_free(&row);
    if (!is_there) {
        work_plain(s, unlink_stored, after_unlink, f);
    } else if (f->is_late) {
        stored_free(f);
    } else {
        f->is_late = true;
        hold_call(s, on_stored, f);
    }
}

void upload_complete(struct api *a, struct upload *u)
{
    struct server *s = a->server;
    struct result result;
    if (fail_upload(a, u))
        return;
    AUTO_FREE char *extra = file_keys(u);
    struct command cmd = server_command(COMMAND_MESSAGE_SEND, NULL);
    cmd.actor_id = u->token ? NULL : a->user_id;
    cmd.message.rid = u->rid;
    cmd.message.token = u->token;
    cmd.message.text = u->msg ? u->msg : "";
    cmd.message.extra = extra;
    if (server_step(s, &cmd, &result) < 0) {
        api_fail_core_plain(a, &result.error);
        return;
    }
    struct store_file record = {.id = u->id,
                                .rid = u->rid,
                                .name = u->name,
                                .type = u->type,
                                .user_id = result.message->user_id,
                                .size = u->size,
                                .ts_ms = result.message->ts_ms};
    store_put_file(s->store, &record);
    u->keep = true;
    struct stored *f = x_calloc(1, sizeof *f);
    f->id = x_strdup(u->id);
    f->path = x_strdup(u->path);
    hold_call(s, on_stored, f);
    struct jsonw *w = api_ok(a);
    if (u->token) {
        shape_message_fields(w, result.message);
        jsonw_bool(w, "newRoom", false);
        jsonw_bool(w, "showConnecting", core_routing(s->core)->show_connecting);
    } else {
        shape_message(w, "message", result.message);
    }
    api_ok_end(a);
}

static void run_upload(struct api *a)
{
    if (a->stream)
        upload_finish(a);
    else
        api_fail_plain(a, "No file uploaded");
}

const struct endpoint upload_endpoints[] = {
    {VERB_POST, "livechat/upload/:rid", AUTH_NONE, NULL, NULL, NULL, LIMIT_CHAT, run_upload},
    {VERB_POST, "rooms.upload/:rid", AUTH_LOGIN, NULL, NULL, NULL, LIMIT_DEFAULT, run_upload},
    ENDPOINTS_END,
};
