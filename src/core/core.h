/* The routing core: the domain of live chat as a pure machine. A command and the time go in, a result and a list of
   events come out; there is no clock, no input or output and no randomness inside, so the same commands give the same
   events. One thread. Everything read through pointers stays valid until the next step.

   int rc = core_step(core, &command, &result, &events);
   rc < 0: nothing happened, result.error says why (its name is the wire code of behaviour 25). */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include "common/error.h"
#include "core/canned.h"
#include "core/channel.h"
#include "core/command.h"
#include "core/decision.h"
#include "core/department.h"
#include "core/event.h"
#include "core/message.h"
#include "core/opening.h"
#include "core/record.h"
#include "core/rights.h"
#include "core/room.h"
#include "core/setting.h"
#include "core/transcript.h"
#include "core/user.h"
#include "core/visitor.h"

struct core;

struct core *core_new(void);
void core_free(struct core **c);

struct result {
    struct error error;
    struct user *user;
    struct department *department;
    struct visitor *visitor;
    struct room *room;
    struct message *message;       /* owned by the events of the step */
    struct canned *canned;
    struct record *record;
    struct channel *channel;
    bool created;                  /* room_start: a new room; message: stored now */
    bool changed;                  /* user_service, room_return …: something changed */
};

/* One step. events is cleared first. Returns 0 or a negative error code, then no event was made. */
int core_step(struct core *c, const struct command *cmd, struct result *result, struct event_list *events);

/* When the core wants a COMMAND_TICK, in ms since 1970; INT64_MAX: never. */
int64_t core_next_deadline(const struct core *c);

/* A hash over all events so far, personal data left out. */
uint64_t core_digest(const struct core *c);

/* --- reading ----------------------------------------------------------------------------------------------------- */

const struct setting_value *core_setting(const struct core *c, setting_no no);
/* The value that counts: the stored one, unless a test forces another (COMMAND_SETTING_FORCE). What core_setting_bool
   and its like give. */
const struct setting_value *core_setting_in_force(const struct core *c, setting_no no);
/* By id; the id must exist and have that type (assert). Cheap after the first call when no is kept static. */
bool core_setting_bool(const struct core *c, const char *id);
int64_t core_setting_int(const struct core *c, const char *id);
const char *core_setting_text(const struct core *c, const char *id);
/* Where its value comes from, who set it last and when. */
const struct setting_state *core_setting_state(const struct core *c, setting_no no);
/* Number of the newest change of any setting; 0: none yet. */
uint64_t core_settings_revision(const struct core *c);

/* Would this change nothing? The same value, an empty one for a secret (which leaves it), a reset of what was never set. */
bool setting_change_is_idle(const struct core *c, const struct setting_change *ch);

bool core_may(const struct core *c, const struct user *u, const char *right_id);   /* right_id must exist */
uint32_t core_right_roles(const struct core *c, int right);

struct user *core_user(const struct core *c, const char *id);
struct user *core_user_by_name(const struct core *c, const char *username);        /* any case */
struct user *core_user_by_email(const struct core *c, const char *email);
struct department *core_department(const struct core *c, const char *id);
struct department *core_department_by_name(const struct core *c, const char *name_or_id);
struct room *core_room(const struct core *c, const char *id);                      /* open ones only */
struct room *core_room_by_inquiry(const struct core *c, const char *inquiry_id);
struct visitor *core_visitor_by_token(const struct core *c, const char *token);    /* in memory only */
struct visitor *core_visitor(const struct core *c, const char *id);
struct canned *core_canned(const struct core *c, const char *id);
struct canned *core_canned_by_shortcut(const struct core *c, const char *shortcut);

/* Iteration in a fixed order: pass NULL for the first, NULL comes back behind the last. */
struct user *core_next_user(const struct core *c, const struct user *u);           /* by creation */
struct department *core_next_department(const struct core *c, const struct department *d);
struct room *core_next_room(const struct core *c, const struct room *r);           /* open ones, by creation */
struct canned *core_next_canned(const struct core *c, const struct canned *k);
size_t core_user_count(const struct core *c);
size_t core_room_count(const struct core *c);
size_t core_agents_online(const struct core *c);
size_t core_queue_length(const struct core *c);        /* inquiries that are queued */
/* Queued chats of a department (NULL: those without) in the order of service (behaviour 14.2): r NULL for the first. */
struct room *core_next_queued(const struct core *c, const struct department *d, const struct room *r);
/* Place of a chat, from 1: in its department, or without one among all queued chats (14.4). 0: it is not queued. */
size_t core_queue_place(const struct core *c, const struct room *r);

