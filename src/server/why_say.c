#include "server/why_say.h"

#include <string.h>

#include "common/mem.h"

#define COMMENT_MAX 200   /* bytes of what somebody wrote that are repeated */

struct line {
    struct buf *out;
    const struct core *core;
    const struct life_row *row;
    const json_t *detail;
};

static const char *text_of(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static const char *agent_named(const struct line *l, const char *id)
{
    const struct user *u = core_user(l->core, id);
    return u ? u->username : id ? id : "nobody";
}

static const char *agent(const struct line *l)
{
    return agent_named(l, text_of(l->detail, "agent"));
}

static const char *department_named(const struct line *l, const char *id)
{
    const struct department *d = core_department(l->core, id);
    return d ? d->name : id ? id : "no department";
}

static const char *department(const struct line *l)
{
    return department_named(l, text_of(l->detail, "department"));
}

static const char *priority_named(const struct line *l, const char *id)
{
    const struct record *p = core_record(l->core, RECORD_PRIORITY, id);
    return p ? record_name(p) : id;
}

/* " (3 of 3)", when the numbers are known. */
static void put_load(const struct line *l)
{
    const json_t *limit = json_object_get(l->detail, "limit");
    if (limit)
        buf_printf(l->out, " (%lld of %lld)", (long long)json_integer_value(json_object_get(l->detail, "load")),
                   (long long)json_integer_value(limit));
}

static const struct {
    const char *name, *words;
} rule_words[] = {
    {"not-online", "not online"},
    {"not-present", "not available"},
    {"at-limit", "at the limit"},
    {"has-an-offer", "asked about another chat already"},
    {"wrapping-up", "finishing the work of the last chat"},
    {"paused", "paused, because offers were let pass"},
    {"lacks-skills", "without the skills it needs"},
    {"of-a-later-tier", "of a later tier"},
    {"channel-full", "full for this kind of chat"},
    {"declined", "not asked again after declining"},
    {"ignored", "not asked, because the chat comes from there"},
};

static const char *words_of(const char *rule)
{
    for (size_t i = 0; i < COUNT_OF(rule_words); i++)
        if (rule && strcmp(rule_words[i].name, rule) == 0)
            return rule_words[i].words;
    return rule ? rule : "left out";
}

void why_say_excluded(struct buf *out, const json_t *excluded)
{
    const char *rule;
    json_t *count;
    bool first = true;
    json_object_foreach((json_t *)excluded, rule, count) {
        long long n = (long long)json_integer_value(count);
        buf_printf(out, "%s%lld %s%s", first ? "" : ", ", n, first ? n == 1 ? "agent " : "agents " : "", words_of(rule));
        first = false;
    }
}

/* --- decisions --- */

static void say_opened(const struct line *l)
{
    const char *d = text_of(l->detail, "department"), *p = text_of(l->detail, "priority");
    buf_puts(l->out, "opened");
    if (d)
        buf_printf(l->out, " for %s", department(l));
    if (p)
        buf_printf(l->out, " with the priority %s", priority_named(l, p));
}

static void say_waited(const struct line *l)
{
    const json_t *excluded = json_object_get(l->detail, "excluded");
    if (json_object_size(excluded) > 0) {
        buf_puts(l->out, "waited: ");
        why_say_excluded(l->out, excluded);
    } else {
        buf_printf(l->out, "waited: %s has no agents", text_of(l->detail, "department") ? department(l) : "the workspace");
    }
}

static void say_picked(const struct line *l)
{
    const json_t *excluded = json_object_get(l->detail, "excluded");
    size_t candidates = json_array_size(json_object_get(l->detail, "candidates"));
    const char *bypassed = text_of(l->detail, "bypassed");
    if (bypassed)
        buf_printf(l->out, "%s, who was wanted, is not online; ", agent_named(l, bypassed));
    if (text_of(l->detail, "agent") == NULL) {
        say_waited(l);
        return;
    }
    buf_printf(l->out, "%s chose %s", text_of(l->detail, "method"), agent(l));
    if (text_of(l->detail, "rule")) {
        buf_printf(l->out, ", who is %s", words_of(text_of(l->detail, "rule")));
        put_load(l);
        buf_puts(l->out, ": the chat waits");
        return;
    }
    buf_printf(l->out, " out of %zu%s", candidates, candidates >= DECISION_CANDIDATES ? " or more" : "");
    if (json_object_size(excluded) > 0) {
        buf_puts(l->out, "; left out: ");
        why_say_excluded(l->out, excluded);
    }
}

static void say_queued(const struct line *l)
{
    bool manual = str_eq(text_of(l->detail, "cause"), "manual");
    buf_printf(l->out, "queued for %s: ", text_of(l->detail, "department") ? department(l) : "everybody");
    if (str_eq(text_of(l->detail, "cause"), "offer"))
        buf_puts(l->out, "it is offered to one agent after the other");
    else
        buf_puts(l->out, manual ? "agents take chats themselves" : "the waiting queue hands out one by one");
    if (text_of(l->detail, "agent"))
        buf_printf(l->out, "; kept for %s first", agent(l));
}

static const char *preset_words(const struct line *l)
{
    static const char *const words[][2] = {{"wished", "the agent wished for"},
                                           {"contact-manager", "the contact manager"},
                                           {"last-agent", "the last agent"},
                                           {"bot", "the bot whose turn it is"}};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_eq(words[i][0], text_of(l->detail, "preset")))
            return words[i][1];
    return "preset";
}

static void say_preset(const struct line *l)
{
    buf_printf(l->out, "%s comes first: %s", agent(l), preset_words(l));
}

static void say_bypassed(const struct line *l)
{
    buf_printf(l->out, "%s was passed over: %s, but %s", agent(l), preset_words(l), words_of(text_of(l->detail, "rule")));
}

