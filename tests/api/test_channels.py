"""Public channels (rest 1.11, 3.5, 15.3, 15.7)."""
import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import coded, make_user, ok, plain, unique


@pytest.fixture
def user(usherd, admin):
    return make_user(usherd, admin)


@pytest.fixture
def channel(admin):
    return ok(admin.post("channels.create", {"name": unique("room")}))["channel"]


def texts(client, rid, **query):
    return [m["msg"] for m in ok(client.get("channels.history", dict(roomId=rid, **query)))["messages"] if "t" not in m]


def say(client, rid, text):
    return ok(client.post("chat.postMessage", {"roomId": rid, "text": text}))["message"]


def test_general_exists_and_greets(usherd, admin):
    listed = ok(admin.get("channels.list", {"count": 0}))
    general = [c for c in listed["channels"] if c["_id"] == "GENERAL"][0]
    assert general["name"] == "general" and general["t"] == "c" and general["default"] is True
    before = ok(admin.get("channels.info", {"roomId": "GENERAL"}))["channel"]
    new = make_user(usherd, admin)
    assert [c["_id"] for c in ok(new.get("channels.list.joined"))["channels"]] == ["GENERAL"]
    after = ok(new.get("channels.info", {"roomName": "general"}))["channel"]
    assert after["usersCount"] == before["usersCount"] + 1 and after["msgs"] == before["msgs"] + 1
    newest = ok(new.get("channels.messages", {"roomId": "GENERAL", "count": 1}))["messages"][0]
    assert newest["t"] == "uj" and newest["u"]["username"] == new.username
    assert "GENERAL" in [r["_id"] for r in ok(new.get("rooms.get"))["update"]]
    sub = [s for s in ok(new.get("subscriptions.get"))["update"] if s["rid"] == "GENERAL"][0]
    assert sub["t"] == "c" and sub["open"] is True and sub["u"]["_id"] == new.user_id
    quiet = make_user(usherd, admin, joinDefaultChannels=False)
    assert ok(quiet.get("channels.list.joined"))["channels"] == []


def test_create(admin, user):
    name = unique("team")
    made = ok(admin.post("channels.create", {"name": name, "members": [user.username, "nobody"]}))["channel"]
    assert made["name"] == name and made["t"] == "c" and made["usersCount"] == 2 and made["ro"] is False
    assert made["u"]["username"] == "admin" and made["msgs"] == 0
    members = ok(user.get("channels.members", {"roomId": made["_id"]}))
    assert {m["username"] for m in members["members"]} == {"admin", user.username} and members["total"] == 2
    coded(admin.post("channels.create", {"name": name}), "error-duplicate-channel-name")
    coded(admin.post("channels.create", {"name": "a b"}), "error-invalid-room-name")
    coded(admin.post("channels.create", {"name": "x" * 101}), "error-invalid-room-name")
    plain(admin.post("channels.create", {}), 'Body param "name" is required')


def test_join_say_read_leave(admin, user, channel):
    rid = channel["_id"]
    assert ok(user.get("subscriptions.getOne", {"roomId": rid}))["subscription"] is None
    assert ok(user.post("channels.join", {"roomId": rid}))["channel"]["usersCount"] == 2
    said = say(admin, rid, "hello all")
    assert said["rid"] == rid and said["msg"] == "hello all" and said["u"]["username"] == "admin"
    sub = ok(user.get("subscriptions.getOne", {"roomId": rid}))["subscription"]
    assert sub["unread"] == 1 and sub["alert"] is True
    assert texts(user, rid) == ["hello all"]
    ok(user.post("subscriptions.read", {"rid": rid}))
    sub = ok(user.get("subscriptions.getOne", {"roomId": rid}))["subscription"]
    assert sub["unread"] == 0 and sub["alert"] is False
    sent = ok(user.post("chat.sendMessage", {"message": {"rid": rid, "msg": "hi", "_id": unique("id")}}))["message"]
    assert ok(admin.get("chat.getMessage", {"msgId": sent["_id"]}))["message"]["msg"] == "hi"
    assert texts(admin, rid) == ["hi", "hello all"]
    ok(user.post("chat.update", {"roomId": rid, "msgId": sent["_id"], "text": "hi!"}))
    assert texts(admin, rid, count=1) == ["hi!"]
    assert "result" in user.method("sendMessage", {"rid": rid, "msg": "by method"})
    assert ok(admin.get("channels.messages", {"roomId": rid, "count": 2, "offset": 1}))["total"] >= 4
    assert ok(user.post("channels.leave", {"roomId": rid}))["channel"]["usersCount"] == 1
    coded(user.post("channels.leave", {"roomId": rid}), "error-user-not-in-room")
    assert "error" not in user.method("joinRoom", rid)
    assert ok(user.get("channels.info", {"roomId": rid}))["channel"]["usersCount"] == 2
    coded(user.post("channels.join", {"roomId": "none"}), "error-room-not-found")
    coded(user.post("channels.join", {}), "error-room-param-not-provided")


def test_posting_joins_by_name(admin, user, channel):
    answer = ok(user.post("chat.postMessage", {"channel": "#" + channel["name"], "text": "me too"}))
    assert answer["channel"] == "#" + channel["name"] and answer["message"]["rid"] == channel["_id"]
    assert ok(user.get("subscriptions.getOne", {"roomId": channel["_id"]}))["subscription"]
    coded(user.post("chat.postMessage", {"channel": "#none", "text": "x"}), "invalid-channel")


