#include "server/queue.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/setting.h"
#include "server/shape.h"
#include "server/stream.h"
#include "server/work.h"
#include "store/store.h"

#define PAUSE_MS 1000

struct queue {
    struct server *server;
    uv_timer_t timer;
    bool is_armed;
    /* Average duration of the latest closed chats of a department ("" for all), as last read. */
    struct {
        char *department_id;
        int64_t average_s, read_ms, n;
    } averages[64];
    size_t average_count;
};

bool queue_is_told(const struct server *s)
{
    return setting_bool(s->core, "Livechat_waiting_queue", false) &&
           setting_bool(s->core, "Omnichannel_calculate_dispatch_service_queue_statistics", true);
}

/* One indexed read for N rooms, kept for a second. */
static int64_t average_duration(struct server *s, const char *department_id, int64_t n)
{
    struct queue *q = s->queue;
    int64_t now = server_now(s);
    size_t i = 0;
    const char *id = department_id ? department_id : "";
    while (i < q->average_count && strcmp(q->averages[i].department_id, id) != 0)
        i++;
    if (i < q->average_count && q->averages[i].n == n && now - q->averages[i].read_ms < PAUSE_MS)
        return q->averages[i].average_s;
    struct stored_room *rooms = NULL;
    struct room_query query = {.department_id = department_id, .open = 0, .on_hold = -1, .sort = "closedAt", .limit = n};
    int64_t total = 0, sum = 0;
    size_t count = read_rooms(store_loop_reader(s->store), &query, &rooms, &total);
    for (size_t k = 0; k < count; k++) {
        sum += rooms[k].room->metrics.chat_duration_s;
        stored_room_free(&rooms[k]);
    }
    free(rooms);
    if (i == q->average_count) {
        i = q->average_count < COUNT_OF(q->averages) ? q->average_count++ : 0;
        str_set(&q->averages[i].department_id, id);
    }
    q->averages[i].read_ms = now;
    q->averages[i].n = n;
    q->averages[i].average_s = count ? sum / (int64_t)count : 0;
    return q->averages[i].average_s;
}

static int64_t estimate(struct server *s, const struct room *r, int spot)
{
    int64_t n = setting_int(s->core, "Livechat_number_most_recent_chats_estimate_wait_time", 100);
    int64_t average = n > 0 ? average_duration(s, r->department_id, n) : 0;
    return average > 0 ? (int64_t)(((double)(spot - 1) / (double)n + 1) * (double)average) : -1;
}

int queue_spot(struct server *s, const struct room *r, int64_t *wait_s)
{
    *wait_s = -1;
    if (r->inquiry.status != INQUIRY_QUEUED)
        return 0;
    int spot = (int)core_queue_place(s->core, r);
    *wait_s = estimate(s, r, spot);
    return spot;
}

static void tell_spot(struct server *s, const struct room *r, int spot)
{
    struct broadcast b;
    if (!broadcast_begin(s, &b, STREAM_LIVECHAT_ROOM, r->id))
        return;
    jsonw_object(&b.w, NULL);
    jsonw_str(&b.w, "type", "queueData");
    shape_queue_info(&b.w, "data", s->core, r, spot, estimate(s, r, spot));
    jsonw_end_object(&b.w);
    broadcast_end(s, &b);
}

/* To those whose place is another than they were told. */
static void tell_line(struct server *s, struct department *d)
{
    size_t spot = 0;
    for (struct room *r = core_next_queued(s->core, d, NULL); r; r = core_next_queued(s->core, d, r)) {
        spot = d ? spot + 1 : core_queue_place(s->core, r);
        if (r->told_place != spot)
            tell_spot(s, r, (int)spot);
        r->told_place = spot;
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct queue *q = timer->data;
    struct server *s = q->server;
    q->is_armed = false;
    if (!queue_is_told(s))
        return;
    for (struct department *d = core_next_department(s->core, NULL); d; d = core_next_department(s->core, d)) {
        if (d->line_moved)
            tell_line(s, d);
        d->line_moved = false;
    }
    tell_line(s, NULL); /* their place is among all */
}

void queue_clock_moved(struct server *s)
{
    if (!s->queue->is_armed)
        return;
    uv_timer_stop(&s->queue->timer);
    on_timer(&s->queue->timer);
}

void queue_changed(struct server *s)
{
    struct queue *q = s->queue;
    if (q->is_armed || !queue_is_told(s))
        return;
    q->is_armed = true;
    uv_timer_start(&q->timer, on_timer, PAUSE_MS, 0);
}

void queue_tell_room(struct server *s, const char *rid)
{
    struct room *r = core_room(s->core, rid);
    if (r == NULL)
        return;
    r->told_place = 0;
    if (r->department)
        r->department->line_moved = true;
    queue_changed(s);
}

struct queue *queue_new(struct server *s)
{
    struct queue *q = x_calloc(1, sizeof *q);
    q->server = s;
    uv_timer_init(s->loop, &q->timer);
    q->timer.data = q;
    return q;
}

void queue_stop(struct queue *q)
{
    uv_close((uv_handle_t *)&q->timer, NULL);
}

void queue_free(struct queue **q)
{
    if (*q == NULL)
        return;
    for (size_t i = 0; i < (*q)->average_count; i++)
        free((*q)->averages[i].department_id);
    free(*q);
    *q = NULL;
}