static void say_reserved(const struct line *l)
{
    buf_printf(l->out, "waited for %s, who is %s", agent(l), words_of(text_of(l->detail, "rule")));
    put_load(l);
}

static void say_released(const struct line *l)
{
    buf_printf(l->out, "no longer waited for %s: others are asked from now on", agent(l));
}

static void say_fallback(const struct line *l)
{
    bool full = str_eq(text_of(l->detail, "cause"), "queue-full");
    buf_printf(l->out, full ? "moved on to %s: the queue of %s is full" : "moved on to %s: nobody serves %s", department(l),
               department_named(l, text_of(l->detail, "from")));
}

static void say_taken(const struct line *l)
{
    static const char *const ways[][2] = {{"hand", "taken by "}, {"forward", "handed to "}, {"routing", "assigned to "},
                                          {"resume", "again with "}};
    const char *words = "served by ";
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (str_eq(ways[i][0], text_of(l->detail, "cause")))
            words = ways[i][1];
    buf_printf(l->out, "%s%s", words, agent(l));
}

static void say_offered(const struct line *l)
{
    buf_printf(l->out, "offered to %s", agent(l));
}

static void say_declined(const struct line *l)
{
    static const char *const ways[][2] = {
        {"declined", " declined"}, {"no-answer", " did not answer in time"}, {"gone", " is not there any more"}};
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (str_eq(ways[i][0], text_of(l->detail, "cause")))
            buf_printf(l->out, "%s%s", agent(l), ways[i][1]);
}

static const struct {
    const char *name;
    void (*say)(const struct line *l);
} steps[] = {
    {"opened", say_opened},     {"picked", say_picked},     {"queued", say_queued},
    {"preset", say_preset},     {"bypassed", say_bypassed}, {"reserved", say_reserved},
    {"released", say_released}, {"fallback", say_fallback}, {"taken", say_taken},
    {"offered", say_offered},   {"declined", say_declined},
};

/* --- messages --- */

static void put_comment(const struct line *l, const char *comment)
{
    if (comment == NULL || *comment == '\0')
        return;
    size_t n = strlen(comment);
    bool cut = n > COMMENT_MAX;
    for (n = cut ? COMMENT_MAX : n; cut && n > 0 && ((unsigned char)comment[n] & 0xC0) == 0x80;)
        n--; /* not within a character */
    buf_puts(l->out, ": ");
    buf_append(l->out, comment, n);
    buf_puts(l->out, cut ? "…" : "");
}

static void say_transfer(const struct line *l)
{
    const json_t *t = json_object_get(l->detail, "transferData");
    const json_t *to_user = json_object_get(t, "transferredTo"), *to = json_object_get(t, "nextDepartment");
    const char *from = text_of(t, "previousDepartment");
    bool returned = str_eq(text_of(t, "scope"), "queue");
    buf_printf(l->out, returned ? "returned to the queue by %s" : "forwarded by %s", l->row->by ? l->row->by : "nobody");
    if (from && !returned)
        buf_printf(l->out, " from %s", department_named(l, from));
    if (to)
        buf_printf(l->out, " %s %s", returned ? "for" : "to", text_of(to, "name") ? text_of(to, "name") : "");
    if (to_user)
        buf_printf(l->out, " to %s", text_of(to_user, "username"));
    put_comment(l, text_of(t, "comment"));
}

static void say_closed(const struct line *l)
{
    buf_printf(l->out, "closed by %s", l->row->by ? l->row->by : "nobody");
    put_comment(l, l->row->text);
}

static void say_priority(const struct line *l)
{
    const json_t *data = json_object_get(l->detail, "priorityData"), *p = json_object_get(data, "priority");
    if (p)
        buf_printf(l->out, "the priority %s was given by %s", text_of(p, "name"), l->row->by);
    else
        buf_printf(l->out, "the priority was taken away by %s", l->row->by);
}

static void say_held(const struct line *l)
{
    buf_puts(l->out, "put on hold");
    put_comment(l, text_of(l->detail, "comment"));
}

static void say_resumed(const struct line *l)
{
    buf_puts(l->out, "resumed");
    put_comment(l, text_of(l->detail, "comment"));
}

static void say_lost_target(const struct line *l)
{
    const char *missed = text_of(json_object_get(l->detail, "transferData"), "prevDepartment");
    buf_printf(l->out, "meant for %s, which nobody serves: its fallback was asked", missed ? missed : "another department");
}

static void say_target(const struct line *l)
{
    const char *target = text_of(l->detail, "target");
    buf_printf(l->out, "target of service %s: %s", target ? target : "",
               str_eq(text_of(l->detail, "state"), "breach") ? "missed" : "nearly missed");
}

static void say_ready(const struct line *l)
{
    buf_puts(l->out, "back to waiting");
}

static const struct {
    const char *type;
    void (*say)(const struct line *l);
} rows[] = {
    {"livechat_transfer_history", say_transfer},
    {"livechat_transfer_history_fallback", say_lost_target},
    {"livechat_priority_history", say_priority},
    {"livechat-close", say_closed},
    {"omnichannel_placed_chat_on_hold", say_held},
    {"omnichannel_on_hold_chat_resumed", say_resumed},
    {"inquiry-ready", say_ready},
    {"target", say_target},
};

void why_say(struct buf *out, const struct core *c, const struct life_row *row, const json_t *detail)
{
    const struct line line = {out, c, row, detail};
    const char *step = text_of(detail, "step");
    for (size_t i = 0; step && i < COUNT_OF(steps); i++)
        if (strcmp(steps[i].name, step) == 0)
            steps[i].say(&line);
    for (size_t i = 0; step == NULL && i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].type, row->type) == 0)
            rows[i].say(&line);
}
