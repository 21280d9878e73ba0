"""One server with the people around it: what every effect test plays with."""
import os
import pathlib
import uuid

from people import Chat, make_agent, make_department, make_user
from support.console import Console
from support.page import Page
from usherd import Usherd

TOP = pathlib.Path(__file__).resolve().parents[2]
WIDGET = pathlib.Path(os.environ.get("USHER_WIDGET", TOP / ".cache/widget/build"))


class WidgetPage(Page):
    """The widget in the shared browser; each world has a port, and so a store of the browser, of its own."""

    def __init__(self, world, browser):
        super().__init__(None, None)
        self.world, self.browser = world, browser
        world.needs_widget = True

    def load(self):
        self.driver, self.url = self.browser.get(), self.world.usherd.url
        self.terminals = self.world.consoles
        self.driver.delete_all_cookies()
        return super().load()


class World:
    """begin() and end() are called for each run of a test."""

    def __init__(self, options=(), env=None):
        self.options, self.env = list(options), {"USHER_RATE_LIMITS": "off", "USHER_TRUSTED_PROXIES": "127.0.0.1", **(env or {})}
        self.usherd = self.admin = None
        self.needs_widget = False
        self.consoles, self.sockets = [], []

    def use_browser(self, browser):
        return WidgetPage(self, browser)

    def begin(self):
        options = list(self.options)
        if self.needs_widget:
            assert (WIDGET / "index.html").exists(), "the widget is not there: ./bootstrap deps fetches it"
            options += ["--widget", str(WIDGET)]
        self.usherd = Usherd(options, self.env)
        self.log_in()

    def log_in(self):
        self.admin = self.usherd.admin()

    def restart(self):
        assert self.usherd.stop() == 0
        self.usherd.start()
        self.log_in()

    def end(self):
        for one in [*self.consoles, *self.sockets]:
            one.close()
        self.consoles.clear()
        self.sockets.clear()
        code = self.usherd.stop()
        self.usherd.close()
        assert code == 0, "usherd ended with %s:\n%s" % (code, "".join(self.usherd.log))

    # --- settings ---

    def set(self, **settings):
        self.admin.set(**settings)
        return self

    def stored(self, setting):
        answer = self.admin.get("settings/" + setting)
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]

    def force(self, setting, value):
        status, body = self.usherd.local("POST", "/usher/v1/test/force", {"_id": setting, "value": value})
        assert status == 200, body

    # --- people ---

    def rest(self):
        return self.usherd.rest()

    def agent(self, *roles):
        return make_agent(self.usherd, self.admin, *roles)

    def user(self, *roles, **more):
        return make_user(self.usherd, self.admin, roles or ("user",), **more)

    def department(self, *agents, **more):
        return make_department(self.admin, agents, **more)

    def chat(self, text="hello", **fields):
        return Chat(self.usherd, text, **fields)

    def ddp(self, **kw):
        self.sockets.append(self.usherd.ddp(**kw))
        return self.sockets[-1]

    def console(self, home, agent, **more):
        """A console in which that agent (of agent()) is logged in."""
        c = Console(home / uuid.uuid4().hex[:8], server=self.usherd.url, user=agent.username,
                    password="pw of " + agent.username, **more)
        self.consoles.append(c)
        return c

    # --- what visitors see ---

    def config(self, **params):
        answer = self.rest().get("livechat/config", params)
        assert answer.status_code == 200, answer.text
        return answer.json()["config"]

    def history(self, chat):
        answer = chat.rest.get("livechat/messages.history/" + chat.rid, {"token": chat.token, "limit": 100})
        assert answer.status_code == 200, answer.text
        return answer.json()["messages"][::-1]

    def advance(self, ms):
        return self.usherd.advance(ms)


def outcome(answer):
    """200, or the code of the refusal."""
    body = answer.json()
    if answer.status_code == 200:
        return 200
    return body.get("errorType") or body.get("error") or body.get("reason") or body.get("message") or answer.status_code
