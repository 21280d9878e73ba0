#include "ui/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/complete.h"
#include "ui/draw.h"
#include "ui/edit.h"

#define HISTORY_MAX 100

enum prompt_kind { PROMPT_COMMAND, PROMPT_SEARCH, PROMPT_FILTER, PROMPT_KINDS };

struct prompt {
    struct pane base;
    enum prompt_kind kind;
    struct edit edit;
    char *initial;
    void (*change)(void *arg, const char *text);
    void (*done)(void *arg, const char *text);
    void *arg;
    size_t history_at;           /* 0: what is being typed */
    char *typed;                 /* kept while the history is shown */
    struct completion completion;
    size_t completion_at;
    bool completing;
};

static struct {
    char *line[HISTORY_MAX];
    size_t n;
} histories[PROMPT_KINDS];

void prompt_free_history(void)
{
    for (int k = 0; k < PROMPT_KINDS; k++) {
        for (size_t i = 0; i < histories[k].n; i++)
            free(histories[k].line[i]);
        histories[k].n = 0;
    }
}

static void remember(enum prompt_kind kind, const char *text)
{
    size_t n = histories[kind].n;
    char **line = histories[kind].line;
    if (*text == '\0' || (n > 0 && strcmp(line[n - 1], text) == 0))
        return;
    if (n == HISTORY_MAX) {
        free(line[0]);
        memmove(line, line + 1, (HISTORY_MAX - 1) * sizeof *line);
        n--;
    }
    line[n] = x_strdup(text);
    histories[kind].n = n + 1;
}

static const char *label(enum prompt_kind kind)
{
    return kind == PROMPT_COMMAND ? ":" : kind == PROMPT_SEARCH ? "Search: " : "Filter: ";
}

static void paint(struct pane *base)
{
    struct prompt *p = (struct prompt *)base;
    struct ui *ui = base->ui;
    struct rect r = base->r;
    const char *text = edit_text(&p->edit);
    draw_clear(ui, r, 0);
    int x = r.x + draw_text(ui, r.x, r.y, plain(ROLE_PROMPT), label(p->kind), r.w), room = r.x + r.w - x - 1;
    size_t from = 0;
    struct text_cluster c;
    while (text_width(text + from, p->edit.cursor - from) > room)
        from += text_next(text + from, p->edit.text.len - from, &c);
    term_put(ui->term, x, r.y, 0, text + from, p->edit.text.len - from, room);
    base->cursor_x = x + text_width(text + from, p->edit.cursor - from);
    base->cursor_y = r.y;
    if (!p->completing || p->completion.n < 2)
        return;
    int y = r.y - 1;
    draw_clear(ui, (struct rect){0, y, r.w, 1}, plain(ROLE_STATUS));
    size_t first = p->completion_at < 3 ? 0 : p->completion_at - 2;
    x = 1;
    for (size_t i = first; i < p->completion.n && x < r.w - 2; i++)
        x += 2 + draw_clip(ui, x, y, plain(i == p->completion_at ? ROLE_TAB_ACTIVE : ROLE_STATUS), p->completion.word[i], r.w - 1 - x);
}

static void typed(struct prompt *p)
{
    p->completing = false;
    completion_free(&p->completion);
    if (p->change)
        p->change(p->arg, edit_text(&p->edit));
}

static void key(struct pane *base, struct key k)
{
    struct prompt *p = (struct prompt *)base;
    edit_type(&p->edit, k.code);
    typed(p);
}

static void paste(struct pane *base, const char *text, size_t n)
{
    struct prompt *p = (struct prompt *)base;
    edit_insert(&p->edit, text, n);
    typed(p);
}

static void prompt_free(struct pane *base)
{
    struct prompt *p = (struct prompt *)base;
    edit_fini(&p->edit);
    completion_free(&p->completion);
    free(p->initial);
    free(p->typed);
    free(p);
}

static void close_prompt(struct prompt *p)
{
    p->base.ui->prompt = NULL;
    prompt_free(&p->base);
}

