"""Mail: what arrives at real mail servers on loopback, and where. The servers live through all runs of a test."""
import re

import postoffice
import pytest
from people import ok
from postoffice import Mailbox, Names, Peer, text_of
from register import effect
from support.daemon import free_port
from world import World, outcome

PORTS = (free_port(), free_port())


def mail_to(world, box, **but):
    """Everything that mail needs; a None leaves a setting to the test."""
    settings = dict({"SMTP_Host": "127.0.0.1", "SMTP_Port": box and box.port, "From_Email": "desk@shop.test",
                     "Livechat_offline_email": "team@shop.test", "Livechat_validate_offline_email": False}, **but)
    world.set(**{k: v for k, v in settings.items() if v is not None})


def leave(world, **more):
    return world.rest().post("livechat/offline.message", dict(
        {"name": "Vera", "email": "vera@example.test", "message": "Call me"}, **more))


# --- offline messages

@effect("Livechat_offline_email", ("a@shop.test", ["a@shop.test"]), ("b@shop.test", ["b@shop.test"]))
def test_Livechat_offline_email(world, mailbox):
    mail_to(world, mailbox, Livechat_offline_email=None)
    ok(leave(world))
    return mailbox.next().envelope_to


@pytest.fixture
def checking():
    """A server that asks a name server of ours."""
    names = Names({"good.test": postoffice.good})
    yield World(options=["--dns-servers", names.address])
    names.close()


@effect("Livechat_validate_offline_email", (True, [200, "error-invalid-email-address"]), (False, [200, 200]))
def test_Livechat_validate_offline_email(checking):
    """A domain that takes mail, and one that does not exist."""
    return [outcome(leave(checking, email="vera@" + domain)) for domain in ("good.test", "missing.test")]


# --- the way

@effect("From_Email", ("Desk <desk@shop.test>", ("Vera - vera@example.test", "desk@shop.test")),
        ("help@shop.test", ("Vera - vera@example.test", "help@shop.test")))
def test_From_Email(world, mailbox):
    mail_to(world, mailbox, From_Email=None)
    ok(leave(world))
    sender = mailbox.next()["from"].addresses[0]
    return sender.display_name, sender.addr_spec


@effect("SMTP_Host", ("127.0.0.1", "the first"), ("127.0.0.2", "the second"))
def test_SMTP_Host(world):
    """Two mail servers on one port of two addresses."""
    first = Mailbox()
    second = Mailbox(port=first.port, host="127.0.0.2")
    mail_to(world, first, SMTP_Host=None)
    ok(leave(world))
    return arrived(first, second)


def arrived(first, second):
    """Which of the two has the mail."""
    while first.mails.empty() and second.mails.empty():
        first.thread.join(0.02)
    name = "the second" if first.mails.empty() else "the first"
    first.close()
    second.close()
    return name


@effect("SMTP_Port", (PORTS[0], "the first"), (PORTS[1], "the second"))
def test_SMTP_Port(world):
    boxes = [Mailbox(port=port) for port in PORTS]
    mail_to(world, None)
    ok(leave(world))
    return arrived(*boxes)


@effect("SMTP_Protocol", ("smtp", "EHLO"), ("smtps", "TLS"))
def test_SMTP_Protocol(world):
    """What the mail server hears first."""
    heard = []

    def talk(connection):
        connection.sendall(b"220 ready\r\n")
        heard.append("TLS" if connection.recv(1) == b"\x16" else "EHLO")
    peer = Peer(talk)
    mail_to(world, peer)
    ok(leave(world))
    peer.seen.get(timeout=postoffice.WAIT_S)
    peer.close()
    return heard[0]


@pytest.fixture
def files(tmp_path):
    return postoffice.certificate(str(tmp_path))


@pytest.fixture
def trusting(files):
    """A server that believes the certificate of our mail server."""
    return World(options=["--ca-file", files[1]])


@effect("SMTP_IgnoreTLS", (True, "in the open"), (False, "encrypted"))
def test_SMTP_IgnoreTLS(trusting, files):
    """The mail server offers STARTTLS and insists on nothing."""
    box = Mailbox(offer=files)
    mail_to(trusting, box)
    ok(leave(trusting))
    encrypted = box.next().encrypted
    box.close()
    return "encrypted" if encrypted else "in the open"


def login(world, **settings):
    """The account that the mail server hears of, or None."""
    box = Mailbox(open_account=True)
    mail_to(world, box, **settings)
    ok(leave(world))
    box.next()
    seen = box.logins[-1] if box.logins else None
    box.close()
    return seen


@effect("SMTP_Username", ("ann", ("ann", "pw")), ("", None), ("bob", ("bob", "pw")))
def test_SMTP_Username(world):
    return login(world, SMTP_Password="pw")


@effect("SMTP_Password", ("one", ("ann", "one")), ("two", ("ann", "two")))
def test_SMTP_Password(world):
    return login(world, SMTP_Username="ann")


# --- transcripts

def hours_ahead(world, mailbox):
    """How far the times in a transcript that an agent sends are ahead of UTC."""
    mail_to(world, mailbox)
    agent = world.agent("livechat-manager")
    chat = world.chat("what time is it?")
    now = world.usherd.local("GET", "/usher/v1/clock")[1]["now_ms"]
    answer = agent.method("livechat:sendTranscript", chat.token, chat.rid, "vera@example.test", "s")
    assert answer.get("result") is True, answer
    hour, minute, half = re.search(r"(\d+):(\d\d)\s(AM|PM)", text_of(mailbox.next())).groups()
    shown = (int(hour) % 12 + (12 if half == "PM" else 0)) * 60 + int(minute)
    return round((shown - now // 60000) % 1440 / 60) % 24


@effect("Default_Timezone_For_Reporting", ("custom", 9), ("user", 0))
def test_Default_Timezone_For_Reporting(world, mailbox):
    world.set(Default_Custom_Timezone="Asia/Tokyo")
    return hours_ahead(world, mailbox)


@effect("Default_Custom_Timezone", ("Asia/Tokyo", 9), ("Asia/Dubai", 4))
def test_Default_Custom_Timezone(world, mailbox):
    world.set(Default_Timezone_For_Reporting="custom")
    return hours_ahead(world, mailbox)


def transcript(world, mailbox):
    mail_to(world, mailbox)
    agent = world.agent()
    chat = world.chat("hello")
    ok(agent.post("chat.postMessage", {"roomId": chat.rid, "text": "Good day"}))
    ok(chat.rest.post("livechat/transcript", {"token": chat.token, "rid": chat.rid, "email": "vera@example.test"}))
    return mailbox.next()


@effect("Language", ("de", "Sie"), ("fr", "Vous"))
def test_Language_transcript(world, mailbox):
    return re.search("<strong>(Sie|Vous|You)</strong>", text_of(transcript(world, mailbox), "html")).group(1)


@effect("Livechat_show_agent_info", (True, "name"), (False, "Agent"))
def test_Livechat_show_agent_info_transcript(world, mailbox):
    return "Agent" if "<strong>Agent</strong>" in text_of(transcript(world, mailbox), "html") else "name"
