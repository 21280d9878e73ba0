"""The whole path: a visitor in the real widget, an agent in the real console."""
import pytest

from support.console import alt
from support.daemon import Realtime

MANUAL = {"Livechat_Routing_Method": "Manual_Selection"}


def start_chat(world, agent="alma", visitor="Vera Vogel", question="Hello, is anybody there?"):
    """An agent with a chat taken from the queue, and the visitor's page."""
    console = world.console(agent)
    console.wait("Nobody is waiting")
    page = world.page()
    page.load().open().register(visitor, "vera@example.org").say(question)
    console.wait(visitor)
    console.send("t")
    console.wait(lambda t: "You have taken the chat" in t.text(), "the chat to be taken")
    page.wait_message(question, mine=True)
    return console, page


def room_of(world):
    rooms = world.admin.get("livechat/rooms", open="true")["rooms"]
    assert len(rooms) == 1
    return rooms[0]


def texts_of(world, rid):
    """What was said, by the store, oldest first."""
    answer = world.admin.get(f"livechat/{rid}/messages", count="0")
    return [m["msg"] for m in answer["messages"][::-1] if "t" not in m]


@pytest.fixture
def desk(world):
    world.start(**MANUAL)
    world.admin.add_agent("alma", name="Alma Agent")
    return world


def test_queue_take_answer(desk):
    """Form, queue, take, both ways with all kinds of characters, typing, close with a comment, a new chat."""
    console, page = start_chat(desk)
    console.send("Good morning, how can I help?\r")
    page.wait_message("Good morning, how can I help?", mine=False)
    page.see("Alma Agent")

    for text in ("Grüße aus Århus – ça va? ñ", "日本語 العربية 🎉 👍🏽👩‍👩‍👧", "1 < 2 && \"x\" > 'y' & z"):
        page.say(text)
        console.wait(lambda t, s=text: s[:4] in t.text(), text)
        page.settle()  # an answer that comes while the widget still sends is gone from its screen
        console.send(text + "\r")
        page.wait_message(text, mine=False)
    said = texts_of(desk, room_of(desk)["_id"])
    assert len(said) == 8 and said[1] == "Good morning, how can I help?"
    assert [s for s in said[3::2]] == ["Grüße aus Århus – ça va? ñ", "日本語 العربية 🎉 👍🏽👩‍👩‍👧", "1 < 2 && \"x\" > 'y' & z"]
    console.wait("1 < 2 && \"x\" > 'y' & z")
    assert "&amp;" not in console.text() and "&lt;" not in console.text(), "agents read characters, not entities"

    console.send("I am looking")
    page.until(lambda: page.all("[class*='typing-indicator__'], [class*='typing-dots__']"), "the dots of the agent who types")
    console.send("\r")
    page.wait_message("I am looking", mine=False)
    page.write("and so am I")  # the widget tells it once in 4.5 s, so he goes on typing
    page.until(lambda: page.write(".") and "is typing" in console.text(), "the agent to see that the visitor types")
    page.say("!")
    console.wait("and so am I")

    console.command("close-chat Solved, thank you")
    console.wait("is closed")
    page.see("New Chat")
    closed = desk.admin.get("livechat/rooms")["rooms"][0]
    assert not closed.get("open") and closed["closedBy"]["username"] == "alma"

    page.until(lambda: [b for b in page.all("button") if "New Chat" in b.text], "the button")[0].click()
    page.composer()
    page.say("One more thing")
    console.send(alt("1"))
    console.wait("One more thing").send("t")
    console.wait(lambda t: t.text().count("You have taken") > 0, "the second chat")
    console.send("Which one?\r")
    page.wait_message("Which one?", mine=False)
    assert room_of(desk)["_id"] != closed["_id"]
    assert page.errors() == [] or all("favicon" in e["message"] for e in page.errors())


def test_close_asks_for_comment(desk):
    """The key for closing opens the question; the visitor gets his finished page."""
    console, page = start_chat(desk)
    console.send("\x1b[17~")  # F6
    console.wait("Comment")
    console.send("\r")
    console.wait("A comment is required")
    console.send("All done\t\r")
    console.wait("is closed")
    page.see("New Chat")
    assert desk.admin.get("livechat/rooms")["rooms"][0]["closedBy"]["username"] == "alma"


def test_reload(desk):
    """After a reload the history is there, without doubles, and the chat goes on."""
    console, page = start_chat(desk)
    console.send("First answer\r")
    page.wait_message("First answer")
    page.reload().open()
    page.wait_message("Hello, is anybody there?", mine=True).wait_message("First answer", mine=False)
    page.see("Alma Agent")
    page.say("I am back")
    console.wait("I am back")
    console.send("Welcome back\r")
    page.wait_message("Welcome back", mine=False)
    assert page.count("First answer") == page.count("I am back") == 1


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_restart_in_mid_chat(desk, how):
    """usherd goes and comes again with the same store: both sides reconnect by themselves, what the agent typed
    meanwhile arrives once, nothing is lost."""
    console, page = start_chat(desk)
    console.send("Before the break\r")
    page.wait_message("Before the break")
    rid = room_of(desk)["_id"]
    getattr(desk.usherd, how)()
    page.see("not connected")
    console.wait(lambda t: "Before the break" in t.text() and "sent" not in t.text().splitlines()[-1], "the screen")
    console.send("Typed while it was away\r").send("and a second line\r")
    console.wait("and a second line")
    desk.usherd.start()
    desk.admin = desk.usherd.admin()
    page.wait_message("Typed while it was away", mine=False).wait_message("and a second line", mine=False)
    page.see_gone("not connected")
    page.say("I read you")
    console.wait("I read you")
    console.send("Good\r")
    page.wait_message("Good", mine=False)
    assert texts_of(desk, rid) == ["Hello, is anybody there?", "Before the break", "Typed while it was away",
                                   "and a second line", "I read you", "Good"]
    for text in ("Before the break", "Typed while it was away", "and a second line", "I read you", "Good"):
        assert page.count(text) == 1, text


def test_two_visitors_two_agents(desk):
    """Each chat stays between its two people; a taken one goes from the other's queue."""
    desk.admin.add_agent("bert", name="Bert Agent")
    alma, bert = desk.console("alma"), desk.console("bert")
    alma.wait("Nobody is waiting")
    bert.wait("Nobody is waiting")
    first, second = desk.page(), desk.page()
    first.load().open().register("Vera Vogel", "vera@example.org").say("First question")
    alma.wait("Vera Vogel")
    bert.wait("Vera Vogel")
    alma.send("t").wait("You have taken")
    bert.wait("Nobody is waiting")
    second.load().open().register("Walter Wolf", "walter@example.org").say("Second question")
    bert.wait("Walter Wolf").send("t").wait("You have taken")
    alma.send("To Vera\r")
    bert.send("To Walter\r")
    first.wait_message("To Vera", mine=False)
    second.wait_message("To Walter", mine=False)
    assert first.count("To Walter") == second.count("To Vera") == 0
    assert "Alma Agent" in first.text() and "Bert Agent" in second.text()


def test_realtime_of_a_visitor_needs_his_token(desk):
    """A stranger who knows the room's id hears nothing."""
    start_chat(desk)
    rid = room_of(desk)["_id"]
    stranger = Realtime(desk.usherd.port)
    for stream, event in (("stream-room-messages", rid), ("stream-livechat-room", rid), ("stream-notify-room", rid + "/typing")):
        with pytest.raises(AssertionError):
            stranger.subscribe(stream, event, {"useCollection": False, "args": [{"token": "x", "visitorToken": "x"}]})
    stranger.close()
