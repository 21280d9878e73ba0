#include "server/post.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/mem.h"
#include "core/transcript.h"
#include "outbound/hook.h"
#include "outbound/mail.h"
#include "outbound/smtp.h"
#include "server/options.h"

struct post {
    struct outbound_host host;
    struct http_policy policy;
    struct http_client *web;
    struct mailer *mailer;
    struct hooks *hooks;
    struct mx_checks *mx;
};

static const struct core *core_of(void *arg)
{
    const struct server *s = arg;
    return s->core;
}

static int64_t now_of(void *arg)
{
    const struct server *s = arg;
    return server_now(s);
}

struct post *post_new(struct server *s)
{
    struct post *p = x_calloc(1, sizeof *p);
    p->host = (struct outbound_host){.loop = s->loop, .core = core_of, .now_ms = now_of, .arg = s};
    p->policy = (struct http_policy){.ca_file = s->options->ca_file, .deny_private = s->options->outbound_deny_private};
    p->web = http_client_new(s->loop, &p->policy);
    p->mailer = mailer_new(&p->host, s->options->ca_file);
    p->hooks = hooks_new(&p->host, p->web);
    p->mx = mx_new(s->loop, s->options->dns_servers);
    return p;
}

const struct outbound_host *post_host(const struct server *s)
{
    return &s->post->host;
}

struct http_client *post_web(const struct server *s)
{
    return s->post->web;
}

struct hooks *post_hooks(const struct server *s)
{
    return s->post->hooks;
}

void post_start(struct server *s)
{
    s->post->host.store = s->store;
    mailer_start(s->post->mailer);
    hooks_start(s->post->hooks);
}

void post_stop(struct server *s)
{
    mx_stop(s->post->mx);
    mailer_stop(s->post->mailer);
    hooks_stop(s->post->hooks);
    http_client_stop(s->post->web);
}

void post_free(struct post **p)
{
    mailer_free(&(*p)->mailer);
    mx_free(&(*p)->mx);
    hooks_free(&(*p)->hooks);
    http_client_free(&(*p)->web);
    free(*p);
    *p = NULL;
}

/* --- what happened --- */

static void on_transcript(struct server *s, const struct event *e)
{
    const struct transcript_order *o = e->transcript;
    if (!o->is_possible) {
        log_warn("the transcript of chat %s was asked for, but no mail server is set up (SMTP_Host, From_Email)", o->rid);
        return;
    }
    struct store_mail mail = {.kind = MAIL_TRANSCRIPT, .visitor_id = e->visitor->id, .rid = o->rid,
                              .user_id = o->user_id, .address = o->email, .subject = o->subject,
                              .created_ms = o->until_ms};
    mailer_put(s->post->mailer, &mail);
    free(mail.id);
}

static bool is_of_mail(const char *setting)
{
    static const char *const ids[] = {"SMTP_Protocol", "SMTP_Host", "SMTP_Port", "SMTP_IgnoreTLS", "SMTP_Username",
                                      "SMTP_Password", "From_Email", "Livechat_offline_email"};
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        if (strcmp(ids[i], setting) == 0)
            return true;
    return false;
}

void post_events(struct server *s, const struct event_list *events)
{
    bool settings = false;
    if (s->post->host.store == NULL)
        return; /* the first people, or a store opened without a network: nothing of mail */
    for (size_t i = 0; i < events->n; i++) {
        const struct event *e = &events->items[i];
        if (e->type == EVENT_TRANSCRIPT)
            on_transcript(s, e);
        else if (e->type == EVENT_VISITOR_REMOVED)
            mailer_erase(s->post->mailer, e->visitor->id, e->visitor->email);
        else if (e->type == EVENT_SETTING)
            settings = settings || is_of_mail(catalogue_row(e->setting)->id);
    }
    hooks_events(s->post->hooks, events);
    if (settings)
        mailer_settings_changed(s->post->mailer);
}

void post_committed(struct server *s)
{
    mailer_committed(s->post->mailer);
    if (s->post->host.store)
        hooks_committed(s->post->hooks);
}

void post_lost(struct server *s)
{
    mailer_lost(s->post->mailer);
    hooks_lost(s->post->hooks);
}

void post_clock_moved(struct server *s)
{
    mailer_clock_moved(s->post->mailer);
    hooks_clock_moved(s->post->hooks);
}

/* --- offline messages --- */

void post_offline(struct server *s, const struct offline_message *m)
{
    char *email = x_strdup(m->email);
    for (char *p = email; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    const struct department *d = core_department_by_name(s->core, m->department);
    struct store_mail mail = {.kind = MAIL_OFFLINE, .address = email, .name = x_strdup(m->name),
                              .text = x_strdup(m->text), .host = x_strdup(m->host),
                              .department_id = x_strdup(d ? d->id : NULL)};
    mailer_put(s->post->mailer, &mail);
    store_mail_free(&mail);
    hooks_offline(s->post->hooks, m->name, m->email, m->text);
}

void post_check_address(struct server *s, const char *address, mx_done done, void *arg)
{
    mx_check(s->post->mx, address, done, arg);
}

/* --- e-mail inboxes --- */

void post_test(struct server *s, const struct record *inbox, const char *to)
{
    const json_t *smtp = json_object_get(inbox->doc, "smtp");
    struct smtp_server server = {
        .protocol = x_strdup(json_is_true(json_object_get(smtp, "secure")) ? "smtps" : "smtp"),
        .host = x_strdup(json_string_value(json_object_get(smtp, "server"))),
        .port = (int)json_integer_value(json_object_get(smtp, "port")),
        .username = x_strdup(json_string_value(json_object_get(smtp, "username"))),
        .password = x_strdup(json_string_value(json_object_get(smtp, "password"))),
    };
    mailer_test(s->post->mailer, &server, record_text(inbox, "email"), to, record_name(inbox));
}
