#!/usr/bin/env python3
"""Agents over plain HTTP: one message and its reply, runs as event streams, a user's conversations and their end."""

import http.client
import json
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from talker import Talker, events_of, installation, quoted, text_of  # noqa: E402
import npm  # noqa: E402
from harness import PATIENCE, until  # noqa: E402
from stand_ins import LlmStandIn  # noqa: E402

HASTY_AGENT = """title: Hasty
while_answering: interrupt
queue_limit: 1
opening: Hi.
persona: You are quick.
steps:
  - name: body
    goal: Know what they weigh.
    schema: {type: object, required: [weight], properties: {weight: {type: number}}}
    questions: {weight: "What do you weigh?"}
"""
COUNTER = iter(range(1_000_000))
SLOW_AGENT = "title: Slow\nreply_timeout: 1s\nopening: Hi.\npersona: You take your time.\n"


class Installation(unittest.TestCase):
    model = True

    @classmethod
    def setUpClass(cls):
        cls.llm = None
        if cls.model:
            cls.llm = LlmStandIn()
            cls.addClassCleanup(cls.llm.close)
            cls.llm.behave({"behaviour": "ok", "text": "Nice to meet you."})
        cls.troupe = installation(cls.llm, agents=[("slow", SLOW_AGENT)])
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.start()

    def talker(self):
        """Somebody nobody has talked with."""
        return Talker(self.troupe, f"user-{next(COUNTER)}-of-this-test")

    def told(self, talker, message, agent="chat", **more):
        answer = talker.post(f"/api/v1/agents/{agent}/messages", {"message": message, **more})
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def problem(self, answer, status, *pointers):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["Content-Type"].split(";")[0], "application/problem+json")
        problem = answer.json()
        self.assertTrue(problem["correlation_id"])
        self.assertEqual(sorted(error["pointer"] for error in problem.get("errors", [])), sorted(pointers))
        return problem


class Messages(Installation):
    def test_a_message_is_answered_when_its_reply_stands(self):
        ann = self.talker()
        first = self.told(ann, "Hello")
        self.assertEqual((first["message"], first["agent_type"]), ("Nice to meet you.", "chat"))
        second = self.told(ann, "And again")
        self.assertEqual(second["conversation_id"], first["conversation_id"])
        self.assertNotEqual(second["message_id"], first["message_id"])

    def test_the_same_id_again_gets_the_same_answer(self):
        ann = self.talker()
        first = self.told(ann, "Hello", id="once")
        calls = len(self.llm.control("calls")["calls"])
        self.assertEqual(self.told(ann, "Hello", id="once"), first)
        answer = ann.post("/api/v1/agents/chat/messages", {"message": "Hello"}, Idempotency_Key='"once"')
        self.assertEqual(answer.json(), first)
        self.assertEqual(len(self.llm.control("calls")["calls"]), calls)

    def test_a_run_comes_as_events_if_the_client_wants_them(self):
        ann = self.talker()
        answer = ann.post("/api/v1/agents/chat/messages", {"message": "Hello", "id": "e"}, Accept="text/event-stream")
        self.assertEqual(answer.headers["Content-Type"], "text/event-stream")
        events = events_of(answer.body)
        types = [event["type"] for event in events]
        self.assertEqual(types[:3], ["RUN_STARTED", "STATE_SNAPSHOT", "TEXT_MESSAGE_START"])
        self.assertEqual(types[-1], "RUN_FINISHED")
        self.assertEqual(text_of(events), "Nice to meet you.")
        again = ann.post("/api/v1/agents/chat/messages", {"message": "Hello", "id": "e"}, Accept="text/event-stream")
        self.assertEqual(text_of(events_of(again.body)), "Nice to meet you.", "a run that is over is told again")

    def test_a_reply_that_takes_too_long_goes_on_behind_a_504(self):
        self.llm.behave({"behaviour": "ok", "text": "Nice to meet you."}, {"behaviour": "hang"})
        ann = self.talker()
        answer = ann.post("/api/v1/agents/slow/messages", {"message": "Hello", "id": "s"})
        if answer.status == 504:
            self.problem(answer, 504)
        else:  # the agent's own limit was quicker: it says that it can't answer
            self.assertEqual(answer.status, 200, answer)
        self.assertTrue(until(lambda: self.told(ann, "Hello", "slow", id="s")["message"], "the reply"))

    def test_what_is_wrong_with_a_message_is_said(self):
        ann = self.talker()
        path = "/api/v1/agents/chat/messages"
        self.problem(ann.post(path, {}), 400, "/message")
        self.problem(ann.post(path, {"message": " ", "id": 7}), 400, "/message", "/id")
        self.problem(ann.post(path, {"message": "x" * 20_000}), 400, "/message")
        self.problem(ann.post(path, "{"), 400, "")
        self.problem(ann.post("/api/v1/agents/nobody/messages", {"message": "Hi"}), 404)
        self.problem(ann.post(path, {"message": "Hi", "conversation": "nonsense"}), 404)
        self.assertEqual(self.troupe.ask("POST", path, "{}", {"Content-Type": "application/json"}).status, 401)


