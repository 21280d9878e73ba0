"""Visitor endpoints: rest.md 4."""
import os


def test_config_shape(rest, admin):
    c = rest.get("livechat/config").json()["config"]
    assert c["enabled"] is True and c["departments"] == [] and c["triggers"] == [] and c["customFields"] == []
    assert set(c) >= {"settings", "theme", "messages", "survey", "resources", "online"}
    assert not {"room", "guest", "agent", "queueInfo"} & set(c)
    assert c["settings"]["limitTextLength"] is False


def test_config_of_a_visitor(chat):
    c = chat.rest.get("livechat/config", {"token": chat.token}).json()["config"]
    assert c["guest"]["token"] == chat.token and c["room"]["_id"] == chat.rid and c["room"]["open"] is True


def test_config_while_off(start):
    daemon = start()
    daemon.admin().set(Livechat_enabled=False)
    assert daemon.rest().get("livechat/config").json() == {"config": {"enabled": False}, "success": True}


def test_visitor_is_updated_by_token(rest, token):
    one = rest.visitor(token, name="Vee", email=" Vee@Example.ORG ", phone="+1 55 %s" % token[-6:])
    assert one["visitorEmails"] == [{"address": "vee@example.org"}]
    two = rest.visitor(token, name="Wim")
    assert two["_id"] == one["_id"] and two["name"] == "Wim" and two["username"] == one["username"]


def test_visitor_is_found_by_email_and_phone(rest, token):
    mail = token + "@example.org"
    one = rest.visitor(token, email=mail, phone=token)
    two = rest.visitor(token + "b", email=mail)
    assert two["_id"] == one["_id"] and two["token"] == token + "b"
    three = rest.visitor(token + "c", phone=token)
    assert three["_id"] == one["_id"] and three["token"] == token + "b"


def test_visitor_errors(rest, token):
    bad = rest.post("livechat/visitor", {"visitor": {"token": token, "email": "no"}})
    assert bad.status_code == 400 and bad.json()["errorType"] == "error-invalid-email"
    bad = rest.post("livechat/visitor", {"visitor": {"token": token, "department": "none"}}).json()
    assert bad["errorType"] == "error-invalid-department" and bad["details"] == {"method": "registerGuest"}
    assert rest.get("livechat/visitor/unknown").json() == {
        "success": False, "error": "[invalid-token]", "errorType": "invalid-token"}


def test_visitor_get_and_delete(chat):
    rest = chat.rest
    assert rest.get("livechat/visitor/" + chat.token).json()["visitor"]["_id"] == chat.visitor["_id"]
    busy = rest.delete("livechat/visitor/" + chat.token, {})
    assert busy.json()["errorType"] == "visitor-has-open-rooms"
    rest.post("livechat/room.close", {"token": chat.token, "rid": chat.rid})
    gone = rest.delete("livechat/visitor/" + chat.token, {}).json()["visitor"]
    assert gone["_id"] == chat.visitor["_id"] and gone["ts"].endswith("Z")
    assert rest.get("livechat/visitor/" + chat.token).status_code == 400


def test_room_is_made_once(chat):
    again = chat.rest.get("livechat/room", {"token": chat.token}).json()
    assert again["newRoom"] is False and again["room"]["_id"] == chat.rid
    r = chat.room
    assert r["t"] == "l" and r["open"] is True and r["cl"] is False and r["source"]["type"] == "api"
    assert r["v"]["token"] == chat.token and r["fname"] == "Vee"


def test_room_errors(rest, token):
    assert rest.get("livechat/room", {"token": token}).json() == {"success": False, "error": "invalid-token"}
    rest.visitor(token)
    assert rest.get("livechat/room", {"token": token, "rid": "x"}).json()["error"] == "invalid-room"


def test_room_of_the_widget(rest, admin, token):
    rest.visitor(token)
    answer = rest.get("livechat/room", {"token": token}, cookies={"rc_is_widget": "t", "rc_room_type": "l"})
    assert answer.json()["room"]["source"]["type"] == "widget"


def test_no_agent_online(start, token):
    rest = start().rest()
    rest.visitor(token)
    assert rest.get("livechat/room", {"token": token}).json() == {
        "success": False, "error": "Sorry, no online agents [no-agent-online]", "errorType": "no-agent-online"}


