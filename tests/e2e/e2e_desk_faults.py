#!/usr/bin/env python3
"""A desk that misbehaves in every way it can: retried or not as its wire facts say, and never two notes."""

import json
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority  # noqa: E402
from harness import Troupe, until  # noqa: E402
from stand_ins import DeskStandIn  # noqa: E402


class DeskFaults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.troupe = Troupe()
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.start()

    def setUp(self):
        # A desk and a tenant for each test: a breaker that one opened doesn't hold up the next.
        self.desk = DeskStandIn()
        self.addCleanup(self.desk.close)
        self.tenant = f"t{self.desk.port}"
        self.troupe.add_tenant(self.tenant, desk=self.desk)

    def run_job(self, number="4711"):
        job_id = self.troupe.accepted(tenant_id=self.tenant, ticket_id=number)
        return job_id, self.troupe.ended(job_id, self.tenant)

    def one_note(self, job_id, number="4711"):
        self.assertEqual(self.desk.references(), {job_id: 1})
        self.assertEqual(len(self.desk.notes(number)), 1)

    def test_a_note_arrives_once_for_technicians_only_with_its_reference_last(self):
        job_id, job = self.run_job()
        self.assertEqual(job["status"], "completed", job)
        self.one_note(job_id)
        note = self.desk.notes("4711")[0]
        self.assertFalse(note["show_to_requester"])
        self.assertIn(job_id, note["description"].rstrip()[-100:])
        request = self.desk.requests("write")[0]
        self.assertEqual(request["headers"]["content-type"].split(";")[0], "application/x-www-form-urlencoded")

    def test_faults_after_which_nothing_was_written_are_tried_again(self):
        for behaviour in ("rate_limited", "drop"):
            with self.subTest(behaviour):
                self.desk.behave("write", "ok", {"behaviour": behaviour, "after": 1})
                job_id, job = self.run_job(f"again-{behaviour}")
                self.assertEqual(job["status"], "completed", job)
                self.assertEqual(self.desk.references()[job_id], 1)

    def test_a_refused_connection_is_tried_again(self):
        port = self.desk.port
        self.desk.close()
        job_id = self.troupe.accepted(tenant_id=self.tenant, ticket_id="4711")
        # The desk comes back only after an attempt has failed.
        until(lambda: self.troupe.job(job_id, self.tenant).get("attempt", 0) >= 1, "the first attempt")
        self.desk = DeskStandIn(port=port)
        self.addCleanup(self.desk.close)
        job = self.troupe.ended(job_id, self.tenant)
        self.assertEqual(job["status"], "completed", job)
        self.one_note(job_id)

    def test_answers_that_leave_the_outcome_open_lead_to_one_note(self):
        for behaviour in ("stored_drop", "stored_hang", "stored_garbage", "stored_500"):
            with self.subTest(behaviour):
                self.desk.behave("write", "ok", behaviour)
                job_id, job = self.run_job(f"open-{behaviour}")
                self.assertEqual(job["status"], "completed", job)
                self.assertEqual(self.desk.references()[job_id], 1)
                self.assertTrue(self.desk.requests("list"), "it looked for the note before writing another")

    def test_the_same_answers_without_a_stored_note_lead_to_one_note_as_well(self):
        for behaviour in ("error", "garbage", "hang"):
            with self.subTest(behaviour):
                self.desk.behave("write", "ok", behaviour)
                job_id, job = self.run_job(f"lost-{behaviour}")
                self.assertEqual(job["status"], "completed", job)
                self.assertEqual(self.desk.references()[job_id], 1)

    def test_a_look_for_the_note_that_fails_is_no_reason_to_write_another(self):
        self.desk.behave("write", "ok", "stored_drop")
        self.desk.behave("list", "ok", "error", "garbage")
        job_id, job = self.run_job()
        self.assertEqual(job["status"], "completed", job)
        self.one_note(job_id)

    def test_a_note_is_found_behind_two_hundred_others(self):
        self.desk.behave("write", "ok")
        for n in range(220):
            value = json.dumps({"note": {"description": f"<p>an older note {n}</p>"}})
            request = urllib.request.Request(f"{self.desk.url}/api/v3/requests/4711/notes",
                                             urllib.parse.urlencode({"input_data": value}).encode(),
                                             {"authtoken": self.desk.key,
                                              "Accept": "application/vnd.manageengine.sdp.v3+json"})
            urllib.request.urlopen(request).close()
        self.desk.behave("write", "ok", "stored_drop")
        job_id, job = self.run_job()
        self.assertEqual(job["status"], "completed", job)
        self.assertEqual(self.desk.references(), {job_id: 1})

    def test_what_will_not_get_better_is_not_tried_again(self):
        for behaviour in ("unauthorized", "unauthorized_401", "missing", "forbidden", "rejected", "failed_200"):
            with self.subTest(behaviour):
                before = len(self.desk.requests("write"))
                self.desk.behave("write", behaviour)
                _, job = self.run_job(f"final-{behaviour}")
                self.assertEqual((job["status"], job["dead_letter"]), ("failed", True), job)
                self.assertTrue(job["error"])
                self.assertEqual(len(self.desk.requests("write")) - before, 1)
        self.assertEqual(self.desk.references(), {})

    def test_a_desk_that_is_down_for_good_ends_in_the_dead_letters_and_a_retry_brings_the_note(self):
        self.desk.behave("write", {"behaviour": "rate_limited", "after": 1})
        job_id, job = self.run_job()
        self.assertEqual((job["status"], job["dead_letter"]), ("failed", True), job)
        self.assertEqual(len(self.desk.requests("write")), 4, "one attempt and three retries")
        self.desk.behave("write", "ok")
        self.troupe.command("job", "retry", job_id)
        until(lambda: self.troupe.job(job_id, self.tenant)["status"] == "completed", "the retried job's end")
        self.one_note(job_id)

    def test_a_backlog_that_a_desk_throttles_gets_all_its_notes_once(self):
        self.desk.admit(10)
        jobs = [self.troupe.accepted(tenant_id=self.tenant, ticket_id=f"B-{n}") for n in range(200)]
        until(lambda: len(self.desk.references()) == len(jobs), lambda: f"{len(self.desk.references())} notes", 120,
              pause=0.5)
        for job_id in jobs:
            self.assertEqual(self.troupe.ended(job_id, self.tenant)["status"], "completed")
        self.assertEqual(self.desk.references(), {job_id: 1 for job_id in jobs})

    def test_waiting_for_a_desk_that_is_down_costs_no_attempt(self):
        port = self.desk.port
        self.desk.close()
        jobs = [self.troupe.accepted(tenant_id=self.tenant, ticket_id=f"D-{n}") for n in range(8)]
        until(lambda: self.troupe.log("job_postponed", tenant_id=self.tenant), "the open circuit")
        attempts = {job_id: self.troupe.job(job_id, self.tenant)["attempt"] for job_id in jobs}
        self.desk = DeskStandIn(port=port)
        self.addCleanup(self.desk.close)
        for job_id in jobs:
            job = self.troupe.ended(job_id, self.tenant)
            self.assertEqual(job["status"], "completed", job)
            self.assertLessEqual(job["attempt"], attempts[job_id] + 1, job)
        self.assertEqual(self.desk.references(), {job_id: 1 for job_id in jobs})

    def test_a_discarded_job_stays_ended(self):
        self.desk.behave("write", "missing")
        job_id, _ = self.run_job()
        self.troupe.command("job", "discard", job_id)
        listed = self.troupe.command("job", "show", job_id, "--json").stdout
        self.assertIn("discarded", listed)

    def test_the_desks_key_is_in_no_log_and_no_job(self):
        self.desk.behave("write", "unauthorized")
        job_id, job = self.run_job()
        self.assertNotIn(self.desk.key, str(job) + self.troupe.log_text())
        self.assertNotIn(self.desk.key, self.troupe.command("tenant", "show", self.tenant, "--json").stdout)


