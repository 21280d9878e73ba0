#include "server/list.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"

void list_add(struct list *l, const void *item)
{
    if (l->n == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 32;
        l->items = x_reallocarray(l->items, l->cap, sizeof *l->items);
    }
    l->items[l->n] = (struct list_item){item, l->n};
    l->n++;
}

void list_free(struct list *l)
{
    free(l->items);
    *l = LIST_NEW;
}

struct order {
    const struct paging *paging;
    const char *standard;
    bool ascending;
    list_value value;
};

static int compare_keys(struct list_key x, struct list_key y)
{
    if (x.text || y.text) {
        int way = strcasecmp(x.text ? x.text : "", y.text ? y.text : "");
        return way ? way : strcmp(x.text ? x.text : "", y.text ? y.text : "");
    }
    return (x.number > y.number) - (x.number < y.number);
}

static int compare(const void *x, const void *y, void *arg)
{
    const struct list_item *a = x, *b = y;
    const struct order *o = arg;
    size_t n = o->paging->sort_count;
    for (size_t i = 0; i < (n ? n : 1); i++) {
        const char *key = n ? o->paging->sort[i].key : o->standard;
        bool up = n ? o->paging->sort[i].ascending : o->ascending;
        int way = compare_keys(o->value(a->item, key), o->value(b->item, key));
        if (way)
            return up ? way : -way;
    }
    return (a->no > b->no) - (a->no < b->no);
}

void list_sort(struct list *l, const struct paging *p, const char *standard, bool ascending, list_value value)
{
    struct order o = {p, standard, ascending, value};
    if (l->n > 1)
        qsort_r(l->items, l->n, sizeof *l->items, compare, &o);
}

void list_reply(struct api *a, const char *key, struct list *l, const struct paging *p, list_put put)
{
    size_t from, n;
    paging_slice(p, l->n, &from, &n);
    jsonw_array(api_ok(a), key);
    for (size_t i = from; i < from + n; i++)
        put(a, l->items[i].item);
    jsonw_end_array(&a->w);
    api_put_paging(a, p, n, (int64_t)l->n);
    list_free(l);
    api_ok_end(a);
}

bool text_has(const char *text, const char *part)
{
    return part == NULL || *part == '\0' || (text && strcasestr(text, part));
}

bool text_begins(const char *text, const char *part)
{
    return part == NULL || *part == '\0' || (text && strncasecmp(text, part, strlen(part)) == 0);
}
