"""The webhook of the CRM (behaviour 11): every event with its payload, in order, tried again, over restarts."""
import contextlib
import json
import threading

import pytest

from people import Chat, give, make_agent, make_department, make_user, ok
from usherd import Usherd
from webservice import Answer, WebService, dead_url

SWITCHES = ("start", "close", "chat_taken", "chat_queued", "forward", "offline_msg", "visitor_message", "agent_message",
            "capture")


@pytest.fixture
def crm():
    with WebService() as s:
        yield s


@contextlib.contextmanager
def running(url, *switches, **settings):
    u = Usherd([], {"USHER_RATE_LIMITS": "off"})
    admin = u.admin()
    admin.set(**{"Livechat_webhook_on_" + s: s in switches for s in SWITCHES})
    admin.set(Livechat_webhookUrl=url, **settings)
    try:
        yield u, admin
    finally:
        assert u.stop() == 0, "".join(u.log)
        u.close()


def types(crm, n):
    return [crm.next().json["type"] for _ in range(n)]


def log_of(admin, **params):
    return ok(admin.get("/usher/v1/webhooks", params))["webhooks"]


def wait_log(u, admin, test):
    while True:
        rows = log_of(admin)
        if test(rows):
            return rows
        assert u.process.poll() is None


def test_life_of_a_chat(crm):
    """Start, queued, taken, what is said, forwarded and closed, one after the other, with who and where."""
    with running(crm.url, *SWITCHES, Livechat_secret_token="geheim") as (u, admin):
        agent, other = make_agent(u, admin), make_agent(u, admin)
        d = make_department(admin, [agent])
        chat = Chat(u, "hello there", department=d["_id"], email="vera@example.org")
        assert types(crm, 3) == ["LivechatSessionStart", "LivechatSessionQueued", "LivechatSessionTaken"]
        said = crm.next()
        assert said.method == "POST" and said.headers["content-type"] == "application/json"
        assert said.headers["x-rocketchat-livechat-token"] == "geheim"
        body = said.json
        assert body["type"] == "Message" and body["_id"] == chat.rid and body["visitor"]["token"] == chat.token
        assert body["visitor"]["email"] == [{"address": "vera@example.org"}] and body["visitor"]["phone"] is None
        assert body["agent"]["username"] == agent.username and body["createdAt"].endswith("Z")
        assert [m["msg"] for m in body["messages"]] == ["hello there"] and "agentId" not in body["messages"][0]
        ok(agent.post("chat.sendMessage", {"message": {"rid": chat.rid, "msg": "good day"}}))
        message = crm.next().json["messages"][0]
        assert message["msg"] == "good day" and message["agentId"] == agent.user_id
        give(admin, chat, other)
        moved = [crm.next().json for _ in range(2)]
        assert [m["type"] for m in moved] == ["LivechatSessionTaken", "LivechatSessionForwarded"]
        assert moved[1]["oldServedBy"]["username"] == agent.username
        assert moved[1]["servedBy"]["username"] == other.username and moved[1]["departmentId"] == d["_id"]
        ok(other.post("livechat/room.closeByUser", {"rid": chat.rid, "comment": "bye"}))
        closing, closed = crm.next().json, crm.next().json
        assert closing["type"] == "Message" and closing["messages"][0]["closingMessage"] is True
        assert closed["type"] == "LivechatSession" and closed["closer"] == "user"
        assert closed["closedBy"]["username"] == other.username and closed["closedAt"]
        assert [m["msg"] for m in closed["messages"]] == ["hello there", "good day", "bye"]
        assert "geheim" not in "".join(u.log)
        assert all(row["state"] == "told" and row["status"] == 200 for row in
                   wait_log(u, admin, lambda rows: all(r["state"] != "waiting" for r in rows)))


def test_without_address_or_switch(crm):
    with running("", *SWITCHES) as (u, admin):
        make_agent(u, admin)
        Chat(u)
        assert log_of(admin) == []
        admin.set(Livechat_webhookUrl=crm.url, **{"Livechat_webhook_on_" + s: False for s in SWITCHES})
        Chat(u)
        assert log_of(admin) == []


