#!/usr/bin/env python3
"""`check`, `serve` and `demo` of the real program: what is well, what is named, what is told and left behind."""

import base64
import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from certificates import Authority  # noqa: E402
from harness import ROOT, SECRET, Troupe, binary, free_port, until  # noqa: E402
from installed import Installed, bare, plain_environment  # noqa: E402
from stand_ins import DeskStandIn, LlmStandIn  # noqa: E402



class Checks(Installed):
    def checks(self, code=0):
        done = self.troupe.command("check", "--json", check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual(told["ok"], code == 0)
        return {entry["name"]: entry for entry in told["checks"]}

    def faults(self):
        return {name: entry["detail"] for name, entry in self.checks(1).items() if not entry["ok"]}

    def test_a_fresh_installation_is_well_and_nothing_is_made(self):
        before = sorted(os.listdir(self.folder))
        self.checks()
        self.assertEqual(sorted(os.listdir(self.folder)), before)
        self.assertIn("all is well", self.troupe.command("check").stdout)

    def test_desk_and_model_that_answer_are_well(self):
        with DeskStandIn() as desk, LlmStandIn() as llm:
            self.troupe.add_tenant("acme", SECRET, desk)
            self.troupe.settings["llm"] = {"providers": [llm.provider()]}
            self.troupe.write_settings()
            checks = self.checks()
            self.assertTrue(checks["desk acme"]["ok"])
            self.assertTrue(checks["model stand-in"]["ok"])
            self.assertEqual(llm.calls(), [], "no tokens are spent")

    def test_desk_and_model_that_do_not_answer_are_named(self):
        with DeskStandIn() as desk:
            self.troupe.add_tenant("acme", SECRET, desk)
            desk.behave("list", "unauthorized")
            desk.behave("read", "unauthorized")
            self.troupe.add_tenant("gone", SECRET)
            self.troupe.command("tenant", "update", "gone", "--desk", "servicedesk_plus", "--desk-key", "k", "--desk-url",
                                f"http://127.0.0.1:{free_port()}")
            self.troupe.settings["llm"] = {"providers": [{"name": "far", "model": "m",
                                                          "base_url": f"http://127.0.0.1:{free_port()}/v1"}]}
            self.troupe.settings["search"] = {"articles_url": f"http://127.0.0.1:{free_port()}"}
            self.troupe.write_settings()
            self.assertEqual(set(self.faults()), {"desk acme", "desk gone", "model far", "articles"})

    def test_a_model_that_its_provider_does_not_have_is_named(self):
        with LlmStandIn() as llm:
            self.troupe.settings["llm"] = {"providers": [llm.provider(model="no-such-model")]}
            self.troupe.write_settings()
            self.assertEqual(self.faults(), {"model stand-in": f'{llm.url}/v1 has no model "no-such-model"'})

    def test_a_taken_port_is_named_unless_it_is_ours(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", self.troupe.port))
            taken.listen()
            self.assertIn("already in use", self.faults()[f"port {self.troupe.port}"])
        self.troupe.start()
        self.assertIn("a server that answers", self.checks()[f"port {self.troupe.port}"]["detail"])

    def test_a_key_that_does_not_open_the_database_is_named(self):
        self.troupe.add_tenant()
        self.troupe.environment["TROUPE_MASTER_KEY"] = base64.b64encode(b"z" * 32).decode()
        self.assertIn("master key", self.faults()["database"])

    def test_a_database_that_is_none_and_a_folder_that_is_not_there_are_named(self):
        (self.folder / "troupe.db").write_bytes(b"this is no database" * 500)
        self.assertIn("database", self.faults())
        self.troupe.settings["storage"] = {"url": "sqlite:/none/at/all/troupe.db"}
        self.troupe.write_settings()
        self.assertIn("/none/at/all", self.faults()["database"])

    def test_damaged_pages_of_the_database_are_named(self):
        self.troupe.add_tenant().command("import", "tickets", ROOT / "deploy/samples/tickets.jsonl", "--tenant", "acme")
        self.assertEqual(self.checks()["database pages"]["detail"], "no damage")
        database = sqlite3.connect(self.folder / "troupe.db")
        size = database.execute("PRAGMA page_size").fetchone()[0]
        root = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'ticket_history'").fetchone()[0]
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        with open(self.folder / "troupe.db", "r+b") as file:
            file.seek((root - 1) * size)
            file.write(b"Z" * size)
        self.assertIn("damaged", self.faults()["database pages"])

    def test_certificates_are_read(self):
        authority = Authority(self.folder)
        good, other = authority.issue("good"), authority.issue("other")

        def configured(chain, key):
            self.troupe.settings["server"]["tls"] = {"certificate": str(chain), "key": str(key)}
            self.troupe.write_settings()

        configured(good.chain, good.key)
        self.assertIn("valid until", self.checks()["certificate"]["detail"])
        configured(good.chain, other.key)
        self.assertIn(str(other.key), self.faults()["certificate"])
        configured("/none/at/all", good.key)
        self.assertIn("/none/at/all", self.faults()["certificate"])

    def test_a_configuration_that_can_not_be_read_is_a_fault_like_others(self):
        self.troupe.config.write_text("server: {port: x, prt: 1}")
        told = json.loads(self.troupe.command("check", "--json", check=False).stdout)
        self.assertEqual([entry["name"] for entry in told["checks"]], ["configuration", "configuration"])

    def test_a_workflow_that_can_not_be_read_is_named(self):
        (self.folder / "agents/workflows/ticket_enhancement.yaml").write_text("retry: {retries: many}")
        self.assertIn("workflow", self.faults())

    def test_an_agent_that_can_not_be_read_is_named_with_its_line(self):
        self.assertIn("onboarding version", self.checks()["agents"]["detail"])
        (self.folder / "agents/coach.yaml").write_text("persona: A coach.\nwindow: many\n")
        self.assertIn("agents/coach.yaml:2: window: must be a whole number", self.faults()["agents"])


class Serving(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def serve(self, *arguments, **variables):
        with open(self.folder / "log", "w") as log:
            process = subprocess.Popen([str(binary()), *arguments], cwd=self.folder, text=True, stdout=subprocess.PIPE,
                                       stderr=log, env=plain_environment(variables))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_nothing_configured_serves_and_makes_its_secrets_for_the_owner_only(self):
        process = self.serve("serve", "--json", TROUPE_SERVER_PORT="0")
        told = json.loads(process.stdout.readline())
        self.assertEqual(told["url"], f"http://127.0.0.1:{told['port']}")
        process.terminate()
        self.assertEqual(process.wait(25), 0)
        for name in ("troupe.key", "troupe.jwt"):
            self.assertEqual(stat.S_IMODE((self.folder / name).stat().st_mode), 0o600)
            self.assertIn(name, (self.folder / "log").read_text())

    def test_a_second_signal_ends_it_at_once(self):
        with LlmStandIn() as llm, Troupe(llm=llm.provider(timeout="60s")) as troupe:
            llm.behave({"behaviour": "slow", "seconds": 50})
            troupe.add_tenant().start()
            troupe.accepted()
            until(llm.calls, "the call of the model")
            troupe.process.terminate()
            until(lambda: not troupe.ready(), "it begins to stop")
            troupe.process.terminate()
            self.assertEqual(troupe.wait(15), -signal.SIGTERM)

    def test_the_ready_line_names_the_address(self):
        process = self.serve("serve", TROUPE_SERVER_PORT="0")
        self.assertRegex(process.stdout.readline(), r"^troupe is ready at http://127\.0\.0\.1:\d+\n$")

    def test_the_demonstration_gives_every_sample_its_note_and_leaves_nothing_behind(self):
        process = self.serve("demo", "--once", "--json", TMPDIR=str(self.folder), TROUPE_SERVER_PORT="0")
        out, _ = process.communicate(timeout=180)
        self.assertEqual(process.returncode, 0, out + (self.folder / "log").read_text())
        notes = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(len(notes), len((ROOT / "deploy/samples/new_tickets.jsonl").read_text().splitlines()))
        for note in notes:
            self.assertIn(f"ref: {note['job_id']}", note["note"])
        self.assertEqual([entry for entry in os.listdir(self.folder) if entry != "log"], [])

    def test_the_demonstration_takes_other_tickets_and_names_those_without_a_note(self):
        tickets = self.folder / "t.jsonl"
        tickets.write_text('{"ticket_id":"1","description":"The printer is offline.","priority":"low"}\n'
                           '{"ticket_id":"2","description":"x","priority":"whenever"}\n')
        process = self.serve("demo", "--once", "--tickets", str(tickets), TROUPE_SERVER_PORT="0")
        out, _ = process.communicate(timeout=180)
        self.assertEqual(process.returncode, 1)
        self.assertIn("1 of 2 tickets have their note.", out)
        self.assertIn("/priority", out)

    def test_the_demonstration_goes_on_with_addresses_that_answer(self):
        process = self.serve("demo", "--json", "--folder", str(self.folder / "kept"), TROUPE_SERVER_PORT="0")
        told = {}
        while "url" not in told:
            told = json.loads(process.stdout.readline())
        for url in (told["desk"], told["url"] + "/health", told["url"] + "/metrics"):
            with urllib.request.urlopen(url, timeout=30) as answer:
                self.assertEqual(answer.status, 200)
        process.terminate()
        self.assertEqual(process.wait(25), 0)
        self.assertTrue((self.folder / "kept/troupe.db").exists())

    def test_a_demonstration_without_samples_says_where_they_are_missing(self):
        done = bare("demo", "--once", "--samples", "/none/at/all", folder=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("/none/at/all", done.stderr)


if __name__ == "__main__":
    unittest.main()
