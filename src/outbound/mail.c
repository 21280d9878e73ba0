#include "outbound/mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/id.h"
#include "common/log.h"
#include "common/mem.h"
#include "outbound/mail_job.h"
#include "outbound/smtp.h"

#define SENDING_MAX 4                      /* at a time */
#define LOOK 16                            /* rows read at a time, besides those at work */
#define MINUTE 60000LL
#define HOUR (60 * MINUTE)
#define STOP_MS 2000                       /* for connections to break at the end */
#define STOP_BEAT_MS 20
#define UNADDRESSED_WAIT_MS HOUR
#define UNADDRESSED_LIFE_MS (30 * 24 * HOUR)

static const int64_t waits_ms[] = {MINUTE,   5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR,
                                   2 * HOUR, 4 * HOUR,   8 * HOUR,    12 * HOUR,   24 * HOUR};

TAILQ_HEAD(job_list, mail_job);

struct mailer {
    const struct outbound_host *host;
    const char *ca_file;
    struct store_reader *reader;           /* for the pool, one task at a time */
    struct smtp_office *office;            /* NULL until the first mail */
    uv_timer_t alarm;
    uv_work_t work;
    struct job_list jobs;
    struct mail_job *building;
    struct store_mail *found;              /* by the look that is under way */
    size_t found_count, look_limit;
    uint64_t put_seq;                      /* number of the last mail put; 0: nothing new */
    uint64_t erase_seq;                    /* no look before that is written: it would find mails of somebody erased */
    int64_t next_due_ms;                   /* that the alarm stands for; INT64_MAX: none */
    unsigned settings_no;                  /* how often the settings of mail were changed */
    bool is_at_work, wants_look, is_stale, is_stopping;   /* stale: somebody was erased during the look */
};

static void next_task(struct mailer *m);

static int64_t now_of(const struct mailer *m)
{
    return m->host->now_ms(m->host->arg);
}

static void look(struct mailer *m)
{
    m->wants_look = true;
    next_task(m);
}

/* --- the jobs --- */

static struct mail_job *find_job(const struct mailer *m, const char *id)
{
    struct mail_job *j;
    TAILQ_FOREACH(j, &m->jobs, entry)
        if (strcmp(j->mail.id, id) == 0)
            return j;
    return NULL;
}

static int count_active(const struct mailer *m)
{
    int n = 0;
    struct mail_job *j;
    TAILQ_FOREACH(j, &m->jobs, entry)
        n += j->stage != JOB_SETTLED;
    return n;
}

static void drop_job(struct mailer *m, struct mail_job *j)
{
    TAILQ_REMOVE(&m->jobs, j, entry);
    smtp_cancel(&j->delivery);
    mail_job_free(j);
}

/* The store was told how it ended; until that is written a look would find the row as it was. */
static void settle(struct mailer *m, struct mail_job *j)
{
    j->stage = JOB_SETTLED;
    j->settled_seq = store_last(m->host->store);
    m->wants_look = true;
}

static const char *kind_name(const struct mail_job *j)
{
    static const char *const names[] = {[MAIL_TRANSCRIPT] = "transcript", [MAIL_OFFLINE] = "offline message",
                                        [MAIL_TEST] = "test of an e-mail inbox"};
    return names[j->mail.kind];
}

static void drop_row(struct mailer *m, const struct mail_job *j, const char *type, const char *detail)
{
    if (j->mail.kind != MAIL_TEST)
        store_drop_mail(m->host->store, &j->mail, type, now_of(m), detail);
}

static void give_up(struct mailer *m, struct mail_job *j, int code, const char *why)
{
    AUTO_FREE char *detail = x_asprintf("{\"mail\":\"%s\",\"tries\":%d,\"code\":%d}", j->mail.id, j->mail.tries + 1, code);
    log_error("mail %s (%s) is given up after %d tries: %s", j->mail.id, kind_name(j), j->mail.tries + 1, why);
    drop_row(m, j, "mail-failed", detail);
    settle(m, j);
}

