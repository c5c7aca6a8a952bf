"""What the tests of the command line share: the program alone, and an installation per test."""

import json
import os
import subprocess
import unittest

from harness import Troupe, binary


def plain_environment(variables):
    """The environment without what would configure the program, and these variables."""
    foreign = ("TROUPE_", "DATABASE_URL", "REDIS_URL", "OPENAI_", "ANTHROPIC_", "LLM_", "LOG_LEVEL", "LOGFIRE_")
    return {**{name: value for name, value in os.environ.items() if not name.startswith(foreign)}, **variables}


def bare(*arguments, folder, **variables):
    """The program without any configuration but these variables."""
    return subprocess.run([str(binary()), *map(str, arguments)], env=plain_environment(variables), cwd=folder, text=True,
                          capture_output=True, timeout=120, stdin=subprocess.DEVNULL)


class Installed(unittest.TestCase):
    """Each test has an installation of its own."""

    def setUp(self):
        self.troupe = Troupe(llm={"name": "extractive", "kind": "extractive"})
        self.addCleanup(self.troupe.close)
        self.folder = self.troupe.folder

    def run_json(self, *arguments, check=True):
        return json.loads(self.troupe.command(*arguments, "--json", check=check).stdout)

    def refused(self, code, *arguments, words=()):
        done = self.troupe.command(*arguments, check=False)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertNotIn("terminate called", done.stderr)
        return done

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path
