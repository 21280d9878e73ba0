"""The administration with the real core: what is made, changed and deleted in the console is read back over REST."""
import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.console import Console, alt  # noqa: E402
from support.daemon import PASSWORD, Rest, Usherd  # noqa: E402

SAVE, CLEAR, DOWN, RIGHT, TAB = "\x13", "\x15", "\x1b[B", "\x1b[C", "\t"


@pytest.fixture(scope="module")
def server():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="usher-"))
    daemon = Usherd(folder / "server")
    daemon.start()
    rest = daemon.admin()
    for name in ("anna", "ben", "moni"):
        rest.add_agent(name, name=name.capitalize())
    rest.post("livechat/users/agent", {"username": "anna"})
    yield daemon, rest, folder
    daemon.close()
    shutil.rmtree(folder, ignore_errors=True)


class Admin:
    """A console whose keys are in a screen of the administration."""

    def __init__(self, server, user="admin", cols=120, rows=40):
        daemon, self.rest, folder = server
        self.console = Console(folder / f"home-{user}-{cols}", server=daemon.url, user=user, cols=cols, rows=rows)
        self.console.wait("Nobody is waiting")

    def show(self, screen):
        self.console.command(f"show-admin {screen}")
        return self.console.wait("Administration · " + screen.replace("-", " ").capitalize())

    def new(self, noun, *keys):
        self.console.command(f"record-new {self.screen_of(noun)}")
        self.console.wait(f"New {noun}")
        self.fill(*keys)

    @staticmethod
    def screen_of(noun):
        return {"priority": "priorities", "business hour": "business-hours"}.get(noun, noun.replace(" ", "-") + "s")

    def fill(self, *keys):
        for key in keys:
            self.console.send(key)

    def pick(self, key, name):
        """Chooses by typing, from the dialog that the key opens."""
        self.console.send(key)
        self.console.wait("Enter Choose")
        self.console.send(name)
        self.console.wait("1 of")
        self.console.send("\r")
        self.console.wait(lambda t: "Enter Choose" not in t.text(), "the dialog gone")

    def save(self, noun, name):
        self.console.send(SAVE)
        self.console.wait(f"Saved: {noun} {name}")

    def edit(self, name, title):
        self.console.command(f"record-edit {name}")
        self.console.wait(title)

    def delete(self, name, *said):
        self.console.command(f"record-delete {name}")
        self.console.wait("this")
        text = self.console.wait("?").text()
        for words in said:
            self.console.wait(words)
        self.console.send("y")
        self.console.wait(lambda t: "d: " in t.text(), "the end of it")
        return text

    def close(self):
        self.console.close()


@pytest.fixture
def admin(server):
    a = Admin(server)
    yield a
    a.close()


def named(rows, name, key="name"):
    return next((row for row in rows if row[key] == name), None)


def test_department(admin):
    admin.show("departments")
    admin.new("department", "Sales", TAB * 3, "sales@example.com")
    admin.save("department", "Sales")
    made = named(admin.rest.get("livechat/department")["departments"], "Sales")
    assert made["email"] == "sales@example.com" and made["enabled"] and made["showOnRegistration"]
    admin.new("department", "Billing", TAB * 3, "billing@example.com")
    admin.save("department", "Billing")
    admin.console.wait("Billing")
    admin.edit("Billing", "Department · Billing")
    admin.fill("\x1b[Z" * 3)  # to the agents
    admin.console.wait("Who serves it.")
    admin.pick("a", "anna")
    admin.console.wait("order 0  count 0")
    admin.fill("+")
    admin.pick("a", "ben")
    admin.console.wait("order 1  count 0")
    admin.save("department", "Billing")
    billing = named(admin.rest.get("livechat/department")["departments"], "Billing")
    agents = admin.rest.get(f"livechat/department/{billing['_id']}/agents")["agents"]
    assert sorted((a["username"], a["order"]) for a in agents) == [("anna", 1), ("ben", 0)]
    admin.edit("Sales", "Department · Sales")
    admin.fill(TAB * 9)
    admin.console.wait("Takes a forwarded chat")
    admin.pick("\r", "bill")
    admin.save("department", "Sales")
    admin.console.wait("Sales")
    assert admin.rest.get(f"livechat/department/{made['_id']}")["department"]["fallbackForwardDepartment"] == billing["_id"]
    admin.edit("Billing", "Department · Billing")
    admin.fill("\x1b[Z" * 3, "d")
    admin.save("department", "Billing")
    assert len(admin.rest.get(f"livechat/department/{billing['_id']}/agents")["agents"]) == 1
    admin.delete("Billing", "Department Billing: 1 agent, Fallback of Sales")
    assert named(admin.rest.get("livechat/department")["departments"], "Billing") is None


