# Hostile clients and cut connections.
check_PROGRAMS += tests/faults/http_echo
tests_faults_http_echo_SOURCES = tests/faults/http_echo.c
tests_faults_http_echo_LDADD = $(HTTP_LDADD)
EXTRA_DIST += tests/faults/test_http_faults.py
