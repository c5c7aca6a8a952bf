#!/usr/bin/env python3
"""Webhooks signed by Standard Webhooks' own library are accepted: our reading of the specification isn't only ours."""

import json
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import npm  # noqa: E402
from harness import Troupe, ticket  # noqa: E402

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


class StandardWebhooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if reason := npm.install():
            raise unittest.SkipTest(reason)
        cls.troupe = Troupe()
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.add_tenant("acme", SECRET).start()

    @staticmethod
    def sign(body, message_id, at):
        return subprocess.run([npm.NODE, npm.FOLDER / "sign.mjs", SECRET, message_id, str(at)],
                              input=body, text=True, capture_output=True, check=True).stdout

    def deliver(self, body, message_id, at, signature):
        return self.troupe.deliver(body.encode(), {"webhook-id": message_id, "webhook-timestamp": str(at),
                                                   "webhook-signature": signature})

    def test_the_librarys_signature_is_accepted(self):
        for n, description in enumerate(("plain", "Umläute und 漢字 und 😀", 'quotes " and \\ and \n')):
            with self.subTest(description):
                body, at = json.dumps(ticket(ticket_id=f"N-{n}", description=description), ensure_ascii=False), int(time.time())
                answer = self.deliver(body, f"msg_{n}", at, self.sign(body, f"msg_{n}", at))
                self.assertEqual(answer.status, 202, answer)

    def test_the_librarys_signature_of_another_body_or_message_is_refused(self):
        body, at = json.dumps(ticket(ticket_id="N-9")), int(time.time())
        signature = self.sign(body, "msg_9", at)
        self.assertEqual(self.deliver(body + " ", "msg_9", at, signature).status, 401)
        self.assertEqual(self.deliver(body, "msg_8", at, signature).status, 401)
        self.assertEqual(self.deliver(body, "msg_9", at + 1, signature).status, 401)


if __name__ == "__main__":
    unittest.main()
