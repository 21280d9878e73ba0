"""A web server on loopback that stands for other systems: it keeps what it was asked, and answers as told."""
import json
import queue
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WAIT_S = 20


class Asked:
    """One request as it came."""

    def __init__(self, handler, body):
        self.method, self.path = handler.command, handler.path
        self.headers = {k.lower(): v for k, v in handler.headers.items()}
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)


class Answer:
    """status, body (a JSON value or bytes), further lines of the header; wait: an Event that must be set before."""

    def __init__(self, body=None, status=200, headers=(), wait=None):
        self.status, self.headers, self.wait = status, dict(headers), wait
        self.body = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self, body)
        service = self.server.service
        with service.lock:
            service.count += 1
            answer = service.rule(asked)
        service.asked.put(asked)
        if answer.wait is not None:
            answer.wait.wait(WAIT_S)
        try:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
        except OSError:
            self.close_connection = True

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_args):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass


class WebService:
    """rule: a function from Asked to Answer, called for each request in turn; default: 200 {}."""

    def __init__(self, rule=None, host="127.0.0.1", port=0):
        self.rule = rule or (lambda asked: Answer())
        self.asked, self.count, self.lock = queue.Queue(), 0, threading.Lock()
        self.server = _Server((host, port), _Handler)
        self.server.service = self
        self.host, self.port = host, self.server.server_address[1]
        self.url = "http://%s:%d/ask" % (host, self.port)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def next(self, wait_s=WAIT_S):
        return self.asked.get(timeout=wait_s)

    def all(self):
        """What came so far and was not taken by next()."""
        out = []
        while not self.asked.empty():
            out.append(self.asked.get())
        return out

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def dead_url():
    """An address where nobody listens."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return "http://127.0.0.1:%d/" % s.getsockname()[1]