def test_messages(chat):
    rest, token, rid = chat.rest, chat.token, chat.rid
    m = rest.say(token, rid, "hello")
    assert m["token"] == token and m["alias"] == "Vee" and m["u"]["_id"] == chat.visitor["_id"]
    assert m["urls"] == [] and m["mentions"] == [] and m["channels"] == []
    path = "livechat/message/" + m["_id"]
    assert rest.get(path, {"token": token, "rid": rid}).json()["message"]["msg"] == "hello"
    new = rest.put(path, {"token": token, "rid": rid, "msg": "better"}).json()["message"]
    assert new["msg"] == "better" and new["editedBy"]["_id"] == chat.visitor["_id"] and new["editedAt"]
    history = rest.get("livechat/messages.history/" + rid, {"token": token}).json()["messages"]
    assert [h["msg"] for h in history if "t" not in h] == ["better"]
    assert history[-1]["t"] == "livechat-started"
    assert rest.delete(path, {"token": token, "rid": rid}).json()["message"]["_id"] == m["_id"]
    assert rest.get(path, {"token": token, "rid": rid}).json()["error"] == "invalid-message"


def test_history_is_newest_first_and_paged(chat):
    for i in range(5):
        chat.rest.say(chat.token, chat.rid, "n%d" % i)
    def page(**params):
        answer = chat.rest.get("livechat/messages.history/" + chat.rid, dict(token=chat.token, **params)).json()
        return [m["msg"] for m in answer["messages"]]
    assert page(limit=2) == ["n4", "n3"] and page(limit=2, offset=2) == ["n2", "n1"]


def test_a_known_id_is_not_stored_twice(chat):
    mid = "own-" + chat.token
    assert chat.rest.say(chat.token, chat.rid, "one", _id=mid)["_id"] == mid
    again = chat.rest.post("livechat/message", {"token": chat.token, "rid": chat.rid, "msg": "two", "_id": mid})
    assert again.status_code == 400 and again.json() == {"success": False}


def test_message_errors(chat, rest):
    body = {"token": chat.token, "rid": chat.rid, "msg": "x"}
    assert rest.post("livechat/message", dict(body, token="no")).json() == {"success": False, "error": "invalid-token"}
    assert rest.post("livechat/message", dict(body, rid="no")).json() == {"success": False, "error": "invalid-room"}
    other = rest.visitor(chat.token + "x")
    assert rest.post("livechat/message", dict(body, token=other["token"])).json()["error"] == "invalid-room"


def test_bad_email_is_named(rest, token):
    answer = rest.post("livechat/visitor", {"visitor": {"token": token, "email": "vee"}})
    assert answer.status_code == 400 and answer.json() == {
        "success": False, "error": "Invalid email vee [error-invalid-email]", "errorType": "error-invalid-email",
        "details": {"function": "Livechat.validateEmail", "email": "vee"}}
    answer = rest.post("livechat/visitor", {"visitor": {"token": token, "department": "nowhere"}})
    assert answer.json()["details"] == {"method": "registerGuest"}


def test_close(chat):
    body = {"token": chat.token, "rid": chat.rid}
    assert chat.rest.post("livechat/room.close", body).json() == {
        "rid": chat.rid, "comment": "Closed by visitor", "success": True}
    assert chat.rest.post("livechat/room.close", body).json() == {"success": False, "error": "room-closed"}
    assert chat.rest.post("livechat/message", dict(body, msg="x")).json()["error"] == "room-closed"
    history = chat.rest.get("livechat/messages.history/" + chat.rid, {"token": chat.token}).json()["messages"]
    assert "livechat-close" in [m.get("t") for m in history]
    assert "room" not in chat.rest.get("livechat/config", {"token": chat.token}).json()["config"]


def test_status(chat):
    answer = chat.rest.post("livechat/visitor.status", {"token": chat.token, "status": "away"})
    assert answer.json() == {"token": chat.token, "status": "away", "success": True}
    assert chat.rest.room(chat.token)["v"]["status"] == "away"


def test_custom_fields(chat):
    field = {"key": "k", "value": "v", "overwrite": True}
    assert chat.rest.post("livechat/custom.field", dict(field, token=chat.token)).json()["error"] == "[invalid-custom-field]"
    assert chat.rest.post("livechat/custom.fields", {"token": chat.token, "customFields": []}).json()["fields"] == []


