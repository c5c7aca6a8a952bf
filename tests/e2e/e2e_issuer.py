#!/usr/bin/env python3
"""Users come from an issuer with keys of its own: tokens that the library jose signed, and a key set that is swapped,
missing or broken."""

import json
import subprocess
import sys
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import npm  # noqa: E402
from harness import Troupe, free_port, until  # noqa: E402

ISSUER, AUDIENCE = "https://login.example.com", "troupe"


class KeyServer:
    """Serves a key set that the test may change at any time."""

    def __init__(self, page, port=0):
        self.page = page  # (status, headers, body)
        self.asked = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked += 1
                status, headers, body = outer.page
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/keys"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def page_of(made, **headers):
    return 200, {"Content-Type": "application/json", **headers}, json.dumps(made["set"]).encode()


class Issuer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if reason := npm.install():
            raise unittest.SkipTest(reason)
        cls.first, cls.second = cls.made("first"), cls.made("second")

    @staticmethod
    def made(name):
        return json.loads(subprocess.run([npm.NODE, npm.FOLDER / "tokens.mjs", name, ISSUER, AUDIENCE],
                                         text=True, capture_output=True, check=True).stdout)

    def installation(self, url, secret=None, **jwt):
        settings = {"auth": {"jwt": {"jwks_url": url, "issuer": ISSUER, "audience": AUDIENCE, **jwt}}}
        troupe = Troupe(settings=settings, environment={"TROUPE_AUTH_JWT_SECRET": secret})
        self.addCleanup(troupe.close)
        return troupe.add_tenant()

    def served(self, page, **options):
        keys = KeyServer(page, **options)
        self.addCleanup(keys.close)
        return keys

    @staticmethod
    def status(troupe, token):
        return troupe.get("/api/v1/desk/notes", {"Authorization": f"Bearer {token}"}).status

    def test_what_jose_signs_is_accepted_and_what_it_signs_wrongly_is_not(self):
        troupe = self.installation(self.served(page_of(self.first)).url).start()
        for name, token in self.first["good"].items():
            with self.subTest(name):
                self.assertEqual(self.status(troupe, token), 200)
        for name, token in self.first["bad"].items():
            with self.subTest(name):
                self.assertEqual(self.status(troupe, token), 401)
        left_out = {entry["kid"]: entry["reason"] for entry in troupe.log("key_left_out")}
        self.assertEqual(set(left_out), {"first-ES384", "first-oct"})
        self.assertIn("must be withdrawn", left_out["first-oct"])
        health = troupe.get("/api/v1/health/auth").json()
        self.assertEqual((health["status"], health["keys"]), ("healthy", 3))
        check = troupe.command("check", check=False).stdout
        self.assertIn("/keys: 3 keys; first-ES384 isn't used", check)

    def test_a_rotation_is_followed_by_the_first_token_of_the_new_key(self):
        keys = self.served(page_of(self.first))
        troupe = self.installation(keys.url).start()
        token = self.second["good"]["EdDSA"]
        self.assertEqual(self.status(troupe, self.first["good"]["EdDSA"]), 200)
        keys.page = page_of(self.second)
        until(lambda: self.status(troupe, token) == 200, "the new key is known", pause=0.2)
        self.assertEqual(self.status(troupe, self.first["good"]["EdDSA"]), 401)
        asked = keys.asked
        for n in range(50):  # names that are made up
            self.assertEqual(self.status(troupe, self.first["good"]["RS256"]), 401)
        self.assertLessEqual(keys.asked, asked + 1)

    def test_an_issuer_that_is_down_or_broken_leaves_the_known_keys_in_use(self):
        keys = self.served(page_of(self.first))
        troupe = self.installation(keys.url).start()
        elsewhere = self.served(page_of(self.second))
        for page in ((500, {}, b"down"), (200, {}, b"<html>Sign in</html>"), (302, {"Location": elsewhere.url}, b""),
                     (200, {}, b'{"keys":[]}')):
            with self.subTest(page):
                keys.page, asked = page, keys.asked
                self.assertIn(self.status(troupe, self.second["good"]["RS256"]), (401,))
                self.assertEqual(self.status(troupe, self.first["good"]["RS256"]), 200)
                self.assertLessEqual(keys.asked, asked + 1)
        self.assertEqual(elsewhere.asked, 0)
        self.assertTrue(troupe.ready())

    def test_without_any_keys_the_server_says_that_it_is_not_ready_until_they_come(self):
        port = free_port()
        troupe = self.installation(f"http://127.0.0.1:{port}/keys").launch()
        until(lambda: troupe.log("engine_started"), "the server is up")
        ready = troupe.get("/health/ready")
        self.assertEqual((ready.status, ready.json()["reason"]), (503, "no keys to verify tokens with"))
        answer = troupe.get("/api/v1/desk/notes", {"Authorization": f"Bearer {self.first['good']['RS256']}"})
        self.assertEqual((answer.status, answer.headers["Retry-After"]), (503, "5"))
        self.assertEqual(troupe.get("/api/v1/desk/notes").status, 401)
        self.assertEqual(troupe.get("/health/live").status, 200)
        check = troupe.command("check", check=False)
        self.assertEqual(check.returncode, 1)
        self.assertRegex(check.stdout, r"FAULT +token keys: .*/keys: .*refused")
        self.served(page_of(self.first), port=port)
        until(troupe.ready, "the keys have come")
        self.assertEqual(self.status(troupe, self.first["good"]["RS256"]), 200)

    def test_with_a_secret_too_each_kind_of_token_is_verified_by_its_own_key(self):
        secret = "a-secret-of-at-least-32-bytes-for-both"
        troupe = self.installation(self.served(page_of(self.first)).url, secret).start()
        own = troupe.command("token", "mint", "--tenant", "acme", "--user", "ann").stdout.strip()
        self.assertEqual(self.status(troupe, own), 200)
        self.assertEqual(self.status(troupe, self.first["good"]["ES256"]), 200)

    def test_without_a_secret_no_token_is_made_here(self):
        troupe = self.installation(self.served(page_of(self.first)).url).start()
        minted = troupe.command("token", "mint", "--tenant", "acme", "--user", "ann", check=False)
        self.assertEqual(minted.returncode, 1)
        self.assertIn("auth.jwt.jwks_url", minted.stderr)
        self.assertFalse(list(troupe.folder.glob("*.jwt")))
        body = json.dumps({"refresh_token": "x" * 43})
        answer = troupe.ask("POST", "/api/v1/auth/refresh", body, {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 404, answer)
        self.assertIn("auth.jwt.secret", answer.json()["detail"])


if __name__ == "__main__":
    unittest.main()
