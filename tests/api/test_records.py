"""Administrative records: custom fields, triggers, tags, priorities, units, monitors, business hours
(rest 9, 11.2, 15.5; behaviour 2.7, 10.1, 20)."""
import pytest

from own_daemon import admin, usherd  # noqa: F401
from people import coded, invalid, make_agent, make_department, make_user, ok, plain, unique

WEEK = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]


def call(client, method, *params):
    answer = client.method(method, *params)
    assert "error" not in answer, answer
    return answer.get("result")


def refused(client, code, method, *params):
    error = client.method(method, *params)["error"]
    assert error.get("error") == code, error
    return error


def mismatch(client, text, method, *params):
    error = client.method(method, *params)["error"]
    assert error["errorType"] == "Match.Error" and text in error["message"], error


def field(**more):
    return dict(dict(field=unique("f"), label=unique("Label"), scope="visitor", visibility="visible", regexp="",
                     searchable=False), **more)


def trigger(**more):
    return dict(dict(name=unique("Trigger"), description="", enabled=True, runOnce=False,
                     conditions=[{"name": "time-on-site", "value": "5"}],
                     actions=[{"name": "send-message", "params": {"sender": "custom", "msg": "hi", "name": "Bot"}}]),
                **more)


def hours(start="09:00", finish="17:00", days=WEEK):
    return [{"day": day, "start": start, "finish": finish, "open": True} for day in days]


def hour(**more):
    return dict(dict(name=unique("Hour"), active=True, type="custom", timezoneName="Europe/Berlin", workHours=hours(),
                     departmentsToApplyBusinessHour=""), **more)


def by_name(client, path, key, name):
    found = [r for r in ok(client.get(path, {"count": 0}))[key] if r.get("name", r.get("label")) == name]
    assert len(found) == 1, found
    return found[0]


def unit_form(name=None, monitors=(), departments=(), visibility="public"):
    return {"unitData": {"name": name or unique("Unit"), "visibility": visibility},
            "unitMonitors": [{"monitorId": m.user_id, "username": m.username} for m in monitors],
            "unitDepartments": [{"departmentId": d["_id"]} for d in departments]}


# --- custom fields ---

def test_custom_field_saved_changed_removed(admin):
    form = field(regexp="^[0-9]+$", searchable=True, required=True, type="input", public=True)
    made = call(admin, "livechat:saveCustomField", None, form)
    assert made == dict({k: v for k, v in form.items() if k != "field"}, _id=form["field"])
    got = ok(admin.get("livechat/custom-fields/" + form["field"]))["customField"]
    assert got["_id"] == form["field"] and got["regexp"] == "^[0-9]+$" and got["_updatedAt"]
    changed = call(admin, "livechat:saveCustomField", form["field"], dict(form, label="New label"))
    assert "_id" not in changed and changed["label"] == "New label" and changed["public"] is True
    assert call(admin, "livechat:removeCustomField", form["field"]) == {"acknowledged": True, "deletedCount": 1}
    assert ok(admin.get("livechat/custom-fields/" + form["field"]))["customField"] is None
    refused(admin, "error-invalid-custom-field", "livechat:removeCustomField", form["field"])
    refused(admin, "error-invalid-custom-field", "livechat:saveCustomField", form["field"], form)


def test_custom_field_refusals(admin):
    form = field()
    refused(admin, "error-invalid-custom-field-name", "livechat:saveCustomField", None, field(field="a b"))
    refused(admin, "error-invalid-custom-field-name", "livechat:saveCustomField", None, field(field=""))
    call(admin, "livechat:saveCustomField", None, form)
    refused(admin, "error-custom-field-name-already-exists", "livechat:saveCustomField", None, form)
    bad = refused(admin, "error-invalid-custom-field", "livechat:saveCustomField", None, field(regexp="(["))
    assert "character" in bad["reason"]
    refused(admin, "error-invalid-custom-field", "livechat:saveCustomField", None, field(type="select"))
    missing = field()
    del missing["regexp"]
    mismatch(admin, "Missing key 'regexp'", "livechat:saveCustomField", None, missing)
    worded = refused(admin, "error-input-is-not-a-valid-field", "livechat:saveCustomField", None, field(scope="planet"))
    assert "scope" in worded["reason"] and "visitor, room" in worded["reason"]


