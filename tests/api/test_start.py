"""Start, end and mishaps of the daemon."""
import os
import resource
import signal
import subprocess

import pytest
import requests
from usherd import Usherd, program


def fails(*options, env=None):
    """One sentence on stderr and status 1."""
    done = subprocess.run([program(), *options], capture_output=True, text=True, timeout=20,
                          env=dict({k: v for k, v in os.environ.items() if not k.startswith("USHER_")}, **(env or {})))
    assert done.returncode == 1 and done.stdout == ""
    lines = done.stderr.strip().split("\n")
    assert len(lines) == 1 and lines[0].startswith("usherd: "), lines
    return lines[0]


def test_taken_port_writes_nothing(usherd, tmp_path):
    db = str(tmp_path / "core.db")
    assert "in use" in fails("--listen", usherd.url[7:], "--db", db)
    assert not os.path.exists(db)


def test_locked_store(usherd):
    assert "another" in fails("--listen", "127.0.0.1:0", "--db", usherd.db)


def test_unknown_option_says_where(tmp_path):
    config = tmp_path / "c.yaml"
    config.write_text("listen: 127.0.0.1:1\nlistne: 3\n")
    assert "%s:2:1" % config in fails("--config", str(config))
    assert "--insecure-listen" in fails("--listen", "0.0.0.0:0", "--db", str(tmp_path / "x.db"))
    assert "USHER_LOG_LEVEL" in fails(env={"USHER_LOG_LEVEL": "loud"})


def test_a_password_others_can_read_is_refused(tmp_path):
    config = tmp_path / "c.yaml"
    config.write_text("admin_password: x\n")
    config.chmod(0o644)
    assert "chmod 600" in fails("--config", str(config))


def test_configuration_environment_arguments(start, tmp_path):
    config = tmp_path / "c.yaml"
    config.write_text("admin_username: from-file\nadmin_email: file@example.org\n")
    config.chmod(0o600)
    daemon = start("--config", str(config), env={"USHER_ADMIN_EMAIL": "env@example.org"})
    rest = daemon.rest().login("from-file", daemon.PASSWORD)
    assert rest.get("me").json()["emails"][0]["address"] == "env@example.org"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_on_request(start, number):
    daemon = start()
    client = daemon.ddp()
    assert daemon.stop(number) == 0
    client.close()


def test_nothing_that_was_not_written_is_acknowledged(start):
    daemon = start(env={"USHER_RATE_LIMITS": "off"})
    rest = daemon.rest()
    rest.visitor("before", name="Before")
    pid = daemon.process.pid
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1024, resource.RLIM_INFINITY))
    answer = rest.post("livechat/visitor", {"visitor": {"token": "lost", "name": "Lost"}})
    assert answer.status_code == 503 and answer.json()["success"] is False
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert rest.get("livechat/visitor/lost").json()["error"] == "[invalid-token]"
    assert rest.get("livechat/visitor/before").json()["visitor"]["name"] == "Before"
    assert rest.visitor("after")["token"] == "after"


@pytest.mark.parametrize("running", [False, True])
def test_people_from_the_command_line(tmp_path, running):
    daemon = Usherd(folder=str(tmp_path))
    if not running:
        daemon.stop()

    def user(*words, text=None):
        return subprocess.run([program(), "user", *words, "--db", daemon.db, "--socket", daemon.socket_path],
                              input=text, capture_output=True, text=True, timeout=20)
    made = user("add", "ana", "livechat-agent", "user", "--email", "ana@example.org")
    assert made.returncode == 0, made.stderr
    password = made.stdout.split()[-1]
    assert user("add", "ana").returncode == 1
    assert user("role", "ana", "nonsense").returncode == 1
    assert user("role", "ana", "livechat-manager").returncode == 0
    if not running:
        daemon.start()
    me = daemon.rest().login("ana", password).get("me").json()
    assert me["roles"] == ["livechat-manager"] and me["emails"][0]["address"] == "ana@example.org"
    if not running:
        daemon.stop()
    assert user("passwd", "ana", text="a new one\n").returncode == 0
    if not running:
        daemon.start()
    assert daemon.rest().post("login", {"user": "ana", "password": password}).status_code == 401
    assert daemon.rest().login("ana", "a new one").user_id == me["_id"]
    daemon.close()


def test_tls(tmp_path):
    """The same answers over TLS; without it nothing is served in clear on that port."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    server = Usherd(options=["--tls-cert", str(cert), "--tls-key", str(key)])
    try:
        answer = requests.get(server.url.replace("http://", "https://") + "/api/info", verify=str(cert), timeout=10)
        assert answer.json() == {"version": "5.3", "success": True}
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.get(server.url + "/api/info", timeout=10)
    finally:
        server.close()
