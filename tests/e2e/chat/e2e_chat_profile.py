#!/usr/bin/env python3
"""The chat page's profile: it fills in as the agent finds out, with and without room for it."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from page import Page  # noqa: E402
from talker import installation  # noqa: E402
import browser  # noqa: E402
import npm  # noqa: E402

COACH = """
title: Running coach
opening: Hi! Shall we get you running?
persona: You are a running coach.
closing: Your plan is on its way.
steps:
  - name: runner
    goal: Know the runner.
    schema:
      type: object
      required: [weight, shoes]
      properties:
        weight: { type: number, minimum: 30, maximum: 300 }
        shoes: { type: boolean }
    units: { weight: kg }
    questions:
      weight: What do you weigh?
      shoes: Do you own running shoes?
  - name: goal
    goal: Know the distance.
    schema:
      type: object
      required: [distance]
      properties:
        distance: { type: integer, minimum: 1, maximum: 100 }
    questions:
      distance: How many kilometres shall it be?
"""


class ProfilePanel(unittest.TestCase):
    """Without any model: the agent leads the talk all the same."""

    @classmethod
    def setUpClass(cls):
        if reason := browser.missing() or npm.install():
            raise unittest.SkipTest(reason)
        cls.troupe = installation(agents=[("coach", COACH)])
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.start()
        cls.page = Page(cls)

    def open(self, user, **view):
        self.page.open(self.troupe.url, self.troupe.token(user=user), agent="coach", **view)
        self.page.replied(1)
        return self.page

    def rows(self):
        return self.page.evaluate("[...document.querySelectorAll('#fields dl div')].map(row =>"
                                  " [...row.children].map(cell => cell.textContent).join('|') + '|' + row.className)")

    def test_it_fills_in_as_the_talk_goes_on(self):
        page = self.open("ann")
        self.assertEqual(page.evaluate("find('progress').innerText.trim()"), "Step 1 of 2: Runner")
        page.say("82 kg")
        page.wait("document.querySelectorAll('#fields dl div.fresh').length === 1")
        page.picture("profile")
        self.assertRegex(self.rows()[0], r"^Weight\|82\|confidence \d+ %\|fresh$")
        page.shows("#said", "Noted: Weight 82")
        page.say("yes")
        page.shows("#progress", "Step 2 of 2: Goal")
        page.shows("#fields h3", "✓ Runner")
        page.say("10")
        page.shows("#progress", "All done")
        self.assertEqual(page.faults(), [])

    def test_on_a_phone_it_is_closed_at_first_and_tells_what_is_new(self):
        page = self.open("bob", width=360, height=640)
        self.assertTrue(page.evaluate("find('profile').hidden"))
        page.say("82 kg")
        page.shows("#news", "1 new")
        page.picture("phone_profile_closed")
        page.evaluate("find('profile-button').click()")
        self.assertFalse(page.evaluate("find('profile').hidden"))
        self.assertEqual(page.evaluate("document.activeElement.id"), "profile-title")
        page.picture("phone_profile")
        self.assertEqual(page.faults(), [])
        page.browser.press("Escape")
        self.assertEqual(page.evaluate("[find('profile').hidden, document.activeElement.id]"), [True, "profile-button"])

    def test_agents_are_chosen_by_their_titles(self):
        page = self.open("cid")
        page.wait("find('agent').options.length === 4")
        titles = page.evaluate("[...find('agent').options].map(option => option.textContent)")
        self.assertIn("Running coach", titles)
        self.assertEqual(page.evaluate("document.title"), "Running coach – troupe")
        page.evaluate("find('agent').value = 'profile', find('agent').dispatchEvent(new Event('change'))")
        page.wait("document.title.startsWith('Quick profile')")
        self.assertEqual(page.evaluate("location.search"), "?agent=profile")

    def test_a_patch_reaches_nothing_but_the_state(self):
        page = self.open("dan")
        page.evaluate("""patched({a: {}}, [{op: "add", path: "/a/__proto__", value: {ran: 1}}])""")
        self.assertRaises(AssertionError, page.evaluate,
                          """patched({}, [{op: "add", path: "/__proto__/ran", value: 1}])""")
        self.assertIsNone(page.evaluate("({}).ran"))
        self.assertEqual(page.evaluate("""patched({a: [1], b: {"c/d": 1}}, [
            {op: "add", path: "/a/-", value: 2}, {op: "add", path: "/a/0", value: 0}, {op: "remove", path: "/b/c~1d"},
            {op: "replace", path: "/a/1", value: 5}, {op: "move", from: "/b", path: "/e"},
            {op: "copy", from: "/a", path: "/f"}])"""), {"a": [0, 5, 2], "e": {}, "f": [0, 5, 2]})


if __name__ == "__main__":
    unittest.main()
