#include "ui/help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/choice.h"

/* One line of help: a command line with all its keys. */
struct entry {
    char *command, *keys;
};

struct help {
    struct ui *ui;
    unsigned context;          /* the one being gathered */
    struct entry *list;
    size_t n;
};

static void help_free(void *arg)
{
    struct help *h = arg;
    for (size_t i = 0; i < h->n; i++) {
        free(h->list[i].command);
        free(h->list[i].keys);
    }
    free(h->list);
    free(h);
}

static void gather(void *arg, unsigned context, const char *keys, const char *command)
{
    struct help *h = arg;
    if (context != h->context)
        return;
    for (size_t i = 0; i < h->n; i++)
        if (strcmp(h->list[i].command, command) == 0) {
            if (strstr(h->list[i].keys, keys) == NULL && strlen(h->list[i].keys) < 16) {
                char *both = x_asprintf("%s  %s", h->list[i].keys, keys);
                free(h->list[i].keys);
                h->list[i].keys = both;
            }
            return;
        }
    h->list = x_reallocarray(h->list, h->n + 1, sizeof *h->list);
    h->list[h->n++] = (struct entry){x_strdup(command), x_strdup(keys)};
}

static void chosen(struct ui *ui, int index, void *arg)
{
    const struct help *h = arg;
    struct error err = {0};
    if (ui_run(ui, h->list[index].command, &err) != 0)
        ui_say(ui, true, "%s", err.text);
}

void help_show(struct ui *ui)
{
    struct pane *p = ui_target(ui);
    unsigned contexts[8];
    char title[80];
    struct help *h = x_calloc(1, sizeof *h);
    size_t n = ui_contexts(ui, p, contexts);
    h->ui = ui;
    for (size_t i = 0; i < n; i++) {
        h->context = contexts[i];
        keymap_each(ui->keymap, gather, h);
    }
    snprintf(title, sizeof title, "Keys here: %s", p->ops->name);
    struct choice *c = choice_new(ui, title, "Run it", chosen, h, help_free);
    for (size_t i = 0; i < h->n; i++) {
        size_t len = strcspn(h->list[i].command, " ");
        int id = command_find(h->list[i].command, len);
        const char *what = id == COMMAND_COUNT ? "" : command_row((enum command_id)id)->help;
        AUTO_FREE char *detail = x_asprintf("%-16s %s", h->list[i].command, what);
        choice_add(c, h->list[i].keys, detail, ROLE_BAR_KEY);
    }
    choice_show(c);
}

void help_command(struct ui *ui, enum command_id id)
{
    const struct command_row *r = command_row(id);
    AUTO_FREE char *title = x_asprintf("%s %s", r->name, r->args);
    struct choice *c = choice_new(ui, title, "", NULL, NULL, NULL);
    choice_add(c, "What", r->help, ROLE_STRONG);
    choice_add(c, "Keys", *r->keys ? r->keys : "none by default", ROLE_STRONG);
    for (unsigned bit = 1; bit <= r->contexts; bit <<= 1)
        if (r->contexts & bit)
            choice_add(c, "Where", context_help(bit), ROLE_STRONG);
    if (r->right != RIGHT_NONE)
        choice_add(c, "Right", right_name(r->right), ROLE_STRONG);
    choice_show(c);
}