def test_page_visited(chat):
    page = {"change": "url", "title": "t", "location": {"href": "http://x/y"}}
    answer = chat.rest.post("livechat/page.visited", {"token": chat.token, "rid": chat.rid, "pageInfo": page}).json()
    assert answer["page"] == {"msg": "t - http://x/y", "navigation": {"page": page, "token": chat.token}}
    other = chat.rest.post("livechat/page.visited", {"token": chat.token, "pageInfo": dict(page, change="title")})
    assert other.json() == {"success": True}


def test_survey(chat):
    body = {"token": chat.token, "rid": chat.rid}
    good = chat.rest.post("livechat/room.survey", dict(body, data=[{"name": "satisfaction", "value": "5"}]))
    assert good.json()["data"] == {"satisfaction": "5"}
    bad = chat.rest.post("livechat/room.survey", dict(body, data=[{"name": "satisfaction", "value": "9"}]))
    assert bad.json()["error"] == "invalid-data"


def test_survey_of_a_closed_chat(chat, admin):
    body = {"token": chat.token, "rid": chat.rid}
    def survey(**answers):
        data = [{"name": k, "value": v} for k, v in answers.items()]
        return chat.rest.post("livechat/room.survey", dict(body, data=data))
    assert survey(agentKnowledge="4").json()["data"] == {"agentKnowledge": "4"}
    chat.rest.post("livechat/room.close", body)
    answer = survey(satisfaction="2", additionalFeedback="too <slow>", unknown="3", agentFriendliness="0")
    assert answer.json() == {"rid": chat.rid, "data": {"satisfaction": "2", "additionalFeedback": "too <slow>"},
                             "success": True}
    room = admin.get("rooms.info", {"roomId": chat.rid}).json()["room"]
    assert room["surveyFeedback"] == {"agentKnowledge": "4", "satisfaction": "2", "additionalFeedback": "too <slow>"}
    assert "open" not in room and room["closer"] == "visitor"
    assert survey(satisfaction="6").json()["error"] == "invalid-data"
    assert survey(additionalFeedback="x" * 30000).json()["error"] == "invalid-data"
    other = chat.rest.visitor(chat.token + "x")["token"]
    assert chat.rest.post("livechat/room.survey", {"token": other, "rid": chat.rid, "data": [
        {"name": "satisfaction", "value": "1"}]}).json()["error"] == "invalid-room"


def test_survey_by_the_old_method(chat, admin):
    def survey(token, *answers):
        return chat.rest.method("livechat:saveSurveyFeedback", token, chat.rid, list(answers), anon=True)
    assert survey(chat.token, {"name": "satisfaction", "value": "3"})["result"] == 1
    chat.rest.post("livechat/room.close", {"token": chat.token, "rid": chat.rid})
    assert survey(chat.token, {"name": "agentFriendliness", "value": "5"})["result"] == 1
    room = admin.get("rooms.info", {"roomId": chat.rid}).json()["room"]
    assert room["surveyFeedback"] == {"satisfaction": "3", "agentFriendliness": "5"}
    for bad in (survey("no", {"name": "satisfaction", "value": "1"}), survey(chat.token, {"name": "x"})):
        assert "result" not in bad and "error" not in bad
    assert survey(None)["error"]["message"].startswith("Match error")


def test_transcript_says_that_it_failed(chat):
    body = {"token": chat.token, "rid": chat.rid, "email": "v@example.org"}
    answer = chat.rest.post("livechat/transcript", body)
    assert answer.status_code == 400 and answer.json() == {"message": "Error sending Omnichannel transcript", "success": False}
    assert chat.rest.post("livechat/transcript", dict(body, token="no")).json()["errorType"] == "error-invalid-token"


def test_upload_and_download(usherd, chat):
    data = os.urandom(1500000)
    answer = chat.rest.session.post(usherd.url + "/api/v1/livechat/upload/" + chat.rid, timeout=20,
                                    headers={"x-visitor-token": chat.token}, files={"file": ("a b.png", data, "image/png")})
    m = answer.json()
    assert answer.status_code == 200 and m["success"] and m["file"]["name"] == "a b.png"
    link = m["attachments"][0]["image_url"]
    assert link == "/file-upload/%s/a%%20b.png" % m["file"]["_id"] and m["attachments"][0]["image_size"] == len(data)
    assert chat.rest.get(link).status_code == 403
    got = chat.rest.get(link, cookies={"rc_room_type": "l", "rc_rid": chat.rid, "rc_token": chat.token})
    assert got.status_code == 200 and got.content == data and got.headers["content-type"] == "image/png"


