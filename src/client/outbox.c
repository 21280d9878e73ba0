#include "client/outbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/js.h"
#include "client/model.h"
#include "common/log.h"
#include "common/mem.h"

#define TEXT_LIMIT (1u << 20)
#define FILE_LIMIT (8u << 20)

struct entry {
    struct outbox_item item;   /* first: items are entries */
    char *name;                /* of the file, NULL in memory only */
    int fd;                    /* holds the lock, -1 in memory only */
};

struct outbox {
    int dir_fd;                /* -1: none */
    bool in_memory;
    char *server;
    struct entry **entries;    /* by name, that is in order */
    size_t count;
    int64_t last_sequence;
    struct id_source ids;
};

static void entry_free(struct entry *e)
{
    if (e->fd >= 0)
        close(e->fd);
    free(e->item.rid);
    free(e->item.text);
    free(e->item.failure);
    free(e->name);
    free(e);
}

static bool write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t got = write(fd, p, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

/* Writes the file anew beside the old one and renames it over; the lock moves to the new file. */
static int store(struct outbox *o, struct entry *e, struct error *err)
{
    if (o->in_memory)
        return 0;
    AUTO_FREE char *temporary = x_asprintf(".%s.new", e->name);
    AUTO_JSON json_t *json = json_pack("{s:s,s:s,s:s,s:s,s:I,s:s*}", "server", o->server, "_id", e->item.id, "rid",
                                       e->item.rid, "msg", e->item.text, "ts", (json_int_t)e->item.ts_ms, "failure",
                                       e->item.failure);
    AUTO_FREE char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (text == NULL)
        return error_set(err, ERR_INVALID, NULL, "The message is not valid text");
    int fd = openat(o->dir_fd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return error_set(err, ERR_IO, NULL, "The message cannot be kept: %s", strerror(errno));
    if (!write_all(fd, text, strlen(text)) || fsync(fd) || flock(fd, LOCK_EX | LOCK_NB) ||
        renameat(o->dir_fd, temporary, o->dir_fd, e->name) || fsync(o->dir_fd)) {
        error_set(err, ERR_IO, NULL, "The message cannot be kept: %s", strerror(errno));
        unlinkat(o->dir_fd, temporary, 0);
        close(fd);
        return ERR_IO;
    }
    if (e->fd >= 0)
        close(e->fd);
    e->fd = fd;
    return 0;
}

static json_t *read_file(int fd)
{
    struct stat st;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size <= 0 || st.st_size > (off_t)FILE_LIMIT)
        return NULL;
    AUTO_FREE char *text = x_malloc((size_t)st.st_size);
    ssize_t n = read(fd, text, (size_t)st.st_size);
    return n > 0 ? js_parse(text, (size_t)n) : NULL;
}

static void load_file(struct outbox *o, const char *name)
{
    int fd = openat(o->dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB)) { /* another console sends it */
        if (fd >= 0)
            close(fd);
        return;
    }
    AUTO_JSON json_t *json = read_file(fd);
    const char *id = js_str(json, "_id"), *rid = js_str(json, "rid"), *text = js_str(json, "msg");
    if (!id || strlen(id) > ID_LEN || !rid || !text || !str_eq(js_str(json, "server"), o->server)) {
        close(fd);
        return;
    }
    struct entry *e = x_calloc(1, sizeof(*e));
    snprintf(e->item.id, sizeof(e->item.id), "%s", id);
    e->item.rid = x_strdup(rid);
    e->item.text = x_strdup(text);
    e->item.failure = x_strdup(js_str(json, "failure"));
    e->item.ts_ms = js_date(json, "ts");
    e->name = x_strdup(name);
    e->fd = fd;
    o->entries = list_append(o->entries, &o->count, e);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_message(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return d->d_name[0] != '.' && n > 5 && strcmp(d->d_name + n - 5, ".json") == 0;
}

static int open_dir(struct outbox *o, const char *dir, struct error *err)
{
    struct stat st;
    AUTO_FREE char *path = x_strdup(dir);
    for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = '\0';
        mkdir(path, 0700); /* what is missing on the way; the open below tells */
        *p = '/';
    }
    mkdir(path, 0700);
    o->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (o->dir_fd < 0)
        return error_set(err, ERR_IO, NULL, "The outbox %s cannot be used: %s", dir, strerror(errno));
    if (fstat(o->dir_fd, &st) || st.st_uid != geteuid())
        return error_set(err, ERR_IO, NULL, "The outbox %s belongs to somebody else", dir);
    if ((st.st_mode & 077) && fchmod(o->dir_fd, 0700))
        return error_set(err, ERR_IO, NULL, "Others can read the outbox %s", dir);
    return 0;
}

