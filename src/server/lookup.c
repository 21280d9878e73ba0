#include "server/lookup.h"

#include <stdlib.h>

#include "common/mem.h"

struct lookup *lookup_new(const char *rid)
{
    struct lookup *l = x_calloc(1, sizeof *l);
    l->rid = x_strdup(rid);
    return l;
}

void lookup_run(struct store_reader *r, void *data)
{
    struct lookup *l = data;
    if (l->message_id)
        l->message = read_message(r, l->message_id);
    if (l->rid == NULL && l->message)
        l->rid = x_strdup(l->message->rid);
    if (l->rid)
        read_room(r, l->rid, &l->room);
    if (l->visitor_id)
        l->visitor = read_visitor(r, l->visitor_id);
    if (l->visitor == NULL && l->token)
        l->visitor = read_visitor_by_token(r, l->token);
    if (l->visitor == NULL && l->email)
        l->visitor = read_visitor_by_email(r, l->email);
    if (l->visitor == NULL && l->phone)
        l->visitor = read_visitor_by_phone(r, l->phone);
    if (l->want_page && l->rid) {
        l->page.rid = l->rid;
        l->page.text_like = l->text;
        l->message_count = read_messages(r, &l->page, &l->messages, &l->total);
    }
}

void lookup_drop(void *data)
{
    struct lookup *l = data;
    for (size_t i = 0; i < l->message_count; i++)
        message_free(&l->messages[i]);
    free(l->messages);
    message_free(&l->message);
    visitor_free(&l->visitor);
    stored_room_free(&l->room);
    free(l->rid);
    free(l->message_id);
    free(l->visitor_id);
    free(l->token);
    free(l->email);
    free(l->phone);
    free(l->text);
    free(l);
}

const struct stored_room *lookup_room(const struct lookup *l)
{
    return l->room.room ? &l->room : NULL;
}

bool lookup_may_open(const struct core *c, const struct user *u, const struct room *open, const struct lookup *l)
{
    if (u == NULL)
        return false;
    if (open)
        return core_may_open(c, u, open);
    const struct channel *ch = core_channel(c, l->rid);
    if (ch)
        return core_channel_allows(c, u, ch);
    const struct stored_room *sr = lookup_room(l);
    return sr && core_may_open_closed(c, u, sr->served_by_id, sr->room->department_id);
}
