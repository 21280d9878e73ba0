"""usher settings …: the command line and files, against usherd."""
import http.server
import json
import os
import pathlib
import subprocess
import threading

import pytest
import requests
import yaml

from own_daemon import admin, usherd  # noqa: F401
from people import make_agent, ok
import daemon as support

TITLE, LIMIT = "Livechat_title", "Livechat_maximum_chats_per_agent"
ODD_TEXTS = ["plain", "", " blanks ", "yes", "null", "12", "~", "- a", "a: b", "# no comment", "two\nlines", "two\nlines\n",
             "\nfirst empty", "end\n\n", "tab\there", "blank at the end \nof a line", "quote \" and \\ and '", "%{x}", "!env X",
             "ä € 漢字 \U0001f600", "\u202eright to left", "\u2028 \u0085 \ufeff", "cr\r\nlf", "*alias", "&anchor", "| x",
             "a\n b\n  c", "---", "\x7f\x9b31m"]


def usher():
    return support.program("usher")


class Cli:
    def __init__(self, home, server):
        self.home, self.server = pathlib.Path(home), server
        (self.home / "run").mkdir(mode=0o700, exist_ok=True, parents=True)

    def run(self, *args, text=None, env=None, server=True, code=0):
        variables = {k: v for k, v in os.environ.items() if not k.startswith(("USHER_", "XDG_"))}
        variables.update(HOME=str(self.home), XDG_RUNTIME_DIR=str(self.home / "run"), LC_ALL="C.UTF-8", **(env or {}))
        argv = [usher(), "settings"] + list(args) + (["-s", self.server] if server else [])
        done = subprocess.run(argv, input=text, capture_output=True, text=True, env=variables, timeout=60, check=False)
        assert done.returncode == code, (args, done.returncode, done.stdout, done.stderr)
        self.error = done.stderr
        return done.stdout

    def json(self, *args, **kw):
        return json.loads(self.run(*args, "--json", **kw))


@pytest.fixture
def cli(usherd, admin, tmp_path):
    one = Cli(tmp_path, usherd.socket_path)
    one.run("reset", "--all")
    return one


@pytest.fixture
def other(start, tmp_path):
    daemon = start("--embedded")
    one = Cli(tmp_path, daemon.socket_path)
    one.daemon = daemon
    return one


def test_get_set_reset(cli):
    assert cli.run("get", TITLE) == "Rocket.Chat\n"
    assert cli.run("set", TITLE, "Ask us") == f"changed {TITLE}\n"
    assert cli.run("get", TITLE) == "Ask us\n"
    assert cli.run("set", TITLE, "-", text="from\nstdin\n") == f"changed {TITLE}\n"
    assert cli.run("get", TITLE) == "from\nstdin\n"
    cli.run("set", f"{LIMIT}=-1", code=1)
    assert "at least 0" in cli.error
    assert cli.run("set", f"{LIMIT}=3", "Livechat_webhook_on_start=on").count("changed") == 2
    assert cli.json("get", LIMIT)["value"] == 3 and cli.run("get", "Livechat_webhook_on_start") == "true\n"
    assert cli.run("set", f"{LIMIT}=4", "--dry-run") == f"would change {LIMIT}\n"
    assert cli.run("reset", LIMIT) == f"changed {LIMIT}\n"
    assert cli.run("get", LIMIT) == "0\n"
    cli.run("reset", code=1)
    assert cli.run("reset", "--section", "CRM Integration") == "changed Livechat_webhook_on_start\n"
    for bad in (["get", "no_such"], ["set", "no_such", "x"], ["get"], ["nonsense"], [], ["set", TITLE], ["get", TITLE, "--nonsense"]):
        cli.run(*bad, code=1)


@pytest.mark.parametrize("args,words", [
    (["list", "a", "b"], 'takes one operand, "b" is too many'),
    (["export", "a", "b"], 'takes one operand, "b" is too many'),
    (["list", "--section", "nosuch"], "there is no section nosuch; there are: General, "),
    (["reset", "--section", "nosuch"], "there is no section nosuch"),
    (["log", "nope"], "there is no setting nope"),
    (["log", "--count", "x"], "--count takes a whole number"),
    (["log", "--before", "-3"], "--before takes a whole number"),
    (["log", "--count", ""], "--count takes a whole number"),
    (["set", "=x", "y=z"], "=x lacks the ID of a setting"),
    (["set", "Livechat_Room_Count", "3"], "there is no setting Livechat_Room_Count"),
])
def test_nothing_is_passed_over(cli, args, words):
    cli.run(*args, code=1)
    assert words in cli.error and cli.error.count("\n") == 1


