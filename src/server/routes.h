/* Every endpoint and method by name: the families of endpoints compiled into a trie of path parts, the methods into a
   hash, once at the start. */
#ifndef SERVER_ROUTES_H
#define SERVER_ROUTES_H

#include "server/api.h"
#include "server/method.h"

struct routes;

struct routes *routes_new(void);           /* of the families listed in routes.c; asserts that nothing stands twice */
void routes_free(struct routes **r);

struct route_match {
    const struct endpoint *by_verb[VERB_COUNT];   /* NULL where the verb is not offered */
    struct {
        const char *value;                 /* into the path; still percent-encoded */
        size_t len;
    } args[API_ARGS_MAX];
    size_t arg_count;
};

/* path: as sent, "/api/v1/…"; a slash at its end does not count. False when nothing is there. */
bool routes_find(const struct routes *r, const char *path, struct route_match *out);

const struct method *routes_method(const struct routes *r, const char *name);   /* NULL: no such method */

#endif
