"""What settings do to a visitor with the real widget, told from both sides: the visitor's page and the staff's console.
Each setting alone, under two values: tests/effects."""
import contextlib
import http.server
import re
import threading

import pytest

from support.daemon import Refused
from support.page import css
from support.postoffice import mailbox, text_of  # noqa: F401

AUTO = {"Livechat_Routing_Method": "Auto_Selection"}


def button(page, words):
    return page.until(lambda: [b for b in page.all("button") if words in b.text and b.is_enabled()], f"the button {words}")[0]


def menu(page, words):
    page.until(lambda: page.all(css("footer__options")), "the options")[0].click()
    page.until(lambda: [e for e in page.all(css("menu__item")) if words in e.text], words)[0].click()


def answer(page, words):
    """Clicks until the question is gone: while it glides in, a click may miss."""
    found = css("modal") + " button"
    page.until(lambda: [b for b in page.all(found) if words in b.text], f"the answer {words}")

    def gone():
        buttons = [b for b in page.all(found) if words in b.text]
        for b in buttons[:1]:
            b.click()
        return not buttons
    page.until(gone, "the question to go")


def choose_department(page, name):
    """By the keyboard."""
    select = page.until(lambda: page.all("select"), "the departments")[0]
    page.until(lambda: select.send_keys(name) or [o for o in page.all("select option") if o.is_selected()][0].text == name, name)


def department(world, name, *agents, registration=True, offline=False):
    return world.admin.post("livechat/department", department={
        "enabled": True, "name": name, "email": "d@example.org", "showOnRegistration": registration,
        "showOnOfflineForm": offline}, agents=[{"agentId": a} for a in agents])["department"]


def rooms(world):
    return world.admin.get("livechat/rooms")["rooms"]


@pytest.fixture
def desk(world):
    world.start(**AUTO)
    world.alma = world.admin.add_agent("alma", name="Alma Agent")
    return world


def test_title_and_colours_change_with_the_staff(desk):
    """Online ones, then offline ones after the last agent went; a change shows at the next load."""
    desk.admin.set(Livechat_title="The shop", Livechat_title_color="#123456", Livechat_offline_title="Shop is shut",
                   Livechat_offline_title_color="#654321", Livechat_registration_form=False)
    page = desk.page()

    def header():
        shown = page.until(lambda: page.all("header"), "the header")[0]
        return page.until(lambda: [e.text for e in page.all(css("header__title")) if e.text], "the title")[0], \
            [int(n) for n in re.findall(r"\d+", shown.value_of_css_property("background-color"))[:3]]
    page.load().open()
    page.composer()
    assert header() == ("The shop", [0x12, 0x34, 0x56])
    desk.admin.method("livechat:changeLivechatStatus", {"status": "not-available", "agentId": desk.alma})
    page.reload().open()
    page.see("Shop is shut")
    assert header() == ("Shop is shut", [0x65, 0x43, 0x21])


def test_registration_form_with_departments(desk):
    """The form shows what is set; the department chosen gets the chat; without any field there is no form."""
    sales = department(desk, "Sales", desk.alma)
    department(desk, "Hidden", desk.alma, registration=False)
    support = department(desk, "Support", desk.alma)
    desk.admin.set(Livechat_registration_form_message="Who are you, please?")
    page = desk.page()
    page.load().open().see("Who are you, please?")
    options = [o.text for o in page.all("select option") if o.get_attribute("value")]
    assert options == ["Sales", "Support"]
    page.fill(page.all("[name=name]")[0], "Vera Vogel")
    page.fill(page.all("[name=email]")[0], "no address")
    page.all("form button")[0].click()
    assert rooms(desk) == [] and page.all("[name=email]"), "what is no address is not taken"
    page.driver.execute_script("arguments[0].value=''", page.all("[name=email]")[0])
    page.reload().open()
    page.until(lambda: page.all("[name=name]"), "the form")
    page.fill(page.all("[name=name]")[0], "Vera Vogel")
    page.fill(page.all("[name=email]")[0], "vera@example.org")
    choose_department(page, "Support")
    button(page, "Start chat").click()
    page.composer()
    page.say("Hello").wait_message("Hello")
    assert rooms(desk)[0]["departmentId"] == support["_id"] != sales["_id"]


