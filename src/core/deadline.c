#include "core/deadline.h"

#include <stdlib.h>

#include "core/internal.h"

#define SECONDS_MAX 100000000000   /* some thousand years: keeps moments within 64 bits */

struct deadline {
    int64_t due_ms;
    uint64_t no;                       /* order of creation of its owner */
    struct deadline_list *of;
    enum deadline_kind kind;
    RB_ENTRY(deadline) entry;
    LIST_ENTRY(deadline) of_owner;
};

static uint64_t room_no(const void *room)
{
    return ((const struct room *)room)->no;
}

static uint64_t user_no(const void *user)
{
    return ((const struct user *)user)->no;
}

static uint64_t hour_no(const void *hour)
{
    return ((const struct hour *)hour)->no;
}

enum owner { OWNER_CORE, OWNER_ROOM, OWNER_USER, OWNER_HOUR };

/* Where its list is, and its place in the order of creation (NULL: there is only one). */
static const struct {
    size_t offset;
    uint64_t (*no)(const void *owner);
} owners[] = {
    [OWNER_CORE] = {offsetof(struct core, deadlines), NULL},
    [OWNER_ROOM] = {offsetof(struct room, deadlines), room_no},
    [OWNER_USER] = {offsetof(struct user, deadlines), user_no},
    [OWNER_HOUR] = {offsetof(struct hour, deadlines), hour_no},
};

/* One row a kind: whose it is, and what happens when it is due. It is gone by then; what is to come again is set again. */
static const struct kind {
    enum owner owner;
    void (*fire)(struct step *s, void *owner);
} kinds[DEADLINE_KIND_COUNT] = {
    [DEADLINE_START] = {OWNER_CORE, worker_start},
    [DEADLINE_HOUR] = {OWNER_HOUR, opening_due},
    [DEADLINE_QUEUE_WAIT] = {OWNER_CORE, worker_close_oldest},
    [DEADLINE_QUEUE_ROUND] = {OWNER_CORE, worker_round},
    [DEADLINE_AGENT_LEFT] = {OWNER_USER, leave_act},
    [DEADLINE_ABANDONED] = {OWNER_ROOM, abandon_act},
    [DEADLINE_HOLD_CLOSE] = {OWNER_ROOM, hold_close},
    [DEADLINE_UNANSWERED] = {OWNER_ROOM, unanswered_act},
    [DEADLINE_RELAX] = {OWNER_ROOM, fit_relax},
    [DEADLINE_WIDEN] = {OWNER_ROOM, fit_widen},
    [DEADLINE_OFFER] = {OWNER_ROOM, offer_due},
    [DEADLINE_QUIET] = {OWNER_ROOM, quiet_due},
    [DEADLINE_PAUSE] = {OWNER_USER, pause_due},
    [DEADLINE_DAY_ENDS] = {OWNER_USER, activity_cut},
    [DEADLINE_TARGET] = {OWNER_ROOM, targets_due},
};

static int deadline_compare(struct deadline *a, struct deadline *b)
{
    if (a->due_ms != b->due_ms)
        return a->due_ms < b->due_ms ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return (a->no > b->no) - (a->no < b->no);
}

RB_PROTOTYPE(deadline_tree, deadline, entry, deadline_compare)
RB_GENERATE(deadline_tree, deadline, entry, deadline_compare)

static void *owner_of(const struct deadline *d)
{
    return (char *)d->of - owners[kinds[d->kind].owner].offset;
}

static struct deadline *find(const struct deadline_list *of, enum deadline_kind kind)
{
    struct deadline *d;
    LIST_FOREACH(d, of, of_owner) {
        if (d->kind == kind)
            return d;
    }
    return NULL;
}

static void drop(struct core *c, struct deadline *d)
{
    RB_REMOVE(deadline_tree, &c->deadline_tree, d);
    LIST_REMOVE(d, of_owner);
    free(d);
}

int64_t deadline_after(int64_t from_ms, int64_t seconds)
{
    return from_ms + (seconds > SECONDS_MAX ? SECONDS_MAX : seconds < 0 ? 0 : seconds) * 1000;
}

int64_t deadline_due(const struct deadline_list *of, enum deadline_kind kind)
{
    const struct deadline *d = find(of, kind);
    return d ? d->due_ms : INT64_MAX;
}

static struct deadline *add(struct deadline_list *of, enum deadline_kind kind)
{
    struct deadline *d = x_calloc(1, sizeof(*d));
    d->of = of;
    d->kind = kind;
    d->no = owners[kinds[kind].owner].no ? owners[kinds[kind].owner].no(owner_of(d)) : 0;
    LIST_INSERT_HEAD(of, d, of_owner);
    return d;
}

void deadline_set(struct core *c, struct deadline_list *of, enum deadline_kind kind, int64_t due_ms)
{
    struct deadline *d = find(of, kind);
    if (d ? d->due_ms == due_ms : due_ms == INT64_MAX)
        return;
    if (due_ms == INT64_MAX) {
        drop(c, d);
        return;
    }
    if (d)
        RB_REMOVE(deadline_tree, &c->deadline_tree, d);
    else
        d = add(of, kind);
    d->due_ms = due_ms;
    RB_INSERT(deadline_tree, &c->deadline_tree, d);
}

void deadlines_drop(struct core *c, struct deadline_list *of)
{
    while (!LIST_EMPTY(of))
        drop(c, LIST_FIRST(of));
}

int64_t core_next_deadline(const struct core *c)
{
    const struct deadline *first = RB_MIN(deadline_tree, (struct deadline_tree *)&c->deadline_tree);
    return first ? first->due_ms : INT64_MAX;
}

/* One thing a tick, the earliest first: whoever ticks asks for the next deadline again. */
int step_tick(struct step *s)
{
    struct deadline *first = RB_MIN(deadline_tree, &s->core->deadline_tree);
    if (first == NULL || first->due_ms > s->now)
        return ERR_OK;
    const struct kind *kind = &kinds[first->kind];
    void *owner = owner_of(first);
    drop(s->core, first);
    kind->fire(s, owner);
    return ERR_OK;
}
