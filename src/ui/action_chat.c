/* Commands on chats: taking, closing, handing on, answering with canned words, going from one to the next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/chat_view.h"
#include "ui/choice.h"
#include "ui/form.h"
#include "ui/record_show.h"
#include "ui/settings_draft.h"
#include "ui/ui_priv.h"

#define NO_CODE "none"         /* shown where no disposition is needed */
#define DISPOSITIONS_MAX 64

/* A request about one chat, with the ui to come back to. */
struct request {
    struct ui *ui;
    char *rid, *name;
};

static struct request *request_new(struct ui *ui, const char *rid, const char *name)
{
    struct request *r = x_calloc(1, sizeof *r);
    r->ui = ui;
    r->rid = x_strdup(rid);
    r->name = text_clean_dup(name ? name : "", strlen(name ? name : ""));
    return r;
}

static void request_free(void *arg)
{
    struct request *r = arg;
    free(r->rid);
    free(r->name);
    free(r);
}

static void on_taken(void *arg, const struct error *err)
{
    struct request *r = arg;
    if (err) {
        str_set(&r->ui->taking, NULL);
        ui_say(r->ui, true, "%s", err->text);
    } else if (!r->ui->quitting) {
        chat_show(r->ui, r->rid);
        ui_focus(r->ui, PANE_COMPOSER);
        ui_say(r->ui, false, "You have taken the chat with %s", r->name);
    }
    request_free(r);
}

static int take(struct ui *ui, const struct client_inquiry *q, struct error *err)
{
    if (q == NULL)
        return error_set(err, ERR_STATE, NULL, "Nobody is waiting");
    str_set(&ui->taking, q->rid);
    client_take(ui->client, q->id, on_taken, request_new(ui, q->rid, q->visitor_name));
    return 0;
}

/* What I am asked, else the first that nobody else is. */
static const struct client_inquiry *first_to_take(const struct ui *ui)
{
    const struct client_inquiry *mine = offer_mine(ui);
    for (size_t i = 0; mine == NULL && i < ui->model->queue_count; i++)
        if (!ui->model->queue[i]->is_offered)
            mine = ui->model->queue[i];
    return mine;
}

static int take_position(struct ui *ui, const char *text, struct error *err)
{
    int position = atoi(text);
    for (size_t i = 0; i < pane_queue_shown(ui); i++)
        if (ui->model->queue[i]->position == position)
            return take(ui, ui->model->queue[i], err);
    return error_set(err, ERR_NOT_FOUND, NULL, "Nobody waits at position %.20s", text);
}

static struct client_room *own_chat(struct ui *ui, struct error *err)
{
    struct client_room *room = chat_room(ui);
    if (room && room->open && room->mine)
        return room;
    error_set(err, ERR_STATE, NULL, room ? "This is no open chat of yours" : "No chat is open");
    return NULL;
}

static void on_closed(void *arg, const struct error *err)
{
    struct request *r = arg;
    if (err)
        ui_say(r->ui, true, "%s", err->text);
    else
        ui_say(r->ui, false, "The chat with %s is closed", r->name);
    request_free(r);
}

/* How a chat is to be closed: which fields its form has. */
struct closing {
    struct request *request;
    int comment, disposition;          /* numbers of fields; -1: not asked for */
};

static void closing_free(void *arg)
{
    struct closing *g = arg;
    request_free(g->request);
    free(g);
}

static int close_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    const struct closing *g = arg;
    const struct request *r = g->request;
    const char *comment = g->comment >= 0 ? form_value(f, g->comment) : "";
    const char *code = g->disposition >= 0 ? form_value(f, g->disposition) : NO_CODE;
    if (g->comment >= 0 && comment[strspn(comment, " \n")] == '\0')
        return error_set(err, ERR_INVALID, NULL, "A comment is required");
    client_close(ui->client, r->rid, comment, NULL, 0, strcmp(code, NO_CODE) == 0 ? NULL : code, on_closed,
                 request_new(ui, r->rid, r->name));
    return 0;
}

