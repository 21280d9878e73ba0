"""Routing method External Service (behaviour 15.5): a service says who gets a chat, over HTTP, without holding up anybody."""
import contextlib
import os
import socket
import tempfile
import threading

import pytest

import people
from people import Chat, make_agent, ok
from postoffice import certificate
from usherd import Usherd
from webservice import Answer, WebService, dead_url

TRIES = 10


def make_department(admin, agents, **more):
    """One that chats do not come into by themselves."""
    return people.make_department(admin, agents, showOnRegistration=False, **more)


def start(service_url, options=(), **settings):
    u = Usherd(options, {"USHER_RATE_LIMITS": "off"})
    admin = u.admin()
    admin.set(Livechat_Routing_Method="External", Livechat_External_Queue_URL=service_url, **settings)
    return u, admin


@contextlib.contextmanager
def running(service, options=(), **settings):
    u, admin = start(service if isinstance(service, str) else service.url, options, **settings)
    try:
        yield u, admin
    finally:
        assert u.stop() == 0, "".join(u.log)
        u.close()


@pytest.fixture
def service():
    with WebService() as s:
        yield s


def names(agent):
    return lambda asked: Answer({"_id": agent.user_id, "username": agent.username})


def serve(agent, available):
    ok(agent.post("livechat/agent.status", {"status": "available" if available else "not-available"}))


def server_of(admin, chat):
    return ok(admin.get("rooms.info", {"roomId": chat.rid}))["room"].get("servedBy", {}).get("username")


def wait_served(u, admin, chat, agent):
    """By the realtime interface it would be the same wait."""
    while server_of(admin, chat) is None:
        assert u.process.poll() is None
    assert server_of(admin, chat) == agent.username


def wait_given_up(u, times=1):
    while sum("names no agent" in line for line in u.log) < times:
        assert u.process.poll() is None


def test_request(service):
    """What is asked, and that the named one serves."""
    with running(service, Livechat_External_Queue_Token="geheim-4711") as (u, admin):
        agent, other = make_agent(u, admin), make_agent(u, admin)
        d = make_department(admin, [agent, other])
        service.rule = names(other)
        plain, special = Chat(u), Chat(u, department=d["_id"])
        for chat in (plain, special):
            wait_served(u, admin, chat, other)
        first, second = service.next(), service.next()
        assert (first.method, first.path) == ("GET", "/ask")
        assert second.path == "/ask?departmentId=" + d["_id"]
        assert first.headers["x-rocketchat-secret-token"] == "geheim-4711"
        assert first.headers["user-agent"] == "RocketChat Server"
        assert first.headers["accept"] == "application/json"
        assert "geheim" not in "".join(u.log)


@pytest.mark.parametrize("answer", [
    Answer({"username": "nobody-of-that-name"}), Answer({}), Answer(b"no json"), Answer([1]), Answer({"username": 7}),
    Answer({"username": "OFFLINE"}), Answer({"error": "x"}, 500), Answer({"username": "FREE"}, 404),
    Answer({"username": "FREE"}, 201), Answer(b"x" * 100000)],
    ids=["unknown", "empty", "no-json", "list", "number", "offline", "500", "404", "201", "long"])
def test_ten_tries(service, answer):
    """Anything but 200 with an agent who is online is asked again, ten times in all; then the chat waits."""
    with running(service) as (u, admin):
        free, offline = make_agent(u, admin), make_agent(u, admin)
        serve(offline, False)
        answer.body = answer.body.replace(b"FREE", free.username.encode()).replace(b"OFFLINE", offline.username.encode())
        service.rule = lambda asked: answer
        chat = Chat(u)
        wait_given_up(u)
        assert service.count == TRIES and server_of(admin, chat) is None


def test_the_tenth_answer_counts(service):
    with running(service) as (u, admin):
        agent = make_agent(u, admin)
        service.rule = lambda asked: Answer({}, 503) if service.count < TRIES else names(agent)(asked)
        wait_served(u, admin, Chat(u), agent)
        assert service.count == TRIES


def test_dead_service():
    with running(dead_url()) as (u, admin):
        make_agent(u, admin)
        chat = Chat(u)
        wait_given_up(u)
        assert server_of(admin, chat) is None
        assert any("tried 10 times" in line for line in u.log)


def test_no_address():
    with running("") as (u, admin):
        make_agent(u, admin)
        Chat(u)
        wait_given_up(u)


def test_slow_service_holds_up_nobody(service):
    """While the service thinks, the chat is spoken in, others are served, and closing it ends the question."""
    go = threading.Event()
    with running(service) as (u, admin):
        agent = make_agent(u, admin)
        d = make_department(admin, [agent])
        slow = {d["_id"]: Answer({"username": agent.username}, wait=go)}
        service.rule = lambda asked: slow.get(asked.path.partition("departmentId=")[2]) or names(agent)(asked)
        waiting, closed = Chat(u, department=d["_id"]), Chat(u, department=d["_id"])
        service.next(), service.next()
        quick = Chat(u)
        wait_served(u, admin, quick, agent)
        assert server_of(admin, waiting) is None
        ok(closed.rest.post("livechat/room.close", {"rid": closed.rid, "token": closed.token}))
        go.set()
        wait_served(u, admin, waiting, agent)
        assert service.count == 3


