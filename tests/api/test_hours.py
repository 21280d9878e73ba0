"""Business hours at work (behaviour 10): agents opened and closed, what is told, restarts, our additions to the record,
opening and closing by hand; and a year of changes against Python's own time zones."""
import datetime
import zoneinfo

import pytest

from people import Chat, coded, give, make_agent, make_department, make_user, ok, plain
from usherd import Usherd

WEEK = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
UTC = datetime.timezone.utc


def ms(text):
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class World:
    """A daemon whose clock stands in 2031; the 5th of March is a Wednesday."""

    def __init__(self):
        self.usherd = Usherd((), {"USHER_RATE_LIMITS": "off"})
        self.go("2031-03-05T12:00")         # before the login, which would have ended by then
        self.admin = self.usherd.admin()
        self.default = ok(self.admin.get("livechat/business-hour"))["businessHour"]["_id"]
        self.save(self.default)

    def go(self, text):
        status, body = self.usherd.local("POST", "/usher/v1/clock", {"now_ms": ms(text)})
        assert status == 200, body

    def restart(self, text):
        assert self.usherd.stop() == 0
        self.usherd.start()
        self.go(text)
        self.admin = self.usherd.admin()

    def save(self, hour_id=None, start="08:00", finish="20:00", rows=None, **more):
        """The default hour, every day, unless it is another one."""
        form = dict(dict(type="default", name="", active=True, timezoneName="UTC",
                         workHours=rows or [{"day": d, "start": start, "finish": finish, "open": True} for d in WEEK]),
                    **more)
        if hour_id:
            form["_id"] = hour_id
        answer = self.admin.method("livechat:saveBusinessHour", form)
        assert "error" not in answer, answer
        return form

    def custom(self, name, start, finish, departments=(), **more):
        self.save(None, start, finish, type="custom", name=name,
                  departmentsToApplyBusinessHour=",".join(d["_id"] for d in departments), **more)
        rows = ok(self.admin.get("livechat/business-hours", {"name": name}))["businessHours"]
        return next(r["_id"] for r in rows if r["name"] == name)

    def service(self, agent):
        return ok(self.admin.get("livechat/users/agent/" + agent.user_id))["user"]["statusLivechat"]

    def view(self, hour_id=None, at=None):
        rows = ok(self.admin.get("/usher/v1/business-hours", {"at": at} if at else {}))["businessHours"]
        return next(r for r in rows if r["_id"] == (hour_id or self.default))


@pytest.fixture
def world():
    w = World()
    yield w
    w.usherd.close()


def status(agent, value):
    return agent.post("livechat/agent.status", {"status": value})


def test_single(world):
    anna = make_agent(world.usherd, world.admin)
    own = world.usherd.ddp()
    own.login(anna.token)
    assert own.sub("notify-user", anna.user_id + "/userData")["msg"] == "ready"
    world.admin.set(Livechat_enable_business_hours=True)
    assert world.service(anna) == "available"
    world.go("2031-03-05T19:59:59")
    assert world.service(anna) == "available"
    world.go("2031-03-05T20:00")
    assert world.service(anna) == "not-available"
    (told,) = own.event("notify-user", anna.user_id + "/userData")
    assert told["type"] == "updated" and told["diff"] == {"statusLivechat": "not-available"}
    plain(status(anna, "available"), "error-business-hours-are-closed")
    refused = anna.method("livechat:changeLivechatStatus", {"status": "available"})
    assert refused["error"]["error"] == "error-business-hours-are-closed"
    ok(world.admin.post("livechat/agent.status", {"status": "available", "agentId": anna.user_id}))
    assert world.service(anna) == "available"
    ok(status(anna, "not-available"))
    assert world.usherd.rest().get("livechat/config").json()["config"]["online"] is False
    world.go("2031-03-06T08:00")
    assert world.service(anna) == "available"
    assert world.usherd.rest().get("livechat/config").json()["config"]["online"] is True
    # Closing does not end chats; who has closed himself stays so until the next opening.
    ok(status(anna, "not-available"))
    world.go("2031-03-06T19:00")
    assert world.service(anna) == "not-available"
    world.admin.set(Livechat_enable_business_hours=False)
    world.go("2031-03-07T12:00")
    assert world.service(anna) == "not-available"
    ok(status(anna, "available"))


