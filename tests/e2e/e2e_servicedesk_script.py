#!/usr/bin/env python3
"""The script that ServiceDesk Plus runs for a new ticket: what it makes of the ticket's file, and how it delivers it."""

import hashlib
import hmac
import importlib.util
import json
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from certificates import Authority  # noqa: E402
from harness import SECRET, Troupe  # noqa: E402
from stand_ins import DeskStandIn  # noqa: E402

FOLDER = Path(__file__).resolve().parents[2] / "deploy/servicedesk"
SCRIPT = FOLDER / "send_to_troupe.py"

specification = importlib.util.spec_from_file_location("send_to_troupe", SCRIPT)
script = importlib.util.module_from_spec(specification)
specification.loader.exec_module(script)


class Receiver:
    """Stands in for troupe: answers what it was told to, one after the other, and keeps what came."""

    def __init__(self, context=None):
        self.answers, self.deliveries = [], []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.deliveries.append((self.headers, body))
                status, headers, answer = receiver.answers.pop(0) if receiver.answers else (202, {}, {"job_id": "job-1"})
                if status is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def settings(self, text=None, **values):
        values = {"url": "http://127.0.0.1:9/webhook/servicedesk", "tenant_id": "acme", "secret": "s3cret", **values}
        lines = [f"{name} = {value}" for name, value in values.items() if value is not None]
        file = self.folder / "send_to_troupe.ini"
        file.write_text("[troupe]\n" + "\n".join(lines) + "\n" + (text or ""), encoding="utf-8")
        return file

    def loaded(self, text=None, **values):
        return script.Settings(str(self.settings(text, **values)))

    def ticket_file(self, data, encoding="utf-8"):
        file = self.folder / "ticket.json"
        file.write_bytes(data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode(encoding))
        return file


