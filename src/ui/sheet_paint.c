/* The form of a record on the screen: fields that scroll, help and keys of the one with the cursor, buttons. */
#include "ui/sheet_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/draw.h"
#include "ui/edit_paint.h"
#include "ui/preview.h"

#define SWATCH_STYLE 1000
#define FOOT_ROWS 4 /* a line, help, keys, buttons */
#define LABEL_MAX 22
#define PREVIEW_COLS 38
#define PREVIEW_FROM 108 /* columns from which the preview stands beside the fields */

static int label_width(const struct sheet *s, int w)
{
    int widest = 0;
    for (int i = 0; i < s->n; i++) {
        const char *label = record_label(s->fields[i].f);
        int n = text_width(label, strlen(label)) + 1;
        if (n > widest && !(s->fields[i].f->flags & RECORD_LIST_ONLY))
            widest = n;
    }
    int most = w >= 66 ? LABEL_MAX + 6 : LABEL_MAX;
    if (widest > most)
        widest = most;
    return widest > w * 2 / 5 ? w * 2 / 5 : widest;
}

static int field_height(struct sheet *s, int i)
{
    const struct sheet_field *d = &s->fields[i];
    const struct record_value *v = sheet_value(s, i);
    if ((d->f->flags & RECORD_LIST_ONLY) || ((d->f->flags & RECORD_IF_KNOWN) && *record_text(v) == '\0'))
        return 0;
    if (d->f->type == RECORD_HOURS_OF_WEEK)
        return WEEK_ROWS;
    if (d->f->type == RECORD_MULTILINE)
        return SHEET_BLOCK_ROWS;
    if (sheet_is_items(d) && i == s->at && v->count > 1)
        return v->count < SHEET_ITEM_ROWS ? (int)v->count : SHEET_ITEM_ROWS;
    return 1;
}

static bool has_fault(const struct sheet *s, int i)
{
    return s->fault.code && strcmp(s->fault.field, s->fields[i].f->key) == 0;
}

/* Where each field stands within the whole. */
static int arrange(struct sheet *s)
{
    int y = 0;
    for (int i = 0; i < s->n; i++) {
        s->fields[i].y = y;
        s->fields[i].h = field_height(s, i) + has_fault(s, i);
        y += s->fields[i].h;
    }
    return y;
}

static void scroll(struct sheet *s, int total, int h)
{
    const struct sheet_field *d = sheet_at(s);
    if (d) {
        if (d->y + d->h > s->top + h)
            s->top = d->y + d->h - h;
        if (d->y < s->top)
            s->top = d->y;
    }
    if (s->top > total - h)
        s->top = total - h;
    if (s->top < 0)
        s->top = 0;
}

/* --- one field --- */

static void paint_swatch(struct ui *ui, const char *t, int x, int y)
{
    struct term_style style = {COLOR_DEFAULT, COLOR_DEFAULT, COLOR_DEFAULT, COLOR_NEAREST, 0, 0};
    if (t[0] != '#' || strlen(t) != 7)
        return;
    style.bg = (int32_t)strtol(t + 1, NULL, 16);
    term_style(ui->term, SWATCH_STYLE, &style);
    term_fill(ui->term, x, y, 4, 1, SWATCH_STYLE, ' ');
}

static void paint_typed(struct sheet *s, struct sheet_field *d, struct rect r, bool mine)
{
    bool color = d->f->type == RECORD_COLOR;
    if (d->f->type == RECORD_MULTILINE) {
        edit_paint_block(&s->base, &d->edit, r, mine);
        return;
    }
    if (d->f->type == RECORD_NUMBER && r.w > 14)
        r.w = 14;
    if (color)
        r.w = r.w > 26 ? 20 : r.w - 6;
    edit_paint_line(&s->base, &d->edit, r, d->f->type == RECORD_SECRET, mine);
    if (color)
        paint_swatch(s->base.ui, edit_text(&d->edit), r.x + r.w + 2, r.y);
}