def test_custom_field_list(admin, usherd):
    word = unique("Zz")
    for label in (word + " b", word + " a"):
        call(admin, "livechat:saveCustomField", None, field(label=label))
    agent = make_agent(usherd, admin)
    found = ok(agent.get("livechat/custom-fields", {"text": word.lower()}))
    assert [f["label"] for f in found["customFields"]] == [word + " a", word + " b"]
    assert (found["count"], found["offset"], found["total"]) == (2, 0, 2)
    page = ok(agent.get("livechat/custom-fields", {"text": word, "count": 1, "offset": 1, "sort": '{"label":-1}'}))
    assert [f["label"] for f in page["customFields"]] == [word + " a"] and page["total"] == 2
    invalid(agent.get("livechat/custom-fields", {"x": "y"}), "must NOT have additional properties")
    assert word + " a" in [f["label"] for f in call(agent, "livechat:getCustomFields")]


# --- triggers ---

def test_trigger(admin):
    form = trigger()
    assert call(admin, "livechat:saveTrigger", form) is True
    got = by_name(admin, "livechat/triggers", "triggers", form["name"])
    assert {k: got[k] for k in form} == form
    assert call(admin, "livechat:saveTrigger", dict(form, _id=got["_id"], enabled=False)) is True
    assert ok(admin.get("livechat/triggers/" + got["_id"]))["trigger"]["enabled"] is False
    assert call(admin, "livechat:removeTrigger", got["_id"]) is True
    assert ok(admin.get("livechat/triggers/" + got["_id"]))["trigger"] is None
    refused(admin, "error-trigger-not-found", "livechat:removeTrigger", got["_id"])
    mismatch(admin, "Missing key 'description'", "livechat:saveTrigger",
             {k: v for k, v in trigger().items() if k != "description"})
    mismatch(admin, "Unknown key", "livechat:saveTrigger", trigger(more=1))
    for wrong in ([{"name": "full-moon", "value": "1"}], [{"name": "time-on-site", "value": "soon"}]):
        bad = refused(admin, "error-input-is-not-a-valid-field", "livechat:saveTrigger", trigger(conditions=wrong))
        assert "conditions" in bad["reason"]


# --- what the widget is told ---

def test_config(admin, usherd):
    on, off = trigger(), trigger(enabled=False)
    call(admin, "livechat:saveTrigger", on)
    call(admin, "livechat:saveTrigger", off)
    shown = field(type="select", options="red, green ,blue", defaultValue="red", required=True, public=True)
    for one in (shown, field(public=False), field(public=True, scope="room"), field(public=True, visibility="hidden")):
        call(admin, "livechat:saveCustomField", None, one)
    config = ok(usherd.rest().get("livechat/config"))["config"]
    saved = by_name(admin, "livechat/triggers", "triggers", on["name"])
    ids = [t["_id"] for t in config["triggers"]]
    assert saved["_id"] in ids and by_name(admin, "livechat/triggers", "triggers", off["name"])["_id"] not in ids
    told = config["triggers"][ids.index(saved["_id"])]
    assert told == {k: saved[k] for k in ("_id", "actions", "conditions", "runOnce")}
    mine = [f for f in config["customFields"] if f["_id"] == shown["field"]]
    assert mine == [{"_id": shown["field"], "label": shown["label"], "regexp": "", "required": True, "type": "select",
                     "defaultValue": "red", "options": ["red", "green", "blue"]}]
    assert all(f["_id"] == shown["field"] for f in config["customFields"] if f["label"].startswith("Label"))


# --- tags ---

