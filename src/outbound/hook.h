/* The webhook of the CRM (behaviour 11): what happens to chats is told to Livechat_webhookUrl by POST.

   Every event is a row in the store from the batch of its cause on, so it survives a restart. Its body is written right
   after that and stays as it is. Up to 10 tries, 10 s apart, of 5 s each; any status but 200 is a failure. The events of
   one chat are told one after the other in the order they happened, so one that fails delays only its own chat; at most 8
   are on their way at a time. Rows stay for a week after they were told or given up. */
#ifndef OUTBOUND_HOOK_H
#define OUTBOUND_HOOK_H

#include "outbound/http.h"
#include "outbound/outbound.h"

struct hooks;

/* Both borrowed for its life. */
struct hooks *hooks_new(const struct outbound_host *host, struct http_client *client);
void hooks_start(struct hooks *h);                     /* what a former process has left: when the store is open */
/* Breaks off what is under way. No pool work is left afterwards; the loop must run once more before hooks_free. */
void hooks_stop(struct hooks *h);
void hooks_free(struct hooks **h);

/* After each step, in its batch. */
void hooks_events(struct hooks *h, const struct event_list *events);
/* What a visitor left by the offline form (11.4). */
void hooks_offline(struct hooks *h, const char *name, const char *email, const char *text);
void hooks_committed(struct hooks *h);
void hooks_lost(struct hooks *h);                      /* a commit failed */
void hooks_clock_moved(struct hooks *h);
void hooks_erase(struct hooks *h, const char *visitor_id, const char *email);

/* Tells one again, whatever became of it. False: there is no such row. */
bool hooks_again(struct hooks *h, uint64_t number);

/* Sends the sample of the test button. done comes later, once; NULL for the answer: no address is set. body is what was
   sent. */
typedef void (*hooks_tested)(void *arg, const char *body, const struct http_answer *answer, const char *why);
void hooks_test(struct hooks *h, hooks_tested done, void *arg);

#endif
