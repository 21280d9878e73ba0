"""Hostile and unlucky clients, bad starts and broken disks against the real usherd. The web server alone is tested in
test_http_faults.py; here a commit stands behind the answers."""
import json
import os
import pathlib
import resource
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time

import pytest

from support.daemon import LIMIT, Raw, Realtime, Refused, Rest, Usherd, Visitor, clean_environment, program, request
from conftest import OPEN_QUEUE

INFO = request("GET", "/api/info")


def others_are_served(usherd):
    assert Rest(usherd.port).raw("GET", "/api/info")[0] == 200


def post_message(visitor, text, **more):
    return request("POST", "/api/v1/livechat/message", {"token": visitor.token, "rid": visitor.rid, "msg": text, **more})


@pytest.fixture
def visitor(usherd):
    return Visitor(usherd.port, "visitor-of-the-test").open()


# --- requests and commits ---

def test_two_requests_in_one_segment(usherd, visitor):
    with Raw(usherd.port) as c:
        c.send(post_message(visitor, "one") + post_message(visitor, "two") + INFO)
        first, second, third = c.reply(), c.reply(), c.reply()
    assert first[0] == second[0] == third[0] == 200
    assert [first[1]["message"]["msg"], second[1]["message"]["msg"]] == ["one", "two"]
    assert visitor.texts() == ["one", "two"]


def test_bytes_while_a_commit_is_pending(usherd, visitor):
    """Each request in pieces that come while the one before is not yet answered."""
    with Raw(usherd.port) as c:
        for i in range(50):
            data = post_message(visitor, f"line {i}")
            c.send(data[:-7])
            c.send(data[-7:])
            c.send(INFO[:9])
            c.send(INFO[9:])
        for i in range(50):
            status, answer = c.reply()
            assert status == 200 and answer["message"]["msg"] == f"line {i}"
            assert c.reply()[0] == 200
    assert visitor.texts() == [f"line {i}" for i in range(50)]


def test_hang_up_while_a_commit_is_pending(usherd, visitor):
    for i in range(100):
        c = Raw(usherd.port)
        c.send(post_message(visitor, f"gone {i}", _id=f"gone{i}"))
        c.reset()
    others_are_served(usherd)
    visitor.say("still here")
    texts = visitor.texts()
    assert "still here" in texts and len(texts) == len(set(texts))


def test_half_close_while_a_commit_is_pending(usherd, visitor):
    for i in range(20):
        with Raw(usherd.port) as c:
            c.send(post_message(visitor, f"half {i}") + INFO).half_close()
            assert c.reply()[0] == 200 and c.reply()[0] == 200
            assert c.wait_closed() == b""
    assert visitor.texts() == [f"half {i}" for i in range(20)]


def test_slow_senders(usherd, visitor):
    """A hundred clients that send a byte now and then hold up nobody, and get their answer in the end."""
    data = post_message(visitor, "slowly")
    slow = [Raw(usherd.port) for _ in range(100)]
    for i in range(len(data)):
        for c in slow if i % 40 == 0 else slow[:1]:
            c.send(data[i:i + 40] if c is not slow[0] else data[i:i + 1])
        if i % 20 == 0:
            others_are_served(usherd)
    for c in slow:
        assert c.reply()[0] == 200
        c.socket.close()
    assert visitor.texts().count("slowly") == 100


BAD = {
    "no length": b"POST /api/v1/livechat/message HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n\r\n",
    "length of letters": b"POST /api/v1/login HTTP/1.1\r\nHost: h\r\nContent-Length: ten\r\n\r\n",
    "negative length": b"POST /api/v1/login HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
    "huge length": b"POST /api/v1/login HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "two lengths": b"POST /api/v1/login HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
    "length and chunked": b"POST /api/v1/login HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                          b"GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n",
    "chunked twice": b"POST /api/v1/login HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "odd coding": b"POST /api/v1/login HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "space before colon": b"GET /api/info HTTP/1.1\r\nHost: h\r\nContent-Length : 5\r\n\r\nhello",
    "bare line feeds": b"GET /api/info HTTP/1.1\nHost: h\n\n",
    "folded header": b"GET /api/info HTTP/1.1\r\nHost: h\r\nX-A: b\r\n c\r\n\r\n",
    "no host": b"GET /api/info HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /api/info HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "headers of 100 kB": b"GET /api/info HTTP/1.1\r\nHost: h\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n",
    "many headers": b"GET /api/info HTTP/1.1\r\nHost: h\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\n",
    "target of 100 kB": b"GET /api/v1/" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200 + b"\r\n\r\n",
}


