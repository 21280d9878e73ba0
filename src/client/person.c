/* All that the server holds on one visitor: handed out, and erased (usher's own servers only). */
#include <stdlib.h>

#include "client/internal.h"
#include "common/mem.h"

struct person_ask {
    client_text_done text_done;   /* one of the two */
    client_done done;
    void *arg;
};

static void person_end(struct person_ask *ask, const char *text, const struct error *err)
{
    if (ask->text_done)
        ask->text_done(ask->arg, text, err);
    else if (ask->done)
        ask->done(ask->arg, err);
    free(ask);
}

static void person_answered(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct person_ask *ask = arg;
    (void)c;
    char *text = err || ask->text_done == NULL ? NULL : json_dumps(result, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    person_end(ask, text, err);
    free(text);
}

int client_needs_usher(const struct client *c, struct error *err)
{
    if (!client_is_online(c))
        return error_set(err, ERR_UNAVAILABLE, NULL, "The server is away");
    if (!c->model.pub.is_usher)
        return error_set(err, ERR_STATE, NULL, "This server is no usherd: it cannot do that");
    return ERR_OK;
}

static void person_send(struct client *c, const char *verb, const char *visitor_id, const char *tail,
                        struct person_ask one)
{
    struct person_ask *ask = x_calloc(1, sizeof *ask);
    struct error err = {0};
    *ask = one;
    if (client_needs_usher(c, &err) != ERR_OK) {
        person_end(ask, NULL, &err);
        return;
    }
    AUTO_FREE char *id = rest_escape(visitor_id);
    call_send(c, rung_rest(verb, NULL, "/usher/v1/visitors/%s%s", id, tail), person_answered, ask);
}

void client_visitor_export(struct client *c, const char *visitor_id, client_text_done done, void *arg)
{
    person_send(c, "GET", visitor_id, "/export", (struct person_ask){.text_done = done, .arg = arg});
}

void client_visitor_erase(struct client *c, const char *visitor_id, client_done done, void *arg)
{
    person_send(c, "DELETE", visitor_id, "", (struct person_ask){.done = done, .arg = arg});
}
