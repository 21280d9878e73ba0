"""Inquiries and the queue under manual selection (rest 6). A daemon of its own: the routing method is a setting."""
import pytest

from people import Chat, coded, invalid, make_agent, make_department, make_user, ok, plain
from usherd import Usherd


@pytest.fixture(scope="module")
def usherd():
    daemon = Usherd(["--embedded"], {"USHER_RATE_LIMITS": "off"})
    daemon.admin().set(Livechat_Routing_Method="Manual_Selection", Livechat_accept_chats_with_no_agents=True)
    yield daemon
    daemon.close()


@pytest.fixture(scope="module")
def admin(usherd):
    return usherd.admin()


@pytest.fixture
def agent(usherd, admin):
    return make_agent(usherd, admin)


def inquiry_of(admin, chat):
    return ok(admin.get("livechat/inquiries.getOne", {"roomId": chat.rid}))["inquiry"]


def queued(client, name="queued", **query):
    found = ok(client.get("livechat/inquiries." + name, dict(count=0, **query)))
    return [i["rid"] for i in found["inquiries"]]


def test_one(usherd, admin):
    chat = Chat(usherd, text="first words")
    inquiry = inquiry_of(admin, chat)
    assert inquiry["rid"] == chat.rid and inquiry["status"] == "queued" and inquiry["message"] == "first words"
    assert inquiry["v"]["token"] == chat.token and inquiry["t"] == "l" and inquiry["queueOrder"] == 1
    assert inquiry["estimatedWaitingTimeQueue"] == 0 and inquiry["name"] == chat.visitor["name"]
    assert ok(admin.get("livechat/inquiries.getOne", {"roomId": "none"}))["inquiry"] is None
    invalid(admin.get("livechat/inquiries.getOne"), "must have required property 'roomId'")


def test_list_is_newest_first_and_by_department(usherd, admin, agent):
    department = make_department(admin, [agent])
    one = Chat(usherd, department=department["_id"])
    usherd.advance(5)
    two = Chat(usherd, department=department["_id"])
    for which in (department["_id"], department["name"]):
        assert queued(admin, "list", department=which) == [two.rid, one.rid]
    row = ok(admin.get("livechat/inquiries.list", {"department": department["_id"], "count": 1}))
    assert set(row["inquiries"][0]) == {"_id", "rid", "name", "ts", "status", "department"} and row["total"] == 2
    assert len(queued(admin, "list", department="unknown")) >= 2
    assert queued(admin, "list", department=department["_id"], sort='{"ts":1}') == [one.rid, two.rid]


def test_who_sees_what(usherd, admin, agent):
    mine, theirs = make_department(admin, [agent]), make_department(admin, [make_agent(usherd, admin)])
    a, b = Chat(usherd, department=mine["_id"]), Chat(usherd, department=theirs["_id"])
    for name in ("queued", "queuedForUser"):
        seen = queued(agent, name)
        assert a.rid in seen and b.rid not in seen
        assert a.rid in queued(agent, name, department=mine["_id"])
        plain(agent.get("livechat/inquiries." + name, {"department": theirs["_id"]}), "error-not-authorized")
        without = make_agent(usherd, admin)
        assert a.rid not in queued(without, name) and b.rid not in queued(without, name, department=theirs["_id"])
    ok(admin.put("livechat/department/" + mine["_id"], {"department": {"enabled": False}}))
    assert a.rid not in queued(agent)


def test_take(usherd, admin, agent):
    chat = Chat(usherd)
    inquiry = inquiry_of(admin, chat)
    room = ok(agent.post("livechat/inquiries.take", {"inquiryId": inquiry["_id"]}))["inquiry"]
    assert room["_id"] == chat.rid and room["servedBy"]["_id"] == agent.user_id
    assert chat.rid not in queued(admin, "list")
    assert inquiry_of(admin, chat)["status"] == "taken"
    taken = coded(agent.post("livechat/inquiries.take", {"inquiryId": inquiry["_id"]}), "error-inquiry-taken")
    assert taken["details"] == {"method": "livechat:takeInquiry"}
    assert taken["error"] == "Inquiry already taken [error-inquiry-taken]"
    coded(agent.post("livechat/inquiries.take", {"inquiryId": "none"}), "error-not-found")
    sub = ok(agent.get("subscriptions.getOne", {"roomId": chat.rid}))["subscription"]
    assert sub["open"] and sub["unread"] == 1


