/* The list that "!" opens over the composer: what is typed behind it finds a canned response, letters may be left out.
   Typing goes on in the message below; Tab, Up and Down choose, Enter puts the response in the place of what was typed. */
#include "ui/canned_popup.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/chat_view.h"
#include "ui/draw.h"
#include "ui/match.h"
#include "ui/settings_draft.h"

#define SHOWN_MAX 12

struct offer {
    int rank;          /* better ones are smaller */
    char *shortcut, *text;
};

struct canned_popup {
    struct pane base;
    size_t start;      /* of the "!" in the message */
    struct offer offers[SHOWN_MAX];
    int n, at;
    bool moved;        /* somebody chose: Enter takes it even if nothing is typed behind the "!" */
};

int canned_rank(const char *shortcut, const char *text, const char *typed)
{
    AUTO_FREE char *name = match_fold(shortcut), *words = match_fold(text), *want = match_fold(typed);
    const char *found = strstr(name, want);
    if (found)
        return found == name ? 0 : 1;
    const char *p = want;
    for (const char *c = name; *c && *p; c++)
        p += *c == *p;
    if (*p == '\0')
        return 2;
    return strlen(want) > 2 && strstr(words, want) ? 3 : -1;
}

static struct chat_view *view_of(const struct canned_popup *p)
{
    return chat_view_current(p->base.ui->chats);
}

/* What stands behind the "!" up to the cursor; NULL when the cursor is not behind it any more. Caller frees. */
static char *typed(const struct canned_popup *p)
{
    const struct chat_view *v = view_of(p);
    const char *text = v ? edit_text(&v->draft) : "";
    if (v == NULL || v->draft.cursor <= p->start || text[p->start] != '!')
        return NULL;
    size_t n = v->draft.cursor - p->start - 1;
    if (memchr(text + p->start + 1, ' ', n) || memchr(text + p->start + 1, '\n', n))
        return NULL;
    return x_strndup(text + p->start + 1, n);
}

static void clear(struct canned_popup *p)
{
    for (int i = 0; i < p->n; i++) {
        free(p->offers[i].shortcut);
        free(p->offers[i].text);
    }
    p->n = 0;
}

/* Best first; what is equally good, and that is everything while nothing is typed, by shortcut descending (7.4). */
static void add(struct canned_popup *p, const struct client_canned *c, int rank)
{
    int at = p->n;
    while (at > 0 && (p->offers[at - 1].rank > rank ||
                      (p->offers[at - 1].rank == rank && strcmp(p->offers[at - 1].shortcut, c->shortcut) < 0)))
        at--;
    if (at == SHOWN_MAX)
        return;
    if (p->n == SHOWN_MAX) {
        p->n--;
        free(p->offers[p->n].shortcut);
        free(p->offers[p->n].text);
    }
    memmove(&p->offers[at + 1], &p->offers[at], (size_t)(p->n - at) * sizeof p->offers[0]);
    p->offers[at] = (struct offer){rank, x_strdup(c->shortcut), x_strdup(c->text)};
    p->n++;
}

/* False when there is nothing to offer. */
static bool find(struct canned_popup *p)
{
    const struct client_model *m = p->base.ui->model;
    AUTO_FREE char *want = typed(p);
    clear(p);
    for (size_t i = 0; want && i < m->canned_count; i++) {
        int rank = canned_rank(m->canned[i]->shortcut, m->canned[i]->text, want);
        if (rank >= 0)
            add(p, m->canned[i], rank);
    }
    if (p->at >= p->n)
        p->at = 0;
    return p->n > 0;
}

static void refresh(struct canned_popup *p)
{
    struct ui *ui = p->base.ui;
    int before = p->n;
    if (!find(p)) {
        popup_pop(ui, &p->base);
        return;
    }
    p->base.dirty = true;
    if (p->n != before)
        ui_dirty_all(ui);
}

static void paint(struct pane *base)
{
    struct canned_popup *p = (struct canned_popup *)base;
    struct ui *ui = base->ui;
    const struct pane *composer = ui->panes[PANE_COMPOSER];
    int w = composer->r.w - 2 < 100 ? composer->r.w - 2 : 100, h = p->n + 2, y = composer->r.y - h, name_w = 0;
    if (y < 1)
        y = 1;
    base->r = (struct rect){composer->r.x + 1, y, w, h};
    draw_clear(ui, base->r, plain(ROLE_POPUP));
    draw_box(ui, base->r, plain(ROLE_POPUP_BORDER));
    draw_clip(ui, base->r.x + 2, y, plain(ROLE_POPUP_TITLE), " Canned responses ", w - 4);
    for (int i = 0; i < p->n; i++) {
        int one = text_width(p->offers[i].shortcut, strlen(p->offers[i].shortcut));
        name_w = one > name_w ? one : name_w;
    }
    if (name_w > w / 2)
        name_w = w / 2;
    for (int i = 0; i < p->n; i++) {
        enum role_place at = i == p->at ? ON_SELECTED : ON_PLAIN;
        char line[400];
        format_line(p->offers[i].text, line, sizeof line);
        term_fill(ui->term, base->r.x + 1, y + 1 + i, w - 2, 1, style_of(ROLE_TEXT, at), ' ');
        draw_clip(ui, base->r.x + 2, y + 1 + i, style_of(ROLE_STRONG, at), p->offers[i].shortcut, name_w);
        draw_clip(ui, base->r.x + 4 + name_w, y + 1 + i, style_of(ROLE_DIM_TEXT, at), line, w - 6 - name_w);
    }
    base->cursor_x = composer->cursor_x;
    base->cursor_y = composer->cursor_y;
}

