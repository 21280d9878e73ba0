/* usher settings: its subcommands as a table, and those about single settings and the history. */
#include "cli/settings.h"

#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "catalogue/catalogue.h"
#include "cli/settings_priv.h"
#include "cli/yaml_out.h"
#include "client/rest.h"
#include "common/mem.h"

#define PATH "/usher/v1/settings"
#define STDIN_MAX 65536

int task_fail(const char *fmt, ...)
{
    struct buf text = BUF_INIT, words = BUF_INIT;
    char line[600];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    /* What a server says may try to move the cursor. */
    for (const char *p = line; *p; p++)
        buf_putc(&words, (unsigned char)*p < 0x20 || *p == 0x7F ? ' ' : *p);
    buf_printf(&text, "usher: %s\n", words.data ? words.data : "");
    fputs(text.data, stderr);
    buf_free(&text);
    buf_free(&words);
    return EXIT_ERROR;
}

void task_print_json(const json_t *v)
{
    AUTO_FREE char *text = json_dumps(v, JSON_INDENT(2) | JSON_ENCODE_ANY);
    puts(text ? text : "null");
}

void task_put_sentence(struct buf *out, const char *text)
{
    struct buf line = BUF_INIT;
    yaml_put_line(&line, text ? text : "");
    size_t quoted = line.len > 0 && line.data[0] == '"';
    buf_append(out, line.data ? line.data + quoted : "", line.len - 2 * quoted);
    buf_free(&line);
}

void task_print_consequences(const json_t *answer)
{
    const json_t *list = json_object_get(answer, "consequences");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        struct buf out = BUF_INIT;
        task_put_sentence(&out, json_string_value(json_object_get(one, "text")));
        fprintf(stderr, "note: %s: %s\n", json_string_value(json_object_get(one, "_id")), out.data);
        buf_free(&out);
    }
}

int task_told(int rc, const json_t *answer, const struct error *e)
{
    if (rc == ERR_OK)
        return EXIT_FINE;
    const json_t *faults = json_object_get(answer, "faults");
    for (size_t i = 0; i < json_array_size(faults); i++) {
        const json_t *one = json_array_get(faults, i);
        const char *id = json_string_value(json_object_get(one, "_id"));
        const char *words = json_string_value(json_object_get(one, "error"));
        task_fail("%s: %s", id ? id : "", words ? words : "refused");
    }
    return json_array_size(faults) ? EXIT_ERROR : task_fail("%s", e->text);
}

int task_call(const struct task *t, const char *verb, const char *path, json_t *body, json_t **out)
{
    struct error e = {0};
    int rc = link_call(t->link, verb, path, body, out, &e);
    return task_told(rc, *out, &e);
}

/* --- reading --- */

/* The state of every setting; NULL: told. New reference. */
static json_t *fetch_settings(const struct task *t)
{
    json_t *answer = NULL;
    struct error e = {0};
    int rc = link_call(t->link, "GET", PATH, NULL, &answer, &e);
    if (rc == ERR_NOT_FOUND) {
        json_decref(answer);
        return plain_settings(t->link);
    }
    int code = task_told(rc, answer, &e);
    json_t *list = code == EXIT_FINE ? json_incref(json_object_get(answer, "settings")) : NULL;
    json_decref(answer);
    return list;
}

static json_t *find_setting(const json_t *list, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *one = json_array_get(list, i);
        if (str_eq(json_string_value(json_object_get(one, "_id")), id))
            return one;
    }
    return NULL;
}

static void put_value(struct buf *out, const json_t *state)
{
    const json_t *v = json_object_get(state, "value"), *set = json_object_get(state, "isSet");
    if (set) {
        buf_puts(out, json_is_true(set) ? "(a secret, set)" : "(a secret, not set)");
    } else if (json_is_string(v)) {
        yaml_put_line(out, json_string_value(v));
    } else {
        AUTO_FREE char *text = v ? json_dumps(v, JSON_ENCODE_ANY) : NULL;
        buf_puts(out, text ? text : "");
    }
}

