/* What is known of a setting besides its value: who set it, by what way, and the record of one change. */
#ifndef CORE_SETTING_H
#define CORE_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalogue/catalogue.h"

/* Where the present value comes from. */
enum setting_source { SETTING_SOURCE_DEFAULT, SETTING_SOURCE_USER, SETTING_SOURCE_FILE };

const char *setting_source_name(enum setting_source s);    /* "default", "user", "file" */

/* The way a change came. */
enum setting_via { SETTING_VIA_SERVER, SETTING_VIA_REST, SETTING_VIA_REALTIME, SETTING_VIA_CONSOLE, SETTING_VIA_FILE,
                   SETTING_VIA_UNDO };

const char *setting_via_name(enum setting_via v);          /* "server", "rest", "realtime", "console", "file", "undo" */

struct setting_state {
    enum setting_source source;
    const char *user_id;       /* who changed it last, or NULL */
    int64_t ms;                /* when; 0: never */
    uint64_t revision;         /* number of the last change; 0: never since changes are counted */
};

/* One change that is asked for. */
struct setting_change {
    setting_no no;
    struct setting_value value;
    bool reset;                /* back to the default; value is not looked at */
};

/* Several, all or nothing. */
struct setting_changes {
    const struct setting_change *items;
    size_t n;
    enum setting_via via;
    const char *from;          /* address of who asks, or NULL */
    const char *comment;       /* or NULL */
    uint64_t undoes;           /* number of the change that is taken back, or 0 */
};

/* One change that happened, as the history keeps it. Secrets: old and new are NULL. Readable until the next step. */
struct setting_record {
    setting_no no;
    uint64_t number;           /* counts all changes of settings from 1 */
    enum setting_via via;
    char *from, *comment;
    char *old_json, *new_json; /* values as JSON */
    bool old_default;          /* before it the setting had its default */
    uint64_t undoes;
};

#endif
