/* The buttons among the settings: each stands for a method of the server. */
#include "client/internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/refusal.h"
#include "common/buf.h"
#include "common/mem.h"

struct running {
    client_action_done done;
    void *arg;
};

static void put_value(struct buf *out, const json_t *v, int depth);

static void put_members(struct buf *out, const json_t *v, int depth)
{
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)v, key, member) {
        if (strcmp(key, "success") == 0)
            continue;
        if (out->len > 0 && out->data[out->len - 1] != '\n')
            buf_puts(out, depth > 1 ? ", " : "\n");
        if (!json_is_array(member))
            buf_printf(out, "%s: ", key);
        put_value(out, member, depth);
    }
}

/* Answers as lines to read: a list has a line for each of its members. */
static void put_value(struct buf *out, const json_t *v, int depth)
{
    size_t i;
    json_t *member;
    if (depth > 4)
        return;
    if (json_is_string(v))
        buf_puts(out, json_string_value(v));
    else if (json_is_boolean(v))
        buf_puts(out, json_is_true(v) ? "yes" : "no");
    else if (json_is_integer(v))
        buf_printf(out, "%lld", (long long)json_integer_value(v));
    else if (json_is_object(v))
        put_members(out, v, depth + 1);
    else if (json_is_array(v) && json_array_size(v) == 0)
        buf_puts(out, "none");
    json_array_foreach(v, i, member) {
        if (out->len > 0)
            buf_putc(out, '\n');
        put_value(out, member, depth + 1);
    }
}

static void action_done(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct running *running = arg;
    struct buf text = BUF_INIT;
    (void)c;
    if (err == NULL && !json_is_true(result))
        put_value(&text, result, 0);
    running->done(running->arg, text.data ? text.data : "", err && refusal_is_missing(err), err);
    buf_free(&text);
    free(running);
}

void client_run_action(struct client *c, const char *method, const char *action, client_action_done done, void *arg)
{
    struct error err = {0};
    if (!client_is_online(c)) {
        error_set(&err, ERR_UNAVAILABLE, NULL, "The server is away");
        done(arg, "", false, &err);
        return;
    }
    struct running *running = x_calloc(1, sizeof(*running));
    *running = (struct running){done, arg};
    json_t *params = action ? json_pack("[{s:s}]", "action", action) : json_array();
    call_send(c, rung_method(method, params), action_done, running);
}
