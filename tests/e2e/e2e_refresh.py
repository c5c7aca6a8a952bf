#!/usr/bin/env python3
"""Refresh tokens: rotation, reuse, and answers that are lost because the server is killed."""

import json
import random
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from harness import Troupe  # noqa: E402


class Refresh(unittest.TestCase):
    def setUp(self):
        self.troupe = Troupe()
        self.addCleanup(self.troupe.close)
        self.troupe.add_tenant().start()

    def mint(self, user="ann"):
        """An access token and a refresh token."""
        out = self.troupe.command("token", "mint", "--tenant", "acme", "--user", user, "--refresh").stdout
        return out.split()

    def refresh(self, token, **options):
        return self.troupe.ask("POST", "/api/v1/auth/refresh", json.dumps({"refresh_token": token}),
                               {"Content-Type": "application/json"}, **options)

    def accepted(self, token):
        return self.troupe.get("/api/v1/desk/notes", {"Authorization": f"Bearer {token}"}).status == 200

    def test_a_refresh_token_is_good_for_one_new_token_after_the_other(self):
        access, refresh = self.mint()
        self.assertTrue(self.accepted(access))
        for _ in range(3):
            answer = self.refresh(refresh)
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual(answer.headers["Cache-Control"], "no-store")
            self.assertTrue(self.accepted(answer.json()["token"]))
            refresh = answer.json()["refresh_token"]

    def test_json_output_names_both_tokens_and_their_ends(self):
        out = json.loads(self.troupe.command("token", "mint", "--tenant", "acme", "--user", "ann", "--refresh",
                                             "--json").stdout)
        self.assertLess(out["expires_at"], out["refresh_expires_at"])
        self.assertEqual(self.refresh(out["refresh_token"]).status, 200)

    def test_a_stolen_token_ends_the_whole_login_and_is_told_of(self):
        _, stolen = self.mint()
        _, other = self.mint()
        newest = self.refresh(self.refresh(stolen).json()["refresh_token"]).json()["refresh_token"]
        answers = [self.refresh(token) for token in (stolen, newest, "x" * 43, "nonsense")]
        for answer in answers:
            self.assertEqual(answer.status, 401)
            told = {**answer.json(), "correlation_id": None}
            self.assertEqual(told, {**answers[0].json(), "correlation_id": None})
        self.assertEqual(self.refresh(other).status, 200)
        told = self.troupe.log("refresh_token_reused", tenant_id="acme")
        self.assertEqual(len(told), 1)
        self.assertNotIn("ann", json.dumps(told), "nothing personal in the log")

    def test_no_token_is_stored_or_logged(self):
        _, first = self.mint()
        second = self.refresh(first).json()["refresh_token"]
        self.troupe.stop()
        for file in self.troupe.folder.rglob("*"):
            if file.is_file():
                data = file.read_bytes()
                self.assertNotIn(first.encode(), data, file)
                self.assertNotIn(second.encode(), data, file)

    def test_an_answer_that_a_kill_swallowed_is_given_again(self):
        """Killed at any moment of a refresh: the client still has the old token and comes back with it."""
        chance = random.Random(4)
        _, token = self.mint()
        swallowed = 0
        for n in range(8):
            body = json.dumps({"refresh_token": token}).encode()
            with self.troupe.socket() as s:
                s.sendall(b"POST /api/v1/auth/refresh HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                          b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                time.sleep(chance.uniform(0, 0.01))
                self.troupe.kill()
                try:
                    before = s.recv(65536)
                except OSError:
                    before = b""
            swallowed += before == b""
            self.troupe.start()
            answer = self.refresh(token)
            self.assertEqual(answer.status, 200, answer)
            successor = answer.json()["refresh_token"]
            if b'"refresh_token"' in before:
                self.assertIn(successor.encode(), before, "the same successor")
            token = successor
        self.assertEqual(self.refresh(token).status, 200)

    def test_an_address_is_limited(self):
        statuses = [self.refresh("x" * 43, source="127.0.0.9").status for _ in range(70)]
        self.assertEqual(statuses[:60], [401] * 60)
        self.assertIn(429, statuses)
        self.assertEqual(self.refresh(self.mint()[1]).status, 200)

    def test_bad_bodies_are_named(self):
        for body, pointer in (("{}", "/refresh_token"), ('{"refresh_token": 1}', "/refresh_token"), ("[]", ""), ("", "")):
            with self.subTest(body):
                answer = self.troupe.ask("POST", "/api/v1/auth/refresh", body, {"Content-Type": "application/json"})
                self.assertEqual(answer.status, 400, answer)
                self.assertEqual(answer.json()["errors"][0]["pointer"], pointer)
        self.assertEqual(self.troupe.ask("POST", "/api/v1/auth/refresh", "{}", {"Content-Type": "text/plain"}).status, 415)


if __name__ == "__main__":
    unittest.main()
