# Hostile clients and cut connections.
check_PROGRAMS += tests/faults/http_echo
tests_faults_http_echo_SOURCES = tests/faults/http_echo.c
tests_faults_http_echo_LDADD = $(HTTP_LDADD)
EXTRA_DIST += tests/faults/test_http_faults.py

# A thousand kills: hours, so not part of the tests.
soak: all
	cd $(abs_top_srcdir) && USHER_BUILD='$(abs_top_builddir)' USHERD='$(abs_top_builddir)/usherd' KILLS=$${KILLS:-1000} \
	  $(PYTHON) -m pytest -q -s -p no:cacheprovider tests/faults/test_kill.py
.PHONY: soak