static void paint_item(struct sheet *s, struct sheet_field *d, const char *item, struct rect r, unsigned style)
{
    struct ui *ui = s->base.ui;
    struct record_link l;
    if (d->f->type == RECORD_LINKS && record_link_read(item, &l)) {
        draw_clip(ui, r.x, r.y, style, l.username, r.w > 40 ? 20 : r.w / 2);
        draw_textf(ui, r.x + (r.w > 40 ? 23 : r.w / 2 + 2), r.y, style, r.w / 2, "order %lld  count %lld",
                   (long long)l.order, (long long)l.count);
        return;
    }
    AUTO_FREE char *text = record_show_item(ui, d->f, item);
    draw_clip(ui, r.x, r.y, style, text, r.w - 1);
}

static void paint_items(struct sheet *s, int i, struct rect r, bool mine)
{
    struct ui *ui = s->base.ui;
    struct sheet_field *d = &s->fields[i];
    const struct record_value *v = sheet_value(s, i);
    term_fill(ui->term, r.x, r.y, r.w, r.h, plain(ROLE_FIELD), ' ');
    if (v->count == 0) {
        draw_clip(ui, r.x, r.y, plain(ROLE_DIM_TEXT), mine ? "none; Enter adds one" : "none", r.w);
        return;
    }
    if (!mine) {
        AUTO_FREE char *text = record_show(ui, d->f, v);
        draw_clip(ui, r.x, r.y, plain(ROLE_FIELD), text, r.w);
        return;
    }
    if (d->item >= v->count)
        d->item = v->count - 1;
    if (d->item < d->item_top)
        d->item_top = d->item;
    if (d->item >= d->item_top + (size_t)r.h)
        d->item_top = d->item - (size_t)r.h + 1;
    for (int row = 0; row < r.h && d->item_top + (size_t)row < v->count; row++) {
        size_t n = d->item_top + (size_t)row;
        bool here = n == d->item;
        if (here)
            term_fill(ui->term, r.x, r.y + row, r.w, 1, style_of(ROLE_TEXT, ON_SELECTED), ' ');
        paint_item(s, d, v->items[n], (struct rect){r.x, r.y + row, r.w, 1},
                   here ? style_of(ROLE_TEXT, ON_SELECTED) : plain(ROLE_FIELD));
    }
}

static void paint_chosen(struct sheet *s, int i, struct rect r, bool mine)
{
    struct ui *ui = s->base.ui;
    const struct sheet_field *d = &s->fields[i];
    AUTO_FREE char *text = record_show(ui, d->f, sheet_value(s, i));
    bool turned = d->f->type == RECORD_BOOL || d->f->type == RECORD_CHOICE;
    enum role_place at = mine ? ON_SELECTED : ON_PLAIN;
    int w = text_width(text, strlen(text)) + 4;
    if (!turned || w > r.w)
        w = r.w;
    term_fill(ui->term, r.x, r.y, w, 1, mine ? style_of(ROLE_TEXT, at) : plain(ROLE_FIELD), ' ');
    unsigned style = mine ? style_of(ROLE_TEXT, at) : plain(ROLE_FIELD);
    if (turned)
        draw_textf(ui, r.x, r.y, style, w, "‹ %s ›", text);
    else
        draw_clip(ui, r.x, r.y, *text || mine ? style : plain(ROLE_DIM_TEXT), *text ? text : "none", w);
}

static void paint_fixed(struct sheet *s, int i, struct rect r)
{
    const struct sheet_field *d = &s->fields[i];
    if (d->f->type == RECORD_HOURS_OF_WEEK) {
        week_paint(&s->base, &s->week, sheet_value(s, i), r, false);
        return;
    }
    AUTO_FREE char *text = record_show(s->base.ui, d->f, sheet_value(s, i));
    draw_wrapped(s->base.ui, r, plain(ROLE_VALUE), *text ? text : "–");
}

/* The field's lines that are in view; those above and below are cut by painting whole fields only where they fit, and
   a tall one from its first line on. */
