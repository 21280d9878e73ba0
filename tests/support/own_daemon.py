"""Fixtures for modules that leave people, departments or settings behind: a daemon of their own instead of the common
one. Use: from own_daemon import admin, usherd"""
import pytest

from usherd import Usherd


def start_with_agent(*options):
    """Without limits; the administrator is agent and manager, as in an embedded core (which would end by itself)."""
    daemon = Usherd(options, {"USHER_RATE_LIMITS": "off"})
    for role in ("agent", "manager"):
        assert daemon.admin().post("livechat/users/" + role, {"username": "admin"}).ok
    return daemon


@pytest.fixture(scope="module")
def usherd():
    daemon = start_with_agent("--trusted-proxies", "127.0.0.1")
    yield daemon
    daemon.close()


@pytest.fixture(scope="module")
def admin(usherd):
    client = usherd.admin()
    client.set(Livechat_accept_chats_with_no_agents=True)
    return client
