/* A whole workspace as one document: settings by id, departments, canned responses and records by name, so that it fits any
   server. Written from the core, and read into one command that is all or nothing. */
#ifndef SERVER_WORKSPACE_H
#define SERVER_WORKSPACE_H

#include <jansson.h>

#include "core/core.h"
#include "server/server.h"
#include "server/setting_form.h"

/* {departments:[…], cannedResponses:[…], tags:[…] …} sorted by name; private canned responses and what only this server can know
   (ids, counters) are left out. New reference. Settings are not in it. */
json_t *workspace_records(const struct core *c);

/* A document on its way in. */
struct workspace_plan {
    struct setting_form settings;
    struct command *steps;
    size_t n;
    json_t *changes;               /* [{kind, name, action:"create"|"update"}] of the records */
    json_t *faults;                /* [{path:"departments/0/email", error, errorType}] */
    json_t *paths;                 /* of the steps, beside them */
    json_t *documents;             /* what the commands borrow from */
    json_t *new_ids;               /* of departments that are to be made, by name */
    void **blocks;                 /* lists the commands point to */
    size_t block_count;
};

/* Reads the document; keys and entries that are absent stay as they are. All faults are in plan->faults. */
void workspace_plan_read(struct workspace_plan *p, const struct core *c, const json_t *document);
void workspace_plan_fini(struct workspace_plan *p);

#endif
