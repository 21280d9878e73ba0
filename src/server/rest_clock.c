/* POST /usher/v1/clock {"advance_ms":n} or {"now_ms":n}: moves the clock of --test-clock; unix socket only. */
#include "server/families.h"
#include "server/options.h"
#include "server/turn.h"

static void run_clock(struct api *a)
{
    struct server *s = a->server;
    if (!s->options->test_clock) {
        api_not_found(a, "usherd was started without --test-clock");
        return;
    }
    int64_t advance = api_int(a, "advance_ms", -1);
    int64_t now = advance >= 0 ? server_now(s) + advance : api_int(a, "now_ms", -1);
    if (now < server_now(s)) {
        api_fail_plain(a, "the clock moves forward only: give advance_ms, or a now_ms that is later");
        return;
    }
    turn_move_clock(s, now);
    jsonw_int(api_ok(a), "now_ms", server_now(s));
    api_ok_end(a);
}

static void run_clock_get(struct api *a)
{
    jsonw_int(api_ok(a), "now_ms", server_now(a->server));
    api_ok_end(a);
}

const struct endpoint clock_endpoints[] = {
    {VERB_POST, "/usher/v1/clock", AUTH_LOCAL, NULL, NULL, NULL, LIMIT_NONE, run_clock},
    {VERB_GET, "/usher/v1/clock", AUTH_LOCAL, NULL, NULL, NULL, LIMIT_NONE, run_clock_get},
    ENDPOINTS_END,
};
