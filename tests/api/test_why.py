"""The reason for every decision: /usher/v1/rooms/:rid/why, /usher/v1/agents/:username/why, usher why."""
import json
import os
import subprocess

import pytest

import daemon as support
from own_daemon import admin, usherd  # noqa: F401
from people import Chat, make_agent, make_department, make_user, ok, unique

DEFAULTS = {"Livechat_Routing_Method": "Auto_Selection", "Livechat_waiting_queue": False,
            "Livechat_maximum_chats_per_agent": 0, "Livechat_last_chatted_agent_routing": False,
            "Omnichannel_contact_manager_routing": False, "Livechat_assign_new_conversation_to_bot": False,
            "Livechat_enabled_when_agent_idle": True, "Livechat_enabled": True}


@pytest.fixture
def world(usherd, admin):
    """Settings that a test changes are put back; settings(**values) changes them."""
    yield lambda **values: admin.set(**values)
    admin.set(**DEFAULTS)


def why(client, chat, **query):
    return ok(client.get(f"/usher/v1/rooms/{chat.rid}/why", query))


def texts(client, chat):
    return [s["text"] for s in why(client, chat)["steps"]]


def about(client, agent):
    return ok(client.get(f"/usher/v1/agents/{agent.username}/why"))


def stops(client, agent):
    return [r["rule"] for r in about(client, agent)["rules"] if r["stops"]]


def go(agent, online):
    ok(agent.post("livechat/agent.status", {"status": "available" if online else "not-available"}))


def test_waited_then_assigned(usherd, admin):
    agents = [make_agent(usherd, admin) for _ in range(3)]
    for one in agents:
        go(one, False)
    department = make_department(admin, agents)
    chat = Chat(usherd, department=department["_id"])
    answer = why(admin, chat, all=1)
    assert [s["text"] for s in answer["steps"]] == [f"opened for {department['name']}", "waited: 3 agents not online"]
    now = answer["now"]
    assert now["status"] == "ready" and "0 agents could take it now; left out: 3 agents not online" in now["text"]
    assert {a["username"] for a in now["agents"]} == {a.username for a in agents}
    assert all(a["excludedBy"] == "not-online" and "place" not in a for a in now["agents"])
    go(agents[1], True)
    name = agents[1].username
    assert texts(admin, chat)[2:] == [f"Auto_Selection chose {name} out of 1; left out: 2 agents not online",
                                      f"assigned to {name}"]
    ok(admin.post("livechat/room.forward", {"roomId": chat.rid, "userId": admin.user_id}))
    ok(agents[1].get(f"/usher/v1/agents/{name}/why"))
    ok(chat.rest.post("livechat/room.close", {"rid": chat.rid, "token": chat.token}))
    after = why(admin, chat)
    assert [s["text"] for s in after["steps"]][4:] == ["forwarded by admin to admin", "handed to admin",
                                                       f"closed by {chat.visitor['username']}: Closed by visitor"]
    assert after["open"] is False and "now" not in after
    assert [s["seq"] for s in after["steps"]] == sorted(s["seq"] for s in after["steps"])


def test_the_full_list_is_in_the_order_of_the_method(usherd, admin, world):
    agents = sorted((make_agent(usherd, admin) for _ in range(3)), key=lambda a: a.username)
    department = make_department(admin, agents)
    first = Chat(usherd, department=department["_id"])
    listed = why(admin, first, all="true")["now"]["agents"]
    assert [(a["username"], a["place"]) for a in listed] == [
        (agents[1].username, 1), (agents[2].username, 2), (agents[0].username, 3)]
    step = [s for s in why(admin, first)["steps"] if s["type"] == "routed"][0]
    assert step["detail"]["agent"] == agents[0].user_id
    assert step["detail"]["candidates"] == [a.user_id for a in agents] and step["detail"]["excluded"] == {}


def test_limits_are_named(usherd, admin, world):
    world(Livechat_waiting_queue=True, Livechat_Routing_Method="Load_Balancing", Livechat_maximum_chats_per_agent=1)
    agent = make_agent(usherd, admin)
    department = make_department(admin, [agent])
    one, two = (Chat(usherd, department=department["_id"]) for _ in range(2))
    for _ in range(4):
        usherd.advance(6000)
    queued = f"queued for {department['name']}: the waiting queue hands out one by one"
    assert texts(admin, one)[1:] == [queued, f"Load_Balancing chose {agent.username} out of 1", f"assigned to {agent.username}"]
    refused = f"Load_Balancing chose {agent.username}, who is at the limit (1 of 1): the chat waits"
    assert set(texts(admin, two)[1:]) == {queued, refused}
    assert "waits at place 1 of the queue" in why(admin, two)["now"]["text"]
    queue = [q for q in about(agent, agent)["queues"] if q["department"]][0]
    assert queue["queued"] == 1 and queue["load"] == 1 and queue["limit"] == 1


