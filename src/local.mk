bin_PROGRAMS += usherd usher
usherd_SOURCES = src/usherd.c
usherd_LDADD = libcommon.a
usher_SOURCES = src/usher.c
usher_LDADD = libcommon.a