def test_offline_form_per_department(desk):
    """Nobody there: the form with the departments that want it; the visitor is told what is set."""
    desk.admin.method("livechat:changeLivechatStatus", {"status": "not-available", "agentId": desk.alma})
    department(desk, "Sales", desk.alma, offline=True)
    desk.admin.set(Livechat_offline_message="Write to **us**", Livechat_offline_success_message="We will call",
                   Livechat_validate_offline_email=False)
    page = desk.page()
    page.load().open().see("Write to us")
    assert [o.text for o in page.all("select option") if o.get_attribute("value")] == ["Sales"]
    for name, text in (("name", "Vera Vogel"), ("email", "vera@example.org"), ("message", "Call me")):
        page.fill(page.all(f"[name={name}]")[0], text)
    button(page, "Send").click()
    page.see("We will call")
    desk.admin.set(Livechat_display_offline_form=False, Livechat_offline_form_unavailable="Nobody is here")
    page.reload().open()
    page.see("Nobody is here")
    assert not page.all("[name=message]")


def test_character_limit_holds_both_sides(desk):
    """The widget cuts; what is sent past it the server refuses, and the agent never sees it."""
    desk.admin.set(Livechat_enable_message_character_limit=True, Livechat_message_character_limit=10,
                   Livechat_registration_form=False)
    console = desk.console("alma")
    console.wait("Nobody is waiting")
    page = desk.page()
    page.load().open().say("ten chars!").wait_message("ten chars!")
    console.wait("ten chars!")
    rid, token = rooms(desk)[0]["_id"], rooms(desk)[0]["v"]["token"]
    with pytest.raises(Refused) as refused:
        desk.admin.post("livechat/message", rid=rid, token=token, msg="eleven char")
    assert refused.value.body["error"] == "message-length-exceeds-character-limit"
    assert page.count("eleven char") == 0 and "eleven char" not in console.text()


def test_department_switch(desk):
    """By the menu, in mid-chat: the other department's agent has the chat; switched off, the entry is gone."""
    bert = desk.admin.add_agent("bert", name="Bert Agent")
    sales, support = department(desk, "Sales", desk.alma), department(desk, "Support", bert)
    page = desk.page()
    page.load().open().register("Vera Vogel", "vera@example.org").say("Is this sales?").wait_message("Is this sales?")
    page.see("Alma Agent")
    assert rooms(desk)[0]["departmentId"] == sales["_id"]
    menu(page, "Change department")
    choose_department(page, "Support")
    button(page, "Start chat").click()
    answer(page, "Yes")
    page.see("Department switched")
    answer(page, "OK")
    page.see("Bert Agent")
    room = rooms(desk)[0]
    assert room["departmentId"] == support["_id"] and room["servedBy"]["username"] == "bert" and len(rooms(desk)) == 1
    desk.admin.set(Livechat_allow_switching_departments=False)
    page.reload().open()
    page.wait_message("Is this sales?")
    page.until(lambda: page.all(css("footer__options")), "the options")[0].click()
    page.see("Finish this chat")
    assert "Change department" not in page.text()


def test_consent_gate_and_forgetting(desk):
    """Nothing happens before "I Agree"; the chat records the words agreed to; "Forget my data" erases it all."""
    desk.admin.set(Livechat_Allow_collect_and_store_HTTP_header_informations=True,
                   Livechat_force_accept_data_processing_consent=True,
                   Livechat_data_processing_consent_text="We keep *every* word")
    page = desk.page()
    page.load().open().see("We keep every word")
    assert not page.all("[name=name]") and not page.all("[contenteditable=true]")
    button(page, "Agree").click()
    page.register("Vera Vogel", "vera@example.org").say("Keep this").wait_message("Keep this")
    desk.admin.set(Livechat_data_processing_consent_text="Other words")
    room = desk.admin.get("rooms.info", roomId=rooms(desk)[0]["_id"])["room"]
    assert room["consent"] == {"required": True, "text": "We keep *every* word"}
    assert "Chrome" in desk.admin.get("livechat/visitors.info", visitorId=room["v"]["_id"])["visitor"]["userAgent"]
    page.settle()
    menu(page, "my data")
    answer(page, "Yes")
    page.until(lambda: rooms(desk) == [], "the chat to be gone")
    with pytest.raises(Refused):
        desk.admin.get("livechat/visitors.info", visitorId=room["v"]["_id"])


