#!/usr/bin/env python3
"""make bench: speed and memory, each beside something else in the same run. Figures are of this machine and this hour;
only ratios mean much. run.py [messages] [latency] [console] [start] [scale]"""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("USHER_BUILD", os.path.join(TOP, "build"))
sys.path.insert(0, os.path.join(TOP, "tests", "support"))
sys.path.insert(0, HERE)

import console  # noqa: E402
from usherd import Usherd  # noqa: E402


def program(name):
    return os.path.join(BUILD, "tests/bench", name)


def free_port():
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start_usherd(folder, **more):
    os.environ["USHER_RATE_LIMITS"] = "off"
    return Usherd(program=os.path.join(BUILD, "usherd"), folder=folder, **more)


def start_nginx(folder, port):
    conf = os.path.join(folder, "nginx.conf")
    with open(conf, "w", encoding="ascii") as f:
        f.write(f"""
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log /dev/null;
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {folder}/b;
  proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port};
    location / {{ default_type application/json; return 200 '{{"message":{{"_id":"x"}},"success":true}}'; }} }} }}
""")
    return subprocess.Popen(["nginx", "-p", folder, "-c", conf], stderr=subprocess.DEVNULL)


def load(port, connections, seconds, lines, folder):
    path = os.path.join(folder, "requests")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    out = subprocess.run([program("load"), "127.0.0.1", str(port), str(connections), str(seconds), path],
                         stdout=subprocess.PIPE, check=True).stdout
    return json.loads(out)


def open_chats(server, n):
    chats = []
    for i in range(n):
        token = f"bench-{os.getpid()}-{i:04d}" + "x" * 40
        server.post("livechat/visitor", {"visitor": {"token": token, "name": f"Visitor {i}"}})
        room = server.get("livechat/room", token=token)["room"]
        chats.append((token, room["_id"]))
    return chats


def message_lines(chats):
    return ["/api/v1/livechat/message " + json.dumps(
        {"token": t, "rid": r, "msg": "Where is my parcel? It should have been here."}) for t, r in chats]


def bench_messages():
    print("\n== durable visitor messages per second (each 200 after its commit)")
    seconds = 4
    with tempfile.TemporaryDirectory() as folder:
        server = start_usherd(folder)
        server.make_agent("bench")
        chats = open_chats(server, 64)
        port = free_port()
        nginx = start_nginx(folder, port) if shutil.which("nginx") else None
        time.sleep(0.3)
        for clients in (1, 8, 64):
            ours = load(server.port, clients, seconds, message_lines(chats), folder)
            static = load(port, clients, seconds, ["/static {}"], folder) if nginx else None
            rows = subprocess.run([program("commits"), os.path.join(folder, f"c{clients}.db"), str(clients), "2"],
                                  stdout=subprocess.PIPE, check=True).stdout.decode().strip()
            direct = subprocess.run([program("store_rate"), os.path.join(folder, f"s{clients}.db"), str(clients), "2"],
                                    stdout=subprocess.PIPE, check=True).stdout.decode().strip()
            line = (f"{clients:3} clients: usherd {ours['per_second']:8.0f}/s (median {ours['median_us']:.0f} us, "
                    f"p99 {ours['p99_us']:.0f} us, {ours['errors']} errors)")
            if static:
                line += (f"   nginx static {static['per_second']:8.0f}/s"
                         f"   ratio {100 * ours['per_second'] / static['per_second']:.0f} %")
            print(line + f"   bare SQLite commits of {clients}: {rows} rows/s   core and store without HTTP: {direct}/s")
        if nginx:
            nginx.terminate()
            nginx.wait()
        server.stop()


def bench_latency():
    print("\n== from the visitor's POST to the event, and to the glyph on the agent's terminal")
    with tempfile.TemporaryDirectory() as folder:
        server = start_usherd(folder)
        agent = server.make_agent("bench")
        token, rid = open_chats(server, 1)[0]
        ddp = server.ddp(agent)
        ddp.subscribe("stream-room-messages", rid)
        times = []
        for i in range(500):
            marker = f"m{i}-{os.getpid()}"
            sent = time.perf_counter()
            threading.Thread(target=server.post, args=("livechat/message",
                                                       {"token": token, "rid": rid, "msg": marker})).start()
            while True:
                frame = ddp.receive()
                if marker in json.dumps(frame):
                    break
            times.append((time.perf_counter() - sent) * 1000)
        times.sort()
        print(f"event (Python client and thread included): median {times[250]:.2f} ms, p99 {times[495]:.2f} ms")
        ddp.close()
        glyph_times(server, agent, token, rid, folder)
        server.stop()


