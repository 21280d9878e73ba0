#include "server/removal.h"

#include <stdlib.h>
#include <unistd.h>

#include "common/mem.h"
#include "server/hold.h"
#include "server/upload.h"
#include "server/visits.h"
#include "server/work.h"
#include "store/store.h"

struct removal {
    char *token, *id;                  /* one of them */
    struct visitor *visitor;
    struct store_file *files;
    size_t file_count;
    char **paths;
};

static void drop_files(struct removal *r)
{
    for (size_t i = 0; i < r->file_count; i++) {
        store_file_free(&r->files[i]);
        if (r->paths)
            free(r->paths[i]);
    }
    free(r->files);
    free(r->paths);
    r->files = NULL;
    r->paths = NULL;
    r->file_count = 0;
}

static void removal_free(void *data)
{
    struct removal *r = data;
    drop_files(r);
    free(r->token);
    free(r->id);
    visitor_free(&r->visitor);
    free(r);
}

/* In the turn of the removal: what is committed by then. rest_upload.c sees to what is not yet. */
static void removal_read_files(struct removal *r, struct store_reader *reader, const char *visitor_id)
{
    drop_files(r);
    r->file_count = read_files_of_visitor(reader, visitor_id, &r->files);
}

static void removal_search(struct store_reader *reader, void *data)
{
    struct removal *r = data;
    r->visitor = r->token ? read_visitor_by_token(reader, r->token) : read_visitor(reader, r->id);
}

static void unlink_files(struct store_reader *reader, void *data)
{
    (void)reader;
    struct removal *r = data;
    for (size_t i = 0; i < r->file_count; i++)
        unlink(r->paths[i]);
}

static void after_unlink(struct server *s, void *data)
{
    (void)s;
    removal_free(data);
}

static void after_removal(struct server *s, void *arg, bool committed)
{
    if (committed)
        work_plain(s, unlink_files, after_unlink, arg);
    else
        removal_free(arg);
}

static struct removal *removal_take_files(struct removal *r, const struct server *s)
{
    struct removal *taken = x_calloc(1, sizeof *taken);
    taken->files = r->files;
    taken->file_count = r->file_count;
    taken->paths = x_calloc(r->file_count + 1, sizeof *taken->paths);
    for (size_t i = 0; i < r->file_count; i++)
        taken->paths[i] = upload_path(s, r->files[i].id);
    r->files = NULL;
    r->file_count = 0;
    return taken;
}

static void remove_visitor(struct api *a, void *data)
{
    struct removal *r = data;
    struct server *s = a->server;
    const struct visitor *v = r->token ? core_visitor_by_token(s->core, r->token) : core_visitor(s->core, r->id);
    v = v ? v : r->visitor;
    if (v == NULL) {
        api_fail_coded(a, "invalid-token", NULL);
        return;
    }
    AUTO_FREE char *id = x_strdup(v->id), *token = x_strdup(v->token);
    removal_read_files(r, store_loop_reader(s->store), id);
    struct result result;
    struct command cmd = server_command(COMMAND_VISITOR_REMOVE, a->user);
    cmd.visitor.record = v;
    if (server_step(s, &cmd, &result) < 0) {
        api_fail_core(a, &result.error);
        return;
    }
    visits_drop(s, token);
    hold_call(s, after_removal, removal_take_files(r, s));
    struct jsonw *w = api_ok(a);
    jsonw_object(w, "visitor");
    jsonw_str(w, "_id", id);
    jsonw_date(w, "ts", server_now(s));
    jsonw_end_object(w);
    api_ok_end(a);
}

void removal_run(struct api *a, const char *token, const char *id)
{
    struct removal *r = x_calloc(1, sizeof *r);
    r->token = x_strdup(token);
    r->id = x_strdup(id);
    api_read(a, removal_search, remove_visitor, r, removal_free);
}
