#!/usr/bin/env python3
"""Who may deliver a ticket: the three forms of signature, their clocks, rotation, and what strangers are told."""

import itertools
import json
import sys
import time
import unittest
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import signing  # noqa: E402
from harness import SECRET, Troupe, ticket  # noqa: E402

WHSEC = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
WINDOW = 300


class Signatures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.troupe = Troupe()
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.add_tenant("acme").add_tenant("umbrella", "another-signing-secret")
        cls.troupe.add_tenant("standard", WHSEC)
        cls.troupe.start()
        cls.sources = (f"127.0.{a}.{b}" for a, b in itertools.product(range(1, 250), range(1, 250)))

    def deliver(self, body, headers):
        # Each from an address of its own, since failed deliveries are limited by address.
        return self.troupe.deliver(body, headers, source=next(self.sources))

    @staticmethod
    def body(**fields):
        return json.dumps(ticket(**fields)).encode()

    def accepted(self, answer):
        self.assertEqual(answer.status, 202, answer)
        return answer.json()["job_id"]

    def refused(self, answer):
        self.assertEqual(answer.status, 401, answer)
        self.assertEqual(answer.headers["Content-Type"].split(";")[0], "application/problem+json")
        problem = answer.json()
        self.assertEqual(problem["correlation_id"], answer.headers["X-Request-Id"])
        problem.pop("correlation_id")
        return problem

    def test_a_signature_over_timestamp_and_body_is_accepted(self):
        body = self.body(ticket_id="S-1")
        answer = self.deliver(body, signing.signed(body, SECRET))
        job = self.accepted(answer)
        self.assertEqual(answer.json()["status"], "accepted")
        self.assertEqual(answer.headers["Location"], f"/api/v1/jobs/{job}")

    def test_a_signature_is_accepted_in_either_case_of_its_hex_digits(self):
        body = self.body(ticket_id="S-2")
        headers = signing.signed(body, SECRET)
        prefix, digits = headers["X-ServiceDesk-Signature"].split("=")
        headers["X-ServiceDesk-Signature"] = f"{prefix}={digits.upper()}"
        self.accepted(self.deliver(body, headers))

    def test_timestamps_are_good_within_five_minutes_both_ways(self):
        for off in (-WINDOW + 5, WINDOW - 5):
            with self.subTest(off=off):
                body = self.body(ticket_id=f"S-3{off}")
                self.accepted(self.deliver(body, signing.signed(body, SECRET, time.time() + off)))

    def test_stale_and_future_timestamps_are_refused(self):
        for off in (-WINDOW - 10, WINDOW + 10, -86400 * 365, 86400 * 365):
            with self.subTest(off=off):
                body = self.body(ticket_id=f"S-4{off}")
                self.refused(self.deliver(body, signing.signed(body, SECRET, time.time() + off)))

    def test_malformed_timestamps_are_refused(self):
        for at in ("", "now", "1e9", "-1", "99999999999999999999999", "0x5f", " "):
            with self.subTest(at=at):
                body = self.body(ticket_id="S-5")
                headers = {"X-ServiceDesk-Timestamp": at, "X-ServiceDesk-Signature":
                           "sha256=" + signing.hex_hmac(SECRET, at.encode() + b"." + body)}
                self.refused(self.deliver(body, headers))

    def test_a_body_that_holds_its_timestamp_may_be_signed_alone(self):
        now = time.time()
        for at in (int(now), datetime.fromtimestamp(now, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                   datetime.fromtimestamp(now, timezone.utc).isoformat()):
            with self.subTest(at=at):
                body = self.body(ticket_id=f"S-6{at}", timestamp=at)
                self.accepted(self.deliver(body, signing.signed_body(body, SECRET)))

    def test_a_body_signed_alone_without_timestamp_or_with_a_stale_one_is_refused(self):
        for at in (None, int(time.time()) - WINDOW - 10, int(time.time()) + WINDOW + 10, "yesterday"):
            with self.subTest(at=at):
                body = self.body(ticket_id="S-7", timestamp=at)
                self.refused(self.deliver(body, signing.signed_body(body, SECRET)))

    def test_a_timestamp_header_added_to_a_captured_body_signed_request_is_refused(self):
        body = self.body(ticket_id="S-8", timestamp=int(time.time()))
        headers = {**signing.signed_body(body, SECRET), "X-ServiceDesk-Timestamp": str(int(time.time()))}
        self.refused(self.deliver(body, headers))

    def test_an_altered_body_is_refused(self):
        body = self.body(ticket_id="S-9")
        headers = signing.signed(body, SECRET)
        self.refused(self.deliver(body.replace(b"offline", b"online "), headers))
        self.refused(self.deliver(body + b" ", headers))

    def test_someone_elses_tenant_in_the_body_is_refused(self):
        body = self.body(ticket_id="S-10", tenant_id="umbrella")
        self.refused(self.deliver(body, signing.signed(body, SECRET)))

    def test_an_unknown_tenant_and_a_wrong_secret_are_told_the_same(self):
        unknown = self.body(ticket_id="S-11", tenant_id="nobody")
        known = self.body(ticket_id="S-11")
        told = [self.refused(self.deliver(unknown, signing.signed(unknown, SECRET))),
                self.refused(self.deliver(known, signing.signed(known, "wrong"))),
                self.refused(self.deliver(known, {})),
                self.refused(self.deliver(known, signing.signed(known, SECRET, time.time() - 1000)))]
        self.assertTrue(all(problem == told[0] for problem in told), told)

    def test_signatures_that_are_none_are_refused(self):
        body = self.body(ticket_id="S-12")
        good = signing.signed(body, SECRET)
        digits = good["X-ServiceDesk-Signature"].removeprefix("sha256=")
        for value in ("", "sha256=", digits, "sha256=" + digits[:-1], "sha256=" + digits + "0", "sha1=" + digits,
                      "sha256=" + "g" * 64, "sha256=" + "0" * 5000):
            with self.subTest(value=value[:80]):
                self.refused(self.deliver(body, {**good, "X-ServiceDesk-Signature": value}))

    def test_standard_webhooks_are_accepted_under_both_names(self):
        for prefix in ("webhook", "svix"):
            with self.subTest(prefix=prefix):
                body = self.body(ticket_id=f"S-13{prefix}", tenant_id="standard")
                self.accepted(self.deliver(body, signing.standard(body, WHSEC, f"msg_{prefix}", prefix=prefix)))

    def test_one_good_signature_among_several_is_enough(self):
        body = self.body(ticket_id="S-14", tenant_id="standard")
        headers = signing.standard(body, WHSEC, "msg_several")
        headers["webhook-signature"] = "v1a,AAAA v1,bm90IGl0 " + headers["webhook-signature"]
        self.accepted(self.deliver(body, headers))

    def test_standard_webhooks_with_a_fault_are_refused(self):
        body = self.body(ticket_id="S-15", tenant_id="standard")
        good = signing.standard(body, WHSEC, "msg_fault")
        faults = {"id changed": {**good, "webhook-id": "msg_other"},
                  "no id": {k: v for k, v in good.items() if k != "webhook-id"},
                  "no timestamp": {k: v for k, v in good.items() if k != "webhook-timestamp"},
                  "unknown version": {**good, "webhook-signature": good["webhook-signature"].replace("v1,", "v2,")},
                  "cut": {**good, "webhook-signature": good["webhook-signature"][:-6]},
                  "stale": signing.standard(body, WHSEC, "msg_stale", time.time() - WINDOW - 10),
                  "early": signing.standard(body, WHSEC, "msg_early", time.time() + WINDOW + 10),
                  "other secret": signing.standard(body, "whsec_" + "QUFB" * 8, "msg_secret")}
        for name, headers in faults.items():
            with self.subTest(name):
                self.refused(self.deliver(body, headers))

    def test_two_secrets_are_good_while_one_is_rotated(self):
        troupe = self.troupe
        troupe.add_tenant("rotating", "first-signing-secret")
        troupe.command("tenant", "rotate-secret", "rotating", "--signing-secret", "second-signing-secret")

        def try_with(secret, name):
            body = self.body(ticket_id=name, tenant_id="rotating")
            return self.deliver(body, signing.signed(body, secret)).status

        self.assertEqual([try_with("first-signing-secret", "R-1"), try_with("second-signing-secret", "R-2")], [202, 202])
        troupe.command("tenant", "rotate-secret", "rotating", "--signing-secret", "third-signing-secret")
        self.assertEqual([try_with("first-signing-secret", "R-3"), try_with("second-signing-secret", "R-4"),
                          try_with("third-signing-secret", "R-5")], [401, 202, 202])

    def test_each_refusal_is_one_security_event_in_the_log_without_the_ticket(self):
        before = len(self.troupe.log("webhook_refused"))
        body = self.body(ticket_id="S-16", description="a text that stays private")
        answer = self.deliver(body, signing.signed(body, "wrong"))
        self.refused(answer)
        events = self.troupe.log("webhook_refused")[before:]
        self.assertEqual(len(events), 1, events)
        self.assertEqual(events[0]["correlation_id"], answer.headers["X-Request-Id"])
        self.assertEqual(events[0]["level"], "warn")
        self.assertNotIn("a text that stays private", self.troupe.log_text())


if __name__ == "__main__":
    unittest.main()
