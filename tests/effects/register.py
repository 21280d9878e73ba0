"""The register of effects: which test shows what which setting does.

    @effect("Livechat_title", ("Alpha", "Alpha"), ("Beta", "Beta"))
    def test_Livechat_title(world):
        ...
        return what another party sees

Each pair is a value of the setting and what somebody else then sees: a visitor, an agent, a receiver of mail, an
assignment; reading the setting back is no effect. The test runs once per value, each time with a server of its own
(fixture world), and must see what belongs to the value. What stands before a `yield` is done before the value is set.

Each test runs in a second mode, "broken": the server is forced to the first value (POST /usher/v1/test/force) while the
settings say the last one. Then the test must see what belongs to the first: so it would have failed had the setting no
effect. Hidden counters: see counter().

A test is found by its name: test_ and the id, perhaps with more behind it. test_register.py holds the register against
the table of settings and against open.txt."""
import importlib
import importlib.util
import inspect
import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
OPEN = os.path.join(HERE, "open.txt")
# The issues that may leave a setting for later.
TAGS = {"settings", "routing", "desk", "systems", "ops"}

registered = {}    # id: names of tests


class Effect:
    def __init__(self, setting, cases):
        self.setting, self.cases = setting, cases


class Action:
    def __init__(self, setting, before, after):
        self.setting, self.before, self.after = setting, before, after


class Counter:
    def __init__(self, setting):
        self.setting = setting


def _mark(fn, what):
    """The function that pytest sees: with a mode, and never a generator."""
    if not (fn.__name__ == "test_" + what.setting or fn.__name__.startswith("test_" + what.setting + "_")):
        raise ValueError("%s does not begin with test_%s" % (fn.__name__, what.setting))
    registered.setdefault(what.setting, []).append(fn.__name__)
    signature = inspect.signature(fn)

    def test(mode, **arguments):
        world = next(a for a in arguments.values() if hasattr(a, "begin"))

        def once():
            return fn(**arguments)
        once.has_steps = inspect.isgeneratorfunction(fn)
        RUNS[type(what)](world, once, what, mode)
    test.__name__, test.__doc__, test.__module__ = fn.__name__, fn.__doc__, fn.__module__
    test.__signature__ = signature.replace(parameters=[
        *signature.parameters.values(), inspect.Parameter("mode", inspect.Parameter.KEYWORD_ONLY)])
    return pytest.mark.parametrize("mode", ["effect", "broken"])(test)


def effect(setting, *cases):
    """A test of the effect of a setting; cases: (value, what is seen)."""
    if len(cases) < 2 or cases[0][1] == cases[-1][1]:
        raise ValueError(setting + ": the views under the first and the last value must differ")
    return lambda fn: _mark(fn, Effect(setting, cases))


def action(setting, before, after):
    """A test of a button among the settings: gives what is seen, which must differ when it was pressed before. Mode
    "broken": it is not pressed."""
    if before == after:
        raise ValueError(setting + ": the views before and after must differ")
    return lambda fn: _mark(fn, Action(setting, before, after))


def counter(setting):
    """A test of a hidden counter: gives what it stands at after one more of what it counts, as somebody else sees it.
    Each time it must be one more; nobody can write it; forced to a value it stands still."""
    return lambda fn: _mark(fn, Counter(setting))


# --- running ---

def _run(world, fn, prepare):
    """One run on a fresh server; prepare() sets the value."""
    world.begin()
    try:
        if not fn.has_steps:
            prepare()
            return fn()
        steps = fn()
        next(steps)
        prepare()
        try:
            next(steps)
        except StopIteration as done:
            return done.value
        raise AssertionError("more than one yield")
    finally:
        world.end()