static void try_later(struct mailer *m, struct mail_job *j, int code, const char *why)
{
    size_t tries = (size_t)j->mail.tries;
    if (j->mail.kind == MAIL_TEST || tries >= COUNT_OF(waits_ms)) {
        give_up(m, j, code, why);
        return;
    }
    if (j->settings_no != m->settings_no) {
        log_info("mail %s (%s) could not be sent by the former settings, it is tried again: %s", j->mail.id, kind_name(j), why);
        store_retry_mail(m->host->store, j->mail.id, now_of(m), j->mail.tries);
        settle(m, j);
        return;
    }
    log_warn("mail %s (%s) could not be sent, next try in %lld min: %s", j->mail.id, kind_name(j),
             (long long)(waits_ms[tries] / MINUTE), why);
    store_retry_mail(m->host->store, j->mail.id, now_of(m) + waits_ms[tries], j->mail.tries + 1);
    settle(m, j);
}

static void wait_for_address(struct mailer *m, struct mail_job *j, const char *why)
{
    int64_t now = now_of(m);
    if (now - j->mail.created_ms > UNADDRESSED_LIFE_MS) {
        give_up(m, j, 0, why);
        return;
    }
    if (j->mail.due_ms == j->mail.created_ms) /* once is enough */
        log_warn("mail %s (%s) waits: %s", j->mail.id, kind_name(j), why);
    store_retry_mail(m->host->store, j->mail.id, now + UNADDRESSED_WAIT_MS, j->mail.tries);
    settle(m, j);
}

static void on_delivered(void *arg, enum smtp_outcome outcome, int code, const char *why)
{
    struct mail_job *j = arg;
    struct mailer *m = j->mailer;
    j->delivery = NULL;
    if (outcome == SMTP_SENT) {
        log_info("mail %s (%s) sent", j->mail.id, kind_name(j));
        drop_row(m, j, "mail-sent", NULL);
        settle(m, j);
    } else if (outcome == SMTP_NEVER) {
        give_up(m, j, code, why);
    } else {
        try_later(m, j, code, why);
    }
}

static void deliver(struct mailer *m, struct mail_job *j)
{
    struct error e = {0};
    if (m->office == NULL)
        m->office = smtp_office_new(m->host->loop);
    j->stage = JOB_SENDING;
    j->delivery = smtp_start(m->office, &j->setup.server, j->from, j->setup.to, &j->message, on_delivered, j, &e);
    if (j->delivery == NULL)
        try_later(m, j, 0, e.text);
}

/* --- tasks on the pool, one at a time: they share the reader, and GMime and ICU --- */

static void run_task(uv_work_t *work)
{
    struct mailer *m = work->data;
    if (m->building)
        mail_job_build(m->building, m->reader);
    else
        m->found_count = read_mails(m->reader, m->look_limit, &m->found);
}

static void on_built(struct mailer *m, struct mail_job *j)
{
    if (j->is_erased || m->is_stopping)
        drop_job(m, j);
    else if (j->built == BUILD_DONE)
        deliver(m, j);
    else if (j->built == BUILD_NO_ADDRESS)
        wait_for_address(m, j, j->failure.text);
    else if (j->built == BUILD_GONE)
        give_up(m, j, 0, j->failure.text);
    else
        try_later(m, j, 0, j->failure.text);
}

static void on_alarm(uv_timer_t *alarm)
{
    struct mailer *m = alarm->data;
    m->next_due_ms = INT64_MAX;
    look(m);
}

static void set_alarm(struct mailer *m, int64_t due_ms, int64_t now)
{
    m->next_due_ms = due_ms;
    uv_update_time(m->host->loop);
    uv_timer_start(&m->alarm, on_alarm, due_ms > now ? (uint64_t)(due_ms - now) : 0, 0);
}

