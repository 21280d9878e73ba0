# Checks of the sources themselves: "make lint", part of the tests.
EXTRA_DIST += tests/lint/run tests/lint/tree.py tests/lint/tables.py \
  tests/lint/include_table.py tests/lint/headers.py tests/lint/file_size.py tests/lint/no_foreign.py \
  tests/lint/settings_check.py tests/lint/settings_table.txt tests/lint/commands_check.py tests/lint/man_check.py tests/lint/scripts_check.py \
  tests/lint/selftest.py

lint: man/usher-settings.7
	PYTHON='$(PYTHON)' $(srcdir)/tests/lint/run .
.PHONY: lint
