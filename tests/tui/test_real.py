"""The real console with the real core: embedded over the unix socket, and at a server."""
import os
import pathlib
import select
import shutil
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.console import Console, alt  # noqa: E402
from support.daemon import Rest, Usherd, Visitor, clean_environment, program  # noqa: E402

EMPTY = "Nobody is waiting"
LIMIT = 60


class Desk:
    """One user of this machine: a home, consoles with the embedded core, and what a REST client on its socket sees."""

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="usher-"))
        self.socket = str(self.home / "run/usher/core.sock")
        self.consoles = []

    def console(self, *arguments, **more):
        console = Console(self.home, *arguments, **more)
        self.consoles.append(console)
        return console

    def open(self, *arguments, **more):
        return self.console(*arguments, **more).wait(EMPTY)

    def rest(self):
        return Rest(None, unix=self.socket)

    def core_pid(self):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.socket)
            return struct.unpack("3i", s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]

    def visitor(self, name="Vera Vogel", text="Hello, is anybody there?"):
        self.rest().set(Livechat_Routing_Method="Manual_Selection")
        visitor = Visitor(self.socket, "token of " + name, name).open()
        visitor.say(text)
        return visitor

    def close(self):
        for console in self.consoles:
            console.close()
        try:
            pid = self.core_pid()
        except OSError:
            pid = 0
        if pid:
            os.kill(pid, 15)
            wait_end(pid)
        shutil.rmtree(self.home, ignore_errors=True)


