"""Calls by a conference service: what the visitor is asked in the chat."""
from people import give, ok
from register import effect
from world import outcome


def ring(world, **settings):
    """(chat, the agent's answer)"""
    before = {"Omnichannel_call_provider": "Jitsi", "VideoConf_Default_Provider": "jitsi", "Jitsi_Domain": "meet.example",
              "Jitsi_URL_Room_Prefix": "Desk", "Jitsi_SSL": True, **settings}
    world.set(**{name: value for name, value in before.items() if value is not None})
    agent = world.agent()
    chat = give(world.admin, world.chat(), agent)
    yield
    yield chat, agent.post("video-conference.start", {"roomId": chat.rid})


def invitation(world, chat, answer):
    """(scheme and host, name of the room without what is made by chance) that the visitor's button leads to."""
    call = ok(answer)["data"]["callId"]
    said = next(m for m in world.history(chat) if m["_id"] == call)
    text, buttons = said["blocks"]
    assert text["text"]["text"] == "_Started a video call._"
    assert (buttons["appId"], buttons["blockId"]) == ("videoconf-core", call)
    button = buttons["elements"][0]
    assert button["actionId"] == "joinLivechat"
    site, _, room = button["url"].rpartition("/")
    assert room.endswith(call)
    return site, room[:-len(call)]


@effect("Omnichannel_call_provider", ("none", ("no-active-video-conf-provider", False)), ("Jitsi", (200, True)),
        ("WebRTC", ("no-active-video-conf-provider", False)), ("Jitsi", (200, True)))
def test_Omnichannel_call_provider(world):
    """Whether the agent may call by the service, and what the visitor's widget is told of it."""
    steps = ring(world, Omnichannel_call_provider=None)
    next(steps)
    yield
    _, answer = next(steps)
    return outcome(answer), world.config()["settings"]["videoCall"]


@effect("VideoConf_Default_Provider", ("", "no-active-video-conf-provider"), ("jitsi", 200))
def test_VideoConf_Default_Provider(world):
    steps = ring(world, VideoConf_Default_Provider=None)
    next(steps)
    yield
    return outcome(next(steps)[1])


@effect("Jitsi_Domain", ("meet.example", "https://meet.example"), ("talk.example", "https://talk.example"))
def test_Jitsi_Domain(world):
    steps = ring(world, Jitsi_Domain=None)
    next(steps)
    yield
    return invitation(world, *next(steps))[0]


@effect("Jitsi_URL_Room_Prefix", ("Desk", "Desk"), ("a/b", "a%2Fb"))
def test_Jitsi_URL_Room_Prefix(world):
    """Nothing in it makes another address of it."""
    steps = ring(world, Jitsi_URL_Room_Prefix=None)
    next(steps)
    yield
    return invitation(world, *next(steps))[1]


@effect("Jitsi_SSL", (True, "https://meet.example"), (False, "http://meet.example"))
def test_Jitsi_SSL(world):
    steps = ring(world, Jitsi_SSL=None)
    next(steps)
    yield
    return invitation(world, *next(steps))[0]
