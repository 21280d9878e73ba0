#!/usr/bin/env python3
"""The settings table: every row has an id of its own, a label, a section and words of help that are a sentence; every id
that the manual should show is in usher-settings(7). Those of the administrator's guide are compared with
settings_table.txt: sections and settings in its order, labels, types, defaults, conditions, choices."""
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

# --- the guide ---

GUIDE = 'tests/lint/settings_table.txt'
TYPES = {'boolean': 'BOOL', 'int': 'INT', 'string': 'TEXT', 'multiline': 'MULTILINE', 'color': 'COLOR', 'select': 'SELECT',
         'secret': 'SECRET', 'action': 'ACTION'}
CONDITION = re.compile(r'\b(?:(ON|IS|NOT|AT_LEAST)\s*\(\s*"(\w+)"\s*(?:,\s*"([^"]*)"\s*)?\)|(OMNICHANNEL)\b)')


def conditions(row):
    """The conditions of a row of the sources, as the guide's table writes them."""
    at = row.find('.when')
    out = set()
    if at < 0:
        return out
    rest = row[at:]
    end = re.search(r',\s*\.\w+\s*=', rest)
    for m in CONDITION.finditer(rest[:end.start()] if end else rest):
        kind, name, value, master = m.groups()
        if master or kind == 'ON':
            out.add('%s=true' % ('Livechat_enabled' if master else name))
        else:
            out.add(name + {'IS': '=', 'NOT': '!=', 'AT_LEAST': '>='}[kind] + value)
    return out


def choices(row):
    at = row.find('CHOICES(')
    return ', '.join('%s: %s' % pair for pair in re.findall(r'\{"([^"]*)",\s*"([^"]*)"\}', row[at:])) if at >= 0 else ''


def guide():
    """(section, its rows) in order; a row has id, label, type, default, set of conditions, choices."""
    out = []
    for line in tree.read(GUIDE).split('\n'):
        if line.startswith('['):
            out.append((line.strip('[]'), []))
        elif line and not line.startswith('#'):
            parts = [p.strip().replace('\\|', '|') for p in re.split(r'(?<!\\)\|', line)]
            name, label, kind, default, when, options = (parts + [''])[:6]
            out[-1][1].append((name, label, kind, default, {c for c in when.split(', ') if c}, options))
    return out


def compare(section, wanted, found):
    order = [name for _, _, _, name, _ in found if name in {w[0] for w in wanted}]
    if order != [w[0] for w in wanted]:
        tree.finding(GUIDE, 0, 'the settings of %s stand in the order %s' % (section, ', '.join(order) or '(none)'))
    rows = {name: (path, line, row) for path, line, row, name, _ in found}
    for name, label, kind, default, when, options in wanted:
        if name not in rows:
            continue
        path, line, row = rows[name]
        is_type = re.search(r'\.type\s*=\s*SETTING_(\w+)', row)
        options = options.replace(' + ', ', ')  # behind the plus: not of the guide
        for what, want, have in (('label', label, tables.field(row, 'label')),
                                 ('type', TYPES[kind], is_type.group(1) if is_type else ''),
                                 ('default', default, tables.field(row, 'default_text') or ''),
                                 ('choices', options, choices(row))):
            if want != have:
                tree.finding(path, line, 'the %s of %s is "%s", the guide has "%s"' % (what, name, have, want))
        for c in sorted(when - conditions(row)):
            tree.finding(path, line, '%s lacks the condition %s' % (name, c))
        for c in sorted(conditions(row) - when):
            tree.finding(path, line, '%s has the condition %s, the guide has not' % (name, c))


if tree.exists(GUIDE):
    everything = [(p, l, r, tables.field(r, 'id'), tables.field(r, 'section')) for p, l, r in tables.settings()
                  if not re.search(r'\.is_hidden\s*=\s*true', r)]
    for section, wanted in guide():
        compare(section, wanted, [e for e in everything if e[4] == section])
        for path, line, _, name, _ in [e for e in everything if e[4] == section]:
            if name not in {w[0] for w in wanted}:
                tree.finding(path, line, '%s is not in the guide, yet stands in %s' % (name, section))
    source = 'src/catalogue/catalogue.c'
    listed_sections = re.search(r'sections\[\]\s*=\s*\{(.*?)\};', tree.read(source), re.S) if tree.exists(source) else None
    names = tree.strings(re.sub(r'",\s*"', '" , "', listed_sections.group(1))) if listed_sections else []
    if listed_sections and names[:len(guide())] != [section for section, _ in guide()]:
        tree.finding(source, 0, 'the sections do not begin as in the guide: %s' % ', '.join(names))

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
