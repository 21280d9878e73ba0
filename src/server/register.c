#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/custom.h"
#include "server/method.h"
#include "server/register.h"
#include "server/visits.h"
#include "store/store.h"

void guest_form_read(struct guest_form *g, const json_t *o)
{
    str_set(&g->token, call_obj_str(o, "token"));
    str_set(&g->name, call_obj_str(o, "name"));
    str_set(&g->email, call_obj_str(o, "email"));
    str_set(&g->phone, call_obj_str(o, "phone"));
    str_set(&g->department, call_obj_str(o, "department"));
    str_set(&g->username, call_obj_str(o, "username"));
    json_decref(g->custom_fields);
    g->custom_fields = json_incref(json_object_get(o, "customFields"));
}

static char *lower(const char *s)
{
    char *copy = x_strdup(s + strspn(s, " \t"));
    size_t n = strlen(copy);
    while (n > 0 && (copy[n - 1] == ' ' || copy[n - 1] == '\t'))
        copy[--n] = '\0';
    for (char *p = copy; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p | 0x20);
    return copy;
}

void guest_form_search(struct store_reader *r, void *guest_form)
{
    struct guest_form *g = guest_form;
    g->found = read_visitor_by_token(r, g->token);
    if (g->found == NULL && g->phone && *g->phone) {
        g->found = read_visitor_by_phone(r, g->phone);
        g->by_phone = g->found != NULL;
    }
    if (g->found == NULL && g->email && *g->email) {
        AUTO_FREE char *email = lower(g->email);
        g->found = read_visitor_by_email(r, email);
    }
}

bool guest_form_is_known(const struct server *s, const struct guest_form *g)
{
    return core_visitor_by_token(s->core, g->token) != NULL;
}

int register_step(struct server *s, struct command *cmd, struct result *result)
{
    const struct visitor *record = cmd->visitor_save.record;
    AUTO_FREE char *old = x_strdup(record ? record->token : NULL), *id = x_strdup(record ? record->id : NULL);
    int rc = server_step(s, cmd, result);
    if (rc == ERR_OK && old && str_eq(result->visitor->id, id) && !str_eq(result->visitor->token, old))
        visits_move(s, old, result->visitor->token);
    return rc;
}

int guest_form_save(struct server *s, const struct guest_form *g, struct result *result)
{
    struct command cmd = server_command(COMMAND_VISITOR_SAVE, NULL);
    const struct visitor *known = core_visitor_by_token(s->core, g->token);
    cmd.visitor_save.record = known ? known : g->found;
    cmd.visitor_save.token = g->by_phone && !known ? g->found->token : g->token;
    cmd.visitor_save.name = g->name;
    cmd.visitor_save.email = g->email;
    cmd.visitor_save.phone = g->phone;
    cmd.visitor_save.department = g->department;
    cmd.visitor_save.username = g->username;
    cmd.visitor_save.user_agent = g->user_agent;
    cmd.visitor_save.ip = g->ip;
    cmd.visitor_save.host = g->host;
    const struct visitor *record = cmd.visitor_save.record;
    AUTO_FREE char *data = json_is_array(g->custom_fields)
                               ? custom_register(s->core, record ? record->livechat_data : NULL, g->custom_fields)
                               : NULL;
    cmd.visitor_save.livechat_data = data;
    return register_step(s, &cmd, result);
}

void guest_form_free(void *guest_form)
{
    struct guest_form *g = guest_form;
    free(g->token);
    free(g->name);
    free(g->email);
    free(g->phone);
    free(g->department);
    free(g->username);
    json_decref(g->custom_fields);
    free(g->user_agent);
    free(g->ip);
    free(g->host);
    visitor_free(&g->found);
    free(g);
}
