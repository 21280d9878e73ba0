include tests/unit/local.mk
include tests/tui/local.mk
