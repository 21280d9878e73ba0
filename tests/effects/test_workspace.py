"""Settings of the whole workspace that do something here."""
import base64
import hashlib
import hmac

from people import iso, ok
from register import effect
from world import outcome


def page_sizes(world, **params):
    for n in range(7):
        world.user()
    answer = ok(world.admin.get("users.list", params))
    return answer["count"]


@effect("API_Default_Count", (3, 3), (5, 5))
def test_API_Default_Count(world):
    """Rows of a list that names no number."""
    return page_sizes(world)


@effect("API_Upper_Count_Limit", (4, 4), (6, 6))
def test_API_Upper_Count_Limit(world):
    return page_sizes(world, count=7)


@effect("API_Allow_Infinite_Count", (True, True), (False, False))
def test_API_Allow_Infinite_Count(world):
    """count=0 gives all of them, or the usual number."""
    world.set(API_Default_Count=2)
    return page_sizes(world, count=0) > 2


def cors(world, origin):
    answer = world.rest().get("info", headers={"Origin": origin})
    return answer.headers.get("Access-Control-Allow-Origin")


@effect("API_Enable_CORS", (False, None), (True, "*"))
def test_API_Enable_CORS(world):
    """What the browser of another site's visitor is told."""
    return cors(world, "https://shop.example")


@effect("API_CORS_Origin", ("https://shop.example", ("https://shop.example", None)),
        ("https://a.example, https://b.example", (None, "https://b.example")))
def test_API_CORS_Origin(world):
    world.set(API_Enable_CORS=True)
    return cors(world, "https://shop.example"), cors(world, "https://b.example")


def limit_of(answer):
    return answer.headers.get("X-RateLimit-Limit")


@effect("API_Enable_Rate_Limiter", (True, [200, 200, 429]), (False, [200, 200, 200]))
def test_API_Enable_Rate_Limiter(limited):
    limited.set(API_Enable_Rate_Limiter_Limit_Calls_Default=2)
    return ask(limited, 3)


def ask(world, times):
    user = world.plain
    return [user.get("me").status_code for _ in range(times)]


@effect("API_Enable_Rate_Limiter_Limit_Calls_Default", (1, [200, 429, 429]), (3, [200, 200, 200]))
def test_API_Enable_Rate_Limiter_Limit_Calls_Default(limited):
    return ask(limited, 3)


@effect("API_Enable_Rate_Limiter_Limit_Time_Default", (2000, [200, 429, 200]), (60000, [200, 429, 429]))
def test_API_Enable_Rate_Limiter_Limit_Time_Default(limited):
    """The third call comes three seconds later."""
    limited.set(API_Enable_Rate_Limiter_Limit_Calls_Default=1)
    seen = ask(limited, 2)
    limited.advance(3000)
    return seen + ask(limited, 1)


@effect("Accounts_LoginExpiration", (2, 401), (4, 200))
def test_Accounts_LoginExpiration(world):
    """A login of three days ago."""
    user = world.user()
    world.advance(3 * 86400 * 1000)
    return user.get("me").status_code


def register_account(world, secret=None):
    body = {"username": "newcomer", "email": "new@example.org", "pass": "a password", "name": "New"}
    if secret:
        body["secretURL"] = secret
    return world.rest().post("users.register", body).status_code


@effect("Accounts_RegistrationForm", ("Public", 200), ("Disabled", 400))
def test_Accounts_RegistrationForm(world):
    return register_account(world)


@effect("Accounts_AllowInvisibleStatusOption", (True, "offline"), (False, "online"))
def test_Accounts_AllowInvisibleStatusOption(world):
    """An agent hides; what his colleague sees."""
    agent, other = world.agent(), world.user()
    agent.post("users.setStatus", {"status": "offline"})
    return ok(other.get("users.getPresence", {"userId": agent.user_id}))["presence"]


@effect("Accounts_AllowUserStatusMessageChange", (True, "busy"), (False, "online"))
def test_Accounts_AllowUserStatusMessageChange(world):
    agent, other = world.agent(), world.user()
    agent.post("users.setStatus", {"status": "busy", "message": "reading"})
    return ok(other.get("users.getPresence", {"userId": agent.user_id}))["presence"]


@effect("Accounts_AvatarCacheTime", (60, "60"), (7200, "7200"))
def test_Accounts_AvatarCacheTime(world):
    answer = world.rest().get("/avatar/admin")
    return answer.headers["Cache-Control"].split("max-age=")[1].split(",")[0]


