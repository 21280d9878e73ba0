noinst_LIBRARIES += libcommon.a
libcommon_a_CFLAGS = $(AM_CFLAGS) $(SSL_CFLAGS)
libcommon_a_SOURCES = \
  src/common/buf.c src/common/buf.h \
  src/common/clock.c src/common/clock.h \
  src/common/entity.c src/common/entity.h \
  src/common/error.c src/common/error.h \
  src/common/frame_url.c src/common/frame_url.h \
  src/common/id.c src/common/id.h \
  src/common/idn.c src/common/idn.h \
  src/common/jsonflat.c src/common/jsonflat.h \
  src/common/jsonw.c src/common/jsonw.h \
  src/common/library.c src/common/library.h \
  src/common/log.c src/common/log.h \
  src/common/mem.c src/common/mem.h \
  src/common/paths.c src/common/paths.h \
  src/common/regexp.c src/common/regexp.h \
  src/common/seal.c src/common/seal.h \
  src/common/utf8.c src/common/utf8.h \
  src/common/ws.c src/common/ws.h \
  src/common/yaml.c src/common/yaml.h \
  src/common/zone.c src/common/zone.h \
  src/common/zone_table.c src/common/zone_table.h \
  src/common/zones.c src/common/zones.h
