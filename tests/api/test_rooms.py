"""Chats for agents and managers, rooms and subscriptions (rest 3.5, 5, 7, 14)."""
import json

import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import Chat, coded, give, invalid, make_agent, make_department, make_user, ok, plain, unique


@pytest.fixture
def agent(usherd, admin):
    return make_agent(usherd, admin)


@pytest.fixture
def served(usherd, admin, agent):
    return give(admin, Chat(usherd, email=unique("m") + "@example.org", phone=unique("p")), agent)


def close(admin, chat, tags=(), comment="done"):
    ok(admin.post("livechat/room.closeByUser", {"rid": chat.rid, "comment": comment, "tags": list(tags)}))


def test_room_info_open_and_closed(usherd, admin, agent, served):
    for path, key in (("rooms.info", "room"), ("channels.info", "channel")):
        room = ok(agent.get(path, {"roomId": served.rid}))[key]
        assert room["_id"] == served.rid and room["t"] == "l" and room["open"] is True
        assert room["servedBy"]["_id"] == agent.user_id and room["v"]["token"] == served.token
        coded(agent.get(path, {"roomId": "none"}), "error-room-not-found")
        assert agent.get(path).status_code == 400
    assert ok(agent.get("livechat/room/" + served.rid))["room"]["v"]["token"] == served.token
    stranger = make_user(usherd, admin)
    assert stranger.get("livechat/room/" + served.rid).json()["error"] == "not-allowed"
    assert stranger.get("rooms.info", {"roomId": served.rid}).json() == {
        "success": False, "error": "not-allowed", "errorType": "Not Allowed"}
    close(admin, served)
    room = ok(agent.get("rooms.info", {"roomId": served.rid}))["room"]
    assert "open" not in room and room["closer"] == "user" and room["closedAt"] and room["metrics"]["chatDuration"] >= 0


def test_own_rooms_and_subscriptions(usherd, admin, agent, served):
    rooms = ok(agent.get("rooms.get"))
    assert [r["_id"] for r in rooms["update"] if r["t"] == "l"] == [served.rid] and rooms["remove"] == []
    assert ok(agent.get("rooms.get", {"updatedSince": "2999-01-01"}))["update"] == []
    coded(agent.get("rooms.get", {"updatedSince": "x"}), "error-updatedSince-param-invalid")
    sub = [s for s in ok(agent.get("subscriptions.get"))["update"] if s["t"] == "l"][0]
    assert sub["rid"] == served.rid and sub["u"]["_id"] == agent.user_id and sub["open"] and sub["alert"]
    served.rest.say(served.token, served.rid, "are you there?")
    assert ok(agent.get("subscriptions.getOne", {"roomId": served.rid}))["subscription"]["unread"] >= 1
    ok(agent.post("subscriptions.read", {"rid": served.rid}))
    one = ok(agent.get("subscriptions.getOne", {"roomId": served.rid}))["subscription"]
    assert one["unread"] == 0 and one["alert"] is False and one["ls"]
    assert ok(make_user(usherd, admin).get("subscriptions.getOne", {"roomId": served.rid}))["subscription"] is None
    coded(agent.post("subscriptions.read", {"rid": "none"}), "error-not-allowed")


def test_history(usherd, admin, agent, served):
    usherd.advance(10)
    cut = ok(agent.post("chat.postMessage", {"roomId": served.rid, "text": "two"}))["message"]["ts"]
    usherd.advance(10)
    ok(agent.post("chat.postMessage", {"roomId": served.rid, "text": "three"}))

    def texts(**more):
        found = ok(agent.get("channels.history", dict(roomId=served.rid, **more)))["messages"]
        return [m["msg"] for m in found if "t" not in m]
    assert texts() == ["three", "two", "hello"]
    assert texts(count=1) == ["three"] and texts(oldest=cut) == ["three"]
    assert texts(oldest=cut, inclusive="true") == ["three", "two"]
    assert texts(latest=cut) == ["hello"]
    assert make_user(usherd, admin).get("channels.history", {"roomId": served.rid}).status_code == 403
    assert agent.get("channels.history").status_code == 400


