/* Parameters, paging, rights and the second phase of a request; replies are in reply.c. */
#include "server/api.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "server/api_private.h"
#include "server/ask.h"
#include "server/params.h"
#include "server/setting.h"
#include "server/upload.h"
#include "server/work.h"
#include "store/store.h"

const char *api_arg(const struct api *a, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < a->arg_count; i++)
        if (strcspn(a->args[i].name, "/*") == n && memcmp(a->args[i].name, name, n) == 0)
            return a->args[i].value;
    assert(!"the pattern has no such part");
    return "";
}

const char *api_str(const struct api *a, const char *name)
{
    return json_string_value(json_object_get(a->params, name));
}

const char *api_str_nonempty(const struct api *a, const char *name)
{
    const char *s = api_str(a, name);
    return s && *s ? s : NULL;
}

int64_t api_int(const struct api *a, const char *name, int64_t fallback)
{
    const json_t *v = json_object_get(a->params, name);
    if (json_is_integer(v))
        return json_integer_value(v);
    return json_is_real(v) ? (int64_t)json_real_value(v) : fallback;
}

bool api_bool(const struct api *a, const char *name, bool fallback)
{
    const json_t *v = json_object_get(a->params, name);
    return json_is_boolean(v) ? json_is_true(v) : fallback;
}

bool api_has(const struct api *a, const char *name)
{
    return json_object_get(a->params, name) != NULL;
}

json_t *api_obj(const struct api *a, const char *name)
{
    json_t *v = json_object_get(a->params, name);
    return json_is_object(v) ? v : NULL;
}

json_t *api_list(const struct api *a, const char *name)
{
    json_t *v = json_object_get(a->params, name);
    return json_is_array(v) ? v : NULL;
}

bool api_json_text(struct api *a, const char *name, json_t **out)
{
    *out = NULL;
    const char *text = api_str_nonempty(a, name);
    if (text == NULL)
        return true;
    struct error e;
    *out = params_from_json(text, strlen(text), true, &e);
    if (*out == NULL)
        api_fail_plain(a, e.text);
    return *out != NULL;
}

bool api_date(const struct api *a, const char *name, int64_t *ms)
{
    const char *text = api_str(a, name);
    return text && clock_parse(text, ms);
}

char *api_cookie(const struct api *a, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = a->cookie; p && *p;) {
        p += strspn(p, "; ");
        size_t len = strcspn(p, ";");
        if (len > n && strncmp(p, name, n) == 0 && p[n] == '=')
            return percent_decode(p + n + 1, len - n - 1, false);
        p += len;
    }
    return NULL;
}

/* --- paging --- */

static bool parse_sort(const char *text, struct paging *p)
{
    struct error e;
    json_t *sort = params_from_json(text, strlen(text), false, &e);
    bool good = json_is_object(sort);
    const char *key;
    json_t *v;
    json_object_foreach(sort, key, v) {
        double way = json_number_value(v);
        if (!json_is_number(v) || (way != 1 && way != -1)) {
            good = false;
            break;
        }
        if (p->sort_count < SORT_MAX && strlen(key) < sizeof p->sort[0].key) {
            snprintf(p->sort[p->sort_count].key, sizeof p->sort[0].key, "%s", key);
            p->sort[p->sort_count++].ascending = way == 1;
        }
    }
    json_decref(sort);
    return good;
}

static int64_t paging_number(const struct api *a, const char *name, int64_t fallback)
{
    const json_t *v = json_object_get(a->params, name);
    if (json_is_string(v)) {
        char *end;
        long long n = strtoll(json_string_value(v), &end, 10);
        return end != json_string_value(v) ? n : fallback;
    }
    return api_int(a, name, fallback);
}

