"""Every role × every endpoint of agents and administrators: 401 without login, 403 (or 400 where the facts say so)
without the right, neither with it (rest 1.3, 1.4 and the columns "who")."""
import re

import pytest

from daemon import TOP
from own_daemon import admin, usherd  # noqa: F401
from people import make_user

L, ALL, ANY, OWN403, OWN400, PUBLIC = "login", "all", "any", "own403", "own400", "public"
DEPARTMENT = {"enabled": True, "name": "", "email": "", "showOnRegistration": False, "showOnOfflineForm": False,
              "requestTagBeforeClosingChat": True}

# verb, path, how the right is asked for, rights, parameters that pass the schema and change nothing
ENDPOINTS = [
    ("POST", "users.create", OWN400, ["create-user"], {"email": "", "name": "", "password": "", "username": ""}),
    ("GET", "users.info", L, [], {"userId": "x"}),
    ("GET", "users.list", OWN403, ["view-d-room"], {}),
    ("POST", "users.setStatus", L, [], {}),
    ("GET", "users.presence", L, [], {}),
    ("GET", "users.getPresence", L, [], {}),
    ("GET", "users.getStatus", L, [], {}),
    ("POST", "users.update", OWN400, ["edit-other-user-info"], {"userId": "rocket.cat", "data": {}}),
    ("POST", "users.delete", OWN403, ["delete-user"], {}),
    ("GET", "roles.list", L, [], {}),
    ("POST", "roles.addUserToRole", OWN400, ["access-permissions"], {"username": "x"}),
    ("GET", "permissions.listAll", L, [], {}),
    ("POST", "permissions.update", OWN400, ["access-permissions"], {"permissions": []}),
    ("GET", "settings", L, [], {}),
    ("GET", "settings.public", PUBLIC, [], {}),
    ("GET", "settings.oauth", PUBLIC, [], {}),
    ("GET", "service.configurations", PUBLIC, [], {}),
    ("GET", "settings/Livechat_title", OWN403, ["view-privileged-setting"], {}),
    ("POST", "settings/Livechat_title", OWN403, ["edit-privileged-setting"], {}),
    ("POST", "chat.sendMessage", L, [], {}),
    ("POST", "chat.postMessage", L, [], {}),
    ("POST", "chat.update", L, [], {"roomId": "x", "msgId": "x", "text": "x"}),
    ("POST", "chat.delete", L, [], {"roomId": "x", "msgId": "x"}),
    ("GET", "chat.getMessage", L, [], {}),
    ("GET", "chat.search", L, [], {}),
    ("GET", "chat.syncMessages", L, [], {}),
    ("GET", "rooms.info", L, [], {}),
    ("GET", "rooms.get", L, [], {}),
    ("GET", "subscriptions.get", L, [], {}),
    ("GET", "subscriptions.getOne", L, [], {"roomId": "x"}),
    ("POST", "subscriptions.read", L, [], {"rid": "x"}),
    ("GET", "channels.info", L, [], {}),
    ("GET", "channels.history", L, [], {"roomId": "x"}),
    ("POST", "im.create", L, [], {"username": "x"}),
    ("POST", "dm.create", L, [], {"username": "x"}),
    ("GET", "me", L, [], {}),
    ("POST", "users.logout", OWN403, ["logout-other-user"], {"userId": "x"}),
    ("GET", "channels.list", L, [], {}),
    ("GET", "channels.list.joined", L, [], {}),
    ("GET", "channels.members", L, [], {}),
    ("GET", "channels.messages", L, [], {}),
    ("POST", "channels.create", OWN403, ["create-c"], {}),
    ("POST", "channels.join", L, [], {}),
    ("POST", "channels.leave", L, [], {}),
    ("POST", "channels.archive", L, [], {}),
    ("POST", "channels.unarchive", L, [], {}),
    ("POST", "livechat/messages", L, [], {}),
    ("GET", "livechat/visitor/x/room", ALL, ["view-livechat-manager"], {}),
    ("GET", "livechat/rooms", OWN403, ["view-livechat-rooms"], {}),
    ("GET", "livechat/room/x", L, [], {}),
    ("POST", "livechat/transcript/x", ALL, ["send-omnichannel-chat-transcript"], {"email": "a@example.org", "subject": ""}),
    ("DELETE", "livechat/transcript/x", ALL, ["send-omnichannel-chat-transcript"], {}),
    ("GET", "livechat/room.join", ALL, ["view-l-room"], {"roomId": "x"}),
    ("POST", "livechat/room.forward", ALL, ["view-l-room", "transfer-livechat-guest"], {"roomId": "x"}),
    ("POST", "livechat/room.onHold", ALL, ["on-hold-livechat-room"], {"roomId": "x"}),
    ("POST", "livechat/room.saveInfo", ALL, ["view-l-room"], {"guestData": {"_id": "x"}, "roomData": {"_id": "x"}}),
    ("PUT", "livechat/room.visitor", ALL, ["view-l-room"], {"rid": "x", "oldVisitorId": "x", "newVisitorId": "x"}),
    ("POST", "livechat/room.closeByUser", ALL, ["close-livechat-room"], {"rid": "x"}),
    ("GET", "livechat/transfer.history/x", ALL, ["view-livechat-rooms"], {}),
    ("GET", "livechat/x/messages", ALL, ["view-l-room"], {}),
    ("GET", "livechat/inquiries.list", ALL, ["view-livechat-manager"], {}),
    ("GET", "livechat/inquiries.queued", ALL, ["view-l-room"], {}),
    ("GET", "livechat/inquiries.queuedForUser", ALL, ["view-l-room"], {}),
    ("GET", "livechat/inquiries.getOne", ALL, ["view-l-room"], {"roomId": "x"}),
    ("POST", "livechat/inquiries.take", ALL, ["view-l-room"], {"inquiryId": "x"}),
    ("PUT", "livechat/inquiry.prioritize", ANY, ["manage-livechat-priorities", "view-l-room"], {}),
    ("GET", "livechat/queue", ALL, ["view-l-room"], {}),
    ("GET", "livechat/visitors.info", ALL, ["view-l-room"], {"visitorId": "x"}),
    ("GET", "livechat/visitors.pagesVisited/x", ALL, ["view-l-room"], {}),
    ("GET", "livechat/visitors.chatHistory/room/x/visitor/x", ALL, ["view-l-room"], {}),
    ("GET", "livechat/visitors.searchChats/room/x/visitor/x", ALL, ["view-l-room"], {}),
    ("GET", "livechat/visitors.autocomplete", ALL, ["view-l-room"], {"selector": "{}"}),
    ("GET", "livechat/visitors.search", ALL, ["view-l-room"], {"term": "x"}),
    ("POST", "omnichannel/contact", ALL, ["view-l-room"],
     {"token": "rights", "name": "x", "contactManager": {"username": "nobody-at-all"}}),
    ("GET", "omnichannel/contact", ALL, ["view-l-room"], {"contactId": "x"}),
    ("GET", "omnichannel/contact.search", ALL, ["view-l-room"], {}),
    ("GET", "livechat/department", ANY, ["view-livechat-departments", "view-l-room"], {}),
    ("POST", "livechat/department", ALL, ["manage-livechat-departments"], {"department": DEPARTMENT}),
    ("GET", "livechat/department/x", ANY, ["view-livechat-departments", "view-l-room"], {}),
    ("PUT", "livechat/department/x", ANY, ["manage-livechat-departments", "add-livechat-department-agents"],
     {"department": {}}),
    ("DELETE", "livechat/department/x", ANY, ["manage-livechat-departments", "remove-livechat-department"], {}),
    ("GET", "livechat/department.autocomplete", ANY, ["view-livechat-departments", "view-l-room"], {}),
    ("GET", "livechat/department.listByIds", ANY, ["view-livechat-departments", "view-l-room"], {}),
    ("GET", "livechat/department/x/agents", ANY, ["view-livechat-departments", "view-l-room"], {}),
    ("POST", "livechat/department/x/agents", ANY, ["manage-livechat-departments", "add-livechat-department-agents"],
     {"upsert": [], "remove": []}),
    ("GET", "livechat/agents/x/departments", ALL, ["view-l-room"], {}),
    ("GET", "livechat/users/agent", ALL, ["manage-livechat-agents"], {}),
    ("GET", "livechat/users/manager", ALL, ["manage-livechat-agents"], {}),
    ("POST", "livechat/users/agent", ALL, ["view-livechat-manager"], {"username": "nobody-at-all"}),
    ("GET", "livechat/users/agent/x", ALL, ["view-livechat-manager"], {}),
    ("DELETE", "livechat/users/agent/x", ALL, ["view-livechat-manager"], {}),
    ("POST", "livechat/agent.status", ALL, ["view-l-room"], {"agentId": "nobody"}),
    ("GET", "canned-responses.get", ALL, ["view-canned-responses"], {}),
    ("GET", "canned-responses", ALL, ["view-canned-responses"], {}),
    ("GET", "canned-responses/x", ALL, ["view-canned-responses"], {}),
    ("POST", "canned-responses", ALL, ["save-canned-responses"], {"shortcut": "x", "text": "x", "scope": "none"}),
    ("DELETE", "canned-responses", ALL, ["remove-canned-responses"], {"_id": "x"}),
    ("GET", "livechat/appearance", ALL, ["view-livechat-manager"], {}),
    ("POST", "livechat/appearance", ALL, ["view-livechat-manager"], {}),
    ("GET", "livechat/integrations.settings", ALL, ["view-livechat-manager"], {}),
    ("GET", "livechat/business-hour", ALL, ["view-livechat-business-hours"], {}),
    ("GET", "livechat/business-hours", ALL, ["view-livechat-business-hours"], {}),
    ("GET", "livechat/custom-fields", ALL, ["view-l-room"], {}),
    ("GET", "livechat/custom-fields/x", ALL, ["view-l-room"], {}),
    ("GET", "livechat/triggers", ALL, ["view-livechat-manager"], {}),
    ("GET", "livechat/triggers/x", ALL, ["view-livechat-manager"], {}),
    ("GET", "livechat/tags", ANY, ["view-l-room", "manage-livechat-tags"], {}),
    ("GET", "livechat/tags/x", ANY, ["view-l-room", "manage-livechat-tags"], {}),
    ("GET", "livechat/priorities", ANY, ["manage-livechat-priorities", "view-l-room"], {}),
    ("GET", "livechat/priorities/x", ANY, ["manage-livechat-priorities", "view-l-room"], {}),
    ("GET", "livechat/units", ALL, ["manage-livechat-units"], {}),
    ("POST", "livechat/units", ALL, ["manage-livechat-units"], {}),
    ("GET", "livechat/units/x", ALL, ["manage-livechat-units"], {}),
    ("POST", "livechat/units/x", ALL, ["manage-livechat-units"], {}),
    ("DELETE", "livechat/units/x", ALL, ["manage-livechat-units"], {}),
    ("GET", "livechat/units/x/departments", ALL, ["manage-livechat-units"], {}),
    ("GET", "livechat/units/x/departments/available", ALL, ["manage-livechat-units"], {}),
    ("GET", "livechat/units/x/monitors", ALL, ["manage-livechat-monitors"], {}),
    ("GET", "livechat/monitors", ALL, ["manage-livechat-monitors"], {}),
    ("GET", "livechat/monitors/x", ALL, ["manage-livechat-monitors"], {}),
    ("GET", "email-inbox.list", ALL, ["manage-email-inbox"], {}),
    ("POST", "email-inbox", ALL, ["manage-email-inbox"], {}),
    ("GET", "email-inbox/x", ALL, ["manage-email-inbox"], {}),
    ("DELETE", "email-inbox/x", ALL, ["manage-email-inbox"], {}),
    ("GET", "email-inbox.search", ALL, ["manage-email-inbox"], {}),
    ("POST", "email-inbox.send-test/x", ALL, ["manage-email-inbox"], {}),
    ("GET", "/usher/v1/info", PUBLIC, [], {}),
    ("GET", "/usher/v1/rooms/x/events", ALL, ["view-livechat-manager"], {}),
    ("GET", "/usher/v1/rooms/x/why", ALL, ["view-l-room"], {}),
    ("GET", "/usher/v1/rooms/x/frame", ALL, ["view-l-room"], {}),
    ("POST", "video-conference.start", L, [], {"roomId": "x"}),
    ("POST", "video-conference.join", L, [], {"callId": "x"}),
    ("GET", "/usher/v1/agents/x/why", ALL, ["view-livechat-manager"], {}),    # agents only of themselves: test_why.py
]
ROLES = ["admin", "user", "bot", "app", "guest", "anonymous", "livechat-agent", "livechat-manager", "livechat-monitor"]
NO_RIGHT = "User does not have the permissions required for this action [error-unauthorized]"


