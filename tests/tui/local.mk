# The console over a made-up client, for tests and for looking at it.
check_PROGRAMS += tests/tui/uifake
tests_tui_uifake_SOURCES = tests/tui/uifake.c tests/tui/uifake.h tests/tui/uifake_records.c
tests_tui_uifake_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/tui
tests_tui_uifake_LDADD = libui.a libclient.a libterm.a libcatalogue.a libcommon.a $(UV_LIBS) $(NCURSES_LIBS) $(JANSSON_LIBS) \
  $(YAML_LIBS) $(UTF8PROC_LIBS) $(PCRE2_LIBS) $(BSD_LIBS) $(SSL_LIBS)
TESTS += tests/tui/run-ui-fake.sh
EXTRA_DIST += tests/tui/run-ui-fake.sh tests/tui/test_ui_fake.py tests/tui/test_admin_fake.py tests/tui/test_why_dialog.py $(wildcard $(srcdir)/tests/tui/golden/*.txt)
