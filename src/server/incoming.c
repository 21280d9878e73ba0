#include "server/incoming.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/id.h"
#include "common/mem.h"
#include "core/message.h"
#include "server/register.h"
#include "store/store.h"

#define MESSAGE_ID_MAX 128

const char *incoming_message_id(const char *id)
{
    size_t n = id ? strlen(id) : 0;
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)id[i]) && strchr("-_.:$=", id[i]) == NULL)
            return NULL;
    return n > 0 && n <= MESSAGE_ID_MAX ? id : NULL;
}

bool incoming_is_known(struct server *s, const char *message_id)
{
    struct message *m = message_id ? server_message_dup(s, message_id) : NULL;
    bool is_known = m != NULL;
    message_free(&m);
    return is_known;
}

/* The look-ups are one indexed row each. */
static int save_visitor(struct server *s, const struct incoming *in, struct result *result)
{
    char fresh[ID_LEN + 1];
    struct id_source source = {id_entropy()};
    struct guest_form *g = x_calloc(1, sizeof *g);
    id_make(&source, fresh);
    g->token = x_strdup(in->token ? in->token : fresh);
    g->name = x_strdup(in->name);
    g->phone = x_strdup(in->phone);
    g->username = x_strdup(in->username);
    g->department = x_strdup(in->department);
    g->custom_fields = json_incref(in->custom_fields);
    if (!guest_form_is_known(s, g))
        guest_form_search(store_loop_reader(s->store), g);
    int rc = guest_form_save(s, g, result);
    guest_form_free(g);
    return rc;
}

int incoming_open(struct server *s, const struct incoming *in, struct result *result)
{
    if (save_visitor(s, in, result) < 0)
        return result->error.code;
    struct command cmd = server_command(COMMAND_ROOM_START, NULL);
    cmd.room_start.record = result->visitor;
    cmd.room_start.source_type = in->source_type;
    cmd.room_start.source_id = in->source_id;
    cmd.room_start.source_alias = in->source_alias;
    cmd.room_start.is_apart = true;
    return server_step(s, &cmd, result);
}

int incoming_post(struct server *s, const struct incoming *in, struct result *result)
{
    AUTO_FREE char *rid = x_strdup(result->room->id), *token = x_strdup(result->room->visitor->token);
    struct command cmd = server_command(COMMAND_MESSAGE_SEND, NULL);
    cmd.message.rid = rid;
    cmd.message.token = token;
    cmd.message.id = in->message_id;
    cmd.message.text = in->text;
    cmd.message.extra = in->extra;
    return server_step(s, &cmd, result);
}
