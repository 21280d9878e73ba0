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

# The endpoints and what stands between them and the core.
noinst_LIBRARIES += libserver.a
libserver_a_CFLAGS = $(AM_CFLAGS) $(SSL_CFLAGS) $(CRYPT_CFLAGS)
libserver_a_SOURCES = \
  src/server/admin.c \
  src/server/admin.h \
  src/server/api.c \
  src/server/api.h \
  src/server/api_private.h \
  src/server/avatar.c \
  src/server/boot.c \
  src/server/boot.h \
  src/server/ddp.c \
  src/server/ddp.h \
  src/server/digest.c \
  src/server/digest.h \
  src/server/dispatch.c \
  src/server/dispatch.h \
  src/server/families.h \
  src/server/file.c \
  src/server/first.c \
  src/server/first.h \
  src/server/hold.c \
  src/server/hold.h \
  src/server/limit.c \
  src/server/limit.h \
  src/server/login.c \
  src/server/method.c \
  src/server/method.h \
  src/server/method_notify.c \
  src/server/method_private.h \
  src/server/method_session.c \
  src/server/method_settings.c \
  src/server/method_visitor.c \
  src/server/mime.c \
  src/server/mime.h \
  src/server/multipart.c \
  src/server/multipart.h \
  src/server/notify.c \
  src/server/notify.h \
  src/server/options.c \
  src/server/options.h \
  src/server/page.c \
  src/server/params.c \
  src/server/params.h \
  src/server/party.c \
  src/server/party.h \
  src/server/presence.c \
  src/server/queue.c \
  src/server/queue.h \
  src/server/register.c \
  src/server/register.h \
  src/server/reply.c \
  src/server/rest_clock.c \
  src/server/rest_config.c \
  src/server/rest_login.c \
  src/server/rest_method.c \
  src/server/rest_upload.c \
  src/server/rest_visitor.c \
  src/server/rest_visitor_message.c \
  src/server/rest_visitor_misc.c \
  src/server/rest_visitor_room.c \
  src/server/routes.c \
  src/server/routes.h \
  src/server/schema.c \
  src/server/schema.h \
  src/server/server.h \
  src/server/session.c \
  src/server/session.h \
  src/server/session_private.h \
  src/server/setting.c \
  src/server/setting.h \
  src/server/shape.h \
  src/server/shape_admin.c \
  src/server/shape_department.c \
  src/server/shape_message.c \
  src/server/shape_room.c \
  src/server/shape_user.c \
  src/server/shape_visitor.c \
  src/server/site.c \
  src/server/site.h \
  src/server/site_private.h \
  src/server/stream.c \
  src/server/stream.h \
  src/server/tell.c \
  src/server/tell.h \
  src/server/turn.c \
  src/server/turn.h \
  src/server/upload.c \
  src/server/upload.h \
  src/server/upload_private.h \
  src/server/visits.c \
  src/server/visits.h \
  src/server/work.c \
  src/server/work.h