def glyph_times(server, agent, token, rid, folder):
    env = {"HOME": folder, "XDG_RUNTIME_DIR": "", "USHER_DATADIR": os.path.join(TOP, "themes"),
           "USHER_PASSWORD_COMMAND": "printf " + agent["password"]}
    run = console.Run([os.path.join(BUILD, "usher"), "-s", server.url, "-u", agent["username"]], env)
    run.until(rb"Visitor 0")
    run.quiet(0.5)
    os.write(run.master, b"\x1b2\r")
    run.quiet(0.5)
    times = []
    for i in range(200):
        marker = f"glyph{i}x"
        run.seen = b""
        sent = time.perf_counter()
        threading.Thread(target=server.post, args=("livechat/message",
                                                   {"token": token, "rid": rid, "msg": marker})).start()
        if run.until(re.escape(marker.encode()), 5) is None:
            print("the message did not reach the screen")
            break
        times.append((time.perf_counter() - sent) * 1000)
        run.quiet(0.03)
    run.close()
    if times:
        times.sort()
        print(f"glyph: median {statistics.median(times):.2f} ms, p99 {times[int(len(times) * 0.99)]:.2f} ms")


def bench_console():
    print("\n== the console beside other terminal programs (120×40)")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        server = start_usherd(folder)
        env = {"HOME": folder, "XDG_RUNTIME_DIR": "", "USHER_DATADIR": os.path.join(TOP, "themes")}
        rows.append(console.measure("usher", [os.path.join(BUILD, "usher"), "-s", server.socket], env, "/"))
        rows.append(console.measure("htop", ["htop"], {"HOME": folder}, "/"))
        rows.append(console.measure("tig", ["tig"], {"HOME": folder}, "/"))
        rows.append(console.measure("weechat", ["weechat"], {"HOME": folder}, ""))
        console.show(rows)
        server.stop()
    with tempfile.TemporaryDirectory() as folder:
        env = {"HOME": folder, "XDG_RUNTIME_DIR": "", "USHER_DATADIR": os.path.join(TOP, "themes")}
        times = []
        for _ in range(5):
            run = console.Run([os.path.join(BUILD, "usher")], env)
            done = run.until(rb"available", 10)
            times.append((done - run.started) * 1000 if done else float("nan"))
            run.close()
            time.sleep(0.2)
        print(f"exec to a live queue from the embedded core: first {times[0]:.0f} ms, then {times[1:]} ms")


def first_answer_ms(db, folder):
    started = time.perf_counter()
    server = start_usherd(folder, db=db, wait=False)
    server.wait_ready()
    server.get("/api/info")
    took = (time.perf_counter() - started) * 1000
    memory = rss_mb(server.pid)
    server.stop()
    return took, memory


def rss_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return int(re.search(r"^VmRSS:\s+(\d+)", f.read(), re.M).group(1)) / 1024


def bench_start():
    print("\n== usherd: start to the first answer, memory")
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "empty.db")
        first_answer_ms(db, folder)
        times = [first_answer_ms(db, folder) for _ in range(5)]
        print(f"empty store: median {statistics.median(t for t, _ in times):.1f} ms, {times[0][1]:.1f} MB")
        big = os.path.join(folder, "big.db")
        subprocess.run([program("fill"), big, "20", "200", "1000", "1000000"], check=True)
        times = [first_answer_ms(big, folder) for _ in range(5)]
        print(f"1,000,000 messages, 200 open chats: median {statistics.median(t for t, _ in times):.1f} ms, "
              f"{times[0][1]:.1f} MB")
        server = start_usherd(folder, db=os.path.join(folder, "many.db"))
        server.make_agent("bench")
        idle = rss_mb(server.pid)
        chats = open_chats(server, 1000)
        sockets = [server.visitor_ddp(*chats[i % 1000]) for i in range(2000)]
        print(f"idle {idle:.1f} MB; with 1,000 open chats and {len(sockets)} sockets {rss_mb(server.pid):.1f} MB")
        for s in sockets:
            s.close()
        server.stop()


def bench_scale():
    print("\n== the core at 10,000 agents and 100,000 open chats")
    subprocess.run([program("core_scale")], check=True)
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "scale.db")
        subprocess.run([program("fill"), db, "10000", "100000", "1000000", "0"], check=True)
        times = [first_answer_ms(db, folder) for _ in range(3)]
        print(f"usherd with 10,000 agents, 100,000 open chats, 1,000,000 stored visitors: first answer after "
              f"{statistics.median(t for t, _ in times):.0f} ms, {times[0][1]:.0f} MB")


def main():
    parts = {"messages": bench_messages, "latency": bench_latency, "console": bench_console, "start": bench_start,
             "scale": bench_scale}
    for name in sys.argv[1:] or parts:
        parts[name]()


if __name__ == "__main__":
    main()