def _run_effect(world, fn, e, mode):
    if mode == "effect":
        for value, expected in e.cases:
            seen = _run(world, fn, lambda v=value: world.set(**{e.setting: v}))
            assert seen == expected, "%s = %r: seen %r, expected %r" % (e.setting, value, seen, expected)
        return
    (first, expected), (last, otherwise) = e.cases[0], e.cases[-1]

    def force():
        world.force(e.setting, first)
        world.set(**{e.setting: last})
        assert world.stored(e.setting) in (last, ""), "the settings do not show what is stored"
    seen = _run(world, fn, force)
    assert seen != otherwise, "the test does not notice that %s has no effect" % e.setting
    assert seen == expected, "%s, forced to %r: seen %r, expected %r" % (e.setting, first, seen, expected)


def _run_counter(world, fn, what, mode):
    setting = what.setting
    world.begin()
    try:
        if mode == "broken":
            world.force(setting, 40)
            assert [fn(), fn()] == [41, 41], "it does not count what it is said to count"
            return
        first = fn()
        refused = world.admin.post("settings/" + setting, {"value": first + 100})
        assert refused.status_code == 400 and refused.json() == {"success": False}
        refused = world.admin.method("saveSettings", [{"_id": setting, "value": first + 100}])
        assert refused["error"]["error"] == "error-setting-not-found"
        assert [fn(), fn()] == [first + 1, first + 2]
        world.restart()
        assert fn() == first + 3, "a restart forgets the count"
    finally:
        world.end()


def _run_action(world, fn, what, mode):
    def press():
        if mode == "effect":
            answer = world.admin.post("settings/" + what.setting, {"execute": True})
            assert answer.status_code == 200, answer.text
    seen, expected = _run(world, fn, press), what.after if mode == "effect" else what.before
    assert seen == expected, "%s: seen %r, expected %r" % (what.setting, seen, expected)


RUNS = {Effect: _run_effect, Counter: _run_counter, Action: _run_action}


# --- checking: called by test_register.py ---

def load_all():
    """Reads every test module of this folder, so that the register is complete whatever was asked to run."""
    for name in sorted(os.listdir(HERE)):
        if not (name.startswith("test_") and name.endswith(".py")):
            continue
        path = os.path.join(HERE, name)
        known = sys.modules.get(name[:-3])  # perhaps one of that name from another folder
        if known is None or os.path.abspath(known.__file__) != path:
            spec = importlib.util.spec_from_file_location("effects_" + name[:-3], path)
            spec.loader.exec_module(importlib.util.module_from_spec(spec))


def catalogue():
    """{id: help} of the table in the sources."""
    sys.path.insert(0, os.path.join(TOP, "tests", "lint"))
    os.environ["USHER_SRCDIR"] = TOP
    tables = importlib.import_module("tables")
    return {tables.field(row, "id"): tables.field(row, "help") for _, _, row in tables.settings()}


def is_idle(help_text):
    """Settings that are only kept, and say so."""
    return help_text.startswith("Kept for scripts that set it")


def read_open(path=OPEN):
    """[(line number, id, tag)] of the settings whose effect is still to come."""
    out = []
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            line = line.split("#")[0].strip()
            if line:
                setting, _, tag = line.partition(" ")
                out.append((number, setting, tag.strip()))
    return out


def faults(settings, tests, waiting):
    """What is wrong with the register, as sentences."""
    out = []
    listed = {}
    for number, setting, tag in waiting:
        where = "open.txt:%d: %s" % (number, setting)
        if setting in listed:
            out.append(where + " stands there twice")
        listed[setting] = tag
        if setting not in settings:
            out.append(where + " is no setting")
        if setting in tests:
            out.append(where + " has a test now: take it out")
        if not (tag.startswith("[") and tag.endswith("]") and tag[1:-1] in TAGS):
            out.append(where + ": %r is no tag of an issue" % tag)
    for setting in sorted(tests):
        if setting not in settings:
            out.append("%s: there is no setting %s" % (", ".join(tests[setting]), setting))
    for setting in sorted(settings):
        if setting not in tests and setting not in listed and not is_idle(settings[setting]):
            out.append("%s has no test of its effect" % setting)
    return out
