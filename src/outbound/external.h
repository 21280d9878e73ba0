/* The service that says who gets a chat: routing method External Service (behaviour 15.5). GET on Livechat_External_Queue_URL
   with departmentId and ignoreAgentId where there are any; it answers {"username": …}, an agent who is online.

   Up to 10 tries in a row, without pause, for anything else: another status than 200, no JSON, nobody, or somebody who is
   not online (the rule of the documentation). Each has 5 s. At most 16 questions are asked at a time, the others wait. */
#ifndef OUTBOUND_EXTERNAL_H
#define OUTBOUND_EXTERNAL_H

#include "outbound/http.h"
#include "outbound/outbound.h"

struct external;
struct external_question;

/* Good during external_done; department_id is the one asked for. */
typedef void (*external_done)(void *arg, const struct service_answer *answer);
/* Before each try: is the answer still of use? False: the question is dropped, without done. */
typedef bool (*external_wanted)(void *arg);

/* Both borrowed for its life. */
struct external *external_new(const struct outbound_host *host, struct http_client *client);
/* Ends without done what is still asked; the loop must run once more before external_free. */
void external_stop(struct external *x);
void external_free(struct external **x);

/* Ids may be NULL, wanted too. done comes later, once, never before this returns; then, and when it is not wanted any more,
   the question is gone. */
struct external_question *external_ask(struct external *x, const char *department_id, const char *ignore_id,
                                       external_wanted wanted, external_done done, void *arg);
void external_cancel(struct external_question **q);

#endif
