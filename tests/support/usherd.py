"""usherd as the tests of the interfaces want it: running at once, on any port, with a clock that can be moved."""
import collections.abc
import contextlib
import os
import signal
import subprocess
import tempfile

import daemon
from daemon import ADMIN, Ddp, Http

WAIT_S = 10
ROOT = str(daemon.TOP)


def program():
    return daemon.program("usherd")


class Log(collections.abc.Sequence):
    """The lines of the daemon's log since the last clear()."""

    def __init__(self, path):
        self.path, self.begin = path, 0

    def lines(self):
        return self.path.read_text(errors="replace").splitlines(True)

    def __len__(self):
        return len(self.lines()) - self.begin

    def __getitem__(self, i):
        return self.lines()[self.begin:][i]

    def clear(self):
        self.begin += len(self)


def trail_of(folder, words):
    """Which words stand in which file below folder, whatever kind of file it is."""
    found = []
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                data = file.read()
            found += [(name, word) for word in words if word.encode() in data]
    return found


class Usherd(daemon.Usherd):
    """One daemon, started. options are further arguments, env further variables."""

    PASSWORD = "secret-of-the-tests"

    def __init__(self, options=(), env=None, folder=None):
        self.temp = None if folder else tempfile.TemporaryDirectory(prefix="ushertest")
        super().__init__(folder or self.temp.name, "--test-clock", *options, limits=True, password=self.PASSWORD, port=0,
                         env={"USHER_ADMIN_EMAIL": "admin@example.org", **(env or {})})
        self.db = str(self.db)
        self.log = Log(self.log_path)
        self.start()

    def stop(self, number=signal.SIGTERM):
        return super().stop(WAIT_S, number)

    def close(self):
        if self.process.poll() is None:
            self.stop()
        if self.temp:
            self.temp.cleanup()

    def wait_log(self, words):
        """The first line since the last clear() with these words; waits for it."""
        while True:
            ended = self.process.poll() is not None
            for line in list(self.log):
                if words in line:
                    return line
            assert not ended, "".join(self.log)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.02)

    def rest(self):
        return Http(self.url, timeout=WAIT_S)

    def admin(self):
        return self.rest().login(ADMIN, self.PASSWORD)

    def ddp(self, **kw):
        return Ddp(self.url, timeout=WAIT_S, **kw)
