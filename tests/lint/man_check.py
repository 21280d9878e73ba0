#!/usr/bin/env python3
"""Manual pages: mandoc has nothing to say, what they refer to exists, and usher(1), usherd(8), usherd.yaml(5) and the
bash completion know exactly the options that the programs have."""
import re
import shutil
import subprocess

import tables
import tree

HAND = ['usher.1', 'usherd.8', 'usherd.yaml.5']
COMPLETION = 'src/data/usher.bash-completion'
# Of the table of options, what a file has no use for: how usher starts it, and what only tests ask for.
NO_KEYS = {'config', 'embedded', 'demo', 'test_clock'}
skipped = []


def check_mandoc(found):
    if not shutil.which('mandoc'):
        skipped.append('mandoc is not installed')
        return
    for name, path in sorted(found.items()):
        r = subprocess.run(['mandoc', '-T', 'lint', '-W', 'warning', path], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, encoding='utf-8', check=False)
        for line in r.stdout.splitlines():
            print(re.sub(r'^mandoc: (\S*/)?', 'man/', line))
        if r.returncode:
            tree.finding('man/' + name, 0, 'mandoc complains')


def check_references(found):
    """Pages of ours that a page refers to exist."""
    for name in sorted(found):
        text = tree.plain(tree.page(name) or '')
        for m in re.finditer(r'\b(usherd?(?:[.-][a-z]+)*) (?:\(([1-9])\)|([1-9])(?![0-9)]))', text):
            page, section = m.group(1), m.group(2) or m.group(3)
            other = '%s.%s' % (page, section)
            if other not in found and other != 'usher-commands.7':
                tree.finding('man/' + name, 0, 'refers to %s(%s), which is not there' % (page, section))


def compare(what, path, there, options, ignore=()):
    for name in sorted(options - there - set(ignore)):
        tree.finding(path, 0, 'does not know %s --%s' % (what, name))
    for name in sorted(there - options - set(ignore)):
        tree.finding(path, 0, 'tells of --%s, which %s does not have' % (name, what))


def check_options(program, page):
    options = tables.options(program)
    if options is None:
        print('note: no table of options of %s was found' % program)
        return None
    options = options | {'help', 'version'}
    text = tree.page(page)
    if text is not None:
        compare(program, 'man/' + page, own_options(text), options)
    return options


def own_options(text):
    """Options in the lists of a page: '.It Fl -name'. What stands in running text may belong to other programs."""
    return set(re.findall(r'(?m)^\.It (?:Fl \w ?, ?)?Fl -([a-z][a-z0-9-]*)', tree.plain(text)))


def check_keys():
    """Keys of the configuration file: in the page as '.It Cm key'; and their variables in usherd(8)."""
    text, known = tree.page('usherd.yaml.5'), tables.keys()
    if text is None or known is None:
        return
    known = known - NO_KEYS
    keys = set(re.findall(r'(?m)^\.It Cm ([a-z][a-z0-9_]*)', tree.plain(text)))
    for key in sorted(known - keys):
        tree.finding('man/usherd.yaml.5', 0, 'does not know the key %s' % key)
    for key in sorted(keys - known):
        tree.finding('man/usherd.yaml.5', 0, 'tells of the key %s, which the program does not have' % key)
    variables = set(re.findall(r'\bUSHER_[A-Z_]+', tree.page('usherd.8') or ''))
    for key in sorted(known):
        if 'USHER_' + key.upper() not in variables:
            tree.finding('man/usherd.8', 0, 'does not know the variable USHER_%s' % key.upper())


def check_completion(usher, usherd):
    if not tree.exists(COMPLETION):
        return
    text = tree.read(COMPLETION)
    for program, options in (('usher', usher), ('usherd', usherd)):
        m = re.search(r'(?ms)^_%s\(\)\s*\{(.*?)^\}' % program, text)
        if not m:
            tree.finding(COMPLETION, 0, 'has no function _%s' % program)
        elif options:
            compare(program, COMPLETION, set(re.findall(r'(?<![\w-])--([a-z][a-z0-9-]*)', m.group(1))), options)


found = tree.pages()
for name in HAND:
    if name not in found:
        tree.finding('man/' + name, 0, 'is not there')
check_mandoc(found)
check_references(found)
usherd = check_options('usherd', 'usherd.8')
usher = check_options('usher', 'usher.1')
check_keys()
check_completion(usher, usherd)
if skipped:
    tree.skip('; '.join(skipped))
tree.end()
