"""Custom fields and priorities of chats, visitors and users: behaviour 5.1, 20.2, 20.7, rest 3.2, 5.2."""
import json

import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import Chat, coded, give, invalid, make_agent, make_user, ok, unique


def define(admin, name, scope="visitor", **more):
    """A custom field, if there is none of this name."""
    form = dict(dict(field=name, label=name, scope=scope, visibility="visible", regexp="", searchable=True), **more)
    if ok(admin.get("livechat/custom-fields/" + name))["customField"] is None:
        assert "error" not in admin.method("livechat:saveCustomField", None, form)
    return name


def priority(admin, name, minutes):
    """Its id; made when there is none of this name."""
    known = {p["name"]: p["_id"] for p in ok(admin.get("livechat/priorities", {"count": 0}))["priorities"]}
    form = {"name": name, "dueTimeInMinutes": str(minutes)}
    return known.get(name) or admin.method("livechat:savePriority", None, form)["result"]["_id"]


@pytest.fixture
def agent(usherd, admin):
    for name in ("plan", "seats", "size", "new"):
        define(admin, name)
    for name in ("order", "shop", "more", "a", "b"):
        define(admin, name, "room")
    return make_agent(usherd, admin)


@pytest.fixture
def served(usherd, admin, agent):
    return give(admin, Chat(usherd), agent)


def save(client, chat, guest=(), **room):
    body = {"guestData": dict({"_id": chat.visitor["_id"]}, **dict(guest)), "roomData": dict(room, _id=chat.rid)}
    return client.post("livechat/room.saveInfo", body)


def room_of(client, chat):
    return ok(client.get("rooms.info", {"roomId": chat.rid}))["room"]


def visitor_of(client, chat):
    return ok(client.get("livechat/visitors.info", {"visitorId": chat.visitor["_id"]}))["visitor"]


def test_fields_of_chat_and_visitor(usherd, admin, agent, served):
    urgent = priority(admin, "urgent", 5)
    ok(save(agent, served, {"livechatData": {"plan": " gold ", "seats": 5}}, livechatData={"order": "17", "shop": "x"},
            priorityId=urgent))
    room = room_of(agent, served)
    assert room["livechatData"] == {"order": "17", "shop": "x"} and room["priorityId"] == urgent
    assert visitor_of(agent, served)["livechatData"] == {"plan": "gold", "seats": "5"}
    ok(save(agent, served, {"livechatData": {"plan": ""}}, livechatData={"order": " 18", "shop": " "}))
    room = room_of(agent, served)
    assert room["livechatData"] == {"order": "18"} and room["priorityId"] == urgent
    assert visitor_of(agent, served)["livechatData"] == {"seats": "5"}
    ok(save(agent, served, priorityId=""))
    assert "priorityId" not in room_of(agent, served)
    invalid(save(agent, served, {"livechatData": {"plan": {"a": 1}}}), "must be string")
    bad = coded(save(agent, served, livechatData={"order": "x" * 6000}), "error-invalid-custom-field-value")
    assert "order" in bad["error"]
    assert room_of(agent, served)["livechatData"] == {"order": "18"}


def test_what_is_no_field_is_left_out(admin, agent, served):
    define(admin, "onlyvisitor")
    ok(save(agent, served, {"livechatData": {"no name": "x", "": "y", "undefined": "z", "order": "room's"}},
            livechatData={"$where": "x", "list": ["a"], "undefined": "z", "onlyvisitor": "visitor's"}))
    assert "livechatData" not in room_of(agent, served)
    assert visitor_of(agent, served).get("livechatData", {}) == {}


def test_closed_chats_too(usherd, admin, agent, served):
    ok(save(agent, served, livechatData={"order": "1"}))
    ok(admin.post("livechat/room.closeByUser", {"rid": served.rid, "comment": "done", "tags": ["first"]}))
    low = priority(admin, "low", 600)
    ok(save(agent, served, {"name": "Later Name", "livechatData": {"plan": "gold"}}, topic="after", tags=["second"],
            livechatData={"more": "2"}, priorityId=low))
    room = room_of(admin, served)
    assert room["topic"] == "after" and room["tags"] == ["second"] and room["priorityId"] == low
    assert room["livechatData"] == {"order": "1", "more": "2"} and room["fname"] == "Later Name"
    assert room["servedBy"]["_id"] == agent.user_id and room["closer"] == "user" and room["closedAt"] and "open" not in room
    assert visitor_of(agent, served)["livechatData"] == {"plan": "gold"}
    found = ok(admin.get("livechat/rooms", {"customFields": json.dumps({"more": "2"}), "tags[]": "second"}))["rooms"]
    assert served.rid in [r["_id"] for r in found]
    assert save(make_agent(usherd, admin), served).status_code == 403
    assert agent.method("livechat:saveInfo", {"_id": served.visitor["_id"]}, {"_id": served.rid, "topic": "by method"})["result"]
    room = room_of(admin, served)
    assert room["topic"] == "by method" and "tags" not in room