def test_tag(admin):
    department = make_department(admin)
    name = unique("Tag")
    made = call(admin, "livechat:saveTag", None, {"name": name, "description": "text"}, [department["_id"]])
    assert made["name"] == name and made["departments"] == [department["_id"]] and made["numDepartments"] == 1
    got = ok(admin.get("livechat/tags/" + made["_id"]))
    assert got["name"] == name and got["description"] == "text" and got["success"] is True
    assert ok(admin.get("livechat/tags", {"text": name.lower()}))["total"] == 1
    assert name in [t["name"] for t in call(admin, "livechat:getTagsList")]
    refused(admin, "error-duplicate-tag", "livechat:saveTag", None, {"name": name}, [])
    refused(admin, "error-department-not-found", "livechat:saveTag", None, {"name": unique("Tag")}, ["none"])
    mismatch(admin, "Unknown key", "livechat:saveTag", None, {"name": "x", "color": "red"}, [])
    mismatch(admin, "Missing key 'name'", "livechat:saveTag", None, {}, [])
    ok(admin.delete("livechat/department/" + department["_id"]))
    assert ok(admin.get("livechat/tags/" + made["_id"]))["departments"] == []
    assert call(admin, "livechat:removeTag", made["_id"]) == 1
    refused(admin, "tag-not-found", "livechat:removeTag", made["_id"])
    assert admin.get("livechat/tags/" + made["_id"]).status_code == 404


# --- priorities ---

def test_priority(admin):
    name = unique("Priority")
    made = call(admin, "livechat:savePriority", None, {"name": name, "description": "d", "dueTimeInMinutes": "4711"})
    assert made["name"] == name and made["dueTimeInMinutes"] == 4711
    assert ok(admin.get("livechat/priorities/" + made["_id"]))["dueTimeInMinutes"] == 4711
    assert ok(admin.get("livechat/priorities", {"text": name}))["priorities"][0]["_id"] == made["_id"]
    refused(admin, "error-duplicate-priority", "livechat:savePriority", None, {"name": name, "dueTimeInMinutes": "1"})
    refused(admin, "error-duplicate-priority", "livechat:savePriority", None,
            {"name": unique("P"), "dueTimeInMinutes": "4711"})
    mismatch(admin, "Expected string", "livechat:savePriority", None, {"name": "x", "dueTimeInMinutes": 5})
    for minutes in ("soon", "0", "-3", "1.5", "99999999"):
        refused(admin, "error-input-is-not-a-valid-field", "livechat:savePriority", None,
                {"name": unique("P"), "dueTimeInMinutes": minutes})
    changed = call(admin, "livechat:savePriority", made["_id"], {"name": name, "dueTimeInMinutes": "4712"})
    assert changed["dueTimeInMinutes"] == 4712 and changed["description"] == "d"
    assert call(admin, "livechat:removePriority", made["_id"]) == 1
    refused(admin, "error-invalid-priority", "livechat:removePriority", made["_id"])
    answer = admin.get("livechat/priorities/" + made["_id"])
    assert answer.status_code == 404
    assert answer.json() == {"success": False, "error": "Priority with id %s not found" % made["_id"]}


# --- units and monitors ---

@pytest.fixture
def monitor(usherd, admin):
    client = make_user(usherd, admin)
    assert call(admin, "livechat:addMonitor", client.username) == {"_id": client.user_id, "username": client.username}
    return client


def test_monitors(admin, usherd, monitor):
    assert ok(admin.get("livechat/monitors", {"text": monitor.username}))["monitors"][0]["_id"] == monitor.user_id
    got = ok(admin.get("livechat/monitors/" + monitor.username))
    assert got["_id"] == monitor.user_id and got["username"] == monitor.username
    plain(admin.get("livechat/monitors/nobody"), "invalid-user")
    refused(admin, "error-invalid-user", "livechat:addMonitor", "nobody")
    refused(admin, "error-invalid-user", "livechat:removeMonitor", "nobody")
    unit = ok(admin.post("livechat/units", unit_form(monitors=[monitor])))
    assert unit["numMonitors"] == 1
    assert call(admin, "livechat:removeMonitor", monitor.username) is True
    plain(admin.get("livechat/monitors/" + monitor.username), "invalid-user")
    assert ok(admin.get("livechat/units/" + unit["_id"]))["numMonitors"] == 0
    ok(admin.delete("livechat/units/" + unit["_id"]))