class Skipping(unittest.TestCase):
    def test_messages_that_a_newer_one_passes_over_are_told_so(self):
        with LlmStandIn() as llm, installation(llm, agents=[("hasty", HASTY_AGENT)]) as troupe:
            troupe.start()
            ann = Talker(troupe)
            # While the fields are asked for again messages wait, whatever the policy.
            llm.behave({"behaviour": "ok", "text": "Fine."},
                       {"behaviour": "ok", "text": 'Hm.<fields>{"values": {"weight": "heavy"}}</fields>'},
                       {"behaviour": "ok", "seconds": 5, "text": '{"values": {"weight": 80}}'})
            socket = ann.socket(agent="hasty")
            self.addCleanup(socket.drop)
            socket.until("MESSAGES_SNAPSHOT")

            def say(text, **headers):
                answers = ThreadPoolExecutor(1)
                self.addCleanup(answers.shutdown)
                told = answers.submit(ann.post, "/api/v1/agents/hasty/messages", {"message": text}, **headers)
                return told, socket.until(lambda e: e.get("name") == "user_message")[-1]["value"]["messageId"]

            say("I'm heavy")
            socket.until("TEXT_MESSAGE_END")
            (whole, second), (events, third), (last, _) = (
                say("80 kg"), say("or so", Accept="text/event-stream"), say("Shall we begin?"))
            skipped = [e["value"]["messageId"] for e in socket.until(lambda e: e.get("delta") == "Fine.")
                       if e.get("name") == "message_skipped"]
            self.assertEqual(skipped, [second, third])
            answer = whole.result().json()
            self.assertEqual((answer["message"], answer["next_action"]), ("", "skipped"))
            self.assertEqual([e.get("code") for e in events_of(events.result().body)], ["skipped"])
            self.assertEqual(last.result().json()["message"], "Fine.")


class Following(Installation):
    def follow(self, talker, conversation, last=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.troupe.port, timeout=PATIENCE)
        self.addCleanup(connection.close)
        headers = talker.headers(**({"Last_Event_ID": last} if last else {}))
        connection.request("GET", f"/api/v1/conversations/{conversation}/events", headers=headers)
        return connection.getresponse()

    @staticmethod
    def read(response, end):
        """Events with their ids, up to the first of a type."""
        events, block = [], {}
        while not events or events[-1][1]["type"] != end:
            name, _, value = response.readline().decode().rstrip("\n").partition(": ")
            if name:
                block[name] = value
            elif "data" in block:
                events.append((block.get("id"), json.loads(block["data"])))
                block = {}
        return events

    def test_who_reconnects_with_the_last_id_misses_nothing(self):
        ann = self.talker()
        conversation = self.told(ann, "Hello")["conversation_id"]
        first = self.read(self.follow(ann, conversation), "MESSAGES_SNAPSHOT")
        self.assertEqual(first[0][1]["type"], "STATE_SNAPSHOT")
        contents = [message["content"] for message in first[1][1]["messages"]]
        self.assertEqual(contents[-2:], ["Hello", "Nice to meet you."])
        self.told(ann, "And again")
        missed = self.read(self.follow(ann, conversation, first[1][0]), "RUN_FINISHED")
        self.assertEqual(text_of(event for _, event in missed), "Nice to meet you.")
        self.assertTrue(all(name == event["cursor"] for name, event in missed))

    def test_only_ones_own_can_be_followed(self):
        conversation = self.told(self.talker(), "Hello")["conversation_id"]
        self.assertEqual(self.follow(self.talker(), conversation).status, 404)
        self.assertEqual(self.follow(self.talker(), "nonsense").status, 404)
        self.assertEqual(self.follow(self.talker(), conversation, "nonsense").status, 400)