static void key(struct pane *base, struct key k)
{
    struct canned_popup *p = (struct canned_popup *)base;
    struct pane *composer = base->ui->panes[PANE_COMPOSER];
    composer->ops->key(composer, k);
    refresh(p);
}

static void paste(struct pane *base, const char *text, size_t n)
{
    struct ui *ui = base->ui;
    popup_pop(ui, base);
    ui->panes[PANE_COMPOSER]->ops->paste(ui->panes[PANE_COMPOSER], text, n);
}

/* The response takes the place of what was typed, with a blank behind it (behaviour 7.4). */
static void take(struct canned_popup *p)
{
    struct ui *ui = p->base.ui;
    struct chat_view *v = view_of(p);
    AUTO_FREE char *text = x_asprintf("%s ", p->offers[p->at].text);
    while (v && v->draft.cursor > p->start)
        edit_command(&v->draft, CMD_DELETE_BACK);
    popup_pop(ui, &p->base);
    if (v)
        edit_insert(&v->draft, text, strlen(text));
    ui_dirty(ui, PANE_COMPOSER);
}

static enum pane_answer forward(struct canned_popup *p, enum command_id id, const struct command_args *a,
                                struct error *err)
{
    struct pane *composer = p->base.ui->panes[PANE_COMPOSER];
    enum pane_answer answer = composer->ops->command(composer, id, a, err);
    refresh(p);
    return answer;
}

static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a, struct error *err)
{
    struct canned_popup *p = (struct canned_popup *)base;
    struct ui *ui = base->ui;
    struct pane *composer = ui->panes[PANE_COMPOSER];
    base->dirty = true;
    if (p->n == 0) /* the server took them away meanwhile */
        return forward(p, id, a, err);
    switch (id) {
    case CMD_UP:
    case CMD_PREV_FIELD:
        p->at = (p->at + p->n - 1) % p->n;
        p->moved = true;
        return PANE_DONE;
    case CMD_DOWN:
    case CMD_NEXT_FIELD:
        p->at = (p->at + 1) % p->n;
        p->moved = true;
        return PANE_DONE;
    case CMD_ACCEPT: {
        AUTO_FREE char *want = typed(p);
        if (p->moved || (want && *want)) {
            take(p);
            return PANE_DONE;
        }
        popup_pop(ui, base); /* a plain "!" at the end of what somebody says */
        return composer->ops->command(composer, CMD_SEND, a, err);
    }
    case CMD_CANCEL:
        popup_pop(ui, base);
        return PANE_DONE;
    default:
        return forward(p, id, a, err);
    }
}

static void changed(struct pane *base, unsigned bits, const char *rid)
{
    (void)rid;
    if (bits & CLIENT_CHANGED_CANNED)
        find((struct canned_popup *)base);
    base->dirty = true;
}

static void popup_free(struct pane *base)
{
    clear((struct canned_popup *)base);
    free(base);
}

void canned_popup_offer(struct ui *ui)
{
    static const unsigned contexts[] = {CTX_DIALOG, CTX_LIST, CTX_EDIT, 0};
    static const struct pane_ops ops = {.name = "canned-popup",
                                        .contexts = contexts,
                                        .is_input = true,
                                        .paint = paint,
                                        .key = key,
                                        .paste = paste,
                                        .command = command,
                                        .changed = changed,
                                        .free = popup_free};
    const struct chat_view *v = chat_view_current(ui->chats);
    const char *text = v ? edit_text(&v->draft) : "";
    size_t at = v && v->draft.cursor > 0 ? v->draft.cursor - 1 : 0;
    if (v == NULL || text[at] != '!' || ui->popup_count > 0 ||
        !settings_draft_stored_bool(ui->settings, "Canned_Responses_Enable"))
        return;
    struct canned_popup *p = x_calloc(1, sizeof *p);
    p->base.ops = &ops;
    p->base.ui = ui;
    p->start = at;
    if (find(p))
        popup_push(ui, &p->base);
    else
        popup_free(&p->base);
}