def test_archive(admin, user, channel):
    rid = channel["_id"]
    assert user.post("channels.archive", {"roomId": rid}).status_code == 403
    ok(admin.post("channels.archive", {"roomId": rid}))
    assert ok(user.get("channels.info", {"roomId": rid}))["channel"]["archived"] is True
    assert admin.post("chat.postMessage", {"roomId": rid, "text": "x"}).status_code == 400
    coded(user.post("channels.join", {"roomId": rid}), "error-room-archived")
    ok(admin.post("channels.unarchive", {"roomId": rid}))
    assert "archived" not in ok(user.get("channels.info", {"roomId": rid}))["channel"]
    say(admin, rid, "again")
    own = ok(user.post("channels.create", {"name": unique("mine"), "readOnly": True}))["channel"]
    assert own["ro"] is True
    assert admin.post("chat.postMessage", {"roomId": own["_id"], "text": "x"}).status_code == 400
    say(user, own["_id"], "mine")
    ok(user.post("channels.archive", {"roomId": own["_id"]}))


def test_rights(admin, usherd, channel):
    guest = make_user(usherd, admin, ["guest"])
    rid = channel["_id"]
    assert guest.post("channels.create", {"name": unique("x")}).status_code == 403
    assert rid not in [c["_id"] for c in ok(guest.get("channels.list", {"count": 0}))["channels"]]
    assert guest.get("channels.history", {"roomId": rid}).status_code == 403
    assert guest.get("channels.messages", {"roomId": rid}).status_code == 403
    assert guest.get("channels.members", {"roomId": rid}).status_code == 403
    assert guest.post("channels.join", {"roomId": rid}).status_code == 403
    assert guest.get("rooms.info", {"roomId": rid}).json()["error"] == "not-allowed"
    plain(guest.post("chat.postMessage", {"roomId": rid, "text": "x"}), "error-not-allowed")
    for verb, path in (("get", "channels.list"), ("get", "channels.list.joined"), ("get", "channels.members"),
                       ("get", "channels.messages"), ("post", "channels.create"), ("post", "channels.join"),
                       ("post", "channels.leave"), ("post", "channels.archive"), ("post", "channels.unarchive")):
        assert getattr(usherd.rest(), verb)(path).status_code == 401, path


def test_streams(usherd, admin, user, channel):
    rid = channel["_id"]
    guest = make_user(usherd, admin, ["guest"])
    client, stranger = usherd.ddp(), usherd.ddp()
    try:
        client.login(user.token)
        stranger.login(guest.token)
        assert stranger.sub("room-messages", rid)["msg"] == "nosub"
        assert client.sub("room-messages", rid)["msg"] == "ready"
        for event in ("/subscriptions-changed", "/rooms-changed"):
            assert client.sub("notify-user", user.user_id + event)["msg"] == "ready"
        ok(user.post("channels.join", {"roomId": rid}))
        how, sub = client.event("notify-user", user.user_id + "/subscriptions-changed")
        assert how == "inserted" and sub["rid"] == rid and sub["t"] == "c"
        how, room = client.event("notify-user", user.user_id + "/rooms-changed")
        assert how == "inserted" and room["_id"] == rid
        sent = say(admin, rid, "live")
        (message,) = client.event("room-messages", rid, lambda args: args[0].get("t") is None)
        assert message["_id"] == sent["_id"] and isinstance(message["ts"]["$date"], int)
        how, sub = client.event("notify-user", user.user_id + "/subscriptions-changed",
                                lambda args: args[1]["unread"] == 1)
        assert how == "updated"
        assert rid in [r["_id"] for r in client.call("rooms/get")["result"]]
        ok(user.post("channels.leave", {"roomId": rid}))
        how, sub = client.event("notify-user", user.user_id + "/subscriptions-changed",
                                lambda args: args[0] == "removed")
        assert sub["rid"] == rid
    finally:
        client.close()
        stranger.close()


def test_typing(usherd, admin, user, channel):
    """Whoever may read a channel hears who is typing in it, under his own name only."""
    event = channel["_id"] + "/user-activity"
    guest = make_user(usherd, admin, ["guest"])
    reader, writer, stranger = usherd.ddp(), usherd.ddp(), usherd.ddp()
    try:
        reader.login(admin.token)
        writer.login(user.token)
        stranger.login(guest.token)
        assert reader.sub("notify-room", event)["msg"] == "ready" and stranger.sub("notify-room", event)["msg"] == "nosub"
        stranger.call("stream-notify-room", event, guest.username, ["user-typing"], {})
        writer.call("stream-notify-room", event, "admin", ["user-typing"], {})
        writer.call("stream-notify-room", event, user.username, ["user-typing"], {})
        assert reader.event("notify-room", event)[:2] == [user.username, ["user-typing"]]
    finally:
        for client in (reader, writer, stranger):
            client.close()


def test_over_a_restart(start, tmp_path):
    database = str(tmp_path / "core.db")
    first = start("--embedded", "--db", database)
    client = first.admin()
    other = make_user(first, client)
    made = ok(client.post("channels.create", {"name": "kept", "members": [other.username]}))["channel"]
    for i in range(5):
        say(client, made["_id"], "message %d" % i)
    before = ok(client.get("channels.list"))["channels"]
    first.close()
    again = start("--embedded", "--db", database)
    client = again.admin()
    assert ok(client.get("channels.list"))["channels"] == before
    assert texts(client, made["_id"]) == ["message %d" % i for i in (4, 3, 2, 1, 0)]
    back = again.rest().login(other.username, "pw of " + other.username)
    sub = ok(back.get("subscriptions.getOne", {"roomId": made["_id"]}))["subscription"]
    assert sub["unread"] == 5 and sub["alert"] is True
    say(client, made["_id"], "one more")
    assert ok(back.get("channels.info", {"roomId": made["_id"]}))["channel"]["msgs"] == 6
