#!/usr/bin/env python3
"""The chat page without any login: guests, and the address that the demo prints."""

import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from page import Page  # noqa: E402
from talker import installation  # noqa: E402
import browser  # noqa: E402
import npm  # noqa: E402
from harness import Troupe, binary, free_port, until  # noqa: E402


class GuestPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if reason := browser.missing() or npm.install():
            raise unittest.SkipTest(reason)
        cls.page = Page(cls)

    def test_a_guest_talks_at_once_and_stays_the_same_on_the_next_visit(self):
        with installation(settings={"auth": {"guest_tenant": "acme"}}) as troupe:
            troupe.start()
            page = self.page
            page.open(troupe.url, agent="profile")
            page.connected()
            page.replied(1)
            page.say("Ann")
            page.shows("#fields dd", "Ann")
            page.replied(2)
            page.open(troupe.url, agent="profile")
            page.replied(2)
            self.assertEqual(page.messages()[1], ["user", "Ann"])

    def test_a_guest_whose_token_isnt_taken_any_more_becomes_another(self):
        with installation(settings={"auth": {"guest_tenant": "acme"}}) as troupe:
            troupe.start()
            page = self.page
            page.open(troupe.url, agent="profile")
            page.connected()
            page.say("Ann")
            page.replied(2)
            troupe.kill()
            troupe.environment["TROUPE_AUTH_JWT_SECRET"] = "another-secret-of-at-least-32-bytes!!"
            troupe.start()
            page.evaluate("wakeUp()")
            page.connected()
            page.replied(1)

    def test_the_address_that_the_demo_prints_is_answered_by_the_onboarding(self):
        with Troupe(environment={"TROUPE_SERVER_PORT": str(free_port())}, workflow=None) as other:
            with open(other.folder / "out", "w") as out:
                demo = subprocess.Popen([binary(), "demo", "-c", other.config], env=other.variables(), cwd=other.folder,
                                        stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
            self.addCleanup(demo.wait)
            self.addCleanup(demo.terminate)  # it removes its own folder
            told = until(lambda: re.search(r"http\S+/\?agent=onboarding", (other.folder / "out").read_text()), "the address")
            self.page.browser.open(told[0])
            self.page.connected()
            self.page.replied(1)
            self.page.shows("#progress", "Step 1 of 9")
            self.page.picture("demo")
            self.assertEqual(self.page.browser.order("said"), [])


if __name__ == "__main__":
    unittest.main()
