# The web server below the endpoints.
noinst_LIBRARIES += libhttp.a
libhttp_a_SOURCES = \
  src/server/http.h src/server/http_private.h \
  src/server/http1.c src/server/http1.h \
  src/server/http_conn.c \
  src/server/http_input.c \
  src/server/http_listen.c \
  src/server/http_out.c \
  src/server/http_reply.c \
  src/server/http_server.c \
  src/server/http_wait.c \
  src/server/http_ws.c \
  src/server/tls.c src/server/tls.h
HTTP_LDADD = libhttp.a libcommon.a $(HTTP_LIBS) $(SSL_LIBS) $(UV_LIBS) $(UTF8PROC_LIBS) $(BSD_LIBS)
