#!/usr/bin/env python3
"""The desk's page in a browser: what it shows, that what came from outside stays text, and that everybody can use it."""

import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import browser  # noqa: E402
import npm  # noqa: E402
from harness import Troupe, binary, free_port, until  # noqa: E402
from stand_ins import LlmStandIn  # noqa: E402

HOSTILE = '<script>window.ran = 1</script><img src=x onerror="window.ran = 2"><b>bold</b> [link](javascript:alert(3))'
# Where pictures of the page go, for people to look at; nowhere unless named.
PICTURES = os.environ.get("TROUPE_TEST_PICTURES")


class DeskPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if reason := browser.missing() or npm.install():
            raise unittest.SkipTest(reason)
        cls.llm = LlmStandIn()
        cls.addClassCleanup(cls.llm.close)
        cls.troupe = Troupe(llm=cls.llm.provider())
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.add_tenant("acme").add_tenant("quiet").start()
        for number in range(1, 4):
            cls.ended(ticket_id=f"PRINT-{number}", subject=f"Printer {number} is offline", priority="critical")
        cls.llm.behave("html")
        cls.ended(ticket_id="<i>H-1</i>", subject=HOSTILE, description=f"{HOSTILE}\n{'x' * 300}", priority="low")
        cls.browser = browser.Browser()
        cls.addClassCleanup(cls.browser.close)

    @classmethod
    def ended(cls, **fields):
        job = cls.troupe.ended(cls.troupe.accepted(**fields))
        assert job["status"] == "completed", job

    def open(self, tenant="acme", **view):
        self.browser.open(f"{self.troupe.url}/desk/#token={self.troupe.token(tenant)}", **view)
        self.shows("notes" if tenant == "acme" else "No notes yet")
        return self.browser

    def shows(self, text):
        self.browser.wait(f"document.getElementById('state').textContent.includes({json.dumps(text)})")

    def picture(self, name):
        if PICTURES:
            self.browser.order("screenshot", file=f"{PICTURES}/{name}.png")

    def assert_well(self):
        """Nothing was complained of, neither by the page nor by the rules of accessibility."""
        self.assertEqual(self.browser.order("said"), [])
        self.assertEqual([f for f in self.browser.order("faults") if f["impact"] in ("serious", "critical")], [])

    def text(self):
        return self.browser.evaluate("document.body.innerText")

    def focused(self):
        return self.browser.evaluate("document.activeElement.id || document.activeElement.textContent")

    def tab_to(self, what):
        for _ in range(40):
            self.browser.press("Tab")
            if what in self.focused():
                return
        self.fail(f"no number of tabs leads to {what}")

    def test_tickets_and_their_notes_are_shown_newest_first(self):
        self.open()
        self.picture("light")
        text = self.text()
        self.assertIn("4 notes, newest first", text)
        self.assertLess(text.rindex("Printer 3 is offline"), text.rindex("Printer 1 is offline"))
        for part in ("Ticket PRINT-1", "critical priority", "Similar Tickets", "Recommendations", "Check the cable."):
            self.assertIn(part, text)
        self.assert_well()

    def test_the_address_that_the_demo_prints_shows_its_notes(self):
        with Troupe(environment={"TROUPE_SERVER_PORT": str(free_port())}) as other:
            with open(other.folder / "out", "w") as out:
                demo = subprocess.Popen([binary(), "demo", "-c", other.config], env=other.variables(), cwd=other.folder,
                                        stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
            self.addCleanup(demo.wait)
            self.addCleanup(demo.terminate)  # it removes its own folder
            told = until(lambda: re.search(r"http\S+/desk/#token=\S+", (other.folder / "out").read_text()), "the address")
            self.browser.open(told[0])
            self.shows("15 notes")
            self.picture("demo")
            self.assertIn("Nobody on the second floor can print", self.text())
            self.assert_well()

    def test_the_token_leaves_the_address_and_lasts_for_the_tab(self):
        self.open()
        self.assertEqual(self.browser.evaluate("location.href"), f"{self.troupe.url}/desk/")
        self.assertEqual(self.browser.evaluate("localStorage.length"), 0)

    def test_html_and_script_of_ticket_and_model_stay_text(self):
        self.open()
        self.assertIsNone(self.browser.evaluate("window.ran"))
        self.assertEqual(self.browser.evaluate("document.querySelectorAll('main :is(script, img, iframe, style)').length"), 0)
        self.assertEqual(self.browser.evaluate("document.querySelectorAll('a[href^=javascript]').length"), 0)
        self.assertIn(HOSTILE, self.text())
        self.assertIn("Ticket <i>H-1</i>", self.text())
        self.assertEqual([line for line in self.browser.order("said") if line.startswith("dialog")], [])

    def test_the_policy_lets_nothing_in_but_the_pages_own_script_and_style(self):
        answer = self.troupe.get("/desk/")
        policy = answer.headers["Content-Security-Policy"]
        self.assertRegex(policy, r"default-src 'none'; script-src 'sha256-[^ ;]+'; style-src 'sha256-[^ ;]+';")
        self.assertNotIn("unsafe", policy)
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.open()
        self.browser.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
        self.assertIsNone(self.browser.evaluate("window.ran"))
        self.assertTrue(any("Content Security Policy" in line for line in self.browser.order("said")))

    def test_the_keyboard_is_enough(self):
        self.open()
        self.browser.press("Tab")
        self.assertEqual(self.focused(), "Skip to the notes")
        self.tab_to("filter")
        self.browser.order("type", text="printer 2")
        self.shows("1 of 4 notes")
        self.assertNotIn("Printer 1 is offline", self.text())
        self.tab_to("What the ticket says")
        self.assertNotIn("floor two", self.text())
        self.browser.press("Enter")
        self.assertIn("floor two", self.text())
        self.assertTrue(self.browser.evaluate("getComputedStyle(document.activeElement).outlineStyle !== 'none'"))

    def test_a_narrow_screen_doesnt_scroll_sideways(self):
        self.open(width=360, height=640)
        self.browser.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        self.picture("narrow")
        self.assertLessEqual(self.browser.evaluate("document.documentElement.scrollWidth"), 360)
        self.assert_well()

    def test_a_dark_screen_is_readable(self):
        self.open(dark=True)
        self.picture("dark")
        light = self.browser.evaluate("getComputedStyle(document.body).backgroundColor")
        self.assertLess(sum(map(int, re.findall(r"\d+", light)[:3])), 3 * 64)
        self.assert_well()

    def test_without_a_token_it_asks_for_one(self):
        self.browser.open(f"{self.troupe.url}/desk/")
        self.browser.evaluate("sessionStorage.clear(), location.reload()")
        self.browser.wait("!document.getElementById('asking').hidden")
        self.picture("token")
        self.assert_well()
        self.assertEqual(self.focused(), "token")
        self.browser.order("type", text="wrong")
        self.browser.press("Enter")
        self.shows("isn't valid")
        self.browser.order("type", text=self.troupe.token())
        self.browser.press("Enter")
        self.shows("4 notes")

    def test_a_desk_without_notes_says_so(self):
        self.open("quiet")
        self.picture("empty")
        self.assert_well()

    def test_what_the_server_cant_give_is_told(self):
        with Troupe(settings={"limits": {"requests_per_minute": 1}}) as other:
            other.add_tenant("acme").start()
            self.browser.open(f"{other.url}/desk/#token={other.token()}")
            self.shows("No notes yet")
            until(lambda: self.refreshed("Too many requests"), "the limit is told")
            other.stop()
            self.assertTrue(self.refreshed("could not be loaded"))

    def refreshed(self, wanted):
        self.browser.evaluate("document.getElementById('refresh').click()")
        self.browser.wait("document.getElementById('state').className === 'fault'")
        return wanted in self.browser.evaluate("document.getElementById('state').textContent")


if __name__ == "__main__":
    unittest.main()