@pytest.mark.parametrize("what", BAD)
def test_bad_request(usherd, what):
    """An answer of the 400 class (or 501) in JSON, or a clean close; never two answers to it, never 200."""
    with Raw(usherd.port) as c:
        try:
            c.send(BAD[what])
        except (ConnectionResetError, BrokenPipeError):
            pass
        answer = c.reply()
        if what == "no length":
            assert answer is not None and answer[0] in (400, 411)
        if answer is not None:
            assert 400 <= answer[0] < 500 or answer[0] == 501, answer
            assert isinstance(answer[1], dict) and answer[1].get("success") is False, answer
            if what != "no length":
                assert c.wait_closed() == b"", "something was read out of the rest"
    others_are_served(usherd)


BAD_BODY = {
    "cut": b"{", "deep list": b"[" * 100_000, "deep object": b'{"user":' * 5000 + b"1" + b"}" * 5000, "no object": b'"text"',
    "zero byte": b'{"user":"a\x00b"}', "no UTF-8": b'{"user":"\xff\xfe"}', "large": b"x" * 1_100_000,
    "number": b'{"user":1e999999}', "half a surrogate": b'{"user":"\\ud800"}',
}


@pytest.mark.parametrize("why", BAD_BODY)
def test_bad_body(usherd, why):
    body = BAD_BODY[why]
    with Raw(usherd.port) as c:
        try:
            c.send(request("POST", "/api/v1/login", body))
        except (ConnectionResetError, BrokenPipeError):
            pass
        answer = c.reply()
    assert answer is None or (400 <= answer[0] < 500 and isinstance(answer[1], dict)), (why, answer)
    others_are_served(usherd)


def test_slow_reader_of_a_websocket(usherd, visitor):
    """Somebody subscribes and reads nothing: he is closed some time, the others get everything at once."""
    admin = usherd.admin()
    sleepy, awake = Realtime(usherd.port, receive_buffer=4096), Realtime(usherd.port)
    for listener in (sleepy, awake):
        listener.login(admin)
        listener.subscribe("stream-room-messages", visitor.rid, {"useCollection": False, "args": []})
    text = "x" * 4000
    for i in range(2000):  # twice the 4 MB that may wait, and the buffers of the system
        visitor.say(f"{i} {text}")
        if i % 100 == 0:
            awake.wait(lambda m, i=i: m.get("msg") == "changed" and m["fields"]["args"][0]["msg"].startswith(f"{i} "))
    awake.wait(lambda m: m.get("msg") == "changed" and m["fields"]["args"][0]["msg"].startswith("1999 "))
    seen = 0
    try:
        while True:
            sleepy.receive()
            seen += 1
            if seen >= 2000:
                break
    except Exception:  # pylint: disable=broad-except
        pass
    assert seen < 2000, "4 MB are the limit of what waits for a reader"
    others_are_served(usherd)
    assert usherd.memory_kb() < 300_000


