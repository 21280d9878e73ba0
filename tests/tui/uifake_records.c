/* The made-up client has no administrative records: every list is read and empty. */
#include <stdlib.h>

#include "client/record.h"
#include "common/mem.h"

static void refuse(client_done done, void *arg)
{
    struct error err = {0};
    error_set(&err, ERR_STATE, NULL, "The made-up client keeps no records");
    if (done)
        done(arg, &err);
}

const struct client_records *client_records(struct client *c, enum record_kind_no kind)
{
    static const struct client_records none = {.state = RECORDS_READY};
    (void)c;
    (void)kind;
    return &none;
}

void client_records_reload(struct client *c, enum record_kind_no kind)
{
    (void)c;
    (void)kind;
}

struct record *client_record_find(struct client *c, enum record_kind_no kind, const char *id_or_name)
{
    (void)c;
    (void)kind;
    (void)id_or_name;
    return NULL;
}

void client_record_read(struct client *c, enum record_kind_no kind, const char *id, client_record_done done, void *arg)
{
    struct error err = {0};
    (void)c;
    (void)kind;
    error_set(&err, ERR_NOT_FOUND, NULL, "There is no %.40s", id);
    done(arg, NULL, &err);
}

void client_record_save(struct client *c, enum record_kind_no kind, const char *id, const struct record_value *values,
                        client_done done, void *arg)
{
    (void)c;
    (void)kind;
    (void)id;
    (void)values;
    refuse(done, arg);
}

void client_record_delete(struct client *c, enum record_kind_no kind, const char *id, client_done done, void *arg)
{
    (void)c;
    (void)kind;
    (void)id;
    refuse(done, arg);
}

void client_record_affected(struct client *c, enum record_kind_no kind, const char *id, client_affected_done done,
                            void *arg)
{
    (void)c;
    (void)kind;
    (void)id;
    done(arg, "");
}

void client_channel_join(struct client *c, const char *rid, client_done done, void *arg)
{
    (void)c;
    (void)rid;
    refuse(done, arg);
}

void client_save_rights(struct client *c, const struct client_right_change *changes, size_t n, client_done done,
                        void *arg)
{
    (void)c;
    (void)changes;
    (void)n;
    refuse(done, arg);
}

bool client_may(const struct client *c, const char *rights)
{
    (void)c;
    return rights != NULL;
}

char *client_right_roles(const struct client *c, const char *right)
{
    (void)c;
    (void)right;
    return x_strdup("admin");
}
