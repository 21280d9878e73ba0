"""The realtime protocol, in the order of the widget: widget.md 3, rest.md 15.7."""


def widget(chat, ddp):
    client = ddp()
    assert "error" not in client.call("livechat:setUpConnection", {"token": chat.token})
    for stream, event in (("room-messages", chat.rid), ("notify-room", chat.rid + "/typing"),
                          ("notify-room", chat.rid + "/deleteMessage"), ("livechat-room", chat.rid),
                          ("livechat-room", chat.rid), ("livechat-room", chat.rid)):
        assert client.sub(stream, event, chat.token)["msg"] == "ready"
    return client


def test_connect_ping(ddp):
    client = ddp(connect=False)
    client.send(msg="connect", version="1", support=["1", "pre2", "pre1"])
    assert len(client.wait(msg="connected")["session"]) == 17
    client.send(msg="ping")
    client.wait(msg="pong")


def test_methods_are_answered_and_updated(ddp):
    client = ddp()
    assert isinstance(client.call("public-settings/get")["result"], list)
    client.wait(msg="updated")
    assert client.call("nothing")["error"]["error"] == 404


def test_messages_come_with_ejson_dates_once(chat, ddp):
    client = widget(chat, ddp)
    sent = chat.rest.say(chat.token, chat.rid, "hello")
    (m,) = client.event("room-messages", chat.rid)
    assert m["_id"] == sent["_id"] and isinstance(m["ts"]["$date"], int)
    client.flush()
    assert not client.has(lambda f: f.get("collection") == "stream-room-messages")


def test_deletion_is_told(chat, ddp):
    client = widget(chat, ddp)
    m = chat.rest.say(chat.token, chat.rid, "oops")
    chat.rest.delete("livechat/message/" + m["_id"], {"token": chat.token, "rid": chat.rid})
    assert client.event("notify-room", chat.rid + "/deleteMessage") == [{"_id": m["_id"]}]


def test_foreign_rooms_are_refused(chat, ddp):
    client = ddp()
    for stream, event in (("room-messages", chat.rid), ("livechat-room", chat.rid), ("notify-room", chat.rid + "/typing"),
                          ("livechat-inquiry-queue-observer", "public"), ("notify-logged", "user-status"),
                          ("notify-user", "x/message")):
        answer = client.sub(stream, event, "somebody-elses-token")
        assert answer["msg"] == "nosub" and answer["error"]["error"] == "not-allowed"


def test_unknown_unsub_is_answered(ddp):
    client = ddp()
    client.send(msg="unsub", id="of-the-old-session")
    assert client.wait(msg="nosub")["id"] == "of-the-old-session"


def test_unsub_ends_the_stream(chat, ddp):
    client = ddp()
    number = client.sub("room-messages", chat.rid, chat.token)["subs"][0]
    client.send(msg="unsub", id=number)
    client.wait(msg="nosub", id=number)
    chat.rest.say(chat.token, chat.rid, "unheard")
    assert not client.has(lambda f: f.get("msg") == "changed")


def test_typing_both_ways(chat, ddp, admin):
    visitor, agent = widget(chat, ddp), ddp()
    agent.login(admin.token)
    assert agent.sub("notify-room", chat.rid + "/user-activity")["msg"] == "ready"
    visitor.call("stream-notify-room", chat.rid + "/typing", chat.visitor["username"], True, {"token": chat.token})
    assert agent.event("notify-room", chat.rid + "/user-activity") == [chat.visitor["username"], ["user-typing"], {}]
    agent.call("stream-notify-room", chat.rid + "/user-activity", "admin", ["user-typing"], {})
    assert visitor.event("notify-room", chat.rid + "/typing") == ["admin", True]
    agent.call("stream-notify-room", chat.rid + "/user-activity", "admin", [], {})
    assert visitor.event("notify-room", chat.rid + "/typing") == ["admin", False]
    # A writer who is not who he says he is: an empty result, and nothing is told.
    agent.call("stream-notify-room", chat.rid + "/typing", "somebody", True)
    assert not visitor.has(lambda f: f.get("fields", {}).get("args", [None])[0] == "somebody")


def test_visitor_goes_offline_with_his_connection(chat, ddp):
    client = widget(chat, ddp)
    client.close()
    deadline = 200
    while chat.rest.room(chat.token)["v"]["status"] != "offline" and deadline:
        deadline -= 1
    assert deadline
    # The widget's second socket subscribes without setUpConnection (widget 16.9).
    again = ddp()
    again.sub("room-messages", chat.rid, chat.token)
    assert chat.rest.room(chat.token)["v"]["status"] == "online"


def test_close_is_told(chat, ddp):
    client = widget(chat, ddp)
    chat.rest.post("livechat/room.close", {"token": chat.token, "rid": chat.rid})
    m = client.event("room-messages", chat.rid, lambda a: a[0].get("t") == "livechat-close")[0]
    assert m["msg"] == "Closed by visitor" and m["transcriptRequested"] is False
    assert client.event("room-messages", chat.rid, lambda a: a[0].get("t") == "command")[0]["msg"] == "promptTranscript"


