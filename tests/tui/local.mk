# The console over a made-up client, for tests and for looking at it.
check_PROGRAMS += tests/tui/uifake
tests_tui_uifake_SOURCES = tests/tui/uifake.c
tests_tui_uifake_LDADD = libui.a libterm.a libcatalogue.a libcommon.a $(UV_LIBS) $(NCURSES_LIBS) $(JANSSON_LIBS) \
  $(YAML_LIBS) $(UTF8PROC_LIBS) $(BSD_LIBS)
