#!/usr/bin/env python3
"""Guests: tokens that pages of the server get without any login, and who doesn't get one."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from harness import Troupe  # noqa: E402


class Guests(unittest.TestCase):
    def installation(self, **settings):
        troupe = Troupe(settings=settings)
        self.addCleanup(troupe.close)
        return troupe.add_tenant("samples").start()

    def ask(self, troupe, **headers):
        return troupe.ask("POST", "/api/v1/auth/guest", headers=headers)

    def test_a_page_of_the_server_becomes_a_guest_of_the_tenant(self):
        troupe = self.installation(auth={"guest_tenant": "samples"})
        self.assertEqual(len(troupe.log("guests_let_in", tenant_id="samples")), 1)
        answer = self.ask(troupe, **{"Origin": troupe.url, "Sec-Fetch-Site": "same-origin"})
        self.assertEqual(answer.status, 200, answer)
        guest = answer.json()
        self.assertRegex(guest["user"], "^guest-[0-9a-f]{32}$")
        self.assertEqual((guest["tenant"], guest["expires_in"]), ("samples", 86400))
        self.assertEqual(troupe.get("/api/v1/desk/notes", {"Authorization": f"Bearer {guest['token']}"}).status, 200)

    def test_others_get_none(self):
        troupe = self.installation(auth={"guest_tenant": "samples"})
        for headers in ({}, {"Origin": "https://evil.example.com"}, {"Sec-Fetch-Site": "cross-site"},
                        {"Origin": "http://evil.example.com", "Host": "evil.example.com"}):
            with self.subTest(headers):
                self.assertEqual(self.ask(troupe, **headers).status, 403)
        answers = [self.ask(troupe, **{"Sec-Fetch-Site": "same-origin"}).status for _ in range(40)]
        self.assertEqual(answers[:25], [200] * 25)
        self.assertIn(429, answers)

    def test_it_is_off_unless_it_is_asked_for_and_while_others_can_reach_the_server(self):
        answer = self.ask(self.installation(), **{"Sec-Fetch-Site": "same-origin"})
        self.assertEqual(answer.status, 404, answer)
        self.assertIn("auth.guest_tenant", answer.json()["detail"])
        open_to_all = self.installation(auth={"guest_tenant": "samples"}, server={"bind": "0.0.0.0"})
        answer = self.ask(open_to_all, **{"Sec-Fetch-Site": "same-origin"})
        self.assertEqual(answer.status, 404, answer)
        self.assertIn("auth.guest_remote", answer.json()["detail"])
        self.assertEqual(len(open_to_all.log("guests_kept_out")), 1)


if __name__ == "__main__":
    unittest.main()
