/* Administrative records: custom fields, triggers, tags, priorities, units, business hours (behaviour 2.7, 10.1, 20) and
   e-mail inboxes (rest 12).
   They are few, change seldom and are all alike: a name, and fields that a table describes (record_kinds). So they share
   one command to save, one to remove, one event each and one table of the store; what is particular to a kind is a
   function in its row. A record's document holds exactly the fields of its kind, checked and in the table's order. */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <bsd/sys/tree.h>
#include <uthash.h>

#include "common/error.h"

struct core;

enum record_kind {
    RECORD_CUSTOM_FIELD,
    RECORD_TRIGGER,
    RECORD_TAG,
    RECORD_PRIORITY,
    RECORD_UNIT,
    RECORD_BUSINESS_HOUR,
    RECORD_EMAIL_INBOX,
    RECORD_KIND_COUNT
};

struct record {
    enum record_kind kind;
    char *id;
    json_t *doc;               /* replaced as a whole by a save: values of it are good until the next step */
    int64_t created_ms, updated_ms;
    RB_ENTRY(record) by_name;
    UT_hash_handle by_id;
};

/* --- what a kind consists of --------------------------------------------------------------------------------------- */

enum field_type {
    FIELD_TEXT,
    FIELD_BOOL,
    FIELD_NUMBER,              /* a whole number; text that reads as one is converted */
    FIELD_SCALAR,              /* text, number or boolean, kept as it is */
    FIELD_TEXTS,               /* a list of texts */
    FIELD_OBJECT,              /* one object of the fields in `fields` */
    FIELD_LIST,                /* a list of such objects */
};

enum field_flag {
    FIELD_REQUIRED = 1 << 0,   /* must be there; a text must have something besides blanks */
    FIELD_UNIQUE = 1 << 1,     /* no two records of the kind have the same value (empty texts apart) */
    FIELD_DEPARTMENTS = 1 << 2,/* ids of departments (a text: of one), which must exist; an id leaves when its department
                                  is removed */
    FIELD_LIVE = 1 << 3,       /* how it stands, not what it is meant to be: no save touches it, and files go without it */
};

struct record_field {
    const char *name;
    enum field_type type;
    unsigned flags;
    int64_t min, max;          /* number: value; text: characters; lists: items (max of each text: RECORD_TEXT_MAX) */
    const char *const *choices;            /* of a text, NULL-terminated, or NULL: any */
    const struct record_field *fields;     /* of objects, ends with a row without name */
    const char *standard;      /* JSON text of the value when absent, or NULL: stays absent */
};

#define RECORD_TEXT_MAX 200    /* characters of an item in a list of texts */
#define RECORD_ID_MAX 100      /* bytes of an id, where it is chosen by whoever makes the record */

struct step;

struct record_kind_row {
    const char *name;                      /* "custom-field": in the store, in files */
    const char *label;                     /* "custom field": in sentences */
    const char *by;                        /* the field that lists are ordered by */
    const struct record_field *fields;     /* ends with a row without name */
    struct { const char *name, *text; }    /* errors: there is no such record to change, or to remove */
        unknown, unknown_remove;
    const char *duplicate;                 /* error name: the value of a unique field is taken */
    bool has_secrets;                      /* passwords in it: not in files, not in the log of what routing rests on */
    /* Beyond the table. check may change doc; self is NULL for a new one. 0 or step_fail. */
    int (*check)(struct step *s, json_t *doc, const struct record *self, const char *new_id);
    int (*check_remove)(struct step *s, const struct record *r);
    void (*changed)(struct step *s, const struct record *r);   /* after a save; NULL: after a removal */
};

extern const struct record_kind_row record_kinds[RECORD_KIND_COUNT];

/* By name; false: there is no such kind. */
bool record_kind_find(const char *name, enum record_kind *out);

/* --- reading one --------------------------------------------------------------------------------------------------- */

const char *record_name(const struct record *r);                       /* the text of the field `by`, never NULL */
const char *record_text(const struct record *r, const char *field);    /* NULL when absent or no text */
int64_t record_int(const struct record *r, const char *field, int64_t fallback);
bool record_bool(const struct record *r, const char *field);           /* false when absent */
const json_t *record_list(const struct record *r, const char *field);  /* NULL when absent or no list */
bool record_lists(const struct record *r, const char *field, const char *text);    /* is text an item of that list? */

/* --- reading them all ---------------------------------------------------------------------------------------------- */

struct record *core_record(const struct core *c, enum record_kind kind, const char *id);
struct record *core_record_by_name(const struct core *c, enum record_kind kind, const char *name);
/* In the order of their names: NULL for the first, NULL comes back behind the last. */
struct record *core_next_record(const struct core *c, enum record_kind kind, const struct record *r);
size_t core_record_count(const struct core *c, enum record_kind kind);

/* May this value be stored in that custom field of that scope ("visitor", "room"; behaviour 20.2)? The regular
   expression must be found in it, a select takes its options only, a required one must not be empty; an empty value of
   another is good. ERR_NOT_FOUND: there is no such field in that scope; ERR_INVALID: err->text is
   "Invalid value for <name> field". */
int core_custom_field_check(const struct core *c, const char *scope, const char *name, const char *value,
                            struct error *err);

/* "HH:mm" of a business hour as minutes of the day; -1 when it is none. */
int record_minutes_of(const char *hh_mm);

struct user;
struct department;
/* Units restrict monitors (behaviour 20.6): as soon as there is one, who is monitor but neither administrator nor
   manager sees only the departments of his units. */
bool record_unit_has_monitor(const struct record *unit, const char *user_id);
bool core_unit_restricts(const struct core *c, const struct user *u);
/* Does he see this department (NULL: chats without one)? */
bool core_unit_allows(const struct core *c, const struct user *u, const struct department *d);

/* --- loading (store only) ------------------------------------------------------------------------------------------ */

/* After the departments. doc is checked loosely: what an older version wrote stays readable. */
struct record *record_new(enum record_kind kind, char *id_take, json_t *doc_take);
void core_load_record(struct core *c, struct record *r_take);

#endif
