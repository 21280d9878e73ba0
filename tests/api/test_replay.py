"""usherd replay: the log of a store played back leads to what the tables hold, whatever happened; and a line that was
changed is found."""
import random
import re
import shutil
import signal
import sqlite3
import subprocess

import pytest

import daemon as support
from people import Chat, make_agent, make_department, ok, unique
from usherd import Usherd


def replay(db, code=0):
    done = subprocess.run([support.program("usherd"), "replay", "--db", str(db)], capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == code, (done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr


def numbers(out):
    events, marks, log, tables = re.fullmatch(
        r"(\d+) events, (\d+) marks; digest of the log (\w+), of the tables (\w+)\n", out).groups()
    return int(events), int(marks), log, tables


class Work:
    """Random calls of agents, visitors and administrators; refusals are part of it."""

    def __init__(self, usherd, seed):
        self.random, self.usherd, self.admin = random.Random(seed), usherd, usherd.admin()
        self.agents, self.departments, self.chats = [], [], []

    def people(self):
        self.agents = [make_agent(self.usherd, self.admin) for _ in range(4)]
        self.departments = [make_department(self.admin, self.agents[i:i + 2]) for i in range(3)]

    def again(self):
        """After a restart: logins stay good, the address is another."""
        self.admin = self.usherd.admin()
        for agent in self.agents:
            agent.url = self.usherd.url

    def pick(self, what):
        return self.random.choice(what)

    def settings(self):
        self.admin.set(**self.pick([
            {"Livechat_Routing_Method": self.pick(["Auto_Selection", "Load_Balancing", "Load_Rotation", "Manual_Selection"])},
            {"Livechat_waiting_queue": self.pick([True, False])},
            {"Livechat_maximum_chats_per_agent": self.pick([0, 1, 3])},
            {"Livechat_last_chatted_agent_routing": self.pick([True, False])},
            {"Livechat_assign_new_conversation_to_bot": self.pick([True, False])},
            {"Livechat_agent_leave_action": self.pick(["none", "forward", "close"])},
            {"Livechat_max_queue_wait_time": self.pick([-1, 1])},
            {"Usher_offer_chats": self.pick([True, False])},
            {"Usher_wrap_up_time": self.pick([0, 30])}]))

    def priority(self):
        name = unique("Priority")
        made = self.admin.method("livechat:savePriority", None, {
            "name": name, "description": "", "dueTimeInMinutes": str(self.random.randrange(1, 10**6))})
        chat = self.pick(self.chats)
        self.admin.post("livechat/room.saveInfo", {"guestData": {"_id": chat.visitor["_id"]}, "roomData": {
            "_id": chat.rid, "priorityId": made["result"]["_id"]}})
        if self.random.random() < 0.5:
            self.admin.method("livechat:removePriority", made["result"]["_id"])

    def change_people(self):
        """An agent comes and another one goes; now and then a department too."""
        self.agents.append(make_agent(self.usherd, self.admin, *self.pick([(), ("bot",)])))
        gone = self.agents.pop(0)
        self.admin.post("users.delete", {"userId": gone.user_id, "confirmRelinquish": True})
        if self.random.random() < 0.3:
            self.departments.append(make_department(self.admin, self.agents[:2],
                                                    fallbackForwardDepartment=self.departments[-1]["_id"]))
            self.admin.delete("livechat/department/" + self.departments.pop(0)["_id"])

    def one(self):
        chat, agent = self.pick(self.chats), self.pick(self.agents)
        self.pick([
            self.arrive, self.arrive,
            lambda: chat.rest.post("livechat/room.close", {"rid": chat.rid, "token": chat.token}),
            lambda: chat.rest.post("livechat/message", {"token": chat.token, "rid": chat.rid, "msg": "again"}),
            lambda: self.admin.post("livechat/room.forward", {"roomId": chat.rid, "userId": agent.user_id}),
            lambda: self.admin.post("livechat/room.forward", {"roomId": chat.rid,
                                                              "departmentId": self.pick(self.departments)["_id"]}),
            lambda: agent.post("livechat/agent.status", {"status": self.pick(["available", "not-available"])}),
            lambda: agent.post("users.setStatus", {"status": self.pick(["online", "away", "busy"])}),
            lambda: agent.post("chat.sendMessage", {"message": {"rid": chat.rid, "msg": "hello"}}),
            lambda: self.admin.method("livechat:returnAsInquiry", chat.rid),
            lambda: self.usherd.advance(self.random.randrange(20000)),
            lambda: agent.post("livechat/room.onHold", {"roomId": chat.rid}),
            self.settings, self.priority, self.change_people,
        ])()

    def arrive(self):
        self.chats.append(Chat(self.usherd, department=self.pick(self.departments)["_id"]))

    def run(self, n):
        self.arrive()
        for _ in range(n):
            self.one()


@pytest.fixture
def world():
    usherd = Usherd(env={"USHER_RATE_LIMITS": "off"})
    usherd.admin().set(Livechat_accept_chats_with_no_agents=True,
                       Livechat_Allow_collect_and_store_HTTP_header_informations=True)
    work = Work(usherd, 7)
    work.people()
    yield work
    usherd.close()


def restart(world):
    world.usherd.start()
    world.chats = []
    world.again()


def test_a_random_day(world):
    """With an orderly end, a kill, and a person who is erased."""
    world.run(120)
    world.usherd.stop()
    events, marks, log, tables = numbers(replay(world.usherd.db))
    assert events > 300 and marks == 1 and log == tables
    restart(world)
    world.run(80)
    chat = world.chats[-1]
    ok(world.admin.delete(f"/usher/v1/visitors/{chat.visitor['_id']}"))
    world.usherd.stop(signal.SIGKILL)
    _, _, log, tables = numbers(replay(world.usherd.db))
    assert log == tables
    restart(world)
    world.run(20)
    world.usherd.stop()
    events, marks, log, tables = numbers(replay(world.usherd.db))
    assert marks == 2 and log == tables


@pytest.mark.parametrize("change,words", [
    ("UPDATE event SET state=replace(state,'\"room\"','\"rooms\"') WHERE seq=(SELECT max(seq) FROM event"
     " WHERE state LIKE '[\"room\"%')", "another state"),
    ("UPDATE event SET actor='somebody' WHERE seq=(SELECT max(seq) FROM event WHERE type='routed')", "not as it was written"),
    ("DELETE FROM event WHERE seq=(SELECT min(seq) FROM event WHERE type='inquiry-taken')", "not as it was written"),
    ("UPDATE user SET max_chats=99 WHERE rowid=(SELECT max(rowid) FROM user)", "the tables say"),
    ("DELETE FROM department_agent WHERE id=(SELECT min(id) FROM department_agent)", "the tables"),
])
def test_what_was_changed_is_found(world, tmp_path, change, words):
    world.run(20)
    world.usherd.stop()
    replay(world.usherd.db)
    db = tmp_path / "copy.db"
    shutil.copy(world.usherd.db, db)
    with sqlite3.connect(db) as c:
        assert c.execute(change).rowcount == 1
    c.close()
    assert words in replay(db, code=1)


def test_a_store_in_use_is_left_alone(world):
    assert "in use" in replay(world.usherd.db, code=1)


def test_business_hours_are_among_it(world):
    """They open, close and are opened by hand without any record being saved."""
    world.admin.set(Livechat_enable_business_hours=True)
    hour = ok(world.admin.get("/usher/v1/business-hours"))["businessHours"][0]["_id"]
    for _ in range(3):
        world.usherd.advance(24 * 3600 * 1000)
    ok(world.admin.put(f"/usher/v1/business-hours/{hour}/override", {"open": True}))
    world.usherd.stop()
    _, _, log, tables = numbers(replay(world.usherd.db))
    assert log == tables