def wait_end(pid, timeout=LIMIT):
    """Until that process, nobody's child of ours, is gone."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([fd], [], [], timeout)[0], f"process {pid} does not end"
    finally:
        os.close(fd)


@pytest.fixture
def desk():
    d = Desk()
    yield d
    d.close()


# --- the embedded core ---

def test_starts_and_joins(desk):
    """usher alone starts a core; a second one joins it; what one does the other sees; files are private."""
    first = desk.open()
    assert "embedded core" in first.text()
    pid = desk.core_pid()
    second = desk.open(cols=80, rows=24)
    assert desk.core_pid() == pid
    visitor = desk.visitor()
    first.wait("Vera Vogel")
    second.wait("Vera Vogel")
    first.send("t").wait("You have taken")
    second.wait(EMPTY)
    first.send("Good morning\r").wait("Good morning")
    first.wait(lambda t: "Good morning" in visitor.texts(), "the message to arrive")
    for path in (desk.socket, desk.home / "data/usher/core.db"):
        assert stat.S_IMODE(os.stat(path).st_mode) & 0o077 == 0, path
    assert stat.S_IMODE(os.stat(pathlib.Path(desk.socket).parent).st_mode) == 0o700


def test_core_ends_after_the_last_console(desk):
    """By itself, when no chat is open; the next console starts it again and finds everything."""
    first, second = desk.open(), desk.open()
    pid = desk.core_pid()
    desk.rest().set(Livechat_title="Kept over the end")
    first.command("quit")
    assert first.wait_exit() == 0
    assert desk.core_pid() == pid
    second.command("quit")
    assert second.wait_exit() == 0
    wait_end(pid)
    assert not os.path.exists(desk.socket) or not answers(desk.socket)
    desk.open()
    assert desk.rest().setting("Livechat_title") == "Kept over the end"


def answers(path):
    with socket.socket(socket.AF_UNIX) as s:
        return s.connect_ex(path) == 0


def test_dead_core_is_replaced(desk):
    """A core that was killed leaves its socket; the next console does not fall for it."""
    first = desk.open()
    desk.visitor()
    first.wait("Vera Vogel")
    first.command("quit !")
    first.wait_exit()
    pid = desk.core_pid()
    os.kill(pid, 9)
    wait_end(pid)
    assert os.path.exists(desk.socket)
    desk.console().wait("Vera Vogel")


def test_two_at_the_same_moment(desk):
    """Two consoles started together end up at one core."""
    both = [desk.console(), desk.console()]
    for console in both:
        console.wait(EMPTY)
    desk.visitor()
    for console in both:
        console.wait("Vera Vogel")


def test_hangup(desk):
    """The terminal goes away: the console ends, the chat does not."""
    console = desk.open()
    visitor = desk.visitor()
    console.wait("Vera Vogel").send("t").wait("You have taken")
    console.send("Written before the line broke\r").wait("Written before")
    console.wait(lambda t: "Written before the line broke" in visitor.texts(), "the message to arrive")
    console.send("half a senten")
    console.wait("half a senten")
    console.close()
    assert console.process.returncode is not None
    desk.consoles.remove(console)
    again = desk.console()
    again.wait("Vera Vogel")
    room = desk.rest().get("livechat/rooms", open="true")["rooms"][0]
    assert room["servedBy"]


# --- where it runs ---

def test_not_a_terminal(desk):
    done = subprocess.run([program("usher")], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=clean_environment({"HOME": str(desk.home)}), timeout=LIMIT, check=False)
    assert done.returncode == 2 and done.stdout == b""
    assert len(done.stderr.splitlines()) == 1 and b"terminal" in done.stderr
    assert list(desk.home.iterdir()) == [], "nothing was made"


def test_unknown_terminal(desk):
    """A sentence says so; the console starts anyway."""
    console = desk.open(env={"TERM": "no-such-terminal"})
    console.command("messages")
    console.wait("no-such-terminal")


def test_not_utf8(desk):
    console = desk.open(env={"LC_ALL": "C"})
    console.command("messages")
    console.wait("UTF-8")


def test_broken_theme_and_config(desk):
    """File and line; defaults are used."""
    config = desk.home / "config/usher"
    config.mkdir(parents=True)
    (config / "mine.yaml").write_text("name: mine\ncolors: [\n")
    (config / "usher.yaml").write_text("theme: mine\nno-such-key: 1\n")
    console = desk.open()
    console.command("messages")
    console.wait("mine.yaml:").wait("usher.yaml:2:")


@pytest.mark.parametrize("cols, rows", [(39, 10), (40, 9), (10, 3), (1, 1)])
def test_too_small(desk, cols, rows):
    """A sentence as far as it fits; after growing the console is there."""
    console = desk.console(cols=cols, rows=rows)
    console.wait(lambda t: t.text().strip() != "", "something to be painted")
    assert "usher"[:cols] in console.text()
    console.resize(80, 24)
    console.wait(EMPTY)


@pytest.mark.parametrize("cols, rows", [(40, 10), (60, 16), (80, 24), (132, 43), (200, 60), (500, 200)])
def test_sizes(desk, cols, rows):
    """Queue, chat and settings at any size, and every size in between on the way back."""
    console = desk.open(cols=cols, rows=rows)
    visitor = desk.visitor(name="Vera V")
    console.wait("Vera V")
    console.send("t").wait("You have taken")
    console.send("Good day\r")
    console.wait(lambda t: "Good day" in visitor.texts(), "the message to arrive")
    console.wait("Good day")
    console.send(alt("3")).wait("Settings")
    for step in range(cols, 30, -max(1, cols // 12)):
        console.resize(step, max(5, rows * step // cols))
    console.resize(cols, rows)
    console.wait("Settings")
    console.send(alt("2"))
    console.wait("Good day")


# --- what an agent does ---

def test_take_answer_close_by_keys(desk):
    console = desk.open()
    visitor = desk.visitor()
    second = desk.visitor("Walter Wolf", "A second question")
    console.wait("Walter Wolf")
    console.send("\x1b[B").send("p").wait("reading a chat that waits")
    console.send(alt("1")).send("\x1b[A").send("t").wait("You have taken the chat with Vera Vogel")
    console.send("First line\x1b\rSecond line\r")
    console.wait(lambda t: "First line\nSecond line" in visitor.texts(), "the message of two lines")
    visitor.say("Grüße 👍🏽 \x1b[31m")
    console.wait("Grüße")
    assert b"\x1b[31m\x1b" not in console.raw[-200:]
    console.send(alt("1")).wait("Walter Wolf").send("\r")
    console.wait(lambda t: "You have taken the chat with Walter Wolf" in t.text() or "New chat: Walter Wolf" in t.text(),
                 "the chat taken: whichever the server tells last stands in the status line")
    console.send("For you\r")
    console.wait(lambda t: "For you" in second.texts(), "the answer")
    visitor.say("Are you still with me?")
    console.wait(lambda t: "1" in t.text(), "the unread mark")
    console.send(alt("a")).wait("Are you still with me?")
    console.command("close-chat Solved")
    console.wait("The chat with Vera Vogel is closed")
    rooms = {r["fname"]: r for r in desk.rest().get("livechat/rooms")["rooms"]}
    assert not rooms["Vera Vogel"].get("open") and rooms["Walter Wolf"]["open"]
    visitor.open().say("Me again")
    console.wait(lambda t: "Queue 1" in t.text(), "the new chat in the queue").send(alt("1")).wait("Me again")


def test_return_to_the_queue(desk):
    console = desk.open()
    desk.visitor()
    console.wait("Vera Vogel").send("t").wait("You have taken")
    console.send(alt("r")).wait("back to the queue?").send("\r")
    console.send(alt("1"))
    console.wait(lambda t: EMPTY not in t.text() and "Vera Vogel" in t.text(), "the chat in the queue again")
    queued = desk.rest().get("livechat/inquiries.queued")["inquiries"]
    assert [q["name"] for q in queued] == ["Vera Vogel"]


def test_hold_and_resume(desk):
    """Placed on hold by keys; the visitor's next words bring it back, or the agent does."""
    console = desk.open()
    visitor = desk.visitor()
    desk.rest().set(Livechat_allow_manual_on_hold=True)
    console.wait("Vera Vogel").send("t").wait("You have taken")
    console.send(alt("h")).wait("The visitor wrote last: answer first")
    console.send("A moment please\r")
    console.wait(lambda t: "A moment please" in visitor.texts(), "the answer")
    console.send(alt("h")).wait("Chat on hold: The chat was manually placed On Hold by")
    console.wait("on hold ─")
    visitor.say("Here I am again")
    console.wait("Chat resumed: The chat was automatically resumed")
    console.wait(lambda t: "on hold ─" not in t.text(), "no mark any more")
    console.send("One more moment\r")
    console.wait(lambda t: "One more moment" in visitor.texts(), "the second answer")
    console.send(alt("h")).wait("on hold ─")
    console.send(alt("u")).wait("Chat resumed: The chat was manually resumed")


