/* What the files of the core share among themselves. Nobody else includes this. */
#ifndef CORE_INTERNAL_H
#define CORE_INTERNAL_H

#include <stdarg.h>

#include "common/buf.h"
#include "common/id.h"
#include "common/jsonw.h"
#include "common/mem.h"
#include "core/core.h"
#include "core/hours.h"

#define ROCKET_CAT "rocket.cat"

TAILQ_HEAD(department_list, department);
RB_HEAD(deadline_tree, deadline);
RB_HEAD(due_tree, room);
RB_HEAD(busy_tree, department);
TAILQ_HEAD(room_list, room);
TAILQ_HEAD(visitor_list, visitor);


struct settings {
    setting_no *recent;                /* look-ups by id, found again by the address of the text */
    struct setting_value *values;      /* by setting_no */
    struct setting_value *forced;      /* by setting_no, for tests: what counts instead; NULL: nothing is forced */
    bool *is_forced;
    struct setting_state *states;      /* user_id is owned */
    uint64_t revision;                 /* number of the newest change */
    uint64_t generation;               /* counts whatever may change a value in force */
    uint32_t *rights;                  /* by row of right_rows */
};

struct people {
    struct user *by_id, *by_username, *by_email;
    struct department *departments_by_id;
    struct department_list departments;
    uint64_t department_no, user_no;
    struct pool pool;                  /* all agents, for chats without department */
    int agent_count, online_count, eligible_count, bot_count;
    uint64_t freed_no;                 /* how often somebody became free for a chat */
};

struct chats {
    struct room *by_id, *by_inquiry;
    struct room_list open;
    struct room_list asked;            /* the routing service is being asked for them: ask.c */
    uint64_t ask_no;
    struct ready_tree ready;           /* those without department */
    struct chat_class_tree classes;    /* likewise, by what they need */
    struct spot_tree line;             /* likewise, queued */
    struct spot_tree all;              /* all queued chats, in the order of service */
    struct due_tree due;               /* likewise, by the moment they came */
    struct busy_tree busy;             /* departments with queued chats, by creation */
    size_t queued_count;
    size_t waiting_count;              /* those without department, queued or not */
    uint64_t room_no;
    struct visitor *visitors_by_token, *visitors_by_id;
    struct visitor_list idle_visitors; /* without open chat, oldest first */
    size_t idle_count;
    struct manager *managers;          /* by username: manager.c */
};

/* Things that stay readable until the next step. */
struct graves {
    struct grave {
        void *p;
        void (*bury)(void *p);
    } *items;
    size_t n, cap;
};

RB_HEAD(record_tree, record);

/* The records of one kind. */
struct record_set {
    struct record *by_id;
    struct record_tree by_name;
};

/* A business hour in use: its calendar, and how it stands. */
struct hour {
    struct record *record;
    struct hours *plan;
    bool is_open;                      /* since its last change that was looked at */
    int64_t due_ms;                    /* when it is looked at next */
    uint64_t no;
    struct deadline_list deadlines;
    UT_hash_handle by_id;
};

struct openings {
    bool is_on, multiple;
    struct hour *by_id, *standard;     /* those in use; the default one */
    uint64_t hour_no;
    struct hour *changed;              /* when only looking: this one is as it is not yet */
    const struct zone_table *(*zones)(const char *name);
};

/* Hands out queued chats, one a delay (behaviour 14.2). */
struct worker {
    bool is_on;
    int64_t last_ms;                   /* its last round, or when it began */
    bool all_next;                     /* whose turn it is: all, or the first department made after after_no */
    uint64_t after_no;
    int64_t turns;                     /* rounds in a row that department after_no has had */
};

/* What routing asks for every agent and chat: looked up once after every change of a setting. */
struct policy {
    uint64_t generation;
    const struct method *method;       /* in force; NULL: not looked up yet */
    bool idle_counts, has_queue;
    int64_t agent_limit;               /* of the workspace; 0 or less: none */
    int64_t most_waiting;              /* in one queue; 0: any number */
    int64_t ageing_min;                /* minutes after which a chat without priority is due; 0: chats do not age */
    int64_t quiet_ms;                  /* silence after which a chat is no load; 0: it always is */
    bool has_targets;                  /* of service */
    int64_t target_ms[TARGET_COUNT], warn_ms[TARGET_COUNT];    /* 0: no such target, no warning */
};