def test_websocket_garbage(usherd):
    """Frames that no client may send: a close, and the server goes on."""
    upgrade = (b"GET /websocket HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    for frame in (b"\x81\x05hello", b"\xff\xff" + b"\xff" * 20, b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff" + b"\0" * 4,
                  b"\x89\xfe\x00\x7e" + b"\0" * 200, b"\x80\x80\0\0\0\0", b"\x81\x82\0\0\0\0\xff\xfe"):
        with Raw(usherd.port) as c:
            assert c.send(upgrade).reply()[0] == 101
            c.send(frame)
            c.wait_closed()
    for text in ("", "{", "null", "[]", '{"msg":1}', '{"msg":"method"}', '{"msg":"sub","id":{},"name":[]}',
                 '{"msg":"method","id":"1","method":"login","params":{}}', '{"msg":"connect","version":"9","support":[]}',
                 '{"msg":"unsub","id":"nothing"}', '{"msg":"method","method":"login","params":[[[[[[]]]]]],"id":"2"}'):
        listener = Realtime(usherd.port)
        listener.ws.send(text)
        try:
            listener.send(msg="ping", id="p")
            listener.wait(lambda m: m.get("msg") == "pong")
        except (OSError, Exception) as closed:  # pylint: disable=broad-except
            assert "close" in type(closed).__name__.lower() or isinstance(closed, OSError), repr(closed)
        listener.close()
    others_are_served(usherd)


# --- the start ---

def refusal(place, *arguments, env=None):
    """usherd must say one sentence and exit 1, and leave the folder as it was."""
    before = sorted((p.name, p.stat().st_size) for p in place.iterdir() if p.is_file())
    done = subprocess.run([program("usherd"), *arguments], env=clean_environment(env), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=place, timeout=LIMIT, check=False)
    words = done.stderr.decode().strip()
    assert done.returncode == 1, (done.returncode, words)
    assert len(words.splitlines()) == 1 and done.stdout == b"", words
    assert sorted((p.name, p.stat().st_size) for p in place.iterdir() if p.is_file()) == before
    return words


def test_port_taken(place):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        address = "127.0.0.1:%d" % s.getsockname()[1]
        assert address in refusal(place, "--listen", address, "--db", "new.db")


def test_store_locked(place, usherd):
    words = refusal(place, "--listen", "127.0.0.1:0", "--db", str(usherd.db))
    assert usherd.db.name in words
    others_are_served(usherd)


def test_newer_schema(place):
    daemon = Usherd(place / "d").start()
    daemon.stop()
    db = sqlite3.connect(daemon.db)
    db.execute("PRAGMA user_version = 9999")
    db.commit()
    db.close()
    contents = daemon.db.read_bytes()
    assert "9999" in refusal(daemon.folder, "--listen", "127.0.0.1:0", "--db", str(daemon.db))
    assert daemon.db.read_bytes() == contents


def test_no_store(place):
    (place / "text").write_text("This is no database, but long enough to look like something. " * 40)
    refusal(place, "--listen", "127.0.0.1:0", "--db", str(place / "text"))


@pytest.mark.parametrize("text, at", [
    ("listen: 127.0.0.1:0\nlissen: x\n", "2:1"), ("listen: 127.0.0.1:0\ndb: [1]\n", "2:5"), ("db: {\n", "2:1"),
    ("rate_limits: maybe\n", "1:14")])
def test_bad_config(place, text, at):
    config = place / "bad.yaml"
    config.write_text(text)
    config.chmod(0o600)
    words = refusal(place, "--config", str(config), "--db", "new.db", "--listen", "127.0.0.1:0")
    assert f"bad.yaml:{at}" in words, words


def test_unknown_option(place):
    for arguments in (["--listn", "x"], ["extra"], ["--listen"], ["--listen", "nonsense", "--db", "new.db"],
                      ["--listen", "0.0.0.0:0", "--db", "new.db"], ["--widget", "/nowhere", "--db", "new.db"]):
        done = subprocess.run([program("usherd"), *arguments], env=clean_environment(), stdin=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, stdout=subprocess.PIPE, cwd=place, timeout=LIMIT, check=False)
        assert done.returncode in (1, 2) and done.stderr.strip(), arguments
    assert list(place.iterdir()) == []


# --- the end ---

