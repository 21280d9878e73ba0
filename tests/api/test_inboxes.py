"""E-mail inboxes (rest 12): kept with their passwords, which are shown by the answers alone."""
import json
import sqlite3

import pytest

from own_daemon import admin, start_with_agent, usherd  # noqa: F401
from people import coded, make_department, make_user, ok, plain, unique
from postoffice import Mailbox, certificate

SECRET = "open-sesame-7731"


def form(**more):
    box = unique("box")
    server = dict(server="127.0.0.1", port=1025, username="desk", password=SECRET, secure=False)
    return dict(dict(active=False, name=box, email=box + "@shop.test", smtp=server, imap=dict(server, maxRetries=3)), **more)


def made(admin, **more):
    body = form(**more)
    return ok(admin.post("email-inbox", body))["_id"], body


def test_inbox_saved_changed_removed(admin):
    department = make_department(admin)
    id_, body = made(admin, description="For all", senderInfo="The desk", department=department["_id"])
    got = ok(admin.get("email-inbox/" + id_))
    assert {k: got[k] for k in body} == body
    assert got["_id"] == id_ and got["_createdBy"]["username"] == "admin" and got["_createdBy"]["_id"] == admin.user_id
    assert got["_createdAt"] and got["_updatedAt"]

    assert ok(admin.post("email-inbox", dict(body, _id=id_, name="Renamed", department="All")))["_id"] == id_
    changed = ok(admin.get("email-inbox/" + id_))
    assert changed["name"] == "Renamed" and "department" not in changed
    assert changed["_createdAt"] == got["_createdAt"] and changed["_createdBy"] == got["_createdBy"]

    assert ok(admin.get("email-inbox.search", {"email": body["email"]}))["emailInbox"]["_id"] == id_
    assert ok(admin.delete("email-inbox/" + id_))["_id"] == id_
    assert ok(admin.get("email-inbox.search", {"email": body["email"]}))["emailInbox"] is None
    for answer in (admin.get("email-inbox/" + id_), admin.delete("email-inbox/" + id_),
                   admin.post("email-inbox.send-test/" + id_)):
        plain(answer, "Resource not found", 404)


def test_list_is_sorted_paged_and_filtered(admin):
    names = sorted(unique(p) for p in ("c", "a", "b"))
    ids = {name: made(admin, name=name)[0] for name in reversed(names)}
    query = json.dumps({"name": {"$in": names}})
    page = ok(admin.get("email-inbox.list", {"query": query, "count": 2}))
    assert [i["_id"] for i in page["emailInboxes"]] == [ids[n] for n in names[:2]]
    assert (page["total"], page["count"], page["offset"]) == (3, 2, 0)
    turned = ok(admin.get("email-inbox.list", {"query": query, "sort": json.dumps({"name": -1})}))["emailInboxes"]
    assert [i["name"] for i in turned] == names[::-1]


@pytest.mark.parametrize("change,text", [
    ({"active": None}, "Match error"), ({"more": 1}, "Match error: Unknown key"),
    ({"smtp": {"server": "x", "port": "25", "username": "", "password": "", "secure": False}}, "Match error: Expected number"),
    ({"imap": {"server": "x", "port": 25, "username": "", "password": "", "secure": False}}, "Match error: Missing key"),
])
def test_patterns(admin, change, text):
    answer = admin.post("email-inbox", {k: v for k, v in form(**change).items() if v is not None})
    assert answer.status_code == 400 and answer.json()["error"].startswith(text), answer.text
    assert "errorType" not in answer.json()


def test_further_keys_of_servers_are_let_through(admin):
    body = form()
    body["smtp"]["extra"] = True
    id_ = ok(admin.post("email-inbox", body))["_id"]
    assert "extra" not in ok(admin.get("email-inbox/" + id_))["smtp"]


def test_refusals(admin):
    _, body = made(admin)
    plain(admin.post("email-inbox", form(_id="nowhere")), "error-invalid-email-inbox")
    coded(admin.post("email-inbox", form(email=body["email"])), "error-duplicate-email-inbox")
    coded(admin.post("email-inbox", form(department="nowhere")), "error-department-not-found")
    assert admin.get("email-inbox.search").json()["error"].startswith("Match error: Missing key")


def test_only_with_the_right(usherd, admin):
    manager = make_user(usherd, admin, ("user", "livechat-manager"))
    id_, _ = made(admin)
    for verb, path in (("get", "email-inbox.list"), ("get", "email-inbox.search"), ("post", "email-inbox"),
                       ("get", "email-inbox/" + id_), ("delete", "email-inbox/" + id_),
                       ("post", "email-inbox.send-test/" + id_)):
        assert getattr(manager, verb)(path).status_code == 403, path
        assert getattr(usherd.rest(), verb)(path).status_code == 401, path


def test_inbox_loses_a_removed_department(admin):
    department = make_department(admin)
    id_, _ = made(admin, department=department["_id"])
    ok(admin.delete("livechat/department/" + department["_id"]))
    assert "department" not in ok(admin.get("email-inbox/" + id_))


def test_passwords_are_in_the_answers_alone(usherd, admin):
    """Not in files, exports, the log of events or that of the server."""
    id_, _ = made(admin)
    ok(admin.post("email-inbox", dict(form(), _id=id_)))
    assert admin.get("/usher/v1/records/email-inbox").status_code == 404
    workspace = admin.get("/usher/v1/workspace")
    assert workspace.status_code == 200 and SECRET not in workspace.text
    ok(admin.delete("email-inbox/" + id_))
    usherd.admin().get("me")
    with sqlite3.connect("file:%s?mode=ro" % usherd.db, uri=True) as db:
        assert db.execute("SELECT count(*) FROM event WHERE type LIKE 'record%'").fetchone()[0] > 0
        for row in db.execute("SELECT * FROM event"):
            assert SECRET not in str(row)
    assert SECRET not in "".join(usherd.log)


def test_test_mail_goes_through_the_inbox(tmp_path):
    key, cert = certificate(str(tmp_path))
    daemon = start_with_agent("--ca-file", cert)
    box = Mailbox(tls=(key, cert), open_account=True)
    try:
        admin = daemon.admin()
        server = dict(server="127.0.0.1", port=box.port, username="desk", password=SECRET, secure=True)
        id_, body = made(admin, smtp=server)
        assert ok(admin.post("email-inbox.send-test/" + id_)) == {"_id": id_, "success": True}
        mail = box.next()
        assert mail["from"].addresses[0].addr_spec == body["email"] and body["name"] in mail["subject"]
        assert mail.envelope_to == [ok(admin.get("me"))["email"]]
        assert box.logins == [("desk", SECRET)]
    finally:
        box.close()
        daemon.close()
