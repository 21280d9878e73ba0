#include "server/report.h"

#include <string.h>

#include "common/mem.h"

const char *report_department(const struct api *a)
{
    const char *id = api_str_nonempty(a, "departmentId");
    return id && strcmp(id, "undefined") != 0 ? id : NULL;
}

static bool read_date(struct api *a, const char *name, int64_t *ms)
{
    if (api_date(a, name, ms))
        return true;
    AUTO_FREE char *text = x_asprintf("The \"%s\" query parameter must be a valid date.", name);
    api_fail_plain(a, text);
    return false;
}

void report_ask(struct api *a, numbers_count count, const void *what, api_done_fn done)
{
    int64_t from_ms, to_ms;
    if (!read_date(a, "start", &from_ms) || !read_date(a, "end", &to_ms))
        return;
    struct numbers *n = numbers_new(a->server, a->user, report_department(a), from_ms, to_ms);
    n->count = count;
    n->what = what;
    api_read(a, numbers_run, done, n, numbers_drop);
}