def test_unit_rest(admin, monitor):
    one, two = make_department(admin), make_department(admin)
    form = unit_form(monitors=[monitor], departments=[one])
    unit = ok(admin.post("livechat/units", form))
    assert {k: unit[k] for k in ("name", "visibility", "type", "numMonitors", "numDepartments")} == {
        "name": form["unitData"]["name"], "visibility": "public", "type": "u", "numMonitors": 1, "numDepartments": 1}
    path = "livechat/units/" + unit["_id"]
    assert ok(admin.get(path))["name"] == form["unitData"]["name"]
    assert [u["_id"] for u in ok(admin.get("livechat/units", {"text": unit["name"]}))["units"]] == [unit["_id"]]
    link = ok(admin.get(path + "/monitors"))["monitors"]
    assert link == [{"_id": link[0]["_id"], "unitId": unit["_id"], "monitorId": monitor.user_id,
                     "username": monitor.username}]
    inside = ok(admin.get("livechat/department/" + one["_id"]))["department"]
    assert inside["parentId"] == unit["_id"] and inside["ancestors"] == [unit["_id"]]
    assert [d["_id"] for d in ok(admin.get(path + "/departments"))["departments"]] == [one["_id"]]
    free = [d["_id"] for d in ok(admin.get(path + "/departments/available", {"count": 0}))["departments"]]
    assert one["_id"] in free and two["_id"] in free
    other = call(admin, "livechat:saveUnit", None, *unit_form(departments=[one, two], visibility="private").values())
    assert other["numDepartments"] == 2 and other["visibility"] == "private"
    assert ok(admin.get(path))["numDepartments"] == 0
    assert ok(admin.get("livechat/department/" + one["_id"]))["department"]["parentId"] == other["_id"]
    assert one["_id"] not in [d["_id"] for d in ok(admin.get(path + "/departments/available"))["departments"]]
    changed = ok(admin.post(path, unit_form(name="renamed", monitors=[monitor], departments=[two])))
    assert changed["name"] == "renamed" and changed["numDepartments"] == 1
    assert ok(admin.get(path + "/monitors"))["monitors"] == link
    ok(admin.delete(path))
    assert "parentId" not in ok(admin.get("livechat/department/" + two["_id"]))["department"]
    assert admin.get(path).status_code == 404
    assert coded(admin.delete(path), "unit-not-found")["error"] == "Unit not found [unit-not-found]"
    coded(admin.post(path, unit_form()), "error-unit-not-found")
    assert call(admin, "livechat:removeUnit", other["_id"]) == 1
    refused(admin, "unit-not-found", "livechat:removeUnit", other["_id"])
    refused(admin, "error-unit-not-found", "livechat:saveUnit", other["_id"], *unit_form().values())


def test_unit_patterns(admin):
    assert admin.post("livechat/units", {}).json()["error"].startswith("Match error: Missing key 'unitData'")
    form = unit_form()
    form["unitData"]["colour"] = "red"
    assert "Unknown key" in admin.post("livechat/units", form).json()["error"]
    form = unit_form()
    form["unitMonitors"] = [{"username": "x"}]
    assert "Missing key 'monitorId'" in admin.post("livechat/units", form).json()["error"]
    form = unit_form()
    form["unitMonitors"] = [{"monitorId": "none", "username": "none"}]
    coded(admin.post("livechat/units", form), "error-invalid-user")
    form = unit_form()
    form["unitDepartments"] = [{"departmentId": "none"}]
    coded(admin.post("livechat/units", form), "error-department-not-found")
    coded(admin.post("livechat/units", unit_form(visibility="secret")), "error-input-is-not-a-valid-field")
    mismatch(admin, "Missing key 'unitMonitors'", "livechat:saveUnit", None, {"name": "x", "visibility": "public"})


def test_unit_shows_its_departments(admin, usherd, monitor):
    agent = make_agent(usherd, admin)
    mine, other = make_department(admin, [agent]), make_department(admin, [agent])
    unit = ok(admin.post("livechat/units", unit_form(monitors=[monitor], departments=[mine])))
    shown = [d["_id"] for d in ok(monitor.get("livechat/department", {"onlyMyDepartments": "true", "count": 0}))["departments"]]
    assert shown == [mine["_id"]]
    everything = ok(monitor.get("livechat/department", {"count": 0}))["departments"]
    assert {mine["_id"], other["_id"]} <= {d["_id"] for d in everything}
    assert ok(monitor.get("livechat/department/" + other["_id"], {"onlyMyDepartments": "true"}))["department"] is None
    assert call(monitor, "livechat:getUnitsFromUser") == [unit["_id"]]
    assert "result" not in admin.method("livechat:getUnitsFromUser")
    config = ok(usherd.rest().get("livechat/config", {"businessUnit": unit["_id"]}))["config"]
    assert [d["_id"] for d in config["departments"]] == [mine["_id"]]
    coded(usherd.rest().get("livechat/config", {"businessUnit": "none"}), "error-unit-not-found")
    ok(admin.delete("livechat/units/" + unit["_id"]))
    assert other["_id"] in [d["_id"] for d in ok(monitor.get("livechat/department", {"onlyMyDepartments": "true",
                                                                                     "count": 0}))["departments"]]


