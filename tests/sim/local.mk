check_PROGRAMS += tests/sim/sim tests/sim/fit tests/sim/driver
TESTS += tests/sim/sim tests/sim/fit
tests_sim_fit_SOURCES = tests/sim/fit.c tests/sim/play.h
tests_sim_fit_LDADD = $(tests_sim_sim_LDADD)
tests_sim_sim_SOURCES = tests/sim/sim.c tests/sim/play.h
tests_sim_sim_LDADD = libcore.a libcatalogue.a libcommon.a $(JANSSON_LIBS) $(PCRE2_LIBS) $(UTF8PROC_LIBS) $(YAML_LIBS) $(BSD_LIBS)
tests_sim_driver_SOURCES = tests/sim/driver.c
tests_sim_driver_LDADD = $(tests_sim_sim_LDADD)
EXTRA_DIST += tests/sim/agree.py tests/sim/model.py

# The core against the naive model for as long as one likes: make agree AGREE_STEPS=1000000
AGREE_STEPS = 10000000
agree: tests/sim/driver
	$(PYTHON) $(srcdir)/tests/sim/agree.py --driver tests/sim/driver --steps $(AGREE_STEPS) --from 1000000
.PHONY: agree
