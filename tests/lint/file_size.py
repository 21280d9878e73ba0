#!/usr/bin/env python3
"""A file holds one noun: at most 800 lines in src/, and a warning from 600 on. Tables of data (.inc, *_table.h) may be
longer."""
import tree

HARD, SOFT = 800, 600

for path in tree.files('src', ['.c', '.h']):
    if path.endswith('_table.h'):
        continue
    n = tree.read(path).count('\n')
    if n > HARD:
        tree.finding(path, 0, '%d lines; at most %d' % (n, HARD))
    elif n > SOFT:
        tree.warning(path, '%d lines; better under %d' % (n, SOFT))
tree.end()
