"""The chat page as people use it."""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

import browser  # noqa: E402

# Where pictures of the page go, for people to look at; nowhere unless named.
PICTURES = os.environ.get("TROUPE_TEST_PICTURES")


class Page:
    """The chat page in a browser of its own, used as people use it."""

    def __init__(self, test):
        self.browser = browser.Browser()
        test.addClassCleanup(self.browser.close)

    def open(self, url, token=None, agent="plain", **view):
        fragment = f"#token={token}" if token else ""
        answer = self.browser.open(f"{url}/?agent={agent}{fragment}", **view)
        if token:
            self.connected()
        return answer

    def evaluate(self, script):
        return self.browser.evaluate(script)

    def wait(self, condition):
        self.browser.wait(condition)

    def connected(self):
        self.wait("find('state').textContent === 'Connected'")

    def shows(self, part, text):
        self.wait(f"document.querySelector({json.dumps(part)})?.textContent.includes({json.dumps(text)})")

    def type(self, text):
        self.evaluate("find('text').focus()")
        self.browser.order("type", text=text)

    def say(self, text):
        self.type(text)
        self.browser.press("Enter")

    def replied(self, count):
        """Waits until so many replies stand and nothing is being written."""
        self.wait(f"document.querySelectorAll('#messages > .assistant').length === {count} && find('stop').hidden"
                  " && !document.querySelector('.waits')")

    def streaming(self, length=60):
        self.wait("!find('stop').hidden && [...document.querySelectorAll('#messages > .assistant .body')].pop()"
                  f"?.textContent.length > {length}")

    def messages(self):
        return self.evaluate("[...document.querySelectorAll('#messages > :is(.user, .assistant)')].map(item =>"
                             " [item.classList[0], item.querySelector('.body').textContent])")

    def said_aloud(self):
        return self.evaluate("[...find('said').children].map(line => line.textContent)")

    def text(self):
        return self.evaluate("document.body.innerText")

    def picture(self, name):
        if PICTURES:
            self.browser.order("screenshot", file=f"{PICTURES}/chat_{name}.png")

    def faults(self):
        return [f for f in self.browser.order("faults") if f["impact"] in ("serious", "critical")]
