"""Mail: transcripts and offline messages through real SMTP servers on loopback, MX by a name server on loopback."""
import signal
import sqlite3
import uuid

import postoffice
import pytest
from postoffice import Mailbox, Names, Peer, mailbox, text_of  # noqa: F401

FROM = "Café Zürich <desk@shop.test>"


@pytest.fixture
def desk(start):
    """A daemon without rate limits whose administrator takes chats; desk.mail(box) points it at a mail server."""
    daemons = []

    def make(box=None, options=(), **settings):
        daemon = start("--embedded", *options, env={"USHER_RATE_LIMITS": "off"})
        admin = daemon.boss = daemon.admin()
        admin.set(Livechat_accept_chats_with_no_agents=True, Livechat_validate_offline_email=False,
                  From_Email=FROM, **{"Livechat_offline_email": "team@shop.test", **settings})
        if box:
            point_at(daemon, box)
        daemons.append(daemon)
        return daemon
    return make


def point_at(daemon, box, **settings):
    daemon.boss.set(SMTP_Host="127.0.0.1", SMTP_Port=box.port, **settings)


def new_token():
    return "token-" + uuid.uuid4().hex


class Chat:
    def __init__(self, daemon, **visitor):
        self.rest, self.boss, self.token = daemon.rest(), daemon.boss, new_token()
        self.visitor = self.rest.visitor(self.token, **dict({"name": "Vera", "email": "vera@example.test"}, **visitor))
        self.rid = self.rest.room(self.token)["_id"]

    def say(self, text):
        return self.rest.say(self.token, self.rid, text)

    def take(self):
        self.boss.method("livechat:takeInquiry", self.boss.get("livechat/inquiries.getOne", {"roomId": self.rid})
                         .json()["inquiry"]["_id"])

    def answer(self, text):
        assert self.boss.post("chat.sendMessage", {"message": {"rid": self.rid, "msg": text}}).status_code == 200

    def close(self):
        assert self.rest.post("livechat/room.close", {"rid": self.rid, "token": self.token}).status_code == 200

    def ask(self, address="vera@example.test", **more):
        return self.rest.post("livechat/transcript", dict(token=self.token, rid=self.rid, email=address, **more))


def leave(daemon, **fields):
    return daemon.rest().post("livechat/offline.message", dict(
        {"name": "Vera", "email": "vera@example.test", "message": "Is my parcel lost?"}, **fields))


def wait_for(daemon, words):
    """Until the daemon has logged these words."""
    return daemon.wait_log(words)


def rows(daemon):
    with sqlite3.connect("file:%s?mode=ro" % daemon.db, uri=True) as db:
        return db.execute("SELECT id, tries, address FROM mail").fetchall()


def events(daemon, kind):
    with sqlite3.connect("file:%s?mode=ro" % daemon.db, uri=True) as db:
        return db.execute("SELECT subject, detail FROM event WHERE type=?", (kind,)).fetchall()


# --- transcripts: what they say

def test_transcript_has_everything_that_was_said(desk, mailbox):
    chat = Chat(desk(mailbox, Language="en", Default_Timezone_For_Reporting="custom",
                     Default_Custom_Timezone="Europe/Lisbon"))
    chat.say("Good day <b>you</b> & co\nsecond line 😀")
    chat.take()
    chat.answer("Ünïcode \"answer\" <script>alert(1)</script>")
    answer = chat.ask()
    assert answer.status_code == 200 and answer.json() == {"message": "Omnichannel transcript sent", "success": True}
    mail = mailbox.next()
    assert mail.envelope_from == "desk@shop.test" and mail.envelope_to == ["vera@example.test"]
    assert mail["to"].addresses[0].addr_spec == "vera@example.test"
    assert mail["from"].addresses[0].addr_spec == "desk@shop.test" and mail["from"].addresses[0].display_name == "Café Zürich"
    assert mail["reply-to"].addresses[0].addr_spec == "desk@shop.test"
    assert mail["subject"] == "Transcript of your omnichannel conversation."
    assert mail.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in mail.iter_parts()] == ["text/plain", "text/html"]
    text, html = text_of(mail), text_of(mail, "html")
    assert "Good day <b>you</b> & co\nsecond line 😀" in text
    assert "Good day &lt;b&gt;you&lt;/b&gt; &amp; co<br>\nsecond line 😀" in html
    assert "Ünïcode \"answer\" <script>alert(1)</script>" in text
    assert "<script" not in html and "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert text.index("Good day") < text.index("Ünïcode")
    assert "<strong>You</strong>" in html and "promptTranscript" not in html and "connected" not in html


