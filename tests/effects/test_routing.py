"""Queue Management and Routing: who gets a chat and when, what waiting visitors hear."""
from people import ok
from register import effect
from world import outcome


def server_of(world, chat):
    """The username of who serves the chat, or None."""
    room = ok(world.admin.get("rooms.info", {"roomId": chat.rid}))["room"]
    return room.get("servedBy", {}).get("username")


def names(world, chats, agents):
    """Who serves each chat, as the number of the agent."""
    known = {a.username: i for i, a in enumerate(agents)}
    return [known.get(server_of(world, chat)) for chat in chats]


def agents_by_name(world, n):
    return sorted((world.agent() for _ in range(n)), key=lambda a: a.username)


def state_of(world, chat):
    inquiry = ok(world.admin.get("livechat/inquiries.getOne", {"roomId": chat.rid}))["inquiry"]
    return inquiry["status"] if inquiry else None


def close(chat):
    ok(chat.rest.post("livechat/room.close", {"rid": chat.rid, "token": chat.token}))


def after(world, seconds, *chats):
    """Which of the chats somebody serves before and after so many seconds."""
    before = [server_of(world, c) is not None for c in chats]
    world.advance(seconds * 1000)
    return before, [server_of(world, c) is not None for c in chats]


@effect("Livechat_Routing_Method",
        ("Auto_Selection", [0, 1, 0, 1, 0]), ("Load_Balancing", [0, 1, 0, 0, 1]), ("Load_Rotation", [0, 1, 0, 1, 0]),
        ("Manual_Selection", [None] * 5))
def test_Livechat_Routing_Method(world):
    """Five chats; before the fourth the first agent has closed his, and so has the fewest. Under rotation and
    selection that changes nothing."""
    agents = agents_by_name(world, 2)
    chats = [world.chat() for _ in range(3)]
    served = names(world, chats, agents)
    for chat in (chats[0], chats[2]):
        close(chat)
    chats = [world.chat() for _ in range(2)]
    return served + names(world, chats, agents)


@effect("Livechat_Routing_Method", ("Auto_Selection", [2, 2]), ("Load_Rotation", [2, 0]))
def test_Livechat_Routing_Method_newcomer(world):
    """Who comes later: by the chats so far he has to catch up, in a rotation one turn is his."""
    agents = agents_by_name(world, 2)
    for _ in range(4):
        world.chat()
    agents.append(world.agent())
    return names(world, [world.chat(), world.chat()], agents)


@effect("Livechat_waiting_queue", (True, ("queued", [[False], [True]])), (False, ("taken", [[True], [True]])))
def test_Livechat_waiting_queue(world):
    """Whether a chat lines up although somebody is free."""
    world.agent()
    chat = world.chat()
    return state_of(world, chat), [*after(world, 6, chat)]


@effect("Omnichannel_queue_delay_timeout",
        (3, [[False, False], [True, False], [True, True]]), (8, [[False, False], [False, False], [True, False]]),
        (0, [[False, False], [False, False], [True, True]]))
def test_Omnichannel_queue_delay_timeout(world):
    """Two chats after 4 and after 11 seconds: one is served a delay; less than 1 is 5."""
    world.set(Livechat_waiting_queue=True)
    world.agent()
    chats = [world.chat(), world.chat()]
    before, four = after(world, 4, *chats)
    return [before, four, after(world, 7, *chats)[1]]


@effect("Livechat_maximum_chats_per_agent", (1, [[True, False, False], 400]), (2, [[True, True, False], 400]),
        (0, [[True, True, True], None]))
def test_Livechat_maximum_chats_per_agent(world):
    """Three chats for one agent; what waits then cannot be taken either."""
    world.set(Livechat_waiting_queue=True)
    agent = world.agent()
    chats = [world.chat() for _ in range(3)]
    served = after(world, 30, *chats)[1]
    waiting = [c for c, is_served in zip(chats, served) if not is_served]
    if not waiting:
        return [served, None]
    inquiry = ok(world.admin.get("livechat/inquiries.getOne", {"roomId": waiting[0].rid}))["inquiry"]
    return [served, agent.post("livechat/inquiries.take", {"inquiryId": inquiry["_id"]}).status_code]


def queue_info(world, chat):
    return world.config(token=chat.token).get("queueInfo")