class Mapping(Case):
    def mapped(self, ticket, text=None, **values):
        return script.webhook_of({"request": ticket}, self.loaded(text, **values))

    def test_a_ticket_of_v3_becomes_a_webhook(self):
        data = json.loads((FOLDER / "sample_request.json").read_text())
        self.assertEqual(script.webhook_of(data, self.loaded()), {
            "tenant_id": "acme", "ticket_id": "4711", "priority": "high", "subject": "Printer on floor two takes no jobs",
            "description": "Since this morning the printer at 10.20.30.40 takes no jobs.\n\n"
                           "- The queue shows twenty documents\n- A reboot didn't help",
            "requester": {"name": "Ann Archer", "email": "ann.archer@example.com"}})

    def test_a_ticket_of_the_older_form_becomes_a_webhook(self):
        webhook = self.mapped({"WORKORDERID": 4711, "SUBJECT": "Printer", "SHORTDESCRIPTION": "It <b>burns</b>",
                               "PRIORITY": "Urgent", "REQUESTER": "Ann", "REQUESTEREMAIL": "ann@example.com"})
        self.assertEqual(webhook, {"tenant_id": "acme", "ticket_id": "4711", "subject": "Printer", "priority": "critical",
                                   "description": "It burns", "requester": {"name": "Ann", "email": "ann@example.com"}})

    def test_a_ticket_without_the_object_around_it_is_taken_as_well(self):
        self.assertEqual(script.webhook_of({"id": "1", "subject": "a"}, self.loaded())["ticket_id"], "1")

    def test_numbers_as_ids_become_strings(self):
        self.assertEqual(self.mapped({"id": 100000000000047123, "subject": "a"})["ticket_id"], "100000000000047123")

    def test_a_ticket_without_an_id_is_refused(self):
        for value in (None, "", True, 1.5, {}, [], "x" * 129, "a\nb"):
            with self.subTest(value), self.assertRaises(script.Refusal):
                self.mapped({"id": value, "subject": "a"})

    def test_what_is_no_ticket_is_refused(self):
        for data in (None, 1, "x", [], [1]):
            with self.subTest(data), self.assertRaises(script.Refusal):
                script.webhook_of(data, self.loaded())

    def test_missing_members_are_left_out(self):
        webhook = self.mapped({"id": "1", "subject": None, "description": "text", "priority": None, "requester": None})
        self.assertEqual(webhook, {"tenant_id": "acme", "ticket_id": "1", "description": "text", "priority": "medium"})

    def test_without_description_the_next_best_text_is_sent(self):
        self.assertEqual(self.mapped({"id": "1", "subject": "s", "short_description": "short"})["description"], "short")
        self.assertEqual(self.mapped({"id": "1", "subject": "s", "description": "<p></p>"})["description"], "s")
        with self.assertRaises(script.Refusal):
            self.mapped({"id": "1", "description": " <br> "})

    def test_html_becomes_text(self):
        cases = {
            "<p>one</p><p>two</p>": "one\n\ntwo",
            "one<br>two<br/>three": "one\ntwo\nthree",
            "<ul><li>a</li><li>b</li></ul>": "- a\n- b",
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>": "a b\n\nc",
            "<style>p{}</style>x<script>alert(1)</script>y": "xy",
            "a &lt;b&gt; &amp; c&nbsp;d": "a <b> & c d",
            "<p>if a &lt; b</p>": "if a < b",
            "1 < 2 and 3 > 2": "1 < 2 and 3 > 2",
            "line one\r\nline two\n\n\n\nline three": "line one\nline two\n\nline three",
            "<div>\n  <p>spread\n out</p>\n</div>": "spread out",
            "<!-- hidden -->shown": "shown",
            "<p>open": "open",
            "tab\tbell\x07nul\x00": "tab bellnul",
        }
        for html, text in cases.items():
            with self.subTest(html):
                self.assertEqual(script.plain_text(html), text)

    def test_long_texts_are_cut_to_what_troupe_takes(self):
        webhook = self.mapped({"id": "1", "subject": "s" * 300, "description": "😀" * 10001,
                               "requester": {"name": "n" * 400, "email_id": "e" * 400}})
        self.assertEqual([len(webhook["subject"]), len(webhook["description"])], [250, 10000])
        self.assertEqual([len(value) for value in webhook["requester"].values()], [320, 320])
        self.assertTrue(webhook["description"].endswith("…"))

    def test_texts_of_one_line_are_made_so(self):
        self.assertEqual(self.mapped({"id": "1", "subject": " a\r\n b\tc&amp;d "})["subject"], "a b c&d")

    def test_priorities_are_understood(self):
        for name, expected in {"Low": "low", "NORMAL": "medium", "Medium": "medium", "high": "high", "Urgent": "critical",
                               "Very High": "critical", "1 - Critical": "critical", "P2": "high", "High (4 h)": "high",
                               "Whatever": "medium", "": "medium"}.items():
            with self.subTest(name):
                self.assertEqual(self.mapped({"id": "1", "subject": "a", "priority": {"name": name}})["priority"], expected)

    def test_the_settings_priorities_go_first(self):
        text = "[priorities]\nHigh = critical\nWann immer = low\n"
        of = lambda name: self.mapped({"id": "1", "subject": "a", "priority": name}, text, default_priority="high")["priority"]  # noqa: E731
        self.assertEqual([of("HIGH"), of("wann immer"), of("unknown")], ["critical", "low", "high"])

    def test_halves_of_surrogate_pairs_can_be_sent(self):
        webhook = self.mapped(json.loads(r'{"id": "1", "subject": "a\ud800b"}'))
        self.assertEqual(json.dumps(webhook, ensure_ascii=False).encode().decode(), json.dumps(webhook, ensure_ascii=False))


class Files(Case):
    def test_files_are_read_in_the_encodings_that_occur(self):
        self.assertEqual(script.read_ticket(self.ticket_file({"id": "ü"}, "utf-8-sig")), {"id": "ü"})
        self.assertEqual(script.read_ticket(self.ticket_file({"id": "ü"}, "cp1252")), {"id": "ü"})

    def test_files_that_hold_no_json_are_refused(self):
        for data in (b"", b"{", b"<html>", b"\xff\xfe"):
            with self.subTest(data), self.assertRaises(script.Refusal):
                script.read_ticket(self.ticket_file(data))
        with self.assertRaises(script.Refusal):
            script.read_ticket(self.folder / "missing.json")