def test_assignment_reaches_agent_and_visitor(start):
    daemon = start("--embedded", env={"USHER_RATE_LIMITS": "off"})
    admin, rest = daemon.admin(), daemon.rest()
    admin.set(Livechat_Routing_Method="Auto_Selection", Livechat_accept_chats_with_no_agents=True,
              Livechat_enabled_when_agent_idle=False)
    rest.visitor("tk", name="Vee")
    rid = rest.room("tk")["_id"]
    visitor = daemon.ddp()
    assert visitor.sub("livechat-room", rid, "tk")["msg"] == "ready"
    assert visitor.sub("room-messages", rid, "tk")["msg"] == "ready"
    agent = daemon.ddp()
    assert agent.sub("notify-user", admin.user_id + "/rooms-changed")["msg"] == "nosub"
    agent.login(admin.token)
    for name in ("rooms-changed", "subscriptions-changed"):
        agent.sub("notify-user", admin.user_id + "/" + name)
    agent.sub("notify-logged", "user-status")
    rest.visitor("tk2", name="Wim")
    room = rest.room("tk2")
    assert room["servedBy"]["username"] == "admin"
    how, told = agent.event("notify-user", admin.user_id + "/rooms-changed", lambda a: a[1]["_id"] == room["_id"])
    assert how == "inserted" and told["servedBy"]["username"] == "admin"
    assert agent.event("notify-user", admin.user_id + "/subscriptions-changed",
                       lambda a: a[1]["rid"] == room["_id"])[0] == "inserted"
    visitor.close()
    agent.call("setUserStatus", "busy", "in a meeting")
    row = agent.event("notify-logged", "user-status")[0]
    assert row[0] == admin.user_id and row[2] == 3 and row[3] == "in a meeting"


def test_queue_and_settings_streams(start):
    daemon = start("--embedded", env={"USHER_RATE_LIMITS": "off"})
    admin, rest = daemon.admin(), daemon.rest()
    admin.set(Livechat_Routing_Method="Manual_Selection", Livechat_accept_chats_with_no_agents=True,
              Livechat_waiting_queue=True, Omnichannel_calculate_dispatch_service_queue_statistics=True)
    agent = daemon.ddp()
    agent.login(admin.token)
    assert agent.sub("livechat-inquiry-queue-observer", "public")["msg"] == "ready"
    assert agent.sub("notify-all", "public-settings-changed")["msg"] == "ready"
    rest.visitor("tk", name="Vee")
    rid = rest.room("tk")["_id"]
    inquiry = agent.event("livechat-inquiry-queue-observer", "public", lambda a: a[0].get("status") == "queued")[0]
    assert inquiry["rid"] == rid and inquiry["type"] in ("added", "changed")
    visitor = daemon.ddp()
    visitor.sub("livechat-room", rid, "tk")
    data = visitor.event("livechat-room", rid, lambda a: a[0]["type"] == "queueData")[0]["data"]
    assert data["spot"] == 1
    assert rest.get("livechat/config", {"token": "tk"}).json()["config"]["queueInfo"]["spot"] == 1
    admin.set(Livechat_title="Hello")
    assert agent.event("notify-all", "public-settings-changed") == ["updated", {"_id": "Livechat_title", "value": "Hello"}]


def test_logout_ends_the_subscriptions(start):
    daemon = start("--embedded")
    admin = daemon.admin()
    agent = daemon.ddp()
    agent.login(admin.token)
    agent.sub("notify-logged", "user-status")
    admin.post("logout")
    agent.wait(msg="removed", collection="users")
    daemon.admin()
    assert not agent.has(lambda f: f.get("msg") == "changed")


def test_own_typing_does_not_come_back(chat, ddp):
    client, other = widget(chat, ddp), ddp()
    assert other.sub("notify-room", chat.rid + "/typing", chat.token)["msg"] == "ready"
    for typing in (True, False, False):
        answer = client.call("stream-notify-room", chat.rid + "/typing", chat.visitor["username"], typing, {"token": chat.token})
        assert "error" not in answer
    assert other.event("notify-room", chat.rid + "/typing") == [chat.visitor["username"], True]
    client.flush()
    assert client.changed == []


def test_a_second_socket_keeps_the_visitor_online(chat, ddp):
    """A broken socket is replaced by one that never calls setUpConnection (widget 3, 16.9)."""
    first, second = widget(chat, ddp), ddp()
    assert second.sub("room-messages", chat.rid, chat.token)["msg"] == "ready"
    first.close()
    second.send(msg="unsub", id="of-the-first")
    assert second.wait(msg="nosub")["id"] == "of-the-first"
    assert chat.rest.room(chat.token)["v"]["status"] == "online"
    chat.rest.say(chat.token, chat.rid, "still here")
    assert second.event("room-messages", chat.rid)[0]["msg"] == "still here"
    second.close()
    assert any(chat.rest.room(chat.token)["v"]["status"] == "offline" for _ in range(200))