def test_settings(desk):
    """Found by search, edited, reviewed, saved, visible to everybody else."""
    console = desk.open()
    console.send(alt("3")).wait("Settings")
    console.command("setting Livechat_title Desk of the house")
    console.wait("settings-save saves it")
    assert desk.rest().setting("Livechat_title") != "Desk of the house", "not before it is saved"
    console.command("settings-save")
    console.wait("Desk of the house")
    console.send("\r")
    console.wait(lambda t: desk.rest().setting("Livechat_title") == "Desk of the house", "the setting to be saved")
    console.wait_gone("not saved")
    console.send(alt("3")).send("/offline_title\r")
    console.wait("Livechat_offline_title")
    desk.rest().set(Livechat_offline_title="Changed elsewhere")
    console.wait("Changed elsewhere")


def test_settings_of_two_administrators(desk):
    """With the real core: where a value comes from, a conflict while editing, consequences, history, undo."""
    console = desk.open()
    console.send(alt("3")).wait("Settings")
    console.send("/id:Livechat_title label:livechat\r").wait("default, never changed")
    console.send("\r").wait("[ Set ]")
    console.send("\x15Mine")
    desk.rest().set(Livechat_title="Theirs")
    console.wait("changed it meanwhile to Theirs")
    console.send("\r").wait("changed elsewhere too")
    console.send("S").wait("somebody else changed it meanwhile")
    console.send("\r").wait("Take theirs")
    console.send("m").wait("will overwrite theirs")
    console.send("S").wait("+ Mine").send("\r")
    console.wait(lambda t: desk.rest().setting("Livechat_title") == "Mine", "the setting to be saved")
    console.wait_gone("not saved")
    console.wait("now       Mine")
    console.send("h").wait("History of Livechat Title")
    console.wait(lambda t: "- Theirs" in t.text() and "+ Mine" in t.text(), "both changes")
    console.send("u").wait("Give it its former value again?").send("y")
    console.wait("has its former value again")
    assert desk.rest().setting("Livechat_title") == "Theirs"
    console.wait("(undo)")
    console.send("\x07").wait("now       Theirs")


def test_settings_are_saved_all_or_not(desk):
    """Faults the server finds are told in the review; nothing is saved then. A reset says where the value comes from."""
    console = desk.open()
    console.send(alt("3")).wait("Settings")
    console.command("setting Livechat_title Desk").wait("1 changed, not saved")
    console.command("setting Livechat_webhook_on_start true").wait("2 changed, not saved")
    console.send("R").wait("2 changed settings").send("\r")
    console.wait(lambda t: desk.rest().setting("Livechat_title") == "Desk", "both to be saved")
    assert desk.rest().setting("Livechat_webhook_on_start") is True
    console.wait_gone("not saved")
    console.send("/changed: id:Livechat_title\r").wait("1 found")
    console.send("r").wait("becomes")
    console.send("S").wait("(reset)").send("\r")
    console.wait("No setting has these words")
    assert desk.rest().setting("Livechat_title") == "Rocket.Chat"


def test_key_for_the_external_frame(desk):
    """The action makes a key that the server takes; it is shown once and nobody reads it back."""
    desk.open()
    desk.rest().set(Omnichannel_External_Frame_Enabled=True)
    console = desk.consoles[0]
    console.send(alt("3")).wait("Settings")
    console.send("/generate a new key\r").wait("Enter runs it")
    console.send("\r").wait("Make an encryption key?")
    console.send("y").wait('"kty":"oct"')
    console.send("\x07")
    console.send("/\x15id:Encryption_JWK\r").wait("now       set")
    assert desk.rest().setting("Omnichannel_External_Frame_Encryption_JWK") == ""