def test_file_upload(desk, tmp_path):
    """A file from the visitor's disk reaches the agent; one of a refused kind, or too large, does not, and he is told."""
    desk.admin.set(Livechat_registration_form=False, FileUpload_MaxFileSize=2000,
                   FileUpload_MediaTypeBlackList="application/x-sh, image/svg+xml")
    console = desk.console("alma")
    console.wait("Nobody is waiting")
    page = desk.page()
    page.load().open().say("I have a file").wait_message("I have a file")
    page.settle()
    good, bad, large = tmp_path / "plan.txt", tmp_path / "plan.svg", tmp_path / "large.txt"
    good.write_text("the plan")
    bad.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    large.write_text("x" * 3000)

    def choose(path):
        page.until(lambda: page.all("input[type=file]"), "the field for files")[0].send_keys(str(path))
    choose(good)
    page.see("plan.txt")
    console.send("\x1bOQ").wait("plan.txt")
    choose(bad)
    page.see("Media Types Not Accepted")
    choose(large)
    page.until(lambda: "size" in page.text(), "the refusal")
    rid = rooms(desk)[0]["_id"]
    files = [m["file"]["name"] for m in desk.admin.get(f"livechat/{rid}/messages", count="0")["messages"] if "file" in m]
    assert files == ["plan.txt"]


def test_transcript_is_asked_for(desk, mailbox):
    """After the agent's close: the question as set; yes brings the mail, no brings none; no question when it is switched
    off."""
    desk.admin.set(SMTP_Host="127.0.0.1", SMTP_Port=mailbox.port, From_Email="desk@shop.test",
                   Livechat_enable_transcript=True, Livechat_transcript_message="A copy of it?",
                   Livechat_conversation_finished_message="That was it", Livechat_conversation_finished_text="Come *again*")
    page = desk.page()

    def chat_and_close():
        page.say("Hello").settle()
        rid = [r["_id"] for r in rooms(desk) if r.get("open")]
        desk.admin.post("livechat/room.closeByUser", rid=rid[0], comment="done")
    page.load().open().register("Vera Vogel", "vera@example.org")
    chat_and_close()
    page.see("A copy of it?")
    answer(page, "No")
    page.see("That was it").see("again")
    button(page, "New Chat").click()
    page.composer()
    chat_and_close()
    page.see("A copy of it?")
    answer(page, "Yes")
    page.see("Transcript sent")
    mail = mailbox.next()
    assert mail.envelope_to == ["vera@example.org"] and "Hello" in text_of(mail)
    assert mailbox.mails.empty(), "one yes, one mail"
    answer(page, "OK")
    button(page, "New Chat").click()
    page.composer()
    desk.admin.set(Livechat_enable_transcript=False)
    page.reload().open()
    page.composer()
    chat_and_close()
    page.see("That was it")
    assert "A copy of it?" not in page.text()


class Shop(http.server.SimpleHTTPRequestHandler):
    """A page of somebody else that embeds the widget."""
    target = ""

    def do_GET(self):  # noqa: N802
        body = f"<!DOCTYPE html><title>shop</title><iframe id=w src='{self.target}/livechat' width=400 height=500></iframe>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def shop(target):
    handler = type("OurShop", (Shop,), {"target": target})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def test_allowed_domains(desk):
    """A page of a site that is not in the list shows an empty frame; in the list, or with an empty list, the widget."""
    desk.admin.set(Livechat_registration_form=False)
    page = desk.page()
    with shop(desk.usherd.url) as port:
        def embedded():
            """Whether the frame of the shop's page has the widget in it."""
            page.driver.switch_to.default_content()
            page.driver.get(f"http://localhost:{port}/")
            page.driver.switch_to.frame(page.until(lambda: page.all("#w"), "the frame")[0])
            return page.until(lambda: page.driver.execute_script(
                "return document.readyState === 'complete' && (typeof SERVER_URL === 'string' ? 'yes' : 'no')"),
                "the frame to load") == "yes"
        assert embedded()
        desk.admin.set(Livechat_AllowedDomainsList=f"shop.example, localhost:{port}")
        assert embedded()
        desk.admin.set(Livechat_AllowedDomainsList="shop.example, localhost")
        assert not embedded()
