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


def test_hold_and_resume(start):
    c = start()
    c.keys("\r", "\033h")
    c.wait("Placing chats on hold is switched off here: Livechat_allow_manual_on_hold")
    c.keys("\0333", ":setting Livechat_allow_manual_on_hold true\r")
    c.wait("1 changed, not saved")
    c.keys("R")
    c.wait("1 changed setting")
    c.keys("\r")
    c.wait("The settings are saved")
    c.keys("\0332", "\r", "\033u")
    c.wait("This chat is not on hold")
    c.keys("\033h")
    c.wait(lambda t: re.search("Ada.*on hold", t) and re.search("1 +Ada.* hold ", t), "the marks of a chat on hold")
    c.keys("\033h")
    c.wait("This chat is on hold already")
    c.keys("\033u")
    c.wait(lambda t: "on hold ─" not in t and not re.search("1 +Ada.* hold ", t), "no mark any more")
    c.keys("\033n", "\033h")
    c.wait("The visitor wrote last: answer first")


def test_hold_names_the_missing_right(start):
    c = start(env={"USHER_UIFAKE_MISSING": "on-hold-livechat-room"})
    c.keys("\r", "\033h")
    c.wait("on-hold-livechat-room is missing")


def test_forward_says_why_not(start):
    """In the dialog in which one can try again, with the comment as it was typed."""
    c = start()
    c.keys(":forward margaret\r")
    c.wait("Hand the chat with Ada Lovelace to margaret?")
    c.keys("about the parcel", "\r")
    text = c.wait("Not forwarded")
    assert "Margaret Hill takes no chats now" in text
    assert "about the parcel" in text
    c.keys("\033")
    c.wait(lambda t: "Not forwarded" not in t)
    c.keys("\033xforward linus\r")
    c.wait("to linus?")
    c.keys("\r")
    c.wait("The chat with Ada Lovelace went to linus")


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


WORD = "/%s\r"


def settings(start, search=None, **kwargs):
    """The settings, with the cursor on what a search finds first."""
    c = start(**{"cols": 120, "rows": 40, **kwargs})
    c.keys("\0333")
    c.wait("Enable Omnichannel")
    if search:
        c.keys("/" + search + "\r")
        c.wait("· " + search)
    return c


def typed(c, text):
    c.keys("\x15" + text)


def test_settings_find_by_fields(start):
    c = settings(start)

    def find(pattern, *found, gone=()):
        c.keys("/\x15" + pattern + "\r")
        c.wait(lambda t: "· " + pattern in t and all(f in t for f in found) and not any(g in t for g in gone), pattern)
    find("label:title", "Livechat Title", "Livechat title background color", gone=("Enable Omnichannel  ",))
    find("id:AllowedDomains", "Livechat Allowed Domains", "1 found")
    find("help:embed", "Livechat Allowed Domains", gone=("Enable Omnichannel  ",))
    find('section:"queue man"', "Waiting queue message", "7 found", gone=("Livechat Title",))
    find("value:#c1272d", "Livechat title background color", "1 found")
    find('value:"Auto Selection"', "Omnichannel Routing Method", "1 found")
    find("needs:Livechat_waiting_queue", "Max. number of simultaneous chats", gone=("Livechat Title",))
    find("changed:", "No setting has these words", "Esc shows all again")
    c.keys(":setting Livechat_title Desk\r")
    c.wait("Desk")
    find("changed:", "Livechat Title", "1 found, 1 changed, not saved")
    find("unsaved: label:title", "Livechat Title", "1 found")
    find("!changed: section:live", "26 found")
    c.tell("setting Livechat_offline_title ada Away")
    c.wait("25 found")
    find("by:ada", "Title", "Away", "ada, 2026-11-22", "1 found")
    find("source:user", "1 found")
    c.keys("\033")
    c.wait(lambda t: "found" not in t)


