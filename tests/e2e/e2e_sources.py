#!/usr/bin/env python3
"""What a note is made of: past tickets, articles (own or from elsewhere) and hosts; a source that fails is left out."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority  # noqa: E402
from harness import SECRET, Troupe  # noqa: E402
from stand_ins import ArticlesStandIn, DeskStandIn  # noqa: E402

TICKETS = [
    {"id": "OLD-1", "subject": "Printer offline on floor two", "description": "The print queue hangs, spooler stops.",
     "resolution": "Cleared the spool folder and restarted the spooler.", "resolved_at": "2025-03-01T10:00:00Z"},
    {"id": "OLD-2", "subject": "VPN drops", "description": "Tunnel closes after an hour.",
     "resolution": "Renewed the lease time.", "resolved_at": "2025-04-01T10:00:00Z"},
]
ARTICLES = [{"id": "KB-9", "title": "Printer spooler handbook", "summary": "How the print spooler is restarted.",
             "body": "Stop the spooler, clear the folder, start it.", "url": "https://kb.example.com/9"}]
ASSETS = [{"ip": "10.1.2.3, 2001:db8::7", "hostname": "prn-floor2", "role": "printer", "client": "ACME",
           "location": "floor two"}]
EXTRACTIVE = {"name": "extractive", "kind": "extractive"}


class Sources(unittest.TestCase):
    def installation(self, settings=None):
        self.desk = DeskStandIn()
        self.addCleanup(self.desk.close)
        troupe = Troupe(llm=EXTRACTIVE, settings=settings)
        self.addCleanup(troupe.close)
        troupe.add_tenant("acme", SECRET, self.desk).add_tenant("umbrella", SECRET)
        return troupe

    def load(self, troupe, kind, rows, tenant="acme", ending="jsonl"):
        file = troupe.folder / f"{kind}.{ending}"
        if ending == "csv":
            names = list(rows[0])
            lines = [",".join(names)] + [",".join(f'"{row[n]}"' for n in names) for row in rows]
            file.write_text("\n".join(lines) + "\n")
        else:
            file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return troupe.command("import", kind, file, "--tenant", tenant)

    def note(self, troupe, number="4711", **fields):
        job_id = troupe.accepted(ticket_id=number, **fields)
        job = troupe.ended(job_id)
        self.assertEqual(job["status"], "completed", job)
        return self.desk.notes(number)[0]["description"]

    def test_a_note_names_similar_tickets_articles_and_hosts(self):
        troupe = self.installation()
        self.load(troupe, "tickets", TICKETS)
        self.load(troupe, "articles", ARTICLES)
        self.load(troupe, "assets", ASSETS)
        troupe.start()
        note = self.note(troupe, description="The printer at 10.1.2.3 doesn't print, its spooler stopped again.")
        for expected in ("OLD-1", "Cleared the spool folder", "Printer spooler handbook", "https://kb.example.com/9",
                         "prn-floor2", "floor two"):
            self.assertIn(expected, note)

    def test_csv_is_imported_while_the_server_runs(self):
        troupe = self.installation()
        troupe.start()
        self.load(troupe, "tickets", TICKETS, ending="csv")
        self.assertIn("OLD-2", self.note(troupe, description="My VPN tunnel drops every hour."))

    def test_another_tenants_past_is_never_shown(self):
        troupe = self.installation()
        self.load(troupe, "tickets", TICKETS, tenant="umbrella")
        self.load(troupe, "assets", ASSETS, tenant="umbrella")
        troupe.start()
        note = self.note(troupe, description="The printer at 10.1.2.3 is offline, its spooler stopped.")
        for foreign in ("OLD-1", "prn-floor2"):
            self.assertNotIn(foreign, note)

    def test_search_syntax_in_a_ticket_is_only_text(self):
        troupe = self.installation()
        self.load(troupe, "tickets", TICKETS)
        troupe.start()
        for n, trick in enumerate(('printer" OR "vpn', "subject:printer NEAR(spooler vpn)", "printer* AND NOT (", "'; DROP "
                                   "TABLE tickets; --", "\" * ^ : - + ( ) { }", "AND OR NOT")):
            with self.subTest(trick):
                self.note(troupe, f"X-{n}", description=trick)
        self.assertIn("OLD-1", self.note(troupe, "X-last", description="printer spooler stops"))

    def test_rows_that_can_not_be_used_are_reported(self):
        troupe = self.installation()
        file = troupe.folder / "assets.jsonl"
        file.write_text(json.dumps(ASSETS[0]) + '\n{"ip": "300.1.2.3", "hostname": "x"}\n{broken\n')
        done = troupe.command("import", "assets", file, "--tenant", "acme", check=False)
        self.assertIn("2", done.stdout + done.stderr)
        self.assertIn("300.1.2.3", done.stdout + done.stderr)

    def external(self, **settings):
        self.articles = ArticlesStandIn()
        self.addCleanup(self.articles.close)
        return self.installation({"search": {"articles_url": f"{self.articles.url}/search", **settings}})

    def test_articles_come_from_an_external_knowledge_base_and_are_kept(self):
        troupe = self.external(articles_key="kb-key")
        troupe.start()
        self.assertIn("Printer spooler restarts", self.note(troupe, "A-1"))
        asked = self.articles.questions()
        self.assertEqual(asked[0]["headers"]["authorization"], "Bearer kb-key")
        self.note(troupe, "A-2")
        self.assertEqual(len(self.articles.questions()), len(asked), "the same question is answered from the cache")

    def test_a_knowledge_base_with_an_authority_of_its_own_is_trusted_when_told_to(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            self.articles = ArticlesStandIn(authority.issue("articles"))
            self.addCleanup(self.articles.close)
            source = {"articles_url": f"{self.articles.url}/search"}
            troupe = self.installation({"search": source}).start()
            self.assertNotIn("Printer spooler restarts", self.note(troupe, "B-1"))
            self.assertEqual(self.articles.questions(), [], "nothing is asked of whom nobody vouches for")
            troupe = self.installation({"search": {**source, "articles_ca_file": str(authority.file)}}).start()
            self.assertIn("Printer spooler restarts", self.note(troupe, "B-2"))

    def test_a_knowledge_base_that_went_down_is_answered_for_from_the_cache(self):
        troupe = self.external(articles_cache="0s")
        troupe.start()
        self.assertIn("Printer spooler restarts", self.note(troupe, "A-3"))
        self.articles.behave("error")
        self.assertIn("Printer spooler restarts", self.note(troupe, "A-4"))

    def test_a_knowledge_base_that_fails_or_hangs_only_leaves_its_section_empty(self):
        for behaviour in ("error", "garbage", "hang"):
            with self.subTest(behaviour):
                troupe = self.external(articles_timeout="500ms")
                self.articles.behave(behaviour)
                self.load(troupe, "tickets", TICKETS)
                troupe.start()
                note = self.note(troupe)
                self.assertNotIn("Printer spooler restarts", note)
                self.assertIn("OLD-1", note)
                troupe.close()


if __name__ == "__main__":
    unittest.main()
