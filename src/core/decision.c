/* The bounded record of a routing decision: who makes one, and its text. */
#include "core/decision.h"

#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

static const char *const step_names[DECISION_COUNT] = {
    "opened",   "picked",   "queued",  "preset",   "bypassed", "reserved",
    "released", "fallback", "offered", "declined", "taken"};
static const char *const cause_names[CAUSE_COUNT] = {
    NULL,     "manual", "waiting-queue", "routing",   "hand", "forward",
    "resume", "offer",  "declined",      "no-answer", "gone", "queue-full"};
static const char *const preset_names[PRESET_COUNT] = {NULL, "wished", "contact-manager", "last-agent", "bot"};

void decision_of_event(struct event *e, const struct decision *d)
{
    e->decision = x_malloc(sizeof(*d));
    *e->decision = *d;
}

void decision_event(struct step *s, struct room *r, const struct decision *d)
{
    struct event *e = step_event(s, EVENT_ROUTED);
    e->room = r;
    e->department = (struct department *)d->department;
    e->user = (struct user *)d->agent;
    decision_of_event(e, d);
}

/* The same for decisions with the same reasons: names of candidates do not count. Never 0. */
uint64_t decision_hash(const struct decision *d)
{
    uint64_t h = (uint64_t)d->step << 32 | (uint64_t)d->cause << 16 | (uint64_t)d->preset << 8 | d->rule;
    h = hash_number(h, d->department ? d->department->created_no : 0);
    for (int rule = RULE_NONE + 1; rule < RULE_COUNT; rule++)
        h = hash_number(h, (uint64_t)d->excluded[rule]);
    h = hash_text(h, d->agent ? d->agent->id : NULL);
    h = hash_text(h, d->service);
    h = hash_text(h, d->bypassed ? d->bypassed->id : NULL);
    return hash_number(h, d->ignored) | 1;
}

static void put_counts(struct jsonw *w, const struct decision *d)
{
    jsonw_object(w, "excluded");
    for (enum agent_rule rule = RULE_NONE + 1; rule < RULE_COUNT; rule++)
        if (d->excluded[rule] > 0)
            jsonw_int(w, core_rule_name(rule), d->excluded[rule]);
    if (d->ignored)
        jsonw_int(w, "ignored", 1);
    jsonw_end_object(w);
    jsonw_array(w, "candidates");
    for (int i = 0; i < d->candidate_count; i++)
        jsonw_str(w, NULL, d->candidates[i]->id);
    jsonw_end_array(w);
}

char *decision_text(const struct decision *d)
{
    struct buf out = BUF_INIT;
    struct jsonw w = jsonw_on(&out, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_str(&w, "step", step_names[d->step]);
    jsonw_str(&w, "cause", cause_names[d->cause]);
    jsonw_str(&w, "preset", preset_names[d->preset]);
    jsonw_str(&w, "method", d->method);
    jsonw_str(&w, "department", d->department ? d->department->id : NULL);
    jsonw_str(&w, "from", d->from ? d->from->id : NULL);
    jsonw_str(&w, "priority", d->priority);
    jsonw_str(&w, "agent", d->agent ? d->agent->id : NULL);
    jsonw_str(&w, "bypassed", d->bypassed ? d->bypassed->id : NULL);
    jsonw_str(&w, "rule", d->rule == RULE_NONE ? NULL : core_rule_name(d->rule));
    if (d->limit > 0) {
        jsonw_int(&w, "load", d->load);
        jsonw_int(&w, "limit", d->limit);
    }
    if (d->service) {
        jsonw_str(&w, "service", d->service);
        jsonw_int(&w, "tries", d->tries);
    } else if (d->step == DECISION_PICKED) {
        put_counts(&w, d);
    }
    jsonw_end_object(&w);
    return buf_take(&out);
}
