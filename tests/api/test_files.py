"""Uploaded files: rest 13.3, 13.4."""
import base64
import json

import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import Chat, coded, give, make_agent, make_user, ok

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def upload(chat, *parts, path="livechat/upload/", client=None, headers=None, **fields):
    client = client or chat.rest
    headers = {"x-visitor-token": chat.token} if headers is None else headers
    return client.session.post(client.url + "/api/v1/" + path + chat.rid, timeout=20, headers=headers, data=fields,
                               files=list(parts))


def part(name="a b.png", data=PNG, kind="image/png", field="file"):
    return (field, (name, data, kind))


@pytest.fixture
def chat(usherd, admin):
    return Chat(usherd)


@pytest.fixture
def sent(chat):
    m = upload(chat, part()).json()
    chat.file, chat.link = m["file"]["_id"], m["attachments"][0]["title_link"]
    return chat


def signed(chat, rest=None):
    history = ok((rest or chat.rest).get("livechat/messages.history/" + chat.rid, {"token": chat.token}))["messages"]
    found = [m["fileUpload"] for m in history if "fileUpload" in m]
    assert len(found) == 1
    return found[0]


def test_answer_of_an_upload(chat):
    m = ok(upload(chat, part(), description="what it is", msg="look", alias="no", unknown="x"))
    assert m["msg"] == "look" and m["groupable"] is False and m["newRoom"] is False and "showConnecting" in m
    assert m["alias"] == chat.visitor["name"] and m["token"] == chat.token and "message" not in m
    one = m["attachments"][0]
    assert one["description"] == "what it is" and one["title"] == "a b.png" and one["type"] == "file"
    assert one["title_link"] == one["image_url"] and one["title_link_download"] is True and one["image_type"] == "image/png"
    assert m["files"] == [m["file"]] == [{"_id": m["file"]["_id"], "name": "a b.png", "type": "image/png"}]


@pytest.mark.parametrize("kind, key", [("audio/ogg", "audio"), ("video/mp4", "video")])
def test_kinds(chat, kind, key):
    one = ok(upload(chat, part("x", b"data", kind)))["attachments"][0]
    assert one[key + "_url"] == one["title_link"] and one[key + "_type"] == kind and one[key + "_size"] == 4
    plain = ok(upload(chat, part("x.txt", b"data", "text/plain")))["attachments"][0]
    assert not {"image_url", "audio_url", "video_url"} & set(plain)


def test_refusals(usherd, admin, chat):
    for headers in ({}, {"x-visitor-token": "no"}, {"x-visitor-token": Chat(usherd).token}):
        answer = upload(chat, part(), headers=headers)
        assert answer.status_code == 403 and answer.json() == {"success": False, "error": "unauthorized"}
    assert upload(chat, ("other", (None, "text"))).json()["error"] == "No file uploaded"
    assert upload(chat, part(), part()).json()["error"] == "Just 1 file is allowed"
    assert coded(upload(chat, part(field="picture")), "invalid-field")["error"] == "[invalid-field]"
    admin.set(FileUpload_MaxFileSize=1024)
    try:
        assert upload(chat, part(data=b"x" * 2000)).json() == {
            "reason": "error-size-not-allowed", "sizeAllowed": "1 KB", "success": False}
        admin.set(FileUpload_MaxFileSize=-1)
        ok(upload(chat, part(data=b"x" * 2000)))
    finally:
        admin.set(FileUpload_MaxFileSize=104857600)
    chat.rest.post("livechat/room.close", {"token": chat.token, "rid": chat.rid})
    assert upload(chat, part()).status_code == 403


def test_agents_upload_too(usherd, admin, chat):
    agent = make_agent(usherd, admin)
    give(admin, chat, agent)
    m = ok(upload(chat, part(), path="rooms.upload/", client=agent, headers={}))["message"]
    assert m["u"]["_id"] == agent.user_id and "token" not in m
    assert upload(chat, part(), path="rooms.upload/", client=make_user(usherd, admin), headers={}).status_code == 403
    assert chat.rest.get(m["attachments"][0]["title_link"], {"rc_room_type": "l", "rc_rid": chat.rid,
                                                             "rc_token": chat.token}).content == PNG


def test_who_may_read(usherd, admin, sent):
    agent, stranger = make_agent(usherd, admin), make_user(usherd, admin)
    give(admin, sent, agent)
    bare = usherd.rest()
    visitor = {"rc_room_type": "l", "rc_rid": sent.rid, "rc_token": sent.token}
    user = {"rc_uid": agent.user_id, "rc_token": agent.token}
    for way in ("params", "cookies"):
        assert bare.get(sent.link, **{way: visitor}).content == PNG
        assert usherd.rest().get(sent.link, **{way: user}).content == PNG
        for wrong in (dict(visitor, rc_room_type="c"), dict(visitor, rc_rid="x"), dict(visitor, rc_token="x"),
                      dict(user, rc_token="x"), {"rc_uid": stranger.user_id, "rc_token": stranger.token}):
            answer = usherd.rest().get(sent.link, **{way: wrong})
            assert answer.status_code == 403 and answer.content == b""
    assert agent.get(sent.link).content == PNG and stranger.get(sent.link).status_code == 403
    assert bare.get("/file-upload/unknown/a").status_code == 404
    other = Chat(usherd)
    assert usherd.rest().get(sent.link, {"rc_room_type": "l", "rc_rid": other.rid, "rc_token": other.token}).status_code == 403
    sent.rest.post("livechat/room.close", {"token": sent.token, "rid": sent.rid})
    assert usherd.rest().get(sent.link, visitor).status_code == 403
    assert agent.get(sent.link).content == PNG


