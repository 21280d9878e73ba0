#!/usr/bin/env python3
"""The checks bite: each is run on a small tree with one fault in it, and must find that fault and no other."""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

HEADER = '/* What this part is for. */\n#ifndef %s\n#define %s\n\n%s\n#endif\n'


def header(guard, body=''):
    return HEADER % (guard, guard, body)

PAGE = ('.Dd January 1, 2026\n.Dt %s\n.Os\n.Sh NAME\n.Nm %s\n.Nd x\n.Sh DESCRIPTION\nx\n.Bl -tag -width Ds\n'
        '.It x\nx\n%s.El\n')
OPTION = '.It Fl -%s\nx\n'

GOOD = {
    'src/common/buf.h': header('COMMON_BUF_H', '/* Frees it. */\nvoid buf_drop(int *b);\n'),
    'src/core/core.h': header('CORE_CORE_H', '#include "common/buf.h"\n'),
    'src/core/core.c': '#include "core/core.h"\n\n/* time() is only named here */\nint x(void)\n{\n    return 0;\n}\n',
    'src/catalogue/rows_a.inc':
        '#define PAIR(who) {.id = "Limit_" who, .section = "S", .label = "L", .help = "Limits calls per " who "."}\n'
        '{.id = "One", .section = "S", .label = "One {1}", .help = "Says what one "\n "does."},\nPAIR("User"),\n',
    'man/usher-settings.7': '.TH X 7 2026-01-01\n.SH NAME\nx \\- y\n.SH DESCRIPTION\n.TP\n.B One\n.TP\n.B Limit_User\n',
    'src/ui/command_table.h': header('UI_COMMAND_TABLE_H', '#define COMMANDS(C) \\\n' + ''.join(
        '    C(DO_%s, "do-%s", "[N]", "Do it (%s)", NONE, "F1, x", A | B, "Do")    \\\n' % (c.upper(), c, c)
        for c in 'abcdefghijklmnopqrstuvw') + '    C(END, "end", "", "End it", NONE, "", A, NULL)\n'),
    'src/ui/ui.c': 'int f(int c)\n{\n    return c == CMD_END' + ''.join(
        ' || c == CMD_DO_' + c for c in 'ABCDEFGHIJKLMNOPQRSTUVW') + ';\n}\n',
    'man/usher-commands.7': '.TH X 7 2026-01-01\n.SH NAME\nx \\- y\n.SH DESCRIPTION\n' + ''.join(
        '.TP\n.BR do\\-%s " [N]"\nDo it.\n' % c for c in 'abcdefghijklmnopqrstuvw') + '.TP\n.BR end\nEnd it.\n',
    'src/server/options.c': 'static const struct row rows[] = {\n    {"listen", KIND_TEXT, AT(listen), false, "A", "h"},\n'
                            '    {"rate_limits", KIND_FLAG, AT(rate_limits), true, NULL, "h"},\n};\n',
    'man/usher.1': PAGE % ('USHER 1', 'usher', ''),
    'man/usherd.8': PAGE % ('USHERD 8', 'usherd', OPTION % 'listen' + OPTION % 'help' + OPTION % 'version' +
                            '.It Ev USHER_LISTEN , USHER_RATE_LIMITS\nx\n'),
    'man/usherd.yaml.5': PAGE % ('USHERD.YAML 5', 'usherd.yaml', '.It Cm listen\nx\n.It Cm rate_limits\nx\n'),
    'tests/a.sh': '#!/bin/sh\nexit 0\n',
}

