#include "server/offline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/jsonw.h"
#include "common/log.h"
#include "common/mem.h"
#include "server/options.h"
#include "server/setting.h"

struct offline_note {
    char *path;
    struct buf line;
    int error;
};

static bool looks_like_email(const char *s)
{
    const char *at = s ? strrchr(s, '@') : NULL;
    return at && at != s && strchr(at, '.') && at[1] != '.' && !strpbrk(s, " \t\r\n<>");
}

struct offline_note *offline_note_new(struct server *s, const json_t *form, struct error *e)
{
    static const char *const keys[] = {"name", "email", "message", "department", "host"};
    if (!setting_bool(s->core, "Livechat_display_offline_form", true)) {
        error_set(e, ERR_STATE, NULL, "Error sending Omnichannel offline message");
        return NULL;
    }
    if (setting_bool(s->core, "Livechat_validate_offline_email", true) &&
        !looks_like_email(json_string_value(json_object_get(form, "email")))) {
        error_named(e, ERR_INVALID, "error-invalid-email-address", "Invalid email address");
        return NULL;
    }
    struct offline_note *n = x_calloc(1, sizeof *n);
    n->path = x_asprintf("%s.offline-messages", s->options->db);
    struct jsonw w = jsonw_on(&n->line, JSONW_ISO);
    jsonw_object(&w, NULL);
    jsonw_date(&w, "ts", server_now(s));
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        jsonw_str(&w, keys[i], json_string_value(json_object_get(form, keys[i])));
    jsonw_end_object(&w);
    buf_putc(&n->line, '\n');
    return n;
}

void offline_note_write(struct store_reader *r, void *note)
{
    (void)r;
    struct offline_note *n = note;
    int fd = open(n->path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, n->line.data, n->line.len) != (ssize_t)n->line.len || fsync(fd) != 0)
        n->error = errno ? errno : EIO;
    if (fd >= 0)
        close(fd);
}

bool offline_note_is_kept(const struct offline_note *n)
{
    if (n->error)
        log_error("%s: %s", n->path, strerror(n->error));
    return n->error == 0;
}

void offline_note_free(void *note)
{
    struct offline_note *n = note;
    free(n->path);
    buf_free(&n->line);
    free(n);
}