static void print_setting(const json_t *state)
{
    struct buf out = BUF_INIT;
    const char *by = json_string_value(json_object_get(json_object_get(state, "by"), "username"));
    const char *at = json_string_value(json_object_get(state, "at"));
    const char *source = json_string_value(json_object_get(state, "source"));
    buf_printf(&out, "%s = ", json_string_value(json_object_get(state, "_id")));
    put_value(&out, state);
    if (!str_eq(source, "default")) {
        buf_printf(&out, "  (%s", str_eq(source, "file") ? "from a file" : "set");
        if (by) {
            buf_puts(&out, " by ");
            yaml_put_line(&out, by);
        }
        buf_printf(&out, "%s%s)", at ? ", " : "", at ? at : "");
    }
    puts(out.data);
    buf_free(&out);
}

/* Does a setting belong to what was asked for: its section, a part of its id or label, changed ones? */
static bool is_asked_for(const struct task *t, const struct setting_row *row, const json_t *state)
{
    const struct cli_options *o = &t->options;
    if (row->type == SETTING_ACTION || (o->section && strcasecmp(o->section, row->section) != 0))
        return false;
    if (o->changed && json_is_true(json_object_get(state, "isDefault")))
        return false;
    return t->count == 0 || strcasestr(row->id, t->operands[0]) || strcasestr(row->label, t->operands[0]);
}

static int run_list(struct task *t)
{
    json_t *list = fetch_settings(t), *found = json_array();
    for (setting_no no = 0; list && no < (setting_no)catalogue_count(); no++) {
        const struct setting_row *row = catalogue_row(no);
        json_t *state = find_setting(list, row->id);
        if (state == NULL || !is_asked_for(t, row, state))
            continue;
        json_object_set_new(state, "section", json_string(row->section));
        json_object_set_new(state, "label", json_string(row->label));
        json_array_append(found, state);
        if (!t->options.json)
            print_setting(state);
    }
    if (list && t->options.json)
        task_print_json(found);
    int code = list ? EXIT_FINE : EXIT_ERROR;
    json_decref(list);
    json_decref(found);
    return code;
}

static int run_get(struct task *t)
{
    json_t *list = t->count == 1 ? fetch_settings(t) : NULL;
    json_t *state = find_setting(list, t->count == 1 ? t->operands[0] : NULL);
    int code = EXIT_FINE;
    if (t->count != 1) {
        code = task_fail("settings get takes one ID");
    } else if (list == NULL) {
        code = EXIT_ERROR;
    } else if (state == NULL) {
        code = task_fail("there is no setting %s", t->operands[0]);
    } else if (t->options.json) {
        task_print_json(state);
    } else if (json_object_get(state, "isSet")) {
        bool set = json_is_true(json_object_get(state, "isSet"));
        fprintf(stderr, "usher: %s is a secret, which is %sset\n", t->operands[0], set ? "" : "not ");
    } else if (json_is_string(json_object_get(state, "value")) && !isatty(STDOUT_FILENO)) {
        puts(json_string_value(json_object_get(state, "value")));
    } else {
        struct buf out = BUF_INIT;
        put_value(&out, state);
        puts(out.data ? out.data : "");
        buf_free(&out);
    }
    json_decref(list);
    return code;
}

/* --- changing --- */

static bool is_shown(setting_no no)
{
    return no >= 0 && !catalogue_row(no)->is_hidden;
}

/* Tells what was changed, when it worked, and gives the exit code back. answer is taken. */
static int tell_changed(const struct task *t, int code, json_t *answer, const char *verb)
{
    const json_t *changed = json_object_get(answer, "changed");
    if (code == EXIT_FINE && t->options.json) {
        json_object_del(answer, "success");
        task_print_json(answer);
    } else if (code == EXIT_FINE) {
        for (size_t i = 0; i < json_array_size(changed); i++)
            printf("%s %s\n", verb, json_string_value(json_array_get(changed, i)));
        task_print_consequences(answer);
    }
    json_decref(answer);
    return code;
}