def test_ten_tries_ten_seconds_apart(crm):
    """Unchanged each time, another chat is not delayed, and the eleventh never comes."""
    crm.rule = lambda asked: Answer({}, 500 if b"Unlucky" in asked.body else 200)
    with running(crm.url, "start", "close") as (u, admin):
        make_agent(u, admin)
        unlucky = Chat(u, name="Unlucky")
        first = crm.next()
        ok(unlucky.rest.post("livechat/room.close", {"rid": unlucky.rid, "token": unlucky.token}))
        Chat(u, name="Lucky")
        assert crm.next().json["label"] == "Lucky"
        for _ in range(9):
            wait_log(u, admin, lambda rows: any(r.get("status") == 500 and r["dueAt"] for r in rows
                                                if r["state"] == "waiting"))
            u.advance(10001)
            assert crm.next().body == first.body
        rows = wait_log(u, admin, lambda rows: any(r["state"] == "failed" for r in rows))
        failed = [r for r in rows if r["state"] == "failed"][0]
        assert failed["tries"] == 10 and failed["status"] == 500 and failed["body"] == first.json
        assert crm.next().json["type"] == "LivechatSession"


@pytest.mark.parametrize("status", [201, 204, 302, 404, 503])
def test_any_other_status_fails(crm, status):
    crm.rule = lambda asked: Answer({}, status)
    with running(crm.url, "start") as (u, admin):
        make_agent(u, admin)
        Chat(u)
        rows = wait_log(u, admin, lambda rows: rows and rows[0].get("status"))
        assert rows[0]["status"] == status and rows[0]["state"] == "waiting" and str(status) in rows[0]["why"]


def test_restart_goes_on(crm):
    """What is waiting is told by the next process, in order and as it was."""
    with running(dead_url(), "start", "visitor_message") as (u, admin):
        make_agent(u, admin)
        chat = Chat(u, "first")
        chat.rest.say(chat.token, chat.rid, "second")
        wait_log(u, admin, lambda rows: len(rows) == 3 and rows[-1].get("why") and all("body" in r for r in rows))
        assert u.stop() == 0
        u.start()
        admin = u.admin()
        admin.set(Livechat_webhookUrl=crm.url)
        u.advance(10001)
        told = [crm.next().json for _ in range(3)]
        assert [t["type"] for t in told] == ["LivechatSessionStart", "Message", "Message"]
        assert [t["messages"][0]["msg"] for t in told[1:]] == ["first", "second"]


def test_hanging_receiver_slows_nobody(crm):
    go = threading.Event()
    crm.rule = lambda asked: Answer({}, wait=go)
    with running(crm.url, *SWITCHES) as (u, admin):
        agent = make_agent(u, admin)
        for i in range(12):
            chat = Chat(u, "text %d" % i)
            ok(agent.post("chat.sendMessage", {"message": {"rid": chat.rid, "msg": "answer"}}))
        crm.rule = lambda asked: Answer({})
        go.set()


def test_crm_data(crm):
    """What the first answer gives for a chat comes back with later events of it."""
    crm.rule = lambda asked: Answer({"data": {"case": 4711}})
    with running(crm.url, "start", "close") as (u, admin):
        make_agent(u, admin)
        chat = Chat(u)
        assert "crmData" not in crm.next().json
        wait_log(u, admin, lambda rows: rows[0]["state"] == "told")
        ok(chat.rest.post("livechat/room.close", {"rid": chat.rid, "token": chat.token}))
        assert crm.next().json["crmData"] == {"case": 4711}


def test_edit_of_a_closed_chat(crm):
    with running(crm.url) as (u, admin):
        agent = make_agent(u, admin)
        chat = Chat(u)
        ok(chat.rest.post("livechat/room.close", {"rid": chat.rid, "token": chat.token}))
        ok(agent.post("livechat/room.saveInfo", {"guestData": {"_id": chat.visitor["_id"], "name": "Vera"},
                                                 "roomData": {"_id": chat.rid, "topic": "Prices"}}))
        body = crm.next().json
        assert body["type"] == "LivechatEdit" and body["topic"] == "Prices" and body["_id"] == chat.rid


def test_lead_capture(crm):
    """Found values are the visitor's from then on, whatever the switch says; each once."""
    with running(crm.url, "capture") as (u, admin):
        agent = make_agent(u, admin)
        chat = Chat(u, "me@example.org (11) 91234-5678 or ME2@example.org")
        body = crm.next().json
        assert body["type"] == "LeadCapture" and body["messages"] == []
        assert body["visitor"]["email"] == [{"address": "me@example.org"}, {"address": "ME2@example.org"}]
        assert "91234-5678" in body["visitor"]["phone"][0]["phoneNumber"]
        admin.set(Livechat_webhook_on_capture=False, Livechat_lead_phone_regex="#[0-9]+")
        chat.rest.say(chat.token, chat.rid, "me@example.org and #42")
        info = ok(agent.get("livechat/visitors.info", {"visitorId": chat.visitor["_id"]}))["visitor"]
        assert [e["address"] for e in info["visitorEmails"]] == ["me@example.org", "ME2@example.org"]
        assert info["phone"][-1] == {"phoneNumber": "#42"}
        admin.set(Livechat_lead_email_regex="(x+x+)+y@")
        chat.rest.say(chat.token, chat.rid, "x" * 5000)      # costs too much: the message is said all the same
        u.stop()
        u.start()
        info = ok(u.admin().get("livechat/visitors.info", {"visitorId": chat.visitor["_id"]}))["visitor"]
        assert len(info["visitorEmails"]) == 2 and len(info["phone"]) == 2


