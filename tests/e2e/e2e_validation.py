#!/usr/bin/env python3
"""What a webhook's body must be: every fault is told with its pointer, in one answer, after the signature held."""

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import signing  # noqa: E402
from harness import SECRET, Troupe, ticket  # noqa: E402


class Validation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.troupe = Troupe()
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.add_tenant().start()

    def deliver(self, body):
        if isinstance(body, dict):
            body = json.dumps(body, ensure_ascii=False).encode()
        return self.troupe.deliver(body, signing.signed(body, SECRET))

    def pointers(self, answer):
        self.assertEqual(answer.status, 400, answer)
        problem = answer.json()
        self.assertEqual(answer.headers["Content-Type"].split(";")[0], "application/problem+json")
        self.assertLessEqual({"type", "title", "status", "detail", "correlation_id", "errors"}, set(problem))
        self.assertTrue(all(error["message"] for error in problem["errors"]))
        return [error["pointer"] for error in problem["errors"]]

    def test_every_faulty_field_is_pointed_at(self):
        cases = {
            "description too long": ({"description": "x" * 10_001}, ["/description"]),
            "description too long in other letters": ({"description": "ä" * 10_001}, ["/description"]),
            "description empty": ({"description": ""}, ["/description"]),
            "description a number": ({"description": 5}, ["/description"]),
            "description missing": ({"description": None}, ["/description"]),
            "ticket id a number": ({"ticket_id": 4711}, ["/ticket_id"]),
            "ticket id empty": ({"ticket_id": ""}, ["/ticket_id"]),
            "ticket id missing": ({"ticket_id": None}, ["/ticket_id"]),
            "unknown priority": ({"priority": "whenever"}, ["/priority"]),
            "priority a number": ({"priority": 1}, ["/priority"]),
            "priority missing": ({"priority": None}, ["/priority"]),
            "subject a list": ({"subject": ["a"]}, ["/subject"]),
            "all at once": ({"ticket_id": 1, "description": "", "priority": "x", "subject": {}},
                            ["/description", "/priority", "/subject", "/ticket_id"]),
        }
        for name, (fields, expected) in cases.items():
            with self.subTest(name):
                self.assertEqual(sorted(self.pointers(self.deliver(ticket(**fields)))), expected)

    def test_bodies_that_are_no_json_object_are_refused(self):
        good = json.dumps(ticket()).encode()
        cases = {"nothing": b"", "text": b"printer is broken", "cut": good[:-1], "more": good + b"{}", "list": b"[]",
                 "number": b"1", "null": b"null", "nan": good.replace(b'"high"', b"NaN"),
                 "single quotes": good.replace(b'"', b"'"), "comment": b"/* hi */" + good,
                 "byte order mark alone": b"\xef\xbb\xbf", "invalid utf-8": good.replace(b"printer", b"print\xff\xfer"),
                 "overlong utf-8": good.replace(b"printer", b"print\xc0\xafr"),
                 "surrogate": good.replace(b"printer", b"print\xed\xa0\x80r"),
                 "raw nul": good.replace(b"printer", b"print\x00r"),
                 "lone surrogate escape": good.replace(b"printer", rb"print\ud800r")}
        for name, body in cases.items():
            with self.subTest(name):
                self.pointers(self.deliver(body))

    def test_an_escaped_nul_in_a_text_is_refused(self):
        self.pointers(self.deliver(ticket(description="a\0b")))

    def test_json_of_sixty_levels_is_refused(self):
        body = json.dumps(ticket()).encode()[:-1] + b', "deep": ' + b"[" * 60 + b"]" * 60 + b"}"
        self.pointers(self.deliver(body))

    def test_json_of_a_hundred_thousand_levels_is_refused_and_harms_nobody(self):
        body = json.dumps(ticket()).encode()[:-1] + b', "deep": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
        self.pointers(self.deliver(body))
        self.assertEqual(self.troupe.get("/health").status, 200)

    def test_a_member_given_twice_is_refused(self):
        body = json.dumps(ticket()).encode()[:-1] + b', "priority": "low"}'
        self.assertIn("/priority", self.pointers(self.deliver(body)))

    def test_ten_thousand_characters_are_accepted_in_any_script(self):
        for n, letter in enumerate(("x", "ä", "漢", "😀")):
            with self.subTest(letter):
                answer = self.deliver(ticket(ticket_id=f"V-1{n}", description=letter * 10_000))
                self.assertEqual(answer.status, 202, answer)

    def test_priorities_are_accepted_in_any_case_and_under_their_other_names(self):
        for n, name in enumerate(("low", "Medium", "HIGH", "critical", "normal", "Urgent")):
            with self.subTest(name):
                answer = self.deliver(ticket(ticket_id=f"V-2{n}", priority=name))
                self.assertEqual(answer.status, 202, answer)

    def test_members_that_nobody_knows_are_pointed_at(self):
        answer = self.deliver({**ticket(ticket_id="V-3"), "custom": {"a": [1, 2.5, None, True]}})
        self.assertEqual(self.pointers(answer), ["/custom"])

    def test_a_requester_is_a_text_or_a_name_with_an_address(self):
        for n, requester in enumerate(("Ann", {"name": "Ann", "email": "ann@example.com"})):
            with self.subTest(requester):
                self.assertEqual(self.deliver(ticket(ticket_id=f"V-4{n}", requester=requester)).status, 202)
        self.assertEqual(self.pointers(self.deliver(ticket(requester={"phone": "1"}))), ["/requester/phone"])

    def test_unsigned_nonsense_never_reaches_the_fields(self):
        body = json.dumps(ticket(priority="whenever")).encode()
        self.assertEqual(self.troupe.deliver(body, {}, source="127.0.3.1").status, 401)

    def test_a_refused_body_is_not_quoted_in_the_log(self):
        self.deliver(ticket(priority="private-nonsense", description=""))
        self.assertNotIn("private-nonsense", self.troupe.log_text())


if __name__ == "__main__":
    unittest.main()