class DeskOverTls(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.authority = Authority(folder.name)
        self.troupe = Troupe()
        self.addCleanup(self.troupe.close)

    def desk(self, **options):
        desk = DeskStandIn(self.authority.issue("desk", **options))
        self.addCleanup(desk.close)
        return desk

    def job(self, desk, *tenant_options):
        self.troupe.command("tenant", "add", "acme", "--signing-secret", "e2e-signing-secret-of-acme", "--desk",
                            "servicedesk_plus", "--desk-url", desk.url, "--desk-key", desk.key, *tenant_options)
        self.troupe.start()
        job_id = self.troupe.accepted(ticket_id="4711")
        return job_id, self.troupe.ended(job_id)

    def test_a_desk_with_an_authority_of_its_own_is_trusted_when_told_to(self):
        desk = self.desk()
        job_id, job = self.job(desk, "--desk-ca-file", self.authority.file)
        self.assertEqual(job["status"], "completed", job)
        self.assertEqual(desk.references(), {job_id: 1})

    def test_a_desk_whose_authority_is_unknown_gets_neither_key_nor_note(self):
        desk = self.desk()
        _, job = self.job(desk)
        self.assertEqual(job["status"], "failed", job)
        self.assertIn("certificate", job["error"].lower())
        self.assertEqual(desk.requests(), [])

    def test_a_certificate_for_another_name_is_not_trusted(self):
        desk = self.desk(names="DNS:desk.example.com")
        _, job = self.job(desk, "--desk-ca-file", self.authority.file)
        self.assertEqual(job["status"], "failed", job)
        self.assertEqual(desk.requests(), [])


if __name__ == "__main__":
    unittest.main()
