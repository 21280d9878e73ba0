/* A setting that two people changed: both values, and whose counts. And values as a diff. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/setting_edit.h"

#define DIFF_LINES 400 /* longer texts are shown whole, old and new */
#define DIFF_CONTEXT 2

/* --- a diff by lines: the longest common subsequence --- */

struct lines {
    const char *at[DIFF_LINES];
    size_t len[DIFF_LINES];
    int n;
};

static bool split(const char *text, struct lines *out)
{
    out->n = 0;
    while (*text) {
        size_t n = strcspn(text, "\n");
        if (out->n == DIFF_LINES)
            return false;
        out->at[out->n] = text;
        out->len[out->n++] = n;
        text += n + (text[n] == '\n');
    }
    return true;
}

static bool same(const struct lines *a, int i, const struct lines *b, int k)
{
    return a->len[i] == b->len[k] && memcmp(a->at[i], b->at[k], a->len[i]) == 0;
}

static void put(struct report *s, int item, enum role role, int indent, const char *mark, const char *text, size_t n)
{
    report_addf(s, item, role, indent, "%s%.*s", mark, (int)n, n ? text : "");
}

static void put_whole(struct report *s, int item, enum role role, int indent, const char *mark, const char *text)
{
    if (*text == '\0')
        report_addf(s, item, role, indent, "%s(empty)", mark);
    for (size_t n; *text; text += n + (text[n] == '\n')) {
        n = strcspn(text, "\n");
        put(s, item, role, indent, mark, text, n);
    }
}

/* Equal lines matter near a change only. */
static bool is_near(const bool *changed, int i, int n)
{
    for (int k = i - DIFF_CONTEXT; k <= i + DIFF_CONTEXT; k++)
        if (k >= 0 && k < n && changed[k])
            return true;
    return false;
}

struct step {
    char mark; /* '-', '+', ' ' */
    int i;     /* line of before, or of after */
};

/* The steps from one text to the other, in order. Answers how many. */
static int find_steps(const struct lines *a, const struct lines *b, struct step *out)
{
    int w = b->n + 1, n = 0, i = 0, k = 0;
    uint16_t *common = x_calloc((size_t)(a->n + 1) * (size_t)w, sizeof *common); /* of what is behind i, k */
    for (int y = a->n - 1; y >= 0; y--)
        for (int x = b->n - 1; x >= 0; x--) {
            uint16_t down = common[(y + 1) * w + x], right = common[y * w + x + 1];
            common[y * w + x] = same(a, y, b, x) ? (uint16_t)(common[(y + 1) * w + x + 1] + 1)
                                : down >= right  ? down
                                                 : right;
        }
    while (i < a->n || k < b->n) {
        if (i < a->n && k < b->n && same(a, i, b, k))
            out[n++] = (struct step){' ', i}, i++, k++;
        else if (i < a->n && (k == b->n || common[(i + 1) * w + k] >= common[i * w + k + 1]))
            out[n++] = (struct step){'-', i++};
        else
            out[n++] = (struct step){'+', k++};
    }
    free(common);
    return n;
}

static void put_steps(struct report *s, int item, int indent, const struct lines *a, const struct lines *b,
                      const struct step *steps, int n)
{
    bool *changed = x_calloc((size_t)n + 1, sizeof *changed), skipped = false;
    for (int i = 0; i < n; i++)
        changed[i] = steps[i].mark != ' ';
    for (int i = 0; i < n; i++) {
        const struct lines *l = steps[i].mark == '+' ? b : a;
        bool shown = changed[i] || is_near(changed, i, n);
        if (shown)
            put(s, item,
                steps[i].mark == '-'   ? ROLE_OLD_VALUE
                : steps[i].mark == '+' ? ROLE_NEW_VALUE
                                       : ROLE_DIM_TEXT,
                indent, (char[]){steps[i].mark, ' ', '\0'}, l->at[steps[i].i], l->len[steps[i].i]);
        else if (!skipped)
            report_add(s, item, ROLE_DIM_TEXT, indent, "  …");
        skipped = !shown;
    }
    free(changed);
}

