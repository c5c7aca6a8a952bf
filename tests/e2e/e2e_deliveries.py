#!/usr/bin/env python3
"""The same delivery twice makes one job; limits count what was correctly signed; checks come in their order."""

import json
import sys
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import signing  # noqa: E402
from harness import SECRET, Troupe, ticket  # noqa: E402

WHSEC = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


class Deliveries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.troupe = Troupe()
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.add_tenant().add_tenant("standard", WHSEC).add_tenant("umbrella")
        cls.troupe.start()

    def job(self, fields, **signing_options):
        body = json.dumps(fields).encode()
        answer = self.troupe.deliver(body, signing.signed(body, SECRET, **signing_options))
        self.assertEqual(answer.status, 202, answer)
        return answer.json()["job_id"]

    def test_a_delivery_sent_again_gets_the_same_job(self):
        body = json.dumps(ticket(ticket_id="D-1")).encode()
        headers = signing.signed(body, SECRET)
        answers = [self.troupe.deliver(body, headers) for _ in range(3)]
        self.assertEqual({a.status for a in answers}, {202})
        self.assertEqual(len({a.json()["job_id"] for a in answers}), 1)

    def test_a_delivery_signed_anew_later_is_the_same(self):
        fields = ticket(ticket_id="D-2")
        self.assertEqual(self.job(fields), self.job(fields, at=time.time() - 30))

    def test_only_the_timestamp_of_a_body_may_differ(self):
        now = int(time.time())
        first = self.job(ticket(ticket_id="D-3", timestamp=now))
        self.assertEqual(first, self.job(ticket(ticket_id="D-3", timestamp=now - 20)))
        self.assertEqual(first, self.job(dict(reversed(ticket(ticket_id="D-3", timestamp=now).items()))))
        self.assertNotEqual(first, self.job(ticket(ticket_id="D-3", timestamp=now, description="another text")))
        self.assertNotEqual(first, self.job(ticket(ticket_id="D-3", timestamp=now, priority="low")))

    def test_another_ticket_or_another_tenant_is_another_delivery(self):
        jobs = {self.job(ticket(ticket_id="D-4")), self.job(ticket(ticket_id="D-5")),
                self.job(ticket(ticket_id="D-4", tenant_id="umbrella"))}
        self.assertEqual(len(jobs), 3)

    def test_standard_webhooks_are_the_same_by_their_id_alone(self):
        def job(message_id, **fields):
            body = json.dumps(ticket(tenant_id="standard", **fields)).encode()
            answer = self.troupe.deliver(body, signing.standard(body, WHSEC, message_id))
            self.assertEqual(answer.status, 202, answer)
            return answer.json()["job_id"]

        self.assertEqual(job("msg_1", ticket_id="D-6"), job("msg_1", ticket_id="D-7"))
        self.assertNotEqual(job("msg_2", ticket_id="D-8"), job("msg_3", ticket_id="D-8"))

    def test_fifty_at_the_same_moment_make_one_job(self):
        body = json.dumps(ticket(ticket_id="D-9")).encode()
        headers = signing.signed(body, SECRET)
        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(lambda _: self.troupe.deliver(body, headers), range(50)))
        self.assertEqual({a.status for a in answers}, {202})
        self.assertEqual(len({a.json()["job_id"] for a in answers}), 1)

    def test_a_delivery_is_still_known_after_a_restart(self):
        with Troupe() as troupe:
            troupe.add_tenant().start()
            first = troupe.accepted(ticket_id="D-10")
            self.assertEqual(troupe.stop(), 0)
            troupe.start()
            self.assertEqual(troupe.accepted(ticket_id="D-10"), first)


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.troupe = Troupe()
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.add_tenant().start()

    def limited(self, name, per_minute):
        self.troupe.add_tenant(name)
        self.troupe.command("tenant", "update", name, "--webhooks-per-minute", str(per_minute))

    def deliver(self, tenant, number, secret=SECRET, source="127.0.0.1", **fields):
        body = json.dumps(ticket(tenant_id=tenant, ticket_id=f"L-{number}", **fields)).encode()
        return self.troupe.deliver(body, signing.signed(body, secret), source=source)

    def test_a_tenant_over_its_limit_is_told_when_to_come_back(self):
        self.limited("slow", 5)
        self.assertEqual([self.deliver("slow", n).status for n in range(5)], [202] * 5)
        refused = self.deliver("slow", 6)
        self.assertEqual(refused.status, 429, refused)
        self.assertGreaterEqual(int(refused.headers["Retry-After"]), 1)
        self.assertEqual(self.deliver("acme", 1).status, 202, "another tenant isn't held up")

    def test_repeats_count_too(self):
        self.limited("repeating", 3)
        self.assertEqual([self.deliver("repeating", 1).status for _ in range(4)], [202, 202, 202, 429])

    def test_a_limit_of_zero_is_none(self):
        self.limited("free", 0)
        self.assertEqual({self.deliver("free", n).status for n in range(150)}, {202})

    def test_wrongly_signed_deliveries_leave_the_tenants_quota_untouched_and_limit_their_source(self):
        self.limited("target", 3)
        answers = [self.deliver("target", n, secret="wrong", source="127.0.7.7").status for n in range(2000)]
        self.assertEqual(set(answers), {401, 429})
        self.assertEqual(answers[0], 401)
        self.assertEqual(answers[-1], 429)
        # Nobody else pays for it: neither the tenant nor another address.
        self.assertEqual([self.deliver("target", n, source="127.0.7.8").status for n in range(3)], [202] * 3)

    def test_the_checks_come_in_their_order(self):
        self.limited("ordered", 1)
        troupe, source = self.troupe, "127.0.8.1"
        faulty = json.dumps(ticket(tenant_id="ordered", priority="whenever")).encode()
        large = b'{"tenant_id": "' + b"x" * (1 << 20) + b'"}'

        def ask(body, headers, content_type="application/json"):
            return troupe.ask("POST", "/webhook/servicedesk", body, {**headers, "Content-Type": content_type},
                              source=source).status

        self.assertEqual(ask(large, {}), 413, "size before signature")
        self.assertEqual(ask(faulty, {}, "text/plain"), 415, "media type before signature")
        self.assertEqual(ask(b"{", {}), 400, "JSON before signature")
        self.assertEqual(ask(faulty, {}), 401, "signature before fields")
        self.assertEqual(ask(faulty, signing.signed(faulty, SECRET, time.time() - 1000)), 401, "replay before fields")
        self.assertEqual(ask(faulty, signing.signed(faulty, SECRET)), 400, "fields come last")
        self.assertEqual(ask(faulty, signing.signed(faulty, SECRET)), 429, "the limit comes before the fields")


if __name__ == "__main__":
    unittest.main()
