/* Commands that belong to no pane: going places, looks, the end. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/mem.h"
#include "ui/admin.h"
#include "ui/chat_view.h"
#include "ui/choice.h"
#include "ui/draw.h"
#include "ui/form.h"
#include "ui/help.h"
#include "ui/prompt.h"
#include "ui/record_show.h"
#include "ui/settings_draft.h"

/* The file of a name: as given when it has a slash or ends in .yaml, else the user's, else ours. */
static char *find_file(const struct ui *ui, const char *ref, const char *prefix)
{
    size_t n = strlen(ref);
    if (strchr(ref, '/') || (n > 5 && strcmp(ref + n - 5, ".yaml") == 0))
        return x_strdup(ref);
    const char *dirs[] = {ui->user_dir, ui->data_dir};
    for (size_t i = 0; i < COUNT_OF(dirs); i++) {
        if (dirs[i] == NULL)
            continue;
        char *path = x_asprintf("%s/%s%s.yaml", dirs[i], prefix, ref);
        if (access(path, R_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}

int ui_load_theme(struct ui *ui, const char *ref, struct error *err)
{
    struct theme t;
    AUTO_FREE char *path = find_file(ui, ref, "");
    if (path == NULL && strcmp(ref, "dark") != 0)
        return error_set(err, ERR_NOT_FOUND, NULL, "There is no theme %.60s", ref);
    int rc = 0;
    if (path)
        rc = theme_load(&t, path, err);
    else
        theme_builtin(&t);
    if (rc != 0)
        return rc;
    ui->theme = t;
    str_set(&ui->theme_ref, ref);
    if (ui->started) {
        theme_apply(&ui->theme, ui->term);
        term_redraw(ui->term);
        ui_dirty_all(ui);
    }
    return 0;
}

int ui_load_keymap(struct ui *ui, const char *ref, struct error *err)
{
    AUTO_FREE char *path = find_file(ui, ref, "keys-");
    if (path == NULL && strcmp(ref, "plain") != 0)
        return error_set(err, ERR_NOT_FOUND, NULL, "There is no keymap %.60s", ref);
    struct keymap *m = keymap_new();
    int rc = path ? keymap_load(m, path, err) : 0;
    if (rc != 0) {
        keymap_free(&m);
        return rc;
    }
    keymap_free(&ui->keymap);
    ui->keymap = m;
    AUTO_FREE char *copy = x_strdup(ref);
    str_set(&ui->keymap_ref, copy);
    return 0;
}

size_t ui_drafts(struct ui *ui)
{
    return chat_views_drafts(ui->chats);
}

static int quit_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    (void)f;
    (void)arg;
    (void)err;
    ui_quit(ui);
    return 0;
}

static void quit(struct ui *ui, const struct command_args *a)
{
    char text[320];
    size_t drafts = ui_drafts(ui), settings = settings_draft_count(ui->settings), n = 0;
    int outbox = ui->model->outbox_count;
    if ((drafts == 0 && outbox == 0 && settings == 0) || (a->n > 0 && strcmp(a->arg[0], "!") == 0)) {
        ui_quit(ui);
        return;
    }
    n += (size_t)snprintf(text + n, sizeof text - n, "There is unfinished work:");
    if (drafts)
        n += (size_t)snprintf(text + n, sizeof text - n, "\n  messages not sent: %zu", drafts);
    if (settings)
        n += (size_t)snprintf(text + n, sizeof text - n, "\n  settings changed, not saved: %zu", settings);
    if (outbox)
        snprintf(text + n, sizeof text - n, "\n  messages in the outbox, sent the next time: %d", outbox);
    struct form *f = form_new(ui, "Quit", text, "Quit", quit_accepted, NULL, NULL);
    if (drafts || settings) /* the outbox keeps what is in it */
        form_danger(f);
    form_show(f);
}

static int dump(struct ui *ui, const char *path, struct error *err)
{
    struct buf b = BUF_INIT;
    ui_paint(ui);
    term_dump(ui->term, &b);
    FILE *f = fopen(path, "w");
    bool ok = f && fwrite(b.data, 1, b.len, f) == b.len;
    if (f)
        ok &= fclose(f) == 0;
    buf_free(&b);
    if (!ok)
        return error_set(err, ERR_IO, NULL, "%.200s: %s", path, strerror(errno));
    return 0;
}

static int set_layout(struct ui *ui, const char *name, struct error *err)
{
    static const char *const names[] = {"auto", "wide", "narrow"};
    for (int i = 0; i < 3; i++)
        if (strcmp(name, names[i]) == 0) {
            ui->layout = (enum ui_layout)i;
            ui->layout_dirty = true;
            ui_dirty_all(ui);
            return 0;
        }
    return error_set(err, ERR_INVALID, NULL, "A layout is wide, narrow or auto");
}

static int reload(struct ui *ui, struct error *err)
{
    AUTO_FREE char *theme = x_strdup(ui->theme_ref ? ui->theme_ref : "dark");
    AUTO_FREE char *keys = x_strdup(ui->keymap_ref ? ui->keymap_ref : "plain");
    int rc = ui_load_theme(ui, theme, err);
    if (rc == 0)
        rc = ui_load_keymap(ui, keys, err);
    if (rc == 0)
        ui_say(ui, false, "Read theme %s and keys %s", ui->theme.name, keymap_name(ui->keymap));
    return rc;
}

static void show_messages(struct ui *ui)
{
    struct choice *c = choice_new(ui, "Messages of the console", "", NULL, NULL, NULL);
    for (int i = ui->said_count - 1; i >= 0; i--)
        choice_add(c, ui->said[i].text, NULL, ui->said[i].is_error ? ROLE_ERROR : ROLE_TEXT);
    choice_show(c);
}

/* Writes the text to a file only we can read, runs the editor on it with the terminal, reads it back. */
char *ui_edit_external(struct ui *ui, const char *text, struct error *err)
{
    const char *editor = getenv("VISUAL"), *dir = getenv("XDG_RUNTIME_DIR");
    if (editor == NULL || *editor == '\0')
        editor = getenv("EDITOR");
    if (editor == NULL || *editor == '\0')
        editor = "vi";
    AUTO_FREE char *path = x_asprintf("%s/usher-text-XXXXXX", dir && *dir ? dir : "/tmp");
    int fd = mkstemp(path), status = -1;
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
        error_set(err, ERR_IO, NULL, "%s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd), unlink(path);
        return NULL;
    }
    close(fd);
    term_stop(ui->term);
    pid_t pid = fork();
    if (pid == 0) {
        AUTO_FREE char *line = x_asprintf("%s \"$1\"", editor);
        execl("/bin/sh", "sh", "-c", line, "sh", path, (char *)NULL);
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    struct error again;
    if (term_start(ui->term, &again) != 0)
        ui_quit(ui);
    ui_dirty_all(ui);
    char *out = NULL;
    FILE *f = status == 0 ? fopen(path, "r") : NULL;
    if (f) {
        out = x_calloc(1, 64 * 1024 + 1);
        size_t n = fread(out, 1, 64 * 1024, f);
        while (n > 0 && out[n - 1] == '\n')
            n--;
        out[n] = '\0';
        fclose(f);
    } else {
        error_set(err, ERR_IO, NULL, "The editor (%.80s) did not end well; the text is as it was", editor);
    }
    unlink(path);
    return out;
}

static int show_help(struct ui *ui, const struct command_args *a, struct error *err)
{
    if (a->n == 0) {
        help_show(ui);
        return 0;
    }
    int id = command_find(a->arg[0], strlen(a->arg[0]));
    if (id == COMMAND_COUNT)
        return error_set(err, ERR_NOT_FOUND, NULL, "There is no command %.60s", a->arg[0]);
    help_command(ui, (enum command_id)id);
    return 0;
}

static int show_admin(struct ui *ui, const struct command_args *a, struct error *err)
{
    int kind = a->n > 0 ? record_kind_find(a->arg[0]) : -1;
    if (kind == RECORD_KIND_COUNT)
        return error_set(err, ERR_NOT_FOUND, NULL, "There is no screen %.60s", a->arg[0]);
    ui_show(ui, VIEW_ADMIN);
    if (kind >= 0)
        pane_admin_show(ui, (enum record_kind_no)kind);
    return 0;
}

int ui_action(struct ui *ui, enum command_id id, const struct command_args *a, struct error *err)
{
    switch (id) {
    case CMD_HELP:
        return show_help(ui, a, err);
    case CMD_SHOW_QUEUE:
        ui_show(ui, VIEW_QUEUE);
        return 0;
    case CMD_SHOW_CHATS:
        ui_show(ui, VIEW_CHATS);
        return 0;
    case CMD_SHOW_SETTINGS:
        ui_show(ui, VIEW_SETTINGS);
        return 0;
    case CMD_SHOW_CANNED:
        ui_show(ui, VIEW_CANNED);
        return 0;
    case CMD_SHOW_ADMIN:
        return show_admin(ui, a, err);
    case CMD_FOCUS_NEXT:
        ui_focus_step(ui, 1);
        return 0;
    case CMD_FOCUS_PREV:
        ui_focus_step(ui, -1);
        return 0;
    case CMD_COMMAND_LINE:
        prompt_command(ui, a->rest);
        return 0;
    case CMD_LAYOUT:
        return set_layout(ui, a->arg[0], err);
    case CMD_THEME:
        return ui_load_theme(ui, a->arg[0], err);
    case CMD_KEYMAP:
        return ui_load_keymap(ui, a->arg[0], err);
    case CMD_RELOAD:
        return reload(ui, err);
    case CMD_MESSAGES:
        show_messages(ui);
        return 0;
    case CMD_DUMP:
        return dump(ui, a->rest, err);
    case CMD_REDRAW:
        term_redraw(ui->term);
        ui_dirty_all(ui);
        return 0;
    case CMD_SUSPEND:
        term_suspend(ui->term);
        return 0;
    case CMD_QUIT:
        quit(ui, a);
        return 0;
    default:
        return action_chat(ui, id, a, err);
    }
}

/* Says in a dialog which right is missing and who can grant it. */
static void tell_missing(struct ui *ui, const char *right, const char *deed)
{
    char why[320];
    if (!record_may(ui, right, why, sizeof why, deed))
        record_refuse(ui, why);
}

static int check_right(struct ui *ui, const struct command_row *row, struct error *err)
{
    const struct client_model *m = ui->model;
    bool ok = row->right == RIGHT_NONE || m->state == CLIENT_STARTING || m->state == CLIENT_CONNECTING ||
              (row->right == RIGHT_AGENT && (m->me.is_agent || m->me.is_manager || m->me.is_admin)) ||
              (row->right == RIGHT_SETTINGS && m->may_edit_settings) ||
              (row->right == RIGHT_CANNED && m->may_save_canned);
    if (ok)
        return 0;
    if (row->right == RIGHT_SETTINGS)
        tell_missing(ui, "edit-privileged-setting", "change settings");
    else if (row->right == RIGHT_CANNED)
        tell_missing(ui, "save-canned-responses", "save canned responses");
    return error_set(err, ERR_DENIED, NULL,
                     row->right == RIGHT_AGENT      ? "You are no agent on this server"
                     : row->right == RIGHT_SETTINGS ? "You may not change settings on this server"
                                                    : "You may not save canned responses here");
}

/* A command of a pane that has not the keys, typed into the command line. */
static enum pane_answer ask_panes(struct ui *ui, enum command_id id, const struct command_args *a,
                                  struct error *err)
{
    unsigned own = command_row(id)->contexts &
                   (CTX_QUEUE | CTX_CHATS | CTX_CHAT | CTX_COMPOSER | CTX_SETTINGS | CTX_CANNED | CTX_ADMIN | CTX_MATRIX);
    for (int i = 0; i < PANE_COUNT; i++)
        for (const unsigned *c = ui->panes[i]->ops->contexts; *c; c++)
            if ((*c & own) && ui->panes[i]->ops->command(ui->panes[i], id, a, err) == PANE_DONE)
                return PANE_DONE;
    return PANE_IGNORED;
}

int ui_run_id(struct ui *ui, enum command_id id, const struct command_args *a, struct error *err)
{
    struct error own = {0};
    struct pane *p = ui_target(ui);
    const struct command_row *row = command_row(id);
    int rc = check_right(ui, row, &own);
    if (rc == 0 && p->ops->command(p, id, a, &own) == PANE_IGNORED) {
        bool modal = ui->prompt || ui->popup_count > 0;
        if (!modal || (row->contexts & CTX_ANY))
            rc = ui_action(ui, id, a, &own);
        if (rc == ERR_NOT_FOUND && own.text[0] == '\0' && !modal)
            rc = ask_panes(ui, id, a, &own) == PANE_DONE
                     ? own.code
                     : error_set(&own, ERR_STATE, NULL, "%s does not apply here", row->name);
    } else if (rc == 0) {
        rc = own.code;
    }
    if (rc != 0 && err)
        *err = own;
    return rc;
}
