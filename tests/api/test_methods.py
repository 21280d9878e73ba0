"""Methods of agents and administrators (rest 15.3 to 15.5), by REST and over the socket."""
import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import Chat, give, make_agent, make_department, make_user, ok, unique


@pytest.fixture
def agent(usherd, admin):
    return make_agent(usherd, admin)


@pytest.fixture
def served(usherd, admin, agent):
    return give(admin, Chat(usherd), agent)


def code(answer):
    assert "result" not in answer, answer
    return answer["error"]["error"]


def test_send_over_the_socket(usherd, admin, agent, served, ddp):
    client = ddp()
    client.login(agent.token)
    client.sub("room-messages", served.rid)
    client.sub("notify-user", agent.user_id + "/message")
    sent = client.call("sendMessage", {"_id": unique("m"), "rid": served.rid, "msg": "by socket"})["result"]
    assert sent["msg"] == "by socket" and "$date" in sent["ts"]
    assert client.event("room-messages", served.rid)[0]["_id"] == sent["_id"]
    failed = client.call("sendMessage", {"_id": unique("m"), "rid": "nowhere", "msg": "lost"})
    assert "result" not in failed and "error" not in failed
    assert client.event("notify-user", agent.user_id + "/message")[0]["rid"] == "nowhere"
    stranger = make_user(usherd, admin)
    assert code(stranger.method("sendMessage", {"rid": served.rid, "msg": "x"})) == "error-not-allowed"
    assert code(usherd.rest().method("sendMessage", {"rid": served.rid, "msg": "x"}, anon=True)) == "error-invalid-user"


def test_history(usherd, admin, agent, served):
    texts = ["m%d" % i for i in range(5)]
    sent = []
    for text in texts:
        usherd.advance(10)
        sent.append(agent.method("sendMessage", {"rid": served.rid, "msg": text})["result"])

    def plain_texts(messages):
        return [m["msg"] for m in messages if "t" not in m and m["msg"] in texts]
    assert plain_texts(agent.method("loadHistory", served.rid, None, 3)["result"]["messages"]) == ["m4", "m3", "m2"]
    older = agent.method("loadHistory", served.rid, sent[2]["ts"], 2)["result"]["messages"]
    assert [m["msg"] for m in older] == ["m1", "m0"]
    assert plain_texts(agent.method("loadMissedMessages", served.rid, sent[2]["ts"])["result"]) == ["m4", "m3"]
    after = agent.method("loadNextMessages", served.rid, sent[1]["ts"], 2)["result"]["messages"]
    assert plain_texts(after) == ["m3", "m2"]
    around = agent.method("loadSurroundingMessages", {"_id": sent[2]["_id"], "rid": served.rid}, 2)["result"]
    assert [m["msg"] for m in around["messages"]] == ["m3", "m2", "m1"]
    assert around["moreBefore"] is True and around["moreAfter"] is True
    stranger = make_user(usherd, admin)
    assert stranger.method("loadHistory", served.rid, None)["result"] is False
    assert stranger.method("loadMissedMessages", served.rid, sent[0]["ts"])["result"] is False
    assert "Match error" in agent.method("loadHistory")["error"]["message"]
    first = agent.method("livechat:getFirstRoomMessage", {"rid": served.rid})["result"]
    assert first["rid"] == served.rid
    assert code(agent.method("livechat:getFirstRoomMessage", {"rid": "none"})) == "error-invalid-room"


def test_edit_and_delete(agent, served):
    sent = agent.method("sendMessage", {"rid": served.rid, "msg": "typo"})["result"]
    assert "error" not in agent.method("updateMessage", {"_id": sent["_id"], "rid": served.rid, "msg": "right"})
    assert ok(agent.get("chat.getMessage", {"msgId": sent["_id"]}))["message"]["msg"] == "right"
    assert code(agent.method("updateMessage", {"_id": served.said["_id"], "msg": "x"})) == "error-action-not-allowed"
    assert code(agent.method("deleteMessage", {"_id": served.said["_id"]})) == "error-action-not-allowed"
    assert "error" not in agent.method("deleteMessage", {"_id": sent["_id"]})
    assert agent.get("chat.getMessage", {"msgId": sent["_id"]}).status_code == 400