static int send_changes(struct task *t, json_t *changes)
{
    json_t *answer = NULL;
    struct error e = {0};
    json_t *body = json_pack("{s:O,s:b}", "changes", changes, "dryRun", t->options.dry_run);
    if (t->options.comment)
        json_object_set_new(body, "comment", json_string(t->options.comment));
    int rc = link_call(t->link, "POST", PATH, body, &answer, &e), code;
    if (rc == ERR_NOT_FOUND) {
        json_t *list = NULL;
        json_decref(answer);
        code = plain_send(t, changes, &list);
        answer = json_pack("{s:o}", "changed", list);
    } else {
        code = task_told(rc, answer, &e);
    }
    json_decref(changes);
    return tell_changed(t, code, answer, t->options.dry_run ? "would change" : "changed");
}

/* The whole of standard input without its last line break. Caller frees; NULL: told. */
static char *read_value(void)
{
    struct buf text = BUF_INIT;
    char piece[4096];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, stdin)) > 0 && text.len <= STDIN_MAX)
        buf_append(&text, piece, n);
    if (ferror(stdin) || text.len > STDIN_MAX || (text.len && memchr(text.data, '\0', text.len))) {
        buf_free(&text);
        task_fail("standard input is no value");
        return NULL;
    }
    if (text.len > 0 && text.data[text.len - 1] == '\n')
        text.data[text.len - 1] = '\0';
    return text.data ? text.data : x_strdup("");
}

/* Adds {_id, value} as one types it; "-" stands for standard input. */
static int add_change(json_t *changes, const char *id, const char *typed)
{
    setting_no no = catalogue_find(id);
    struct setting_value v;
    struct error e = {0};
    AUTO_FREE char *text = strcmp(typed, "-") == 0 ? read_value() : x_strdup(typed);
    if (text == NULL)
        return EXIT_ERROR;
    if (*id == '\0')
        return task_fail("=%s lacks the ID of a setting", typed);
    if (!is_shown(no))
        return task_fail("there is no setting %s", id);
    if (catalogue_row(no)->is_secret && *text == '\0')
        task_fail("%s: an empty value leaves a secret as it is; settings reset clears it", id);
    if (setting_value_from_text(no, text, &v, &e) != ERR_OK)
        return task_fail("%s: %s", id, e.text);
    json_array_append_new(changes, json_pack("{s:s,s:o}", "_id", id, "value", setting_value_to_json(&v)));
    setting_value_free(&v);
    return EXIT_FINE;
}

/* ID VALUE, or ID=VALUE as often as one likes: all or nothing. */
static int run_set(struct task *t)
{
    json_t *changes = json_array();
    int code = EXIT_FINE;
    if (t->count == 2 && strchr(t->operands[0], '=') == NULL) {
        code = add_change(changes, t->operands[0], t->operands[1]);
    } else if (t->count == 0) {
        code = task_fail("settings set takes ID VALUE, or ID=VALUE …");
    } else {
        for (int i = 0; i < t->count && code == EXIT_FINE; i++) {
            const char *equals = strchr(t->operands[i], '=');
            AUTO_FREE char *id = equals ? x_strndup(t->operands[i], (size_t)(equals - t->operands[i])) : NULL;
            code = id ? add_change(changes, id, equals + 1) : task_fail("%s lacks its =VALUE", t->operands[i]);
        }
    }
    if (code == EXIT_FINE)
        return send_changes(t, changes);
    json_decref(changes);
    return code;
}

static void add_reset(json_t *changes, const char *id)
{
    json_array_append_new(changes, json_pack("{s:s,s:b}", "_id", id, "reset", 1));
}

