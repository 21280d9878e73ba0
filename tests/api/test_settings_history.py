"""Settings below /usher/v1: where values come from, all or nothing, conflicts, consequences, history, undo, secrets."""
import json
import pathlib
import re
import sqlite3

import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import Chat, make_agent, make_user, ok
from usherd import trail_of

SECRETS = ["Livechat_secret_token", "Livechat_Facebook_API_Key", "Livechat_Facebook_API_Secret",
           "Livechat_External_Queue_Token", "SMTP_Password", "SMS_Twilio_authToken",
           "FileUpload_json_web_token_secret_for_files", "Accounts_RegistrationForm_SecretURL"]
TITLE, LIMIT = "Livechat_title", "Livechat_maximum_chats_per_agent"
PATH = "/usher/v1/settings"


def state(admin, setting):
    return {s["_id"]: s for s in ok(admin.get(PATH))["settings"]}[setting]


def change(admin, *changes, **more):
    return admin.post(PATH, dict(changes=[c if isinstance(c, dict) else {"_id": c[0], "value": c[1]} for c in changes],
                                 **more))


def log(admin, **params):
    return ok(admin.get(PATH + "/log", params))["changes"]


def consequences(admin, *changes):
    return {c["_id"]: c["text"] for c in ok(change(admin, *changes, dryRun=True))["consequences"]}


def refused(answer, kind):
    body = answer.json()
    assert answer.status_code == 400 and body["success"] is False and body["errorType"] == kind, body
    return body


@pytest.fixture
def clean(admin):
    yield
    sets = [s["_id"] for s in ok(admin.get(PATH))["settings"] if s["source"] != "default"]
    ok(change(admin, *[{"_id": i, "reset": True} for i in sets if i != "Livechat_accept_chats_with_no_agents"]))


def test_where_a_value_comes_from(admin, clean):
    assert state(admin, TITLE)["source"] == "default" and state(admin, TITLE)["isDefault"] is True
    first = ok(change(admin, (TITLE, "Ask"), origin="console", comment="a test"))
    assert first["changed"] == [TITLE]
    now = state(admin, TITLE)
    assert now["value"] == "Ask" and now["source"] == "user" and now["isDefault"] is False
    assert now["by"]["username"] == "admin" and now["at"].endswith("Z") and now["revision"] == first["revision"]
    ok(change(admin, (TITLE, "From a file"), origin="file"))
    assert state(admin, TITLE)["source"] == "file"
    reset = ok(change(admin, {"_id": TITLE, "reset": True}))
    now = state(admin, TITLE)
    assert now["value"] == "Rocket.Chat" and now["source"] == "default" and now["revision"] == reset["revision"]
    again = ok(change(admin, {"_id": TITLE, "reset": True}))
    assert again["changed"] == [] and again["revision"] == reset["revision"]


def test_hidden_ones_are_left_out_and_refused(admin):
    ids = [s["_id"] for s in ok(admin.get(PATH))["settings"]]
    assert "Livechat_guest_count" not in ids and len(ids) > 150
    refused(change(admin, ("Livechat_guest_count", 5)), "error-setting-not-found")


def test_all_or_nothing_with_every_fault(admin, clean):
    body = refused(change(admin, (TITLE, "New"), ("no_such", 1), (LIMIT, "many"), ("Livechat_webhookUrl", "crm.example"),
                          ("Omnichannel_External_Frame_GenerateKey", "x"), (TITLE, "twice")), "error-setting-not-found")
    assert body["setting"] == "no_such"
    assert [f["_id"] for f in body["faults"]] == ["no_such", LIMIT, "Livechat_webhookUrl",
                                                  "Omnichannel_External_Frame_GenerateKey", TITLE]
    assert "crm.example" in body["faults"][2]["error"]
    assert state(admin, TITLE)["value"] == "Rocket.Chat"
    assert refused(change(admin, (LIMIT, -5)), "error-invalid-setting-value")["setting"] == LIMIT


