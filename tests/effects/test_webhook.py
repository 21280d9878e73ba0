"""CRM Integration: what the receiver of the webhook is told."""
import pytest
from people import give, ok
from register import effect
from support.daemon import free_port
from webservice import WebService

PORTS = (free_port(), free_port())
SWITCHES = ("start", "close", "chat_taken", "chat_queued", "forward", "offline_msg", "visitor_message", "agent_message",
            "capture")


@pytest.fixture
def receivers():
    both = [WebService(port=port) for port in PORTS]
    yield both
    for one in both:
        one.close()


def told(world, receiver):
    """Everything there is to tell has been told: what came."""
    while any(row["state"] == "waiting" for row in ok(world.admin.get("/usher/v1/webhooks"))["webhooks"]):
        assert world.usherd.process.poll() is None
    return receiver.all()


def point(world, receiver, *switches, **more):
    """No switch is on but these; one that the test is about is left to it."""
    receiver.all()
    world.set(Livechat_webhookUrl=receiver.url, **{"Livechat_webhook_on_" + s: True for s in switches}, **more)


def story(world, receiver, own):
    """A chat with all that happens to chats, and an offline message; the types that were told besides those of others."""
    receiver.all()
    world.set(Livechat_webhookUrl=receiver.url, Livechat_validate_offline_email=False,
              **{"Livechat_webhook_on_" + s: False for s in SWITCHES if s != own})
    first, second = world.agent(), world.agent()
    chat = give(world.admin, world.chat("hello, me@example.org"), first)
    ok(first.post("chat.sendMessage", {"message": {"rid": chat.rid, "msg": "good day"}}))
    ok(world.admin.post("livechat/room.forward", {"roomId": chat.rid, "userId": second.user_id}))
    ok(chat.rest.post("livechat/room.close", {"rid": chat.rid, "token": chat.token}))
    ok(world.rest().post("livechat/offline.message", {"name": "Vera", "email": "v@example.org", "message": "Call me"}))
    seen = []
    for asked in told(world, receiver):
        body = asked.json
        kind = body["type"]
        if kind == "Message":
            kind += " of " + ("an agent" if body["messages"][0].get("agentId") else "the visitor")
        if kind not in seen:
            seen.append(kind)
    return seen


@effect("Livechat_webhookUrl", *(("http://127.0.0.1:%d/crm" % port, i) for i, port in enumerate(PORTS)), ("", None))
def test_Livechat_webhookUrl(world, receivers):
    """Which receiver is told."""
    for one in receivers:
        one.all()
    world.set(Livechat_webhook_on_start=True)
    world.agent()
    world.chat()
    heard = [i for i, one in enumerate(receivers) if told(world, one)]
    return heard[0] if heard else None


@effect("Livechat_secret_token", ("alpha", "alpha"), ("beta", "beta"))
def test_Livechat_secret_token(world, receivers):
    """What the receiver reads in the header."""
    point(world, receivers[0], "start")
    world.agent()
    world.chat()
    return told(world, receivers[0])[0].headers.get("x-rocketchat-livechat-token")


@effect("Livechat_webhook_on_start", (True, ["LivechatSessionStart"]), (False, []))
def test_Livechat_webhook_on_start(world, receivers):
    return story(world, receivers[0], "start")


@effect("Livechat_webhook_on_close", (True, ["LivechatSession"]), (False, []))
def test_Livechat_webhook_on_close(world, receivers):
    return story(world, receivers[0], "close")


@effect("Livechat_webhook_on_chat_taken", (True, ["LivechatSessionTaken"]), (False, []))
def test_Livechat_webhook_on_chat_taken(world, receivers):
    return story(world, receivers[0], "chat_taken")


@effect("Livechat_webhook_on_chat_queued", (True, ["LivechatSessionQueued"]), (False, []))
def test_Livechat_webhook_on_chat_queued(world, receivers):
    return story(world, receivers[0], "chat_queued")


@effect("Livechat_webhook_on_forward", (True, ["LivechatSessionForwarded"]), (False, []))
def test_Livechat_webhook_on_forward(world, receivers):
    return story(world, receivers[0], "forward")


@effect("Livechat_webhook_on_offline_msg", (True, ["LivechatOfflineMessage"]), (False, []))
def test_Livechat_webhook_on_offline_msg(world, receivers):
    return story(world, receivers[0], "offline_msg")


@effect("Livechat_webhook_on_visitor_message", (True, ["Message of the visitor"]), (False, []))
def test_Livechat_webhook_on_visitor_message(world, receivers):
    """By this switch alone, whatever that of agents' messages says."""
    return [kind for kind in story(world, receivers[0], "visitor_message") if "visitor" in kind]


@effect("Livechat_webhook_on_agent_message", (True, ["Message of an agent"]), (False, []))
def test_Livechat_webhook_on_agent_message(world, receivers):
    return [kind for kind in story(world, receivers[0], "agent_message") if "agent" in kind]


@effect("Livechat_webhook_on_capture", (True, ["LeadCapture"]), (False, []))
def test_Livechat_webhook_on_capture(world, receivers):
    return story(world, receivers[0], "capture")


def captured(world, receiver, text):
    point(world, receiver, "capture")
    world.agent()
    world.chat(text)
    visitor = [asked.json["visitor"] for asked in told(world, receiver)][-1]
    return [e["address"] for e in visitor["email"] or []], [p["phoneNumber"] for p in visitor["phone"] or []]


@effect("Livechat_lead_email_regex", ("[a-z]+@x", (["me@x"], ["4711-12345-6789"])), ("[a-z]+@y", (["you@y"], ["4711-12345-6789"])))
def test_Livechat_lead_email_regex(world, receivers):
    world.set(Livechat_lead_phone_regex="[0-9-]{9,}")
    return captured(world, receivers[0], "me@x, you@y, 4711-12345-6789")


@effect("Livechat_lead_phone_regex", ("#[0-9]+", (["me@x"], ["#12"])), ("\\+[0-9]+", (["me@x"], ["+34"])))
def test_Livechat_lead_phone_regex(world, receivers):
    world.set(Livechat_lead_email_regex="[a-z]+@x")
    return captured(world, receivers[0], "me@x #12 +34 +none")


@effect("Send_visitor_navigation_history_livechat_webhook_request", (True, [True]), (False, [False]))
def test_Send_visitor_navigation_history_livechat_webhook_request(world, receivers):
    """Whether the pages of the visitor are among what is told of his chat."""
    point(world, receivers[0], "close", Livechat_Visitor_navigation_as_a_message=True)
    world.agent()
    chat = world.chat()
    ok(chat.rest.post("livechat/page.visited", {
        "token": chat.token, "rid": chat.rid,
        "pageInfo": {"change": "url", "title": "Prices", "location": {"href": "https://shop.example/prices"}}}))
    ok(chat.rest.post("livechat/room.close", {"rid": chat.rid, "token": chat.token}))
    return [any("navigation" in m for m in asked.json["messages"]) for asked in told(world, receivers[0])]
