"""Numbers: the dashboards and reports of a random history against a slow recount from what REST shows of each chat and its
messages, when agents were there, shapes and refusals (rest 10, 11.1, 15.5; behaviour 21)."""
import math
import random
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from own_daemon import start_with_agent, usherd  # noqa: F401
from people import Chat, give, invalid, iso, make_agent, make_department, make_user, ok, plain, unique

BOARDS = ["conversation-totalizers", "productivity-totalizers", "chats-totalizers", "agents-productivity-totalizers",
          "charts/chats", "charts/chats-per-agent", "charts/chats-per-department", "charts/timings"]
OF_DEPARTMENTS = ["amount-of-chats", "average-service-time", "average-chat-duration-time", "total-service-time",
                  "average-waiting-time", "total-transferred-chats", "total-abandoned-chats",
                  "percentage-abandoned-chats"]
OF_AGENTS = ["average-service-time", "total-service-time", "available-for-service-history"]
TIMEOUT = 90
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture(scope="module")
def admin(usherd):
    client = usherd.admin()
    client.set(Livechat_accept_chats_with_no_agents=True, Livechat_Routing_Method="Auto_Selection",
               Livechat_allow_manual_on_hold=True, Livechat_visitor_inactivity_timeout=TIMEOUT,
               Default_Timezone_For_Reporting="custom", Default_Custom_Timezone="Asia/Tokyo")
    return client


def ms_of(text):
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def now_of(usherd):
    return usherd.local("GET", "/usher/v1/clock")[1]["now_ms"]


def board(client, name, start, end, **more):
    answer = ok(client.get("livechat/analytics/dashboards/" + name, dict(start=iso(start), end=iso(end), **more)))
    return {k: v for k, v in answer.items() if k != "success"}


def totals(client, name, start, end, **more):
    return {t["title"]: t["value"] for t in board(client, name, start, end, **more)["totalizers"]}


def report(client, name, start, end, **more):
    answer = ok(client.get("livechat/analytics/" + name, dict(start=iso(start), end=iso(end), **more)))
    rows = answer[name.split("/")[0]]
    assert answer["count"] == answer["total"] == len(rows) and answer["offset"] == 0
    return rows


# --- a history ---

class World:
    """Two departments, three agents, chats that come and go while the clock moves."""

    def __init__(self, usherd, admin, seed):
        self.usherd, self.admin, self.rnd = usherd, admin, random.Random(seed)
        self.start = now_of(usherd)
        self.agents = [make_agent(usherd, admin) for _ in range(3)]
        self.departments = [make_department(admin, self.agents[:2]), make_department(admin, self.agents[1:])]
        self.open, self.all, self.moments = [], [], []
        self.served_first = {}     # rid: servedBy.ts as REST showed it when an agent spoke first
        for _ in range(70):
            self.usherd.advance(self.rnd.randrange(1, 200) * 1000 + self.rnd.randrange(1000))
            self.act()
        self.moments.append(usherd.advance(1000))

    def room(self, chat):
        return ok(self.admin.get("rooms.info", {"roomId": chat.rid}))["room"]

    def begin(self):
        where = self.rnd.choice([*self.departments, self.departments[0]])
        chat = Chat(self.usherd, text=self.rnd.choice(["hello", None]), department=where["_id"])
        chat.visitor_id = chat.room["v"]["_id"]
        self.open.append(chat)
        self.all.append(chat)
        if len(self.all) % 5 == 0:
            self.moments.append(ms_of(chat.room["ts"]))

    def act(self):
        if not self.open or self.rnd.random() < 0.25:
            return self.begin()
        chat = self.rnd.choice(self.open)
        return self.rnd.choice([self.visitor_speaks, self.agent_speaks, self.agent_speaks, self.transfer, self.end,
                                self.hold])(chat)

    def visitor_speaks(self, chat):
        chat.rest.say(chat.token, chat.rid, "and?")

    def agent_of(self, chat):
        served = self.room(chat).get("servedBy")
        return next((a for a in self.agents if served and a.user_id == served["_id"]), None)

    def agent_speaks(self, chat):
        agent = self.agent_of(chat)
        if agent and not self.room(chat).get("onHold"):
            self.served_first.setdefault(chat.rid, ms_of(self.room(chat)["servedBy"]["ts"]))
            ok(agent.post("chat.postMessage", {"roomId": chat.rid, "text": "yes"}))

    def transfer(self, chat):
        if not self.room(chat).get("onHold"):
            give(self.admin, chat, self.rnd.choice(self.agents))

    def hold(self, chat):
        agent = self.agent_of(chat)
        if agent:
            agent.post("livechat/room.onHold", {"roomId": chat.rid})    # refused when the visitor spoke last

    def end(self, chat):
        self.open.remove(chat)
        if self.rnd.random() < 0.3:
            ok(chat.rest.post("livechat/room.close", {"rid": chat.rid, "token": chat.token}))
        else:
            ok(self.admin.post("livechat/room.closeByUser", {"rid": chat.rid, "comment": "done"}))


