noinst_LIBRARIES += libterm.a
libterm_a_SOURCES = \
  src/term/decode.c src/term/decode.h \
  src/term/grid.c src/term/grid.h \
  src/term/key.c src/term/key.h \
  src/term/style.c src/term/style.h \
  src/term/term.c src/term/term.h \
  src/term/text.c src/term/text.h \
  src/term/tty.c src/term/tty.h
libterm_a_CPPFLAGS = $(AM_CPPFLAGS) $(NCURSES_CFLAGS)
