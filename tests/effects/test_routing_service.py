"""The routing service and what of the queue agents see in their console."""
import pytest
from people import ok
from register import effect
from support.daemon import free_port
from webservice import Answer, WebService

EMPTY = "Nobody is waiting"
PORTS = (free_port(), free_port())


@pytest.fixture
def services():
    """Two of them; the first names the first agent of the workspace, the second the second."""
    both = [WebService(port=port) for port in PORTS]
    yield both
    for one in both:
        one.close()


def served_by(world, chat):
    while True:
        room = ok(world.admin.get("rooms.info", {"roomId": chat.rid}))["room"]
        if "servedBy" in room:
            return room["servedBy"]["username"]


@effect("Livechat_External_Queue_URL", *(("http://127.0.0.1:%d/next" % port, i) for i, port in enumerate(PORTS)))
def test_Livechat_External_Queue_URL(world, services):
    """Who serves: whom the service at that address names."""
    world.set(Livechat_Routing_Method="External")
    agents = [world.agent(), world.agent()]
    for service, agent in zip(services, agents):
        service.rule = lambda asked, agent=agent: Answer({"username": agent.username})
    return [a.username for a in agents].index(served_by(world, world.chat()))


@effect("Livechat_External_Queue_Token", ("alpha", "alpha"), ("beta", "beta"))
def test_Livechat_External_Queue_Token(world, services):
    """What the service reads in the header of the question."""
    world.set(Livechat_Routing_Method="External", Livechat_External_Queue_URL=services[0].url)
    agent = world.agent()
    services[0].rule = lambda asked: Answer({"username": agent.username})
    services[0].all()
    served_by(world, world.chat())
    return services[0].next().headers["x-rocketchat-secret-token"]


@effect("Livechat_guest_pool_max_number_incoming_livechats_displayed",
        (2, (["Anna", "Berta"], "and 1 more", 3)), (0, (["Anna", "Berta", "Clara"], None, 3)),
        (3, (["Anna", "Berta", "Clara"], None, 3)))
def test_Livechat_guest_pool_max_number_incoming_livechats_displayed(world, home):
    """Three wait: whom the console of an agent shows; the interface is not cut."""
    world.set(Livechat_Routing_Method="Manual_Selection")
    agent = world.agent()
    yield
    console = world.console(home, agent).wait(EMPTY)
    for name in ("Anna", "Berta", "Clara"):
        world.chat(name=name)
    console.wait("queue 3").wait("Berta")
    text = console.text()
    shown = [name for name in ("Anna", "Berta", "Clara") if name in text]
    total = ok(agent.get("livechat/inquiries.queuedForUser"))["total"]
    return shown, "and 1 more" if "and 1 more" in text else None, total


@effect("Livechat_show_queue_list_link", (True, "shown"), (False, "for managers only"))
def test_Livechat_show_queue_list_link(world, home):
    """An agent asks his console for the load of all."""
    world.set(Livechat_Routing_Method="Auto_Selection")
    agent = world.agent()
    world.chat()
    console = world.console(home, agent).wait(EMPTY)
    console.send("\x1b1l").wait(lambda t: "Load" in t.text() and agent.username in t.text() or "for managers only" in t.text(),
                                "the load, or why not")
    return "for managers only" if "for managers only" in console.text() else "shown"
