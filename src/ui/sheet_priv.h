/* Inside of the form of a record. */
#ifndef UI_SHEET_PRIV_H
#define UI_SHEET_PRIV_H

#include "ui/edit.h"
#include "ui/record_show.h"
#include "ui/sheet.h"
#include "ui/week.h"

#define SHEET_BLOCK_ROWS 4 /* of a text of several lines */
#define SHEET_ITEM_ROWS 6  /* of a list, at most */

struct sheet_field {
    const struct record_field *f;
    struct edit edit;   /* what is typed */
    size_t item;        /* cursor in a list; count: behind the last */
    size_t item_top;
    int y, h;           /* within the whole form; h with the fault */
};

/* Who waits for an answer of the server: the sheet may be gone by then. */
struct sheet_ticket {
    struct sheet *sheet;
};

struct sheet {
    struct pane base;
    enum record_kind_no kind;
    const struct record_kind *k;
    struct record *record, *was;
    struct sheet_field *fields;
    int n, at;                 /* at: field, n: Save, n + 1: Cancel */
    int top;                   /* first line shown */
    struct week week;
    char *may_not;             /* "" or why nothing can be changed */
    struct error fault;        /* with the key of the field, or "" */
    struct sheet_ticket *saving;
    struct sheet_ticket *looking;  /* a preview is on its way */
    struct record *looked;     /* of these values; NULL: of none yet */
    bool choosing;             /* the list to choose from is still read */
    bool preview, beside;      /* preview: instead of the fields; beside: there is room for both */
    struct rect inner, buttons[2];
};

struct sheet_field *sheet_at(struct sheet *s);          /* NULL on a button */
struct record_value *sheet_value(struct sheet *s, int field);
bool sheet_can_edit(const struct sheet *s, int field);
bool sheet_is_typed(const struct sheet_field *d);       /* text that is typed, also where one can choose */
bool sheet_is_items(const struct sheet_field *d);
bool sheet_has_choices(const struct sheet_field *d);    /* Enter offers what there is */
void sheet_sync(struct sheet *s);                       /* what was typed into the record */
void sheet_touched(struct sheet *s);                    /* paint again; the fault is out of date */
void sheet_focus(struct sheet *s, int at);

void sheet_fail(struct sheet *s, const struct error *err);   /* shows it, at its field when that is known */
void sheet_save(struct sheet *s);

/* sheet_conflict.c */
/* Lays what is on the server now under what was typed: fields that only others changed are taken over. False: fields
   that both changed are left, and the person is asked whose counts; then it is saved again. */
bool sheet_rebase(struct sheet *s, const struct record *now);

/* sheet_items.c: lists, references, zones, times of a day */
void sheet_choose(struct sheet *s);
bool sheet_items_command(struct sheet *s, enum command_id id);
void sheet_week_times(struct sheet *s);

/* sheet_hours.c */
void sheet_hours_look(struct sheet *s);                 /* asks what business hours would be, when they have changed */
void sheet_hours_free(struct sheet *s);

/* sheet_paint.c */
void sheet_paint(struct pane *base);

#endif
