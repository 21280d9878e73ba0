"""A program in a pseudo-terminal with a terminal emulator behind it: what a person would see."""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

import pyte


class Terminal:
    """Runs argv at cols×rows. All waiting is for a condition, with a deadline only for hopeless cases."""

    def __init__(self, argv, env=None, cols=80, rows=24, cwd=None):
        self.screen = pyte.Screen(cols, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.master, slave = pty.openpty()
        self._size(rows, cols)
        full = dict(os.environ)
        full.update({"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "COLUMNS": "", "LINES": ""})
        full.pop("COLUMNS")
        full.pop("LINES")
        full.update(env or {})

        def become_leader():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=full, cwd=cwd,
                                        preexec_fn=become_leader, close_fds=True)
        os.close(slave)

    def _size(self, rows, cols):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def resize(self, cols, rows):
        self.screen.resize(rows, cols)
        self._size(rows, cols)

    def pump(self, seconds):
        """Reads what comes within that time. False when the program has closed the terminal."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        if not data:
            return False
        self.raw += data
        self.stream.feed(data)
        return True

    def text(self):
        return "\n".join(line.rstrip() for line in self.lines())

    def lines(self):
        """Every row; as pyte's display, which stumbles over joined emoji."""
        cells = self.screen.buffer
        return ["".join(cells[y][x].data for x in range(self.screen.columns)) for y in range(self.screen.lines)]

    def wait(self, condition, what="the screen", timeout=30):
        """condition: a text that must appear, or a function of this terminal."""
        check = condition if callable(condition) else (lambda t: condition in t.text())
        deadline = time.monotonic() + timeout
        while not check(self):
            alive = self.pump(0.2)
            if check(self):
                return self
            if not alive or time.monotonic() > deadline:
                wanted = what if callable(condition) else repr(condition)
                raise AssertionError(f"waited in vain for {wanted}; the screen is:\n{self.text()}")
        return self

    def wait_gone(self, text, timeout=30):
        return self.wait(lambda t: text not in t.text(), f"{text!r} to go", timeout)

    def send(self, keys):
        os.write(self.master, keys.encode() if isinstance(keys, str) else keys)
        return self

    def wait_exit(self, timeout=20):
        deadline = time.monotonic() + timeout
        while self.process.poll() is None:
            if time.monotonic() > deadline:
                raise AssertionError(f"the program does not end; the screen is:\n{self.text()}")
            if not self.pump(0.1):
                self.process.wait(timeout)
        return self.process.returncode

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGHUP)
            try:
                self.wait_exit(5)
            except AssertionError:
                self.process.kill()
                self.process.wait()
        os.close(self.master)


KEYS = {
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "enter": "\r", "esc": "\x1b", "tab": "\t",
    "shift-tab": "\x1b[Z", "pgup": "\x1b[5~", "pgdn": "\x1b[6~", "home": "\x1b[H", "end": "\x1b[F", "f1": "\x1bOP",
}
