"""Settings of the workspace that change what a client is sent: names, presence, messages, pictures, the site itself."""
import json

from people import ok
from register import effect
from world import outcome


def line_of(world, agent):
    line = world.ddp()
    line.login(agent.token)
    return line


def frames(line, event):
    """The arguments of all broadcasts of an event so far."""
    line.flush()
    return [f["fields"]["args"] for f in line.frames if f.get("msg") == "changed" and f["fields"]["eventName"] == event]


@effect("Site_Url", ("https://chat.example.org/", "https://chat.example.org/sounds/chime.mp3"), ("", "here"))
def test_Site_Url(world):
    """Where a visitor's browser is sent for the sound."""
    return world.config()["resources"]["sound"].replace(world.usherd.url + "/sounds/chime.mp3", "here")


@effect("Site_Name", ("Bits & Pieces", "<title>Bits &#38; Pieces</title>"), ("<Inc>", "<title>&#60;Inc&#62;</title>"))
def test_Site_Name(world):
    page = world.rest().get("/").text
    return page[page.index("<title>"):page.index("</title>") + 8]


@effect("UI_Use_Real_Name", (False, ["username"]), (True, ["full name"]))
def test_UI_Use_Real_Name(world):
    """An agent's client says under both names that he types; which of them the visitor's page hears."""
    agent = world.agent()
    chat = world.chat()
    page, line = world.ddp(), line_of(world, agent)
    page.sub("notify-room", chat.rid + "/typing", chat.token)
    for name in (agent.username, "Name of " + agent.username, "Somebody else"):
        line.call("stream-notify-room", chat.rid + "/typing", name, True)
    names = {agent.username: "username", "Name of " + agent.username: "full name"}
    return [names[args[0]] for args in frames(page, chat.rid + "/typing")]


@effect("UI_Use_Real_Name", (False, "username"), (True, "full name"))
def test_UI_Use_Real_Name_of_the_console(world, home):
    """The console says it under the name that counts."""
    world.set(Livechat_Routing_Method="Manual_Selection")
    agent = world.agent()
    console = world.console(home, agent).wait("Nobody is waiting")
    chat = world.chat(name="Vera Vogel")
    page = world.ddp()
    page.sub("notify-room", chat.rid + "/typing", chat.token)
    console.wait("Vera Vogel").send("t").wait("You have taken").send("Dear")
    name = page.event("notify-room", chat.rid + "/typing")[0]
    return {agent.username: "username", "Name of " + agent.username: "full name"}[name]


@effect("Troubleshoot_Disable_Presence_Broadcast", (False, ["busy"]), (True, []))
def test_Troubleshoot_Disable_Presence_Broadcast(world):
    """A colleague's client, when an agent is busy."""
    agent, line = world.agent(), line_of(world, world.user())
    yield
    line.sub("notify-logged", "user-status")
    ok(agent.post("users.setStatus", {"status": "busy"}))
    return [{3: "busy"}.get(args[0][2]) for args in frames(line, "user-status") if args[0][0] == agent.user_id]


@effect("Troubleshoot_Disable_Notifications", (False, ["is anybody there?"]), (True, []))
def test_Troubleshoot_Disable_Notifications(world):
    agent = world.agent()
    chat, line = world.chat(), line_of(world, agent)
    line.sub("notify-user", agent.user_id + "/notification")
    chat.rest.say(chat.token, chat.rid, "is anybody there?")
    ok(agent.post("chat.sendMessage", {"message": {"rid": chat.rid, "msg": "his own words"}}))
    told = [args[0] for args in frames(line, agent.user_id + "/notification")]
    assert all(t["payload"]["rid"] == chat.rid and t["title"] == chat.visitor["name"] for t in told)
    return [t["text"] for t in told]