def test_settings_jump_and_back(start):
    c = settings(start, "id:Livechat_waiting_queue_message")
    c.wait("needs     Waiting queue to be on, Enable")
    c.keys("<")
    c.wait("What it depends on")
    c.keys("\r")
    c.wait(lambda t: "needed by" in t and "Max. number of simultaneous chats" in t and "New chats line up" in t)
    c.keys(">")
    c.wait("What depends on it")
    c.keys("estimate", "\r")
    c.wait("id        Livechat_number_most_recent")
    c.keys("b")
    c.wait("New chats line up")
    c.keys("\x7f")
    c.wait(lambda t: "· id:Livechat_waiting_queue_message" in t and "1 found" in t, "the search from before")
    c.keys("b")
    c.wait("There is nowhere to go back to")
    c.keys("/\x15id:Livechat_offline_title_color\r", ">")
    c.wait("No setting depends on")


def test_everything_about_a_setting(start):
    """Where the description has no room, i shows it whole; it follows changes."""
    c = settings(start, cols=80, rows=24)
    c.keys("/id:Livechat_Routing_Method\r")
    c.wait("i: more")
    c.keys("i")
    c.wait("needed by Queue processing delay timeout")
    c.tell("setting Livechat_Routing_Method ada External")
    c.wait("now       External Service")
    c.wait("from      ada, 2026-11-22 10:01")
    c.keys("\r")
    c.wait(lambda t: "Close" not in t)


EDITORS = [
    # search, what is typed, what the editor says of it, a wrong one, what it says of that
    ("id:visitor_inactivity", "1m30s", "90 seconds = 1m 30s", "1m30", "Expects a whole"),
    ("id:visitor_inactivity", "2h", "7200 seconds = 2h", "2x", "Expects a whole"),
    ("id:FileUpload_MaxFileSize", "200MB", "209715200 bytes = 200 MB", "100QB", "Expects a"),
    ("id:SMTP_Port", "2525", "2525", "70000", "Expects a whole number"),
    ("id:Livechat_title_color", "navy", "#000080: red 0, green 0, blue 128", "navi", "a colour such as"),
    ("id:Livechat_title_color", "#fff", "#FFFFFF", "#ffff1", "a colour such as"),
    ("id:Livechat_webhookUrl", "https://crm.example/in", "Webhook URL", "crm.example", "is wrong"),
    ("id:Livechat_AllowedDomainsList", "a.example, b.example:8080", "2 entries", "a.example, http://b", "\"http://b\" is wrong"),
    ("id:Livechat_offline_email", "help@shop.example", "[ Set ]", "help@@", "is wrong"),
    ("id:Encryption_JWK", '{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}', "****", "{}", "expected"),
    ("id:Livechat_OfflineMessageToChannel_channel", "support", "[ Set ]", "#support", "is wrong"),
]


@pytest.mark.parametrize("search,good,says,bad,why", EDITORS, ids=lambda v: None)
def test_editors_check_while_one_types(start, search, good, says, bad, why):
    c = settings(start)
    for setting in ("Omnichannel_External_Frame_Enabled", "Livechat_OfflineMessageToChannel_enabled"):
        c.keys(":setting %s true\r" % setting)
    c.wait("2 changed, not saved")
    c.keys(WORD % search)
    c.wait("· " + search)
    c.keys("\r")
    c.wait("[ Set ]")
    typed(c, bad)
    c.wait(lambda t: why in t.replace("\n", " ") or why in " ".join(t.split()), why)
    c.keys("\r")
    c.wait("[ Set ]")
    typed(c, good)
    c.wait(lambda t: says in t and why not in t, says)
    c.keys("\r")
    c.wait("3 changed, not saved")


def test_regular_expression_on_a_sample(start):
    c = settings(start, "id:Livechat_lead_email_regex")
    c.keys("\r")
    c.wait("Finds me@example.org")
    typed(c, "[a-z]+(")
    c.wait("has a fault at character 8: missing")
    typed(c, "EXAMPLE|CALL")
    c.wait("Finds example, call")
    c.keys("\t")
    typed(c, "nothing of that kind")
    c.wait("Finds nothing in the sample")
    typed(c, "")
    c.wait("Type a sample line")
    c.keys("\x07", "/\x15id:Livechat_lead_phone\r", "\r")
    c.wait("Finds (11) 91234-5678")
    typed(c, "(a+)+$")
    c.keys("\t")
    typed(c, "a" * 40 + "!")
    c.wait("takes too long")


