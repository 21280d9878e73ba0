/* For tests, with --test-clock and over the unix socket only: POST /usher/v1/clock {"advance_ms":n} or {"now_ms":n}
   moves the clock; POST /usher/v1/test/force {"_id":setting,"value":v} makes all that asks for a setting get that value
   (without value: the stored one again), so that a test of its effect can be seen to fail. */
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

static void run_force(struct api *a)
{
    struct server *s = a->server;
    const char *id = api_str(a, "_id");
    const json_t *value = json_object_get(a->body, "value");
    setting_no no = id ? catalogue_find(id) : -1;
    struct setting_value forced;
    struct result result;
    struct error e;
    struct command cmd = server_command(COMMAND_SETTING_FORCE, NULL);
    if (!s->options->test_clock) {
        api_not_found(a, "usherd was started without --test-clock");
        return;
    }
    if (no < 0) {
        api_fail_plain(a, "_id names no setting");
        return;
    }
    if (value && setting_value_from_json(no, value, &forced, &e) != ERR_OK) {
        api_fail_core(a, &e);
        return;
    }
    cmd.setting_force.no = no;
    cmd.setting_force.value = value ? &forced : NULL;
    if (server_step(s, &cmd, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
    if (value)
        setting_value_free(&forced);
}

const struct endpoint clock_endpoints[] = {
    {VERB_POST, "/usher/v1/test/force", AUTH_LOCAL, NULL, NULL, NULL, LIMIT_NONE, run_force},
    {VERB_POST, "/usher/v1/clock", AUTH_LOCAL, NULL, NULL, NULL, LIMIT_NONE, run_clock},
    {VERB_GET, "/usher/v1/clock", AUTH_LOCAL, NULL, NULL, NULL, LIMIT_NONE, run_clock_get},
    ENDPOINTS_END,
};
