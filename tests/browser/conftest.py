"""One usherd with the real widget, one Chromium and as many consoles as a test wants."""
import os
import pathlib
import shutil
import sys
import tempfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests"))

from support.console import Console  # noqa: E402
from support.daemon import Usherd  # noqa: E402
from support.page import Page, new_profile, start_browser  # noqa: E402

WIDGET = pathlib.Path(os.environ.get("USHER_WIDGET", TOP / ".cache/widget/build"))


class World:
    def __init__(self, folder):
        self.folder = folder
        self.usherd = Usherd(folder / "d", widget=WIDGET)
        self.admin = None
        self.consoles, self.drivers, self.profiles = [], [], []

    def start(self, **settings):
        self.usherd.start()
        self.admin = self.usherd.admin().set(**settings)
        return self

    def console(self, user, home=None, **more):
        console = Console(self.folder / (home or user), server=self.usherd.url, user=user, **more)
        self.consoles.append(console)
        return console

    def page(self):
        self.profiles.append(new_profile())
        self.drivers.append(start_browser(self.profiles[-1]))
        return Page(self.drivers[-1], self.usherd.url, self.consoles)

    def close(self):
        for driver in self.drivers:
            driver.quit()
        for console in self.consoles:
            console.close()
        self.usherd.close()
        for profile in self.profiles:
            shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture
def world(request):
    if not (WIDGET / "index.html").exists():
        pytest.fail("the widget is not there: ./bootstrap deps fetches it")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="usher-"))
    w = World(folder)
    request.node.world = w
    yield w
    w.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test leaves pictures of what the visitor saw and the text of what the agent saw."""
    outcome = yield
    report = outcome.get_result()
    w = getattr(item, "world", None)
    if report.when != "call" or not report.failed or w is None:
        return
    kept = pathlib.Path(tempfile.mkdtemp(prefix="usher-failed-"))
    for i, driver in enumerate(w.drivers):
        driver.save_screenshot(str(kept / f"{item.name}-{i}.png"))
    for i, console in enumerate(w.consoles):
        (kept / f"{item.name}-{i}.txt").write_text(console.text())
        report.sections.append((f"screen of console {i}", console.text()))
    report.sections.append(("log of usherd", w.usherd.log()))
    report.sections.append(("pictures", " ".join(f"{kept.name}/{p.name}" for p in sorted(kept.iterdir()))))
