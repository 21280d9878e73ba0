"""The real console over a made-up client, in a pty, seen through a terminal emulator.

Golden screens: tests/tui/golden/*.txt; UPDATE_GOLDEN=1 writes them anew.
"""
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pyte
import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get("USHER_UIFAKE", os.path.join(HERE, "..", "..", "build", "tests", "tui", "uifake"))
THEMES = os.path.join(HERE, "..", "..", "themes")
LIMIT = float(os.environ.get("USHER_TEST_LIMIT", "10"))


class Screen(pyte.Screen):
    """pyte 0.8 takes no private parameters for some modes; ignore what it does not know."""

    def set_margins(self, *args, **kwargs):
        super().set_margins(*args)

    def select_graphic_rendition(self, *attrs, **kwargs):
        super().select_graphic_rendition(*attrs)


# Starts a program as a shell does, so that it can be stopped: in a process group of its own with a parent in the session.
SHELL = """
import os, signal, sys
pid = os.fork()
if pid == 0:
    os.setpgid(0, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(0, os.getpgrp())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.argv[1], sys.argv[1:])
os.waitpid(pid, 0)
"""


class Console:
    def __init__(self, cols=80, rows=24, env=None, args=(), shell=False):
        self.master, slave = os.openpty()
        self.size(cols, rows, fd=slave)
        control_r, self.control = os.pipe()
        os.set_inheritable(control_r, True)
        full = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", "TZ": "UTC", "HOME": "/nonexistent",
                "USHER_UIFAKE_CONTROL": str(control_r), "USHER_UIFAKE_DATA": THEMES,
                "ASAN_OPTIONS": "detect_leaks=0:handle_segv=0:handle_abort=0"}
        full.update(env or {})
        self.before = termios.tcgetattr(slave)
        self.process = subprocess.Popen(([sys.executable, "-c", SHELL] if shell else []) + [PROGRAM, *args], stdin=slave, stdout=slave, stderr=slave, env=full,
                                        pass_fds=(control_r,), start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(control_r)
        self.slave = slave
        self.screen = Screen(cols, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()

    def size(self, cols, rows, fd=None):
        fcntl.ioctl(fd if fd is not None else self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        if fd is None:
            self.screen.resize(rows, cols)

    def read(self, timeout):
        if not select.select([self.master], [], [], timeout)[0]:
            return b""
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return b""
        self.raw += data
        self.stream.feed(data)
        return data

    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display)

    def wait(self, condition, what=None):
        """Until the screen has the text, or the function of the text is true."""
        test = (lambda t: condition in t) if isinstance(condition, str) else condition
        end = time.monotonic() + LIMIT
        while not test(self.text()):
            if time.monotonic() > end:
                pytest.fail("never came: %r\n%s" % (what or condition, self.text()))
            self.read(0.05)
        return self.text()

    def keys(self, *keys):
        for key in keys:
            os.write(self.master, key if isinstance(key, bytes) else key.encode())

    def tell(self, line):
        os.write(self.control, (line + "\n").encode())

    def ended(self):
        end = time.monotonic() + LIMIT
        while self.process.poll() is None:
            assert time.monotonic() < end, "the console did not end"
            self.read(0.02)
        while self.read(0.05):
            pass
        return self.process.returncode

    def close(self):
        if self.process.poll() is None:
            os.close(self.master)
            self.master = os.open("/dev/null", os.O_RDWR)
            try:
                self.process.wait(2)    # the terminal is gone: it ends by itself
            except subprocess.TimeoutExpired:
                os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for fd in (self.master, self.slave, self.control):
            os.close(fd)


@pytest.fixture
def start():
    running = []

    def make(*args, **kwargs):
        console = Console(*args, **kwargs)
        running.append(console)
        console.wait(lambda t: "Queue" in t or "usher needs" in t or " 1" in t)
        return console

    yield make
    for console in running:
        console.close()


def golden(console, name):
    path = os.path.join(HERE, "golden", name + ".txt")
    if os.environ.get("UPDATE_GOLDEN"):
        while console.read(0.3):
            pass
        with open(path, "w") as f:
            f.write(console.text() + "\n")
    with open(path) as f:
        want = f.read()
    console.wait(lambda text: text + "\n" == want, "the golden screen " + name)


SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES, ids=lambda s: "%dx%d" % s)
@pytest.mark.parametrize("name,keys,until", [
    ("chats", [], "is there anything else?"),
    ("queue", ["\0331"], "Last message"),
    ("settings", ["\0333", "\033[B"], "Enable Omnichannel"),
    ("settings-search", ["\0333", "/routing meth"], "Filter: routing meth"),
    ("canned", ["\0334"], "for everybody, by grace"),
    ("help", ["?"], "Keys here: chats"),
    ("close", ["\033[17~"], "Comment"),
    ("forward", ["\033[18~"], "Margaret"),
    ("canned-new", ["\0334c"], "Shortcut"),
])
def test_golden(start, size, name, keys, until):
    c = start(*size)
    c.wait("anything else?" if size[0] > 60 else "Chats")
    c.keys(*keys)
    c.wait(lambda t: until.lower() in t.lower(), until)
    golden(c, "%s-%dx%d" % ((name,) + size))


@pytest.mark.parametrize("cols,rows", [(60, 16), (59, 16), (40, 10), (44, 12), (200, 60), (79, 11)])
def test_odd_sizes(start, cols, rows):
    c = start(cols, rows)
    for key, text in (("\0331", "Babbage"), ("\0333", "General"), ("\0334", "!hello"), ("\0332", "Ada")):
        c.keys(key)
        c.wait(text)
        assert all(len(line) <= cols for line in c.text().split("\n"))
    c.keys("\r", "typed here")
    c.wait("typed here")


def test_too_small_then_large(start):
    c = start(30, 8)
    c.wait("usher needs at least")
    c.size(80, 24)
    c.wait("anything else?")
    c.size(39, 24)
    c.wait("usher needs at least")
    c.size(120, 40)
    c.wait("Is there anything else?")


def test_take_answer_close(start):
    c = start()
    c.keys("\0331")
    c.wait("Last message")
    c.keys("t")
    c.wait("You have taken the chat with Charles Babbage")
    c.keys("Good day, Mr Babbage", "\r")
    c.wait("you        Good day, Mr Babbage")
    c.keys("\033[17~")
    c.wait("End the chat with Charles Babbage?")
    c.keys("\r")
    c.wait("A comment is required")
    c.keys("solved", "\r")
    c.wait("The chat with Charles Babbage is closed")
    c.wait("ended")


def test_preview_does_not_take(start):
    c = start()
    c.keys("\0331", "p")
    c.wait("You are reading a chat")
    c.wait("queue 6")


def test_drafts_stay(start):
    c = start()
    c.keys("\r", "half a sentence")
    c.wait("half a sentence")
    c.keys("\033n")
    c.wait("─ Bo")
    c.wait(lambda t: "half a sentence" not in t)
    c.keys("\033p")
    c.wait("half a sentence")
    c.keys("\033[21~")
    c.wait("messages not sent: 1")
    c.keys("n", "\033")
    c.wait(lambda t: "messages not sent" not in t)


def test_command_line(start):
    c = start()
    c.keys(":lay\t")
    c.wait("\n:layout")
    c.keys("nar\t\r")
    c.wait(lambda t: "─ Queue" not in t)
    c.keys(":layuot wide\r")
    c.wait("did you mean layout?")
    c.keys(":\033[A\033[A\r")
    c.keys(":layout wide\r")
    c.wait("─ Queue")


def test_settings_edit_review_save(start):
    c = start()
    c.keys("\0333", "/show queue list\r")
    c.wait("Show Queue List to All Agents")
    c.keys(" ")
    c.wait("1 changed, not saved")
    c.keys("\033")
    c.wait("General")
    c.keys(":setting Livechat_Routing_Method Manual_Selection\r")
    c.wait("2 changed, not saved")
    c.keys("/max number of items\r")
    c.wait("· max number of items")
    c.keys("\r")
    c.wait("[ Set ]")
    c.keys("\x15", "abc", "\r")
    c.wait(lambda t: "abc" in t and "number" in t)
    c.keys("\x15", "12", "\r")
    c.wait("3 changed, not saved")
    c.keys("R")
    text = c.wait("3 changed settings")
    assert "- off" in text and "+ on" in text and "+ 12" in text and "+ Manual Selection" in text
    c.keys("\r")
    c.wait("The settings are saved")
    c.wait(lambda t: "not saved" not in t)


def test_setting_that_does_not_apply(start):
    c = start(120, 40)
    c.keys("\0333", ":setting Livechat_enabled false\r")
    c.wait("1 changed, not saved")
    c.keys("/file uploads enabled\r", "\r")
    c.wait("does not apply now")


def test_secret_is_masked(start):
    c = start()
    c.keys("\0333", "/Livechat_secret_token\r")
    c.wait("not set")
    c.keys("\r")
    c.wait("never read back")
    c.keys("s3cr3t")
    c.wait("******")
    assert "s3cr3t" not in c.text()
    c.keys("\r")
    c.wait("changed, not saved")
    assert b"s3cr3t" not in c.raw


def test_queue_filter_and_sort(start):
    c = start()
    c.keys("\0331", "/department:support wait<2m")
    c.wait("2 of 6")
    c.keys("\033")
    c.wait("Menabrea")
    c.keys("ss")
    c.wait("by visitor")


def test_search_in_chat(start):
    c = start()
    c.keys("\r\033")
    c.wait("▸ Ada Lovelace")
    c.keys("/order\r")
    c.wait("my order from last")
    c.keys("n")
    c.wait("No older hit")


def test_scrollback(start):
    c = start()
    c.tell("lines ada 3000")
    c.wait("line 3000 of the story")
    c.keys("\r\033")
    c.wait("▸ Ada")
    c.keys("\033[5~")
    c.wait("newer")
    c.keys("\033[H")
    c.wait("Good evening")
    c.keys("\033[F")
    c.wait("line 3000 of the story")
    c.keys("\033[5~")
    c.wait("newer")
    before = c.text().split("\n")[3]
    c.tell("message ada one more")
    c.wait("14 newer")
    assert c.text().split("\n")[3] == before          # reading is not disturbed


def test_paste_asks_for_many_lines(start):
    c = start()
    c.keys("\r", "\033[200~one\ntwo\033[201~")
    c.wait("two")
    c.keys("\x15", b"\033[200~" + b"line\n" * 20 + b"\033[201~")
    c.wait("Put 21 lines")
    c.keys("\r")
    c.wait(lambda t: t.count("line") >= 2 and "Put" not in t)


def test_canned_insert(start):
    c = start()
    c.keys("\r", "\033[19~")
    c.wait("Canned responses")
    c.keys("bye", "\r")
    c.wait("Thank you for writing to us.")
    c.wait("Have a nice day!")


def test_mouse(start):
    c = start()

    def click(x, y):
        c.keys("\033[<0;%d;%dM\033[<0;%d;%dm" % (x + 1, y + 1, x + 1, y + 1))

    click(5, 3)
    c.wait("─ Bo")
    click(22, 0)
    c.wait("▸ Settings")
    click(3, 4)
    c.wait("Request comment")
    c.keys("\0332")
    c.wait("Chats")
    c.tell("lines ada 100")
    click(5, 2)
    c.wait("line 100")
    c.keys("\033[<64;60;5M" * 3)
    c.wait("newer")


def test_queue_beside_the_chats(start):
    """Department, source and last message in a second line while everybody fits; both lines take the mouse."""
    c = start(120, 40)
    text = c.wait("Support·widget It still")
    lines = text.split("\n")
    row = next(i for i, line in enumerate(lines) if "Sales·widget Do you ship" in line)
    assert "2 Mary Somervi" in lines[row - 1]
    c.keys("\033[<0;6;%dM\033[<0;6;%dm" % (row + 1, row + 1), "p")
    c.wait("▸ Mary Somerville")
    for i in range(16):
        c.tell("inquiry Somebody %d" % i)
    c.wait(lambda t: "Sales·widget Do you ship" not in t and "22 Somebody 15" in t)


def test_events_from_outside(start):
    c = start()
    c.tell("message bo are you there?")
    c.wait("unread 3")
    c.tell("typing ada Ada Lovelace")
    c.wait("Ada Lovelace is typing…")
    c.tell("inquiry Somebody New")
    c.wait("queue 7")
    c.tell("away")
    c.wait("away, next try in 30 s")
    c.keys("\r", "later", "\r")
    c.wait("outbox 1")
    c.tell("online")
    c.wait(lambda t: "next try" not in t)
    c.keys("\033a")
    c.wait("─ Bo")


def test_hostile_text_never_reaches_the_terminal(start):
    c = start(120, 40)
    c.keys("\033[B\033[B\r", "\0331")
    c.wait("Last message")
    c.keys("\033[F", "p")
    c.keys("\0332")
    c.tell("message ada \033]0;owned\007\033[2J\u202eevil\u200b\u061c\u2066x")
    c.keys("\033p\033n")
    c.wait("evil")
    raw = bytes(c.raw)
    assert b"owned" not in raw and b"\x01" not in raw and b"\007" not in raw and b"\x9b" not in raw.replace(b"\xe2\x9c\x9b", b"")
    assert raw.count(b"\033[2J") == 1
    for bad in "\u202e\u202c\u200b\u061c\u2066":
        assert bad.encode() not in raw


def test_suspend_and_resume(start):
    c = start(shell=True)
    with open("/proc/%d/task/%d/children" % (c.process.pid, c.process.pid)) as f:
        pid = int(f.read().split()[0])
    c.keys("\x1a")
    end = time.monotonic() + LIMIT
    while True:
        with open("/proc/%d/stat" % pid) as f:
            if f.read().rsplit(")", 1)[1].split()[0] == "T":
                break
        assert time.monotonic() < end
        c.read(0.02)
    while c.read(0.05):
        pass
    assert termios.tcgetattr(c.slave)[3] == c.before[3]
    assert b"\033[?1049l" in c.raw
    del c.raw[:]
    os.kill(pid, signal.SIGCONT)
    c.wait(lambda t: b"\033[?1049h" in c.raw and "Ada Lovelace" in t)
    c.keys("\0333")
    c.wait("▸ Settings")


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGHUP, signal.SIGABRT, signal.SIGSEGV])
def test_terminal_is_sane_after_signals(start, sig):
    c = start()
    os.kill(c.process.pid, sig)
    c.ended()
    assert termios.tcgetattr(c.slave)[:4] == c.before[:4]
    for off in (b"\033[?1049l", b"\033[?2004l", b"\033[?1002l", b"\033[?25h"):
        assert off in c.raw