def test_rooms(usherd, admin, agent, served):
    room = agent.method("getRoomByTypeAndName", "l", served.rid)["result"]
    assert room["_id"] == served.rid and "$date" in room["ts"]
    assert code(agent.method("getRoomByTypeAndName", "l", "none")) == "error-invalid-room"
    stranger = make_agent(usherd, admin)
    assert code(stranger.method("getRoomByTypeAndName", "l", served.rid)) == "error-no-permission"
    assert code(stranger.method("joinRoom", served.rid)) == "error-not-allowed"
    assert admin.method("joinRoom", served.rid)["result"] is True
    assert agent.method("hideRoom", served.rid)["result"] == 1
    assert ok(agent.get("subscriptions.getOne", {"roomId": served.rid}))["subscription"]["open"] is False
    assert agent.method("openRoom", served.rid)["result"] == 1
    assert ok(agent.get("subscriptions.getOne", {"roomId": served.rid}))["subscription"]["open"] is True
    assert "error" not in agent.method("readMessages", served.rid)
    assert code(agent.method("readMessages", "none")) == "error-not-allowed"


def test_close(usherd, admin, agent, served):
    assert code(agent.method("livechat:closeRoom", "none", "x")) == "error-invalid-room"
    assert code(make_agent(usherd, admin).method("livechat:closeRoom", served.rid, "x")) == "error-not-authorized"
    assert agent.method("livechat:closeRoom", served.rid, "bye", {"clientAction": True, "tags": ["a"]})["result"] is True
    assert code(agent.method("livechat:closeRoom", served.rid, "bye")) == "room-closed"
    room = ok(agent.get("rooms.info", {"roomId": served.rid}))["room"]
    assert room["tags"] == ["a"] and room["lastMessage"]["t"] in ("command", "livechat-close")


def test_take_and_transfer(usherd, admin, agent, served):
    assert code(agent.method("livechat:takeInquiry", "none")) == "error-not-found"
    assert code(make_user(usherd, admin).method("livechat:takeInquiry", "none")) == "error-not-allowed"
    second = make_agent(usherd, admin)
    assert agent.method("livechat:transfer", {"roomId": served.rid, "userId": second.user_id})["result"] is True
    assert code(agent.method("livechat:transfer", {"roomId": served.rid, "userId": agent.user_id})) == "error-not-authorized"
    assert admin.method("livechat:transfer", {"roomId": served.rid})["result"] is False
    assert code(admin.method("livechat:returnAsInquiry", "none")) == "error-invalid-room"
    assert second.method("livechat:saveInfo", {"_id": served.visitor["_id"], "name": "Via Method"},
                         {"_id": served.rid, "topic": "t"})["result"] is True
    room = ok(admin.get("rooms.info", {"roomId": served.rid}))["room"]
    assert room["topic"] == "t" and room["fname"] == "Via Method"


def test_service_and_routing(usherd, admin, agent):
    assert agent.method("livechat:changeLivechatStatus", {"status": "not-available"})["result"] == 1
    assert "result" not in agent.method("livechat:changeLivechatStatus", {"status": "not-available"})
    assert agent.method("livechat:changeLivechatStatus")["result"] == 1
    assert code(make_user(usherd, admin).method("livechat:changeLivechatStatus")) == "error-not-allowed"
    anon = usherd.rest().method("livechat:getRoutingConfig", anon=True)["result"]
    assert anon == {"previewRoom": False, "showConnecting": False, "showQueue": False, "showQueueLink": True,
                    "returnQueue": False, "enableTriggerAction": True, "autoAssignAgent": True}
    assert agent.method("livechat:getTagsList")["result"] == []


def test_visitors_of_older_widgets(usherd, admin, served, agent):
    anon = usherd.rest()
    data = anon.method("livechat:getAgentData", {"roomId": served.rid, "token": served.token}, anon=True)["result"]
    assert data["username"] == agent.username
    assert code(anon.method("livechat:getAgentData", {"roomId": served.rid, "token": "x"}, anon=True)) == \
        "error-invalid-room"
    assert "result" not in anon.method("livechat:getNextAgent", {"token": served.token}, anon=True)
    assert "username" in anon.method("livechat:getNextAgent", {"token": unique("t")}, anon=True)["result"]