struct outbox *outbox_open(const char *dir, const char *server, struct error *err)
{
    struct outbox *o = x_calloc(1, sizeof(*o));
    o->dir_fd = -1;
    o->in_memory = dir == NULL;
    o->server = x_strdup(server);
    o->ids.state = id_entropy();
    if (o->in_memory)
        return o;
    if (open_dir(o, dir, err)) {
        if (o->dir_fd >= 0)
            close(o->dir_fd);
        o->dir_fd = -1;
        return o;
    }
    struct dirent **names = NULL;
    int n = scandir(dir, &names, is_message, by_name);
    for (int i = 0; i < n; i++) {
        o->last_sequence = strtoll(names[i]->d_name, NULL, 10);
        load_file(o, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return o;
}

void outbox_free(struct outbox **o)
{
    if (*o == NULL)
        return;
    for (size_t i = 0; i < (*o)->count; i++)
        entry_free((*o)->entries[i]);
    free((*o)->entries);
    free((*o)->server);
    if ((*o)->dir_fd >= 0)
        close((*o)->dir_fd);
    free(*o);
    *o = NULL;
}

int outbox_add(struct outbox *o, const char *rid, const char *text, int64_t ts_ms, struct outbox_item **item,
               struct error *err)
{
    if (!o->in_memory && o->dir_fd < 0)
        return error_set(err, ERR_IO, NULL, "The outbox cannot be written");
    if (strlen(text) > TEXT_LIMIT)
        return error_set(err, ERR_TOO_LARGE, NULL, "The message is too long");
    struct entry *e = x_calloc(1, sizeof(*e));
    id_make(&o->ids, e->item.id);
    e->item.rid = x_strdup(rid);
    e->item.text = x_strdup(text);
    e->item.ts_ms = ts_ms;
    e->fd = -1;
    /* microseconds would do as a sequence if clocks never went back */
    o->last_sequence = o->last_sequence + 1 > ts_ms * 1000 ? o->last_sequence + 1 : ts_ms * 1000;
    e->name = x_asprintf("%020lld-%s.json", (long long)o->last_sequence, e->item.id);
    if (store(o, e, err)) {
        entry_free(e);
        return err ? err->code : ERR_IO;
    }
    o->entries = list_append(o->entries, &o->count, e);
    *item = &e->item;
    return 0;
}

void outbox_set_failure(struct outbox *o, struct outbox_item *item, const char *failure)
{
    struct error err = {0};
    str_set(&item->failure, failure);
    if (store(o, (struct entry *)item, &err))
        log_warn("%s", err.text);
}

void outbox_remove(struct outbox *o, const char *id)
{
    for (size_t i = 0; i < o->count; i++) {
        struct entry *e = o->entries[i];
        if (strcmp(e->item.id, id) != 0)
            continue;
        if (!o->in_memory && unlinkat(o->dir_fd, e->name, 0) && errno != ENOENT)
            log_warn("%s: %s", e->name, strerror(errno));
        list_remove(o->entries, &o->count, i);
        entry_free(e);
        return;
    }
}

size_t outbox_count(const struct outbox *o)
{
    return o->count;
}

struct outbox_item *outbox_at(const struct outbox *o, size_t i)
{
    return &o->entries[i]->item;
}

struct outbox_item *outbox_find(const struct outbox *o, const char *id)
{
    for (size_t i = 0; id && i < o->count; i++) {
        if (strcmp(o->entries[i]->item.id, id) == 0)
            return &o->entries[i]->item;
    }
    return NULL;
}
