"""Under valgrind: a start, a chat with uploads, settings and realtime, an orderly end. No error, nothing lost."""
import os
import shutil

import pytest

from conftest import OPEN_QUEUE
from support.daemon import Realtime, Usherd, Visitor

VALGRIND = ["valgrind", "-q", "--leak-check=full", "--show-leak-kinds=definite,indirect,possible",
            "--errors-for-leak-kinds=definite,indirect,possible", "--error-exitcode=9", "--track-fds=no"]


def test_chat_under_valgrind(place):
    if shutil.which("valgrind") is None:
        pytest.fail("valgrind is not installed: ./bootstrap deps installs it")
    if os.environ.get("USHER_BUILD", "").endswith("asan"):
        pytest.skip("a program of the sanitizers")
    daemon = Usherd(place / "d", wrapper=VALGRIND)
    daemon.start()
    try:
        admin = daemon.admin().set(**OPEN_QUEUE)
        admin.add_agent("alma")
        agent = type(admin)(daemon.port).login("alma", "correct horse")
        desk = Realtime(daemon.port)
        desk.login(agent)
        visitor = Visitor(daemon.port, "visitor-under-valgrind", email="v@example.org").open()
        desk.subscribe("stream-room-messages", visitor.rid, {"useCollection": False, "args": []})
        visitor.say("Hello")
        inquiry = agent.get("livechat/inquiries.queued")["inquiries"][0]["_id"]
        agent.post("livechat/inquiries.take", inquiryId=inquiry)
        agent.post("chat.sendMessage", message={"rid": visitor.rid, "msg": "Good morning"})
        desk.wait(lambda m: m.get("msg") == "changed" and m["fields"]["args"][0]["msg"] == "Good morning")
        assert visitor.texts() == ["Hello", "Good morning"]
        visitor.end()
        other = Visitor(daemon.port, "another").open()
        other.say("I stay in the queue")
        desk.close()
        assert daemon.stop(120) == 0, daemon.log()
        daemon.start()
        assert other.texts() == ["I stay in the queue"]
    finally:
        code = daemon.stop(120)
    assert code == 0, daemon.log()
    assert "==" not in daemon.log(), daemon.log()
