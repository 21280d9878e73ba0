/* What reports count. A question is put together on the loop (which period, which departments the asker may see, how open
   chats stand at this moment), counted on the pool over the rows of the store, and its answer is plain JSON. */
#ifndef SERVER_NUMBERS_H
#define SERVER_NUMBERS_H

#include <jansson.h>

#include "server/server.h"
#include "store/store.h"

struct numbers;
struct zone_table;

/* Counts, on the pool: touches nothing but what it is given. Returns a new reference, NULL: no answer. */
typedef json_t *(*numbers_count)(struct numbers *n, struct store_reader *r);

struct numbers {
    int64_t from_ms, to_ms, now_ms;
    int64_t timeout_s;             /* of abandonment: the general one (behaviour 21.6) */
    const struct zone_table *zone; /* whose days and hours are meant; NULL: UTC */
    bool bounded;                  /* only some departments count: */
    bool with_none;                /* chats without one do as well */
    json_t *departments;           /* name by id: those that count, or all of them */
    json_t *agents;                /* username by id: the agents of these */
    const void *what;              /* the asker's: what is to be counted */
    numbers_count count;
    struct chat_numbers *rows;     /* chats of the period that count, oldest first */
    size_t n;
    json_t *live;                  /* open chats of the period as they were when asked: index by id, */
    struct chat_numbers *live_rows;
    size_t live_n;
    json_t *out;                   /* the answer */
};

/* department_id may be NULL: all that the user may see. */
struct numbers *numbers_new(const struct server *s, const struct user *u, const char *department_id, int64_t from_ms,
                            int64_t to_ms);
/* For api_read and call_read. */
void numbers_run(struct store_reader *r, void *numbers);
void numbers_drop(void *numbers);

/* Do chats of that department (NULL: of none) count? */
bool numbers_has(const struct numbers *n, const char *department_id);

/* The zone in which reports are read (Default_Timezone_For_Reporting). */
const struct zone_table *numbers_zone(const struct core *c);
int64_t zone_local(const struct zone_table *zone, int64_t ms);         /* the clock there, as if it were UTC */
int64_t zone_moment(const struct zone_table *zone, int64_t local_ms);  /* when the clock there shows that */

/* --- what is counted of one chat: its value, or NAN when it does not count */

typedef double (*measure)(const struct numbers *n, const struct chat_numbers *chat);

double measure_chat(const struct numbers *n, const struct chat_numbers *chat);           /* 1 */
double measure_closed(const struct numbers *n, const struct chat_numbers *chat);         /* 1, when it ended in time */
double measure_answered(const struct numbers *n, const struct chat_numbers *chat);       /* 1, when nobody waits */
double measure_waiting(const struct numbers *n, const struct chat_numbers *chat);        /* 1, when the visitor waits */
double measure_duration(const struct numbers *n, const struct chat_numbers *chat);
double measure_service(const struct numbers *n, const struct chat_numbers *chat);        /* till the last answer */
double measure_service_total(const struct numbers *n, const struct chat_numbers *chat);  /* till the end */
double measure_wait(const struct numbers *n, const struct chat_numbers *chat);           /* for the first answer */
double measure_response(const struct numbers *n, const struct chat_numbers *chat);       /* mean of its answers */
double measure_first_response(const struct numbers *n, const struct chat_numbers *chat);
double measure_reaction(const struct numbers *n, const struct chat_numbers *chat);
double measure_abandoned(const struct numbers *n, const struct chat_numbers *chat);      /* 1, when it ended in time */
double measure_abandoned_percent(const struct numbers *n, const struct chat_numbers *chat); /* 100 or 0 */
double measure_messages(const struct numbers *n, const struct chat_numbers *chat);       /* at least 1 */
double measure_agent_messages(const struct numbers *n, const struct chat_numbers *chat);

/* --- what comes of many */

struct sum {
    double total, least, most;
    int64_t n;
};
void sum_add(struct sum *s, double value);     /* NAN: nothing */
double sum_mean(const struct sum *s);          /* 0 of none */
struct sum sum_all(const struct numbers *n, measure of);

struct group {
    const char *id;                /* of the department or the agent; NULL: none */
    const char *name;              /* agents: username */
    struct sum sum;
};
enum group_by { GROUP_DEPARTMENT, GROUP_AGENT };
/* Groups with at least one chat that counts, by the beginning of their first; chats without agent are in no group of
   agents. Caller frees. */
size_t group_all(const struct numbers *n, enum group_by by, measure of, struct group **out);
/* Mean over the departments of ceil (or floor) of each one's mean. */
double mean_of_departments(const struct numbers *n, measure of, double (*round)(double));

/* Seconds that an agent was there in the period, running sessions up to now. */
int64_t session_seconds(const struct numbers *n, const struct agent_session *one);

/* "HH:MM:SS", rounded to seconds. */
json_t *json_hms(double seconds);
/* One more {title, value} of a list. */
void totals_add(json_t *list, const char *title, json_t *value_take);
/* The three times that dashboards and the analytics page begin with. */
void totals_add_productivity(json_t *list, const struct numbers *n);
/* "9AM- 10AM" and "Monday": when people say most (21.3); "-" when nobody says anything. */
json_t *busiest_time(const struct numbers *n);
json_t *busiest_day(const struct numbers *n);
/* "9AM"; of 24 too. */
void hour_name(int hour, char out[8]);

#endif
