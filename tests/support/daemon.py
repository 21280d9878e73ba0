"""A real usherd in a folder of its own, and the clients that tests talk to it with: one for HTTP, one for the realtime
API. Nothing here sleeps: a start is over when usherd says READY=1, an end when the process is gone."""
import contextlib
import itertools
import json
import os
import pathlib
import re
import select
import signal
import socket
import struct
import subprocess
import time
import urllib.parse

import requests
import urllib3
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
    """start, kill, stop and start again: always the same store and folder, and the same port unless port is 0."""

    def __init__(self, folder, *arguments, widget=None, env=None, wrapper=(), limits=False, password=PASSWORD, port=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.db = self.folder / "core.db"
        self.socket = self.socket_path = str(self.folder / "core.sock")
        self.log_path = self.folder / "usherd.log"
        self.port = free_port() if port is None else port
        self.url = f"http://127.0.0.1:{self.port}"
        self.password = password
        self.arguments = list(arguments)
        if widget:
            self.arguments += ["--widget", str(widget)]
        self.wrapper = list(wrapper)
        self.env = clean_environment({"USHER_ADMIN_PASSWORD": password})
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
        said = ""
        try:
            while "READY=1" not in said:
                ready, _, _ = select.select([news, pidfd], [], [], max(0, deadline - time.monotonic()))
                assert news in ready, f"usherd did not start:\n{self.tail()}"
                said += news.recv(4096).decode() + "\n"
        finally:
            os.close(pidfd)
        found = re.search(r"listening on (\S+)", said)
        if found and self.port == 0:
            self.url = "http://" + found.group(1)

    def tail(self):
        return self.log_path.read_text(errors="replace")[-8000:] if self.log_path.exists() else ""

    def log(self):
        return self.tail()

    def kill(self):
        """As a power failure would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(LIMIT)

    def stop(self, timeout=LIMIT, number=signal.SIGTERM):
        """In an orderly way; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout)

    def close(self):
        if self.process and self.process.poll() is None:
            try:
                self.stop(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def admin(self):
        return Rest(self.port).login(ADMIN, self.password)

    def local(self, method, path, body=None):
        """Status and JSON of a call over the unix socket: as the local administrator, or of what only he may."""
        client = Http(unix=self.socket_path)
        answer = client.call(method, path, body)
        client.close()
        return answer.status_code, answer.json()

    def advance(self, ms):
        """Moves the clock of --test-clock."""
        status, data = self.local("POST", "/usher/v1/clock", {"advance_ms": ms})
        assert status == 200, data
        return data["now_ms"]

    def memory_kb(self, field="VmHWM"):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise AssertionError(f"no {field}")


class UnixConnection(urllib3.connection.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=LIMIT)
        self.path = path

    def _new_conn(self):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(self.timeout)
        sock.connect(self.path)
        return sock


class UnixAdapter(requests.adapters.HTTPAdapter):
    """Every connection goes to that socket."""

    def __init__(self, path):
        class Pool(urllib3.connectionpool.HTTPConnectionPool):
            def _new_conn(self):
                return UnixConnection(path)
        self.pool = Pool("localhost")
        super().__init__()

    def get_connection(self, url, proxies=None):
        return self.pool

    def get_connection_with_tls_context(self, request, verify, proxies=None, cert=None):
        return self.pool

    def close(self):
        self.pool.close()
        super().close()


class Http:
    """Kept connections with the credentials of one user, or none. What comes is an answer of requests."""

    def __init__(self, url="http://localhost", unix=None, timeout=LIMIT):
        self.url, self.timeout = url, timeout
        self.session = requests.Session()
        self.session.trust_env = False
        if unix:
            self.session.mount(url, UnixAdapter(unix))
        self.user_id = self.token = self.username = None

    def close(self):
        self.session.close()

    def send(self, method, url, **kw):
        answer = self.session.request(method, url, timeout=self.timeout, **kw)
        length = answer.headers.get("content-length")
        if method != "HEAD" and length and answer.raw.tell() < int(length):
            raise requests.ConnectionError("the answer is cut")
        return answer

    def call(self, method, path, body=None, params=None, **kw):
        base = self.url if path.startswith("/") else self.url + "/api/v1/"
        return self.send(method, base + path, json=body, params=params, **kw)

    def get(self, path, params=None, **kw):
        return self.call("GET", path, params=params, **kw)

    def post(self, path, body=None, **kw):
        return self.call("POST", path, body, **kw)

    def put(self, path, body=None, **kw):
        return self.call("PUT", path, body, **kw)

    def delete(self, path, body=None, **kw):
        return self.call("DELETE", path, body, **kw)

    def login(self, user, password):
        return self.be(self.post("login", {"user": user, "password": password}).json()["data"])

    def be(self, login):
        """login: the data of an answer to a login."""
        self.user_id, self.token = login["userId"], login["authToken"]
        self.username = login["me"]["username"]
        self.session.headers.update({"X-User-Id": self.user_id, "X-Auth-Token": self.token})
        return self

    @staticmethod
    def method_body(name, params):
        """Path below method.call/ and the body."""
        text = json.dumps({"msg": "method", "id": "1", "method": name, "params": list(params)})
        return urllib.parse.quote(name, safe=""), {"message": text}

    def method(self, name, *params, anon=False):
        """The message that a method answers with: result or error in it."""
        path, body = self.method_body(name, params)
        answer = self.post(("method.callAnon/" if anon else "method.call/") + path, body)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.json()["message"])

    def set(self, **settings):
        answer = self.method("saveSettings", [{"_id": k, "value": v} for k, v in settings.items()])
        assert answer.get("result") is True, answer

    def visitor(self, token, **fields):
        answer = self.post("livechat/visitor", {"visitor": dict(token=token, **fields)})
        assert answer.status_code == 200, answer.text
        return answer.json()["visitor"]

    def room(self, token, **params):
        answer = self.get("livechat/room", dict(token=token, **params))
        assert answer.status_code == 200, answer.text
        return answer.json()["room"]

    def say(self, token, rid, msg, **more):
        answer = self.post("livechat/message", dict(token=token, rid=rid, msg=msg, **more))
        assert answer.status_code == 200, answer.text
        return answer.json()["message"]