def test_upload_refusals(usherd, chat):
    def upload(token, **files):
        return chat.rest.session.post(usherd.url + "/api/v1/livechat/upload/" + chat.rid, timeout=20,
                                      headers={"x-visitor-token": token}, files=files)
    assert upload("no", file=("a", b"x", "text/plain")).status_code == 403
    assert upload(chat.token, other=("a", b"x", "text/plain")).json()["errorType"] == "invalid-field"
    assert upload(chat.token, file=("a.svg", b"x", "image/svg+xml")).json()["reason"] == "error-type-not-allowed"


def test_imported_messages(admin, token):
    answer = admin.post("livechat/messages", {"visitor": {"token": token}, "messages": [{"msg": "a"}, {"msg": "b"}]})
    assert [m["msg"] for m in answer.json()["messages"]] == ["a", "b"]


def test_rooms_of_a_visitor_are_for_managers(chat, admin):
    path = "livechat/visitor/%s/room" % chat.token
    assert chat.rest.get(path).status_code == 401
    assert admin.get(path).json()["rooms"][0]["_id"] == chat.rid


def test_nothing_acknowledged_is_lost(start, token):
    daemon = start("--embedded")
    daemon.admin().set(Livechat_accept_chats_with_no_agents=True)
    rest = daemon.rest()
    rest.visitor(token)
    rid = rest.room(token)["_id"]
    for i in range(20):
        rest.say(token, rid, "m%d" % i)
    daemon.process.kill()
    daemon.process.wait()
    daemon.start()
    rest = daemon.rest()
    history = rest.get("livechat/messages.history/" + rid, {"token": token, "limit": 100}).json()["messages"]
    assert [m["msg"] for m in history if "t" not in m][::-1] == ["m%d" % i for i in range(20)]


STRANGE = "must NOT have additional properties [invalid-params]"
LACKS = "must have required property '%s' [invalid-params]"


def test_refusals(chat):
    """What each call says to a wrong token, a wrong room, a key too many and one too few (rest 4, widget 14)."""
    room = {"rid": chat.rid, "token": chat.token}
    item = [{"name": "satisfaction", "value": "1"}]
    post = (("livechat/message", dict(room, msg="x"), "msg"), ("livechat/room.close", room, "rid"),
            ("livechat/room.transfer", dict(room, department="d"), "department"),
            ("livechat/room.survey", dict(room, data=item), "data"))
    for path, body, key in post:
        assert chat.rest.post(path, dict(body, token="x")).json() == {"success": False, "error": "invalid-token"}, path
        assert chat.rest.post(path, dict(body, rid="x")).json() == {"success": False, "error": "invalid-room"}, path
        assert chat.rest.post(path, dict(body, more=1)).json()["error"] == STRANGE, path
        less = {k: v for k, v in body.items() if k != key}
        assert chat.rest.post(path, less).json()["error"] == LACKS % key, path
    history = "livechat/messages.history/"
    assert chat.rest.get(history + chat.rid, {"token": "x"}).json()["error"] == "invalid-token"
    assert chat.rest.get(history + "x", {"token": chat.token}).json()["error"] == "invalid-room"
    assert chat.rest.get(history + chat.rid).json()["error"] == LACKS % "token"
    assert chat.rest.get("livechat/message/none", room).json()["error"] == "invalid-message"
    for path, error in ((chat.rid + "/x", "invalid-token"), ("x/" + chat.token, "invalid-room")):
        assert chat.rest.get("livechat/agent.info/" + path).json() == {"success": False, "error": error}
    assert chat.rest.get("livechat/agent.next/anybody", {"x": 1}).json()["error"] == STRANGE
    assert chat.rest.get("livechat/agent.next/" + chat.token).json() == {"success": True}
    for query, error in (({"x": "1", "token": chat.token}, "Match error: Unknown key in field x"),
                         ({}, "Match error: Missing key 'token'"), ({"token": "x"}, "invalid-token"),
                         ({"token": chat.token, "rid": "x"}, "invalid-room")):
        assert chat.rest.get("livechat/room", query).json()["error"] == error
