#!/usr/bin/env python3
"""A disk that is full, a database that is locked, broken or of another age, a port that is taken, a certificate that
can't be read: a clear message, 503 while it lasts, and never a 202 that isn't stored."""

import base64
import os
import resource
import socket
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority  # noqa: E402
from harness import Troupe, until  # noqa: E402


class StorageFaults(unittest.TestCase):
    def installation(self, **options):
        troupe = Troupe(**options)
        self.addCleanup(troupe.close)
        return troupe

    def database(self, troupe):
        return f"{troupe.folder}/troupe.db"

    def deliver_until(self, troupe, status, limit=20_000):
        """Delivers until the answer has this status; returns the ids accepted before."""
        accepted = []
        for n in range(limit):
            answer = troupe.webhook(ticket_id=f"F-{n}-{status}", description="x" * 9_000)
            if answer.status == status:
                return accepted, answer
            self.assertEqual(answer.status, 202, answer)
            accepted.append(answer.json()["job_id"])
        self.fail(f"no {status} in {limit} deliveries")

    def full_disk_is_told(self, troupe, make_room):
        accepted, answer = self.deliver_until(troupe, 503)
        self.assertIn("correlation_id", answer.json())
        self.assertIn("Retry-After", answer.headers)
        self.assertIn(troupe.get("/health/live").status, (200,), "it lives")
        self.assertNotEqual(troupe.get("/health/ready").status, 200, "and says that it can't take work")
        make_room()
        until(lambda: troupe.webhook(ticket_id="after").status == 202, "work is taken again")
        until(troupe.ready, "it is ready again")
        for job_id in accepted:
            self.assertIn(troupe.job(job_id)["status"], ("pending", "running", "completed"))
        return accepted

    def test_a_full_disk_is_503_and_passes_by_itself(self):
        if os.geteuid() != 0:
            self.skipTest("a small file system can only be mounted as root")
        folder = tempfile.mkdtemp(prefix="troupe-small-disk-")
        self.addCleanup(os.rmdir, folder)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest(f"no file system can be mounted here: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", folder])
        ballast = Path(folder, "ballast")
        ballast.write_bytes(b"x" * (3 << 20))
        # The log lies elsewhere: a full disk must not be hidden by a log that can't tell of it.
        troupe = self.installation(settings={"storage": {"url": f"sqlite:{folder}/troupe.db"},
                                             "llm": {"providers": [{"name": "extractive", "kind": "extractive"}]}})
        troupe.add_tenant().start()
        self.full_disk_is_told(troupe, ballast.unlink)
        self.assertTrue([entry for entry in troupe.log("webhook_not_stored") if "full" in str(entry).lower()])
        self.assertEqual(troupe.stop(), 0)

    def test_a_limit_on_file_sizes_is_503_too(self):
        troupe = self.installation()
        troupe.add_tenant().start(before=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (6 << 20, resource.RLIM_INFINITY)))
        pid = troupe.process.pid
        self.full_disk_is_told(troupe, lambda: resource.prlimit(
            pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))

    def test_a_locked_database_is_503_and_passes_by_itself(self):
        troupe = self.installation()
        troupe.add_tenant().start()
        other = sqlite3.connect(self.database(troupe), isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        answer = troupe.webhook(ticket_id="locked")
        self.assertEqual(answer.status, 503, answer)
        other.execute("ROLLBACK")
        until(lambda: troupe.webhook(ticket_id="unlocked").status == 202, "work is taken again")

    def refused_to_start(self, troupe, *words):
        done = troupe.launch().wait()
        text = troupe.log_text()
        self.assertEqual(done, 1, text)
        for word in words:
            self.assertIn(word, text)
        self.assertNotIn("terminate called", text)

    def test_a_broken_database_is_named(self):
        troupe = self.installation()
        Path(self.database(troupe)).write_bytes(b"this is no database, and it is long enough to be one" * 100)
        self.refused_to_start(troupe, "troupe.db")

    def test_a_database_of_a_newer_troupe_is_refused(self):
        troupe = self.installation()
        troupe.add_tenant()
        with sqlite3.connect(self.database(troupe)) as database:
            self.make_newer(database)
        self.refused_to_start(troupe, "newer")

    @staticmethod
    def make_newer(database):
        database.execute("PRAGMA user_version = 1000")

    def test_a_database_of_an_older_troupe_names_the_command(self):
        troupe = self.installation()
        troupe.add_tenant()
        troupe.command("migrate", "down")
        self.refused_to_start(troupe, "troupe migrate up")
        troupe.command("migrate", "up")
        troupe.start()

    def test_a_folder_that_is_not_there_is_named(self):
        troupe = self.installation(settings={"storage": {"url": "sqlite:/nonexistent/folder/troupe.db"}})
        self.refused_to_start(troupe, "/nonexistent/folder/troupe.db")

    def test_a_wrong_master_key_is_told(self):
        troupe = self.installation()
        troupe.add_tenant()
        troupe.environment["TROUPE_MASTER_KEY"] = base64.b64encode(b"y" * 32).decode()
        self.refused_to_start(troupe, "master key")

    def test_a_master_key_that_is_none_is_told(self):
        troupe = self.installation(environment={"TROUPE_MASTER_KEY": "c2hvcnQ="})
        self.refused_to_start(troupe, "TROUPE_MASTER_KEY", "32 bytes")

    def test_a_taken_port_is_named(self):
        troupe = self.installation()
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", troupe.port))
            taken.listen()
            self.refused_to_start(troupe, str(troupe.port), "in use")

    def test_a_second_server_on_the_same_database_is_refused(self):
        first = self.installation()
        first.add_tenant().start()
        second = self.installation(settings={"storage": {"url": f"sqlite:{self.database(first)}"}})
        self.refused_to_start(second, "troupe.db")
        self.assertEqual(first.webhook().status, 202)

    def test_a_certificate_that_can_not_be_read_is_named(self):
        troupe = self.installation(settings={"server": {"tls": {"certificate": "/nonexistent/cert.pem",
                                                                "key": "/nonexistent/key.pem"}}})
        self.refused_to_start(troupe, "/nonexistent/cert.pem")

    def test_a_key_that_does_not_fit_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            one, other = authority.issue("one"), authority.issue("other")
            troupe = self.installation(settings={"server": {"tls": {"certificate": str(one.chain),
                                                                    "key": str(other.key)}}})
            self.refused_to_start(troupe, str(other.key))

    def test_every_fault_of_the_configuration_is_named_at_once(self):
        troupe = self.installation()
        troupe.config.write_text("server:\n  prot: 1\n  port: many\nlog:\n  level: loud\n")
        self.refused_to_start(troupe, "prot", "port", "loud", "2")


if __name__ == "__main__":
    unittest.main()