def test_transcript_leaves_out_machinery_and_words_what_happened(desk, mailbox):
    daemon = desk(mailbox, Livechat_Visitor_navigation_as_a_message=True)
    chat = Chat(daemon)
    chat.say("hello")
    page = {"change": "url", "title": "Secret page", "location": {"href": "http://x/y"}}
    chat.rest.post("livechat/page.visited", {"token": chat.token, "rid": chat.rid, "pageInfo": page})
    chat.take()
    assert chat.ask().status_code == 200
    mailbox.next()
    chat.close()
    assert chat.ask().status_code == 200
    text = text_of(mailbox.next())
    assert "Secret page" not in text and "Closed by visitor" not in text and "hello" in text
    assert text.count("hello") == 1


def test_what_the_widget_escaped_is_readable(desk, mailbox):
    chat = Chat(desk(mailbox))
    chat.say("fish &amp; chips &lt;3")
    chat.ask()
    mail = mailbox.next()
    assert "fish & chips <3" in text_of(mail) and "fish &amp; chips &lt;3" in text_of(mail, "html")


@pytest.mark.parametrize("shown", [True, False])
def test_names_of_agents(desk, mailbox, shown):
    daemon = desk(mailbox, Livechat_show_agent_info=shown)
    chat = Chat(daemon)
    chat.say("hello")
    chat.take()
    chat.answer("here I am")
    chat.ask()
    html = text_of(mailbox.next(), "html")
    name = daemon.boss.get("me").json()["name"]
    assert ("<strong>%s</strong>" % name in html) == shown
    assert ("<strong>Agent</strong>" in html) == (not shown)
    assert shown or daemon.boss.get("me").json()["username"] not in html


def test_language_and_time_zone(desk, mailbox):
    daemon = desk(mailbox, Language="de", Default_Timezone_For_Reporting="custom", Default_Custom_Timezone="Asia/Tokyo")
    now = daemon.local("GET", "/usher/v1/clock")[1]["now_ms"]
    target = 1798761600000  # 2027-01-01 00:00 UTC, nine in Tokyo
    daemon.local("POST", "/usher/v1/clock", {"now_ms": target})
    assert target > now
    chat = Chat(daemon)
    chat.say("hallo")
    chat.ask()
    mail = mailbox.next()
    text, html = text_of(mail), text_of(mail, "html")
    assert "Sie  1. Januar 2027" in text and "09:00" in text
    assert "<strong>Sie</strong>" in html and 'lang="de"' in html
    assert mail["subject"] == "Mitschrift Ihres Gesprächs"
    daemon.boss.set(Default_Custom_Timezone="America/New_York", Language="en")
    chat.ask()
    assert "December 31, 2026" in text_of(mailbox.next())


def test_big_chat_is_whole_and_in_order(desk, mailbox):
    daemon = desk(mailbox)
    chat = Chat(daemon)
    chat.say("first of all")
    for i in range(1100):
        chat.say("number %d." % i)
    assert chat.ask().status_code == 200
    text = text_of(mailbox.next())
    places = [text.index("number %d." % i) for i in range(1100)]
    assert places == sorted(places) and text.index("first of all") < places[0]


# --- transcripts: who may ask, and when

def test_errors_for_visitors(desk, mailbox):
    daemon = desk(mailbox)
    chat, other = Chat(daemon), Chat(daemon, email="other@example.test")
    assert chat.rest.post("livechat/transcript", {"token": "no", "rid": chat.rid, "email": "a@b.c"}).json()["errorType"] == \
        "error-invalid-token"
    assert chat.rest.post("livechat/transcript", {"token": chat.token, "rid": other.rid, "email": "a@b.c"}).json()[
        "errorType"] == "error-invalid-room"
    failed = chat.ask("no address")
    assert failed.status_code == 400 and failed.json() == {"message": "Error sending Omnichannel transcript", "success": False}
    assert rows(daemon) == []


