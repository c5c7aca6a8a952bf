#!/usr/bin/env python3
"""The script that ServiceDesk Plus runs when a ticket is created: what it sends is accepted, and only a 202 counts."""

import json
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from harness import ROOT, SECRET, Troupe  # noqa: E402
from stand_ins import DeskStandIn  # noqa: E402

SHIPPED = ROOT / "deploy/servicedesk"


class TriggerScript(unittest.TestCase):
    def setUp(self):
        self.desk = DeskStandIn()
        self.addCleanup(self.desk.close)
        self.troupe = Troupe()
        self.addCleanup(self.troupe.close)
        self.troupe.add_tenant("acme", SECRET, self.desk).start()

    def run_script(self, secret=SECRET, file=SHIPPED / "sample_request.json", url=None, *options):
        folder = self.troupe.folder / "desk"
        folder.mkdir(exist_ok=True)
        shutil.copy(SHIPPED / "send_to_troupe.py", folder)
        (folder / "signing_secret.txt").write_text(secret + "\r\n")
        url = url or f"{self.troupe.url}/webhook/servicedesk"
        (folder / "send_to_troupe.ini").write_text(f"[troupe]\nurl = {url}\ntenant_id = acme\n"
                                                   "secret_file = signing_secret.txt\nattempts = 1\n")
        done = subprocess.run([sys.executable, folder / "send_to_troupe.py", *options, file], text=True,
                              capture_output=True, timeout=60)
        return json.loads(done.stdout)

    def test_the_sample_ticket_gets_its_note(self):
        told = self.run_script()
        self.assertEqual(told["result"], "success", told)
        jobs = json.loads(self.troupe.command("job", "list", "--json").stdout)
        jobs = jobs if isinstance(jobs, list) else jobs["jobs"]
        self.assertEqual(len(jobs), 1)
        job = self.troupe.ended(jobs[0].get("job_id") or jobs[0]["id"])
        self.assertEqual(job["status"], "completed", job)
        self.assertEqual(len(self.desk.notes(job["ticket_id"])), 1)

    def test_the_same_ticket_again_makes_no_second_job(self):
        self.assertEqual([self.run_script()["result"] for _ in range(2)], ["success"] * 2)
        jobs = json.loads(self.troupe.command("job", "list", "--json").stdout)
        self.assertEqual(len(jobs if isinstance(jobs, list) else jobs["jobs"]), 1)

    def test_a_wrong_secret_is_told_as_a_failure(self):
        told = self.run_script("wrong")
        self.assertEqual(told["result"], "failure")
        self.assertIn("401", told["message"])

    def test_a_server_that_is_not_there_is_told_as_a_failure(self):
        self.assertEqual(self.run_script(url="http://127.0.0.1:1")["result"], "failure")


if __name__ == "__main__":
    unittest.main()