def test_department_refused_by_the_server_at_its_field(admin):
    """A required tag without tags to choose from: the server says no, the form shows it where it belongs."""
    admin.show("departments")
    admin.new("department", "Tagged", TAB * 3, "tags@example.com", TAB * 4)
    admin.console.wait("A chat can be closed only with a tag")
    admin.fill(" ", SAVE)
    text = admin.console.wait("A required tag needs closing tags").text().split("\n")
    line = next(i for i, row in enumerate(text) if "Closing tags" in row)
    assert "A required tag needs closing tags" in text[line + 1]


def test_agent(admin):
    admin.show("agents")
    admin.rest.post("users.create", {"username": "carla", "name": "Carla", "email": "carla@example.com",
                                     "password": PASSWORD})
    admin.new("agent")
    admin.pick("\r", "carla")
    admin.fill(TAB * 2, "3", TAB, "german, tax")
    admin.save("agent", "carla")
    rows = admin.rest.get("livechat/users/agent")["users"]
    carla = named(rows, "carla", "username")
    assert carla["livechat"]["maxNumberSimultaneousChat"] == 3 and carla["statusLivechat"] == "available"
    assert carla["skills"] == "german, tax"
    admin.console.wait("carla")
    admin.edit("carla", "Agent · carla")
    admin.fill(RIGHT)
    admin.console.wait("not available")
    admin.save("agent", "carla")
    assert named(admin.rest.get("livechat/users/agent")["users"], "carla", "username")["statusLivechat"] == "not-available"
    admin.delete("carla", "Agent carla")
    assert named(admin.rest.get("livechat/users/agent")["users"], "carla", "username") is None


@pytest.mark.parametrize("noun", ["manager", "monitor"])
def test_manager_and_monitor(admin, noun):
    admin.show(noun + "s")
    admin.new(noun)
    admin.pick("\r", "moni")
    admin.save(noun, "moni")
    path, key = ("livechat/users/manager", "users") if noun == "manager" else ("livechat/monitors", "monitors")
    assert named(admin.rest.get(path)[key], "moni", "username")
    admin.console.wait("moni")
    admin.delete("moni", "moni")
    assert named(admin.rest.get(path)[key], "moni", "username") is None


def test_tag(admin):
    admin.show("tags")
    admin.new("tag", "bug", TAB, "broken")
    admin.save("tag", "bug")
    assert named(admin.rest.get("livechat/tags")["tags"], "bug")["description"] == "broken"
    admin.console.wait("broken")
    admin.edit("bug", "Tag · bug")
    admin.fill(TAB, CLEAR, "really broken")
    admin.save("tag", "bug")
    assert named(admin.rest.get("livechat/tags")["tags"], "bug")["description"] == "really broken"
    admin.delete("bug", "Tag bug")
    assert named(admin.rest.get("livechat/tags")["tags"], "bug") is None


def test_priority(admin):
    admin.show("priorities")
    admin.new("priority", "Urgent", TAB, "5")
    admin.save("priority", "Urgent")
    assert named(admin.rest.get("livechat/priorities")["priorities"], "Urgent")["dueTimeInMinutes"] == 5
    admin.console.wait("Urgent  ")
    admin.edit("Urgent", "Priority · Urgent")
    admin.fill(TAB, CLEAR, "7")
    admin.save("priority", "Urgent")
    assert named(admin.rest.get("livechat/priorities")["priorities"], "Urgent")["dueTimeInMinutes"] == 7
    admin.delete("Urgent", "Priority Urgent")
    assert admin.rest.get("livechat/priorities")["priorities"] == []