def test_login_and_logout(world):
    anna = make_agent(world.usherd, world.admin)
    world.admin.set(Livechat_enable_business_hours=True)
    ok(status(anna, "not-available"))
    again = world.usherd.rest().login(anna.username, "pw of " + anna.username)
    assert world.service(anna) == "available"
    assert again.post("logout").status_code == 200
    assert world.service(anna) == "not-available"
    world.go("2031-03-05T23:00")
    world.usherd.rest().login(anna.username, "pw of " + anna.username)
    assert world.service(anna) == "not-available"


def test_multiple(world):
    anna, ben, cem = (make_agent(world.usherd, world.admin) for _ in range(3))
    sales = make_department(world.admin, [anna])
    make_department(world.admin, [ben])
    night = world.custom("Night", "18:00", "02:00", [sales])
    world.admin.set(Livechat_business_hour_type="Multiple", Livechat_enable_business_hours=True)

    def seen():
        return [world.service(a) == "available" for a in (anna, ben, cem)]
    assert seen() == [False, True, True]
    world.go("2031-03-05T18:00")
    assert seen() == [True, True, True]
    world.go("2031-03-05T20:00")
    assert seen() == [True, False, False]
    world.go("2031-03-06T02:00")
    assert seen() == [False, False, False]
    assert world.admin.method("livechat:removeBusinessHour", night, "custom").get("error") is None
    world.go("2031-03-06T08:00")
    assert seen() == [True, True, True]


def test_restarts_forget_and_repeat_nothing(world):
    anna, ben = make_agent(world.usherd, world.admin), make_agent(world.usherd, world.admin)
    world.admin.set(Livechat_enable_business_hours=True)
    ok(status(anna, "not-available"))
    anna_and_ben = lambda: [world.service(a) for a in (anna, ben)]  # noqa: E731
    world.restart("2031-03-05T19:00")
    assert anna_and_ben() == ["not-available", "available"]
    world.restart("2031-03-05T20:30")
    assert anna_and_ben() == ["not-available", "not-available"]
    world.restart("2031-03-08T12:00")       # three nights and mornings
    assert anna_and_ben() == ["available", "available"]
    ok(world.admin.put("/usher/v1/business-hours/%s/override" % world.default, {"open": False, "untilTakenBack": True}))
    world.restart("2031-03-12T12:00")
    assert anna_and_ben() == ["not-available", "not-available"]


def test_by_hand(world):
    path = "/usher/v1/business-hours/%s/override" % world.default
    anna = make_agent(world.usherd, world.admin)
    coded(world.admin.put(path, {"open": False}), "error-business-hours-disabled")
    world.admin.set(Livechat_enable_business_hours=True)
    one = world.custom("Late", "10:00", "11:00")
    coded(world.admin.put("/usher/v1/business-hours/%s/override" % one, {"open": True}), "error-business-hour-not-in-use")
    coded(world.admin.put("/usher/v1/business-hours/none/override", {"open": True}), "error-business-hour-not-found")
    assert world.admin.put(path, {}).status_code == 400
    assert anna.put(path, {"open": True}).status_code == 403
    got = ok(world.admin.put(path, {"open": False}))["businessHour"]
    assert got["open"] is False and got["byHand"] is True and got["byHandUntil"] == "2031-03-05T20:00:00.000Z"
    assert got["changeAt"] == "2031-03-06T08:00:00.000Z" and world.service(anna) == "not-available"
    got = ok(world.admin.delete(path))["businessHour"]
    assert got["open"] is True and got["byHand"] is False and world.service(anna) == "available"
    world.go("2031-03-05T21:00")
    got = ok(world.admin.put(path, {"open": True, "untilTakenBack": True}))["businessHour"]
    assert got["open"] is True and got["changeAt"] is None and "byHandUntil" not in got
    # Neither a save nor a file touches it, and a file does not carry it.
    world.save(world.default, finish="21:00")
    (record,) = [r for r in ok(world.admin.get("/usher/v1/records/business-hour"))["records"] if r["type"] == "default"]
    assert not {"override", "state"} & set(record)
    ok(world.admin.put("/usher/v1/records/business-hour/" + world.default, record))
    assert world.view()["byHand"] is True and world.service(anna) == "available"


