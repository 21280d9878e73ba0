/* One mail at work: what it needs to know of the settings, and how its text is written. mail.c drives it. */
#ifndef OUTBOUND_MAIL_JOB_H
#define OUTBOUND_MAIL_JOB_H

#include <stdbool.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/error.h"
#include "outbound/smtp.h"
#include "store/store.h"

struct mailer;

enum job_stage { JOB_WAITING, JOB_BUILDING, JOB_SENDING, JOB_SETTLED };
enum job_built { BUILD_DONE, BUILD_FAILED, BUILD_NO_ADDRESS, BUILD_GONE };

/* A copy of the settings, made on the loop for the pool. Texts are owned. */
struct mail_setup {
    char *from;                /* From_Email */
    char *to;                  /* of an offline message; "": nobody has said */
    char *language, *zone;     /* zone NULL: the system's */
    bool show_agents;
    struct smtp_server server;
};

/* From the settings as they are now, for that mail (behaviour 9.4, 19.1). out is empty before. */
void mail_setup_read(struct mail_setup *out, const struct core *c, const struct store_mail *mail, const char *ca_file);

struct mail_job {
    TAILQ_ENTRY(mail_job) entry;
    struct mailer *mailer;
    struct store_mail mail;
    enum job_stage stage;
    struct mail_setup setup;
    unsigned settings_no;      /* of the mailer, when they were read */
    bool is_erased;            /* while it was on the pool */
    /* Results of mail_job_build. */
    enum job_built built;
    struct error failure;
    char *from;                /* the address alone */
    struct buf message;
    struct smtp_delivery *delivery;
    uint64_t settled_seq;
};

struct mail_job *mail_job_new(struct mailer *m, struct store_mail *mail_take);
void mail_job_free(struct mail_job *j);

/* On the pool: reads what is to be said and writes the mail into message. */
void mail_job_build(struct mail_job *j, struct store_reader *r);

#endif
