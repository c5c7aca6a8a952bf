#!/usr/bin/env python3
"""Agents as models of OpenAI's API: other people's clients work as they are."""

import http.client
import json
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from talker import Talker, events_of, installation  # noqa: E402
import npm  # noqa: E402
from harness import PATIENCE, until  # noqa: E402
from stand_ins import LlmStandIn  # noqa: E402

HELLO = [{"role": "user", "content": "Hello, who are you?"}]
PROFILE = [{"role": "assistant", "content": "First things first - what should I call you?"},
           {"role": "user", "content": "I'm Ann"},
           {"role": "assistant", "content": "Thanks! How old are you?"},
           {"role": "user", "content": "34"}]


class Endpoint(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.llm = LlmStandIn()
        cls.addClassCleanup(cls.llm.close)
        cls.troupe = installation(cls.llm)
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.start()
        cls.ann = Talker(cls.troupe)

    def setUp(self):
        self.llm.control("forget", {})

    def complete(self, messages, model="chat", **options):
        return self.ann.post("/v1/chat/completions", {"model": model, "messages": messages, **options})

    def error(self, answer):
        self.assertEqual(answer.headers["Content-Type"].split(";")[0], "application/json")
        error = answer.json()["error"]
        self.assertEqual(set(error), {"message", "type", "param", "code"})
        return answer.status, error["code"], error["param"]

    def test_the_client_of_openai_itself_works(self):
        if reason := npm.install():
            self.skipTest(reason)
        self.llm.behave({"behaviour": "ok", "text": "Ahoy, Captain, what a fine day!"})
        done = subprocess.run([npm.NODE, npm.FOLDER / "completions.mjs", f"{self.troupe.url}/v1", self.ann.token],
                              text=True, capture_output=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual(told["models"], ["chat", "onboarding", "profile"])
        self.assertEqual(told["model"], "chat")
        self.assertEqual(told["whole"], "Ahoy, Captain, what a fine day!")
        self.assertGreater(told["usage"]["prompt_tokens"], 10)
        self.assertEqual(told["usage"]["completion_tokens"], 6)
        self.assertEqual("".join(told["pieces"]), "Ahoy, Captain, what a fine day!")
        self.assertGreater(len(told["pieces"]), 3)
        self.assertEqual((told["streamed"], told["finish"]), ("Ahoy, Captain, what a fine day!", "stop"))
        self.assertEqual(told["streamedUsage"]["completion_tokens"], 6)
        self.assertEqual(told["errors"], {"model": ["NotFoundError", 404, "model_not_found", "model"],
                                          "messages": ["BadRequestError", 400, None, "messages"],
                                          "key": ["AuthenticationError", 401, "invalid_api_key", None]})
        call = self.llm.control("calls")["calls"][0]
        self.assertEqual((call["max_tokens"], call["temperature"]), (50, 0.1))
        asked = call["messages"]
        self.assertIn("Call the user Captain.", asked[0]["content"])
        self.assertEqual(asked[-1], {"role": "user", "content": "Say something nice."})

    def test_a_stream_has_role_text_end_and_usage_in_this_order(self):
        self.llm.behave({"behaviour": "ok", "text": "One two three"})
        answer = self.complete(HELLO, stream=True, stream_options={"include_usage": True})
        self.assertEqual(answer.headers["Content-Type"], "text/event-stream")
        events = events_of(answer.body)
        self.assertEqual(events.pop(), "[DONE]")
        self.assertEqual(events[0]["choices"][0]["delta"], {"role": "assistant", "content": ""})
        self.assertEqual(events[-1]["choices"], [])
        self.assertEqual(events[-1]["usage"]["completion_tokens"], 3)
        self.assertEqual((events[-2]["choices"][0]["delta"], events[-2]["choices"][0]["finish_reason"]), ({}, "stop"))
        text = "".join(event["choices"][0]["delta"]["content"] for event in events[1:-2])
        self.assertEqual(text, "One two three")
        self.assertTrue(all(event["usage"] is None for event in events[:-1]))
        self.assertEqual(len({(event["id"], event["created"], event["model"]) for event in events}), 1)
        plain = events_of(self.complete(HELLO, stream=True).body)
        self.assertTrue(all("usage" not in event for event in plain[:-1]))

    def test_a_client_that_goes_stops_the_model(self):
        self.llm.behave({"behaviour": "paced", "seconds": 0.2, "text": "word " * 400})
        connection = http.client.HTTPConnection("127.0.0.1", self.troupe.port, timeout=PATIENCE)
        connection.request("POST", "/v1/chat/completions",
                           json.dumps({"model": "chat", "messages": HELLO, "stream": True}),
                           self.ann.headers(Content_Type="application/json"))
        reply = connection.getresponse()
        while b"word" not in reply.readline():
            pass
        reply.close()
        connection.close()
        until(lambda: "closed" in self.llm.control("calls")["calls"][-1], "the model's call was broken off")
        self.assertLess(len(self.llm.control("calls")["calls"]), 2)

    def test_an_agent_with_steps_knows_what_was_answered(self):
        self.llm.behave({"behaviour": "ok", "text": 'Great! How tall are you?<fields>{"values": {"age": 34}}</fields>'})
        text = self.complete(PROFILE, model="profile").json()["choices"][0]["message"]["content"]
        self.assertEqual(text, "Great! How tall are you?")
        system = self.llm.control("calls")["calls"][0]["messages"][0]["content"]
        self.assertIn("Known in this part:\nabout: name Ann", system)
        streamed = self.complete(PROFILE, model="profile", stream=True).body.decode()
        self.assertNotIn("fields", streamed)

    def test_without_a_model_steps_go_on_and_plain_talk_says_that_it_cannot(self):
        self.llm.behave({"behaviour": "unauthorized"})
        text = self.complete(PROFILE, model="profile").json()["choices"][0]["message"]["content"]
        self.assertIn("How tall are you?", text)
        streamed = events_of(self.complete(PROFILE, model="profile", stream=True).body)
        self.assertIn("How tall are you?", "".join(e["choices"][0]["delta"].get("content", "") for e in streamed[:-1]))
        answer = self.complete(HELLO)
        self.assertEqual(self.error(answer), (503, "model_unavailable", None))
        self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
        broken = events_of(self.complete(HELLO, stream=True).body)
        self.assertEqual(broken[-1]["error"]["code"], "model_unavailable")

    def test_requests_that_cannot_be_met_are_refused_in_its_own_words(self):
        image = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]
        cases = {
            "model missing": ({"messages": HELLO}, (400, None, "model")),
            "messages missing": ({"model": "chat"}, (400, None, "messages")),
            "assistant last": ({"model": "chat", "messages": PROFILE[:1]}, (400, None, "messages")),
            "image": ({"model": "chat", "messages": image}, (400, None, "messages.0.content.0.type")),
            "two answers": ({"model": "chat", "messages": HELLO, "n": 2}, (400, None, "n")),
            "too warm": ({"model": "chat", "messages": HELLO, "temperature": 3}, (400, None, "temperature")),
            "no tokens": ({"model": "chat", "messages": HELLO, "max_tokens": 0}, (400, None, "max_tokens")),
            "answers in words": ({"model": "chat", "messages": HELLO, "n": "2"}, (400, None, "n")),
            "warm in words": ({"model": "chat", "messages": HELLO, "temperature": "hot"}, (400, None, "temperature")),
            "usage in words": ({"model": "chat", "messages": HELLO, "stream_options": {"include_usage": "yes"}},
                               (400, None, "stream_options.include_usage")),
            "no JSON": ("{", (400, None, None)),
            "more than JSON": ('{"a":1}x', (400, None, None)),
        }
        for name, (body, expected) in cases.items():
            with self.subTest(name):
                self.assertEqual(self.error(self.ann.post("/v1/chat/completions", body)), expected)

    def test_what_is_not_known_is_ignored(self):
        self.llm.behave({"behaviour": "ok", "text": "Hi"})
        answer = self.complete(HELLO + [{"role": "user", "name": "Ann", "content": "Hey", "x": {"y": [1]}}], user="ann",
                               metadata={"a": "b"}, response_format={"type": "text"}, parallel_tool_calls=True)
        self.assertEqual(answer.status, 200, answer)
        self.assertRegex(answer.headers["X-Request-Id"], r"^[-\w.]+$")


PATIENT = """title: Patient
reply_timeout: 10m
persona: You have time.
opening: Hi.
steps:
  - name: runner
    goal: Know the runner.
    schema: {type: object, required: [weight], properties: {weight: {type: number}}}
    questions: {weight: "What do you weigh?"}
"""


class Gone(unittest.TestCase):
    def test_a_client_that_waits_for_the_whole_answer_and_goes_stops_the_model(self):
        with LlmStandIn() as llm, installation(llm.provider(timeout="10m"), agents=[("patient", PATIENT)]) as troupe:
            troupe.start()
            ann = Talker(troupe)
            llm.behave({"behaviour": "hang"})
            said = [{"role": "user", "content": "I weigh 80 kg"}]
            for path, body in (("/v1/chat/completions", {"model": "patient", "messages": said}),
                               ("/extract-profile", {"agent": "patient", "transcript": said})):
                with self.subTest(path):
                    llm.control("forget", {})
                    connection = http.client.HTTPConnection("127.0.0.1", troupe.port, timeout=PATIENCE)
                    connection.request("POST", path, json.dumps(body), ann.headers(Content_Type="application/json"))
                    until(lambda: llm.control("calls")["calls"], "the model is asked")
                    connection.close()
                    until(lambda: "closed" in llm.control("calls")["calls"][0], "the model's call is broken off")
            for event in ("completion_failed", "profile_not_extracted"):
                self.assertEqual(troupe.log(event), [], "nobody was there to fail")


class Limits(unittest.TestCase):
    def test_completions_count_as_messages(self):
        with installation(settings={"limits": {"messages_per_minute": 2}}) as troupe:
            troupe.start()
            ann, bob = Talker(troupe), Talker(troupe, "bob")
            def complete(talker, **more):
                return talker.post("/v1/chat/completions", {"model": "profile", "messages": PROFILE, **more})

            self.assertEqual([ann.get("/v1/models").status for _ in range(5)], [200] * 5)
            self.assertEqual([complete(ann, n="2").status for _ in range(5)], [400] * 5)
            self.assertEqual([complete(ann).status for _ in range(2)], [200, 200])
            refused = complete(ann)
            self.assertEqual((refused.status, refused.json()["error"]["code"]), (429, "rate_limit_exceeded"))
            self.assertGreaterEqual(int(refused.headers["Retry-After"]), 1)
            self.assertEqual(complete(bob).status, 200)


if __name__ == "__main__":
    unittest.main()