def test_a_secret_is_not_emptied_by_accident(cli):
    cli.run("set", "Livechat_secret_token", "geheim")
    assert cli.run("set", "Livechat_secret_token", "") == "" and "settings reset clears it" in cli.error
    assert cli.json("get", "Livechat_secret_token")["isSet"] is True


def test_sockets_have_whole_paths(cli):
    cli.run("list", "-s", "s.sock", server=False, code=1)
    assert "the whole path of a socket" in cli.error


def test_times_and_consequences(cli):
    cli.run("set", "Livechat_agent_leave_action_timeout", "1m30s")
    assert cli.run("get", "Livechat_agent_leave_action_timeout") == "90\n"
    cli.run("set", "Livechat_registration_form", "off")
    assert "note: Livechat_registration_form: new visitors start a chat" in cli.error


def test_list(cli):
    cli.run("set", f"{TITLE}=evil \x1b]0;x\x07\u202e")
    text = cli.run("list", "--changed")
    assert text.startswith(TITLE + ' = "evil \\x1B]0;x\\x07\\u202E"  (set by admin, ') and text.count("\n") == 1
    assert [s["_id"] for s in cli.json("list", "--section", "canned responses")] == ["Canned_Responses_Enable"]
    assert {s["_id"] for s in cli.json("list", "guest pool")} <= {s["_id"] for s in cli.json("list")}
    assert len(cli.json("list")) > 150


def test_secrets(cli):
    cli.run("set", "Livechat_secret_token", "-", text="geheim123\n")
    assert cli.run("get", "Livechat_secret_token") == "" and "is a secret, which is set" in cli.error
    everything = cli.run("list") + cli.run("log") + cli.run("export", "--all") + cli.run("export", "--json")
    assert "geheim123" not in everything
    assert "Livechat_secret_token: !env USHER_SECRET_Livechat_secret_token" in cli.run("export")
    cli.run("plan", "-", text="settings: {Livechat_secret_token: !env NOT_THERE}", code=1)
    assert "(standard input):1:35: the environment has no NOT_THERE" in cli.error
    same = "settings: {Livechat_secret_token: !env WORD}"
    assert cli.run("plan", "-", text=same, env={"WORD": "geheim123"}) == ""
    assert cli.run("plan", "-", text=same, env={"WORD": "new"}, code=2) == "~ Livechat_secret_token (a secret)\n"


def test_log_and_undo(cli):
    cli.run("set", TITLE, "One", "--comment", "why not")
    row = cli.json("log", TITLE, "--count", "1")[0]
    assert row["new"] == "One" and row["comment"] == "why not" and row["from"] == "unix socket"
    line = cli.run("log", TITLE, "--count", "1")
    assert line.startswith(str(row["seq"])) and "Rocket.Chat -> One" in line and '# why not' in line
    cli.run("set", TITLE, "Two")
    cli.run("undo", str(row["seq"]), code=1)
    assert cli.run("undo", str(row["seq"]), "--force") == f"changed {TITLE}\n"
    assert cli.run("get", TITLE) == "Rocket.Chat\n"
    cli.run("undo", "nonsense", code=1)


def test_plan_and_apply(cli, tmp_path):
    file = tmp_path / "shop.yaml"
    file.write_text(f"settings:\n  {TITLE}: Shop\n  {LIMIT}: 5\n  Livechat_agent_leave_action_timeout: 2m\n")
    lines = cli.run("plan", str(file), code=2).splitlines()
    assert lines == [f"~ {TITLE}: Rocket.Chat -> Shop", f"~ {LIMIT}: 0 -> 5",
                     "~ Livechat_agent_leave_action_timeout: 60 -> 120"]
    assert cli.run("get", TITLE) == "Rocket.Chat\n"
    assert cli.run("apply", str(file), "--dry-run", code=2).splitlines() == lines
    assert cli.run("apply", str(file), "-m", "from git").splitlines() == lines
    assert cli.json("get", TITLE)["source"] == "file" and "(from a file by admin" in cli.run("list", "--changed")
    assert cli.json("log", "--count", "1")[0]["origin"] == "file" and cli.json("log", "--count", "1")[0]["comment"] == "from git"
    assert cli.run("plan", str(file)) == "" and cli.run("apply", str(file)) == ""
    assert cli.json("plan", "-", text=f"settings: {{{TITLE}: ~}}", code=2)["changes"][0]["new"] == "Rocket.Chat"
    cli.run("apply", "-", text=f"settings: {{{TITLE}: ~}}")
    assert cli.json("get", TITLE)["source"] == "default"


