"""Login, tokens, logout: rest.md 1.3, 3.1, 15.2."""
import hashlib

import pytest


def digest(password):
    return {"digest": hashlib.sha256(password.encode()).hexdigest(), "algorithm": "sha-256"}


@pytest.mark.parametrize("form", [
    {"user": "admin"}, {"user": "ADMIN"}, {"username": "admin"}, {"email": "admin@example.org"}, {"user": "Admin@example.org"},
    {"user": {"username": "admin"}}, {"user": {"email": "admin@example.org"}},
])
@pytest.mark.parametrize("hashed", [False, True])
def test_login_forms(usherd, rest, form, hashed):
    password = digest(usherd.PASSWORD) if hashed else usherd.PASSWORD
    answer = rest.post("login", dict(form, password=password))
    assert answer.status_code == 200
    data = answer.json()
    assert data["status"] == "success" and "success" not in data
    assert len(data["data"]["authToken"]) == 43
    me = data["data"]["me"]
    assert me["username"] == "admin" and me["services"] == {"password": {"exists": True}}
    assert me["avatarUrl"] == usherd.url + "/avatar/admin"


@pytest.mark.parametrize("body,error,message", [
    ({"user": "admin", "password": "wrong"}, "Unauthorized", "Unauthorized"),
    ({"user": "nobody", "password": "wrong"}, "Unauthorized", "Unauthorized"),
    ({}, 400, "Unrecognized options for login request"),
    ({"user": "admin", "password": "x", "extra": 1}, 400, "Unrecognized options for login request"),
    ({"resume": "bad"}, 403, "You've been logged out by the server. Please log in again."),
])
def test_login_failures(rest, body, error, message):
    answer = rest.post("login", body)
    assert answer.status_code == 401
    assert answer.json() == {"status": "error", "error": error, "message": message}


def test_malformed_login(rest):
    answer = rest.post("login", [])
    assert answer.status_code == 401 and answer.json()["message"].startswith("Match error")


def test_me_and_logout(usherd):
    rest = usherd.admin()
    assert rest.get("me").json()["_id"] == rest.user_id
    assert rest.post("logout").json() == {"status": "success", "data": {"message": "You've been logged out!"}}
    answer = rest.get("me")
    assert answer.status_code == 401
    assert answer.json() == {"status": "error", "message": "You must be logged in to do this."}


def test_wrong_pair(usherd):
    rest = usherd.admin()
    rest.session.headers["X-User-Id"] = "rocket.cat"
    assert rest.get("me").status_code == 401


def test_token_survives_a_restart(start):
    daemon = start()
    rest = daemon.admin()
    assert daemon.stop() == 0
    daemon.start()
    rest.url = daemon.url
    assert rest.get("me").status_code == 200
    assert rest.post("login", {"resume": rest.token}).json()["data"]["authToken"] == rest.token


def test_token_expires(start):
    daemon = start()
    rest = daemon.admin()
    daemon.advance(91 * 86400000)
    assert rest.get("me").status_code == 401


def test_failed_logins_are_slowed_down(start):
    daemon = start(env={"USHER_RATE_LIMITS": "off"})
    rest = daemon.rest()
    answers = [rest.post("login", {"user": "admin", "password": "bad"}).json()["error"] for _ in range(8)]
    assert answers[0] == "Unauthorized" and answers[-1] == "error-login-blocked-for-user"
    assert rest.post("login", {"user": "admin", "password": daemon.PASSWORD}).status_code == 401
    daemon.advance(600000)
    assert rest.post("login", {"user": "admin", "password": daemon.PASSWORD}).status_code == 200


def test_socket_is_the_administrator(usherd):
    status, me = usherd.local("GET", "/api/v1/me")
    assert status == 200 and me["username"] == "admin"


def test_ddp_login(usherd, ddp):
    token = usherd.admin().token
    client = ddp()
    assert client.call("login", {"user": {"username": "admin"}, "password": digest("bad")})["error"]["error"] == 403
    result = client.login(token)
    assert result["token"] == token and result["type"] == "resume" and result["tokenExpires"]["$date"] > 0
    added = client.wait(msg="added", collection="users")
    assert added["fields"]["username"] == "admin"


def test_users_logout_drops_all_tokens(start):
    daemon = start()
    one, two = daemon.admin(), daemon.admin()
    assert one.post("users.logout", {}).status_code == 200
    assert two.get("me").status_code == 401
