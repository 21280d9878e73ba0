noinst_LIBRARIES += libui.a
libui_a_SOURCES = \
  src/ui/admin.c src/ui/admin.h \
  src/ui/action_chat.c src/ui/action_link.c src/ui/action_person.c \
  src/ui/action_why.c src/ui/actions.c \
  src/ui/address.c src/ui/address.h \
  src/ui/alarm.c \
  src/ui/canned_popup.c src/ui/canned_popup.h \
  src/ui/chat_view.c src/ui/chat_view.h \
  src/ui/choice.c src/ui/choice.h \
  src/ui/chrome.c \
  src/ui/command.c src/ui/command.h src/ui/command_table.h \
  src/ui/complete.c src/ui/complete.h \
  src/ui/draw.c src/ui/draw.h \
  src/ui/edit.c src/ui/edit.h \
  src/ui/edit_paint.c src/ui/edit_paint.h \
  src/ui/form.c src/ui/form.h \
  src/ui/frame.c \
  src/ui/help.c src/ui/help.h \
  src/ui/input.c \
  src/ui/keymap.c src/ui/keymap.h \
  src/ui/layout.c \
  src/ui/list.c src/ui/list.h \
  src/ui/log.c src/ui/log.h \
  src/ui/match.c src/ui/match.h \
  src/ui/offer.c \
  src/ui/pane.h \
  src/ui/matrix.c src/ui/matrix.h src/ui/matrix_priv.h src/ui/matrix_conflict.c \
  src/ui/pane_admin.c src/ui/pane_canned.c src/ui/pane_chat.c src/ui/pane_chats.c \
  src/ui/queue_load.c src/ui/queue_load.h \
  src/ui/pane_composer.c src/ui/pane_queue.c src/ui/pane_settings.c \
  src/ui/popup.c \
  src/ui/prompt.c src/ui/prompt.h \
  src/ui/preview.c src/ui/preview.h \
  src/ui/record_show.c src/ui/record_show.h \
  src/ui/role_table.h \
  src/ui/setting_button.c src/ui/setting_button.h \
  src/ui/setting_conflict.c \
  src/ui/setting_detail.c \
  src/ui/setting_edit.c src/ui/setting_edit.h \
  src/ui/setting_history.c \
  src/ui/setting_review.c \
  src/ui/settings_draft.c src/ui/settings_draft.h \
  src/ui/report.c src/ui/report.h \
  src/ui/sheet.c src/ui/sheet.h src/ui/sheet_priv.h \
  src/ui/sheet_conflict.c src/ui/sheet_hours.c src/ui/sheet_items.c src/ui/sheet_paint.c \
  src/ui/theme.c src/ui/theme.h \
  src/ui/tree.c src/ui/tree.h src/ui/tree_field.c src/ui/tree_field.h \
  src/ui/week.c src/ui/week.h \
  src/ui/ui.c src/ui/ui.h src/ui/ui_priv.h

# Prints man/usher-commands.7, themes/keys-plain.yaml and themes/dark.yaml from the tables. The keymap and the theme are
# kept in the tree; a test checks that they still say what the tables say.
EXTRA_PROGRAMS += src/ui/gen
src_ui_gen_SOURCES = src/ui/gen.c
src_ui_gen_LDADD = libui.a libterm.a libcatalogue.a libcommon.a $(UV_LIBS) $(NCURSES_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) \
  $(UTF8PROC_LIBS) $(BSD_LIBS)
CLEANFILES += src/ui/gen$(EXEEXT)