@effect("Omnichannel_calculate_dispatch_service_queue_statistics", (True, ([1, 2], True)), (False, ([None, None], False)))
def test_Omnichannel_calculate_dispatch_service_queue_statistics(world):
    """Whether waiting visitors learn their place, by asking and by the stream."""
    world.set(Livechat_waiting_queue=True, Livechat_Routing_Method="Manual_Selection")
    world.agent()
    chats = [world.chat(), world.chat()]
    line = world.ddp()
    line.sub("livechat-room", chats[1].rid, chats[1].token)
    world.advance(2000)
    told = line.has(lambda f: f.get("msg") == "changed" and f["fields"]["args"][0].get("type") == "queueData")
    return [(queue_info(world, c) or {}).get("spot") for c in chats], told


@effect("Livechat_waiting_queue_message", ("Soon!", ("Soon!", "Sales!")), ("Hold on", ("Hold on", "Sales!")))
def test_Livechat_waiting_queue_message(world):
    """What waits with the place; a department's own text wins."""
    world.set(Livechat_waiting_queue=True, Livechat_Routing_Method="Manual_Selection")
    agent = world.agent()
    plain = world.chat()
    sales = world.department(agent, waitingQueueMessage="Sales!")
    special = world.chat(department=sales["_id"])
    texts = [queue_info(world, c)["message"]["text"] for c in (plain, special)]
    return tuple(texts)


@effect("Livechat_number_most_recent_chats_estimate_wait_time", (1, 100), (2, 200), (0, None))
def test_Livechat_number_most_recent_chats_estimate_wait_time(world):
    """Chats of 300 and then 100 seconds have ended: the average of the latest one, of both, or no estimate."""
    world.agent()
    for seconds in (300, 100):
        chat = world.chat()
        world.advance(seconds * 1000)
        close(chat)
    world.set(Livechat_waiting_queue=True, Livechat_Routing_Method="Manual_Selection")
    yield
    info = queue_info(world, world.chat())
    estimate = info.get("estimatedWaitTimeSeconds")
    return estimate if estimate is None else round(estimate, -1)


@effect("Livechat_max_queue_wait_time", (1, [True, False]), (3, [True, True]), (-1, [True, True]))
def test_Livechat_max_queue_wait_time(world):
    """Is a chat nobody takes still open after half a minute, after one and a half?"""
    world.set(Livechat_Routing_Method="Manual_Selection")
    world.agent()
    chat = world.chat()
    out = []
    for _ in range(2):
        world.advance(45000)
        out.append(ok(world.admin.get("rooms.info", {"roomId": chat.rid}))["room"].get("open", False))
    return out


@effect("Livechat_accept_chats_with_no_agents", (True, (True, 200)), (False, (False, "no-agent-online")))
def test_Livechat_accept_chats_with_no_agents(world):
    """With nobody there: what the widget hears, and whether a chat begins."""
    rest = world.rest()
    rest.visitor("vera", name="Vera")
    return world.config()["online"], outcome(rest.get("livechat/room", {"token": "vera"}))


@effect("Livechat_assign_new_conversation_to_bot", (True, True), (False, False))
def test_Livechat_assign_new_conversation_to_bot(world):
    """Does the bot get a chat that lines up for people?"""
    world.set(Livechat_waiting_queue=True)
    world.agent()
    bot = world.agent("bot")
    return server_of(world, world.chat()) == bot.username


@effect("Livechat_last_chatted_agent_routing", (True, [True, True]), (False, [True, False]))
def test_Livechat_last_chatted_agent_routing(world):
    """A visitor who comes back: is it the agent he had, although it is another's turn?"""
    agents = agents_by_name(world, 2)
    chat = world.chat()
    first = server_of(world, chat)
    close(chat)
    chat.rid = chat.rest.room(chat.token)["_id"]
    return [first == agents[0].username, server_of(world, chat) == agents[0].username]


@effect("Omnichannel_contact_manager_routing", (True, True), (False, False))
def test_Omnichannel_contact_manager_routing(world):
    """A visitor whose contact manager is the second agent."""
    agents = agents_by_name(world, 2)
    rest = world.rest()
    visitor = rest.visitor("vera", name="Vera")
    ok(world.admin.post("omnichannel/contact", {"_id": visitor["_id"], "token": "vera", "name": "Vera",
                                                "contactManager": {"username": agents[1].username}}))
    room = rest.room("vera")
    return ok(world.admin.get("rooms.info", {"roomId": room["_id"]}))["room"]["servedBy"]["username"] == agents[1].username