static void paint_field(struct sheet *s, int i, struct rect body, int label_w)
{
    struct ui *ui = s->base.ui;
    struct sheet_field *d = &s->fields[i];
    int fault = has_fault(s, i), y = body.y + d->y - s->top, h = d->h - fault, bottom = body.y + body.h;
    bool mine = i == s->at;
    if (d->h == 0 || y < body.y || y >= bottom)
        return;
    if (y + h > bottom)
        h = bottom - y;
    char label[80];
    snprintf(label, sizeof label, "%s%s", record_label(d->f),
             (d->f->flags & RECORD_REQUIRED) && sheet_can_edit(s, i) ? "*" : "");
    draw_clip(ui, body.x, y, plain(mine ? ROLE_STRONG : ROLE_DIM_TEXT), label, label_w);
    struct rect r = {body.x + label_w + 2, y, body.w - label_w - 2, h};
    if (!sheet_can_edit(s, i))
        paint_fixed(s, i, r);
    else if (d->f->type == RECORD_HOURS_OF_WEEK)
        week_paint(&s->base, &s->week, sheet_value(s, i), r, mine);
    else if (sheet_is_items(d))
        paint_items(s, i, r, mine);
    else if (sheet_is_typed(d))
        paint_typed(s, d, r, mine);
    else
        paint_chosen(s, i, r, mine);
    if (fault && y + h < bottom)
        draw_clip(ui, r.x, y + h, plain(ROLE_ERROR), s->fault.text, r.w);
}

/* --- the foot --- */

struct hint {
    enum command_id id;
    const char *label;
};

static int paint_hint(struct sheet *s, const struct hint *h, int x, int y, int end)
{
    struct ui *ui = s->base.ui;
    unsigned contexts[8];
    char key[64];
    size_t n = ui_contexts(ui, &s->base, contexts);
    if (!keymap_key_of(ui->keymap, contexts, n, command_row(h->id)->name, key, sizeof key))
        return x;
    int w = (int)strlen(key) + 1 + text_width(h->label, strlen(h->label));
    if (x + w > end)
        return x;
    draw_text(ui, x, y, plain(ROLE_BAR_KEY), key, end - x);
    draw_text(ui, x + (int)strlen(key) + 1, y, plain(ROLE_BAR_LABEL), h->label, end - x);
    return x + w + 2;
}

static void paint_keys(struct sheet *s, int x, int y, int w)
{
    static const struct hint week[] = {{CMD_WEEK_PAINT, "paint"},
                                       {CMD_WEEK_TOGGLE, "open/closed"},
                                       {CMD_WEEK_COPY, "copy to next day"},
                                       {CMD_WEEK_TIMES, "type times"}},
                             links[] = {{CMD_ITEM_ADD, "add"},
                                        {CMD_ITEM_REMOVE, "remove"},
                                        {CMD_ITEM_CHANGE, "change"},
                                        {CMD_ITEM_LATER, "later"},
                                        {CMD_ITEM_SOONER, "sooner"}},
                             items[] = {{CMD_ITEM_ADD, "add"}, {CMD_ITEM_REMOVE, "remove"}, {CMD_ITEM_CHANGE, "change"}},
                             refs[] = {{CMD_ACCEPT, "choose"}};
    const struct sheet_field *d = sheet_at(s);
    const struct hint *h = NULL;
    size_t n = 0;
    int end = x + w;
    if (d && d->f->type == RECORD_HOURS_OF_WEEK)
        h = week, n = COUNT_OF(week);
    else if (d && d->f->type == RECORD_LINKS)
        h = links, n = COUNT_OF(links);
    else if (d && sheet_is_items(d))
        h = items, n = COUNT_OF(items) - (d->f->type == RECORD_REFS); /* what is chosen is not changed */
    else if (d && sheet_has_choices(d))
        h = refs, n = COUNT_OF(refs);
    for (size_t i = 0; i < n; i++)
        x = paint_hint(s, &h[i], x, y, end);
    if (d && (d->f->type == RECORD_BOOL || d->f->type == RECORD_CHOICE)) {
        x = paint_hint(s, &(struct hint){CMD_CHOICE_NEXT, "change"}, x, y, end);
    } else if (d && d->f->type == RECORD_MULTILINE) {
        x = paint_hint(s, &(struct hint){CMD_NEWLINE, "new line"}, x, y, end);
    }
    if (preview_of(s->kind) && !s->beside)
        x = paint_hint(s, &(struct hint){CMD_FORM_PREVIEW, "preview"}, x, y, end);
    if (!*s->may_not)
        x = paint_hint(s, &(struct hint){CMD_FORM_SAVE, "save"}, x, y, end);
    paint_hint(s, &(struct hint){CMD_CANCEL, *s->may_not ? "close" : "cancel"}, x, y, end);
}

