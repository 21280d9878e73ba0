#!/usr/bin/env python3
"""make bench: speed and memory, each beside something else in the same run. Figures are of this machine and this hour;
only ratios mean much. run.py [messages] [latency] [console] [settings] [start] [scale]
[growth]"""
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("USHER_BUILD", os.path.join(TOP, "build"))
sys.path.insert(0, os.path.join(TOP, "tests", "support"))
sys.path.insert(0, HERE)

import console  # noqa: E402
import growth  # noqa: E402
import settings  # noqa: E402
from usherd import Usherd  # noqa: E402


def program(name):
    return os.path.join(BUILD, "tests/bench", name)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start_usherd(folder, db=None):
    """A daemon with limits off; db: a store that is there already."""
    os.environ["USHERD"] = os.path.join(BUILD, "usherd")
    options = ["--db", db] if db else []
    return Usherd(options=options, env={"USHER_RATE_LIMITS": "off"}, folder=folder)


def make_agent(server):
    """The administrator as agent; REST as him."""
    rest = server.admin()
    rest.post("livechat/users/agent", {"username": "admin"})
    return rest


def port_of(server):
    return int(server.url.rsplit(":", 1)[1])


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
    rest, chats = server.rest(), []
    for i in range(n):
        token = f"bench-{os.getpid()}-{i:04d}" + "x" * 40
        rest.visitor(token, name=f"Visitor {i}")
        chats.append((token, rest.room(token)["_id"]))
    return chats


def message_lines(chats):
    return ["/api/v1/livechat/message " + json.dumps(
        {"token": t, "rid": r, "msg": "Where is my parcel? It should have been here."}) for t, r in chats]


def bench_messages():
    print("\n== durable visitor messages per second (each 200 after its commit)")
    seconds = 4
    with tempfile.TemporaryDirectory() as folder:
        server = start_usherd(folder)
        make_agent(server)
        chats = open_chats(server, 64)
        port = free_port()
        nginx = start_nginx(folder, port) if shutil.which("nginx") else None
        time.sleep(0.3)
        for clients in (1, 8, 64):
            ours = load(port_of(server), clients, seconds, message_lines(chats), folder)
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
        server.close()


