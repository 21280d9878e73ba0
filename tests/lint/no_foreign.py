#!/usr/bin/env python3
"""The tree speaks of itself alone: no paths of somebody's machine, no addresses of strangers, no notes of work left to
do, no secrets; and text files are clean (UTF-8, line ends, no trailing blanks)."""
import os
import re

import tree

ME = 'tests/lint/no_foreign.py'
BINARY = ('.png', '.gif', '.jpg', '.ico', '.db', '.pdf', '.woff', '.woff2', '.gz', '.xz', '.o', '.a', '.bin')
MADE = re.compile(r'(^|/)(Makefile(\.in)?|configure~?|aclocal\.m4|config\.(h|h\.in|h\.in~|log|status)|stamp-h1|'
                  r'usherd?|.*\.(o|a|log|trs|pyc))$|^build-aux/|^man/usher-(settings|commands)\.7$')
MACHINE = re.compile(r'(?<![\w./$}-])/(work|root|home/\w+|Users/\w+|workspace|mnt/\w+)(?=[/\s"\'`:,;)]|$)')
TODO = re.compile(r'\b(TODO|FIXME|XXX|HACK)\b')
ADDRESS = re.compile(r'\b(?:https?|wss?|ftp|git|ssh)://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)')
OURS = re.compile(r'(^|\.)(example(\.(org|com|net))?|test|invalid|localhost|host|other|h|x|y)$|^127\.|^\[|^10\.|^169\.254\.|^192\.168\.|'
                  r'^0\.0\.0\.0$|^(192\.0\.2|198\.51\.100|203\.0\.113)\.|^a$|^b$|^evil$|^\.+$')
KNOWN = {'www.w3.org'}   # name spaces
SECRET = re.compile(r'-----BEGIN (RSA |EC |OPENSSH )?PRIVATE KEY-----|\bgh[pousr]_[A-Za-z0-9]{30,}|\bAKIA[0-9A-Z]{16}\b')
# Hosts of programs that fetch packages: the users' own configuration says where from.
FETCH = re.compile(r'--registry[ =]\S|--index-url[ =]\S|\bregistry\.[a-z0-9-]+\.[a-z]{2,}|\b(artifactory|nexus)\b', re.I)


def check_line(path, number, line):
    if MACHINE.search(line):
        tree.finding(path, number, 'a path of one machine: ' + MACHINE.search(line).group(0))
    if TODO.search(line):
        tree.finding(path, number, 'work left to do: ' + line.strip()[:80])
    for m in ADDRESS.finditer(line):
        host = m.group(1).lower().rstrip('.')
        if not OURS.search(host) and host not in KNOWN:
            tree.finding(path, number, 'an address of a stranger: ' + m.group(0))
    if FETCH.search(line):
        tree.finding(path, number, 'names where packages come from: ' + FETCH.search(line).group(0))
    if SECRET.search(line):
        tree.finding(path, number, 'looks like a secret')
    if line != line.rstrip(' \t\r') and not path.endswith('.md'):
        tree.finding(path, number, 'blanks at the end of the line')


for path in tree.files():
    if path == ME or path.endswith(BINARY) or MADE.search(path):
        continue
    try:
        text = tree.read(path)
    except UnicodeDecodeError:
        if b'\0' not in open(os.path.join(tree.ROOT, path), 'rb').read():   # else it is a program, or a picture
            tree.finding(path, 0, 'is not UTF-8')
        continue
    if '\0' in text:
        continue
    if text and not text.endswith('\n'):
        tree.finding(path, 0, 'does not end with a line end')
    for number, line in enumerate(text.split('\n'), 1):
        check_line(path, number, line)
tree.end()
