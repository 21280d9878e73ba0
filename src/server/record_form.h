/* Administrative records as clients and files send them: rights, what the core cannot know (time zones), one step of the
   core. Serves REST, realtime and the import of settings files. */
#ifndef SERVER_RECORD_FORM_H
#define SERVER_RECORD_FORM_H

#include <jansson.h>

#include "common/jsonw.h"
#include "core/core.h"
#include "server/schema.h"
#include "server/server.h"

/* The rights of behaviour 1.2: who sees and who changes records of that kind. */
bool record_may_read(const struct core *c, const struct user *u, enum record_kind kind);
bool record_may_write(const struct core *c, const struct user *u, enum record_kind kind);

/* Of an object only the keys that the kind has as fields. New reference; data may be NULL. */
json_t *record_known(enum record_kind kind, const json_t *data);

/* A form: id NULL makes a new record, else keys that are absent keep their stored values. new_id: as in the command.
   -> result->record. Rights are the caller's to check, here and below. */
int record_form_save(struct server *s, const struct user *by, enum record_kind kind, const char *id, const char *new_id,
                     const json_t *values, struct result *result);
int record_form_remove(struct server *s, const struct user *by, enum record_kind kind, const char *id,
                       struct result *result);

/* --- the pair for files: what record_values gives, record_put takes, here or on another server --------------------- */

/* All fields and "_id". New reference. */
json_t *record_values(const struct record *r);
/* The record of that id has exactly these fields afterwards ("_id" among them does not count); made when it is not
   there. id NULL: a new one, or for the default business hour the one there is. */
int record_put(struct server *s, const struct user *by, enum record_kind kind, const char *id, const json_t *values,
               struct result *result);

/* {unitData, unitMonitors, unitDepartments} of the calls for units (rest 11.2), its pattern, and the values of a record
   made of one that has passed it (new reference). */
extern const struct schema unit_form_schema;
json_t *record_unit_values(const json_t *form);

/* The business hour that there must be from the first start (behaviour 10.1). */
int record_first_start(struct server *s, struct error *e);

/* --- the form of rest 2 (shape_record.c) --------------------------------------------------------------------------- */

/* All keys of the object. now_ms: the moment whose offsets from UTC a business hour shows. */
void shape_record_fields(struct jsonw *w, const struct core *c, const struct record *r, int64_t now_ms);
void shape_record(struct jsonw *w, const char *key, const struct core *c, const struct record *r, int64_t now_ms);
/* config: what a visitor's widget needs of triggers and custom fields (widget 2). */
void shape_config_records(struct jsonw *w, const struct core *c);

#endif