def test_only_with_the_right(usherd, admin, agent, served):
    roles = [p["roles"] for p in ok(admin.get("permissions.listAll"))["update"]
             if p["_id"] == "edit-livechat-room-customfields"][0]

    def allow(names):
        ok(admin.post("permissions.update", {"permissions": [{"_id": "edit-livechat-room-customfields", "roles": names}]}))
    allow(["admin"])
    try:
        ok(save(agent, served, {"livechatData": {"plan": "1"}}, livechatData={"b": "2"}, topic="still"))
        room = room_of(agent, served)
        assert room["topic"] == "still" and "livechatData" not in room and "livechatData" not in visitor_of(agent, served)
        ok(save(admin, served, livechatData={"b": "2"}))
        assert room_of(agent, served)["livechatData"] == {"b": "2"}
    finally:
        allow(roles)


def test_registration_stores_fields(usherd, admin, agent):
    rest, token = usherd.rest(), unique("token")

    def field(key, value, overwrite=True):
        return {"key": key, "value": value, "overwrite": overwrite}
    visitor = rest.visitor(token, customFields=[field("plan", "gold"), field("no name", "x"), field("size", "9")])
    assert visitor["livechatData"] == {"plan": "gold", "size": "9"}
    visitor = rest.visitor(token, customFields=[field("plan", "silver", False), field("size", "10"), field("new", "1", False)])
    assert visitor["livechatData"] == {"plan": "gold", "size": "10", "new": "1"}
    assert rest.visitor(token, name="Only a name")["livechatData"] == visitor["livechatData"]
    answer = rest.method("livechat:registerGuest", {"token": token, "customFields": [field("plan", "old widget")]}, anon=True)
    assert answer["result"]["visitor"]["livechatData"]["plan"] == "old widget"
    for bad in ([{"key": "a", "value": "b"}], [field("a", 1)], [field("a", "b", "true")], ["text"], "text"):
        answer = rest.post("livechat/visitor", {"visitor": {"token": token, "customFields": bad}})
        assert answer.status_code == 400 and answer.json()["error"].startswith("Match error"), bad
    many = rest.visitor(token, customFields=[field("k%d" % i, "v") for i in range(300)] + [field("order", "a room's")])
    assert many["livechatData"] == {"plan": "old widget", "size": "10", "new": "1"}
    define(admin, "digits", regexp="^[0-9]+$")
    assert "digits" not in rest.visitor(token, customFields=[field("digits", "abc")])["livechatData"]
    assert rest.visitor(token, customFields=[field("digits", "77")])["livechatData"]["digits"] == "77"


def visitor_field(chat, key, value, overwrite=True):
    return chat.rest.post("livechat/custom.field", {"token": chat.token, "key": key, "value": value, "overwrite": overwrite})


def test_visitors_set_fields(usherd, admin, agent, served):
    assert ok(visitor_field(served, "plan", "gold"))["field"] == {"key": "plan", "value": "gold", "overwrite": True}
    assert ok(visitor_field(served, "plan", "silver", "false"))["field"]["overwrite"] is False
    assert visitor_of(agent, served)["livechatData"] == {"plan": "gold"}
    ok(visitor_field(served, "plan", "silver", "true"))
    ok(visitor_field(served, "order", "12"))
    assert visitor_of(agent, served)["livechatData"] == {"plan": "silver"}
    assert room_of(agent, served)["livechatData"] == {"order": "12"}
    ok(visitor_field(served, "plan", ""))
    assert visitor_of(agent, served).get("livechatData", {}) == {}
    body = {"token": "nobody's", "key": "plan", "value": "x", "overwrite": True}
    assert served.rest.post("livechat/custom.field", body).json() == {"success": False, "error": "invalid-token"}
    coded(visitor_field(served, "undefined", "x"), "invalid-custom-field")


