#!/usr/bin/env python3
"""The console's commands: names and words of help are well formed, each is run by some code, and usher-commands(7) and
the keymap files know exactly the commands of the table."""
import re

import tables
import tree

PATH = 'src/ui/command_table.h'
rows = tables.console_commands()
if rows is None:
    tree.skip('there is no %s yet' % PATH)
if len(rows) < 20:
    tree.finding(PATH, 0, 'only %d commands were found: is the check still right about the form?' % len(rows))
names = {}
code = ' '.join(tree.blank(tree.read(path), strings=True) for path in tree.files('src/ui', ['.c']))
used = set(re.findall(r'\bCMD_(\w+)', code))
for line, name, args, words, keys, number in rows:
    if not re.match(r'^[a-z][a-z-]*$', name):
        tree.finding(PATH, line, 'command name "%s": small letters and hyphens' % name)
    if name in names:
        tree.finding(PATH, line, '%s stands twice' % name)
    names[name] = line
    if number not in used:
        tree.finding(PATH, line, '%s: no code runs it (CMD_%s)' % (name, number))
    if len(words) < 5 or not words[0].isupper() or words.endswith('.'):
        tree.finding(PATH, line, '%s: the help begins with a capital and has no full stop' % name)

page = tree.page('usher-commands.7')
if page is not None:
    text = tree.plain(page)
    for name, line in names.items():
        if not re.search(r'(?m)^\.\w.*(?<![\w-])%s(?![\w-])' % re.escape(name), text):
            tree.finding(PATH, line, '%s is not in usher-commands(7)' % name)
    shown = re.findall(r'(?m)^\.(?:TP\n\.BR?|It Ic|It Cm) "?([a-z][a-z-]+)\b(?!\s*\()', text)
    for name in shown:
        if name not in names:
            tree.finding('man/usher-commands.7', 0, '%s is no command of the table' % name)

for path in tree.files('themes', ['.yaml']):
    text = tree.read(path)
    if not re.search(r'(?m)^(global|list|queue|chat|composer|edit|any):', text):
        continue   # a theme, no keymap
    for number, line in enumerate(text.split('\n'), 1):
        m = re.match(r'\s+"(?:[^"\\]|\\.)*":\s*"?([a-z][a-z-]+)', line)
        if m and m.group(1) not in names:
            tree.finding(path, number, '%s is no command' % m.group(1))
if page is None:
    tree.skip('usher-commands.7 has not been made')
tree.end()