def test_quit(start):
    c = start()
    c.keys("\033[21~")
    assert c.ended() == 0
    assert termios.tcgetattr(c.slave)[:4] == c.before[:4]


def test_dump(start, tmp_path):
    c = start()
    c.wait("anything else?")
    path = tmp_path / "screen.txt"
    c.keys(":dump %s\r" % path)
    end = time.monotonic() + LIMIT
    while not path.exists() or not path.read_text():
        assert time.monotonic() < end
        c.read(0.02)
    assert "Ada Lovelace · Sales" in path.read_text()


@pytest.mark.parametrize("theme", ["light", "high-contrast", "monochrome", "sixteen"])
def test_themes(start, theme):
    c = start(env={"USHER_UIFAKE_THEME": theme})
    c.wait("anything else?")
    if theme == "monochrome":
        assert not re.search(rb"\033\[(?:\d+;)*(?:3[0-8]|4[0-8]|9\d|10\d)[;m]", bytes(c.raw))


def test_no_color(start):
    c = start(env={"NO_COLOR": "1"})
    c.wait("anything else?")
    assert not re.search(rb"\033\[(?:\d+;)*(?:3[0-8]|4[0-8]|9\d|10\d)[;m]", bytes(c.raw))


def test_truecolor(start):
    c = start(env={"COLORTERM": "truecolor"})
    c.wait("anything else?")
    assert b"38;2;" in c.raw


