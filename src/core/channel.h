/* Public channels (rooms of type "c"): where the people of a workspace talk among themselves, beside the chats with
   visitors. Every account is in the default ones, such as GENERAL (rest 1.11, 3.5). Direct rooms (type "d") are the same
   for a few people: nobody else reads them, finds them by name, joins or leaves. */
#ifndef CORE_CHANNEL_H
#define CORE_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <uthash.h>

struct core;
struct user;
struct channel;

/* One user in one channel. */
struct member {
    char *id;
    struct channel *channel;
    struct user *user;
    int64_t ts_ms, last_seen_ms, updated_ms;
    int unread;
    bool alert;
    uint64_t mark;                     /* number of the newest message that its row counts */
    LIST_ENTRY(member) of_channel, of_user;
};

struct channel {
    char *id, *name, *topic, *description, *announcement;     /* name is never NULL; a direct room's is its id */
    char *creator_id, *creator_username;                      /* NULL: made by the server itself */
    bool read_only, archived, is_default, is_direct;
    int64_t created_ms, updated_ms, lm_ms, msgs;
    uint64_t mark;
    /* Derived. */
    int member_count;
    LIST_HEAD(, member) members;
    UT_hash_handle by_id, by_name;
};

struct channel *core_channel(const struct core *c, const char *id);
struct channel *core_channel_by_name(const struct core *c, const char *name_or_id);    /* a leading '#' is skipped */
struct channel *core_next_channel(const struct core *c, const struct channel *ch);     /* by creation */
struct member *channel_member(const struct channel *ch, const struct user *u);         /* NULL: he is not in it */

/* May he read it: as a member, or with the right view-c-room. A direct room: as a member who has view-d-room. */
bool core_channel_allows(const struct core *c, const struct user *u, const struct channel *ch);

/* Blank records for the loader, which hands them over: channels before members, members before messages. */
struct channel *channel_new(void);
void core_load_channel(struct core *c, struct channel *ch_take);
void core_load_member(struct core *c, const char *channel_id, const char *user_id, struct member *m_take);

#endif
