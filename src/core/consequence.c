#include "core/consequence.h"

#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

/* The values as they will be. */
struct outlook {
    const struct core *core;
    const struct setting_change *changes;
    size_t n;
    int64_t now_ms;
};

static struct setting_value after(const struct outlook *o, const char *id)
{
    setting_no no = catalogue_find(id);
    struct setting_value v;
    for (size_t i = o->n; i-- > 0;) {
        if (o->changes[i].no != no)
            continue;
        if (o->changes[i].reset)
            setting_value_default(no, &v);
        else
            setting_value_copy(&v, &o->changes[i].value);
        return v;
    }
    setting_value_copy(&v, core_setting(o->core, no));
    return v;
}

static bool after_bool(const struct outlook *o, const char *id)
{
    return after(o, id).b;
}

static int64_t after_int(const struct outlook *o, const char *id)
{
    return after(o, id).i;
}

static bool after_is(const struct outlook *o, const char *id, const char *text)
{
    struct setting_value v = after(o, id);
    bool same = str_eq(v.s, text);
    setting_value_free(&v);
    return same;
}

/* --- counting --- */

static int count_waiting(const struct core *c)
{
    const struct room *r;
    int n = 0;
    TAILQ_FOREACH(r, &c->chats.open, entry)
        n += r->waits_as != INQUIRY_NONE;
    return n;
}

static int count_open(const struct core *c)
{
    return (int)core_room_count(c);
}

static int count_canned(const struct core *c)
{
    return (int)HASH_CNT(by_id, c->canned_by_id);
}

/* Agents whose own limit is this setting: those above it, or those it stops. */
static int count_agents_at(const struct core *c, int64_t limit, bool above)
{
    int n = 0;
    for (const struct user *u = c->people.by_id; u; u = u->by_id.next)
        if (user_is_agent(u) && u->max_chats <= 0 && limit > 0)
            n += above ? u->load > limit : u->load >= limit;
    return n;
}

/* Agents who are available but away or offline. */
static int count_idle_agents(const struct core *c)
{
    int n = 0;
    for (const struct user *u = c->people.by_id; u; u = u->by_id.next) {
        bool bot = (u->roles & ROLE_BOT) != 0;
        if (user_is_agent(u) && u->available)
            n += (!bot && u->status == PRESENCE_OFFLINE) || u->status_connection == PRESENCE_AWAY;
    }
    return n;
}

/* Chats whose visitor has been answered and has not written since. */
static int count_answered(const struct core *c)
{
    const struct room *r;
    int n = 0;
    TAILQ_FOREACH(r, &c->chats.open, entry)
        n += !r->waiting_response && r->visitor_last_message_ms > 0;
    return n;
}

/* "1 open chat", "3 open chats". */
static char *many(int n, const char *noun)
{
    return x_asprintf("%d %s%s", n, noun, n == 1 ? "" : "s");
}

/* "3 open chats: …"; where nothing is concerned at the moment only the rest. */
static char *say_many(int n, const char *noun, const char *rest)
{
    AUTO_FREE char *what = many(n, noun);
    return n == 0 ? x_strdup(rest) : x_asprintf("%s: %s", what, rest);
}

/* --- one function a setting: a sentence, or NULL. now is the new value, old the present one. --- */

typedef char *(*sentence_fn)(const struct outlook *o, const struct setting_value *old, const struct setting_value *now);

/* What becomes of the chats that wait when routing is automatic from now on. */
static char *waiting_are_assigned(const struct outlook *o)
{
    int waiting = count_waiting(o->core), free_agents = o->core->people.eligible_count;
    if (waiting == 0)
        return NULL;
    if (free_agents == 0)
        return say_many(waiting, "waiting chat", "assigned as soon as an agent is free; nobody is at the moment");
    if (after_bool(o, "Livechat_waiting_queue"))
        return say_many(waiting, "waiting chat", "handed out one by one, as far as agents may take them");
    return say_many(waiting, "waiting chat", "assigned at once, as far as agents may take them");
}

static bool is_automatic(const char *method)
{
    return !str_eq(method, "Manual_Selection");
}

static char *on_enabled(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)old;
    struct setting_value method = after(o, "Livechat_Routing_Method");
    bool automatic = is_automatic(method.s);
    setting_value_free(&method);
    if (!now->b)
        return say_many(count_open(o->core), "open chat",
                        "visitors can no longer write, and nobody can start a chat; running chats can still be closed");
    return automatic ? waiting_are_assigned(o) : NULL;
}

static char *on_limit(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    bool lowered = now->i > 0 && (old->i <= 0 || now->i < old->i);
    int above = count_agents_at(o->core, now->i, true);
    if (lowered && above > 0)
        return x_asprintf("%d agent%s above the new limit: they keep their chats and get no more by this limit until they have fewer",
                          above, above == 1 ? " is" : "s are");
    int held = count_agents_at(o->core, old->i, false) - count_agents_at(o->core, now->i, false);
    if (lowered || held <= 0)
        return NULL;
    AUTO_FREE char *agents = many(held, "agent");
    int waiting = count_waiting(o->core);
    return x_asprintf("%s at the present limit can get chats again; %d chat%s waiting", agents, waiting,
                      waiting == 1 ? " is" : "s are");
}

