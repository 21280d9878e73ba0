#!/usr/bin/env python3
"""Headers: a first comment that says what the part is for, a guard named after the path, and words for every prototype:
in a comment above it, behind it, or in its block (lines without a blank line between them). A block without words is
covered by those of the blocks without prototypes right above it: of a type, or of the file itself for the first ones.
Names that mean the same everywhere (x_new, x_free …; HACKING, "Code") need none."""
import re

import tree

INNER = re.compile(r'(^|/)(internal|[a-z0-9_]*_priv(ate)?)\.h$')
PROTOTYPE = re.compile(r'^(?!(typedef|struct\s+\w+\s*[{;]|enum|union|static\s+inline|return|#)\b)[A-Za-z_][\w\s\*]*?'
                       r'\b(\w+)\s*\((?!\*)')
USUAL = re.compile(r'_(new|free|init|fini|dup|ref|unref|copy|equal|count|clear|name)$')


def check_first_comment(path, text):
    if not text.startswith('/*'):
        tree.finding(path, 1, 'does not begin with a comment that says what the part is for')
        return
    words = text[2:text.index('*/')].split() if '*/' in text else []
    if len(words) < 4:
        tree.finding(path, 1, 'the first comment says too little')


def check_guard(path, text):
    want = re.sub(r'[^A-Z0-9]', '_', path[len('src/'):].upper())
    m = re.search(r'(?m)^#ifndef (\w+)\n#define (\w+)$', text)
    if not m or m.group(1) != m.group(2):
        tree.finding(path, 1, 'has no include guard; wanted %s' % want)
    elif m.group(1) != want:
        tree.finding(path, tree.line_of(text, m.start()), 'guard is %s, wanted %s' % (m.group(1), want))
    elif not re.search(r'#endif[^\n]*\s*$', text):
        tree.finding(path, 0, 'the guard does not end with the file')


def statements(text):
    """(first line, code of the statement) at file level, preprocessor lines and bodies left out."""
    bare = re.sub(r'(?m)^[ \t]*#(?:.*\\\n)*.*$', lambda m: re.sub(r'[^\n]', ' ', m.group(0)), tree.blank(text, True))
    depth, start, out = 0, 0, []
    for i, c in enumerate(bare):
        if c == '{':
            depth += 1
        elif c == '}':
            depth -= 1
            if depth == 0 and re.match(r'\s*\n', bare[i + 1:]):
                start = i + 1
        elif c == ';' and depth == 0:
            code = bare[start:i]
            at = start + len(code) - len(code.lstrip())
            out.append((tree.line_of(bare, at), code.strip()))
            start = i + 1
    return out


def blocks(lines):
    """Number of the block of each line; blank lines have None."""
    out, n = [], 0
    for i, line in enumerate(lines):
        if line.strip():
            if i and not lines[i - 1].strip():
                n += 1
            out.append(n)
        else:
            out.append(None)
    return out


def check_prototypes(path, text):
    lines = text.split('\n')
    block_of = blocks(lines)
    worded = {block_of[i] for i, l in enumerate(lines) if '/*' in l or '*/' in l}
    found = [(line, m.group(2)) for line, code in statements(text) for m in [PROTOTYPE.match(code)]
             if m and '{' not in code]
    holders = {block_of[line - 1] for line, _ in found}
    for line, name in found:
        n = block_of[line - 1]
        while n not in worded and n > 0 and n - 1 not in holders:
            n -= 1
        if n not in worded and not USUAL.search(name):
            tree.finding(path, line, '%s() has no words: what it does, who owns what, which errors' % name)


for path in tree.files('src', ['.h']):
    text = tree.read(path)
    check_first_comment(path, text)
    check_guard(path, text)
    if not INNER.search(path):
        check_prototypes(path, text)
tree.end()
