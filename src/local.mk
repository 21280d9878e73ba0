bin_PROGRAMS += usherd usher usher-demo
usherd_SOURCES = src/usherd.c
usherd_LDADD = libserver.a libhttp.a liboutbound.a libstore.a libcore.a libcatalogue.a libcommon.a \
  $(HTTP_LIBS) $(SSL_LIBS) $(CARES_LIBS) $(CRYPT_LIBS) $(SQLITE_LIBS) $(UV_LIBS) $(JANSSON_LIBS) \
  $(YAML_LIBS) $(UTF8PROC_LIBS) $(PCRE2_LIBS) $(BSD_LIBS) -lm

usher_SOURCES = src/usher.c
usher_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(NCURSES_CFLAGS)
usher_LDADD = libcli.a libui.a libterm.a $(CLIENT_LIBS) $(NCURSES_LIBS)

usher_demo_SOURCES = src/demo.c
usher_demo_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
usher_demo_LDADD = libcommon.a $(CURL_LIBS) $(JANSSON_LIBS) $(UTF8PROC_LIBS) $(YAML_LIBS)