def test_term_drains(usherd, visitor):
    """What was begun is answered, nothing new is taken; idle and slow connections do not hold up the end."""
    idle, slow = Raw(usherd.port), Raw(usherd.port)
    slow.send(b"POST /api/v1/login HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{")
    listener = Realtime(usherd.port)
    others_are_served(usherd)
    begun = [Raw(usherd.port) for _ in range(20)]
    for i, c in enumerate(begun):
        c.send(post_message(visitor, f"last {i}", _id=f"last{i}"))
    started = time.monotonic()
    usherd.process.send_signal(signal.SIGTERM)
    acknowledged = []
    for i, c in enumerate(begun):
        try:
            answer = c.reply()
        except ConnectionResetError:
            answer = None
        if answer and answer[0] == 200:
            acknowledged.append(f"last {i}")
    assert usherd.process.wait(LIMIT) == 0
    assert time.monotonic() - started < 5 + 5, "draining takes at most five seconds, and some for a slow machine"
    for c in (idle, slow, *begun):
        c.socket.close()
    listener.close()
    usherd.start()
    texts = visitor.texts()
    assert set(acknowledged) <= set(texts) and len(texts) == len(set(texts))


# --- the disk ---

class Limited(Usherd):
    """Its files cannot grow beyond what is said with limit(): to SQLite this is a full disk."""

    def start(self):
        before = signal.getsignal(signal.SIGXFSZ)
        popen = subprocess.Popen
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        subprocess.Popen = lambda *a, **k: popen(*a, restore_signals=False, **k)
        try:
            return super().start()
        finally:
            subprocess.Popen = popen
            signal.signal(signal.SIGXFSZ, before)

    def limit(self, size):
        hard = resource.RLIM_INFINITY
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, hard))


def say_all(visitor, texts):
    """(acknowledged, refused) of messages said at the same time on connections of their own."""
    connections = [Raw(visitor.rest.port) for _ in texts]
    for c, text in zip(connections, texts):
        c.send(post_message(visitor, text))
    good, bad = [], []
    for c, text in zip(connections, texts):
        answer = c.reply()
        assert answer is not None, "an answer is owed"
        (good if answer[0] == 200 else bad).append(text)
        assert answer[0] == 200 or answer[0] >= 500 or answer[0] == 400, answer
        c.socket.close()
    return good, bad


def check_broken_disk(daemon, break_disk, mend_disk):
    daemon.start()
    daemon.admin().set(**OPEN_QUEUE)
    visitor = Visitor(daemon.port, "visitor-of-a-full-disk").open()
    listener = Realtime(daemon.port)
    listener.login(daemon.admin())
    listener.subscribe("stream-room-messages", visitor.rid, {"useCollection": False, "args": []})
    good = [f"before {i}" for i in range(20)]
    for text in good:
        visitor.say(text)
    break_disk()
    refused = []
    for turn in range(20):
        stored, lost = say_all(visitor, [f"broken {turn} {i} " + "x" * 2000 for i in range(8)])
        good += stored
        refused += lost
        if refused and turn > 3:
            break
    assert refused, "the disk did not break"
    assert daemon.process.poll() is None, "it must stay"
    mend_disk()
    stored = []
    deadline = time.monotonic() + LIMIT
    while not stored:  # it may need a moment to load itself again; there is no event for that outside
        assert time.monotonic() < deadline, "it does not recover"
        try:
            stored, _ = say_all(visitor, ["mended"])
        except (AssertionError, OSError):
            assert daemon.process.poll() is None
    good += stored
    texts = visitor.texts()
    assert sorted(texts) == sorted(good), (set(texts) ^ set(good))
    listener.wait(lambda m: m.get("msg") == "changed" and m["fields"]["args"][0]["msg"] == "mended")
    shown = [m["fields"]["args"][0]["msg"] for m in listener.changed]
    assert not set(shown) & set(refused), "what was refused was shown to somebody"
    listener.close()
    daemon.kill()
    daemon.start()
    assert sorted(visitor.texts()) == sorted(good)
    daemon.stop()