def test_list_filters(usherd, admin, agent):
    department = make_department(admin, [agent])
    name = unique("Filtered")
    chat = give(admin, Chat(usherd, name=name, department=department["_id"]), agent)
    close(admin, chat, ["gold"])
    second = make_department(admin, [agent])
    other = give(admin, Chat(usherd, name=name.lower(), department=second["_id"]), agent)

    def found(**query):
        return [r["_id"] for r in ok(admin.get("livechat/rooms", dict(roomName=name, **query)))["rooms"]]
    assert found() == [other.rid, chat.rid]
    assert found(sort='{"ts":1}') == [chat.rid, other.rid]
    assert found(open="true") == [other.rid] and found(open="false") == [chat.rid]
    assert found(departmentId=department["_id"]) == [chat.rid] and len(found(departmentId="undefined")) == 2
    assert found(**{"tags[]": ["gold", "silver"]}) == [chat.rid]
    assert found(**{"agents[]": agent.username}) == [other.rid, chat.rid]
    assert found(**{"agents[]": "nobody"}) == [] and found(onhold="true") == []
    assert found(createdAt='{"start":"2999-01-01"}') == [] and len(found(createdAt='{"end":"2999-01-01"}')) == 2
    assert found(closedAt='{"start":"2000-01-01","end":"2999-01-01"}') == [chat.rid]
    assert found(customFields='{"a":"b"}') == []
    page = ok(admin.get("livechat/rooms", {"roomName": name, "count": 1, "offset": 1}))
    assert (page["count"], page["offset"], page["total"]) == (1, 1, 2)
    assert page["rooms"][0]["department"] == {"_id": department["_id"], "name": department["name"]}
    invalid(admin.get("livechat/rooms", {"agents": "x"}), "must be array")
    plain(admin.get("livechat/rooms", {"createdAt": '{"start":"x"}'}),
          'The "createdAt.start" query parameter must be a valid date.')
    plain(admin.get("livechat/rooms", {"customFields": "[1]"}),
          'The "customFields" query parameter must be a valid JSON.')
    assert admin.get("livechat/rooms", {"createdAt": "{"}).status_code == 400


def test_list_rights(usherd, admin, agent, served):
    assert agent.get("livechat/rooms").status_code == 403
    assert agent.get("livechat/rooms", {"agents[]": admin.user_id}).status_code == 403
    own = ok(agent.get("livechat/rooms", {"agents[]": agent.user_id}))
    assert [r["_id"] for r in own["rooms"]] == [served.rid]


def test_join(usherd, admin, agent, served):
    manager = make_user(usherd, admin, ("user", "livechat-manager"))
    for _ in range(2):
        ok(manager.get("livechat/room.join", {"roomId": served.rid}))
    page = ok(manager.get("channels.history", {"roomId": served.rid}))["messages"]
    assert len([m for m in page if m.get("t") == "uj" and m["u"]["_id"] == manager.user_id]) == 1
    plain(manager.get("livechat/room.join", {"roomId": "none"}), "error-invalid-room")
    plain(make_agent(usherd, admin).get("livechat/room.join", {"roomId": served.rid}), "error-not-allowed")


def test_forward(usherd, admin, agent, served):
    second = make_agent(usherd, admin)
    department = make_department(admin, [second])

    def forward(**body):
        return admin.post("livechat/room.forward", dict(roomId=served.rid, **body))
    assert forward().json() == {"success": False}
    plain(forward(userId=agent.user_id), "error-selected-agent-room-agent-are-same")
    plain(forward(userId="nobody"), "error-user-is-offline")
    ok(forward(userId=second.user_id, comment="yours"))
    room = ok(admin.get("rooms.info", {"roomId": served.rid}))["room"]
    assert room["servedBy"]["_id"] == second.user_id
    ok(admin.post("livechat/room.forward", {"roomId": served.rid, "userId": agent.user_id}))
    ok(forward(departmentId=department["_id"]))
    room = ok(admin.get("rooms.info", {"roomId": served.rid}))["room"]
    assert room["departmentId"] == department["_id"] and room["servedBy"]["_id"] == second.user_id
    plain(forward(departmentId=department["_id"]), "error-forwarding-chat-same-department")
    history = ok(admin.get("livechat/transfer.history/" + served.rid))
    mine = [h for h in history["history"] if h.get("comment") == "yours"]
    assert mine[0]["scope"] == "agent" and mine[0]["transferredTo"]["_id"] == second.user_id
    assert history["history"][-1]["nextDepartment"]["_id"] == department["_id"]
    assert history["history"][-1]["scope"] == "department" and history["total"] == len(history["history"])
    plain(admin.get("livechat/transfer.history/none"), "invalid-room")
    plain(admin.post("livechat/room.forward", {"roomId": "none", "userId": second.user_id}), "error-invalid-room")
    close(admin, served)
    plain(forward(userId=agent.user_id), "This_conversation_is_already_closed")
    assert agent.post("livechat/room.forward", {"roomId": served.rid}).status_code == 403


