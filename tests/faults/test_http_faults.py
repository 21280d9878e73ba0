"""Hostile and unlucky clients against the web server alone (tests/faults/http_echo.c). Each gets its answer or a clean
close, and another connection is served meanwhile. The program is found through USHER_HTTP_ECHO or below a build folder
(USHER_BUILD, else build/). Nothing sleeps: tests wait for an answer, a close or a counter."""
import base64
import hashlib
import json
import os
import pathlib
import signal
import socket
import ssl
import struct
import subprocess
import time

import pytest
import websocket

TOP = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 20  # seconds until a wait counts as failed
HOST = b"Host: h\r\n"
GET_JSON = b"GET /json HTTP/1.1\r\n" + HOST + b"\r\n"


def program():
    named = os.environ.get("USHER_HTTP_ECHO")
    if named:
        return named
    build = pathlib.Path(os.environ.get("USHER_BUILD", TOP / "build"))
    return str(build / "tests" / "faults" / "http_echo")


class Server:
    def __init__(self, *options):
        wrapper = os.environ.get("USHER_WRAPPER", "").split()  # such as valgrind
        self.process = subprocess.Popen([*wrapper, program(), "--tcp", "127.0.0.1:0", *options], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening "), line
        host, port = line.split()[1].rsplit(":", 1)
        self.address = (host, int(port))
        self.is_draining = False

    def connect(self):
        return Client(socket.create_connection(self.address, LIMIT))

    def get(self, target):
        """One request on a connection of its own: also the proof that others are served."""
        with self.connect() as c:
            c.send(b"GET " + target.encode() + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
            return c.reply()

    def stats(self):
        return json.loads(self.get("/stats").body)

    def wait(self, **wanted):
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            now = self.stats()
            if all(now[k] >= v if k != "connections" else now[k] == v for k, v in wanted.items()):
                return now
        raise AssertionError(f"{wanted} never came, now {now}")

    def drain(self):
        self.is_draining = True
        self.process.send_signal(signal.SIGTERM)

    def stop(self):
        if not self.is_draining:
            self.drain()
        assert self.process.wait(LIMIT) == 0
        self.process.stdout.close()


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body


class Client:
    def __init__(self, sock):
        sock.settimeout(LIMIT)
        self.sock, self.kept = sock, b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        try:
            self.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all of it was read; what counts is the answer

    def more(self):
        data = self.sock.recv(65536)
        self.kept += data
        return len(data) > 0

    def reply(self, head=False):
        while b"\r\n\r\n" not in self.kept:
            assert self.more(), f"closed without an answer, after {self.kept!r}"
        top, self.kept = self.kept.split(b"\r\n\r\n", 1)
        lines = top.decode().split("\r\n")
        status = int(lines[0].split()[1])
        headers = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in lines[1:])}
        n = 0 if head or status < 200 else int(headers["content-length"])
        while len(self.kept) < n:
            assert self.more(), "closed inside a body"
        body, self.kept = self.kept[:n], self.kept[n:]
        return Reply(status, headers, body)

    def is_closed(self):
        """Waits for the end; nothing more may come."""
        assert self.kept == b""
        try:
            return self.sock.recv(1) == b""
        except ConnectionResetError:
            return True


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    path = tmp_path_factory.mktemp("http") / "file"
    path.write_bytes(bytes(range(256)) * 4096)
    s = Server("--file", str(path))
    yield s
    s.stop()


@pytest.fixture
def hasty():
    s = Server("--header-timeout", "100", "--body-timeout", "100", "--idle-timeout", "400")
    yield s
    s.stop()


