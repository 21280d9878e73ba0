"""Business Hour: who is opened and closed by the calendar, as visitors and agents see it."""
from people import ok
from register import effect
from world import outcome

HOUR = 3600000
DAY = 24 * HOUR
WEEK = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]


def go_to_noon(world):
    """Of the next day, in UTC: so no test is near midnight."""
    now = world.usherd.local("GET", "/usher/v1/clock")[1]["now_ms"]
    world.advance((now // DAY + 1) * DAY + 12 * HOUR - now)


def save_hour(world, start, finish, **more):
    form = dict(dict(type="custom", active=True, timezoneName="UTC",
                     workHours=[{"day": d, "start": start, "finish": finish, "open": True} for d in WEEK]), **more)
    answer = world.admin.method("livechat:saveBusinessHour", form)
    assert "error" not in answer, answer


def save_default(world, start, finish):
    (default,) = [r for r in ok(world.admin.get("livechat/business-hours"))["businessHours"] if r["type"] == "default"]
    save_hour(world, start, finish, type="default", _id=default["_id"])


@effect("Livechat_enable_business_hours",
        (True, [False, "error-business-hours-are-closed", True, False]), (False, [True, 200, True, True]))
def test_Livechat_enable_business_hours(world):
    """At noon, while the hour is from one to two: is anybody there for a visitor, may the agent say so; is he at one
    o'clock, and at two?"""
    go_to_noon(world)
    save_default(world, "13:00", "14:00")
    agent = world.agent()
    yield
    seen = [world.config()["online"], outcome(agent.post("livechat/agent.status", {"status": "available"}))]
    for _ in range(2):
        world.advance(HOUR)
        seen.append(world.config()["online"])
    return seen


@effect("Livechat_business_hour_type", ("Single", [False, False, True]), ("Multiple", [True, False, False]))
def test_Livechat_business_hour_type(world):
    """The default hour is closed until one o'clock, that of sales is open until then: is somebody there for sales and for
    the department without an hour at noon, and for sales at one?"""
    go_to_noon(world)
    save_default(world, "13:00", "14:00")
    sales, other = world.department(world.agent()), world.department(world.agent())
    save_hour(world, "11:00", "13:00", name="Sales", departmentsToApplyBusinessHour=sales["_id"])
    world.set(Livechat_enable_business_hours=True)
    yield
    seen = [world.config(department=d["_id"])["online"] for d in (sales, other)]
    world.advance(HOUR)
    return [*seen, world.config(department=sales["_id"])["online"]]