def test_taken_meanwhile(service):
    """An agent takes the chat while the service thinks: its answer changes nothing."""
    go = threading.Event()
    with running(service) as (u, admin):
        taker, named = make_agent(u, admin), make_agent(u, admin)
        service.rule = lambda asked: Answer({"username": named.username}, wait=go)
        chat = Chat(u)
        service.next()
        inquiry = ok(admin.get("livechat/inquiries.getOne", {"roomId": chat.rid}))["inquiry"]
        ok(taker.post("livechat/inquiries.take", {"inquiryId": inquiry["_id"]}))
        go.set()
        wait_served(u, admin, Chat(u), named)      # another question went through behind it
        assert server_of(admin, chat) == taker.username


def test_settings_change_meanwhile(service):
    """Another method at once gives out what the old one was being asked for; another address is asked anew."""
    go = threading.Event()
    with running(service) as (u, admin), WebService() as second:
        agent = make_agent(u, admin)
        service.rule = lambda asked: Answer({}, wait=go)
        second.rule = names(agent)
        first = Chat(u)
        service.next()
        admin.set(Livechat_External_Queue_URL=second.url)
        wait_served(u, admin, first, agent)
        admin.set(Livechat_External_Queue_URL=service.url)
        other = Chat(u)
        service.next()
        admin.set(Livechat_Routing_Method="Auto_Selection")
        assert server_of(admin, other) == agent.username
        go.set()


def test_restart_asks_again(service):
    go = threading.Event()
    with running(service) as (u, admin):
        agent = make_agent(u, admin)
        service.rule = lambda asked: Answer({}, wait=go)
        chat = Chat(u)
        service.next()
        assert u.stop() == 0
        service.rule = names(agent)
        u.start()
        admin = u.admin()
        wait_served(u, admin, chat, agent)
        go.set()


def test_asked_again_when_somebody_comes(service):
    """Nobody is named; when an agent becomes available the first chat that waits is asked for, and after it the next."""
    with running(service) as (u, admin):
        agent = make_agent(u, admin)
        chats = [Chat(u), Chat(u)]
        wait_given_up(u, 2)
        assert service.count == 2 * TRIES
        service.rule = names(agent)
        serve(agent, False)
        serve(agent, True)
        for chat in chats:
            wait_served(u, admin, chat, agent)
        assert service.count == 2 * TRIES + 2


def test_waiting_queue_asks_in_each_round(service):
    with running(service, Livechat_waiting_queue=True) as (u, admin):
        agent = make_agent(u, admin)
        chat = Chat(u)
        assert service.count == 0
        u.advance(6000)
        wait_given_up(u)
        assert service.count == TRIES
        u.advance(6000)
        wait_given_up(u, 2)
        assert service.count == 2 * TRIES
        service.rule = names(agent)
        u.advance(6000)
        wait_served(u, admin, chat, agent)
        assert service.count == 2 * TRIES + 1


def test_full_agent_is_no_reason_to_ask_again(service):
    """The check of the limit comes after the choice (behaviour 15.6): the chat stays in the queue."""
    with running(service, Livechat_waiting_queue=True, Livechat_maximum_chats_per_agent=1) as (u, admin):
        agent = make_agent(u, admin)
        service.rule = names(agent)
        first, second = Chat(u), Chat(u)
        u.advance(6000)
        wait_served(u, admin, first, agent)
        u.advance(6000)
        while service.count < 2:
            assert u.process.poll() is None
        assert server_of(admin, second) is None


def test_returned_chat_is_asked_for_again(service):
    """It goes into the queue, and the worker asks for it."""
    with running(service) as (u, admin):
        agent, other = make_agent(u, admin), make_agent(u, admin)
        service.rule = names(agent)
        chat = Chat(u)
        wait_served(u, admin, chat, agent)
        service.rule = names(other)
        assert agent.method("livechat:returnAsInquiry", chat.rid)["result"] is True
        u.advance(6000)
        wait_served(u, admin, chat, other)