def test_administration(usherd, admin, agent):
    user = make_user(usherd, admin)
    body = dict(enabled=True, name=unique("D"), email="d@example.org", showOnRegistration=False, showOnOfflineForm=False)
    made = admin.method("livechat:saveDepartment", None, body, [{"agentId": agent.user_id, "username": agent.username}])
    department = made["result"]["_id"]
    assert admin.method("livechat:saveDepartmentAgents", department, [])["result"] is True
    assert ok(admin.get("livechat/department/%s/agents" % department))["agents"] == []
    assert "Missing key 'enabled'" in admin.method("livechat:saveDepartment", None, {"name": "x"}, [])["error"]["message"]
    assert code(agent.method("livechat:saveDepartment", None, body, [])) == "error-not-allowed"
    limit = {"maxNumberSimultaneousChat": "3"}
    assert admin.method("livechat:saveAgentInfo", agent.user_id, limit, [department])["result"] is True
    row = ok(admin.get("livechat/users/agent/" + agent.user_id))["user"]
    assert row["livechat"] == {"maxNumberSimultaneousChat": 3}
    links = ok(admin.get("livechat/agents/%s/departments" % agent.user_id))["departments"]
    assert [link["departmentId"] for link in links] == [department]
    assert code(admin.method("livechat:saveAgentInfo", user.user_id, {}, [])) == "error-user-is-not-agent"
    assert admin.method("livechat:removeDepartment", department)["result"] == 1
    assert code(admin.method("livechat:removeDepartment", department)) == "department-not-found"
    for role in ("Agent", "Manager"):
        assert admin.method("livechat:add" + role, user.username)["result"] == {"_id": user.user_id,
                                                                               "username": user.username}
        assert admin.method("livechat:remove" + role, user.username)["result"] is True
        assert code(admin.method("livechat:add" + role, "nobody-at-all")) == "error-invalid-user"
        assert code(agent.method("livechat:add" + role, user.username)) == "error-not-allowed"


def test_integration(admin, agent):
    assert "error" not in admin.method("livechat:saveIntegration", {"Livechat_webhookUrl": "  http://crm.example.org ",
                                                                    "Livechat_webhook_on_start": 1})
    assert ok(admin.get("settings/Livechat_webhookUrl"))["value"] == "http://crm.example.org"
    assert ok(admin.get("settings/Livechat_webhook_on_start"))["value"] is True
    assert "error" not in admin.method("livechat:saveIntegration", {"Livechat_webhookUrl": "",
                                                                    "Livechat_webhook_on_start": False})
    assert code(agent.method("livechat:saveIntegration", {})) == "error-not-allowed"
    assert code(admin.method("livechat:saveAppearance", [{"_id": "Livechat_enabled", "value": 1}])) == "invalid-setting"
    assert code(agent.method("livechat:saveAppearance", [])) == "error-not-allowed"


def test_authorization(usherd, admin):
    user = make_user(usherd, admin)
    assert admin.method("authorization:addUserToRole", "livechat-monitor", user.username)["result"] is True
    ok(user.get("livechat/inquiries.list"))
    assert admin.method("authorization:removeUserFromRole", "livechat-monitor", user.username)["result"] is True
    assert user.get("livechat/inquiries.list").status_code == 403
    right = "view-livechat-facebook"
    assert admin.method("authorization:addPermissionToRole", right, "guest")["result"] is True
    rights = {p["_id"]: p["roles"] for p in ok(admin.get("permissions.listAll"))["update"]}
    assert "guest" in rights[right]
    assert admin.method("authorization:removeRoleFromPermission", right, "guest")["result"] is True
    assert code(user.method("authorization:addPermissionToRole", right, "user")) == "error-action-not-allowed"
    assert admin.method("setUserActiveStatus", user.user_id, False)["result"] is True
    assert user.get("me").status_code == 401


def test_insert_or_update_user(usherd, admin, agent):
    name = unique("new")
    form = {"username": name, "name": "New", "email": name + "@example.org", "password": "first", "roles": ["user"]}
    assert admin.method("insertOrUpdateUser", form)["result"] is True
    made = usherd.rest().login(name, "first")
    assert admin.method("insertOrUpdateUser", {"_id": made.user_id, "name": "Newer", "password": "second"})["result"] is True
    again = usherd.rest().login(name, "second")
    assert ok(again.get("users.info", {"username": name}))["user"]["name"] == "Newer"
    assert code(admin.method("insertOrUpdateUser", form)) == "error-field-unavailable"
    assert code(agent.method("insertOrUpdateUser", dict(form, username=unique("x")))) == "error-action-not-allowed"
    assert code(agent.method("insertOrUpdateUser", {"_id": made.user_id, "name": "x"})) == "error-action-not-allowed"
    assert admin.method("insertOrUpdateUser", None)["error"]["errorType"] == "Match.Error"