static void paint_buttons(struct sheet *s, struct rect r)
{
    struct ui *ui = s->base.ui;
    const char *labels[2] = {s->saving ? "Saving…" : "Save", *s->may_not ? "Close" : "Cancel"};
    int x = r.x + r.w, y = r.y + r.h - 1;
    for (int i = 1; i >= 0; i--) {
        if (i == 0 && *s->may_not) {
            s->buttons[0] = (struct rect){-1, -1, 0, 0};
            continue;
        }
        int w = text_width(labels[i], strlen(labels[i])) + 4;
        x -= w;
        s->buttons[i] = (struct rect){x - s->base.r.x, y - s->base.r.y, w, 1};
        draw_textf(ui, x, y, plain(s->at == s->n + i ? ROLE_BUTTON_FOCUS : ROLE_BUTTON), w, "[ %s ]", labels[i]);
        x -= 2;
    }
    if (s->fault.code && record_field_find(s->k, s->fault.field) < 0)
        draw_clip(ui, r.x, y, plain(ROLE_ERROR), s->fault.text, x - r.x);
}

static void paint_foot(struct sheet *s, struct rect r, int below)
{
    struct ui *ui = s->base.ui;
    const struct sheet_field *d = sheet_at(s);
    const char *help = d ? record_help(d->f) : NULL;
    int y = r.y + r.h - FOOT_ROWS;
    draw_hline(ui, r.x, y, r.w, plain(ROLE_BORDER));
    if (below > 0)
        draw_textf(ui, r.x + 2, y, plain(ROLE_DIM_TEXT), r.w - 2, " %d more below ", below);
    if (*s->may_not) {
        draw_wrapped(ui, (struct rect){r.x, y + 1, r.w, 2}, plain(ROLE_STATUS_WARN), s->may_not);
    } else {
        draw_clip(ui, r.x, y + 1, plain(ROLE_DIM_TEXT), help ? help : "", r.w);
        paint_keys(s, r.x, y + 2, r.w);
    }
    paint_buttons(s, r);
}

void sheet_paint(struct pane *base)
{
    struct sheet *s = (struct sheet *)base;
    struct ui *ui = base->ui;
    int cols = term_cols(ui->term), w = cols >= 96 ? 90 : cols - 4, total = arrange(s);
    bool with_preview = preview_of(s->kind);
    char title[160];
    s->beside = with_preview && cols >= PREVIEW_FROM;
    if (s->beside)
        w = cols - 6 > 130 ? 130 : cols - 6;
    if (s->beside)
        s->preview = false;
    if (s->record->id)
        snprintf(title, sizeof title, "%s · %s", s->k->noun, record_name(s->kind, s->was));
    else
        snprintf(title, sizeof title, "New %s", s->k->noun);
    title[0] = (char)(title[0] >= 'a' && title[0] <= 'z' ? title[0] - 32 : title[0]);
    int h = total + FOOT_ROWS + 2;
    if (with_preview && h < 26)
        h = 26;
    struct rect r = popup_frame(base, w, h, title);
    s->inner = r;
    base->cursor_x = -1;
    sheet_sync(s);
    struct rect body = {r.x, r.y, r.w, r.h - FOOT_ROWS};
    if (s->preview) {
        preview_paint(ui, s->kind, s->record, body);
        paint_foot(s, r, 0);
        return;
    }
    if (s->beside) {
        struct rect side = {r.x + r.w - PREVIEW_COLS, r.y, PREVIEW_COLS, body.h};
        body.w -= PREVIEW_COLS + 3;
        draw_vline(ui, side.x - 2, side.y, side.h, plain(ROLE_BORDER));
        preview_paint(ui, s->kind, s->record, side);
    }
    scroll(s, total, body.h);
    int label_w = label_width(s, body.w), below = 0;
    for (int i = 0; i < s->n; i++) {
        paint_field(s, i, body, label_w);
        below += s->fields[i].h > 0 && s->fields[i].y >= s->top + body.h;
    }
    paint_foot(s, r, below);
}
