#!/usr/bin/env python3
"""The core against the naive model: random commands to both, every answer must be the same.

    agree.py [--driver PATH] [--steps N] [--seed S] [--length N] [--jobs N]

A run is many sequences of `length` commands, each from a seed of its own; --seed plays one sequence only. What is due
between two commands is ticked at its moment; an explicit "tick" leaves it to be late. A sequence on which the two
disagree is shrunk to the shortest one found that still shows it, and printed.
"""

import argparse
import multiprocessing
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import model  # noqa: E402

BATCH = 200         # commands in the pipe at a time; must fit its buffer
ANSWER = ("result", "chats closed", "open chats", "agents", "links", "next deadline")


class Disagreement(Exception):
    def __init__(self, line, expected, got):
        super().__init__(line)
        self.line, self.expected, self.got = line, expected, got

    def differences(self):
        return [d for d in zip(ANSWER, self.expected.split("|"), self.got.split("|")) if d[1] != d[2]]

    def kind(self):
        """What shrinking must keep."""
        return self.line.split()[1], [d[0] for d in self.differences()]


class Driver:
    def __init__(self, path):
        self.pipe = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1 << 16)
        self.lines, self.expected = [], []

    def reset(self):
        self.lines, self.expected = ["0 reset"], ["ok"]

    def ask(self, line, expected):
        self.lines.append(line)
        self.expected.append(expected)
        if len(self.lines) >= BATCH:
            self.compare()

    def compare(self):
        self.pipe.stdin.write("\n".join(self.lines) + "\n\n")
        self.pipe.stdin.flush()
        wrong = None
        for line, expected in zip(self.lines, self.expected):
            got = self.pipe.stdout.readline()
            if not got:
                raise Disagreement(line, expected, "(the core is gone)")
            if got[:-1] != expected and wrong is None:
                wrong = Disagreement(line, expected, got[:-1])
        self.lines, self.expected = [], []
        if wrong:
            raise wrong


class Play:
    """One sequence in both worlds."""

    def __init__(self, driver):
        self.driver, self.model = driver, model.Model()
        self.steps = 0
        driver.reset()

    def ask(self, now, words):
        self.steps += 1
        expected = self.model.step(now, words[0], words[1:])
        self.driver.ask(f"{now} {' '.join(words)}", expected)

    def command(self, now, words):
        if words[0] != "tick":
            while 0 <= self.model.next_deadline() <= now:
                self.ask(max(self.model.next_deadline(), self.model.now), ["tick"])
        self.ask(now, words)


# --- random commands -----------------------------------------------------------------------------------------------------

USERS = [f"u{i}" for i in range(6)] + ["b0", "b1"]
DEPARTMENTS = [f"d{i}" for i in range(4)]
PRIORITIES = ["p0", "p1", "p2"]
VISITORS = 20
FORWARD = 0.5

SETTINGS = [
    ("Livechat_Routing_Method", ["Auto_Selection", "Auto_Selection", "Manual_Selection", "Load_Balancing", "Load_Rotation"]),
    ("Livechat_waiting_queue", ["true", "false"]),
    ("Livechat_maximum_chats_per_agent", ["0", "1", "2", "3"]),
    ("Livechat_enabled_when_agent_idle", ["true", "false"]),
    ("Livechat_accept_chats_with_no_agents", ["true", "false"]),
    ("Livechat_assign_new_conversation_to_bot", ["true", "false", "false"]),
    ("Livechat_last_chatted_agent_routing", ["true", "false"]),
    ("Omnichannel_contact_manager_routing", ["true", "false"]),
    ("Omnichannel_queue_delay_timeout", ["0", "1", "2", "5", "7"]),
    ("Livechat_max_queue_wait_time", ["-1", "0", "1", "3"]),
    ("Livechat_agent_leave_action", ["none", "forward", "close"]),
    ("Livechat_agent_leave_action_timeout", ["0", "5", "60"]),
    ("Livechat_agent_leave_comment", ["gone", "left"]),
    ("Livechat_visitor_inactivity_timeout", ["0", "20", "60", "180"]),
    ("Livechat_abandoned_rooms_action", ["none", "close", "on-hold"]),
    ("Livechat_auto_close_on_hold_chats_timeout", ["0", "15", "60"]),
    ("Livechat_allow_manual_on_hold", ["true", "true", "false"]),
    ("Livechat_auto_transfer_chat_timeout", ["0", "10", "40"]),
]

# The messages of one moment get moments of their own, one ms after the other; what follows in the same few ms is then
# before them. That only these settings can tell is not worth a rule.
NOT_AT_ONCE = ("Livechat_visitor_inactivity_timeout", "Livechat_abandoned_rooms_action")


