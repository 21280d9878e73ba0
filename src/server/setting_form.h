/* Changes of settings as clients send them: read from JSON with all their faults, checked against what others did
   meanwhile, and carried out. One way for every endpoint and method, so that all of them are in the history. */
#ifndef SERVER_SETTING_FORM_H
#define SERVER_SETTING_FORM_H

#include <jansson.h>

#include "core/core.h"
#include "server/api.h"
#include "server/method.h"
#include "server/server.h"

struct setting_fault {
    char *id;                      /* of the setting as sent */
    struct error error;
};

/* What a request asks for. Zero it first. */
struct setting_form {
    struct setting_change *changes;
    int64_t *bases;                /* revision the sender knew, -1: he did not say; beside changes */
    size_t n;
    struct setting_fault *faults;
    size_t fault_count;
};

/* Adds [{_id, value} | {_id, reset:true}, each with base or without]; faults are gathered, all of them. */
void setting_form_read(struct setting_form *f, const json_t *list);
/* Adds one with its value. False: it is a fault now. */
bool setting_form_add(struct setting_form *f, const char *id, const json_t *value);
void setting_form_add_reset(struct setting_form *f, const char *id);
void setting_form_fini(struct setting_form *f);

/* Somebody changed it since its base, and to something else than what is asked for. */
bool setting_form_conflicts(const struct setting_form *f, const struct core *c, size_t i);

/* One step for all. The way and the address of the asker go into the history. */
int setting_form_save(const struct setting_form *f, struct server *s, const struct user *by, enum setting_via via,
                      const char *from, const char *comment, struct result *result);

/* The address for the history: "unix socket" for local ones. */
const char *setting_form_address(const char *address);

#endif