def test_without_a_mail_server_nothing_is_promised(desk):
    chat = Chat(desk())
    failed = chat.ask()
    assert failed.status_code == 400 and failed.json() == {"message": "Error sending Omnichannel transcript", "success": False}
    history = chat.rest.get("livechat/messages.history/" + chat.rid, {"token": chat.token}).json()["messages"]
    assert not [m for m in history if m.get("t") == "livechat_transcript_history"]


def test_asked_for_by_an_agent_and_sent_at_the_end(desk, mailbox):
    daemon = desk(mailbox)
    chat = Chat(daemon)
    chat.say("hello")
    chat.take()
    assert chat.boss.method("livechat:requestTranscript", chat.rid, "vera@example.test", "Your chat with us")["result"] is True
    again = chat.boss.method("livechat:requestTranscript", chat.rid, "vera@example.test", "x")
    assert again["error"]["error"] == "error-transcript-already-requested"
    room = chat.boss.get("rooms.info", {"roomId": chat.rid}).json()["room"]
    assert room["transcriptRequest"]["email"] == "vera@example.test" and \
        room["transcriptRequest"]["requestedBy"]["username"] == "admin"
    assert rows(daemon) == []
    daemon.stop()
    daemon.start()
    chat.rest, chat.boss = daemon.rest(), daemon.admin()
    client = daemon.ddp()
    client.sub("room-messages", chat.rid, chat.token)
    chat.close()
    end = client.event("room-messages", chat.rid, lambda args: args[0].get("t") == "livechat-close")
    assert end[0]["transcriptRequested"] is True
    told = client.event("room-messages", chat.rid, lambda args: args[0].get("t") == "livechat_transcript_history")
    assert told[0]["requestData"]["type"] == "user" and told[0]["requestData"]["visitor"]["name"] == "Vera"
    client.close()
    mail = mailbox.next()
    assert mail["subject"] == "Your chat with us" and "hello" in text_of(mail)
    closed = chat.boss.get("rooms.info", {"roomId": chat.rid}).json()["room"]
    assert "transcriptRequest" not in closed
    assert chat.boss.method("livechat:requestTranscript", chat.rid, "vera@example.test", "x")["error"]["error"] == \
        "error-invalid-room"


def test_discarded(desk, mailbox):
    daemon = desk(mailbox)
    chat = Chat(daemon)
    path = "livechat/transcript/" + chat.rid
    assert chat.boss.delete(path).json()["errorType"] == "error-transcript-not-requested"
    assert chat.boss.post(path, {"email": "vera@example.test", "subject": "s"}).json() == {"success": True}
    assert chat.boss.delete(path).json() == {"success": True}
    assert chat.boss.method("livechat:discardTranscript", chat.rid)["error"]["error"] == "error-transcript-not-requested"
    chat.close()
    leave(daemon)
    assert "parcel" in text_of(mailbox.next())  # and nothing before it
    assert mailbox.mails.empty()


def test_deleted_messages_leave_no_mark_in_transcripts(desk, mailbox):
    daemon = desk(mailbox, Message_ShowDeletedStatus=True)
    chat = Chat(daemon)
    said = chat.say("my password is swordfish")
    chat.say("forget that, please")
    gone = chat.rest.delete("livechat/message/" + said["_id"], {"token": chat.token, "rid": chat.rid})
    assert gone.status_code == 200
    assert chat.ask().status_code == 200
    text = text_of(mailbox.next())
    assert "forget that" in text and "swordfish" not in text and text.count("You") == 1, text


def test_sent_again_by_an_agent_when_it_is_closed(desk, mailbox):
    daemon = desk(mailbox)
    chat = Chat(daemon)
    chat.say("hello")
    chat.close()
    assert chat.boss.method("livechat:sendTranscript", "no", chat.rid, "v@example.test", "s")["error"]["error"] == \
        "error-invalid-token"
    before = chat.boss.get("rooms.info", {"roomId": chat.rid}).json()["room"]["msgs"]
    assert chat.boss.method("livechat:sendTranscript", chat.token, chat.rid, "v@example.test", "Here it is")["result"] is True
    mail = mailbox.next()
    assert mail["subject"] == "Here it is" and mail.envelope_to == ["v@example.test"] and "hello" in text_of(mail)
    room = chat.boss.get("rooms.info", {"roomId": chat.rid}).json()["room"]
    assert room["msgs"] == before + 1
    history = chat.rest.get("livechat/messages.history/" + chat.rid, {"token": chat.token}).json()["messages"]
    assert history[0]["t"] == "livechat_transcript_history" and history[0]["u"]["username"] == "admin"


