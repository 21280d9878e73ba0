/* multipart/form-data as it comes in, in pieces of any size; memory is bounded by one header block. */
#ifndef SERVER_MULTIPART_H
#define SERVER_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

struct multipart_callbacks {
    /* A part begins. filename and type are NULL when absent. Negative: stop. */
    int (*on_part)(void *arg, const char *name, const char *filename, const char *type);
    int (*on_data)(void *arg, const char *data, size_t n);
    int (*on_part_end)(void *arg);
};

enum multipart_state { MULTIPART_PREAMBLE, MULTIPART_HEADERS, MULTIPART_DATA, MULTIPART_END, MULTIPART_BAD };

struct multipart {
    const struct multipart_callbacks *callbacks;
    void *arg;
    struct buf delimiter;          /* "\r\n--boundary" */
    struct buf input;              /* not yet understood */
    enum multipart_state state;
};

/* From the value of Content-Type; false when it names no boundary. */
bool multipart_init(struct multipart *m, const char *content_type, const struct multipart_callbacks *callbacks, void *arg);
void multipart_fini(struct multipart *m);
/* 0, or negative when the body is malformed or a callback said so. */
int multipart_feed(struct multipart *m, const char *data, size_t n);

#endif
