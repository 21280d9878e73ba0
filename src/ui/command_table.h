/* Every action of the console, one row each: the keymap, the command line, the function bar, the help and the
   manual come from here. C(ID, name, arguments, help, right, default keys, contexts, label in the function
   bar). Keys are separated by ", "; the keys of a sequence by a space. */
#ifndef UI_COMMAND_TABLE_H
#define UI_COMMAND_TABLE_H

enum command_context {
    CTX_ANY = 1,    /* always, dialogs included */
    CTX_GLOBAL = 2, /* in every pane */
    CTX_LIST = 4,   /* every list */
    CTX_QUEUE = 8,
    CTX_CHATS = 16,
    CTX_CHAT = 32, /* the transcript */
    CTX_COMPOSER = 64,
    CTX_EDIT = 128,   /* wherever text is typed */
    CTX_PROMPT = 256, /* command line, filter, search */
    CTX_SETTINGS = 512,
    CTX_CANNED = 1024,
    CTX_DIALOG = 2048,
    CTX_REVIEW = 4096, /* the list of changed settings before they are saved */
    CTX_CONFLICT = 8192, /* two values of a setting, mine and theirs */
    CTX_HISTORY = 16384, /* the changes of settings that the server remembers */
    CTX_ADMIN = 1 << 16,
    CTX_MATRIX = 1 << 17, /* permissions */
    CTX_ITEMS = 1 << 18,  /* a list in a form */
    CTX_WEEK = 1 << 19,   /* the week of business hours in a form */
    CTX_BLOCK = 1 << 20,  /* a text of several lines in a form */
    CTX_CHOICE = 1 << 21, /* a switch, or one of a few, in a form */
};

enum command_right { RIGHT_NONE, RIGHT_AGENT, RIGHT_SETTINGS, RIGHT_CANNED };

#define CTX_CHATTING (CTX_CHATS | CTX_CHAT | CTX_COMPOSER)