@pytest.mark.parametrize("setting,bad,good", [
    ("Livechat_offline_email", "nobody", "help@shop.example"),
    ("Livechat_AllowedDomainsList", "https://shop.example", "shop.example,localhost:8080"),
    ("Livechat_lead_phone_regex", "(", "[0-9]+"),
    ("Omnichannel_External_Frame_Encryption_JWK", '{"kty":"oct","k":"x"}', '{"kty":"oct","k":"' + "A" * 43 + '"}'),
    ("Default_Custom_Timezone", "Nowhere/Land", "Europe/Lisbon"),
    ("Language", "klingon language", "pt-BR"),
    ("From_Email", "Shop <nobody>", "Shop <help@shop.example>"),
    ("WebRTC_Servers", "http://x", "stun:stun.example:3478"),
])
def test_every_way_in_validates_the_same(admin, clean, setting, bad, good):
    refused(change(admin, (setting, bad)), "error-invalid-setting-value")
    assert admin.post("settings/" + setting, {"value": bad}).json()["errorType"] == "error-invalid-setting-value"
    answer = admin.method("saveSettings", [{"_id": setting, "value": bad}])
    assert answer["error"]["error"] == "error-invalid-setting-value"
    assert state(admin, setting)["isDefault"] is True
    assert ok(change(admin, (setting, good)))["changed"] == [setting]


def test_dry_run_changes_nothing(admin):
    before = ok(admin.get(PATH))["revision"]
    body = ok(change(admin, (TITLE, "Never"), dryRun=True))
    assert body["changed"] == [TITLE] and body["revision"] == before
    assert state(admin, TITLE)["value"] == "Rocket.Chat"
    refused(change(admin, (LIMIT, "many"), dryRun=True), "error-invalid-setting-value")


def test_the_second_of_two_admins_is_told(usherd, admin, clean):
    other = make_user(usherd, admin, ("user", "admin"))
    base = state(admin, TITLE)["revision"]
    ok(change(other, (TITLE, "Theirs")))
    body = refused(change(admin, {"_id": TITLE, "value": "Mine", "base": base}, (LIMIT, 3)), "error-setting-conflict")
    [conflict] = body["conflicts"]
    assert conflict["value"] == "Theirs" and conflict["by"]["username"] == other.username and conflict["revision"] > base
    assert state(admin, LIMIT)["value"] == 0
    refused(change(admin, {"_id": TITLE, "reset": True, "base": base}), "error-setting-conflict")
    assert ok(change(admin, {"_id": TITLE, "value": "Theirs", "base": base}))["changed"] == []
    ok(change(admin, {"_id": TITLE, "value": "Mine", "base": conflict["revision"]}))
    assert state(admin, TITLE)["value"] == "Mine"


def test_rights(usherd, admin, rest):
    plain_user = make_user(usherd, admin)
    for client, status in ((rest, 401), (plain_user, 403), (make_user(usherd, admin, ("user", "livechat-manager")), 403)):
        assert client.get(PATH).status_code == status
        assert client.get(PATH + "/log").status_code == status
        assert change(client, (TITLE, "x")).status_code == status
        assert client.post(PATH + "/undo", {"seq": 1}).status_code == status