def test_preview_says_what_a_save_would_do(world):
    agents = [make_agent(world.usherd, world.admin) for _ in range(2)]
    form = dict(type="default", _id=world.default, timezoneName="Asia/Kathmandu",
                workHours=[{"day": "Wednesday", "start": "09:00", "finish": "17:00", "open": True}])
    url = "/usher/v1/business-hours/preview"
    assert ok(world.admin.post(url, form))["businessHour"]["inUse"] is False
    world.admin.set(Livechat_enable_business_hours=True)
    got = ok(world.admin.post(url, form))["businessHour"]          # 12:00 UTC is 17:45 there
    assert got["open"] is False and got["inUse"] is True and got["localAt"] == "2031-03-05T17:45"
    assert got["changeAt"] == "2031-03-12T03:15:00.000Z" and got["localChangeAt"] == "2031-03-12T09:00"
    assert got["consequence"] == "2 agents will no longer be available"
    assert world.view()["open"] is True and world.service(agents[0]) == "available"
    assert world.admin.post(url, {}).status_code == 400
    assert agents[0].post(url, form).status_code == 403
    assert world.admin.get("/usher/v1/business-hours", {"at": "soon"}).status_code == 400


def test_intervals_and_holidays(world):
    """Our own keys; a client that does not know them keeps them by saving what it knows."""
    rows = [{"day": d, "start": "08:00", "finish": "12:00", "open": True, "more": [{"start": "13:00", "finish": "17:00"}]}
            for d in WEEK]
    holiday = {"date": "2031-03-07", "name": "Holiday", "hours": []}
    half = {"date": "2031-03-08", "name": "", "hours": [{"start": "10:00", "finish": "11:00"}]}
    world.save(world.default, rows=rows, exceptions=[holiday, half])
    got = ok(world.admin.get("livechat/business-hour"))["businessHour"]
    assert got["exceptions"] == [holiday, half] and len(got["workHours"]) == 7
    assert got["workHours"][0]["more"] == [{"start": "13:00", "finish": "17:00"}]
    assert [c.hour for c in changes(world, "2031-03-05T00:00", "2031-03-06T00:00")] == [8, 12, 13, 17]
    assert [c.hour for c in changes(world, "2031-03-07T00:00", "2031-03-09T00:00")] == [10, 11]
    world.save(world.default, finish="12:30")
    got = ok(world.admin.get("livechat/business-hour"))["businessHour"]
    assert got["workHours"][0]["more"] and got["exceptions"] == [holiday, half]
    world.save(world.default, rows=[dict(r, more=[]) for r in rows], exceptions=[])
    got = ok(world.admin.get("livechat/business-hour"))["businessHour"]
    assert "more" not in got["workHours"][0] and got["exceptions"] == []
    bad = world.admin.method("livechat:saveBusinessHour", dict(
        _id=world.default, type="default", workHours=rows, exceptions=[{"date": "2031-02-29"}]))
    assert bad["error"]["error"] == "error-invalid-business-hour-date" and "2031-02-29" in bad["error"]["reason"]


def test_consequences_of_the_settings(world):
    agents = [make_agent(world.usherd, world.admin) for _ in range(3)]
    ok(status(agents[0], "not-available"))

    def said(**settings):
        answer = ok(world.admin.post("/usher/v1/settings", {"dryRun": True, "changes": [
            {"_id": k, "value": v} for k, v in settings.items()]}))
        return {c["_id"]: c["text"] for c in answer["consequences"]}
    enable = "Livechat_enable_business_hours"
    assert said(**{enable: True}) == {enable: "1 agent becomes available"}
    world.go("2031-03-05T22:00")
    assert said(**{enable: True}) == {enable: "2 agents will no longer be available"}
    department = make_department(world.admin, [agents[0]])
    world.custom("Night", "21:00", "23:00", [department])
    assert said(**{enable: True, "Livechat_business_hour_type": "Multiple"}) == {
        enable: "1 agent becomes available, 2 agents will no longer be"}
    world.admin.set(**{enable: True})
    assert said(Livechat_business_hour_type="Multiple") == {"Livechat_business_hour_type": "1 agent becomes available"}


