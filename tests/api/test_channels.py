"""Messages that other systems deliver: text messages (rest 13.1), Messenger (rest 13.2, behaviour 12.3)."""
import pytest

from channels import chats, facebook, sms, texts
from own_daemon import admin, usherd  # noqa: F401
from people import coded, make_agent, make_department, ok, plain, unique

TOKEN, SECRET = "twilio-token", "gateway-secret"
TAKEN = (200, "text/xml", "<Response></Response>")
numbers = iter(range(1000, 9999))


def number():
    return "+1555%d" % next(numbers)


def answer_of(answer):
    return answer.status_code, answer.headers["content-type"], answer.text


@pytest.fixture(autouse=True)
def settings(admin):
    admin.set(SMS_Enabled=True, SMS_Service="twilio", SMS_Twilio_authToken="", SMS_Default_Omnichannel_Department="",
              Livechat_Facebook_Enabled=True, Livechat_Facebook_API_Secret=SECRET, Site_Url="")


# --- text messages ---

def test_text_message_makes_and_continues_a_chat(usherd, admin):
    phone = number()
    assert answer_of(sms(usherd.url, "first", phone)) == TAKEN
    assert answer_of(sms(usherd.url, "second", phone)) == TAKEN
    room, = chats(admin, phone)
    assert room["source"] == {"type": "sms", "id": "+15559999", "alias": "twilio"} and room["sms"] == {"from": "+15559999"}
    assert room["v"]["username"] == phone[1:]
    assert [m["msg"] for m in texts(admin, room)] == ["first", "second"]


def test_what_comes_twice_is_taken_once(usherd, admin):
    phone = number()
    for _ in range(3):
        assert answer_of(sms(usherd.url, "once", phone, MessageSid="SM" + phone[1:])) == TAKEN
    room, = chats(admin, phone)
    assert [m["msg"] for m in texts(admin, room)] == ["once"]


def test_each_number_of_ours_has_its_chat(usherd, admin):
    phone = number()
    for to in ("+1", "+2", "+1"):
        sms(usherd.url, "to " + to, phone, to)
    assert [[m["msg"] for m in texts(admin, r)] for r in chats(admin, phone)] == [["to +1", "to +1"], ["to +2"]]


def test_chat_in_the_widget_stays_apart(usherd, admin):
    phone, rest = number(), usherd.rest()
    token = unique("token")
    rest.visitor(token, name="Vera", phone=phone)
    widget = rest.room(token)
    assert answer_of(sms(usherd.url, "by phone", phone)) == TAKEN
    rooms = [r for r in chats(admin, name="Vera") if r["v"]["token"] == token]
    assert len(rooms) == 2 and rooms[0]["_id"] == widget["_id"] and rooms[1]["source"]["type"] == "sms"
    assert texts(admin, rooms[0]) == []


def test_department_by_query_and_setting(usherd, admin):
    agent = make_agent(usherd, admin)
    asked, standard = (make_department(admin, agents=[agent]) for _ in range(2))
    admin.set(SMS_Default_Omnichannel_Department=standard["name"])
    for query, expected in (("", standard), ("?department=" + asked["_id"], asked)):
        phone = number()
        assert answer_of(sms(usherd.url, phone=phone, query=query)) == TAKEN
        assert chats(admin, phone)[0]["departmentId"] == expected["_id"]
    coded(sms(usherd.url, phone=number(), query="?department=nowhere"), "error-invalid-department")


def test_refusals(usherd, admin):
    plain(sms(usherd.url, service="mobex"), "Invalid service")
    admin.set(SMS_Enabled=False)
    coded(sms(usherd.url), "error-sms-service-disabled")
    admin.set(SMS_Enabled=True, SMS_Service="mobex")
    coded(sms(usherd.url, service="MOBEX"), "error-sms-service-not-configured")
    admin.set(SMS_Service="twilio")
    coded(sms(usherd.url, phone=""), "error-invalid-phone")


def test_nobody_there_is_an_ordinary_failure(usherd, admin):
    admin.set(Livechat_accept_chats_with_no_agents=False)
    department = make_department(admin)
    answer = sms(usherd.url, phone=number(), query="?department=" + department["_id"])
    admin.set(Livechat_accept_chats_with_no_agents=True)
    coded(answer, "no-agent-online")


def test_what_cannot_be_posted_is_said_in_xml(usherd, admin):
    admin.set(Message_MaxAllowedSize=10)
    answer = sms(usherd.url, "x" * 11, number())
    admin.set(Message_MaxAllowedSize=5000)
    assert answer_of(answer)[:2] == TAKEN[:2]
    assert answer.text.startswith("<Response><Message>") and answer.text.endswith("</Message></Response>")


