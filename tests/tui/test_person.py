"""The person behind a chat: exported to a file and erased, from the console."""
import json
import pathlib
import stat
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from test_real import Desk  # noqa: E402


@pytest.fixture
def desk():
    d = Desk()
    yield d
    d.close()


@pytest.fixture
def chat(desk):
    """The console shows a chat that was taken."""
    console = desk.open()
    visitor = desk.visitor()
    console.wait("Vera Vogel").send("t").wait("You have taken")
    return console, visitor


def test_export_and_erase(desk, chat):
    console, visitor = chat
    out = desk.home / "vera.json"
    console.command(f"visitor-export {out}").wait("All that is held on Vera Vogel is in")
    held = json.loads(out.read_text())
    assert held["visitor"]["_id"] == visitor.id and held["rooms"][0]["_id"] == visitor.rid
    assert "Hello, is anybody there?" in [m["msg"] for m in held["rooms"][0]["messages"]]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    kept = out.read_text()
    console.command(f"visitor-export {out}").wait("File exists")
    assert out.read_text() == kept

    console.command("visitor-erase").wait("Erase visitor")
    console.send("yes\t\r").wait("Type the word erase")
    console.send("\x1b").wait_gone("Erase visitor")
    desk.rest().set(Livechat_Allow_collect_and_store_HTTP_header_informations=True)
    console.command("visitor-erase").wait("Erase visitor")
    console.send("erase\t\r").wait("Nothing is held on Vera Vogel any more")
    assert visitor.rest.raw("GET", "/api/v1/livechat/visitor/" + "x")[0] == 400
    assert desk.rest().raw("GET", f"/usher/v1/visitors/{visitor.id}/export")[0] == 404


def test_erasing_an_open_chat_may_be_refused(desk, chat):
    """As the setting says; the console tells why."""
    console, visitor = chat
    console.command("visitor-erase").wait("Erase visitor")
    desk.rest().set(Livechat_Allow_collect_and_store_HTTP_header_informations=False)
    console.send("erase\t\r").wait("open")
    assert desk.rest().raw("GET", f"/usher/v1/visitors/{visitor.id}/export")[0] == 200


def test_popup_of_canned_responses(desk, chat):
    """It stays out of the way of plain words, filters while typing and goes with Esc; the last name comes first."""
    console, visitor = chat
    rest = desk.rest()
    for shortcut, text in (("refund", "We refund it"), ("repair", "We repair it"), ("hello", "Hello there")):
        rest.post("canned-responses", shortcut=shortcut, text=text, scope="global")
    console.wait("Message").send("Well !")
    console.wait("Canned responses ").wait("repair").wait("hello")
    console.send("r").wait_gone("hello").wait("refund")
    console.send("p").wait_gone("refund").wait("repair")
    console.send("\x7f").wait("refund")
    console.send("\x1b[B\r").wait("Well We refund it").wait_gone("Canned responses ")
    console.send("and more!\r")
    console.wait(lambda t: "Well We refund it and more!" in visitor.texts(), "the message")
    console.send("Stop !").wait("Canned responses ").send("\r")
    console.wait(lambda t: "Stop !" in visitor.texts(), "a plain exclamation mark is sent as it is")
    console.send("!re").wait("Canned responses ").wait("repair").send("\x1b").wait_gone("Canned responses ")
    console.send("fund\r")
    console.wait(lambda t: "!refund" in visitor.texts(), "words as typed")
