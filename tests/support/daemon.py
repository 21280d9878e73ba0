"""A real usherd in a folder of its own, and the clients that tests talk to it with. Nothing here sleeps: a start is over
when usherd says READY=1, an end when the process is gone."""
import contextlib
import http.client
import itertools
import json
import os
import pathlib
import select
import signal
import socket
import struct
import subprocess
import time
import urllib.parse

import websocket

TOP = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 60  # seconds until a wait counts as hopeless
ADMIN, PASSWORD = "admin", "correct horse"

_ports = itertools.count(20000 + os.getpid() * 7 % 9000)


def program(name):
    """usher or usherd, as the driver names it, else from the build folder."""
    build = pathlib.Path(os.environ.get("USHER_BUILD", TOP / "build"))
    return os.environ.get(name.upper(), str(build / name))


def free_port():
    """Below the range of client ports: while a server is down, a client that tries again must not meet itself."""
    for port in _ports:
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def clean_environment(more=None):
    """The environment without anything that would steer usher or usherd."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("USHER_")}
    for name in ("NOTIFY_SOCKET", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        env.pop(name, None)
    env.update(more or {})
    return env


class Usherd:
    """start, kill, stop and start again: always the same port, store and folder."""

    def __init__(self, folder, *arguments, widget=None, env=None, wrapper=(), limits=False, password=PASSWORD):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.db = self.folder / "core.db"
        self.socket = str(self.folder / "core.sock")
        self.log_path = self.folder / "usherd.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.arguments = list(arguments)
        if widget:
            self.arguments += ["--widget", str(widget)]
        self.wrapper = list(wrapper)
        self.env = clean_environment({"USHER_ADMIN_USERNAME": ADMIN, "USHER_ADMIN_PASSWORD": password})
        if not limits:
            self.env["USHER_RATE_LIMITS"] = "off"
        self.env.update(env or {})
        self.process = None

    def argv(self):
        return [*self.wrapper, program("usherd"), "--listen", f"127.0.0.1:{self.port}", "--db", str(self.db),
                "--socket", self.socket, *self.arguments]

    def start(self):
        assert self.process is None or self.process.poll() is not None
        notify = self.folder / "notify"
        with contextlib.suppress(FileNotFoundError):
            notify.unlink()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as news, open(self.log_path, "ab") as log:
            news.bind(str(notify))
            self.process = subprocess.Popen(self.argv(), env={**self.env, "NOTIFY_SOCKET": str(notify)}, stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder)
            self._wait_ready(news)
        return self

    def _wait_ready(self, news):
        pidfd = os.pidfd_open(self.process.pid)
        deadline = time.monotonic() + LIMIT
        try:
            while True:
                ready, _, _ = select.select([news, pidfd], [], [], max(0, deadline - time.monotonic()))
                if news in ready and b"READY=1" in news.recv(4096):
                    return
                assert ready and pidfd not in ready, f"usherd did not start:\n{self.log()}"
        finally:
            os.close(pidfd)

    def log(self):
        return self.log_path.read_text(errors="replace")[-8000:] if self.log_path.exists() else ""

    def kill(self):
        """As a power failure would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(LIMIT)

    def stop(self, timeout=LIMIT):
        """In an orderly way; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def close(self):
        if self.process and self.process.poll() is None:
            try:
                self.stop(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def admin(self):
        return Rest(self.port).login(ADMIN, PASSWORD)

    def memory_kb(self, field="VmHWM"):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise AssertionError(f"no {field}")


class Refused(AssertionError):
    def __init__(self, what, status, body):
        super().__init__(f"{what}: {status} {body}")
        self.status, self.body = status, body


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=LIMIT)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Rest:
    """One kept connection with the credentials of one user (or none). Answers other than 200 raise Refused."""

    def __init__(self, port, unix=None):
        self.port, self.unix = port, unix
        self.headers = {}
        self.user_id = self.username = None
        self.connection = None

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def raw(self, verb, path, body=None, headers=None):
        """(status, headers, bytes) of any path."""
        reused = self.connection is not None
        if not reused:
            self.connection = UnixConnection(self.unix) if self.unix else \
                http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        try:
            self.connection.request(verb, path, body, {**self.headers, **(headers or {})})
            answer = self.connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            if reused and verb == "GET":  # of a server that is gone; nothing happens twice by asking again
                return self.raw(verb, path, body, headers)
            raise

    def call(self, verb, path, body=None, **query):
        target = "/api/v1/" + path
        if query:
            target += "?" + urllib.parse.urlencode({k: v if isinstance(v, str) else json.dumps(v) for k, v in query.items()})
        data = None if body is None else json.dumps(body)
        status, _, text = self.raw(verb, target, data, {"Content-Type": "application/json"})
        answer = json.loads(text) if text[:1] in (b"{", b"[") else text.decode("utf-8", "replace")
        if status != 200:
            raise Refused(f"{verb} {path}", status, answer)
        return answer

    def get(self, path, **query):
        return self.call("GET", path, None, **query)

    def post(self, path, body=None, **more):
        return self.call("POST", path, {**(body or {}), **more})

    def method(self, name, *params):
        message = json.dumps({"msg": "method", "id": "1", "method": name, "params": params})
        answer = json.loads(self.post(f"method.call/{urllib.parse.quote(name, safe='')}", message=message)["message"])
        if "error" in answer:
            raise Refused(name, 200, answer["error"])
        return answer.get("result")

    def login(self, user, password):
        data = self.post("login", user=user, password=password)["data"]
        self.headers = {"X-User-Id": data["userId"], "X-Auth-Token": data["authToken"]}
        self.user_id, self.username = data["userId"], data["me"]["username"]
        return self

    def set(self, **settings):
        for name, value in settings.items():
            self.post(f"settings/{name}", value=value)
        return self

    def setting(self, name):
        return self.get(f"settings/{name}")["value"]

    def add_agent(self, username, password=PASSWORD, name=None):
        """A new user with the role of an agent; his id."""
        user = self.post("users.create", username=username, password=password, name=name or username.title(),
                         email=f"{username}@example.org", roles=["user", "livechat-agent"], verified=True)["user"]
        with contextlib.suppress(Refused):
            self.post("livechat/users/agent", username=username)
        return user["_id"]


class Visitor:
    """A visitor as the public interface knows him; where: a port, or the path of a unix socket."""

    def __init__(self, where, token, name="Vera Visitor", email=None):
        self.rest = Rest(None, unix=where) if isinstance(where, str) else Rest(where)
        self.token, self.name = token, name
        self.rid = None
        form = {"token": token, "name": name}
        if email:
            form["email"] = email
        self.id = self.rest.post("livechat/visitor", visitor=form)["visitor"]["_id"]

    def open(self):
        self.rid = self.rest.get("livechat/room", token=self.token)["room"]["_id"]
        return self

    def say(self, text, message_id=None):
        body = {"token": self.token, "rid": self.rid, "msg": text}
        if message_id:
            body["_id"] = message_id
        return self.rest.post("livechat/message", body)["message"]

    def history(self, limit=100):
        """Oldest first."""
        return self.rest.get(f"livechat/messages.history/{self.rid}", token=self.token, limit=limit)["messages"][::-1]

    def texts(self):
        return [m["msg"] for m in self.history() if "t" not in m]

    def end(self):
        return self.rest.post("livechat/room.close", rid=self.rid, token=self.token)


class Realtime:
    """A DDP connection."""

    def __init__(self, port, timeout=LIMIT, receive_buffer=None):
        options = [(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)] if receive_buffer else []
        self.ws = websocket.create_connection(f"ws://127.0.0.1:{port}/websocket", timeout=timeout, sockopt=options)
        self.numbers = itertools.count(1)
        self.changed = []
        self.send(msg="connect", version="1", support=["1"])
        self.wait(lambda m: m.get("msg") == "connected")

    def send(self, **frame):
        self.ws.send(json.dumps(frame))

    def receive(self):
        """The next frame that is no ping."""
        while True:
            frame = json.loads(self.ws.recv())
            if frame.get("msg") == "ping":
                self.send(msg="pong")
                continue
            if frame.get("msg") == "changed":
                self.changed.append(frame)
            return frame

    def wait(self, condition):
        while True:
            frame = self.receive()
            if condition(frame):
                return frame

    def method(self, name, *params):
        number = f"m{next(self.numbers)}"
        self.send(msg="method", id=number, method=name, params=params)
        frame = self.wait(lambda m: m.get("msg") == "result" and m.get("id") == number)
        if "error" in frame:
            raise Refused(name, 0, frame["error"])
        return frame.get("result")

    def login(self, rest):
        return self.method("login", {"resume": rest.headers["X-Auth-Token"]})

    def subscribe(self, stream, *params):
        number = f"s{next(self.numbers)}"
        self.send(msg="sub", id=number, name=stream, params=params)
        frame = self.wait(lambda m: m.get("msg") in ("ready", "nosub") and number in (m.get("id"), *m.get("subs", [])))
        if frame["msg"] == "nosub":
            raise Refused(stream, 0, frame.get("error"))

    def close(self):
        self.ws.close()


class Raw:
    """A connection on which anything at all is sent."""

    def __init__(self, port, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(LIMIT)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.kept = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)
        return self

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def reset(self):
        """Goes at once, with a RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.kept += data
        return bool(data)

    def reply(self):
        """(status, json or bytes) of the next answer; None when the server closed instead."""
        while b"\r\n\r\n" not in self.kept:
            if not self._more():
                assert self.kept == b"", f"half an answer: {self.kept[:200]!r}"
                return None
        head, self.kept = self.kept.split(b"\r\n\r\n", 1)
        status = int(head.split(b" ", 2)[1])
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(self.kept) < length:
            assert self._more(), "the answer is cut"
        body, self.kept = self.kept[:length], self.kept[length:]
        return status, json.loads(body) if body[:1] == b"{" else body

    def wait_closed(self):
        while self._more():
            pass
        return self.kept


def request(verb, path, body=b"", headers=()):
    """The bytes of one request."""
    if isinstance(body, dict):
        body = json.dumps(body).encode()
    lines = [f"{verb} {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", *headers]
    if body or verb == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