def test_choice_and_switch(start):
    c = settings(start, "id:Livechat_Routing_Method")
    c.keys("\r")
    c.wait("Load_Rotation")
    c.keys("rota\r")
    c.wait("becomes   Load Rotation")
    c.keys("u")
    c.wait(lambda t: "not saved" not in t)
    c.keys("/\x15id:Livechat_enable_transcript\r", " ")
    c.wait("becomes   on")


def test_text_of_several_lines_in_the_users_editor(start, tmp_path):
    script = tmp_path / "editor"
    script.write_text("#!/bin/sh\nstty -a < /dev/tty > %s\nprintf 'one\\ntwo\\nthree\\n' > \"$1\"\n" % (tmp_path / "stty"))
    script.chmod(0o755)
    c = settings(start, "id:Livechat_offline_message", env={"EDITOR": str(script)})
    c.keys("\r")
    c.wait("Ctrl-O opens your editor")
    c.keys("first", "\033\r", "second")
    c.wait(lambda t: "second" in t and "firstsecond" not in t)
    c.keys("\x0f")
    c.wait(lambda t: "three" in t and "second" not in t)
    assert " icanon" in (tmp_path / "stty").read_text(), "the editor gets a terminal of lines"
    c.keys("\r")
    c.wait("1 changed, not saved")
    c.keys("R")
    text = c.wait("+ three")
    assert "- (empty)" in text and "+ one" in text
    c.keys("\r")
    c.wait("The settings are saved")
    c.keys("\r")
    c.wait("[ Set ]")
    c.keys("\033[1;5H", "\033[B\x0b", "2")
    c.keys("\r", "R")
    text = c.wait("- two")
    assert "+ 2" in text and "  one" in text and "  three" in text and "- one" not in text


def test_secret_is_kept_by_nothing_and_cleared_by_reset(start):
    c = settings(start, "id:Livechat_secret_token")
    c.keys("\r", "s3cr3t", "\r")
    c.wait("1 changed, not saved")
    c.keys("S", "\r")
    c.wait("The settings are saved")
    c.wait("now       set")
    c.keys("\r")
    c.wait("Left empty, the secret stays as it is")
    c.keys("\r")
    c.wait("stays as it is; setting-default clears it")
    assert "not saved" not in c.text()
    c.keys("r")
    c.wait("becomes   cleared")
    c.keys("S")
    c.wait("(reset)")
    c.keys("\r")
    c.wait("now       not set")
    assert b"s3cr3t" not in c.raw


def test_two_administrators_and_a_secret(start):
    """A secret is never told: that somebody else set it meanwhile is."""
    c = settings(start, "id:Livechat_secret_token")
    c.keys("\r", "s3cr3t-1", "\r")
    c.wait("1 changed, not saved")
    c.tell("setting Livechat_secret_token ada s3cr3t-2")
    c.wait("ada changed Secret Token while you were at it")
    c.keys("c")
    c.wait("Take theirs")
    assert b"s3cr3t" not in c.raw
    c.keys("m", "S", "\r")
    c.wait("The settings are saved")
    c.wait(lambda t: "not saved" not in t)
    assert "changed elsewhere" not in c.text()


def test_review_tells_consequences_and_faults(start):
    c = settings(start)
    c.keys(":setting Livechat_enabled false\r")
    c.keys(":setting Livechat_message_character_limit 13\r")
    c.wait("2 changed, not saved")
    c.keys("R")
    c.wait("→ 3 open chats stay open")
    c.wait("✗ 13 brings bad luck")
    c.wait("(has no effect now: needs Enable Omnichannel to be on)")
    c.keys("\r")
    c.wait("Not saved, nothing was changed: 13 brings bad luck")
    c.wait("2 changed, not saved")
    c.keys("R", "\033[B", "u")
    c.wait("1 changed setting")
    c.wait(lambda t: "bad luck" not in t)
    c.keys("\r")
    c.wait("The settings are saved")