# --- business hours ---

def test_default_hour(admin):
    got = ok(admin.get("livechat/business-hour"))["businessHour"]
    assert got["type"] == "default" and got["active"] is True and got["name"] == "" and "departments" not in got
    assert [(r["day"], r["open"]) for r in got["workHours"]] == [(d, d not in ("Sunday", "Saturday")) for d in WEEK]
    assert all((r["start"]["time"], r["finish"]["time"]) == ("08:00", "20:00") for r in got["workHours"])
    assert ok(admin.get("livechat/business-hour", {"type": "default"}))["businessHour"] == got
    assert ok(admin.get("livechat/business-hour", {"type": "custom", "_id": got["_id"]}))["businessHour"] is None
    call(admin, "livechat:saveBusinessHour", hour(type="default", name="ignored"))
    assert ok(admin.get("livechat/business-hour"))["businessHour"] == got
    call(admin, "livechat:saveBusinessHour",
         {"_id": got["_id"], "type": "default", "active": True, "name": "", "timezoneName": "Asia/Kolkata",
          "workHours": [dict(r, start="00:30", finish="22:00") for r in got["workHours"]]})
    new = ok(admin.get("livechat/business-hour"))["businessHour"]
    assert new["timezone"] == {"name": "Asia/Kolkata", "utc": "+05:30"}
    monday = new["workHours"][1]
    assert monday["start"]["time"] == "00:30" and monday["start"]["utc"] == {"dayOfWeek": "Sunday", "time": "19:00"}
    assert monday["finish"]["utc"] == {"dayOfWeek": "Monday", "time": "16:30"}
    assert new["workHours"][0]["start"]["utc"] == {"dayOfWeek": "Saturday", "time": "19:00"}
    refused(admin, "error-not-allowed", "livechat:removeBusinessHour", got["_id"], "default")


def test_custom_hours(admin):
    one, two = make_department(admin), make_department(admin)
    form = hour(departmentsToApplyBusinessHour="%s,%s" % (one["_id"], two["_id"]))
    assert call(admin, "livechat:saveBusinessHour", form) is None
    listed = ok(admin.get("livechat/business-hours", {"name": form["name"].lower()}))
    assert listed["total"] == 1
    made = listed["businessHours"][0]
    got = ok(admin.get("livechat/business-hour", {"type": "custom", "_id": made["_id"]}))["businessHour"]
    assert got["departments"] == [{"_id": d["_id"], "name": d["name"]} for d in (one, two)] and got["active"] is True
    assert ok(admin.get("livechat/department/" + one["_id"]))["department"]["businessHourId"] == made["_id"]
    refused(admin, "error-business-hour-name-already-in-use", "livechat:saveBusinessHour", hour(name=form["name"]))
    second = hour(departmentsToApplyBusinessHour=one["_id"])
    call(admin, "livechat:saveBusinessHour", second)
    other = by_name(admin, "livechat/business-hours", "businessHours", second["name"])
    assert ok(admin.get("livechat/department/" + one["_id"]))["department"]["businessHourId"] == other["_id"]
    left = ok(admin.get("livechat/business-hour", {"type": "custom", "_id": made["_id"]}))["businessHour"]
    assert [d["_id"] for d in left["departments"]] == [two["_id"]]
    ok(admin.delete("livechat/department/" + two["_id"]))
    left = ok(admin.get("livechat/business-hour", {"type": "custom", "_id": made["_id"]}))["businessHour"]
    assert left["departments"] == []
    assert call(admin, "livechat:removeBusinessHour", other["_id"], "custom") is None
    assert "businessHourId" not in ok(admin.get("livechat/department/" + one["_id"]))["department"]
    refused(admin, "error-business-hour-not-found", "livechat:removeBusinessHour", other["_id"], "custom")
    call(admin, "livechat:removeBusinessHour", made["_id"], "custom")