static void on_found(struct mailer *m)
{
    int64_t now = now_of(m), next = INT64_MAX;
    for (size_t i = 0; i < m->found_count; i++) {
        struct store_mail *mail = &m->found[i];
        if (find_job(m, mail->id) || m->is_stale || m->is_stopping) {
            store_mail_free(mail);
        } else if (mail->due_ms > now) {
            next = mail->due_ms < next ? mail->due_ms : next;
            store_mail_free(mail);
        } else if (count_active(m) < SENDING_MAX) {
            struct mail_job *j = mail_job_new(m, mail);
            TAILQ_INSERT_TAIL(&m->jobs, j, entry);
        } else {
            store_mail_free(mail); /* looked for again when one of those at work is done */
        }
    }
    free(m->found);
    m->found = NULL;
    m->found_count = 0;
    m->wants_look = m->wants_look || m->is_stale;
    m->is_stale = false;
    if (next != INT64_MAX && !m->is_stopping)
        set_alarm(m, next, now);
}

/* Those whose end is written. A look that is under way may have begun before that and bring the row once more: until
   it is back they stay, or a mail would go out twice. */
static void drop_settled(struct mailer *m)
{
    uint64_t committed = store_committed(m->host->store);
    bool is_looking = m->is_at_work && m->building == NULL;
    struct mail_job *j, *next;
    for (j = TAILQ_FIRST(&m->jobs); j && !is_looking; j = next) {
        next = TAILQ_NEXT(j, entry);
        if (j->stage == JOB_SETTLED && j->settled_seq <= committed) {
            drop_job(m, j);
            m->wants_look = true;
        }
    }
}

static void on_task_done(uv_work_t *work, int status)
{
    struct mailer *m = work->data;
    struct mail_job *j = m->building;
    (void)status;
    m->is_at_work = false;
    m->building = NULL;
    if (j)
        on_built(m, j);
    else
        on_found(m);
    drop_settled(m);
    next_task(m);
}

static bool open_reader(struct mailer *m)
{
    struct error e = {0};
    if (m->reader == NULL)
        m->reader = store_reader_new(m->host->store, &e);
    if (m->reader == NULL)
        log_error("the store cannot be read, mails have to wait: %s", e.text);
    return m->reader != NULL;
}

static struct mail_job *first_waiting(const struct mailer *m)
{
    struct mail_job *j;
    TAILQ_FOREACH(j, &m->jobs, entry)
        if (j->stage == JOB_WAITING)
            return j;
    return NULL;
}

static size_t count_jobs(const struct mailer *m)
{
    size_t n = 0;
    struct mail_job *j;
    TAILQ_FOREACH(j, &m->jobs, entry)
        n++;
    return n;
}

static void next_task(struct mailer *m)
{
    const struct core *core = m->host->core(m->host->arg);
    if (m->is_at_work || m->is_stopping)
        return;
    m->building = first_waiting(m);
    bool may_look = m->wants_look && core_mail_is_set_up(core) && count_active(m) < SENDING_MAX &&
                    store_committed(m->host->store) >= m->erase_seq;
    if ((m->building == NULL && !may_look) || !open_reader(m)) {
        m->building = NULL;
        return;
    }
    if (m->building) {
        m->building->stage = JOB_BUILDING;
        m->building->settings_no = m->settings_no;
        if (m->building->mail.kind != MAIL_TEST)
            mail_setup_read(&m->building->setup, core, &m->building->mail, m->ca_file);
    } else {
        m->wants_look = false;
        m->look_limit = LOOK + count_jobs(m);
    }
    m->is_at_work = true;
    uv_queue_work(m->host->loop, &m->work, run_task, on_task_done);
}

/* --- what happened --- */

void mailer_put(struct mailer *m, struct store_mail *mail)
{
    char id[ID_LEN + 1];
    struct id_source source = {id_entropy()};
    id_make(&source, id);
    str_set(&mail->id, id);
    mail->due_ms = now_of(m);
    mail->created_ms = mail->created_ms ? mail->created_ms : mail->due_ms;
    store_put_mail(m->host->store, mail);
    m->put_seq = store_last(m->host->store);
    if (!core_mail_is_set_up(m->host->core(m->host->arg)))
        log_warn("mail %s waits: no mail server is set up (SMTP_Host, From_Email)", id);
}