def test_places_fill_custom_fields(usherd, admin):
    for name in ("country", "city"):
        admin.method("livechat:saveCustomField", None, {"field": name, "label": name, "scope": "visitor",
                                                        "visibility": "visible", "regexp": "", "searchable": False})
    phone = number()
    sms(usherd.url, phone=phone, FromCountry="DE", FromCity="Ulm", FromState="BW")
    visitor = ok(admin.get("livechat/visitors.info", {"visitorId": chats(admin, phone)[0]["v"]["_id"]}))["visitor"]
    assert visitor["livechatData"] == {"country": "DE", "city": "Ulm"}


def test_files_come_along_as_links(usherd, admin):
    phone = number()
    admin.set(SMS_Twilio_FileUpload_Enabled=True, SMS_Twilio_FileUpload_MediaTypeWhiteList="image/*")
    media = {"NumMedia": "3", "MediaUrl0": "https://media.test/a", "MediaContentType0": "image/png",
             "MediaUrl1": "https://media.test/b", "MediaContentType1": "application/zip",
             "MediaUrl2": "javascript:alert(1)", "MediaContentType2": "image/png"}
    assert answer_of(sms(usherd.url, phone=phone, **media)) == TAKEN
    message, = texts(admin, chats(admin, phone)[0])
    assert message["attachments"] == [{"title": "a", "type": "file", "title_link": "https://media.test/a",
                                       "image_url": "https://media.test/a", "image_type": "image/png"}]


def test_signature_of_twilio(usherd, admin):
    """The last of these: an empty text leaves a secret as it is."""
    admin.set(SMS_Twilio_authToken=TOKEN)
    assert answer_of(sms(usherd.url, phone=number(), token=TOKEN)) == TAKEN
    assert answer_of(sms(usherd.url, phone=number(), token=TOKEN, To="+1 & 2", Body="ä =?")) == TAKEN
    for answer in (sms(usherd.url), sms(usherd.url, token="other"), sms(usherd.url, token=TOKEN, site="http://else.test")):
        plain(answer, "unauthorized", 403)
    admin.set(Site_Url="https://desk.test")
    department = make_department(admin, agents=[make_agent(usherd, admin)])
    signed = dict(token=TOKEN, site="https://desk.test", query="?department=" + department["_id"])
    assert answer_of(sms(usherd.url, phone=number(), **signed)) == TAKEN
    plain(sms(usherd.url, token=TOKEN), "unauthorized", 403)


# --- Messenger ---

def test_messenger_makes_and_continues_a_chat(usherd, admin):
    token = unique("fb")
    first = ok(facebook(usherd.url, SECRET, "first ä/<", token, mid="mid.$a" + token))["message"]
    assert first["_id"] == "mid.$a" + token and first["msg"] == "first ä/<" and first["token"] == token
    again = ok(facebook(usherd.url, SECRET, "first", token, mid=first["_id"]))["message"]
    assert again["_id"] == first["_id"] and again["ts"] == first["ts"]
    ok(facebook(usherd.url, SECRET, "second", token, more={"any": [1, True, None]}))
    room, = [r for r in chats(admin, name="Vera Vogel") if r["v"]["token"] == token]
    assert room["facebook"] == {"page": "page-1"} and room["source"]["alias"] == "facebook"
    assert [m["msg"] for m in texts(admin, room)] == ["first ä/<", "second"]


def test_messenger_attachments(usherd):
    message = ok(facebook(usherd.url, SECRET, "", attachments=[{"type": "image", "payload": {"url": "https://fb.test/p.png"}}]))
    assert message["message"]["attachments"] == [{"title": "p.png", "type": "file", "title_link": "https://fb.test/p.png",
                                                  "image_url": "https://fb.test/p.png"}]


def test_messenger_refusals(usherd, admin):
    plain(facebook(usherd.url, SECRET, "", sign=False), "Invalid request")
    admin.set(Livechat_Facebook_Enabled=False)
    plain(facebook(usherd.url, SECRET, sign=False), "unauthorized", 403)
    plain(facebook(usherd.url, "other"), "Facebook integration is disabled")
    admin.set(Livechat_Facebook_Enabled=True)
    plain(facebook(usherd.url, "other"), "unauthorized", 403)
    admin.set(Livechat_Facebook_API_Secret="")
    plain(facebook(usherd.url, ""), "unauthorized", 403)
    coded(usherd.rest().post("livechat/facebook", {"mid": "1"}), "invalid-params")
