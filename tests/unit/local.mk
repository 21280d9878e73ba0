# Unit tests: one program a noun, run by "make check".
unit_tests =
if HAVE_CMOCKA
UNIT_LDADD = libcommon.a $(CMOCKA_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) $(UTF8PROC_LIBS) $(BSD_LIBS)
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