def post_raw(connection, token, rid, text):
    """One POST on an open connection, the answer not waited for."""
    body = json.dumps({"token": token, "rid": rid, "msg": text}).encode()
    connection.sendall(b"POST /api/v1/livechat/message HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                       b"Content-Length: %d\r\n\r\n" % len(body) + body)


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def bench_latency():
    print("\n== from the visitor's POST to the event, and to the glyph on the agent's terminal")
    with tempfile.TemporaryDirectory() as folder:
        server = start_usherd(folder)
        agent = make_agent(server)
        token, rid = open_chats(server, 1)[0]
        ddp = server.ddp()
        ddp.login(agent.token)
        ddp.sub("room-messages", rid)
        raw = ddp.ws.sock
        with socket.create_connection(("127.0.0.1", port_of(server))) as visitor:
            times = []
            for i in range(500):
                marker = f"event{i}x".encode()
                sent = time.perf_counter()
                post_raw(visitor, token, rid, marker.decode())
                seen = b""
                while marker not in seen:
                    seen += raw.recv(65536)
                times.append((time.perf_counter() - sent) * 1000)
                visitor.recv(65536)
            print(f"event: median {statistics.median(times):.2f} ms, p99 {percentile(times, 0.99):.2f} ms")
            ddp.close()
            glyph_times(server, visitor, token, rid, folder)
        server.close()


def glyph_times(server, visitor, token, rid, folder):
    run = console.Run([os.path.join(BUILD, "usher"), "-s", server.socket_path], console_env(folder))
    run.until(rb"Visitor 0")
    run.quiet(0.5)
    os.write(run.master, b"\x1b2\r")
    run.quiet(0.5)
    times = []
    for i in range(200):
        marker = f"glyph{i}x"
        run.seen = b""
        sent = time.perf_counter()
        post_raw(visitor, token, rid, marker)
        if run.until(re.escape(marker.encode()), 5) is None:
            print("the message did not reach the screen")
            break
        times.append((time.perf_counter() - sent) * 1000)
        visitor.recv(65536)
        run.quiet(0.05)
    run.close()
    if times:
        print(f"glyph: median {statistics.median(times):.2f} ms, p99 {percentile(times, 0.99):.2f} ms")


def console_env(folder):
    return {"HOME": folder, "XDG_RUNTIME_DIR": "", "TMPDIR": folder, "USHER_DATADIR": os.path.join(TOP, "themes")}


def bench_console():
    print("\n== the console beside other terminal programs (120×40)")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        server = start_usherd(folder)
        env = console_env(folder)
        rows.append(console.measure("usher", [os.path.join(BUILD, "usher"), "-s", server.socket_path], env, "/"))
        rows.append(console.measure("htop", ["htop"], {"HOME": folder}, "/"))
        rows.append(console.measure("tig", ["tig"], {"HOME": folder}, "/"))
        rows.append(console.measure("weechat", ["weechat"], {"HOME": folder}, ""))
        console.show(rows)
        server.close()
    with tempfile.TemporaryDirectory() as folder:
        env = console_env(folder)
        times = []
        for _ in range(5):
            run = console.Run([os.path.join(BUILD, "usher")], env)
            done = run.until(rb"available", 10)
            times.append((done - run.started) * 1000 if done else float("nan"))
            run.close()
        print(f"exec to a live queue: {times[0]:.0f} ms with the embedded core made for the first time, "
              f"{statistics.median(times[1:]):.0f} ms when it runs already")


def bench_settings():
    print("\n== the settings beside other terminals' (120×40): first byte and last byte after a key, bytes on the line")
    with tempfile.TemporaryDirectory() as folder:
        server = start_usherd(folder)
        settings.compare([os.path.join(BUILD, "usher"), "-s", server.socket_path], console_env(folder), folder)
        server.close()


def first_answer_ms(db, folder):
    """From exec to the first answer over HTTP; memory then."""
    started = time.perf_counter()
    server = start_usherd(folder, db)
    with socket.create_connection(("127.0.0.1", port_of(server))) as s:
        s.sendall(b"GET /api/info HTTP/1.1\r\nHost: x\r\n\r\n")
        s.recv(4096)
    took = (time.perf_counter() - started) * 1000
    memory = rss_mb(server.process.pid)
    server.close()
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
        server = start_usherd(folder, os.path.join(folder, "many.db"))
        make_agent(server)
        idle = rss_mb(server.process.pid)
        chats = open_chats(server, 1000)
        sockets = []
        for i in range(2000):
            ddp = server.ddp()
            token, rid = chats[i % 1000]
            ddp.sub("room-messages", rid, token)
            sockets.append(ddp)
        print(f"idle {idle:.1f} MB; with 1,000 open chats and {len(sockets)} sockets {rss_mb(server.process.pid):.1f} MB")
        for s in sockets:
            s.close()
        server.close()


def bench_scale():
    print("\n== the core at 10,000 agents and 100,000 open chats")
    subprocess.run([program("core_scale")], check=True)
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "scale.db")
        subprocess.run([program("fill"), db, "10000", "100000", "1000000", "0"], check=True)
        times = [first_answer_ms(db, folder) for _ in range(3)]
        print(f"usherd with 10,000 agents, 100,000 open chats, 1,000,000 stored visitors: first answer after "
              f"{statistics.median(t for t, _ in times):.0f} ms, {times[0][1]:.0f} MB")


def bench_growth():
    print("\n== what one event costs the core while it grows")
    growth.bench(program("core_growth"))


def main():
    parts = {"messages": bench_messages, "latency": bench_latency, "console": bench_console, "settings": bench_settings, "start": bench_start,
             "scale": bench_scale, "growth": bench_growth}
    for name in sys.argv[1:] or parts:
        parts[name]()


if __name__ == "__main__":
    main()