/* The codes of the setting, as a field to choose from; answers its number, -1 when there are none. */
static int add_dispositions(struct ui *ui, struct form *f)
{
    setting_no no = catalogue_find("Usher_disposition_codes");
    AUTO_FREE char *codes = x_strdup(ui->model->is_usher ? settings_draft_stored(ui->settings, no)->s : "");
    const char *choices[DISPOSITIONS_MAX + 2];
    char *rest = codes, *code;
    int n = 0;
    if (!settings_draft_stored_bool(ui->settings, "Usher_disposition_required"))
        choices[n++] = NO_CODE;
    int without = n;
    while (n < DISPOSITIONS_MAX && (code = strsep(&rest, ",")) != NULL) {
        code += strspn(code, " ");
        for (size_t end = strlen(code); end > 0 && code[end - 1] == ' '; end--)
            code[end - 1] = '\0';
        if (*code)
            choices[n++] = code;
    }
    choices[n] = NULL;
    return n == without ? -1 : form_add(f, FIELD_CHOICE, "Disposition", choices[0], choices);
}

static int close_chat(struct ui *ui, const struct command_args *a, struct error *err)
{
    struct client_room *room = own_chat(ui, err);
    if (room == NULL)
        return err->code;
    if (a->n > 0) {
        client_close(ui->client, room->id, a->rest, NULL, 0, NULL, on_closed,
                     request_new(ui, room->id, room->visitor_name));
        return 0;
    }
    struct closing *g = x_calloc(1, sizeof *g);
    g->request = request_new(ui, room->id, room->visitor_name);
    AUTO_FREE char *text = x_asprintf("End the chat with %s?", g->request->name);
    bool ask = settings_draft_stored_bool(ui->settings, "Livechat_request_comment_when_closing_conversation");
    struct form *f = form_new(ui, "Close chat", text, "Close chat", close_accepted, g, closing_free);
    g->comment = ask ? form_add(f, FIELD_TEXT, "Comment", "", NULL) : -1;
    g->disposition = add_dispositions(ui, f);
    form_show(f);
    return 0;
}

static int return_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    (void)f;
    (void)err;
    client_return_to_queue(ui->client, ((struct request *)arg)->rid, ui_done, ui);
    return 0;
}

static int return_chat(struct ui *ui, struct error *err)
{
    struct client_room *room = own_chat(ui, err);
    if (room == NULL)
        return err->code;
    struct request *r = request_new(ui, room->id, room->visitor_name);
    AUTO_FREE char *text = x_asprintf("Give the chat with %s back to the queue?", r->name);
    form_show(form_new(ui, "Return to queue", text, "Return", return_accepted, r, request_free));
    return 0;
}

static int hold_chat(struct ui *ui, struct error *err)
{
    static const char setting[] = "Livechat_allow_manual_on_hold";
    const struct client_room *room = own_chat(ui, err);
    char why[320];
    if (room == NULL)
        return err->code;
    if (!record_may(ui, "on-hold-livechat-room", why, sizeof why, "place chats on hold")) {
        record_refuse(ui, why);
        return 0;
    }
    if (room->on_hold)
        return error_set(err, ERR_STATE, NULL, "This chat is on hold already");
    if (!settings_draft_stored_bool(ui->settings, setting))
        return error_set(err, ERR_STATE, NULL, "Placing chats on hold is switched off here: %s", setting);
    client_hold(ui->client, room->id, ui_done, ui);
    return 0;
}

static int resume_chat(struct ui *ui, struct error *err)
{
    const struct client_room *room = own_chat(ui, err);
    if (room == NULL)
        return err->code;
    if (!room->on_hold)
        return error_set(err, ERR_STATE, NULL, "This chat is not on hold");
    client_resume(ui->client, room->id, ui_done, ui);
    return 0;
}

/* Where a chat can go: departments first, then agents; the index tells which. */
struct forward {
    struct request *request;
    char **department, **agent, *to_department, *to_agent, *label, *comment;
    size_t departments, agents;
};