class Seen:
    """What REST shows of a chat, and its numbers by the rules of 21.1 and 21.2."""

    def __init__(self, world, chat):
        room = world.room(chat)
        self.chat, self.department = chat, room.get("departmentId")
        self.ts, self.on_hold = ms_of(room["ts"]), room.get("onHold", False)
        self.closed = None if room.get("open") else ms_of(room["closedAt"])
        self.agent, self.agent_id = None, None
        if "servedBy" in room:
            self.agent, self.agent_id = room["servedBy"]["username"], room["servedBy"]["_id"]
            self.served = ms_of(room["servedBy"]["ts"])
        self.waiting = room.get("waitingResponse", False)
        rows = ok(world.admin.get(f"livechat/{chat.rid}/messages", {"count": 0}))["messages"]
        self.messages = sorted(((ms_of(m["ts"]), m) for m in rows), key=lambda one: one[0])
        self.said = [(t, "token" in m) for t, m in self.messages if "t" not in m]
        steps = ok(world.admin.get(f"/usher/v1/rooms/{chat.rid}/why"))["steps"]
        self.moves = [ms_of(s["ts"]) for s in steps if s["type"] == "livechat_transfer_history"]
        self.last_answer = max((t for t, visitor in self.said if not visitor), default=None)
        self.measure(world.served_first.get(chat.rid))
        self.silence = self.measure_silence(room)

    def measure(self, served):
        asked = replied = self.first = self.reaction = None
        self.responses = []
        for t, visitor in self.said:
            if visitor:
                asked = t if asked is None or (replied or 0) >= asked else asked
            elif replied is None:
                self.first = (t - (asked or self.ts)) // 1000
                self.reaction = (t - served) // 1000
                self.responses.append(self.first)
                replied = t
            elif (asked or 0) > replied:
                self.responses.append((t - asked) // 1000)
                replied = t

    def measure_silence(self, room):
        visitor = [t for t, v in self.said if v]
        if self.closed is None or room["closer"] == "visitor" or not visitor or self.said[-1][1]:
            return None
        return (self.closed - min(t for t, v in self.said if not v and t > visitor[-1])) // 1000

    def ended_by(self, end):
        return self.closed is not None and self.closed <= end

    @property
    def duration(self):
        return (self.closed - self.ts) // 1000

    @property
    def service(self):
        """Of the agent who has it, till his last answer to what was asked last."""
        if self.agent is None or self.last_answer is None or self.waiting or self.last_answer < self.served:
            return None
        return (self.last_answer - self.served) / 1000


@pytest.fixture(scope="module", params=[1, 2])
def history(request, usherd, admin):
    usherd.advance(3600_000)
    world = World(usherd, admin, request.param)
    world.seen = [Seen(world, chat) for chat in world.all]
    return world


def periods(world):
    middle = world.moments[len(world.moments) // 2]
    return [(world.start, world.moments[-1]), (world.start, middle), (middle, world.moments[-1])]


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else 0


def hms(seconds):
    s = math.floor(seconds + 0.5)
    return "%02d:%02d:%02d" % (s // 3600, s // 60 % 60, s % 60)


def by_department(seen, value):
    groups = {}
    for one in seen:
        if value(one) is not None:
            groups.setdefault(one.department, []).append(value(one))
    return groups


def mean_over_departments(seen, value, rounded=math.ceil):
    return mean(rounded(mean(g)) for g in by_department(seen, value).values())


def check_boards(client, seen, start, end, **more):
    held = [s for s in seen if s.on_hold]
    free = [s for s in seen if s.closed is None and not s.on_hold]
    closed = [s for s in seen if s.closed is not None]
    in_time = [s for s in seen if s.ended_by(end)]
    got = totals(client, "conversation-totalizers", start, end, **more)
    assert list(got) == ["Total_conversations", "Open_conversations", "On_Hold_conversations", "Total_messages",
                         "Total_visitors"]
    assert [got[k] for k in list(got)[:4]] == [len(seen), len(free), len(held), sum(max(1, len(s.said)) for s in seen)]
    answered = [s for s in seen if s.responses]
    assert totals(client, "productivity-totalizers", start, end, **more) == {
        "Avg_response_time": hms(mean(mean(s.responses) for s in answered)),
        "Avg_first_response_time": hms(mean(s.first for s in answered)),
        "Avg_reaction_time": hms(mean(s.reaction for s in answered)),
        "Avg_of_waiting_time": hms(mean_over_departments(seen, lambda s: None if s.waiting else s.first or 0))}
    gone = [s for s in in_time if s.silence is not None and s.silence >= TIMEOUT]
    percent = mean_over_departments(seen, lambda s: 100 * (s.silence is not None and s.silence >= TIMEOUT), math.floor)
    assert totals(client, "chats-totalizers", start, end, **more) == {
        "Total_abandoned_chats": len(gone), "Avg_of_abandoned_chats": "%g%%" % round(percent, 2),
        "Avg_of_chat_duration_time": hms(mean_over_departments(in_time, lambda s: s.duration))}
    got = totals(client, "agents-productivity-totalizers", start, end, **more)
    assert got["Busiest_time"] == busiest(seen)
    assert got["Avg_of_service_time"] == hms(mean_over_departments(seen, lambda s: s.service))
    assert board(client, "charts/chats", start, end, **more) == {
        "open": sum(s.agent is not None for s in free), "queued": sum(s.agent is None for s in free),
        "onhold": len(held), "closed": len(closed)}
    assert board(client, "charts/timings", start, end, **more) == {
        "response": {"avg": int(mean(mean(s.responses) for s in answered)),
                     "longest": max((s.first for s in answered), default=0)},
        "reaction": {"avg": int(mean(s.reaction for s in answered)),
                     "longest": max((s.reaction for s in answered), default=0)},
        "chatDuration": {"avg": int(mean(s.duration for s in in_time)),
                         "longest": max((s.duration for s in in_time), default=0)}}
    agents = {}
    for s in seen:
        key = "onhold" if s.on_hold else "open" if s.closed is None else "closed" if s.ended_by(end) else None
        if s.agent and key:
            agents.setdefault(s.agent, {"open": 0, "closed": 0, "onhold": 0})[key] += 1
    assert board(client, "charts/chats-per-agent", start, end, **more) == agents


def busiest(seen):
    days, hours = {}, {}
    for s in sorted(seen, key=lambda one: one.ts):
        local = datetime.fromtimestamp(s.ts / 1000, TOKYO)
        days[local.weekday()] = days.get(local.weekday(), 0) + max(1, len(s.said))
    if not days:
        return "-"
    day = max(days, key=days.get)
    for s in seen:
        local = datetime.fromtimestamp(s.ts / 1000, TOKYO)
        if local.weekday() == day:
            hours[local.hour] = hours.get(local.hour, 0) + max(1, len(s.said))
    hour = max(sorted(hours), key=hours.get)
    return "%s- %s" % tuple("%d%s" % ((h % 24) % 12 or 12, "AM" if h % 24 < 12 else "PM") for h in (hour, hour + 1))


def test_dashboards_equal_a_recount(history, admin):
    names = {d["_id"]: d["name"] for d in history.departments}
    for start, end in periods(history):
        seen = [s for s in history.seen if start <= s.ts <= end]
        assert seen
        check_boards(admin, seen, start, end)
        expected = {}
        for s in seen:
            counts = expected.setdefault(names[s.department], {"open": 0, "closed": 0})
            counts["open" if s.closed is None else "closed"] += 1
        assert board(admin, "charts/chats-per-department", start, end) == expected
        for department in history.departments:
            check_boards(admin, [s for s in seen if s.department == department["_id"]], start, end,
                         departmentId=department["_id"])
        check_boards(admin, seen, start, end, departmentId="undefined")


def test_visitors_are_counted_by_their_last_change(history, admin):
    start, end = history.start, history.moments[-1]
    changed = [ms_of(ok(admin.get("livechat/visitors.info", {"visitorId": c.visitor_id}))["visitor"]["_updatedAt"])
               for c in history.all]
    assert totals(admin, "conversation-totalizers", start, end)["Total_visitors"] == sum(
        start <= t <= end for t in changed)


def rows_of(groups, key, value, **more):
    return {i: {"_id": i, key: value(g), **{k: f(g) for k, f in more.items()}} for i, g in groups.items()}


def by_id(rows):
    return {r["_id"]: r for r in rows}


def test_reports_of_departments_equal_a_recount(history, admin):
    for start, end in periods(history):
        seen = [s for s in history.seen if start <= s.ts <= end]
        for department in [None, *history.departments]:
            more = {"departmentId": department["_id"]} if department else {}
            mine = [s for s in seen if not department or s.department == department["_id"]]

            def of(name, **params):
                return by_id(report(admin, "departments/" + name, start, end, **more, **params))

            def group(value, of=mine):
                return by_department(of, value)
            in_time = [s for s in mine if s.ended_by(end)]
            assert of("amount-of-chats", answered="true") == rows_of(
                group(lambda s: None if s.waiting else 1), "rooms", len)
            assert of("amount-of-chats") == rows_of(group(lambda s: 1 if s.waiting else None), "rooms", len)
            assert of("average-service-time") == rows_of(
                group(lambda s: s.service), "averageServiceTimeInSeconds", lambda g: math.ceil(mean(g)))
            assert of("average-chat-duration-time") == rows_of(
                group(lambda s: s.duration, in_time), "averageChatDurationTimeInSeconds", lambda g: math.ceil(mean(g)))
            assert of("total-service-time") == rows_of(
                group(lambda s: (s.closed - s.served) // 1000 if s.agent else 0, in_time), "serviceTimeDuration", sum,
                chats=len)
            assert of("average-waiting-time") == rows_of(
                group(lambda s: None if s.waiting else s.first or 0), "averageWaitingTimeInSeconds",
                lambda g: math.ceil(mean(g)))
            assert of("total-abandoned-chats") == rows_of(
                group(lambda s: s.silence if s.silence is not None and s.silence >= TIMEOUT else None, in_time),
                "abandonedRooms", len)
            assert of("percentage-abandoned-chats") == rows_of(
                group(lambda s: 100 * (s.silence is not None and s.silence >= TIMEOUT)), "percentageOfAbandonedChats",
                lambda g: math.floor(mean(g)))
            moves = {}
            for s in history.seen:
                n = sum(start <= t <= end for t in s.moves)
                if n and (not department or s.department == department["_id"]):
                    moves[s.department] = moves.get(s.department, 0) + n
            assert of("total-transferred-chats") == {
                d: {"_id": d, "numberOfTransferredRooms": n} for d, n in moves.items()}


def test_reports_of_agents_equal_a_recount(history, admin):
    for start, end in periods(history):
        average, total = {}, {}
        for s in history.seen:
            if s.agent is None or not start <= s.ts <= end:
                continue
            if s.service is not None:
                average.setdefault((s.agent_id, s.agent), []).append(s.service)
            if s.ended_by(end):
                total.setdefault((s.agent_id, s.agent), []).append((s.closed - s.served) // 1000)
        assert by_id(report(admin, "agents/average-service-time", start, end)) == {
            i: {"_id": i, "username": name, "averageServiceTimeInSeconds": math.ceil(mean(g))}
            for (i, name), g in average.items()}
        assert by_id(report(admin, "agents/total-service-time", start, end)) == {
            i: {"_id": i, "username": name, "chats": len(g), "serviceTimeDuration": sum(g)}
            for (i, name), g in total.items()}


# --- the analytics page ---

def asked(admin, method, name, first, last, options="chartOptions", **more):
    answer = admin.method("livechat:get" + method, {"daterange": {"from": first, "to": last}, options: {"name": name}, **more})
    assert "error" not in answer, answer
    return answer.get("result")


def days_of(history):
    """First and last day of it in the zone of reports, and the chats of these days."""
    days = [datetime.fromtimestamp(t / 1000, TOKYO).date() for t in (history.start, history.moments[-1])]
    return str(days[0]), str(days[1])


def test_methods_equal_a_recount(history, admin):
    first, last = days_of(history)
    for department in history.departments:
        seen = [s for s in history.seen if s.department == department["_id"]]
        answered = [s for s in seen if s.responses]
        more = {"departmentId": department["_id"]}
        days = (datetime.fromisoformat(last) - datetime.fromisoformat(first)).days + 1
        got = asked(admin, "AnalyticsOverviewData", "Conversations", first, last, "analyticsOptions", **more)
        got = {t["title"]: t["value"] for t in got}
        assert list(got) == ["Total_conversations", "Open_conversations", "On_Hold_conversations", "Total_messages",
                             "Busiest_day", "Conversations_per_day", "Busiest_time"]
        assert got["Total_conversations"] == len(seen) and got["Busiest_time"] == busiest(seen)
        assert got["Conversations_per_day"] == "%.2f" % (len(seen) / days)
        got = asked(admin, "AnalyticsOverviewData", "Productivity", first, last, "analyticsOptions", **more)
        assert got == [{"title": "Avg_response_time", "value": hms(mean(mean(s.responses) for s in answered))},
                       {"title": "Avg_first_response_time", "value": hms(mean(s.first for s in answered))},
                       {"title": "Avg_reaction_time", "value": hms(mean(s.reaction for s in answered))}]
        figures = {"Total_conversations": len(seen), "Total_messages": sum(not v for s in seen for _, v in s.said)}
        for name, expected in figures.items():
            chart = asked(admin, "AnalyticsChartData", name, first, last, **more)
            assert chart["chartLabel"] == name and sum(chart["dataPoints"]) == expected
            assert len(chart["dataPoints"]) == len(chart["dataLabels"]) == (24 if days == 1 else days)
        table = asked(admin, "AgentOverviewData", "Total_messages", first, last, **more)
        counts = {}
        for s in seen:
            if s.agent:
                counts[s.agent] = counts.get(s.agent, 0) + sum(not v for _, v in s.said)
        assert table["head"] == [{"name": "Agent"}, {"name": "Total_messages"}]
        assert {r["name"]: r["value"] for r in table["data"]} == counts
        assert [r["value"] for r in table["data"]] == sorted(counts.values(), reverse=True)
        table = asked(admin, "AgentOverviewData", "Total_conversations", first, last, **more)
        assert table["head"][1] == {"name": "%_of_conversations"}
        assert abs(sum(float(r["value"].rstrip("%")) for r in table["data"]) - 100) < 0.1


def test_charts_have_hours_of_a_day_and_days_of_more(admin):
    chart = asked(admin, "AnalyticsChartData", "Avg_chat_duration", "2026-02-27", "2026-03-02")
    assert chart["dataLabels"] == ["2/27", "2/28", "3/1", "3/2"]
    chart = asked(admin, "AnalyticsChartData", "Best_first_response_time", "2026-03-01", "2026-03-01")
    assert chart["dataLabels"][:2] == ["12AM-1AM", "1AM-2AM"] and chart["dataLabels"][-1] == "11PM-12AM"
    assert chart["dataPoints"] == [0] * 24


@pytest.mark.parametrize("method, options", [("AnalyticsOverviewData", "analyticsOptions"),
                                             ("AnalyticsChartData", "chartOptions"),
                                             ("AgentOverviewData", "chartOptions")])
def test_methods_refuse(usherd, admin, method, options):
    stranger = make_agent(usherd, admin)
    answer = stranger.method("livechat:get" + method, {})
    assert answer["error"]["error"] == "error-not-allowed"
    assert asked(admin, method, "Nothing", "2026-03-01", "2026-03-01", options) is None
    assert asked(admin, method, "Total_conversations", "never", "2026-03-01", options) is None
    assert admin.method("livechat:get" + method).get("result") is None


# --- when agents were there ---

def history_of(admin, agent, start, end):
    rows = report(admin, "agents/available-for-service-history", start, end, fullReport="true")
    return next((r for r in rows if r["username"] == agent.username), None)


def about(seconds):
    """The clock is moved, and goes on by itself while requests take their time."""
    return pytest.approx(seconds, abs=30)


def near(began, sessions, expected):
    found = [((ms_of(s["startedAt"]) - began) / 1000, (ms_of(s["stoppedAt"]) - began) / 1000) for s in sessions]
    return len(found) == len(expected) and all(f == (about(a), about(b)) for f, (a, b) in zip(found, expected))


def serve(agent, yes):
    ok(agent.post("livechat/agent.status", {"status": "available" if yes else "not-available"}))


def test_agent_sessions(usherd, admin):
    start = now_of(usherd)
    agent = make_agent(usherd, admin)
    department = make_department(admin, [agent])["_id"]
    began = now_of(usherd)
    usherd.advance(600_000)
    row = history_of(admin, agent, start, start + 86400_000)
    assert row == {"username": agent.username, "availableTimeInSeconds": about(600), "serviceHistory": []}
    serve(agent, False)
    usherd.advance(100_000)
    serve(agent, True)
    ok(agent.post("users.setStatus", {"status": "away"}))
    usherd.advance(60_000)
    ok(agent.post("users.setStatus", {"status": "offline"}))
    end = usherd.advance(5_000)
    row = history_of(admin, agent, start, end)
    assert row["availableTimeInSeconds"] == about(660)
    assert near(began, row["serviceHistory"], [(0, 600), (700, 760)])
    short = [r for r in report(admin, "agents/available-for-service-history", start, end)
             if r["username"] == agent.username]
    assert short == [{"username": agent.username, "availableTimeInSeconds": row["availableTimeInSeconds"]}]
    assert totals(admin, "agents-productivity-totalizers", start, end,
                  departmentId=department)["Avg_of_available_service_time"] == hms(row["availableTimeInSeconds"])
    assert history_of(admin, agent, began + 750_000, end)["availableTimeInSeconds"] == about(10)
    assert history_of(admin, agent, end, end + 1000) is None


def test_sessions_are_cut_at_midnight(usherd, admin):
    agent = make_agent(usherd, admin)
    start = now_of(usherd)
    midnight = start - start % 86400_000 + 86400_000
    usherd.advance(midnight - start + 86400_000 + 30_000)
    serve(agent, False)
    row = history_of(admin, agent, start, now_of(usherd))
    assert [s["stoppedAt"] for s in row["serviceHistory"]] == [
        iso(midnight - 1000), iso(midnight + 86399_000), row["serviceHistory"][2]["stoppedAt"]]
    assert near(midnight, row["serviceHistory"][2:], [(86400, 86430)])
    assert [s["startedAt"] for s in row["serviceHistory"]][1:] == [iso(midnight), iso(midnight + 86400_000)]


def test_sessions_end_with_the_server():
    daemon = start_with_agent()
    agent = make_agent(daemon, daemon.admin())
    start = now_of(daemon)
    last = daemon.advance(120_000)
    assert daemon.stop() == 0
    daemon.start()
    row = history_of(daemon.admin(), agent, start, start + 86400_000)
    assert len(row["serviceHistory"]) == 1 and row["availableTimeInSeconds"] == about(120)
    assert last <= ms_of(row["serviceHistory"][0]["stoppedAt"]) <= last + 60_000
    daemon.close()


# --- rights and refusals ---

def test_agents_status(usherd, admin):
    agents = [make_agent(usherd, admin) for _ in range(5)]
    department = make_department(admin, agents)["_id"]
    for agent, status in zip(agents[1:], ["away", "busy", "offline"]):
        ok(agent.post("users.setStatus", {"status": status}))
    serve(agents[4], False)
    path = "livechat/analytics/dashboards/charts/agents-status"
    assert ok(admin.get(path, {"departmentId": department, "more": 1})) == {
        "success": True, "offline": 2, "away": 1, "busy": 1, "available": 1}
    assert ok(admin.get(path, {"departmentId": "none"})) == {
        "success": True, "offline": 0, "away": 0, "busy": 0, "available": 0}


@pytest.mark.parametrize("path", ["dashboards/" + n for n in BOARDS] + ["departments/" + n for n in OF_DEPARTMENTS] +
                         ["agents/" + n for n in OF_AGENTS])
def test_refusals(usherd, admin, path):
    path = "livechat/analytics/" + path
    day = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02"}
    assert usherd.rest().get(path, day).status_code == 401
    stranger = make_agent(usherd, admin)
    assert stranger.get(path, day).status_code == 403
    invalid(stranger.get(path, {"end": "2026-01-02"}), "must have required property 'start'")
    invalid(admin.get(path, {"start": "2026-01-02"}), "must have required property 'end'")
    for key in ("count", "offset", "sort", "fields"):
        invalid(admin.get(path, {**day, key: "1"}), "must NOT have additional properties")
    plain(admin.get(path, {**day, "start": "soon"}), 'The "start" query parameter must be a valid date.')
    plain(admin.get(path, {**day, "end": "later"}), 'The "end" query parameter must be a valid date.')
    ok(admin.get(path, day))
    if "/agents/" in path:
        invalid(admin.get(path, {**day, "departmentId": "x"}), "must NOT have additional properties")
    else:
        ok(admin.get(path, {**day, "departmentId": "x"}))


def test_full_report_is_true_or_absent(admin):
    day = {"start": "2026-01-01", "end": "2026-01-02", "fullReport": "no"}
    invalid(admin.get("livechat/analytics/agents/available-for-service-history", day),
            "must be equal to one of the allowed values")


def test_monitors_see_their_units(usherd, admin):
    """The last one: from the first unit on, chats of others are hidden from monitors."""
    agent = make_agent(usherd, admin)
    mine, other = (make_department(admin, [agent]) for _ in range(2))
    monitor = make_user(usherd, admin, ("user", "livechat-monitor"))
    ok(admin.post("permissions.update", {"permissions": [{"_id": "view-livechat-manager", "roles": [
        "admin", "livechat-manager", "livechat-monitor"]}]}))
    start = now_of(usherd)
    for department in (mine, other, other):
        Chat(usherd, department=department["_id"])
    end = usherd.advance(1000)

    def count(client, **more):
        return totals(client, "conversation-totalizers", start, end, **more)["Total_conversations"]
    assert count(monitor) == count(admin) == 3
    unit = {"unitData": {"name": unique("Unit"), "visibility": "public"},
            "unitMonitors": [{"monitorId": monitor.user_id, "username": monitor.username}],
            "unitDepartments": [{"departmentId": mine["_id"]}]}
    ok(admin.post("livechat/units", unit))
    assert count(admin) == 3 and count(monitor) == 1
    assert count(monitor, departmentId=other["_id"]) == 0
    assert list(board(monitor, "charts/chats-per-department", start, end)) == [mine["name"]]
    rows = report(monitor, "departments/amount-of-chats", start, end)
    assert [r["_id"] for r in rows] == [mine["_id"]]
