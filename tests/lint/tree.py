"""What the checks share: the files of the tree, C text without comments, and how findings are told.

A check is a program: one line per finding, "file:line: words"; its exit status is 0 (nothing found), 1 (something found)
or 77 (what it looks at is not there, so it was skipped). Lines that begin with "warning: " do not count."""
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.abspath(os.environ.get('USHER_SRCDIR') or os.path.join(os.path.dirname(__file__), '..', '..'))
BUILD = os.path.abspath(os.environ.get('USHER_BUILD') or os.getcwd())
SKIPPED = 77

_found = 0


def finding(path, line, words):
    global _found
    _found += 1
    print('%s:%d: %s' % (path, line, words) if line else '%s: %s' % (path, words))


def warning(path, words):
    print('warning: %s: %s' % (path, words))


def end():
    sys.stdout.flush()
    sys.exit(1 if _found else 0)


def skip(words):
    print('skipped: ' + words)
    sys.stdout.flush()
    sys.exit(SKIPPED if not _found else 1)


def read(path):
    """The text of a file named from the root."""
    with open(os.path.join(ROOT, path), encoding='utf-8') as f:
        return f.read()


def exists(path):
    return os.path.isfile(os.path.join(ROOT, path))


def _all_files():
    """All files that belong to the tree: as git says, or (tarball) all but hidden folders and what a build makes."""
    if os.path.exists(os.path.join(ROOT, '.git')) and shutil.which('git'):
        r = subprocess.run(['git', '-C', ROOT, 'ls-files', '-co', '--exclude-standard', '-z'], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, check=False)
        if r.returncode == 0:
            names = r.stdout.decode('utf-8', 'replace').split('\0')
            return sorted(n for n in set(names) if n and os.path.isfile(os.path.join(ROOT, n)))
    out = []
    for where, folders, names in os.walk(ROOT):
        folders[:] = [d for d in folders if not d.startswith(('.', 'build', '_build')) and
                      d not in ('autom4te.cache', '__pycache__', 'm4') and
                      not os.path.exists(os.path.join(where, d, 'config.status')) and not re.match(r'usher-[0-9]', d)]
        out += [os.path.relpath(os.path.join(where, n), ROOT) for n in names]
    return sorted(out)


_files = []


def files(folder='', endings=None):
    """Paths from the root, sorted, of the files below the folder."""
    if not _files:
        _files.extend(_all_files())
    return [p for p in _files if (not folder or p.startswith(folder + '/')) and
            (endings is None or p.endswith(tuple(endings)))]


_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(text, strings=False):
    """C text with comments (and with strings=True the insides of literals) as blanks; lines stay where they are."""
    def replace(m):
        s = m.group(0)
        if s[0] == '/':
            return re.sub(r'[^\n]', ' ', s)
        return s[0] + ' ' * (len(s) - 2) + s[-1] if strings else s
    return _TOKEN.sub(replace, text)


def strings(text):
    """The C string literals of a text (comments left out), neighbours joined."""
    out, at = [], None
    bare = blank(text)
    for m in re.finditer(r'"((?:\\.|[^"\\\n])*)"', bare):
        s = m.group(1).replace('\\"', '"').replace('\\n', '\n').replace('\\\\', '\\')
        if at is not None and not bare[at:m.start()].strip():
            out[-1] += s
        else:
            out.append(s)
        at = m.end()
    return out


def line_of(text, at):
    return text.count('\n', 0, at) + 1


def page(name):
    """Text of a manual page, from the sources or (generated ones) from the build folder; None when there is none."""
    for base in (ROOT, BUILD):
        path = os.path.join(base, 'man', name)
        if os.path.isfile(path):
            with open(path, encoding='utf-8') as f:
                return f.read()
    return None


def pages():
    """Full paths of all manual pages at hand, by name."""
    out = {}
    for base in (ROOT, BUILD):
        folder = os.path.join(base, 'man')
        if os.path.isdir(folder):
            for name in sorted(os.listdir(folder)):
                if re.search(r'\.[1-9]$', name):
                    out.setdefault(name, os.path.join(folder, name))
    return out


def plain(roff):
    """Text of a page with the usual escapes undone: enough to find option and command names."""
    roff = re.sub(r'(?m)^\.\\".*$', '', roff)
    for escape, text in (('\\-', '-'), ('\\&', ''), ('\\e', '\\'), ('\\(dq', '"'), ('\\(ti', '~'), ('\\(ha', '^'),
                         ('\\:', ''), ('\\fB', ''), ('\\fR', ''), ('\\fI', ''), ('\\(aq', "'")):
        roff = roff.replace(escape, text)
    return roff