bool api_paging(struct api *a, struct paging *p)
{
    const struct core *c = a->server->core;
    *p = (struct paging){0};
    int64_t standard = setting_int(c, "API_Default_Count", 50);
    int64_t most = setting_int(c, "API_Upper_Count_Limit", 100);
    p->count = paging_number(a, "count", standard);
    p->offset = paging_number(a, "offset", 0);
    if (p->offset < 0)
        p->offset = 0;
    if (p->count < 0 || (p->count == 0 && !setting_bool(c, "API_Allow_Infinite_Count", true)))
        p->count = standard;
    if (p->count > most)
        p->count = most;
    const char *sort = api_str_nonempty(a, "sort");
    if (sort == NULL || parse_sort(sort, p))
        return true;
    AUTO_FREE char *reason = x_asprintf("Invalid sort parameter provided: \"%s\"", sort);
    api_fail_details(a, "error-invalid-sort", reason, "{\"helperMethod\":\"parseJsonQuery\"}");
    return false;
}

void paging_slice(const struct paging *p, size_t total, size_t *from, size_t *n)
{
    *from = p->offset < (int64_t)total ? (size_t)p->offset : total;
    *n = total - *from;
    if (p->count > 0 && *n > (size_t)p->count)
        *n = (size_t)p->count;
}

void api_put_paging(struct api *a, const struct paging *p, size_t count, int64_t total)
{
    jsonw_int(&a->w, "count", (int64_t)count);
    jsonw_int(&a->w, "offset", p->offset);
    jsonw_int(&a->w, "total", total);
}

/* --- rights --- */

bool api_may(const struct api *a, const char *right)
{
    return a->user && core_may(a->server->core, a->user, right);
}

bool api_may_open(const struct api *a, const struct room *open, const struct stored_room *sr)
{
    if (a->user == NULL)
        return false;
    if (open)
        return core_may_open(a->server->core, a->user, open);
    return sr && core_may_open_closed(a->server->core, a->user, sr->served_by_id, sr->room->department_id);
}

/* --- two phases --- */

struct api_job {
    struct api *api;
    api_read_fn read;
    api_done_fn done;
    void *data;
    void (*drop)(void *data);
};

static void job_run(struct store_reader *r, void *data)
{
    struct api_job *job = data;
    if (r)
        job->read(r, job->data);
}

/* Who asks, after some turns. False: he may no longer, and was told so. */
static bool find_user_again(struct api *a)
{
    a->user = a->user_id ? core_user(a->server->core, a->user_id) : NULL;
    if (a->user && !a->user->active)
        a->user = NULL;
    bool needed = a->endpoint->auth == AUTH_LOGIN || a->endpoint->auth == AUTH_TOKEN, good = !needed || a->user;
    if (!good)
        api_unauthorized(a);
    return good;
}

void api_again(struct api *a)
{
    if (find_user_again(a))
        a->endpoint->run(a);
}

static void job_done(struct server *s, void *data)
{
    struct api_job *job = data;
    (void)s;
    if (find_user_again(job->api))
        job->done(job->api, job->data);
    if (job->drop)
        job->drop(job->data);
    free(job);
}

void api_read(struct api *a, api_read_fn read, api_done_fn done, void *data, void (*drop)(void *data))
{
    struct api_job *job = x_calloc(1, sizeof *job);
    *job = (struct api_job){.api = a, .read = read, .done = done, .data = data, .drop = drop};
    a->user = NULL;
    work_read(a->server, job_run, job_done, job);
}

void api_free(struct api *a)
{
    if (a->stream)
        upload_abort(a->server, a->stream);
    for (size_t i = 0; i < a->arg_count; i++)
        free(a->args[i].value);
    answers_free(&a->answers);
    json_decref(a->query);
    json_decref(a->body);
    free(a->user_id);
    free(a->token_hash);
    if (a->token)
        explicit_bzero(a->token, strlen(a->token));
    free(a->token);
    free(a->user_agent);
    free(a->host);
    free(a->cookie);
    free(a->origin);
    free(a->visitor_token);
    free(a->signature);
    free(a->target);
    buf_free(&a->out);
    buf_free(&a->headers);
    free(a);
}
