/* The console's live model of one server: what it knows, kept current by REST and realtime, and what can be asked of
   it. Knows no terminal. Everything runs on one libuv loop, on its thread. Texts in the model are exactly what came
   over the wire (valid UTF-8, else hostile): whoever shows them filters them. */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "catalogue/catalogue.h"
#include "common/error.h"

struct client;

enum client_state {
    CLIENT_STARTING,    /* nothing yet */
    CLIENT_CONNECTING,  /* trying for the first time */
    CLIENT_ONLINE,      /* REST and realtime both work, the model is current */
    CLIENT_AWAY,        /* lost; trying again at retry_at_ms */
    CLIENT_DENIED,      /* login refused: a person must act */
};

enum client_delivery {
    DELIVERY_NONE,      /* somebody else's message */
    DELIVERY_OUTBOX,    /* on disk here, waiting for the server */
    DELIVERY_SENDING,
    DELIVERY_SENT,      /* acknowledged by the server */
    DELIVERY_FAILED,    /* refused; why is in failure */
};

struct client_message {
    char *id, *rid;
    int64_t ts_ms;
    char *user_id, *username, *name;   /* author; name may be NULL */
    char *text;                        /* "" when none */
    char *type;                        /* system message type, or NULL */
    char *notice;                      /* system messages: a sentence to show, made by the client; else NULL */
    char *attachment;                  /* title of the first attachment, or NULL */
    bool from_visitor, own, edited, hidden;
    enum client_delivery delivery;
    char *failure;                     /* DELIVERY_FAILED: why */
};

/* Targets of service of a chat: the worst of them. */
enum client_target { TARGET_KEPT, TARGET_NEAR, TARGET_MISSED };

/* A chat of mine (or opened by me as preview or monitor). */
struct client_room {
    char *id, *visitor_name, *visitor_username, *visitor_id, *department_id, *department, *source, *topic;
    char *served_by;                   /* username, or NULL while queued */
    char *visitor_status;              /* "online", "away", "offline" */
    char *last_text;                   /* of the last message, or NULL */
    int64_t opened_ms, last_ms, closed_ms;
    int unread;
    bool never_read;                   /* it came to me and I have not looked at it yet */
    bool open, mine, on_hold, waiting_response;   /* waiting_response: the visitor waits for an answer */
    bool preview;                      /* opened to look at, not mine */
    bool channel;                      /* a room of the staff that is looked at: visitor_name is its name with # */
    bool archived, read_only;          /* channels: nobody writes; only those whom the server lets */
    int64_t last_read_ms;              /* where the last-read marker stands; 0: everything read */
    enum client_target target;
    char *typing;                      /* name of who is typing, or NULL */
    struct client_message **messages;  /* oldest first */
    size_t message_count;
    bool history_complete, history_loading;   /* nothing older / a page is on its way */
    int64_t visible_since_ms;          /* when it came into the list */
};

struct client_inquiry {
    char *id, *rid, *visitor_name, *visitor_username, *department_id, *department, *source, *last_text;
    int64_t queued_ms;
    int position;                      /* from 1, in the server's order */
    char *reserved_for;                /* username, or NULL */
    bool is_offered;                   /* somebody is being asked whether he takes it */
    int64_t offer_until_ms;            /* I am, until then; 0: not I */
    enum client_target target;
};

enum client_setting_source {
    SETTING_SOURCE_UNKNOWN,  /* the server does not say where the value comes from */
    SETTING_SOURCE_DEFAULT,
    SETTING_SOURCE_FILE,     /* the configuration of the daemon */
    SETTING_SOURCE_USER,     /* by at at_ms */
};

struct client_setting {
    setting_no no;                     /* row of the catalogue; -1: the server has one that usher does not know */
    char *id;
    struct setting_value value;        /* as the server has it */
    bool known;                        /* the server has told it (else default) */
    bool secret_set;                   /* a secret that is set, not readable */
    enum client_setting_source source;
    char *by;                          /* SETTING_SOURCE_USER: username, or NULL */
    int64_t at_ms;                     /* and when, 0 unknown */
    int64_t revision;                  /* of the last change; 0 unknown */
};

struct client_canned {
    char *id, *shortcut, *text, *scope, *department_id, *created_by;
    char **tags;
    size_t tag_count;
};

struct client_department {
    char *id, *name;
    bool enabled;
    int agents;
};

struct client_agent {
    char *id, *username, *name, *status, *service;   /* presence; "available" or "not-available" */
};

/* The open chats that somebody serves in one department. */
struct client_load {
    char *id;                      /* of agent and department */
    char *username, *status;       /* presence */
    char *department;              /* name, or NULL: chats without one */
    int chats;
};

struct client_me {
    char *id, *username, *name, *status;             /* presence */
    bool available;                                   /* service status */
    bool is_agent, is_manager, is_admin;
    char *pause;                                      /* why no chats come for a while: "wrap-up", "offers"; or NULL */
    int64_t pause_until_ms;
};

