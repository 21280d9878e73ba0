#include "cli/why.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/settings_priv.h"
#include "client/rest.h"
#include "common/clock.h"
#include "common/mem.h"

static void print_text(const char *lead, const json_t *o)
{
    struct buf out = BUF_INIT;
    task_put_sentence(&out, json_string_value(json_object_get(o, "text")));
    printf("%s%s\n", lead, out.data ? out.data : "");
    buf_free(&out);
}

/* Local time; a line with the date comes first, and again when the day changes. */
static void print_step(const json_t *step, char day[16])
{
    int64_t ms = 0;
    struct tm at;
    char date[16], lead[16];
    clock_parse(json_string_value(json_object_get(step, "ts")), &ms);
    time_t s = (time_t)(ms / 1000);
    localtime_r(&s, &at);
    strftime(date, sizeof date, "%Y-%m-%d", &at);
    strftime(lead, sizeof lead, "%H:%M:%S  ", &at);
    if (strcmp(date, day) != 0)
        puts(date);
    memcpy(day, date, sizeof date);
    print_text(lead, step);
}

static void print_candidate(const json_t *one)
{
    const json_t *place = json_object_get(one, "place"), *limit = json_object_get(one, "limit");
    const char *rule = json_string_value(json_object_get(one, "excludedBy"));
    struct buf name = BUF_INIT;
    task_put_sentence(&name, json_string_value(json_object_get(one, "username")));
    char rank[24] = "-";
    if (place)
        snprintf(rank, sizeof rank, "%lld.", (long long)json_integer_value(place));
    printf("%12s  %-20s  %lld", rank, name.data, (long long)json_integer_value(json_object_get(one, "load")));
    if (limit)
        printf(" of %lld", (long long)json_integer_value(limit));
    printf(" chats%s%s\n", rule ? ", " : "", rule ? rule : "");
    buf_free(&name);
}

static void print_room(const json_t *answer)
{
    const json_t *steps = json_object_get(answer, "steps"), *now = json_object_get(answer, "now");
    const json_t *agents = json_object_get(now, "agents");
    char day[16] = "";
    for (size_t i = 0; i < json_array_size(steps); i++)
        print_step(json_array_get(steps, i), day);
    if (json_object_get(now, "text"))
        print_text("now       ", now);
    for (size_t i = 0; i < json_array_size(agents); i++)
        print_candidate(json_array_get(agents, i));
}

static void print_agent(const json_t *answer)
{
    const json_t *rules = json_object_get(answer, "rules"), *queues = json_object_get(answer, "queues");
    for (size_t i = 0; i < json_array_size(rules); i++) {
        const json_t *one = json_array_get(rules, i);
        print_text(json_is_true(json_object_get(one, "stops")) ? "stops  " : "       ", one);
    }
    for (size_t i = 0; i < json_array_size(queues); i++) {
        const json_t *one = json_array_get(queues, i);
        const char *name = json_string_value(json_object_get(json_object_get(one, "department"), "name"));
        struct buf lead = BUF_INIT;
        buf_puts(&lead, "       ");
        task_put_sentence(&lead, name ? name : "chats without department");
        buf_puts(&lead, ": ");
        print_text(lead.data, one);
        buf_free(&lead);
    }
}

static int run_why(struct task *t)
{
    struct error e = {0};
    json_t *answer = NULL;
    const char *agent = t->options.agent;
    if (t->options.warning)
        task_fail("%s", t->options.warning);
    t->link = link_open(&t->options, isatty(STDIN_FILENO), &e);
    if (t->link == NULL)
        return task_fail("%s", e.text);
    AUTO_FREE char *part = rest_escape(agent ? agent : t->operands[0]);
    AUTO_FREE char *path = x_asprintf(agent ? "/usher/v1/agents/%s/why" : "/usher/v1/rooms/%s/why%s", part,
                                      t->options.all ? "?all=1" : "");
    int code = task_call(t, "GET", path, NULL, &answer);
    json_object_del(answer, "success");
    if (code == EXIT_FINE && t->options.json)
        task_print_json(answer);
    else if (code == EXIT_FINE && agent)
        print_agent(answer);
    else if (code == EXIT_FINE)
        print_room(answer);
    json_decref(answer);
    link_close(&t->link);
    if (fflush(stdout) != 0 || ferror(stdout))
        return task_fail("the output could not be written");
    return code;
}

static const char usage[] =
    "usage: usher why ROOM [--all] [options]\n"
    "       usher why --agent NAME [options]\n\n"
    "ROOM is the id of a chat: what routing decided about it, when, and for which reasons.\n"
    "  --all         with every agent who could or could not take it at this moment\n"
    "  --agent NAME  instead: what stands between that agent and his next chat\n"
    "  --json        answer in JSON\n"
    "Of the other options those about the server count.\n";

int cli_why_main(int argc, char **argv)
{
    struct task t = {0};
    struct error e = {0};
    int code = EXIT_ERROR;
    setlocale(LC_ALL, "");
    signal(SIGPIPE, SIG_IGN);
    int rc = cli_options_parse_command(&t.options, argc, argv, &e);
    t.operands = t.options.operands;
    t.count = t.options.operand_count;
    bool named = t.options.agent ? *t.options.agent && t.count == 0 : t.count == 1 && *t.operands[0];
    if (rc != ERR_OK) {
        task_fail("%s", e.text);
    } else if (t.options.help) {
        fputs(usage, stdout);
        code = EXIT_FINE;
    } else if (t.count == 0 && t.options.agent == NULL) {
        fputs(usage, stderr);
    } else if (!named) {
        task_fail("why takes the id of one chat, or --agent NAME");
    } else {
        code = run_why(&t);
    }
    cli_options_free(&t.options);
    return code;
}
