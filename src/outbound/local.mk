# What talks to other systems. libcurl, GMime and ICU are loaded when they are needed: only their headers are used here.
noinst_LIBRARIES += liboutbound.a
liboutbound_a_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(GMIME_CFLAGS) $(ICU_CFLAGS) $(CARES_CFLAGS)
liboutbound_a_SOURCES = \
  src/outbound/curl.c src/outbound/curl.h \
  src/outbound/external.c src/outbound/external.h \
  src/outbound/hook.c src/outbound/hook.h \
  src/outbound/hook_body.c src/outbound/hook_body.h \
  src/outbound/http.c src/outbound/http.h \
  src/outbound/mail.c src/outbound/mail.h \
  src/outbound/mail_job.c src/outbound/mail_job.h \
  src/outbound/mailtext.c src/outbound/mailtext.h \
  src/outbound/mime.c src/outbound/mime.h \
  src/outbound/moment.c src/outbound/moment.h \
  src/outbound/mx.c src/outbound/mx.h \
  src/outbound/outbound.h \
  src/outbound/reach.c src/outbound/reach.h \
  src/outbound/smtp.c src/outbound/smtp.h \
  src/outbound/words.c src/outbound/words.h
