# Unit tests: one program a noun, run by "make check".
unit_tests =
if HAVE_CMOCKA
UNIT_LDADD = libcommon.a $(CMOCKA_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) $(UTF8PROC_LIBS) $(BSD_LIBS)

unit_tests += tests/unit/test_catalogue
tests_unit_test_catalogue_SOURCES = tests/unit/test_catalogue.c
tests_unit_test_catalogue_LDADD = libcatalogue.a $(UNIT_LDADD)
unit_tests += tests/unit/test_ws
tests_unit_test_ws_SOURCES = tests/unit/test_ws.c
tests_unit_test_ws_LDADD = $(UNIT_LDADD) $(SSL_LIBS)

unit_tests += tests/unit/test_http1
tests_unit_test_http1_SOURCES = tests/unit/test_http1.c
tests_unit_test_http1_LDADD = libhttp.a $(UNIT_LDADD) $(HTTP_LIBS)

check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
