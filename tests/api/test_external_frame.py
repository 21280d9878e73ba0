"""The external frame (/usher/v1/rooms/:rid/frame): who may ask for it, what he gets, what he does not."""
from urllib.parse import parse_qs, urlsplit

import pytest
from people import Chat, coded, give, make_agent, make_user, ok


@pytest.fixture
def desk(start):
    daemon = start()
    daemon.boss = daemon.admin()
    daemon.boss.set(Omnichannel_External_Frame_Enabled=True, Omnichannel_External_Frame_URL="https://crm.example/")
    return daemon


def ask(client, rid):
    return client.get("/usher/v1/rooms/%s/frame" % rid)


def test_only_who_may_open_the_chat(desk):
    mine, other, plain = make_agent(desk, desk.boss), make_agent(desk, desk.boss), make_user(desk, desk.boss)
    chat = give(desk.boss, Chat(desk), mine)
    assert parse_qs(urlsplit(ok(ask(mine, chat.rid))["url"]).query) == {
        "uid": [mine.user_id], "rid": [chat.rid], "t": [mine.token]}
    assert ask(other, chat.rid).status_code == 403
    assert ask(plain, chat.rid).status_code == 403
    assert ask(desk.rest(), chat.rid).status_code == 401
    assert ask(mine, "nothing").status_code == 404
    assert ask(mine, "GENERAL").status_code == 404, "no chat"
    ok(mine.post("livechat/room.closeByUser", {"rid": chat.rid, "comment": "done"}))
    assert ok(ask(mine, chat.rid))["url"].startswith("https://crm.example/?uid=")


def test_without_an_address(desk):
    desk.boss.set(Omnichannel_External_Frame_URL="")
    agent = make_agent(desk, desk.boss)
    chat = give(desk.boss, Chat(desk), agent)
    coded(ask(agent, chat.rid), "error-external-frame-url")


def test_over_the_unix_socket(desk):
    """Who is known by his socket has no token: the page gets a login of its own, which works and can be ended."""
    make_agent(desk, desk.boss)
    chat = Chat(desk)
    status, body = desk.local("GET", "/usher/v1/rooms/%s/frame" % chat.rid)
    assert status == 200, body
    query = {name: value[0] for name, value in parse_qs(urlsplit(body["url"]).query).items()}
    page = desk.rest()
    headers = {"X-User-Id": query["uid"], "X-Auth-Token": query["t"]}
    assert page.get("me", headers=headers).status_code == 200
    assert page.post("logout", {}, headers=headers).status_code == 200
    assert page.get("me", headers=headers).status_code == 401
