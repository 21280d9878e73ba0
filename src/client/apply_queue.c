/* The queue: inquiries in the server's order, with positions (versions 8). */
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/model.h"
#include "common/entity.h"
#include "common/mem.h"

struct inquiry *model_inquiry(const struct model *m, const char *id)
{
    for (size_t i = 0; id && i < m->pub.queue_count; i++) {
        if (strcmp(m->pub.queue[i]->id, id) == 0)
            return (struct inquiry *)m->pub.queue[i];
    }
    return NULL;
}

struct inquiry *model_inquiry_of_room(const struct model *m, const char *rid)
{
    for (size_t i = 0; rid && i < m->pub.queue_count; i++) {
        if (strcmp(m->pub.queue[i]->rid, rid) == 0)
            return (struct inquiry *)m->pub.queue[i];
    }
    return NULL;
}

static void inquiry_free(struct inquiry *q)
{
    char **texts[] = {&q->pub.id,         &q->pub.rid,    &q->pub.visitor_name, &q->pub.visitor_username, &q->pub.department_id,
                      &q->pub.department, &q->pub.source, &q->pub.last_text,    &q->pub.reserved_for,     &q->reserved_id};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(*texts[i]);
    free(q);
}

static int compare(const void *a, const void *b)
{
    const struct inquiry *x = *(const struct inquiry *const *)a, *y = *(const struct inquiry *const *)b;
    int64_t keys[][2] = {{x->due_ms, y->due_ms},
                         {x->order, y->order},
                         {x->estimated_wait, y->estimated_wait},
                         {x->estimated_at_ms, y->estimated_at_ms},
                         {x->ts_ms, y->ts_ms}};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1] ? -1 : 1;
    }
    return strcmp(x->pub.id, y->pub.id);
}

static void arrange(struct model *m)
{
    if (m->pub.queue_count)
        qsort(m->pub.queue, m->pub.queue_count, sizeof(*m->pub.queue), compare);
    for (size_t i = 0; i < m->pub.queue_count; i++)
        m->pub.queue[i]->position = (int)i + 1;
}

unsigned model_inquiry_drop(struct model *m, const char *id)
{
    for (size_t i = 0; id && i < m->pub.queue_count; i++) {
        if (strcmp(m->pub.queue[i]->id, id) == 0) {
            inquiry_free((struct inquiry *)m->pub.queue[i]);
            list_remove(m->pub.queue, &m->pub.queue_count, i);
            arrange(m);
            return CLIENT_CHANGED_QUEUE;
        }
    }
    return 0;
}

/* Public ones, those of my departments and those kept for me (rest 6). */
static bool is_for_me(const struct model *m, const json_t *json)
{
    const char *department = js_str(json, "department");
    const char *reserved = js_str(js_obj(json, "defaultAgent"), "agentId");
    if (m->sees_whole_queue)
        return true;
    if (m->pub.me.id && str_eq(reserved, m->pub.me.id))
        return true;
    return department == NULL || *department == '\0' || js_list_has(m->my_departments, department);
}

enum client_target model_worst_target(const json_t *targets)
{
    enum client_target worst = TARGET_KEPT;
    const char *name;
    json_t *state;
    json_object_foreach((json_t *)targets, name, state) {
        enum client_target one = str_eq(json_string_value(state), "breach")    ? TARGET_MISSED
                                 : str_eq(json_string_value(state), "warning") ? TARGET_NEAR
                                                                               : TARGET_KEPT;
        worst = one > worst ? one : worst;
    }
    return worst;
}

static void apply_offer(const struct model *m, struct inquiry *q, const json_t *offer)
{
    bool mine = m->pub.me.id && str_eq(js_str(offer, "agentId"), m->pub.me.id);
    q->pub.is_offered = offer != NULL;
    q->pub.offer_until_ms = mine ? js_date(offer, "until") : 0;
}

