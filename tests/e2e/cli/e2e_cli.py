#!/usr/bin/env python3
"""Every command of the real program: what it prints, what it leaves behind, and how it ends when used wrongly."""

import base64
import json
import os
import pty
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from harness import ROOT, SECRET, binary, until  # noqa: E402
from installed import Installed, bare  # noqa: E402


COMMANDS = ("serve", "demo", "check", "migrate", "migrate up", "migrate down", "migrate status", "tenant", "tenant add",
            "tenant update", "tenant list", "tenant show", "tenant rotate-secret", "tenant pause", "tenant resume",
            "tenant remove", "job",
            "job list", "job show", "job retry", "job discard", "import", "import tickets", "import articles",
            "import assets", "send-webhook", "token", "token mint", "version")


class Usage(Installed):
    def test_every_command_has_help_with_an_example(self):
        for command in COMMANDS:
            with self.subTest(command):
                done = bare(*command.split(), "--help", folder=self.folder)
                self.assertEqual(done.returncode, 0)
                self.assertRegex(done.stdout, r"Examples?:\n  troupe ")

    def test_wrong_usage_ends_with_two(self):
        for words in ([], ["nonsense"], ["tenant"], ["tenant", "add"], ["tenant", "add", "a", "--colour", "red"],
                      ["job", "list", "--limit", "0"], ["job", "list", "--limit", "1001"], ["token", "mint"],
                      ["job", "show"], ["import", "tickets"], ["migrate", "up", "--to", "x"], ["serve", "extra"],
                      ["tenant", "add", "a", "--desk-key", "k", "--desk-key-file", "f"],
                      ["tenant", "update", "a", "--webhooks-per-minute", "-1"]):
            with self.subTest(words):
                done = bare(*words, folder=self.folder)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertTrue(done.stderr)

    def test_a_command_that_is_not_there_is_named_with_the_nearest_one(self):
        for words, told in ((["tenat", "list"], '"troupe tenat"; did you mean "tenant"?'),
                            (["job", "lst"], '"troupe job lst"; did you mean "list"?'),
                            (["nonsense", "--help"], '"troupe nonsense"; there are serve, demo'),
                            (["help", "nonsense"], '"troupe nonsense"; there are'), (["job"], "list, show, retry, discard")):
            with self.subTest(words):
                done = bare(*words, folder=self.folder)
                self.assertEqual(done.returncode, 2)
                self.assertIn(told, done.stderr)
        self.assertEqual(bare("help", "job", "list", folder=self.folder).stdout,
                         bare("job", "list", "--help", folder=self.folder).stdout)

    def test_the_version_is_told_in_both_forms(self):
        self.assertRegex(bare("version", folder=self.folder).stdout, r"^troupe \d+\.\d+\.\d+\n$")
        self.assertRegex(json.loads(bare("version", "--json", folder=self.folder).stdout)["version"], r"^\d+\.\d+\.\d+$")

    def test_all_faults_of_a_configuration_are_named_with_their_lines(self):
        self.troupe.config.write_text("server:\n  prt: 1\n  port: many\nlog: {level: loud}\n")
        done = self.refused(1, "tenant", "list", words=(
            f"{self.troupe.config}:2: unknown key \"server.prt\"; did you mean \"server.port\"?",
            f"{self.troupe.config}:3: server.port: must be a whole number from 0 to 65535; found \"many\"",
            f"{self.troupe.config}:4: log.level: must be one of"))
        self.assertEqual(done.stdout, "")

    def test_a_configuration_that_is_not_there_is_named(self):
        done = bare("tenant", "list", "-c", "none.yaml", folder=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("none.yaml", done.stderr)

    def test_the_configuration_is_found_by_variable_and_in_the_working_directory(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "troupe.yaml").write_text("server: {port: wrong}\n")
            self.assertIn("troupe.yaml:1", bare("tenant", "list", folder=folder).stderr)
            Path(folder, "other.yaml").write_text("server: {bind: wrong}\n")
            self.assertIn("other.yaml:1", bare("tenant", "list", folder=folder, TROUPE_CONFIG="other.yaml").stderr)

    def test_variables_of_later_versions_are_warned_of_and_harmless(self):
        done = bare("tenant", "list", folder=self.folder, REDIS_URL="redis://x", LOGFIRE_TOKEN="t")
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("REDIS_URL", "LOGFIRE_TOKEN"):
            self.assertIn(f"warning: {name} has no effect", done.stderr)

    def test_an_answer_that_can_not_be_written_is_a_failure(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([str(binary()), "version"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)


class Tenants(Installed):
    def test_a_tenant_is_added_shown_and_listed_without_its_secrets(self):
        key, secret = "desk-key-5309", "signing-secret-8675309"
        added = self.troupe.command("tenant", "add", "acme", "--name", "Acme Ltd", "--desk", "servicedesk_plus",
                                    "--desk-url", "https://desk.example", "--desk-key", key, "--signing-secret", secret,
                                    "--desk-option", "portal_id=2")
        shown = self.troupe.command("tenant", "show", "acme")
        listed = self.troupe.command("tenant", "list")
        value = self.run_json("tenant", "show", "acme")
        self.assertEqual((value["name"], value["desk"], value["desk_url"], value["desk_key_set"], value["signing_secrets"]),
                         ("Acme Ltd", "servicedesk_plus", "https://desk.example", True, 1))
        self.assertEqual(value["desk_options"], {"portal_id": "2"})
        self.assertIn("acme  Acme Ltd  servicedesk_plus", listed.stdout)
        for done in (added, shown, listed):
            self.assertNotIn(key, done.stdout + done.stderr)
            self.assertNotIn(secret, done.stdout + done.stderr)

    def test_a_signing_secret_that_is_not_given_is_made_and_printed_once(self):
        first = self.troupe.command("tenant", "add", "one").stdout
        self.assertRegex(first, r"whsec_[A-Za-z0-9+/]{43}=")
        second = self.run_json("tenant", "add", "two")["signing_secret"]
        self.assertTrue(second.startswith("whsec_"))
        self.assertNotIn(second, first)
        self.assertNotIn(second, self.troupe.command("tenant", "show", "two", "--json").stdout)

    def test_secrets_come_from_files_and_standard_input(self):
        secret = self.file("secret", SECRET + "\n")
        self.troupe.command("tenant", "add", "acme", "--signing-secret-file", secret)
        self.troupe.command("tenant", "update", "acme", "--desk", "servicedesk_plus", "--desk-url", "http://d.example",
                            "--desk-key-file", "-", input="from-stdin\n")
        self.troupe.start()
        self.assertEqual(self.troupe.webhook().status, 202)
        self.refused(2, "tenant", "update", "acme", "--desk-key-file", self.file("empty", "\n"), words=("is empty",))
        self.refused(2, "tenant", "update", "acme", "--desk-key-file", "/none/at/all", words=("/none/at/all",))

    def test_every_fault_of_a_tenant_is_named(self):
        self.refused(2, "tenant", "add", "Acme", "--desk", "servicedesk_plus", "--desk-url", "ftp://x",
                     words=("must be 1 to 64 of a-z", "--desk-url must be", "--desk-key or --desk-key-file is missing"))
        self.refused(2, "tenant", "add", "acme", "--desk", "jira", "--desk-url", "http://x", "--desk-key", "k",
                     words=("jira", "servicedesk_plus"))
        self.refused(2, "tenant", "add", "acme", "--desk", "servicedesk_plus", "--desk-url", "https://x", "--desk-key", "k",
                     "--desk-option", "colour=red", words=("colour",))
        self.refused(2, "tenant", "add", "acme", "--desk", "servicedesk_plus", "--desk-url", "https://x", "--desk-key", "k",
                     "--desk-ca-file", self.file("ca", "no certificate"))
        self.refused(2, "tenant", "add", "acme", "--signing-secret", "whsec_!!!", words=("--signing-secret: must have",))
        self.assertEqual(self.run_json("tenant", "list"), [])

    def test_nonsense_is_answered_with_the_option_its_rule_and_what_was_found(self):
        self.troupe.add_tenant()
        folder = str(self.folder)
        for words, told in (
                (("tenant", "add", "b", "--desk", "foo"), '--desk must be local or servicedesk_plus; found "foo"'),
                (("tenant", "add", "b", "--webhooks-per-minute", "x"),
                 '--webhooks-per-minute: must be a whole number from 0 to 4294967295; found "x"'),
                (("tenant", "add", "b", "--name", "x" * 201), "of 201 bytes"),
                (("tenant", "add", "b", "--signing-secret", ""), "--signing-secret: must have 1 to 1024 bytes"),
                (("tenant", "add", "b", "--signing-secret-file", folder), f"--signing-secret-file: can't read {folder}"),
                (("tenant", "add", "b", "--colour", "red"), 'troupe tenant add: there is no option "--colour"'),
                (("tenant", "add", "b", "--nam", "red"), 'did you mean "--name"?'),
                (("tenant", "add", "b", "c"), '"c" is one argument too many'),
                (("tenant", "update", "acme"), "nothing to change"),
                (("tenant", "show"), "troupe tenant show: ID is required"),
                (("job", "list", "--limit", "0"), '--limit: must be a whole number from 1 to 1000; found "0"'),
                (("demo", "--port", "65536"), '--port: must be a whole number from 0 to 65535; found "65536"'),
                (("token", "mint", "--tenant", "acme", "--user", ""), "--user must have 1 to 256 bytes without control characters"),
                (("token", "mint", "--tenant", "acme", "--user", "a", "--role", "r" * 65), "--role must have at most 64")):
            with self.subTest(words):
                self.refused(2, *words, words=(told,))
        self.refused(1, "job", "list", "--before", "x", words=('--before: there is no job "x"',))
        self.refused(1, "send-webhook", "--tenant", "acme", folder, words=(f"can't read {folder}: Is a directory",))
        self.refused(1, "send-webhook", "--tenant", "acme", "/none", words=("can't read /none: No such file",))

    def test_a_connectors_own_secrets_are_not_shown(self):
        options = ("cloud=true", "client_id=1000.X", "client_secret=hush-hush")
        self.troupe.command("tenant", "add", "acme", "--desk", "servicedesk_plus", "--desk-key", "k", "--desk-url",
                            "https://sdpondemand.manageengine.eu/app/itdesk",
                            *(word for option in options for word in ("--desk-option", option)))
        self.assertEqual(self.run_json("tenant", "show", "acme")["desk_options"],
                         {"client_id": "1000.X", "client_secret": "set", "cloud": True})

    def test_a_second_tenant_of_one_name_and_an_unknown_one_are_refused(self):
        self.troupe.command("tenant", "add", "acme")
        self.refused(1, "tenant", "add", "acme", words=("troupe tenant update acme",))
        self.refused(1, "tenant", "show", "acne", words=("there is no tenant \"acne\"", "acme"))
        self.refused(1, "tenant", "update", "acne", "--name", "x", words=("there is no tenant",))

    def test_an_update_changes_what_is_given_and_nothing_else(self):
        self.troupe.command("tenant", "add", "acme", "--name", "Acme", "--signing-secret", SECRET)
        self.troupe.command("tenant", "update", "acme", "--webhooks-per-minute", "100000000")
        value = self.run_json("tenant", "show", "acme")
        self.assertEqual((value["name"], value["webhooks_per_minute"], value["signing_secrets"]), ("Acme", 100000000, 1))

    def test_changes_made_at_the_same_moment_are_all_kept(self):
        self.troupe.add_tenant()
        secrets = [self.file(f"secret{n}", f"a-signing-secret-number-{n}") for n in range(4)]
        changes = [["update", "acme", "--name", "Together"], ["update", "acme", "--webhooks-per-minute", "7"],
                   ["pause", "acme"], ["update", "acme", "--signing-secret-file", secrets[0]]]
        for _ in range(3):
            for words in (["update", "acme", "--name", "x", "--webhooks-per-minute", "1"], ["resume", "acme"]):
                self.troupe.command("tenant", *words)
            running = [self.troupe.begin("tenant", *words) for words in changes]
            for process in running:
                told = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 0, told)
            value = self.run_json("tenant", "show", "acme")
            self.assertEqual((value["name"], value["webhooks_per_minute"], value["paused"]), ("Together", 7, True))

    def test_another_desk_begins_without_the_old_ones_key(self):
        self.troupe.command("tenant", "add", "acme", "--desk", "servicedesk_plus", "--desk-url", "https://x", "--desk-key", "k")
        self.troupe.command("tenant", "update", "acme", "--desk", "local")
        self.assertFalse(self.run_json("tenant", "show", "acme")["desk_key_set"])

    def test_a_rotated_secret_stands_beside_the_old_one_until_that_is_dropped(self):
        self.troupe.add_tenant().start()
        fresh = self.run_json("tenant", "rotate-secret", "acme")["signing_secret"]

        def answers():
            return [self.troupe.webhook(secret, ticket_id="R").status for secret in (SECRET, fresh)]

        until(lambda: answers() == [202, 202], "both secrets are valid")
        self.troupe.command("tenant", "rotate-secret", "acme", "--drop-old")
        until(lambda: answers() == [401, 202], "the old secret isn't any more")
        again = self.troupe.command("tenant", "rotate-secret", "acme", "--drop-old", check=False)
        self.assertEqual((again.returncode, "no old signing secret" in again.stderr), (1, True), again.stderr)

    def test_a_paused_tenants_jobs_wait(self):
        self.troupe.add_tenant().command("tenant", "pause", "acme")
        self.troupe.start()
        job = self.troupe.accepted()
        self.assertEqual(self.run_json("tenant", "show", "acme")["paused"], True)
        self.assertEqual(self.troupe.job(job)["status"], "pending")
        self.troupe.command("tenant", "resume", "acme")
        self.assertEqual(self.troupe.ended(job)["status"], "completed")


class Removal(Installed):
    def test_a_tenant_is_removed_with_all_it_has_while_the_server_runs(self):
        self.troupe.add_tenant().add_tenant("umbrella").start()
        for kind in ("tickets", "articles", "assets"):
            self.troupe.command("import", kind, ROOT / f"deploy/samples/{kind}.jsonl", "--tenant", "acme")
        job = self.troupe.accepted()
        other = self.troupe.accepted(tenant_id="umbrella")
        for each in (job, other):
            self.troupe.ended(each, tenant="acme" if each == job else "umbrella")

        told = self.run_json("tenant", "remove", "acme", "--yes")

        self.assertEqual((told["tenant_id"], told["action"]), ("acme", "removed"))
        self.assertGreater(told["rows"], 400)
        self.assertEqual(self.troupe.webhook(ticket_id="late").status, 401)
        self.assertNotIn("acme", [t["id"] for t in self.run_json("tenant", "list")])
        self.refused(1, "job", "show", job, words=("there is no job",))
        self.refused(1, "tenant", "remove", "acme", "--yes", words=('there is no tenant "acme"',))
        self.assertEqual(self.run_json("job", "show", other)["status"], "completed")
        self.assertEqual(self.troupe.ended(self.troupe.accepted(tenant_id="umbrella", ticket_id="after"), "umbrella")
                         ["status"], "completed")
        self.troupe.add_tenant()
        self.assertEqual(self.troupe.ended(self.troupe.accepted(ticket_id="new"))["status"], "completed")

    def test_a_removal_wants_to_be_confirmed(self):
        self.troupe.add_tenant()
        self.refused(2, "tenant", "remove", "acme", words=("--yes is missing",))
        self.refused(1, "tenant", "remove", "nobody", "--yes", words=('there is no tenant "nobody"',))
        self.assertEqual(self.on_a_terminal("tenant", "remove", "acme", typed="acne\n"), 1)
        self.assertEqual([t["id"] for t in self.run_json("tenant", "list")], ["acme"])
        self.assertEqual(self.on_a_terminal("tenant", "remove", "acme", typed="acme\n"), 0)
        self.assertEqual(self.run_json("tenant", "list"), [])

    def on_a_terminal(self, *arguments, typed):
        ours, theirs = pty.openpty()
        try:
            process = self.troupe.begin(*arguments, stdin=theirs)
            os.write(ours, typed.encode())
            process.communicate(timeout=60)
            return process.returncode
        finally:
            os.close(ours)
            os.close(theirs)


class Imports(Installed):
    def setUp(self):
        super().setUp()
        self.troupe.add_tenant()

    def test_good_files_are_stored_whole(self):
        for kind, count in (("tickets", 300), ("articles", 40), ("assets", 80)):
            file = ROOT / f"deploy/samples/{kind}.jsonl"
            self.assertEqual(self.run_json("import", kind, file, "--tenant", "acme")["stored"], count)

    def test_rejected_rows_are_named_and_the_rest_is_stored(self):
        file = self.file("hosts.csv", "address,hostname\n10.0.0.1,a\nelsewhere,b\n")
        done = self.troupe.command("import", "assets", file, "--tenant", "acme", "--map", "address=ip", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("1 of 2 assets stored, 1 rejected", done.stdout)
        self.assertRegex(done.stderr, r"line 3: ip must be .*elsewhere")

    def test_rows_come_from_standard_input_too(self):
        done = self.troupe.command("import", "articles", "-", "--tenant", "acme", "--format", "jsonl",
                                   input='{"id":"1","title":"t","summary":"s","url":"https://x.example"}\n')
        self.assertIn("1 of 1 articles stored", done.stdout)

    def test_columns_that_are_not_used_are_named_and_the_rest_is_stored(self):
        file = self.file("t.csv", "id,subject,descripton,colour\n1,s,d,red\n")
        done = self.troupe.command("import", "tickets", file, "--tenant", "acme")
        self.assertIn('line 1: column "descripton" isn\'t used; did you mean "description"?', done.stderr)
        self.assertIn('line 1: column "colour" isn\'t used\n', done.stderr)
        self.assertIn("1 of 1 tickets stored", done.stdout)
        self.assertEqual(self.run_json("import", "tickets", file, "--tenant", "acme")["unknown_columns"],
                         [{"name": "descripton", "line": 1, "nearest": "description"},
                          {"name": "colour", "line": 1, "nearest": ""}])

    def test_what_can_not_be_imported_is_told(self):
        good = self.file("t.csv", "id,subject\n")
        self.refused(1, "import", "tickets", "/none/at/all.csv", "--tenant", "acme", words=("/none/at/all.csv",))
        self.refused(1, "import", "tickets", good, "--tenant", "nobody", words=("there is no tenant",))
        self.refused(2, "import", "tickets", good, "--tenant", "acme", "--map", "nonsense", words=("--map",))
        self.refused(2, "import", "tickets", good, "--tenant", "acme", "--format", "xml")


class Webhooks(Installed):
    def test_a_files_tickets_are_signed_posted_and_accepted(self):
        self.troupe.add_tenant().start()
        lines = self.file("t.jsonl", "".join(json.dumps({"ticket_id": f"W-{n}", "description": "It broke.",
                                                         "priority": "low"}) + "\n" for n in range(3)))
        done = self.troupe.command("send-webhook", "--tenant", "acme", lines, "--json")
        sent = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([entry["status"] for entry in sent], [202] * 3)
        for entry in sent:
            self.assertEqual(self.troupe.ended(entry["job_id"])["status"], "completed")
        again = self.troupe.command("send-webhook", "--tenant", "acme", lines, "--json")
        self.assertEqual([json.loads(line)["job_id"] for line in again.stdout.splitlines()], [e["job_id"] for e in sent])

    def test_a_refused_ticket_is_named_with_its_faults(self):
        self.troupe.add_tenant().start()
        file = self.file("t.json", '[{"ticket_id":"1","description":"x","priority":"urgently"},{"ticket_id":"2",'
                                   '"description":"x","priority":"low"}]')
        done = self.refused(1, "send-webhook", "--tenant", "acme", file, words=("/priority", "1 of 2"))
        self.assertIn("2: accepted as job ", done.stdout)

    def test_a_secret_from_a_file_needs_no_database(self):
        self.troupe.add_tenant().start()
        file = self.file("t.json", '{"ticket_id":"1","description":"x","priority":"low"}')
        with tempfile.TemporaryDirectory() as folder:
            secret = Path(folder, "secret")
            secret.write_text(SECRET)
            done = bare("send-webhook", "--tenant", "acme", file, "--url", self.troupe.url, "--signing-secret-file", secret,
                        folder=folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(os.listdir(folder), ["secret"])
            secret.write_text("another")
            done = bare("send-webhook", "--tenant", "acme", file, "--url", self.troupe.url, "--signing-secret-file", secret,
                        folder=folder)
            self.assertEqual(done.returncode, 1)
            self.assertIn("401", done.stderr)

    def test_a_server_that_is_not_there_and_files_that_are_no_tickets_are_told(self):
        self.troupe.add_tenant()
        ticket = '{"ticket_id":"1","description":"x","priority":"low"}'
        self.refused(1, "send-webhook", "--tenant", "acme", self.file("t.json", ticket), words=("1 of 1",))
        self.refused(1, "send-webhook", "--tenant", "acme", self.file("b.jsonl", ticket + "\n{"), words=("b.jsonl:2",))
        self.refused(1, "send-webhook", "--tenant", "nobody", self.file("t.json", ticket), words=("there is no tenant",))
        self.refused(2, "send-webhook", "--tenant", "acme", self.file("t.json", ticket), "--url", "ftp://x")

    def test_a_limit_is_waited_for(self):
        self.troupe.add_tenant()
        self.troupe.command("tenant", "update", "acme", "--webhooks-per-minute", "60")
        self.troupe.start()
        lines = self.file("t.jsonl", "".join(json.dumps({"ticket_id": f"W-{n}", "description": "It broke.",
                                                         "priority": "low"}) + "\n" for n in range(62)))
        done = self.troupe.command("send-webhook", "--tenant", "acme", lines, timeout=240)
        self.assertEqual(done.stdout.count("accepted as job"), 62)
        self.assertIn("next attempt in", done.stderr)


class Tokens(Installed):
    def claims(self, token):
        part = token.split(".")[1]
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))

    def test_a_token_opens_the_tenants_jobs_and_nobody_elses(self):
        self.troupe.add_tenant().add_tenant("umbrella").start()
        job = self.troupe.accepted()
        for tenant, status in (("acme", 200), ("umbrella", 404)):
            token = self.troupe.command("token", "mint", "--tenant", tenant, "--user", "ann").stdout.strip()
            self.assertEqual(self.troupe.get(f"/api/v1/jobs/{job}", {"Authorization": f"Bearer {token}"}).status, status)

    def test_a_token_for_a_tenant_that_is_not_there_is_refused(self):
        self.troupe.add_tenant()
        self.refused(1, "token", "mint", "--tenant", "acne", "--user", "ann",
                     words=('there is no tenant "acne"', "there are acme"))

    def test_a_token_holds_what_was_asked_for(self):
        self.troupe.add_tenant()
        told = self.run_json("token", "mint", "--tenant", "acme", "--user", "ann", "--role", "lead", "--ttl", "5m")
        claims = self.claims(told["token"])
        self.assertEqual((claims["sub"], claims["tenant"], claims["role"]), ("ann", "acme", "lead"))
        self.assertEqual(claims["exp"] - claims["iat"], 300)

    def test_a_token_names_issuer_and_audience_when_they_are_checked(self):
        self.troupe.add_tenant()
        self.troupe.settings["auth"] = {"jwt": {"issuer": "us", "audience": "them"}}
        self.troupe.write_settings()
        claims = self.claims(self.troupe.command("token", "mint", "--tenant", "acme", "--user", "ann").stdout.strip())
        self.assertEqual((claims["iss"], claims["aud"]), ("us", "them"))

    def test_wrong_wishes_are_refused(self):
        for words in (["--ttl", "never"], ["--ttl", "0s"], ["--ttl", "400d"], ["--tenant", "No Name"], ["--user", ""]):
            given = {"--tenant": "acme", "--user": "ann", words[0]: words[1]}
            self.refused(2, "token", "mint", *(word for pair in given.items() for word in pair))


class Migrations(Installed):
    def test_down_and_up_again_keep_the_data(self):
        self.troupe.add_tenant()
        latest = self.run_json("migrate", "status")["latest"]
        self.assertEqual(self.run_json("migrate", "status"), {"current": latest, "latest": latest})
        if latest > 1:
            self.assertEqual(self.run_json("migrate", "down")["current"], latest - 1)
            self.refused(1, "tenant", "list", words=("troupe migrate up",))
            self.assertEqual(self.run_json("migrate", "up")["current"], latest)
            self.assertEqual([t["id"] for t in self.run_json("tenant", "list")], ["acme"])

    def test_versions_that_can_not_be_reached_are_refused(self):
        self.troupe.add_tenant()
        self.refused(2, "migrate", "up", "--to", "999", words=("--to must be a version from 1 to", "found 999"))
        for wrong in ("0", "-1", "x"):
            self.refused(2, "migrate", "down", "--to", wrong, words=(f'--to: must be a whole number from 1 to 9999; found "{wrong}"',))
        self.refused(2, "migrate", "up", "--to", "1", words=("troupe migrate down",))

    def test_the_status_of_a_database_that_is_not_there_makes_none(self):
        self.assertEqual(self.run_json("migrate", "status")["current"], 0)
        self.assertFalse((self.folder / "troupe.db").exists())


if __name__ == "__main__":
    unittest.main()