void setting_diff(struct report *s, int item, int indent, const char *before, const char *after)
{
    struct lines *a = x_calloc(2, sizeof *a), *b = a + 1;
    bool short_enough = split(before, a) && split(after, b);
    if (short_enough && (a->n > 1 || b->n > 1) && a->n > 0 && b->n > 0) {
        struct step *steps = x_calloc((size_t)(a->n + b->n), sizeof *steps);
        put_steps(s, item, indent, a, b, steps, find_steps(a, b, steps));
        free(steps);
    } else {
        put_whole(s, item, ROLE_OLD_VALUE, indent, "- ", before);
        put_whole(s, item, ROLE_NEW_VALUE, indent, "+ ", after);
    }
    free(a);
}

/* --- the conflict --- */

static void fill(struct report *s, void *arg)
{
    setting_no no = (setting_no)(intptr_t)arg;
    const struct settings_draft *d = report_ui(s)->settings;
    const struct client_setting *known = settings_draft_known(d, no);
    const struct setting_value *theirs = settings_draft_stored(d, no), *mine = settings_draft_value(d, no);
    char origin[120];
    setting_origin(known, origin, sizeof origin);
    report_clear(s);
    report_add(s, -1, ROLE_TEXT, 0, "Somebody else saved this setting after you began to change it.\n ");
    report_addf(s, -1, ROLE_STRONG, 0, "Theirs%s%s", *origin ? ", " : "", origin);
    if (mine->type == SETTING_TEXT || mine->type == SETTING_MULTILINE) {
        report_add(s, -1, ROLE_TEXT, 2, *theirs->s ? theirs->s : "(empty)");
        report_add(s, -1, ROLE_STRONG, 0, "Mine, compared with theirs");
        setting_diff(s, -1, 2, theirs->s, mine->s);
        return;
    }
    AUTO_FREE char *a = setting_show(no, theirs, known);
    AUTO_FREE char *b = setting_show(no, mine, known);
    report_add(s, -1, ROLE_OLD_VALUE, 2, a);
    report_addf(s, -1, ROLE_STRONG, 0, "Mine%s", settings_draft_is_reset(d, no) ? ", the default" : "");
    report_add(s, -1, ROLE_NEW_VALUE, 2, settings_draft_is_reset(d, no) && mine->type == SETTING_SECRET ? "cleared" : b);
}

static void moved(struct report *s, void *arg)
{
    setting_no no = (setting_no)(intptr_t)arg;
    if (settings_draft_is_conflict(report_ui(s)->settings, no))
        fill(s, arg);
}

static enum pane_answer command(struct report *s, void *arg, enum command_id id, struct error *err)
{
    setting_no no = (setting_no)(intptr_t)arg;
    struct ui *ui = report_ui(s);
    (void)err;
    if (id != CMD_TAKE_THEIRS && id != CMD_KEEP_MINE && id != CMD_EDIT_MINE)
        return PANE_IGNORED;
    settings_draft_decide(ui->settings, no, id != CMD_TAKE_THEIRS);
    report_close(s);
    ui_say(ui, false,
           id == CMD_TAKE_THEIRS ? "%s: their value stays"
           : id == CMD_KEEP_MINE ? "%s: your value will overwrite theirs when it is saved"
                                 : "%s",
           catalogue_row(no)->label);
    settings_refresh(ui);
    if (id == CMD_EDIT_MINE)
        setting_edit_value(ui, no);
    return PANE_DONE;
}

void setting_conflict(struct ui *ui, setting_no no)
{
    static const unsigned contexts[] = {CTX_CONFLICT, CTX_LIST, 0};
    static const struct report_key foot[] = {{CMD_TAKE_THEIRS, "Take theirs"},
                                            {CMD_KEEP_MINE, "Keep mine"},
                                            {CMD_EDIT_MINE, "Edit mine"},
                                            {CMD_CANCEL, "Decide later"},
                                            {CMD_CANCEL, NULL}};
    static const struct report_ops ops = {
        .name = "conflict", .contexts = contexts, .foot = foot, .command = command, .changed = moved};
    struct report *s = report_new(ui, catalogue_row(no)->label, &ops, (void *)(intptr_t)no);
    fill(s, (void *)(intptr_t)no);
    report_show(s);
    ui_dirty_all(ui);
}