def test_with_the_close(desk, mailbox):
    chat = Chat(desk(mailbox))
    chat.take()
    body = {"rid": chat.rid, "comment": "done", "transcriptEmail": {
        "sendToVisitor": True, "requestData": {"email": "vera@example.test", "subject": "With the close"}}}
    assert chat.boss.post("livechat/room.closeByUser", body).json() == {"success": True}
    assert mailbox.next()["subject"] == "With the close"


def test_the_right_is_needed(desk, mailbox):
    daemon = desk(mailbox)
    chat = Chat(daemon)
    daemon.boss.post("users.create", {"username": "mona", "name": "Mona", "email": "mona@example.test", "password": "secret99",
                                      "roles": ["user"]})
    mona = daemon.rest().login("mona", "secret99")
    for name, params in (("requestTranscript", (chat.rid, "a@b.test", "s")), ("discardTranscript", (chat.rid,)),
                         ("sendTranscript", (chat.token, chat.rid, "a@b.test", "s"))):
        assert mona.method("livechat:" + name, *params)["error"]["error"] == "error-not-allowed"
    assert mona.post("livechat/transcript/" + chat.rid, {"email": "a@b.test", "subject": "s"}).status_code == 403


# --- header injection

HOSTILE = ["x\r\nBcc: all@evil.test", "x\nSubject: other", "a\r\n\r\nbody", "\x07\x1b[2J\x01", "=?utf-8?q?x?=\r\nX-Evil: 1",
           "\u2028X-Evil: 1", "x\u0085X-Evil: 1", "\" <other@evil.test>, \"", "x, other@evil.test", "(comment", "\ud83d\ude00" * 3,
           "x" * 900]


def heads(mail):
    return sorted(k.lower() for k in mail.keys())


@pytest.mark.parametrize("nasty", HOSTILE, ids=range(len(HOSTILE)))
def test_nobody_writes_our_headers(desk_of_module, nasty):
    daemon, mailbox = desk_of_module
    nasty = nasty.encode("utf-16", "surrogatepass").decode("utf-16")
    assert leave(daemon, name=nasty, email="vera@example.test", message=nasty + " and the rest").status_code == 200
    mail = mailbox.next()
    assert heads(mail) == ["auto-submitted", "content-type", "date", "from", "message-id", "mime-version", "reply-to",
                           "subject", "to"]
    assert mail.envelope_to == ["team@shop.test"] and mail.envelope_from == "desk@shop.test"
    assert [a.addr_spec for a in mail["from"].addresses] == ["desk@shop.test"]
    assert [a.addr_spec for a in mail["reply-to"].addresses] == ["vera@example.test"]
    assert [a.addr_spec for a in mail["to"].addresses] == ["team@shop.test"]
    assert mail["subject"].startswith("Livechat offline message from")
    assert max(len(line) for line in mail.raw.split(b"\r\n")) < 1000
    assert b"\n" not in mail.raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("address", ["a@b.test\r\nRCPT TO:<all@evil.test>", "a@b.test>, <all@evil.test", "a@b@c.test",
                                     "\"a b\"@c.test", "@b.test", "a@", "a@b.test\x01", "ä@b.test", "a@" + "b" * 300])
def test_nobody_writes_our_envelope(desk_of_module, address):
    daemon, mailbox = desk_of_module
    chat = Chat(daemon)
    assert chat.ask(address).status_code == 400
    assert chat.boss.method("livechat:requestTranscript", chat.rid, address, "s")["error"]["error"] == "error-invalid-email"
    assert leave(daemon, email=address).status_code == 200  # unchecked, as the setting says
    mail = mailbox.next()
    assert mail.envelope_to == ["team@shop.test"] and mail["reply-to"] is None
    assert mail["bcc"] is None and mail["cc"] is None


@pytest.fixture(scope="module")
def desk_of_module():
    from usherd import Usherd
    box = Mailbox()
    daemon = Usherd(["--embedded"], {"USHER_RATE_LIMITS": "off"})
    daemon.boss = daemon.admin()
    daemon.boss.set(Livechat_accept_chats_with_no_agents=True, Livechat_validate_offline_email=False,
                    Livechat_offline_email="team@shop.test", From_Email=FROM)
    point_at(daemon, box)
    yield daemon, box
    daemon.close()
    box.close()