def test_visitors_values_must_fit(usherd, admin, agent, served):
    define(admin, "zip", regexp="^[0-9]{5}$")
    define(admin, "colour", "room", type="select", options="red, light blue")
    define(admin, "must", required=True)
    for key, bad, good in (("zip", "1234", "12345"), ("colour", "green", "light blue"), ("must", "", "x"),
                           ("must", "x" * 6000, "y")):
        text = "Invalid value for %s field" % key
        assert visitor_field(served, key, bad).json() == {"success": False, "error": "[%s]" % text, "errorType": text}
        ok(visitor_field(served, key, good))
    assert visitor_of(agent, served)["livechatData"] == {"zip": "12345", "must": "y"}
    assert room_of(agent, served)["livechatData"] == {"colour": "light blue"}
    bad = coded(save(agent, served, {"livechatData": {"zip": "x"}}), "error-invalid-custom-field-value")
    assert "zip" in bad["error"] and visitor_of(agent, served)["livechatData"]["zip"] == "12345"
    refused = coded(save(agent, served, livechatData={"colour": "pink"}), "error-invalid-custom-field-value")
    assert "colour" in refused["error"] and room_of(agent, served)["livechatData"] == {"colour": "light blue"}


def test_visitors_set_many_fields(usherd, admin, agent, served):
    def item(key, value, overwrite=True):
        return {"key": key, "value": value, "overwrite": overwrite}

    def post(*items):
        return served.rest.post("livechat/custom.fields", {"token": served.token, "customFields": list(items)})
    answer = ok(post(item("plan", "gold"), item("order", "3"), item("seats", "4", "false"), item("plan", "tin", "false")))
    assert answer["fields"] == [
        {"Key": "plan", "value": "gold", "overwrite": True}, {"Key": "order", "value": "3", "overwrite": True},
        {"Key": "seats", "value": "4", "overwrite": False}, {"Key": "plan", "value": "tin", "overwrite": False}]
    assert visitor_of(agent, served)["livechatData"] == {"plan": "gold", "seats": "4"}
    assert room_of(agent, served)["livechatData"] == {"order": "3"}
    coded(post(item("plan", "first"), item("undefined", "x"), item("seats", "9")), "invalid-custom-field")
    assert visitor_of(agent, served)["livechatData"] == {"plan": "first", "seats": "4"}
    ok(served.rest.post("livechat/room.close", {"rid": served.rid, "token": served.token}))
    assert visitor_field(served, "order", "5").json() == {"success": False}
    assert post(item("order", "5")).json() == {"success": False, "error": "error-setting-custom-field"}
    ok(visitor_field(served, "seats", "11"))
    assert visitor_of(agent, served)["livechatData"]["seats"] == "11"


def test_older_widgets_set_fields(usherd, admin, agent, served):
    def call(*params):
        return served.rest.method("livechat:setCustomField", *params, anon=True)
    assert call(served.token, "plan", "gold")["result"] is True
    assert call(served.token, "plan", "tin", False)["result"] is True
    assert call(served.token, "order", "8")["result"] is True
    assert call(served.token, "undefined", "x")["result"] is True
    assert visitor_of(agent, served)["livechatData"] == {"plan": "gold"}
    assert room_of(agent, served)["livechatData"] == {"order": "8"}
    define(admin, "zip", regexp="^[0-9]{5}$")
    assert call(served.token, "zip", "x")["error"]["error"] == "Invalid value for zip field"
    assert call("nobody's", "plan", "x")["error"]["error"] == "invalid-token"
    assert call(served.token, "plan", 5)["error"]["errorType"] == "Match.Error"
    ok(served.rest.post("livechat/room.close", {"rid": served.rid, "token": served.token}))
    assert call(served.token, "order", "9")["result"] is False
    listed = served.rest.method("livechat:getCustomFields", anon=True)["result"]
    assert {"_id": "plan", "label": "plan", "scope": "visitor"}.items() <= {f["_id"]: f for f in listed}["plan"].items()


def test_priority_of_a_chat(usherd, admin, agent, served):
    urgent = priority(admin, "urgent", 5)
    for unknown in ("none of them", "urgent"):
        coded(save(agent, served, priorityId=unknown, topic="not kept"), "error-invalid-priority")
    assert "priorityId" not in room_of(agent, served) and "topic" not in room_of(agent, served)
    ok(save(agent, served, priorityId=urgent))
    history = ok(agent.get("channels.history", {"roomId": served.rid}))["messages"]
    told = [m for m in history if m.get("t") == "livechat_priority_history"]
    assert [m["priorityData"]["priority"]["name"] for m in told] == ["urgent"]
    assert told[0]["priorityData"]["definedBy"] == {"_id": agent.user_id, "username": agent.username}
    token = unique("token")
    rest = usherd.rest()
    rest.visitor(token)
    coded(rest.get("livechat/room", {"token": token, "priority": "none of them"}), "error-invalid-priority")
    assert "room" not in ok(rest.get("livechat/config", {"token": token}))["config"]
    made = ok(rest.get("livechat/room", {"token": token, "priority": "urgent"}))
    assert made["newRoom"] is True and made["room"]["priorityId"] == urgent
    again = ok(rest.get("livechat/room", {"token": token, "priority": "none of them"}))
    assert again["newRoom"] is False and again["room"]["_id"] == made["room"]["_id"]
    inquiry = ok(admin.get("livechat/inquiries.getOne", {"roomId": made["room"]["_id"]}))["inquiry"]
    assert inquiry["queueOrder"] == 0 and inquiry["estimatedWaitingTimeQueue"] == 5