def test_save_info(usherd, admin, agent, served):
    body = {"guestData": {"_id": served.visitor["_id"], "name": "New Name", "email": "New@Example.org", "phone": "+1"},
            "roomData": {"_id": served.rid, "topic": "billing", "tags": ["a", "b"]}}
    ok(agent.post("livechat/room.saveInfo", body))
    room = ok(agent.get("rooms.info", {"roomId": served.rid}))["room"]
    assert room["topic"] == "billing" and room["tags"] == ["a", "b"] and room["fname"] == "New Name"
    visitor = ok(agent.get("livechat/visitors.info", {"visitorId": served.visitor["_id"]}))["visitor"]
    assert visitor["name"] == "New Name" and visitor["visitorEmails"] == [{"address": "new@example.org"}]
    ok(agent.post("livechat/room.saveInfo", dict(body, roomData={"_id": served.rid})))
    room = ok(agent.get("rooms.info", {"roomId": served.rid}))["room"]
    assert "topic" not in room and "tags" not in room
    assert make_agent(usherd, admin).post("livechat/room.saveInfo", body).status_code == 403
    plain(admin.post("livechat/room.saveInfo", dict(body, roomData={"_id": "none"})), "error-invalid-room")
    invalid(agent.post("livechat/room.saveInfo", {"guestData": {}, "roomData": {}}), "must have required property '_id'")


def test_another_visitor(usherd, admin, agent, served):
    other = Chat(usherd, text=None)
    body = {"rid": served.rid, "oldVisitorId": served.visitor["_id"], "newVisitorId": other.visitor["_id"]}
    plain(agent.put("livechat/room.visitor", dict(body, newVisitorId="none")), "visitor-not-found")
    plain(agent.put("livechat/room.visitor", dict(body, rid="none")), "invalid-room")
    plain(agent.put("livechat/room.visitor", dict(body, oldVisitorId="none")), "invalid-room-visitor")
    plain(make_agent(usherd, admin).put("livechat/room.visitor", body), "error-not-allowed")
    room = ok(agent.put("livechat/room.visitor", body))["room"]
    assert room["v"]["_id"] == other.visitor["_id"] and room["fname"] == other.visitor["name"]
    assert served.rest.post("livechat/message", {"token": served.token, "rid": served.rid, "msg": "x"}).status_code == 400
    other.rest.say(other.token, served.rid, "mine now")


def test_close_by_user(usherd, admin, agent, served):
    coded(agent.post("livechat/room.closeByUser", {"rid": "none"}), "error-invalid-room")
    coded(make_agent(usherd, admin).post("livechat/room.closeByUser", {"rid": served.rid}), "error-not-authorized")
    ok(agent.post("livechat/room.closeByUser", {"rid": served.rid, "comment": "thanks", "tags": ["x"]}))
    room = ok(admin.get("rooms.info", {"roomId": served.rid}))["room"]
    assert room["closedBy"]["_id"] == agent.user_id and room["tags"] == ["x"]
    coded(agent.post("livechat/room.closeByUser", {"rid": served.rid}), "error-room-already-closed")


def test_messages_of_a_chat(usherd, admin, agent, served):
    ok(agent.post("chat.postMessage", {"roomId": served.rid, "text": "answer"}))
    page = ok(agent.get("livechat/%s/messages" % served.rid, {"count": 1}))
    assert [m["msg"] for m in page["messages"]] == ["answer"] and page["count"] == 1 and page["total"] == 2
    assert ok(agent.get("livechat/%s/messages" % served.rid))["count"] == 50
    plain(agent.get("livechat/none/messages"), "invalid-room")
    plain(make_agent(usherd, admin).get("livechat/%s/messages" % served.rid), "not-allowed")
    invalid(agent.get("livechat/%s/messages" % served.rid, {"x": 1}), "must NOT have additional properties")


