#include "ui/admin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/chat_view.h"
#include "ui/choice.h"
#include "ui/form.h"
#include "ui/record_show.h"
#include "ui/sheet.h"

/* One question on its way to the server, and to the person. */
struct deed {
    struct ui *ui;
    enum record_kind_no kind;
    char *id, *name;
    bool copy;
    size_t hour;               /* which of hour_deeds */
};

static struct deed *deed_new(struct ui *ui, enum record_kind_no kind, const struct record *r)
{
    struct deed *d = x_calloc(1, sizeof *d);
    *d = (struct deed){.ui = ui, .kind = kind, .id = x_strdup(r->id), .name = x_strdup(record_name(kind, r))};
    return d;
}

static void deed_free(void *arg)
{
    struct deed *d = arg;
    free(d->id);
    free(d->name);
    free(d);
}

/* --- showing and changing --- */

static void why_not(struct ui *ui, enum record_kind_no kind, bool is_new, char *why, size_t n)
{
    const struct record_kind *k = record_kind(kind);
    AUTO_FREE char *deed = x_asprintf("%s a %s", is_new ? "make" : "change", k->noun);
    *why = '\0';
    if (!is_new && k->no_edit)
        snprintf(why, n, "A %s is not changed here%s.", k->noun,
                 k->no_new ? "" : ", only added and removed");
    else
        record_may(ui, k->may_save, why, n, deed);
}

/* A copy begins without what must be unique, and without what the server made of the first. */
static void open_copy(struct ui *ui, enum record_kind_no kind, const struct record *r)
{
    struct record *copy = record_copy(kind, r);
    int name = record_kind(kind)->name_field;
    AUTO_FREE char *fresh = x_asprintf("%s-2", record_name(kind, r));
    struct record *blank = record_new(kind, NULL);
    for (size_t i = 0; i < record_kind(kind)->field_count; i++)
        if (record_kind(kind)->fields[i].flags & RECORD_FIXED)
            record_value_copy(&copy->values[i], &blank->values[i]);
    record_free(kind, &blank);
    free(copy->id);
    copy->id = NULL;
    record_value_set(&copy->values[name], fresh);
    sheet_open(ui, kind, copy, "");
    record_free(kind, &copy);
}

static void read_done(void *arg, const struct record *r, const struct error *err)
{
    struct deed *d = arg;
    char why[320];
    if (err) {
        ui_say(d->ui, true, "%s", err->text);
    } else if (d->copy) {
        open_copy(d->ui, d->kind, r);
    } else {
        why_not(d->ui, d->kind, false, why, sizeof why);
        sheet_open(d->ui, d->kind, r, why);
    }
    ui_schedule(d->ui);
    deed_free(d);
}

static void open_new(struct ui *ui, enum record_kind_no kind, struct error *err)
{
    char why[320];
    if (record_kind(kind)->no_new) {
        error_set(err, ERR_STATE, NULL, "Nobody can make a %s here", record_kind(kind)->noun);
        return;
    }
    why_not(ui, kind, true, why, sizeof why);
    if (*why) {
        record_refuse(ui, why);
        return;
    }
    struct record *r = record_new(kind, NULL);
    sheet_open(ui, kind, r, "");
    record_free(kind, &r);
}

/* --- deleting --- */

/* "Deleted", "Removed". */
static const char *past(const char *verb)
{
    return verb[strlen(verb) - 1] == 'e' ? "d" : "ed";
}

static void deleted(void *arg, const struct error *err)
{
    struct deed *d = arg;
    if (err)
        ui_say(d->ui, true, "%s", err->text);
    else
        ui_say(d->ui, false, "%s%s: %s %s", record_kind(d->kind)->removal, past(record_kind(d->kind)->removal), record_kind(d->kind)->noun, d->name);
    deed_free(d);
}

static int delete_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    const struct deed *asked = arg;
    struct deed *d = x_calloc(1, sizeof *d);
    (void)f;
    (void)err;
    *d = (struct deed){.ui = ui, .kind = asked->kind, .id = x_strdup(asked->id), .name = x_strdup(asked->name)};
    client_record_delete(ui->client, d->kind, d->id, deleted, d);
    return 0;
}

static void affected(void *arg, const char *text)
{
    struct deed *d = arg;
    const struct record_kind *k = record_kind(d->kind);
    char noun[40];
    snprintf(noun, sizeof noun, "%s", k->noun);
    noun[0] = (char)(noun[0] - 32);
    AUTO_FREE char *question = x_asprintf("%s %s%s%s.%s%s", noun, d->name, *text ? ": " : "", text, k->loses ? "\n" : "",
                                          k->loses ? k->loses : "");
    AUTO_FREE char *title = x_asprintf("%s this %s?", k->removal, k->noun);
    struct ui *ui = d->ui;
    struct form *f = form_new(ui, title, question, k->removal, delete_accepted, d, deed_free);
    form_danger(f);
    form_show(f);
    ui_schedule(ui);
}

static void ask_delete(struct ui *ui, enum record_kind_no kind, const struct record *r, struct error *err)
{
    const struct record_kind *k = record_kind(kind);
    char why[320];
    AUTO_FREE char *deed = x_asprintf("%s a %s", k->removal, k->noun);
    deed[0] = (char)(deed[0] + 32);
    if (!record_may(ui, k->may_delete, why, sizeof why, deed)) {
        record_refuse(ui, why);
        return;
    }
    int type = record_field_find(k, "type");
    if (kind == RECORD_HOURS && strcmp(record_text(&r->values[type]), "default") == 0) {
        error_set(err, ERR_STATE, NULL, "The default business hour stays: everybody else follows it");
        return;
    }
    client_record_affected(ui->client, kind, r->id, affected, deed_new(ui, kind, r));
}

