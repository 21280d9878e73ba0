"""On hold, forwarding along fallbacks, what agents and visitors hear of it, and all of it over a restart (rest 5.2, 15.4;
behaviour 16, 18)."""
import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import Chat, coded, give, make_agent, make_department, make_user, ok, plain


@pytest.fixture(autouse=True)
def manual_hold(admin):
    admin.set(Livechat_allow_manual_on_hold=True)


@pytest.fixture
def agent(usherd, admin):
    return make_agent(usherd, admin)


@pytest.fixture
def served(usherd, admin, agent):
    return give(admin, Chat(usherd), agent)


def say(agent, chat, text="yes?"):
    ok(agent.post("chat.postMessage", {"roomId": chat.rid, "text": text}))


def hold(client, chat):
    return client.post("livechat/room.onHold", {"roomId": chat.rid})


def resume(client, chat):
    return client.method("livechat:resumeOnHold", chat.rid, {"clientAction": True})


def room_of(admin, chat):
    return ok(admin.get("rooms.info", {"roomId": chat.rid}))["room"]


def of_type(chat, kind, rest=None):
    """Messages of that type; rest: another client than the one the chat began with."""
    answer = (rest or chat.rest).get("livechat/messages.history/" + chat.rid, {"token": chat.token, "limit": 100})
    return [m for m in ok(answer)["messages"] if m.get("t") == kind]


def close(admin, chat):
    ok(admin.post("livechat/room.closeByUser", {"rid": chat.rid, "comment": "done"}))


def test_place_on_hold(usherd, admin, agent, served):
    plain(agent.post("livechat/room.onHold", {}), "Invalid room Id")
    plain(agent.post("livechat/room.onHold", {"roomId": "  "}), "Invalid room Id")
    plain(agent.post("livechat/room.onHold", {"roomId": "none"}), "Invalid room Id")
    plain(hold(agent, served), "You cannot place chat on-hold, when the Contact has sent the last message")
    say(agent, served)
    stranger = make_agent(usherd, admin)
    plain(hold(stranger, served), "Not authorized")
    assert hold(make_user(usherd, admin), served).status_code == 403
    ok(hold(agent, served))
    plain(hold(agent, served), "Room is already On-Hold")
    room = room_of(admin, served)
    assert room["onHold"] is True and room["open"] is True and room["servedBy"]["_id"] == agent.user_id
    subscription = ok(agent.get("subscriptions.getOne", {"roomId": served.rid}))["subscription"]
    assert subscription["onHold"] is True
    message = of_type(served, "omnichannel_placed_chat_on_hold")[0]
    assert message["comment"] == "The chat was manually placed On Hold by Name of " + agent.username
    assert message["msg"] == "" and message["u"]["username"] == agent.username
    rooms = ok(admin.get("livechat/rooms", {"onhold": "true"}))["rooms"]
    assert served.rid in [r["_id"] for r in rooms]
    plain(admin.post("livechat/room.forward", {"roomId": served.rid, "userId": stranger.user_id}), "error-room-onHold")
    assert agent.method("livechat:returnAsInquiry", served.rid)["error"]["error"] == "error-room-onHold"
    close(admin, served)
    plain(hold(agent, served), "Room cannot be placed on hold after being closed")


def test_a_manager_places_chats_of_others(admin, agent, served):
    say(agent, served)
    ok(hold(admin, served))
    assert room_of(admin, served)["onHold"] is True


def test_placing_by_hand_is_switched_off(admin, agent, served):
    say(agent, served)
    admin.set(Livechat_allow_manual_on_hold=False)
    plain(hold(agent, served), "Placing chats on hold by hand is not allowed here")
    assert "onHold" not in room_of(admin, served)


