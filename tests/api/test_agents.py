"""Agents, managers, service status (rest 8.2, 14, behaviour 3.2)."""
import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import coded, invalid, make_agent, make_department, make_user, ok, plain


@pytest.fixture
def user(usherd, admin):
    return make_user(usherd, admin)


def test_agent_comes_and_goes(usherd, admin, user):
    added = ok(admin.post("livechat/users/agent", {"username": user.username}))["user"]
    assert added == {"_id": user.user_id, "username": user.username}
    ok(admin.post("livechat/users/agent", {"username": user.username}))
    row = ok(admin.get("livechat/users/agent/" + user.user_id))["user"]
    assert row["statusLivechat"] == "available" and row["emails"][0]["address"] == user.username + "@example.org"
    department = make_department(admin, [user])
    ok(admin.delete("livechat/users/agent/" + user.user_id))
    assert ok(admin.get("livechat/users/agent/" + user.user_id))["user"] is None
    assert ok(admin.get("livechat/department/%s/agents" % department["_id"]))["agents"] == []
    answer = admin.delete("livechat/users/agent/nobody")
    assert answer.status_code == 400 and answer.json() == {"success": False}
    plain(admin.get("livechat/users/agent/nobody"), "User not found")
    unknown = coded(admin.post("livechat/users/agent", {"username": "nobody-at-all"}), "error-invalid-user")
    assert unknown["details"] == {"method": "livechat:addAgent"}
    invalid(admin.post("livechat/users/agent", {}), "must have required property 'username'")


def test_manager(admin, user):
    ok(admin.post("livechat/users/manager", {"username": user.username}))
    found = ok(admin.get("livechat/users/manager", {"text": user.username}))["users"]
    assert [u["_id"] for u in found] == [user.user_id]
    ok(user.get("livechat/inquiries.list"))
    ok(admin.delete("livechat/users/manager/" + user.user_id))
    assert user.get("livechat/inquiries.list").status_code == 403


def test_list(usherd, admin):
    agents = [make_agent(usherd, admin) for _ in range(2)]
    found = ok(admin.get("livechat/users/agent", {"count": 0}))
    names = [u["name"] for u in found["users"]]
    assert names == sorted(names, key=str.lower) and {a.user_id for a in agents} <= {u["_id"] for u in found["users"]}
    for text in (agents[0].username, agents[0].username.upper() + "@EXAMPLE"):
        assert [u["_id"] for u in ok(admin.get("livechat/users/agent", {"text": text}))["users"]] == [agents[0].user_id]
    plain(admin.get("livechat/users/robot"), "Invalid type")
    plain(admin.post("livechat/users/robot", {"username": "admin"}), "Invalid type")
    invalid(admin.get("livechat/users/agent", {"x": "y"}), "must NOT have additional properties")


def test_list_needs_a_second_right(usherd, admin):
    monitor = make_user(usherd, admin, ("user", "livechat-monitor"))
    ok(monitor.get("livechat/users/agent"))
    rights = {p["_id"]: p["roles"] for p in ok(admin.get("permissions.listAll"))["update"]}
    drop = [{"_id": r, "roles": []} for r in ("transfer-livechat-guest", "edit-omnichannel-contact")]
    keep = [{"_id": d["_id"], "roles": rights[d["_id"]]} for d in drop]
    ok(admin.post("permissions.update", {"permissions": drop}))
    try:
        for client in (monitor, admin):
            answer = client.get("livechat/users/agent")
            assert answer.status_code == 403 and answer.json()["error"] == "unauthorized"
    finally:
        ok(admin.post("permissions.update", {"permissions": keep}))


def test_service_status(usherd, admin, user):
    agent = make_agent(usherd, admin)
    assert ok(agent.post("livechat/agent.status", {}))["status"] == "not-available"
    assert ok(agent.post("livechat/agent.status", {}))["status"] == "available"
    assert ok(admin.post("livechat/agent.status", {"agentId": agent.user_id, "status": "not-available"}))[
        "status"] == "not-available"
    assert ok(agent.get("me"))["statusLivechat"] == "not-available"
    other = make_agent(usherd, admin)
    assert other.post("livechat/agent.status", {"agentId": agent.user_id}).status_code == 403
    assert admin.post("livechat/agent.status", {"agentId": user.user_id}).status_code == 404
    invalid(agent.post("livechat/agent.status", {"status": "perhaps"}), "must be equal to one of the allowed values")