def test_faults_in_files_are_said(start, tmp_path):
    keys = tmp_path / "keys-mine.yaml"
    keys.write_text("queue:\n  Hyper: take\n")
    c = start(200, 40, env={"USHER_UIFAKE_KEYMAP": str(keys)})
    c.wait("2:3: there is no key Hyper; using the plain keys")


@pytest.mark.parametrize("term,locale,sentence", [
    ("no-such-terminal", "C.UTF-8", "The terminal type no-such-terminal is not known here; using ansi"),
    ("dumb", "C.UTF-8", "The terminal type dumb cannot place its cursor; using ansi"),
    ("xterm", "", "No locale is set (LANG); using C.UTF-8"),
    ("xterm", "xx_YY.UTF-8", "The locale xx_YY.UTF-8 is not installed; using C.UTF-8"),
])
def test_poor_surroundings(term, locale, sentence):
    c = Console(120, 40, env={"TERM": term, "LANG": locale})
    try:
        c.wait(sentence)
        c.wait("Ada")
    finally:
        c.close()


def test_vi_keys(start):
    c = start(env={"USHER_UIFAKE_KEYMAP": "vi"})
    c.keys("j")
    c.wait("─ Bo")
    c.keys("gg")
    c.wait("─ Ada")
    c.keys("i", "jk")
    c.wait("jk")


