"""What a console costs: first paint, keys, idle wake-ups, memory; side by side with other terminal programs."""
import os
import pty
import re
import select
import shutil
import signal
import statistics
import struct
import subprocess
import fcntl
import termios
import time


TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # tig wants a repository


def own_terminal():
    """tig reads keys from the controlling terminal."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Run:
    """A program in a pseudo-terminal of 120×40, its output only counted."""

    def __init__(self, argv, env):
        self.master, slave = pty.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        full = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8", **env)
        self.started = time.perf_counter()
        self.process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=full, cwd=TOP,
                                        preexec_fn=own_terminal)
        os.close(slave)
        self.seen = b""

    def read(self, seconds):
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return b""
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return b""
        self.seen += data
        return data

    def quiet(self, gap, longest=10.0):
        """Reads until nothing comes for gap seconds; returns the moment of the last byte."""
        last = time.perf_counter()
        end = last + longest
        while time.perf_counter() < end:
            if self.read(gap):
                last = time.perf_counter()
            elif time.perf_counter() - last >= gap:
                break
        return last

    def until(self, pattern, longest=15.0):
        end = time.perf_counter() + longest
        while not re.search(pattern, self.seen):
            if time.perf_counter() > end:
                return None
            self.read(0.05)
        return time.perf_counter()

    def switches(self):
        total = 0
        for task in os.listdir(f"/proc/{self.process.pid}/task"):
            with open(f"/proc/{self.process.pid}/task/{task}/status", encoding="ascii") as f:
                total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", f.read(), re.M).group(1))
        return total

    def private_mb(self):
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as f:
            text = f.read()
        return sum(int(n) for n in re.findall(r"^Private_\w+:\s+(\d+) kB", text, re.M)) / 1024

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGHUP)
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.master)


def paint_ms(argv, env, runs=7):
    times = []
    for i in range(runs + 1):
        run = Run(argv, env)
        last = run.quiet(0.15)
        if i:
            times.append((last - run.started) * 1000)
        run.close()
    return statistics.median(times)


def first_byte_ms(argv, env, runs=7):
    times = []
    for i in range(runs + 1):
        run = Run(argv, env)
        while not run.read(5):
            pass
        if i:
            times.append((time.perf_counter() - run.started) * 1000)
        run.quiet(0.1)
        run.close()
    return statistics.median(times)


def measure(name, argv, env, before_keys="", keys=60, idle=10):
    """Rows of figures for one program; before_keys brings it to where text is typed."""
    if shutil.which(argv[0]) is None:
        return {"program": name, "note": "not installed"}
    row = {"program": name, "first byte ms": first_byte_ms(argv, env), "paint ms": paint_ms(argv, env)}
    run = Run(argv, env)
    run.quiet(0.5)
    if run.process.poll() is not None:
        run.close()
        return {"program": name, "note": "ended by itself"}
    switches = run.switches()
    run.quiet(idle, idle)
    row["wake-ups in 10 s"] = run.switches() - switches
    row["private MB"] = run.private_mb()
    if before_keys:
        os.write(run.master, before_keys.encode())
        run.quiet(0.3)
    echo, size = [], []
    for i in range(keys):
        os.write(run.master, b"abcdefghij"[i % 10:i % 10 + 1])
        sent = time.perf_counter()
        data = run.read(2)
        echo.append((time.perf_counter() - sent) * 1000)
        size.append(len(data) + len(run.read(0.01)))
    row["key ms"] = statistics.median(echo)
    row["bytes per key"] = statistics.median(size)
    run.close()
    return row


def show(rows):
    keys = ["program", "first byte ms", "paint ms", "wake-ups in 10 s", "private MB", "key ms", "bytes per key"]
    print("  ".join(f"{k:>16}" for k in keys))
    for row in rows:
        if "note" in row:
            print(f"{row['program']:>16}  {row['note']}")
            continue
        print("  ".join(f"{row[k]:>16.2f}" if isinstance(row[k], float) else f"{row[k]:>16}" for k in keys))
