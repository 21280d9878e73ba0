"""Rocket.Chat's own client libraries, as npm has them, against this server. Each story is a program for node beside this
file; what it needs to know of the server it is given as one JSON argument."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from daemon import ADMIN  # noqa: E402
from people import Chat, make_agent, unique  # noqa: E402
from usherd import Usherd  # noqa: E402

CLIENTS = pathlib.Path(os.environ.get("USHER_CLIENTS", HERE.parents[1] / ".cache/clients"))
LIMIT_S = 120
STORIES = ["sdk_chat", "sdk_bot", "ddp_chat", "ddp_legacy", "api_client"]


@pytest.fixture(scope="module")
def usherd():
    daemon = Usherd(env={"USHER_RATE_LIMITS": "off"})
    yield daemon
    daemon.close()


@pytest.fixture(scope="module")
def admin(usherd):
    client = usherd.admin()
    client.set(Livechat_Routing_Method="Manual_Selection", API_Enable_Rate_Limiter=False)
    return client


@pytest.mark.parametrize("name", STORIES)
def test_client(usherd, admin, name):
    if not (CLIENTS / "node_modules").is_dir():
        pytest.fail("the client libraries are not there: ./bootstrap deps fetches them")
    agent = make_agent(usherd, admin)
    world = {
        "url": usherd.url,
        "token": unique("token"),
        "room": Chat(usherd).rid,
        "agent": {"id": agent.user_id, "username": agent.username, "password": "pw of " + agent.username},
        "admin": {"username": ADMIN, "password": usherd.PASSWORD},
    }
    done = subprocess.run(["node", str(HERE / f"{name}.js"), json.dumps(world)], env={**os.environ, "USHER_CLIENTS": str(CLIENTS)},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace") + "".join(list(usherd.log)[-20:])