def test_subject_of_the_agent_is_one_line(desk_of_module):
    daemon, mailbox = desk_of_module
    chat = Chat(daemon)
    chat.boss.method("livechat:requestTranscript", chat.rid, "v@example.test", "One\r\nBcc: all@evil.test\r\nliné " + "y" * 200)
    chat.close()
    mail = mailbox.next()
    assert mail["bcc"] is None and mail["subject"].startswith("One Bcc: all@evil.test liné yyy")


# --- offline messages

def test_offline_message_by_mail(desk_of_module):
    daemon, mailbox = desk_of_module
    answer = leave(daemon, name="Vera Müller", message="Is my parcel lost?\n<b>Now</b>", host="https://shop.test/?a=1&b=\"2")
    assert answer.status_code == 200 and answer.json() == {"message": "Livechat offline message sent", "success": True}
    mail = mailbox.next()
    sender = mail["from"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Vera Müller - vera@example.test", "desk@shop.test")
    back = mail["reply-to"].addresses[0]
    assert (back.display_name, back.addr_spec) == ("Vera Müller", "vera@example.test")
    assert mail["subject"] == "Livechat offline message from Vera Müller: Is my parcel lost? <"
    html, text = text_of(mail, "html"), text_of(mail)
    assert "Is my parcel lost?<br>\n&lt;b&gt;Now&lt;/b&gt;" in html and "<b>" not in html
    assert 'href="https://shop.test/?a=1&amp;b=&quot;2"' in html
    assert "Is my parcel lost?\n<b>Now</b>" in text and "Vera Müller" in text and "vera@example.test" in text
    script = leave(daemon, host="javascript:alert(1)")
    assert script.status_code == 200 and "href" not in text_of(mailbox.next(), "html")


def test_offline_message_to_the_department(desk_of_module):
    daemon, mailbox = desk_of_module
    made = daemon.boss.post("livechat/department", {"department": {
        "enabled": True, "showOnRegistration": True, "showOnOfflineForm": True, "email": "sales@shop.test", "name": "Sales"},
        "agents": []}).json()["department"]
    for department, to in ((made["_id"], "sales@shop.test"), ("Sales", "sales@shop.test"), ("nowhere", "team@shop.test"),
                           ("", "team@shop.test")):
        assert leave(daemon, department=department).status_code == 200
        assert mailbox.next().envelope_to == [to]


@pytest.mark.parametrize("address", ["sales", "sales @shop.test", "a@shop.test, b@shop.test", "x@shop.test\\r\\nRCPT TO:<y@z>"])
def test_department_without_a_good_address(desk_of_module, address):
    daemon, mailbox = desk_of_module
    made = daemon.boss.post("livechat/department", {"department": {
        "enabled": True, "showOnRegistration": True, "showOnOfflineForm": True, "email": address, "name": address},
        "agents": []}).json()["department"]
    assert leave(daemon, department=made["_id"]).status_code == 200
    assert mailbox.next().envelope_to == ["team@shop.test"]
    daemon.wait_log("is no mail address")
    daemon.log.clear()


def test_offline_form_off(desk, mailbox):
    daemon = desk(mailbox, Livechat_display_offline_form=False)
    answer = leave(daemon)
    assert answer.status_code == 400 and answer.json() == {"message": "Error sending Omnichannel offline message",
                                                           "success": False}
    assert daemon.rest().method("livechat:sendOfflineMessage", {"name": "V", "email": "v@b.test", "message": "m"},
                                anon=True)["result"] is False
    assert rows(daemon) == []


def test_offline_message_by_method(desk, mailbox):
    daemon = desk(mailbox)
    call = daemon.rest().method("livechat:sendOfflineMessage", {"name": "V", "email": "v@b.test", "message": "by method"}, anon=True)
    assert call["result"] is True and "by method" in text_of(mailbox.next())
    assert "error" in daemon.rest().method("livechat:sendOfflineMessage", {"name": "V"}, anon=True)


def test_offline_messages_wait_for_a_mail_server_and_an_address(desk, mailbox):
    daemon = desk(Livechat_offline_email="")
    assert leave(daemon).status_code == 200
    wait_for(daemon, "waits: no mail server")
    daemon.stop(signal.SIGKILL)
    daemon.start()
    daemon.boss = daemon.admin()
    point_at(daemon, mailbox)
    wait_for(daemon, "waits: nobody has said where to")
    assert len(rows(daemon)) == 1
    daemon.boss.set(Livechat_offline_email="team@shop.test")
    mail = mailbox.next()
    assert mail.envelope_to == ["team@shop.test"] and "parcel" in text_of(mail)


# --- the way to the mail server

def test_refused_for_now_and_taken_later(desk, mailbox):
    daemon = desk(mailbox)
    mailbox.answers["rcpt"] = ["450 busy"]
    mailbox.answers["data"] = ["451 try again"]
    leave(daemon)
    assert "next try in 1 min" in wait_for(daemon, "could not be sent")
    assert mailbox.mails.empty() and rows(daemon)[0][1:2] == (1,)
    daemon.log.clear()
    daemon.advance(61000)
    assert "next try in 5 min" in wait_for(daemon, "could not be sent")
    daemon.advance(301000)
    assert "parcel" in text_of(mailbox.next())
    wait_for(daemon, "(offline message) sent")
    assert len(events(daemon, "mail-queued")) == 1


def test_a_late_transcript_ends_where_it_was_asked_for(desk, mailbox):
    """The mail server takes it only at the second try; meanwhile the chat went on (behaviour 19.1: sent at once)."""
    daemon = desk(mailbox)
    chat = Chat(daemon)
    for n in range(30):
        chat.say("before %d." % n)
    mailbox.answers["rcpt"] = ["450 busy"]
    assert chat.ask().status_code == 200
    wait_for(daemon, "could not be sent")
    chat.say("said later")
    chat.close()
    daemon.advance(61000)
    text = text_of(mailbox.next())
    assert all("before %d." % n in text for n in range(30)) and "said later" not in text


def test_refused_for_good(desk, mailbox):
    daemon = desk(mailbox)
    mailbox.answers["rcpt"] = ["550 no such person"]
    mailbox.answers["data"] = ["554 this is spam"]
    leave(daemon)
    wait_for(daemon, "is given up after 1 tries")
    daemon.log.clear()
    leave(daemon, message="second")
    wait_for(daemon, "is given up after 1 tries")
    leave(daemon, message="third")
    assert "third" in text_of(mailbox.next())
    assert [d for _, d in events(daemon, "mail-failed") if '"code":550' in d] != []
    assert [d for _, d in events(daemon, "mail-failed") if '"code":554' in d] != []


def test_given_up_in_the_end(desk):
    daemon = desk()
    dead = Peer(lambda c: None)
    point_at(daemon, dead)
    leave(daemon)
    for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 720, 1440):
        assert "next try in %d min" % minutes in wait_for(daemon, "could not be sent")
        daemon.log.clear()
        daemon.advance(minutes * 60000 + 1000)
    assert "after 11 tries" in wait_for(daemon, "is given up")
    daemon.stop()
    assert rows(daemon) == [] and len(events(daemon, "mail-failed")) == 1
    dead.close()


