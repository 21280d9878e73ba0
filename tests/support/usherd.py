"""Starts usherd on a free port in a folder of its own, and talks to it: REST, realtime, test clock."""
import http.client
import json
import os
import queue
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

import requests
import websocket

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WAIT_S = 10


def program():
    return os.environ.get("USHERD", os.path.join(ROOT, "build", "usherd"))


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=WAIT_S)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(WAIT_S)
        self.sock.connect(self.path)


class Usherd:
    """One daemon. options are further arguments, env further variables."""

    PASSWORD = "secret-of-the-tests"

    def __init__(self, options=(), env=None, folder=None):
        self.keep = folder
        self.temp = None if folder else tempfile.TemporaryDirectory(prefix="ushertest")
        self.folder = folder or self.temp.name
        self.socket_path = os.path.join(self.folder, "core.sock")
        self.db = os.path.join(self.folder, "core.db")
        self.options = list(options)
        self.env = env or {}
        self.log = []
        self.start()

    def start(self):
        notify = os.path.join(self.folder, "notify")
        if os.path.exists(notify):
            os.unlink(notify)
        ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        ready.bind(notify)
        ready.settimeout(WAIT_S)
        env = {k: v for k, v in os.environ.items() if not k.startswith("USHER_")}
        env.update(NOTIFY_SOCKET=notify, USHER_ADMIN_PASSWORD=self.PASSWORD, USHER_ADMIN_EMAIL="admin@example.org")
        env.update(self.env)
        self.process = subprocess.Popen(
            [program(), "--db", self.db, "--socket", self.socket_path, "--listen", "127.0.0.1:0", "--test-clock"] + self.options,
            env=env, stderr=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=lambda: self.log.extend(iter(self.process.stderr.readline, "")), daemon=True)
        self.reader.start()
        self.url = None
        while True:
            try:
                text = ready.recv(4096).decode()
            except socket.timeout:
                raise AssertionError("usherd did not start: " + "".join(self.log))
            found = re.search(r"listening on (\S+)", text)
            if found:
                self.url = "http://" + found.group(1)
            if "READY=1" in text:
                break
        ready.close()

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        code = self.process.wait(WAIT_S)
        self.reader.join(WAIT_S)
        return code

    def close(self):
        if self.process.poll() is None:
            self.stop()
        if self.temp:
            self.temp.cleanup()

    # --- the unix socket: local administrator, test clock

    def local(self, method, path, body=None):
        c = UnixConnection(self.socket_path)
        c.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
        answer = c.getresponse()
        data = json.loads(answer.read())
        c.close()
        return answer.status, data

    def stay(self):
        """An attached console: without one, an embedded core ends while the tests are busy with other daemons."""
        c = UnixConnection(self.socket_path)
        c.request("GET", "/usher/v1/clock")
        assert c.getresponse().read()
        return c

    def advance(self, ms):
        status, data = self.local("POST", "/usher/v1/clock", {"advance_ms": ms})
        assert status == 200, data
        return data["now_ms"]

    def rest(self):
        return Rest(self.url)

    def admin(self):
        return self.rest().login("admin", self.PASSWORD)

    def ddp(self, **kw):
        return Ddp(self.url, **kw)


class Rest:
    """REST calls; after login with its headers."""

    def __init__(self, url):
        self.url = url
        self.session = requests.Session()
        self.user_id = self.token = None

    def call(self, method, path, body=None, params=None, **kw):
        base = self.url if path.startswith("/") else self.url + "/api/v1/"
        return self.session.request(method, base + path, json=body, params=params, timeout=WAIT_S, **kw)

    def get(self, path, params=None, **kw):
        return self.call("GET", path, params=params, **kw)

    def post(self, path, body=None, **kw):
        return self.call("POST", path, body, **kw)

    def put(self, path, body=None, **kw):
        return self.call("PUT", path, body, **kw)

    def delete(self, path, body=None, **kw):
        return self.call("DELETE", path, body, **kw)

    def login(self, user, password):
        data = self.post("login", {"user": user, "password": password}).json()["data"]
        self.user_id, self.token = data["userId"], data["authToken"]
        self.session.headers.update({"X-User-Id": self.user_id, "X-Auth-Token": self.token})
        return self

    def method(self, name, *params, anon=False):
        text = json.dumps({"msg": "method", "id": "1", "method": name, "params": list(params)})
        path = "method.callAnon/" if anon else "method.call/"
        answer = self.post(path + urllib.parse.quote(name, safe=""), {"message": text})
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


class Ddp:
    """A realtime client. Frames are kept in order; wait() takes the first that fits and leaves the others."""

    def __init__(self, url, connect=True, **kw):
        self.ws = websocket.create_connection("ws" + url[4:] + "/websocket", timeout=WAIT_S, **kw)
        self.frames = []
        self.number = 0
        self.ended = None
        if connect:
            self.send(msg="connect", version="1", support=["1"])
            self.session = self.wait(msg="connected")["session"]

    def send(self, **message):
        self.ws.send(json.dumps(message))

    def _next(self, deadline):
        self.ws.settimeout(max(0.01, deadline - time.monotonic()))
        try:
            text = self.ws.recv()
        except websocket.WebSocketTimeoutException:
            raise AssertionError("nothing came; there is %r" % self.frames)
        self.frames.append(json.loads(text))

    def wait(self, test=None, **keys):
        """The first frame with these keys for which test holds; waits for it."""
        deadline = time.monotonic() + WAIT_S
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
        self.number += 1
        self.send(msg="ping", id="flush%d" % self.number)
        self.wait(msg="pong", id="flush%d" % self.number)

    def has(self, test):
        self.flush()
        return any(test(f) for f in self.frames)

    def call(self, name, *params):
        self.number += 1
        number = "m%d" % self.number
        self.send(msg="method", method=name, params=list(params), id=number)
        return self.wait(msg="result", id=number)

    def login(self, token):
        return self.call("login", {"resume": token})["result"]

    def sub(self, stream, event, token=None):
        self.number += 1
        number = "s%d" % self.number
        last = {"useCollection": False, "args": [{"token": token, "visitorToken": token}]} if token else False
        self.send(msg="sub", id=number, name="stream-" + stream, params=[event, last])
        return self.wait(lambda f: f.get("msg") == "ready" and f["subs"] == [number] or
                         f.get("msg") == "nosub" and f["id"] == number)

    def event(self, stream, event, test=None):
        """The arguments of the next broadcast there."""
        f = self.wait(lambda f: f["fields"]["eventName"] == event and (test is None or test(f["fields"]["args"])),
                      msg="changed", collection="stream-" + stream)
        return f["fields"]["args"]

    def close(self):
        self.ws.close()
