"""Settings (rest 3.4, 16 row 19)."""
import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import coded, make_user, ok


@pytest.fixture
def user(usherd, admin):
    return make_user(usherd, admin)


def ids(body):
    return [s["_id"] for s in body["settings"]]


def test_public_without_login(rest):
    page = ok(rest.get("settings.public", {"count": 3}))
    assert page["count"] == 3 and page["total"] > 20 and ids(page) == sorted(ids(page))
    assert set(page["settings"][0]) == {"_id", "value"}
    one = ok(rest.get("settings.public", {"query": '{"_id":"Livechat_title"}'}))
    assert one["settings"] == [{"_id": "Livechat_title", "value": "Rocket.Chat"}]
    two = ok(rest.get("settings.public", {"query": '{"_id":{"$in":["Livechat_title","Livechat_enabled","nothing"]}}'}))
    assert ids(two) == ["Livechat_enabled", "Livechat_title"]
    found = ids(ok(rest.get("settings.public", {"query": '{"_id":{"$regex":"^livechat_title","$options":"i"}}'})))
    assert found == ["Livechat_title", "Livechat_title_color"]
    coded(rest.get("settings.public", {"query": "{bad"}), "error-invalid-query")


def test_secrets_and_private_ones(rest, admin, user):
    public = set(ids(ok(rest.get("settings.public", {"count": 0}))))
    every = set(ids(ok(admin.get("settings", {"count": 0}))))
    assert public < every
    assert set(ids(ok(user.get("settings", {"count": 0})))) == public
    ok(admin.post("settings/Livechat_secret_token", {"value": "very secret"}))
    assert ok(admin.get("settings/Livechat_secret_token"))["value"] == ""
    assert "very secret" not in admin.get("settings", {"count": 0, "fields": '{"value":1}'}).text
    assert "very secret" not in admin.get("livechat/integrations.settings").text
    ok(admin.post("settings/Livechat_secret_token", {"value": ""}))


def test_one(admin, user):
    assert user.get("settings/Livechat_title").status_code == 403
    assert user.post("settings/Livechat_title", {"value": "x"}).status_code == 403
    body = ok(admin.get("settings/Livechat_enabled"))
    assert body["_id"] == "Livechat_enabled" and body["value"] is True
    answer = admin.get("settings/no_such_setting")
    assert answer.status_code == 400 and answer.json() == {"success": False}


def test_saving_converts_what_reads_exactly(admin):
    try:
        for sent, kept in ((7, 7), ("9", 9)):
            ok(admin.post("settings/Livechat_maximum_chats_per_agent", {"value": sent}))
            assert ok(admin.get("settings/Livechat_maximum_chats_per_agent"))["value"] == kept
        for bad in ("9 chats", True, {"x": 1}, "no"):
            coded(admin.post("settings/Livechat_maximum_chats_per_agent", {"value": bad}), "error-invalid-setting-value")
        assert ok(admin.get("settings/Livechat_maximum_chats_per_agent"))["value"] == 9
    finally:
        ok(admin.post("settings/Livechat_maximum_chats_per_agent", {"value": 0}))
    coded(admin.post("settings/Livechat_Routing_Method", {"value": "By_Dice"}), "error-invalid-setting-value")
    coded(admin.post("settings/Livechat_enabled", {"value": "perhaps"}), "error-invalid-setting-value")
    for answer in (admin.post("settings/no_such_setting", {"value": 1}), admin.post("settings/Livechat_title", {})):
        assert answer.status_code == 400 and answer.json() == {"success": False}


def test_empty_lists(rest):
    assert ok(rest.get("settings.oauth"))["services"] == []
    assert ok(rest.get("service.configurations"))["configurations"] == []


def test_appearance_and_integrations(admin):
    shown = {s["_id"]: s for s in ok(admin.get("livechat/appearance"))["appearance"]}
    assert len(shown) == 19 and shown["Livechat_title"]["value"] == "Rocket.Chat"
    assert len(ok(admin.get("livechat/integrations.settings"))["settings"]) == 10
    ok(admin.post("livechat/appearance", [{"_id": "Livechat_title", "value": "Ask us"}]))
    assert ok(admin.get("settings/Livechat_title"))["value"] == "Ask us"
    coded(admin.post("livechat/appearance", [{"_id": "Livechat_title", "value": "No"}, {"_id": "Livechat_enabled",
                                                                                       "value": False}]), "invalid-setting")
    assert ok(admin.get("settings/Livechat_title"))["value"] == "Ask us"
    assert "error" not in admin.method("livechat:saveAppearance", [{"_id": "Livechat_title", "value": "Rocket.Chat"}])
    assert ok(admin.get("settings/Livechat_title"))["value"] == "Rocket.Chat"


def test_business_hour_and_lists_at_the_start(admin):
    hour = ok(admin.get("livechat/business-hour"))["businessHour"]
    assert hour["type"] == "default" and hour["active"] is True
    assert [d["open"] for d in hour["workHours"]] == [False, True, True, True, True, True, False]
    assert ok(admin.get("livechat/business-hour", {"type": "custom", "_id": "x"}))["businessHour"] is None
    for path, key in (("custom-fields", "customFields"), ("triggers", "triggers"), ("tags", "tags"), ("units", "units"),
                      ("priorities", "priorities"), ("monitors", "monitors")):
        assert ok(admin.get("livechat/" + path)) == {key: [], "count": 0, "offset": 0, "total": 0, "success": True}
    assert ok(admin.get("livechat/custom-fields/x"))["customField"] is None
    assert ok(admin.get("livechat/triggers/x"))["trigger"] is None
    assert admin.get("livechat/priorities/x").status_code == 404
