#!/usr/bin/env python3
"""`job` of the real program: what it shows, and what an operator's orders do."""

import sqlite3
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from harness import SECRET, until  # noqa: E402
from installed import Installed  # noqa: E402
from stand_ins import DeskStandIn  # noqa: E402


class Jobs(Installed):
    def setUp(self):
        super().setUp()
        self.desk = DeskStandIn()
        self.addCleanup(self.desk.close)
        self.troupe.add_tenant("acme", SECRET, self.desk).start()

    def dead_job(self):
        self.desk.behave("write", "missing")
        job = self.troupe.accepted(ticket_id="J-1")
        self.troupe.ended(job)
        return job

    def test_jobs_are_listed_newest_first_by_status_and_page(self):
        jobs = [self.troupe.accepted(ticket_id=f"L-{n}") for n in range(3)]
        for job in jobs:
            self.troupe.ended(job)
        listed = [entry["job_id"] for entry in self.run_json("job", "list", "--tenant", "acme")]
        self.assertEqual(listed, sorted(jobs, reverse=True))
        self.assertEqual([e["job_id"] for e in self.run_json("job", "list", "--limit", "1", "--before", listed[0])], listed[1:2])
        self.assertEqual(self.run_json("job", "list", "--status", "dead"), [])
        self.assertIn(jobs[0], self.troupe.command("job", "list").stdout)
        self.refused(2, "job", "list", "--status", "done", words=("pending, running, completed, dead or discarded",))
        self.refused(1, "job", "list", "--tenant", "nobody", words=("there is no tenant",))

    def test_a_job_shows_its_events_and_on_request_what_they_hold(self):
        job = self.troupe.accepted(description="The zeppelin is leaking.")
        self.troupe.ended(job)
        shown = self.troupe.command("job", "show", job).stdout
        self.assertIn("accepted", shown)
        self.assertIn("completed", shown)
        self.assertNotIn("zeppelin", shown)
        steps = self.run_json("job", "show", job, "--payloads")["steps"]
        self.assertEqual([s["number"] for s in steps], list(range(1, len(steps) + 1)))
        self.assertEqual(steps[0]["payload"]["description"], "The zeppelin is leaking.")

    def test_a_job_has_the_same_names_as_in_the_api(self):
        job = self.troupe.accepted()
        ended = self.troupe.ended(job)
        shown = self.run_json("job", "show", job)
        self.assertEqual(shown.pop("tenant_id"), "acme")
        self.assertNotIn("markdown", shown["note"])
        ended["note"].pop("markdown")
        self.assertEqual(shown, ended)
        listed = self.run_json("job", "list")[0]
        self.assertEqual({**shown, "tenant_id": "acme"}, {**listed, "steps": shown["steps"], "note": shown["note"]})

    def test_a_job_whose_journal_is_damaged_waits_for_an_operator_and_is_not_tried_again(self):
        self.troupe.command("tenant", "pause", "acme")
        job = self.troupe.accepted()
        self.troupe.kill()
        self.damage_journal(job)
        self.troupe.command("tenant", "resume", "acme")
        self.troupe.start()
        until(lambda: [e["job_id"] for e in self.run_json("job", "list", "--status", "dead")] == [job], "it is set aside")
        crashes = len(self.troupe.log("job_crashed"))
        self.assertEqual(len(self.troupe.log("job_unreadable", job_id=job)), 1)
        self.assertIn("its journal can't be read", self.run_json("job", "list")[0]["error"])
        self.assertIn("journal_error", self.run_json("job", "show", job))
        self.assertEqual(self.troupe.get("/api/v1/health/queue").json()["dead"], 1)
        self.troupe.stop()
        self.troupe.start()
        other = self.troupe.accepted(ticket_id="other")
        self.troupe.ended(other)
        self.assertEqual(len(self.troupe.log("job_crashed")), crashes)
        self.refused(1, "job", "retry", job, words=(job, "journal can't be read", f"troupe job discard {job}"))
        self.troupe.command("job", "discard", job)
        self.assertEqual(self.run_json("job", "show", job)["status"], "discarded")

    def damage_journal(self, job):
        database = sqlite3.connect(self.folder / "troupe.db")
        with database:
            database.execute("UPDATE events SET payload = x'00' WHERE entity = (SELECT entity FROM journals WHERE id = ?)",
                             (job,))
        database.close()

    def test_a_dead_job_is_retried_while_the_server_runs(self):
        job = self.dead_job()
        self.assertEqual(self.run_json("job", "list", "--status", "dead")[0]["job_id"], job)
        self.desk.behave("write", "ok")
        self.assertEqual(self.run_json("job", "retry", job)["action"], "retried")
        until(lambda: self.troupe.job(job)["status"] == "completed", "the retried job completes")
        self.assertEqual(self.desk.references(), {job: 1})

    def test_a_dead_job_is_discarded_for_good(self):
        job = self.dead_job()
        self.troupe.command("job", "discard", job)
        self.assertEqual(self.run_json("job", "show", job)["status"], "discarded")
        self.refused(1, "job", "retry", job, words=(job,))

    def test_orders_that_make_no_sense_are_refused(self):
        job = self.troupe.accepted()
        self.troupe.ended(job)
        self.refused(1, "job", "retry", job, words=(job,))
        self.refused(1, "job", "discard", job, words=(job,))
        self.refused(1, "job", "show", "none", words=("there is no job \"none\"",))


if __name__ == "__main__":
    unittest.main()
