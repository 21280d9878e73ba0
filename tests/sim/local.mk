check_PROGRAMS += tests/sim/sim
TESTS += tests/sim/sim
tests_sim_sim_SOURCES = tests/sim/sim.c
tests_sim_sim_LDADD = libcore.a libcatalogue.a libcommon.a $(JANSSON_LIBS) $(PCRE2_LIBS) $(UTF8PROC_LIBS) $(YAML_LIBS) $(BSD_LIBS)