static int run_reset(struct task *t)
{
    json_t *changes = json_array();
    if (t->count == 0 && t->options.section == NULL && !t->options.all) {
        json_decref(changes);
        return task_fail("settings reset takes ID …, --section NAME or --all");
    }
    for (int i = 0; i < t->count; i++)
        add_reset(changes, t->operands[i]);
    json_t *list = t->count == 0 ? fetch_settings(t) : NULL;
    for (setting_no no = 0; list && no < (setting_no)catalogue_count(); no++) {
        const struct setting_row *row = catalogue_row(no);
        const json_t *state = find_setting(list, row->id);
        if (state && is_asked_for(t, row, state) && !str_eq(json_string_value(json_object_get(state, "source")), "default"))
            add_reset(changes, row->id);
    }
    json_decref(list);
    return send_changes(t, changes);
}

/* --- the history --- */

static void print_change(const json_t *c)
{
    struct buf out = BUF_INIT;
    const char *by = json_string_value(json_object_get(json_object_get(c, "by"), "username"));
    const char *comment = json_string_value(json_object_get(c, "comment"));
    const char *from = json_string_value(json_object_get(c, "from"));
    buf_printf(&out, "%lld  %s  ", (long long)json_integer_value(json_object_get(c, "seq")),
               json_string_value(json_object_get(c, "ts")));
    yaml_put_line(&out, by ? by : "nobody");
    buf_puts(&out, "  ");
    yaml_put_line(&out, from ? from : "-");
    buf_printf(&out, "  %s  %s: ", json_string_value(json_object_get(c, "origin")),
               json_string_value(json_object_get(c, "setting")));
    if (json_is_true(json_object_get(c, "secret"))) {
        buf_puts(&out, "(a secret)");
    } else {
        json_t *old = json_pack("{s:O?}", "value", json_object_get(c, "old"));
        json_t *new = json_pack("{s:O?}", "value", json_object_get(c, "new"));
        put_value(&out, old);
        buf_puts(&out, " -> ");
        put_value(&out, new);
        json_decref(old);
        json_decref(new);
    }
    if (json_is_integer(json_object_get(c, "undoes")))
        buf_printf(&out, "  (undoes %lld)", (long long)json_integer_value(json_object_get(c, "undoes")));
    if (comment) {
        buf_puts(&out, "  # ");
        yaml_put_line(&out, comment);
    }
    puts(out.data);
    buf_free(&out);
}

static int run_log(struct task *t)
{
    struct buf path = BUF_INIT;
    json_t *answer = NULL;
    if (t->count == 1 && !is_shown(catalogue_find(t->operands[0])))
        return task_fail("there is no setting %s", t->operands[0]);
    AUTO_FREE char *count = rest_escape(t->options.count ? t->options.count : "100");
    AUTO_FREE char *before = rest_escape(t->options.before ? t->options.before : "0");
    AUTO_FREE char *setting = rest_escape(t->count ? t->operands[0] : "");
    buf_printf(&path, PATH "/log?count=%s&before=%s%s%s", count, before, t->count ? "&setting=" : "", setting);
    int code = task_call(t, "GET", path.data, NULL, &answer);
    const json_t *changes = json_object_get(answer, "changes");
    if (code == EXIT_FINE && t->options.json)
        task_print_json(changes);
    for (size_t i = 0; code == EXIT_FINE && !t->options.json && i < json_array_size(changes); i++)
        print_change(json_array_get(changes, i));
    buf_free(&path);
    json_decref(answer);
    return code;
}

static int run_undo(struct task *t)
{
    json_t *answer = NULL;
    char *end = NULL;
    long long seq = t->count == 1 ? strtoll(t->operands[0], &end, 10) : 0;
    if (seq <= 0 || *end != '\0')
        return task_fail("settings undo takes the number of one change; settings log shows them");
    json_t *body = json_pack("{s:I,s:b}", "seq", (json_int_t)seq, "force", t->options.force);
    if (t->options.comment)
        json_object_set_new(body, "comment", json_string(t->options.comment));
    int code = task_call(t, "POST", PATH "/undo", body, &answer);
    return tell_changed(t, code, answer, "changed");
}

/* --- the table --- */