@pytest.fixture(scope="module")
def people(usherd, admin):
    return {role: make_user(usherd, admin, [role]) for role in ROLES}


@pytest.fixture(scope="module")
def wrong_login(usherd, admin):
    """Says he were the administrator, with a token that is not his."""
    client = usherd.rest()
    client.session.headers.update({"X-User-Id": admin.user_id, "X-Auth-Token": "x" * 43})
    return client


@pytest.fixture(scope="module")
def holders(admin):
    return {p["_id"]: set(p["roles"]) for p in admin.get("permissions.listAll").json()["update"]}


def ask(client, verb, path, params):
    return client.get(path, params) if verb == "GET" else client.call(verb, path, params)


def may(holders, how, rights, role):
    have = [role in holders[r] for r in rights]
    return not rights or (any(have) if how == ANY else all(have))


@pytest.mark.parametrize("verb,path,how,rights,params", ENDPOINTS, ids=[e[0] + " " + e[1] for e in ENDPOINTS])
def test_door(rest, wrong_login, people, holders, verb, path, how, rights, params):
    answer = ask(rest, verb, path, params)
    if how == PUBLIC:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 401
        assert answer.json() == {"status": "error", "message": "You must be logged in to do this."}
    assert answer.headers["content-type"] == "application/json"
    forged = ask(wrong_login, verb, path, params)
    assert (forged.status_code, forged.json()) == (answer.status_code, answer.json()) or how == PUBLIC
    for role, client in people.items():
        answer = ask(client, verb, path, params)
        body = answer.json()
        if may(holders, how, rights, role):
            assert answer.status_code not in (401, 403), (role, answer.text)
            assert "not allowed" not in body.get("error", "") or how != OWN400, (role, body)
        elif how == OWN400:
            assert answer.status_code == 400 and "not allowed" in body["error"], (role, body)
        else:
            assert answer.status_code == 403, (role, answer.text)
            assert body == {"success": False, "error": "unauthorized" if how == OWN403 else NO_RIGHT}, role