def test_disk_full(place):
    daemon = Limited(place / "d")
    wal = pathlib.Path(str(daemon.db) + "-wal")
    try:
        check_broken_disk(daemon, lambda: daemon.limit(max(wal.stat().st_size, daemon.db.stat().st_size) + 4096),
                          lambda: daemon.limit(resource.RLIM_INFINITY))
    finally:
        daemon.close()


@pytest.mark.parametrize("call", ["sync", "write"])
def test_disk_error(place, shim, call):
    """fsync or write fails with an I/O error, as on a dying disk."""
    switch = place / "broken"
    daemon = Usherd(place / "d", env={"LD_PRELOAD": str(shim), "FSFAIL_SWITCH": str(switch)})
    try:
        check_broken_disk(daemon, lambda: switch.write_text(call), switch.unlink)
    finally:
        daemon.close()


# --- uploads ---

def upload(usherd, visitor, name, chunks, length):
    """A multipart upload that is made while it is sent."""
    head = (f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n").encode()
    tail = b"\r\n--edge--\r\n"
    with Raw(usherd.port) as c:
        c.send((f"POST /api/v1/livechat/upload/{visitor.rid} HTTP/1.1\r\nHost: 127.0.0.1\r\nx-visitor-token: {visitor.token}\r\n"
                f"Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: {len(head) + length + len(tail)}\r\n\r\n").encode())
        c.send(head)
        for chunk in chunks:
            c.send(chunk)
        c.send(tail)
        return c.reply()


def test_uploads_in_bounded_memory(usherd, visitor):
    """Eight files of 20 MB at the same time: some memory each, not the file; the bytes come back as they went."""
    usherd.admin().set(FileUpload_MediaTypeWhiteList="")
    size, parts = 20 * 1024 * 1024, 8
    blocks = [bytes([i]) * 4096 + os.urandom(61440) for i in range(parts)]
    before, answers = usherd.memory_kb("VmRSS"), [None] * parts

    def send(i):
        answers[i] = upload(usherd, visitor, f"file {i}.bin", (blocks[i] for _ in range(size // len(blocks[i]))), size)
    threads = [threading.Thread(target=send, args=(i,)) for i in range(parts)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(LIMIT * 2)
    assert all(a is not None and a[0] == 200 for a in answers), answers
    grown = usherd.memory_kb("VmHWM") - before
    assert grown < 8 * 1024, f"{grown} kB more for {parts} uploads"
    cookies = {"Cookie": f"rc_room_type=l; rc_rid={visitor.rid}; rc_token={visitor.token}"}
    for message in visitor.history():
        if not message.get("file"):
            continue
        path = message["attachments"][0]["title_link"]
        status, _, body = visitor.rest.raw("GET", path, headers=cookies)
        i = int(message["file"]["name"].split()[1].split(".")[0])
        assert status == 200 and len(body) == size and body == blocks[i] * (size // len(blocks[i]))
    assert usherd.memory_kb("VmHWM") - before < 8 * 1024


def test_upload_cut(usherd, visitor):
    """Hang up in the middle: no message, no file left, the server goes on."""
    usherd.admin().set(FileUpload_MediaTypeWhiteList="")
    files = usherd.folder / "files"
    for _ in range(5):
        c = Raw(usherd.port)
        c.send((f"POST /api/v1/livechat/upload/{visitor.rid} HTTP/1.1\r\nHost: h\r\nx-visitor-token: {visitor.token}\r\n"
                "Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: 5000000\r\n\r\n--edge\r\n"
                'Content-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n').encode() + b"z" * 300_000)
        c.reset()
    answer = upload(usherd, visitor, "whole.bin", [b"w" * 1000], 1000)
    assert answer[0] == 200
    assert len([m for m in visitor.history() if m.get("file")]) == 1
    deadline = time.monotonic() + LIMIT
    while sum(p.is_file() for p in files.rglob("*")) != 1:
        assert time.monotonic() < deadline, sorted(str(p) for p in files.rglob("*"))
        others_are_served(usherd)