def test_headers(sent):
    visitor = {"rc_room_type": "l", "rc_rid": sent.rid, "rc_token": sent.token}
    answer = sent.rest.get(sent.link, visitor)
    assert answer.headers["content-type"] == "image/png"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "max-age=31536000" in answer.headers["cache-control"]
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''a%20b.png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert sent.rest.get(sent.link, dict(visitor, download="")).headers["content-disposition"].startswith("attachment;")
    m = ok(upload(sent, part("p.html", b"<script>alert(1)</script>", "text/html")))
    answer = sent.rest.get(m["attachments"][0]["title_link"], visitor)
    assert answer.headers["content-disposition"].startswith("attachment;")


def test_a_signed_link_needs_no_login(usherd, sent):
    file = signed(sent)
    assert file["type"] == "image/png" and file["size"] == len(PNG)
    path, token = file["publicFilePath"].split("?token=")
    assert path == sent.link
    assert usherd.rest().get(file["publicFilePath"]).content == PNG
    other = sent.rest.method("livechat:loadHistory", {"token": sent.token, "rid": sent.rid}, anon=True)
    assert any("?token=" in m.get("fileUpload", {}).get("publicFilePath", "") for m in other["result"]["messages"])
    message = [m for m in other["result"]["messages"] if "fileUpload" in m][0]
    one = ok(sent.rest.get("livechat/message/" + message["_id"], {"token": sent.token, "rid": sent.rid}))["message"]
    assert one["fileUpload"]["size"] == len(PNG)
    sent.rest.post("livechat/room.close", {"token": sent.token, "rid": sent.rid})
    assert usherd.rest().get(file["publicFilePath"]).content == PNG


def test_what_is_not_signed_by_us(usherd, sent):
    token = signed(sent)["publicFilePath"].split("?token=")[1]
    head, body, mac = token.split(".")
    second = ok(upload(sent, part("b.png")))["attachments"][0]["title_link"]

    def status(text, link=sent.link):
        return usherd.rest().get(link, {"token": text}).status_code

    def packed(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    assert status(token) == 200 and status(token, second) == 403
    payload = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert payload["fileId"] == sent.file
    forged = packed(dict(payload, exp=payload["exp"] + 9999))
    for wrong in ("", ".", "..", "a.b", token[:-1], token + "x", "%s.%s.%s" % (head, forged, mac), "%s.%s." % (head, body),
                  "%s.%s.%s" % (packed({"alg": "none"}), body, ""), "x" * 5000, head + "." + body, "..%s" % mac):
        assert status(wrong) == 403, wrong


def test_a_link_ends_after_an_hour(start):
    daemon = start("--embedded", env={"USHER_RATE_LIMITS": "off"})
    admin = daemon.admin()
    admin.set(Livechat_accept_chats_with_no_agents=True)
    chat = Chat(daemon)
    upload(chat, part())
    link = signed(chat)["publicFilePath"]
    daemon.advance(59 * 60000)
    assert daemon.rest().get(link).status_code == 200
    daemon.advance(2 * 60000)
    assert daemon.rest().get(link).status_code == 403
    assert daemon.rest().get(signed(chat)["publicFilePath"]).status_code == 200


def test_settings_of_links(start):
    daemon = start("--embedded", env={"USHER_RATE_LIMITS": "off"})
    admin = daemon.admin()
    admin.set(Livechat_accept_chats_with_no_agents=True, FileUpload_json_web_token_secret_for_files="first")
    chat = Chat(daemon)
    upload(chat, part())
    link = signed(chat)["publicFilePath"]
    daemon.stop()
    daemon.start()  # a secret that was set outlives the process
    assert daemon.rest().get(link).status_code == 200
    admin = daemon.admin()
    admin.set(FileUpload_json_web_token_secret_for_files="second")
    assert daemon.rest().get(link).status_code == 403
    link = signed(chat, daemon.rest())["publicFilePath"]
    assert daemon.rest().get(link).status_code == 200
    admin.set(FileUpload_Enable_json_web_token_for_files=False)
    assert daemon.rest().get(link).status_code == 403
    assert "?" not in signed(chat, daemon.rest())["publicFilePath"]
    admin.set(FileUpload_ProtectFiles=False)
    assert daemon.rest().get(link).content == PNG
