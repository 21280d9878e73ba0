"""The real console in a terminal, with a home of its own."""
import pathlib

from support.daemon import PASSWORD, TOP, clean_environment, program
from support.terminal import Terminal


def alt(key):
    return "\x1b" + key


class Console(Terminal):
    """usher at a server (server=URL, user=…) or with its embedded core. home is kept by the caller: the same home is the
    same person again."""

    def __init__(self, home, *arguments, server=None, user=None, password=PASSWORD, cols=120, rows=40, env=None):
        home = pathlib.Path(home)
        home.mkdir(parents=True, exist_ok=True)
        run = home / "run"
        run.mkdir(mode=0o700, exist_ok=True)
        argv = [program("usher")]
        if server:
            argv += ["-s", server]
        if user:
            secret = home / "password"
            secret.write_text(password + "\n")
            secret.chmod(0o600)
            argv += ["-u", user, "--password-command", f"cat '{secret}'"]
        super().__init__(argv + list(arguments), clean_environment({
            "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data"),
            "XDG_STATE_HOME": str(home / "state"), "XDG_RUNTIME_DIR": str(run), "USHER_DATADIR": str(TOP / "themes"),
            "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **(env or {})}), cols, rows)

    def command(self, line):
        """Types a command line; works wherever the focus is."""
        self.send(alt("x"))
        self.wait(lambda t: t.display(-1).startswith(":"), "the command line")
        return self.send(line + "\r")

    def display(self, row):
        return self.lines()[row]

    def type_message(self, text):
        """Types into the composer, sends, and waits until the transcript has it."""
        return self.send(text + "\r")
