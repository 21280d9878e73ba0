/* usher settings plan and apply: what a file would change on a server, and doing it; and what is different between two
   servers. The server itself says what would change (it alone knows secrets) and what follows from it; old and new are
   shown from its document and the file's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue/catalogue.h"
#include "cli/settings_priv.h"
#include "cli/yaml_out.h"
#include "common/mem.h"

/* --- showing a change --- */

static void show_value(struct buf *out, const json_t *v)
{
    if (json_is_string(v)) {
        yaml_put_line(out, json_string_value(v));
        return;
    }
    AUTO_FREE char *text = v ? json_dumps(v, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;
    buf_puts(out, text ? text : "nothing");
}

static void print_line(const char *mark, const char *kind, const char *name, const char *field, const json_t *old,
                       const json_t *new)
{
    struct buf out = BUF_INIT;
    buf_printf(&out, "%s ", mark);
    if (strcmp(kind, "setting") != 0)
        buf_printf(&out, "%s ", kind);
    yaml_put_line(&out, name);
    if (field)
        buf_printf(&out, " %s", field);
    if (old || new) {
        buf_puts(&out, ": ");
        show_value(&out, old);
        buf_puts(&out, " -> ");
        show_value(&out, new);
    }
    puts(out.data);
    buf_free(&out);
}

/* The entry of that name in a list of records. */
static const json_t *entry_named(const json_t *list, const char *name)
{
    static const char *const keys[] = {"_id", "name", "shortcut"};
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        for (size_t k = 0; k < COUNT_OF(keys); k++)
            if (str_eq(json_string_value(json_object_get(entry, keys[k])), name))
                return entry;
    }
    return NULL;
}

static const json_t *find_entry(const json_t *workspace, const char *kind, const char *name)
{
    size_t stem = strlen(kind) - (kind[strlen(kind) - 1] == 'y'); /* "priorities" are many of "priority" */
    AUTO_FREE char *list = x_asprintf("%.*s%s", (int)stem, kind, kind[stem] ? "ies" : "s");
    return entry_named(json_object_get(workspace, list), name);
}

/* What the server has and what the file says, as far as both may be shown. */
static void add_values(json_t *change, const json_t *workspace, const json_t *document)
{
    const char *kind = json_string_value(json_object_get(change, "kind"));
    const char *name = json_string_value(json_object_get(change, "name"));
    if (!str_eq(kind, "setting")) {
        const json_t *old = find_entry(workspace, kind, name), *new = find_entry(document, kind, name), *was;
        const char *field;
        json_t *v, *fields = json_object();
        json_object_foreach((json_t *)new, field, v) {
            was = json_object_get(old, field);
            if (was == NULL || !json_equal(was, v))
                json_object_set_new(fields, field, json_pack("{s:O?,s:O}", "old", was, "new", v));
        }
        json_object_set_new(change, "fields", fields);
        return;
    }
    setting_no no = catalogue_find(name);
    const json_t *old = json_object_get(json_object_get(json_object_get(workspace, "settings"), name), "value");
    json_t *new = json_object_get(json_object_get(document, "settings"), name);
    if (no >= 0 && catalogue_row(no)->is_secret) {
        json_object_set_new(change, "secret", json_true());
        return;
    }
    json_object_set(change, "old", (json_t *)old);
    if (json_is_object(new)) {
        struct setting_value standard;
        setting_value_default(no, &standard);
        json_object_set_new(change, "new", setting_value_to_json(&standard));
        setting_value_free(&standard);
    } else {
        json_object_set(change, "new", new);
    }
}

static void print_change(const json_t *change)
{
    const char *kind = json_string_value(json_object_get(change, "kind"));
    const char *name = json_string_value(json_object_get(change, "name")), *field;
    const json_t *fields = json_object_get(change, "fields");
    bool is_new = str_eq(json_string_value(json_object_get(change, "action")), "create");
    json_t *v;
    if (json_is_true(json_object_get(change, "secret"))) {
        print_line("~", kind, name, "(a secret)", NULL, NULL);
    } else if (is_new || json_object_size(fields) == 0) {
        print_line(is_new ? "+" : "~", kind, name, NULL, json_object_get(change, "old"), json_object_get(change, "new"));
    } else {
        json_object_foreach((json_t *)fields, field, v)
            print_line("~", kind, name, field, json_object_get(v, "old"), json_object_get(v, "new"));
    }
}