def test_fields_of_a_contact(usherd, admin, agent):
    token = unique("token")
    body = {"token": token, "name": "Contact", "customFields": {"plan": "gold"}}
    contact = ok(agent.post("omnichannel/contact", body))["contact"]
    assert ok(agent.get("omnichannel/contact", {"contactId": contact}))["contact"]["livechatData"] == {"plan": "gold"}


@pytest.fixture
def described(admin):
    def describe(text):
        admin.set(Accounts_CustomFields=text)
    yield describe
    admin.set(Accounts_CustomFields="")


def test_fields_of_users(usherd, admin, described):
    described(json.dumps({
        "team": {"type": "select", "options": ["north", "south"], "sendToIntegrations": True},
        "desk": {"type": "text", "required": True, "minLength": 2, "maxLength": 4}}))
    user = make_user(usherd, admin, customFields={"team": "north", "desk": "A12", "unknown": "x"})
    fields = {"team": "north", "desk": "A12"}
    assert ok(user.get("me"))["customFields"] == fields
    assert ok(admin.get("users.info", {"userId": user.user_id}))["user"]["customFields"] == fields
    assert "customFields" not in ok(make_user(usherd, admin).get("users.info", {"userId": user.user_id}))["user"]
    ok(admin.post("users.update", {"userId": user.user_id, "data": {"customFields": {"desk": "B3"}}}))
    assert ok(user.get("me"))["customFields"] == {"team": "north", "desk": "B3"}
    for wrong, word in (({"team": "west", "desk": "A1"}, "team"), ({"desk": ""}, "required"), ({"desk": "1"}, "at least 2"),
                        ({"desk": "12345"}, "at most 4"), ({"desk": 5}, "text")):
        answer = admin.post("users.update", {"userId": user.user_id, "data": {"customFields": wrong}})
        assert word in coded(answer, "error-user-registration-custom-field")["error"]
    name = unique("u")
    body = {"username": name, "name": "x", "email": name + "@example.org", "password": "p", "customFields": {"team": "north"}}
    coded(admin.post("users.create", body), "error-user-registration-custom-field")
    assert ok(user.get("me"))["customFields"] == {"team": "north", "desk": "B3"}


def test_fields_nobody_describes_are_not_stored(usherd, admin, described):
    user = make_user(usherd, admin, customFields={"team": "north"})
    assert "customFields" not in ok(user.get("me"))
    ok(admin.post("users.update", {"userId": user.user_id, "data": {"customFields": {"a": "b"}}}))
    assert "customFields" not in ok(user.get("me"))


def test_visitors_see_the_fields_that_may_leave(usherd, admin, described):
    described(json.dumps({"phone": {"type": "text", "sendToIntegrations": True}, "salary": {"type": "text"}}))
    agent = make_agent(usherd, admin)
    ok(admin.post("users.update", {"userId": agent.user_id, "data": {"customFields": {"phone": "+1 5", "salary": "7"}}}))
    chat = give(admin, Chat(usherd), agent)
    info = ok(chat.rest.get("livechat/agent.info/%s/%s" % (chat.rid, chat.token)))["agent"]
    assert info["customFields"] == {"phone": "+1 5"}


def test_they_survive_a_restart(start):
    daemon = start("--embedded", env={"USHER_RATE_LIMITS": "off"})
    admin = daemon.admin()
    admin.set(Livechat_accept_chats_with_no_agents=True, Accounts_CustomFields='{"desk": {"type": "text"}}')
    user = make_user(daemon, admin, customFields={"desk": "A1"})
    chat = Chat(daemon)
    define(admin, "plan")
    define(admin, "order", "room")
    p = priority(admin, "p", 7)
    ok(save(admin, chat, {"livechatData": {"plan": "gold"}}, livechatData={"order": "1"}, priorityId=p))
    chat.rest.post("livechat/room.survey", {"rid": chat.rid, "token": chat.token, "data": [
        {"name": "satisfaction", "value": "4"}]})
    daemon.stop()
    daemon.start()
    admin = daemon.admin()
    room = room_of(admin, chat)
    assert room["livechatData"] == {"order": "1"} and room["priorityId"] == p
    assert room["surveyFeedback"] == {"satisfaction": "4"}
    assert visitor_of(admin, chat)["livechatData"] == {"plan": "gold"}
    assert ok(admin.get("users.info", {"userId": user.user_id}))["user"]["customFields"] == {"desk": "A1"}
