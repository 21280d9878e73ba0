"""What the agent's console does under both values."""
import re

from people import ok
from register import effect

EMPTY = "Nobody is waiting"


def with_chat(world, home, view="\x1bOQ"):
    """A console whose agent has one chat, opened to write in."""
    agent = world.agent()
    console = world.console(home, agent).wait(EMPTY)
    chat = world.chat("good day", name="Vera Vogel")
    console.wait("Vera Vogel").send(view)  # F2, the chats
    console.wait("Vera Vogel").send("\r").wait("good day")
    console.wait("Message")
    return console, chat


@effect("Livechat_request_comment_when_closing_conversation", (True, "asked"), (False, "closed"))
def test_Livechat_request_comment_when_closing_conversation_console(world, home):
    """F6 and Enter: the console wants words, or the chat is closed."""
    console, _ = with_chat(world, home)
    console.send("\x1b[17~").wait("End the chat with Vera Vogel?")
    if "Comment" in console.text():
        console.send("\r").wait("A comment is required")
        console.send("done\t\r").wait("is closed")
        return "asked"
    console.send("\r").wait("is closed")
    return "closed"


@effect("Canned_Responses_Enable", (True, ("offered", "Good morning, dear customer")), (False, ("not offered", "!gm")))
def test_Canned_Responses_Enable_console(world, home):
    """"!" and some letters of the shortcut, and Enter; what the visitor reads in the end."""
    ok(world.admin.post("canned-responses", {"shortcut": "goodmorning", "text": "Good morning, dear customer",
                                             "scope": "global"}))
    ok(world.admin.post("canned-responses", {"shortcut": "bye", "text": "Good bye", "scope": "global"}))
    console, chat = with_chat(world, home)
    for key in "!gm":
        console.send(key)
    console.wait("!gm")
    seen = "not offered"
    if "Canned responses " in console.text():
        assert "goodmorning" in console.text() and "Good bye" not in console.text()
        console.send("\r").wait(lambda t: "!gm" not in t.text())
        seen = "offered"
    console.send("\r")
    said = []

    def told(_):
        said[:] = [m["msg"].strip() for m in world.history(chat) if "t" not in m]
        return len(said) == 2
    console.wait(told, "the visitor to read it")
    return seen, said[1]


def bells(console):
    """Rings so far; BEL also ends what sets the title of the terminal."""
    return re.sub(rb"\x1b\].*?(\x07|\x1b\\)", b"", console.raw, flags=re.S).count(b"\x07")


@effect("Livechat_continuous_sound_notification_new_livechat_room", (True, "again and again"), (False, "once"))
def test_Livechat_continuous_sound_notification_new_livechat_room(world, home):
    """An agent gets a chat and does not look at it, while somebody waits in the queue for some seconds, by the console's
    own clock; looked at, the bell is silent."""
    world.set(Livechat_Routing_Method="Manual_Selection")
    agent = world.agent()
    console = world.console(home, agent).wait(EMPTY)
    before = bells(console)
    chat = world.chat("good day", name="Vera Vogel")
    console.wait("Vera Vogel")
    inquiry = ok(agent.get("livechat/inquiries.queuedForUser"))["inquiries"][0]
    ok(agent.post("livechat/inquiries.take", {"inquiryId": inquiry["_id"]}))
    console.wait("New chat: Vera Vogel")
    assert bells(console) > before
    rung = bells(console)
    world.chat(None, name="Walter Wolf")
    console.wait("Walter Wolf")
    rung = bells(console)
    console.wait("0:07")
    again = bells(console) - rung
    assert again == 0 or again >= 2
    if again:
        console.send("\x1bOQ").wait("Vera Vogel").send("\r").wait("good day")
        quiet = bells(console)
        console.send("\x1b1").wait("0:11")
        assert bells(console) == quiet, "it sounds although the chat was looked at"
    return "again and again" if again else "once"
