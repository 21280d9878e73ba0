"""Every endpoint whose credential is the token of a visitor, with another visitor's token and with one that nobody has:
what is not his he neither reads nor changes (rest 4, 13.3)."""
import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import Chat, unique

PLAIN, CODED = "plain", "coded"
FIELD = {"key": "x", "value": "x", "overwrite": True}

# verb, path, parameters besides the token, refused how: of somebody else's token, of an unknown one. None: there is
# nothing of somebody else's that could be named.
ENDPOINTS = [
    ("GET", "livechat/room", {"rid": "RID"}, (PLAIN, "invalid-room"), (PLAIN, "invalid-token")),
    ("POST", "livechat/room.close", {"rid": "RID"}, (PLAIN, "invalid-room"), (PLAIN, "invalid-token")),
    ("POST", "livechat/room.transfer", {"rid": "RID", "department": "x"}, (PLAIN, "invalid-room"), (PLAIN, "invalid-token")),
    ("POST", "livechat/room.survey", {"rid": "RID", "data": [{"name": "satisfaction", "value": "5"}]},
     (PLAIN, "invalid-room"), (PLAIN, "invalid-token")),
    ("POST", "livechat/transcript", {"rid": "RID", "email": "a@example.org"},
     (CODED, "error-invalid-room"), (CODED, "error-invalid-token")),
    ("POST", "livechat/message", {"rid": "RID", "msg": "x"}, (PLAIN, "invalid-room"), (PLAIN, "invalid-token")),
    ("GET", "livechat/message/MID", {"rid": "RID"}, (PLAIN, "invalid-room"), (PLAIN, "invalid-token")),
    ("PUT", "livechat/message/MID", {"rid": "RID", "msg": "x"}, (PLAIN, "invalid-room"), (PLAIN, "invalid-token")),
    ("DELETE", "livechat/message/MID", {"rid": "RID"}, (PLAIN, "invalid-room"), (PLAIN, "invalid-token")),
    ("GET", "livechat/messages.history/RID", {}, (PLAIN, "invalid-room"), (PLAIN, "invalid-token")),
    ("GET", "livechat/agent.info/RID/TOKEN", None, (PLAIN, "invalid-room"), (PLAIN, "invalid-token")),
    ("POST", "livechat/visitor.status", {"status": "away"}, None, (CODED, "invalid-token")),
    ("POST", "livechat/visitor.callStatus", {"callStatus": "x", "rid": "RID", "callId": "x"}, None, (CODED, "invalid-token")),
    ("POST", "livechat/custom.field", FIELD, None, (PLAIN, "invalid-token")),
    ("POST", "livechat/custom.fields", {"customFields": [FIELD]}, None, (PLAIN, "invalid-token")),
    ("GET", "livechat/visitor/TOKEN", None, None, (CODED, "invalid-token")),
    ("DELETE", "livechat/visitor/TOKEN", None, None, (CODED, "invalid-token")),
]


@pytest.fixture(scope="module")
def chat(usherd, admin):
    return Chat(usherd, "mine")


@pytest.fixture(scope="module")
def stranger(usherd, admin):
    return Chat(usherd, "of somebody else").token


def ask(chat, verb, path, params, token):
    for word, value in (("RID", chat.rid), ("MID", chat.said["_id"]), ("TOKEN", token)):
        path = path.replace(word, value)
        params = params and {k: value if v == word else v for k, v in params.items()}
    if params is not None:
        params = {**params, "token": token}
    return chat.rest.get(path, params) if verb == "GET" else chat.rest.call(verb, path, params)


def check(answer, how):
    code = how[1]
    body = answer.json()
    assert answer.status_code == 400 and body["success"] is False, answer.text
    if how[0] == PLAIN:
        assert body == {"success": False, "error": code}
    else:
        assert body["errorType"] == code and body["error"].endswith("[%s]" % code)


@pytest.mark.parametrize("verb,path,params,foreign,unknown", ENDPOINTS, ids=[e[0] + " " + e[1] for e in ENDPOINTS])
def test_token(chat, stranger, verb, path, params, foreign, unknown):
    check(ask(chat, verb, path, params, unique("nobody")), unknown)
    if foreign:
        check(ask(chat, verb, path, params, stranger), foreign)
    kept = chat.rest.get("livechat/messages.history/" + chat.rid, {"token": chat.token}).json()["messages"]
    assert [m["msg"] for m in kept if "t" not in m] == ["mine"]


def test_upload(chat, stranger):
    for token in (stranger, unique("nobody"), None):
        answer = chat.rest.send("POST", chat.rest.url + "/api/v1/livechat/upload/" + chat.rid, files={"file": ("a.txt", b"x")},
                                headers={"x-visitor-token": token} if token else {})
        assert answer.status_code == 403 and answer.json() == {"success": False, "error": "unauthorized"}


@pytest.mark.parametrize("stream,event", [("room-messages", ""), ("notify-room", "/typing"), ("notify-room", "/user-activity"),
                                          ("notify-room", "/deleteMessage"), ("livechat-room", "")])
def test_stream(usherd, chat, stranger, stream, event):
    socket = usherd.ddp()
    assert socket.sub(stream, chat.rid + event, chat.token)["msg"] == "ready"
    for token in (stranger, unique("nobody"), None):
        refusal = socket.sub(stream, chat.rid + event, token)
        assert refusal["msg"] == "nosub" and refusal["error"]["error"] == "not-allowed"
    socket.close()