static const struct {
    const char *name, *arguments, *help;
    int most;                      /* operands; 0: any number */
    int (*run)(struct task *t);
} commands[] = {
    {"list", "[TEXT]", "settings with their values", 1, run_list},
    {"get", "ID", "one value", 1, run_get},
    {"set", "ID VALUE | ID=VALUE …", "change settings, all or nothing; - reads the value from standard input", 0, run_set},
    {"reset", "ID … | --section NAME | --all", "back to the defaults", 0, run_reset},
    {"export", "[FILE]", "write a file of the settings and records", 1, settings_export},
    {"plan", "FILE | --against URL", "what a file would change; exit code 2 when something", 1, settings_plan},
    {"apply", "FILE", "make the server what the file says, all or nothing", 1, settings_apply},
    {"log", "[ID]", "who changed what", 1, run_log},
    {"undo", "SEQ", "put the value from before a change back", 1, run_undo},
};

static void usage(FILE *out)
{
    fputs("usage: usher settings COMMAND [options]\n\n", out);
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        fprintf(out, "  %-8s%-32s%s\n", commands[i].name, commands[i].arguments, commands[i].help);
    fputc('\n', out);
}

static bool is_number(const char *text)
{
    return text == NULL || (*text && strlen(text) <= 15 && text[strspn(text, "0123456789")] == '\0');
}

/* What would otherwise be passed over silently: operands too many, a section that is none, numbers that are none. */
static int check_words(const struct task *t, const char *name, int most)
{
    const struct cli_options *o = &t->options;
    size_t n, i = 0;
    const char *const *sections = catalogue_sections(&n);
    if (most > 0 && t->count > most)
        return task_fail("settings %s takes one operand, \"%s\" is too many", name, t->operands[most]);
    if (!is_number(o->count) || !is_number(o->before))
        return task_fail("%s takes a whole number", is_number(o->count) ? "--before" : "--count");
    while (o->section && i < n && strcasecmp(o->section, sections[i]) != 0)
        i++;
    if (o->section == NULL || i < n)
        return EXIT_FINE;
    struct buf all = BUF_INIT;
    for (i = 0; i < n; i++)
        buf_printf(&all, "%s%s", i ? ", " : "", sections[i]);
    task_fail("there is no section %s; there are: %s", o->section, all.data ? all.data : "none");
    buf_free(&all);
    return EXIT_ERROR;
}

static int run_command(struct task *t, int (*run)(struct task *t))
{
    struct error e = {0};
    if (t->options.warning)
        task_fail("%s", t->options.warning);
    bool ask = isatty(STDIN_FILENO);
    t->link = link_open(&t->options, ask, &e);
    if (t->link == NULL)
        return task_fail("%s", e.text);
    int code = run(t);
    link_close(&t->link);
    if (fflush(stdout) != 0 || ferror(stdout))
        return task_fail("the output could not be written");
    return code;
}

int cli_settings_main(int argc, char **argv)
{
    struct task t = {0};
    struct error e = {0};
    int code = EXIT_ERROR;
    bool known = false;
    setlocale(LC_ALL, "");
    signal(SIGPIPE, SIG_IGN);
    if (cli_options_parse_command(&t.options, argc, argv, &e) != ERR_OK) {
        code = task_fail("%s", e.text);
    } else if (t.options.help) {
        usage(stdout);
        cli_options_usage_command();
        code = EXIT_FINE;
    } else if (t.options.operand_count == 0) {
        usage(stderr);
    } else {
        t.operands = t.options.operands + 1;
        t.count = t.options.operand_count - 1;
        for (size_t i = 0; i < COUNT_OF(commands); i++) {
            if (strcmp(commands[i].name, t.options.operands[0]) != 0)
                continue;
            known = true;
            code = check_words(&t, commands[i].name, commands[i].most);
            if (code == EXIT_FINE)
                code = run_command(&t, commands[i].run);
        }
        if (!known)
            task_fail("settings %s is not a command; see usher settings --help", t.options.operands[0]);
    }
    cli_options_free(&t.options);
    return code;
}
