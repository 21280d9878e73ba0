#include "ui/complete.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/admin.h"

static void offer(struct completion *c, const char *word, const char *typed)
{
    if (word == NULL || c->n == COMPLETE_MAX || strncasecmp(word, typed, strlen(typed)) != 0)
        return;
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->word[i], word) == 0)
            return;
    c->word[c->n++] = x_strdup(word);
}

/* Files NAME.yaml (themes) or keys-NAME.yaml of a directory. */
static void offer_files(struct completion *c, const char *dir, bool keys, const char *typed)
{
    DIR *d = dir ? opendir(dir) : NULL;
    struct dirent *e;
    while (d && (e = readdir(d)) != NULL) {
        char name[64];
        size_t n = strlen(e->d_name);
        bool is_keys = strncmp(e->d_name, "keys-", 5) == 0;
        if (n < 6 || n > 60 || strcmp(e->d_name + n - 5, ".yaml") != 0 || is_keys != keys)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(n - 5 - (keys ? 5 : 0)), e->d_name + (keys ? 5 : 0));
        offer(c, name, typed);
    }
    if (d)
        closedir(d);
}

static void offer_values(struct ui *ui, struct completion *c, const char *line, const char *typed)
{
    char id[128];
    (void)ui;
    if (sscanf(line, "%*s %127s", id) != 1)
        return;
    setting_no no = catalogue_find(id);
    const struct setting_row *r = no < 0 ? NULL : catalogue_row(no);
    if (r && r->type == SETTING_BOOL) {
        offer(c, "true", typed);
        offer(c, "false", typed);
    }
    for (const struct setting_choice *k = r ? r->choices : NULL; k && k->key; k++)
        offer(c, k->key, typed);
}

static void offer_args(struct ui *ui, struct completion *c, const struct command_row *row, const char *line,
                       int index, const char *typed)
{
    const struct client_model *m = ui->model;
    const char *args = row->args;
    if (strchr(args, '|')) {
        AUTO_FREE char *copy = x_strdup(args);
        for (char *save, *w = strtok_r(copy, "|[]", &save); w; w = strtok_r(NULL, "|[]", &save))
            offer(c, w, typed);
    } else if (strstr(args, "COMMAND")) {
        for (int i = 0; i < COMMAND_COUNT; i++)
            offer(c, command_row((enum command_id)i)->name, typed);
    } else if (strstr(args, "THEME") || strstr(args, "KEYMAP")) {
        bool keys = strstr(args, "KEYMAP") != NULL;
        offer(c, keys ? "plain" : "dark", typed);
        offer_files(c, ui->data_dir, keys, typed);
        offer_files(c, ui->user_dir, keys, typed);
    } else if (strstr(args, "ID VALUE")) {
        if (index > 1)
            offer_values(ui, c, line, typed);
        for (size_t i = 0; index <= 1 && i < catalogue_count(); i++)
            if (!catalogue_row((setting_no)i)->is_hidden)
                offer(c, catalogue_row((setting_no)i)->id, typed);
    } else if (strstr(args, "SCREEN")) {
        for (int i = 0; i < RECORD_KIND_COUNT; i++)
            offer(c, record_kind((enum record_kind_no)i)->id, typed);
    } else if (strstr(args, "RECORD")) {
        enum record_kind_no kind = pane_admin_kind(ui);
        const struct client_records *list = client_records(ui->client, kind);
        for (size_t i = 0; i < list->count; i++)
            offer(c, record_name(kind, list->items[i]), typed);
    } else if (strstr(args, "SHORTCUT")) {
        for (size_t i = 0; i < m->canned_count; i++)
            offer(c, m->canned[i]->shortcut, typed);
    } else if (strstr(args, "NAME")) {
        for (size_t i = 0; i < m->department_count; i++)
            offer(c, m->departments[i]->name, typed);
        for (size_t i = 0; i < m->agent_count; i++)
            offer(c, m->agents[i]->username, typed);
    } else if (strstr(args, "COLUMN")) {
        static const char *const columns[] = {"position", "wait", "visitor", "department", "unread", "name"};
        for (size_t i = 0; i < COUNT_OF(columns); i++)
            offer(c, columns[i], typed);
    }
}

void complete_line(struct ui *ui, const char *line, size_t cursor, struct completion *out)
{
    AUTO_FREE char *text = x_strndup(line, cursor);
    size_t start = cursor, n = strcspn(text, " ");
    int index = 0;
    memset(out, 0, sizeof *out);
    while (start > 0 && text[start - 1] != ' ')
        start--;
    for (size_t i = 0; i < start; i++)
        index += text[i] == ' ' && (i == 0 || text[i - 1] != ' ');
    out->start = start;
    if (index == 0) {
        for (int i = 0; i < COMMAND_COUNT; i++)
            offer(out, command_row((enum command_id)i)->name, text + start);
        return;
    }
    int id = command_find(text, n);
    if (id != COMMAND_COUNT)
        offer_args(ui, out, command_row((enum command_id)id), text, index, text + start);
}

void completion_free(struct completion *c)
{
    for (size_t i = 0; i < c->n; i++)
        free(c->word[i]);
    memset(c, 0, sizeof *c);
}
