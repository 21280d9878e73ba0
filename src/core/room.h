/* Rooms of type "l": one chat of one visitor, with its inquiry (its place in the queue) and its subscriptions. */
#ifndef CORE_ROOM_H
#define CORE_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <bsd/sys/tree.h>
#include <uthash.h>

#include "core/deadline.h"
#include "core/message.h"
#include "core/user.h"
#include "core/visitor.h"

struct department;
struct step;

/* State of the inquiry (behaviour 4). */
enum inquiry_status { INQUIRY_NONE, INQUIRY_READY, INQUIRY_QUEUED, INQUIRY_TAKEN };

const char *inquiry_status_name(enum inquiry_status s);    /* "ready", "queued", "taken" */

/* At most one per open room; gone when the room is closed. */
struct inquiry {
    char *id;
    enum inquiry_status status;
    int64_t ts_ms, queued_ms, taken_ms, updated_ms;
    int64_t order;             /* queueOrder: 0 with a priority, 1 without */
    int64_t wait_min;          /* estimatedWaitingTimeQueue, minutes */
    int64_t service_at_ms;     /* estimatedServiceTimeAt */
    int64_t rank_ms;           /* derived: when it is due, where chats age; else 0 */
    struct user *default_agent;
    char *first_text;          /* message: the first text */
    char *offered_id;          /* the user it is offered to, or NULL */
    int64_t offer_until_ms;
    char *declined;            /* ids of users who have declined it or let it pass: ",a,b,"; or NULL */
};

/* A place in a line of queued chats. */
struct spot {
    struct room *room;
    size_t size;               /* of the part of the tree below, itself included */
    RB_ENTRY(spot) entry;
};

/* One user in one open room. */
struct subscription {
    char *id;
    struct room *room;
    struct user *user;
    int64_t ts_ms, last_seen_ms, updated_ms;
    int unread;
    bool alert, open;
    int64_t counted;           /* derived: how much of the load of its user it is; 0: nothing */
    uint64_t mark;             /* the store's: number of the last message its row knows of */
    LIST_ENTRY(subscription) of_room, of_user;
};

/* Seconds and moments of behaviour 21.1; 0: not yet. */
struct room_metrics {
    int64_t asked_ms;          /* v.lq */
    int64_t replied_ms;        /* servedBy.lr */
    int64_t response_total, response_tt, response_first_s, response_first_ms;
    int64_t reaction_first_s, reaction_first_ms, reaction_tt;
    int64_t chat_duration_s, service_duration_s;
    int64_t silence_s;         /* visitorInactivity (21.2), written at close; -1: none */
    int64_t said, agent_said;  /* messages of people: all, and those of agents */
};

/* A user wants the visitor to get the transcript by mail when the chat ends (behaviour 19.1). */
struct transcript_request {
    char *email;               /* NULL: nobody asked */
    char *subject;             /* or NULL: the usual one */
    char *by_id, *by_username; /* who asked */
    int64_t requested_ms;
};

/* Targets of service: target.c. */
enum target { TARGET_FIRST_REPLY, TARGET_NEXT_REPLY, TARGET_RESOLUTION, TARGET_COUNT };
enum target_state { TARGET_RUNNING, TARGET_WARNING, TARGET_BREACH };

const char *target_name(enum target t);                    /* "first-reply", "next-reply", "resolution" */
const char *target_state_name(enum target_state s);        /* "running", "warning", "breach" */
enum target_state core_target_state(const struct room *r, enum target t);

struct room {
    char *id;
    uint64_t no;               /* order of creation */
    struct visitor *visitor;   /* never NULL */
    char *fname;               /* shown name */
    struct department *department;
    char *department_id;       /* stays when the department is removed */
    int64_t ts_ms, lm_ms, updated_ms, queued_ms, closed_ms;
    int64_t msgs, users_count;
    bool open, waiting_response, on_hold;
    enum presence visitor_status;
    int64_t visitor_last_message_ms;
    struct user *served_by;
    int64_t served_ms;
    char *response_by_id, *response_by_username;
    int64_t response_by_ms;
    char *closer;              /* "user" or "visitor" */
    char *closed_by_id, *closed_by_username;
    char *source_type, *source_id, *source_alias, *source_label;
    char **tags;
    int tag_count;
    char *topic, *livechat_data, *priority_id;
    char *disposition;         /* what became of it: one of the codes of the setting, or NULL */
    uint32_t targets_told;     /* enum target_state of each target, two bits */
    char *survey;              /* JSON object text: what the visitor thought of the chat, or NULL */
    char *consent_text;        /* asked for before the chat, as it stood then ("": the widget's own words); NULL: no consent
                                  was required (behaviour 13) */
    int64_t hold_close_ms;     /* when it is closed, if it is still on hold then; 0: never */
    char *hold_close_text;     /* what is said then; "" or NULL: the standard words */
    int64_t spared_ms;         /* what was answered before does not make its visitor one who abandoned it */
    int64_t transfer_due_ms;   /* when it goes to another agent, if this one says nothing; 0: never */
    int64_t transferred_ms;    /* when that happened; 0: not yet */
    struct message *last_message;  /* owned copy, or NULL */
    bool hides_last;               /* and nobody is shown it: Store_Last_Message was off when it came */
    struct inquiry inquiry;
    struct transcript_request transcript;
    struct room_metrics metrics;
    LIST_HEAD(, subscription) subscriptions;
    uint64_t mark;             /* the store's: number of the last message its row knows of */
    /* Derived. */
    struct deadline_list deadlines;
    int64_t reach;             /* the highest tier of agents it may go to by now */
    bool skills_relaxed;       /* it has waited so long that skills do not matter any more */
    bool is_quiet;             /* nobody has spoken for so long that it is no load */
    struct chat_class *class;  /* READY or QUEUED, while classes are kept: fit.h */
    RB_ENTRY(room) of_class;
    int64_t predicted_ms;      /* when the silence of its visitor is abandonment (behaviour 16.2); 0: nothing is predicted */
    enum inquiry_status waits_as;  /* the index it stands in: ready, queued, or none */
    size_t told_place;         /* the server's: place in the queue that the visitor was told last; 0: none */
    uint64_t why;              /* hash of the last decision that chose nobody */
    uint64_t asked_no;         /* the routing service is being asked for it, by this number; 0: it is not */
    uint64_t asked_at;         /* how often somebody had become free by then */
    void (*on_answer)(struct step *s, struct room *r);     /* what is done with the answer */
    bool is_aside;             /* READY, but asked for: in no index meanwhile */
    TAILQ_ENTRY(room) asked;   /* those that are asked for */
    LIST_ENTRY(room) of_visitor;
    TAILQ_ENTRY(room) entry;   /* all open rooms, in order of creation */
    RB_ENTRY(room) ready;      /* READY: among those of the department, or without one */
    struct spot spot, spot_of_all; /* QUEUED: in the line of the department (or without one), and of all */
    RB_ENTRY(room) due;        /* QUEUED: by the moment it came into the queue */
    UT_hash_handle by_id, by_inquiry;
};

/* The subscription of that user, or NULL. */
struct subscription *room_subscription(const struct room *r, const struct user *u);

#endif