def test_visitor_pages(usherd, admin, agent, served):
    page = {"change": "url", "title": "Shop", "location": {"href": "http://shop.example.org/"}}
    ok(served.rest.post("livechat/page.visited", {"token": served.token, "rid": served.rid, "pageInfo": page}))
    body = ok(agent.get("livechat/visitors.pagesVisited/" + served.rid))
    assert body["total"] == 1 and body["pages"][0]["navigation"]["page"]["title"] == "Shop"
    plain(agent.get("livechat/visitors.pagesVisited/none"), "invalid-room")


def test_visitor_history(usherd, admin, agent, served):
    close(admin, served, comment="so long")
    again = served.rest.room(served.token)["_id"]
    ok(admin.post("livechat/room.closeByUser", {"rid": again, "comment": "bye"}))
    tail = "/room/%s/visitor/%s" % (served.rid, served.visitor["_id"])
    body = ok(admin.get("livechat/visitors.chatHistory" + tail))
    assert [r["_id"] for r in body["history"]] == [again, served.rid] and body["total"] == 2
    found = ok(admin.get("livechat/visitors.searchChats" + tail,
                         {"closedChatsOnly": "true", "servedChatsOnly": "true", "searchText": "hello"}))
    assert [r["_id"] for r in found["history"]] == [served.rid]
    assert found["history"][0]["closingMessage"]["msg"] == "so long"
    assert ok(admin.get("livechat/visitors.searchChats" + tail))["history"] == []
    plain(admin.get("livechat/visitors.chatHistory/room/none/visitor/x"), "invalid-room")
    plain(make_agent(usherd, admin).get("livechat/visitors.chatHistory" + tail), "error-not-allowed")


def test_visitors_found(admin, agent, served):
    def search(term):
        return [v["_id"] for v in ok(agent.get("livechat/visitors.search", {"term": term}))["visitors"]]
    v = served.visitor
    for term in (v["name"], v["username"], v["visitorEmails"][0]["address"].upper(), v["phone"][0]["phoneNumber"]):
        assert v["_id"] in search(term)
    assert search("no such visitor") == [] and v["_id"] in search("")
    invalid(agent.get("livechat/visitors.search"), "must have required property 'term'")
    items = ok(agent.get("livechat/visitors.autocomplete", {"selector": json.dumps({"term": v["name"].upper()})}))["items"]
    assert items == [{"_id": v["_id"], "name": v["name"], "username": v["username"],
                      "custom_name": v["username"] + " - " + v["name"]}]
    none = {"selector": json.dumps({"term": v["name"], "exceptions": [v["_id"]]})}
    assert ok(agent.get("livechat/visitors.autocomplete", none))["items"] == []
    plain(agent.get("livechat/visitors.info", {"visitorId": "none"}), "visitor-not-found")


def test_contacts(usherd, admin, agent, served):
    token = unique("token")
    body = {"token": token, "name": "Cora", "email": token + "@Example.org", "phone": unique("+1"),
            "contactManager": {"username": agent.username}}
    contact = ok(agent.post("omnichannel/contact", body))["contact"]
    stored = ok(agent.get("omnichannel/contact", {"contactId": contact}))["contact"]
    assert stored["name"] == "Cora" and stored["contactManager"] == {"username": agent.username}
    for key in ("email", "phone"):
        assert ok(agent.get("omnichannel/contact.search", {key: body[key]}))["contact"]["_id"] == contact
    assert ok(agent.get("omnichannel/contact.search", {"email": body["email"], "phone": "other"}))["contact"] is None
    same = dict(body, name="Cora B", token=token)
    del same["contactManager"]
    assert ok(agent.post("omnichannel/contact", same))["contact"] == contact
    assert "contactManager" not in ok(agent.get("omnichannel/contact", {"contactId": contact}))["contact"]
    coded(agent.post("omnichannel/contact", dict(body, contactManager={"username": "nobody-at-all"})),
          "error-contact-manager-not-found")
    plain_user = make_user(usherd, admin)
    coded(agent.post("omnichannel/contact", dict(body, contactManager={"username": plain_user.username})),
          "error-invalid-contact-manager")
    coded(agent.get("omnichannel/contact.search"), "error-invalid-params")
    coded(agent.get("omnichannel/contact.search", {"custom": "{}"}), "error-invalid-params")
    coded(agent.get("omnichannel/contact.search", {"custom": "{x"}), "error-invalid-params-custom")
    assert agent.get("omnichannel/contact.search", {"x": "y"}).json()["error"].startswith("Match error: Unknown key")
    assert ok(agent.get("omnichannel/contact", {"contactId": "none"}))["contact"] is None