def test_resume_by_agent(usherd, admin, agent, served):
    assert resume(agent, served)["error"]["error"] == "room-closed"
    say(agent, served)
    ok(hold(agent, served))
    assert resume(make_agent(usherd, admin), served)["error"]["error"] == "error-not-allowed"
    assert agent.method("livechat:resumeOnHold", "none", {})["error"]["error"] == "error-invalid-room"
    ok(agent.post("users.setStatus", {"status": "online"}))
    assert "error" not in resume(agent, served)
    assert "onHold" not in room_of(admin, served)
    message = of_type(served, "omnichannel_on_hold_chat_resumed")[0]
    assert message["comment"] == "The chat was manually resumed from On Hold by Name of " + agent.username


def test_resume_of_an_agent_who_is_gone(admin, agent, served):
    say(agent, served)
    ok(hold(agent, served))
    assert "error" not in agent.method("livechat:changeLivechatStatus", {"status": "not-available"})
    assert resume(admin, served)["error"]["error"] == "error-agent-status-service-offline"
    assert room_of(admin, served)["onHold"] is True
    served.rest.say(served.token, served.rid, "hello?")
    room = room_of(admin, served)
    assert "onHold" not in room and room["servedBy"]["_id"] != agent.user_id  # somebody else of this server
    message = of_type(served, "omnichannel_on_hold_chat_resumed")[0]
    assert message["u"]["username"] == "rocket.cat" and "upon receiving a new message from" in message["comment"]


def test_agents_hear_of_it(admin, agent, served, ddp):
    say(agent, served)
    line = ddp()
    line.login(agent.token)
    subscriptions, rooms = agent.user_id + "/subscriptions-changed", agent.user_id + "/rooms-changed"
    for event in (subscriptions, rooms):
        assert line.sub("notify-user", event)["msg"] == "ready"
    ok(hold(agent, served))
    for event in (subscriptions, rooms):
        assert line.event("notify-user", event, lambda a: a[1].get("onHold"))[0] == "updated"
    served.rest.say(served.token, served.rid, "here")
    line.event("notify-user", subscriptions, lambda a: a[1].get("rid") == served.rid and "onHold" not in a[1])


def test_fallbacks(usherd, admin, agent, served):
    helper = make_agent(usherd, admin)
    last = make_department(admin, [helper])
    first = make_department(admin, [], fallbackForwardDepartment=last["_id"])
    ok(admin.post("livechat/room.forward", {"roomId": served.rid, "departmentId": first["_id"], "comment": "please"}))
    room = room_of(admin, served)
    assert room["servedBy"]["_id"] == helper.user_id and room["departmentId"] == last["_id"]
    data = of_type(served, "livechat_transfer_history_fallback")[0]["transferData"]
    assert data["prevDepartment"] == first["name"] and data["department"]["name"] == last["name"]
    transfers = ok(admin.get("livechat/transfer.history/" + served.rid))["history"]
    assert transfers[-1]["nextDepartment"]["_id"] == last["_id"] and transfers[-1]["comment"] == "please"
    empty = make_department(admin, [])
    assert admin.post("livechat/room.forward", {"roomId": served.rid, "departmentId": empty["_id"]}).json() == {
        "success": False}


def test_allowed_targets(usherd, admin, agent):
    target, other = make_department(admin, [make_agent(usherd, admin)]), make_department(admin, [make_agent(usherd, admin)])
    source = make_department(admin, [agent], departmentsAllowedToForward=target["_id"])
    chat = Chat(usherd, department=source["_id"])
    coded(admin.post("livechat/room.forward", {"roomId": chat.rid, "departmentId": other["_id"]}),
          "error-forwarding-department-target-not-allowed")
    ok(admin.post("livechat/room.forward", {"roomId": chat.rid, "departmentId": target["_id"]}))