def test_every_way_of_changing_is_in_the_history(usherd, admin, clean):
    ok(admin.post("settings/" + TITLE, {"value": "one"}))
    admin.set(Livechat_title="two")
    ok(admin.post("livechat/appearance", [{"_id": TITLE, "value": "three"}]))
    assert "error" not in admin.method("livechat:saveAppearance", [{"_id": TITLE, "value": "four"}])
    client = usherd.ddp()
    client.login(admin.token)
    assert client.call("saveSettings", [{"_id": TITLE, "value": "five"}])["result"] is True
    client.close()
    status, body = usherd.local("POST", PATH, {"changes": [{"_id": TITLE, "value": "six"}], "comment": "by hand"})
    assert status == 200, body
    assert "error" not in admin.method("livechat:saveIntegration", {"Livechat_webhook_on_start": True})
    rows = log(admin, setting=TITLE, count=6)
    assert [r["new"] for r in rows] == ["six", "five", "four", "three", "two", "one"]
    assert [r["old"] for r in rows] == ["five", "four", "three", "two", "one", "Rocket.Chat"]
    assert [r["origin"] for r in rows] == ["rest", "realtime", "realtime", "rest", "realtime", "rest"]
    assert [r["from"] for r in rows] == ["unix socket"] + ["127.0.0.1"] * 5
    assert rows[0]["comment"] == "by hand" and rows[1]["undoes"] is None and rows[1]["secret"] is False
    assert all(r["by"]["username"] == "admin" and r["setting"] == TITLE and r["ts"].endswith("Z") for r in rows)
    assert log(admin, count=1)[0]["setting"] == "Livechat_webhook_on_start"
    older = log(admin, setting=TITLE, before=rows[1]["seq"], count=2)
    assert [r["new"] for r in older] == ["four", "three"]
    ok(admin.post("settings/" + TITLE, {"value": "six"}))
    assert log(admin, setting=TITLE, count=1)[0]["seq"] == rows[0]["seq"]  # the same value is no change


def test_undo(admin, clean):
    seq = ok(change(admin, (LIMIT, 4)))["revision"]
    second = ok(change(admin, (LIMIT, 9)))["revision"]
    body = refused(admin.post(PATH + "/undo", {"seq": seq}), "error-setting-conflict")
    assert body["conflicts"][0]["value"] == 9
    done = ok(admin.post(PATH + "/undo", {"seq": second}))
    assert done["changed"] == [LIMIT] and state(admin, LIMIT)["value"] == 4
    row = log(admin, setting=LIMIT, count=1)[0]
    assert row["undoes"] == second and row["origin"] == "undo" and (row["old"], row["new"]) == (9, 4)
    ok(admin.post(PATH + "/undo", {"seq": row["seq"]}))
    assert state(admin, LIMIT)["value"] == 9
    ok(admin.post(PATH + "/undo", {"seq": seq, "force": True}))
    assert state(admin, LIMIT)["value"] == 0 and state(admin, LIMIT)["source"] == "default"
    refused(admin.post(PATH + "/undo", {"seq": 10 ** 9}), "error-change-not-found")


def test_secrets_stay_secret(usherd, admin, clean):
    listed = {s["_id"]: s for s in ok(admin.get(PATH))["settings"]}
    assert {i for i, s in listed.items() if "isSet" in s} == set(SECRETS) | {"Omnichannel_External_Frame_Encryption_JWK"}
    word = "Geheimnis4711"
    for setting in SECRETS:
        assert listed[setting]["isSet"] is False and listed[setting]["value"] == ""
        ok(change(admin, (setting, word)))
        assert state(admin, setting)["isSet"] is True and state(admin, setting)["value"] == ""
        assert ok(change(admin, (setting, "")))["changed"] == []
        ok(admin.post("settings/" + setting, {"value": ""}))
        assert state(admin, setting)["isSet"] is True
        row = log(admin, setting=setting, count=1)[0]
        assert row["secret"] is True and "old" not in row and "new" not in row
        refused(admin.post(PATH + "/undo", {"seq": row["seq"]}), "error-secret-not-undoable")
    for path in (PATH, PATH + "/log", "settings?count=0", "livechat/integrations.settings"):
        assert word not in admin.get(path).text
    assert word not in json.dumps(admin.method("private-settings/get"))
    for setting in SECRETS:
        ok(change(admin, {"_id": setting, "reset": True}))
        assert state(admin, setting)["isSet"] is False
    bad = refused(change(admin, ("Omnichannel_External_Frame_Encryption_JWK", word)), "error-invalid-setting-value")
    assert word not in json.dumps(bad) and word not in "".join(usherd.log)


