# The web server below the endpoints.
noinst_LIBRARIES += libhttp.a
libhttp_a_SOURCES = \
  src/server/http.h \
  src/server/http1.c src/server/http1.h
HTTP_LDADD = libhttp.a libcommon.a $(HTTP_LIBS) $(SSL_LIBS) $(UV_LIBS)