/* clang-format off */
#define ADMIN_COMMANDS(C)                                                                                             \
    C(SHOW_ADMIN, "show-admin", "[SCREEN]", "Go to the administration: departments, agents, hours, tags …", NONE, "M-9", CTX_GLOBAL, NULL) \
    C(RECORD_EDIT, "record-edit", "[RECORD]", "Show and change what is under the cursor", NONE, "Enter, e, F6, M-6", CTX_ADMIN, "Edit") \
    C(RECORD_NEW, "record-new", "[SCREEN]", "Make a new one", NONE, "c, Insert, F5, M-5", CTX_ADMIN, "New")           \
    C(RECORD_COPY, "record-copy", "", "Make a new one from the one under the cursor", NONE, "y", CTX_ADMIN, NULL)     \
    C(RECORD_DELETE, "record-delete", "[RECORD]", "Delete what is under the cursor, after saying what goes with it", NONE, "d, Delete, F8, M-8", CTX_ADMIN, "Delete") \
    C(RECORDS_RELOAD, "records-reload", "", "Read the list again", NONE, "r", CTX_ADMIN | CTX_MATRIX, NULL)           \
    C(ADMIN_MENU, "admin-menu", "", "To the list of screens", NONE, "Left, Backspace", CTX_ADMIN, NULL)               \
    C(ADMIN_LIST, "admin-list", "", "Into the screen", NONE, "Right", CTX_ADMIN, NULL)                                \
    C(CHANNEL_READ, "channel-read", "[RECORD]", "Open the channel under the cursor beside the chats, to read and write", NONE, "o", CTX_ADMIN, NULL) \
    C(CHANNEL_JOIN, "channel-join", "[RECORD]", "Become a member of the channel under the cursor", NONE, "J", CTX_ADMIN, NULL) \
    C(HOUR_OPEN, "hour-open", "[RECORD]", "Open the business hour under the cursor by hand", NONE, "O", CTX_ADMIN, NULL) \
    C(HOUR_CLOSE, "hour-close", "[RECORD]", "Close the business hour under the cursor by hand", NONE, "X", CTX_ADMIN, NULL) \
    C(HOUR_RESUME, "hour-resume", "[RECORD]", "Take back what was opened or closed by hand: the calendar decides again", NONE, "B", CTX_ADMIN, NULL) \
    C(RIGHT_TOGGLE, "right-toggle", "", "Give the role under the cursor the right, or take it", NONE, "Space, Enter", CTX_MATRIX, "Toggle") \
    C(RIGHT_NEXT, "right-next-role", "", "One role to the right", NONE, "Right", CTX_MATRIX, NULL)                    \
    C(RIGHT_PREV, "right-prev-role", "", "One role to the left; from the first, to the list of screens", NONE, "Left", CTX_MATRIX, NULL) \
    C(RIGHTS_SAVE, "rights-save", "", "Save all changed rights together", NONE, "S, F6, M-6", CTX_MATRIX, "Save")     \
    C(RIGHTS_DISCARD, "rights-discard", "", "Forget the changes of rights", NONE, "D", CTX_MATRIX, "Discard")         \
    C(FORM_SAVE, "form-save", "", "Save the form, from any field", NONE, "C-s", CTX_DIALOG, NULL)                     \
    C(FORM_PREVIEW, "form-preview", "", "Show what it will look like", NONE, "M-v", CTX_DIALOG, NULL)                 \
    C(ITEM_ADD, "item-add", "", "Put something into the list", NONE, "Enter, a, Insert", CTX_ITEMS, NULL)             \
    C(ITEM_REMOVE, "item-remove", "", "Take what is under the cursor out of the list", NONE, "d, Delete, Backspace", CTX_ITEMS, NULL) \
    C(ITEM_CHANGE, "item-change", "", "Change order and count of the agent, or the text", NONE, "e, Space", CTX_ITEMS, NULL) \
    C(ITEM_LATER, "item-later", "", "A greater order: chosen later", NONE, "+", CTX_ITEMS, NULL)                      \
    C(ITEM_SOONER, "item-sooner", "", "A smaller order: chosen sooner", NONE, "-", CTX_ITEMS, NULL)                   \
    C(LINE_UP, "line-up", "", "One line up, then to the field before", NONE, "Up", CTX_ITEMS | CTX_WEEK | CTX_BLOCK, NULL) \
    C(LINE_DOWN, "line-down", "", "One line down, then to the next field", NONE, "Down", CTX_ITEMS | CTX_WEEK | CTX_BLOCK, NULL) \
    C(CHOICE_NEXT, "choice-next", "", "The next of the choices; switch a switch", NONE, "Space, Right", CTX_CHOICE, NULL) \
    C(CHOICE_PREV, "choice-prev", "", "The choice before; switch a switch", NONE, "Left", CTX_CHOICE, NULL)           \
    C(WEEK_PAINT, "week-paint", "", "Begin to paint opening hours at the cursor, or end there", NONE, "Space", CTX_WEEK, NULL) \
    C(WEEK_TOGGLE, "week-toggle", "", "Open or close the day", NONE, "x", CTX_WEEK, NULL)                             \
    C(WEEK_COPY, "week-copy", "", "Copy the day to the next one and go there", NONE, "c", CTX_WEEK, NULL)             \
    C(WEEK_TIMES, "week-times", "", "Type the times of the day", NONE, "e, Enter", CTX_WEEK, NULL)                    \
    C(WEEK_EARLIER, "week-earlier", "", "Half an hour to the left", NONE, "Left", CTX_WEEK, NULL)                     \
    C(WEEK_LATER, "week-later", "", "Half an hour to the right", NONE, "Right", CTX_WEEK, NULL)

