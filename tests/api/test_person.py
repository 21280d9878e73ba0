"""What is held on one person: handed out, and erased without a trace (behaviour 13)."""
import hashlib
import json
import os
import sqlite3
import subprocess
import threading
import time

import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import Chat, coded, give, make_agent, make_user, ok
from daemon import program
from usherd import trail_of

# Every word of her that the server is given; none may be found afterwards.
WORDS = ["Xanthippe-Zorn", "xanthippe.zorn@example.org", "+49-8111-222333", "zorn-token-1", "Frobnicator", "My-secret-plight",
         "quokka.txt", "a wombat in the file", "zebra-page", "okapi-page", "Gnarl/5.0",
         "loyalty-number-77", "emu-offline", "marmot-answer", "lynx-topic", "echidna-edited", "survey-yak"]


@pytest.fixture
def zorn(usherd, admin):  # noqa: F811
    return make_zorn(usherd, admin)


def make_zorn(usherd, admin):  # noqa: F811
    """A visitor with everything a server can hold on one: an old chat and an open one."""
    admin.set(Livechat_Allow_collect_and_store_HTTP_header_informations=True)
    agent = make_agent(usherd, admin, "livechat-agent")
    ok(agent.post("users.setStatus", {"status": "online"}))
    rest = usherd.rest()
    rest.session.headers.update({"User-Agent": "Gnarl/5.0"})
    visit = {"change": "url", "title": "zebra-page", "location": {"href": "https://shop.example/zebra-page"}}
    ok(rest.post("livechat/page.visited", {"token": "zorn-token-1", "pageInfo": visit}))
    visitor = rest.visitor("zorn-token-1", name="Xanthippe-Zorn", email="xanthippe.zorn@example.org", phone="+49-8111-222333")
    admin.set(Livechat_validate_offline_email=False, Livechat_offline_email="desk@example.org",
              Livechat_OfflineMessageToChannel_enabled=True, Livechat_OfflineMessageToChannel_channel_name="general")
    ok(rest.post("livechat/offline.message", {"name": "Xanthippe-Zorn", "email": "Xanthippe.Zorn@example.org",
                                              "message": "emu-offline"}))
    chats = []
    admin.method("livechat:saveCustomField", None, {"field": "loyalty", "label": "Loyalty", "scope": "visitor",
                                                    "visibility": "visible", "regexp": "", "searchable": False})
    for number in (1, 2):
        chat = Chat.__new__(Chat)
        chat.rest, chat.token, chat.visitor = rest, "zorn-token-1", visitor
        chat.room = rest.room("zorn-token-1")
        chat.rid = chat.room["_id"]
        chats.append(chat)
        rest.say(chat.token, chat.rid, "My Frobnicator broke: My-secret-plight %d" % number)
        said = rest.say(chat.token, chat.rid, "to be mended")
        ok(rest.put("livechat/message/" + said["_id"], {"token": chat.token, "rid": chat.rid, "msg": "echidna-edited"}))
        give(admin, chat, agent)
        ok(agent.post("chat.sendMessage", {"message": {"rid": chat.rid, "msg": "Dear {{contact.name}}: marmot-answer"}}))
        ok(rest.post("livechat/page.visited", {"token": chat.token, "rid": chat.rid, "pageInfo": dict(visit, title="okapi-page")}))
        answer = rest.session.post(usherd.url + "/api/v1/livechat/upload/" + chat.rid, timeout=20,
                                   files={"file": ("quokka.txt", b"a wombat in the file", "text/plain")},
                                   headers={"x-visitor-token": chat.token})
        chat.file = ok(answer)["file"]["_id"]
        ok(agent.post("livechat/room.saveInfo", {"guestData": {"_id": visitor["_id"], "livechatData": {"loyalty": "loyalty-number-77"}},
                                                 "roomData": {"_id": chat.rid, "topic": "lynx-topic"}}))
        if number == 1:
            ok(rest.post("livechat/room.survey", {"rid": chat.rid, "token": chat.token,
                                                  "data": [{"name": "additionalFeedback", "value": "survey-yak"}]}))
            ok(rest.post("livechat/room.close", {"rid": chat.rid, "token": chat.token}))
    other = dict(visit, title="other-page", location={"href": "https://shop.example/other"})
    ok(rest.post("livechat/page.visited", {"token": "another", "pageInfo": other}))
    return visitor, chats, agent


def export(client, visitor):
    return client.get("/usher/v1/visitors/%s/export" % visitor["_id"])


def log_hash(db):
    with sqlite3.connect("file:%s?mode=ro" % db, uri=True) as store:
        rows = store.execute("SELECT * FROM event ORDER BY seq").fetchall()
    return len(rows), lambda n: hashlib.sha256(repr(rows[:n]).encode()).hexdigest()