struct core {
    struct worker worker;
    struct deadline_tree deadline_tree;    /* all of them: deadline.c */
    struct deadline_list deadlines;        /* those of nobody in particular */
    struct settings settings;
    struct fit fit;
    struct people people;
    struct chats chats;
    struct canned *canned_by_id, *canned_by_shortcut;
    struct record_set records[RECORD_KIND_COUNT];
    struct openings openings;
    struct channel *channels_by_id, *channels_by_name;
    struct graves graves;
    struct policy policy;              /* core_policy() */
    uint64_t digest;
};

/* One step under way. */
struct step {
    struct core *core;
    const struct command *cmd;
    int64_t now;
    struct id_source ids;
    struct event_list *events;
    struct result *result;
    const struct command *whole;       /* the workspace whose parts are checked, or NULL */
    bool service_is_used;              /* cmd->service was for the command itself, not for what follows from it */
    struct user **newly_eligible;      /* agents who can take a chat since this step */
    size_t newly_count, newly_cap;
};

typedef int (*step_handler)(struct step *s);

/* core.c */
char *step_id(struct step *s);                                     /* a fresh id, caller frees */
struct event *step_event(struct step *s, enum event_type type);    /* appended, filled with time and actor */
void step_bury(struct step *s, void *p, void (*bury)(void *p));
int step_fail(struct step *s, int code, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void digest_event(struct core *c, const struct event *e);
uint64_t hash_number(uint64_t hash, uint64_t v);
uint64_t hash_text(uint64_t hash, const char *s);                  /* NULL allowed */

/* setting.c */
void settings_init(struct settings *s);
void settings_fini(struct settings *s);
int step_settings(struct step *s);
int step_setting_force(struct step *s);
uint64_t setting_count_up(struct core *c, const char *id);         /* hidden counters: one more; the new value */
int settings_check(struct step *s, const struct setting_changes *all);     /* are they all settings one may change? */
void settings_change(struct step *s, const struct setting_changes *all);   /* checked before; with what follows from it */
int step_rights(struct step *s);

/* user.c */
void user_free(struct user *u);
void user_index(struct core *c, struct user *u);
void user_set_available(struct step *s, struct user *u, bool available);    /* with its event */
int step_user_save(struct step *s);
int step_user_remove(struct step *s);
int step_user_roles(struct step *s);
int step_user_status(struct step *s);
int step_user_connection(struct step *s);
int step_user_service(struct step *s);
int step_user_login(struct step *s);
int step_user_logout(struct step *s);
char *lower_dup(const char *s);                                    /* caller frees; NULL gives NULL */

/* department.c */
void department_free(struct department *d);
void department_index(struct core *c, struct department *d);
struct department_agent *department_link(struct core *c, struct department *d, struct user *u, char *id_take);
struct department_agent *department_agent_find(const struct department *d, const struct user *u);
void department_unlink(struct step *s, struct department_agent *link);
int step_department_save(struct step *s);
int step_department_remove(struct step *s);
int step_department_agents(struct step *s);

/* agent.c: who is online, who has room for a chat; the indexes that routing picks from */
int place_compare(struct pool_place *a, struct pool_place *b);
RB_PROTOTYPE(place_tree, pool_place, entry, place_compare)
void pool_init(struct pool *p);
void agent_unindex(struct core *c, struct user *u);               /* before his username, departments or existence change */
void agent_reindex(struct step *s, struct user *u);               /* after anything that matters changed; s may be of loading */
void agent_reindex_core(struct core *c, struct user *u);
void agent_reindex_all(struct step *s);

/* decision.c */
void decision_event(struct step *s, struct room *r, const struct decision *d);   /* one of its own */
void decision_of_event(struct event *e, const struct decision *d);               /* why that event happened */
uint64_t decision_hash(const struct decision *d);                  /* the same for the same reasons; never 0 */

/* method.c: the table of routing methods */
struct method {
    struct routing_flags flags;
    enum agent_rule rules[3];          /* whom it may choose; ends with RULE_NONE */
    void (*key)(const struct user *u, const struct department_agent *link, int64_t key[2]);
    void (*chosen)(struct step *s, struct user *u, struct department_agent *link);  /* his turn is used, with its event;
                                                                                       or NULL */
    bool asks;                         /* a service says whom (15.5) */
};
void turn_counts(struct step *s, struct user *u, struct department_agent *link);   /* one chat more was handed to him */
void agent_rests_from_now(struct step *s, struct user *u);         /* a chat came to him or left him */
void policy_look_up(struct core *c);
static inline const struct policy *core_policy(const struct core *c)
{
    if (c->policy.method == NULL || c->policy.generation != c->settings.generation)
        policy_look_up((struct core *)c);
    return &c->policy;
}
const struct method *method_in_force(const struct core *c);
/* What the rules look at: an agent in one pool. */
struct standing {
    const struct user *user;
    bool is_online;                    /* core_agent_is_online */
    bool is_full;                      /* core_agent_is_full, of the department of the pool */
};
enum agent_rule method_excludes(const struct method *m, const struct standing *a);  /* the first against him, or RULE_NONE */

/* routing.c */
struct user *routing_pick(struct step *s, struct department *d, const struct user *ignore, struct room *room);
enum delegation { DELEGATED, DELEGATION_ASKED, DELEGATION_FAILED };
enum delegation routing_delegate(struct step *s, struct room *r); /* assigns now, or asks a service first; or nobody can */
void routing_answered(struct step *s, struct room *r);
void routing_tell(struct step *s, struct room *r, struct decision *d);     /* unless it was told of this chat already */
void routing_tell_fallback(struct step *s, struct room *r, const struct department *from, const struct department *to,
                           enum decision_cause cause);
bool routing_is_reserved(const struct core *c, const struct room *r);  /* waits for one agent, who is full */
void routing_serve(struct step *s, struct room *r);               /* queue step of a chat that is ready (5.3) */
void routing_queue(struct step *s, struct room *r);               /* into the queue: for the worker, or to be taken */
void routing_again(struct step *s, struct room *r);               /* something about it has changed: somebody may fit now */
void routing_retry(struct step *s);                               /* chats waiting for those newly eligible */
void routing_method_changed(struct step *s);
int step_agent_next(struct step *s);

/* lead.c */
void lead_look(struct step *s, struct room *r, const char *text);  /* contact data in what the visitor said */

/* ask.c: the routing method that asks a service (15.5) */
bool ask_is_needed(const struct step *s, const struct department *d);  /* the method asks, and the step brings no answer */
/* then: once the answer is there, for routing_pick to use. */
void ask_begin(struct step *s, struct room *r, struct user *ignore, void (*then)(struct step *s, struct room *r));
void ask_end(struct core *c, struct room *r);
void asks_end(struct step *s);                                    /* whatever waits for one goes on without */
struct user *ask_named(const struct step *s, const struct department *d);  /* by the answer; he is online */
struct user *ask_pick(struct step *s, struct department *d, const struct user *ignore, struct room *room);
int step_routing_answer(struct step *s);

/* prefer.c: agents who come before the routing method */
struct preference {
    struct user *agent;                /* or NULL */
    enum preset_kind kind;
    struct user *absent[PRESET_COUNT]; /* by kind: who would have come before, but is not online; or NULL */
};
void prefer_agent(struct step *s, const struct visitor *v, struct preference *p); /* for the chat he starts: 15.8, 15.9 */
void prefer_tell(struct step *s, struct room *r, const struct preference *p);     /* the decisions */
void prefer_bot(struct step *s, struct room *r);                  /* for a new chat without preset agent (15.3) */
void prefer_remember(struct step *s, struct room *r);             /* served_by is whom the visitor had last (15.9) */

/* worker.c */
void worker_restart(struct core *c);                              /* with its delay from the beginning */
void worker_follow(struct step *s);                               /* on while there is work, after every step */
void worker_start(struct step *s, void *core);                    /* these three when they are due */
void worker_close_oldest(struct step *s, void *core);
void worker_round(struct step *s, void *core);

/* deadline.c */
int step_tick(struct step *s);

/* waiting.c: the index of chats without agent */
int service_compare(struct room *a, struct room *b);
RB_PROTOTYPE(ready_tree, room, ready, service_compare)
void waiting_update(struct core *c, struct room *r);              /* in or out, as the inquiry says */
void waiting_remove(struct core *c, struct room *r);
void waiting_asked(struct core *c, struct room *r);               /* a service is asked for it, or no more */
void waiting_reorder(struct core *c);                             /* what the order rests on was changed */
bool queue_is_full(const struct core *c, const struct department *d);  /* as many wait there as may; d NULL: without one */
void inquiry_queue(struct core *c, struct room *r, int64_t now);   /* QUEUED from now on */
struct room *ready_first(struct core *c, struct department *d);   /* d NULL: those without department */
struct department *busy_after(struct core *c, uint64_t created_no);    /* with queued chats */
struct room *queue_next(struct core *c, struct department *d, struct room *r);  /* behind r, which is of d; NULL: first */
struct room *queue_next_of_all(struct core *c, struct room *r);
struct room *queue_oldest(const struct core *c);                  /* longest in the queue, or NULL */
void inquiry_set_status(struct core *c, struct room *r, enum inquiry_status status);

/* visitor.c */
void visitor_index(struct core *c, struct visitor *v);
void visitor_touch(struct step *s, struct visitor *v);            /* latest of the idle ones; trims them */
struct visitor *visitor_adopt(struct step *s, const struct visitor *record);
void visitor_attach(struct core *c, struct visitor *v, struct room *r);
void visitor_detach(struct step *s, struct room *r);
int step_visitor_save(struct step *s);
int step_visitor_status(struct step *s);
int step_visitor_remove(struct step *s);

/* manager.c: visitors in memory by their contact manager */
void manager_link(struct core *c, struct visitor *v);             /* as v says */
void manager_unlink(struct core *c, struct visitor *v);           /* before v goes */
void manager_set(struct core *c, struct visitor *v, const char *username);  /* NULL: nobody */
void manager_remove(struct step *s, struct user *u);              /* he is no agent any more: nobody's manager (3.2) */

/* room.c */
void room_free(struct room *r);
void room_index(struct core *c, struct room *r);
void room_unindex(struct core *c, struct room *r);
struct subscription *room_subscribe(struct step *s, struct room *r, struct user *u);
void room_unsubscribe(struct step *s, struct subscription *sub);
struct event *room_event(struct step *s, enum event_type type, struct room *r);
void room_tell_subscription(struct step *s, struct subscription *sub);
void subscription_recount(struct core *c, struct subscription *sub); /* load follows; the caller reindexes the user */
void subscription_uncount(struct core *c, struct subscription *sub);
void room_move_department(struct step *s, struct room *r, struct department *to);    /* with the visitor, and its events */
void room_set_department(struct core *c, struct room *r, struct department *d);
int step_room_start(struct step *s);
int step_room_close(struct step *s);
int step_room_join(struct step *s);
int step_room_info(struct step *s);
int disposition_check(struct step *s, const char *code);          /* is it one of the setting? */
int step_room_read(struct step *s);
int step_room_show(struct step *s);
int step_room_visitor(struct step *s);
struct room *step_find_room(struct step *s);                      /* by rid or inquiry_id of the command */
int room_close(struct step *s, struct room *r, const char *closer, struct user *by, const char *comment);

/* inquiry.c */
int step_inquiry_take(struct step *s);
int step_room_return(struct step *s);
bool inquiry_is_refused(const struct core *c, const struct room *r, const struct user *u, const struct department *d);
int inquiry_assign(struct step *s, struct room *r, struct user *u);
void inquiry_give(struct step *s, struct room *r, struct user *u);     /* the same without the check */
void inquiry_requeue(struct step *s, struct room *r);             /* READY in its department; the queue step is the caller's */
void inquiry_release(struct step *s, struct room *r);             /* servedBy and subscriptions go, with leave messages */

/* forward.c */
struct transfer {
    const char *scope;                 /* "agent", "department", "queue" */
    const struct user *by;             /* NULL: the visitor */
    const char *comment;
    const struct department *from, *to;
    const struct user *to_user;
};
void transfer_tell(struct step *s, struct room *r, const struct transfer *t);    /* the message; before anything changes */
int forward_to_agent(struct step *s, struct room *r, struct user *u, const struct user *by, const char *comment);
int step_room_forward(struct step *s);

/* hold.c: chats on hold */
void hold_place(struct step *s, struct room *r, const struct user *by, const char *comment);
void hold_resume_by_visitor(struct step *s, struct room *r);      /* he wrote */
void hold_follow(struct core *c, struct room *r);                 /* the deadlines of a room, as its record says: */
void hold_close(struct step *s, void *room);
int step_room_hold(struct step *s);
int step_room_resume(struct step *s);

/* abandon.c: visitors who fall silent */
void abandon_follow(struct core *c, struct room *r);
void abandon_follow_all(struct core *c, const struct department *d);   /* its chats; NULL: all */
void abandon_spare(struct step *s, struct room *r);               /* until the next answer, or change of the settings */
void abandon_act(struct step *s, void *room);
const char *closing_words(const char *text);                      /* the standard ones when there is none */

/* unanswered.c: agents who say nothing */
void unanswered_watch(struct step *s, struct room *r);            /* an agent was assigned */
void unanswered_forget(struct core *c, struct room *r);           /* he said something */
void unanswered_follow(struct core *c, struct room *r);
void unanswered_act(struct step *s, void *room);

/* leave.c: agents who stop serving */
void leave_watch(struct step *s, struct user *u);                 /* after anything about him changed */
void leave_load(struct core *c, struct user *u);
void leave_start(struct step *s);                                 /* once after loading */
void leave_setting_changed(struct step *s);
void leave_act(struct step *s, void *user);

/* message.c */
struct message *message_post(struct step *s, struct room *r, struct message *m_take);
struct message *message_system(struct step *s, struct room *r, const char *type, const char *text,
                               const char *user_id, const char *username, const char *name, char *extra_take);
struct message *message_by_user(struct step *s, struct room *r, const char *type, const char *text,
                                const struct user *u, char *extra_take);
void message_post_late(struct step *s, const char *rid, struct message *m_take);   /* into a closed chat */
int step_message_send(struct step *s);
int step_message_update(struct step *s);
int step_message_remove(struct step *s);

/* transcript.c */
void transcript_request_clear(struct transcript_request *t);
void transcript_on_close(struct step *s, struct room *r);         /* keeps what was promised */
int step_transcript_request(struct step *s);
int step_transcript_discard(struct step *s);
int step_transcript_send(struct step *s);

/* canned.c */
void canned_free(struct canned *k);
void canned_index(struct core *c, struct canned *k);
int step_canned_save(struct step *s);
int step_canned_remove(struct step *s);

/* workspace.c */
int step_workspace(struct step *s);
bool step_department_exists(const struct step *s, const char *id); /* now, or when the step is done */
/* record.c, record_fields.c, record_kinds.c */
int record_compare(struct record *a, struct record *b);
RB_PROTOTYPE(record_tree, record, by_name, record_compare)
typedef bool (*record_item_test)(const json_t *item, const void *arg);
bool record_item_is(const json_t *item, const void *id);          /* the item is this text */
void record_drop_item(struct step *s, struct record *r, const char *field, record_item_test is_gone, const void *arg);
void record_replace(struct step *s, struct record *r, json_t *doc_take);
void record_put_live(struct step *s, struct record *r, const char *field, json_t *value_take); /* NULL: gone; no event */
/* A new document from what was sent, by the table of its kind; *doc may be set even when it fails. */
int record_document(struct step *s, const struct record_kind_row *kind, const json_t *values, json_t **doc);
void records_fini(struct core *c);
void records_forget_department(struct step *s, const struct department *d);
void records_forget_monitor(struct step *s, const struct user *u);
void departments_bind(struct core *c, enum record_kind kind);     /* which unit or hour each department has */
int step_record_save(struct step *s);
int record_check(struct step *s, json_t **doc);                   /* would step_record_save be fine? *doc is the new document */
int step_record_remove(struct step *s);

/* opening.c */
void opening_follow(struct step *s, struct user *u);              /* his role or departments changed */
void opening_follow_department(struct step *s, struct department *d);
void opening_settings_changed(struct step *s);
void opening_record_changed(struct step *s, struct record *r, bool is_gone);
void opening_load(struct core *c);
void opening_fini(struct core *c);
void opening_due(struct step *s, void *hour);                     /* DEADLINE_HOUR */
int step_hour_override(struct step *s);

/* priority.c */
int priority_find(struct step *s, const char *id, bool or_name, const struct record **out);    /* or fails */
void priority_put(struct step *s, struct room *r, const struct record *p);     /* NULL: none; events are the caller's */
void priority_tell(struct step *s, struct room *r, const struct record *p);    /* the message about it */
void priority_changed(struct step *s, const struct record *p);                 /* open chats follow; NULL: one is gone */

/* channel.c */
void channels_fini(struct core *c);
void channels_greet(struct step *s, struct user *u);              /* a new user comes into the default channels */
void channels_forget(struct step *s, struct user *u);
bool channel_load_message(struct core *c, const struct message *message, uint64_t number);  /* false: no channel's */
int channel_read(struct step *s, struct channel *ch, const struct user *u);
int channel_say(struct step *s, struct channel *ch);
int step_channel_save(struct step *s);
int step_channel_join(struct step *s);
int step_channel_leave(struct step *s);
int step_channel_direct(struct step *s);

/* offer.c */
bool offer_is_out(const struct room *r);                           /* somebody is asked just now */
bool offer_was_declined(const struct room *r, const struct user *u);   /* also: he let it pass */
bool offer_is_for_other(const struct room *r, const struct user *u);
void offer_make(struct step *s, struct room *r, struct user *u);
void offer_end(struct step *s, struct room *r);                    /* it is offered no more; nobody else is asked */
void offer_accepted(struct step *s, struct room *r, struct user *u);   /* or somebody else got it */
void offer_leave(struct step *s, struct user *u);                  /* he may be gone: then the next one is asked */
void offer_due(struct step *s, void *room);
void offers_load(struct core *c);
int step_offer_decline(struct step *s);

/* pause.c */
void pause_begin(struct step *s, struct user *u, enum pause why, int64_t seconds);
void pause_end(struct step *s, struct user *u);
void pause_due(struct step *s, void *user);
void pauses_load(struct core *c);

/* --- activity.c: when agents are there for chats (behaviour 21.4) */
void activity_follow(struct step *s, struct user *u);              /* after anything about him changed */
void activity_follow_all(struct step *s);                          /* the setting changed */
void activity_cut(struct step *s, void *user);
int step_user_resume(struct step *s);

/* quiet.c */
void quiet_watch(struct core *c, struct room *r);                  /* somebody serves it now, or it was loaded */
void quiet_spoken(struct step *s, struct room *r);
void quiet_due(struct step *s, void *room);
void quiet_follow(struct step *s);                                 /* the setting has changed */

/* target.c */
void targets_follow(struct core *c, struct room *r);               /* a chat began or was loaded */
void targets_follow_all(struct core *c);
void targets_look_up(const struct core *c, struct policy *p);      /* as the settings say now */
void targets_spoken(struct step *s, struct room *r);
void targets_due(struct step *s, void *room);

/* Lists of texts. */
char *text_trim(char *s);                                          /* without blanks at its ends, in place */
char **texts_dup(const char *const *items, int n);
void texts_free(char ***items, int *n);

#endif
