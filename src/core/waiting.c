/* The indexes of chats without agent. READY ones wait in one tree for each department. QUEUED ones
   stand in the line of their department and in the line of all; both know how many stand before one. */
#include "core/internal.h"

#define MINUTE_MS 60000

static void line_count(struct spot *p);

#undef RB_AUGMENT
#define RB_AUGMENT(spot) line_count(spot)

const char *inquiry_status_name(enum inquiry_status s)
{
    static const char *const names[] = {"none", "ready", "queued", "taken"};
    return names[s];
}

/* Where chats age, who is due first; else chats with a priority before those without, then by due time, then by due
   moment (behaviour 14.2); what is left is the order of creation. */
int service_compare(struct room *a, struct room *b)
{
    const struct inquiry *x = &a->inquiry, *y = &b->inquiry;
    if (x->rank_ms != y->rank_ms)
        return x->rank_ms < y->rank_ms ? -1 : 1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    if (x->wait_min != y->wait_min)
        return x->wait_min < y->wait_min ? -1 : 1;
    if (x->service_at_ms != y->service_at_ms)
        return x->service_at_ms < y->service_at_ms ? -1 : 1;
    return (a->no > b->no) - (a->no < b->no);
}

static int spot_compare(struct spot *a, struct spot *b)
{
    return service_compare(a->room, b->room);
}

/* Who came into the queue first: the first to have waited too long. */
static int due_compare(struct room *a, struct room *b)
{
    if (a->inquiry.queued_ms != b->inquiry.queued_ms)
        return a->inquiry.queued_ms < b->inquiry.queued_ms ? -1 : 1;
    return (a->no > b->no) - (a->no < b->no);
}

static int busy_compare(struct department *a, struct department *b)
{
    return (a->created_no > b->created_no) - (a->created_no < b->created_no);
}

RB_PROTOTYPE(spot_tree, spot, entry, spot_compare)
RB_PROTOTYPE(due_tree, room, due, due_compare)
RB_PROTOTYPE(busy_tree, department, busy, busy_compare)

RB_GENERATE(spot_tree, spot, entry, spot_compare)
#undef RB_AUGMENT
#define RB_AUGMENT(x) (void)(x)
RB_GENERATE(ready_tree, room, ready, service_compare)
RB_GENERATE(due_tree, room, due, due_compare)
RB_GENERATE(busy_tree, department, busy, busy_compare)

/* --- lines: trees whose nodes know their size, so that a place costs no counting --- */

static size_t line_size(const struct spot *p)
{
    return p ? p->size : 0;
}

static void line_count(struct spot *p)
{
    p->size = 1 + line_size(RB_LEFT(p, entry)) + line_size(RB_RIGHT(p, entry));
}

/* The tree itself recounts only what it turns; what is left to recount lies above the place of the change. */
static void line_recount(struct spot *p)
{
    for (; p; p = RB_PARENT(p, entry))
        line_count(p);
}

static void line_insert(struct spot_tree *line, struct spot *p, struct room *r)
{
    p->room = r;
    p->size = 1;
    RB_INSERT(spot_tree, line, p);
    line_recount(p);
}

static void line_remove(struct spot_tree *line, struct spot *p)
{
    struct spot *above = RB_PARENT(p, entry);
    if (RB_LEFT(p, entry) && RB_RIGHT(p, entry)) { /* its successor takes its place */
        struct spot *next = RB_NEXT(spot_tree, line, p);
        above = RB_PARENT(next, entry) == p ? next : RB_PARENT(next, entry);
        RB_REMOVE(spot_tree, line, p);
        line_recount(above);
        line_recount(next);
        return;
    }
    RB_REMOVE(spot_tree, line, p);
    line_recount(above);
}

static size_t line_place(struct spot *p)
{
    size_t place = line_size(RB_LEFT(p, entry)) + 1;
    for (struct spot *up; (up = RB_PARENT(p, entry)) != NULL; p = up)
        if (RB_RIGHT(up, entry) == p)
            place += line_size(RB_LEFT(up, entry)) + 1;
    return place;
}

/* --- in and out --- */

static struct spot_tree *line_of(struct core *c, struct department *d)
{
    return d ? &d->line : &c->chats.line;
}

static struct ready_tree *ready_of(struct core *c, struct department *d)
{
    return d ? &d->ready : &c->chats.ready;
}

static void leave_line(struct core *c, struct room *r)
{
    struct department *d = r->department;
    line_remove(line_of(c, d), &r->spot);
    line_remove(&c->chats.all, &r->spot_of_all);
    RB_REMOVE(due_tree, &c->chats.due, r);
    c->chats.queued_count--;
    if (d && RB_EMPTY(&d->line))
        RB_REMOVE(busy_tree, &c->chats.busy, d);
    if (d)
        d->line_moved = true;
}

static void enter_line(struct core *c, struct room *r)
{
    struct department *d = r->department;
    if (d && RB_EMPTY(&d->line))
        RB_INSERT(busy_tree, &c->chats.busy, d);
    if (d)
        d->line_moved = true;
    line_insert(line_of(c, d), &r->spot, r);
    line_insert(&c->chats.all, &r->spot_of_all, r);
    RB_INSERT(due_tree, &c->chats.due, r);
    c->chats.queued_count++;
}

