/* usher settings export: a server as a file, in the order of the catalogue, with help as comments. The same server
   always gives the same bytes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "catalogue/catalogue.h"
#include "cli/settings_priv.h"
#include "cli/yaml_out.h"
#include "common/mem.h"

#define WIDTH 100

static void put_setting(struct buf *out, setting_no no, const json_t *state)
{
    const struct setting_row *row = catalogue_row(no);
    const json_t *value = json_object_get(state, "value");
    AUTO_FREE char *head = x_asprintf("%s. %s", row->label, row->help);
    yaml_put_comment(out, head, 2, WIDTH);
    buf_printf(out, "  %s:", row->id);
    if (row->is_secret)
        buf_printf(out, " !env USHER_SECRET_%s\n", row->id);
    else
        yaml_put_json(out, value, 4);
}

/* Only what differs from the default, or with all everything; of secrets those that are set. */
static bool is_wanted(const struct setting_row *row, const json_t *state, bool all)
{
    if (state == NULL || row->is_hidden || row->type == SETTING_ACTION)
        return false;
    if (row->is_secret)
        return json_is_true(json_object_get(state, "isSet"));
    return all || !json_is_true(json_object_get(state, "isDefault"));
}

static void put_settings(struct buf *out, const json_t *settings, bool all)
{
    const char *section = "";
    size_t count;
    const char *const *sections = catalogue_sections(&count);
    bool any = false;
    for (size_t s = 0; s < count; s++) {
        for (setting_no no = 0; no < (setting_no)catalogue_count(); no++) {
            const struct setting_row *row = catalogue_row(no);
            const json_t *state = json_object_get(settings, row->id);
            if (strcmp(row->section, sections[s]) != 0 || !is_wanted(row, state, all))
                continue;
            if (!any)
                buf_puts(out, "\nsettings:\n");
            if (strcmp(section, row->section) != 0)
                buf_printf(out, "%s  # --- %s ---\n", any ? "\n" : "", row->section);
            section = row->section;
            any = true;
            put_setting(out, no, state);
        }
    }
}

static void put_workspace(struct buf *out, const json_t *workspace, bool all)
{
    const char *kind;
    json_t *list;
    buf_puts(out, "# A workspace of usher; see usher-settings-file(5). \"usher settings plan FILE\" tells what it would\n"
                  "# change, \"usher settings apply FILE\" does it, all or nothing.\n");
    put_settings(out, json_object_get(workspace, "settings"), all);
    json_object_foreach((json_t *)workspace, kind, list) {
        if (strcmp(kind, "settings") == 0 || json_array_size(list) == 0)
            continue;
        buf_printf(out, "\n%s:", kind);
        yaml_put_json(out, list, 2);
    }
}

json_t *settings_workspace(const struct task *t, struct link *link)
{
    json_t *answer = NULL;
    struct error e;
    (void)t;
    int rc = link_call(link, "GET", "/usher/v1/workspace", NULL, &answer, &e);
    if (rc == ERR_NOT_FOUND) {
        json_decref(answer);
        return plain_workspace(link);
    }
    if (rc != ERR_OK) {
        task_fail("%s", e.text);
        json_decref(answer);
        return NULL;
    }
    json_t *workspace = json_incref(json_object_get(answer, "workspace"));
    json_decref(answer);
    return workspace;
}

/* Beside the file and then in its place, so that it is never half a file. */
static int write_file(const char *name, const struct buf *text)
{
    AUTO_FREE char *temporary = x_asprintf("%s.new", name);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    bool good = fd >= 0 && write(fd, text->data, text->len) == (ssize_t)text->len && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        good = false;
        why = errno;
    }
    if (good && rename(temporary, name) == 0)
        return EXIT_FINE;
    why = good ? errno : why;
    unlink(temporary);
    return task_fail("%s cannot be written: %s", name, strerror(why));
}

int settings_export(struct task *t)
{
    json_t *workspace = settings_workspace(t, t->link);
    struct buf out = BUF_INIT;
    int code = EXIT_FINE;
    if (workspace == NULL)
        return EXIT_ERROR;
    if (t->options.json) {
        task_print_json(workspace);
    } else {
        put_workspace(&out, workspace, t->options.all);
        if (t->count == 0 || strcmp(t->operands[0], "-") == 0)
            fwrite(out.data, 1, out.len, stdout);
        else
            code = write_file(t->operands[0], &out);
    }
    buf_free(&out);
    json_decref(workspace);
    return code;
}
