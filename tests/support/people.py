"""Users, agents and chats for the tests of what agents and administrators do."""
import datetime
import uuid


def unique(prefix):
    return prefix + "-" + uuid.uuid4().hex[:10]


def iso(ms):
    """Milliseconds since 1970 as dates are written in REST."""
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds") + "Z"


def make_user(usherd, admin, roles=("user",), **more):
    """A user who is logged in: a Rest with username and password."""
    name = unique("u")
    body = dict(username=name, name="Name of " + name, email=name + "@example.org", password="pw of " + name,
                roles=list(roles), **more)
    answer = admin.post("users.create", body)
    assert answer.status_code == 200, answer.text
    client = usherd.rest().login(name, body["password"])
    client.username = name
    return client


def make_agent(usherd, admin, *roles):
    """An agent who is online and available."""
    client = make_user(usherd, admin, ("user",) + roles)
    answer = admin.post("livechat/users/agent", {"username": client.username})
    assert answer.status_code == 200, answer.text
    answer = client.post("users.setStatus", {"status": "online"})
    assert answer.status_code == 200, answer.text
    return client


def make_department(admin, agents=(), **more):
    body = dict(dict(enabled=True, name=unique("Department"), email="d@example.org", showOnRegistration=True,
                     showOnOfflineForm=True), **more)
    answer = admin.post("livechat/department", {"department": body, "agents": [{"agentId": a.user_id} for a in agents]})
    assert answer.status_code == 200, answer.text
    return answer.json()["department"]


class Chat:
    """A visitor with an open room."""

    def __init__(self, usherd, text="hello", **fields):
        self.rest = usherd.rest()
        self.token = unique("token")
        fields.setdefault("name", unique("Visitor"))
        self.visitor = self.rest.visitor(self.token, **fields)
        self.room = self.rest.room(self.token)
        self.rid = self.room["_id"]
        self.said = self.rest.say(self.token, self.rid, text) if text else None


def give(admin, chat, agent):
    """The agent serves the chat afterwards, whoever was chosen at first."""
    answer = admin.post("livechat/room.forward", {"roomId": chat.rid, "userId": agent.user_id})
    assert answer.status_code == 200 or "agent-are-same" in answer.text, answer.text
    return chat


def ok(answer):
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["success"] is True, body
    return body


def plain(answer, text, status=400):
    """A refusal by text alone."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["success"] is False and body["error"] == text and "errorType" not in body, body


def coded(answer, code, status=400):
    """A coded refusal: "reason [code]" with errorType."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["success"] is False and body["errorType"] == code and body["error"].endswith("[%s]" % code), body
    return body


def invalid(answer, text):
    assert coded(answer, "invalid-params")["error"] == text + " [invalid-params]"
