"""Live Chat and GDPR: what the server does about them. What the real widget does: test_widget.py."""
import sqlite3

from people import give, ok
from register import counter, effect
from world import outcome

LONG = "message-length-exceeds-character-limit"


def limited_chat(world):
    world.agent()
    chat = world.chat(None)
    return lambda text: outcome(chat.rest.post("livechat/message", {"token": chat.token, "rid": chat.rid, "msg": text}))


@effect("Livechat_enable_message_character_limit", (True, [200, LONG]), (False, [200, 200]))
def test_Livechat_enable_message_character_limit(world):
    """Five characters and six, with a limit of five."""
    world.set(Livechat_message_character_limit=5)
    say = limited_chat(world)
    return [say("12345"), say("123456")]


@effect("Livechat_message_character_limit", (2, [200, LONG, LONG]), (3, [200, 200, LONG]), (0, [200, 200, 200]))
def test_Livechat_message_character_limit(world):
    """Two, three and four UTF-16 units; an emoji is two of them. 0 sets no limit of its own."""
    world.set(Livechat_enable_message_character_limit=True)
    say = limited_chat(world)
    return [say("🎉"), say("a🎉"), say("🎉🎉")]


@effect("Livechat_display_offline_form",
        (True, 200), (False, "Error sending Omnichannel offline message"))
def test_Livechat_display_offline_form(world):
    """A message left past the widget."""
    world.set(Livechat_validate_offline_email=False)
    return outcome(world.rest().post("livechat/offline.message", {
        "name": "Vera", "email": "vera@example.org", "message": "Call me"}))


@effect("Livechat_show_agent_info",
        (True, {"info": True, "config": True, "stream": True, "status": True}),
        (False, {"info": False, "config": False, "stream": False, "status": False}))
def test_Livechat_show_agent_info(world):
    """Whether the visitor learns who serves him: by asking, by the configuration, by the stream; and his presence."""
    first, second = world.agent(), world.agent()
    chat = give(world.admin, world.chat(), first)
    line = world.ddp()
    line.sub("livechat-room", chat.rid, chat.token)
    yield
    info = ok(chat.rest.get("livechat/agent.info/%s/%s" % (chat.rid, chat.token)))["agent"]
    configured = world.config(token=chat.token)["agent"]
    assert info in ({"hiddenInfo": True}, {**info, "username": first.username}) and "hiddenInfo" in info or "name" in info
    give(world.admin, chat, second)
    told = line.event("livechat-room", chat.rid, lambda args: args[0]["type"] == "agentData")[0]["data"]
    ok(second.post("users.setStatus", {"status": "busy"}))
    status = line.has(lambda f: f.get("msg") == "changed" and f["fields"]["args"][0]["type"] == "agentStatus")
    return {"info": info.get("username") == first.username, "config": configured.get("username") == first.username,
            "stream": told.get("username") == second.username, "status": status}


@effect("Livechat_show_agent_email", (True, True), (False, False))
def test_Livechat_show_agent_email(world):
    agent = world.agent()
    chat = give(world.admin, world.chat(), agent)
    info = ok(chat.rest.get("livechat/agent.info/%s/%s" % (chat.rid, chat.token)))["agent"]
    assert info["username"] == agent.username
    return info.get("emails", [{}])[0].get("address") == agent.username + "@example.org"


@effect("Livechat_allow_switching_departments", (True, (200, True)), (False, ("error-not-allowed", False)))
def test_Livechat_allow_switching_departments(world):
    """A visitor moves his chat to another department: does its agent get it?"""
    here, there = world.agent(), world.agent()
    world.department(here)
    goal = world.department(there)
    chat = give(world.admin, world.chat(), here)
    answer = chat.rest.post("livechat/room.transfer", {"rid": chat.rid, "token": chat.token, "department": goal["_id"]})
    room = ok(world.admin.get("rooms.info", {"roomId": chat.rid}))["room"]
    return outcome(answer), room["servedBy"]["username"] == there.username


def visit(chat, change, title, **more):
    return chat.rest.post("livechat/page.visited", {"token": chat.token, "rid": chat.rid, "pageInfo": {
        "change": change, "title": title, "location": {"href": "https://shop.example/" + title}}, **more})


def visited(agent, chat):
    return [p["navigation"]["page"]["title"] for p in
            ok(agent.get("livechat/visitors.pagesVisited/" + chat.rid))["pages"]]


@effect("Livechat_history_monitor_type", ("url", ["basket"]), ("title", ["checkout"]))
def test_Livechat_history_monitor_type(world):
    """Which of two changes the agent finds in the list of pages."""
    agent = world.agent()
    chat = world.chat()
    ok(visit(chat, "url", "basket"))
    ok(visit(chat, "title", "checkout"))
    return visited(agent, chat)