def test_actions_that_the_server_cannot_do(desk):
    """An action without a server side says what is missing; it never pretends."""
    console = desk.open()
    desk.rest().set(Livechat_webhookUrl="http://127.0.0.1:9/")
    console.send(alt("3")).wait("Settings")
    console.send("/send a test request\r").wait("Enter runs it")
    console.send("\r")
    console.wait(lambda t: any(w in t.text() for w in (
        "cannot do it yet, sending webhook requests is missing", "Send a test request: Invalid", "Send a test request: The")),
        "what is missing, or what went wrong")


def test_canned(desk):
    """Made here, found by its shortcut, inserted into the message, sent."""
    desk.open().command("quit")
    rest = desk.rest()
    rest.post("canned-responses", shortcut="hi", text="Welcome to our desk", scope="global")
    console = desk.open()
    visitor = desk.visitor()
    console.wait("Vera Vogel").send("t").wait("You have taken")
    console.command("canned hi")
    console.wait("Welcome to our desk").send(", Vera\r")
    console.wait(lambda t: "Welcome to our desk, Vera" in visitor.texts(), "the canned response")
    console.send("\x1b[19~").wait("Canned responses").send("\r")
    console.wait(lambda t: t.text().count("Welcome to our desk") > 1, "the text in the composer")
    console.send(alt("4")).wait("Canned")
    console.send("c").wait("Shortcut")


def test_canned_popup(desk):
    """At most twelve, those with the last names."""
    desk.open().command("quit")
    rest = desk.rest()
    for n in range(14):
        assert rest.post("canned-responses", shortcut="way-%c" % (97 + n), text="Text %d" % n, scope="global")
    console = desk.open()
    desk.visitor()
    console.wait("Vera Vogel").send("t").wait("You have taken")
    console.send("well!").wait("way-n")
    shown = console.text()
    assert all("way-%c" % (97 + n) in shown for n in range(2, 14)) and "way-a" not in shown and "way-b" not in shown
    assert shown.index("way-n") < shown.index("way-m") < shown.index("way-c")
    console.send("wa").wait(lambda t: "!wa" in t.text())
    console.send("-a\r").wait("wellText 0")


# --- at a server ---

@pytest.fixture
def remote():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="usher-"))
    daemon = Usherd(folder / "d").start()
    daemon.admin().add_agent("alma", name="Alma Agent")
    yield daemon
    daemon.close()
    shutil.rmtree(folder, ignore_errors=True)


def test_remote_login(desk, remote):
    """Password by a command, token kept 0600; the second time the token is enough."""
    console = desk.console(server=remote.url, user="alma").wait(EMPTY)
    assert "alma" in console.text() or "Alma" in console.text()
    tokens = list((desk.home / "state/usher").glob("token-*"))
    assert len(tokens) == 1 and stat.S_IMODE(tokens[0].stat().st_mode) == 0o600
    console.command("quit")
    assert console.wait_exit() == 0
    again = Console(desk.home, "-u", "alma", server=remote.url)
    desk.consoles.append(again)
    again.wait(EMPTY)


def test_wrong_password(desk, remote):
    console = desk.console(server=remote.url, user="alma", password="wrong")
    console.wait(lambda t: "password" in t.text().lower() or "unauthorized" in t.text().lower() or "login" in t.text().lower(),
                 "a sentence about the login")
    assert EMPTY not in console.text()
    console.command("quit")
    assert console.wait_exit() == 0


def test_password_asked_without_echo(desk, remote):
    console = Console(desk.home, "-u", "alma", server=remote.url)
    desk.consoles.append(console)
    console.wait("Password of alma")
    console.send("correct horse\r").wait(EMPTY)
    assert b"correct horse" not in console.raw


def test_outbox_survives_the_console(desk, remote):
    """The server is away, a message is written, the console ends; the next one sends it, once."""
    remote.admin().set(Livechat_Routing_Method="Manual_Selection")
    console = desk.console(server=remote.url, user="alma").wait(EMPTY)
    visitor = Visitor(remote.port, "token of Vera", "Vera Vogel").open()
    visitor.say("Hello")
    console.wait("Vera Vogel").send("t").wait("You have taken")
    remote.kill()
    console.wait("cannot be reached")
    console.send("Written while away\r").wait("Written while away")
    console.command("quit !")
    assert console.wait_exit() == 0
    remote.start()
    again = desk.console(server=remote.url, user="alma")
    again.wait("Vera Vogel")
    again.wait(lambda t: visitor.texts() == ["Hello", "Written while away"], "the message to arrive")


def test_nobody_listens(desk):
    """No server there: said plainly, tried again, and it can be left."""
    started = time.monotonic()
    console = desk.console(server="http://127.0.0.1:9", user="alma")
    console.wait(lambda t: "127.0.0.1" in t.text(), "the server's name")
    console.command("quit")
    assert console.wait_exit() == 0 and time.monotonic() - started < LIMIT