def test_two_administrators(start):
    """The second hears of it while editing, sees both values, and chooses."""
    c = settings(start)
    c.keys("/id:Livechat_title section:live label:\"livechat title\"\r", "\r")
    c.wait("[ Set ]")
    typed(c, "Mine")
    c.tell("setting Livechat_title ada Theirs")
    c.wait("ada changed it meanwhile to Theirs")
    c.keys("\r")
    c.wait("changed elsewhere too: c")
    c.wait("! Livechat Title")
    c.keys("S", "\r")     # saving asks first
    text = c.wait("Take theirs")
    assert "Theirs, ada, 2026-11-22" in text and "- Theirs" in text and "+ Mine" in text
    c.keys("m")
    c.wait("your value will overwrite theirs")
    c.keys("S", "\r")
    c.wait("The settings are saved")
    c.wait("now       Mine")
    c.keys(":setting Livechat_title Again\r")
    c.wait("becomes   Again")
    c.tell("setting Livechat_title ada Theirs once more")
    c.wait("ada changed Livechat Title while you were at it")
    c.keys("c")
    c.wait("Take theirs")
    c.tell("setting Livechat_title ada Theirs in the end")
    c.wait("Theirs in the end")
    c.keys("t")
    c.wait(lambda t: "now       Theirs in the end" in t and "not saved" not in t)
    c.keys(":setting Livechat_title Same\r")
    c.tell("setting Livechat_title ada Same")
    c.wait(lambda t: "now       Same" in t and "not saved" not in t)


def test_reset_of_a_section_and_of_all(start):
    c = settings(start)
    for line in ("Livechat_title A", "Livechat_offline_title B", "SMTP_Port 25"):
        c.keys(":setting %s\r" % line)
    c.wait("3 changed, not saved")
    c.keys("S", "\r")
    c.wait("The settings are saved")
    c.keys("/id:Livechat_title section:live label:\"livechat title\"\r", "X")
    c.wait("Give 2 settings of Live Chat the defaults?")
    c.keys("n")
    c.wait(lambda t: "Give 2 settings" not in t)
    c.keys(":settings-reset all\r")
    c.wait("Give 3 settings of this server the defaults?")
    c.keys("y")
    c.wait("3 changed, not saved")
    c.keys("S")
    text = c.wait("(reset)")
    assert "- A" in text and "+ Rocket.Chat" in text
    c.keys("\r")
    c.wait("The settings are saved")
    c.keys(":settings-reset all\r")
    c.wait("Every setting has its defaults already")
    c.keys(":settings-reset Nowhere\r")
    c.wait("There is no section Nowhere")


def test_history_and_undo(start):
    c = settings(start)
    c.keys("H")
    c.wait("No setting was changed yet")
    c.keys("\033")
    c.tell("setting Livechat_title ada First")
    c.tell("setting Livechat_title ada Second")
    c.tell("setting Livechat_secret_token ada s3cr3t")
    c.keys("H")
    text = c.wait("a secret: what it was and is, is not kept")
    assert "2026-11-22 10:02  ada  Livechat Title" in text and "- First" in text and "+ Second" in text
    assert "console from 10.0.0.7" in text and b"s3cr3t" not in c.raw
    c.keys("u")
    c.wait("What a secret was is not kept")
    c.keys("\033[B", "\033[B", "u")
    c.wait("Give it its former value again?")
    c.keys("y")
    c.wait("It was changed again since then")
    c.keys("y")
    c.wait("Livechat Title has its former value again")
    c.wait("(undo)")
    c.keys("\033[H", "h")
    c.wait("History of Livechat Title")
    c.wait(lambda t: "a secret" not in t)
    c.keys("\r")
    c.wait("id        Livechat_title")
    c.wait("now       Rocket.Chat")


@pytest.mark.parametrize("cols,rows", [(40, 10), (60, 16)])
def test_editors_in_a_small_terminal(start, cols, rows):
    """What is typed is in view, and what is wrong with it; the help gives way first."""
    c = start(cols, rows)
    c.keys("\0333", "/id:Livechat_title_color\r")
    c.wait("Livechat title")
    c.keys("\r", "\025", "#12345")
    c.wait("#12345")
    c.wait("[ Set ]")
    c.keys("6\r")
    c.wait(lambda t: "[ Set ]" not in t, "set")
    c.keys("/\025id:Livechat_offline_email\r")
    c.wait("Email Address to")
    c.keys("\r", "nobody at all")
    c.wait("nobody at all")
    c.keys("\007")
    c.keys("\0334", "c")
    c.wait("Shortcut")
    c.keys("far\t", "away\t")
    c.wait("←")  # the last of three fields has scrolled into view