class Onboarding(Installation):
    model = False

    def say(self, talker, message, step):
        answer = talker.post("/api/v1/onboarding/chat", {"message": message, "step": step})
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def test_a_step_is_completed_and_the_next_specialist_takes_over(self):
        ann = self.talker()
        self.problem(ann.get("/api/v1/onboarding/current-agent"), 404)
        first = self.say(ann, "I'm 34", 1)
        self.assertEqual(set(first), {"message", "agent_type", "current_step", "step_complete", "next_action"})
        self.assertEqual((first["agent_type"], first["current_step"], first["step_complete"], first["next_action"]),
                         ("fitness_assessor", 1, False, "answer"))
        for text in ("178 cm", "82 kg", "moderately active", "beginner"):
            self.assertFalse(self.say(ann, text, 1)["step_complete"])
        last = self.say(ann, "twice a week", 1)
        self.assertEqual((last["agent_type"], last["current_step"], last["step_complete"]), ("goal_coach", 2, True))
        current = ann.get("/api/v1/onboarding/current-agent").json()
        self.assertEqual(set(current), {"agent_type", "current_step", "agent_description", "context_summary"})
        self.assertEqual((current["agent_type"], current["current_step"]), ("goal_coach", 2))
        self.assertIn("82", current["context_summary"])

    def test_it_is_found_behind_many_threads_of_other_clients(self):
        ann = self.talker()
        self.say(ann, "I'm 34", 1)
        for number in range(101):
            run = {"threadId": f"t{number}", "runId": "r", "messages": [{"id": "m", "role": "user", "content": "Hi"}],
                   "tools": [], "context": []}
            self.assertEqual(ann.post("/agui/onboarding", run).status, 200)
        self.assertIn("34", ann.get("/api/v1/onboarding/current-agent").json()["context_summary"])

    def test_invalid_bodies_are_422(self):
        ann = self.talker()
        path = "/api/v1/onboarding/chat"
        cases = {"empty message": ({"message": "", "step": 1}, ["/message"]),
                 "message missing": ({"step": 1}, ["/message"]),
                 "step missing": ({"message": "hi"}, ["/step"]),
                 "step 0": ({"message": "hi", "step": 0}, ["/step"]),
                 "step 10": ({"message": "hi", "step": 10}, ["/step"]),
                 "step a text": ({"message": "hi", "step": "1"}, ["/step"]),
                 "both": ({"message": 5, "step": 1.5}, ["/message", "/step"]),
                 "no JSON": ("nonsense", [""])}
        for name, (body, pointers) in cases.items():
            with self.subTest(name):
                self.problem(ann.post(path, body), 422, *pointers)
        ann.token = "wrong"
        self.problem(ann.post(path, {"message": "hi", "step": 1}), 401)


class Corruption(Installation):
    model = False

    @staticmethod
    def agent(step):
        return json.dumps({"title": "Onboarding", "persona": "You are kind.", "steps": [
            {"name": step, "goal": "Know the age.", "questions": {"age": "How old are you?"},
             "schema": {"required": ["age"], "properties": {"age": {"type": "integer"}}}}]})

    def test_a_stored_step_that_is_none_of_the_agents_is_reported_and_crashes_nothing(self):
        file = self.troupe.folder / "agents/onboarding.yaml"
        file.write_text(self.agent("first"))
        ann = self.talker()

        def begins(talker):
            return talker.post("/api/v1/onboarding/chat", {"message": "hi", "step": 1})

        # A talk that begins just before the file is read has a step of the former agent's.
        until(lambda: begins(self.talker()).json().get("agent_type") == "first", "the agent's own file", pause=0.2)
        self.assertEqual(begins(ann).status, 200)
        file.write_text(self.agent("second"))
        until(lambda: begins(self.talker()).json().get("agent_type") == "second", "the changed file", pause=0.2)
        for answer in (begins(ann), ann.get("/api/v1/onboarding/current-agent")):
            problem = self.problem(answer, 500)
            self.assertNotIn("first", json.dumps(problem))
            self.assertTrue(self.troupe.log("conversation_corrupt", correlation_id=problem["correlation_id"]))
        listed = ann.get("/api/v1/conversations").json()["conversations"][0]
        self.assertEqual(ann.get(f"/api/v1/conversations/{listed['id']}").status, 200, "it can still be read")