def test_export_has_everything(zorn, admin):  # noqa: F811
    visitor, chats, _ = zorn
    body = ok(export(admin, visitor))
    assert body["visitor"]["name"] == "Xanthippe-Zorn" and body["visitor"]["ip"] == "127.0.0.1"
    assert [r["_id"] for r in body["rooms"]] == [c.rid for c in chats]
    texts = [[m["msg"] for m in r["messages"]] for r in body["rooms"]]
    assert all("My Frobnicator broke: My-secret-plight %d" % (n + 1) in t and "Dear Xanthippe-Zorn: marmot-answer" in t
               for n, t in enumerate(texts))
    assert [f["_id"] for f in body["files"]] == [c.file for c in chats] and body["files"][0]["size"] == 20
    pages = [v["navigation"]["page"]["title"] for v in body["visits"]]
    assert pages == ["zebra-page", "okapi-page", "okapi-page"]
    assert {e["type"] for e in body["log"]} >= {"visitor", "room-opened", "room-closed"}
    assert body["customFields"] == body["visitor"]["livechatData"] == {"loyalty": "loyalty-number-77"}
    assert [(m["kind"], m["text"]) for m in body["mails"]] == [("offline message", "emu-offline")]
    whole = str(body)
    missing = [w for w in WORDS if w not in whole and w != "a wombat in the file"]
    assert not missing, missing


def test_rights(zorn, usherd, admin):  # noqa: F811
    visitor, _, agent = zorn
    plain, manager = make_user(usherd, admin), make_user(usherd, admin, ("user", "livechat-manager"))
    path = "/usher/v1/visitors/%s" % visitor["_id"]
    for client, status in ((usherd.rest(), 401), (plain, 403), (agent, 403)):
        assert export(client, visitor).status_code == status
        assert client.delete(path).status_code == status
    assert export(manager, visitor).status_code == 200
    assert export(manager, {"_id": "nobody"}).status_code == 404
    coded(manager.delete("/usher/v1/visitors/nobody"), "invalid-token")
    admin.set(Livechat_Allow_collect_and_store_HTTP_header_informations=False)
    coded(manager.delete(path), "visitor-has-open-rooms")


@pytest.mark.parametrize("way", ["by token", "by id"])
def test_erased_without_a_trace(start, way):
    """Nothing of the person is left in the store, its write-ahead log, a backup or the files; the event log is what it
    was, with the erasing behind it; a restart changes nothing."""
    daemon = start("--embedded", "--trusted-proxies", "127.0.0.1", env={"USHER_RATE_LIMITS": "off"})
    boss = daemon.admin()
    boss.set(Livechat_accept_chats_with_no_agents=True)
    visitor, chats, _ = make_zorn(daemon, boss)
    bystander = Chat(daemon, "bystander words")
    assert {w for _, w in trail_of(daemon.folder, WORDS)} == set(WORDS), "not all of it is found before"
    count, before = log_hash(daemon.db)
    if way == "by token":
        ok(chats[0].rest.delete("livechat/visitor/zorn-token-1"))
    else:
        ok(boss.delete("/usher/v1/visitors/" + visitor["_id"]))
    backup = os.path.join(daemon.folder, "backup.db")
    with sqlite3.connect("file:%s?mode=ro" % daemon.db, uri=True) as live, sqlite3.connect(backup) as copy:
        live.backup(copy)
    wait_gone(daemon, chats)
    assert trail_of(daemon.folder, WORDS) == []
    after_count, after = log_hash(daemon.db)
    assert after_count > count and after(count) == before(count), "the log of what happened was changed"
    assert export(boss, visitor).status_code == 404
    assert [m["msg"] for m in ok(bystander.rest.get("livechat/messages.history/" + bystander.rid,
                                                     {"token": bystander.token}))["messages"]][0] == "bystander words"
    assert daemon.stop() == 0
    assert trail_of(daemon.folder, WORDS) == []
    daemon.start()
    assert trail_of(daemon.folder, WORDS) == []
    assert after_count <= log_hash(daemon.db)[0]


