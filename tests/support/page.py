"""The visitor's side: Chromium on the page of usherd with the real Livechat widget in it."""
import tempfile
import time

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

LIMIT = 60

SWITCHES = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
            "--no-proxy-server", "--mute-audio", "--lang=en-US", "--window-size=1000,800",
            "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
            "--disable-renderer-backgrounding"]


# Put in front of every page: who listens to what, and which requests are under way. A widget that has only begun to
# load its room draws the history twice and loses what is sent in between, in any workspace; people do not type that
# fast, tests do.
WATCH = """
(() => {
  const seen = window.usherSeen = {asked: {}, ready: {}, requests: 0};
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    try {
      const frame = JSON.parse(data);
      if (frame.msg === "sub") seen.asked[frame.id] = frame.name;
      if (frame.msg === "unsub") { delete seen.asked[frame.id]; delete seen.ready[frame.id]; }
    } catch (e) { }
    if (!this.usherHeard) {
      this.usherHeard = true;
      this.addEventListener("message", e => {
        try {
          const frame = JSON.parse(e.data);
          if (frame.msg === "ready") for (const id of frame.subs) seen.ready[id] = seen.asked[id];
        } catch (e) { }
      });
      this.addEventListener("close", () => { seen.asked = {}; seen.ready = {}; });
    }
    return send.call(this, data);
  };
  const ask = window.fetch;
  window.fetch = async function (...args) {
    seen.requests++;
    try { return await ask.apply(this, args); } finally { setTimeout(() => seen.requests--, 0); }
  };
})();"""


def start_browser(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for switch in [*SWITCHES, f"--user-data-dir={profile}"]:
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    driver.set_page_load_timeout(LIMIT)
    driver.set_script_timeout(LIMIT)
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    return driver


def css(part):
    """The widget's class names end in a hash."""
    return f"[class*='{part}__']"


class Page:
    """terminals: they are read while we wait for the browser, as a person's would be."""

    def __init__(self, driver, url, terminals=()):
        self.driver, self.url, self.terminals = driver, url, list(terminals)

    # --- waiting ---

    def until(self, check, what, timeout=LIMIT):
        """What check gives, once that is true. check may look at the browser, or at anything else."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                got = check()
            except WebDriverException:  # the page is just being made anew
                got = None
            if got:
                return got
            if time.monotonic() > deadline:
                raise AssertionError(f"the visitor waited in vain for {what}; the widget says:\n{self.text()}")
            if not self.terminals:
                time.sleep(0.02)
            for terminal in self.terminals:
                terminal.pump(0.02)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self):
        try:
            return self.driver.find_element(By.TAG_NAME, "body").text
        except WebDriverException as gone:
            return f"({gone.msg})"

    def see(self, text, timeout=LIMIT):
        self.until(lambda: text in self.text(), repr(text), timeout)
        return self

    def see_gone(self, text, timeout=LIMIT):
        self.until(lambda: text not in self.text(), f"{text!r} to go", timeout)
        return self

    # --- what a visitor does ---

    def load(self):
        self.driver.switch_to.default_content()
        self.driver.get(self.url + "/")
        return self.enter()

    def reload(self):
        self.driver.switch_to.default_content()
        self.driver.refresh()
        return self.enter()

    def enter(self):
        """Into the frame of the widget, once it has drawn."""
        def ready():
            self.driver.switch_to.default_content()
            frames = self.all("#rocketchat-iframe")
            if not frames:
                return False
            self.driver.switch_to.frame(frames[0])
            return bool(self.all(css("screen")))
        self.until(ready, "the widget")
        return self

    def open(self):
        """Clicks the round button, unless the widget is open (it remembers)."""
        def opened():
            if not self.all(css("screen__inner")):
                return False
            if not self.all(css("screen--minimized")):
                return True
            self.all(css("screen__chat-button"))[0].click()
            return False
        self.until(opened, "the widget to open")
        return self

    def register(self, name, email):
        field = self.until(lambda: self.all("[name=name]"), "the form")[0]
        self.fill(field, name)
        self.fill(self.all("[name=email]")[0], email)
        self.until(lambda: [b for b in self.all("form button") if b.is_enabled()], "the form's button")[0].click()
        self.composer()
        return self

    def fill(self, element, text):
        """Every character there is: the driver's own keys know only the basic plane."""
        element.click()
        self.driver.execute_cdp_cmd("Input.insertText", {"text": text})

    def composer(self):
        return self.until(lambda: self.all("[contenteditable=true]"), "the line to write in")[0]

    def write(self, text):
        self.fill(self.composer(), text)
        return self

    def settle(self):
        """Until nothing is under way, and the room that shows is listened to."""
        def quiet():
            seen = self.driver.execute_script("return window.usherSeen")
            if not seen or seen["requests"] or set(seen["asked"]) - set(seen["ready"]):
                return False
            return not self.messages() or "stream-room-messages" in seen["ready"].values()
        self.until(quiet, "the widget to have loaded its room")
        return self

    def say(self, text):
        self.settle()
        self.write(text)
        self.composer().send_keys(Keys.ENTER)
        return self

    # --- what a visitor sees ---

    def messages(self):
        """[(mine, text)] as drawn."""
        return [tuple(row) for row in self.driver.execute_script("""
            return [...document.querySelectorAll("[class*='message-bubble__']")]
              .filter(b => /(^| )message-bubble__[A-Za-z0-9_-]{5}( |$)/.test(b.className))
              .map(b => [/message-bubble--inverse/.test(b.className), b.innerText.trim()]);""")]

    def wait_message(self, text, mine=None):
        self.until(lambda: any(t == text and (mine is None or m == mine) for m, t in self.messages()), f"the message {text!r}")
        return self

    def count(self, text):
        return sum(t == text for _, t in self.messages())

    def errors(self):
        """What the browser's console holds against us."""
        return [e for e in self.driver.get_log("browser") if e["level"] == "SEVERE"]

    def screenshot(self, path):
        self.driver.save_screenshot(str(path))


def new_profile():
    return tempfile.mkdtemp(prefix="usher-chromium-")
