/* Calls by the conference service of the server: started in one call, their address asked for in the next. */
#include <stdlib.h>
#include <string.h>

#include "client/internal.h"
#include "client/js.h"
#include "common/mem.h"

struct calling {
    client_text_done done;
    void *arg;
};

static void finish(struct calling *calling, const char *url, const struct error *err)
{
    calling->done(calling->arg, url, err);
    free(calling);
}

static void joined(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct error none = {0};
    const char *url = js_str(result, "url");
    (void)c;
    if (err == NULL && url == NULL) {
        error_set(&none, ERR_UNAVAILABLE, NULL, "The server named no address for the call");
        err = &none;
    }
    finish(arg, err ? NULL : url, err);
}

/* Codes of the diagnosis of the service, which have no words of their own. */
static void explain(const struct error *err, struct error *out)
{
    static const char *const words[][2] = {
        {"no-active-video-conf-provider", "Video calls are not set up on this server"},
        {"no-videoconf-provider-app", "No conference service is set up on this server"},
        {"video-conf-provider-not-configured", "The conference service has no address"},
    };
    *out = *err;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strstr(err->text, words[i][0]) || str_eq(err->name, words[i][0]))
            error_set(out, err->code, NULL, "%s", words[i][1]);
}

static void started(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct error own = {0};
    const char *id = js_str(js_obj(result, "data"), "callId");
    if (err)
        explain(err, &own);
    else if (id == NULL)
        error_set(&own, ERR_UNAVAILABLE, NULL, "The server started no call");
    if (own.code)
        finish(arg, NULL, &own);
    else
        call_send(c, rung_rest("POST", json_pack("{s:s}", "callId", id), "video-conference.join"), joined, arg);
}

void client_call(struct client *c, const char *rid, client_text_done done, void *arg)
{
    struct calling *calling = x_calloc(1, sizeof *calling);
    *calling = (struct calling){done, arg};
    call_send(c, rung_rest("POST", json_pack("{s:s}", "roomId", rid), "video-conference.start"), started, calling);
}