def test_the_administrator_has_no_bypass(admin, holders):
    right = "view-livechat-queue"
    assert "admin" in holders["view-l-room"]
    keep = sorted(holders["view-l-room"])
    admin.post("permissions.update", {"permissions": [{"_id": "view-l-room", "roles": []}]})
    try:
        answer = admin.get("livechat/queue")
        assert answer.status_code == 403 and answer.json()["error"] == NO_RIGHT and right in holders
    finally:
        admin.post("permissions.update", {"permissions": [{"_id": "view-l-room", "roles": keep}]})
    assert admin.get("livechat/queue").status_code == 200


def test_parameters_come_before_rights(people):
    answer = people["user"].get("livechat/inquiries.list", {"x": "y"})
    assert answer.status_code == 400 and answer.json()["errorType"] == "invalid-params"


# Those that are no one's by a role: of visitors (test_tokens.py), of the local administrator, of who logs in, of systems
# that sign what they deliver (test_channels.py).
ELSEWHERE = re.compile(r"^(/api/)?(info|login|logout|users\.register|method\.call(Anon)?/.*|livechat/(config|visitor(\.\w+)?|"
                       r"visitor/:token|custom\.fields?|message(/:_id)?|messages\.history/:rid|page\.visited|"
                       r"agent\.(info|next)/.*|room(\.close|\.transfer|\.survey)?|transcript|upload/:rid|offline\.message|"
                       r"sms-incoming/:service|facebook)|"
                       r"rooms\.upload/:rid|/usher/v1/.*)$")


def test_every_endpoint_is_in_the_table():
    rows = set()
    for path in (TOP / "src/server").glob("*.c"):
        rows |= set(re.findall(r'\{(?:\.verb = )?VERB_(\w+), (?:\.path = )?"([^"]+)"', path.read_text()))
    assert len(rows) > 100
    patterns = [(verb, re.compile(re.sub(r":\w+\*?", "[^/]+", path) + "$"), path) for verb, path in rows]
    missing = [(verb, path) for verb, pattern, path in patterns
               if not ELSEWHERE.match(path) and not any(e[0] == verb and pattern.match(e[1]) for e in ENDPOINTS)]
    assert missing == []
