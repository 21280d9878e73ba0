/* Business hours of this moment: what they would be, and opening and closing them by hand. */
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/record_private.h"
#include "client/refusal.h"
#include "common/mem.h"

struct looking {
    client_hour_done done;
    void *arg;
};

static void looked(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    struct looking *l = arg;
    const json_t *o = js_obj(body, "businessHour");
    const struct client_hour view = {js_str(o, "state"), js_str(o, "consequence")};
    (void)c;
    l->done(l->arg, err || view.state == NULL ? NULL : &view);
    free(l);
}

void client_hour_preview(struct client *c, const char *id, const struct record_value *values, client_hour_done done,
                         void *arg)
{
    const char *type = record_text(&values[record_field_find(record_kind(RECORD_HOURS), "type")]);
    if (!client_is_online(c)) {
        done(arg, NULL);
        return;
    }
    struct looking *l = x_calloc(1, sizeof *l);
    *l = (struct looking){done, arg};
    call_send(c, rung_rest("POST", record_hours_form(id, *type ? type : "custom", values, true),
                           "/usher/v1/business-hours/preview"), looked, l);
}

struct override {
    client_done done;
    void *arg;
};

static void overridden(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    struct override *o = arg;
    struct error told;
    (void)body;
    if (err && refusal_is_missing(err)) {
        error_set(&told, ERR_STATE, NULL, "This server cannot open or close business hours by hand");
        err = &told;
    }
    client_records_reload(c, RECORD_HOURS);
    o->done(o->arg, err);
    free(o);
}

void client_hour_override(struct client *c, const char *id, enum client_hour_order order, bool for_good,
                          client_done done, void *arg)
{
    struct error err;
    if (!client_is_online(c)) {
        error_set(&err, ERR_UNAVAILABLE, NULL, "The server is away");
        done(arg, &err);
        return;
    }
    struct override *o = x_calloc(1, sizeof *o);
    *o = (struct override){done, arg};
    AUTO_FREE char *escaped = rest_escape(id);
    json_t *body = order == CLIENT_HOUR_RESUME
                       ? NULL
                       : json_pack("{s:b,s:b}", "open", order == CLIENT_HOUR_OPEN, "untilTakenBack", for_good);
    struct rung rung = rung_rest(body ? "PUT" : "DELETE", body, "/usher/v1/business-hours/%s/override", escaped);
    call_send(c, rung, overridden, o);
}