static void fill(struct model *m, struct inquiry *q, const json_t *json)
{
    const json_t *v = js_obj(json, "v"), *last = js_obj(json, "lastMessage"), *agent = js_obj(json, "defaultAgent");
    const char *name = js_str(json, "name"), *text = js_str(last, "msg"), *source = js_str(js_obj(json, "source"), "type");
    const char *department = js_str(json, "department");
    if (department && *department == '\0')
        department = NULL;
    str_set(&q->pub.visitor_username, js_str(v, "username"));
    str_set(&q->pub.visitor_name, name && *name ? name : js_str(v, "username"));
    str_set(&q->pub.department_id, department);
    str_set(&q->pub.department, model_department_name(m, department));
    str_set(&q->pub.source, source);
    str_set(&q->pub.last_text, text && *text ? text : js_str(json, "message"));
    if (q->pub.last_text)
        text_unescape(q->pub.last_text);
    str_set(&q->pub.reserved_for, js_str(agent, "username"));
    str_set(&q->reserved_id, js_str(agent, "agentId"));
    q->ts_ms = js_date(json, "ts");
    q->pub.queued_ms = js_date(json, "queuedAt") ? js_date(json, "queuedAt") : q->ts_ms;
    q->order = js_has(json, "priorityWeight") ? js_int(json, "priorityWeight", 0) : js_int(json, "queueOrder", 1);
    q->estimated_wait = js_int(json, "estimatedWaitingTimeQueue", 0);
    q->estimated_at_ms = js_date(json, "estimatedServiceTimeAt");
    q->due_ms = js_date(json, "dueAt");
    apply_offer(m, q, js_obj(json, "offer"));
    q->pub.target = model_worst_target(js_obj(json, "targets"));
    q->seen = true;
}

static unsigned upsert(struct model *m, const json_t *json)
{
    const char *id = js_str(json, "_id"), *rid = js_str(json, "rid");
    struct inquiry *q = model_inquiry(m, id);
    unsigned bits = CLIENT_CHANGED_QUEUE;
    if (q == NULL) {
        if (id == NULL || rid == NULL)
            return 0;
        q = x_calloc(1, sizeof(*q));
        q->pub.id = x_strdup(id);
        q->pub.rid = x_strdup(rid);
        m->pub.queue = list_append(m->pub.queue, &m->pub.queue_count, q);
        if (m->filled)
            bits |= CLIENT_NEW_INQUIRY;
    }
    bool was_mine = q->pub.offer_until_ms > 0;
    fill(m, q, json);
    if (m->filled && q->pub.offer_until_ms > 0 && !was_mine)
        bits |= CLIENT_NEW_INQUIRY; /* heard also by who knew the chat already */
    return bits;
}

unsigned model_apply_queue(struct model *m, const json_t *list)
{
    size_t i;
    json_t *json;
    unsigned bits = CLIENT_CHANGED_QUEUE;
    for (i = 0; i < m->pub.queue_count; i++)
        ((struct inquiry *)m->pub.queue[i])->seen = false;
    json_array_foreach(list, i, json) {
        const char *status = js_str(json, "status");
        if (status == NULL || strcmp(status, "queued") == 0)
            bits |= upsert(m, json);
    }
    for (i = m->pub.queue_count; i-- > 0;) {
        if (!((struct inquiry *)m->pub.queue[i])->seen) {
            inquiry_free((struct inquiry *)m->pub.queue[i]);
            list_remove(m->pub.queue, &m->pub.queue_count, i);
        }
    }
    arrange(m);
    return bits;
}

unsigned model_apply_inquiry_event(struct model *m, const json_t *event)
{
    const char *id = js_str(event, "_id"), *type = js_str(event, "type");
    if (str_eq(type, "removed") || !str_eq(js_str(event, "status"), "queued") || !is_for_me(m, event))
        return model_inquiry_drop(m, id);
    unsigned bits = upsert(m, event);
    arrange(m);
    return bits;
}
