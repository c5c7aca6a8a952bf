#!/usr/bin/env python3
"""Conversations outlive the server, its memory and their clients: what was said stays, and goes on where it stopped."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from talker import Talker, installation  # noqa: E402
from harness import until  # noqa: E402
from stand_ins import LlmStandIn  # noqa: E402
from websocket import WebSocket  # noqa: E402

WORDS = "one two three four five six seven eight nine ten"


class Screen:
    """What a client shows, whatever lines it came by."""

    def __init__(self, test):
        self.test, self.ann, self.messages, self.cursor, self.restarted = test, test.ann, {}, None, []
        self.connect()

    def connect(self):
        after = f"?after={self.cursor}" if self.cursor else ""
        self.socket = WebSocket(self.ann.troupe.port, f"/chat/{self.ann.user}{after}", self.ann.headers())
        self.test.addCleanup(self.socket.drop)

    def say(self, text, message):
        self.socket.send({"type": "user_message", "id": message, "text": text})

    def show(self, event):
        self.cursor = event["cursor"]
        kind = event["type"]
        if kind == "MESSAGES_SNAPSHOT":
            self.messages = {m["id"]: m["content"] for m in event["messages"]}
        elif kind == "TEXT_MESSAGE_START":
            self.messages[event["messageId"]] = ""
        elif kind == "TEXT_MESSAGE_CONTENT":
            self.messages[event["messageId"]] += event["delta"]
        elif kind == "CUSTOM" and event["name"] == "user_message":
            self.messages[event["value"]["messageId"]] = event["value"]["text"]
        elif kind == "CUSTOM" and event["name"] == "message_restarted":
            del self.messages[event["value"]["messageId"]]
            self.restarted.append(event["value"]["replacedBy"])

    def until(self, wanted):
        """Shows what comes up to the first event of a type, or with a text."""
        while True:
            event = self.socket.receive()
            self.show(event)
            if wanted == event["type"] or wanted in event.get("delta", ""):
                return

    @property
    def texts(self):
        return list(self.messages.values())


class Life(unittest.TestCase):
    settings = {}

    def setUp(self):
        self.llm = LlmStandIn()
        self.addCleanup(self.llm.close)
        self.troupe = installation(self.llm, settings=self.settings)
        self.addCleanup(self.troupe.close)
        self.troupe.start()
        self.ann = Talker(self.troupe)

    def in_memory(self):
        return self.troupe.metrics()["troupe_conversations_in_memory"]


class Crash(Life):
    def test_a_reply_is_told_anew_when_its_server_was_killed_in_mid_sentence(self):
        self.llm.behave({"behaviour": "paced", "seconds": 0.1, "text": WORDS})
        screen = Screen(self)
        screen.say("Count", "m-1")
        screen.until("three")
        self.troupe.kill()
        self.llm.behave({"behaviour": "ok", "text": "I'd rather sing."})
        self.troupe.start()
        screen.connect()
        screen.until("RUN_FINISHED")
        self.assertEqual(screen.texts[-2:], ["Count", "I'd rather sing."])
        self.assertEqual(len(screen.restarted), 1)
        self.assertEqual(Screen(self).socket.receive()["type"], "STATE_SNAPSHOT")

    def test_a_reply_goes_on_after_a_kill_without_any_client(self):
        self.llm.behave({"behaviour": "paced", "seconds": 0.2, "text": WORDS})
        screen = Screen(self)
        screen.say("Count", "m-1")
        screen.until("two")
        self.troupe.kill()
        self.llm.behave({"behaviour": "ok", "text": "All done."})
        self.troupe.start()
        calls = len(self.llm.calls())
        until(lambda: len(self.llm.calls()) >= max(calls, 2), "the model is asked again")
        late = Screen(self)
        while late.texts[-1:] != ["All done."]:
            late.show(late.socket.receive())
        self.assertEqual(late.texts[-2:], ["Count", "All done."])

    def test_a_completed_reply_is_never_paid_twice(self):
        self.llm.behave({"behaviour": "ok", "text": "Once and for all."})
        screen = Screen(self)
        screen.say("Speak", "m-1")
        screen.until("RUN_FINISHED")
        self.troupe.kill()
        self.troupe.start()
        screen.connect()
        screen.say("Speak", "m-1")
        self.assertEqual(screen.socket.until(lambda e: e.get("name") == "user_message_known")[-1]["value"]["clientId"],
                         "m-1")
        self.assertEqual(len(self.llm.calls()), 1)

    def test_a_stop_in_good_order_lets_the_reply_end_and_the_next_start_goes_on(self):
        self.llm.behave({"behaviour": "paced", "seconds": 0.05, "text": WORDS})
        screen = Screen(self)
        screen.say("Count", "m-1")
        screen.until("two")
        self.assertEqual(self.troupe.stop(), 0)
        self.troupe.start()
        screen.connect()
        screen.until("RUN_FINISHED")
        self.assertEqual(screen.texts[-1], WORDS)
        self.assertEqual(screen.restarted, [])
        self.assertEqual(len(self.llm.calls()), 1)


class Memory(Life):
    settings = {"conversations": {"idle_time": "200ms"}}

    def test_an_idle_conversation_leaves_memory_and_its_client_notices_nothing(self):
        self.llm.behave({"behaviour": "ok", "text": "Here I am."})
        screen = Screen(self)
        for turn in range(3):
            screen.say(f"Are you there, {turn}?", f"m-{turn}")
            screen.until("RUN_FINISHED")
            until(lambda: self.in_memory() == 0, "it leaves memory")
        self.assertEqual(screen.texts[-2:], ["Are you there, 2?", "Here I am."])


if __name__ == "__main__":
    unittest.main()
