"""What the real widget does under both values, in Chromium."""
import re

from people import ok
from postoffice import text_of
from register import effect
from selenium.webdriver.common.keys import Keys
from support.page import css


def with_agent(world):
    return world.agent()


def open_widget(page):
    return page.load().open()


def without_form(world):
    """The chat at once, without questions."""
    world.set(Livechat_registration_form=False)


def online(world, page):
    """The widget of a visitor whom an agent could serve, without the form."""
    world.agent()
    without_form(world)
    open_widget(page)
    page.composer()
    return page


def offline(page):
    """The widget with nobody there."""
    open_widget(page)
    page.until(lambda: page.all(css("header__title")), "the header")
    return page


def title(page):
    return page.until(lambda: [e.text for e in page.all(css("header__title")) if e.text], "the title")[0]


def colour(page):
    """Of the header, as #rrggbb."""
    header = page.until(lambda: page.all("header"), "the header")[0]
    return "#%02x%02x%02x" % tuple(map(int, re.findall(r"\d+", header.value_of_css_property("background-color"))[:3]))


@effect("Livechat_title", ("Alpha shop", "Alpha shop"), ("Beta shop", "Beta shop"))
def test_Livechat_title(world, page):
    return title(online(world, page))


@effect("Livechat_title_color", ("#112233", "#112233"), ("#aabbcc", "#aabbcc"))
def test_Livechat_title_color(world, page):
    return colour(online(world, page))


@effect("Livechat_offline_title", ("Away", "Away"), ("Gone home", "Gone home"))
def test_Livechat_offline_title(world, page):
    return title(offline(page))


@effect("Livechat_offline_title_color", ("#112233", "#112233"), ("#aabbcc", "#aabbcc"))
def test_Livechat_offline_title_color(world, page):
    return colour(offline(page))


@effect("Livechat_display_offline_form", (True, True), (False, False))
def test_Livechat_display_offline_form_shown(world, page):
    world.set(Livechat_offline_form_unavailable="No letters please", Livechat_offline_message="Write to us")
    offline(page)
    page.until(lambda: "No letters please" in page.text() or "Write to us" in page.text(), "words")
    return bool(page.all("[name=message]"))


@effect("Livechat_offline_form_unavailable", ("Come back later", "Come back later"), ("Closed **today**", "Closed today"))
def test_Livechat_offline_form_unavailable(world, page):
    """Instead of the form."""
    world.set(Livechat_display_offline_form=False)
    offline(page)
    return page.until(lambda: [w for w in ("Come back later", "Closed today") if w in page.text()], "words")[0]


@effect("Livechat_offline_message", ("Leave us a note", "Leave us a note"), ("Write a *letter*", "Write a letter"))
def test_Livechat_offline_message(world, page):
    """Above the form."""
    offline(page)
    return page.until(lambda: [w for w in ("Leave us a note", "Write a letter") if w in page.text()], "words")[0]


def leave_message(page):
    field = page.until(lambda: page.all("[name=name]"), "the form")[0]
    page.fill(field, "Vera Vogel")
    page.fill(page.all("[name=email]")[0], "vera@example.org")
    page.fill(page.all("[name=message]")[0], "Please call me")
    page.until(lambda: [b for b in page.all("form button") if b.is_enabled()], "the form's button")[0].click()


def modal(page):
    return page.until(lambda: [e.text for e in page.all(css("modal__message")) if e.text], "the message")[0]


@effect("Livechat_offline_success_message",
        ("We got it", "We got it"), ("Thank you!", "Thank you!"), ("", "Livechat offline message sent"))
def test_Livechat_offline_success_message(world, page):
    world.set(Livechat_validate_offline_email=False)
    offline(page)
    leave_message(page)
    return modal(page)


def form_fields(page):
    """Names of the fields of the registration form; "chat" when there is none."""
    def look():
        if page.all("[contenteditable=true]"):
            return ["chat"]
        return [e.get_attribute("name") for e in page.all("form [name]") if e.get_attribute("required") is not None] or \
            [e.get_attribute("name") for e in page.all("form [name]")]
    return page.until(look, "the form or the chat")


@effect("Livechat_registration_form", (True, ["name", "email"]), (False, ["chat"]))
def test_Livechat_registration_form(world, page):
    world.agent()
    return form_fields(open_widget(page))


