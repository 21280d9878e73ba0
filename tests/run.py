#!/usr/bin/env python3
"""Runs every suite and ends with one line "N passed, N failed, N skipped" over all of them.

Usage: run.py [suite …]. Without names: all, in the order below. The unit, API, effect and terminal tests run programs that
were built with ASan and UBSan (build-asan); benchmarks, simulation and faults run the optimised ones (build).
"""
import os
import re
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(TOP, "build")
ASAN = os.path.join(TOP, "build-asan")
PYTHON = sys.executable


class Count:
    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def environment(build):
    env = dict(os.environ)
    env.update(
        USHERD=os.path.join(build, "usherd"),
        USHER=os.path.join(build, "usher"),
        USHER_BUILD=build,
        USHER_HTTP_ECHO=os.path.join(build, "tests/faults/http_echo"),
        USHER_UIFAKE=os.path.join(build, "tests/tui/uifake"),
        USHER_WIDGET=os.path.join(TOP, ".cache/widget/build"),
        USHER_CLIENTS=os.path.join(TOP, ".cache/clients"),
        ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:exitcode=99",
        UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1",
        PYTHONDONTWRITEBYTECODE="1",
        LC_ALL="C.UTF-8",
    )
    env.pop("USHER_LISTEN", None)
    return env


def run(argv, env, timeout):
    """Output and exit code; what is printed is shown as it comes only when it fails."""
    try:
        done = subprocess.run(argv, cwd=TOP, env=env, timeout=timeout, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False)
        return done.stdout.decode("utf-8", "replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        out = (late.stdout or b"").decode("utf-8", "replace")
        return out + f"\n(not done after {timeout} s)\n", 124


def programs(build, folder):
    """Test programs of a folder, by the sources beside which they were built."""
    names = []
    where = os.path.join(TOP, "tests", folder)
    for name in sorted(os.listdir(where)):
        path = os.path.join(build, "tests", folder, name[:-2])
        if name.endswith(".c") and os.access(path, os.X_OK):
            names.append(path)
    return names


def suite_cmocka(folder, build):
    total = Count()
    for path in programs(build, folder):
        out, code = run([path], environment(build), 600)
        passed = re.findall(r"\[  PASSED  \] (\d+) test", out)
        failed = re.findall(r"\[  FAILED  \] (\d+) test", out)
        skipped = re.findall(r"\[  SKIPPED \] (\d+) test", out)
        one = Count(sum(map(int, passed)), sum(map(int, failed)), sum(map(int, skipped)))
        if code != 0 and one.failed == 0:
            one.failed = 1
        if one.passed + one.failed + one.skipped == 0:
            one.passed = 1
        if one.failed:
            print(out)
        total.add(one)
    return total


def suite_sim(folder, build):
    """Random commands: the core by its own rules, then against the naive model."""
    total = Count()
    for path in programs(build, folder):
        if os.path.basename(path) != "driver":
            total.add(one_program([path], build))
    total.add(one_program([PYTHON, f"tests/{folder}/agree.py"], build))
    return total


def suite_programs(folder, build):
    """Programs whose exit code is the result."""
    total = Count()
    for path in programs(build, folder):
        total.add(one_program([path], build))
    return total


def one_program(argv, build):
    out, code = run(argv, environment(build), 900)
    if code != 0:
        print(out)
    return Count(1, 0) if code == 0 else Count(0, 1)


def suite_pytest(folder, build, timeout=1800):
    args = [PYTHON, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "--tb=short", f"tests/{folder}"]
    out, code = run(args, environment(build), timeout)
    tail = out.strip().splitlines()[-1] if out.strip() else ""
    numbers = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|skipped|error|errors|xfailed|xpassed)", tail)}
    count = Count(numbers.get("passed", 0), numbers.get("failed", 0) + numbers.get("error", 0) + numbers.get("errors", 0),
                  numbers.get("skipped", 0) + numbers.get("xfailed", 0))
    if code not in (0, 5) and count.failed == 0:
        count.failed = 1
    if count.failed or count.skipped or code == 5:
        print(out)
    return count


def suite_lint(_folder, build):
    out, code = run(["tests/lint/run"], environment(build), 300)
    numbers = re.findall(r"(\d+) passed, (\d+) failed, (\d+) skipped", out)
    count = Count(*map(int, numbers[-1])) if numbers else Count()
    if code != 0 and count.failed == 0:
        count.failed = 1
    if count.failed or count.skipped:
        print(out)
    return count


def suite_dist(_folder, build):
    """A tarball builds, passes its unit tests and installs, without git and in a read-only source tree."""
    out, code = run(["make", "-s", "-C", build, "distcheck"], environment(build), 1800)
    if code != 0:
        print(out[-6000:])
    return Count(1, 0) if code == 0 else Count(0, 1)


def suite_clang(_folder, _build):
    """Built before this runs; a warning would have been an error."""
    ok = os.access(os.path.join(TOP, "build-clang/usherd"), os.X_OK)
    return Count(1, 0) if ok else Count(0, 1)


SUITES = [
    ("lint", suite_lint, "lint", BUILD),
    ("clang", suite_clang, "", BUILD),
    ("unit", suite_cmocka, "unit", ASAN),
    ("sim", suite_sim, "sim", BUILD),
    ("fuzz", suite_programs, "fuzz", ASAN),
    ("api", suite_pytest, "api", ASAN),
    ("effects", suite_pytest, "effects", ASAN),
    ("clients", suite_pytest, "clients", ASAN),
    ("tui", suite_pytest, "tui", ASAN),
    ("faults", suite_pytest, "faults", BUILD),
    ("browser", suite_pytest, "browser", BUILD),
    ("dist", suite_dist, "", BUILD),
]


def main():
    wanted = sys.argv[1:]
    unknown = [name for name in wanted if name not in [s[0] for s in SUITES]]
    if unknown:
        sys.exit(f"no such suite: {', '.join(unknown)}; there are: {', '.join(s[0] for s in SUITES)}")
    total = Count()
    for name, suite, folder, build in SUITES:
        if wanted and name not in wanted:
            continue
        started = time.monotonic()
        count = suite(folder, build)
        total.add(count)
        print(f"{name:8} {count}   ({time.monotonic() - started:.0f} s)", flush=True)
    print(total, flush=True)
    skip_fails = os.environ.get("USHER_SKIP_IS_FAILURE") == "1" and total.skipped > 0
    sys.exit(1 if total.failed or skip_fails or total.passed == 0 else 0)


if __name__ == "__main__":
    main()
