# What each setting does: run by tests/run.py.
EXTRA_DIST += tests/effects/open.txt $(wildcard $(srcdir)/tests/effects/*.py)
