#!/usr/bin/env python3
"""Scripts at least parse: shell by their shell, Python by Python; what is started directly may be executed."""
import ast
import os
import shutil
import subprocess

import tree


def shell_of(path):
    with open(os.path.join(tree.ROOT, path), 'rb') as f:
        first = f.readline().decode('utf-8', 'replace')
    if not first.startswith('#!'):
        return None
    words = first[2:].split()
    return os.path.basename(words[-1] if words and words[0].endswith('env') else words[0]) if words else None


def parses(shell, path):
    if not shutil.which(shell):
        return
    r = subprocess.run([shell, '-n', os.path.join(tree.ROOT, path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       encoding='utf-8', check=False)
    if r.returncode:
        tree.finding(path, 0, '%s -n: %s' % (shell, r.stdout.strip().replace(tree.ROOT + '/', '')))


paths = tree.files('tests') + tree.files('src/data') + [p for p in ('bootstrap', '.ci/run') if tree.exists(p)]
for path in paths:
    if path.endswith('.py'):
        try:
            ast.parse(tree.read(path), path)
        except SyntaxError as e:
            tree.finding(path, e.lineno or 0, 'Python cannot read it: %s' % e.msg)
        continue
    if path.endswith(('.c', '.h', '.mk', '.log', '.trs', '.o', '.png')):
        continue
    if path.endswith('.bash-completion'):
        parses('bash', path)
        continue
    shell = shell_of(path)
    if shell is None:
        continue
    if not os.access(os.path.join(tree.ROOT, path), os.X_OK):
        tree.finding(path, 0, 'begins with #! but may not be executed')
    if shell in ('sh', 'dash', 'bash'):
        parses(shell, path)
tree.end()
