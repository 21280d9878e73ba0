"""Departments and who serves in them (rest 8.1)."""
import json

import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import coded, invalid, make_agent, make_department, make_user, ok, plain, unique


@pytest.fixture
def agent(usherd, admin):
    return make_agent(usherd, admin)


def body(**more):
    return dict(dict(enabled=True, name=unique("Dept"), email="d@example.org", showOnRegistration=False,
                     showOnOfflineForm=False), **more)


def test_create_and_read(admin, agent):
    sent = body(description="text", floor="third", seats=4, requestTagBeforeClosingChat=True, chatClosingTags=["t"])
    made = ok(admin.post("livechat/department", {"department": sent, "agents": [{"agentId": agent.user_id, "count": 2,
                                                                                 "order": 1}]}))
    for key, value in sent.items():
        assert made["department"][key] == value
    link = made["agents"][0]
    assert (link["agentId"], link["username"], link["count"], link["order"]) == (agent.user_id, agent.username, 2, 1)
    assert link["departmentId"] == made["department"]["_id"] and link["departmentEnabled"] is True
    path = "livechat/department/" + made["department"]["_id"]
    got = ok(admin.get(path))
    assert got["department"]["numAgents"] == 1 and got["agents"][0]["_id"] == link["_id"]
    assert "agents" not in ok(admin.get(path, {"includeAgents": "false"}))
    assert "agents" not in ok(agent.get(path))
    assert ok(admin.get("livechat/department/none"))["department"] is None


def test_create_refusals(admin):
    def post(**more):
        return admin.post("livechat/department", {"department": body(**more)})
    coded(post(requestTagBeforeClosingChat=True), "error-validating-department-chat-closing-tags")
    coded(post(fallbackForwardDepartment="none"), "error-fallback-department-not-found")
    assert post(further={"a": 1}).json()["error"].startswith("Match error")
    invalid(admin.post("livechat/department", {}), "must have required property 'department'")
    invalid(admin.post("livechat/department", {"department": body(), "x": 1}), "must NOT have additional properties")
    invalid(admin.post("livechat/department", {"department": body(name=["x"])}), "must be string")


def test_list(admin, agent):
    name = unique("Listed")
    on, off = make_department(admin, [agent]), None
    ok(admin.put("livechat/department/" + on["_id"], {"department": {"name": name + " B"}}))
    off = ok(admin.post("livechat/department", {"department": body(name=name + " A", enabled=False)}))["department"]

    def found(**query):
        return [d["_id"] for d in ok(agent.get("livechat/department", dict(text=name.lower(), **query)))["departments"]]
    assert found() == [off["_id"], on["_id"]] and found(enabled="true") == [on["_id"]]
    assert found(excludeDepartmentId=off["_id"]) == [on["_id"]] and found(sort='{"name":-1}') == [on["_id"], off["_id"]]
    page = ok(agent.get("livechat/department", {"text": name, "count": 1, "offset": 1}))
    assert (page["count"], page["offset"], page["total"]) == (1, 1, 2)
    invalid(agent.get("livechat/department", {"x": "y"}), "must NOT have additional properties")


def test_change(usherd, admin, agent):
    department = make_department(admin, [agent], note="kept")
    path = "livechat/department/" + department["_id"]
    got = ok(admin.put(path, {"department": {"description": "new"}}))
    assert got["department"]["description"] == "new" and got["department"]["name"] == department["name"]
    assert got["department"]["note"] == "kept" and got["department"]["enabled"] is True
    assert [a["agentId"] for a in got["agents"]] == [agent.user_id]
    second = make_agent(usherd, admin)
    got = ok(admin.put(path, {"department": {}, "agents": [{"agentId": second.user_id}]}))
    assert [a["agentId"] for a in got["agents"]] == [second.user_id]
    coded(admin.put("livechat/department/none", {"department": {}}), "error-department-not-found")
    coded(admin.put(path, {"department": {"fallbackForwardDepartment": department["_id"]}}),
          "error-fallback-department-circular")
    assert admin.put(path, {"department": {}, "x": 1}).json()["error"].startswith("Match error: Unknown key")
    assert admin.put(path, {}).json()["error"].startswith("Match error: Missing key 'department'")


