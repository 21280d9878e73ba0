"""The register itself: every setting has a test of its effect, or the issue that will bring it."""
import register


def test_complete():
    register.load_all()
    found = register.faults(register.catalogue(), register.registered, register.read_open())
    assert not found, "\n" + "\n".join(found)


def test_finds_what_is_wrong():
    """Each way to be incomplete is told."""
    settings = {"a": "Does this.", "b": "Does that.", "c": "Kept for scripts that set it. Nothing.", "d": "Does more."}
    tests = {"a": ["test_a"]}
    assert register.faults(settings, tests, [(1, "b", "[desk]"), (2, "d", "[ops]")]) == []
    assert register.faults(settings, tests, [(1, "b", "[desk]")]) == ["d has no test of its effect"]
    assert register.faults(settings, dict(tests, x=["test_x"]), [(1, "b", "[desk]"), (2, "d", "[ops]")]) == \
        ["test_x: there is no setting x"]
    assert register.faults(settings, tests, [(1, "a", "[desk]"), (2, "b", "[desk]"), (3, "d", "[ops]")]) == \
        ["open.txt:1: a has a test now: take it out"]
    assert register.faults(settings, tests, [(1, "b", "[soon]"), (2, "d", "[ops]"), (3, "e", "[ops]")]) == \
        ["open.txt:1: b: '[soon]' is no tag of an issue", "open.txt:3: e is no setting"]


def test_refuses_tests_that_show_nothing():
    def test_a(world):
        return world

    for cases in ((), ((1, "x"),), ((1, "x"), (2, "x"))):
        try:
            register.effect("a", *cases)
            raise AssertionError(cases)
        except ValueError:
            pass
    try:
        register.effect("b", (1, "x"), (2, "y"))(test_a)
        raise AssertionError("the name does not matter")
    except ValueError:
        pass
    assert "b" not in register.registered
