"""Pages seen before a chat: behaviour 9.10."""
import sqlite3

import pytest

DAY_MS = 86400000


def page(n, change="url"):
    return {"change": change, "title": "Page %s" % n, "location": {"href": "https://shop.example/%s" % n}}


def visit(rest, token, n, **more):
    answer = rest.post("livechat/page.visited", dict(token=token, pageInfo=page(n), **more))
    assert answer.status_code == 200, answer.text
    return answer.json()


def pages_of(admin, rid):
    answer = admin.get("livechat/visitors.pagesVisited/" + rid, {"count": 100})
    assert answer.status_code == 200, answer.text
    return [m["navigation"]["page"]["location"]["href"].rsplit("/", 1)[1] for m in answer.json()["pages"]]


@pytest.fixture
def own(start):
    daemon = start("--embedded", env={"USHER_RATE_LIMITS": "off"})
    daemon.admin().set(Livechat_accept_chats_with_no_agents=True)
    return daemon


def stored(daemon):
    with sqlite3.connect("file:%s?mode=ro" % daemon.db, uri=True) as db:
        return db.execute("SELECT count(*) FROM visit").fetchone()[0]


def test_pages_before_a_chat_move_into_it(admin, rest, token):
    for n in "ab":
        assert visit(rest, token, n)["page"]["msg"] == "Page %s - https://shop.example/%s" % (n, n)
    rest.visitor(token)
    rid = rest.room(token)["_id"]
    assert pages_of(admin, rid) == ["b", "a"]
    first = admin.get("livechat/visitors.pagesVisited/" + rid).json()["pages"][0]
    assert first["t"] == "livechat_navigation_history" and first["u"]["username"] == "rocket.cat"
    assert first["navigation"] == {"page": page("b"), "token": token}
    history = rest.get("livechat/messages.history/" + rid, {"token": token}).json()["messages"]
    assert history[-1]["t"] == "livechat-started"
    assert "livechat_navigation_history" not in [m.get("t") for m in history]
    rest.post("livechat/room.close", {"token": token, "rid": rid})
    assert pages_of(admin, rest.room(token)["_id"]) == []


def test_they_survive_a_restart(own, token):
    visit(own.rest(), token, "before")
    own.process.kill()
    own.process.wait()
    own.start()
    rest = own.rest()
    visit(rest, token, "after")
    rest.visitor(token)
    rid = rest.room(token)["_id"]
    assert pages_of(own.admin(), rid) == ["after", "before"] and stored(own) == 0
    own.stop()
    own.start()
    assert pages_of(own.admin(), rid) == ["after", "before"]


def test_they_follow_a_replaced_token(own, token):
    rest = own.rest()
    email, second, third = token + "@shop.example", token + "-2", token + "-3"
    rest.visitor(token, email=email)
    visit(rest, token, "a")
    visit(rest, second, "b")
    known = rest.visitor(second, email=email)
    assert known["token"] == second
    visit(rest, token, "stray")  # who has the old token now is nobody's business
    assert pages_of(own.admin(), rest.room(second)["_id"]) == ["b", "a"]
    visit(rest, second, "c")
    body = {"token": third, "name": "Vee", "email": email}
    assert own.admin().post("omnichannel/contact", body).json()["contact"] == known["_id"]
    with sqlite3.connect("file:%s?mode=ro" % own.db, uri=True) as db:
        assert sorted(t for t, in db.execute("SELECT token FROM visit")) == sorted([token, third])
    own.admin().set(Livechat_Allow_collect_and_store_HTTP_header_informations=True)
    assert rest.delete("livechat/visitor/" + third).status_code == 200
    with sqlite3.connect("file:%s?mode=ro" % own.db, uri=True) as db:
        assert [t for t, in db.execute("SELECT token FROM visit")] == [token]


def test_they_expire_after_30_days(own, token):
    rest = own.rest()
    visit(rest, token, "old")
    visit(rest, token + "x", "old")
    own.advance(15 * DAY_MS)
    visit(rest, token, "young")
    own.advance(16 * DAY_MS)
    rest.visitor(token)
    assert pages_of(own.admin(), rest.room(token)["_id"]) == ["young"]
    visit(rest, "somebody", "new")
    assert stored(own) == 1  # that of token + "x" went with the next page that came


def test_a_change_of_department_keeps_them(own, token):
    """The old registration and the visitor's transfer end the expiry."""
    rest = own.rest()
    visit(rest, token, "old")
    rest.method("livechat:registerGuest", {"token": token, "name": "V"}, anon=True)
    own.advance(31 * DAY_MS)
    assert pages_of(own.admin(), rest.room(token)["_id"]) == ["old"]


def test_they_go_with_the_visitor(own, token):
    rest = own.rest()
    rest.visitor(token)
    visit(rest, token, "a")
    assert rest.delete("livechat/visitor/" + token, {}).status_code == 200
    assert stored(own) == 0
    rest.visitor(token)
    assert pages_of(own.admin(), rest.room(token)["_id"]) == []


def test_only_the_newest_twenty_of_a_token_are_kept(own, token):
    rest = own.rest()
    for n in range(25):
        visit(rest, token, str(n))
    assert stored(own) == 20
    rest.visitor(token)
    assert pages_of(own.admin(), rest.room(token)["_id"]) == [str(n) for n in range(24, 4, -1)]


def test_they_show_as_messages_when_set(own, token):
    own.admin().set(Livechat_Visitor_navigation_as_a_message=True)
    rest = own.rest()
    visit(rest, token, "a")
    rest.visitor(token)
    rid = rest.room(token)["_id"]
    history = rest.get("livechat/messages.history/" + rid, {"token": token}).json()["messages"]
    assert [m["t"] for m in history][-2:] == ["livechat-started", "livechat_navigation_history"]
    visit(rest, token, "b", rid=rid)
    assert pages_of(own.admin(), rid) == ["b", "a"]


def test_the_kind_that_is_monitored(own, token):
    own.admin().set(Livechat_history_monitor_type="title")
    rest = own.rest()
    assert visit(rest, token, "a") == {"success": True}
    answer = rest.post("livechat/page.visited", {"token": token, "pageInfo": page("b", "title")})
    assert answer.json()["page"]["msg"] == "Page b - https://shop.example/b"


def test_what_is_not_stored_is_not_said_to_be(chat, rest):
    assert visit(rest, chat.token, "a", rid="no-such-room") == {"success": True}
    assert visit(rest, "another", "a", rid=chat.rid) == {"success": True}
    for more in ({}, {"rid": chat.rid}):
        long = rest.post("livechat/page.visited", dict(token=chat.token, pageInfo=page("a" * 6000), **more))
        assert long.status_code == 400 and long.json()["errorType"] == "error-message-size-exceeded"


def test_the_old_method(own, token):
    rest = own.rest()
    rest.method("livechat:pageVisited", token, None, page("a"), anon=True)
    rest.method("sendMessageLivechat", {"token": rest.visitor(token)["token"], "_id": "m-" + token, "rid": "new",
                                        "msg": "hello"}, anon=True)
    assert pages_of(own.admin(), rest.room(token)["_id"]) == ["a"]
