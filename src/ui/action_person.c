/* Commands on the person behind a chat: all that is held on him, into a file or away (behaviour 13). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/mem.h"
#include "ui/chat_view.h"
#include "ui/form.h"

struct person {
    struct ui *ui;
    char *id, *name, *file;
};

static void person_free(void *arg)
{
    struct person *p = arg;
    free(p->id);
    free(p->name);
    free(p->file);
    free(p);
}

/* The visitor of the chat that is shown; NULL: none. */
static struct person *person_new(struct ui *ui, const char *file, struct error *err)
{
    const struct client_room *room = chat_room(ui);
    if (room == NULL || room->visitor_id == NULL) {
        error_set(err, ERR_STATE, NULL, "No chat is open");
        return NULL;
    }
    const char *name = room->visitor_name ? room->visitor_name : "the visitor";
    struct person *p = x_calloc(1, sizeof *p);
    *p = (struct person){ui, x_strdup(room->visitor_id), text_clean_dup(name, strlen(name)), x_strdup(file)};
    return p;
}

/* For its owner only, and never over something that is there. */
static int write_new(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    size_t left = strlen(text);
    int rc = fd < 0 ? errno : 0;
    while (rc == 0 && left > 0) {
        ssize_t n = write(fd, text, left);
        if (n < 0 && errno != EINTR)
            rc = errno;
        if (n > 0) {
            text += n;
            left -= (size_t)n;
        }
    }
    if (fd >= 0 && close(fd) != 0 && rc == 0)
        rc = errno;
    return rc;
}

static void exported(void *arg, const char *text, const struct error *err)
{
    struct person *p = arg;
    int rc = err ? 0 : write_new(p->file, text);
    if (err)
        ui_say(p->ui, true, "%s", err->text);
    else if (rc)
        ui_say(p->ui, true, "%s: %s", p->file, strerror(rc));
    else
        ui_say(p->ui, false, "All that is held on %s is in %s", p->name, p->file);
    person_free(p);
}

static int export_visitor(struct ui *ui, const char *file, struct error *err)
{
    struct person *p = person_new(ui, file, err);
    if (p == NULL)
        return err->code;
    client_visitor_export(ui->client, p->id, exported, p);
    return 0;
}

static void erased(void *arg, const struct error *err)
{
    struct person *p = arg;
    if (err)
        ui_say(p->ui, true, "%s", err->text);
    else
        ui_say(p->ui, false, "Nothing is held on %s any more", p->name);
    person_free(p);
}

static int erase_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    const struct person *asked = arg;
    (void)err;
    if (strcmp(form_value(f, 0), "erase") != 0)
        return error_set(err, ERR_INVALID, NULL, "Type the word erase");
    struct person *p = x_calloc(1, sizeof *p);
    *p = (struct person){ui, x_strdup(asked->id), x_strdup(asked->name), NULL};
    client_visitor_erase(ui->client, p->id, erased, p);
    return 0;
}

static int erase_visitor(struct ui *ui, struct error *err)
{
    struct person *p = person_new(ui, NULL, err);
    if (p == NULL)
        return err->code;
    AUTO_FREE char *text = x_asprintf("All chats, messages and files of %s go, for good and everywhere. Type \"erase\".",
                                      p->name);
    struct form *f = form_new(ui, "Erase visitor", text, "Erase", erase_accepted, p, person_free);
    form_add(f, FIELD_TEXT, "Word", "", NULL);
    form_show(f);
    return 0;
}

int action_person(struct ui *ui, enum command_id id, const struct command_args *a, struct error *err)
{
    switch (id) {
    case CMD_VISITOR_EXPORT:
        return export_visitor(ui, a->rest, err);
    case CMD_VISITOR_ERASE:
        return erase_visitor(ui, err);
    default:
        return ERR_NOT_FOUND; /* a command of a pane */
    }
}
