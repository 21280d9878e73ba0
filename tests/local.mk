include tests/unit/local.mk
include tests/faults/local.mk