def test_nobody_listens_and_a_change_of_settings_hurries(desk, mailbox):
    daemon = desk()
    dead = Peer(lambda c: None)
    port = dead.port
    dead.close()
    daemon.boss.set(SMTP_Host="127.0.0.1", SMTP_Port=port)
    leave(daemon)
    wait_for(daemon, "could not be sent")
    point_at(daemon, mailbox)
    assert "parcel" in text_of(mailbox.next())


def test_dies_in_the_middle_of_the_text(desk, mailbox):
    daemon = desk()
    dying = Peer(postoffice.dies_in_data)
    point_at(daemon, dying)
    leave(daemon, message="long " * 5000)
    assert dying.seen.get(timeout=postoffice.WAIT_S)
    wait_for(daemon, "could not be sent")
    point_at(daemon, mailbox)
    assert text_of(mailbox.next()).count("long ") == 5000
    dying.close()


def test_a_server_that_hangs_holds_up_nobody(desk, mailbox):
    daemon = desk(mailbox)
    mailbox.hang()
    leave(daemon)
    mailbox.tried()
    other = Mailbox()
    point_at(daemon, other)
    leave(daemon, message="second")
    assert "second" in text_of(other.next())
    assert Chat(daemon).say("still there?")["msg"] == "still there?"
    mailbox.go_on()
    assert "parcel" in text_of(mailbox.next())
    other.close()