def test_hour_refusals(admin):
    save = "livechat:saveBusinessHour"
    refused(admin, "error-the-field-is-required", save, hour(name=" "))
    bad = refused(admin, "error-invalid-timezone", save, hour(timezoneName="Mars/Olympus"))
    assert "Mars/Olympus" in bad["reason"]
    for start, finish in (("8:00", "17:00"), ("09:00", "24:00"), ("09:60", "10:00"), ("xx:yy", "10:00")):
        refused(admin, "error-invalid-business-hour-time", save, hour(workHours=hours(start, finish)))
    same = "error-business-hour-finish-time-equals-start-time"
    assert "Sunday" in refused(admin, same, save, hour(workHours=hours("09:00", "09:00")))["reason"]
    refused(admin, "error-input-is-not-a-valid-field", save, hour(workHours=hours(days=["Doomsday"])))
    refused(admin, "error-invalid-business-hour-day", save, hour(workHours=hours(days=["Monday", "Monday"])))
    refused(admin, "error-department-not-found", save, hour(departmentsToApplyBusinessHour="none"))
    refused(admin, "error-business-hour-not-found", save, hour(_id="none"))
    refused(admin, "error-input-is-not-a-valid-field", save, hour(type="weekly"))
    mismatch(admin, "Missing key 'workHours'", save, {"type": "custom", "name": "x", "active": True})


def test_hour_over_midnight_and_missing_days(admin):
    form = hour(timezoneName="UTC", workHours=hours("22:00", "06:00", days=["Saturday"]))
    call(admin, "livechat:saveBusinessHour", form)
    made = by_name(admin, "livechat/business-hours", "businessHours", form["name"])
    rows = {r["day"]: r for r in made["workHours"]}
    assert len(rows) == 7 and [d for d in WEEK if rows[d]["open"]] == ["Saturday"]
    assert rows["Saturday"]["finish"]["utc"] == {"dayOfWeek": "Sunday", "time": "06:00"}
    call(admin, "livechat:removeBusinessHour", made["_id"], "custom")


# --- departments: what records add to them ---

def test_forward_restrictions(admin):
    one, two = make_department(admin), make_department(admin)
    limited = make_department(admin, departmentsAllowedToForward="%s,%s" % (one["_id"], two["_id"]))
    method = "livechat:getDepartmentForwardRestrictions"
    assert call(admin, method, limited["_id"]) == {"_id": {"$in": [one["_id"], two["_id"]]}}
    assert call(admin, method, one["_id"]) == {}
    ok(admin.delete("livechat/department/" + one["_id"]))
    assert call(admin, method, limited["_id"]) == {"_id": {"$in": [two["_id"]]}}


# --- rights (behaviour 1.2) ---

WRITES = [
    ("livechat:saveCustomField", [None, field()], {"admin", "livechat-manager", "livechat-monitor"}),
    ("livechat:removeCustomField", ["none"], {"admin", "livechat-manager", "livechat-monitor"}),
    ("livechat:saveTrigger", [trigger()], {"admin", "livechat-manager", "livechat-monitor"}),
    ("livechat:removeTrigger", ["none"], {"admin", "livechat-manager", "livechat-monitor"}),
    ("livechat:saveTag", [None, {"name": "x"}, ["none"]], {"admin", "livechat-manager"}),
    ("livechat:removeTag", ["none"], {"admin", "livechat-manager"}),
    ("livechat:savePriority", [None, {"name": "x", "dueTimeInMinutes": "0"}], {"admin", "livechat-manager"}),
    ("livechat:removePriority", ["none"], {"admin", "livechat-manager"}),
    ("livechat:saveUnit", ["none"] + list(unit_form().values()), {"admin", "livechat-manager"}),
    ("livechat:removeUnit", ["none"], {"admin", "livechat-manager"}),
    ("livechat:addMonitor", ["nobody"], {"admin", "livechat-manager"}),
    ("livechat:removeMonitor", ["nobody"], {"admin", "livechat-manager"}),
    ("livechat:saveBusinessHour", [hour(_id="none")], {"admin", "livechat-manager", "livechat-monitor"}),
    ("livechat:removeBusinessHour", ["none", "custom"], {"admin", "livechat-manager", "livechat-monitor"}),
]
ROLES = ["admin", "livechat-manager", "livechat-monitor", "livechat-agent", "user"]