@effect("Livechat_name_field_registration_form", (True, ["name", "email"]), (False, ["email"]))
def test_Livechat_name_field_registration_form(world, page):
    world.agent()
    return form_fields(open_widget(page))


@effect("Livechat_email_field_registration_form", (True, ["name", "email"]), (False, ["name"]))
def test_Livechat_email_field_registration_form(world, page):
    world.agent()
    return form_fields(open_widget(page))


@effect("Livechat_registration_form_message", ("Who are you?", "Who are you?"), ("Your name, please", "Your name, please"))
def test_Livechat_registration_form_message(world, page):
    world.agent()
    open_widget(page)
    return page.until(lambda: [w for w in ("Who are you?", "Your name, please") if w in page.text()], "words")[0]


@effect("Livechat_message_character_limit", (4, ("4", ["1234"])), (6, ("6", ["123456"])))
def test_Livechat_message_character_limit_typed(world, page):
    """The widget counts, and cuts what is typed."""
    world.set(Livechat_enable_message_character_limit=True)
    return typed(world, page)


@effect("Livechat_enable_message_character_limit", (True, ("4", ["1234"])), (False, (None, ["12345678"])))
def test_Livechat_enable_message_character_limit_typed(world, page):
    world.set(Livechat_message_character_limit=4)
    return typed(world, page)


def typed(world, page):
    online(world, page)
    counter = [e.text.split("/")[-1].strip() for e in page.all(css("composer__toolbar") + ", " + css("footer"))
               if re.search(r"\d+\s*/\s*\d+", e.text)]
    page.settle()
    for key in "12345678":
        page.composer().send_keys(key)
    page.composer().send_keys(Keys.ENTER)
    said = page.until(lambda: [text for _, text in page.messages()], "the message")
    return re.match(r"\d+", counter[0]).group(0) if counter else None, said


@effect("Livechat_fileupload_enabled", (True, True), (False, False))
def test_Livechat_fileupload_enabled_button(world, page):
    """The button for files."""
    online(world, page)
    buttons = page.until(lambda: page.all("button" + css("composer__action")), "the buttons beside the line")
    return len(buttons) == 2  # the other one is for emoji


def menu(page):
    """Entries of the menu below the chat."""
    page.until(lambda: page.all(css("footer__options")), "the options")[0].click()
    return page.until(lambda: [e.text for e in page.all(css("menu__item")) if e.text], "the menu")


@effect("Livechat_allow_switching_departments", (True, True), (False, False))
def test_Livechat_allow_switching_departments_menu(world, page):
    agent = world.agent()
    world.department(agent)
    world.department(agent)
    world.set(Livechat_name_field_registration_form=False, Livechat_email_field_registration_form=False,
              Livechat_registration_form=False)
    open_widget(page)
    page.say("hello")
    page.wait_message("hello")
    return "Change department" in menu(page)


def finish(world, page, email=None):
    """A chat that the agent ends; the visitor looks at what is left of it."""
    agent = world.agent()
    if email:
        open_widget(page).register("Vera Vogel", email)
    else:
        without_form(world)
        open_widget(page)
    page.say("hello").wait_message("hello")
    page.settle()
    room = ok(world.admin.get("livechat/rooms", {"open": "true"}))["rooms"][0]
    ok(agent.post("livechat/room.closeByUser", {"rid": room["_id"], "comment": "done"}))
    return page


def finished(page):
    page.until(lambda: [b for b in page.all("button") if "New Chat" in b.text], "the end of the chat")
    return page


@effect("Livechat_conversation_finished_message", ("Good bye", "Good bye"), ("So long", "So long"))
def test_Livechat_conversation_finished_message(world, page):
    finished(finish(world, page))
    return [w for w in ("Good bye", "So long") if w in page.text()][0]


@effect("Livechat_conversation_finished_text", ("Come again", "Come again"), ("See our *news*", "See our news"))
def test_Livechat_conversation_finished_text(world, page):
    finished(finish(world, page))
    text = page.text().replace("*", "")
    return [w for w in ("Come again", "See our news") if w in text][0]