#define COMMANDS(C)                                                                                                   \
    C(HELP, "help", "[COMMAND]", "Show the keys that work here, or what a command does", NONE, "F1, ?, M-?", CTX_GLOBAL, "Help")  \
    C(SHOW_QUEUE, "show-queue", "", "Go to the queue", NONE, "M-1", CTX_GLOBAL, NULL)                                 \
    C(SHOW_CHATS, "show-chats", "", "Go to the chats", NONE, "M-2, F2", CTX_GLOBAL, NULL)                             \
    C(SHOW_SETTINGS, "show-settings", "", "Go to the settings", NONE, "M-3, F3", CTX_GLOBAL, NULL)                    \
    C(SHOW_CANNED, "show-canned", "", "Go to the canned responses", NONE, "M-4, F4", CTX_GLOBAL, NULL)                \
    C(FOCUS_NEXT, "focus-next", "", "Give the keys to the next pane", NONE, "Tab", CTX_GLOBAL, NULL)                  \
    C(FOCUS_PREV, "focus-prev", "", "Give the keys to the pane before", NONE, "S-Tab", CTX_GLOBAL, NULL)              \
    C(NEXT_UNREAD, "next-unread", "", "Open the next chat that waits for an answer, then the longest waiting visitor", NONE, "M-a", CTX_GLOBAL, NULL) \
    C(NEXT_CHAT, "next-chat", "", "Open the next chat", NONE, "M-n, M-Down", CTX_GLOBAL, NULL)                        \
    C(PREV_CHAT, "prev-chat", "", "Open the chat before", NONE, "M-p, M-Up", CTX_GLOBAL, NULL)                        \
    C(GOTO_CHAT, "goto-chat", "NUMBER", "Open the chat with this number in the list", NONE, "", CTX_GLOBAL, NULL)     \
    C(COMMAND_LINE, "command-line", "[TEXT]", "Type a command", NONE, ":, M-x, F9", CTX_GLOBAL, "Command")            \
    C(TAKE, "take", "[POSITION]", "Take the chat under the cursor out of the queue, or the one at a position", AGENT, "t, Enter, F5, M-5", CTX_QUEUE, "Take") \
    C(TAKE_NEXT, "take-next", "", "Take the chat that is offered to you, else the first of the queue", AGENT, "M-t", CTX_GLOBAL, NULL) \
    C(DECLINE, "decline", "", "Decline the chat that is offered to you", AGENT, "C-x d", CTX_GLOBAL, NULL)            \
    C(PREVIEW, "preview", "", "Read a queued chat without taking it", NONE, "p, Space", CTX_QUEUE, "Preview")         \
    C(QUEUE_LOAD, "queue-load", "", "Show who has how many chats, or again who waits", NONE, "l", CTX_QUEUE, NULL)      \
    C(OPEN, "open", "", "Open the chat under the cursor and write", NONE, "Enter, o", CTX_CHATS, "Open")              \
    C(COMPOSE, "compose", "", "Go to the message that is being written", NONE, "i, Enter", CTX_CHAT, "Write")         \
    C(LEAVE, "leave", "", "Leave what is being written, to the messages", NONE, "Esc", CTX_COMPOSER, NULL)            \
    C(CLOSE_CHAT, "close-chat", "[COMMENT]", "End the chat", AGENT, "F6, M-6", CTX_CHATTING, "Close")                 \
    C(RETURN, "return", "", "Give the chat back to the queue", AGENT, "M-r", CTX_CHATTING, NULL)                      \
    C(FORWARD, "forward", "[NAME]", "Hand the chat to another agent or department", AGENT, "F7, M-7", CTX_CHATTING, "Forward")   \
    C(HOLD, "hold", "", "Place the chat on hold: it frees your place until the visitor writes", AGENT, "M-h", CTX_CHATTING, NULL) \
    C(RESUME, "resume", "", "Go on with a chat that is on hold", AGENT, "M-u", CTX_CHATTING, NULL)                    \
    C(LEAVE_VIEW, "leave-view", "", "Close the view of a chat; a preview goes out of the list", NONE, "M-w", CTX_CHATTING, NULL) \
    C(AVAILABLE, "available", "", "Take part in the routing of chats", AGENT, "", CTX_GLOBAL, NULL)                   \
    C(UNAVAILABLE, "unavailable", "", "Get no new chats", AGENT, "", CTX_GLOBAL, NULL)                                \
    C(TOGGLE_AVAILABLE, "toggle-available", "", "Change between available and unavailable", AGENT, "C-x a", CTX_GLOBAL, NULL)    \
    C(END_PAUSE, "end-pause", "", "End your wrap-up time or pause: get chats again", AGENT, "C-x e", CTX_GLOBAL, NULL)      \
    C(CANNED, "canned", "[SHORTCUT]", "Put a canned response into the message", NONE, "F8, M-8", CTX_CHATTING, "Canned") \
    C(FRAME, "frame", "", "Open the outside page that belongs to the chat, in $BROWSER or as a link to follow", AGENT, "M-o", CTX_CHATTING, NULL) \
    C(CALL, "call", "", "Call the visitor by video: he is asked in the chat, and you get the address to join", AGENT, "", CTX_CHATTING, NULL) \
    C(WHY, "why", "[AGENT]", "Tell what routing decided about the chat and why, or why an agent gets no chats", NONE, "w", CTX_QUEUE | CTX_CHATS | CTX_CHAT | CTX_ADMIN, NULL) \
    C(VISITOR_EXPORT, "visitor-export", "FILE", "Write all that is held on the visitor of this chat to a new file", NONE, "", CTX_CHATTING, NULL) \
    C(VISITOR_ERASE, "visitor-erase", "", "Erase the visitor of this chat with all chats, messages and files", NONE, "", CTX_CHATTING, NULL) \
    C(LAYOUT, "layout", "wide|narrow|auto", "Set the layout: panes side by side, one at a time, or as fits", NONE, "", CTX_GLOBAL, NULL) \
    C(THEME, "theme", "THEME", "Change the colours: a name or a file", NONE, "", CTX_GLOBAL, NULL)                    \
    C(KEYMAP, "keymap", "KEYMAP", "Change the keys: a name or a file", NONE, "", CTX_GLOBAL, NULL)                    \
    C(RELOAD, "reload", "", "Read theme and keys again", NONE, "", CTX_GLOBAL, NULL)                                  \
    C(MESSAGES, "messages", "", "Show what the console has said", NONE, "M-m", CTX_GLOBAL, NULL)                      \
    C(DUMP, "dump", "FILE", "Write the screen as text to a file", NONE, "", CTX_GLOBAL, NULL)                         \
    C(REDRAW, "redraw", "", "Paint the whole screen again", NONE, "C-l", CTX_ANY, NULL)                               \
    C(SUSPEND, "suspend", "", "Stop the console; fg brings it back", NONE, "C-z", CTX_ANY, NULL)                      \
    C(QUIT, "quit", "[!]", "End the console; with ! without asking", NONE, "F10, M-0, C-q", CTX_GLOBAL, "Quit")       \
    C(UP, "up", "", "One up", NONE, "Up", CTX_LIST | CTX_CHAT, NULL)                                                  \
    C(DOWN, "down", "", "One down", NONE, "Down", CTX_LIST | CTX_CHAT, NULL)                                          \
    C(PAGE_UP, "page-up", "", "One page up", NONE, "PageUp", CTX_LIST | CTX_CHAT | CTX_COMPOSER, NULL)                \
    C(PAGE_DOWN, "page-down", "", "One page down", NONE, "PageDown", CTX_LIST | CTX_CHAT | CTX_COMPOSER, NULL)        \
    C(TOP, "top", "", "To the beginning", NONE, "Home", CTX_LIST | CTX_CHAT, NULL)                                    \
    C(BOTTOM, "bottom", "", "To the end", NONE, "End", CTX_LIST | CTX_CHAT, NULL)                                     \
    C(FILTER, "filter", "[WORDS]", "Show only rows with these words; !word without; department:sales, wait>5m; in settings changed:, by:ada, value:off, section:routing", NONE, "/", CTX_LIST, "Filter") \
    C(FILTER_CLEAR, "filter-clear", "", "Show all rows again", NONE, "Esc", CTX_LIST, NULL)                           \
    C(SORT, "sort", "[COLUMN]", "Sort by a column, or by the next one", NONE, "s", CTX_QUEUE | CTX_CHATS | CTX_ADMIN, "Sort")     \
    C(SEARCH, "search", "[WORDS]", "Search in the messages", NONE, "/", CTX_CHAT, "Search")                           \
    C(SEARCH_NEXT, "search-next", "", "The next hit, towards older messages", NONE, "n", CTX_CHAT, NULL)              \
    C(SEARCH_PREV, "search-prev", "", "The hit before, towards newer messages", NONE, "N", CTX_CHAT, NULL)            \
    C(RESEND, "resend", "", "Send the messages again that were refused", AGENT, "r", CTX_CHAT, NULL)                  \
    C(DISCARD, "discard", "", "Drop the messages that were refused", AGENT, "d", CTX_CHAT, NULL)                      \
    C(COPY, "copy", "", "Copy the newest message in view to the clipboard of the terminal", NONE, "y", CTX_CHAT, NULL) \
    C(SEND, "send", "", "Send the message", AGENT, "Enter", CTX_COMPOSER, "Send")                                     \
    C(NEWLINE, "newline", "", "Begin a new line", NONE, "M-Enter, C-j", CTX_COMPOSER | CTX_DIALOG, NULL)              \
    C(EDIT_EXTERNAL, "edit-external", "", "Write the message, or a text of several lines, in $VISUAL or $EDITOR", NONE, "C-x C-e, C-o", CTX_COMPOSER | CTX_DIALOG, "Editor") \
    C(HISTORY_PREV, "history-prev", "", "What was typed before", NONE, "Up, C-p", CTX_COMPOSER | CTX_PROMPT, NULL)    \
    C(HISTORY_NEXT, "history-next", "", "What was typed after that", NONE, "Down, C-n", CTX_COMPOSER | CTX_PROMPT, NULL) \
    C(FORWARD_CHAR, "forward-char", "", "One character right", NONE, "Right, C-f", CTX_EDIT, NULL)                    \
    C(BACKWARD_CHAR, "backward-char", "", "One character left", NONE, "Left, C-b", CTX_EDIT, NULL)                    \
    C(FORWARD_WORD, "forward-word", "", "One word right", NONE, "M-f, C-Right, M-Right", CTX_EDIT, NULL)              \
    C(BACKWARD_WORD, "backward-word", "", "One word left", NONE, "M-b, C-Left, M-Left", CTX_EDIT, NULL)               \
    C(LINE_START, "line-start", "", "To the beginning of the line", NONE, "C-a, Home", CTX_EDIT, NULL)                \
    C(LINE_END, "line-end", "", "To the end of the line", NONE, "C-e, End", CTX_EDIT, NULL)                           \
    C(TEXT_START, "text-start", "", "To the beginning of the text", NONE, "M-<, C-Home", CTX_EDIT, NULL)              \
    C(TEXT_END, "text-end", "", "To the end of the text", NONE, "M->, C-End", CTX_EDIT, NULL)                         \
    C(DELETE_CHAR, "delete-char", "", "Delete the character under the cursor", NONE, "Delete, C-d", CTX_EDIT, NULL)   \
    C(DELETE_BACK, "delete-back", "", "Delete the character before the cursor", NONE, "Backspace", CTX_EDIT, NULL)    \
    C(KILL_LINE, "kill-line", "", "Cut to the end of the line", NONE, "C-k", CTX_EDIT, NULL)                          \
    C(KILL_BACK, "kill-back", "", "Cut to the beginning of the line", NONE, "C-u", CTX_EDIT, NULL)                    \
    C(KILL_WORD, "kill-word", "", "Cut the next word", NONE, "M-d", CTX_EDIT, NULL)                                   \
    C(KILL_WORD_BACK, "kill-word-back", "", "Cut the word before", NONE, "C-w, M-Backspace", CTX_EDIT, NULL)          \
    C(YANK, "yank", "", "Put back what was cut", NONE, "C-y", CTX_EDIT, NULL)                                         \
    C(UNDO, "undo", "", "Undo the last change of the text", NONE, "C-_, C-x u", CTX_EDIT, NULL)                       \
    C(REDO, "redo", "", "Do again what was undone", NONE, "M-_, C-x r", CTX_EDIT, NULL)                               \
    C(ACCEPT, "accept", "", "Do it", NONE, "Enter", CTX_PROMPT | CTX_DIALOG | CTX_REVIEW, NULL)                       \
    C(CANCEL, "cancel", "", "Do nothing and go back", NONE, "Esc, C-g, C-c", CTX_PROMPT | CTX_DIALOG | CTX_REVIEW | CTX_CONFLICT | CTX_HISTORY, NULL) \
    C(COMPLETE, "complete", "", "Complete the word, or offer the next one", NONE, "Tab", CTX_PROMPT, NULL)            \
    C(NEXT_FIELD, "next-field", "", "The next field or button", NONE, "Tab, Down", CTX_DIALOG, NULL)                  \
    C(PREV_FIELD, "prev-field", "", "The field or button before", NONE, "S-Tab, Up", CTX_DIALOG, NULL)                \
    C(EDIT_SETTING, "edit-setting", "", "Change the setting under the cursor", SETTINGS, "Enter", CTX_SETTINGS, "Edit") \
    C(TOGGLE, "toggle", "", "Open or close the section; switch a switch", NONE, "Space", CTX_SETTINGS, NULL)          \
    C(EXPAND, "expand", "", "Open the section", NONE, "Right", CTX_SETTINGS, NULL)                                    \
    C(COLLAPSE, "collapse", "", "Close the section", NONE, "Left", CTX_SETTINGS, NULL)                                \
    C(EXPAND_ALL, "expand-all", "", "Open or close all sections", NONE, "+", CTX_SETTINGS, NULL)                      \
    C(SETTING, "setting", "ID VALUE", "Change a setting by its id; saved with settings-save", SETTINGS, "", CTX_GLOBAL, NULL)    \
    C(SETTING_REVERT, "setting-revert", "", "Take back the change of the setting under the cursor", NONE, "u", CTX_SETTINGS | CTX_REVIEW, NULL) \
    C(SETTING_DEFAULT, "setting-default", "", "Give the setting under the cursor its default; a secret is cleared", SETTINGS, "r", CTX_SETTINGS, NULL) \
    C(SETTING_INFO, "setting-info", "", "Show all there is to know of the setting under the cursor", NONE, "i", CTX_SETTINGS, NULL) \
    C(SETTINGS_RESET, "settings-reset", "[SECTION|all]", "Give all settings of a section, or of the server, their defaults", SETTINGS, "X", CTX_SETTINGS, NULL) \
    C(SETTING_NEEDS, "setting-needs", "", "Go to a setting that this one depends on", NONE, "<", CTX_SETTINGS, NULL) \
    C(SETTING_NEEDED_BY, "setting-needed-by", "", "Go to a setting that depends on this one", NONE, ">", CTX_SETTINGS, NULL) \
    C(SETTING_BACK, "setting-back", "", "Go back to where the last jump began", NONE, "b, Backspace", CTX_SETTINGS, NULL) \
    C(SETTING_DECIDE, "setting-decide", "[mine|theirs]", "Decide whose value counts when somebody else changed the setting too", SETTINGS, "c", CTX_SETTINGS, NULL) \
    C(SETTINGS_REVIEW, "settings-review", "", "Show the changed settings, old and new, and what saving them does", NONE, "R, F5, M-5", CTX_SETTINGS, "Review") \
    C(SETTINGS_SAVE, "settings-save", "", "Save all changed settings together", SETTINGS, "S, F6, M-6", CTX_SETTINGS | CTX_REVIEW, "Save") \
    C(SETTINGS_DISCARD, "settings-discard", "", "Forget all changes of settings", NONE, "D", CTX_SETTINGS | CTX_REVIEW, "Discard") \
    C(SETTINGS_HISTORY, "settings-history", "[ID]", "Show who changed settings, when and how", NONE, "H, F7, M-7", CTX_SETTINGS, "History") \
    C(SETTING_HISTORY, "setting-history", "", "Show the history of the setting under the cursor; again: of all", NONE, "h", CTX_SETTINGS | CTX_HISTORY, NULL) \
    C(HISTORY_UNDO, "history-undo", "", "Give the setting the value from before the change under the cursor", SETTINGS, "u", CTX_HISTORY, "Undo") \
    C(HISTORY_GOTO, "history-goto", "", "Go to the setting of the change under the cursor", NONE, "Enter", CTX_HISTORY, "Go to") \
    C(TAKE_THEIRS, "take-theirs", "", "Their value stays, mine is forgotten", NONE, "t", CTX_CONFLICT, "Theirs") \
    C(KEEP_MINE, "keep-mine", "", "My value stays and overwrites theirs when it is saved", NONE, "m, Enter", CTX_CONFLICT, "Mine") \
    C(EDIT_MINE, "edit-mine", "", "Change my value once more, with theirs in view", NONE, "e", CTX_CONFLICT, "Edit") \
    C(CANNED_INSERT, "canned-insert", "", "Put the response under the cursor into the message", NONE, "Enter", CTX_CANNED, "Insert") \
    C(CANNED_NEW, "canned-new", "", "Write a new canned response", CANNED, "c, F5, M-5", CTX_CANNED, "New")           \
    C(CANNED_EDIT, "canned-edit", "", "Change the response under the cursor", CANNED, "e, F6, M-6", CTX_CANNED, "Edit") \
    C(CANNED_DELETE, "canned-delete", "", "Delete the response under the cursor", CANNED, "d, Delete", CTX_CANNED, "Delete") \
    ADMIN_COMMANDS(C)
/* clang-format on */

enum command_id {
#define C(id, ...) CMD_##id,
    COMMANDS(C)
#undef C
        COMMAND_COUNT
};

#endif
