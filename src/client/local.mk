noinst_LIBRARIES += libclient.a
libclient_a_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(SSL_CFLAGS)
libclient_a_SOURCES = \
  src/client/actions.c \
  src/client/apply_config.c \
  src/client/apply_queue.c \
  src/client/apply_room.c \
  src/client/call.c \
  src/client/client.c src/client/client.h \
  src/client/ddp.c src/client/ddp.h \
  src/client/embedded.c src/client/embedded.h \
  src/client/conference.c \
  src/client/frame.c \
  src/client/history.c \
  src/client/hour.c \
  src/client/internal.h \
  src/client/js.c src/client/js.h \
  src/client/load.c \
  src/client/queue_load.c \
  src/client/message.c \
  src/client/model.h \
  src/client/net.c src/client/net.h \
  src/client/notice.c \
  src/client/outbox.c src/client/outbox.h \
  src/client/record.c src/client/record.h src/client/record_private.h \
  src/client/record_affected.c \
  src/client/record_hours.c \
  src/client/record_io.c \
  src/client/record_json.c \
  src/client/record_kind.c \
  src/client/record_list.c \
  src/client/record_step.c \
  src/client/person.c \
  src/client/why.c \
  src/client/refusal.c src/client/refusal.h \
  src/client/rest.c src/client/rest.h \
  src/client/save.c \
  src/client/sender.c \
  src/client/session.c \
  src/client/setting_action.c src/client/setting_log.c src/client/setting_origin.c \
  src/client/sock.c src/client/sock.h \
  src/client/stream.c \
  src/client/token.c src/client/token.h

# What a program that uses the client links, in this order.
CLIENT_LIBS = libclient.a libcatalogue.a libcommon.a \
  $(CURL_LIBS) $(SSL_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) $(UV_LIBS) $(UTF8PROC_LIBS) $(PCRE2_LIBS) $(BSD_LIBS)

# Connects and prints what changes as JSON lines: for tests and for finding faults. Not installed.
noinst_PROGRAMS += src/client/clientdump
src_client_clientdump_SOURCES = src/client/clientdump.c
src_client_clientdump_CFLAGS = $(AM_CFLAGS)
src_client_clientdump_LDADD = $(CLIENT_LIBS)