static void leave_ready(struct core *c, struct room *r)
{
    if (!r->is_aside)
        RB_REMOVE(ready_tree, ready_of(c, r->department), r);
}

/* One that a service is asked for stands aside: its turn is for the others. */
static void enter_ready(struct core *c, struct room *r)
{
    r->is_aside = r->asked_no != 0;
    if (!r->is_aside)
        RB_INSERT(ready_tree, ready_of(c, r->department), r);
}

void waiting_asked(struct core *c, struct room *r)
{
    if (r->waits_as != INQUIRY_READY || r->is_aside == (r->asked_no != 0))
        return;
    waiting_remove(c, r);
    waiting_update(c, r);
}

static size_t *waiting_count(struct core *c, struct department *d)
{
    return d ? &d->waiting_count : &c->chats.waiting_count;
}

void waiting_remove(struct core *c, struct room *r)
{
    if (r->waits_as == INQUIRY_NONE)
        return;
    if (r->waits_as == INQUIRY_QUEUED)
        leave_line(c, r);
    else
        leave_ready(c, r);
    fit_chat_leave(c, r);
    r->is_aside = false;
    r->waits_as = INQUIRY_NONE;
    --*waiting_count(c, r->department);
}

/* When a chat is due. Priority and age are one number that stays as it is while the chat waits, so the lines remain
   ordered by themselves. */
static int64_t rank_of(const struct core *c, const struct inquiry *q)
{
    int64_t minutes = core_policy(c)->ageing_min;
    if (minutes <= 0)
        return 0;
    return q->ts_ms + (q->order == 0 ? q->wait_min : minutes) * MINUTE_MS;
}

void waiting_update(struct core *c, struct room *r)
{
    enum inquiry_status status = r->open ? r->inquiry.status : INQUIRY_NONE;
    if (status == r->waits_as)
        return;
    waiting_remove(c, r);
    if (status != INQUIRY_QUEUED && status != INQUIRY_READY)
        return;
    r->inquiry.rank_ms = rank_of(c, &r->inquiry);
    if (status == INQUIRY_QUEUED)
        enter_line(c, r);
    else
        enter_ready(c, r);
    if (!r->is_aside)
        fit_chat_enter(c, r);
    r->waits_as = status;
    ++*waiting_count(c, r->department);
}

void waiting_reorder(struct core *c)
{
    struct room *r;
    TAILQ_FOREACH(r, &c->chats.open, entry)
        waiting_remove(c, r);
    TAILQ_FOREACH(r, &c->chats.open, entry)
        waiting_update(c, r);
}

void inquiry_set_status(struct core *c, struct room *r, enum inquiry_status status)
{
    r->inquiry.status = status;
    if (status != INQUIRY_READY && status != INQUIRY_QUEUED)
        ask_end(c, r);
    waiting_update(c, r);
}

void inquiry_queue(struct core *c, struct room *r, int64_t now)
{
    waiting_remove(c, r);
    r->inquiry.queued_ms = now;
    r->inquiry.taken_ms = 0;
    r->inquiry.updated_ms = now;
    inquiry_set_status(c, r, INQUIRY_QUEUED);
}

/* --- reading --- */

struct room *ready_first(struct core *c, struct department *d)
{
    return RB_MIN(ready_tree, ready_of(c, d));
}

struct department *busy_after(struct core *c, uint64_t created_no)
{
    struct department key = {.created_no = created_no + 1};
    return RB_NFIND(busy_tree, &c->chats.busy, &key);
}

struct room *queue_next(struct core *c, struct department *d, struct room *r)
{
    struct spot *p = r ? RB_NEXT(spot_tree, 0, &r->spot) : RB_MIN(spot_tree, line_of(c, d));
    return p ? p->room : NULL;
}

struct room *queue_next_of_all(struct core *c, struct room *r)
{
    struct spot *p = r ? RB_NEXT(spot_tree, 0, &r->spot_of_all) : RB_MIN(spot_tree, &c->chats.all);
    return p ? p->room : NULL;
}

struct room *queue_oldest(const struct core *c)
{
    return RB_MIN(due_tree, (struct due_tree *)&c->chats.due);
}

struct room *core_next_queued(const struct core *c, const struct department *d, const struct room *r)
{
    return queue_next((struct core *)c, (struct department *)d, (struct room *)r);
}

size_t core_queue_place(const struct core *c, const struct room *r)
{
    (void)c;
    if (r->waits_as != INQUIRY_QUEUED)
        return 0;
    return line_place(r->department ? (struct spot *)&r->spot : (struct spot *)&r->spot_of_all);
}

bool queue_is_full(const struct core *c, const struct department *d)
{
    int64_t most = core_policy(c)->most_waiting;
    return most > 0 && *waiting_count((struct core *)c, (struct department *)d) >= (size_t)most;
}

size_t core_queue_length(const struct core *c)
{
    return c->chats.queued_count;
}
