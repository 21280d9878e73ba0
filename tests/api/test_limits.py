"""Rate limits: rest 1.9, 15.1, and the settings DDP_Rate_Limit_*."""
import json

import pytest

from people import make_user, unique

OFF = {"DDP_Rate_Limit_%s_Enabled" % scope: False
       for scope in ("IP", "User", "Connection", "User_By_Method", "Connection_By_Method")}


@pytest.fixture
def limited(start):
    """A daemon that limits, and its administrator over the unix socket, who is never limited."""
    daemon = start("--embedded")

    def method(name, *params):
        text = json.dumps({"msg": "method", "id": "1", "method": name, "params": list(params)})
        status, data = daemon.local("POST", "/api/v1/method.call/x", {"message": text})
        assert status == 200, data
        return json.loads(data["message"])

    def change(**settings):
        answer = method("saveSettings", [{"_id": k, "value": v} for k, v in settings.items()])
        assert answer.get("result") is True, answer
    opened, connect = [], daemon.ddp

    def ddp():
        opened.append(connect())
        return opened[-1]
    daemon.method, daemon.change, daemon.ddp = method, change, ddp
    daemon.change(**OFF)
    yield daemon
    for client in opened:
        client.close()


def busy(answer):
    e = answer.get("error") or {}
    if e.get("error") != "too-many-requests":
        return None
    assert e["errorType"] == "Meteor.Error" and e["message"].endswith("[too-many-requests]")
    return e["details"]["timeToReset"]


def passes(call, most=100):
    """How many calls pass before one is refused."""
    for n in range(most):
        if busy(call()) is not None:
            return n
    return most


def test_defaults_by_method(limited):
    limited.change(DDP_Rate_Limit_Connection_By_Method_Enabled=True, DDP_Rate_Limit_User_By_Method_Enabled=True)
    one, other = limited.ddp(), limited.ddp()
    assert passes(lambda: one.call("livechat:getCustomFields")) == 10
    assert busy(one.call("public-settings/get", {"$date": 0})) is None
    assert passes(lambda: other.call("livechat:getCustomFields")) == 10
    # A user has twenty, over all his connections.
    token = limited.admin().token
    users = [limited.ddp() for _ in range(3)]
    for client in users:
        client.login(token)
    assert [passes(lambda: client.call("livechat:getCustomFields")) for client in users] == [10, 9, 0]  # the refused one counts for him


def test_refusal_tells_when_and_ends_then(limited):
    limited.change(DDP_Rate_Limit_Connection_By_Method_Enabled=True, DDP_Rate_Limit_Connection_By_Method_Requests_Allowed=2,
                   DDP_Rate_Limit_Connection_By_Method_Interval_Time=5000)
    client = limited.ddp()
    assert passes(lambda: client.call("livechat:getCustomFields")) == 2
    wait_ms = busy(client.call("livechat:getCustomFields"))
    assert 0 < wait_ms <= 5000
    limited.advance(wait_ms)
    assert passes(lambda: client.call("livechat:getCustomFields")) == 2


def test_typing_has_four_times_as_many(limited):
    limited.change(DDP_Rate_Limit_Connection_By_Method_Enabled=True, DDP_Rate_Limit_Connection_By_Method_Requests_Allowed=3)
    client = limited.ddp()
    assert passes(lambda: client.call("stream-notify-room", "rid/typing", "x", True, {"token": "t"})) == 12


@pytest.mark.parametrize("scope", ["IP", "Connection", "User"])
def test_over_all_methods(limited, scope):
    limited.change(**{"DDP_Rate_Limit_%s_Enabled" % scope: True, "DDP_Rate_Limit_%s_Requests_Allowed" % scope: 6,
                      "DDP_Rate_Limit_%s_Interval_Time" % scope: 20000})
    token = limited.admin().token
    limited.advance(30000)
    one, other = limited.ddp(), limited.ddp()
    one.send(msg="method", method="login", params=[{"resume": token}], id="in")
    one.wait(msg="result", id="in")
    names = iter(["livechat:getCustomFields", "public-settings/get", "no-such-method", "rooms/get", "x", "y", "z"] * 9)
    assert passes(lambda: one.call(next(names))) == (6 if scope == "User" else 5)
    assert (busy(other.call("livechat:getCustomFields")) is None) == (scope != "IP")
    if scope == "User":
        other.send(msg="method", method="login", params=[{"resume": token}], id="in")
        other.wait(msg="result", id="in")
        assert busy(other.call("livechat:getCustomFields")) is not None
        rest = limited.rest()
        rest.session.headers.update({"X-User-Id": limited.local("GET", "/api/v1/me")[1]["_id"], "X-Auth-Token": token})
        assert busy(rest.method("livechat:getCustomFields")) is not None
    limited.advance(20000)
    assert busy(one.call("livechat:getCustomFields")) is None