@pytest.mark.parametrize("way", ["replaced", "reset", "by a file"])
def test_a_former_secret_is_nowhere_any_more(start, way):
    """Not in the database, nor in the pages that wait in its write-ahead log."""
    daemon = start("--embedded")
    boss = daemon.admin()
    ok(change(boss, ("SMTP_Password", "Once-Upon-A-Time")))
    assert trail_of(daemon.folder, ["Once-Upon-A-Time"])
    if way == "replaced":
        ok(boss.post("settings/SMTP_Password", {"value": "Nowadays"}))
    elif way == "reset":
        ok(change(boss, {"_id": "SMTP_Password", "reset": True}))
    else:
        ok(boss.post("/usher/v1/workspace/apply", {"workspace": {"settings": {"SMTP_Password": "Nowadays"}}}))
    assert trail_of(daemon.folder, ["Once-Upon-A-Time"]) == []
    assert daemon.stop() == 0
    assert trail_of(daemon.folder, ["Once-Upon-A-Time"]) == []


def test_generated_key_is_a_good_one(admin, clean):
    ok(admin.post("settings/Omnichannel_External_Frame_GenerateKey", {"execute": True}))
    assert state(admin, "Omnichannel_External_Frame_Encryption_JWK")["isSet"] is True


def test_history_survives_a_restart(start):
    daemon = start("--embedded")
    admin = daemon.admin()
    ok(change(admin, (TITLE, "Kept"), origin="file"))
    ok(change(admin, (LIMIT, 3)))
    ok(change(admin, {"_id": LIMIT, "reset": True}))
    before = ok(admin.get(PATH))
    daemon.stop()
    daemon.start()
    admin = daemon.admin()
    after = ok(admin.get(PATH))
    assert after == before
    assert [r["setting"] for r in log(admin)][:3] == [LIMIT, LIMIT, TITLE]
    assert ok(change(admin, (TITLE, "On")))["revision"] == before["revision"] + 1


def first_version():
    """The statements that made a store of version 1: the first string of the migrations in store/schema.c."""
    source = (pathlib.Path(__file__).parents[2] / "src/store/schema.c").read_text()
    source = re.sub(r"/\*.*?\*/", "", source[source.index("migrations[SCHEMA_VERSION] = {"):], flags=re.S)
    first = re.match(r'[^"]*((?:"(?:[^"\\]|\\.)*"\s*)+),', source).group(1)
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', first))


def test_a_store_of_the_first_version_is_brought_forward(start, tmp_path):
    db = sqlite3.connect(tmp_path / "core.db")
    db.executescript(first_version())
    db.executescript("INSERT INTO setting VALUES('Livechat_title','\"Old\"',NULL,1000);"
                     "INSERT INTO setting VALUES('Livechat_webhookUrl','\"crm.example\"',NULL,1000);"
                     "PRAGMA user_version = 1")
    db.close()
    daemon = start("--embedded", folder=str(tmp_path))
    now = state(daemon.admin(), TITLE)
    assert now["value"] == "Old" and now["source"] == "user" and now["revision"] == 0
    assert state(daemon.admin(), "Livechat_webhookUrl")["value"] == "crm.example"


def jwk(letter):
    return '{"kty":"oct","k":"%s"}' % (letter * 43)