def test_custom_field(admin):
    admin.show("custom-fields")
    admin.new("custom field", "customer", TAB, "Customer number")
    admin.save("custom field", "customer")
    made = named(admin.rest.get("livechat/custom-fields")["customFields"], "customer", "_id")
    assert made["label"] == "Customer number" and made["scope"] == "visitor" and made["visibility"] == "visible"
    admin.console.wait("Customer number")
    admin.edit("customer", "Custom field · customer")
    admin.fill(CLEAR, "Number")
    admin.save("custom field", "customer")
    assert named(admin.rest.get("livechat/custom-fields")["customFields"], "customer", "_id")["label"] == "Number"
    admin.new("custom field", "customer", TAB, "Again", SAVE)
    admin.console.wait("There is such a field already")
    admin.fill("\x1b")
    admin.console.wait("Forget what was changed")
    admin.fill("y")
    admin.delete("customer", "Custom field customer")
    assert admin.rest.get("livechat/custom-fields")["customFields"] == []


def test_trigger(admin):
    admin.show("triggers")
    admin.new("trigger", "Hello", TAB * 4, "\r", RIGHT, TAB, "30\r")
    admin.console.wait("seconds on the page: 30")
    admin.fill(TAB, "\r", TAB, "May I help?\r")
    admin.console.wait("the next agent: May I help?")
    admin.save("trigger", "Hello")
    made = named(admin.rest.get("livechat/triggers")["triggers"], "Hello")
    assert made["conditions"] == [{"name": "time-on-site", "value": "30"}]
    assert made["actions"][0]["name"] == "send-message" and made["actions"][0]["params"]["msg"] == "May I help?"
    admin.console.wait("Hello  ")
    admin.edit("Hello", "Trigger · Hello")
    admin.fill(TAB, " ")
    admin.save("trigger", "Hello")
    assert named(admin.rest.get("livechat/triggers")["triggers"], "Hello")["enabled"] is False
    more = {"name": "page-url", "value": "/prices"}
    keys = ("_id", "name", "description", "runOnce", "actions")
    admin.rest.method("livechat:saveTrigger", dict({key: made[key] for key in keys}, enabled=True,
                                                   conditions=made["conditions"] + [more]))
    admin.console.wait("address matches")
    admin.edit("Hello", "Trigger · Hello")
    admin.console.wait("or the page's address matches /prices")
    admin.fill("there")
    admin.save("trigger", "Hellothere")
    assert named(admin.rest.get("livechat/triggers")["triggers"], "Hellothere")["conditions"] == made["conditions"] + [more]
    admin.edit("Hellothere", "Trigger · Hellothere")
    admin.fill(CLEAR, "Hello")
    admin.save("trigger", "Hello")
    admin.delete("Hello", "Trigger Hello")
    assert admin.rest.get("livechat/triggers")["triggers"] == []


def test_canned_response(admin):
    admin.show("canned-responses")
    admin.new("canned response", "greet", TAB, RIGHT * 2, TAB * 2, "Hello {{contact.name}}")
    admin.console.wait("Hello Vera Vogel")
    admin.save("canned response", "greet")
    made = named(admin.rest.get("canned-responses")["cannedResponses"], "greet", "shortcut")
    assert made["text"] == "Hello {{contact.name}}" and made["scope"] == "global"
    admin.console.wait("greet  ")
    admin.edit("greet", "Canned response · greet")
    admin.fill("ings")
    admin.save("canned response", "greetings")
    assert named(admin.rest.get("canned-responses")["cannedResponses"], "greetings", "shortcut")["_id"] == made["_id"]
    admin.console.wait("greetings")
    admin.delete("greetings", "Canned response greetings")
    assert admin.rest.get("canned-responses")["cannedResponses"] == []


