noinst_LIBRARIES += libstore.a
libstore_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
libstore_a_SOURCES = \
  src/store/batch.c \
  src/store/checkpoint.c \
  src/store/columns.c \
  src/store/history.c \
  src/store/hook.c \
  src/store/internal.h \
  src/store/life.c \
  src/store/load.c \
  src/store/mail.c \
  src/store/numbers.c \
  src/store/project.c \
  src/store/read.c \
  src/store/read_setting.c \
  src/store/replay.c \
  src/store/schema.c \
  src/store/state.c \
  src/store/store.c src/store/store.h \
  src/store/sweeper.c \
  src/store/visit.c \
  src/store/writer.c