def test_disabling_reaches_the_links(admin, agent):
    department = make_department(admin, [agent])
    path = "livechat/agents/%s/departments" % agent.user_id
    assert [d["departmentId"] for d in ok(agent.get(path))["departments"]] == [department["_id"]]
    ok(admin.put("livechat/department/" + department["_id"], {"department": {"enabled": False}}))
    assert ok(agent.get(path))["departments"][0]["departmentEnabled"] is False
    assert ok(agent.get(path, {"enabledDepartmentsOnly": "true"}))["departments"] == []
    assert ok(agent.get("livechat/agents/nobody/departments"))["departments"] == []


def test_agents_of_a_department(usherd, admin, agent):
    department = make_department(admin)
    path = "livechat/department/%s/agents" % department["_id"]
    row = {"agentId": agent.user_id, "username": "another name", "count": 3, "order": 7}
    ok(admin.post(path, {"upsert": [row, {"agentId": "nobody", "username": "n"}], "remove": []}))
    page = ok(agent.get(path))
    assert page["total"] == 1 and page["agents"][0]["username"] == agent.username
    assert (page["agents"][0]["count"], page["agents"][0]["order"]) == (3, 7)
    assert ok(agent.get("livechat/department/none/agents"))["total"] == 0
    plain(admin.post(path, {"remove": []}), "Match error: Missing key 'upsert'")
    plain(admin.post(path, {"upsert": [{"username": "x"}], "remove": []}),
          "Match error: Missing key 'agentId' in field upsert[0]")
    assert admin.post(path, {"upsert": [], "remove": [], "x": 1}).json()["error"].startswith("Match error: Unknown key")
    coded(admin.post("livechat/department/none/agents", {"upsert": [], "remove": []}), "error-department-not-found")
    ok(admin.post(path, {"upsert": [], "remove": [{"agentId": agent.user_id}]}))
    assert ok(agent.get(path))["agents"] == []


def test_autocomplete_and_by_ids(admin, agent):
    department = make_department(admin)
    ask = {"selector": json.dumps({"term": department["name"].upper()})}
    assert ok(agent.get("livechat/department.autocomplete", ask))["items"] == [
        {"_id": department["_id"], "name": department["name"]}]
    ask = {"selector": json.dumps({"term": department["name"], "exceptions": [department["_id"]]})}
    assert ok(agent.get("livechat/department.autocomplete", ask))["items"] == []
    plain(agent.get("livechat/department.autocomplete"), "The 'selector' param is required")
    found = ok(agent.get("livechat/department.listByIds", {"ids[]": [department["_id"], "none"]}))["departments"]
    assert [d["_id"] for d in found] == [department["_id"]]
    plain(agent.get("livechat/department.listByIds"), "The 'ids' param is required")
    plain(agent.get("livechat/department.listByIds", {"ids": "x"}), "The 'ids' param must be an array")


def test_delete(admin, agent):
    fallback = make_department(admin, [agent])
    department = make_department(admin, fallbackForwardDepartment=fallback["_id"])
    ok(admin.delete("livechat/department/" + fallback["_id"]))
    gone = coded(admin.delete("livechat/department/" + fallback["_id"]), "department-not-found")
    assert gone["details"] == {"method": "livechat:removeDepartment"}
    got = ok(admin.get("livechat/department/" + department["_id"]))["department"]
    assert "fallbackForwardDepartment" not in got
    assert ok(agent.get("livechat/agents/%s/departments" % agent.user_id))["departments"] == []


def test_the_right_to_place_agents_alone(usherd, admin, agent):
    """Somebody who may only place agents changes nothing else, but does place them."""
    department = make_department(admin)
    clerk = make_user(usherd, admin, ("user", "guest"))
    right = "add-livechat-department-agents"
    before = {p["_id"]: p["roles"] for p in ok(admin.get("permissions.listAll"))["update"]}[right]
    ok(admin.post("permissions.update", {"permissions": [{"_id": right, "roles": before + ["guest"]}]}))
    try:
        ok(clerk.put("livechat/department/" + department["_id"],
                     {"department": {"name": "taken over"}, "agents": [{"agentId": agent.user_id}]}))
    finally:
        ok(admin.post("permissions.update", {"permissions": [{"_id": right, "roles": before}]}))
    got = ok(admin.get("livechat/department/" + department["_id"]))
    assert got["department"]["name"] == department["name"] and got["agents"][0]["agentId"] == agent.user_id