struct client_model {
    enum client_state state;
    char *server;                  /* shown in the status line: "embedded core" or the address */
    char *server_version;
    char *notice;                  /* why away or denied, one sentence; or NULL */
    char *visitor_page;            /* address of the page for visitors, or NULL */
    int64_t retry_at_ms;
    int latency_ms;                /* of the last round trip, -1 unknown */
    bool is_usher;                 /* the server answers under /usher/v1 */
    char *routing_method;
    struct client_me me;
    struct client_room **rooms;          size_t room_count;       /* order of arrival */
    struct client_inquiry **queue;       size_t queue_count;      /* in the server's order */
    struct client_setting *settings;     size_t setting_count;    /* catalogue order */
    bool keeps_setting_history;    /* the server answers GET /usher/v1/settings */
    int64_t settings_revision;     /* of the whole, when the settings were last read; 0 unknown */
    struct client_canned **canned;       size_t canned_count;     /* by shortcut */
    struct client_department **departments; size_t department_count;
    struct client_agent **agents;        size_t agent_count;
    struct client_load *load;            size_t load_count;       /* most chats first; as client_read_load found it */
    int outbox_count;              /* messages waiting on disk */
    bool may_edit_settings, may_see_queue, may_see_load, may_save_canned;   /* rights, as far as known */
};

/* What changed, as bits. */
enum client_change {
    CLIENT_CHANGED_STATE = 1,       /* state, latency, me, notice */
    CLIENT_CHANGED_QUEUE = 2,
    CLIENT_CHANGED_ROOMS = 4,       /* the list: names, unread, typing, order */
    CLIENT_CHANGED_MESSAGES = 8,    /* of the room rid */
    CLIENT_CHANGED_SETTINGS = 16,
    CLIENT_CHANGED_CANNED = 32,
    CLIENT_CHANGED_PEOPLE = 64,     /* departments, agents */
    CLIENT_NEW_MESSAGE = 128,       /* a visitor wrote in a chat of mine (rid) */
    CLIENT_NEW_INQUIRY = 256,       /* a chat came into the queue */
    CLIENT_NEW_CHAT = 512,          /* a chat was assigned to me (rid) */
    CLIENT_CHANGED_RECORDS = 1024,  /* a list of record.h; rid is the id of the kind */
};

struct client_options {
    const char *url;           /* "http://…", "https://…", or NULL with unix_path */
    const char *unix_path;     /* embedded core: its socket; no password needed */
    const char *label;         /* for the status line; NULL: the url */
    const char *username;      /* remote servers */
    const char *password;      /* borrowed until client_start returns; NULL: the stored token */
    const char *token_file;    /* where to keep the token (0600), or NULL */
    const char *outbox_dir;    /* directory for the outbox (made 0700) */
    const char *ca_file;       /* further certificate authority, or NULL */
};

struct client_callbacks {
    void (*changed)(void *arg, unsigned bits, const char *rid);   /* rid may be NULL */
};

struct client *client_new(uv_loop_t *loop, const struct client_options *options,
                          const struct client_callbacks *callbacks, void *arg);
void client_start(struct client *c);                     /* connects, and again after every loss */
/* Not from inside a callback of the client. What was asked and not answered hears ERR_UNAVAILABLE first, so free the
   client before what its callbacks lead to; then the loop must run until its handles are closed (uv_run until it
   returns 0). */
void client_free(struct client **c);
const struct client_model *client_model(const struct client *c);
struct client_room *client_room_find(const struct client *c, const char *rid);

/* Everything below is asked of the server. done may be NULL; it is called once, on the loop, with err NULL on success.
   While the server is away all but client_send fail with ERR_UNAVAILABLE. */
typedef void (*client_done)(void *arg, const struct error *err);

void client_take(struct client *c, const char *inquiry_id, client_done done, void *arg);
/* disposition: a code of the server's setting, or NULL. */
void client_close(struct client *c, const char *rid, const char *comment, const char *const *tags, size_t n,
                  const char *disposition, client_done done, void *arg);
void client_decline(struct client *c, const char *rid, client_done done, void *arg);     /* what I am offered */
void client_end_pause(struct client *c, client_done done, void *arg);                    /* my pause ends now */
void client_return_to_queue(struct client *c, const char *rid, client_done done, void *arg);
void client_forward(struct client *c, const char *rid, const char *user_id, const char *department_id,
                    const char *comment, client_done done, void *arg);
/* Reads load anew: agents who are away too. */
void client_read_load(struct client *c, client_done done, void *arg);
/* On hold, or not any more. */
void client_hold(struct client *c, const char *rid, client_done done, void *arg);
void client_resume(struct client *c, const char *rid, client_done done, void *arg);
void client_set_available(struct client *c, bool available, client_done done, void *arg);

