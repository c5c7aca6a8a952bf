#!/usr/bin/env python3
"""Others' stand-in for models (`@copilotkit/aimock`) answers over both protocols: our reading of them isn't only ours."""

import json
import subprocess
import sys
import unittest
import urllib.request
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "support"), str(Path(__file__).resolve().parent / "chat")]

import npm  # noqa: E402
from harness import Troupe  # noqa: E402
from stand_ins import DeskStandIn  # noqa: E402
from talker import Talker  # noqa: E402

NOTE = ("## Similar Tickets\nNone is known.\n\n## Documentation\nNo article is known.\n\n## System Info\nNo host is known.\n\n"
        "## Recommendations\n1. Check the cable — größtes Übel.\n")


class Models:
    """What is the same for both protocols."""

    @classmethod
    def setUpClass(cls):
        if reason := npm.install():
            raise unittest.SkipTest(reason)
        cls.model = subprocess.Popen([npm.NODE, npm.FOLDER / "models.mjs", NOTE], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.stop)
        cls.url = cls.model.stdout.readline().strip()
        cls.desk = DeskStandIn()
        cls.addClassCleanup(cls.desk.close)
        cls.troupe = Troupe(llm={"name": "theirs", "kind": cls.kind, "base_url": f"{cls.url}/v1",
                                 "api_key": "key-of-theirs", "model": "model-of-theirs"})
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.add_tenant(desk=cls.desk).start()

    @classmethod
    def stop(cls):
        cls.model.stdin.close()
        cls.model.wait(30)
        cls.model.stdout.close()

    def calls(self):
        """What the stand-in was asked, the last one at the end."""
        with urllib.request.urlopen(f"{self.url}/__aimock/journal", timeout=30) as answer:
            return [each for each in json.loads(answer.read()) if each["path"] == self.path]

    def test_a_ticket_gets_the_models_note(self):
        job = self.troupe.ended(self.troupe.accepted(ticket_id="4711"))
        self.assertEqual((job["status"], job["provider"]), ("completed", "theirs"), job)
        self.assertIn("Check the cable — größtes Übel.", self.desk.notes("4711")[0]["description"])
        self.assertEqual(self.calls()[-1]["body"]["model"], "model-of-theirs")

    def test_a_message_gets_the_models_reply(self):
        answer = Talker(self.troupe).post("/api/v1/agents/chat/messages", {"message": "Hello"})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json()["message"], NOTE.strip())
        self.assertTrue(self.calls()[-1]["body"]["stream"], "it came in pieces")


class OpenAi(Models, unittest.TestCase):
    kind, path = "openai", "/v1/chat/completions"


class Anthropic(Models, unittest.TestCase):
    kind, path = "anthropic", "/v1/messages"

    def test_calls_name_the_version(self):
        self.test_a_message_gets_the_models_reply()
        self.assertEqual(self.calls()[-1]["headers"]["anthropic-version"], "2026-10-21")


if __name__ == "__main__":
    unittest.main()