# check, file, its text (None: as in GOOD, with the replacement), words of the finding
CASES = [
    ('include_table', 'src/core/core.c', '#include <curses.h>\n', '<curses.h> belongs to term'),
    ('include_table', 'src/core/core.c', '#include <time.h>\n', 'the core is pure'),
    ('include_table', 'src/core/core.c', 'int f(void)\n{\n    return time(0);\n}\n', 'time(): the core has no clock'),
    ('include_table', 'src/core/core.c', '#include "store/store.h"\n', 'there is no such file'),
    ('include_table', 'src/common/a.c', '#include "core/core.h"\n', 'common may not include core'),
    ('include_table', 'src/common/a.c', '#include "buf.h"\n', 'does not name its room'),
    ('include_table', 'src/common/buf.h', header('COMMON_BUF_H', '#include "common/buf.h"\n'), 'in a circle'),
    ('include_table', 'src/newroom/a.c', 'int a;\n', 'is no room of the table'),
    ('headers', 'src/core/core.h', header('CORE_H'), 'wanted CORE_CORE_H'),
    ('headers', 'src/core/core.h', '#ifndef CORE_CORE_H\n#define CORE_CORE_H\n#endif\n', 'begin with a comment'),
    ('headers', 'src/core/core.h', header('CORE_CORE_H', '/* Makes one. */\nint a(void);\n\nint core_step(int a,\n              int b);\n'),
     'core_step() has no words'),
    ('file_size', 'src/core/core.c', 'int a;\n' * 801, '801 lines'),
    ('no_foreign', 'src/core/core.c', '/* see /ho' + 'me/ann/x */\n', 'a path of one machine'),
    ('no_foreign', 'src/core/core.c', '/* TO' + 'DO: all */\n', 'work left to do'),
    ('no_foreign', 'src/core/core.c', '/* http' + '://foo.bar/x */\n', 'an address of a stranger'),
    ('no_foreign', 'src/core/core.c', 'int a; \n', 'blanks at the end'),
    ('no_foreign', 'src/core/core.c', 'int a;', 'line end'),
    ('settings_check', 'src/catalogue/rows_b.inc', '{.id = "Two", .section = "S", .label = "L"},\n', 'Two has no help'),
    ('settings_check', 'src/catalogue/rows_b.inc', GOOD['src/catalogue/rows_a.inc'].split('\n', 1)[0] +
     '\nPAIR("User"),\n', 'Limit_User stands here and at'),
    ('settings_check', 'src/core/core.c', 'int f(void)\n{\n    return core_setting_int(c, "Tow");\n}\n', 'Tow is no setting'),
    ('settings_check', 'man/usher-settings.7', '.B One\n', 'Limit_User is not in usher-settings(7)'),
    ('settings_check', 'tests/lint/settings_table.txt', '[S]\nLimit_User | L | boolean | | |\nOne | One {1} | boolean | | |\n',
     'the settings of S stand in the order One, Limit_User'),
    ('settings_check', 'tests/lint/settings_table.txt', '[S]\nOne | Uno | boolean | | |\nLimit_User | L | boolean | | |\n',
     'the label of One is "One {1}", the guide has "Uno"'),
    ('settings_check', 'tests/lint/settings_table.txt', '[S]\nOne | One {1} | boolean | 1 | Two>=1 |\n',
     'One lacks the condition Two>=1'),
    ('settings_check', 'tests/lint/settings_table.txt', '[S]\nOne | One {1} | int | 1 | |\n', 'Limit_User is not in the guide'),
    ('commands_check', 'src/ui/command_table.h', GOOD['src/ui/command_table.h'].replace('"End it"', '"end it"'),
     'begins with a capital'),
    ('commands_check', 'src/ui/command_table.h', GOOD['src/ui/command_table.h'].replace('"end"', '"do-a"'), 'stands twice'),
    ('commands_check', 'man/usher-commands.7', GOOD['man/usher-commands.7'].replace('end\n', 'ende\n'),
     'end is not in usher-commands(7)'),
    ('commands_check', 'src/ui/ui.c', GOOD['src/ui/ui.c'].replace(' || c == CMD_DO_C', ''), 'no code runs it (CMD_DO_C)'),
    ('man_check', 'man/usherd.8', GOOD['man/usherd.8'].replace(OPTION % 'listen', ''), 'does not know usherd --listen'),
    ('man_check', 'man/usherd.8', GOOD['man/usherd.8'].replace('Fl -help', 'Fl -hlep'), 'tells of --hlep'),
    ('man_check', 'man/usherd.8', GOOD['man/usherd.8'].replace('.El', '.Xr usher-x 1\n.El'), 'refers to usher-x(1)'),
    ('man_check', 'man/usherd.yaml.5', GOOD['man/usherd.yaml.5'].replace('rate_', ''), 'does not know the key rate_limits'),
    ('scripts_check', 'tests/a.sh', '#!/bin/sh\nif true\n', 'sh -n'),
    ('scripts_check', 'tests/a.py', 'def f(:\n', 'Python cannot read it'),
]


def run(check, tree):
    env = dict(os.environ, USHER_SRCDIR=tree, USHER_BUILD=tree)
    return subprocess.run([sys.executable, os.path.join(HERE, check + '.py')], env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding='utf-8', check=False)


def put(tree, path, text):
    full = os.path.join(tree, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, 'w', encoding='utf-8') as f:
        f.write(text)
    if text.startswith('#!'):
        os.chmod(full, 0o755)


failed = False
for check, path, text, words in [(c, None, None, None) for c in sorted({c[0] for c in CASES})] + CASES:
    with tempfile.TemporaryDirectory() as tree:
        for name, good in GOOD.items():
            put(tree, name, good)
        if path:
            put(tree, path, text)
        r = run(check, tree)
        findings = [line for line in r.stdout.splitlines() if not line.startswith(('skipped', 'warning', 'note'))]
        good = r.returncode in (0, 77) and not findings if path is None else \
            r.returncode == 1 and len(findings) >= 1 and any(words in line for line in findings)
        if not good:
            failed = True
            print('tests/lint/%s.py: %s: wanted %s, got (%d) %s' % (
                check, path or 'a good tree', words or 'nothing', r.returncode, '; '.join(r.stdout.splitlines())))
sys.exit(1 if failed else 0)
