"""Messages of agents (rest 3.5)."""
import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import Chat, coded, give, make_agent, make_user, ok, plain, unique


@pytest.fixture
def agent(usherd, admin):
    return make_agent(usherd, admin)


@pytest.fixture
def served(usherd, admin, agent):
    return give(admin, Chat(usherd), agent)


def test_send(usherd, admin, agent, served):
    message = ok(agent.post("chat.sendMessage", {"message": {"rid": served.rid, "msg": "good day"}}))["message"]
    assert message["msg"] == "good day" and message["rid"] == served.rid and message["u"]["_id"] == agent.user_id
    seen = ok(served.rest.get("livechat/messages.history/" + served.rid, {"token": served.token}))["messages"]
    assert message["_id"] in [m["_id"] for m in seen]
    room = ok(agent.get("rooms.info", {"roomId": served.rid}))["room"]
    assert room["lastMessage"]["_id"] == message["_id"] and "waitingResponse" not in room


def test_a_known_id_is_not_stored_twice(agent, served):
    body = {"message": {"rid": served.rid, "msg": "once", "_id": unique("id")}}
    first = ok(agent.post("chat.sendMessage", body))["message"]
    again = ok(agent.post("chat.sendMessage", dict(message=dict(body["message"], msg="twice"))))["message"]
    assert again["_id"] == first["_id"] and again["msg"] == "once"
    assert "result" not in agent.method("sendMessage", body["message"])
    page = ok(agent.get("livechat/%s/messages" % served.rid))["messages"]
    assert [m["msg"] for m in page if m["_id"] == first["_id"]] == ["once"]


def test_send_refusals(usherd, admin, agent, served):
    coded(agent.post("chat.sendMessage", {}), "error-invalid-params")
    plain(agent.post("chat.sendMessage", {"message": {"msg": "x"}}),
          "The 'rid' property on the message object is missing.")
    plain(agent.post("chat.sendMessage", {"message": {"rid": "nowhere", "msg": "x"}}), "error-invalid-room")
    stranger = make_user(usherd, admin)
    plain(stranger.post("chat.sendMessage", {"message": {"rid": served.rid, "msg": "x"}}), "error-not-allowed")
    plain(agent.post("chat.sendMessage", {"message": {"rid": served.rid, "msg": "x", "alias": "Boss"}}),
          "Not enough permission")
    coded(agent.post("chat.sendMessage", {"message": {"rid": served.rid, "msg": "x", "tshow": True}}), "invalid-params")
    coded(agent.post("chat.sendMessage", {"message": {"rid": served.rid, "msg": "x" * 5001}}),
          "error-message-size-exceeded")


def test_post(agent, served):
    body = ok(agent.post("chat.postMessage", {"roomId": served.rid, "text": "posted", "attachments": [{"text": "a"}]}))
    assert isinstance(body["ts"], int) and body["channel"] == served.rid
    assert body["message"]["msg"] == "posted" and body["message"]["attachments"] == [{"text": "a"}]
    assert body["message"]["groupable"] is False and body["message"]["alias"] == ""
    coded(agent.post("chat.postMessage", {"channel": "#nothing", "text": "x"}), "invalid-channel")


def test_update_and_delete(admin, agent, served):
    sent = ok(agent.post("chat.sendMessage", {"message": {"rid": served.rid, "msg": "typo"}}))["message"]
    ask = {"roomId": served.rid, "msgId": sent["_id"], "text": "right"}
    new = ok(agent.post("chat.update", ask))["message"]
    assert new["msg"] == "right" and new["editedBy"]["_id"] == agent.user_id and new["editedAt"]
    assert ok(agent.get("chat.getMessage", {"msgId": sent["_id"]}))["message"]["msg"] == "right"
    plain(agent.post("chat.update", dict(ask, msgId="none")), 'No message found with the id of "none".')
    plain(agent.post("chat.update", dict(ask, roomId="other")),
          "The room id provided does not match where the message is from.")
    assert agent.post("chat.update", {"roomId": served.rid}).json()["error"].startswith("Match error: Missing key")
    foreign = dict(ask, msgId=served.said["_id"])
    coded(agent.post("chat.update", foreign), "error-action-not-allowed")
    coded(agent.post("chat.delete", foreign), "error-action-not-allowed")
    gone = ok(agent.post("chat.delete", ask))
    assert gone["_id"] == sent["_id"] and isinstance(gone["ts"], int) and gone["message"]["rid"] == served.rid
    assert agent.get("chat.getMessage", {"msgId": sent["_id"]}).json() == {"success": False}


def test_get_needs_access(usherd, admin, served):
    stranger = make_user(usherd, admin)
    assert stranger.get("chat.getMessage", {"msgId": served.said["_id"]}).json() == {"success": False}
    plain(stranger.get("chat.getMessage"), 'The "msgId" query parameter must be provided.')


