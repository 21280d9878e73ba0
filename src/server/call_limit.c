#include "server/call_limit.h"

#include <string.h>

#include "common/mem.h"
#include "core/core.h"
#include "server/limit.h"
#include "server/setting.h"

#define FIRST_ROUTE 16u            /* those of endpoints are in the upper half, those of addresses below */
#define STREAM_FACTOR 4            /* a visitor who types and sends makes many calls of stream-notify-room */

enum subject { BY_ADDRESS, BY_USER, BY_CONNECTION };

#define SETTINGS(scope)                                                                                                \
    "DDP_Rate_Limit_" scope "_Enabled", "DDP_Rate_Limit_" scope "_Requests_Allowed",                                   \
        "DDP_Rate_Limit_" scope "_Interval_Time"

static const struct {
    enum subject subject;
    bool by_method;
    const char *enabled, *calls, *window;
} rules[] = {
    {BY_ADDRESS, false, SETTINGS("IP")},
    {BY_USER, false, SETTINGS("User")},
    {BY_CONNECTION, false, SETTINGS("Connection")},
    {BY_USER, true, SETTINGS("User_By_Method")},
    {BY_CONNECTION, true, SETTINGS("Connection_By_Method")},
};

/* Methods with a limit of their own instead of those by method. */
static const struct {
    const char *method;
    enum subject subject;
    int64_t calls, window_ms;
    const char *exempt;            /* the right that lifts it, or NULL */
} own_rules[] = {
    {"sendMessage", BY_USER, 5, 1000, "send-many-messages"},
    {"livechat:sendOfflineMessage", BY_ADDRESS, 1, 5000, NULL}, /* behaviour 9.4 */
    {"livechat:sendTranscript", BY_USER, 1, 5000, NULL},        /* behaviour 19.1 */
};

static const char *subject_of(const struct caller *who, enum subject subject)
{
    return subject == BY_ADDRESS ? who->address : subject == BY_USER ? who->user_id : who->connection;
}

static int64_t count(struct server *s, uint32_t route, const char *subject, const char *method, int64_t calls,
                     int64_t window_ms)
{
    int64_t now = server_now(s);
    AUTO_FREE char *both = x_asprintf("%s %s", subject, method);
    struct limit_verdict v = limits_count(s->limits, route, both, calls, window_ms, now);
    return v.allowed ? 0 : v.reset_ms > now ? v.reset_ms - now : 1;
}

static int own_rule(const char *method)
{
    for (size_t i = 0; i < COUNT_OF(own_rules); i++)
        if (strcmp(own_rules[i].method, method) == 0)
            return (int)i;
    return -1;
}

static int64_t count_own(struct server *s, const struct caller *who, int i)
{
    const char *subject = subject_of(who, own_rules[i].subject);
    const struct user *u = core_user(s->core, who->user_id);
    if (subject == NULL || (u && own_rules[i].exempt && core_may(s->core, u, own_rules[i].exempt)))
        return 0;
    return count(s, FIRST_ROUTE + COUNT_OF(rules) + (uint32_t)i, subject, "", own_rules[i].calls,
                 own_rules[i].window_ms);
}

int64_t call_limit_count(struct server *s, const struct caller *who, const char *method)
{
    const char *name = method ? method : "?"; /* made-up names share one counter */
    int own = own_rule(name);
    int64_t wait_ms = own >= 0 ? count_own(s, who, own) : 0;
    for (size_t i = 0; i < COUNT_OF(rules) && wait_ms == 0; i++) {
        const char *subject = subject_of(who, rules[i].subject);
        if (subject == NULL || (rules[i].by_method && own >= 0) || !setting_bool(s->core, rules[i].enabled, true))
            continue;
        int64_t calls = setting_int(s->core, rules[i].calls, 1);
        if (rules[i].by_method && strncmp(name, "stream-", 7) == 0)
            calls *= STREAM_FACTOR;
        wait_ms = count(s, FIRST_ROUTE + (uint32_t)i, subject, rules[i].by_method ? name : "", calls,
                        setting_int(s->core, rules[i].window, 1));
    }
    return wait_ms;
}