static void forward_free(void *arg)
{
    struct forward *w = arg;
    for (size_t i = 0; i < w->departments; i++)
        free(w->department[i]);
    for (size_t i = 0; i < w->agents; i++)
        free(w->agent[i]);
    free(w->department);
    free(w->agent);
    free(w->to_agent);
    free(w->to_department);
    free(w->label);
    free(w->comment);
    request_free(w->request);
    free(w);
}

static struct forward *forward_new(const struct request *r, const char *agent, const char *department, const char *label,
                                   const char *comment)
{
    struct forward *w = x_calloc(1, sizeof *w);
    w->request = request_new(r->ui, r->rid, r->name);
    w->to_agent = x_strdup(agent);
    w->to_department = x_strdup(department);
    w->label = text_clean_dup(label, strlen(label));
    w->comment = x_strdup(comment);
    return w;
}

static void forward_ask(struct forward *w_take, const char *trouble);

/* Why not, in the dialog in which one can try again: what was typed is kept. */
static void on_forwarded(void *arg, const struct error *err)
{
    struct forward *w = arg;
    struct ui *ui = w->request->ui;
    char why[320];
    if (err == NULL || ui->quitting) {
        if (err == NULL)
            ui_say(ui, false, "The chat with %s went to %s", w->request->name, w->label);
        forward_free(w);
        return;
    }
    bool lacks = err->code == ERR_DENIED && !str_eq(err->name, "error-forwarding-department-target-not-allowed") &&
                 !record_may(ui, "transfer-livechat-guest", why, sizeof why, "hand on this chat");
    forward_ask(w, lacks ? why : err->text);
}

static int forward_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    const struct forward *w = arg;
    (void)err;
    client_forward(ui->client, w->request->rid, w->to_agent, w->to_department, form_value(f, 0), on_forwarded,
                   forward_new(w->request, w->to_agent, w->to_department, w->label, form_value(f, 0)));
    return 0;
}

static void forward_ask(struct forward *w, const char *trouble)
{
    AUTO_FREE char *text =
        x_asprintf("%s%sHand the chat with %s to %s?", trouble ? trouble : "", trouble ? ". " : "", w->request->name, w->label);
    struct form *f = form_new(w->request->ui, trouble ? "Not forwarded" : "Forward", text, trouble ? "Try again" : "Forward",
                              forward_accepted, w, forward_free);
    form_add(f, FIELD_TEXT, "Comment", w->comment ? w->comment : "", NULL);
    form_show(f);
}

static const char *name_of(const struct ui *ui, const char *agent, const char *department)
{
    for (size_t i = 0; department && i < ui->model->department_count; i++)
        if (str_eq(ui->model->departments[i]->id, department))
            return ui->model->departments[i]->name;
    for (size_t i = 0; agent && i < ui->model->agent_count; i++)
        if (str_eq(ui->model->agents[i]->id, agent))
            return ui->model->agents[i]->username;
    return "?";
}

static void forward_chosen(struct ui *ui, int index, void *arg)
{
    struct forward *w = arg;
    size_t i = (size_t)index;
    const char *department = i < w->departments ? w->department[i] : NULL;
    const char *agent = department ? NULL : w->agent[i - w->departments];
    forward_ask(forward_new(w->request, agent, department, name_of(ui, agent, department), NULL), NULL);
}

static int forward_named(struct ui *ui, const struct client_room *room, const char *name, struct error *err)
{
    const struct client_model *m = ui->model;
    const char *agent = NULL, *department = NULL;
    for (size_t i = 0; i < m->department_count; i++)
        if (strcasecmp(m->departments[i]->name, name) == 0)
            department = m->departments[i]->id;
    for (size_t i = 0; department == NULL && i < m->agent_count; i++)
        if (strcasecmp(m->agents[i]->username, name) == 0)
            agent = m->agents[i]->id;
    if (agent == NULL && department == NULL)
        return error_set(err, ERR_NOT_FOUND, NULL, "There is no agent or department %.60s", name);
    struct request *r = request_new(ui, room->id, room->visitor_name);
    forward_ask(forward_new(r, agent, department, name, NULL), NULL);
    request_free(r);
    return 0;
}

