#!/usr/bin/env python3
"""The first command that anybody types."""

import json
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from harness import ROOT, Troupe, binary, free_port, until  # noqa: E402

SECTIONS = ("Similar Tickets", "Documentation", "System Info", "Recommendations")


class Demo(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        # Only to borrow the environment without the settings of whoever runs the tests.
        borrowed = Troupe(environment={"TROUPE_SERVER_PORT": str(free_port())})
        self.addCleanup(borrowed.close)
        self.environment = {name: value for name, value in borrowed.variables().items()
                            if name == "TROUPE_SERVER_PORT" or not name.startswith("TROUPE_")}

    def run_demo(self, *arguments, check=True):
        done = subprocess.run([ROOT / "deploy/demo", *map(str, arguments)], cwd=self.folder, env=self.environment,
                              text=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=300)
        if check:
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def test_the_shipped_tickets_get_their_notes(self):
        out = self.run_demo("--once").stdout
        for section in SECTIONS:
            self.assertGreaterEqual(out.count(section), 12, out)
        self.assertGreaterEqual(len(set(re.findall(r"ref: ([0-9a-f-]{36})", out))), 12)

    def test_ones_own_tickets_get_theirs(self):
        file = self.folder / "mine.jsonl"
        file.write_text("".join(json.dumps({"ticket_id": f"MINE-{n}", "subject": "VPN drops", "priority": "low",
                                            "description": "My VPN tunnel drops every hour."}) + "\n"
                                for n in range(3)))
        out = self.run_demo("--once", "--tickets", "mine.jsonl").stdout
        for n in range(3):
            self.assertIn(f"MINE-{n}", out)

    def test_tickets_that_are_none_are_named_and_the_exit_code_says_so(self):
        (self.folder / "mine.jsonl").write_text('{"ticket_id": "1", "description": "", "priority": "whenever"}\n')
        done = self.run_demo("--once", "--tickets", "mine.jsonl", check=False)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("priority", done.stdout + done.stderr)
        done = self.run_demo("--once", "--tickets", "not-there.jsonl", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("not-there.jsonl", done.stderr)

    def test_it_keeps_serving_and_names_its_addresses(self):
        with open(self.folder / "out", "w+") as out:
            process = subprocess.Popen([binary(), "demo"], cwd=self.folder, env=self.environment, text=True,
                                       stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)

            def told():
                return re.search(r"http://127\.0\.0\.1:(\d+)/", (self.folder / "out").read_text())

            until(told, lambda: f"an address in {(self.folder / 'out').read_text()}")
            until(lambda: (self.folder / "out").read_text().count("ref: ") >= 12, "the notes")
            asking = urllib.request.Request(f"{told()[0]}api/v1/auth/guest", method="POST",
                                            headers={"Sec-Fetch-Site": "same-origin"})
            with urllib.request.urlopen(asking) as answer:
                self.assertEqual(json.load(answer)["tenant"], "demo", "its pages work without a login")
            process.terminate()
            self.assertEqual(process.wait(25), 0)


if __name__ == "__main__":
    unittest.main()
