#!/usr/bin/env python3
"""A user talks to an agent over WebSocket: who gets in, what comes back, what is refused, and how it ends."""

import json
import re
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from talker import Talker, installation, rejection, text_of  # noqa: E402
import npm  # noqa: E402
from harness import PATIENCE  # noqa: E402
from stand_ins import LlmStandIn  # noqa: E402
from websocket import BINARY, Closed, Refused  # noqa: E402

COUNTER = iter(range(1_000_000))


def said(text, message_id="m-1"):
    return {"type": "user_message", "id": message_id, "text": text}


class Installation(unittest.TestCase):
    settings = None

    @classmethod
    def setUpClass(cls):
        cls.llm = LlmStandIn()
        cls.addClassCleanup(cls.llm.close)
        cls.troupe = installation(cls.llm, settings=cls.settings)
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.start()
        cls.llm.behave({"behaviour": "ok", "text": "Nice to meet you."})

    def talker(self, **options):
        """Somebody nobody has talked with."""
        return Talker(self.troupe, f"user-{next(COUNTER)}", **options)

    def session(self, talker, *events, **options):
        socket = talker.socket(**options)
        self.addCleanup(socket.socket.close)
        return socket

    def refused(self, talker, **options):
        with self.assertRaises(Refused) as caught:
            talker.socket(**options)
        return caught.exception


class Talk(Installation):
    def test_a_first_message_is_answered_word_by_word(self):
        socket = self.session(self.talker())
        state, messages = socket.receive(), socket.receive()
        self.assertEqual((state["type"], state["snapshot"]["agent"]), ("STATE_SNAPSHOT", "chat"))
        self.assertEqual([m["role"] for m in messages["messages"]], ["assistant"], "the opening line")
        socket.send(said("Hello"))
        events = socket.until("RUN_FINISHED")
        types = [event["type"] for event in events]
        self.assertEqual(events[0]["name"], "user_message")
        self.assertEqual(events[0]["value"]["clientId"], "m-1")
        self.assertEqual(types[1:3], ["RUN_STARTED", "TEXT_MESSAGE_START"])
        self.assertEqual(text_of(events), "Nice to meet you.")
        self.assertGreaterEqual(types.count("TEXT_MESSAGE_CONTENT"), 2)
        self.assertEqual(types[-2:], ["TEXT_MESSAGE_END", "RUN_FINISHED"])
        self.assertTrue(all(event["cursor"] for event in events))
        self.assertEqual(len({event["cursor"] for event in events}), len(events))

    def test_who_comes_again_with_a_cursor_gets_what_was_missed_and_only_that(self):
        ann = self.talker()
        socket = self.session(ann)
        socket.until("MESSAGES_SNAPSHOT")
        socket.send(said("Hello"))
        events = socket.until("RUN_FINISHED")
        for stop in (0, 3, len(events) - 1):
            with self.subTest(after=events[stop]["type"]):
                again = self.session(ann, after=events[stop]["cursor"])
                self.assertEqual(again.receive()["type"], "STATE_SNAPSHOT")
                missed = events[stop + 1:]
                got = again.until("RUN_FINISHED") if missed else []
                self.assertEqual(text_of(got), text_of(missed))
                self.assertEqual([e["type"] for e in got if e["type"] != "TEXT_MESSAGE_CONTENT"],
                                 [e["type"] for e in missed if e["type"] != "TEXT_MESSAGE_CONTENT"])

    def test_a_lost_line_in_mid_reply_costs_no_word(self):
        ann = self.talker()
        words = " ".join(f"word{n}" for n in range(60))
        self.llm.behave({"behaviour": "ok", "text": "Nice to meet you."}, {"behaviour": "paced", "seconds": 0.02,
                                                                           "text": words})
        socket = self.session(ann)
        socket.until("MESSAGES_SNAPSHOT")
        socket.send(said("Tell me a lot"))
        first = socket.until(lambda event: event["type"] == "TEXT_MESSAGE_CONTENT" and "word9" in event["delta"])
        socket.drop()
        again = self.session(ann, after=first[-1]["cursor"])
        rest = again.until("RUN_FINISHED")
        self.assertEqual(text_of(first) + text_of(rest), words)

    def test_all_devices_of_a_user_hear_the_same(self):
        ann = self.talker()
        phone, desk = self.session(ann), self.session(ann)
        for socket in (phone, desk):
            socket.until("MESSAGES_SNAPSHOT")
        phone.send(said("Hello"))
        heard = [socket.until("RUN_FINISHED") for socket in (phone, desk)]
        self.assertEqual(heard[0], heard[1])

    def test_the_same_id_again_is_answered_and_not_repeated(self):
        socket = self.session(self.talker())
        socket.until("MESSAGES_SNAPSHOT")
        socket.send(said("Hello"))
        reply = socket.until("RUN_FINISHED")
        calls = len(self.llm.control("calls")["calls"])
        socket.send(said("Hello"))
        known = socket.receive()
        self.assertEqual(known["name"], "user_message_known")
        self.assertEqual(known["value"]["messageId"], reply[0]["value"]["messageId"])
        started = next(event for event in reply if event["type"] == "TEXT_MESSAGE_START")
        self.assertEqual(known["value"]["reply"], {"messageId": started["messageId"], "text": "Nice to meet you."})
        self.assertEqual(len(self.llm.control("calls")["calls"]), calls)

    def test_an_interrupt_ends_the_reply_and_keeps_what_there_was(self):
        self.llm.behave({"behaviour": "ok", "text": "Nice to meet you."},
                        {"behaviour": "paced", "seconds": 0.05, "text": "word " * 500})
        socket = self.session(self.talker())
        socket.until("MESSAGES_SNAPSHOT")
        socket.send(said("Tell me a lot"))
        socket.until("TEXT_MESSAGE_CONTENT")
        socket.send({"type": "interrupt"})
        events = socket.until("RUN_FINISHED")
        self.assertIn("message_interrupted", [event.get("name") for event in events])

    def test_an_agent_and_a_conversation_can_be_chosen(self):
        ann = self.talker()
        state = self.session(ann, agent="onboarding").receive()["snapshot"]
        self.assertEqual((state["agent"], state["current_step"]), ("onboarding", 1))
        made = ann.post("/api/v1/conversations", {"agent": "profile"})
        self.assertEqual(made.status, 201, made)
        chosen = self.session(ann, conversation=made.json()["id"]).receive()
        self.assertEqual(chosen["snapshot"]["agent"], "profile")