@effect("Livechat_Visitor_navigation_as_a_message", (True, (True, True, ["basket"])), (False, (False, False, ["basket"])))
def test_Livechat_Visitor_navigation_as_a_message(world):
    """Whether the agent reads the page in the chat, at once and later; the list has it in any case."""
    agent = world.agent()
    chat = give(world.admin, world.chat(), agent)
    line = world.ddp()
    line.login(agent.token)
    line.sub("room-messages", chat.rid)
    ok(visit(chat, "url", "basket"))
    kind = "livechat_navigation_history"
    told = line.has(lambda f: f.get("msg") == "changed" and f["fields"]["args"][0].get("t") == kind)
    kept = agent.method("loadHistory", chat.rid, None, 50, None)["result"]["messages"]
    return told, any(m.get("t") == kind for m in kept), visited(agent, chat)


def ancestors(world, referer):
    answer = world.rest().get("/livechat", headers={"Referer": referer} if referer else {})
    policy = answer.headers.get("Content-Security-Policy", "")
    found = [part.strip() for part in policy.split(";") if part.strip().startswith("frame-ancestors")]
    return found[0] if found else None, "SERVER_URL" in answer.text


@effect("Livechat_AllowedDomainsList",
        ("", [(None, True)] * 5),
        ("a.example, c.example:8080",
         [("frame-ancestors http://a.example", True), ("frame-ancestors 'none'", False), ("frame-ancestors 'none'", False),
          ("frame-ancestors https://c.example:8080", True), (None, True)]))
def test_Livechat_AllowedDomainsList(world, page):
    """Which pages may frame the widget, by the page that asks for it: exactly the hosts of the list."""
    return [ancestors(world, referer) for referer in (
        "http://a.example/x", "http://b.example/", "http://sub.a.example/", "https://c.example:8080/y", None)]


BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/117.0"


@effect("Livechat_Allow_collect_and_store_HTTP_header_informations",
        (True, ({"userAgent": BROWSER, "ip": "203.0.113.7", "host": True}, 200)),
        (False, ({}, "visitor-has-open-rooms")))
def test_Livechat_Allow_collect_and_store_HTTP_header_informations(world):
    """What the agent can read of the visitor's browser, and whether a visitor in mid-chat can have himself erased."""
    agent = world.agent()
    rest = world.rest()
    rest.session.headers.update({"User-Agent": BROWSER, "X-Real-IP": "203.0.113.7"})
    visitor = rest.visitor("vera", name="Vera")
    rest.room("vera")
    info = ok(agent.get("livechat/visitors.info", {"visitorId": visitor["_id"]}))["visitor"]
    seen = {key: info[key] for key in ("userAgent", "ip", "host") if key in info}
    if "host" in seen:
        seen["host"] = seen["host"] == world.usherd.url.split("//")[1]
    return seen, outcome(rest.delete("livechat/visitor/vera"))


def channel_texts(world, *names):
    """What rocket.cat told in each of these channels."""
    out = []
    for name in names:
        listed = ok(world.admin.get("channels.history", {"roomName": name}))["messages"]
        out.append([m["msg"] for m in listed if m["u"]["username"] == "rocket.cat" and "t" not in m])
    return out


def leave(world, **more):
    world.set(Livechat_validate_offline_email=False)
    ok(world.rest().post("livechat/offline.message", dict(
        {"name": "Vera", "email": "vera@example.org", "message": "Call me", "host": "https://shop.example"}, **more)))


TOLD = ("A new Livechat offline Message has been sent:\nSent from: https://shop.example\nVisitor Name: Vera\n"
        "Visitor E-mail: vera@example.org\nMessage: Call me")


@effect("Livechat_OfflineMessageToChannel_enabled", (True, [[TOLD]]), (False, [[]]))
def test_Livechat_OfflineMessageToChannel_enabled(world):
    """What the staff reads in GENERAL of what a visitor left."""
    world.set(Livechat_OfflineMessageToChannel_channel_name="general")
    leave(world)
    return channel_texts(world, "general")


@effect("Livechat_OfflineMessageToChannel_channel_name",
        ("shop", [[TOLD], [], []]), ("desk", [[], [TOLD], []]), ("nowhere", [[], [], []]), ("old", [[], [], []]))
def test_Livechat_OfflineMessageToChannel_channel_name(world):
    """One of two channels; none when it is unknown or archived. A department's own channel wins, in any case."""
    made = {name: ok(world.admin.post("channels.create", {"name": name}))["channel"]["_id"]
            for name in ("shop", "desk", "old", "sales")}
    ok(world.admin.post("channels.archive", {"roomId": made["old"]}))
    world.set(Livechat_OfflineMessageToChannel_enabled=True)
    sales = world.department(offlineMessageChannelName="sales")
    yield
    leave(world)
    leave(world, department=sales["_id"])
    (own,) = channel_texts(world, "sales")
    assert own == [TOLD.replace("Message: Call", "Department: %s\nMessage: Call" % sales["name"])]
    return channel_texts(world, "shop", "desk", "old")


def rooms_counted(world):
    with sqlite3.connect("file:%s?mode=ro" % world.usherd.db, uri=True) as store:
        return store.execute("SELECT value FROM meta WHERE key = 'room_count'").fetchone()[0]


@counter("Livechat_Room_Count")
def test_Livechat_Room_Count(world):
    """Nobody but the store shows it."""
    if not getattr(world, "staff", None):
        world.staff = world.agent()
    world.chat()
    return rooms_counted(world)