def test_two_requests_in_one_segment(server):
    with server.connect() as c:
        c.send(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\none"
               b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\ntwo" + GET_JSON)
        assert [c.reply().body[:3] for _ in range(3)] == [b"one", b"two", b'{"s']


def test_byte_by_byte(server):
    with server.connect() as c:
        c.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"POST /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n":
            c.send(bytes([byte]))
        assert c.reply().body == b"abc"


def test_bytes_during_a_pending_reply(server):
    with server.connect() as c:
        c.send(b"GET /hold?bytes HTTP/1.1\r\n" + HOST + b"\r\n")
        server.wait(held=1)
        c.send(GET_JSON * 3000)  # far more than is kept
        assert server.get("/json").status == 200
        server.get("/release?bytes")
        assert c.reply().body == b'{"released":true}'
        for _ in range(3000):
            assert c.reply().status == 200


def test_hang_up_with_a_reply_pending(server):
    before = server.stats()
    c = server.connect()
    c.send(b"GET /hold?hangup HTTP/1.1\r\n" + HOST + b"\r\n")
    server.wait(held=before["held"] + 1)
    c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    c.sock.close()  # a reset
    server.wait(connections=1)
    server.get("/release?hangup")
    assert server.get("/json").status == 200


def test_half_close_with_a_reply_pending(server):
    with server.connect() as c:
        c.send(b"GET /hold?half HTTP/1.1\r\n" + HOST + b"\r\n" + GET_JSON)
        c.sock.shutdown(socket.SHUT_WR)
        server.wait(held=1)
        server.get("/release?half")
        assert c.reply().body == b'{"released":true}'
        assert c.reply().status == 200  # the one that stood behind it
        assert c.is_closed()


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 9\r\n\r\nabc"])
def test_end_in_the_middle(server, sent):
    with server.connect() as c:
        c.send(sent)
        c.sock.shutdown(socket.SHUT_WR)
        assert c.is_closed()


def test_slow_headers(hasty):
    with hasty.connect() as c:
        c.send(b"GET / HTTP/1.1\r\nHost:")
        assert hasty.get("/json").status == 200
        assert c.reply().status == 408
        assert c.is_closed()


def test_slow_body(hasty):
    with hasty.connect() as c, hasty.connect() as d:
        c.send(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 9\r\n\r\nabc")
        d.send(b"POST /stream HTTP/1.1\r\n" + HOST + b"Content-Length: 9\r\n\r\nabc")
        assert c.reply().status == 408 and d.reply().status == 408
        assert c.is_closed() and d.is_closed()
        assert hasty.stats()["aborts"] == 1


def test_idle_is_closed_but_not_while_pending(hasty):
    with hasty.connect() as idle, hasty.connect() as waiting:
        waiting.send(b"GET /hold?idle HTTP/1.1\r\n" + HOST + b"\r\n")
        assert idle.is_closed()
        hasty.get("/release?idle")
        assert waiting.reply().status == 200


POST = b"POST /echo HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
BAD = [
    (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n"),
    (400, b"GET /json HTTP/1.1\r\n\r\n"),
    (400, b"GET /json HTTP/1.1\r\n" + HOST + HOST + b"\r\n"),
    (400, b"GET /json HTTP/1.1\n" + HOST + b"\r\n"),
    (400, b"GET /json HTTP/1.1\r\nHost: h\n\r\n"),
    (400, b"GET /json HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n"),
    (400, b"GET /json HTTP/1.1\r\n" + HOST + b"X : a\r\n\r\n"),
    (400, b"GET /json HTTP/1.1\r\n" + HOST + b"X: a\rb\r\n\r\n"),
    (400, POST + b"Content-Length: x\r\n\r\n"),
    (400, POST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
    (400, POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    (400, POST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
    (400, POST + b"Transfer-Encoding\t: chunked\r\n\r\n"),
    (501, POST + b"Transfer-Encoding: chunked, identity\r\n\r\n"),
    (411, b"POST /echo HTTP/1.0\r\n\r\n"),
    (413, POST + b"Content-Length: 1048577\r\n\r\n" + b"x" * 300000),
    (413, POST + b"Content-Length: 1000000000000000000\r\n\r\n"),
    (400, POST + b"Content-Length: 99999999999999999999\r\n\r\n"),
    (413, b"POST /small HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n6\r\n123456\r\n"),
    (414, b"GET /" + b"a" * 100000),
    (431, b"GET /json HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 100000),
    (431, b"GET /json HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 200 + b"\r\n"),
    (400, CHUNKED + b"3\r\nabcX\r\n"),
    (400, CHUNKED + b"3\r\nabc\n0\r\n\r\n"),
    (400, CHUNKED + b"g\r\n"),
    (400, CHUNKED + b"-1\r\n"),
    (501, b"BREW /json HTTP/1.1\r\n" + HOST + b"\r\n"),
    (505, b"GET /json HTTP/3.0\r\n" + HOST + b"\r\n"),
    (417, POST + b"Expect: cake\r\nContent-Length: 3\r\n\r\n"),
]


@pytest.mark.parametrize("status,sent", BAD, ids=[f"{i}-{s}" for i, (s, _) in enumerate(BAD)])
def test_bad_requests(server, status, sent):
    with server.connect() as c:
        c.send(GET_JSON + sent + GET_JSON)  # what follows must never be read as a request
        assert c.reply().status == 200
        r = c.reply()
        assert r.status == status
        assert r.headers["connection"] == "close"
        assert json.loads(r.body)["status"] == status
        assert server.get("/json").status == 200
        assert c.is_closed()


def test_no_length_means_no_body(server):
    with server.connect() as c:
        c.send(POST + b"\r\n" + GET_JSON)
        assert c.reply().body == b"" and c.reply().status == 200


def test_expect_continue(server):
    with server.connect() as c:
        c.send(POST + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert c.reply().status == 100
        c.send(b"abc")
        assert c.reply().body == b"abc"


def test_head_and_old_versions(server):
    with server.connect() as c:
        c.send(b"HEAD /json HTTP/1.1\r\n" + HOST + b"\r\n" + GET_JSON)
        head, full = c.reply(head=True), c.reply()
        assert head.headers["content-length"] == full.headers["content-length"]
        assert "connection" not in full.headers and full.headers["date"].endswith(" GMT")
    with server.connect() as c:
        c.send(b"GET /json HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /json HTTP/1.0\r\n\r\n")
        assert c.reply().headers["connection"] == "keep-alive"
        assert c.reply().headers["connection"] == "close"
        assert c.is_closed()


@pytest.mark.parametrize("mode", ["", "?pause"])
def test_streamed_bodies(server, mode):
    with server.connect() as c:
        head = b"POST /stream" + mode.encode() + b" HTTP/1.1\r\n" + HOST
        c.send(head + b"Content-Length: 5000000\r\n\r\n" + b"x" * 5000000 + GET_JSON)
        assert json.loads(c.reply().body) == {"bytes": 5000000}
        assert c.reply().status == 200
        c.send(head + b"Transfer-Encoding: chunked\r\n\r\n" + b"a\r\n0123456789\r\n" * 20000 + b"0\r\nT: 1\r\n\r\n" + GET_JSON)
        assert json.loads(c.reply().body) == {"bytes": 200000}
        assert c.reply().status == 200


def test_stream_refused_and_cut(server):
    with server.connect() as c:
        c.send(b"POST /stream?refuse HTTP/1.1\r\n" + HOST + b"Content-Length: 5000000\r\n\r\n" + b"x" * 200000)
        r = c.reply()
        assert r.status == 507 and r.headers["connection"] == "close"
        assert c.is_closed()
    before = server.stats()["aborts"]
    with server.connect() as c:
        c.send(b"POST /stream HTTP/1.1\r\n" + HOST + b"Content-Length: 50\r\n\r\nabc")
    server.wait(aborts=before + 1)


def test_refused_body(server):
    with server.connect() as c:
        c.send(b"POST /refuse HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n\r\n" + b"x" * 1000 + GET_JSON)
        assert c.reply().status == 403  # short: dropped, the connection goes on
        assert c.reply().status == 200
        c.send(b"POST /refuse HTTP/1.1\r\n" + HOST + b"Content-Length: 900000\r\nExpect: 100-continue\r\n\r\n")
        r = c.reply()
        assert r.status == 403 and r.headers["connection"] == "close"
        assert c.is_closed()


def test_files(server):
    wanted = bytes(range(256)) * 4096
    with server.connect() as c:
        c.send(b"GET /file HTTP/1.1\r\n" + HOST + b"\r\nHEAD /file HTTP/1.1\r\n" + HOST + b"\r\n" + GET_JSON)
        r = c.reply()
        assert r.body == wanted and r.headers["x-kind"] == "file"
        assert c.reply(head=True).headers["content-length"] == str(len(wanted))
        assert c.reply().status == 200
        c.send(b"GET /file?long HTTP/1.1\r\n" + HOST + b"\r\n")
        with pytest.raises(AssertionError, match="closed inside a body"):
            c.reply()
    with server.connect() as c:  # one that goes away in the middle
        c.send(b"GET /file HTTP/1.1\r\n" + HOST + b"\r\n")
        c.sock.recv(1000)
    server.wait(connections=1)


def test_slow_reader_of_replies(server):
    with server.connect() as c:
        c.send(b"GET /big?1000000 HTTP/1.1\r\n" + HOST + b"\r\n")
        c.send((b"GET /big?1000000 HTTP/1.1\r\n" + HOST + b"\r\n") * 20)
        for _ in range(20):
            assert server.get("/json").status == 200
        for _ in range(21):
            assert len(c.reply().body) == 1000000


def test_too_many_connections():
    s = Server("--max-connections", "2")
    with s.connect() as a, s.connect() as b:
        a.send(GET_JSON)
        b.send(GET_JSON)
        assert a.reply().status == 200 and b.reply().status == 200
        with s.connect() as c:
            assert c.reply().status == 503
            assert c.is_closed()
    s.stop()


# WebSocket

KEY = base64.b64encode(b"0123456789abcdef").decode()


def upgrade(**changes):
    headers = {"Host": "h", "Upgrade": "websocket", "Connection": "keep-alive, Upgrade", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": KEY}
    for name, value in changes.items():
        headers[name.replace("_", "-")] = value
    lines = "".join(f"{k}: {v}\r\n" for k, v in headers.items() if v is not None)
    return f"GET /ws HTTP/1.1\r\n{lines}\r\n".encode()


def frame(op, payload=b"", fin=True, mask=b"abcd", rsv=0):
    n = len(payload)
    size = bytes([n]) if n < 126 else b"\x7e" + struct.pack(">H", n) if n < 65536 else b"\x7f" + struct.pack(">Q", n)
    if mask is not None:
        size = bytes([size[0] | 0x80]) + size[1:] + mask
        payload = bytes(b ^ mask[i & 3] for i, b in enumerate(payload))
    return bytes([(0x80 if fin else 0) | rsv | op]) + size + payload


def read_frame(c):
    def need(n):
        while len(c.kept) < n:
            assert c.more(), f"closed inside a frame, after {c.kept!r}"
    need(2)
    assert not c.kept[1] & 0x80
    n, at = c.kept[1], 2
    if n >= 126:
        at = 4 if n == 126 else 10
        need(at)
        n = int.from_bytes(c.kept[2:at], "big")
    need(at + n)
    op, payload, c.kept = c.kept[0], c.kept[at:at + n], c.kept[at + n:]
    return op, payload


def open_ws(server):
    c = server.connect()
    c.send(upgrade())
    r = c.reply()
    wanted = hashlib.sha1(KEY.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    assert r.status == 101 and r.headers["sec-websocket-accept"] == base64.b64encode(wanted).decode()
    return c


@pytest.mark.parametrize("changes,status", [
    ({"Upgrade": None}, 426), ({"Connection": "keep-alive"}, 426), ({"Upgrade": "h2c"}, 426),
    ({"Sec_WebSocket_Version": "8"}, 426), ({"Sec_WebSocket_Version": None}, 426),
    ({"Sec_WebSocket_Key": None}, 400), ({"Sec_WebSocket_Key": "short"}, 400)])
def test_bad_upgrades(server, changes, status):
    with server.connect() as c:
        c.send(upgrade(**changes) + GET_JSON)
        r = c.reply()
        assert r.status == status and json.loads(r.body)["status"] == status
        if status == 426:
            assert r.headers["sec-websocket-version"] == "13"
        assert c.reply().status == 200


def test_ws_frames_behind_the_upgrade(server):
    with server.connect() as c:
        c.send(upgrade() + frame(1, b"early"))
        assert c.reply().status == 101
        assert read_frame(c) == (0x81, b"early")


def test_ws_fragments_pings_and_sizes(server):
    with open_ws(server) as c:
        c.send(frame(1, b"Hel", fin=False) + frame(9, b"hi") + frame(0, b"lo", fin=False) + frame(0) + frame(10))
        assert read_frame(c) == (0x8A, b"hi")
        assert read_frame(c) == (0x81, b"Hello")
        for n in (0, 125, 126, 4096, 65535, 65536, 100000):
            c.send(frame(1, b"s" * n))
            assert read_frame(c) == (0x81, b"s" * n)


BROKEN = [
    (1002, frame(1, b"naked", mask=None)), (1002, frame(1, b"x", rsv=0x40)), (1002, frame(3)), (1002, frame(0, b"x")),
    (1002, frame(9, b"x", fin=False)), (1002, frame(1, b"a", fin=False) + frame(1, b"b")), (1002, frame(9, b"x" * 126)),
    (1007, frame(1, b"\xc3\x28")), (1009, frame(1, b"x" * 100001)), (1002, frame(8, b"\x03")),
    (1009, frame(1, b"x" * 60000, fin=False) + frame(0, b"x" * 60000)), (1002, frame(8, struct.pack(">H", 1005))),
]


@pytest.mark.parametrize("code,sent", BROKEN, ids=[f"{i}-{c}" for i, (c, _) in enumerate(BROKEN)])
def test_ws_broken_frames(server, code, sent):
    before = server.stats()["ws_closed"]
    with open_ws(server) as c:
        c.send(sent + frame(1, b"never answered"))
        assert read_frame(c) == (0x88, struct.pack(">H", code))
        assert c.is_closed()
        assert server.wait(ws_closed=before + 1)["ws_code"] == code


def test_ws_close_handshakes(server):
    before = server.stats()["ws_closed"]
    with open_ws(server) as c:
        c.send(frame(8, struct.pack(">H", 3000) + b"bye"))
        assert read_frame(c) == (0x88, struct.pack(">H", 3000))
        assert c.is_closed()
    assert server.wait(ws_closed=before + 1)["ws_code"] == 3000
    with open_ws(server) as c:
        c.send(frame(1, b"mark"))
        read_frame(c)
        server.get("/wsclose")
        assert read_frame(c) == (0x88, struct.pack(">H", 4001) + b"asked")
        c.send(frame(8, struct.pack(">H", 4001)))
        assert c.is_closed()
    assert server.wait(ws_closed=before + 2)["ws_code"] == 4001
    with open_ws(server) as c:
        pass  # no close frame at all
    assert server.wait(ws_closed=before + 3)["ws_code"] == 1006


def test_ws_slow_reader_is_closed_and_others_are_served(server):
    before = server.stats()
    with open_ws(server) as slow, open_ws(server) as other:
        slow.send(frame(1, b"flood"))
        now = server.wait(overflows=before["overflows"] + 1, ws_closed=before["ws_closed"] + 1)
        assert now["ws_code"] == 1006
        other.send(frame(1, b"still here"))
        assert read_frame(other) == (0x81, b"still here")
        with pytest.raises((AssertionError, ConnectionResetError)):
            while True:
                read_frame(slow)


def test_ws_idle_and_library(hasty):
    ws = websocket.create_connection("ws://%s:%d/ws" % hasty.address, timeout=LIMIT)
    ws.send("häh" * 1000)
    assert ws.recv() == "häh" * 1000
    with pytest.raises((websocket.WebSocketConnectionClosedException, ConnectionResetError)):
        ws.recv()  # nothing said for the idle time
    assert hasty.wait(ws_closed=1)["ws_code"] == 1006


# unix socket, TLS, drain

def connect_unix(path):
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(LIMIT)
    sock.connect(str(path))
    return Client(sock)


def test_unix_socket(tmp_path):
    path = tmp_path / "sock"
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(path))
    dead.close()
    s = Server("--unix", str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    with connect_unix(path) as c:
        c.send(POST + b"Content-Length: 2\r\n\r\nhi")
        assert c.reply().headers["x-peer"] == f"unix {os.getuid()}"
    second = subprocess.run([program(), "--unix", str(path)], capture_output=True, text=True, timeout=LIMIT)
    assert second.returncode == 1 and "another process listens" in second.stderr
    long = subprocess.run([program(), "--unix", "/tmp/" + "x" * 120], capture_output=True, text=True, timeout=LIMIT)
    assert long.returncode == 1 and "107" in long.stderr
    plain = tmp_path / "plain"
    plain.write_text("kept")
    other = subprocess.run([program(), "--unix", str(plain)], capture_output=True, text=True, timeout=LIMIT)
    assert other.returncode == 1 and plain.read_text() == "kept"
    s.stop()
    assert not path.exists()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    return cert, key


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tls(certificate, tmp_path):
    cert, key = map(str, certificate)
    big = tmp_path / "big"
    big.write_bytes(b"0123456789abcdef" * 100000)
    s = Server("--cert", cert, "--key", key, "--file", str(big))
    context = ssl.create_default_context(cafile=cert)
    context.set_alpn_protocols(["h2", "http/1.1"])

    def connect():
        return Client(context.wrap_socket(socket.create_connection(s.address, LIMIT), server_hostname="127.0.0.1"))
    with connect() as c:
        assert c.sock.selected_alpn_protocol() == "http/1.1"
        body = os.urandom(900000)
        c.send(POST + b"Content-Length: 900000\r\n\r\n" + body + GET_JSON)
        assert c.reply().body == body
        assert c.reply().status == 200
        c.send(b"GET /file HTTP/1.1\r\n" + HOST + b"\r\n")
        assert c.reply().body == big.read_bytes()
        c.send(b"POST /stream?pause HTTP/1.1\r\n" + HOST + b"Content-Length: 3000000\r\n\r\n" + bytes(3000000) + GET_JSON)
        assert json.loads(c.reply().body) == {"bytes": 3000000}
        assert c.reply().status == 200
        c.send(b"GET /json HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        assert c.reply().status == 200 and c.is_closed()
    with s.connect() as plain:  # no TLS at all: an alert and the end
        plain.send(GET_JSON)
        while plain.more():
            pass
    ws = websocket.create_connection("wss://%s:%d/ws" % s.address, sslopt={"ca_certs": cert}, timeout=LIMIT)
    ws.send("x" * 90000)
    assert ws.recv() == "x" * 90000
    ws.close()
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        old.wrap_socket(socket.create_connection(s.address, LIMIT))
    s.stop()


def test_tls_handshake_that_never_begins(certificate):
    s = Server("--cert", str(certificate[0]), "--key", str(certificate[1]), "--header-timeout", "100")
    with s.connect() as mute:
        assert mute.is_closed()
    s.stop()


def test_bad_certificate(certificate, tmp_path):
    junk = tmp_path / "junk"
    junk.write_text("no certificate")
    r = subprocess.run([program(), "--cert", str(junk), "--key", str(certificate[1])], capture_output=True, text=True,
                       timeout=LIMIT)
    assert r.returncode == 1 and "cannot use certificate" in r.stderr


def test_drain():
    s = Server()
    with s.connect() as idle, s.connect() as busy, open_ws(s) as ws:
        idle.send(GET_JSON)
        assert idle.reply().status == 200
        busy.send(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\na")
        end = time.monotonic() + LIMIT
        while s.stats()["requests"] < 4 and time.monotonic() < end:
            pass
        s.drain()
        assert idle.is_closed()
        op, payload = read_frame(ws)
        assert op == 0x88 and payload[:2] == struct.pack(">H", 1001)
        with pytest.raises(ConnectionRefusedError):
            s.connect()
        busy.send(b"bc")
        r = busy.reply()
        assert r.body == b"abc" and r.headers["connection"] == "close"
        assert busy.is_closed()
        ws.send(frame(8, payload[:2]))
        assert ws.is_closed()
    assert s.process.stdout.readline() == "drained\n"
    s.stop()


def test_drain_cuts_after_the_grace(server):
    """A reply that never comes does not keep the server for ever (5 s of grace in the program)."""
    s = Server()
    with s.connect() as c:
        c.send(b"GET /hold?never HTTP/1.1\r\n" + HOST + b"\r\n")
        s.wait(held=1)
        s.drain()
        assert server.get("/json").status == 200
        assert c.is_closed()
    s.stop()
