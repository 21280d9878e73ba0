import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.daemon import Usherd  # noqa: E402

# A queue that takes everybody, nobody being online.
OPEN_QUEUE = {"Livechat_Routing_Method": "Manual_Selection", "Livechat_accept_chats_with_no_agents": True}


@pytest.fixture
def place():
    """A folder with a short name (the path of a socket is at most 107 bytes)."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="usher-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def usherd(place):
    """Running, with a queue that takes every visitor."""
    daemon = Usherd(place / "d")
    daemon.start()
    daemon.admin().set(**OPEN_QUEUE)
    yield daemon
    daemon.close()


@pytest.fixture(scope="session")
def shim(tmp_path_factory):
    """tests/faults/fsfail.c as a library to be loaded before others."""
    library = tmp_path_factory.mktemp("shim") / "fsfail.so"
    source = pathlib.Path(__file__).with_name("fsfail.c")
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"], check=True)
    return library


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    daemon = item.funcargs.get("usherd") if hasattr(item, "funcargs") else None
    if daemon is not None and outcome.get_result().failed:
        outcome.get_result().sections.append(("log of usherd", daemon.log()))