def visitor_edits(world):
    world.agent()
    chat = world.chat("teh")
    return chat, lambda: outcome(chat.rest.put("livechat/message/" + chat.said["_id"],
                                               {"token": chat.token, "rid": chat.rid, "msg": "the"}))


@effect("Message_AllowEditing", (True, (200, "the")), (False, ("error-action-not-allowed", "teh")))
def test_Message_AllowEditing(world):
    """A visitor mends his message; what stands in the chat."""
    chat, edit = visitor_edits(world)
    return edit(), world.history(chat)[-1]["msg"]


@effect("Message_AllowEditing_BlockEditInMinutes", (0, 200), (1, "error-action-not-allowed"))
def test_Message_AllowEditing_BlockEditInMinutes(world):
    """Two minutes after it was said."""
    _, edit = visitor_edits(world)
    world.advance(120000)
    return edit()


def visitor_deletes(world, wait_ms=0):
    world.agent()
    chat = world.chat("secret")
    world.advance(wait_ms)
    done = chat.rest.delete("livechat/message/" + chat.said["_id"], {"token": chat.token, "rid": chat.rid})
    return outcome(done), "secret" in [m["msg"] for m in world.history(chat)]


@effect("Message_AllowDeleting", (True, (200, False)), (False, ("error-action-not-allowed", True)))
def test_Message_AllowDeleting(world):
    return visitor_deletes(world)


@effect("Message_AllowDeleting_BlockDeleteInMinutes",
        (0, (200, False)), (1, ("error-action-not-allowed", True)))
def test_Message_AllowDeleting_BlockDeleteInMinutes(world):
    return visitor_deletes(world, 120000)


@effect("Message_MaxAllowedSize", (5, [200, "error-message-size-exceeded"]), (6, [200, 200]))
def test_Message_MaxAllowedSize(world):
    """An agent writes five characters, then six."""
    agent = world.agent()
    chat = world.chat()
    return [outcome(agent.post("chat.postMessage", {"roomId": chat.rid, "text": text})) for text in ("12345", "123456")]


# --- how often methods may be called ---

def calls(client, names):
    """Whether each call was answered, or was one too many."""
    seen = []
    for name in names:
        error = client.call(name).get("error") or {}
        seen.append(error.get("error") != "too-many-requests")
    return seen


def caller(world, scope):
    """A client for whom only the limits of this scope count."""
    world.set(**{"DDP_Rate_Limit_%s_Enabled" % s: False for s in SCOPES if s != scope})
    client = world.ddp()
    if "User" in scope:
        client.send(msg="method", method="login", params=[{"resume": world.plain.session.headers["X-Auth-Token"]}], id="in")
        client.wait(msg="result", id="in")
    return client


SCOPES = ("IP", "User", "Connection", "User_By_Method", "Connection_By_Method")
SAME = ["livechat:getCustomFields"] * 3
DIFFERENT = ["livechat:getCustomFields", "public-settings/get", "rooms/get"]


def names_of(scope):
    return SAME if scope.endswith("By_Method") else DIFFERENT


def switch_view(world, scope):
    world.set(**{"DDP_Rate_Limit_%s_Requests_Allowed" % scope: 2, "DDP_Rate_Limit_%s_Interval_Time" % scope: 60000})
    return calls(caller(world, scope), names_of(scope))[-1]


def number_view(world, scope):
    world.set(**{"DDP_Rate_Limit_%s_Enabled" % scope: True, "DDP_Rate_Limit_%s_Interval_Time" % scope: 60000})
    return calls(caller(world, scope), names_of(scope))[-1]


def window_view(world, scope):
    """Called until it is one too many, and again three seconds later."""
    world.set(**{"DDP_Rate_Limit_%s_Enabled" % scope: True, "DDP_Rate_Limit_%s_Requests_Allowed" % scope: 2})
    client = caller(world, scope)
    assert calls(client, names_of(scope))[-1] is False
    world.advance(3000)
    return calls(client, SAME[:1])[0]


@effect("DDP_Rate_Limit_IP_Enabled", (True, False), (False, True))
def test_DDP_Rate_Limit_IP_Enabled(limited):
    return switch_view(limited, "IP")


@effect("DDP_Rate_Limit_IP_Requests_Allowed", (2, False), (50, True))
def test_DDP_Rate_Limit_IP_Requests_Allowed(limited):
    return number_view(limited, "IP")


@effect("DDP_Rate_Limit_IP_Interval_Time", (2000, True), (60000, False))
def test_DDP_Rate_Limit_IP_Interval_Time(limited):
    return window_view(limited, "IP")