def test_method_call_counts_too(limited):
    limited.change(DDP_Rate_Limit_Connection_By_Method_Enabled=True, DDP_Rate_Limit_Connection_By_Method_Requests_Allowed=4)
    rest = limited.rest()
    assert passes(lambda: rest.method("livechat:getCustomFields", anon=True)) == 4
    admin = limited.admin()
    assert passes(lambda: admin.method("livechat:getCustomFields")) == 4
    rest.session.headers["User-Agent"] = "another client behind this address"
    assert passes(lambda: rest.method("livechat:getCustomFields", anon=True)) == 4


def test_a_change_counts_at_once(limited):
    limited.change(DDP_Rate_Limit_Connection_Enabled=True, DDP_Rate_Limit_Connection_Requests_Allowed=3)
    client = limited.ddp()
    assert passes(lambda: client.call("livechat:getCustomFields")) == 3
    limited.change(DDP_Rate_Limit_Connection_Requests_Allowed=8)
    assert passes(lambda: client.call("livechat:getCustomFields")) == 4  # the refused one counted as well
    limited.change(DDP_Rate_Limit_Connection_Enabled=False)
    assert passes(lambda: client.call("livechat:getCustomFields")) == 100


def test_methods_with_a_limit_of_their_own(limited):
    form = {"name": "V", "email": "v@example.org", "message": "hi"}
    client = limited.ddp()
    assert passes(lambda: client.call("livechat:sendOfflineMessage", form)) == 1
    assert passes(lambda: limited.ddp().call("livechat:sendOfflineMessage", form)) == 0  # another connection is no way around
    limited.advance(4000)
    assert passes(lambda: client.call("livechat:sendOfflineMessage", form)) == 0
    limited.advance(5000)
    assert passes(lambda: client.call("livechat:sendOfflineMessage", form)) == 1
    rest = limited.rest()
    rest.session.headers.update({"X-User-Id": limited.local("GET", "/api/v1/me")[1]["_id"],
                                 "X-Auth-Token": limited.admin().token})
    assert passes(lambda: rest.method("sendMessage", {"rid": "none", "msg": "x"}), 20) == 20  # send-many-messages
    user = make_user(limited, rest)
    assert passes(lambda: user.method("sendMessage", {"rid": "none", "msg": "x"})) == 5
    limited.advance(1000)
    assert passes(lambda: user.method("sendMessage", {"rid": "none", "msg": "x"})) == 5


def test_a_transcript_in_five_seconds(limited):
    boss = limited.admin()
    one, other = (make_user(limited, boss, ("livechat-agent",)) for _ in range(2))

    def send(agent):
        return passes(lambda: agent.method("livechat:sendTranscript", "no-token", "no-room", "v@example.org", "Subject"))
    assert (send(one), send(one), send(other)) == (1, 0, 1)
    limited.advance(4000)
    assert send(one) == 0
    limited.advance(5000)
    assert send(one) == 1


def test_the_unix_socket_is_exempt(limited):
    limited.change(DDP_Rate_Limit_Connection_By_Method_Enabled=True, DDP_Rate_Limit_Connection_By_Method_Requests_Allowed=1,
                   DDP_Rate_Limit_IP_Enabled=True, DDP_Rate_Limit_IP_Requests_Allowed=1)
    assert passes(lambda: limited.method("livechat:getCustomFields"), 20) == 20


def test_switched_off_for_tests(start):
    daemon = start("--embedded", env={"USHER_RATE_LIMITS": "off"})
    client = daemon.ddp()
    assert passes(lambda: client.call("livechat:getCustomFields"), 40) == 40
    client.close()


def test_one_registration_a_minute(limited):
    rest = limited.rest()

    def register():
        name = unique("self")
        return rest.post("users.register", {"username": name, "email": name + "@example.org", "pass": "p", "name": "S"})
    assert register().status_code == 200
    answer = register()
    assert answer.status_code == 429 and answer.headers["x-ratelimit-limit"] == "1"
    limited.advance(60000)
    assert register().status_code == 200