@pytest.mark.parametrize("text,faults", [
    ("settings:\n  Livechat_titel: x\n  Livechat_webhookUrl: nope\n", ["2:3: there is no setting Livechat_titel",
                                                                     "3:24: Webhook URL: \"nope\" is wrong"]),
    ("settings:\n  Livechat_enabled: perhaps\n", ["2:21: Enable Omnichannel expects on or off"]),
    ("settings:\n  Livechat_title: [a]\n", ["2:19: Livechat_title takes one value"]),
    ("settings:\n  Livechat_title: !run x\n", ["2:19: the tag !run is not known"]),
    ("settings:\n  Livechat_title: &a x\n", ["2:19: anchors and aliases"]),
    ("settings:\n  Livechat_title: x\n  Livechat_title: y\n", ["3:3: this key stands here twice"]),
    ("settings:\n  \"Livechat_title\\0x\": y\n", ["2:3: a key must be a plain text"]),
    ("settings:\n  &a Livechat_title: y\n", ["2:3: a key must be a plain text"]),
    ("settings:\n  !env Livechat_title: y\n", ["2:3: a key must be a plain text"]),
    ("a: 1\n---\nb: 2\n", ["2:1: a second document"]),
    ("settings: {\n", ["2:1:"]),
    ("- a\n", ["1:1: settings: and the like"]),
    ("departments:\n  - name: A\n    emial: x\n  - email: y\n", ["3:5: there is no such key", "4:5: a department needs a name"]),
    ("departments:\n  - name: A\n    email: x\n", ["3:5: \"x\" is wrong"]),
    ("departments:\n  - name: A\n    agents:\n      - nobody\n", ["3:5: there is no agent nobody"]),
    ("departments:\n  - name: A\n    fallbackForwardDepartment: A\n", ["2:5: The fallback of A leads back"]),
    ("departments:\n  - name: A\n  - name: A\n", ["3:5: the department A stands here twice"]),
    ("cannedResponses:\n  - shortcut: x\n    scope: department\n    department: Nowhere\n", ["4:5: there is no department"]),
    ("cannedResponses:\n  - shortcut: x\n    scope: user\n", ["3:5: global or department"]),
    ("monsters: []\n", ["1:1: there is no such part"]),
    ("x: " + "[" * 40 + "]" * 40, ["1:36: too deeply nested"]),
])
def test_faults_name_line_and_column(cli, text, faults):
    for command in ("plan", "apply"):
        cli.run(command, "-", text=text, code=1)
        for fault in faults:
            assert "(standard input):" + fault in cli.error, cli.error
    assert cli.run("list", "--changed") == ""


def test_hostile_files(cli, tmp_path):
    (tmp_path / "large").write_text("a: " + "x" * 1100000)
    cli.run("plan", str(tmp_path / "large"), code=1)
    assert "larger than 1 MB" in cli.error
    cli.run("plan", "-", text="a: {" + ", ".join(f"k{i}: 1" for i in range(10500)) + "}", code=1)
    assert "too many keys" in cli.error
    cli.run("plan", str(tmp_path / "missing"), code=1)
    (tmp_path / "bytes").write_bytes(b"settings: {Livechat_title: \"\xff\xfe\"}")
    cli.run("plan", str(tmp_path / "bytes"), code=1)
    cli.run("plan", "-", text='settings: {Livechat_title: "a\\0b"}', code=1)
    assert "NUL" in cli.error


def fill(cli, admin):
    """Something of every kind, with texts that YAML has to quote."""
    texts = ["Livechat_title", "Livechat_offline_title", "Livechat_offline_message", "Livechat_conversation_finished_message",
             "Livechat_conversation_finished_text", "Livechat_registration_form_message", "Livechat_transcript_message",
             "Livechat_offline_success_message", "Livechat_waiting_queue_message", "Livechat_offline_form_unavailable"]
    changes = [{"_id": i, "value": t} for i, t in zip(texts, ODD_TEXTS[4:])]
    changes += [{"_id": "Livechat_enabled", "value": False}, {"_id": LIMIT, "value": 7},
                {"_id": "Livechat_title_color", "value": "#123456"}, {"_id": "Livechat_secret_token", "value": "word"},
                {"_id": "FileUpload_MaxFileSize", "value": 5 * 10 ** 9}]
    ok(admin.post("/usher/v1/settings", {"changes": changes}))
    departments = [{"name": f"Department {i}", "description": t, "waitingQueueMessage": t} for i, t in enumerate(ODD_TEXTS)]
    departments[0].update(fallbackForwardDepartment="Department 1", chatClosingTags=["a", "yes"], enabled=False,
                          departmentsAllowedToForward=["Department 2", "Department 1"], maxNumberSimultaneousChat=3,
                          agents=[{"username": "admin", "order": 2}], email="a@b.example")
    canned = [{"shortcut": f"s{i}", "text": t, "tags": [t] if t else []} for i, t in enumerate(ODD_TEXTS)]
    canned[0].update(scope="department", department="Department 3")
    ok(admin.post("/usher/v1/workspace/apply", {"workspace": {"departments": departments, "cannedResponses": canned}}))