class Conversations(Installation):
    def test_they_are_listed_shown_exported_and_erased(self):
        ann = self.talker()
        one = self.told(ann, "My code is xyzzy-4711")["conversation_id"]
        two = self.told(ann, "I'm Ann", "profile")["conversation_id"]
        listed = ann.get("/api/v1/conversations").json()
        self.assertEqual([c["id"] for c in listed["conversations"]], [two, one])
        page = ann.get("/api/v1/conversations?limit=1").json()
        self.assertEqual(page["next"], two)
        rest = ann.get(f"/api/v1/conversations?limit=1&before={two}").json()
        self.assertEqual([c["id"] for c in rest["conversations"]], [one])
        self.assertEqual([c["id"] for c in ann.get("/api/v1/conversations?agent=chat").json()["conversations"]], [one])
        shown = ann.get(f"/api/v1/conversations/{one}").json()
        self.assertEqual(shown["state"]["agent"], "chat")
        self.assertEqual([m["content"] for m in shown["messages"]][1:], ["My code is xyzzy-4711", "Nice to meet you."])
        export = ann.get(f"/api/v1/conversations/{one}/export").json()
        self.assertEqual([e["type"] for e in export["events"]][:3], ["opened", "user_message", "reply_started"])
        self.assertIn("xyzzy-4711", json.dumps(export))
        everything = ann.get(f"/api/v1/users/{ann.user}/export").json()
        self.assertEqual(len(everything["conversations"]), 2)

        socket = ann.socket(conversation=one)
        self.addCleanup(socket.socket.close)
        socket.until("MESSAGES_SNAPSHOT")
        self.assertEqual(ann.delete(f"/api/v1/conversations/{one}").status, 204)
        ended = socket.until(lambda event: event.get("name") == "conversation_ended")[-1]
        self.assertEqual(ended["value"]["reason"], "deleted")
        self.assertEqual(socket.closed(), 1000)
        for method, path in (("GET", ""), ("GET", "/export"), ("GET", "/events"), ("DELETE", "")):
            answer = self.troupe.ask(method, f"/api/v1/conversations/{one}{path}", None, ann.headers())
            self.assertEqual(answer.status, 404, f"{method} {path}")

        self.assertEqual(ann.delete(f"/api/v1/users/{ann.user}").status, 204)
        self.assertEqual(ann.get("/api/v1/conversations").json()["conversations"], [])
        self.assertEqual(ann.get(f"/api/v1/users/{ann.user}/export").json()["conversations"], [])

    def test_nothing_of_a_user_is_left_in_the_files_once_erasure_is_answered(self):
        ann, bob = self.talker(), self.talker()
        for _ in range(150):  # more than a page of them, between those of others
            for talker in (ann, bob):
                self.assertEqual(talker.post("/api/v1/conversations", {"agent": "chat"}).status, 201)
        self.assertTrue(self.left_of(ann.user), "a user's name isn't sealed")
        self.assertEqual(ann.delete(f"/api/v1/users/{ann.user}").status, 204)
        self.assertEqual(self.left_of(ann.user), {})
        self.assertEqual(len(bob.get(f"/api/v1/users/{bob.user}/export").json()["conversations"]), 150)

    def left_of(self, user):
        """How often a user's name stands in the database's files."""
        counts = {file.name: file.read_bytes().count(user.encode()) for file in self.troupe.folder.glob("troupe.db*")}
        return {name: count for name, count in counts.items() if count > 0}

    def test_those_of_others_are_not_there(self):
        ann, bob = self.talker(), self.talker()
        one = self.told(ann, "Hello")["conversation_id"]
        for path in (f"conversations/{one}", f"conversations/{one}/export", f"users/{ann.user}/export"):
            self.assertEqual(bob.get(f"/api/v1/{path}").status, 404, path)
        for path in (f"conversations/{one}", f"users/{ann.user}"):
            self.assertEqual(bob.delete(f"/api/v1/{path}").status, 404, path)
        self.assertEqual(ann.get(f"/api/v1/conversations/{one}").status, 200)

    def test_users_reach_what_is_theirs_whatever_their_name_holds(self):
        for name in ("acme/ann", "/", ".", "..", "ACME\\ann", "a b?c#d%2F", "auth0|4711", "Änn"):
            with self.subTest(name):
                ann = Talker(self.troupe, name)
                one = self.told(ann, "Hello")["conversation_id"]
                socket = ann.socket()
                self.addCleanup(socket.socket.close)
                self.assertEqual(socket.until("MESSAGES_SNAPSHOT")[-1]["messages"][1]["content"], "Hello")
                export = ann.get(f"/api/v1/users/{quoted(name)}/export").json()
                self.assertEqual((export["user"], len(export["conversations"])), (name, 1))
                self.assertEqual(ann.delete(f"/api/v1/users/{quoted(name)}").status, 204)
                self.assertEqual(ann.get(f"/api/v1/conversations/{one}").status, 404)

    def test_a_token_of_a_user_who_cannot_be_named_says_so(self):
        for name, fault in (("a\nb", "the claim sub holds a control character"), ("", "the claim sub is missing"),
                            ("a" * 257, "the claim sub must be a text of at most 256 bytes")):
            answer = Talker(self.troupe, name).get("/api/v1/conversations")
            self.assertEqual((answer.status, answer.json()["detail"]),
                             (401, f"A valid bearer token is needed: {fault}."))

    def test_a_new_one_becomes_the_current_one(self):
        ann = self.talker()
        old = self.told(ann, "Hello")["conversation_id"]
        made = ann.post("/api/v1/conversations", {"agent": "chat"})
        self.assertEqual(made.headers["Location"], f"/api/v1/conversations/{made.json()['id']}")
        self.assertEqual(self.told(ann, "Hello again")["conversation_id"], made.json()["id"])
        self.assertEqual(self.told(ann, "And here", conversation=old)["conversation_id"], old)
        self.problem(ann.get("/api/v1/conversations?limit=0"), 400, "/limit")
        self.problem(ann.post("/api/v1/conversations", {"agent": "nobody"}), 404)


