"""Addresses of clients behind proxies: the option trusted_proxies, X-Forwarded-For, X-Real-IP."""
import http.client
import json
import uuid

import pytest

TRUSTED = "127.0.0.1, 10.0.0.1,[2001:db8::1]"


def post(daemon, path, body, headers):
    """headers: a list of pairs, so that one may come twice."""
    connection = http.client.HTTPConnection(daemon.url.split("//")[1], timeout=10)
    data = json.dumps(body).encode()
    connection.putrequest("POST", "/api/v1/" + path)
    for name, value in [("Content-Type", "application/json"), ("Content-Length", str(len(data)))] + headers:
        connection.putheader(name, value)
    connection.endheaders(data)
    answer = connection.getresponse()
    text = json.loads(answer.read())
    connection.close()
    return answer.status, text


@pytest.fixture(scope="module")
def daemons():
    from usherd import Usherd
    running = {name: Usherd(["--embedded", *more], {"USHER_RATE_LIMITS": "off"})
               for name, more in (("trusting", ["--trusted-proxies", TRUSTED]), ("alone", []))}
    for daemon in running.values():
        daemon.admin().set(Livechat_Allow_collect_and_store_HTTP_header_informations=True)
    yield running
    for daemon in running.values():
        daemon.close()


def address(daemon, *headers):
    """What is kept of a new visitor who comes with these headers."""
    status, data = post(daemon, "livechat/visitor", {"visitor": {"token": uuid.uuid4().hex}}, list(headers))
    assert status == 200, data
    return data["visitor"]["ip"]


@pytest.mark.parametrize("headers", [
    [("X-Forwarded-For", "203.0.113.7")], [("X-Real-IP", "203.0.113.7")], [],
    [("X-Forwarded-For", "203.0.113.7, 127.0.0.1")],
])
def test_a_stranger_is_not_believed(daemons, headers):
    assert address(daemons["alone"], *headers) == "127.0.0.1"


@pytest.mark.parametrize("value, client", [
    ("203.0.113.7", "203.0.113.7"),
    ("  203.0.113.7\t", "203.0.113.7"),
    ("203.0.113.7:5555", "203.0.113.7"),
    ("2001:DB8:0:0::7", "2001:db8::7"),
    ("[2001:db8::7]:443", "2001:db8::7"),
    ("::ffff:203.0.113.7", "203.0.113.7"),
    # From the right: what a client wrote himself stands on the left.
    ("6.6.6.6, 203.0.113.7", "203.0.113.7"),
    ("6.6.6.6, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
    ("6.6.6.6,203.0.113.7,2001:db8::1,10.0.0.1,127.0.0.1", "203.0.113.7"),
    ("10.0.0.1, 6.6.6.6", "6.6.6.6"),
    # Nobody else in it: the one farthest away.
    ("10.0.0.1", "10.0.0.1"),
    # What is no address ends the chain: the last that could be believed counts.
    ("", "127.0.0.1"), ("unknown", "127.0.0.1"), (",,,", "127.0.0.1"), ("203.0.113.7,", "127.0.0.1"),
    ("203.0.113.7, garbage", "127.0.0.1"), ("203.0.113.7, 999.1.1.1, 10.0.0.1", "10.0.0.1"),
    ("203.0.113.7, <b>, 10.0.0.1", "10.0.0.1"), ("203.0.113.7; DROP TABLE visitor", "127.0.0.1"),
    ("x" * 200, "127.0.0.1"), ("[2001:db8::7", "127.0.0.1"), ("1.2.3", "127.0.0.1"), ("::1%lo", "127.0.0.1"),
    ("\\u202e203.0.113.7", "127.0.0.1"), (", ".join(["10.0.0.1"] * 300), "10.0.0.1"),
])
def test_the_chain_of_a_trusted_proxy(daemons, value, client):
    assert address(daemons["trusting"], ("X-Forwarded-For", value)) == client


def test_a_header_on_two_lines(daemons):
    """A proxy may add a line instead of adding to the client's."""
    lines = [("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "203.0.113.7")]
    assert address(daemons["trusting"], *lines) == "203.0.113.7"
    lines = [("X-Forwarded-For", "6.6.6.6, 203.0.113.7"), ("X-Forwarded-For", "10.0.0.1")]
    assert address(daemons["trusting"], *lines) == "203.0.113.7"
    lines = [("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "garbage")]
    assert address(daemons["trusting"], *lines) == "127.0.0.1"


def test_the_real_address_that_a_proxy_names(daemons):
    chain = ("X-Forwarded-For", "203.0.113.7")
    assert address(daemons["trusting"], ("X-Real-IP", "198.51.100.9"), chain) == "198.51.100.9"
    assert address(daemons["trusting"], ("X-Real-IP", "garbage"), chain) == "203.0.113.7"


def test_limits_go_by_the_client(start):
    """Behind a proxy each client has the calls of its own; without one nobody gets more by making up addresses."""
    def passed(daemon, *addresses):
        return [[post(daemon, "livechat/offline.message", {}, [("X-Forwarded-For", a)])[0] for _ in range(12)].count(400)
                for a in addresses]
    assert passed(start("--trusted-proxies", "127.0.0.1"), "203.0.113.7", "203.0.113.8") == [10, 10]
    assert passed(start(), "203.0.113.7", "203.0.113.8") == [10, 0]
