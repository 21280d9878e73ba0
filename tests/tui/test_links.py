"""The outside page beside a chat: as a link of the terminal, and handed to $BROWSER."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from test_real import Desk  # noqa: E402

PAGE = "https://crm.example/page"


@pytest.fixture
def desk():
    d = Desk()
    yield d
    d.close()


def with_chat(desk, **env):
    console = desk.open(env={"BROWSER": "", **env})
    desk.rest().set(Omnichannel_External_Frame_Enabled=True, Omnichannel_External_Frame_URL=PAGE)
    desk.visitor()
    console.wait("Vera Vogel").send("t").wait("You have taken")
    return console


def test_a_link_of_the_terminal(desk):
    console = with_chat(desk)
    console.send("\x1bo").wait("External frame").wait("The address has your login in it")
    console.wait(lambda t: b"\x1b]8;;\x1b\\" in t.raw, "the end of the link")
    opened = console.raw.split(b"\x1b]8;id=usher;")[1].split(b"\x1b\\")[0].decode()
    assert opened.startswith(PAGE + "?uid=") and "&rid=" in opened and "&t=" in opened
    console.send("\x1b").wait_gone("The address has your login")


def test_the_browser(desk, tmp_path):
    """It gets the whole address as one argument, and the console goes on meanwhile."""
    script, out = tmp_path / "browser", tmp_path / "address"
    script.write_text("#!/bin/sh\necho \"$#\" \"$1\" >%s.new && mv %s.new %s\n" % (out, out, out))
    script.chmod(0o700)
    console = with_chat(desk, BROWSER=str(script))
    console.command("frame").wait("handed to the browser")
    console.wait(lambda t: out.exists(), "the browser to be called")
    assert out.read_text().startswith("1 " + PAGE + "?uid=")


def test_a_call(desk):
    """The visitor is asked, and the agent gets the same address; without a service he is told what is missing."""
    console = with_chat(desk)
    console.command("call").wait("Video calls are not set up on this server")
    desk.rest().set(Omnichannel_call_provider="Jitsi", VideoConf_Default_Provider="jitsi", Jitsi_Domain="meet.example")
    console.command("call").wait("The visitor is asked in the chat. Join here:")
    console.wait("https://meet.example/RocketChat")


def test_switched_off(desk):
    console = with_chat(desk)
    desk.rest().set(Omnichannel_External_Frame_Enabled=False)
    console.command("frame").wait("The external frame is switched off")