def test_offline_message(crm):
    with running(crm.url, "offline_msg", Livechat_validate_offline_email=False) as (u, admin):
        ok(u.rest().post("livechat/offline.message", {"name": "Vera", "email": "Vera@example.org", "message": "Call me"}))
        body = crm.next().json
        assert body.pop("sentAt").endswith("Z")
        assert body == {"type": "LivechatOfflineMessage", "visitor": {"name": "Vera", "email": "Vera@example.org"},
                        "message": "Call me"}


def test_log_and_resend(crm):
    crm.rule = lambda asked: Answer({}, 200)
    with running(crm.url, "start") as (u, admin):
        agent = make_agent(u, admin)
        chat = Chat(u)
        crm.next()
        row = wait_log(u, admin, lambda rows: rows[0]["state"] == "told")[0]
        assert row["rid"] == chat.rid and row["type"] == "LivechatSessionStart" and row["tries"] == 1 and row["doneAt"]
        assert log_of(admin, rid="other") == [] and log_of(admin, before=row["number"]) == []
        ok(admin.post("/usher/v1/webhooks/%d/resend" % row["number"], {}))
        assert crm.next().json == row["body"]
        assert admin.post("/usher/v1/webhooks/1/resend", {}).status_code == 404
        assert admin.post("/usher/v1/webhooks/x/resend", {}).status_code == 404
        for client in (agent, make_user(u, admin)):
            assert client.get("/usher/v1/webhooks").status_code == 403
            assert client.post("/usher/v1/webhooks/%d/resend" % row["number"], {}).status_code == 403


def test_erased_with_the_person(crm):
    """What waits for a dead receiver goes with the visitor, and is told to nobody."""
    with running(dead_url(), *SWITCHES) as (u, admin):
        agent = make_agent(u, admin)
        chat = Chat(u, "a secret word", name="Erasmus Erased")
        wait_log(u, admin, lambda rows: rows and all("body" in r for r in rows))
        assert "Erasmus" in json.dumps(log_of(admin))
        export = ok(admin.get("/usher/v1/visitors/%s/export" % chat.visitor["_id"]))
        assert "LivechatSessionStart" in [h["type"] for h in export["webhooks"]]
        ok(agent.post("livechat/room.closeByUser", {"rid": chat.rid, "comment": "x"}))
        ok(chat.rest.delete("livechat/visitor/" + chat.token))
        wait_log(u, admin, lambda rows: rows == [])


def test_test_button_and_saving(crm):
    with running("") as (u, admin):
        refused = admin.method("livechat:webhookTest")
        assert refused["error"]["error"] == "error-invalid-webhook-response"
        agent = make_agent(u, admin)
        assert agent.method("livechat:saveIntegration", {"Livechat_webhookUrl": crm.url})["error"]["error"] == "error-not-allowed"
        saved = admin.method("livechat:saveIntegration", {"Livechat_webhookUrl": "  " + crm.url + " ", "Site_Name": "no",
                                                          "Livechat_webhook_on_close": 1, "Livechat_secret_token": " s "})
        assert "error" not in saved, saved
        settings = {s["_id"]: s["value"] for s in ok(admin.get("livechat/integrations.settings"))["settings"]}
        assert len(settings) == 10 and settings["Livechat_webhookUrl"] == crm.url
        assert settings["Livechat_webhook_on_close"] is True
        assert admin.method("livechat:webhookTest")["result"] is True
        sample = crm.next()
        assert sample.json["type"] == "LivechatSession" and len(sample.json["messages"]) == 2
        assert sample.headers["x-rocketchat-livechat-token"] == "s"
        crm.rule = lambda asked: Answer({}, 201)
        refused = admin.method("livechat:webhookTest")
        assert refused["error"]["error"] == "error-invalid-webhook-response" and "201" in refused["error"]["reason"]
        assert agent.get("livechat/integrations.settings").status_code == 403