static void history(struct prompt *p, int by)
{
    size_t n = histories[p->kind].n;
    if ((by > 0 && p->history_at == n) || (by < 0 && p->history_at == 0))
        return;
    if (p->history_at == 0)
        str_set(&p->typed, edit_text(&p->edit));
    p->history_at = by > 0 ? p->history_at + 1 : p->history_at - 1;
    edit_set(&p->edit, p->history_at == 0 ? p->typed : histories[p->kind].line[n - p->history_at]);
    typed(p);
}

static void put_word(struct prompt *p, const char *word, bool end)
{
    struct edit *e = &p->edit;
    AUTO_FREE char *head = x_strndup(edit_text(e), p->completion.start);
    AUTO_FREE char *line = x_asprintf("%s%s%s", head, word, end ? " " : "");
    edit_set(e, line);
}

static void complete(struct prompt *p)
{
    if (p->kind != PROMPT_COMMAND)
        return;
    if (p->completing && p->completion.n > 0) {
        p->completion_at = (p->completion_at + 1) % p->completion.n;
        put_word(p, p->completion.word[p->completion_at], false);
        return;
    }
    completion_free(&p->completion);
    complete_line(p->base.ui, edit_text(&p->edit), p->edit.cursor, &p->completion);
    if (p->completion.n == 0)
        return;
    p->completing = p->completion.n > 1;
    p->completion_at = 0;
    put_word(p, p->completion.word[0], p->completion.n == 1);
}

static void run_accept(struct prompt *p)
{
    struct ui *ui = p->base.ui;
    AUTO_FREE char *text = x_strdup(edit_text(&p->edit));
    void (*done)(void *, const char *) = p->done;
    void *arg = p->arg;
    enum prompt_kind kind = p->kind;
    struct error err = {0};
    remember(kind, text);
    close_prompt(p);
    if (done)
        done(arg, text);
    if (kind == PROMPT_COMMAND && text[strspn(text, " ")] && ui_run(ui, text, &err) != 0)
        ui_say(ui, true, "%s", err.text);
}

static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a, struct error *err)
{
    struct prompt *p = (struct prompt *)base;
    (void)a;
    (void)err;
    switch (id) {
    case CMD_ACCEPT: run_accept(p); return PANE_DONE;
    case CMD_CANCEL:
        if (p->change)
            p->change(p->arg, p->initial);
        close_prompt(p);
        return PANE_DONE;
    case CMD_HISTORY_PREV: history(p, 1); return PANE_DONE;
    case CMD_HISTORY_NEXT: history(p, -1); return PANE_DONE;
    case CMD_COMPLETE: complete(p); return PANE_DONE;
    default: break;
    }
    if (id == CMD_DELETE_BACK && p->edit.text.len == 0 && p->kind == PROMPT_COMMAND) {
        close_prompt(p);
        return PANE_DONE;
    }
    if (!edit_command(&p->edit, id))
        return PANE_IGNORED;
    typed(p);
    return PANE_DONE;
}

static struct prompt *prompt_new(struct ui *ui, enum prompt_kind kind, const char *initial)
{
    static const unsigned contexts[] = {CTX_PROMPT, CTX_EDIT, 0};
    static const struct pane_ops ops = {.name = "prompt", .contexts = contexts, .is_input = true, .paint = paint,
                                        .key = key, .paste = paste, .command = command, .free = prompt_free};
    if (ui->prompt)
        close_prompt((struct prompt *)ui->prompt);
    struct prompt *p = x_calloc(1, sizeof *p);
    p->base.ops = &ops;
    p->base.ui = ui;
    p->kind = kind;
    p->initial = x_strdup(initial ? initial : "");
    edit_init(&p->edit, false);
    edit_insert(&p->edit, p->initial, strlen(p->initial));
    ui->prompt = &p->base;
    return p;
}

void prompt_filter(struct ui *ui, const char *initial, void (*change)(void *arg, const char *text), void *arg)
{
    struct prompt *p = prompt_new(ui, PROMPT_FILTER, initial);
    p->change = change;
    p->arg = arg;
}

void prompt_search(struct ui *ui, void (*done)(void *arg, const char *text), void *arg)
{
    struct prompt *p = prompt_new(ui, PROMPT_SEARCH, "");
    p->done = done;
    p->arg = arg;
}

void prompt_command(struct ui *ui, const char *initial)
{
    prompt_new(ui, PROMPT_COMMAND, initial);
}