class SettingsFile(Case):
    def test_faulty_settings_are_named(self):
        for values, word in (({"url": None}, "url"), ({"url": "ftp://x"}, "url"), ({"tenant_id": ""}, "tenant_id"),
                             ({"secret": None}, "no secret"), ({"secret_file": "missing"}, "secret"),
                             ({"tenat_id": "x"}, "tenat_id"), ({"default_priority": "x"}, "default_priority"),
                             ({"attempts": "0"}, "attempts"), ({"timeout": "soon"}, "timeout")):
            with self.subTest(values), self.assertRaisesRegex(script.Refusal, word):
                self.loaded(**values)
        with self.assertRaisesRegex(script.Refusal, "priorities"):
            self.loaded("[priorities]\nHigh = hot\n")

    def test_the_secret_may_lie_in_a_file_beside_the_settings(self):
        (self.folder / "key.txt").write_text("\ufefffrom-file \n", encoding="utf-8")
        self.assertEqual(self.loaded(secret_file="key.txt").secret, "from-file")

    def test_the_example_is_complete(self):
        example = (FOLDER / "send_to_troupe.ini.example").read_text()
        (self.folder / "signing_secret.txt").write_text("x")
        (self.folder / "send_to_troupe.ini").write_text(re.sub(r"^;(?=[\w ]+ = )", "", example, flags=re.MULTILINE))
        (self.folder / "troupe_ca.pem").write_text("")
        settings = script.Settings(str(self.folder / "send_to_troupe.ini"))
        self.assertEqual(settings.priorities["show stopper"], "critical")


class Delivery(Case):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.pauses = []
        self.clock = 0.0

    def deliver(self, body=b'{"a":1}', **values):
        def sleep(seconds):
            self.pauses.append(seconds)
            self.clock += seconds

        settings = self.loaded(url=f"http://127.0.0.1:{self.receiver.port}/webhook/servicedesk", **values)
        return script.deliver(settings, body, lambda: self.clock, sleep)

    def test_a_delivery_is_signed_as_the_contract_says(self):
        self.assertEqual(self.deliver("ü".encode()), "job-1")
        headers, body = self.receiver.deliveries[0]
        signed = headers["X-ServiceDesk-Timestamp"].encode() + b"." + body
        self.assertEqual(headers["X-ServiceDesk-Signature"], "sha256=" + hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest())
        self.assertEqual(headers["Content-Type"], "application/json")

    def test_what_may_pass_is_tried_again(self):
        for status in (429, 500, 502, 503, 504, 408, None):
            with self.subTest(status):
                self.receiver.answers = [(status, {}, {})]
                self.receiver.deliveries.clear()
                self.assertEqual(self.deliver(), "job-1")
                self.assertEqual(len(self.receiver.deliveries), 2)

    def test_pauses_grow_and_follow_retry_after(self):
        self.receiver.answers = [(503, {}, {}), (429, {"Retry-After": "7"}, {}), (503, {"Retry-After": "soon"}, {})]
        self.deliver()
        self.assertEqual(self.pauses, [1, 7, 9])

    def test_it_gives_up_after_its_attempts(self):
        self.receiver.answers = [(503, {}, {"detail": "the disk is full"})] * 9
        with self.assertRaisesRegex(script.Refusal, "503: the disk is full .attempt 4, given up"):
            self.deliver()
        self.assertEqual(len(self.receiver.deliveries), 4)

    def test_it_doesnt_wait_longer_than_it_may_run(self):
        self.receiver.answers = [(429, {"Retry-After": "3600"}, {})]
        with self.assertRaisesRegex(script.Refusal, "attempt 1, given up"):
            self.deliver()
        self.assertEqual(self.pauses, [])

    def test_a_refusal_is_final_and_names_the_fields(self):
        problem = {"detail": "invalid body", "errors": [{"pointer": "/priority", "message": "must be one of low"}]}
        for status in (400, 401, 404, 413, 302, 200):
            with self.subTest(status):
                self.receiver.answers = [(status, {"Location": "/elsewhere"}, problem)]
                self.receiver.deliveries.clear()
                with self.assertRaisesRegex(script.Refusal, f"{status}: invalid body; /priority must be one of low"):
                    self.deliver()
                self.assertEqual(len(self.receiver.deliveries), 1)

    def test_an_answer_that_is_no_json_is_told_by_its_status(self):
        for answer in (b"<html>", b"[]", b'{"errors": 1}', b"\xff"):
            with self.subTest(answer):
                self.receiver.answers = [(400, {}, answer)]
                with self.assertRaisesRegex(script.Refusal, "^troupe answered 400$"):
                    self.deliver()
        self.receiver.answers = [(202, {}, b"not json")]
        self.assertEqual(self.deliver(), "")

    def test_nobody_there_is_told(self):
        self.receiver.close()
        self.receiver.close = lambda: None
        with self.assertRaisesRegex(script.Refusal, "can't be reached"):
            self.deliver(attempts=1)