@pytest.mark.parametrize("options", [[], ["--all"]])
def test_there_and_back_byte_for_byte(start, other, tmp_path, options):
    """Export, apply into an empty core, export: the same file."""
    first = start("--embedded")
    cli = Cli(tmp_path, first.socket_path)
    fill(cli, first.admin())
    cli.run("export", str(tmp_path / "one.yaml"), *options)
    text = (tmp_path / "one.yaml").read_text()
    read = yaml.load(text, Loader=env_loader())
    assert [d["description"] for d in sorted(read["departments"], key=lambda d: int(d["name"].split()[1]))] == ODD_TEXTS
    word = {"USHER_SECRET_Livechat_secret_token": "word"}
    assert "~ Livechat_secret_token (a secret)" in other.run("plan", str(tmp_path / "one.yaml"), env=word, code=2)
    other.run("apply", str(tmp_path / "one.yaml"), env=word)
    assert other.run("export", *options) == text
    assert other.run("plan", str(tmp_path / "one.yaml"), env=word) == ""
    assert cli.run("plan", "--against", other.server) == ""
    assert ok(first.admin().get("/usher/v1/workspace"))["workspace"]["departments"] == \
        ok(other.daemon.admin().get("/usher/v1/workspace"))["workspace"]["departments"]


def env_loader():
    class Loader(yaml.SafeLoader):
        pass
    Loader.add_constructor("!env", lambda loader, node: None)
    return Loader


def test_plan_against_another_server(start, other, tmp_path):
    cli = Cli(tmp_path, start("--embedded").socket_path)
    cli.run("set", TITLE, "Here")
    other.run("set", LIMIT, "9")
    other.run("apply", "-", text="departments: [{name: There}, {name: Both, description: other}]")
    cli.run("apply", "-", text="departments: [{name: Here}, {name: Both}]")
    lines = cli.run("plan", "--against", other.server, code=2).splitlines()
    assert lines == [f"~ {TITLE}: Here -> Rocket.Chat", f"~ {LIMIT}: 0 -> 9",
                     "~ department Both description: \"\" -> other", "+ department There", "- department Here"]
    assert len(cli.json("plan", "--against", other.server, code=2)["changes"]) == len(lines)


def test_an_apply_changes_only_what_differs(cli, admin):
    text = "departments:\n  - name: Same\n    description: one\n"
    assert cli.run("apply", "-", text=text) == "+ department Same\n"
    assert cli.run("apply", "-", text=text) == ""
    changed = text.replace("one", "two")
    assert cli.run("plan", "-", text=changed, code=2) == "~ department Same description: one -> two\n"
    before = [d for d in ok(admin.get("livechat/department", {"count": 0}))["departments"] if d["name"] == "Same"]
    cli.run("apply", "-", text=changed)
    after = [d for d in ok(admin.get("livechat/department", {"count": 0}))["departments"] if d["name"] == "Same"]
    assert len(after) == 1 and after[0]["_id"] == before[0]["_id"] and after[0]["description"] == "two"


def test_fallbacks_may_turn_around(cli):
    cli.run("apply", "-", text="departments: [{name: P, fallbackForwardDepartment: Q}, {name: Q}]")
    cli.run("apply", "-", text='departments: [{name: Q, fallbackForwardDepartment: P}, {name: P, fallbackForwardDepartment: ""}]')
    cli.run("plan", "-", text="departments: [{name: P, fallbackForwardDepartment: Q}]", code=1)
    assert "leads back" in cli.error


