# Unit tests: one program a noun, run by "make check".
unit_tests =
if HAVE_CMOCKA
UNIT_LDADD = libcommon.a $(CMOCKA_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) $(UTF8PROC_LIBS) $(PCRE2_LIBS) $(BSD_LIBS)

unit_tests += tests/unit/test_catalogue
tests_unit_test_catalogue_SOURCES = tests/unit/test_catalogue.c
tests_unit_test_catalogue_LDADD = libcatalogue.a $(UNIT_LDADD)

unit_tests += tests/unit/test_format
tests_unit_test_format_SOURCES = tests/unit/test_format.c
tests_unit_test_format_LDADD = libcatalogue.a $(UNIT_LDADD)

unit_tests += tests/unit/test_core tests/unit/test_store
tests_unit_test_core_SOURCES = tests/unit/test_core.c tests/unit/core_fixture.h
tests_unit_test_core_LDADD = libcore.a libcatalogue.a $(UNIT_LDADD)
tests_unit_test_store_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_store_SOURCES = tests/unit/test_store.c tests/unit/core_fixture.h
tests_unit_test_store_LDADD = libstore.a libcore.a libcatalogue.a $(SQLITE_LIBS) $(UNIT_LDADD)

unit_tests += tests/unit/test_routing tests/unit/test_queue
tests_unit_test_queue_SOURCES = tests/unit/test_queue.c tests/unit/core_fixture.h
tests_unit_test_queue_LDADD = libcore.a libcatalogue.a $(UNIT_LDADD)
tests_unit_test_routing_SOURCES = tests/unit/test_routing.c tests/unit/core_fixture.h
tests_unit_test_routing_LDADD = libcore.a libcatalogue.a $(UNIT_LDADD)

unit_tests += tests/unit/test_hours tests/unit/test_opening
tests_unit_test_hours_SOURCES = tests/unit/test_hours.c
tests_unit_test_hours_LDADD = libcore.a libcatalogue.a $(UNIT_LDADD)
tests_unit_test_opening_SOURCES = tests/unit/test_opening.c tests/unit/core_fixture.h
tests_unit_test_opening_LDADD = libcore.a libcatalogue.a $(UNIT_LDADD)

unit_tests += tests/unit/test_sessions tests/unit/test_forward
tests_unit_test_sessions_SOURCES = tests/unit/test_sessions.c tests/unit/core_fixture.h
tests_unit_test_sessions_LDADD = libcore.a libcatalogue.a $(UNIT_LDADD)
tests_unit_test_forward_SOURCES = tests/unit/test_forward.c tests/unit/core_fixture.h
tests_unit_test_forward_LDADD = libcore.a libcatalogue.a $(UNIT_LDADD)
unit_tests += tests/unit/test_usher
tests_unit_test_usher_SOURCES = tests/unit/test_usher.c tests/unit/core_fixture.h
tests_unit_test_usher_LDADD = libcore.a libcatalogue.a $(UNIT_LDADD)

unit_tests += tests/unit/test_mail
tests_unit_test_mail_SOURCES = tests/unit/test_mail.c tests/unit/core_fixture.h
tests_unit_test_mail_LDADD = liboutbound.a libstore.a libcore.a libcatalogue.a $(SQLITE_LIBS) $(UV_LIBS) $(CARES_LIBS) \
  $(UNIT_LDADD)

unit_tests += tests/unit/test_frame_url
tests_unit_test_frame_url_SOURCES = tests/unit/test_frame_url.c
tests_unit_test_frame_url_LDADD = libcommon.a $(CMOCKA_LIBS) $(JANSSON_LIBS) $(SSL_LIBS)
unit_tests += tests/unit/test_reach
tests_unit_test_reach_SOURCES = tests/unit/test_reach.c
tests_unit_test_reach_LDADD = liboutbound.a $(UNIT_LDADD)

unit_tests += tests/unit/test_json
tests_unit_test_json_SOURCES = tests/unit/test_json.c
tests_unit_test_json_LDADD = $(UNIT_LDADD)

unit_tests += tests/unit/test_record
tests_unit_test_record_SOURCES = tests/unit/test_record.c tests/unit/core_fixture.h
tests_unit_test_record_LDADD = libcore.a libcatalogue.a $(UNIT_LDADD)

unit_tests += tests/unit/test_admin_records
tests_unit_test_admin_records_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
tests_unit_test_admin_records_SOURCES = tests/unit/test_admin_records.c
tests_unit_test_admin_records_LDADD = $(CLIENT_LIBS) $(CMOCKA_LIBS) $(PCRE2_LIBS)

unit_tests += tests/unit/test_ws
tests_unit_test_ws_SOURCES = tests/unit/test_ws.c
tests_unit_test_ws_LDADD = $(UNIT_LDADD) $(SSL_LIBS)

unit_tests += tests/unit/test_http1
tests_unit_test_http1_SOURCES = tests/unit/test_http1.c
tests_unit_test_http1_LDADD = libhttp.a $(UNIT_LDADD) $(HTTP_LIBS)

unit_tests += tests/unit/test_client_model tests/unit/test_outbox
tests_unit_test_client_model_SOURCES = tests/unit/test_client_model.c
tests_unit_test_client_model_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
tests_unit_test_client_model_LDADD = $(CLIENT_LIBS) $(CMOCKA_LIBS)
tests_unit_test_outbox_SOURCES = tests/unit/test_outbox.c
tests_unit_test_outbox_LDADD = $(CLIENT_LIBS) $(CMOCKA_LIBS)
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
