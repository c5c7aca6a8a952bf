#!/usr/bin/env python3
"""`troupe chat`: talking from a terminal and from scripts, over lines that are cut and servers that die."""

import json
import os
import pty
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from talker import installation  # noqa: E402
from certificates import Authority  # noqa: E402
from gate import Gate  # noqa: E402
from harness import PATIENCE, binary, free_port, until  # noqa: E402
from stand_ins import LlmStandIn  # noqa: E402

WORDS = " ".join(f"word{n}" for n in range(120))
COACH = """
title: Running coach
opening: Hi! Shall we get you running?
persona: You are a running coach.
steps:
  - name: runner
    goal: Know the runner.
    schema:
      type: object
      required: [weight]
      properties:
        weight: { type: number, minimum: 30, maximum: 300 }
    questions:
      weight: What do you weigh?
"""


class Terminal:
    """A terminal with `troupe chat` in it."""

    def __init__(self, troupe, *arguments):
        self.near, far = pty.openpty()
        self.seen = ""
        self.process = subprocess.Popen([binary(), "chat", *arguments, "-c", troupe.config], env=troupe.variables(),
                                        cwd=troupe.folder, stdin=far, stdout=far, stderr=far, start_new_session=True)
        os.close(far)
        os.set_blocking(self.near, False)

    def read(self):
        try:
            self.seen += os.read(self.near, 65536).decode(errors="replace")
        except (BlockingIOError, OSError):
            pass
        return self.seen

    def shows(self, text, count=1):
        until(lambda: self.read().count(text) >= count, lambda: f"{text!r} is shown; seen: {self.seen!r}")

    def type(self, line):
        os.write(self.near, line.encode() + b"\n")

    def end(self):
        code = until(lambda: self.read() is not None and self.process.poll() is not None and [self.process.returncode],
                     "it ends")[0]
        self.read()
        return code

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.near)