def test_settings_without_the_right(start):
    """They can be read; what is missing, who has it and who can give it stands in a dialog."""
    c = start(env={"USHER_UIFAKE_MISSING": "edit-privileged-setting"})
    c.keys("\0333")
    c.wait("read only")
    for key in ("\033[B\r", "r"):
        c.keys(key)
        c.wait("Not allowed")
        text = " ".join(line.split("│")[1].strip() for line in c.wait("Who can").split("\n") if line.count("│") > 1)
        assert "You may not change settings: the right edit-privileged-setting is missing." in text
        c.keys("\r")
        c.wait(lambda t: "Not allowed" not in t, "the dialog gone")


def test_history_is_filtered(start):
    """By words, and by who, setting, section, old and new; the rows under the cursor are those that are shown."""
    c = settings(start)
    c.tell("setting Livechat_title ada First")
    c.tell("setting Livechat_title grace Second")
    c.tell("setting Livechat_title_color ada #112233")
    c.tell("setting Livechat_secret_token ada s3cr3t")
    c.keys("H")
    c.wait("+ Second")
    c.keys("/by:grace")
    c.wait(lambda t: "+ Second" in t and "+ First" not in t and "a secret" not in t, "only those of grace")
    c.keys("\r")
    c.wait("History of all settings · by:grace")
    c.keys("u")
    text = c.wait("Give it its former value again?")
    assert "First" in text
    c.keys("n")
    c.keys("/\025setting:title_color\r")
    c.wait(lambda t: "#112233" in t and "+ Second" not in t, "only the colour")
    c.keys("/\025new:s3cr3t\r")
    c.wait("No change has these words. Esc shows all.")
    c.keys("\033")
    c.wait("+ Second")
    c.wait("+ First")
    c.keys("\033")
    c.wait(lambda t: "History of all" not in t, "the history closed")


def test_actions_of_the_settings(start):
    c = settings(start, "test request")
    c.wait("Cannot be run now: needs Webhook URL to be")
    c.keys("\r")
    c.wait("needs Webhook URL to be set and saved")
    c.tell("setting Livechat_webhookUrl ada https://crm.example/")
    c.wait("Enter runs it")
    c.keys("\r")
    c.wait("Send a test request: it worked")
    c.tell("setting Livechat_Facebook_API_Key ada key")
    c.keys("/\x15label:pages type:action\r", "\r")
    c.wait("subscribed: yes")
    c.keys("\x07", "/\x15connect to the gateway\r", "\033[H", "\033[B", "\r")
    c.wait("this server cannot do it yet, talking to the Messenger gateway is missing")


def test_new_key_for_the_frame_is_shown_once(start):
    c = settings(start)
    c.tell("setting Omnichannel_External_Frame_Enabled ada true")
    c.keys("/generate a new\r", "\r")
    c.wait("Make an encryption key?")
    c.keys("y")
    text = c.wait('"kty":"oct"')
    assert re.search(r'"k":"[A-Za-z0-9_-]{43}"', re.sub(r"[│\s]", "", text))
    c.keys("\x07", "/\x15id:Encryption_JWK\r")
    c.wait("now       set")


def test_server_without_history(start):
    c = settings(start, env={"USHER_UIFAKE_CLASSIC": "1"})
    c.wait(lambda t: "from  " not in t)
    c.keys("H")
    c.wait("This server does not remember changes of settings")
    c.keys("/id:Livechat_title section:live label:\"livechat title\"\r", ":setting Livechat_title X\r")
    c.wait("1 changed")
    c.keys("R")
    c.wait(lambda t: "Save Changes" in t and "Asking the server" not in t)


@pytest.mark.parametrize("theme", ["monochrome", "light", "high-contrast"])
def test_settings_in_other_looks(start, theme):
    """What is changed, in conflict or without effect is told by more than colour."""
    c = settings(start, env={"USHER_UIFAKE_THEME": theme})
    c.keys(":setting Livechat_title Mine\r")
    c.wait("* Livechat Title")
    c.tell("setting Livechat_title ada Theirs")
    c.wait("! Livechat Title")
    c.tell("setting Livechat_offline_title ada Away")
    c.wait("· Title")


