/* The command why: what routing decided about a chat and for which reasons, or what stands between an agent and his next
   chat, in a dialog. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/mem.h"
#include "ui/admin.h"
#include "ui/chat_view.h"
#include "ui/report.h"

static const unsigned contexts[] = {CTX_DIALOG, CTX_LIST, 0};
static const struct report_key foot[] = {{CMD_CANCEL, "Close"}, {CMD_ACCEPT, NULL}};
static const struct report_ops why_ops = {.name = "why", .contexts = contexts, .foot = foot};

/* The ui outlives the client's answers unless it is quitting. */
struct question {
    struct ui *ui;
    char *title;
};

static struct question *question_new(struct ui *ui, char *title_take)
{
    struct question *q = x_calloc(1, sizeof *q);
    *q = (struct question){ui, title_take};
    return q;
}

/* A line with the date comes first, and again when the day changes. */
static void add_line(struct report *s, int item, const struct client_why_line *l, char day[16])
{
    char date[16] = "", clock[12] = "";
    time_t at = (time_t)(l->ts_ms / 1000);
    struct tm tm = {0};
    enum role role = l->stops ? ROLE_ERROR : ROLE_TEXT;
    if (l->ts_ms > 0) {
        localtime_r(&at, &tm);
        strftime(date, sizeof date, "%Y-%m-%d", &tm);
        strftime(clock, sizeof clock, "%H:%M:%S  ", &tm);
        if (strcmp(date, day) != 0)
            report_add(s, -1, ROLE_DIM_TEXT, 0, date);
        memcpy(day, date, sizeof date);
    }
    const char *lead = l->stops ? "! " : l->is_now ? "now       " : clock;
    report_addf(s, item, role, l->is_detail ? 10 : 0, "%s%s", lead, l->text);
}

static void answered(void *arg, const struct client_why_line *lines, size_t n, const struct error *err)
{
    struct question q = *(struct question *)arg;
    char day[16] = "";
    free(arg);
    if (!q.ui->quitting && err) {
        ui_say(q.ui, true, "%s", err->text);
    } else if (!q.ui->quitting) {
        struct report *s = report_new(q.ui, q.title, &why_ops, NULL);
        for (size_t i = 0; i < n; i++)
            add_line(s, (int)i, &lines[i], day);
        report_show(s);
        ui_dirty_all(q.ui);
        ui_schedule(q.ui);
    }
    free(q.title);
}

static void ask_agent(struct ui *ui, const char *username)
{
    client_why_agent(ui->client, username, answered, question_new(ui, x_asprintf("Why: chats of %s", username)));
}

/* Whoever is under the cursor of the administration; NULL: it shows no people who may be agents. */
static const char *agent_under_cursor(struct ui *ui)
{
    enum record_kind_no kind = pane_admin_kind(ui);
    const struct record *r = pane_admin_current(ui);
    int field = record_field_find(record_kind(kind), "username");
    bool people = kind == RECORD_AGENTS || kind == RECORD_USERS;
    return people && r && field >= 0 ? record_text(&r->values[field]) : NULL;
}

int action_why(struct ui *ui, const struct command_args *a, struct error *err)
{
    if (a->n > 0) {
        ask_agent(ui, a->arg[0] + (a->arg[0][0] == '@'));
        return 0;
    }
    if (ui->focus == PANE_ADMIN) {
        const char *username = agent_under_cursor(ui);
        if (username == NULL)
            return error_set(err, ERR_STATE, NULL, "No agent is under the cursor");
        ask_agent(ui, username);
        return 0;
    }
    bool queue = ui->focus == PANE_QUEUE;
    const struct client_inquiry *q = queue ? pane_queue_current(ui) : NULL;
    const struct client_room *room = queue ? NULL : chat_room(ui);
    if (q == NULL && room == NULL)
        return error_set(err, ERR_STATE, NULL, queue ? "Nobody is waiting" : "No chat is open");
    const char *name = q ? q->visitor_name : room->visitor_name;
    client_why_room(ui->client, q ? q->rid : room->id, answered,
                    question_new(ui, x_asprintf("Why: chat of %s", name ? name : "the visitor")));
    return 0;
}