static char *on_method(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    if (!after_bool(o, "Livechat_enabled"))
        return NULL;
    if (is_automatic(now->s))
        return is_automatic(old->s) ? NULL : waiting_are_assigned(o);
    return say_many(count_waiting(o->core), "waiting chat", "from now on agents take chats from the queue themselves");
}

static char *on_waiting_queue(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)old;
    if (now->b)
        return x_strdup("agents who have reached their limit can no longer take or get a chat");
    return say_many(count_waiting(o->core), "waiting chat",
                    "without the queue limits no longer stop an agent from taking a chat");
}

static char *on_idle(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)old;
    int idle = count_idle_agents(o->core);
    if (idle == 0)
        return NULL;
    return say_many(idle, "agent", now->b ? "away or offline, but gets chats from now on"
                                          : "away or offline, and gets no more chats");
}

static char *on_no_agents(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)old;
    if (o->core->people.online_count > 0)
        return NULL;
    if (now->b)
        return x_strdup("nobody is online: visitors can start chats all the same, which then wait");
    return x_strdup("nobody is online: visitors see the widget offline at once");
}

static char *on_character_limit(const struct outlook *o, const struct setting_value *old,
                                const struct setting_value *now)
{
    (void)old, (void)now;
    int64_t limit = after_int(o, "Livechat_message_character_limit");
    if (!after_bool(o, "Livechat_enable_message_character_limit") || limit <= 0)
        return NULL;
    return x_asprintf("messages of visitors with more than %lld characters are refused from now on", (long long)limit);
}

static char *on_uploads(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)old;
    bool both = after_bool(o, "FileUpload_Enabled") && after_bool(o, "Livechat_fileupload_enabled");
    if (now->b)
        return both ? x_strdup("visitors can attach files again") : NULL;
    return say_many(count_open(o->core), "open chat", "visitors can no longer attach files");
}

char *core_hours_consequence(const struct core *c, const struct hours_outlook *o)
{
    int opened, closed;
    core_hours_outlook(c, o, &opened, &closed);
    AUTO_FREE char *up = many(opened, "agent"), *down = many(closed, "agent");
    if (opened == 0 && closed == 0)
        return x_strdup("no agent is opened or closed at the moment");
    if (closed == 0)
        return x_asprintf("%s become%s available", up, opened == 1 ? "s" : "");
    if (opened == 0)
        return x_asprintf("%s will no longer be available", down);
    return x_asprintf("%s become%s available, %s will no longer be", up, opened == 1 ? "s" : "", down);
}

static char *hours_will_be(const struct outlook *o)
{
    const struct hours_outlook then = {.on = after_bool(o, "Livechat_enable_business_hours"),
                                       .multiple = after_is(o, "Livechat_business_hour_type", "Multiple"),
                                       .now_ms = o->now_ms};
    return core_hours_consequence(o->core, &then);
}

static char *on_business_hours(const struct outlook *o, const struct setting_value *old,
                               const struct setting_value *now)
{
    (void)old;
    return now->b ? hours_will_be(o)
                  : x_strdup("the calendar no longer changes who is available; agents do it themselves");
}

/* Switched on in the same breath, that says it all. */
static char *on_hour_type(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)old, (void)now;
    bool was_on = core_setting_bool(o->core, "Livechat_enable_business_hours");
    return was_on && after_bool(o, "Livechat_enable_business_hours") ? hours_will_be(o) : NULL;
}

static char *on_canned(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)old;
    return now->b ? NULL
                  : say_many(count_canned(o->core), "canned response",
                             "agents can no longer insert canned responses, which are kept; placeholders stay as they are");
}

static char *on_registration(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)o, (void)old;
    return now->b ? NULL : x_strdup("new visitors start a chat without telling a name, an address or a department");
}

static char *on_registration_field(const struct outlook *o, const struct setting_value *old,
                                   const struct setting_value *now)
{
    (void)old, (void)now;
    bool name = after_bool(o, "Livechat_name_field_registration_form");
    bool email = after_bool(o, "Livechat_email_field_registration_form");
    if (!after_bool(o, "Livechat_registration_form") || name || email)
        return NULL;
    return x_strdup("the registration form asks neither for a name nor for an e-mail address");
}

static char *on_close_comment(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)old;
    return now->b ? say_many(count_open(o->core), "open chat", "agents need a comment to close a chat") : NULL;
}

static char *on_offline_form(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)old;
    if (now->b || core_service_is_online(o->core, NULL))
        return NULL;
    return x_strdup("nobody is online: visitors can no longer leave a message");
}

static char *on_offline_email(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)o;
    if (now->s[0] == '\0')
        return x_strdup("offline messages are mailed only for departments that have an address of their own");
    return old->s[0] ? x_asprintf("offline messages no longer go to %.100s", old->s) : NULL;
}

static char *on_domains(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)o, (void)old;
    if (now->s[0] == '\0')
        return x_strdup("every web site may embed the widget");
    return x_asprintf("the widget disappears from every web site but %.150s", now->s);
}