class Refused(AssertionError):
    def __init__(self, what, status, body):
        super().__init__(f"{what}: {status} {body}")
        self.status, self.body = status, body


class Rest(Http):
    """For tests that tell a story: what comes is the JSON of an answer; answers other than 200 raise Refused."""

    def __init__(self, port, unix=None):
        super().__init__("http://localhost" if unix else f"http://127.0.0.1:{port}", unix)
        self.port = port

    @property
    def headers(self):
        return self.session.headers

    def raw(self, verb, path, body=None, headers=None):
        """(status, headers, bytes) of any path."""
        ask = {"data": body, "headers": headers, "allow_redirects": False}
        try:
            answer = self.send(verb, self.url + path, **ask)
        except requests.ConnectionError:
            if verb != "GET":  # of a server that is gone; nothing happens twice by asking again
                raise
            self.close()
            answer = self.send(verb, self.url + path, **ask)
        return answer.status_code, answer.headers, answer.content

    def call(self, method, path, body=None, params=None, **query):
        params = {k: v if isinstance(v, str) else json.dumps(v) for k, v in query.items()}
        target = "/api/v1/" + path + ("?" + urllib.parse.urlencode(params) if params else "")
        data = None if body is None else json.dumps(body)
        status, _, text = self.raw(method, target, data, {"Content-Type": "application/json"})
        answer = json.loads(text) if text[:1] in (b"{", b"[") else text.decode("utf-8", "replace")
        if status != 200:
            raise Refused(f"{method} {path}", status, answer)
        return answer

    def get(self, path, **query):
        return self.call("GET", path, None, **query)

    def post(self, path, body=None, **more):
        return self.call("POST", path, {**(body or {}), **more})

    def login(self, user, password):
        return self.be(self.post("login", user=user, password=password)["data"])

    def method(self, name, *params):
        path, body = self.method_body(name, params)
        answer = json.loads(self.post("method.call/" + path, body)["message"])
        if "error" in answer:
            raise Refused(name, 200, answer["error"])
        return answer.get("result")

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


