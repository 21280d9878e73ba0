"""Direct rooms (rest 1.8, 3.5, 15.3, 15.7)."""
import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import coded, make_user, ok, plain


@pytest.fixture
def ann(usherd, admin):
    return make_user(usherd, admin)


@pytest.fixture
def bob(usherd, admin):
    return make_user(usherd, admin)


@pytest.fixture
def carl(usherd, admin):
    return make_user(usherd, admin)


def create(client, *usernames, **more):
    return ok(client.post("im.create", {"usernames": ",".join(usernames), **more}))["room"]


def test_a_pair_has_one_room(ann, bob):
    room = ok(ann.post("im.create", {"username": bob.username}))["room"]
    assert room["t"] == "d" and room["rid"] == room["_id"] == "".join(sorted([ann.user_id, bob.user_id]))
    assert sorted(room["usernames"]) == sorted([ann.username, bob.username]) and "name" not in room
    assert ok(bob.post("dm.create", {"username": "@" + ann.username}))["room"]["_id"] == room["_id"]
    assert bob.method("createDirectMessage", ann.username)["result"]["rid"] == room["_id"]
    sub = ok(bob.get("subscriptions.getOne", {"roomId": room["_id"]}))["subscription"]
    assert (sub["t"], sub["name"], sub["fname"]) == ("d", ann.username, "Name of " + ann.username)
    assert ok(ann.get("rooms.info", {"roomId": room["_id"]}))["room"]["t"] == "d"
    assert ann.method("getRoomByTypeAndName", "d", room["_id"])["result"]["_id"] == room["_id"]


def test_three_have_another(ann, bob, carl):
    three = create(ann, bob.username, carl.username)
    assert sorted(three["usernames"]) == sorted(c.username for c in (ann, bob, carl))
    assert create(carl, ann.username, bob.username)["_id"] == three["_id"]
    assert create(ann, bob.username)["_id"] != three["_id"]
    assert create(carl, ann.username, bob.username, excludeSelf=True)["_id"] == create(ann, bob.username)["_id"]


def test_what_is_said_stays_between_them(usherd, ann, bob, carl):
    rid = create(ann, bob.username)["_id"]
    socket = usherd.ddp()
    socket.login(bob.token)
    assert socket.sub("room-messages", rid)["msg"] == "ready" and socket.sub("room-messages", "__my_messages__")["msg"] == "ready"
    said = ok(ann.post("chat.postMessage", {"channel": "@" + bob.username, "text": "between us"}))["message"]
    assert said["rid"] == rid
    assert socket.event("room-messages", rid)[0]["msg"] == "between us"
    assert socket.event("room-messages", "__my_messages__")[1] == {"roomParticipant": True, "roomType": "d"}
    assert ok(bob.get("subscriptions.getOne", {"roomId": rid}))["subscription"]["unread"] == 1
    socket.close()
    foreign = usherd.ddp()
    foreign.login(carl.token)
    assert foreign.sub("room-messages", rid)["msg"] == "nosub"
    foreign.close()
    assert carl.get("rooms.info", {"roomId": rid}).json()["errorType"] == "Not Allowed"
    plain(carl.post("chat.sendMessage", {"message": {"rid": rid, "msg": "may I?"}}), "error-not-allowed")
    assert carl.get("channels.history", {"roomId": rid}).status_code == 403


def test_no_channel(admin, ann, bob):
    rid = create(ann, bob.username)["_id"]
    for path in ("channels.join", "channels.leave", "channels.archive"):
        coded(ann.post(path, {"roomId": rid}), "error-room-not-found")
    coded(ann.get("channels.info", {"roomId": rid}), "error-room-not-found")
    assert rid not in [c["_id"] for c in ok(ann.get("channels.list", {"count": 0}))["channels"]]


def test_refusals(usherd, admin, ann):
    coded(ann.post("im.create", {"username": "nobody-at-all"}), "error-invalid-user")
    guest = make_user(usherd, admin, ["guest"])
    coded(guest.post("im.create", {"username": ann.username}), "error-not-allowed")
    many = [make_user(usherd, admin).username for _ in range(8)]
    coded(ann.post("im.create", {"usernames": ",".join(many)}), "error-direct-message-max-user-exceeded")
    assert len(create(ann, *many[:7])["usernames"]) == 8


def test_a_restart_keeps_them(start, admin):
    daemon = start()
    root = daemon.admin()
    users = [make_user(daemon, root) for _ in range(2)]
    rid = create(users[0], users[1].username)["_id"]
    ok(users[0].post("chat.postMessage", {"roomId": rid, "text": "kept"}))
    daemon.stop()
    daemon.start()
    again = daemon.rest().login(users[1].username, "pw of " + users[1].username)
    sub = ok(again.get("subscriptions.getOne", {"roomId": rid}))["subscription"]
    assert (sub["t"], sub["name"], sub["unread"]) == ("d", users[0].username, 1)
    assert create(again, users[0].username)["_id"] == rid