class DeliveryOverTls(Case):
    def setUp(self):
        super().setUp()
        authority = Authority(self.folder)
        certificate = authority.issue("localhost")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.chain, certificate.key)
        self.authority = authority
        self.receiver = Receiver(context)
        self.addCleanup(self.receiver.close)

    def deliver(self, host="localhost", **values):
        settings = self.loaded(url=f"https://{host}:{self.receiver.port}/webhook/servicedesk", attempts=1, **values)
        return script.deliver(settings, b"{}")

    def test_an_authority_of_ones_own_is_trusted_where_it_is_set(self):
        self.assertEqual(self.deliver(ca_file=self.authority.file), "job-1")

    def test_without_it_nothing_is_sent(self):
        with self.assertRaisesRegex(script.Refusal, "can't be reached.*CERTIFICATE_VERIFY_FAILED"):
            self.deliver()
        self.assertEqual(self.receiver.deliveries, [])

    def test_an_authority_that_cant_be_read_is_named(self):
        with self.assertRaisesRegex(script.Refusal, "missing.pem"):
            self.deliver(ca_file="missing.pem")


class Program(Case):
    def run_script(self, *arguments):
        done = subprocess.run([sys.executable, str(SCRIPT), *map(str, arguments)], text=True, capture_output=True, timeout=60)
        return done.returncode, json.loads(done.stdout)

    def test_it_says_what_happened_in_the_words_of_service_desk_plus(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        config = self.settings(url=f"http://127.0.0.1:{receiver.port}/webhook/servicedesk")
        self.assertEqual(self.run_script("--config", config, FOLDER / "sample_request.json"),
                         (0, {"result": "success", "message": "troupe has taken the ticket as job job-1"}))
        self.assertEqual(json.loads(receiver.deliveries[0][1])["ticket_id"], "4711")
        receiver.answers = [(401, {}, {"detail": "no"})]
        self.assertEqual(self.run_script("--config", config, FOLDER / "sample_request.json", "another-argument"),
                         (1, {"result": "failure", "message": "troupe answered 401: no"}))

    def test_a_dry_run_shows_the_body_and_sends_nothing(self):
        code, body = self.run_script("--dry-run", "--config", self.settings(), FOLDER / "sample_request.json")
        self.assertEqual((code, body["priority"]), (0, "high"))

    def test_missing_settings_are_told(self):
        code, told = self.run_script("--config", self.folder / "missing.ini", FOLDER / "sample_request.json")
        self.assertEqual((code, told["result"]), (1, "failure"))


class AgainstTroupe(Case):
    """As installed beside a desk, against the real server."""

    def setUp(self):
        super().setUp()
        self.desk = DeskStandIn()
        self.addCleanup(self.desk.close)
        self.troupe = Troupe()
        self.addCleanup(self.troupe.close)
        self.troupe.add_tenant("acme", SECRET, self.desk).start()
        shutil.copy(SCRIPT, self.folder)

    def told(self, secret=SECRET):
        (self.folder / "signing_secret.txt").write_text(secret + "\r\n")
        self.settings(url=f"{self.troupe.url}/webhook/servicedesk", secret=None, secret_file="signing_secret.txt",
                      attempts=1)
        done = subprocess.run([sys.executable, self.folder / SCRIPT.name, FOLDER / "sample_request.json"], text=True,
                              capture_output=True, timeout=60)
        return json.loads(done.stdout)

    def test_a_ticket_sent_twice_gets_one_note(self):
        first, second = self.told(), self.told()
        self.assertEqual(first["result"], "success", first)
        self.assertEqual(first, second, "the same job")
        self.assertEqual(self.troupe.ended(first["message"].split()[-1])["status"], "completed")
        self.assertEqual(len(self.desk.notes("4711")), 1)

    def test_a_wrong_secret_is_told_as_a_failure(self):
        told = self.told("wrong")
        self.assertEqual(told["result"], "failure")
        self.assertIn("401", told["message"])


if __name__ == "__main__":
    unittest.main()
