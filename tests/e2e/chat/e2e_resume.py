#!/usr/bin/env python3
"""Whatever ends in mid-reply - the line, the process, the client's patience - no word is lost and none is told twice."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from talker import Talker, installation, text_of  # noqa: E402
from harness import until  # noqa: E402
from stand_ins import LlmStandIn  # noqa: E402

WORDS = " ".join(f"word{n}" for n in range(80))
PACED = {"behaviour": "paced", "seconds": 0.03, "text": WORDS}


def said(text, message_id="m-1"):
    return {"type": "user_message", "id": message_id, "text": text}


def messages_of(events):
    """Text by message, as a client shows it: what was restarted is gone."""
    shown = {}
    for event in events:
        if event["type"] == "TEXT_MESSAGE_START":
            shown[event["messageId"]] = ""
        elif event["type"] == "TEXT_MESSAGE_CONTENT":
            shown[event["messageId"]] += event["delta"]
        elif event.get("name") == "message_restarted":
            shown.pop(event["value"]["messageId"])
    return list(shown.values())


class Resume(unittest.TestCase):
    def setUp(self):
        self.llm = LlmStandIn()
        self.addCleanup(self.llm.close)
        self.troupe = installation(self.llm)
        self.addCleanup(self.troupe.close)
        self.troupe.start()
        self.llm.behave(PACED)
        self.ann = Talker(self.troupe)

    def session(self, **options):
        socket = self.ann.socket(**options)
        self.addCleanup(socket.socket.close)
        return socket

    def in_mid_reply(self):
        """A session, and the events so far of a reply that goes on."""
        socket = self.session()
        socket.until("MESSAGES_SNAPSHOT")
        socket.send(said("Tell me a lot"))
        return socket, socket.until(lambda e: e["type"] == "TEXT_MESSAGE_CONTENT" and "word9" in e["delta"])

    def test_after_kill_9_the_reply_begins_anew_and_the_client_is_told_so(self):
        _, seen = self.in_mid_reply()
        self.troupe.kill()
        self.troupe.start()
        rest = self.session(after=seen[-1]["cursor"]).until("RUN_FINISHED")
        types = [event["type"] for event in rest]
        restart = next(n for n, event in enumerate(rest) if event.get("name") == "message_restarted")
        self.assertLess(types.index("TEXT_MESSAGE_END"), restart)
        self.assertLess(restart, types.index("TEXT_MESSAGE_START"))
        self.assertEqual(messages_of(seen + rest), [WORDS])
        self.assertNotIn("RUN_STARTED", types, "it is still the same run")

    def test_after_kill_9_the_reply_goes_on_without_its_client(self):
        self.in_mid_reply()
        self.troupe.kill()
        self.troupe.start()
        conversation = self.ann.get("/api/v1/conversations").json()["conversations"][0]["id"]

        def last():
            return self.ann.get(f"/api/v1/conversations/{conversation}").json()["messages"][-1]["content"]

        self.assertTrue(until(lambda: last() == WORDS, "the whole reply"))

    def test_a_server_that_stops_says_so_and_the_next_one_goes_on(self):
        socket, seen = self.in_mid_reply()
        self.assertEqual(self.troupe.stop(), 0)
        seen += self.until_closed(socket, 1001)
        self.troupe.start()
        rest = self.session(after=seen[-1]["cursor"])
        if "RUN_FINISHED" not in [event["type"] for event in seen]:
            seen += rest.until("RUN_FINISHED")
        self.assertEqual(messages_of(seen), [WORDS])

    def until_closed(self, socket, code):
        events = []
        with self.assertRaises(Exception) as caught:
            while True:
                events.append(socket.receive())
        self.assertEqual(getattr(caught.exception, "code", None), code, caught.exception)
        return events

    def test_who_reads_slowly_gets_everything_in_the_end(self):
        text = "lorem ipsum dolor " * 1_500
        self.llm.behave({"behaviour": "ok", "text": text})
        slow = self.session(receive_buffer=1 << 16)
        quick = self.session()
        for n in range(8):
            quick.send(said("More", f"m-{n}"))
            quick.until("RUN_FINISHED")
        events = [event for _ in range(8) for event in slow.until("RUN_FINISHED")]
        self.assertEqual(messages_of(events), [text.strip()] * 8)
        cursors = [event["cursor"] for event in events if event["type"] != "STATE_SNAPSHOT"]
        self.assertEqual(len(set(cursors)), len(cursors))


if __name__ == "__main__":
    unittest.main()
