#!/usr/bin/env python3
"""A profile is found in a transcript that somebody else keeps, by a model or without one, and is valid."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from talker import Talker, installation  # noqa: E402
from stand_ins import LlmStandIn  # noqa: E402

TALK = [
    {"role": "system", "content": "You are a trainer."},
    {"role": "assistant", "content": "Hey! First things first - what should I call you?"},
    {"role": "user", "content": "I'm Ann"},
    {"role": "assistant", "content": "Hi Ann. How old are you?"},
    {"role": "user", "content": "34, 178 cm and 180 lb"},
    {"role": "assistant", "content": "Trained before? Beginner, intermediate or advanced?"},
    {"role": "user", "content": [{"type": "text", "text": "never trained"}]},
    {"role": "assistant", "content": "How many times a week can you really make it?"},
    {"role": "user", "content": "three times a week, at home"},
    {"role": "assistant", "content": "Noted!"},
    {"role": "user", "content": "oh, actually I'm 35"},
]


def extract(talker, **body):
    return talker.post("/extract-profile", body)


class WithoutModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.troupe = installation()
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.start()
        cls.ann = Talker(cls.troupe)

    def test_answers_become_a_profile(self):
        answer = extract(self.ann, transcript=TALK)
        self.assertEqual(answer.status, 200, answer)
        found = answer.json()
        about = found["profile"]["about"]
        self.assertEqual((about["name"], about["age"], about["height"]), ("Ann", 35, 178))
        self.assertAlmostEqual(about["weight"], 81.6, delta=0.1)
        self.assertEqual(about["experience"], "beginner")
        self.assertEqual(found["profile"]["plan"], {"sessions_per_week": 3, "location": "home"})
        self.assertEqual(found["missing"], ["/plan/goal", "/plan/session_length", "/plan/limitations"])
        self.assertEqual(set(found["confidence"]["plan"]), {"sessions_per_week", "location"})
        self.assertTrue(all(0 < sure <= 1 for sure in found["confidence"]["about"].values()))

    def test_nothing_is_made_up(self):
        found = extract(self.ann, agent="onboarding", transcript=[{"role": "user", "content": "hello there!"}]).json()
        self.assertTrue(all(not part for part in found["profile"].values()), found)
        self.assertIn("/fitness_assessment/age", found["missing"])

    def test_what_is_wrong_with_a_request_is_said(self):
        line = [{"role": "user", "content": "hi"}]
        cases = {
            "no transcript": ({}, "/transcript"),
            "no list": ({"transcript": "hi"}, "/transcript"),
            "nothing said": ({"transcript": [{"role": "user", "content": "  "}]}, "/transcript"),
            "unknown role": ({"transcript": [{"role": "robot", "content": "hi"}]}, "/transcript/0/role"),
            "no text": ({"transcript": [{"role": "user", "content": 5}]}, "/transcript/0/content"),
            "unknown agent": ({"agent": "nobody", "transcript": line}, "/agent"),
            "plain talk": ({"agent": "chat", "transcript": line}, "/agent"),
            "too long": ({"transcript": line * 1001}, "/transcript"),
        }
        for name, (body, pointer) in cases.items():
            with self.subTest(name):
                answer = extract(self.ann, **body)
                self.assertEqual(answer.status, 400, answer)
                self.assertEqual([error["pointer"] for error in answer.json()["errors"]], [pointer], answer)

    def test_a_token_is_needed(self):
        answer = self.troupe.ask("POST", "/extract-profile", json.dumps({"transcript": TALK}),
                                 {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 401)


class WithModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.llm = LlmStandIn()
        cls.addClassCleanup(cls.llm.close)
        cls.troupe = installation(cls.llm)
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.start()
        cls.ann = Talker(cls.troupe)

    def model_says(self, *answers):
        self.llm.control("forget", {})
        orders = [{"behaviour": "ok", "text": answer if isinstance(answer, str) else json.dumps(answer)}
                  for answer in answers]
        self.llm.behave(orders[-1], *orders[:-1])

    def calls(self):
        return self.llm.control("calls")["calls"]

    def test_one_call_finds_all_of_it(self):
        self.model_says({"about": {"values": {"name": "Ann", "age": 35}, "confidence": {"age": 0.7}},
                         "plan": {"values": {"goal": "lose_weight"}}})
        found = extract(self.ann, transcript=TALK).json()
        self.assertEqual(found["profile"], {"about": {"name": "Ann", "age": 35}, "plan": {"goal": "lose_weight"}})
        self.assertEqual(found["confidence"]["about"]["age"], 0.7)
        self.assertIn("/about/height", found["missing"])
        self.assertEqual(len(self.calls()), 1)
        self.assertIn("three times a week", json.dumps(self.calls()[0]["messages"]))

    def test_what_breaks_the_schema_is_told_to_the_model_and_never_to_the_client(self):
        self.model_says({"about": {"values": {"age": 350, "name": "Ann"}}}, {"about": {"values": {"age": 35}}})
        found = extract(self.ann, transcript=TALK).json()
        self.assertEqual(found["profile"]["about"], {"name": "Ann", "age": 35})
        repair = self.calls()[1]["messages"][-1]["content"]
        self.assertIn("/about/values/age", repair)
        self.assertIn("350", repair)

    def test_a_model_that_keeps_being_wrong_is_asked_three_times(self):
        self.model_says({"about": {"values": {"age": 350}}})
        found = extract(self.ann, transcript=TALK).json()
        self.assertEqual(len(self.calls()), 3)
        self.assertNotIn("age", found["profile"]["about"])
        self.assertIn("/about/age", found["missing"])

    def test_without_an_answer_the_transcript_is_understood_all_the_same(self):
        self.llm.behave({"behaviour": "unauthorized"})
        found = extract(self.ann, transcript=TALK).json()
        self.assertEqual(found["profile"]["about"]["age"], 35)


if __name__ == "__main__":
    unittest.main()
