"""Text messages and Messenger: what a person who writes there, and an agent, get to see."""
from channels import chats, facebook, sms, texts
from people import make_agent
from register import effect

XML = "<Response></Response>"


def what(answer):
    if answer.headers["content-type"] == "text/xml":
        return answer.text
    body = answer.json()
    return body.get("errorType") or body.get("error") or body["success"]


def ready(world, **but):
    world.set(**dict({"SMS_Enabled": True, "Livechat_accept_chats_with_no_agents": True}, **but))
    return world.usherd.url


@effect("SMS_Enabled", (True, XML), (False, "error-sms-service-disabled"))
def test_SMS_Enabled(world):
    world.set(Livechat_accept_chats_with_no_agents=True)
    yield
    return what(sms(world.usherd.url))


@effect("SMS_Service", ("twilio", [XML, "Invalid service"]), ("mobex", ["Invalid service", "error-sms-service-not-configured"]))
def test_SMS_Service(world):
    url = ready(world)
    return [what(sms(url, service=name)) for name in ("twilio", "mobex")]


@effect("SMS_Default_Omnichannel_Department", ("Sales", "Sales"), ("Support", "Support"))
def test_SMS_Default_Omnichannel_Department(world):
    agent = make_agent(world.usherd, world.admin)
    ids = {}
    for name in ("Sales", "Support"):
        body = {"department": {"enabled": True, "name": name, "email": "d@shop.test", "showOnRegistration": True,
                               "showOnOfflineForm": True}, "agents": [{"agentId": agent.user_id}]}
        ids[world.admin.post("livechat/department", body).json()["department"]["_id"]] = name
    yield
    sms(ready(world), phone="+15550100")
    return ids[chats(world.admin, "+15550100")[0]["departmentId"]]


@effect("SMS_Twilio_authToken", ("one", [XML, "unauthorized"]), ("two", ["unauthorized", XML]))
def test_SMS_Twilio_authToken(world):
    url = ready(world)
    return [what(sms(url, token=token)) for token in ("one", "two")]


def files(world):
    """The types of what comes with a text message."""
    media = {"NumMedia": "2", "MediaUrl0": "https://media.test/a", "MediaContentType0": "image/png",
             "MediaUrl1": "https://media.test/b", "MediaContentType1": "application/pdf"}
    sms(world.usherd.url, phone="+15550100", **media)
    message, = texts(world.admin, chats(world.admin, "+15550100")[0])
    return [a["title"] for a in message.get("attachments", [])]


@effect("SMS_Twilio_FileUpload_Enabled", (True, ["a", "b"]), (False, []))
def test_SMS_Twilio_FileUpload_Enabled(world):
    ready(world)
    return files(world)


@effect("SMS_Twilio_FileUpload_MediaTypeWhiteList", ("image/*", ["a"]), ("application/pdf", ["b"]))
def test_SMS_Twilio_FileUpload_MediaTypeWhiteList(world):
    ready(world)
    return files(world)


@effect("Livechat_Facebook_Enabled", (True, True), (False, "Facebook integration is disabled"))
def test_Livechat_Facebook_Enabled(world):
    world.set(Livechat_accept_chats_with_no_agents=True, Livechat_Facebook_API_Secret="key")
    yield
    return what(facebook(world.usherd.url, "key"))


@effect("Livechat_Facebook_API_Secret", ("one", [True, "unauthorized"]), ("two", ["unauthorized", True]))
def test_Livechat_Facebook_API_Secret(world):
    world.set(Livechat_accept_chats_with_no_agents=True, Livechat_Facebook_Enabled=True)
    return [what(facebook(world.usherd.url, secret)) for secret in ("one", "two")]
