#include "server/room_reply.h"

#include <stdlib.h>

#include "common/mem.h"
#include "server/shape.h"

struct room_wait {
    struct lookup *lookup;
    room_found done;
};

static void wait_run(struct store_reader *r, void *data)
{
    struct room_wait *wait = data;
    lookup_run(r, wait->lookup);
}

static void wait_drop(void *data)
{
    struct room_wait *wait = data;
    lookup_drop(wait->lookup);
    free(wait);
}

static void wait_done(struct api *a, void *data)
{
    struct room_wait *wait = data;
    const struct room *open = core_room(a->server->core, wait->lookup->rid);
    wait->done(a, open, open ? NULL : lookup_room(wait->lookup));
}

void api_find_room(struct api *a, const char *rid, room_found done)
{
    const struct room *open = core_room(a->server->core, rid);
    if (open || rid == NULL) {
        done(a, open, NULL);
        return;
    }
    struct room_wait *wait = x_calloc(1, sizeof *wait);
    wait->lookup = lookup_new(rid);
    wait->done = done;
    api_read(a, wait_run, wait_done, wait, wait_drop);
}

void put_any_room(struct api *a, const char *key, const struct room *open, const struct stored_room *closed,
                  bool with_department)
{
    const char *id = open ? open->department_id : closed->room->department_id;
    const struct department *d = with_department ? core_department(a->server->core, id) : NULL;
    jsonw_object(&a->w, key);
    if (open)
        shape_room_fields(&a->w, open);
    else
        shape_stored_room_fields(&a->w, closed);
    if (d) {
        jsonw_object(&a->w, "department");
        jsonw_str(&a->w, "_id", d->id);
        jsonw_str(&a->w, "name", d->name);
        jsonw_end_object(&a->w);
    }
    jsonw_end_object(&a->w);
}
