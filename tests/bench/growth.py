"""What one event costs the core as the workspace grows: wall time, and instructions as callgrind counts them."""
import json
import os
import re
import shutil
import subprocess
import tempfile

KINDS = ["enqueue", "assign", "take", "forward", "close", "deadline"]
WALL = [(10, 100), (100, 1000), (1000, 1000), (1000, 10000), (1000, 100000), (10000, 100000), (1000, 1000000)]
COUNTED = [(10, 100), (100, 1000), (1000, 10000), (10000, 10000)]


def table(title, rows, unit):
    print(f"{title:28}" + "".join(f"{k:>10}" for k in KINDS) + f"   {unit}")
    for (agents, waiting), row, more in rows:
        print(f"{agents:7,} agents {waiting:10,} wait" + "".join(f"{row[k]:10,.0f}" for k in KINDS) + more)


def wall(program, agents, waiting, samples=20000):
    out = subprocess.run([program, str(agents), str(waiting), str(samples)], stdout=subprocess.PIPE, check=True).stdout
    return json.loads(out)


def instructions(program, kind, agents, waiting, samples=300):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        subprocess.run(["valgrind", "--tool=callgrind", "--toggle-collect=measured_" + kind, "--callgrind-out-file=" + out,
                        program, str(agents), str(waiting), str(samples)], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)
        with open(out, encoding="utf-8") as f:
            return int(re.search(r"^totals: (\d+)", f.read(), re.M).group(1)) / samples


def bench(program):
    rows = [(size, wall(program, *size), "") for size in WALL]
    table("median time of a step", [(size, row, f"   {row['bytes']:.0f} bytes a waiting chat") for size, row, _ in rows], "ns")
    at = dict((size, row) for size, row, _ in rows)[1000, 10000]
    print(f"assignments a second at 1,000 agents: {1e9 / at['assign']:,.0f} (aim: 1,000,000)")
    if shutil.which("valgrind") is None:
        return
    table("instructions of a step", [(size, {k: instructions(program, k, *size) for k in KINDS}, "") for size in COUNTED], "")
