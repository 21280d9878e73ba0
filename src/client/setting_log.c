/* The changes of settings that the server remembers. */
#include "client/internal.h"

#include <stdlib.h>

#include "client/js.h"
#include "common/buf.h"
#include "common/mem.h"

struct reading {
    client_log_done done;
    void *arg;
};

/* A value as people write it; NULL: none. */
static char *value_text(const json_t *v)
{
    if (json_is_string(v))
        return x_strdup(json_string_value(v));
    if (json_is_boolean(v))
        return x_strdup(json_is_true(v) ? "true" : "false");
    return v == NULL || json_is_null(v) ? NULL : json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
}

/* Who: a user, or a text such as the name of a file. */
static const char *who(const json_t *row)
{
    const char *name = js_str(js_obj(row, "by"), "username");
    return name ? name : js_str(row, "by");
}

static void read_row(struct client_setting_log *out, const json_t *row)
{
    const char *id = js_str(row, "setting");
    *out = (struct client_setting_log){
        .seq = js_int(row, "seq", 0),
        .at_ms = js_date(row, "ts"),
        .undoes = js_int(row, "undoes", 0),
        .no = id ? catalogue_find(id) : -1,
        .setting = x_strdup(id ? id : ""),
        .by = x_strdup(who(row)),
        .from = x_strdup(js_str(row, "from")),
        .origin = x_strdup(js_str(row, "origin")),
        .comment = x_strdup(js_str(row, "comment")),
        .secret = js_bool(row, "secret"),
    };
    if (out->secret || (out->no >= 0 && catalogue_row(out->no)->is_secret)) {
        out->secret = true;
        return;
    }
    out->before = value_text(json_object_get(row, "old"));
    out->after = value_text(json_object_get(row, "new"));
}

static void row_fini(struct client_setting_log *row)
{
    char *texts[] = {row->setting, row->by, row->from, row->origin, row->comment, row->before, row->after};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
}

static void log_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    struct reading *reading = arg;
    const json_t *list = err ? NULL : js_list(body, "changes");
    size_t n = json_array_size(list);
    struct client_setting_log *rows = x_calloc(n + 1, sizeof(*rows));
    (void)c;
    for (size_t i = 0; i < n; i++)
        read_row(&rows[i], json_array_get(list, i));
    reading->done(reading->arg, rows, n, err);
    for (size_t i = 0; i < n; i++)
        row_fini(&rows[i]);
    free(rows);
    free(reading);
}

void client_read_setting_log(struct client *c, const char *setting, int64_t before, int count, client_log_done done,
                             void *arg)
{
    struct error err = {0};
    if (!client_is_online(c)) {
        error_set(&err, ERR_UNAVAILABLE, NULL, "The server is away");
        done(arg, NULL, 0, &err);
        return;
    }
    if (!c->model.pub.keeps_setting_history) {
        error_set(&err, ERR_STATE, NULL, "This server does not remember changes of settings");
        done(arg, NULL, 0, &err);
        return;
    }
    struct reading *reading = x_calloc(1, sizeof(*reading));
    *reading = (struct reading){done, arg};
    struct buf path = BUF_INIT;
    buf_printf(&path, "/usher/v1/settings/log?count=%d", count);
    if (setting) {
        AUTO_FREE char *escaped = rest_escape(setting);
        buf_printf(&path, "&setting=%s", escaped);
    }
    if (before > 0)
        buf_printf(&path, "&before=%lld", (long long)before);
    call_get(c, log_done, reading, "%s", path.data);
    buf_free(&path);
}