def test_bytes_of_the_settings(start):
    """A slow line: moving the cursor sends the rows and words that changed, not the screen."""
    c = settings(start, cols=80, rows=24)
    c.keys("+")
    c.wait("Enable Canned Responses")
    sizes = []
    for i in range(6):
        before = len(c.raw)
        c.keys("\033[B")
        c.wait(lambda t: len(c.raw) > before)
        while c.read(0.1):
            pass
        sizes.append(len(c.raw) - before)
    assert max(sizes) < 1100, sizes
    assert sorted(sizes)[3] < 950, sizes


def test_queue_filter_and_sort(start):
    c = start()
    c.keys("\0331", "/department:support wait<2m")
    c.wait("2 of 6")
    c.keys("\033")
    c.wait("Menabrea")
    c.keys("ss")
    c.wait("by visitor")


def test_queue_shows_so_many(start):
    """Under manual selection at most the number of the settings; the rest is a line."""
    c = start()
    c.keys("\0331")
    c.wait("Annabella")
    c.tell("setting Livechat_Routing_Method root Manual_Selection")
    c.tell("setting Livechat_guest_pool_max_number_incoming_livechats_displayed root 3")
    text = c.wait("and 3 more")
    assert "Menabrea" in text and "Annabella" not in text
    c.keys("\033[F", ":take 4\r")
    c.wait("Nobody waits at position 4")
    c.tell("setting Livechat_guest_pool_max_number_incoming_livechats_displayed root 0")
    c.wait("Annabella")
    assert "more" not in c.text().split("Menabrea")[1]


def test_load_of_the_agents(start):
    """The second view of the queue: its rows, filter and way back; nobody is taken out of it."""
    c = start()
    c.keys("\0331", "l")
    text = c.wait("no department")
    assert "Charles Babbage" not in text and text.index("Support") < text.index("Sales")
    c.keys("t")
    c.wait("queue-load shows who waits")
    c.keys("/sales\r")
    c.wait(lambda t: "ada" in t and "no department" not in t)
    c.keys("\033")
    c.wait("no department")
    c.keys("l")
    c.wait("Charles Babbage")


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


def test_an_answer_stays_and_notices_wait(start):
    """What the user's own action gave is read before news come in its place; the newest of them is shown then."""
    c = start()
    c.keys("\0331")
    c.wait("Babbage")
    c.keys("t")
    c.wait("You have taken the chat with Charles Babbage")
    c.tell("assigned ada")
    c.tell("assigned bo")
    c.tell("message bo this came behind the news")
    c.wait("this came")
    assert "You have taken the chat with Charles Babbage" in c.text() and "New chat" not in c.text()
    c.keys("x")
    c.wait("New chat: Bo")
    c.tell("assigned ada")
    c.wait("New chat: Ada Lovelace")
    c.keys("y")
    c.wait(lambda t: "New chat" not in t and "embedded core" in t, "the status line")
    c.keys("\033m")
    c.wait(lambda t: "New chat: Bo" in t and "New chat: Ada" in t and "Babbage" in t, "all of it in the list")
    assert "New chat: Charles" not in c.text(), "the chat that was taken here"


def test_a_notice_gives_way_and_comes_again(start):
    """A late answer is shown over news, which come again behind it."""
    c = start()
    c.tell("assigned ada")
    c.wait("New chat: Ada Lovelace")
    c.tell("answer It is done")
    c.wait(lambda t: "It is done" in t and "New chat" not in t, "the answer")
    c.keys("\033[B")
    c.wait(lambda t: "New chat: Ada Lovelace" in t and "It is done" not in t, "the news again")
    c.keys("\033[A")
    c.wait(lambda t: "New chat" not in t, "the status line free again")


def offered(c):
    """The shortcuts in the list over the composer, from above."""
    lines = c.text().split("\n")
    at = next(i for i, line in enumerate(lines) if " Canned responses " in line)
    end = next(i for i in range(at + 1, len(lines)) if "└" in lines[i] or "╰" in lines[i])
    return [line.split("│")[-2].split()[0] for line in lines[at + 1:end]]


def test_canned_popup_order(start):
    """! anywhere in the text; all of them by shortcut descending, with letters the best first."""
    c = start()
    c.keys("\r", "wow!")
    c.wait("Canned responses")
    assert offered(c) == ["!wait", "!ship", "!hello", "!bye"]
    c.keys("h")
    c.wait(lambda t: "!wait" not in t and "!bye" not in t, "two of them")
    assert offered(c) == ["!ship", "!hello"]
    c.keys("el\r")
    c.wait("wowHello, this is Grace.")


