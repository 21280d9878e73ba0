/* Values as YAML that reads back as the same text, in the plainest form that does. */
#ifndef CLI_YAML_OUT_H
#define CLI_YAML_OUT_H

#include <jansson.h>

#include "common/buf.h"

/* A text behind "key: ": plain where that is safe, a block for several lines (indent: blanks before its lines), else in
   double quotes with everything escaped that is no ordinary character. One line ends without a line break. */
void yaml_put_text(struct buf *out, const char *text, int indent);

/* The same on one line always, for showing: nothing in it can move a terminal's cursor. */
void yaml_put_line(struct buf *out, const char *text);

/* A JSON value as block YAML behind "key:", with its line break; indent: of the lines below. */
void yaml_put_json(struct buf *out, const json_t *v, int indent);

/* Help as comment lines of at most width columns. */
void yaml_put_comment(struct buf *out, const char *text, int indent, int width);

#endif