static void print_changes(const json_t *changes)
{
    for (size_t i = 0; i < json_array_size(changes); i++)
        print_change(json_array_get(changes, i));
}

/* --- a file --- */

/* Asks the server; dry: only what would be. Faults are told with their places. *answer is set on EXIT_FINE. */
static int send_file(struct task *t, struct settings_file *f, const json_t *workspace, bool dry, json_t **answer)
{
    struct error e = {0};
    json_t *body = json_pack("{s:O,s:b}", "workspace", f->document, "dryRun", dry);
    if (t->options.comment)
        json_object_set_new(body, "comment", json_string(t->options.comment));
    int rc = link_call(t->link, "POST", "/usher/v1/workspace/apply", body, answer, &e);
    if (rc == ERR_NOT_FOUND && json_array_size(f->faults) == 0) {
        json_decref(*answer);
        *answer = NULL;
        return plain_apply(t, f->document, workspace, dry, answer);
    }
    if (rc == ERR_NOT_FOUND)
        return settings_file_tell(f, t->options.json);
    const json_t *faults = json_object_get(*answer, "faults");
    if (rc == ERR_OK && json_array_size(f->faults) == 0)
        return EXIT_FINE;
    if (rc != ERR_OK && faults == NULL)
        return task_fail("%s", e.text);
    settings_file_add_faults(f, rc == ERR_OK ? NULL : faults);
    return settings_file_tell(f, t->options.json);
}

/* Its own faults are told together with those of the server, which sees the rest of the document. */
static int use_file(struct task *t, bool dry)
{
    struct settings_file f;
    json_t *answer = NULL, *workspace = NULL;
    if (t->count != 1)
        return task_fail("settings %s takes one FILE, or - for standard input", dry ? "plan" : "apply");
    if (!settings_file_load(&f, t->operands[0])) {
        settings_file_free(&f);
        return EXIT_ERROR;
    }
    int code = (workspace = settings_workspace(t, t->link)) ? EXIT_FINE : EXIT_ERROR;
    if (code == EXIT_FINE)
        code = send_file(t, &f, workspace, dry || json_array_size(f.faults) > 0, &answer);
    if (code == EXIT_FINE) {
        json_t *changes = json_object_get(answer, "changes");
        for (size_t i = 0; i < json_array_size(changes); i++)
            add_values(json_array_get(changes, i), workspace, f.document);
        if (t->options.json) {
            json_object_del(answer, "success");
            task_print_json(answer);
        } else {
            print_changes(changes);
            task_print_consequences(answer);
        }
        if (dry && json_array_size(changes) > 0)
            code = EXIT_CHANGES;
    }
    json_decref(answer);
    json_decref(workspace);
    settings_file_free(&f);
    return code;
}

/* --- two servers --- */

static void compare_settings(const json_t *here, const json_t *there, json_t *changes)
{
    for (setting_no no = 0; no < (setting_no)catalogue_count(); no++) {
        const struct setting_row *row = catalogue_row(no);
        const char *key = row->is_secret ? "isSet" : "value";
        json_t *old = json_object_get(json_object_get(here, row->id), key);
        json_t *new = json_object_get(json_object_get(there, row->id), key);
        if (json_equal(old, new) || (old == NULL && new == NULL))
            continue;
        json_array_append_new(changes, json_pack("{s:s,s:s,s:s,s:b,s:O?,s:O?}", "kind", "setting", "name", row->id,
                                                 "action", "update", "secret", row->is_secret, "old", old, "new", new));
    }
}

static const char *name_of(const json_t *entry)
{
    static const char *const keys[] = {"_id", "name", "shortcut"};
    const char *name = NULL;
    for (size_t i = 0; i < COUNT_OF(keys) && name == NULL; i++)
        name = json_string_value(json_object_get(entry, keys[i]));
    return name ? name : "";
}