static int forward_chat(struct ui *ui, const struct command_args *a, struct error *err)
{
    const struct client_model *m = ui->model;
    struct client_room *room = own_chat(ui, err);
    if (room == NULL)
        return err->code;
    if (a->n > 0)
        return forward_named(ui, room, a->rest, err);
    struct forward *w = x_calloc(1, sizeof *w);
    w->request = request_new(ui, room->id, room->visitor_name);
    w->department = x_calloc(m->department_count + 1, sizeof *w->department);
    w->agent = x_calloc(m->agent_count + 1, sizeof *w->agent);
    struct choice *c = choice_new(ui, "Forward to", "Forward", forward_chosen, w, forward_free);
    for (size_t i = 0; i < m->department_count; i++) {
        const struct client_department *d = m->departments[i];
        AUTO_FREE char *detail = x_asprintf("department, %d agent%s%s", d->agents, d->agents == 1 ? "" : "s",
                                            d->enabled ? "" : ", disabled");
        w->department[w->departments++] = x_strdup(d->id);
        choice_add(c, d->name, detail, ROLE_SECTION);
    }
    for (size_t i = 0; i < m->agent_count; i++) {
        const struct client_agent *g = m->agents[i];
        if (str_eq(g->id, m->me.id))
            continue;
        AUTO_FREE char *detail =
            x_asprintf("%s, %s", g->name ? g->name : "", g->service ? g->service : "not-available");
        w->agent[w->agents++] = x_strdup(g->id);
        choice_add(c, g->username, detail, str_eq(g->service, "available") ? ROLE_OWN : ROLE_DISABLED);
    }
    choice_show(c);
    return 0;
}

static void insert_canned(struct ui *ui, const char *text)
{
    struct pane *composer = ui->panes[PANE_COMPOSER];
    struct chat_view *v = chat_view_current(ui->chats);
    if (chat_room(ui) == NULL || v == NULL) {
        ui_say(ui, true, "No chat is open");
        return;
    }
    ui_focus(ui, PANE_COMPOSER);
    edit_insert(&v->draft, text, strlen(text));
    composer->dirty = true;
    ui_dirty(ui, PANE_CHATS);
}

static void canned_chosen(struct ui *ui, int index, void *arg)
{
    insert_canned(ui, ((char **)arg)[index]);
}

/* The texts as they were when the dialog opened: the list may change under it. */
static void texts_free(void *arg)
{
    for (char **t = arg; *t; t++)
        free(*t);
    free(arg);
}

static int canned(struct ui *ui, const struct command_args *a, struct error *err)
{
    const struct client_model *m = ui->model;
    if (own_chat(ui, err) == NULL)
        return err->code;
    if (!settings_draft_stored_bool(ui->settings, "Canned_Responses_Enable"))
        return error_set(err, ERR_STATE, NULL, "Canned responses are switched off here");
    for (size_t i = 0; a->n > 0 && i < m->canned_count; i++)
        if (strcmp(m->canned[i]->shortcut, a->rest) == 0) {
            insert_canned(ui, m->canned[i]->text);
            return 0;
        }
    char **texts = x_calloc(m->canned_count + 1, sizeof *texts);
    struct choice *c = choice_new(ui, "Canned responses", "Insert", canned_chosen, texts, texts_free);
    for (size_t i = 0; i < m->canned_count; i++) {
        texts[i] = x_strdup(m->canned[i]->text);
        choice_add(c, m->canned[i]->shortcut, m->canned[i]->text, ROLE_STRONG);
    }
    choice_filter(c, a->rest);
    choice_show(c);
    return 0;
}

static int go_chat(struct ui *ui, size_t i)
{
    const struct client_room *room = ui->model->rooms[i];
    bool typing = ui->focus == PANE_COMPOSER;
    chat_show(ui, room->id);
    ui_focus(ui, typing && chat_is_writable(room)         ? PANE_COMPOSER
                 : ui->focus == PANE_CHATS && !ui->narrow ? PANE_CHATS
                                                          : PANE_CHAT);
    return 0;
}