def test_take_for_another(usherd, admin, agent):
    chat = Chat(usherd)
    ask = {"inquiryId": inquiry_of(admin, chat)["_id"]}
    plain(admin.post("livechat/inquiries.take", dict(ask, userId="nobody")), "The user is invalid")
    coded(admin.post("livechat/inquiries.take", dict(ask, userId=make_user(usherd, admin).user_id)), "error-not-allowed")
    ok(agent.post("livechat/agent.status", {"status": "not-available"}))
    coded(admin.post("livechat/inquiries.take", dict(ask, userId=agent.user_id)), "error-agent-status-service-offline")
    ok(agent.post("livechat/agent.status", {"status": "available"}))
    room = ok(admin.post("livechat/inquiries.take", dict(ask, userId=agent.user_id)))["inquiry"]
    assert room["servedBy"]["_id"] == agent.user_id


def test_return_to_the_queue(usherd, admin, agent):
    chat = Chat(usherd)
    ok(agent.post("livechat/inquiries.take", {"inquiryId": inquiry_of(admin, chat)["_id"]}))
    assert agent.method("livechat:returnAsInquiry", chat.rid)["result"] is True
    assert chat.rid in queued(admin, "list") and inquiry_of(admin, chat)["status"] == "queued"
    assert ok(admin.get("livechat/transfer.history/" + chat.rid))["history"][0]["scope"] == "queue"


def test_forward_to_a_department_queues(usherd, admin, agent):
    department = make_department(admin, [make_agent(usherd, admin)])
    chat = Chat(usherd)
    ok(agent.post("livechat/inquiries.take", {"inquiryId": inquiry_of(admin, chat)["_id"]}))
    ok(admin.post("livechat/room.forward", {"roomId": chat.rid, "departmentId": department["_id"]}))
    assert chat.rid in queued(admin, "list", department=department["_id"])
    assert "servedBy" not in ok(admin.get("rooms.info", {"roomId": chat.rid}))["room"]


def test_preview_of_a_queued_chat(usherd, admin, agent):
    department = make_department(admin, [make_agent(usherd, admin)])
    public, foreign = Chat(usherd), Chat(usherd, department=department["_id"])
    if "departmentId" not in public.room:
        ok(agent.get("livechat/%s/messages" % public.rid))
    plain(agent.get("livechat/%s/messages" % foreign.rid), "not-allowed")


def test_queue_of_agents(usherd, admin, agent):
    department = make_department(admin, [agent])
    for _ in range(2):
        chat = Chat(usherd, department=department["_id"])
        ok(agent.post("livechat/inquiries.take", {"inquiryId": inquiry_of(admin, chat)["_id"]}))

    def rows(**query):
        return ok(admin.get("livechat/queue", dict(departmentId=department["_id"], **query)))["queue"]
    assert rows() == [{"chats": 2, "user": {"_id": agent.user_id, "username": agent.username, "status": "online"},
                       "department": {"_id": department["_id"], "name": department["name"]}}]
    assert rows(agentId="nobody") == []
    ok(agent.post("livechat/agent.status", {"status": "not-available"}))
    assert rows() == [] and len(rows(includeOfflineAgents="true")) == 1
    invalid(admin.get("livechat/queue", {"x": 1}), "must NOT have additional properties")


def test_prioritize(usherd, admin, agent):
    answer = admin.method("livechat:savePriority", None, {"name": "first of all", "dueTimeInMinutes": "1"})
    priority = answer["result"]["_id"]
    late, early = Chat(usherd), Chat(usherd)
    for wish in (priority, "first of all"):
        ok(agent.put("livechat/inquiry.prioritize", {"roomId": early.rid, "priority": wish}))
        inquiry = inquiry_of(admin, early)
        assert (inquiry["queueOrder"], inquiry["estimatedWaitingTimeQueue"]) == (0, 1)
    assert inquiry_of(admin, late)["queueOrder"] == 1
    assert ok(admin.get("rooms.info", {"roomId": early.rid}))["room"]["priorityId"] == priority
    plain(agent.put("livechat/inquiry.prioritize", {"priority": priority}), "The 'roomId' param is required")
    for wish in ({}, {"priority": "none of them"}):
        plain(agent.put("livechat/inquiry.prioritize", {"roomId": late.rid, **wish}), "error-invalid-priority")
    plain(agent.put("livechat/inquiry.prioritize", {"roomId": "nowhere", "priority": priority}), "error-invalid-inquiry")
    ok(agent.post("livechat/inquiries.take", {"inquiryId": inquiry_of(admin, late)["_id"]}))
    plain(agent.put("livechat/inquiry.prioritize", {"roomId": late.rid, "priority": priority}), "error-invalid-inquiry")
    assert make_user(usherd, admin).put("livechat/inquiry.prioritize", {}).status_code == 403
