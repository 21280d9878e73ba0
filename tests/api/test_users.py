"""Users, roles, permissions (rest 3.2, 3.3)."""
import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import coded, give, invalid, make_agent, make_user, ok, plain, unique, Chat


@pytest.fixture
def user(usherd, admin):
    return make_user(usherd, admin)


def test_create_and_log_in(usherd, admin):
    name = unique("new")
    body = ok(admin.post("users.create", {"username": name, "name": "New", "email": name + "@example.org",
                                          "password": "first", "verified": True}))
    user = body["user"]
    assert user["username"] == name and user["roles"] == ["user"] and user["active"] is True
    assert user["type"] == "user" and user["status"] == "offline" and user["settings"] == {}
    assert user["emails"] == [{"address": name + "@example.org", "verified": True}]
    assert usherd.rest().login(name, "first").user_id == user["_id"]
    assert usherd.rest().login(name + "@example.org", "first").user_id == user["_id"]


def test_create_refusals(admin, user):
    body = {"username": user.username, "name": "x", "email": unique("m") + "@example.org", "password": "p"}
    taken = coded(admin.post("users.create", body), "error-field-unavailable")
    assert taken["error"] == user.username + " is already in use :( [error-field-unavailable]"
    assert taken["details"] == {"method": "insertOrUpdateUser", "field": user.username}
    coded(admin.post("users.create", dict(body, username="a b")), "error-input-is-not-a-valid-field")
    coded(admin.post("users.create", dict(body, username=unique("n"), roles=["nobody"])), "error-action-not-allowed")
    invalid(admin.post("users.create", {"username": "x"}), "must have required property 'email'")
    invalid(admin.post("users.create", dict(body, extra=1)), "must NOT have additional properties")
    coded(user.post("users.create", dict(body, username=unique("n"))), "error-action-not-allowed")


def test_register(usherd):
    rest = usherd.rest()
    name = unique("self")
    body = {"username": name, "email": name + "@example.org", "pass": "secret", "name": "Self"}
    user = ok(rest.post("users.register", body))["user"]
    assert user["username"] == name and user["active"] is True
    usherd.rest().login(name, "secret")
    plain(rest.post("users.register", body), "Username is already in use")
    plain(rest.post("users.register", {k: v for k, v in body.items() if k != "name"}), "Match error: Missing key 'name'")
    plain(usherd.admin().post("users.register", body), "Logged in users can not register again.")


def test_info(admin, user):
    own = ok(user.get("users.info", {"userId": user.user_id}))["user"]
    assert own["emails"] and own["roles"] == ["user"] and own["canViewAllInfo"] is False
    other = ok(user.get("users.info", {"username": "admin"}))["user"]
    assert "emails" not in other and "roles" not in other
    assert ok(admin.get("users.info", {"userId": user.user_id}))["user"]["canViewAllInfo"] is True
    plain(admin.get("users.info", {"username": "nobody-at-all"}), "User not found.")
    assert admin.get("users.info").status_code == 400
    coded(admin.get("users.info", {"username": "admin", "fields": "{bad"}), "error-invalid-fields")


def test_info_tells_rooms(usherd, admin):
    agent = make_agent(usherd, admin)
    chat = Chat(usherd)
    give(admin, chat, agent)
    rooms = ok(agent.get("users.info", {"userId": agent.user_id, "fields": '{"userRooms":1}'}))["user"]["rooms"]
    assert chat.rid in [r["rid"] for r in rooms]


def test_list(admin, user):
    page = ok(admin.get("users.list", {"count": 1, "offset": 1}))
    assert page["count"] == 1 and page["offset"] == 1 and page["total"] > 2
    names = [u["username"] for u in ok(admin.get("users.list", {"count": 0}))["users"]]
    assert names == sorted(names, key=str.lower)
    down = [u["username"] for u in ok(admin.get("users.list", {"count": 0, "sort": '{"username":-1}'}))["users"]]
    assert down == names[::-1]
    found = ok(admin.get("users.list", {"query": '{"username":"%s"}' % user.username}))
    assert [u["_id"] for u in found["users"]] == [user.user_id]
    coded(admin.get("users.list", {"query": '{"services.password":1}'}), "error-invalid-query")
    coded(admin.get("users.list", {"query": "{"}), "error-invalid-query")
    coded(admin.get("users.list", {"sort": '{"username":5}'}), "error-invalid-sort")


def test_status(admin, user):
    ok(user.post("users.setStatus", {"status": "busy", "message": "in a call"}))
    assert ok(user.get("users.getPresence"))["presence"] == "busy"
    status = ok(user.get("users.getStatus", {"userId": user.user_id}))
    assert status["status"] == "busy" and status["_id"] == user.user_id
    seen = ok(admin.get("users.presence", {"ids": user.user_id}))
    assert seen["full"] is False
    assert seen["users"][0]["status"] == "busy" and seen["users"][0]["statusText"] == "in a call"
    assert user.user_id in [u["_id"] for u in ok(admin.get("users.presence"))["users"]]
    coded(user.post("users.setStatus", {"status": "asleep"}), "error-invalid-status")
    assert user.post("users.setStatus", {}).json()["error"].startswith("Match error")
    assert user.post("users.setStatus", {"status": "away", "username": "admin"}).status_code == 403
    ok(admin.post("users.setStatus", {"status": "away", "userId": user.user_id}))
    assert ok(user.get("users.getPresence"))["presence"] == "away"


