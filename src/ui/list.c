#include "ui/list.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

void list_fini(struct list *l)
{
    free(l->rows);
    free(l->selected);
    match_clear(&l->filter);
    memset(l, 0, sizeof *l);
}

static int compare_rows(const void *a, const void *b, void *arg)
{
    const struct list *l = arg;
    int x = *(const int *)a, y = *(const int *)b, c = l->compare(l->arg, x, y);
    return c ? c : (x > y) - (x < y);
}

static void clamp(struct list *l)
{
    if (l->cursor >= l->count)
        l->cursor = l->count - 1;
    if (l->cursor < 0)
        l->cursor = 0;
    if (l->count == 0)
        str_set(&l->selected, NULL);
    else
        str_set(&l->selected, l->id(l->arg, l->rows[l->cursor]));
}

void list_rebuild(struct list *l, int total)
{
    if (total > l->cap) {
        l->cap = total + 16;
        l->rows = x_reallocarray(l->rows, (size_t)l->cap, sizeof *l->rows);
    }
    l->count = 0;
    for (int i = 0; i < total; i++)
        if (l->field == NULL || match_is_empty(&l->filter) || match_row(&l->filter, l->field, l->arg, i))
            l->rows[l->count++] = i;
    if (l->compare && l->count > 1)
        qsort_r(l->rows, (size_t)l->count, sizeof *l->rows, compare_rows, l);
    for (int i = 0; l->selected && i < l->count; i++)
        if (strcmp(l->id(l->arg, l->rows[i]), l->selected) == 0) {
            l->cursor = i;
            break;
        }
    clamp(l);
}

void list_filter(struct list *l, const char *pattern, int total)
{
    match_set(&l->filter, pattern);
    list_rebuild(l, total);
}

int list_current(const struct list *l)
{
    return l->cursor < l->count ? l->rows[l->cursor] : -1;
}

void list_move(struct list *l, int to)
{
    l->cursor = to;
    clamp(l);
}

bool list_select(struct list *l, const char *id)
{
    for (int i = 0; i < l->count; i++)
        if (strcmp(l->id(l->arg, l->rows[i]), id) == 0) {
            list_move(l, i);
            return true;
        }
    return false;
}

bool list_command(struct list *l, enum command_id id)
{
    int page = l->height > 2 ? l->height - 1 : 1;
    switch (id) {
    case CMD_UP: list_move(l, l->cursor - 1); return true;
    case CMD_DOWN: list_move(l, l->cursor + 1); return true;
    case CMD_PAGE_UP: list_move(l, l->cursor - page); return true;
    case CMD_PAGE_DOWN: list_move(l, l->cursor + page); return true;
    case CMD_TOP: list_move(l, 0); return true;
    case CMD_BOTTOM: list_move(l, l->count - 1); return true;
    default: return false;
    }
}

bool list_mouse(struct list *l, const struct term_event *ev, int first_line)
{
    int line = ev->y - first_line;
    if (ev->mouse == MOUSE_WHEEL_UP || ev->mouse == MOUSE_WHEEL_DOWN) {
        list_move(l, l->cursor + (ev->mouse == MOUSE_WHEEL_UP ? -3 : 3));
        return false;
    }
    if (ev->mouse != MOUSE_PRESS || ev->button != 1 || line < 0 || l->top + line >= l->count)
        return false;
    list_move(l, l->top + line);
    return true;
}

void list_scroll_into(struct list *l, int height)
{
    l->height = height;
    if (l->cursor < l->top)
        l->top = l->cursor;
    if (l->cursor >= l->top + height)
        l->top = l->cursor - height + 1;
    if (l->top > l->count - height)
        l->top = l->count - height;
    if (l->top < 0)
        l->top = 0;
}