def test_stops_while_the_mail_server_hangs_and_sends_it_after_the_start(desk, mailbox):
    daemon = desk(mailbox)
    mailbox.hang()
    leave(daemon)
    mailbox.tried()
    assert daemon.stop() == 0
    mailbox.hold = None
    daemon.start()
    assert "parcel" in text_of(mailbox.next())


def test_killed_after_the_text_and_sent_again_with_the_same_id(desk, mailbox):
    daemon = desk(mailbox)
    mailbox.hang()
    leave(daemon)
    mailbox.tried()
    daemon.stop(signal.SIGKILL)
    mailbox.go_on()
    first = mailbox.mails.get(timeout=2) if daemon.process.poll() is not None and not mailbox.mails.empty() else None
    daemon.start()
    again = mailbox.next()
    assert "parcel" in text_of(again)
    if first:
        assert first["message-id"] == again["message-id"]
    row = events(daemon, "mail-queued")
    assert "<%s@shop.test>" % row[0][0] == again["message-id"]


def test_a_transcript_survives_kill(desk, mailbox):
    daemon = desk()
    dead = Peer(lambda c: None)
    point_at(daemon, dead)
    chat = Chat(daemon)
    chat.say("before the crash")
    assert chat.ask().status_code == 200
    daemon.stop(signal.SIGKILL)
    assert len(rows(daemon)) == 1
    daemon.start()
    daemon.boss = daemon.admin()
    point_at(daemon, mailbox)
    assert "before the crash" in text_of(mailbox.next())
    dead.close()


@pytest.mark.parametrize("how", ["smtps", "starttls"])
def test_encrypted_with_login(desk, tmp_path, how):
    files = postoffice.certificate(str(tmp_path))
    box = Mailbox(account=("usher", "s3cret-of-mail"), **{"tls" if how == "smtps" else "starttls": files})
    daemon = desk(options=("--ca-file", files[1], "--log-level", "debug"))
    point_at(daemon, box, SMTP_Protocol="smtps" if how == "smtps" else "smtp", SMTP_IgnoreTLS=False, SMTP_Username="usher",
             SMTP_Password="wrong-secret")
    leave(daemon)
    wait_for(daemon, "could not be sent")
    daemon.boss.set(SMTP_Password="s3cret-of-mail")
    mail = box.next()
    assert "parcel" in text_of(mail)
    assert how == "smtps" or mail.encrypted  # the other one hears nothing that is not
    assert box.logins[-1] == ("usher", "s3cret-of-mail")
    assert "secret" not in "".join(daemon.log).replace(daemon.PASSWORD, "")
    box.close()


def test_unknown_authority_and_no_encryption(desk, tmp_path, mailbox):
    files = postoffice.certificate(str(tmp_path))
    box = Mailbox(tls=files)
    daemon = desk()
    point_at(daemon, box, SMTP_Protocol="smtps")
    leave(daemon)
    wait_for(daemon, "could not be sent")
    assert box.mails.empty()
    daemon.log.clear()
    # With a login and without STARTTLS the password stays here.
    point_at(daemon, mailbox, SMTP_Protocol="smtp", SMTP_IgnoreTLS=False, SMTP_Username="u", SMTP_Password="p")
    wait_for(daemon, "could not be sent")
    assert mailbox.mails.empty() and mailbox.logins == []
    daemon.boss.set(SMTP_IgnoreTLS=True, SMTP_Username="")
    assert "parcel" in text_of(mailbox.next())
    box.close()


# --- erased people

def test_mails_of_an_erased_visitor_are_gone(desk, mailbox):
    daemon = desk()
    dead = Peer(lambda c: None)
    point_at(daemon, dead)
    chat = Chat(daemon)
    chat.say("words of hers")
    chat.ask("elsewhere@example.test")
    leave(daemon, email="Vera@Example.test", message="words of hers")
    leave(daemon, email="other@example.test", message="of somebody else")
    chat.boss.method("livechat:requestTranscript", chat.rid, "vera@example.test", "s")
    daemon.boss.set(Livechat_Allow_collect_and_store_HTTP_header_informations=True)
    assert chat.rest.delete("livechat/visitor/" + chat.token).status_code == 200
    assert [address for _, _, address in rows(daemon)] == ["other@example.test"]
    point_at(daemon, mailbox)
    assert "somebody else" in text_of(mailbox.next())
    wait_for(daemon, ") sent")
    daemon.stop()
    assert rows(daemon) == [] and mailbox.mails.empty()
    dead.close()


