"""What the settings cost on the line and in time: opening, moving the cursor, searching; beside tmux's customize mode and
htop's setup screen, in one run."""
import os
import shutil
import statistics
import subprocess
import time

import console

DOWN = b"\x1b[B"


class Screen(console.Run):
    """A program whose answers to keys are timed to their first byte and counted to their last."""

    def press(self, keys, gap=0.12):
        """(ms to the first byte, ms to the last, bytes)."""
        before = len(self.seen)
        started = time.perf_counter()
        os.write(self.master, keys)
        first = None
        last = started
        while True:
            data = self.read(gap if first else 2)
            if not data:
                break
            last = time.perf_counter()
            first = first or last
        return ((first or last) - started) * 1000, (last - started) * 1000, len(self.seen) - before


def median(rows, at):
    return statistics.median(row[at] for row in rows)


def measure(name, argv, env, open_keys, search, prepare=b"", ready=0.6, moves=20, clear=b""):
    if shutil.which(argv[0]) is None:
        return {"program": name, "note": "not installed"}
    run = Screen(argv, env)
    run.quiet(ready)
    if run.process.poll() is not None:
        run.close()
        return {"program": name, "note": "ended by itself"}
    opened = run.press(open_keys)
    if prepare:
        run.press(prepare)
    moved = [run.press(DOWN) for _ in range(moves)]
    row = {"program": name, "open ms": opened[0], "painted ms": opened[1], "open bytes": opened[2],
           "move ms": median(moved, 0), "move bytes": median(moved, 2)}
    if search:
        begin, letters = search
        run.press(begin)
        typed = [run.press(letter.encode()) for letter in letters]
        row["search ms"] = median(typed, 0)
        row["search bytes"] = median(typed, 2)
    run.close()
    return row


def show(rows):
    keys = ["program", "open ms", "painted ms", "open bytes", "move ms", "move bytes", "search ms", "search bytes"]
    print("  ".join(f"{k:>14}" for k in keys))
    for row in rows:
        if "note" in row:
            print(f"{row['program']:>14}  {row['note']}")
            continue
        cells = [row.get(k, "-") for k in keys]
        print("  ".join(f"{c:>14.2f}" if isinstance(c, float) else f"{c:>14}" for c in cells))


def compare(usher, env, folder):
    """usher: its argv at a server that is up."""
    home = {"HOME": folder, "TMUX": "", "TMUX_TMPDIR": folder, "SHELL": "/bin/sh", "HTOPRC": os.path.join(folder, "htoprc")}
    word = "welcome"    # it narrows letter by letter, and at last nothing is left
    conf = os.path.join(folder, "tmux.conf")
    with open(conf, "w", encoding="ascii") as f:    # one key, so that it is not taken for a paste
        f.write("set -s escape-time 0\nset -s assume-paste-time 0\nbind -n F5 customize-mode\n")
    rows = [
        measure("usher", usher, env, b"\x1b3", (b"/", word), prepare=b"+"),
        measure("tmux customize", ["tmux", "-L", "usherbench", "-f", conf, "new-session"], home, b"\x1b[15~",
                (b"/", word), ready=1.0),
        measure("htop setup", ["htop", "-d", "100"], home, b"\x1bOQ", None, ready=1.0),
    ]
    if shutil.which("tmux"):
        subprocess.run(["tmux", "-L", "usherbench", "kill-server"], env=dict(os.environ, **home), stderr=subprocess.DEVNULL, check=False)
    show(rows)
    print("search: one letter of a word typed; usher looks through labels, ids, help and values of all settings at each "
          "letter, tmux waits for Enter, htop's setup has no search")