@pytest.mark.parametrize("name,option", [("usherd", "--socket"), ("usher", "--server")])
def test_command_line(start, name, option, tmp_path):
    """usherd visitor export and erase, by id and by address, through the socket of the running daemon; and of usher."""
    daemon = start("--embedded", "--trusted-proxies", "127.0.0.1", env={"USHER_RATE_LIMITS": "off"})
    boss = daemon.admin()
    boss.set(Livechat_accept_chats_with_no_agents=True)
    visitor, chats, _ = make_zorn(daemon, boss)

    def run(*arguments):
        env = {k: v for k, v in os.environ.items() if not k.startswith("USHER_")}
        return subprocess.run([program(name), "visitor", *arguments, option, daemon.socket_path], env=dict(env, HOME=str(tmp_path)), text=True,
                              capture_output=True, timeout=60, check=False)

    by_id, by_address = run("export", visitor["_id"]), run("export", "xanthippe.zorn@example.org")
    assert by_id.returncode == by_address.returncode == 0, by_id.stderr + by_address.stderr
    body = json.loads(by_id.stdout)
    assert body["visitor"]["_id"] == visitor["_id"] and [r["_id"] for r in body["rooms"]] == [c.rid for c in chats]
    assert json.loads(by_address.stdout)["rooms"] == body["rooms"]
    for bad, words in ((("export", "nobody"), "visitor-not-found"), (("erase", "nobody"), "invalid-token"),
                       (("export", "no@example.org"), "nobody has the address no@example.org"), (("show", "nobody"), "usage" if name == "usherd" else "not a command")):
        refused = run(*bad)
        assert refused.returncode == 1 and words in refused.stderr and refused.stdout == "", refused
    boss.set(Livechat_Allow_collect_and_store_HTTP_header_informations=False)
    assert "opened rooms" in run("erase", visitor["_id"]).stderr
    boss.set(Livechat_Allow_collect_and_store_HTTP_header_informations=True)
    assert run("erase", "xanthippe.zorn@example.org").returncode == 0
    assert export(boss, visitor).status_code == 404
    daemon.stop()
    gone = run("export", visitor["_id"])
    assert gone.returncode == 1 and ("no usherd answers" if name == "usherd" else daemon.socket_path) in gone.stderr


def test_files_that_come_while_he_is_erased(start):
    """A file is not committed yet (somebody else has the store) when its visitor is erased: it does not stay behind."""
    daemon = start("--embedded", env={"USHER_RATE_LIMITS": "off"})
    boss = daemon.admin()
    boss.set(Livechat_accept_chats_with_no_agents=True, Livechat_Allow_collect_and_store_HTTP_header_informations=True)
    chat = Chat(daemon)
    folder = os.path.join(daemon.folder, "files")
    codes = {}

    def send():
        codes["upload"] = daemon.rest().session.post(
            daemon.url + "/api/v1/livechat/upload/" + chat.rid, timeout=20,
            files={"file": ("a.txt", b"wombat", "text/plain")}, headers={"x-visitor-token": chat.token}).status_code

    def erase():
        codes["erase"] = chat.rest.delete("livechat/visitor/" + chat.token).status_code

    with sqlite3.connect(daemon.db, isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        sender, eraser = threading.Thread(target=send), threading.Thread(target=erase)
        sender.start()
        until = time.monotonic() + 20
        while not os.path.isdir(folder) or [os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder)] != [6]:
            assert time.monotonic() < until
        eraser.start()
        eraser.join(0.5)
        assert eraser.is_alive() and codes == {}  # neither is answered before it is on disk
        db.execute("ROLLBACK")
    sender.join()
    eraser.join()
    assert codes["erase"] == 200 and codes["upload"] in (200, 400)  # whichever comes first
    for _ in range(400):
        if not os.listdir(folder):
            return
        daemon.rest().get("livechat/visitor/nobody")
    raise AssertionError("the file is still there")


def wait_gone(daemon, chats):
    """The files go when the removal is committed; the next answer of the pool is behind that."""
    for _ in range(200):
        if not any(os.path.exists(os.path.join(daemon.folder, "files", c.file)) for c in chats):
            return
        daemon.rest().get("livechat/visitor/nobody")
    raise AssertionError("the files are still there")


def test_consent_is_recorded(usherd, admin):  # noqa: F811
    """The chat keeps that consent was required and the words then in force, whatever is set later."""
    def room(chat):
        return ok(admin.get("rooms.info", {"roomId": chat.rid}))["room"]

    before = Chat(usherd)
    admin.set(Livechat_force_accept_data_processing_consent=True, Livechat_data_processing_consent_text="We keep *this*")
    during = Chat(usherd)
    admin.set(Livechat_data_processing_consent_text="")
    by_default = Chat(usherd)
    admin.set(Livechat_force_accept_data_processing_consent=False, Livechat_data_processing_consent_text="Other words")
    ok(during.rest.post("livechat/room.close", {"rid": during.rid, "token": during.token}))
    usherd.stop()
    usherd.start()
    admin.url = usherd.url
    admin.login("admin", usherd.PASSWORD)
    assert "consent" not in room(before)
    assert room(during)["consent"] == {"required": True, "text": "We keep *this*"}
    assert room(by_default)["consent"] == {"required": True, "text": ""}
