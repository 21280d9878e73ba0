import os
import sys
import uuid

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))
from own_daemon import start_with_agent  # noqa: E402
from usherd import Usherd  # noqa: E402


@pytest.fixture(scope="session")
def usherd():
    """One daemon for the tests that leave its settings as they were."""
    daemon = start_with_agent()
    yield daemon
    daemon.close()


@pytest.fixture
def start():
    """Starts further daemons with options of their own."""
    running = []

    def start_one(*options, **kw):
        running.append(Usherd(options, **kw))
        return running[-1]

    yield start_one
    for daemon in running:
        daemon.close()


@pytest.fixture
def rest(usherd):
    return usherd.rest()


@pytest.fixture(scope="session")
def admin(usherd):
    client = usherd.admin()
    client.set(Livechat_accept_chats_with_no_agents=True)
    return client


@pytest.fixture
def token():
    return "token-" + uuid.uuid4().hex


@pytest.fixture
def chat(admin, rest, token):
    """A visitor with an open room: rest client, token, visitor, room id."""
    class Chat:
        pass
    c = Chat()
    c.rest, c.token = rest, token
    c.visitor = rest.visitor(token, name="Vee")
    c.room = rest.room(token)
    c.rid = c.room["_id"]
    return c


@pytest.fixture
def ddp(usherd):
    opened = []

    def connect(**kw):
        opened.append(usherd.ddp(**kw))
        return opened[-1]

    yield connect
    for client in opened:
        client.close()