def test_business_hour(admin):
    """The week is painted, the zone found by typing; the default one cannot be deleted."""
    admin.show("business-hours")
    admin.new("business hour", "Late", TAB * 2, CLEAR, "Europe/Berlin", TAB)
    admin.console.wait("Space paint")
    admin.fill("e", CLEAR, "12:00-20:30\r")
    admin.console.wait("12:00-20:30")
    admin.save("business hour", "Late")
    rows = admin.rest.get("livechat/business-hours")["businessHours"]
    late = named(rows, "Late")
    monday = named(late["workHours"], "Monday", "day")
    assert late["timezone"]["name"] == "Europe/Berlin" and late["type"] == "custom"
    assert (monday["start"]["time"], monday["finish"]["time"], monday["open"]) == ("12:00", "20:30", True)
    admin.console.wait("Late  ")
    admin.edit("Late", "Business hour · Late")
    admin.fill(TAB * 3, "x")
    admin.save("business hour", "Late")
    late = named(admin.rest.get("livechat/business-hours")["businessHours"], "Late")
    assert named(late["workHours"], "Monday", "day")["open"] is False
    admin.console.command("record-delete Default")
    admin.console.wait("The default business hour stays")
    admin.console.command("hour-close Late")
    admin.console.wait("until the calendar's next change")
    admin.fill("\r")
    admin.console.wait("Business hours are off")
    admin.rest.set(Livechat_enable_business_hours=True, Livechat_business_hour_type="Multiple")
    admin.console.command("hour-close Late")
    admin.console.wait("until it is taken back")
    admin.fill(DOWN, "\r")
    admin.console.wait("Closed by hand: business hour Late")
    late = named(admin.rest.get("livechat/business-hours")["businessHours"], "Late")
    assert late["usher"]["state"] == "closed by hand"
    admin.console.wait("closed by hand")
    admin.console.command("hour-resume Late")
    admin.console.wait("The calendar decides again: business hour Late")
    admin.edit("Late", "Business hour · Late")
    admin.fill(TAB * 3, "e", CLEAR, "08:00-09:00, 10:00-24:00\r", TAB, "a", CLEAR, "2099-12-24 closed Eve\r")
    admin.console.wait("2099-12-24 closed Eve")
    admin.console.wait("If saved")
    admin.save("business hour", "Late")
    late = named(admin.rest.get("livechat/business-hours")["businessHours"], "Late")
    assert named(late["workHours"], "Monday", "day")["more"] == [{"start": "10:00", "finish": "23:59"}]
    assert late["exceptions"] == [{"date": "2099-12-24", "name": "Eve", "hours": []}]
    admin.rest.set(Livechat_enable_business_hours=False)
    admin.delete("Late", "Business hour Late")
    assert named(admin.rest.get("livechat/business-hours")["businessHours"], "Late") is None


def test_unit(admin):
    admin.rest.method("livechat:addMonitor", "ben")
    admin.rest.post("livechat/department", {"department": {"name": "North", "email": "n@example.com", "enabled": True,
                                                           "showOnRegistration": True, "showOnOfflineForm": True}})
    admin.show("units")
    admin.new("unit", "Europe", TAB * 2)
    admin.pick("\r", "north")
    admin.fill(TAB)
    admin.pick("\r", "ben")
    admin.save("unit", "Europe")
    made = named(admin.rest.get("livechat/units")["units"], "Europe")
    assert (made["numMonitors"], made["numDepartments"], made["visibility"]) == (1, 1, "public")
    admin.console.wait("Europe")
    admin.edit("Europe", "Unit · Europe")
    admin.console.wait("North")
    admin.fill(TAB, RIGHT)
    admin.save("unit", "Europe")
    assert named(admin.rest.get("livechat/units")["units"], "Europe")["visibility"] == "private"
    admin.delete("Europe", "Unit Europe: 1 department")
    assert admin.rest.get("livechat/units")["units"] == []


def test_contact(admin):
    admin.show("contacts")
    admin.new("contact", "Ada Lovelace", TAB, "ada@example.com", TAB, "+44 20 1")
    admin.save("contact", "Ada Lovelace")
    found = admin.rest.get("omnichannel/contact.search", email="ada@example.com")["contact"]
    assert found["name"] == "Ada Lovelace" and found["phone"][0]["phoneNumber"] == "+44 20 1"
    token = found["token"]
    admin.console.wait("ada@example.com")
    admin.edit("Ada Lovelace", "Contact · Ada Lovelace")
    admin.fill(" King", TAB * 3)
    admin.pick("\r", "anna")
    admin.save("contact", "Ada Lovelace King")
    found = admin.rest.get("omnichannel/contact.search", email="ada@example.com")["contact"]
    assert found["token"] == token, "her widget still knows her"
    assert found["name"] == "Ada Lovelace King" and found["contactManager"]["username"] == "anna"
    admin.console.wait("Ada Lovelace King")
    admin.delete("Ada Lovelace King", "are erased")
    assert admin.rest.get("omnichannel/contact.search", email="ada@example.com")["contact"] is None