class Ddp:
    """A realtime client. Frames are kept in order; wait() takes the first that fits and leaves the others."""

    def __init__(self, url, connect=True, timeout=LIMIT, **kw):
        self.ws = websocket.create_connection("ws" + url[4:] + "/websocket", timeout=timeout, **kw)
        self.timeout = timeout
        self.frames, self.changed = [], []
        self.numbers = itertools.count(1)
        if connect:
            self.send(msg="connect", version="1", support=["1"])
            self.session = self.wait(msg="connected")["session"]

    def send(self, **message):
        self.ws.send(json.dumps(message))

    def _next(self, deadline):
        self.ws.settimeout(max(0.01, deadline - time.monotonic()))
        try:
            frame = json.loads(self.ws.recv())
        except websocket.WebSocketTimeoutException:
            raise AssertionError("nothing came; there is %r" % self.frames) from None
        self.frames.append(frame)
        if frame.get("msg") == "ping":
            self.send(msg="pong")
        if frame.get("msg") == "changed":
            self.changed.append(frame)

    def wait(self, test=None, **keys):
        """The first frame with these keys for which test holds; waits for it."""
        deadline = time.monotonic() + self.timeout
        seen = 0
        while True:
            for i in range(seen, len(self.frames)):
                f = self.frames[i]
                if all(f.get(k) == v for k, v in keys.items()) and (test is None or test(f)):
                    return self.frames.pop(i)
            seen = len(self.frames)
            self._next(deadline)

    def flush(self):
        """Everything that was sent to us before this moment has arrived afterwards."""
        number = f"flush{next(self.numbers)}"
        self.send(msg="ping", id=number)
        self.wait(msg="pong", id=number)

    def has(self, test):
        self.flush()
        return any(test(f) for f in self.frames)

    def call(self, name, *params):
        """The message that the method answers with: result or error in it."""
        number = f"m{next(self.numbers)}"
        self.send(msg="method", method=name, params=list(params), id=number)
        return self.wait(msg="result", id=number)

    def login(self, token):
        return self.call("login", {"resume": token})["result"]

    def ask(self, stream, *params):
        """Subscribes; ready or nosub."""
        number = f"s{next(self.numbers)}"
        self.send(msg="sub", id=number, name=stream, params=list(params))
        return self.wait(lambda f: f.get("msg") == "ready" and f["subs"] == [number] or
                         f.get("msg") == "nosub" and f["id"] == number)

    def sub(self, stream, event, token=None):
        last = {"useCollection": False, "args": [{"token": token, "visitorToken": token}]} if token else False
        return self.ask("stream-" + stream, event, last)

    def event(self, stream, event, test=None):
        """The arguments of the next broadcast there."""
        f = self.wait(lambda f: f["fields"]["eventName"] == event and (test is None or test(f["fields"]["args"])),
                      msg="changed", collection="stream-" + stream)
        return f["fields"]["args"]

    def close(self):
        self.ws.close()


class Realtime(Ddp):
    """For tests that tell a story: refusals raise Refused."""

    def __init__(self, port, timeout=LIMIT, receive_buffer=None):
        options = [(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)] if receive_buffer else []
        super().__init__(f"http://127.0.0.1:{port}", timeout=timeout, sockopt=options)

    def receive(self):
        """The next frame that is no ping."""
        return self.wait(lambda frame: frame.get("msg") != "ping")

    def method(self, name, *params):
        frame = self.call(name, *params)
        if "error" in frame:
            raise Refused(name, 0, frame["error"])
        return frame.get("result")

    def login(self, rest):
        return self.method("login", {"resume": rest.token})

    def subscribe(self, stream, *params):
        frame = self.ask(stream, *params)
        if frame["msg"] == "nosub":
            raise Refused(stream, 0, frame.get("error"))


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
