"""The section usher: routing beyond the guide."""
from people import ok
from register import effect
from test_routing import after, agents_by_name, close, names, server_of
from world import outcome


def manual(world):
    world.set(Livechat_Routing_Method="Manual_Selection")
    return world.agent()


def place(world, token):
    """The place in the queue, as the visitor hears it."""
    return (world.config(token=token).get("queueInfo") or {}).get("spot")


@effect("Livechat_Routing_Method", ("Auto_Selection", [0, 1, 0, 1, 0]), ("Longest_Idle", [0, 1, 0, 1, 1]))
def test_Livechat_Routing_Method_idle(world):
    """The second agent closed his first chat and has nothing to do: it is the other's turn, but he is idle."""
    agents = agents_by_name(world, 2)
    chats = [world.chat() for _ in range(3)]
    served = names(world, chats, agents)
    close(chats[1])
    world.advance(1000)
    chats = [world.chat()]
    close(chats[0])
    chats.append(world.chat())
    return served + names(world, [chats[0]], agents) + names(world, [chats[1]], agents)


@effect("Usher_queue_ageing", (60, [1, 2]), (0, [2, 1]))
def test_Usher_queue_ageing(world):
    """The places of a chat that has waited for two hours and of one that has just come with a priority."""
    world.set(Livechat_waiting_queue=True)
    manual(world)
    world.admin.method("livechat:savePriority", None, {"name": "soon", "dueTimeInMinutes": "30"})
    early = world.chat()
    world.advance(7200 * 1000)
    rest = world.rest()
    rest.visitor("vera", name="Vera")
    ok(rest.get("livechat/room", {"token": "vera", "priority": "soon"}))
    return [place(world, early.token), place(world, "vera")]


@effect("Usher_queue_weights", (True, [2, 3]), (False, [3, 2]))
def test_Usher_queue_weights(world):
    """Five rounds of the worker: how many chats of a plain and of a weighty department are served."""
    world.set(Livechat_waiting_queue=True, Omnichannel_queue_delay_timeout=60)
    agent = world.agent()
    plain, heavy = world.department(agent), world.department(agent, usherQueueWeight=3)
    chats = {d["_id"]: [] for d in (plain, heavy)}
    for _ in range(4):
        for d in chats:
            chats[d].append(world.chat(department=d))
    world.advance(5 * 60000 + 1000)
    return [sum(server_of(world, c) is not None for c in group) for group in chats.values()]


@effect("Usher_max_queue_length", (1, [200, "no-agent-online"]), (2, [200, 200]), (0, [200, 200]))
def test_Usher_max_queue_length(world):
    """Two visitors begin a chat while nobody takes any."""
    manual(world)
    out = []
    for name in ("vera", "viktor"):
        rest = world.rest()
        rest.visitor(name, name=name)
        out.append(outcome(rest.get("livechat/room", {"token": name})))
    return out


@effect("Usher_queue_full_action", ("refuse", (True, None)), ("offline", (False, None)), ("fallback", (True, True)))
def test_Usher_queue_full_action(world):
    """The queue of a department is full: is its widget online, does the next chat land in the fallback department?"""
    world.set(Usher_max_queue_length=1)
    agent = manual(world)
    spare = world.department(agent)
    sales = world.department(agent, fallbackForwardDepartment=spare["_id"])
    world.chat(department=sales["_id"])
    rest = world.rest()
    rest.visitor("vera", name="Vera", department=sales["_id"])
    online = world.config(department=sales["_id"])["online"]
    answer = rest.get("livechat/room", {"token": "vera"})
    if answer.status_code != 200:
        return online, None
    return online, answer.json()["room"]["departmentId"] == spare["_id"]


@effect("Usher_last_agent_hours", (2, [True, False]), (0, [True, True]))
def test_Usher_last_agent_hours(world):
    """A visitor comes back after one hour, and again after three: to the agent he had first?"""
    world.set(Livechat_last_chatted_agent_routing=True)
    agents = agents_by_name(world, 2)
    chat, out = world.chat(), []
    for hours in (1, 3):
        close(chat)
        world.advance(hours * 3600 * 1000)
        chat.rid = chat.rest.room(chat.token)["_id"]
        out.append(server_of(world, chat) == agents[0].username)
    return out


# --- who fits ---

def skilled(world, agent, skills):
    ok(world.admin.post("/usher/v1/agents/" + agent.user_id, {"skills": skills}))


def field(world, name):
    """A custom field of visitors."""
    world.admin.method("livechat:saveCustomField", None, {
        "field": name, "label": name, "scope": "visitor", "visibility": "visible", "regexp": "", "searchable": False})


def begin(world, token, data=None, department=None):
    """Starts a chat of a visitor; gives who serves it."""
    rest = world.rest()
    more = {"department": department} if department else {}
    rest.visitor(token, name=token, **more)
    for key, value in (data or {}).items():
        ok(rest.post("livechat/custom.field", {"token": token, "key": key, "value": value, "overwrite": True}))
    room = ok(rest.get("livechat/room", {"token": token}))["room"]
    return ok(world.admin.get("rooms.info", {"roomId": room["_id"]}))["room"]