def test_update(usherd, admin, user):
    new = ok(admin.post("users.update", {"userId": user.user_id, "data": {"name": "Renamed", "password": "other"}}))
    assert new["user"]["name"] == "Renamed"
    usherd.rest().login(user.username, "other")
    coded(user.post("users.update", {"userId": admin.user_id, "data": {"name": "x"}}), "error-action-not-allowed")
    coded(admin.post("users.update", {"userId": user.user_id, "data": {"username": "admin"}}), "error-field-unavailable")
    coded(user.post("users.update", {"userId": user.user_id, "data": {"roles": ["admin"]}}), "error-action-not-allowed")
    coded(admin.post("users.update", {"userId": admin.user_id, "data": {"roles": ["user"]}}), "error-action-not-allowed")
    invalid(admin.post("users.update", {"userId": user.user_id, "data": {"foo": 1}}),
            "must NOT have additional properties")


def test_deactivating_ends_sessions_and_chats(usherd, admin):
    agent = make_agent(usherd, admin)
    chat = Chat(usherd)
    give(admin, chat, agent)
    ok(admin.post("users.update", {"userId": agent.user_id, "data": {"active": False}}))
    assert agent.get("me").status_code == 401
    room = ok(admin.get("rooms.info", {"roomId": chat.rid}))["room"]
    assert "open" not in room and room["closedBy"]["_id"] == agent.user_id
    assert usherd.rest().post("login", {"user": agent.username, "password": "pw of " + agent.username}).status_code == 401


def test_delete(admin, user):
    assert user.post("users.delete", {"userId": user.user_id}).status_code == 403
    coded(admin.post("users.delete", {}), "error-user-param-not-provided")
    coded(admin.post("users.delete", {"username": "nobody-at-all"}), "error-invalid-user")
    coded(admin.post("users.delete", {"username": "admin"}), "error-action-not-allowed")
    ok(admin.post("users.delete", {"username": user.username}))
    assert user.get("me").status_code == 401
    plain(admin.get("users.info", {"username": user.username}), "User not found.")


def test_roles(admin, user):
    roles = {r["_id"]: r for r in ok(user.get("roles.list"))["roles"]}
    assert roles["livechat-agent"]["scope"] == "Users" and roles["owner"]["scope"] == "Subscriptions"
    assert all(r["protected"] and not r["mandatory2fa"] for r in roles.values())
    role = ok(admin.post("roles.addUserToRole", {"username": user.username, "roleId": "livechat-manager"}))["role"]
    assert role["_id"] == "livechat-manager"
    coded(admin.post("roles.addUserToRole", {"username": user.username, "roleName": "livechat-manager"}),
          "error-user-already-in-role")
    answer = admin.post("roles.addUserToRole", {"username": user.username, "roleId": "nothing"}).json()
    assert answer == {"success": False, "error": "error-role-not-found", "errorType": "Role not found"}
    plain(admin.post("roles.addUserToRole", {"username": user.username}), "error-invalid-role-properties")
    coded(admin.post("roles.addUserToRole", {"username": "nobody-at-all", "roleId": "user"}), "error-invalid-user")
    coded(user.post("roles.addUserToRole", {"username": "admin", "roleId": "bot"}), "error-action-not-allowed")


def test_permissions_are_all_or_nothing_and_at_once(admin, user):
    before = {p["_id"]: p["roles"] for p in ok(user.get("permissions.listAll"))["update"]}
    coded(user.get("permissions.listAll", {"updatedSince": "no date"}), "error-roomId-param-invalid")
    right = "manage-livechat-tags"
    row = {"_id": right, "roles": ["user"]}
    assert admin.post("permissions.update", {"permissions": [row, {"_id": "none", "roles": []}]}).json() == {
        "success": False, "error": "Invalid permission", "errorType": "error-invalid-permission"}
    assert admin.post("permissions.update", {"permissions": [row, {"_id": right, "roles": ["none"]}]}).json() == {
        "success": False, "error": "Invalid role", "errorType": "error-invalid-role"}
    now = {p["_id"]: p["roles"] for p in ok(user.get("permissions.listAll"))["update"]}
    assert now == before
    assert user.get("livechat/tags").status_code == 403
    after = ok(admin.post("permissions.update", {"permissions": [row]}))["permissions"]
    assert {p["_id"]: p["roles"] for p in after}[right] == ["user"]
    ok(user.get("livechat/tags"))
    ok(admin.post("permissions.update", {"permissions": [{"_id": right, "roles": before[right]}]}))
    answer = user.post("permissions.update", {"permissions": [row]})
    assert answer.status_code == 400 and answer.json()["errorType"] == "error-edit-permissions-not-allowed"
