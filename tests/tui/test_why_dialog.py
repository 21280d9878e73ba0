"""The dialog of the command why: over the made-up client, and with a real core."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from test_real import Desk  # noqa: E402
from test_ui_fake import start  # noqa: E402,F401


@pytest.fixture
def desk():
    d = Desk()
    yield d
    d.close()


def test_of_a_queued_chat(start):  # noqa: F811
    c = start(100, 30)
    c.keys("w")
    c.wait("Why: chat of ")
    text = c.wait("waited: 4 agents not online, 1 at the limit")
    lines = [line.strip(" │") for line in text.split("\n")]
    assert any("22:13:20  opened, room " in line for line in lines) and any("2023-11-14" in line for line in lines)
    assert any("now       waits at place 2 of the queue" in line for line in lines)
    assert any("1. grace: 3 of 3 chats, at-limit" in line for line in lines)
    c.keys("\033")
    c.wait(lambda t: "Why: chat of" not in t, "the dialog gone")


def test_of_an_agent(start):  # noqa: F811
    c = start(100, 30)
    c.keys("\033x", "show-admin agents\r")
    c.wait("Administration · Agents")
    c.keys("w")
    c.wait("Why: chats of ")
    c.wait("! he is not available")
    c.keys("\033")
    c.wait(lambda t: "Why: chats of" not in t, "the dialog gone")
    c.keys(":why @ada\r")
    c.wait("asked about ada")
    c.keys("\033")
    c.wait(lambda t: "asked about ada" not in t, "the dialog gone")
    c.keys(":why nobody\r")
    c.wait("There is no such user")
    c.keys("\033x", "show-admin tags\r")
    c.wait("Administration · Tags")
    c.keys("w")
    c.wait("No agent is under the cursor")


def test_with_a_real_core(desk):
    console = desk.open()
    desk.visitor()
    console.wait("Vera Vogel").send("w").wait("Why: chat of Vera Vogel").wait("agents take chats themselves")
    console.wait("waits at place 1 of the queue")
    console.send("\x1b").wait_gone("Why: chat of").send("t").wait("You have taken")
    console.command("why").wait("taken by ")
    console.send("\x1b").wait_gone("taken by ")