def username(room):
    return room.get("servedBy", {}).get("username")


@effect("Usher_skills", ("german, tax", [1, 1]), ("", [0, 1]), ("tax", [0, 1]))
def test_Usher_skills(world):
    """Two chats of a department that needs German, which the second agent speaks: who gets them?"""
    agents = agents_by_name(world, 2)
    skilled(world, agents[1], "German")
    sales = world.department(*agents, usherSkills="german")
    return names(world, [world.chat(department=sales["_id"]) for _ in range(2)], agents)


@effect("Usher_skills_field", ("language", [1, 1]), ("", [0, 1]))
def test_Usher_skills_field(world):
    """Two visitors whose field says German, which the second agent speaks."""
    world.set(Usher_skills="german")
    field(world, "language")
    agents = agents_by_name(world, 2)
    skilled(world, agents[1], "german")
    known = [a.username for a in agents]
    rooms = [begin(world, name, {"language": "german"}) for name in ("vera", "viktor")]
    return [known.index(username(r)) for r in rooms]


@effect("Usher_skills_relax_after", (60, [False, True]), (600, [False, False]), (0, [False, False]))
def test_Usher_skills_relax_after(world):
    """Nobody speaks Greek: is the chat served after one minute?"""
    world.set(Usher_skills="greek")
    world.set(Usher_offer_chats=False)
    agent = world.agent()
    d = world.department(agent, usherSkills="greek")
    chat = world.chat(department=d["_id"])
    return [x[0] for x in after(world, 61, chat)]


@effect("Usher_tier_wait", (60, [[0, None], [0, 1]]), (0, [[0, 1], [0, 1]]))
def test_Usher_tier_wait(world):
    """Agents of order 0 and 1 with one chat each at most: two chats, at once and after a minute."""
    world.set(Livechat_maximum_chats_per_agent=1)
    agents = agents_by_name(world, 2)
    d = world.department()
    ok(world.admin.post("livechat/department/%s/agents" % d["_id"], {
        "upsert": [{"agentId": a.user_id, "username": a.username, "count": 0, "order": i} for i, a in enumerate(agents)],
        "remove": []}))
    chats = [world.chat(department=d["_id"]) for _ in range(2)]
    before = names(world, chats, agents)
    world.advance(61000)
    return [before, names(world, chats, agents)]


# --- how much ---

def three_chats(world):
    """Of the three, which are served?"""
    return [server_of(world, world.chat()) is not None for _ in range(3)]


@effect("Usher_channel_weights", ("api=2", [True, True, False]), ("widget=2", [True, True, True]), ("", [True, True, True]))
def test_Usher_channel_weights(world):
    """Three chats by the interface for an agent with a limit of four."""
    world.set(Livechat_maximum_chats_per_agent=4)
    world.agent()
    return three_chats(world)


@effect("Usher_channel_limits", ("api=1", [True, False, False]), ("api=2, widget=1", [True, True, False]),
        ("", [True, True, True]))
def test_Usher_channel_limits(world):
    """Three chats by the interface for one agent."""
    world.agent()
    return three_chats(world)


@effect("Usher_idle_chat_minutes", (5, [False, True]), (0, [False, False]))
def test_Usher_idle_chat_minutes(world):
    """The first chat falls silent: is the second one served after six minutes?"""
    world.set(Livechat_maximum_chats_per_agent=1)
    world.agent()
    world.chat()
    return [x[0] for x in after(world, 361, world.chat())]


# --- offers ---

def offered(world, chat, agents):
    """The number of the agent who is asked."""
    inquiry = ok(world.admin.get("livechat/inquiries.getOne", {"roomId": chat.rid}))["inquiry"]
    who = (inquiry or {}).get("offer", {}).get("agentId")
    return next((i for i, a in enumerate(agents) if a.user_id == who), None)


@effect("Usher_offer_chats", (True, (None, 0, 1, 200)), (False, (0, None, None, 400)))
def test_Usher_offer_chats(world):
    """Who serves a chat at once, who is asked, who is asked after he has declined, and may that one take it?"""
    agents = agents_by_name(world, 2)
    chat = world.chat()
    served, asked = names(world, [chat], agents)[0], offered(world, chat, agents)
    agents[0].post("/usher/v1/rooms/%s/decline" % chat.rid)
    then = offered(world, chat, agents)
    inquiry = ok(world.admin.get("livechat/inquiries.getOne", {"roomId": chat.rid}))["inquiry"]
    taken = agents[1].post("livechat/inquiries.take", {"inquiryId": (inquiry or {"_id": "-"})["_id"]})
    return served, asked, then, taken.status_code


