"""Fixtures for modules that leave people, departments or settings behind: a daemon of their own instead of the common
one. Use: from own_daemon import admin, usherd"""
import pytest

from usherd import Usherd


@pytest.fixture(scope="module")
def usherd():
    daemon = Usherd(["--embedded"], {"USHER_RATE_LIMITS": "off", "USHER_TRUSTED_PROXIES": "127.0.0.1"})
    yield daemon
    daemon.close()


@pytest.fixture(scope="module")
def admin(usherd):
    client = usherd.admin()
    client.set(Livechat_accept_chats_with_no_agents=True)
    return client
