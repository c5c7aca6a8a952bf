#!/usr/bin/env python3
"""What the documents show works as it stands there."""

import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from harness import ROOT, SECRET, Troupe, binary, until  # noqa: E402
from stand_ins import DeskStandIn  # noqa: E402

MARK = "<!-- runs in tests/e2e/e2e_documents.py"


def examples(document):
    """The shell examples of a document that say that they run here, by what stands behind the mark's colon."""
    text = (ROOT / document).read_text()
    pattern = re.escape(MARK) + r"(?:: ([^>]*?))? -->\s*```bash\n(.*?)```"
    return {title or "": code for title, code in re.findall(pattern, text, re.DOTALL)}


class Documents(unittest.TestCase):
    def setUp(self):
        self.desk = DeskStandIn()
        self.addCleanup(self.desk.close)
        self.troupe = Troupe(llm={"name": "extractive", "kind": "extractive"})
        self.addCleanup(self.troupe.close)

    def shell(self, code, **variables):
        """As a user would type it: the program is on the path, the configuration in the working directory."""
        path = f"{binary().parent}:{os.environ['PATH']}"
        done = subprocess.run(["bash", "-euc", code], cwd=self.troupe.folder, text=True, capture_output=True,
                              env={**self.troupe.variables(), "PATH": path, **variables}, timeout=120)
        self.assertEqual(done.returncode, 0, f"{code}\n{done.stdout}{done.stderr}")
        return done.stdout

    def test_a_webhook_signed_by_openssl_and_sent_by_curl_is_accepted(self):
        self.troupe.add_tenant("acme", SECRET, self.desk).start()
        for document, title in (("README.md", "signed webhook"), ("docs/webhooks.md", "")):
            with self.subTest(document):
                answer = json.loads(self.shell(examples(document)[title], URL=self.troupe.url, SECRET=SECRET))
                self.assertEqual(answer["status"], "accepted")
        self.troupe.ended(answer["job_id"])

    def test_a_job_is_read_as_the_document_reads_it(self):
        self.troupe.add_tenant("acme", SECRET, self.desk).start()
        job = self.troupe.accepted()
        self.troupe.ended(job)
        token = self.troupe.command("token", "mint", "--tenant", "acme", "--user", "ann").stdout.strip()
        told = json.loads(self.shell(examples("docs/http-api.md")[""], URL=self.troupe.url, JOB=job, TOKEN=token))
        text = (ROOT / "docs/http-api.md").read_text()
        shown = re.search(r"```json\n(\{.*?\n\})\n```", text, re.DOTALL)[1]
        self.assertEqual(set(json.loads(shown)), set(told), "the document shows the members there are")

    def test_a_profile_is_found_as_the_document_finds_it(self):
        self.troupe.add_tenant().start()
        token = self.troupe.command("token", "mint", "--tenant", "acme", "--user", "ann").stdout.strip()
        code = examples("docs/http-api.md")["profile"]
        told = json.loads(self.shell(code, URL=self.troupe.url, TOKEN=token))
        shown = (ROOT / "docs/http-api.md").read_text().split(code)[1].split("```json\n")[1].split("```")[0]
        self.assertEqual(told["profile"], json.loads(shown)["profile"])
        self.assertEqual(told["missing"], json.loads(shown)["missing"])

    def test_a_message_is_answered_as_the_document_shows(self):
        self.troupe.add_tenant().start()
        token = self.troupe.command("token", "mint", "--tenant", "acme", "--user", "ann").stdout.strip()
        code = examples("docs/http-api.md")["message"]
        told = json.loads(self.shell(code, URL=self.troupe.url, TOKEN=token))
        shown = json.loads((ROOT / "docs/http-api.md").read_text().split(code)[1].split("```json\n")[1].split("```")[0])
        self.assertEqual(set(told), set(shown))
        self.assertEqual({**told, "message": ""}, {**shown, "message": "", "conversation_id": told["conversation_id"]})

    def test_a_token_is_refreshed_as_the_document_does_it(self):
        self.troupe.add_tenant().start()
        minted = self.troupe.command("token", "mint", "--tenant", "acme", "--user", "ann", "--refresh").stdout.split()
        code = examples("docs/authentication.md")["refresh"]
        told = json.loads(self.shell(code, URL=self.troupe.url, REFRESH=minted[1]))
        shown = (ROOT / "docs/authentication.md").read_text().split(code)[1].split("```json\n")[1].split("```")[0]
        self.assertEqual(list(json.loads(shown)), list(told), "the document shows the members there are")
        self.assertEqual(json.loads(shown)["expires_in"], told["expires_in"])

    def test_ones_own_desk_in_five_steps(self):
        folder = self.troupe.folder
        (folder / "desk.key").write_text(self.desk.key + "\n")
        (folder / "tickets.csv").write_text(
            "id,subject,description,resolution,resolved_at\n"
            "1,Printer offline,The printer is offline.,Restarted the spooler.,2025-01-01T00:00:00Z\n")
        (folder / "articles.jsonl").write_text('{"id": "A", "title": "Printers", "summary": "How to", "url": '
                                               '"https://kb.example.com/a"}\n')
        (folder / "hosts.csv").write_text("address,hostname,role,client,location\n10.1.2.3,prn1,printer,acme,here\n")
        code = examples("README.md")["your own desk"]
        # The server outlives the shell as it would outlive a terminal's command; here it must be ended.
        out = self.shell(code.replace("troupe serve &", "troupe serve >serve.log 2>&1 & echo $! >pid"),
                         DESK_URL=self.desk.url)
        pid = int((folder / "pid").read_text())
        self.addCleanup(subprocess.run, ["kill", "-9", str(pid)], stderr=subprocess.DEVNULL)
        secret = re.search(r"\bwhsec_[A-Za-z0-9+/=]+", out)
        self.assertIsNotNone(secret, f"step 1 prints the signing secret once: {out}")
        until(self.troupe.ready, "the server of step 4")
        answer = json.loads(self.shell(examples("README.md")["signed webhook"], URL=self.troupe.url, SECRET=secret[0]))
        self.assertEqual(self.troupe.ended(answer["job_id"])["status"], "completed")
        self.assertIn("Restarted the spooler", self.desk.notes("4711")[0]["description"])

    def test_the_worked_examples_of_signatures_are_right(self):
        text = (ROOT / "docs/webhooks.md").read_text()
        body = re.search(r"^body  (\{.*\"high\"\})$", text, re.MULTILINE)[1]
        key = re.search(r"with the secret `([^`]*)`", text)[1].encode()
        expected = hmac.new(key, b"1700000000." + body.encode(), hashlib.sha256).hexdigest()
        self.assertIn(f"sha256={expected}", text)

    def test_every_command_of_the_documents_exists(self):
        commands = set()
        for file in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
            code = "\n".join(re.findall(r"```.*?```|`[^`]+`", file.read_text(), re.DOTALL))  # prose has a troupe too
            commands |= set(re.findall(r"(?:^|`|\()troupe ([a-z-]+(?: (?:add|list|show|update|rotate-secret|pause|resume|"
                                       r"remove|retry|discard|up|down|status|mint|tickets|articles|assets))?)", code,
                                       re.MULTILINE))
        self.assertGreater(len(commands), 10)
        for command in sorted(commands):
            with self.subTest(command):
                done = subprocess.run([str(binary()), *command.split(), "--help"], capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