class Generator:
    def __init__(self, seed):
        self.rnd = random.Random(seed)
        self.now = 1000
        self.method = self.rnd.choice(SETTINGS[0][1])

    def one(self, items):
        return self.rnd.choice(items)

    def maybe(self, items, chance=0.5):
        return self.rnd.choice(items) if self.rnd.random() < chance else "-"

    def setup(self):
        """The first commands: people and departments."""
        yield ["set", "Livechat_request_comment_when_closing_conversation", "false"]
        for name in USERS:
            yield ["user", name, "ab" if name[0] == "b" else "a", str(self.one([0, 0, 1, 2, 3])), "1"]
            if self.rnd.random() < 0.8:
                yield ["connection", name, "online"]
        for name in DEPARTMENTS:
            yield ["department", name, "1", "1", "0", "-", "-", "0", "-", "0"]
        for name in DEPARTMENTS:
            yield self.department(name)
            for user in USERS:
                if self.rnd.random() < 0.5:
                    yield ["link", name, user, self.maybe(["0", "3"], 0.2), self.maybe(["0", "1", "2"], 0.3)]
        for i in range(VISITORS):
            yield self.visitor(i)
        for name in PRIORITIES:
            yield ["priority", name, str(self.rnd.randrange(1, 9))]
        for _ in range(8):
            yield self.setting()

    def department(self, name):
        tag_needed = self.rnd.random() < 0.1
        allowed = ",".join(d for d in DEPARTMENTS if self.rnd.random() < 0.7) if self.rnd.random() < 0.2 else "-"
        return ["department", name, self.one("1110"), self.one("110"), self.one("000123"), self.maybe(DEPARTMENTS, 0.3),
                allowed or "-", "0", "done" if tag_needed else "-", "1" if tag_needed else "0"]

    def visitor(self, number=None):
        number = self.rnd.randrange(VISITORS) if number is None else number
        return ["visitor", str(number), self.maybe(DEPARTMENTS, 0.6), self.maybe(USERS, 0.15)]

    def setting(self):
        name, values = self.one(SETTINGS)
        return ["set", name, self.one(values)]

    def room(self, world):
        if world.rooms and self.rnd.random() < 0.98:
            return str(self.one(world.rooms).visitor.number)
        return str(self.rnd.randrange(VISITORS))

    def agent_change(self, _world):
        name = self.one(USERS)
        kind = self.rnd.randrange(10)
        if kind < 4:
            return ["connection", name, self.one(["online", "online", "away", "busy", "offline"])]
        if kind < 7:
            return ["service", name, self.one("110")]
        return [self.one(["login", "login", "logout"]), name]

    def chat(self, world):
        number, who = self.room(world), self.one(USERS)
        verb = self.one(["take", "take", "return", "forward", "forward", "close", "close", "close", "join",
                         "hold", "hold", "resume", "prioritize"])
        if verb in ("prioritize", "join"):
            if not world.rooms:
                return self.start(world)
            number = str(self.one(world.rooms).visitor.number)
        if verb in ("hold", "resume") and self.rnd.random() < 0.7:
            chats = [r for r in world.rooms if r.served_by and r.on_hold == (verb == "resume")]
            if chats:
                chat = self.one(chats)
                number, who = str(chat.visitor.number), chat.served_by.name
        if verb == "prioritize":
            return [verb, number, who, self.maybe(PRIORITIES, 0.7)]
        if verb == "close":
            chat = next((r for r in world.rooms if r.visitor.number == int(number)), None)
            if chat and chat.served_by and self.rnd.random() < 0.8:
                who = chat.served_by.name
            who = self.one([who, who, "v"])
            return [verb, number, who, who, "-", self.one("01"), self.maybe(["done"])]
        if verb == "forward" and self.rnd.random() < FORWARD:
            return [verb, number, who, self.maybe(USERS, 0.2), self.one(DEPARTMENTS), self.one("01")]
        return [verb, number, who, who, "-", self.one("01")]

    def links(self, _world):
        name, user = self.one(DEPARTMENTS), self.one(USERS)
        if self.rnd.random() < 0.4:
            return ["unlink", name, user]
        return ["link", name, user, self.maybe(["0", "5"], 0.2), self.maybe(["0", "1", "2"], 0.5)]

    def rare(self, _world):
        kind = self.rnd.randrange(6)
        if kind == 0:
            return self.department(self.one(DEPARTMENTS))
        if kind == 1:
            return ["priority", self.one(PRIORITIES), str(self.rnd.randrange(1, 9))]
        if kind == 2:
            return ["priority-remove", self.one(PRIORITIES)]
        if kind == 3:
            user = self.one(USERS)
            return ["user", user, "ab" if user[0] == "b" else "a", str(self.one([0, 0, 1, 2, 3])), "1"]
        if kind == 4:
            return ["agent-next", self.maybe(DEPARTMENTS)]
        return ["tick"]

    def start(self, _world):
        return ["start", str(self.rnd.randrange(VISITORS)), self.maybe(USERS, 0.1), self.maybe(PRIORITIES, 0.2)]

    def next(self, world):
        kinds = [(self.start, 30), (self.chat, 30), (self.agent_change, 16), (self.links, 3), (self.rare, 4),
                 (lambda w: self.visitor(), 4), (lambda w: self.setting(), 5),
                 (lambda w: ["say", self.room(w), self.one(["v", self.one(USERS)])], 10)]
        words = self.rnd.choices([k for k, _ in kinds], [n for _, n in kinds])[0](world)
        self.now += self.wait(world)
        if words[0] == "set" and words[1] in NOT_AT_ONCE:
            self.now += 20
        return self.now, words

    def wait(self, world):
        kind = self.rnd.random()
        if kind < 0.15:
            return 0
        if kind < 0.25 and world.next_deadline() > self.now:
            return world.next_deadline() - self.now - self.rnd.randrange(2)
        if kind < 0.98:
            return self.rnd.randrange(1, 3000)
        return self.rnd.randrange(1, 90000)