void mailer_test(struct mailer *m, struct smtp_server *server, const char *from, const char *to, const char *name)
{
    char id[ID_LEN + 1];
    struct id_source source = {id_entropy()};
    id_make(&source, id);
    struct store_mail mail = {.id = x_strdup(id), .kind = MAIL_TEST, .name = x_strdup(name), .created_ms = now_of(m)};
    struct mail_job *j = mail_job_new(m, &mail);
    j->setup.from = x_strdup(from);
    j->setup.to = x_strdup(to);
    j->setup.server = *server;
    j->setup.server.ca_file = x_strdup(m->ca_file);
    *server = (struct smtp_server){0};
    TAILQ_INSERT_TAIL(&m->jobs, j, entry);
    next_task(m);
}

void mailer_committed(struct mailer *m)
{
    uint64_t committed = store_committed(m->host->store);
    drop_settled(m);
    if (m->put_seq && m->put_seq <= committed) {
        m->put_seq = 0;
        m->wants_look = true;
    }
    if (m->wants_look)
        next_task(m);
}

void mailer_lost(struct mailer *m)
{
    struct mail_job *j, *next;
    for (j = TAILQ_FIRST(&m->jobs); j; j = next) {
        next = TAILQ_NEXT(j, entry);
        if (j->stage == JOB_SETTLED)
            drop_job(m, j);
    }
    m->put_seq = m->erase_seq = 0;
    set_alarm(m, now_of(m) + MINUTE, now_of(m)); /* the disk is full, or worse: not at once */
}

void mailer_clock_moved(struct mailer *m)
{
    if (m->next_due_ms <= now_of(m))
        look(m);
}

void mailer_settings_changed(struct mailer *m)
{
    if (!core_mail_is_set_up(m->host->core(m->host->arg)))
        return;
    m->settings_no++;
    store_hurry_mails(m->host->store, now_of(m));
    m->put_seq = store_last(m->host->store);
}

void mailer_erase(struct mailer *m, const char *visitor_id, const char *email)
{
    struct mail_job *j, *next;
    for (j = TAILQ_FIRST(&m->jobs); j; j = next) {
        next = TAILQ_NEXT(j, entry);
        if (!str_eq(j->mail.visitor_id, visitor_id) && !(email && str_eq(j->mail.address, email)))
            continue;
        if (j == m->building)
            j->is_erased = true;
        else
            drop_job(m, j);
    }
    m->erase_seq = store_last(m->host->store);
    m->is_stale = m->is_at_work && m->building == NULL;
}

/* --- life --- */

struct mailer *mailer_new(const struct outbound_host *host, const char *ca_file)
{
    struct mailer *m = x_calloc(1, sizeof *m);
    m->host = host;
    m->ca_file = ca_file;
    m->next_due_ms = INT64_MAX;
    m->work.data = m;
    TAILQ_INIT(&m->jobs);
    uv_timer_init(host->loop, &m->alarm);
    m->alarm.data = m;
    return m;
}

void mailer_start(struct mailer *m)
{
    struct store_mail *first;
    size_t n = read_mails(store_loop_reader(m->host->store), 1, &first);
    for (size_t i = 0; i < n; i++)
        store_mail_free(&first[i]);
    free(first);
    if (n)
        look(m);
}

static void on_patience(uv_timer_t *alarm)
{
    (void)alarm; /* the loop came round */
}

void mailer_stop(struct mailer *m)
{
    uint64_t until = uv_hrtime() + STOP_MS * 1000000ull;
    m->is_stopping = true;
    struct mail_job *j, *next;
    for (j = TAILQ_FIRST(&m->jobs); j; j = next) {
        next = TAILQ_NEXT(j, entry);
        if (j != m->building)
            drop_job(m, j);
    }
    uv_timer_start(&m->alarm, on_patience, STOP_BEAT_MS, STOP_BEAT_MS);
    while (m->is_at_work || (m->office && smtp_office_count(m->office) > 0 && uv_hrtime() < until))
        uv_run(m->host->loop, UV_RUN_ONCE);
    while (!TAILQ_EMPTY(&m->jobs))
        drop_job(m, TAILQ_FIRST(&m->jobs));
    store_reader_free(&m->reader);
    smtp_office_free(&m->office);
    uv_close((uv_handle_t *)&m->alarm, NULL);
}

void mailer_free(struct mailer **m)
{
    free(*m);
    *m = NULL;
}
