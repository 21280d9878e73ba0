"""Mail servers and a name server on loopback, to be told how to behave."""
import asyncio
import email
import email.policy
import os
import queue
import socket
import ssl
import struct
import subprocess
import threading

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

WAIT_S = 20


def certificate(folder):
    """A key and a certificate of its own authority for 127.0.0.1; paths."""
    key, cert = os.path.join(folder, "mail.key"), os.path.join(folder, "mail.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                    key, "-out", cert, "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
                   check=True, capture_output=True)
    return key, cert


class Mailbox:
    """A real SMTP server. Mails arrive in order; answers: replies to be given to the next mails instead of taking them,
    for the recipient ("rcpt") or the text ("data")."""

    def __init__(self, port=0, host="127.0.0.1", tls=None, starttls=None, offer=None, account=None, open_account=False):
        self.mails = queue.Queue()
        self.sessions = queue.Queue()          # one item for each recipient that was named
        self.answers = {"rcpt": [], "data": []}
        self.logins = []
        self.hold = None                       # an asyncio.Event: DATA is answered when it is set
        self.account, self.open_account = account, open_account
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = asyncio.run_coroutine_threadsafe(self._open(host, port, tls, starttls, offer), self.loop).result(WAIT_S)
        self.port = self.server.sockets[0].getsockname()[1]

    @staticmethod
    def _context(files):
        if not files:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files[1], files[0])
        return context

    async def _open(self, host, port, tls, starttls, offer):
        options = {"hostname": "mail.test", "data_size_limit": 60 << 20}
        if self.account:
            options.update(authenticator=self._login, auth_required=True, auth_require_tls=bool(tls or starttls))
        if self.open_account:
            options.update(authenticator=self._login, auth_require_tls=False)
        if offer:
            options.update(tls_context=self._context(offer))
        if starttls:
            options.update(tls_context=self._context(starttls), require_starttls=True)
        if tls and self.account:
            options["auth_require_tls"] = False  # the whole connection is encrypted, which aiosmtpd does not see
        return await self.loop.create_server(lambda: SMTP(self, loop=self.loop, **options), host, port,
                                             ssl=self._context(tls), reuse_address=True)

    def _login(self, _server, _session, _envelope, _mechanism, data):
        given = (data.login.decode(), data.password.decode())
        self.logins.append(given)
        return AuthResult(success=self.open_account or given == self.account, handled=False)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        self.sessions.put(address)
        if self.answers["rcpt"]:
            return self.answers["rcpt"].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):
        if self.hold:
            await self.hold.wait()
        answer = self.answers["data"].pop(0) if self.answers["data"] else None
        if answer:
            return answer
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        mail.envelope_from, mail.envelope_to = envelope.mail_from, list(envelope.rcpt_tos)
        mail.raw = envelope.content
        mail.encrypted = session.ssl is not None
        self.mails.put(mail)
        return "250 taken"

    def hang(self):
        async def make():
            return asyncio.Event()
        self.hold = asyncio.run_coroutine_threadsafe(make(), self.loop).result(WAIT_S)

    def go_on(self):
        hold, self.hold = self.hold, None
        self.loop.call_soon_threadsafe(hold.set)

    def next(self):
        return self.mails.get(timeout=WAIT_S)

    def tried(self):
        """Waits until a recipient was named."""
        return self.sessions.get(timeout=WAIT_S)

    def close(self):
        async def end():
            self.server.close()
            await self.server.wait_closed()
            others = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
        asyncio.run_coroutine_threadsafe(end(), self.loop).result(WAIT_S)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(WAIT_S)


@pytest.fixture
def mailbox():
    """A mail server of the test, on its own port. Import it by name to use it."""
    box = Mailbox()
    yield box
    box.close()


def text_of(mail, kind="plain"):
    return mail.get_body((kind,)).get_content().replace("\r\n", "\n")


class Peer:
    """A listener that lets a function talk to each connection."""

    def __init__(self, talk):
        self.talk = talk
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.seen = queue.Queue()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(WAIT_S)
                try:
                    self.talk(connection)
                except OSError:
                    pass
                self.seen.put(True)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def dies_in_data(connection):
    """Takes half a mail and resets the connection."""
    lines = connection.makefile("rb")
    connection.sendall(b"220 dying.test\r\n")
    for line in lines:
        if line.upper().startswith(b"DATA"):
            connection.sendall(b"354 go on\r\n")
            lines.readline()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        connection.sendall(b"250 fine\r\n")


class Names:
    """A name server for MX questions; answers: domain to a function of (id, question) that gives the packets to send."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = queue.Queue()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                packet, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            if len(packet) < 12:
                return
            labels, at = [], 12
            while packet[at]:
                labels.append(packet[at + 1:at + 1 + packet[at]].decode())
                at += packet[at] + 1
            name = ".".join(labels).lower()
            self.asked.put(name)
            for answer in self.answers.get(name, missing)(packet[:2], packet[12:at + 5]):
                self.socket.sendto(answer, peer)

    def close(self):
        self.socket.sendto(b"", self.socket.getsockname())
        self.socket.close()


def _header(number, flags, answers):
    return number + struct.pack(">HHHHH", flags, 1, answers, 0, 0)


def _mx(preference, name):
    data = struct.pack(">H", preference) + name
    return b"\xc0\x0c" + struct.pack(">HHIH", 15, 1, 60, len(data)) + data


def good(number, question):
    return [_header(number, 0x8180, 2) + question + _mx(10, b"\x04mail\xc0\x0c") + _mx(20, b"\x05spare\xc0\x0c")]


def missing(number, question):
    return [_header(number, 0x8183, 0) + question]


def empty(number, question):
    return [_header(number, 0x8180, 0) + question]


def null_mx(number, question):
    return [_header(number, 0x8180, 1) + question + _mx(0, b"\x00")]


def silent(_number, _question):
    return []


def loop(number, question):
    """A compressed name that points at itself."""
    head = _header(number, 0x8180, 1) + question
    at = len(head) + 12 + 2
    return [head + _mx(10, struct.pack(">H", 0xC000 | at))]


def cut(number, question):
    whole = good(number, question)[0]
    return [whole[:n] for n in range(0, len(whole) - 1, 5)] + [whole[:-1]]


def boastful(number, question):
    """Says that it has 65535 answers, and has none."""
    return [_header(number, 0x8180, 0xFFFF) + question]


def foreign(number, question):
    """Another question's answer, and noise before it."""
    return [os.urandom(40), good(bytes([number[0] ^ 1, number[1]]), question)[0]]
