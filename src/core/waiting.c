/* The index of chats that wait for an agent: one tree per department, one for those without. */
#include "core/internal.h"

const char *inquiry_status_name(enum inquiry_status s)
{
    static const char *const names[] = {"none", "ready", "queued", "taken"};
    return names[s];
}

/* Chats with a priority before those without, then by due time, then by due moment (behaviour 14.2); what is left is
   the order of creation. */
int waiting_compare(struct room *a, struct room *b)
{
    const struct inquiry *x = &a->inquiry, *y = &b->inquiry;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    if (x->wait_min != y->wait_min)
        return x->wait_min < y->wait_min ? -1 : 1;
    if (x->service_at_ms != y->service_at_ms)
        return x->service_at_ms < y->service_at_ms ? -1 : 1;
    return (a->no > b->no) - (a->no < b->no);
}

RB_GENERATE(waiting_tree, room, waiting, waiting_compare)

static struct waiting_tree *tree_of(struct core *c, struct department *d)
{
    return d ? &d->waiting : &c->chats.waiting;
}

void waiting_remove(struct core *c, struct room *r)
{
    if (!r->in_waiting)
        return;
    RB_REMOVE(waiting_tree, tree_of(c, r->department), r);
    r->in_waiting = false;
}

void waiting_update(struct core *c, struct room *r)
{
    bool wanted = r->open && (r->inquiry.status == INQUIRY_READY || r->inquiry.status == INQUIRY_QUEUED);
    if (wanted == r->in_waiting)
        return;
    if (!wanted) {
        waiting_remove(c, r);
        return;
    }
    RB_INSERT(waiting_tree, tree_of(c, r->department), r);
    r->in_waiting = true;
}

struct room *waiting_first(struct core *c, struct department *d)
{
    return RB_MIN(waiting_tree, tree_of(c, d));
}

void inquiry_set_status(struct core *c, struct room *r, enum inquiry_status status)
{
    if (r->inquiry.status == INQUIRY_QUEUED)
        c->chats.queued_count--;
    r->inquiry.status = status;
    if (status == INQUIRY_QUEUED)
        c->chats.queued_count++;
    waiting_update(c, r);
}

size_t core_queue_length(const struct core *c)
{
    return c->chats.queued_count;
}
