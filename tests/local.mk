include tests/unit/local.mk
include tests/sim/local.mk
include tests/bench/local.mk
include tests/lint/local.mk
include tests/faults/local.mk
include tests/fuzz/local.mk
include tests/tui/local.mk
include tests/effects/local.mk