# --- can the address receive mail

ANSWERS = {"good.test": postoffice.good, "empty.test": postoffice.empty, "null.test": postoffice.null_mx,
           "silent.test": postoffice.silent, "loop.test": postoffice.loop, "cut.test": postoffice.cut,
           "boastful.test": postoffice.boastful, "foreign.test": postoffice.foreign, "xn--bcher-kva.test": postoffice.good}


@pytest.fixture(scope="module")
def checked():
    from usherd import Usherd
    names = Names(ANSWERS)
    box = Mailbox()
    daemon = Usherd(["--embedded", "--dns-servers", names.address], {"USHER_RATE_LIMITS": "off"})
    daemon.boss = daemon.admin()
    daemon.boss.set(Livechat_offline_email="team@shop.test", From_Email="desk@shop.test")
    point_at(daemon, box)
    yield daemon, box, names
    daemon.close()
    box.close()
    names.close()


def test_address_with_an_exchanger(checked):
    daemon, box, names = checked
    assert leave(daemon, email="vera@Good.test").status_code == 200
    assert "parcel" in text_of(box.next())
    assert names.asked.get(timeout=postoffice.WAIT_S) == "good.test"
    assert leave(daemon, email="strange@name@good.test").status_code == 200  # behind the last @, as the rule says
    box.next()


@pytest.mark.parametrize("domain", ["bücher.test", "B\u00dcCHER.test", "bu\u0308cher\u3002test"])
def test_address_in_another_script(checked, domain):
    """A domain is asked for in the form that the domain name system has."""
    daemon, box, names = checked
    while not names.asked.empty():
        names.asked.get()
    assert leave(daemon, email="vera@" + domain).status_code == 200
    assert "parcel" in text_of(box.next())
    assert names.asked.get(timeout=postoffice.WAIT_S) == "xn--bcher-kva.test"


@pytest.mark.parametrize("domain", ["missing.test", "empty.test", "null.test", "silent.test", "loop.test", "cut.test",
                                    "boastful.test", "foreign.test", "no_name.test", "", "a b", ".", "x" * 300, "ü.test", "ü" * 300 + ".test", "a\u202eb.test", "xn--\u00fc.test"])
def test_address_without_an_exchanger(checked, domain):
    daemon, box, _ = checked
    answer = leave(daemon, email="vera@" + domain)
    assert answer.status_code == 400 and answer.json()["errorType"] == "error-invalid-email-address"
    assert answer.json()["error"] == "Invalid email address [error-invalid-email-address]"
    assert box.mails.empty()


def test_others_are_served_while_a_name_server_is_silent(checked):
    daemon, _, names = checked
    ddp = daemon.ddp()
    ddp.send(msg="method", method="livechat:sendOfflineMessage", id="slow",
             params=[{"name": "V", "email": "v@silent.test", "message": "m"}])
    while names.asked.get(timeout=postoffice.WAIT_S) != "silent.test":
        pass
    assert daemon.rest().get("livechat/config").status_code == 200
    ddp.flush()
    assert not [f for f in ddp.frames if f.get("id") == "slow"]
    assert ddp.wait(msg="result", id="slow")["error"]["error"] == "error-invalid-email-address"
    ddp.close()


def test_check_off(checked):
    daemon, box, _ = checked
    daemon.boss.set(Livechat_validate_offline_email=False)
    assert leave(daemon, email="vera@missing.test").status_code == 200
    assert box.next()["reply-to"].addresses[0].addr_spec == "vera@missing.test"
    daemon.boss.set(Livechat_validate_offline_email=True)


def test_stops_while_an_address_is_checked(desk):
    names = Names({"silent.test": postoffice.silent})
    daemon = desk(options=("--dns-servers", names.address))
    daemon.boss.set(Livechat_validate_offline_email=True)
    ddp = daemon.ddp()
    ddp.send(msg="method", method="livechat:sendOfflineMessage", id="slow",
             params=[{"name": "V", "email": "v@silent.test", "message": "m"}])
    names.asked.get(timeout=postoffice.WAIT_S)
    assert daemon.stop() == 0
    ddp.close()
    names.close()
