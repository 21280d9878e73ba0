# Benchmarks: "make bench". Not part of the tests; ratios side by side in one run.
bench_programs = tests/bench/core_scale tests/bench/core_growth tests/bench/load tests/bench/commits tests/bench/store_rate tests/bench/fill
EXTRA_PROGRAMS += $(bench_programs)
tests_bench_core_scale_SOURCES = tests/bench/core_scale.c
tests_bench_core_scale_LDADD = libcore.a libcatalogue.a libcommon.a $(JANSSON_LIBS) $(UTF8PROC_LIBS) $(YAML_LIBS) $(PCRE2_LIBS) $(BSD_LIBS)
tests_bench_core_growth_SOURCES = tests/bench/core_growth.c
tests_bench_core_growth_LDADD = $(tests_bench_core_scale_LDADD)
tests_bench_load_SOURCES = tests/bench/load.c
tests_bench_load_LDADD =
tests_bench_commits_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_bench_commits_SOURCES = tests/bench/commits.c
tests_bench_commits_LDADD = $(SQLITE_LIBS)
CLEANFILES += $(bench_programs)
tests_bench_store_rate_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_bench_store_rate_SOURCES = tests/bench/store_rate.c
tests_bench_store_rate_LDADD = libstore.a libcore.a libcatalogue.a libcommon.a $(SQLITE_LIBS) $(JANSSON_LIBS) \
  $(UTF8PROC_LIBS) $(YAML_LIBS) $(PCRE2_LIBS) $(BSD_LIBS)
tests_bench_fill_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_bench_fill_SOURCES = tests/bench/fill.c
tests_bench_fill_LDADD = $(tests_bench_store_rate_LDADD)
EXTRA_DIST += tests/bench/run.py tests/bench/console.py tests/bench/growth.py tests/bench/settings.py

bench: all $(bench_programs)
	USHER_BUILD='$(abs_top_builddir)' $(PYTHON) $(srcdir)/tests/bench/run.py
.PHONY: bench