/* Opens a room: history and subscriptions. A queued chat is opened as preview. */
void client_open(struct client *c, const char *rid, client_done done, void *arg);
void client_leave(struct client *c, const char *rid);    /* close the view; a preview is dropped from the model */
void client_load_older(struct client *c, const char *rid); /* one page more, unless complete or loading */
void client_read(struct client *c, const char *rid);     /* everything in it was seen */
void client_typing(struct client *c, const char *rid, bool typing);
void client_refresh_people(struct client *c);            /* reads departments and agents again (before a choice) */

/* Stores the message in the outbox (fsync) and in the model at once; sends it now or when the server is back, once,
   in order. err: the outbox cannot be written, nothing was kept. */
int client_send(struct client *c, const char *rid, const char *text, struct error *err);
void client_resend(struct client *c, const char *message_id);    /* a DELIVERY_FAILED one again */
void client_discard(struct client *c, const char *message_id);   /* drop it */

struct client_setting_change {
    setting_no no;
    struct setting_value value;
    bool reset;                /* to the default, a secret to nothing; value is that */
};

/* A sentence about a setting; no -1: about all. */
struct client_setting_remark {
    setting_no no;
    char *text;
};

struct client_settings_answer {
    const struct client_setting_remark *consequences;  size_t consequence_count;
    const struct client_setting_remark *faults;        size_t fault_count;     /* why it was refused */
    bool conflict;             /* somebody else changed one of them meanwhile; the model will have the new values */
};

/* Called once; a is never NULL and borrowed for the call. */
typedef void (*client_settings_done)(void *arg, const struct client_settings_answer *a, const struct error *err);

/* All or nothing where the server can (/usher/v1/settings, saveSettings), else one by one: the error then says which
   were saved. With history the server refuses when one was changed since the model was read (conflict). */
void client_save_settings(struct client *c, const struct client_setting_change *changes, size_t n,
                          client_settings_done done, void *arg);
/* The same without doing it: faults and consequences. A server that cannot tell answers with neither. */
void client_try_settings(struct client *c, const struct client_setting_change *changes, size_t n,
                         client_settings_done done, void *arg);

/* One change of a setting that the server remembers. */
struct client_setting_log {
    int64_t seq, at_ms, undoes;        /* undoes: seq of the change that this one took back, or 0 */
    setting_no no;                     /* -1: usher does not know it */
    char *setting, *by, *from, *origin, *comment;
    char *before, *after;              /* as text of the value; NULL for secrets */
    bool secret;
};

typedef void (*client_log_done)(void *arg, const struct client_setting_log *rows, size_t n, const struct error *err);

/* Newest first, at most count of them, older than before (0: the newest). setting NULL: of all settings. rows are
   borrowed for the call. */
void client_read_setting_log(struct client *c, const char *setting, int64_t before, int count, client_log_done done,
                             void *arg);
/* Gives the setting the value from before that change. Refused (conflict) when it was changed again since, unless
   force. */
void client_undo_setting(struct client *c, int64_t seq, bool force, client_settings_done done, void *arg);

/* Calls a method that a button of the settings stands for; action is its one parameter {action}, or NULL: no
   parameter. text: what it answered, as lines to read. missing: this server has no such method. */
typedef void (*client_action_done)(void *arg, const char *text, bool missing, const struct error *err);
void client_run_action(struct client *c, const char *method, const char *action, client_action_done done, void *arg);

/* Saves or deletes a canned response; the server judges the right and the scope (behaviour 7). */
void client_save_canned(struct client *c, const char *id_or_null, const char *shortcut, const char *text,
                        const char *scope, const char *department_id_or_null, client_done done, void *arg);
void client_delete_canned(struct client *c, const char *id, client_done done, void *arg);

/* All that is held on a visitor, as indented JSON (text NULL: it failed), and erasing it. Servers of usher only. */
typedef void (*client_text_done)(void *arg, const char *text, const struct error *err);
void client_visitor_export(struct client *c, const char *visitor_id, client_text_done done, void *arg);
void client_visitor_erase(struct client *c, const char *visitor_id, client_done done, void *arg);

/* The address of the outside page for a chat, with my login token in it (behaviour 8): as good as a password. Made by
   servers of usher, else here from the settings that the server shows everybody. */
void client_frame_url(struct client *c, const char *rid, client_text_done done, void *arg);

/* Calls the visitor of the chat by the conference service of the server (behaviour 17.2); text: where to join. */
void client_call(struct client *c, const char *rid, client_text_done done, void *arg);

/* Why a chat went where it went, or why an agent gets none, as lines to read. Servers of usher only. */
struct client_why_line {
    int64_t ts_ms;             /* when it happened; 0: it is about this moment */
    bool is_now;               /* what stands against a waiting chat at this moment */
    bool is_detail;            /* belongs to the line before: one of the candidates */
    bool stops;                /* for this reason alone the agent gets none */
    char *text;
};
/* lines are borrowed; err: there are none. */
typedef void (*client_why_done)(void *arg, const struct client_why_line *lines, size_t n, const struct error *err);
void client_why_room(struct client *c, const char *rid, client_why_done done, void *arg);
void client_why_agent(struct client *c, const char *username, client_why_done done, void *arg);

#endif