@pytest.fixture(scope="module")
def people(usherd, admin):
    return {role: make_user(usherd, admin, ("user", role)) for role in ROLES}


@pytest.mark.parametrize("role", ROLES)
def test_rights_of_methods(people, role):
    for method, params, roles in WRITES:
        code = people[role].method(method, *params).get("error", {}).get("error")
        assert (code != "error-not-allowed") == (role in roles), (method, role, code)


def test_without_login(usherd):
    for method, params, _ in WRITES:
        error = usherd.rest().method(method, *params, anon=True)["error"]
        assert error["error"] == "error-not-allowed", method


# --- all kinds alike, for files ---

def test_files(admin, people):
    priority = call(admin, "livechat:savePriority", None, {"name": unique("P"), "dueTimeInMinutes": "815"})
    rows = ok(admin.get("/usher/v1/records/priority"))["records"]
    mine = [r for r in rows if r["_id"] == priority["_id"]][0]
    assert mine == {"_id": priority["_id"], "name": priority["name"], "dueTimeInMinutes": 815}
    path = "/usher/v1/records/priority/" + priority["_id"]
    call(admin, "livechat:removePriority", priority["_id"])
    put = ok(admin.put(path, mine))
    assert put["record"] == mine and put["created"] is True
    put = ok(admin.put(path, dict(mine, description="d")))
    assert put["record"]["description"] == "d" and put["created"] is False
    assert "description" not in ok(admin.put(path, mine))["record"]
    bad = coded(admin.put(path, dict(mine, colour="red")), "error-input-is-not-a-valid-field")
    assert "colour" in bad["error"]
    assert people["livechat-agent"].put(path, mine).status_code == 403
    ok(people["livechat-agent"].get("/usher/v1/records/priority"))
    assert people["user"].get("/usher/v1/records/priority").status_code == 403
    assert admin.get("/usher/v1/records/planet").status_code == 404
    ok(admin.delete(path))
    coded(admin.delete(path), "error-invalid-priority")
    hours_before = ok(admin.get("/usher/v1/records/business-hour"))["records"]
    default = [h for h in hours_before if h["type"] == "default"][0]
    assert ok(admin.post("/usher/v1/records/business-hour", default))["created"] is False
    assert ok(admin.get("/usher/v1/records/business-hour"))["records"] == hours_before
    name = unique("file")
    body = {"label": "L", "scope": "room"}
    got = ok(admin.put("/usher/v1/records/custom-field/" + name, body))["record"]
    assert got == {"_id": name, "label": "L", "scope": "room", "visibility": "visible", "regexp": "", "searchable": False}


# --- over a restart ---

def test_restart(start, tmp_path):
    database = str(tmp_path / "core.db")
    first = start("--embedded", "--db", database)
    client = first.admin()
    department = make_department(client)
    form = hour(departmentsToApplyBusinessHour=department["_id"])
    call(client, "livechat:saveBusinessHour", form)
    call(client, "livechat:saveTrigger", trigger())
    call(client, "livechat:saveCustomField", None, field())
    tag = call(client, "livechat:saveTag", None, {"name": "gone"}, [])
    call(client, "livechat:saveTag", None, {"name": "kept"}, [department["_id"]])
    call(client, "livechat:removeTag", tag["_id"])
    ok(client.post("livechat/units", unit_form(departments=[department])))
    kinds = ["custom-field", "trigger", "tag", "priority", "unit", "business-hour"]

    def everything(c):
        return {kind: ok(c.get("/usher/v1/records/" + kind))["records"] for kind in kinds}
    before = everything(client)
    assert [t["name"] for t in before["tag"]] == ["kept"] and len(before["business-hour"]) == 2
    shown = ok(client.get("livechat/department/" + department["_id"]))["department"]
    first.close()
    again = start("--embedded", "--db", database).admin()
    assert everything(again) == before
    assert ok(again.get("livechat/department/" + department["_id"]))["department"] == shown
    assert shown["businessHourId"] and shown["parentId"]
