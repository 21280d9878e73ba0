/* usher visitor export and erase, on the own core or a server far away. */
#include "cli/visitor.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/settings_priv.h"
#include "client/rest.h"
#include "common/mem.h"

/* The id of a visitor, who may be named by his e-mail address. Caller frees; NULL: told. */
static char *find_id(const struct task *t, const char *who)
{
    if (strchr(who, '@') == NULL)
        return x_strdup(who);
    json_t *answer = NULL;
    AUTO_FREE char *address = rest_escape(who);
    AUTO_FREE char *path = x_asprintf("/api/v1/omnichannel/contact.search?email=%s", address);
    int code = task_call(t, "GET", path, NULL, &answer);
    char *id = x_strdup(json_string_value(json_object_get(json_object_get(answer, "contact"), "_id")));
    if (code == EXIT_FINE && id == NULL)
        task_fail("nobody has the address %s", who);
    json_decref(answer);
    return id;
}

static int run_export(const struct task *t, const char *path)
{
    json_t *answer = NULL;
    AUTO_FREE char *whole = x_asprintf("%s/export", path);
    int code = task_call(t, "GET", whole, NULL, &answer);
    json_object_del(answer, "success");
    if (code == EXIT_FINE)
        task_print_json(answer);
    json_decref(answer);
    return code;
}

static int run_erase(const struct task *t, const char *path)
{
    json_t *answer = NULL;
    int code = task_call(t, "DELETE", path, NULL, &answer);
    json_object_del(answer, "success");
    if (code == EXIT_FINE && t->options.json)
        task_print_json(answer);
    json_decref(answer);
    return code;
}

static const struct {
    const char *name, *help;
    int (*run)(const struct task *t, const char *path);
} commands[] = {
    {"export", "all that is held on a visitor, as JSON", run_export},
    {"erase", "he goes with all chats, messages and files, for good", run_erase},
};

static void usage(FILE *out)
{
    fputs("usage: usher visitor COMMAND ID [options]\n\n", out);
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        fprintf(out, "  %-8s%s\n", commands[i].name, commands[i].help);
    fputs("\nID is the id of the visitor or his e-mail address. Of the options those about the server count, and --json.\n", out);
}

static int run_command(struct task *t, int (*run)(const struct task *t, const char *path))
{
    struct error e = {0};
    if (t->count != 1 || *t->operands[0] == '\0')
        return task_fail("visitor %s takes one ID or e-mail address", t->options.operands[0]);
    if (t->options.warning)
        task_fail("%s", t->options.warning);
    t->link = link_open(&t->options, isatty(STDIN_FILENO), &e);
    if (t->link == NULL)
        return task_fail("%s", e.text);
    AUTO_FREE char *id = find_id(t, t->operands[0]);
    AUTO_FREE char *part = id ? rest_escape(id) : NULL;
    AUTO_FREE char *path = x_asprintf("/usher/v1/visitors/%s", part ? part : "");
    int code = id ? run(t, path) : EXIT_ERROR;
    link_close(&t->link);
    if (fflush(stdout) != 0 || ferror(stdout))
        return task_fail("the output could not be written");
    return code;
}

int cli_visitor_main(int argc, char **argv)
{
    struct task t = {0};
    struct error e = {0};
    int code = EXIT_ERROR;
    size_t i = 0;
    setlocale(LC_ALL, "");
    signal(SIGPIPE, SIG_IGN);
    if (cli_options_parse_command(&t.options, argc, argv, &e) != ERR_OK) {
        task_fail("%s", e.text);
    } else if (t.options.help || t.options.operand_count == 0) {
        usage(t.options.help ? stdout : stderr);
        code = t.options.help ? EXIT_FINE : EXIT_ERROR;
    } else {
        t.operands = t.options.operands + 1;
        t.count = t.options.operand_count - 1;
        while (i < COUNT_OF(commands) && strcmp(commands[i].name, t.options.operands[0]) != 0)
            i++;
        code = i < COUNT_OF(commands) ? run_command(&t, commands[i].run)
                                      : task_fail("visitor %s is not a command; see usher visitor --help", t.options.operands[0]);
    }
    cli_options_free(&t.options);
    return code;
}