def test_over_tcp_with_a_password(usherd, admin, tmp_path, cli):
    agent = make_agent(usherd, admin)
    command = ["-s", usherd.url, "-u", "admin", "--password-command", "echo " + usherd.PASSWORD]
    assert cli.run("get", TITLE, *command, server=False) == "Rocket.Chat\n"
    cli.run("get", TITLE, *command[:-1], "echo wrong", server=False, code=1)
    assert "name or password is wrong" in cli.error
    cli.run("get", TITLE, "-s", usherd.url, "-u", agent.username, "--password-command", "echo 'pw of " + agent.username + "'",
            server=False, code=1)
    assert "permission" in cli.error
    cli.run("get", TITLE, "-s", usherd.url, "-u", "admin", server=False, code=1)
    assert "no login" in cli.error
    cli.run("get", TITLE, "-s", "http://127.0.0.1:1", "-u", "admin", "--password-command", "echo x", server=False, code=1)


def test_embedded_core_is_started_and_joined(tmp_path):
    cli = Cli(tmp_path, None)
    db = str(tmp_path / "own.db")
    cli.run("set", TITLE, "Own", "--db", db, server=False)
    assert cli.run("get", TITLE, "--db", db, server=False) == "Own\n"
    sockets = list((tmp_path / "run").rglob("*.sock"))
    assert len(sockets) == 1


class Plain(http.server.BaseHTTPRequestHandler):
    """A server that hands on Rocket.Chat's interface and has nothing of ours."""
    protocol_version = "HTTP/1.1"
    target = refuses = None

    def do(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/usher/"):
            status, answer = 404, b"<html>not here</html>"
        elif self.refuses and self.path.endswith("/" + self.refuses):
            status, answer = 400, b'{"success":false,"error":"not today"}'
        else:
            headers = {k: v for k, v in self.headers.items() if k.lower() in ("x-user-id", "x-auth-token", "content-type")}
            got = requests.request(self.command, self.target + self.path, data=body, headers=headers, timeout=20)
            status, answer = got.status_code, got.content
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do

    def log_message(self, *_):
        pass


@pytest.fixture
def plain(usherd, admin, tmp_path, cli):
    handler = type("Handler", (Plain,), {"target": usherd.url})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    one = Cli(tmp_path, "http://127.0.0.1:%d" % server.server_port)
    words = ["-u", "admin", "--password-command", "echo " + usherd.PASSWORD]
    one.handler, run = handler, one.run
    one.run = lambda *args, **kw: run(*args, *words, **kw)
    yield one
    server.shutdown()
    server.server_close()


def test_a_server_without_our_interface(plain, cli):
    assert plain.run("get", TITLE) == "Rocket.Chat\n"
    assert plain.run("set", f"{TITLE}=Plain", f"{LIMIT}=4").splitlines() == [f"changed {TITLE}", f"changed {LIMIT}"]
    assert "one by one, without history" in plain.error
    assert cli.run("get", TITLE) == "Plain\n" and cli.run("get", LIMIT) == "4\n"
    assert plain.run("list", "--changed").startswith(f"{TITLE} = Plain  (set)\n{LIMIT} = 4")
    text = plain.run("export")
    assert f"{TITLE}: Plain" in text and "departments" not in text
    assert plain.run("plan", "-", text=text) == ""
    assert plain.run("plan", "-", text=f"settings: {{{TITLE}: Other}}", code=2) == f"~ {TITLE}: Plain -> Other\n"
    assert cli.run("get", TITLE) == "Plain\n"
    assert plain.run("apply", "-", text=f"settings: {{{TITLE}: Other, {LIMIT}: ~}}").count("~") == 2
    assert cli.run("get", TITLE) == "Other\n" and cli.run("get", LIMIT) == "0\n"
    plain.run("apply", "-", text="departments:\n- name: A\n", code=1)
    assert "takes only settings" in plain.error
    plain.handler.refuses = LIMIT
    plain.run("set", f"{TITLE}=Third", f"{LIMIT}=5", code=1)
    assert "not today" in plain.error and "before that stays changed: 1" in plain.error
    assert cli.run("get", TITLE) == "Third\n"
    assert plain.run("reset", TITLE) == f"changed {TITLE}\n" and cli.run("get", TITLE) == "Rocket.Chat\n"
    cli.run("set", "Livechat_secret_token", "geheim")
    assert "Livechat_secret_token = (a secret" in plain.run("list")
    plain.run("log", code=1)
    assert "it is no usherd" in plain.error


def test_help(cli):
    text = cli.run("--help", server=False)
    for word in ("list", "get", "set", "reset", "export", "plan", "apply", "log", "undo", "--against", "--json"):
        assert word in text
