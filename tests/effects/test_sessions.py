"""Sessions: agents who leave, visitors who fall silent, chats on hold, chats nobody answers."""
from people import give, ok
from register import effect
from test_routing import server_of, state_of


def room_of(world, chat):
    return ok(world.admin.get("rooms.info", {"roomId": chat.rid}))["room"]


def is_open(world, chat):
    return room_of(world, chat).get("open", False)


def last_words(world, chat):
    """With what the chat was closed, as its visitor finds it; None while it is open."""
    said = [m["msg"] for m in world.history(chat) if m.get("t") == "livechat-close"]
    return said[-1] if said else None


def say(agent, chat, text="yes?"):
    ok(agent.post("chat.postMessage", {"roomId": chat.rid, "text": text}))


def go(agent, status="offline"):
    ok(agent.post("users.setStatus", {"status": status}))


def place_on_hold(agent, chat):
    return agent.post("livechat/room.onHold", {"roomId": chat.rid})


@effect("Livechat_agent_leave_action", ("none", ("same", True)), ("forward", ("other", True)), ("close", ("same", False)))
def test_Livechat_agent_leave_action(world):
    """Who has the chat of an agent who went offline, and whether it goes on."""
    first, second = world.agent(), world.agent()
    chat = give(world.admin, world.chat(), first)
    yield
    go(first)
    world.advance(61000)
    served_by = room_of(world, chat)["servedBy"]["username"]
    return {first.username: "same", second.username: "other"}[served_by], is_open(world, chat)


@effect("Livechat_agent_leave_action", ("none", [True, True]), ("close", [False, True]))
def test_Livechat_agent_leave_action_back_in_time(world):
    """One agent stays away, one is back after some seconds."""
    agents = [world.agent(), world.agent()]
    chats = [give(world.admin, world.chat(), a) for a in agents]
    yield
    for agent in agents:
        go(agent)
    world.advance(30000)
    go(agents[1], "online")
    world.advance(60000)
    return [is_open(world, c) for c in chats]


@effect("Livechat_agent_leave_action_timeout", (5, [True, False, False]), (60, [True, True, False]), (600, [True] * 3))
def test_Livechat_agent_leave_action_timeout(world):
    """The chat 3, 10 and 70 seconds after its agent went."""
    agent = world.agent()
    chat = give(world.admin, world.chat(), agent)
    world.set(Livechat_agent_leave_action="close")
    yield
    go(agent)
    seen = []
    for seconds in (3, 7, 60):
        world.advance(seconds * 1000)
        seen.append(is_open(world, chat))
    return seen


@effect("Livechat_agent_leave_comment", ("bye", "bye"), ("Sorry, I had to go", "Sorry, I had to go"), ("", ""))
def test_Livechat_agent_leave_comment(world):
    """What the visitor reads at the end."""
    agent = world.agent()
    chat = give(world.admin, world.chat(), agent)
    world.set(Livechat_agent_leave_action="close")
    yield
    go(agent)
    world.advance(61000)
    return last_words(world, chat)


def answered_chat(world, agent):
    chat = give(world.admin, world.chat(), agent)
    say(agent, chat)
    return chat


@effect("Livechat_visitor_inactivity_timeout", (60, [False, True]), (600, [True, True]), (0, [True, True]))
def test_Livechat_visitor_inactivity_timeout(world):
    """Two chats two minutes later: an answered one, and one whose visitor waits for the answer."""
    agent = world.agent()
    answered, waiting = answered_chat(world, agent), give(world.admin, world.chat(), agent)
    world.set(Livechat_abandoned_rooms_action="close")
    yield
    world.advance(121000)
    return [is_open(world, answered), is_open(world, waiting)]


@effect("Livechat_abandoned_rooms_action", ("none", (True, False)), ("on-hold", (True, True)), ("close", (False, False)))
def test_Livechat_abandoned_rooms_action(world):
    """Whether the chat of a silent visitor is open, and on hold."""
    agent = world.agent()
    chat = answered_chat(world, agent)
    world.set(Livechat_visitor_inactivity_timeout=60)
    yield
    world.advance(121000)
    room = room_of(world, chat)
    return room.get("open", False), room.get("onHold", False)


