/* Text that is being typed: the composer, prompts and the fields of forms. Moves by clusters, undoes, cuts and pastes. */
#ifndef UI_EDIT_H
#define UI_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "ui/command_table.h"

struct edit_undo {
    char *text;
    size_t cursor;
};

struct edit {
    struct buf text;          /* UTF-8; line feeds only when multiline */
    size_t cursor;            /* byte offset, at a cluster */
    bool multiline;
    size_t max_bytes;         /* 0: 64 kB */
    int cols;                 /* width it was last shown in: up and down follow the lines on the screen */
    struct edit_undo *undo;
    size_t undo_count, undo_at;
    bool typing;              /* the last change was typing: the next joins its undo step */
    size_t top;               /* first line shown */
};

void edit_init(struct edit *e, bool multiline);
void edit_fini(struct edit *e);
const char *edit_text(const struct edit *e);             /* never NULL */
void edit_set(struct edit *e, const char *text);         /* cursor at the end; one undo step */

/* Inserts n bytes of anybody's text: controls go, line feeds stay when multiline, else they become spaces. */
void edit_insert(struct edit *e, const char *text, size_t n);
void edit_type(struct edit *e, uint32_t cp);

/* Runs an editing command. False when it is none, or when it cannot move further (up, down). */
bool edit_command(struct edit *e, enum command_id id);

/* Where the lines of the text lie when shown cols wide: line i begins at the returned offset. */
struct edit_line {
    size_t start, len;
};
size_t edit_lines(const struct edit *e, int cols, struct edit_line *out, size_t max);
size_t edit_cursor_line(const struct edit *e, const struct edit_line *lines, size_t n);

#endif
