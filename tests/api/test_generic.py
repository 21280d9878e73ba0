"""Rules that hold for every endpoint: rest.md 1."""
import requests

JSON = "application/json"


def test_info_names_the_version(rest):
    answer = rest.get("/api/info")
    assert answer.json() == {"version": "5.3", "success": True}
    assert answer.headers["content-type"] == JSON


def test_headers_of_every_answer(rest):
    h = rest.get("livechat/config").headers
    assert h["cache-control"] == "no-store" and h["pragma"] == "no-cache"
    assert h["x-content-type-options"] == "nosniff" and h["x-xss-protection"] == "1"
    assert len(h["x-instance-id"]) == 17


def test_unknown_path_is_404_json(rest):
    answer = rest.get("there/is/nothing")
    assert answer.status_code == 404 and answer.headers["content-type"] == JSON
    assert answer.json()["success"] is False


def test_verb_not_offered(rest):
    answer = rest.put("me", {})
    assert answer.status_code == 405
    assert answer.json() == {"status": "error", "message": "API endpoint does not exist"}
    assert "GET" in answer.headers["allow"] and "OPTIONS" in answer.headers["allow"]


def test_slash_at_the_end_is_accepted(rest):
    assert rest.get("livechat/config/").status_code == 200


def test_malformed_json_is_named(rest):
    answer = rest.session.post(rest.url + "/api/v1/livechat/visitor", data='{"visitor":', headers={"Content-Type": JSON})
    assert answer.status_code == 400 and answer.headers["content-type"] == JSON
    assert "line 1" in answer.json()["error"]


def test_deep_json_is_refused(rest):
    answer = rest.session.post(rest.url + "/api/v1/login", data="[" * 40 + "]" * 40, headers={"Content-Type": JSON})
    assert answer.status_code == 400 and "32" in answer.json()["error"]


def test_body_before_route_before_login(rest):
    bad = rest.session.post(rest.url + "/api/v1/livechat/messages", data="{", headers={"Content-Type": JSON})
    assert bad.status_code == 400
    assert rest.post("livechat/messages", {}).status_code == 401


def test_schema_before_rights(admin, rest):
    assert admin.post("livechat/messages", {}).json() == {
        "success": False, "error": "must have required property 'visitor' [invalid-params]", "errorType": "invalid-params"}


def test_validator_words(rest):
    def error(body):
        return rest.post("livechat/message", body).json()["error"]
    assert error({"token": "t", "rid": "r"}) == "must have required property 'msg' [invalid-params]"
    assert error({"token": "t", "rid": "r", "msg": "m", "x": 1}) == "must NOT have additional properties [invalid-params]"
    assert error({"token": "t", "rid": "r", "msg": {}}) == "must be string [invalid-params]"
    assert error([]) == "must be object [invalid-params]"


def test_values_are_converted(rest, chat):
    answer = rest.post("livechat/message", {"token": chat.token, "rid": chat.rid, "msg": 42})
    assert answer.json()["message"]["msg"] == "42"


def test_pattern_words(rest):
    def error(body):
        return rest.post("livechat/visitor", body).json()
    assert error({"visitor": {}}) == {"success": False, "error": "Match error: Missing key 'token' in field visitor"}
    assert error({"visitor": {"token": 1}})["error"] == "Match error: Expected string, got number in field visitor.token"
    assert error({"visitor": {"token": "t"}, "more": 1})["error"] == "Match error: Unknown key in field more"
    assert rest.get("livechat/room").json()["error"] == "Match error: Missing key 'token'"


def test_query_lists(rest):
    answer = rest.get("livechat/config?token=a&token=b")
    assert answer.json()["errorType"] == "invalid-params" and "must be string" in answer.json()["error"]


def test_form_bodies(usherd):
    answer = requests.post(usherd.url + "/api/v1/login", data={"user": "admin", "password": usherd.PASSWORD}, timeout=10)
    assert answer.json()["status"] == "success"


def test_preflight_is_refused_while_cors_is_off(rest):
    headers = {"Origin": "http://a.example", "Access-Control-Request-Method": "POST"}
    assert rest.call("OPTIONS", "livechat/config", headers=headers).status_code == 405


def test_preflight_when_cors_is_on(start):
    daemon = start()
    daemon.admin().set(API_Enable_CORS=True, API_CORS_Origin="http://a.example")
    rest = daemon.rest()
    headers = {"Origin": "http://A.example", "Access-Control-Request-Method": "POST"}
    answer = rest.call("OPTIONS", "livechat/config", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "http://A.example"
    assert "x-visitor-token" in answer.headers["access-control-allow-headers"]
    other = rest.call("OPTIONS", "livechat/config", headers={"Origin": "http://b.example"})
    assert "access-control-allow-origin" not in other.headers


def test_rate_limit(start):
    rest = start().rest()
    for _ in range(10):
        last = rest.post("livechat/offline.message", {})
        assert last.status_code == 400
    assert last.headers["x-ratelimit-remaining"] == "0"
    answer = rest.post("livechat/offline.message", {})
    assert answer.status_code == 429
    assert answer.json()["error"].endswith("[error-too-many-requests]")


def test_many_visitors_behind_one_address_can_chat(start):
    daemon = start("--embedded")
    admin = daemon.admin()
    admin.set(Livechat_accept_chats_with_no_agents=True)
    rest = daemon.rest()
    for n in range(3):
        rest.visitor("office-%d" % n)
        rid = rest.room("office-%d" % n)["_id"]
        for i in range(30):
            rest.say("office-%d" % n, rid, "line %d" % i)


def test_method_bridge(admin, rest):
    assert rest.method("no-such-method", anon=True)["error"] == {
        "isClientSafe": True, "error": 404, "reason": "Method 'no-such-method' not found",
        "message": "Method 'no-such-method' not found [404]", "errorType": "Meteor.Error"}
    assert isinstance(rest.method("public-settings/get", anon=True)["result"], list)
    assert rest.post("method.call/x", {"message": "{}"}).status_code == 401
    assert admin.post("method.call/x", {"message": "{}"}).json()["error"] == "Invalid method call"
    assert admin.post("method.call/x", {}).json()["errorType"] == "invalid-params"


def test_clock_moves_on_the_socket_only(usherd, rest):
    before = usherd.local("GET", "/usher/v1/clock")[1]["now_ms"]
    assert usherd.advance(60000) >= before + 60000
    assert rest.post("/usher/v1/clock", {"advance_ms": 1}).status_code == 404


def test_static_paths(rest):
    avatar = rest.get("/avatar/anybody")
    assert avatar.headers["content-type"] == "image/svg+xml" and ">A<" in avatar.text
    assert rest.get("/").status_code == 200
    assert rest.get("/sounds/chime.mp3").status_code == 404
    for path in ("/livechat/../core.db", "/livechat/%2e%2e/core.db", "/livechat/..%2fcore.db", "/file-upload/../x/y"):
        assert rest.get(path).status_code == 404