def test_unchanged_rounds_are_told_once(usherd, admin, world):
    world(Livechat_waiting_queue=True)
    agent = make_agent(usherd, admin)
    go(agent, False)
    chat = Chat(usherd, department=make_department(admin, [agent])["_id"])
    for _ in range(5):
        usherd.advance(6000)
    assert texts(admin, chat).count("waited: 1 agent not online") == 1
    go(agent, True)
    for _ in range(3):
        usherd.advance(6000)
    assert texts(admin, chat)[-1] == f"assigned to {agent.username}"


def test_preset_agents(usherd, admin, world):
    world(Livechat_last_chatted_agent_routing=True)
    first, other = make_agent(usherd, admin), make_agent(usherd, admin)
    department = make_department(admin, [first])
    chat = Chat(usherd, department=department["_id"])
    ok(chat.rest.post("livechat/room.close", {"rid": chat.rid, "token": chat.token}))
    chat.rid = chat.rest.room(chat.token)["_id"]
    assert texts(admin, chat)[1:] == [f"{first.username} comes first: the last agent", f"assigned to {first.username}"]
    ok(chat.rest.post("livechat/room.close", {"rid": chat.rid, "token": chat.token}))
    go(first, False)
    ok(admin.put(f"livechat/department/{department['_id']}", {
        "department": {k: department[k] for k in ("name", "email", "enabled", "showOnRegistration", "showOnOfflineForm")},
        "agents": [{"agentId": other.user_id, "username": other.username, "count": 0, "order": 0}]}))
    chat.rid = chat.rest.room(chat.token)["_id"]
    assert texts(admin, chat)[1] == f"{first.username} was passed over: the last agent, but not online"
    assert texts(admin, chat)[-1] == f"assigned to {other.username}"


def test_manual_priority_and_return(usherd, admin, world):
    world(Livechat_Routing_Method="Manual_Selection")
    agent = make_agent(usherd, admin)
    department = make_department(admin, [agent])
    name = unique("Urgent")
    priority = admin.method("livechat:savePriority", None, {"name": name, "description": "", "dueTimeInMinutes": "4713"})
    chat = Chat(usherd, department=department["_id"])
    ok(admin.post("livechat/room.saveInfo", {"guestData": {"_id": chat.visitor["_id"]},
                                             "roomData": {"_id": chat.rid, "priorityId": priority["result"]["_id"]}}))
    inquiry = ok(agent.get("livechat/inquiries.getOne", {"roomId": chat.rid}))["inquiry"]
    ok(agent.post("livechat/inquiries.take", {"inquiryId": inquiry["_id"]}))
    assert agent.method("livechat:returnAsInquiry", chat.rid)["result"] is True
    queued = f"queued for {department['name']}: agents take chats themselves"
    assert texts(admin, chat) == [
        f"opened for {department['name']}", queued, f"the priority {name} was given by admin", f"taken by {agent.username}",
        f"returned to the queue by {agent.username}", "back to waiting", queued]
    assert stops(agent, agent) == ["manual"]


def test_fallback(usherd, admin):
    agent, nobody = make_agent(usherd, admin), make_agent(usherd, admin)
    go(nobody, False)
    second = make_department(admin, [agent])
    first = make_department(admin, [nobody], fallbackForwardDepartment=second["_id"])
    chat = Chat(usherd, department=first["_id"])
    assert texts(admin, chat)[1] == f"moved on to {second['name']}: nobody serves {first['name']}"


def test_why_an_agent_gets_none(usherd, admin, world):
    agents = sorted((make_agent(usherd, admin) for _ in range(5)), key=lambda a: a.username)
    department = make_department(admin, agents)
    last = agents[4]
    assert stops(last, last) == []
    queue = [q for q in about(last, last)["queues"] if q["department"]][0]
    assert queue["department"]["name"] == department["name"] and queue["place"] == 5 and queue["candidates"] == 5
    assert queue["ahead"] == [a.username for a in agents[:3]] and "and 1 more" in queue["text"]
    go(last, False)
    assert stops(last, last) == ["not-available"]
    go(last, True)
    world(Livechat_enabled_when_agent_idle=False)
    ok(last.post("users.setStatus", {"status": "offline"}))
    assert stops(admin, last) == ["offline"]
    ok(last.post("users.setStatus", {"status": "online"}))
    assert stops(admin, last) == []
    world(Livechat_enabled=False)
    assert stops(admin, last) == ["disabled"]
    visitor_side = make_user(usherd, admin, ("user", "livechat-manager"))
    assert "no-agent" in stops(admin, visitor_side)


