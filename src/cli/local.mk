noinst_LIBRARIES += libcli.a
libcli_a_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
libcli_a_SOURCES = \
  src/cli/link.c src/cli/link.h \
  src/cli/options.c src/cli/options.h \
  src/cli/places.c src/cli/places.h \
  src/cli/settings.c src/cli/settings.h \
  src/cli/settings_export.c \
  src/cli/settings_file.c \
  src/cli/settings_plain.c \
  src/cli/settings_plan.c \
  src/cli/settings_priv.h \
  src/cli/visitor.c src/cli/visitor.h \
  src/cli/why.c src/cli/why.h \
  src/cli/yaml_out.c src/cli/yaml_out.h
