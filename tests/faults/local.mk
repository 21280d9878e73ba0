# Hostile clients and cut connections.
check_PROGRAMS += tests/faults/http_echo
tests_faults_http_echo_SOURCES = tests/faults/http_echo.c
tests_faults_http_echo_LDADD = $(HTTP_LDADD)
EXTRA_DIST += tests/faults/test_http_faults.py
EXTRA_DIST += tests/faults/conftest.py tests/faults/fsfail.c tests/faults/test_kill.py \
  tests/faults/test_server_faults.py tests/faults/test_valgrind.py \
  tests/browser/conftest.py tests/browser/test_chat.py tests/browser/test_defaults.py tests/browser/test_hostile.py \
  tests/browser/test_settings.py \
  tests/tui/test_real.py tests/tui/test_admin_real.py tests/tui/test_person.py tests/support/console.py tests/support/daemon.py tests/support/page.py \
  tests/support/terminal.py

# A thousand kills under load; the tests of every run have twenty.
soak: all
	cd $(top_srcdir) && KILLS=$${KILLS:-1000} USHER_BUILD=$(abs_builddir) $(PYTHON) -m pytest -q -s -p no:cacheprovider \
	  --tb=short tests/faults/test_kill.py
.PHONY: soak
