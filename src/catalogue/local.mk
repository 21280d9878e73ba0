noinst_LIBRARIES += libcatalogue.a
libcatalogue_a_SOURCES = \
  src/catalogue/amount.c src/catalogue/amount.h \
  src/catalogue/catalogue.c src/catalogue/catalogue.h \
  src/catalogue/color.c src/catalogue/color.h \
  src/catalogue/condition.c src/catalogue/condition.h \
  src/catalogue/format.c src/catalogue/format.h \
  src/catalogue/parse.c \
  src/catalogue/rows_api.inc \
  src/catalogue/rows_general.inc \
  src/catalogue/rows_integration.inc \
  src/catalogue/rows_livechat.inc \
  src/catalogue/rows_routing.inc \
  src/catalogue/rows_usher.inc \
  src/catalogue/rows_workspace.inc \
  src/catalogue/value.c

# Prints man/usher-settings.7, see man/local.mk.
EXTRA_PROGRAMS += src/catalogue/mansettings
src_catalogue_mansettings_SOURCES = src/catalogue/mansettings.c
src_catalogue_mansettings_LDADD = libcatalogue.a libcommon.a $(JANSSON_LIBS) $(UTF8PROC_LIBS) $(PCRE2_LIBS) $(BSD_LIBS)
CLEANFILES += src/catalogue/mansettings$(EXEEXT)
