# Fuzz targets. In "make check" they replay a seeded corpus; "make fuzz CC=clang" builds them with libFuzzer.
fuzz_replays = tests/fuzz/fuzz_http1 tests/fuzz/fuzz_jsonflat tests/fuzz/fuzz_ws tests/fuzz/fuzz_yaml
check_PROGRAMS += $(fuzz_replays)
TESTS += $(fuzz_replays)
tests_fuzz_fuzz_http1_SOURCES = tests/fuzz/fuzz_http1.c tests/fuzz/replay.h
tests_fuzz_fuzz_http1_LDADD = $(HTTP_LDADD)
tests_fuzz_fuzz_jsonflat_SOURCES = tests/fuzz/fuzz_jsonflat.c tests/fuzz/replay.h
tests_fuzz_fuzz_jsonflat_LDADD = libcommon.a $(JANSSON_LIBS) $(UTF8PROC_LIBS) $(BSD_LIBS)
tests_fuzz_fuzz_ws_SOURCES = tests/fuzz/fuzz_ws.c tests/fuzz/replay.h
tests_fuzz_fuzz_ws_LDADD = $(HTTP_LDADD)
tests_fuzz_fuzz_yaml_SOURCES = tests/fuzz/fuzz_yaml.c tests/fuzz/replay.h
tests_fuzz_fuzz_yaml_LDADD = libcommon.a $(YAML_LIBS) $(UTF8PROC_LIBS) $(BSD_LIBS)

FUZZ_CFLAGS = -g -O1 -DFUZZING -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined
FUZZ_CFLAGS_ALL = $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(filter-out $(SAN_CFLAGS),$(AM_CFLAGS)) $(FUZZ_CFLAGS)
FUZZ_COMMON = src/common/ws.c src/common/buf.c src/common/mem.c src/common/utf8.c src/common/id.c
fuzz:
	@$(MKDIR_P) tests/fuzz
	clang $(FUZZ_CFLAGS_ALL) -o tests/fuzz/libfuzzer_http1 \
	  $(addprefix $(top_srcdir)/,tests/fuzz/fuzz_http1.c src/server/http1.c $(FUZZ_COMMON)) \
	  $(HTTP_LIBS) $(SSL_LIBS) $(UTF8PROC_LIBS) $(BSD_LIBS)
	clang $(FUZZ_CFLAGS_ALL) -o tests/fuzz/libfuzzer_ws \
	  $(addprefix $(top_srcdir)/,tests/fuzz/fuzz_ws.c $(FUZZ_COMMON)) $(SSL_LIBS) $(UTF8PROC_LIBS) $(BSD_LIBS)
	clang $(FUZZ_CFLAGS_ALL) -o tests/fuzz/libfuzzer_jsonflat \
	  $(addprefix $(top_srcdir)/,tests/fuzz/fuzz_jsonflat.c src/common/jsonflat.c $(FUZZ_COMMON)) \
	  $(JANSSON_LIBS) $(UTF8PROC_LIBS) $(BSD_LIBS)
	clang $(FUZZ_CFLAGS_ALL) -o tests/fuzz/libfuzzer_yaml \
	  $(addprefix $(top_srcdir)/,tests/fuzz/fuzz_yaml.c src/common/yaml.c src/common/error.c $(FUZZ_COMMON)) \
	  $(YAML_LIBS) $(SSL_LIBS) $(UTF8PROC_LIBS) $(BSD_LIBS)
.PHONY: fuzz
CLEANFILES += tests/fuzz/libfuzzer_http1 tests/fuzz/libfuzzer_jsonflat tests/fuzz/libfuzzer_ws \
  tests/fuzz/libfuzzer_yaml
