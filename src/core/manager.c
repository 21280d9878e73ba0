/* Contact managers: which visitors in memory an agent looks after, found again without looking at all of them. */
#include "core/internal.h"

#include <stdlib.h>
#include <string.h>

struct manager {
    char *username;
    LIST_HEAD(, visitor) visitors;
    UT_hash_handle hh;
};

static struct manager *find(struct core *c, const char *username)
{
    struct manager *m = NULL;
    HASH_FIND_STR(c->chats.managers, username, m);
    return m;
}

void manager_link(struct core *c, struct visitor *v)
{
    if (v->contact_manager == NULL)
        return;
    struct manager *m = find(c, v->contact_manager);
    if (m == NULL) {
        m = x_calloc(1, sizeof(*m));
        m->username = x_strdup(v->contact_manager);
        HASH_ADD_KEYPTR(hh, c->chats.managers, m->username, strlen(m->username), m);
    }
    LIST_INSERT_HEAD(&m->visitors, v, of_manager);
}

void manager_unlink(struct core *c, struct visitor *v)
{
    struct manager *m = v->contact_manager ? find(c, v->contact_manager) : NULL;
    if (m == NULL)
        return;
    LIST_REMOVE(v, of_manager);
    if (!LIST_EMPTY(&m->visitors))
        return;
    HASH_DEL(c->chats.managers, m);
    free(m->username);
    free(m);
}

void manager_set(struct core *c, struct visitor *v, const char *username)
{
    manager_unlink(c, v);
    str_set(&v->contact_manager, username);
    manager_link(c, v);
}

void manager_remove(struct step *s, struct user *u)
{
    struct manager *m = find(s->core, u->username);
    for (struct visitor *v = m ? LIST_FIRST(&m->visitors) : NULL, *next; v; v = next) {
        next = LIST_NEXT(v, of_manager);
        v->updated_ms = s->now;
        manager_set(s->core, v, NULL);
    }
    step_event(s, EVENT_MANAGER_REMOVED)->user = u;
}