def test_rights(world):
    anna = make_agent(world.usherd, world.admin)
    manager = make_user(world.usherd, world.admin, ("user", "livechat-manager"))
    assert anna.get("/usher/v1/business-hours").status_code == 403
    assert ok(manager.get("/usher/v1/business-hours"))["businessHours"][0]["_id"] == world.default
    refused = anna.method("livechat:saveBusinessHour", {"_id": world.default, "type": "default", "workHours": [
        {"day": "Monday", "start": "08:00", "finish": "09:00", "open": True}]})
    assert refused["error"]["error"] == "error-not-allowed"


# --- a year, against Python's zoneinfo ---

def changes(world, start, end, hour_id=None):
    """The moments between at which it opens and closes, in turn, as the server previews them."""
    at, found = datetime.datetime.fromisoformat(start).replace(tzinfo=UTC), []
    end = datetime.datetime.fromisoformat(end).replace(tzinfo=UTC)
    while True:
        view = world.view(hour_id, at.strftime("%Y-%m-%dT%H:%M:%SZ"))
        at = moment(view["changeAt"]) if view["changeAt"] else end
        if at >= end:
            return found
        found.append(at)


def slow_changes(zone, start, end, rows):
    """The same, quarter of an hour by quarter of an hour, by Python's clocks: rows are (weekday, from, to) in minutes."""
    zone, step = zoneinfo.ZoneInfo(zone), datetime.timedelta(minutes=15)
    at = datetime.datetime.fromisoformat(start).replace(tzinfo=UTC)
    end = datetime.datetime.fromisoformat(end).replace(tzinfo=UTC)

    def is_open(t):
        local = t.astimezone(zone)
        minute, day = local.hour * 60 + local.minute, (local.weekday() + 1) % 7
        return any((d == day and minute >= a and (b <= a or minute < b)) or
                   (b <= a and (d + 1) % 7 == day and minute < b) for d, a, b in rows)
    found, was = [], is_open(at)
    while at + step < end:
        at += step
        if is_open(at) != was:
            was = not was
            found.append(at)
    return found


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu",
                                  "America/Santiago"])
def test_a_year_is_as_python_reckons_it(world, zone):
    rows = [(0, 90, 165), (1, 480, 1020), (3, 1320, 120), (6, 120, 1200)]
    names = [{"day": WEEK[d], "start": "%02d:%02d" % divmod(a, 60), "finish": "%02d:%02d" % divmod(b, 60), "open": True}
             for d, a, b in rows]
    world.save(world.default, rows=names, timezoneName=zone)
    start, end = "2031-01-01T00:00", "2032-01-01T00:00"
    expected = slow_changes(zone, start, end, rows)
    assert len(expected) > 400
    assert changes(world, start, end) == expected


def test_any_moment_may_be_asked_about(world):
    """Also one before 1970, at every day of a week, and the ends of what dates can say."""
    moments = ["1901-07-%02dT12:00:00Z" % day for day in range(1, 8)] + ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
    for at in moments:
        hour = ok(world.admin.get("/usher/v1/business-hours", {"at": at}))["businessHours"][0]
        assert hour["open"] is (at[11:13] == "12") and hour["state"]
    tuesday = world.admin.get("/usher/v1/business-hours", {"at": "1901-07-02T21:00:00Z"})
    assert ok(tuesday)["businessHours"][0]["state"] == "closed, opens Wed 08:00"


def test_a_silence_counts_open_hours_only(world):
    """Asked at 19:00 and answered at once, closed at 9:30 of the next day: two hours and a half of silence (behaviour 21.2)."""
    agent = make_agent(world.usherd, world.admin)
    world.admin.set(Livechat_enable_business_hours=True)
    world.go("2031-03-05T19:00")
    chat = give(world.admin, Chat(world.usherd), agent)
    ok(agent.post("chat.postMessage", {"roomId": chat.rid, "text": "yes"}))
    world.go("2031-03-06T09:30")
    ok(world.admin.post("livechat/room.closeByUser", {"rid": chat.rid, "comment": "done"}))
    day = {"start": "2031-03-05T18:00:00Z", "end": "2031-03-07T00:00:00Z"}

    def abandoned(timeout):
        world.admin.set(Livechat_visitor_inactivity_timeout=timeout)
        rows = ok(world.admin.get("livechat/analytics/dashboards/chats-totalizers", day))["totalizers"]
        return [r["value"] for r in rows][:2]
    assert abandoned(8900) == [1, "100%"]
    assert abandoned(9100) == [0, "0%"]
