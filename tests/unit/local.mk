# Unit tests: one program a noun, run by "make check".
unit_tests =
if HAVE_CMOCKA
UNIT_LDADD = libcommon.a $(CMOCKA_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) $(UTF8PROC_LIBS) $(BSD_LIBS)

unit_tests += tests/unit/test_catalogue
tests_unit_test_catalogue_SOURCES = tests/unit/test_catalogue.c
tests_unit_test_catalogue_LDADD = libcatalogue.a $(UNIT_LDADD)

UI_LDADD = libui.a libterm.a libcatalogue.a $(UNIT_LDADD) $(UV_LIBS) $(NCURSES_LIBS)
unit_tests += tests/unit/test_term_text tests/unit/test_keys tests/unit/test_keymap tests/unit/test_theme \
  tests/unit/test_composer
tests_unit_test_term_text_SOURCES = tests/unit/test_term_text.c
tests_unit_test_term_text_LDADD = $(UI_LDADD)
tests_unit_test_keys_SOURCES = tests/unit/test_keys.c
tests_unit_test_keys_LDADD = $(UI_LDADD)
tests_unit_test_keymap_SOURCES = tests/unit/test_keymap.c
tests_unit_test_keymap_LDADD = $(UI_LDADD)
tests_unit_test_theme_SOURCES = tests/unit/test_theme.c
tests_unit_test_theme_LDADD = $(UI_LDADD)
tests_unit_test_composer_SOURCES = tests/unit/test_composer.c
tests_unit_test_composer_LDADD = $(UI_LDADD)

check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