def test_user_and_roles(admin):
    admin.show("users")
    admin.new("user", "dora", TAB, "Dora", TAB, "dora@example.com", TAB)
    admin.pick("\r", "livechat-man")
    admin.fill(TAB * 2, PASSWORD)
    admin.save("user", "dora")
    dora = named(admin.rest.get("users.list", count=0)["users"], "dora", "username")
    assert dora["roles"] == ["livechat-manager"]
    admin.console.wait("dora")
    admin.edit("dora", "User · dora")
    admin.fill(TAB, " Diaz")
    admin.save("user", "dora")
    assert named(admin.rest.get("users.list", count=0)["users"], "dora", "username")["name"] == "Dora Diaz"
    admin.delete("dora", "User dora")
    assert named(admin.rest.get("users.list", count=0)["users"], "dora", "username") is None


def test_permissions_hold_at_once(admin, server):
    """A right is given to agents: theirs at once, also in a console that is open."""
    anna = Admin(server, "anna", 80, 24)
    try:
        anna.show("tags")
        anna.console.send("c")
        anna.console.wait("You may not make a tag: the right manage-livechat-tags")
        anna.console.send("\r")
        admin.show("permissions")
        admin.fill("/manage-livechat-tags\r")
        admin.console.wait("1 of")
        admin.console.wait("guest")  # the columns are there
        roles = [r["_id"] for r in admin.rest.get("roles.list")["roles"]]
        admin.fill(RIGHT * roles.index("livechat-agent"), " ", "S")
        admin.console.wait("manage-livechat-tags: +livechat-agent")
        admin.fill("y")
        admin.console.wait("Saved: the rights hold from now on")
        rights = named(admin.rest.get("permissions.listAll")["update"], "manage-livechat-tags", "_id")
        assert "livechat-agent" in rights["roles"]
        anna.console.wait(lambda t: "Not allowed" not in t.text() and "c makes the first one" in t.text(), "the news at Anna's")
        anna.console.send("c")
        anna.console.wait("New tag")
    finally:
        anna.close()


def test_appearance(admin):
    admin.show("appearance")
    admin.console.wait("So it looks to visitors")
    admin.fill("\r")
    admin.console.wait("[ Save ]")
    admin.fill(CLEAR, "Ask us", TAB, CLEAR, "#00ff")
    admin.console.wait("Ask us  ")
    admin.fill(SAVE)
    admin.console.wait("is a colour such as")
    admin.fill("00")
    admin.console.send(SAVE)
    admin.console.wait("Saved: appearance")
    assert admin.rest.setting("Livechat_title") == "Ask us"
    assert admin.rest.setting("Livechat_title_color") == "#00ff00"


def test_changes_by_others_show_up(admin):
    """Without a key: the server says which list changed."""
    admin.show("tags")
    admin.console.wait("Administration · Tags")
    admin.rest.method("livechat:saveTag", None, {"name": "fresh", "description": "made elsewhere"}, [])
    admin.console.wait("made elsewhere")
    admin.show("departments")
    admin.rest.post("livechat/department", {"department": {"name": "Fresh air", "email": "n@example.com", "enabled": True,
                                                           "showOnRegistration": True, "showOnOfflineForm": True}})
    admin.console.wait("Fresh air")


def test_somebody_else_changed_the_right_meanwhile(admin):
    """The server's own list is read before rights are saved; joined, both changes hold."""
    admin.show("permissions")
    admin.fill("/manage-livechat-units\r")
    admin.console.wait("1 of")
    admin.console.wait("guest")
    roles = [r["_id"] for r in admin.rest.get("roles.list")["roles"]]
    admin.fill(RIGHT * roles.index("livechat-agent"), " ", "S")
    admin.console.wait("manage-livechat-units: +livechat-agent")
    had = named(admin.rest.get("permissions.listAll")["update"], "manage-livechat-units", "_id")["roles"]
    admin.rest.post("permissions.update", permissions=[{"_id": "manage-livechat-units", "roles": had + ["guest"]}])
    admin.fill("y")
    admin.console.wait("Somebody else changed the same rights meanwhile")
    admin.fill("\r")
    admin.console.wait("Saved: the rights hold from now on")
    now = named(admin.rest.get("permissions.listAll")["update"], "manage-livechat-units", "_id")["roles"]
    assert set(now) == {*had, "guest", "livechat-agent"}