def test_mentions_are_marked(start):
    c = start(120, 40)
    c.tell("message ada write to @grace, (@All) not to @gracey or me@grace")
    c.wait("me@grace")
    y = next(i for i, line in enumerate(c.screen.display) if "write to @grace" in line)
    bold = "".join(c.screen.buffer[y][x].data if c.screen.buffer[y][x].bold else " " for x in range(120))
    assert [word for word in bold.split() if "@" in word] == ["@grace", "@All"], bold


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


def test_what_is_lost_is_asked_for_and_begins_on_cancel(start):
    """Discarding settings, deleting a response, quitting with work undone: Enter by habit does no harm."""
    c = start()
    c.keys("\0333", ":setting Livechat_title Hopper\r")
    c.wait("1 changed")
    c.keys("D")
    c.wait("Forget the change of 1 setting?")
    c.keys("\r")
    c.wait(lambda t: "Forget the change" not in t and "1 changed" in t, "the change stays")
    c.keys("\033[15~")
    c.wait("Discard all")
    c.keys("D")
    c.wait("Forget the change of 1 setting?")
    c.keys("\r")
    c.wait(lambda t: "Forget the change" not in t and "Discard all" in t, "the review as it was")
    c.keys("\007", "\033[21~")
    c.wait("There is unfinished work")
    c.keys("\r")
    c.wait(lambda t: "unfinished" not in t, "no quitting by Enter")
    c.keys("D", "y")
    c.wait("All changes of settings were forgotten")
    c.wait(lambda t: "1 changed" not in t, "the change gone")
    c.keys("D")
    c.wait("No setting was changed")
    c.keys("\0334", "d")
    c.wait("Delete the canned response")
    c.keys("\r")
    c.wait(lambda t: "Delete the canned response" not in t and "!bye" in t, "the question gone, the response not")


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


def test_an_offer_is_seen_from_everywhere(start):
    """The seconds run at the top, whatever is looked at; taking accepts, declining ends it."""
    c = start(120, 40, {"USHER_UIFAKE_CLOCK": "1"})
    c.keys("\0333")
    c.wait("Enable Omnichannel")
    c.tell("offer Mary Somerville")
    c.wait(lambda t: re.search(r"▶ Mary Somerville \d+ s  M-t take  C-x d decline", t.split("\n")[0]))
    first = re.search(r"(\d+) s", c.text().split("\n")[0]).group(1)
    c.wait(lambda t: re.search(r"(\d+) s", t.split("\n")[0]).group(1) != first)
    c.keys("\0331")
    c.wait(lambda t: re.search(r"Mary Somerville.*offered to you: \d+ s", t))
    c.keys("\030d")
    c.wait(lambda t: "offered to you" not in t and "▶" not in t.split("\n")[0])
    c.keys("\030d")
    c.wait("No chat is offered to you")
    c.tell("offer Luigi Menabrea")
    c.wait("▶ Luigi Menabrea")
    c.keys("\033t")
    c.wait("You have taken the chat with Luigi Menabrea")


def test_a_pause_is_shown_and_ended(start):
    c = start()
    c.tell("pause wrap-up")
    c.wait(lambda t: re.search(r"◐ wrap-up \d+ s", t.split("\n")[0]))
    c.keys("\030e")
    c.wait(lambda t: "available" in t.split("\n")[0] and "wrap-up" not in t)
    c.keys("\030e")
    c.wait("You have neither wrap-up time nor a pause")


def test_missed_targets_are_marked(start):
    c = start(120, 40)
    c.tell("missed 1")
    c.wait(lambda t: re.search(r"2 Mary Somervi.*!", t) and re.search(r"2 !Bo", t))


def test_a_disposition_is_chosen_when_a_chat_ends(start):
    c = start()
    c.tell("setting Usher_disposition_codes ada solved, sold")
    c.keys("\r", "\033[17~")
    c.wait("Disposition")
    c.keys("done", "\t", "\033[C\033[C", "\r")
    c.wait("is closed")
    c.keys("\033m")
    c.wait("closed as sold")