@effect("Message_ShowDeletedStatus", (False, ("gone", "removed")), (True, ("a mark", "changed")))
def test_Message_ShowDeletedStatus(world):
    """A visitor deletes what he wrote: what is left of it in the chat, and what the agent's client is told."""
    agent = world.agent()
    chat, line = world.chat("my secret"), line_of(world, agent)
    line.sub("room-messages", chat.rid)
    line.sub("notify-room", chat.rid + "/deleteMessage")
    ok(chat.rest.delete("livechat/message/" + chat.said["_id"], {"token": chat.token, "rid": chat.rid}))
    left = [m for m in world.history(chat) if m["_id"] == chat.said["_id"]]
    assert not left or (left[0]["t"], left[0]["msg"]) == ("rm", "")
    told = ["removed"] * len(frames(line, chat.rid + "/deleteMessage"))
    told += ["changed" for args in frames(line, chat.rid) if (args[0]["_id"], args[0].get("t")) == (chat.said["_id"], "rm")]
    return "a mark" if left else "gone", *told


@effect("Store_Last_Message", (True, "the parcel"), (False, None))
def test_Store_Last_Message(world):
    """What an agent's queue shows beside the name of a waiting visitor."""
    world.set(Livechat_Routing_Method="Manual_Selection")
    agent = world.agent()
    world.chat("the parcel")
    inquiry = ok(agent.get("livechat/inquiries.queuedForUser"))["inquiries"][0]
    return inquiry.get("lastMessage", {}).get("msg")


FIELDS = {"desk": {"type": "text", "sendToIntegrations": True}, "salary": {"type": "text", "sendToIntegrations": False}}
MORE = dict(FIELDS, salary={"type": "text", "sendToIntegrations": True})


@effect("Accounts_CustomFields", (json.dumps(FIELDS), {"desk": "Zoo"}), (json.dumps(MORE), {"desk": "Zoo", "salary": "9"}),
        ("", None))
def test_Accounts_CustomFields(world):
    """What a visitor learns of his agent."""
    agent = world.agent()
    world.admin.post("users.update", {"userId": agent.user_id, "data": {"customFields": {"desk": "Zoo", "salary": "9"}}})
    chat = world.chat()
    return ok(chat.rest.get("livechat/agent.info/%s/%s" % (chat.rid, chat.token)))["agent"].get("customFields")


@effect("Accounts_AvatarBlockUnauthenticatedAccess", (False, (200, 200, 200)), (True, (403, 200, 403)))
def test_Accounts_AvatarBlockUnauthenticatedAccess(world):
    """A visitor's browser asks for a picture, then a user's, then one with a token that is none."""
    user = world.user()
    url = world.usherd.url + "/avatar/admin"
    known = "?rc_uid=%s&rc_token=%s" % (user.user_id, user.token)
    return tuple(world.rest().session.get(url + more, timeout=20).status_code for more in ("", known, known + "x"))


def register(world, **more):
    body = {"username": "newcomer", "email": "new@example.org", "pass": "a password", "name": "New", **more}
    return outcome(world.rest().post("users.register", body))


@effect("Accounts_RegistrationForm_SecretURL", ("open sesame", 200), ("abracadabra", "error-user-registration-secret"))
def test_Accounts_RegistrationForm_SecretURL(world):
    """Somebody who knows a secret opens an account; without it nobody does."""
    world.set(Accounts_RegistrationForm="Secret URL")
    assert register(world) == "error-user-registration-secret"
    return register(world, secret="open sesame")


def told_to_strangers(world, setting):
    """What a web client reads before anybody logs in, and goes by."""
    settings = world.ddp().call("public-settings/get")["result"]
    return [s["value"] for s in settings if s["_id"] == setting]


@effect("Show_Setup_Wizard", ("completed", ["completed"]), ("pending", ["pending"]))
def test_Show_Setup_Wizard(world):
    return told_to_strangers(world, "Show_Setup_Wizard")


@effect("API_Use_REST_For_DDP_Calls", (True, [True]), (False, [False]))
def test_API_Use_REST_For_DDP_Calls(world):
    return told_to_strangers(world, "API_Use_REST_For_DDP_Calls")