@effect("Livechat_enable_transcript", (True, "asked"), (False, "finished"))
def test_Livechat_enable_transcript(world, page):
    """A visitor whose address is known, after the chat."""
    world.set(Livechat_transcript_message="Shall we mail it?")
    finish(world, page, "vera@example.org")
    return page.until(lambda: "asked" if "Shall we mail it?" in page.text() else
                      "finished" if "New Chat" in page.text() else None, "the question or the end")


@effect("Livechat_enable_transcript", (True, "vera@example.org"), (False, None))
def test_Livechat_enable_transcript_mail(world, page, mailbox):
    """He says yes; who gets the transcript."""
    world.set(SMTP_Host="127.0.0.1", SMTP_Port=mailbox.port, From_Email="desk@shop.test",
              Livechat_transcript_message="Shall we mail it?")
    finish(world, page, "vera@example.org")
    if page.until(lambda: "yes" if "Shall we mail it?" in page.text() else
                  "no" if "New Chat" in page.text() else None, "the question or the end") == "no":
        return None
    page.until(lambda: [b for b in page.all("button") if b.text.strip() == "Yes"], "the answer")[0].click()
    mail = mailbox.next()
    assert "hello" in text_of(mail)
    return mail.envelope_to[0]


@effect("Livechat_transcript_message", ("A copy by mail?", "A copy by mail?"), ("Mail it?", "Mail it?"))
def test_Livechat_transcript_message(world, page):
    world.set(Livechat_enable_transcript=True)
    finish(world, page, "vera@example.org")
    return page.until(lambda: [w for w in ("A copy by mail?", "Mail it?") if w in page.text()], "the question")[0]


def token(page):
    """Of the guest, as the browser keeps it."""
    return page.driver.execute_script("return (JSON.parse(localStorage.getItem('store')) || {}).token")


@effect("Livechat_clear_local_storage_when_chat_ended", (True, "another guest"), (False, "the same guest"))
def test_Livechat_clear_local_storage_when_chat_ended(world, page):
    """Who comes back to the server with the next chat."""
    finish(world, page)
    finished(page)
    page.until(lambda: [b for b in page.all("button") if "New Chat" in b.text], "the button")[0].click()
    page.composer()
    page.say("once more").wait_message("once more")
    guests = {r["v"]["token"] for r in ok(world.admin.get("livechat/rooms"))["rooms"]}
    assert token(page) in guests
    return "the same guest" if len(guests) == 1 else "another guest"


@effect("Livechat_force_accept_data_processing_consent", (True, "consent"), (False, "form"))
def test_Livechat_force_accept_data_processing_consent(world, page):
    """What comes before everything else; agreed to, the form comes."""
    world.set(Livechat_data_processing_consent_text="We keep your words")
    world.agent()
    open_widget(page)
    first = page.until(lambda: "consent" if "We keep your words" in page.text() else
                       "form" if page.all("[name=name]") else None, "the first page")
    if first == "consent":
        assert not page.all("[name=name]")
        page.until(lambda: [b for b in page.all("button") if "Agree" in b.text], "the button")[0].click()
        page.until(lambda: page.all("[name=name]"), "the form")
    return first


@effect("Livechat_data_processing_consent_text", ("We keep it", "We keep it"), ("We forget it", "We forget it"))
def test_Livechat_data_processing_consent_text(world, page):
    world.set(Livechat_force_accept_data_processing_consent=True)
    world.agent()
    open_widget(page)
    return page.until(lambda: [w for w in ("We keep it", "We forget it") if w in page.text()], "the text")[0]


@effect("Livechat_show_agent_info", (True, True), (False, False))
def test_Livechat_show_agent_info_widget(world, page):
    """The name of who answers: in the header and beside the message."""
    agent = world.agent()
    without_form(world)
    open_widget(page)
    page.say("hello").wait_message("hello")
    room = ok(world.admin.get("livechat/rooms", {"open": "true"}))["rooms"][0]
    ok(agent.post("chat.sendMessage", {"message": {"rid": room["_id"], "msg": "How can I help?"}}))
    page.wait_message("How can I help?", mine=False)
    return agent.username in page.text()


@effect("Language", ("de", "de"), ("fr", "fr"))
def test_Language(world, page):
    """The widget's own words."""
    world.agent()
    open_widget(page)
    words = {"de": "Chat beginnen", "fr": "Démarrer le chat"}

    def which():
        text = page.text()
        return [code for code, word in words.items() if word in text]
    return page.until(which, "words of a language")[0]
