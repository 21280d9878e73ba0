check_PROGRAMS += tests/sim/sim tests/sim/driver
TESTS += tests/sim/sim
tests_sim_sim_SOURCES = tests/sim/sim.c
tests_sim_sim_LDADD = libcore.a libcatalogue.a libcommon.a $(JANSSON_LIBS) $(PCRE2_LIBS) $(UTF8PROC_LIBS) $(YAML_LIBS) $(BSD_LIBS)
tests_sim_driver_SOURCES = tests/sim/driver.c
tests_sim_driver_LDADD = $(tests_sim_sim_LDADD)