static int step_chat(struct ui *ui, int by, struct error *err)
{
    const struct client_model *m = ui->model;
    const char *rid = chat_views_current(ui->chats);
    int n = (int)m->room_count, at = by > 0 ? -1 : 0;
    if (n == 0)
        return error_set(err, ERR_STATE, NULL, "You have no chats");
    for (int i = 0; rid && i < n; i++)
        if (strcmp(m->rooms[i]->id, rid) == 0)
            at = i;
    return go_chat(ui, (size_t)((at + n + by) % n));
}

static int goto_chat(struct ui *ui, const char *text, struct error *err)
{
    int n = atoi(text);
    if (n < 1 || (size_t)n > ui->model->room_count)
        return error_set(err, ERR_NOT_FOUND, NULL, "There is no chat %.20s", text);
    return go_chat(ui, (size_t)n - 1);
}

/* The chat that waits for an answer longest; none: the first of the queue comes under the cursor. */
static int next_unread(struct ui *ui, struct error *err)
{
    const struct client_model *m = ui->model;
    size_t best = m->room_count;
    for (size_t i = 0; i < m->room_count; i++)
        if (m->rooms[i]->unread > 0 &&
            (best == m->room_count || m->rooms[i]->last_ms < m->rooms[best]->last_ms))
            best = i;
    if (best < m->room_count) {
        chat_show(ui, m->rooms[best]->id);
        ui_focus(ui, PANE_COMPOSER);
        return 0;
    }
    if (m->queue_count == 0)
        return error_set(err, ERR_STATE, NULL, "Nobody waits for you");
    ui_focus(ui, PANE_QUEUE);
    return 0;
}

static int leave_view(struct ui *ui, struct error *err)
{
    const char *rid = chat_views_current(ui->chats);
    struct client_room *room = chat_room(ui);
    if (rid == NULL)
        return error_set(err, ERR_STATE, NULL, "No chat is open");
    AUTO_FREE char *id = x_strdup(rid);
    bool keep = room && chat_is_writable(room) && chat_view_get(ui->chats, id)->draft.text.len > 0;
    if (keep)
        return error_set(err, ERR_STATE, NULL, "A message is being written in this chat");
    chat_views_forget(ui->chats, id);
    client_leave(ui->client, id);
    ui_focus(ui, PANE_CHATS);
    ui_dirty_all(ui);
    return 0;
}

int action_chat(struct ui *ui, enum command_id id, const struct command_args *a, struct error *err)
{
    switch (id) {
    case CMD_TAKE:
        return a->n > 0 ? take_position(ui, a->arg[0], err) : take(ui, pane_queue_current(ui), err);
    case CMD_TAKE_NEXT:
        return take(ui, first_to_take(ui), err);
    case CMD_DECLINE:
        return offer_decline(ui, err);
    case CMD_END_PAUSE:
        return offer_end_pause(ui, err);
    case CMD_CLOSE_CHAT:
        return close_chat(ui, a, err);
    case CMD_RETURN:
        return return_chat(ui, err);
    case CMD_FORWARD:
        return forward_chat(ui, a, err);
    case CMD_HOLD:
        return hold_chat(ui, err);
    case CMD_RESUME:
        return resume_chat(ui, err);
    case CMD_CANNED:
        return canned(ui, a, err);
    case CMD_NEXT_CHAT:
        return step_chat(ui, 1, err);
    case CMD_PREV_CHAT:
        return step_chat(ui, -1, err);
    case CMD_GOTO_CHAT:
        return goto_chat(ui, a->arg[0], err);
    case CMD_NEXT_UNREAD:
        return next_unread(ui, err);
    case CMD_LEAVE_VIEW:
        return leave_view(ui, err);
    case CMD_AVAILABLE:
        client_set_available(ui->client, true, ui_done, ui);
        return 0;
    case CMD_UNAVAILABLE:
        client_set_available(ui->client, false, ui_done, ui);
        return 0;
    case CMD_TOGGLE_AVAILABLE:
        client_set_available(ui->client, !ui->model->me.available, ui_done, ui);
        return 0;
    case CMD_WHY:
        return action_why(ui, a, err);
    default:
        return action_link(ui, id, a, err);
    }
}
