"""The section usher: routing beyond the guide."""
from people import ok
from register import effect
from test_routing import agents_by_name, close, names, server_of
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