def play_seed(driver, seed, length):
    """Plays one; gives the number of steps, or raises a Disagreement with the commands so far."""
    generator, play, commands = Generator(seed), Play(driver), []

    def command(now, words):
        commands.append((now, words))
        play.command(now, words)
    try:
        for words in generator.setup():
            command(generator.now, words)
        for _ in range(length):
            command(*generator.next(play.model))
        driver.compare()
    except Disagreement as wrong:
        wrong.commands = commands
        raise
    return play.steps


# --- shrinking ---------------------------------------------------------------------------------------------------------------

def replay(driver, commands):
    """The disagreement on these commands, or None."""
    play = Play(driver)
    try:
        for now, words in commands:
            play.command(now, words)
        driver.compare()
    except Disagreement as wrong:
        return wrong
    except LookupError:
        return None             # what is left makes no sense to the model: somebody named is missing
    return None


def shrink(path, commands):
    """The shortest sequence found by leaving out ever smaller pieces."""
    driver = Driver(path)
    last = replay(driver, commands)
    if last is None:
        return commands, None
    kind, size = last.kind(), len(commands) // 2
    while size >= 1:
        at, smaller = 0, False
        while at < len(commands):
            shorter = commands[:at] + commands[at + size:]
            wrong = replay(driver, shorter)
            if wrong is not None and wrong.got == "(the core is gone)":
                driver = Driver(path)
            if wrong and wrong.kind() == kind:
                commands, last, smaller = shorter, wrong, True
            else:
                at += size
        size = size if smaller and size == 1 else size // 2
    return commands, last


def report(path, seed, length, wrong):
    print(f"seed {seed}: the core and the model disagree")
    commands, last = shrink(path, wrong.commands)
    last = last or wrong
    for now, words in commands:
        print(f"    {now} {' '.join(words)}")
    print(f"at: {last.line}")
    for what, expected, got in last.differences():
        print(f"{what}\n  model: {expected}\n  core:  {got}")
    print(f"again: agree.py --seed {seed} --length {length}", flush=True)


def work(path, seeds, length, steps, found):
    driver, done = Driver(path), 0
    for seed in seeds:
        if found.value or done >= steps:
            break
        try:
            done += play_seed(driver, seed, length)
        except Disagreement as wrong:
            with found.get_lock():
                if found.value:
                    break
                found.value = 1
            report(path, seed, length, wrong)
            break
    return done


def worker(path, first, stride, length, steps, found, total):
    done = work(path, range(first, 1 << 40, stride), length, steps, found)
    with total.get_lock():
        total.value += done


def main():
    here = os.environ.get("USHER_BUILD", ".")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", default=os.path.join(here, "tests/sim/driver"))
    parser.add_argument("--steps", type=int, default=100000)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--length", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    found, total = multiprocessing.Value("i", 0), multiprocessing.Value("q", 0)
    if args.seed is not None:
        total.value = work(args.driver, [args.seed], args.length, args.steps, found)
    else:
        jobs = [multiprocessing.Process(target=worker, args=(args.driver, args.first + i, args.jobs, args.length,
                                                             args.steps // args.jobs, found, total))
                for i in range(args.jobs)]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join()
        if any(job.exitcode for job in jobs):
            sys.exit("a worker died")
    if found.value:
        sys.exit(1)
    print(f"{total.value} steps: the core and the model agreed on every answer")


if __name__ == "__main__":
    main()
