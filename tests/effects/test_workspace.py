"""Settings of the whole workspace that do something here."""
from people import ok
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