def test_somebody_else_saved_it_meanwhile(admin):
    """A tag, whose kind is read as a list, and a department, which is read alone: nothing of theirs is lost unasked."""
    tag = {"name": "shared", "description": "first"}
    admin.rest.method("livechat:saveTag", None, tag, [])
    admin.show("tags")
    admin.console.wait("shared")
    known = named(admin.rest.get("livechat/tags")["tags"], "shared")
    admin.edit("shared", "Tag · shared")
    admin.fill(TAB, CLEAR, "mine")
    admin.rest.method("livechat:saveTag", known["_id"], dict(tag, description="theirs"), [])
    admin.fill(SAVE)
    admin.console.wait("Changed meanwhile")
    admin.console.wait("theirs: theirs")
    assert named(admin.rest.get("livechat/tags")["tags"], "shared")["description"] == "theirs"
    admin.fill(RIGHT)
    admin.console.wait("mine: mine")
    admin.fill("\r")
    admin.console.wait("Saved: tag shared")
    assert named(admin.rest.get("livechat/tags")["tags"], "shared")["description"] == "mine"
    body = {"name": "Kept", "email": "kept@example.com", "enabled": True, "showOnRegistration": True, "showOnOfflineForm": True}
    made = admin.rest.post("livechat/department", {"department": body})["department"]
    admin.show("departments")
    admin.console.wait("Kept")
    admin.edit("Kept", "Department · Kept")
    admin.fill(" well")
    admin.rest.put(f"livechat/department/{made['_id']}", {"department": dict(body, email="new@example.com")})
    admin.save("department", "Kept well")
    saved = admin.rest.get(f"livechat/department/{made['_id']}")["department"]
    assert (saved["name"], saved["email"]) == ("Kept well", "new@example.com")


def test_narrow(server):
    """One pane at a time, and forms, at 44 by 14."""
    admin = Admin(server, cols=44, rows=14)
    try:
        admin.show("tags")
        admin.new("tag", "narrow", TAB, "small")
        admin.save("tag", "narrow")
        admin.console.wait("narrow")
        admin.console.send(alt("9"))
        assert named(admin.rest.get("livechat/tags")["tags"], "narrow")["description"] == "small"
        admin.delete("narrow", "Tag narrow")
    finally:
        admin.close()


def test_a_name_that_is_taken_is_said_at_the_name(admin):
    admin.show("tags")
    admin.new("tag", "twice")
    admin.save("tag", "twice")
    admin.new("tag", "twice", SAVE)
    text = admin.console.wait("There is such a tag already").text().split("\n")
    line = next(i for i, row in enumerate(text) if "Name*" in row)
    assert "There is such a tag already" in text[line + 1]


def test_channel(admin, server):
    """Made, read and written in beside the chats, joined by another, archived."""
    admin.show("channels")
    admin.new("channel", "ideas")
    admin.save("channel", "ideas")
    made = named(admin.rest.get("channels.list")["channels"], "ideas")
    admin.console.wait("ideas")
    admin.rest.post("chat.sendMessage", {"message": {"rid": made["_id"], "msg": "What about tea?"}})
    anna = Admin(server, "anna", 120, 40)
    try:
        anna.show("channels")
        anna.console.wait("ideas")
        anna.console.command("channel-read ideas")
        anna.console.wait("What about tea?")
        anna.console.wait("Message to #ideas")
        admin.rest.post("chat.sendMessage", {"message": {"rid": made["_id"], "msg": "Or coffee?"}})
        anna.console.wait("Or coffee?")
        admin.console.command("channel-read ideas")
        admin.console.wait("Or coffee?")
        anna.console.send("i").send("Coffee, please!")
        admin.console.wait("anna is typing…")
        anna.console.send("\r")
        admin.console.wait("Coffee, please!")
        admin.show("channels")
        anna.console.wait(lambda t: "Coffee, please!" in [m["msg"] for m in admin.rest.get(
            "channels.messages", roomId=made["_id"])["messages"]], "the message in the channel")
        anna.console.send("\x1b").send(alt("w"))
        anna.show("channels")
        anna.console.command("channel-join ideas")
        anna.console.wait("You are a member of ideas")
        assert "anna" in [m["username"] for m in admin.rest.get("channels.members", roomId=made["_id"])["members"]]
    finally:
        anna.close()
    admin.console.command("record-delete ideas")
    admin.console.wait("Archive this channel?")
    admin.console.send("y")
    admin.console.wait("Archived: channel ideas")
    assert admin.rest.get("channels.info", roomId=made["_id"])["channel"].get("archived") is True