static char *on_agent_info(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)old;
    return now->b ? NULL : say_many(count_open(o->core), "open chat", "visitors no longer learn who serves them");
}

static char *on_secret(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)o;
    if (now->s[0] == '\0')
        return x_strdup("the secret is cleared: the other side must do without it");
    return old->s[0] ? x_strdup("the other side needs the new secret at once") : NULL;
}

static char *on_webhook(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)o;
    if (now->s[0] == '\0')
        return x_strdup("nothing is sent to the webhook any more");
    return old->s[0] ? x_asprintf("from now on requests go to the new address instead of %.150s", old->s) : NULL;
}

static char *on_rate_limiter(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)o, (void)old;
    return now->b ? NULL : x_strdup("anybody may call the REST interface as often as he likes");
}

static char *on_message_size(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)o;
    if (now->i <= 0 || (old->i > 0 && now->i >= old->i))
        return NULL;
    return x_asprintf("messages with more than %lld characters are refused from now on, those of agents too",
                      (long long)now->i);
}

static char *on_external(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    (void)old;
    if (now->s[0] != '\0' || !after_is(o, "Livechat_Routing_Method", "External"))
        return NULL;
    return x_strdup("the routing method asks an external service, which then has no address: no chat is assigned");
}

static char *on_silence(const struct outlook *o, const struct setting_value *old, const struct setting_value *now)
{
    int64_t seconds = after_int(o, "Livechat_visitor_inactivity_timeout");
    int n = count_answered(o->core);
    (void)old, (void)now;
    if (n == 0 || seconds <= 0 || after_is(o, "Livechat_abandoned_rooms_action", "none"))
        return NULL;
    AUTO_FREE char *rest = x_asprintf("%s when the visitor has been silent for %lld seconds, counted from what he said last",
                                      after_is(o, "Livechat_abandoned_rooms_action", "close") ? "closed" : "put on hold",
                                      (long long)seconds);
    return say_many(n, "answered chat", rest);
}

static const struct {
    const char *id;
    sentence_fn say;
} rows[] = {
    {"Livechat_enabled", on_enabled},
    {"Livechat_maximum_chats_per_agent", on_limit},
    {"Livechat_Routing_Method", on_method},
    {"Livechat_External_Queue_URL", on_external},
    {"Livechat_waiting_queue", on_waiting_queue},
    {"Livechat_enabled_when_agent_idle", on_idle},
    {"Livechat_accept_chats_with_no_agents", on_no_agents},
    {"Livechat_abandoned_rooms_action", on_silence},
    {"Livechat_visitor_inactivity_timeout", on_silence},
    {"Livechat_enable_message_character_limit", on_character_limit},
    {"Livechat_message_character_limit", on_character_limit},
    {"Message_MaxAllowedSize", on_message_size},
    {"Livechat_fileupload_enabled", on_uploads},
    {"FileUpload_Enabled", on_uploads},
    {"Livechat_enable_business_hours", on_business_hours},
    {"Livechat_business_hour_type", on_hour_type},
    {"Canned_Responses_Enable", on_canned},
    {"Livechat_registration_form", on_registration},
    {"Livechat_name_field_registration_form", on_registration_field},
    {"Livechat_email_field_registration_form", on_registration_field},
    {"Livechat_request_comment_when_closing_conversation", on_close_comment},
    {"Livechat_display_offline_form", on_offline_form},
    {"Livechat_offline_email", on_offline_email},
    {"Livechat_AllowedDomainsList", on_domains},
    {"Livechat_show_agent_info", on_agent_info},
    {"Livechat_webhookUrl", on_webhook},
    {"Livechat_secret_token", on_secret},
    {"Livechat_External_Queue_Token", on_secret},
    {"Livechat_Facebook_API_Secret", on_secret},
    {"Omnichannel_External_Frame_Encryption_JWK", on_secret},
    {"API_Enable_Rate_Limiter", on_rate_limiter},
};

static char *sentence(const struct outlook *o, const struct setting_change *ch)
{
    const char *id = catalogue_row(ch->no)->id;
    char *text = NULL;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (strcmp(rows[i].id, id) != 0)
            continue;
        struct setting_value now = after(o, id);
        const struct setting_value *old = core_setting(o->core, ch->no);
        if (!setting_value_equal(old, &now))
            text = rows[i].say(o, old, &now);
        setting_value_free(&now);
    }
    return text;
}

size_t core_consequences(const struct core *c, const struct setting_change *changes, size_t n, int64_t now_ms,
                         struct consequence **out)
{
    struct outlook o = {c, changes, n, now_ms};
    size_t made = 0;
    *out = x_calloc(n + 1, sizeof(**out));
    for (size_t i = 0; i < n; i++) {
        char *text = setting_change_is_idle(c, &changes[i]) ? NULL : sentence(&o, &changes[i]);
        if (text)
            (*out)[made++] = (struct consequence){changes[i].no, text};
    }
    return made;
}

void consequences_free(struct consequence *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(items[i].text);
    free(items);
}