@effect("Livechat_abandoned_rooms_closed_custom_message", ("Gone?", ["Gone?", "Sales says bye"]),
        ("Bye", ["Bye", "Sales says bye"]), ("", ["Closed automatically by the system", "Sales says bye"]))
def test_Livechat_abandoned_rooms_closed_custom_message(world):
    """What silent visitors read; a department's own words come first."""
    agent = world.agent()
    world.set(Livechat_abandoned_rooms_action="close", Livechat_visitor_inactivity_timeout=60)
    yield
    chats = [world.chat()]  # before there is a department it would get into
    sales = world.department(agent, abandonedRoomsCloseCustomMessage="Sales says bye")
    chats.append(world.chat(department=sales["_id"]))
    for chat in chats:
        say(agent, give(world.admin, chat, agent))
    world.advance(121000)
    return [last_words(world, c) for c in chats]


@effect("Livechat_allow_manual_on_hold", (True, [(400, False), (200, True)]), (False, [(400, False), (400, False)]))
def test_Livechat_allow_manual_on_hold(world):
    """Placing a chat on hold before and after the agent has answered."""
    agent = world.agent()
    chat = give(world.admin, world.chat(), agent)
    seen = []
    for _ in range(2):
        code = place_on_hold(agent, chat).status_code
        seen.append((code, room_of(world, chat).get("onHold", False)))
        say(agent, chat)
    return seen


def held_chats(world, n):
    """Answered chats on hold."""
    agent = world.agent()
    world.set(Livechat_allow_manual_on_hold=True)
    chats = [answered_chat(world, agent) for _ in range(n)]
    for chat in chats:
        ok(place_on_hold(agent, chat))
    return chats


@effect("Livechat_auto_close_on_hold_chats_timeout", (10, [False, True]), (100, [True, True]), (0, [True, True]))
def test_Livechat_auto_close_on_hold_chats_timeout(world):
    """Two chats on hold 11 seconds later; the visitor of the second wrote meanwhile."""
    chats = held_chats(world, 2)
    chats[1].rest.say(chats[1].token, chats[1].rid, "here I am")
    world.advance(11000)
    return [is_open(world, c) for c in chats]


@effect("Livechat_auto_close_on_hold_chats_custom_message", ("Too long", "Too long"), ("Bye", "Bye"),
        ("", "Closed automatically by the system"))
def test_Livechat_auto_close_on_hold_chats_custom_message(world):
    """What the visitor reads."""
    world.set(Livechat_auto_close_on_hold_chats_timeout=10)
    yield
    chat = held_chats(world, 1)[0]
    world.advance(11000)
    return last_words(world, chat)


@effect("Livechat_auto_transfer_chat_timeout", (10, [["other", "other"], ["same", "same"]]),
        (20, [["same", "other"], ["same", "same"]]), (0, [["same", "same"]] * 2))
def test_Livechat_auto_transfer_chat_timeout(world):
    """Who has the chat after 11 and after 60 seconds: one that is not answered moves once, an answered one stays."""
    first, second = world.agent(), world.agent()
    seen = []
    for answers in (False, True):
        chat = world.chat()
        agent = {a.username: a for a in (first, second)}[server_of(world, chat)]
        if answers:
            say(agent, chat)
        after = []
        for seconds in (11, 49):
            world.advance(seconds * 1000)
            after.append("same" if server_of(world, chat) == agent.username else "other")
        seen.append(after)
    return seen


@effect("Livechat_auto_transfer_chat_timeout", (10, "queued"), (0, "taken"))
def test_Livechat_auto_transfer_chat_timeout_by_hand(world):
    """Under manual routing it goes back into the queue."""
    world.set(Livechat_Routing_Method="Manual_Selection")
    agent = world.agent()
    yield
    chat = world.chat()
    inquiry = ok(world.admin.get("livechat/inquiries.getOne", {"roomId": chat.rid}))["inquiry"]
    ok(agent.post("livechat/inquiries.take", {"inquiryId": inquiry["_id"]}))
    world.advance(11000)
    return state_of(world, chat)
