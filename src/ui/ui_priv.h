/* Inside of ui/: the parts of a console and how they find each other. */
#ifndef UI_UI_PRIV_H
#define UI_UI_PRIV_H

#include "ui/keymap.h"
#include "ui/pane.h"
#include "ui/ui.h"

enum view { VIEW_QUEUE, VIEW_CHATS, VIEW_SETTINGS, VIEW_CANNED, VIEW_ADMIN, VIEW_COUNT };

enum pane_no { PANE_QUEUE, PANE_CHATS, PANE_CHAT, PANE_COMPOSER, PANE_SETTINGS, PANE_CANNED, PANE_ADMIN, PANE_COUNT };

#define POPUP_MAX 6
#define SAID_MAX 50

struct chat_views;
struct settings_draft;

/* What the console said in its status line. */
struct said {
    char *text;
    bool is_error;
    bool is_notice; /* of something outside; else the answer to what the user did */
};

struct ui {
    uv_loop_t *loop;
    struct client *client;
    const struct client_model *model;
    struct term *term;
    struct ui_callbacks callbacks;
    void *arg;
    int64_t (*now_ms)(void);
    bool no_bell, started, quitting;

    struct theme theme;
    struct keymap *keymap;
    char *theme_ref, *keymap_ref, *user_dir, *data_dir;

    enum ui_layout layout;
    enum view view;
    bool narrow; /* one pane at a time, decided by the layout */
    struct pane *panes[PANE_COUNT];
    enum pane_no focus;
    enum pane_no view_focus[VIEW_COUNT]; /* where the keys were when the view was left */
    struct rect divider[3];              /* lines between panes; h or w 0: none */

    struct pane *popups[POPUP_MAX];
    int popup_count;
    struct pane *prompt; /* has the keys while not NULL; drawn in the last line */

    struct chat_views *chats;
    struct settings_draft *settings;

    struct key pending[KEYMAP_SEQUENCE_MAX];
    size_t pending_count;

    struct said said[SAID_MAX]; /* newest last */
    int said_count;
    int said_at;   /* shown until the next key, or until the server is lost; -1: none */
    int said_next; /* the newest notice, when it has to wait for that; -1: none */
    bool was_online;
    char *taking;  /* the chat that was last taken here: that it is mine then is no news */

    bool layout_dirty, all_dirty;
    uv_timer_t frame, tick, alarm;
    int64_t last_frame_ms;
    int open_handles;
};

static inline struct pane *ui_pane(struct ui *ui, enum pane_no no)
{
    return ui->panes[no];
}

/* ui.c */
int64_t ui_now(const struct ui *ui);
void ui_dirty(struct ui *ui, enum pane_no no);
void ui_dirty_all(struct ui *ui);
struct pane *ui_target(struct ui *ui); /* who gets the keys */
size_t ui_contexts(struct ui *ui, const struct pane *p, unsigned out[8]);
bool ui_owns_focus(const struct ui *ui, const struct pane *p);
void ui_schedule(struct ui *ui); /* a frame soon, for events from outside */
void ui_said_leave(struct ui *ui); /* a key was pressed: what stands in the status line has been read */
void ui_said_next(struct ui *ui);  /* and when the key is done: what waited for that */
void ui_quit(struct ui *ui);
void ui_done(void *arg, const struct error *err); /* a client_done that only complains; arg is the ui */

/* input.c */
void ui_event(void *arg, const struct term_event *ev);

/* layout.c */
void ui_relayout(struct ui *ui);
void ui_focus(struct ui *ui, enum pane_no no);
void ui_show(struct ui *ui, enum view v);
void ui_focus_step(struct ui *ui, int by);

/* frame.c */
void ui_paint(struct ui *ui);
void ui_watch_time(struct ui *ui);

/* popup.c */
void popup_push(struct ui *ui, struct pane *p);
void popup_pop(struct ui *ui, struct pane *p); /* takes it away and frees it */
struct rect popup_frame(struct pane *p, int w, int h,
                        const char *title); /* paints the frame, gives the inside */

/* actions.c */
int ui_action(struct ui *ui, enum command_id id, const struct command_args *a, struct error *err);
int ui_run_id(struct ui *ui, enum command_id id, const struct command_args *a, struct error *err);
int ui_load_theme(struct ui *ui, const char *ref, struct error *err);
int ui_load_keymap(struct ui *ui, const char *ref, struct error *err);
int action_chat(struct ui *ui, enum command_id id, const struct command_args *a, struct error *err);
size_t ui_drafts(struct ui *ui);
char *ui_edit_external(struct ui *ui, const char *text, struct error *err);

/* offer.c */
const struct client_inquiry *offer_mine(const struct ui *ui);      /* what I am asked, or NULL */
bool offer_ticks(const struct ui *ui);                             /* shows time that runs */
int offer_paint(struct ui *ui, int room);                          /* at the right end of the first row; cells used */
void offer_words(const struct ui *ui, const struct client_inquiry *q, char *out, size_t n);
int offer_decline(struct ui *ui, struct error *err);
int offer_end_pause(struct ui *ui, struct error *err);

/* action_link.c */
int action_link(struct ui *ui, enum command_id id, const struct command_args *a, struct error *err);

/* action_person.c */
int action_person(struct ui *ui, enum command_id id, const struct command_args *a, struct error *err);

/* action_why.c */
int action_why(struct ui *ui, const struct command_args *a, struct error *err);

/* alarm.c */
void alarm_check(struct ui *ui); /* after every change: does the bell have to go on? */

/* chrome.c */
void chrome_paint(struct ui *ui);
void chrome_mouse(struct ui *ui, const struct term_event *ev);

/* The panes. */
struct pane *pane_queue_new(struct ui *ui);
struct pane *pane_chats_new(struct ui *ui);
struct pane *pane_chat_new(struct ui *ui);
struct pane *pane_composer_new(struct ui *ui);
struct pane *pane_settings_new(struct ui *ui);
struct pane *pane_canned_new(struct ui *ui);
const struct client_inquiry *pane_queue_current(struct ui *ui);
/* How many of those who wait are shown: where agents choose, at most the number of the settings (behaviour 15.7). */
size_t pane_queue_shown(const struct ui *ui);

#endif
