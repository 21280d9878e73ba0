/* From events of the terminal to commands: the keymap in the contexts of whoever has the keys, else text. */
#include <string.h>

#include "ui/prompt.h"
#include "ui/ui_priv.h"

static void run_line(struct ui *ui, const char *line)
{
    struct error err = {0};
    if (ui_run(ui, line, &err) != 0)
        ui_say(ui, true, "%s", err.text);
}

/* Contexts in which a plain character is a key while text is typed: those of typing itself. */
static size_t typing_contexts(const unsigned *in, size_t n, unsigned *out)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (in[i] & (CTX_COMPOSER | CTX_EDIT | CTX_PROMPT))
            out[k++] = in[i];
    return k;
}

static void on_key(struct ui *ui, struct key key)
{
    struct pane *p = ui_target(ui);
    unsigned contexts[8], typing[8];
    const char *line = NULL;
    size_t n = ui_contexts(ui, p, contexts);
    const unsigned *where = contexts;
    ui_said_leave(ui);
    if (p->ops->is_input && ui->pending_count == 0 && key_is_text(key)) {
        n = typing_contexts(contexts, n, typing);
        where = typing;
    }
    ui->pending[ui->pending_count++] = key;
    enum keymap_answer a = keymap_find(ui->keymap, where, n, ui->pending, ui->pending_count, &line);
    if (a == KEYMAP_PREFIX && ui->pending_count < KEYMAP_SEQUENCE_MAX)
        return;
    size_t had = ui->pending_count;
    ui->pending_count = 0;
    if (a == KEYMAP_FOUND)
        run_line(ui, line);
    else if (had == 1 && p->ops->key && key_is_text(key))
        p->ops->key(p, key);
    else if (had > 1)
        ui_say(ui, true, "No command has these keys");
}

static void on_mouse(struct ui *ui, const struct term_event *ev)
{
    struct term_event local = *ev;
    if (ev->mouse == MOUSE_PRESS)
        ui_said_leave(ui);
    if (ui->prompt)
        return;
    if (ui->popup_count > 0) {
        struct pane *p = ui->popups[ui->popup_count - 1];
        local.x -= p->r.x;
        local.y -= p->r.y;
        if (p->ops->mouse)
            p->ops->mouse(p, &local);
        return;
    }
    for (int i = 0; i < PANE_COUNT; i++) {
        struct pane *p = ui->panes[i];
        if (!p->visible || ev->x < p->r.x || ev->x >= p->r.x + p->r.w || ev->y < p->r.y ||
            ev->y >= p->r.y + p->r.h)
            continue;
        if (ev->mouse == MOUSE_PRESS && ev->button == 1)
            ui_focus(ui, (enum pane_no)i);
        local.x -= p->r.x;
        local.y -= p->r.y;
        if (p->ops->mouse)
            p->ops->mouse(p, &local);
        p->dirty = true;
        return;
    }
    chrome_mouse(ui, ev);
}

static void on_paste(struct ui *ui, const struct term_event *ev)
{
    struct pane *p = ui_target(ui);
    ui->pending_count = 0;
    if (p->ops->paste)
        p->ops->paste(p, ev->text, ev->len);
    if (ev->cut)
        ui_say(ui, true, "The paste was too long and has been cut");
}

void ui_event(void *arg, const struct term_event *ev)
{
    struct ui *ui = arg;
    if (ui->quitting)
        return;
    switch (ev->kind) {
    case TERM_KEY:
        on_key(ui, ev->key);
        ui_said_next(ui);
        break;
    case TERM_PASTE:
        on_paste(ui, ev);
        break;
    case TERM_MOUSE:
        on_mouse(ui, ev);
        ui_said_next(ui);
        break;
    case TERM_FOCUS:
        break;
    case TERM_RESIZE:
    case TERM_RESUME:
        ui->layout_dirty = ui->all_dirty = true;
        ui_paint(ui);
        break;
    case TERM_TURN:
        ui_paint(ui);
        break;
    case TERM_HANGUP:
        ui_quit(ui);
        break;
    }
}