def test_who_may_ask(usherd, admin):
    agent, mate, other = (make_agent(usherd, admin) for _ in range(3))
    go(mate, False)
    chat = Chat(usherd, department=make_department(admin, [agent, mate])["_id"])
    assert why(agent, chat)["steps"]
    assert [a["username"] for a in why(agent, chat, all=1)["now"]["agents"]] == [agent.username]
    assert len(why(admin, chat, all=1)["now"]["agents"]) == 2
    assert other.get(f"/usher/v1/rooms/{chat.rid}/why").status_code == 403
    assert other.get(f"/usher/v1/agents/{agent.username}/why").status_code == 403
    assert other.get("/usher/v1/agents/nobody-at-all/why").status_code == 403
    assert admin.get("/usher/v1/agents/nobody-at-all/why").status_code == 404
    assert admin.get("/usher/v1/rooms/nothing/why").status_code == 404
    assert make_user(usherd, admin).get(f"/usher/v1/rooms/{chat.rid}/why").status_code == 403


def test_monitors_ask_about_their_units(usherd, admin):
    monitor, mine, theirs = make_user(usherd, admin, ("user", "livechat-monitor")), make_agent(usherd, admin), make_agent(usherd, admin)
    inside, outside = make_department(admin, [mine]), make_department(admin, [theirs])
    unit = ok(admin.post("livechat/units", {"unitData": {"name": "U " + mine.username, "visibility": "public"},
                                            "unitMonitors": [{"monitorId": monitor.user_id, "username": monitor.username}],
                                            "unitDepartments": [{"departmentId": inside["_id"]}]}))
    chats = [Chat(usherd, department=d["_id"]) for d in (inside, outside)]
    asked = [monitor.get(f"/usher/v1/rooms/{c.rid}/why").status_code for c in chats]
    assert asked == [200, 403]
    asked = [monitor.get(f"/usher/v1/agents/{a.username}/why").status_code for a in (mine, theirs)]
    assert asked == [200, 403]
    admin.delete(f"livechat/units/{unit['_id']}")


def run(usherd, home, *args, code=0):
    home.joinpath("run").mkdir(mode=0o700, exist_ok=True)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("USHER_", "XDG_"))}
    env.update(HOME=str(home), XDG_RUNTIME_DIR=str(home / "run"), LC_ALL="C.UTF-8", TZ="UTC")
    done = subprocess.run([support.program("usher"), "why", *args, "-s", usherd.socket_path], capture_output=True, text=True,
                          env=env, timeout=60, check=False)
    assert done.returncode == code, (done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr


@pytest.fixture
def embedded(start):
    daemon = start("--embedded", env={"USHER_RATE_LIMITS": "off"})
    daemon.admin().set(Livechat_accept_chats_with_no_agents=True)
    return daemon


def test_command_line(embedded, tmp_path):
    boss = embedded.admin()
    agent = make_agent(embedded, boss)
    department = make_department(boss, [agent])
    chat = Chat(embedded, department=department["_id"])
    lines = run(embedded, tmp_path, chat.rid, "--all").splitlines()
    assert len(lines[0]) == 10 and lines[1][2] == ":" and lines[1].endswith("opened for " + department["name"])
    assert lines[2].endswith(f"Auto_Selection chose {agent.username} out of 1") and lines[3].endswith(agent.username)
    assert lines[4].split()[:2] == ["1.", agent.username] and lines[4].endswith("1 chats")
    assert json.loads(run(embedded, tmp_path, chat.rid, "--json"))["steps"][0]["type"] == "room-opened"
    told = run(embedded, tmp_path, "--agent", agent.username)
    assert "he is available" in told and department["name"] + ": 0 chats wait; he is number 1 of 1 candidates" in told
    assert "room-not-found" in run(embedded, tmp_path, "nothing", code=1)
    assert "takes the id of one chat" in run(embedded, tmp_path, "a", "b", code=1)
    assert "usage: usher why" in run(embedded, tmp_path, code=1)
    assert "usage: usher why" in run(embedded, tmp_path, "--help")


def test_words_of_others_do_not_move_the_cursor(embedded, tmp_path):
    boss = embedded.admin()
    agent = make_agent(embedded, boss)
    chat = Chat(embedded)
    ok(boss.post("livechat/room.forward", {"roomId": chat.rid, "userId": agent.user_id, "comment": "x\x1b[2J\x9b31m\ny"}))
    told = run(embedded, tmp_path, chat.rid)
    assert "to " + agent.username + ": x" in told and "\x1b" not in told and "\x9b" not in told