/* The rules (behaviour 3): online agent, service online for a department (NULL: in general). */
bool core_agent_is_online(const struct core *c, const struct user *u);
bool core_service_is_online(const struct core *c, const struct department *d);
/* How many chats he may have at once for that department (NULL: none), and whose number that is (3.4; of may be NULL);
   0: as many as come. */
enum limit_of { LIMIT_OF_NOBODY, LIMIT_OF_DEPARTMENT, LIMIT_OF_AGENT, LIMIT_OF_ALL };
int64_t core_agent_limit(const struct core *c, const struct user *u, const struct department *d, enum limit_of *of);
/* Load against the limit in force for that department (NULL: none). */
bool core_agent_is_full(const struct core *c, const struct user *u, const struct department *d);

/* May this user open this room (behaviour 1.3)? Open rooms only; closed ones: core_may_open_closed. */
bool core_may_open(const struct core *c, const struct user *u, const struct room *r);
bool core_may_open_closed(const struct core *c, const struct user *u, const char *served_by_id,
                          const char *department_id);
/* Does this user see this queued inquiry (15.4)? */
bool core_sees_inquiry(const struct core *c, const struct user *u, const struct room *r);
/* Does this user see this canned response (7.2)? */
bool core_sees_canned(const struct core *c, const struct user *u, const struct canned *k);

/* When a target of service of this chat is missed; INT64_MAX: it has none, or its time does not run. */
int64_t core_target_due(const struct core *c, const struct room *r, enum target t);

/* Flags of the routing method in force (15.1). */
struct routing_flags {
    const char *method;
    bool auto_assign, preview_room, show_connecting, show_queue, show_queue_link, return_queue, enable_trigger;
};
const struct routing_flags *core_routing(const struct core *c);
/* Does it ask the service of the settings (15.5)? Then commands that route bring its answer along (command.h). */
bool core_routing_asks(const struct core *c);
/* The agent the method would hand a chat of that department to now: only a look, COMMAND_AGENT_NEXT takes the step. */
struct user *core_next_agent(const struct core *c, const struct department *d);

/* --- loading (store only): records are handed over, in this order: users, departments, links, canned, records,
   visitors, rooms, subscriptions, messages newer than the rows of their rooms; then core_load_done. */
/* v NULL: the default. What state names is copied. */
void core_load_setting(struct core *c, setting_no no, const struct setting_value *v, const struct setting_state *state);
void core_load_settings_revision(struct core *c, uint64_t revision);
void core_load_right(struct core *c, int right, uint32_t roles);
void core_load_user(struct core *c, struct user *u_take);
void core_load_department(struct core *c, struct department *d_take);
void core_load_link(struct core *c, const char *department_id, const char *user_id, char *id_take, int64_t count,
                    int64_t order);
void core_load_canned(struct core *c, struct canned *k_take);
void core_load_visitor(struct core *c, struct visitor *v_take);
/* visitor_id, served_by_id, default_agent_id: resolved here; a room whose visitor is missing is dropped (false). */
bool core_load_room(struct core *c, struct room *r_take, const char *visitor_id, const char *served_by_id,
                    const char *default_agent_id);
void core_load_subscription(struct core *c, const char *rid, const char *user_id, struct subscription *s_take);
void core_load_message(struct core *c, struct message *m_take, uint64_t number);
void core_load_done(struct core *c, uint64_t guest_count, uint64_t room_count);

/* Blank records for the loader. */
struct user *user_new(void);
struct department *department_new(void);
struct room *room_new(void);
struct canned *canned_new(void);

/* Counters behind guest-N and rooms, for the store. */
uint64_t core_guest_count(const struct core *c);
uint64_t core_room_counter(const struct core *c);

#endif
