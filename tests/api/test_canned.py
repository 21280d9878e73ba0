"""Canned responses (rest 11.3, behaviour 7)."""
import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import coded, invalid, make_agent, make_department, make_user, ok, unique


@pytest.fixture
def agent(usherd, admin):
    return make_agent(usherd, admin)


def save(client, scope="user", **more):
    body = dict(shortcut=unique("sc"), text="text of it", scope=scope, **more)
    return body, client.post("canned-responses", body)


def saved(client, scope="user", **more):
    body, answer = save(client, scope, **more)
    assert ok(answer) == {"success": True}
    found = ok(client.get("canned-responses", {"shortcut": body["shortcut"]}))["cannedResponses"]
    assert len(found) == 1
    return found[0]


def test_save_change_delete(agent):
    one = saved(agent, tags=["a", "b"])
    assert one["scope"] == "user" and one["userId"] == agent.user_id and one["tags"] == ["a", "b"]
    assert one["createdBy"] == {"_id": agent.user_id, "username": agent.username} and one["_createdAt"]
    change = {"_id": one["_id"], "shortcut": one["shortcut"], "text": "new", "scope": "user"}
    ok(agent.post("canned-responses", change))
    assert ok(agent.get("canned-responses/" + one["_id"]))["cannedResponse"]["text"] == "new"
    ok(agent.delete("canned-responses", {"_id": one["_id"]}))
    answer = agent.get("canned-responses/" + one["_id"])
    assert answer.status_code == 404 and answer.json()["error"] == "Resource not found"
    coded(agent.delete("canned-responses", {"_id": one["_id"]}), "error-canned-response-not-found")
    coded(agent.post("canned-responses", change), "error-canned-response-not-found")


def test_scopes(usherd, admin, agent):
    department = make_department(admin, [agent])
    for scope in ("global", "department"):
        answer = coded(save(agent, scope, departmentId=department["_id"])[1], "error-not-allowed")
        assert answer["error"].startswith("Not allowed to modify canned responses on *%s* scope" % scope)
    coded(save(admin, "department")[1], "error-invalid-department")
    coded(save(admin, "department", departmentId="none")[1], "error-invalid-department")
    everybody = saved(admin, "global")
    of_department = saved(admin, "department", departmentId=department["_id"])
    private = saved(admin, "user", departmentId=department["_id"])
    assert "departmentId" not in private and "userId" not in everybody
    seen = {c["_id"] for c in ok(agent.get("canned-responses.get"))["responses"]}
    assert everybody["_id"] in seen and of_department["_id"] in seen and private["_id"] not in seen
    stranger = {c["_id"] for c in ok(make_agent(usherd, admin).get("canned-responses.get"))["responses"]}
    assert everybody["_id"] in stranger and of_department["_id"] not in stranger
    assert agent.get("canned-responses/" + private["_id"]).status_code == 404


def test_shortcuts_are_unique(admin, agent):
    one = saved(agent)
    again = {"shortcut": one["shortcut"], "text": "x", "scope": "user"}
    assert coded(admin.post("canned-responses", again), "error-invalid-shortcut")["error"].startswith(
        "Shortcut provided already exists")


def test_list(admin, agent):
    word = unique("word")
    a, b = saved(agent, tags=[word]), saved(agent)
    ok(agent.post("canned-responses", {"_id": b["_id"], "shortcut": "!" + word, "text": "t", "scope": "user"}))

    def found(**query):
        return {c["_id"] for c in ok(agent.get("canned-responses", query))["cannedResponses"]}
    assert found(**{"tags[]": word}) == {a["_id"]} and found(text=word.upper()) == {b["_id"]}
    assert {a["_id"], b["_id"]} <= found(scope="user", createdBy=agent.user_id, count=0)
    assert found(scope="global", text=word) == set()
    page = ok(agent.get("canned-responses", {"createdBy": agent.user_id, "count": 1}))
    assert page["count"] == 1 and page["total"] == 2 and page["cannedResponses"][0]["_id"] == b["_id"]
    invalid(agent.get("canned-responses", {"x": "y"}), "must NOT have additional properties")
    invalid(agent.post("canned-responses", {"shortcut": "x"}), "must have required property 'text'")


def test_somebody_elses_private_one_stays(usherd, admin, agent):
    one = saved(agent)
    other = make_agent(usherd, admin)
    coded(other.post("canned-responses", {"_id": one["_id"], "shortcut": "stolen", "text": "x", "scope": "user"}),
          "error-canned-response-not-found")
    assert ok(agent.get("canned-responses/" + one["_id"]))["cannedResponse"]["text"] == one["text"]


def test_methods(admin, agent):
    made = agent.method("saveCannedResponse", None, {"shortcut": unique("m"), "text": "t", "scope": "user"})["result"]
    assert made["userId"] == agent.user_id and "$date" in made["_createdAt"]
    assert agent.method("removeCannedResponse", made["_id"])["result"] == 1
    assert agent.method("removeCannedResponse", made["_id"])["error"]["error"] == "error-canned-response-not-found"
