/* The theme roles: one row each. X(ID, name, help, foreground, background, the same of sixteen, attributes
   with colours, attributes without). D is the terminal's default, N the nearest of the sixteen. This is the
   theme "dark". */
#ifndef UI_ROLE_TABLE_H
#define UI_ROLE_TABLE_H

#define D COLOR_DEFAULT
#define N COLOR_NEAREST
#define B ATTR_BOLD
#define U ATTR_UNDERLINE
#define R ATTR_REVERSE
#define DIM ATTR_DIM

/* clang-format off */
#define ROLES(X)                                                                                                      \
    X(TEXT, "text", "ordinary text: the terminal's own colours, so that typing costs no bytes", D, D, D, D, 0, 0)                                                                \
    X(DIM_TEXT, "dim", "what matters less: times, hints, units", 0x8A93A2, D, 8, D, 0, DIM)                           \
    X(STRONG, "strong", "what matters more", D, D, D, D, B, B)                                                        \
    X(BORDER, "border", "lines between panes", 0x4A5262, D, 8, D, 0, 0)                                               \
    X(TITLE, "title", "title of a pane", 0x8A93A2, D, 7, D, 0, 0)                                                     \
    X(TITLE_FOCUS, "title-focus", "title of the pane that has the keys", 0x7FC1DB, D, 14, D, B, B)                    \
    X(TAB, "tab", "names of the views in the top line", 0xA9B1BE, 0x262B36, 7, D, 0, 0)                               \
    X(TAB_ACTIVE, "tab-active", "the view that is shown", 0xFFFFFF, 0x35536B, 15, 4, B, R)                            \
    X(TAB_COUNT, "tab-count", "numbers that ask for attention in the top line", 0xEBCB8B, 0x262B36, 11, D, B, B)      \
    X(STATUS, "status", "the status line", 0xA9B1BE, 0x262B36, 7, D, 0, 0)                                            \
    X(STATUS_GOOD, "status-good", "available, connected", 0xA3D08C, 0x262B36, 10, D, 0, 0)                            \
    X(STATUS_WARN, "status-warn", "connecting, waiting, drafts", 0xEBCB8B, 0x262B36, 11, D, 0, B)                     \
    X(STATUS_BAD, "status-bad", "away, refused", 0xF28B82, 0x262B36, 9, D, B, R)                                      \
    X(BAR_KEY, "bar-key", "keys in the function bar", 0x7FC1DB, D, 14, D, 0, B)                                       \
    X(BAR_LABEL, "bar-label", "names in the function bar", 0xA9B1BE, D, 7, D, 0, 0)                                   \
    X(HEADER, "header", "column heads", 0x8A93A2, D, 8, D, U, U)                                                      \
    X(SELECTED, "selected", "background of the row under the cursor", 0xFFFFFF, 0x2F4A60, 15, 4, 0, R)                \
    X(SELECTED_BLUR, "selected-blur", "the same in a pane without the keys", D, 0x2C313C, D, D, 0, U)                 \
    X(UNREAD, "unread", "chats and counts with unread messages", 0xEBCB8B, D, 11, D, B, B)                            \
    X(WAIT, "wait", "a waiting time", 0xA3D08C, D, 2, D, 0, 0)                                                        \
    X(WAIT_LONG, "wait-long", "a long waiting time", 0xEBCB8B, D, 11, D, 0, B)                                        \
    X(WAIT_TOO_LONG, "wait-too-long", "a waiting time that is too long", 0xF28B82, D, 9, D, B, B | U)                 \
    X(VISITOR, "visitor", "name of a visitor", 0x9CC7E8, D, 14, D, B, B)                                              \
    X(OWN, "own", "my name", 0xA3D08C, D, 10, D, 0, 0)                                                                \
    X(AGENT, "agent", "name of another agent", 0xC8A8E0, D, 13, D, 0, 0)                                              \
    X(SYSTEM, "system", "messages of the system", 0x8A93A2, D, 8, D, ATTR_ITALIC, DIM)                                \
    X(LAST_READ, "last-read", "the marker of what is new", 0xEBCB8B, D, 11, D, 0, B)                                  \
    X(SENT, "sent", "mark of a message that arrived", 0x7D9A72, D, 2, D, 0, 0)                                        \
    X(WAITING, "waiting", "mark of a message on its way", 0xEBCB8B, D, 11, D, 0, B)                                   \
    X(FAILED, "failed", "a message that was refused", 0xF28B82, D, 9, D, B, B)                                        \
    X(HIT, "hit", "what a search found", 0x1B1F27, 0xEBCB8B, 0, 11, 0, R)                                             \
    X(TYPING, "typing", "somebody is typing", 0x8A93A2, D, 8, D, ATTR_ITALIC, DIM)                                    \
    X(CHANGED, "changed", "a setting with another value than stored", 0xEBCB8B, D, 11, D, B, B)                       \
    X(OLD_VALUE, "old-value", "the old value in a review", 0xF28B82, D, 9, D, 0, 0)                                   \
    X(NEW_VALUE, "new-value", "the new value in a review", 0xA3D08C, D, 10, D, 0, B)                                  \
    X(DISABLED, "disabled", "what does not apply now", 0x667080, D, 8, D, 0, DIM)                                     \
    X(VALUE, "value", "a value of a setting", 0xC9D1D9, D, 7, D, 0, 0)                                                \
    X(SECTION, "section", "a section of the settings", 0x9CC7E8, D, 14, D, B, B)                                      \
    X(POPUP, "popup", "dialogs", D, D, D, D, 0, 0)                                                                    \
    X(POPUP_BORDER, "popup-border", "the frame of a dialog", 0x7FC1DB, D, 14, D, 0, 0)                                \
    X(POPUP_TITLE, "popup-title", "the title of a dialog", 0x7FC1DB, D, 14, D, B, B)                                  \
    X(FIELD, "field", "a field of a form", D, 0x262B36, D, D, 0, U)                                                   \
    X(BUTTON, "button", "a button", 0xA9B1BE, D, 7, D, 0, 0)                                                          \
    X(BUTTON_FOCUS, "button-focus", "the button under the cursor", 0xFFFFFF, 0x35536B, 15, 4, B, R)                   \
    X(ERROR, "error", "what went wrong", 0xF28B82, D, 9, D, B, B)                                                     \
    X(NOTICE, "notice", "what went well", 0xA3D08C, D, 10, D, 0, 0)                                                   \
    X(PROMPT, "prompt", "what a prompt asks for", 0x7FC1DB, D, 14, D, B, B) \
    X(LINK, "link", "an address that the terminal can open", 0x7FC1DB, D, 14, D, U, U)
/* clang-format on */

enum role {
#define X(id, ...) ROLE_##id,
    ROLES(X)
#undef X
        ROLE_COUNT
};

#endif
