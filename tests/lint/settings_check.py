#!/usr/bin/env python3
"""The settings table: every row has an id of its own, a label, a section and words of help that are a sentence; every id
that the manual should show is in usher-settings(7)."""
import re

import tables
import tree

seen = {}
listed = []
for path, line, row in tables.settings():
    name = tables.field(row, 'id')
    if not name:
        tree.finding(path, line, 'a setting without an id')
        continue
    if name in seen:
        tree.finding(path, line, '%s stands here and at %s' % (name, seen[name]))
    seen[name] = '%s:%d' % (path, line)
    hidden = re.search(r'\.is_hidden\s*=\s*true', row)
    if not hidden:
        listed.append((path, line, name))
    for key in ('section', 'label'):
        if not tables.field(row, key):
            tree.finding(path, line, '%s has no %s' % (name, key))
    words = tables.field(row, 'help') or ''
    if len(words.split()) < 3:
        tree.finding(path, line, '%s has no help' % name)
    elif not re.search(r'[.!?)]$', words):
        tree.finding(path, line, 'the help of %s does not end as a sentence' % name)
    elif '\n' in words or '  ' in words:
        tree.finding(path, line, 'the help of %s has a line end or two blanks in it' % name)
if not seen:
    tree.finding('src/catalogue', 0, 'no setting was found in the table')

# Ids that the sources ask for by a literal must exist.
for path in tree.files('src', ['.c', '.h', '.inc']):
    text = tree.read(path)
    for m in re.finditer(r'\b(?:core_setting_(?:bool|int|text)\s*\([^,()]*,|ON\s*\(|catalogue_find\s*\()\s*"(\w+)"\s*[,)]',
                         tree.blank(text)):
        if m.group(1) not in seen:
            tree.finding(path, tree.line_of(text, m.start(1)), '%s is no setting of the table' % m.group(1))

page = tree.page('usher-settings.7')
if page is None:
    tree.skip('usher-settings.7 has not been made (make man/usher-settings.7)')
shown = set(re.findall(r'(?m)^\.(?:B|It (?:Va|Cm|Sy|Ic)?|Va)\s+(\w+)\s*$', tree.plain(page)))
for path, line, name in listed:
    if name not in shown:
        tree.finding(path, line, '%s is not in usher-settings(7)' % name)
for name in sorted(shown - set(seen)):
    tree.finding('man/usher-settings.7', 0, '%s is no setting of the table' % name)
tree.end()
