"""General and Canned Responses: what visitors and agents get from the server. What the widget and the console do
about it: test_widget.py, test_console.py."""
from people import ok
from register import counter, effect
from world import outcome


@effect("Livechat_enabled",
        (True, {"config": True, "start": 200, "say": 200, "close": 200}),
        (False, {"config": False, "start": "error-omnichannel-is-disabled", "say": "error-omnichannel-is-disabled",
                 "close": 200}))
def test_Livechat_enabled(world):
    """Off: no configuration, no new chat and no word in an old one, which can still be closed."""
    world.agent()
    old = world.chat()
    rest = world.rest()
    rest.visitor("another visitor")
    yield
    return {"config": "settings" in world.config(),
            "start": outcome(rest.get("livechat/room", {"token": "another visitor"})),
            "say": outcome(rest.post("livechat/message", {"token": old.token, "rid": old.rid, "msg": "still there?"})),
            "close": outcome(rest.post("livechat/room.close", {"token": old.token, "rid": old.rid}))}


@effect("Livechat_request_comment_when_closing_conversation",
        (True, {"method": "error-comment-is-required", "rest": "error-comment-is-required", "commented": True,
                "not by a client": True, "visitor": 200}),
        (False, {"method": True, "rest": 200, "commented": True, "not by a client": True, "visitor": 200}))
def test_Livechat_request_comment_when_closing_conversation(world):
    """On: an agent's client cannot close without words, by neither way; visitors and the system can."""
    agent = world.agent()
    rooms = [world.chat() for _ in range(5)]

    def close(n, comment, **options):
        answer = agent.method("livechat:closeRoom", rooms[n].rid, comment, options)
        return answer["error"]["error"] if "error" in answer else answer["result"]
    yield
    by_rest = agent.post("livechat/room.closeByUser", {"rid": rooms[1].rid, "comment": " \n"})
    assert by_rest.status_code in (200, 400)
    if by_rest.status_code == 400:
        assert by_rest.json()["error"].endswith("[error-comment-is-required]")
    return {"method": close(0, " \t", clientAction=True), "rest": outcome(by_rest),
            "commented": close(2, "done", clientAction=True), "not by a client": close(3, ""),
            "visitor": outcome(rooms[4].rest.post("livechat/room.close", {"rid": rooms[4].rid, "token": rooms[4].token}))}


@effect("Livechat_enabled_when_agent_idle", (True, (True, True)), (False, (False, "no-agent-online")))
def test_Livechat_enabled_when_agent_idle(world):
    """The only agent is away from the keyboard: on, the visitor still gets him; off, nobody is there."""
    agent = world.agent()
    line = world.ddp()
    line.login(agent.token)
    line.call("UserPresence:away")
    rest = world.rest()
    rest.visitor("somebody")
    yield
    started = rest.get("livechat/room", {"token": "somebody"})
    served = started.json()["room"]["servedBy"]["_id"] == agent.user_id if started.status_code == 200 else outcome(started)
    return world.config()["online"], served


def upload(world, chat, name="a.txt", data=b"words", kind="text/plain"):
    return chat.rest.session.post(world.usherd.url + "/api/v1/livechat/upload/" + chat.rid, timeout=20,
                                  files={"file": (name, data, kind)}, headers={"x-visitor-token": chat.token})


def files_of(world, chat):
    return [m["file"]["name"] for m in world.history(chat) if "file" in m]


def upload_view(world):
    world.agent()
    chat = world.chat()
    return outcome(upload(world, chat)), files_of(world, chat)


@effect("Livechat_fileupload_enabled", (True, (200, ["a.txt"])), (False, ("error-file-upload-disabled", [])))
def test_Livechat_fileupload_enabled(world):
    """On: a file of the visitor is a message of the chat; off: it is refused and nothing of it is kept."""
    return upload_view(world)


@effect("FileUpload_Enabled", (True, (200, ["a.txt"])), (False, ("error-file-upload-disabled", [])))
def test_FileUpload_Enabled(world):
    return upload_view(world)


@effect("FileUpload_MaxFileSize",
        (4, [("error-size-not-allowed", "4 Bytes"), 200]), (5, [200, 200]), (-1, [200, 200]))
def test_FileUpload_MaxFileSize(world):
    """A file of five bytes against the limit, and one of four."""
    world.agent()
    chat = world.chat()
    seen = []
    for data in (b"12345", b"1234"):
        answer = upload(world, chat, data=data)
        seen.append(200 if answer.status_code == 200 else (outcome(answer), answer.json()["sizeAllowed"]))
    return seen


def types_view(world):
    world.agent()
    chat = world.chat()
    return [outcome(upload(world, chat, name, b"x", kind))
            for name, kind in (("a.png", "image/png"), ("a.svg", "image/svg+xml"), ("a.txt", "text/plain"))]


NO = "error-type-not-allowed"


@effect("FileUpload_MediaTypeWhiteList",
        ("", [200, NO, 200]), ("text/plain", [NO, NO, 200]), ("image/*", [200, NO, NO]))
def test_FileUpload_MediaTypeWhiteList(world):
    return types_view(world)


@effect("FileUpload_MediaTypeBlackList",
        ("image/svg+xml", [200, NO, 200]), ("", [200, 200, 200]), ("image/*, text/plain", [NO, NO, NO]))
def test_FileUpload_MediaTypeBlackList(world):
    return types_view(world)


@effect("FileUpload_ProtectFiles", (True, (403, 200)), (False, (200, 200)))
def test_FileUpload_ProtectFiles(world):
    """Somebody who only knows the address, and the visitor of the chat."""
    world.agent()
    chat = world.chat()
    path = upload(world, chat).json()["attachments"][0]["title_link"]
    cookies = {"rc_room_type": "l", "rc_rid": chat.rid, "rc_token": chat.token}
    return (world.rest().session.get(world.usherd.url + path).status_code,
            world.rest().session.get(world.usherd.url + path, cookies=cookies).status_code)


@effect("Canned_Responses_Enable",
        (True, ("Dear Vera, vera@example.org, 12345: {agent} ({agent mail}) nothing", True)),
        (False, ("Dear {{contact.name}}, {{contact.email}}, {{contact.phone}}: {{agent.name}} ({{agent.email}}) nothing",
                 False)))
def test_Canned_Responses_Enable(world):
    """On: the visitor reads what the placeholders stand for; and the agent's console hears of new responses."""
    agent = world.agent()
    chat = world.chat(name="Vera", email="vera@example.org", phone="12345")
    line = world.ddp()
    line.login(agent.token)
    yield
    line.sub("canned-responses", "canned-responses")
    ok(agent.post("chat.sendMessage", {"message": {"rid": chat.rid, "msg":
       "Dear {{contact.name}}, {{contact.email}}, {{contact.phone}}: {{agent.name}} ({{agent.email}}) nothing"}}))
    ok(world.admin.post("canned-responses", {"shortcut": "hi", "text": "Hello", "scope": "global"}))
    text = world.history(chat)[-1]["msg"]
    text = text.replace("Name of " + agent.username, "{agent}").replace(agent.username + "@example.org", "{agent mail}")
    return text, line.has(lambda f: f.get("collection") == "stream-canned-responses")


@counter("Livechat_guest_count")
def test_Livechat_guest_count(world):
    """The number in the name of a new visitor."""
    world.made = getattr(world, "made", 0) + 1
    username = world.rest().visitor("visitor %d" % world.made)["username"]
    assert username.startswith("guest-")
    return int(username[6:])
