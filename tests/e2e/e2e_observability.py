#!/usr/bin/env python3
"""One id joins request, job, steps and outgoing calls; nothing private is logged; figures are where operators look."""

import json
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import signing  # noqa: E402
from harness import SECRET, Troupe, ticket, until  # noqa: E402
from stand_ins import DeskStandIn, LlmStandIn  # noqa: E402

PRIVATE = {"description": "Quartalsbericht-Makro fails for Erika Mustermann at 10.77.1.2",
           "subject": "Geheimprojekt Phoenix", "requester": "erika.mustermann@example.com"}


class Observability(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.llm, cls.desk = LlmStandIn(), DeskStandIn()
        cls.addClassCleanup(cls.llm.close)
        cls.addClassCleanup(cls.desk.close)
        cls.troupe = Troupe(llm=cls.llm.provider(timeout="2s"))
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.add_tenant("acme", SECRET, cls.desk).start()

    def run_job(self, number, request_id):
        body = json.dumps(ticket(ticket_id=number, **PRIVATE)).encode()
        answer = self.troupe.deliver(body, {**signing.signed(body, SECRET), "X-Request-Id": request_id})
        self.assertEqual(answer.status, 202, answer)
        job_id = answer.json()["job_id"]
        self.assertEqual(self.troupe.ended(job_id)["status"], "completed")
        return job_id

    def test_one_correlation_id_goes_through_everything(self):
        job_id = self.run_job("O-1", "desk-request-0001")
        self.assertEqual(self.troupe.job(job_id)["correlation_id"], "desk-request-0001")
        self.assertIn("desk-request-0001", [call["request_id"] for call in self.llm.calls()])
        self.assertIn("desk-request-0001", [request["headers"].get("x-request-id")
                                            for request in self.desk.requests("write")])
        ends = until(lambda: self.troupe.log("job_completed", correlation_id="desk-request-0001"), "the job's log line")
        self.assertEqual((ends[0]["job_id"], ends[0]["tenant_id"]), (job_id, "acme"))

    def test_at_debug_every_step_of_the_request_can_be_followed_and_still_no_text(self):
        with Troupe(settings={"log": {"level": "debug"}}) as troupe:
            troupe.add_tenant().start()
            body = json.dumps(ticket(ticket_id="O-6", **PRIVATE)).encode()
            answer = troupe.deliver(body, {**signing.signed(body, SECRET), "X-Request-Id": "desk-request-0006"})
            troupe.ended(answer.json()["job_id"])
            until(lambda: troupe.log("job_completed", correlation_id="desk-request-0006"), "the job's log line")
            steps = [entry["step"] for entry in troupe.log("job_step", correlation_id="desk-request-0006")]
            for step in ("claimed", "gathered", "write_started", "note_written"):
                self.assertIn(step, steps)
            self.assertTrue(troupe.log("note_composed_without_model", correlation_id="desk-request-0006"))
            self.assertTrue(troupe.log("http_request", correlation_id="desk-request-0006"))
            for word in ("Quartalsbericht", "Mustermann", "Geheimprojekt"):
                self.assertNotIn(word, troupe.log_text())

    def test_log_lines_are_json_with_their_members(self):
        self.run_job("O-2", "desk-request-0002")
        for line in self.troupe.log_text().splitlines():
            entry = json.loads(line)
            self.assertLessEqual({"ts", "level", "event", "message"}, set(entry), line)
            self.assertRegex(entry["ts"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$")
            self.assertRegex(entry["event"], r"^[a-z][a-z0-9_]*$")

    def test_nothing_private_is_logged_and_nothing_lies_readable_on_the_disk(self):
        self.run_job("O-3", "desk-request-0003")
        self.assertEqual(self.troupe.stop(), 0)
        self.troupe.start()
        words = ("Quartalsbericht", "Mustermann", "Geheimprojekt", "10.77.1.2", "erika.mustermann")
        log = self.troupe.log_text()
        for secret in (*words, SECRET, "stand-in-key", self.desk.key):
            self.assertNotIn(secret, log)
        for file in self.troupe.folder.glob("troupe.db*"):
            data = file.read_bytes()
            for secret in (SECRET, self.desk.key, "Quartalsbericht", "Geheimprojekt"):
                self.assertNotIn(secret.encode(), data, f"{secret} in {file.name}")

    def test_requests_and_jobs_are_counted(self):
        before = self.troupe.metrics()
        self.run_job("O-4", "desk-request-0004")
        after = until(lambda: self.grown(before), "metrics that have grown")
        self.assertEqual(after['queue_depth{status="pending"}'], 0, after)

    def grown(self, before):
        after = self.troupe.metrics()

        def total(series, name, *labels):
            return sum(value for key, value in series.items()
                       if key.startswith(name) and all(label in key for label in labels))

        names = (("enhancement_requests_total", 'tenant_id="acme"'), ("enhancement_duration_seconds_count",),
                 ("troupe_llm_tokens_total",))
        return after if all(total(after, *n) > total(before, *n) for n in names) else None

    def test_the_number_of_series_stays_bounded_whatever_strangers_send(self):
        before = len(self.troupe.metrics())
        for n in range(100):
            body = json.dumps(ticket(tenant_id=f"stranger{n}")).encode()
            self.troupe.deliver(body, signing.signed(body, "x"), source=f"127.0.9.{1 + n}")
            self.troupe.get(f"/no/such/path/{n}")
        self.assertLess(len(self.troupe.metrics()) - before, 40)
        self.assertIsNone(re.search(r"stranger\d|/no/such", self.troupe.get("/metrics").body.decode()))

    def test_a_job_tells_how_it_went(self):
        job = self.troupe.job(self.run_job("O-5", "desk-request-0005"))
        self.assertLessEqual({"status", "ticket_id", "attempt", "provider", "correlation_id"}, set(job), job)
        self.assertEqual(job["ticket_id"], "O-5")


if __name__ == "__main__":
    unittest.main()