class ChatTerminal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.llm = LlmStandIn()
        cls.addClassCleanup(cls.llm.close)
        cls.troupe = installation(cls.llm)
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.start()
        cls.users = 0

    def setUp(self):
        type(self).users += 1
        self.user = f"user-{self.users}"
        self.llm.control("forget", {})
        self.llm.behave({"behaviour": "ok", "text": "Fine, thanks."})

    def script(self, lines, *options, check=True, troupe=None, user=None, agent="chat"):
        return (troupe or self.troupe).command("chat", "--agent", agent, "--user", user or self.user, *options,
                                               input=lines, check=check)

    def terminal(self, *options, agent="chat"):
        out = Terminal(self.troupe, "--agent", agent, "--user", self.user, *options)
        self.addCleanup(out.close)
        return out

    def begin(self, *options):
        out = self.troupe.begin("chat", "--agent", "chat", "--user", self.user, *options, stdin=subprocess.PIPE)
        for clean_up in (out.stdout.close, out.stderr.close, out.wait, out.kill):
            self.addCleanup(clean_up)
        return out

    # -- scripts -------------------------------------------------------------------------------------------------------

    def test_a_script_gets_each_lines_reply_and_the_end_is_good(self):
        self.llm.behave({"behaviour": "ok", "text": "Third."}, {"behaviour": "ok", "text": "First."},
                        {"behaviour": "ok", "text": "Second."})
        done = self.script("one\n\ntwo\nthree")
        self.assertEqual(done.stdout, "First.\nSecond.\nThird.\n")
        self.assertEqual(done.stderr, "")

    def test_nothing_to_say_is_nothing_to_answer(self):
        self.assertEqual(self.script("").stdout, "")
        events = [json.loads(line) for line in self.script("", "--json").stdout.splitlines()]
        self.assertEqual([e["type"] for e in events], ["STATE_SNAPSHOT", "MESSAGES_SNAPSHOT"])

    def test_a_users_name_may_hold_anything_but_control_characters(self):
        for user in ("acme/ann", ".."):
            self.assertEqual(self.script("Hello", user=user).stdout, "Fine, thanks.\n")
        self.assertIn("without control characters", self.refused("--user", "a\nb", code=2))

    def test_a_script_goes_on_with_the_same_conversation(self):
        self.script("one\n")
        self.script("two\n")
        asked = [m["content"] for m in self.llm.calls()[1]["messages"] if m["role"] == "user"]
        self.assertEqual(asked, ["one", "two"])

    def test_events_are_printed_as_json(self):
        done = self.script("Hello\n", "--json")
        events = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([e["type"] for e in events[:2]], ["STATE_SNAPSHOT", "MESSAGES_SNAPSHOT"])
        self.assertEqual(events[-1]["type"], "RUN_FINISHED")
        self.assertEqual("".join(e["delta"] for e in events if e["type"] == "TEXT_MESSAGE_CONTENT"), "Fine, thanks.")
        self.assertTrue(all("cursor" in e for e in events))

    def test_a_reply_goes_on_without_loss_or_repetition_when_the_line_is_cut(self):
        gate = Gate(self.troupe.port)
        self.addCleanup(gate.close)
        self.llm.behave({"behaviour": "paced", "seconds": 0.03, "text": WORDS})
        chat = self.begin("--json", "--url", f"ws://127.0.0.1:{gate.port}")
        chat.stdin.write("Hello\n")
        chat.stdin.close()
        events = []
        for line in chat.stdout:
            events.append(json.loads(line))
            if len([e for e in events if e["type"] == "TEXT_MESSAGE_CONTENT"]) in (10, 40, 80):
                gate.cut()
        self.assertEqual(chat.wait(PATIENCE), 0)
        self.assertEqual("".join(e["delta"] for e in events if e["type"] == "TEXT_MESSAGE_CONTENT"), WORDS)
        self.assertIn("the connection is lost", chat.stderr.read())
        self.assertEqual(len(self.llm.calls()), 1)

    def test_a_server_killed_amid_a_reply_makes_it_anew_and_a_script_gets_it_once(self):
        self.llm.behave({"behaviour": "paced", "seconds": 0.03, "text": WORDS})
        chat = self.begin()
        chat.stdin.write("Hello\n")
        chat.stdin.close()
        until(self.llm.calls, "the model is asked")
        self.troupe.kill()
        self.troupe.start()
        self.assertEqual(chat.stdout.read(), WORDS + "\n")
        self.assertEqual(chat.wait(PATIENCE), 0)

    def test_over_the_limit_a_script_waits_and_loses_nothing(self):
        with installation(self.llm, settings={"limits": {"messages_per_minute": 60, "requests_per_minute": 0}}) as other:
            other.start()
            count = 65
            done = self.script("".join(f"line {n}\n" for n in range(count)), troupe=other)
            self.assertEqual(done.stdout, "Fine, thanks.\n" * count)

    def test_a_line_that_is_too_long_is_told_and_the_end_is_bad(self):
        done = self.script("x" * 20_000 + "\nshort\n", check=False)
        self.assertEqual((done.returncode, done.stdout), (1, "Fine, thanks.\n"))
        self.assertIn("16000 bytes; found 20000", done.stderr)

    # -- faults that are told ------------------------------------------------------------------------------------------

    def refused(self, *arguments, code=1):
        done = self.troupe.command("chat", *arguments, check=False, input="Hello\n")
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        return done.stderr

    def test_without_a_server_it_says_where_it_looked(self):
        port = free_port()
        told = self.refused("--user", "ann", "--url", f"ws://127.0.0.1:{port}")
        self.assertEqual(told, f"troupe: no server answers at 127.0.0.1:{port}: Connection refused; start one by: troupe serve\n")

    def test_what_the_server_refuses_is_told(self):
        self.assertIn("(401)", self.refused("--user", "ann", "--token", self.troupe.token(user="ann")[:-6] + "AAAAAA"))
        self.assertIn("(404)", self.refused("--user", "ann", "--token", self.troupe.token(user="bob")))
        self.assertIn("(404)", self.refused("--user", "ann", "--agent", "nobody"))
        self.assertIn("(404)", self.refused("--user", "ann", "--conversation", "01890000-0000-7000-8000-000000000000"))

    def test_wrong_usage_is_told(self):
        self.assertIn("--url must be ws://host", self.refused("--user", "ann", "--url", "ftp://x", code=2))
        self.assertIn("--user is required", self.refused(code=2))
        self.assertIn('no tenant "nobody"', self.refused("--user", "ann", "--tenant", "nobody"))

    def test_tls_is_verified(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        authority = Authority(folder.name)
        certificate = authority.issue("server")
        tls = {"server": {"tls": {"certificate": str(certificate.chain), "key": str(certificate.key)}}}
        with installation(self.llm, settings=tls) as secure:
            secure.launch()
            url = f"wss://127.0.0.1:{secure.port}"
            until(lambda: self.script("Hello\n", "--url", url, "--ca-file", authority.file, troupe=secure,
                                      check=False).stdout == "Fine, thanks.\n", "it is answered")
            done = self.script("Hello\n", "--url", url, troupe=secure, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("certificate verify failed", done.stderr)

    # -- terminals -----------------------------------------------------------------------------------------------------

    def test_a_terminal_shows_words_as_they_come_and_earlier_ones_at_first(self):
        self.llm.behave({"behaviour": "paced", "seconds": 0.03, "text": WORDS})
        terminal = self.terminal()
        terminal.shows("> ")
        terminal.type("Hello")
        terminal.shows("word3 ")
        self.assertNotIn("word119", terminal.read())
        terminal.shows("word119")
        terminal.type("/quit")
        self.assertEqual(terminal.end(), 0)
        again = self.terminal()
        again.shows("> Hello")
        again.shows(WORDS)

    def test_a_reply_is_stopped(self):
        self.llm.behave({"behaviour": "paced", "seconds": 0.05, "text": WORDS})
        terminal = self.terminal()
        terminal.shows("> ")
        terminal.type("Hello")
        terminal.shows("word3 ")
        terminal.type("/stop")
        terminal.shows("[stopped]")
        self.assertNotIn("word119", terminal.seen)

    def test_a_terminal_is_told_of_the_servers_death_and_goes_on(self):
        self.llm.behave({"behaviour": "paced", "seconds": 0.03, "text": WORDS})
        terminal = self.terminal()
        terminal.shows("> ")
        terminal.type("Hello")
        terminal.shows("word3 ")
        self.troupe.kill()
        terminal.shows("the connection is lost")
        self.troupe.start()
        terminal.shows("[the reply begins anew]")
        terminal.shows("word119")

    def test_a_conversation_is_begun_anew_and_stays_the_current_one(self):
        self.script("one\n")
        self.script("/new\ntwo\n")
        self.script("three\n")
        asked = [m["content"] for m in self.llm.calls()[-1]["messages"] if m["role"] == "user"]
        self.assertEqual(asked, ["two", "three"])

    def test_commands_are_listed_and_wrong_ones_named(self):
        terminal = self.terminal()
        terminal.shows("> ")
        terminal.type("/help")
        terminal.shows("/profile  what is known by now")
        terminal.type("/nonsense")
        terminal.shows('there is no command "/nonsense"')
        terminal.type("//slash")
        terminal.shows("Fine, thanks.")
        self.assertEqual(self.llm.calls()[0]["messages"][-1]["content"], "/slash")


class Profile(unittest.TestCase):
    def test_the_profile_is_shown_with_how_sure_it_is(self):
        with installation(agents=[("coach", COACH)]) as troupe:
            troupe.start()
            done = troupe.command("chat", "--agent", "coach", "--user", "ann", input="82\n/profile\n")
            self.assertRegex(done.stdout, r"\nrunner\n  weight: 82 \(\d+ %\)\n$")


if __name__ == "__main__":
    unittest.main()