def test_forwarding_waits_for_the_service(service):
    """The caller is answered when the service has: with success, after the fallback, or without an agent."""
    with running(service) as (u, admin):
        agent, there, fallback = (make_agent(u, admin) for _ in range(3))
        last = make_department(admin, [fallback])
        target = make_department(admin, [there], fallbackForwardDepartment=last["_id"])
        lonely = make_department(admin, [there])
        named = {target["_id"]: {}, last["_id"]: {"username": fallback.username}, lonely["_id"]: {}}
        service.rule = lambda asked: Answer(next((v for k, v in named.items() if k in asked.path),
                                                 {"username": agent.username}))
        chats = [Chat(u) for _ in range(3)]
        for chat in chats:
            wait_served(u, admin, chat, agent)
        service.all()
        refused = admin.post("livechat/room.forward", {"roomId": chats[0].rid, "departmentId": lonely["_id"]})
        assert refused.status_code == 400 and refused.json() == {"success": False}
        assert server_of(admin, chats[0]) == agent.username
        assert {a.path for a in service.all()} == {"/ask?departmentId=" + lonely["_id"]}
        ok(admin.post("livechat/room.forward", {"roomId": chats[1].rid, "departmentId": target["_id"]}))
        assert server_of(admin, chats[1]) == fallback.username
        named[target["_id"]] = {"username": there.username}
        moved = agent.method("livechat:transfer", {"roomId": chats[2].rid, "departmentId": target["_id"]})
        assert moved["result"] is True and server_of(admin, chats[2]) == there.username
        named[lonely["_id"]] = {"username": agent.username}
        switched = chats[2].rest.post("livechat/room.transfer", {"rid": chats[2].rid, "token": chats[2].token,
                                                                 "department": lonely["_id"]})
        assert switched.status_code == 200, switched.text
        assert server_of(admin, chats[2]) == agent.username


def test_next_agent_of_a_trigger(service):
    with running(service) as (u, admin):
        agent = make_agent(u, admin)
        service.rule = names(agent)
        visitor = u.rest()
        visitor.visitor("token-of-somebody")
        answer = ok(visitor.get("livechat/agent.next/token-of-somebody"))
        assert answer["agent"]["username"] == agent.username
        service.rule = lambda asked: Answer({})
        assert visitor.get("livechat/agent.next/token-of-somebody").status_code == 400


def test_link_local_is_refused_always():
    for host in ("169.254.169.254", "[::ffff:169.254.169.254]", "[fe80::1]"):
        with running("http://%s/latest" % host) as (u, admin):
            make_agent(u, admin)
            Chat(u)
            wait_given_up(u)
            assert any("may not be connected to" in line for line in u.log), "".join(u.log)


def test_redirects(service):
    """Followed three times at most; the secret does not go to another place, and no redirect leads to a refused one."""
    with running(service, Livechat_External_Queue_Token="geheim-4711") as (u, admin), WebService() as other:
        agent = make_agent(u, admin)
        other.rule = names(agent)
        service.rule = lambda asked: Answer({}, 302, {"Location": other.url})
        wait_served(u, admin, Chat(u), agent)
        assert "x-rocketchat-secret-token" not in other.next().headers
        service.rule = lambda asked: (Answer({}, 307, {"Location": "/again"}) if asked.path == "/ask"
                                      else names(agent)(asked))
        service.all()
        wait_served(u, admin, Chat(u), agent)
        assert [a.headers["x-rocketchat-secret-token"] for a in service.all()] == ["geheim-4711"] * 2
        before = service.count
        service.rule = lambda asked: Answer({}, 302, {"Location": service.url})
        Chat(u)
        wait_given_up(u)
        assert service.count - before == TRIES * 4
        service.rule = lambda asked: Answer({}, 302, {"Location": "http://169.254.169.254/"})
        Chat(u)
        wait_given_up(u, 2)
        assert any("169.254.169.254 may not" in line for line in u.log)
        service.rule = lambda asked: Answer({}, 302, {"Location": "file:///etc/passwd"})
        Chat(u)
        wait_given_up(u, 3)


def test_private_addresses_can_be_denied(service):
    with running(service, ["--outbound-deny-private"]) as (u, admin):
        make_agent(u, admin)
        Chat(u)
        wait_given_up(u)
        assert service.count == 0 and any("127.0.0.1 may not be connected to" in line for line in u.log)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "usherd.yaml")
        with open(path, "w") as f:
            f.write("outbound.deny_private: true\n")
        with running(service, ["--config", path]) as (u, admin):
            make_agent(u, admin)
            Chat(u)
            wait_given_up(u)
            assert service.count == 0


def test_tls(service):
    """The certificate is checked; ca_file brings a further authority."""
    import ssl
    with tempfile.TemporaryDirectory() as folder:
        key, cert = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        service.server.socket = context.wrap_socket(service.server.socket, server_side=True, do_handshake_on_connect=False)
        url = service.url.replace("http:", "https:")
        with running(url) as (u, admin):
            make_agent(u, admin)
            Chat(u)
            wait_given_up(u)
            assert service.count == 0
        with running(url, ["--ca-file", cert]) as (u, admin):
            agent = make_agent(u, admin)
            service.rule = names(agent)
            wait_served(u, admin, Chat(u), agent)


def test_a_service_that_never_answers_delays_no_end():
    """It takes connections and says nothing; usherd is asked to stop meanwhile."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        with running("http://127.0.0.1:%d/" % s.getsockname()[1]) as (u, admin):
            make_agent(u, admin)
            Chat(u)
            s.accept()