/* --- channels --- */

static void joined(void *arg, const struct error *err)
{
    struct deed *d = arg;
    if (err)
        ui_say(d->ui, true, "%s", err->text);
    else
        ui_say(d->ui, false, "You are a member of %s", d->name);
    deed_free(d);
}

static bool channel_action(struct ui *ui, enum command_id id, enum record_kind_no kind, const struct record *r,
                           struct error *err)
{
    if (kind != RECORD_CHANNELS) {
        error_set(err, ERR_STATE, NULL, "This is for channels");
    } else if (id == CMD_CHANNEL_JOIN) {
        client_channel_join(ui->client, r->id, joined, deed_new(ui, kind, r));
    } else {
        AUTO_FREE char *rid = x_strdup(r->id);
        chat_show(ui, rid);
        ui_focus(ui, PANE_CHAT);
    }
    return true;
}

/* --- business hours by hand --- */

static const struct {
    enum command_id id;
    enum client_hour_order order;
    const char *title, *done;
} hour_deeds[] = {
    {CMD_HOUR_OPEN, CLIENT_HOUR_OPEN, "Open now", "Opened by hand"},
    {CMD_HOUR_CLOSE, CLIENT_HOUR_CLOSE, "Close now", "Closed by hand"},
    {CMD_HOUR_RESUME, CLIENT_HOUR_RESUME, "", "The calendar decides again"},
};

static void hour_ordered(void *arg, const struct error *err)
{
    struct deed *d = arg;
    if (err)
        ui_say(d->ui, true, "%s", err->text);
    else
        ui_say(d->ui, false, "%s: business hour %s", hour_deeds[d->hour].done, d->name);
    deed_free(d);
}

static void hour_chosen(struct ui *ui, int index, void *arg)
{
    const struct deed *asked = arg;
    struct deed *d = x_calloc(1, sizeof *d);
    *d = (struct deed){.ui = ui, .hour = asked->hour, .id = x_strdup(asked->id), .name = x_strdup(asked->name)};
    client_hour_override(ui->client, d->id, hour_deeds[d->hour].order, index == 1, hour_ordered, d);
}

static void hour_action(struct ui *ui, enum command_id id, enum record_kind_no kind, const struct record *r,
                        struct error *err)
{
    char why[320];
    if (kind != RECORD_HOURS) {
        error_set(err, ERR_STATE, NULL, "This is for business hours");
        return;
    }
    if (!record_may(ui, record_kind(kind)->may_save, why, sizeof why, "open or close business hours")) {
        record_refuse(ui, why);
        return;
    }
    struct deed *d = deed_new(ui, kind, r);
    while (hour_deeds[d->hour].id != id)
        d->hour++;
    if (id == CMD_HOUR_RESUME) {
        client_hour_override(ui->client, d->id, CLIENT_HOUR_RESUME, false, hour_ordered, d);
        return;
    }
    AUTO_FREE char *title = x_asprintf("%s: %s", hour_deeds[d->hour].title, d->name);
    struct choice *c = choice_new(ui, title, "Choose", hour_chosen, d, deed_free);
    choice_add(c, "until the calendar's next change", "", ROLE_TEXT);
    choice_add(c, "until it is taken back", "", ROLE_TEXT);
    choice_show(c);
}

bool admin_action(struct ui *ui, enum command_id id, enum record_kind_no kind, const struct record *r,
                  struct error *err)
{
    struct deed *d;
    switch (id) {
    case CMD_RECORD_NEW:
        open_new(ui, kind, err);
        return true;
    case CMD_RECORD_EDIT:
    case CMD_RECORD_COPY:
    case CMD_RECORD_DELETE:
    case CMD_CHANNEL_JOIN:
    case CMD_CHANNEL_READ:
    case CMD_HOUR_OPEN:
    case CMD_HOUR_CLOSE:
    case CMD_HOUR_RESUME:
        break;
    default:
        return false;
    }
    if (r == NULL) {
        error_set(err, ERR_STATE, NULL, "There is no such %s", record_kind(kind)->noun);
    } else if (id == CMD_RECORD_DELETE) {
        ask_delete(ui, kind, r, err);
    } else if (id == CMD_HOUR_OPEN || id == CMD_HOUR_CLOSE || id == CMD_HOUR_RESUME) {
        hour_action(ui, id, kind, r, err);
    } else if (id == CMD_CHANNEL_JOIN || id == CMD_CHANNEL_READ || (kind == RECORD_CHANNELS && id == CMD_RECORD_EDIT)) {
        channel_action(ui, id, kind, r, err);
    } else {
        char why[320] = "";
        bool copy = id == CMD_RECORD_COPY;
        if (copy && (record_kind(kind)->no_new || record_kind(kind)->no_edit))
            snprintf(why, sizeof why, "A %s cannot be copied", record_kind(kind)->noun);
        else if (copy)
            why_not(ui, kind, true, why, sizeof why);
        if (*why) {
            record_refuse(ui, why);
            return true;
        }
        d = deed_new(ui, kind, r);
        d->copy = copy;
        client_record_read(ui->client, kind, r->id, read_done, d);
    }
    return true;
}