def test_search(usherd, admin, agent, served):
    for text in ("red apple", "green apple", "pear 42"):
        ok(agent.post("chat.postMessage", {"roomId": served.rid, "text": text}))

    def search(text, **more):
        found = ok(agent.get("chat.search", dict(roomId=served.rid, searchText=text, **more)))
        return [m["msg"] for m in found["messages"]]
    assert search("APPLE") == ["green apple", "red apple"]
    assert search("apple", count=1) == ["green apple"]
    assert search("apple", count=1, offset=1) == ["red apple"]
    assert search("/^pear \\d+$/i") == ["pear 42"]
    assert search("nothing like it") == []
    assert search("/\\bGREEN\\b.{2,}(?=ple)/i") == ["green apple"] and search("/GREEN/") == []
    fault = coded(agent.get("chat.search", {"roomId": served.rid, "searchText": "/([/"}), "error-searchText-param-invalid")
    assert "character" in fault["error"]
    ok(agent.post("chat.postMessage", {"roomId": served.rid, "text": "a" * 60 + "b"}))
    costly = agent.get("chat.search", {"roomId": served.rid, "searchText": "/^(a+)+$/"})
    assert "costs too much" in coded(costly, "error-searchText-param-invalid")["error"]
    coded(agent.get("chat.search", {"searchText": "x"}), "error-roomId-param-not-provided")
    coded(agent.get("chat.search", {"roomId": served.rid}), "error-searchText-param-not-provided")
    assert make_user(usherd, admin).get("chat.search", {"roomId": served.rid, "searchText": "a"}).status_code == 400


def test_sync(usherd, admin, agent, served):
    kept = ok(agent.post("chat.postMessage", {"roomId": served.rid, "text": "kept"}))["message"]
    gone = ok(agent.post("chat.postMessage", {"roomId": served.rid, "text": "gone"}))["message"]
    usherd.advance(5)
    ok(agent.post("chat.delete", {"roomId": served.rid, "msgId": gone["_id"]}))
    since = served.said["ts"]
    result = ok(agent.get("chat.syncMessages", {"roomId": served.rid, "lastUpdate": since}))["result"]
    assert kept["_id"] in [m["_id"] for m in result["updated"]]
    assert [d["_id"] for d in result["deleted"]] == [gone["_id"]] and result["deleted"][0]["_deletedAt"]
    later = ok(agent.get("chat.syncMessages", {"roomId": served.rid, "lastUpdate": "2999-01-01"}))["result"]
    assert later == {"updated": [], "deleted": []}
    coded(agent.get("chat.syncMessages", {"roomId": served.rid}), "error-lastUpdate-param-not-provided")
    coded(agent.get("chat.syncMessages", {"roomId": served.rid, "lastUpdate": "x"}), "error-roomId-param-invalid")
    coded(agent.get("chat.syncMessages", {"lastUpdate": since}), "error-roomId-param-not-provided")
    coded(make_user(usherd, admin).get("chat.syncMessages", {"roomId": served.rid, "lastUpdate": since}),
          "error-not-allowed")


def test_what_is_left_of_messages_outlives_a_restart(start):
    """A deleted message that leaves its mark; a last message that is kept from the lists of rooms."""
    daemon = start("--embedded", env={"USHER_RATE_LIMITS": "off"})
    boss = daemon.admin()
    boss.set(Livechat_accept_chats_with_no_agents=True, Message_ShowDeletedStatus=True)
    marked, hidden = Chat(daemon, "to be deleted"), Chat(daemon, "the first")
    ok(marked.rest.delete("livechat/message/" + marked.said["_id"], {"token": marked.token, "rid": marked.rid}))
    again = boss.post("chat.update", {"roomId": marked.rid, "msgId": marked.said["_id"], "text": "not deleted"})
    assert "The message was deleted" in coded(again, "error-action-not-allowed")["error"]
    boss.set(Store_Last_Message=False)
    hidden.rest.say(hidden.token, hidden.rid, "the second")

    def seen():
        history = ok(daemon.rest().get("livechat/messages.history/" + marked.rid, {"token": marked.token}))["messages"]
        mark = [(m["t"], m["msg"]) for m in history if m["_id"] == marked.said["_id"]]
        rooms = {r["_id"]: r.get("lastMessage", {}).get("t") or r.get("lastMessage", {}).get("msg")
                 for r in ok(daemon.admin().get("livechat/rooms"))["rooms"]}
        return mark, rooms[marked.rid], rooms[hidden.rid]
    assert seen() == ([("rm", "")], "rm", None)
    assert daemon.stop() == 0
    daemon.start()
    assert seen() == ([("rm", "")], "rm", None)