def test_names_of_closed_chats_follow(admin, agent, served):
    close(admin, served)
    ok(agent.post("omnichannel/contact", {"token": served.token, "name": "Renamed Later"}))
    assert ok(admin.get("rooms.info", {"roomId": served.rid}))["room"]["fname"] == "Renamed Later"


def test_why_it_went_there(admin, agent, served):
    events = ok(admin.get("/usher/v1/rooms/%s/events" % served.rid))["events"]
    routed = [e for e in events if e["type"] == "routed"]
    assert routed and routed[0]["detail"]["method"] == "Auto_Selection" and "excluded" in routed[0]["detail"]
    assert [e["seq"] for e in events] == sorted((e["seq"] for e in events), reverse=True)
    older = ok(admin.get("/usher/v1/rooms/%s/events" % served.rid, {"before": events[0]["seq"], "count": 1}))["events"]
    assert older == events[1:2]
    assert admin.get("/usher/v1/rooms/none/events").status_code == 404
    assert agent.get("/usher/v1/rooms/%s/events" % served.rid).status_code == 403
    assert ok(agent.get("/usher/v1/info"))["name"] == "usher"


def test_a_former_agent_manages_no_contact(usherd, admin, agent):
    """Behaviour 3.2: with the role, or the account, he goes from every contact."""
    other = make_agent(usherd, admin)
    contacts = {}
    for manager in (agent, other):
        for n in range(2):
            body = {"token": unique("managed"), "name": "C", "contactManager": {"username": manager.username}}
            contacts[body["token"]] = ok(agent.post("omnichannel/contact", body))["contact"]
    tokens = list(contacts)
    usherd.rest().room(tokens[0])

    def manager_of(token):
        return ok(admin.get("omnichannel/contact", {"contactId": contacts[token]}))["contact"].get("contactManager")
    ok(admin.delete("livechat/users/agent/" + agent.user_id))
    assert [manager_of(t) for t in tokens] == [None, None] + [{"username": other.username}] * 2
    ok(admin.post("users.delete", {"userId": other.user_id}))
    assert [manager_of(t) for t in tokens] == [None] * 4


def test_transfer_answers_a_part_of_the_room(usherd, admin):
    agent, chat = make_agent(usherd, admin), Chat(usherd)
    department = make_department(admin, [agent])
    body = {"rid": chat.rid, "token": chat.token, "department": department["_id"]}
    answer = chat.rest.post("livechat/room.transfer", body)
    assert answer.status_code == 200 and answer.json()["success"] is True, answer.text
    room = answer.json()["room"]
    assert sorted(room) == ["_id", "departmentId", "open", "servedBy", "t", "ts", "v"]
    assert room["departmentId"] == department["_id"] and room["servedBy"]["_id"] == agent.user_id
    assert room["v"] == {"_id": chat.visitor["_id"], "username": chat.visitor["username"], "token": chat.token,
                         "status": "online"}
    again = chat.rest.post("livechat/room.transfer", body)
    assert again.status_code == 400 and again.json()["errorType"] == "error-forwarding-chat-same-department"
    assert chat.rest.post("livechat/room.transfer", dict(body, rid="x")).json() == {"success": False, "error": "invalid-room"}
    assert chat.rest.post("livechat/room.transfer", dict(body, token="x")).json()["error"] == "invalid-token"
    assert chat.rest.post("livechat/room.transfer", dict(body, x=1)).json()["errorType"] == "invalid-params"
