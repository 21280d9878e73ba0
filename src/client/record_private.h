/* Inside of the records: their JSON, the calls of each kind, the lists. */
#ifndef CLIENT_RECORD_PRIVATE_H
#define CLIENT_RECORD_PRIVATE_H

#include "client/internal.h"
#include "client/record.h"

/* record_json.c */

/* What stands at a path such as "emails.0.address", or NULL. Borrowed. */
const json_t *record_json_at(const json_t *o, const char *path);
/* Puts value (taken) there; objects and lists on the way are made. */
void record_json_set(json_t *o, const char *path, json_t *value);
/* Fills v from json as the field's type says; NULL leaves v alone. */
void record_json_decode(const struct record_field *f, const json_t *json, struct record_value *v);
json_t *record_json_encode(const struct record_field *f, const struct record_value *v); /* new */
/* A record of the kind from an object of the server; NULL when it has no _id. */
struct record *record_json_read(enum record_kind_no kind, const json_t *object);
/* All fields that belong to the object itself and are not fixed. */
json_t *record_json_write(enum record_kind_no kind, const struct record *r);

/* record_hours.c */
void record_days_decode(const json_t *json, struct record_value *v);
json_t *record_days_encode(const struct record_value *v);         /* new, here and below */
void record_holidays_decode(const json_t *json, struct record_value *v);
json_t *record_holidays_encode(const struct record_value *v);
/* What livechat:saveBusinessHour takes; extended: with what only usherd knows. */
json_t *record_hours_form(const char *id, const char *type, const struct record_value *values, bool extended);

/* One save on its way. */
struct saving {
    struct client *client;
    enum record_kind_no kind;
    struct record *record;    /* wanted; id NULL: a new one */
    json_t *before;           /* as the server listed it, or NULL */
    int step;
    client_done done;
    void *arg;
};
struct record_value *saving_value(struct saving *s, const char *key);   /* must be a field */

struct record_aside {
    const char *path;         /* %s: the id; "" ends */
    const char *list_key, *item_key;
    const char *field;
};

struct record_count {
    const char *path;         /* %s: the id */
    const char *one, *many;
};

/* How a kind is read and written; "" and NULL: not at all. */
struct record_io {
    const char *list, *list_key;
    const char *otherwise;    /* instead of list on servers without it */
    bool whole;               /* the list comes in one piece */
    const char *read, *read_key;     /* of one; %s: the id, then its type; read NULL: the list has everything; read_key NULL: at top */
    struct record_aside asides[2];
    struct record_count counts[2];   /* what is lost with it: totals */
    /* The next call of a save, result being the answer to the one before (NULL at step 0). False: done. */
    bool (*save)(struct saving *s, const json_t *result, struct rung *out);
    bool reads_before_remove; /* what remove needs stands only in what read gives */
    /* before: as the server has it. */
    struct rung (*remove)(struct client *c, const struct record *r, const json_t *before);
};

const struct record_io *record_io(enum record_kind_no kind);

/* Names the field that an error of the server is about, when it is known. */
void record_fault(enum record_kind_no kind, struct error *err);

/* record_list.c */
struct records_of {
    struct client_records pub;
    json_t *raw;              /* list of the server's objects, in the order of pub.items */
    json_t *pages;            /* being read */
    bool wanted, busy, again;
    unsigned round;           /* answers of an older round are thrown away */
};
struct affected;
struct reread;
struct records {
    struct records_of of[RECORD_KIND_COUNT];
    struct affected *waiting;
    struct reread *rereads;
};
void records_init(struct client *c);
void records_fini(struct client *c);
void records_refresh(struct client *c);                       /* all that are wanted, after a reconnect */
void records_touched(struct client *c, const char *kind_id);  /* the server says that one of a kind changed */
const json_t *records_raw(struct client *c, enum record_kind_no kind, const char *id);   /* or NULL; borrowed */

/* record_affected.c */
void affected_check(struct client *c);                        /* a list came: questions may have their answer now */
void affected_drop(struct client *c);                         /* nobody asks any more */

#endif
