#!/usr/bin/env python3
"""Who may include whom (HACKING, "Rooms"): the rooms of src/, the libraries that belong to one room only, inner
headers, cycles; and that the core has no clock, no chance and no input or output."""
import re

import tree

# Room: the rooms it may include besides itself.
ROOMS = {
    'common': [],
    'catalogue': ['common'],
    'core': ['catalogue', 'common'],
    'store': ['core', 'catalogue', 'common'],
    'outbound': ['core', 'store', 'catalogue', 'common'],
    'server': ['core', 'store', 'outbound', 'catalogue', 'common'],
    'client': ['catalogue', 'common'],
    'term': ['common'],
    'ui': ['client', 'term', 'catalogue', 'common'],
    'cli': ['client', 'catalogue', 'common'],
}

# Library header: the only rooms that may include it. Programs in src/ itself and the tests may include anything.
LIBRARIES = [
    (r'(ncursesw?/)?(n?curses|term|panel|menu|form)\.h$', ['term']),
    (r'sqlite3\.h$', ['store']),
    (r'(http_parser|llhttp)\.h$', ['server']),
    (r'uv\.h$', ['server', 'client', 'outbound', 'term', 'ui', 'cli']),
    (r'curl/', ['client', 'outbound', 'cli']),
    (r'(gmime/|ares\.h)', ['outbound']),
    (r'dlfcn\.h', ['common']),
    (r'unicode/', ['common', 'outbound']),
    (r'openssl/(ssl|bio|x509)', ['server', 'outbound']),
    (r'openssl/', ['server', 'client', 'outbound', 'common']),
    (r'crypt\.h$', ['server', 'store']),
    (r'pthread\.h$', ['store', 'catalogue', 'common']),
    (r'yaml\.h$', ['common']),
    (r'pcre2\.h$', ['common']),
    (r'jansson\.h$', ['common', 'catalogue', 'core', 'store', 'outbound', 'server', 'client', 'cli']),
    (r'sys/(socket|un)\.h$|netinet/|arpa/|netdb\.h$', ['server', 'client', 'outbound', 'cli', 'common']),
    (r'termios\.h$|sys/ioctl\.h$', ['term', 'cli']),
]

# Includes and calls that the core must do without.
CORE_INCLUDES = r'(time|unistd|fcntl|signal|pthread|sys/(random|stat|time|types|socket|wait)|bsd/stdlib)\.h$'
CORE_CALLS = re.compile(r'\b(time|clock|clock_gettime|gettimeofday|rand|random|srand|getrandom|arc4random\w*|fopen|'
                        r'open|read|write|printf|fprintf|puts|getenv|clock_now_ms|clock_mono_us|id_entropy|id_secret|'
                        r'log_\w+)\s*\(')
INNER = re.compile(r'(^|/)(internal|[a-z0-9_]*_priv(ate)?)\.h$')


def room_of(path):
    parts = path.split('/')
    return parts[1] if len(parts) > 2 else None


def includes(text):
    for m in re.finditer(r'(?m)^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', tree.blank(text)):
        yield tree.line_of(text, m.start(1)), m.group(1) == '"', m.group(2)


def check_own(path, room, line, name):
    if name == 'config.h':
        if path.endswith('.h'):
            tree.finding(path, line, 'a header includes config.h: only .c files do')
        return
    if '/' not in name:
        tree.finding(path, line, 'include "%s" does not name its room: write "room/%s"' % (name, name))
        return
    other = name.split('/')[0]
    if not tree.exists('src/' + name):
        tree.finding(path, line, 'include "%s": there is no such file' % name)
    if room is None:
        return
    if other != room and other not in ROOMS[room]:
        tree.finding(path, line, '%s may not include %s ("%s")' % (room, other, name))
    if other != room and INNER.search(name):
        tree.finding(path, line, '"%s" is an inner header of %s' % (name, other))
    if other != room and not name.endswith('.h'):
        tree.finding(path, line, '"%s" is no header' % name)


def check_library(path, room, line, name):
    if room is None:
        return
    for pattern, rooms in LIBRARIES:
        if re.match(pattern, name):
            if room not in rooms:
                tree.finding(path, line, '<%s> belongs to %s, not to %s' % (name, ', '.join(rooms), room))
            break
    if room == 'core' and re.match(CORE_INCLUDES, name):
        tree.finding(path, line, '<%s>: the core is pure' % name)


def check_cycles(graph):
    state, trail = {}, []

    def walk(path):
        state[path] = 1
        trail.append(path)
        for other in graph.get(path, ()):
            if state.get(other) == 1:
                cycle = trail[trail.index(other):] + [other]
                tree.finding(path, 0, 'includes go in a circle: ' + ' -> '.join(cycle))
            elif other not in state:
                walk(other)
        trail.pop()
        state[path] = 2

    for path in sorted(graph):
        if path not in state:
            walk(path)


graph = {}
for path in tree.files('src', ['.c', '.h', '.inc']):
    room, text = room_of(path), tree.read(path)
    if room is not None and room not in ROOMS:
        tree.finding(path, 0, 'src/%s is no room of the table' % room)
        continue
    for line, own, name in includes(text):
        if own:
            check_own(path, room, line, name)
            if path.endswith('.h') and '/' in name:
                graph.setdefault(path, []).append('src/' + name)
        else:
            check_library(path, room, line, name)
    if room == 'core':
        bare = tree.blank(text, strings=True)
        for m in CORE_CALLS.finditer(bare):
            tree.finding(path, tree.line_of(bare, m.start()), '%s(): the core has no clock, no chance, no input or '
                         'output' % m.group(1))
check_cycles(graph)
tree.end()