class AgUi(Installation):
    def run_input(self, text, thread="t1", run="r1", message="m1"):
        return {"threadId": thread, "runId": run, "state": {}, "tools": [], "context": [], "forwardedProps": {},
                "messages": [{"id": message, "role": "user", "content": text}]}

    def test_a_run_is_what_the_client_asked_for_and_nothing_else(self):
        ann = self.talker()
        events = events_of(ann.post("/agui/chat", self.run_input("Hello"), Accept="text/event-stream").body)
        types = [event["type"] for event in events]
        self.assertEqual(types[:2], ["RUN_STARTED", "STATE_SNAPSHOT"])
        self.assertEqual((events[0]["runId"], types.count("RUN_STARTED"), types[-1]), ("r1", 1, "RUN_FINISHED"))
        self.assertEqual(text_of(events), "Nice to meet you.")
        second = events_of(ann.post("/agui/chat", self.run_input("More", run="r2", message="m2")).body)
        self.assertEqual(second[0]["runId"], "r2")
        self.told(ann, "Hello elsewhere")
        listed = ann.get("/api/v1/conversations").json()["conversations"]
        self.assertEqual([c.get("thread") for c in listed], [None, "t1"], "a thread is a conversation of its own")

    def test_the_client_of_ag_ui_itself_works(self):
        if reason := npm.install():
            self.skipTest(reason)
        ann = self.talker()
        done = subprocess.run([npm.NODE, npm.FOLDER / "agui.mjs", f"{self.troupe.url}/agui/profile", ann.token],
                              text=True, capture_output=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual([message["role"] for message in told["messages"]], ["user", "assistant", "user", "assistant"])
        self.assertEqual(told["messages"][1]["content"], "Nice to meet you.")
        self.assertEqual(told["state"]["agent"], "profile")

    def test_what_is_wrong_with_an_input_is_said(self):
        ann = self.talker()
        self.problem(ann.post("/agui/chat", {}), 400, "/threadId", "/runId", "/messages")
        self.problem(ann.post("/agui/nobody", self.run_input("Hi")), 404)


if __name__ == "__main__":
    unittest.main()
