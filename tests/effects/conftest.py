"""Fixtures of the effect tests, and how they are run: see register.py."""
import pathlib
import shutil
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "support")]

from postoffice import mailbox  # noqa: E402, F401
from world import World  # noqa: E402
from support.page import new_profile, start_browser  # noqa: E402


@pytest.fixture
def world():
    """A fresh usherd for each run of a test, with the people and things that a test makes."""
    return World()


class LimitedWorld(World):
    """With rate limits; a user without a privilege asks."""

    def __init__(self):
        super().__init__(env={"USHER_RATE_LIMITS": "on"})
        self.plain = None

    def begin(self):
        super().begin()
        self.plain = self.user()

    def set(self, **settings):
        """Over the unix socket, where nothing is counted."""
        changes = [{"_id": name, "value": value} for name, value in settings.items()]
        status, body = self.usherd.local("POST", "/usher/v1/settings", {"changes": changes})
        assert status == 200, body
        return self


@pytest.fixture
def limited():
    return LimitedWorld()


class Browser:
    """One Chromium for all tests; it starts when the first of them wants it."""

    def __init__(self):
        self.profile = self.driver = None

    def get(self):
        if self.driver is None:
            self.profile = new_profile()
            self.driver = start_browser(self.profile)
        return self.driver

    def close(self):
        if self.driver:
            self.driver.quit()
            shutil.rmtree(self.profile, ignore_errors=True)


@pytest.fixture(scope="session")
def browser():
    b = Browser()
    yield b
    b.close()


@pytest.fixture
def page(world, browser):
    """The real widget of the world's server; fresh for every run."""
    return world.use_browser(browser)


@pytest.fixture
def home():
    """An empty folder for consoles."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="usher-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)

