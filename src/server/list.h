/* Lists of records that are in memory: gathered, sorted by what the request asks for, cut to its page and written. */
#ifndef SERVER_LIST_H
#define SERVER_LIST_H

#include "server/api.h"

struct list_item {
    const void *item;
    size_t no;                     /* order of gathering: decides between equal ones */
};

struct list {
    struct list_item *items;
    size_t n, cap;
};

#define LIST_NEW ((struct list){NULL, 0, 0})

void list_add(struct list *l, const void *item);
void list_free(struct list *l);

/* What an item sorts by; texts (any case) come before numbers when both are given. */
struct list_key {
    const char *text;
    int64_t number;
};
typedef struct list_key (*list_value)(const void *item, const char *key);

/* By the sort keys of the request, or by standard when it has none. */
void list_sort(struct list *l, const struct paging *p, const char *standard, bool ascending, list_value value);

typedef void (*list_put)(struct api *a, const void *item);

/* Replies {key:[page], count, offset, total} and frees the list. */
void list_reply(struct api *a, const char *key, struct list *l, const struct paging *p, list_put put);

/* Is part in text, any case? An empty or missing part is in everything. */
bool text_has(const char *text, const char *part);
bool text_begins(const char *text, const char *part);

#endif