@effect("Usher_offer_timeout", (20, [0, 1]), (60, [0, 0]))
def test_Usher_offer_timeout(world):
    """Who is asked at once, and after half a minute?"""
    world.set(Usher_offer_chats=True)
    agents = agents_by_name(world, 2)
    chat = world.chat()
    first = offered(world, chat, agents)
    world.advance(30000)
    return [first, offered(world, chat, agents)]




@effect("Usher_offer_max_passes", (1, [0, None, None]), (2, [0, 0, None]), (0, [0, 0, 0]))
def test_Usher_offer_max_passes(world):
    """An agent who never answers: is he asked again, and once more?"""
    world.set(Usher_offer_chats=True, Usher_offer_timeout=20, Usher_offer_pause=3600)
    agents = agents_by_name(world, 1)
    chat, out = world.chat(), []
    for _ in range(3):
        out.append(offered(world, chat, agents))
        world.advance(40000)
    return out


@effect("Usher_offer_pause", (100, [None, 0]), (600, [None, None]))
def test_Usher_offer_pause(world):
    """An agent who let an offer pass: is he asked after one minute, and after two and a quarter?"""
    world.set(Usher_offer_chats=True, Usher_offer_timeout=20, Usher_offer_max_passes=1)
    agents = agents_by_name(world, 1)
    chat, out = world.chat(), []
    for seconds in (60, 65):
        world.advance(seconds * 1000)
        out.append(offered(world, chat, agents))
    return out


# --- after a chat ---

@effect("Usher_wrap_up_time", (60, [False, True, "wrap-up"]), (0, [True, True, None]))
def test_Usher_wrap_up_time(world):
    """A chat that comes when another has just ended, at once and after a minute; what the agent hears of himself."""
    agent = world.agent()
    close(world.chat())
    pause = ok(agent.get("me")).get("pause", {}).get("why")
    return [*[x[0] for x in after(world, 61, world.chat())], pause]


def close_as(agent, chat, **more):
    return outcome(agent.post("livechat/room.closeByUser", {"rid": chat.rid, "comment": "done", **more}))


@effect("Usher_disposition_codes", ("solved, sold", [200, "error-invalid-disposition", "sold"]),
        ("other", ["error-invalid-disposition", 200, None]))
def test_Usher_disposition_codes(world):
    """Two chats closed as sold and as other; what the record of the first says."""
    agent = world.agent()
    chats = [world.chat(), world.chat()]
    out = [close_as(agent, chat, disposition=code) for chat, code in zip(chats, ("sold", "other"))]
    return out + [ok(world.admin.get("rooms.info", {"roomId": chats[0].rid}))["room"].get("disposition")]


@effect("Usher_disposition_required", (True, "error-disposition-required"), (False, 200))
def test_Usher_disposition_required(world):
    """An agent closes a chat without a code."""
    world.set(Usher_disposition_codes="solved")
    agent = world.agent()
    return close_as(agent, world.chat())


# --- targets ---

def told(world, chat):
    return ok(world.admin.get("rooms.info", {"roomId": chat.rid}))["room"].get("targets", {})


def over_time(world, chat, target, *minutes):
    out = []
    for m in minutes:
        world.advance(m * 60000)
        out.append(told(world, chat).get(target))
    return out


@effect("Usher_target_first_reply", (10, [None, "warning", "breach"]), (20, [None, None, None]), (0, [None, None, None]))
def test_Usher_target_first_reply(world):
    """How a chat that nobody answers is marked after 7, 9 and 11 minutes."""
    world.agent()
    return over_time(world, world.chat(), "first-reply", 7, 2, 2)


@effect("Usher_target_next_reply", (10, [None, "warning", "breach"]), (0, [None, None, None]))
def test_Usher_target_next_reply(world):
    """The same for the second question."""
    agent = world.agent()
    chat = world.chat()
    world.advance(60000)
    ok(agent.post("chat.sendMessage", {"message": {"rid": chat.rid, "msg": "hi"}}))
    world.advance(60000)
    chat.rest.say(chat.token, chat.rid, "and?")
    return over_time(world, chat, "next-reply", 7, 2, 2)


@effect("Usher_target_resolution", (10, [None, "warning", "breach"]), (0, [None, None, None]))
def test_Usher_target_resolution(world):
    """How a chat that does not end is marked, although it was answered."""
    agent = world.agent()
    chat = world.chat()
    ok(agent.post("chat.sendMessage", {"message": {"rid": chat.rid, "msg": "hi"}}))
    return over_time(world, chat, "resolution", 7, 2, 2)


@effect("Usher_target_warning", (80, [None, "warning", "breach"]), (50, ["warning", "warning", "breach"]),
        (0, [None, None, "breach"]))
def test_Usher_target_warning(world):
    """After how much of ten minutes a chat is marked."""
    world.set(Usher_target_resolution=10)
    world.agent()
    return over_time(world, world.chat(), "resolution", 7, 2, 2)