def test_no_bytes_and_no_wakeups_when_idle(start):
    c = start(env={"USHER_UIFAKE_EMPTY": "1"})
    c.wait("You have no chats.")
    while c.read(0.1):
        pass

    def wakeups():
        with open("/proc/%d/status" % c.process.pid) as f:
            return sum(int(line.split()[1]) for line in f if line.startswith("voluntary"))

    before = wakeups()
    assert c.read(2.0) == b""
    assert wakeups() == before


def test_bytes_per_key(start):
    c = start()
    c.keys("\r")
    c.wait("▸ Message")
    c.keys("x")
    c.wait("x")
    while c.read(0.05):
        pass
    sizes = []
    for key in "the quick brown fox":
        c.keys(key)
        sizes.append(len(c.read(LIMIT)))
        while c.read(0.02):
            pass
    assert sorted(sizes)[len(sizes) // 2] <= 2


@pytest.mark.parametrize("args,most", [(["narrow"], 110), ([], 350)], ids=["narrow", "wide"])
def test_bytes_per_line(start, args, most):
    """One new line in a full window: the budget for slow lines."""
    c = start(120, 40, args=args)
    c.tell("lines ada 100")
    c.keys("\r")
    c.wait("line 100 of the story")
    while c.read(0.1):
        pass
    sizes = []
    for i in range(9):
        c.tell("message ada one more line number %d of this chat" % i)
        c.wait("line number %d" % i)
        while c.read(0.05):
            pass
        sizes.append(len(c.raw))
    steps = sorted(b - a for a, b in zip(sizes, sizes[1:]))
    assert steps[len(steps) // 2] <= most, steps


def test_editor(start, tmp_path):
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\necho 'written elsewhere' >> \"$1\"\n")
    editor.chmod(0o755)
    c = start(env={"EDITOR": str(editor)})
    c.keys("\r", "begun: ", "\x0f")
    c.wait("written elsewhere")
    c.wait("▸ Message")