def test_a_full_agent(usherd, admin, agent, served):
    """The limit is told to people; programs get a plain no."""
    full = make_agent(usherd, admin)
    give(admin, Chat(usherd), full)
    body = {"roomId": served.rid, "userId": full.user_id}
    admin.set(Livechat_waiting_queue=True, Livechat_maximum_chats_per_agent=1)
    coded(admin.post("livechat/room.forward", {**body, "clientAction": True}),
          "error-max-number-simultaneous-chats-reached")
    assert admin.post("livechat/room.forward", body).json() == {"success": False}
    assert admin.method("livechat:transfer", body)["result"] is False
    admin.set(Livechat_waiting_queue=False, Livechat_maximum_chats_per_agent=0)


def test_a_lost_connection(start):
    """An agent whose connection breaks and comes back in time keeps his chats; one who stays away does not."""
    usherd = start()
    admin = usherd.admin()
    agent = make_agent(usherd, admin)
    admin.set(Livechat_agent_leave_action="close", Livechat_agent_leave_action_timeout=30)
    watcher = usherd.ddp()
    watcher.login(admin.token)
    watcher.sub("notify-logged", "user-status")

    def connect():
        line = usherd.ddp()
        line.login(agent.token)
        status(1)
        return line

    def status(number):
        watcher.event("notify-logged", "user-status", lambda a: a[0][0] == agent.user_id and a[0][2] == number)

    ok(agent.post("users.setStatus", {"status": "online"}))
    status(1)
    line = usherd.ddp()
    line.login(agent.token)
    chat = give(admin, Chat(usherd), agent)
    line.close()
    status(0)
    usherd.advance(20000)
    line = connect()
    usherd.advance(60000)
    assert room_of(admin, chat)["open"] is True
    line.close()
    status(0)
    usherd.advance(31000)
    assert "open" not in room_of(admin, chat)
    watcher.close()


def test_over_a_restart(start):
    """Each deadline comes once, whatever the process that comes to it."""
    usherd = start()
    admin = usherd.admin()
    admin.set(Livechat_allow_manual_on_hold=True, Livechat_auto_close_on_hold_chats_timeout=30,
              Livechat_auto_transfer_chat_timeout=100, Livechat_abandoned_rooms_action="close",
              Livechat_visitor_inactivity_timeout=300, Livechat_agent_leave_action="close",
              Livechat_agent_leave_action_timeout=900)
    agents = {a.username: a for a in (make_agent(usherd, admin), make_agent(usherd, admin))}
    chats = [Chat(usherd) for _ in range(3)]
    held, silent, quiet = chats
    owner = {c.rid: agents[room_of(admin, c)["servedBy"]["username"]] for c in chats}
    for chat in (held, silent):
        say(owner[chat.rid], chat)
    ok(hold(owner[held.rid], held))
    predicted = room_of(admin, silent)["omnichannel"]["predictedVisitorAbandonmentAt"]
    assert room_of(admin, quiet)["autoTransferOngoing"] is True

    def restart():
        assert usherd.stop() == 0
        usherd.start()
        return usherd.admin()

    admin = restart()
    assert room_of(admin, held)["onHold"] is True
    assert room_of(admin, silent)["omnichannel"]["predictedVisitorAbandonmentAt"] == predicted
    usherd.advance(31000)
    assert "open" not in room_of(admin, held)
    assert room_of(admin, quiet)["servedBy"]["username"] == owner[quiet.rid].username
    usherd.advance(75000)
    room = room_of(admin, quiet)
    assert room["servedBy"]["username"] != owner[quiet.rid].username and room["autoTransferredAt"]
    assert len(of_type(quiet, "livechat_transfer_history", admin)) == 1
    usherd.advance(300000)
    assert "open" not in room_of(admin, silent)
    admin = restart()  # the clock is that of the machine again
    usherd.advance(400000)
    assert len(of_type(quiet, "livechat_transfer_history", admin)) == 1
    assert room_of(admin, quiet)["open"] is True
    usherd.advance(2000000)  # nobody has been there since the first restart
    assert "open" not in room_of(admin, quiet)
    assert len(of_type(quiet, "livechat-close", admin)) == 1