class TestConsequences:
    """What the core knows, with a workspace of one agent, an open chat and one that waits."""

    @pytest.fixture(scope="class")
    def agent(self, usherd, admin):
        return make_agent(usherd, admin)

    @pytest.fixture(scope="class")
    def chats(self, usherd, admin, agent):
        """Two chats are served (by whoever is there), with a limit of 2 the third waits."""
        others = ok(admin.get("livechat/users/agent", {"count": 0}))["users"]
        for u in others:
            if u["username"] != agent.username:
                ok(admin.delete("livechat/users/agent/" + u["_id"]))
        admin.set(**{LIMIT: 2})
        made = [Chat(usherd) for _ in range(3)]
        admin.set(Livechat_waiting_queue=True)
        yield made
        admin.set(**{LIMIT: 0, "Livechat_waiting_queue": False})

    @pytest.mark.parametrize("setting,value,words", [
        ("Livechat_enabled", False, "3 open chats: visitors can no longer write"),
        (LIMIT, 1, "1 agent is above the new limit"),
        (LIMIT, 5, "1 agent at the present limit can get chats again; 1 chat is waiting"),
        ("Livechat_Routing_Method", "Manual_Selection", "1 waiting chat: from now on agents take chats"),
        ("Livechat_waiting_queue", False, "1 waiting chat: without the queue limits no longer stop"),
        ("Livechat_fileupload_enabled", False, "3 open chats: visitors can no longer attach files"),
        ("FileUpload_Enabled", False, "3 open chats: visitors can no longer attach files"),
        ("Livechat_enable_business_hours", True, "agent"),     # how many, by the clock: test_hours.py
        ("Livechat_business_hour_type", "Multiple", None),
        ("Canned_Responses_Enable", False, "agents can no longer insert canned responses, which are kept"),
        ("Livechat_registration_form", False, "without telling a name"),
        ("Livechat_request_comment_when_closing_conversation", False, None),
        ("Livechat_offline_email", "a@b.example", None),
        ("Livechat_AllowedDomainsList", "shop.example", "every web site but shop.example"),
        ("Livechat_show_agent_info", False, "3 open chats: visitors no longer learn who serves them"),
        ("API_Enable_Rate_Limiter", False, "as often as he likes"),
        ("Message_MaxAllowedSize", 100, "more than 100 characters are refused"),
        ("Livechat_title", "x", None),
        ("Livechat_message_character_limit", 80, None),
        ("Livechat_name_field_registration_form", False, None),
        ("Livechat_External_Queue_URL", "", None),
    ])
    def test_one(self, admin, chats, setting, value, words):
        told = consequences(admin, (setting, value)).get(setting)
        assert (told is None) if words is None else (told is not None and words in told), told

    @pytest.mark.parametrize("before,changes,setting,words", [
        ({"Livechat_request_comment_when_closing_conversation": False},
         {"Livechat_request_comment_when_closing_conversation": True},
         "Livechat_request_comment_when_closing_conversation", "3 open chats: agents need a comment to close a chat"),
        ({"Livechat_email_field_registration_form": False}, {"Livechat_name_field_registration_form": False},
         "Livechat_name_field_registration_form", "asks neither for a name nor for an e-mail"),
        ({"Livechat_name_field_registration_form": False}, {"Livechat_email_field_registration_form": False},
         "Livechat_email_field_registration_form", "asks neither for a name nor for an e-mail"),
        ({"Livechat_offline_email": "old@shop.example"}, {"Livechat_offline_email": "new@shop.example"},
         "Livechat_offline_email", "no longer go to old@shop.example"),
        ({"Livechat_offline_email": "old@shop.example"}, {"Livechat_offline_email": ""},
         "Livechat_offline_email", "only for departments that have an address"),
        ({"Livechat_webhookUrl": "https://old.example/"}, {"Livechat_webhookUrl": "https://new.example/"},
         "Livechat_webhookUrl", "instead of https://old.example/"),
        ({"Livechat_webhookUrl": "https://old.example/"}, {"Livechat_webhookUrl": ""}, "Livechat_webhookUrl", "nothing is sent"),
        *[({name: old}, {name: new}, name, "the other side needs the new secret at once") for name, old, new in (
            ("Livechat_secret_token", "one", "two"), ("Livechat_External_Queue_Token", "one", "two"),
            ("Livechat_Facebook_API_Secret", "one", "two"),
            ("Omnichannel_External_Frame_Encryption_JWK", jwk("A"), jwk("E")))],
        ({"Livechat_External_Queue_URL": "https://router.example/"},
         {"Livechat_External_Queue_URL": "", "Livechat_Routing_Method": "External"},
         "Livechat_External_Queue_URL", "which then has no address"),
        ({"Livechat_enabled": False}, {"Livechat_enabled": True}, "Livechat_enabled", "1 waiting chat: assigned as soon as an agent is free"),
        ({"Livechat_fileupload_enabled": False}, {"Livechat_fileupload_enabled": True},
         "Livechat_fileupload_enabled", "visitors can attach files again"),
        ({"Livechat_AllowedDomainsList": "shop.example"}, {"Livechat_AllowedDomainsList": ""},
         "Livechat_AllowedDomainsList", "every web site may embed"),
    ])
    def test_from_another_value(self, admin, chats, before, changes, setting, words):
        was = {name: state(admin, name) for name in before}
        ok(change(admin, *before.items()))
        try:
            told = consequences(admin, *changes.items())
            assert words in told.get(setting, ""), told
        finally:
            ok(admin.post("/usher/v1/settings", {"changes": [
                {"_id": name, "reset": True} if s["source"] == "default" else {"_id": name, "value": s["value"]}
                for name, s in was.items()]}))

    def test_silent_visitors(self, admin, agent, chats):
        """Whoever was answered and is silent is counted, at the latest change of either setting."""
        action, timeout = "Livechat_abandoned_rooms_action", "Livechat_visitor_inactivity_timeout"
        assert consequences(admin, (action, "close")) == {} and consequences(admin, (timeout, 60)) == {}
        mine = [c for c in chats if ok(admin.get("rooms.info", {"roomId": c.rid}))["room"].get("servedBy")][0]
        ok(agent.post("chat.postMessage", {"roomId": mine.rid, "text": "yes?"}))
        told = consequences(admin, (action, "close"), (timeout, 60))
        assert told[action] == told[timeout] == (
            "1 answered chat: closed when the visitor has been silent for 60 seconds, counted from what he said last")
        assert "1 answered chat: put on hold when" in consequences(admin, (action, "on-hold"))[action]
        assert consequences(admin, (action, "close"), (timeout, 0)) == {}
        mine.rest.say(mine.token, mine.rid, "thanks")

    def test_every_row_is_shown(self):
        """Each setting with consequences stands in a test of this file."""
        here = pathlib.Path(__file__)
        source = (here.parents[2] / "src/core/consequence.c").read_text()
        rows = set(re.findall(r'^    \{"(\w+)", on_', source, re.M))
        tests = here.read_text() + LIMIT
        assert len(rows) > 25 and {r for r in rows if '"%s"' % r not in tests and r != LIMIT} == set()

    def test_character_limit_with_its_switch(self, admin, chats):
        told = consequences(admin, ("Livechat_enable_message_character_limit", True),
                            ("Livechat_message_character_limit", 80))
        assert "more than 80 characters" in told["Livechat_message_character_limit"]
        assert "more than 80 characters" in told["Livechat_enable_message_character_limit"]
        assert consequences(admin, ("Livechat_message_character_limit", 80)) == {}

    def test_it_happens_as_told(self, usherd, admin, agent, chats):
        """The sentences about the waiting chat are true: with a higher limit it is served, when the worker comes round."""
        waiting = [c for c in chats if "servedBy" not in ok(admin.get("rooms.info", {"roomId": c.rid}))["room"]]
        assert len(waiting) == 1
        done = ok(change(admin, (LIMIT, 5)))
        usherd.advance(6000)
        assert done["consequences"][0]["_id"] == LIMIT
        usherd.advance(6000)
        assert ok(admin.get("rooms.info", {"roomId": waiting[0].rid}))["room"]["servedBy"]["_id"] == agent.user_id
        ok(change(admin, (LIMIT, 2)))
        assert "1 agent is above" in consequences(admin, (LIMIT, 1))[LIMIT]

    def test_offline(self, usherd, admin, agent, chats):
        ok(change(admin, ("Livechat_accept_chats_with_no_agents", True), ("Livechat_enabled_when_agent_idle", False)))
        ok(agent.post("users.setStatus", {"status": "offline"}))
        told = consequences(admin, ("Livechat_accept_chats_with_no_agents", False), ("Livechat_display_offline_form", False),
                            ("Livechat_enabled_when_agent_idle", True))
        assert "offline at once" in told["Livechat_accept_chats_with_no_agents"]
        assert "1 agent: away or offline, but gets chats" in told["Livechat_enabled_when_agent_idle"]
        ok(agent.post("users.setStatus", {"status": "online"}))
        ok(change(admin, ("Livechat_enabled_when_agent_idle", True)))
