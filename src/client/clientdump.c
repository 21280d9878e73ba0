/* usher's client without a terminal: connects, prints the model as one JSON line on every change, and obeys lines on
   standard input: take ID, open RID, send RID TEXT, close RID TEXT, return RID, available on|off, typing RID,
   read RID, older RID, set ID VALUE, quit. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/client.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"

struct dump {
    struct client *client;
    uv_loop_t *loop;
    uv_poll_t input;
    struct buf line;
    int64_t started_us;
    bool done;
};

static json_t *messages(const struct client_room *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->message_count; i++) {
        const struct client_message *m = r->messages[i];
        json_array_append_new(list, json_pack("{s:s,s:s,s:s*,s:s*,s:s*,s:i,s:b,s:b,s:b,s:s*}", "id", m->id, "text",
                                              m->text, "type", m->type, "notice", m->notice, "by", m->username,
                                              "delivery", m->delivery, "own", m->own, "visitor", m->from_visitor,
                                              "hidden", m->hidden, "failure", m->failure));
    }
    return list;
}

static json_t *rooms(const struct client_model *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->room_count; i++) {
        const struct client_room *r = m->rooms[i];
        json_array_append_new(
            list, json_pack("{s:s,s:s*,s:s*,s:s*,s:s*,s:i,s:b,s:b,s:b,s:b,s:b,s:s*,s:o}", "id", r->id, "visitor",
                            r->visitor_name, "department", r->department, "servedBy", r->served_by, "last", r->last_text,
                            "unread", r->unread, "open", r->open, "mine", r->mine, "preview", r->preview, "onHold",
                            r->on_hold, "complete", r->history_complete, "typing", r->typing, "messages", messages(r)));
    }
    return list;
}

static json_t *queue(const struct client_model *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->queue_count; i++) {
        const struct client_inquiry *q = m->queue[i];
        json_array_append_new(list, json_pack("{s:s,s:s,s:s*,s:s*,s:i,s:s*}", "id", q->id, "rid", q->rid, "visitor",
                                              q->visitor_name, "department", q->department, "position", q->position,
                                              "last", q->last_text));
    }
    return list;
}

static void print(struct dump *d, unsigned bits, const char *rid)
{
    static const char *const states[] = {"starting", "connecting", "online", "away", "denied"};
    const struct client_model *m = client_model(d->client);
    int known = 0;
    for (size_t i = 0; i < m->setting_count; i++)
        known += m->settings[i].known;
    json_t *json = json_pack(
        "{s:i,s:i,s:s*,s:s,s:s*,s:s*,s:s*,s:s*,s:b,s:b,s:i,s:i,s:i,s:i,s:i,s:i,s:o,s:o}", "ms",
        (int)((clock_mono_us() - d->started_us) / 1000), "bits", (int)bits, "rid", rid, "state", states[m->state], "notice",
        m->notice, "version", m->server_version, "routing", m->routing_method, "me", m->me.username, "available",
        m->me.available, "usher", m->is_usher, "latency", m->latency_ms, "outbox", m->outbox_count, "settings", known,
        "canned", (int)m->canned_count, "departments", (int)m->department_count, "agents", (int)m->agent_count, "rooms",
        rooms(m), "queue", queue(m));
    char *text = json_dumps(json, JSON_COMPACT);
    puts(text ? text : "{}");
    fflush(stdout);
    free(text);
    json_decref(json);
}

static void changed(void *arg, unsigned bits, const char *rid)
{
    print(arg, bits, rid);
}

static void answered(void *arg, const struct error *err)
{
    (void)arg;
    json_t *json = err ? json_pack("{s:i,s:s,s:s*}", "error", err->code, "text", err->text, "name", err->name)
                       : json_pack("{s:b}", "done", 1);
    char *text = json_dumps(json, JSON_COMPACT);
    puts(text ? text : "{}");
    fflush(stdout);
    free(text);
    json_decref(json);
}

static void saved(void *arg, const struct client_settings_answer *a, const struct error *err)
{
    (void)a;
    answered(arg, err);
}

static void set(struct dump *d, const char *id, const char *text)
{
    struct error err = {0};
    struct client_setting_change change = {.no = catalogue_find(id)};
    if (change.no < 0 || setting_value_from_text(change.no, text, &change.value, &err)) {
        answered(d, &err);
        return;
    }
    client_save_settings(d->client, &change, 1, saved, d);
    setting_value_free(&change.value);
}

static void obey(struct dump *d, char *line)
{
    char *verb = strtok(line, " "), *id = strtok(NULL, " "), *rest = strtok(NULL, "");
    struct error err = {0};
    struct client *c = d->client;
    if (verb == NULL)
        return;
    if (strcmp(verb, "quit") == 0)
        d->done = true;
    else if (id == NULL)
        answered(d, (error_set(&err, ERR_INVALID, NULL, "an id is missing"), &err));
    else if (strcmp(verb, "take") == 0)
        client_take(c, id, answered, d);
    else if (strcmp(verb, "open") == 0)
        client_open(c, id, answered, d);
    else if (strcmp(verb, "leave") == 0)
        client_leave(c, id);
    else if (strcmp(verb, "older") == 0)
        client_load_older(c, id);
    else if (strcmp(verb, "read") == 0)
        client_read(c, id);
    else if (strcmp(verb, "typing") == 0)
        client_typing(c, id, true);
    else if (strcmp(verb, "close") == 0)
        client_close(c, id, rest, NULL, 0, NULL, answered, d);
    else if (strcmp(verb, "return") == 0)
        client_return_to_queue(c, id, answered, d);
    else if (strcmp(verb, "available") == 0)
        client_set_available(c, strcmp(id, "on") == 0, answered, d);
    else if (strcmp(verb, "set") == 0 && rest)
        set(d, id, rest);
    else if (strcmp(verb, "send") == 0 && rest && client_send(c, id, rest, &err))
        answered(d, &err);
}

static void input_came(uv_poll_t *poll, int status, int events)
{
    struct dump *d = poll->data;
    char chunk[4096];
    (void)events;
    ssize_t n = status < 0 ? -1 : read(0, chunk, sizeof(chunk));
    if (n <= 0) {
        uv_poll_stop(&d->input);
        return;
    }
    buf_append(&d->line, chunk, (size_t)n);
    for (char *end; d->line.len && (end = memchr(d->line.data, '\n', d->line.len));) {
        char *line = x_strndup(d->line.data, (size_t)(end - d->line.data));
        buf_consume(&d->line, (size_t)(end - d->line.data) + 1);
        obey(d, line);
        free(line);
    }
    if (d->done)
        uv_stop(d->loop);
}

int main(int argc, char **argv)
{
    struct dump d = {.started_us = clock_mono_us()};
    struct client_options o = {0};
    int option;
    while ((option = getopt(argc, argv, "s:u:n:p:t:o:c:v")) != -1) {
        switch (option) {
        case 's':
            o.unix_path = optarg;
            break;
        case 'u':
            o.url = optarg;
            break;
        case 'n':
            o.username = optarg;
            break;
        case 'p':
            o.password = optarg;
            break;
        case 't':
            o.token_file = optarg;
            break;
        case 'o':
            o.outbox_dir = optarg;
            break;
        case 'c':
            o.ca_file = optarg;
            break;
        case 'v':
            log_set_level(LOG_DEBUG);
            break;
        default:
            fputs("usage: clientdump -s SOCKET | -u URL -n USER -p PASSWORD [-t TOKENFILE] [-o OUTBOX] [-c CAFILE]\n", stderr);
            return 2;
        }
    }
    uv_loop_t loop;
    uv_loop_init(&loop);
    d.loop = &loop;
    d.client = client_new(&loop, &o, &(struct client_callbacks){.changed = changed}, &d);
    uv_poll_init(&loop, &d.input, 0);
    d.input.data = &d;
    uv_poll_start(&d.input, UV_READABLE, input_came);
    client_start(d.client);
    uv_run(&loop, UV_RUN_DEFAULT);
    client_free(&d.client);
    uv_close((uv_handle_t *)&d.input, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    buf_free(&d.line);
    return uv_loop_close(&loop) ? 1 : 0;
}