/* One of many: "departments", "priorities". Caller frees. */
static char *singular(const char *list_name)
{
    size_t n = strlen(list_name);
    if (n > 3 && strcmp(list_name + n - 3, "ies") == 0)
        return x_asprintf("%.*sy", (int)(n - 3), list_name);
    return x_strndup(list_name, n - 1);
}

static void compare_records(const char *list_name, const json_t *here, const json_t *there, json_t *changes)
{
    AUTO_FREE char *kind = singular(list_name);
    for (size_t i = 0; i < json_array_size(there); i++) {
        const json_t *new = json_array_get(there, i), *old = entry_named(here, name_of(new));
        const char *field;
        json_t *v, *fields = json_object();
        json_object_foreach((json_t *)new, field, v)
            if (old && !json_equal(json_object_get(old, field), v))
                json_object_set_new(fields, field, json_pack("{s:O?,s:O}", "old", json_object_get(old, field), "new", v));
        if (old == NULL || json_object_size(fields) > 0)
            json_array_append_new(changes, json_pack("{s:s,s:s,s:s,s:O}", "kind", kind, "name", name_of(new), "action",
                                                     old ? "update" : "create", "fields", fields));
        json_decref(fields);
    }
    for (size_t i = 0; i < json_array_size(here); i++) {
        const json_t *old = json_array_get(here, i);
        if (entry_named(there, name_of(old)) == NULL)
            json_array_append_new(changes, json_pack("{s:s,s:s,s:s}", "kind", kind, "name", name_of(old), "action",
                                                     "remove"));
    }
}

/* The other server, with the login of this command where it has none of its own in the configuration. */
static struct link *open_other(const struct task *t, struct error *e)
{
    char name[] = "settings", server[] = "-s", config[] = "-c";
    char *argv[] = {name, server, t->options.against, config, t->options.config_file, NULL};
    struct cli_options other;
    struct link *link = NULL;
    if (cli_options_parse_command(&other, t->options.config_file ? 5 : 3, argv, e) == ERR_OK) {
        if (other.username == NULL)
            str_set(&other.username, t->options.username);
        if (other.password_command == NULL)
            str_set(&other.password_command, t->options.password_command);
        if (other.ca_file == NULL)
            str_set(&other.ca_file, t->options.ca_file);
        link = link_open(&other, true, e);
    }
    cli_options_free(&other);
    return link;
}

static int compare_servers(struct task *t)
{
    struct error e = {0};
    const char *kind;
    json_t *list, *changes = json_array();
    if (t->count != 0)
        return task_fail("settings plan --against compares servers: no FILE belongs there");
    struct link *other = open_other(t, &e);
    if (other == NULL)
        return task_fail("%s", e.text);
    json_t *here = settings_workspace(t, t->link), *there = here ? settings_workspace(t, other) : NULL;
    link_close(&other);
    if (there) {
        compare_settings(json_object_get(here, "settings"), json_object_get(there, "settings"), changes);
        json_object_foreach(there, kind, list)
            if (strcmp(kind, "settings") != 0)
                compare_records(kind, json_object_get(here, kind), list, changes);
    }
    int code = there == NULL ? EXIT_ERROR : json_array_size(changes) ? EXIT_CHANGES : EXIT_FINE;
    if (there && t->options.json) {
        json_t *all = json_pack("{s:O}", "changes", changes);
        task_print_json(all);
        json_decref(all);
    } else if (there) {
        for (size_t i = 0; i < json_array_size(changes); i++) {
            const json_t *one = json_array_get(changes, i);
            if (str_eq(json_string_value(json_object_get(one, "action")), "remove"))
                print_line("-", json_string_value(json_object_get(one, "kind")),
                           json_string_value(json_object_get(one, "name")), NULL, NULL, NULL);
            else
                print_change(one);
        }
    }
    json_decref(changes);
    json_decref(here);
    json_decref(there);
    return code;
}

int settings_plan(struct task *t)
{
    return t->options.against ? compare_servers(t) : use_file(t, true);
}

int settings_apply(struct task *t)
{
    return use_file(t, t->options.dry_run);
}
