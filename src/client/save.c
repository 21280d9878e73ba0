/* Saving settings: all at once where the server can, else one by one. */
#include "client/internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/refusal.h"
#include "common/buf.h"
#include "common/mem.h"

struct save {
    struct client_setting_change *changes;
    size_t count, at;
    client_done done;
    void *arg;
};

static void save_end(struct save *save, const struct error *err)
{
    if (save->done)
        save->done(save->arg, err);
    for (size_t i = 0; i < save->count; i++)
        setting_value_free(&save->changes[i].value);
    free(save->changes);
    free(save);
}

/* What the server has taken is shown at once; its events say the same again. */
static void note_saved(struct client *c, const struct client_setting_change *change)
{
    struct client_setting *s = &c->model.pub.settings[change->no];
    if (catalogue_row(change->no)->is_secret) {
        s->secret_set = change->value.s && *change->value.s;
    } else {
        setting_value_free(&s->value);
        setting_value_copy(&s->value, &change->value);
    }
    s->known = true;
    client_tell(c, CLIENT_CHANGED_SETTINGS | model_apply_routing(&c->model), NULL);
}

static void save_next(struct client *c, struct save *save);

static void one_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    struct save *save = arg;
    (void)body;
    if (err == NULL) {
        note_saved(c, &save->changes[save->at++]);
        save_next(c, save);
        return;
    }
    struct error told = *err;
    const char *failed = catalogue_row(save->changes[save->at].no)->id;
    if (save->at == 0) {
        error_set(&told, err->code, failed, "%s", err->text);
    } else {
        struct buf saved = BUF_INIT;
        for (size_t i = 0; i < save->at; i++)
            buf_printf(&saved, "%s%s", i ? ", " : "", catalogue_row(save->changes[i].no)->id);
        error_set(&told, err->code, failed, "%s was not saved: %s. Saved before it: %s", failed, err->text, saved.data);
        buf_free(&saved);
    }
    told.name = err->name;
    save_end(save, &told);
}

static void save_next(struct client *c, struct save *save)
{
    if (save->at == save->count) {
        save_end(save, NULL);
        return;
    }
    const struct client_setting_change *change = &save->changes[save->at];
    json_t *value = setting_value_to_json(&change->value);
    json_t *body = catalogue_row(change->no)->type == SETTING_COLOR
                       ? json_pack("{s:o,s:s}", "value", value, "editor", "color")
                       : json_pack("{s:o}", "value", value);
    call_send(c, rung_rest("POST", body, "settings/%s", catalogue_row(change->no)->id), one_done, save);
}

static void all_done(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct save *save = arg;
    (void)result;
    if (err && (refusal_is_missing(err) || refusal_is_second_factor(err))) {
        save_next(c, save);
        return;
    }
    for (size_t i = 0; err == NULL && i < save->count; i++)
        note_saved(c, &save->changes[i]);
    save_end(save, err);
}

static json_t *all_rows(const struct save *save)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < save->count; i++) {
        const struct setting_row *row = catalogue_row(save->changes[i].no);
        json_t *json = json_pack("{s:s,s:o}", "_id", row->id, "value", setting_value_to_json(&save->changes[i].value));
        if (row->type == SETTING_COLOR)
            json_object_set_new(json, "editor", json_string("color"));
        json_array_append_new(rows, json);
    }
    return rows;
}

void client_save_settings(struct client *c, const struct client_setting_change *changes, size_t n, client_done done,
                          void *arg)
{
    struct error err = {0};
    if (!client_is_online(c) || n == 0) {
        error_set(&err, ERR_UNAVAILABLE, NULL, "The server is away");
        if (done)
            done(arg, n ? &err : NULL);
        return;
    }
    struct save *save = x_calloc(1, sizeof(*save));
    *save = (struct save){.count = n, .done = done, .arg = arg};
    save->changes = x_calloc(n, sizeof(*save->changes));
    for (size_t i = 0; i < n; i++) {
        save->changes[i].no = changes[i].no;
        setting_value_copy(&save->changes[i].value, &changes[i].value);
    }
    call_send(c, rung_method("saveSettings", json_pack("[o]", all_rows(save))), all_done, save);
}
