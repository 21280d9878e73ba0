"""Settings on a disk that fails: a change of a hundred settings is there as a whole or not at all."""
import json

import pytest

from support.daemon import Usherd

PATH = "/usher/v1/settings"


def ask(admin, verb, path, body=None):
    status, _, text = admin.raw(verb, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
    return status, json.loads(text)


def fetch(admin, path):
    status, body = ask(admin, "GET", path)
    assert status == 200, body
    return body


def hundred(rows):
    """A hundred settings with other values than they have."""
    rows = [r for r in rows if "value" in r and "isSet" not in r]
    changes = {r["_id"]: not r["value"] for r in rows if isinstance(r["value"], bool)}
    texts = [r["_id"] for r in rows if r["value"] == "" and r["_id"].endswith(("message", "text"))]
    changes.update({i: "new words" for i in texts})
    changes.update({r["_id"]: r["value"] + 1 for r in rows if isinstance(r["value"], int) and not isinstance(r["value"], bool)
                    and 0 < r["value"] < 60000})
    assert len(changes) >= 100, len(changes)
    return dict(list(changes.items())[:100])


@pytest.mark.parametrize("call", ["sync", "write"])
def test_a_hundred_settings_and_a_store_that_fails(place, shim, call):
    switch = place / "broken"
    daemon = Usherd(place / "d", env={"LD_PRELOAD": str(shim), "FSFAIL_SWITCH": str(switch)})
    daemon.start()
    try:
        admin = daemon.admin()
        before = fetch(admin, PATH)
        changes = hundred(before["settings"])
        workspace = {"settings": changes, "departments": [{"name": "New"}], "cannedResponses": [{"shortcut": "x", "text": "y"}]}
        switch.write_text(call)
        status, body = ask(admin, "POST", "/usher/v1/workspace/apply", {"workspace": workspace})
        assert status >= 500 or not body.get("success"), (status, body)
        switch.unlink()
        after = fetch(admin, PATH)
        assert after == before
        assert fetch(admin, "/usher/v1/workspace")["workspace"]["departments"] == []
        daemon.kill()
        daemon.start()
        admin = daemon.admin()
        assert fetch(admin, PATH)["settings"] == before["settings"] and fetch(admin, PATH + "/log")["changes"] == []
        status, body = ask(admin, "POST", "/usher/v1/workspace/apply", {"workspace": workspace})
        assert status == 200 and len(body["changes"]) == 102, body
        now = {r["_id"]: r.get("value") for r in fetch(admin, PATH)["settings"]}
        assert all(now[i] == v for i, v in changes.items())
    finally:
        daemon.close()