@effect("DDP_Rate_Limit_User_Enabled", (True, False), (False, True))
def test_DDP_Rate_Limit_User_Enabled(limited):
    return switch_view(limited, "User")


@effect("DDP_Rate_Limit_User_Requests_Allowed", (2, False), (50, True))
def test_DDP_Rate_Limit_User_Requests_Allowed(limited):
    return number_view(limited, "User")


@effect("DDP_Rate_Limit_User_Interval_Time", (2000, True), (60000, False))
def test_DDP_Rate_Limit_User_Interval_Time(limited):
    return window_view(limited, "User")


@effect("DDP_Rate_Limit_Connection_Enabled", (True, False), (False, True))
def test_DDP_Rate_Limit_Connection_Enabled(limited):
    return switch_view(limited, "Connection")


@effect("DDP_Rate_Limit_Connection_Requests_Allowed", (2, False), (50, True))
def test_DDP_Rate_Limit_Connection_Requests_Allowed(limited):
    return number_view(limited, "Connection")


@effect("DDP_Rate_Limit_Connection_Interval_Time", (2000, True), (60000, False))
def test_DDP_Rate_Limit_Connection_Interval_Time(limited):
    return window_view(limited, "Connection")


@effect("DDP_Rate_Limit_User_By_Method_Enabled", (True, False), (False, True))
def test_DDP_Rate_Limit_User_By_Method_Enabled(limited):
    return switch_view(limited, "User_By_Method")


@effect("DDP_Rate_Limit_User_By_Method_Requests_Allowed", (2, False), (50, True))
def test_DDP_Rate_Limit_User_By_Method_Requests_Allowed(limited):
    return number_view(limited, "User_By_Method")


@effect("DDP_Rate_Limit_User_By_Method_Interval_Time", (2000, True), (60000, False))
def test_DDP_Rate_Limit_User_By_Method_Interval_Time(limited):
    return window_view(limited, "User_By_Method")


@effect("DDP_Rate_Limit_Connection_By_Method_Enabled", (True, False), (False, True))
def test_DDP_Rate_Limit_Connection_By_Method_Enabled(limited):
    return switch_view(limited, "Connection_By_Method")


@effect("DDP_Rate_Limit_Connection_By_Method_Requests_Allowed", (2, False), (50, True))
def test_DDP_Rate_Limit_Connection_By_Method_Requests_Allowed(limited):
    return number_view(limited, "Connection_By_Method")


@effect("DDP_Rate_Limit_Connection_By_Method_Interval_Time", (2000, True), (60000, False))
def test_DDP_Rate_Limit_Connection_By_Method_Interval_Time(limited):
    return window_view(limited, "Connection_By_Method")


# --- links to files ---

def shared_link(world):
    """The address of a file as a visitor's own page is given it."""
    world.agent()
    chat = world.chat()
    sent = chat.rest.session.post(world.usherd.url + "/api/v1/livechat/upload/" + chat.rid, timeout=20,
                                  files={"file": ("a.txt", b"words", "text/plain")}, headers={"x-visitor-token": chat.token})
    assert sent.status_code == 200, sent.text
    said = [m for m in world.history(chat) if "file" in m][-1]
    return said.get("fileUpload", {}).get("publicFilePath")


@effect("FileUpload_Enable_json_web_token_for_files", (True, 200), (False, 403))
def test_FileUpload_Enable_json_web_token_for_files(world):
    """Somebody has nothing but the link."""
    link = shared_link(world)
    return world.rest().session.get(world.usherd.url + link).status_code


@effect("FileUpload_json_web_token_secret_for_files", ("known to both", True), ("known to others", False))
def test_FileUpload_json_web_token_secret_for_files(world):
    """Another program knows a secret: are the server's links signed with it?"""
    token = shared_link(world).split("token=")[1].split("&")[0]
    text, _, mac = token.rpartition(".")
    made = hmac.new(b"known to both", text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode() == mac


@effect("Troubleshoot_Disable_Livechat_Activity_Monitor", (False, True), (True, False))
def test_Troubleshoot_Disable_Livechat_Activity_Monitor(world):
    """Whether an hour in which an agent is there is found in the report."""
    agent = world.agent()
    yield
    start = world.usherd.local("GET", "/usher/v1/clock")[1]["now_ms"]
    period = {"start": iso(start), "end": iso(world.advance(3600_000))}
    answer = world.admin.get("livechat/analytics/agents/available-for-service-history", period).json()
    return sum(a["availableTimeInSeconds"] for a in answer["agents"] if a["username"] == agent.username) >= 3000
