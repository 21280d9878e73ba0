"""Reads the tables of the program out of their C sources: settings, commands of the console, endpoints, options."""
import re

import tree


def expand(text):
    """The function-like macros that the text itself defines, put in place; lines stay where they are."""
    macros = {}

    def define(m):
        body = re.sub(r'\\\n', ' ', m.group(3))
        macros[m.group(1)] = ([p.strip() for p in m.group(2).split(',')], body)
        return '\n' * m.group(0).count('\n')

    text = re.sub(r'(?m)^#define (\w+)\(([^()]*)\)((?:.*\\\n)*.*)$', define, tree.blank(text))
    text = re.sub(r'(?m)^#undef.*$', '', text)
    for name, (params, body) in macros.items():
        def use(m, params=params, body=body):
            values = dict(zip(params, re.findall(r'"(?:\\.|[^"\\])*"|[^,\s][^,]*', m.group(1))))
            out = re.sub(r'"(?:\\.|[^"\\])*"|\w+', lambda w: values.get(w.group(0), w.group(0)), body)
            return out + '\n' * m.group(0).count('\n')
        text = re.sub(r'\b%s\(((?:"(?:\\.|[^"\\])*"|[^()"])*)\)' % name, use, text)
    return text


def rows(text):
    """The top-level {...} groups of a table's text: (line, text inside)."""
    bare, depth, start = tree.blank(text, strings=True), 0, 0
    for i, c in enumerate(bare):
        if c == '{':
            if depth == 0:
                start = i
            depth += 1
        elif c == '}' and depth:
            depth -= 1
            if depth == 0:
                yield tree.line_of(text, start), text[start + 1:i]


def field(row, name):
    """The joined literals of .name = "…" "…" in a row; None when the row has none."""
    bare = tree.blank(row)
    m = re.search(r'\.%s\s*=\s*((?:"(?:\\.|[^"\\\n])*"\s*)+)' % name, bare)
    return ''.join(tree.strings(m.group(1))) if m else None


def settings():
    """(file, line, row text) of every row of the settings table."""
    for path in tree.files('src/catalogue', ['.inc']):
        for line, row in rows(expand(tree.read(path))):
            yield path, line, row


def console_commands():
    """(line, name, arguments, help, keys, ID) of COMMANDS in src/ui/command_table.h; None when it is not there."""
    path = 'src/ui/command_table.h'
    if not tree.exists(path):
        return None
    text, out = tree.read(path), []
    for m in re.finditer(r'(?m)^\s*C\(([A-Z_0-9]+),\s*(.*?)\)\s*\\?$', tree.blank(text)):
        literals = tree.strings(re.sub(r'",\s*"', '" , "', m.group(2)))
        if len(literals) >= 3:
            out.append((tree.line_of(text, m.start(1)), literals[0], literals[1], literals[2],
                        literals[3] if len(literals) > 3 else '', m.group(1)))
    return out


OPTIONS = {'usherd': 'src/server/options.c', 'usher': 'src/cli/options.c'}


def option_rows(program):
    """(name, text of the row) of the table rows[] in which a program lists its options; None when it is not there."""
    path = OPTIONS[program]
    if not tree.exists(path):
        return None
    m = re.search(r'\brows\[\]\s*=\s*\{(.*?)^\};', tree.blank(tree.read(path)), re.S | re.M)
    out = []
    for _, row in rows(m.group(1)) if m else ():
        name = re.match(r'\s*"([a-z][a-z0-9_-]*)"\s*,', row)
        if name:
            out.append((name.group(1), row))
    return out


def options(program):
    """Long options of a program, without the dashes; None when the table is not there."""
    found = option_rows(program)
    if found is None:
        return None
    # In usherd's table a row with true behind its place belongs to the file and the environment alone.
    return {name.replace('_', '-') for name, row in found
            if program != 'usherd' or not re.search(r'AT\(\w+\)\s*,\s*true\b', row)}


def keys():
    """Keys of usherd's configuration file; None when the table is not there."""
    found = option_rows('usherd')
    return None if found is None else {name for name, _ in found}
