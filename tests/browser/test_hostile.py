"""What people send is text: in the terminal of the agent and in the browser of the visitor."""
import re

import pytest

ESCAPES = "\x1b]0;OWNED\x07\x1b[31mred\x1b[2J\x1b[1;1H\x9b31m\x1bPq\x1b\\ \x1b]52;c;SGVsbG8=\x07end"
BIDI = "left\u202egnp.exe\u202c\u2066x\u2069\u200f right"
SCRIPT = "<img src=x onerror=\"document.title='OWNED';window.top.document.title='OWNED'\"><b>bold</b> ok"


@pytest.fixture
def desk(world):
    world.start(Livechat_Routing_Method="Manual_Selection")
    world.admin.add_agent("alma", name="Alma Agent")
    return world


def raw_is_clean(console):
    """Nothing of the visitor's sequences came through, nor any bidirectional control."""
    assert b"OWNED\x07" not in console.raw and b"]0;OWNED" not in console.raw
    assert b"52;c;SGVsbG8" not in console.raw
    assert b"\x1bPq" not in console.raw
    assert b"\xc2\x9b" not in console.raw and not re.search(rb"[^\x80-\xff]\x9b", console.raw)
    for mark in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u202c\u2069\u200e\u200f":
        assert mark.encode() not in console.raw, f"U+{ord(mark):04X} reached the terminal"


def test_visitor_to_terminal(desk):
    """Over the wire, as a hostile client would, since browsers strip some of it."""
    from support.daemon import Visitor
    console = desk.console("alma")
    console.wait("Nobody is waiting")
    visitor = Visitor(desk.usherd.port, "h" * 64, "Mallory" + ESCAPES + BIDI).open()
    visitor.say("first " + ESCAPES)
    visitor.say("second " + BIDI)
    console.wait("Mallory").send("t").wait("You have taken")
    console.wait("first").wait("second")
    visitor.say("third\r\n\x1b[10;10Hmoved")
    console.wait("third")
    visitor.say("\u0301" * 500 + "zalgo" + "\u200b" * 50)
    console.wait("zalgo")
    visitor.say("plain at last")
    console.wait("plain at last")
    raw_is_clean(console)
    assert "OWNED" not in console.screen.title
    console.send("Still here\r")
    console.wait("Still here")
    console.wait(lambda t: "Still here" in visitor.texts(), "the answer to arrive")


def test_agent_to_browser(desk):
    """An agent's HTML runs neither live nor, from the history, after a reload."""
    console = desk.console("alma")
    console.wait("Nobody is waiting")
    page = desk.page()
    page.load().open().register("Vera " + "\u202e" + "<i>V</i>", "vera@example.org").say("Hello there")
    console.wait("Vera").send("t").wait("You have taken")
    console.wait("Hello there")
    console.send(SCRIPT + "\r")
    page.see("bold")
    page.say("one more")
    console.wait("one more")
    page.reload().open()
    page.see("bold").see("one more")
    page.say("after")
    page.wait_message("after")
    assert page.driver.title != "OWNED"
    page.driver.switch_to.default_content()
    assert page.driver.title != "OWNED"
    raw_is_clean(console)


def test_policy(desk):
    """The page of the widget comes with a policy that names one script, another each time."""
    one = desk.admin.raw("GET", "/livechat")
    two = desk.admin.raw("GET", "/livechat")
    nonces = []
    for status, headers, body in (one, two):
        assert status == 200 and headers["Content-Type"].startswith("text/html")
        policy = headers["Content-Security-Policy"]
        nonce = re.search(r"script-src [^;]*'nonce-([^']+)'", policy)[1]
        assert "'unsafe-inline'" not in re.search(r"script-src ([^;]*)", policy)[1]
        assert f'nonce="{nonce}"'.encode() in body
        nonces.append(nonce)
    assert nonces[0] != nonces[1]