class Admission(Installation):
    def test_the_client_of_the_npm_package_ws_gets_in_by_each_way(self):
        if reason := npm.install():
            self.skipTest(reason)
        ann = self.talker()
        url = f"ws://127.0.0.1:{self.troupe.port}/chat/{ann.user}"
        done = subprocess.run([npm.NODE, npm.FOLDER / "chat.mjs", url, ann.token], text=True, capture_output=True,
                              timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        said = {"text": "Nice to meet you.", "code": 1000}
        self.assertEqual(json.loads(done.stdout), {"subprotocol": {**said, "protocol": "troupe"},
                                                   "frame": {**said, "protocol": "troupe"},
                                                   "header": {**said, "protocol": ""}})

    def test_the_token_may_come_as_subprotocol_and_one_is_answered(self):
        ann = self.talker()
        socket = self.session(ann, protocols=("troupe", f"bearer.{ann.token}"))
        self.assertEqual(socket.headers["sec-websocket-protocol"], "troupe")
        self.assertEqual(socket.receive()["type"], "STATE_SNAPSHOT")

    def test_the_token_may_come_in_the_first_frame(self):
        ann = self.talker()
        socket = self.session(ann, headers={})
        socket.send({"type": "auth", "token": ann.token})
        socket.send(said("Hello"))  # right behind, without waiting
        events = socket.until("RUN_FINISHED")
        self.assertEqual(events[0]["type"], "STATE_SNAPSHOT")
        self.assertEqual(text_of(events), "Nice to meet you.")

    def test_nothing_is_done_before_the_token_came(self):
        ann = self.talker()
        socket = self.session(ann, headers={})
        socket.send(said("Hello"))
        self.assertEqual(rejection(socket.receive()), "unauthorized")
        socket.send({"type": "auth", "token": "a.b.c"})
        self.assertEqual(rejection(socket.receive()), "unauthorized")
        self.assertEqual(socket.closed(), 1008)
        self.assertEqual(ann.get("/api/v1/conversations").json()["conversations"], [])

    def test_a_wrong_token_is_refused_at_the_handshake(self):
        ann = self.talker()
        for token in ("a.b.c", self.troupe.token(user=ann.user, ttl=-120), self.troupe.token("gone", user=ann.user)):
            ann.token = token
            self.assertEqual(self.refused(ann).status, 401)
            self.assertEqual(self.refused(ann, protocols=("troupe", f"bearer.{token}")).status, 401)

    def test_what_is_not_ones_own_is_not_there(self):
        ann, bob = self.talker(), self.talker()
        self.assertEqual(self.refused(ann, user=bob.user).status, 404)
        made = bob.post("/api/v1/conversations", {}).json()["id"]
        self.assertEqual(self.refused(ann, conversation=made).status, 404)
        self.assertEqual(self.refused(ann, conversation="nonsense").status, 404)
        self.assertEqual(self.refused(ann, agent="nobody").status, 404)
        socket = self.session(ann, headers={}, user=bob.user)
        socket.send({"type": "auth", "token": ann.token})
        self.assertEqual(rejection(socket.receive()), "not_found")
        self.assertEqual(socket.closed(), 1008)

    def test_a_cursor_that_is_none_is_pointed_at(self):
        refusal = self.refused(self.talker(), after="yesterday")
        self.assertEqual((refusal.status, refusal.json()["errors"][0]["pointer"]), (400, "/after"))

    def test_a_foreign_page_is_kept_out(self):
        ann = self.talker()
        refusal = self.refused(ann, headers={**ann.headers(), "Origin": "https://evil.example"})
        self.assertEqual(refusal.status, 403)
        self.assertEqual(ann.get("/api/v1/conversations").json()["conversations"], [])
        own = self.session(ann, headers={**ann.headers(), "Origin": self.troupe.url})
        self.assertEqual(own.receive()["type"], "STATE_SNAPSHOT")

    def test_a_page_whose_origin_is_allowed_gets_in(self):
        friend = "https://app.example:8443"
        with installation(settings={"server": {"allowed_origins": [friend, "http://localhost:3000"]}}) as troupe:
            troupe.start()
            ann = Talker(troupe)
            socket = ann.socket(headers={**ann.headers(), "Origin": friend})
            self.addCleanup(socket.drop)
            self.assertEqual(socket.receive()["type"], "STATE_SNAPSHOT")
            for foreign in ("https://app.example", "http://app.example:8443", "null"):
                self.assertEqual(self.refused(ann, headers={**ann.headers(), "Origin": foreign}).status, 403, foreign)

    def test_a_plain_request_is_told_to_upgrade(self):
        self.assertEqual(self.talker().get("/chat/ann").status, 426)

    def test_a_token_that_expires_is_announced_and_closes_with_4401(self):
        ann = self.talker(ttl=3)
        socket = self.session(ann)
        events = []
        with self.assertRaises(Closed) as caught:
            while True:
                events.append(socket.receive())
        self.assertEqual(caught.exception.code, 4401)
        names = [event.get("name") for event in events]
        self.assertIn("token_expiring", names)
        self.assertEqual(names[-1], "token_expired")

    def test_a_new_token_keeps_the_session(self):
        ann = self.talker(ttl=4)
        socket = self.session(ann)
        socket.until("MESSAGES_SNAPSHOT")
        socket.send({"type": "auth", "token": self.troupe.token(user="somebody")})
        self.assertEqual(rejection(socket.until(lambda e: e.get("name") == "frame_rejected")[-1]), "unauthorized")
        socket.send({"type": "auth", "token": self.troupe.token(user=ann.user)})
        time.sleep(5)  # the first token's life
        socket.send(said("Still here"))
        self.assertEqual(text_of(socket.until("RUN_FINISHED")), "Nice to meet you.")


class Frames(Installation):
    def open(self):
        socket = self.session(self.talker())
        socket.until("MESSAGES_SNAPSHOT")
        return socket

    def test_bad_frames_are_answered_and_disturb_nothing(self):
        socket = self.open()
        bad = {"{": "invalid_json", "[]": "invalid_json", '{"type":"sing"}': "unknown_type", "{}": "invalid_frame"}
        for frame, code in bad.items():
            socket.send(frame)
            self.assertEqual(rejection(socket.receive()), code)
        socket.send(said("Hello"))
        self.assertEqual(text_of(socket.until("RUN_FINISHED")), "Nice to meet you.")
        for frame, code in bad.items():
            socket.send(frame)
            self.assertEqual(rejection(socket.receive()), code)

    def test_five_bad_frames_in_a_row_close(self):
        socket = self.open()
        for _ in range(5):
            socket.send("nonsense")
        self.assertEqual(socket.closed(), 1008)

    def test_five_tokens_in_a_row_that_are_not_valid_close(self):
        socket = self.open()
        for _ in range(5):
            socket.send({"type": "auth", "token": "a.b.c"})
        self.assertEqual(socket.closed(), 1008)

    def test_an_approval_of_nothing_is_no_bad_frame(self):
        socket = self.open()
        for _ in range(7):
            socket.send({"type": "approval", "id": "a", "decision": "approve"})
            self.assertEqual(rejection(socket.receive()), "not_waiting")

    def test_what_the_protocol_forbids_closes(self):
        cases = {"too large": (lambda s: s.send_frame(b"x" * (1 << 20) + b"x"), 1009),
                 "no UTF-8": (lambda s: s.send_frame(b'{"type":"\xff"}'), 1007),
                 "binary": (lambda s: s.send_frame(b"{}", BINARY), 1003)}
        for name, (send, code) in cases.items():
            with self.subTest(name):
                socket = self.open()
                send(socket)
                self.assertEqual(socket.closed(), code)

    def test_a_message_that_is_too_long_names_itself(self):
        socket = self.open()
        socket.send(said("x" * 20_000, "long"))
        refusal = socket.receive()
        self.assertEqual(rejection(refusal), "message_too_long")
        self.assertEqual(refusal["value"]["clientId"], "long")

    def test_nothing_that_was_said_is_logged(self):
        socket = self.open()
        socket.send(said("My secret is xyzzy-4711"))
        socket.until("RUN_FINISHED")
        socket.send('{"type":"xyzzy-4711"}')
        socket.receive()
        self.assertIsNone(re.search("xyzzy", self.troupe.log_text()))


class Limits(Installation):
    settings = {"limits": {"messages_per_minute": 6}}

    def test_who_says_too_much_is_told_when_to_go_on(self):
        ann = self.talker()
        socket = self.session(ann)
        socket.until("MESSAGES_SNAPSHOT")
        for n in range(6):
            socket.send(said("Hello", f"m-{n}"))
            socket.until("RUN_FINISHED")
        for n in range(7):
            socket.send(said("And another", f"more-{n}"))
            refusal = socket.receive()
            self.assertEqual(rejection(refusal), "rate_limited")
            self.assertEqual(refusal["value"]["clientId"], f"more-{n}")
            self.assertTrue(1 <= refusal["value"]["retryAfter"] <= 60)
        answer = ann.post("/api/v1/agents/chat/messages", {"message": "By another way"})
        self.assertEqual(answer.status, 429)
        self.assertEqual(self.session(ann).receive()["type"], "STATE_SNAPSHOT", "listening isn't limited")

    def test_only_messages_that_were_taken_count(self):
        ann = self.talker()
        socket = self.session(ann)
        socket.until("MESSAGES_SNAPSHOT")
        socket.send(said("Hello", "m-0"))
        socket.until("RUN_FINISHED")
        for _ in range(10):
            socket.send(said("Hello", "m-0"))
            self.assertEqual(socket.receive()["name"], "user_message_known")
            self.assertEqual(ann.post("/api/v1/agents/chat/messages", {"message": "Hello", "id": "m-0"}).status, 200)
            self.assertEqual(ann.post("/api/v1/onboarding/chat", {"message": ""}).status, 422)
            self.assertEqual(ann.post("/api/v1/agents/nobody/messages", {"message": "Hello"}).status, 404)
        for n in range(1, 6):
            socket.send(said("Hello", f"m-{n}"))
            socket.until("RUN_FINISHED")
        self.assertEqual(ann.post("/api/v1/agents/chat/messages", {"message": "Hello"}).status, 429)


class Floods(Installation):
    settings = {"limits": {"messages_per_minute": 3, "requests_per_minute": 2}}

    def test_bad_requests_are_limited_all_the_same(self):
        ann = self.talker()
        answers = [ann.post("/api/v1/agents/chat/messages", {"message": ""}).status for _ in range(7)]
        self.assertEqual(answers, [400] * 5 + [429] * 2)


if __name__ == "__main__":
    unittest.main()
