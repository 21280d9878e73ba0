#include "server/party.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

struct search {
    char *token, *rid;
    enum party_errors errors;
    party_fn then;
    struct visitor *visitor;
    struct stored_room stored;
    bool has_stored;
};

static void fail_token(struct api *a, enum party_errors errors)
{
    if (errors == PARTY_PLAIN)
        api_fail_plain(a, "invalid-token");
    else if (errors == PARTY_TRANSCRIPT)
        api_fail_coded(a, "error-invalid-token", "Invalid token");
    else
        api_fail_coded(a, "invalid-token", NULL);
}

static void fail_room(struct api *a, enum party_errors errors)
{
    if (errors == PARTY_PLAIN)
        api_fail_plain(a, "invalid-room");
    else if (errors == PARTY_TRANSCRIPT)
        api_fail_coded(a, "error-invalid-room", "Invalid room");
    else
        api_fail_coded(a, "invalid-room", NULL);
}

/* True when everything needed is in memory (or found wrong): the call is answered or under way. */
static bool from_memory(struct api *a, const char *token, const char *rid, enum party_errors errors, party_fn then)
{
    struct party p = {.visitor = core_visitor_by_token(a->server->core, token)};
    p.room = rid ? core_room(a->server->core, rid) : NULL;
    if (p.room && (p.visitor == NULL || p.room->visitor != p.visitor)) {
        /* The visitor of an open room is in memory: this token is another one's, or nobody's. */
        if (p.visitor == NULL)
            return false;
        fail_room(a, errors);
        return true;
    }
    if (p.visitor == NULL || (rid && p.room == NULL))
        return false;
    then(a, &p);
    return true;
}

static void on_read(struct store_reader *r, void *data)
{
    struct search *q = data;
    q->visitor = read_visitor_by_token(r, q->token);
    if (q->rid)
        q->has_stored = read_room(r, q->rid, &q->stored);
}

static void on_found(struct api *a, void *data)
{
    struct search *q = data;
    struct core *c = a->server->core;
    const struct visitor *v = core_visitor_by_token(c, q->token);
    struct party p = {.visitor = v ? v : q->visitor};
    if (p.visitor == NULL && q->errors != PARTY_QUIET) {
        fail_token(a, q->errors);
        return;
    }
    if (q->rid && p.visitor) {
        p.room = core_room(c, q->rid);
        if (p.room == NULL && q->has_stored)
            p.stored = &q->stored;
        const struct visitor *owner = p.room ? p.room->visitor : p.stored ? p.stored->visitor : NULL;
        if (owner == NULL || strcmp(owner->id, p.visitor->id) != 0) {
            fail_room(a, q->errors);
            return;
        }
    }
    q->then(a, &p);
}

static void drop(void *data)
{
    struct search *q = data;
    free(q->token);
    free(q->rid);
    visitor_free(&q->visitor);
    if (q->has_stored)
        stored_room_free(&q->stored);
    free(q);
}

void party_find(struct api *a, const char *token, const char *rid, enum party_errors errors, party_fn then)
{
    if (from_memory(a, token, rid, errors, then))
        return;
    struct search *q = x_calloc(1, sizeof *q);
    q->token = x_strdup(token);
    q->rid = x_strdup(rid);
    q->errors = errors;
    q->then = then;
    api_read(a, on_read, on_found, q, drop);
}
