#!/usr/bin/env python3
"""HTTP as strangers see it: methods, limits, framing, time-outs, and what hostile peers can't do to others."""

import json
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import signing  # noqa: E402
from harness import ADMIN_TOKEN, SECRET, Troupe, receive_all, ticket  # noqa: E402

HOST = b"Host: localhost\r\n"


def statuses(data):
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3}) ", data)]


class Http(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.troupe = Troupe(settings={"server": {"header_timeout": "500ms", "body_timeout": "500ms"}})
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.add_tenant().start()

    def tearDown(self):
        self.assertEqual(self.troupe.get("/health").status, 200, "others are served as before")

    def problem(self, answer, status):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["Content-Type"].split(";")[0], "application/problem+json")
        value = answer.json()
        self.assertLessEqual({"type", "title", "status", "detail", "correlation_id"}, set(value))
        self.assertEqual(value["status"], status)
        return value

    # -- what works ------------------------------------------------------------------------------------

    def test_health_says_that_it_is_well(self):
        answer = self.troupe.get("/health")
        self.assertEqual((answer.status, answer.json()["status"]), (200, "healthy"))
        for path in ("/health/live", "/health/ready", "/api/v1/health/database", "/api/v1/health/queue"):
            with self.subTest(path):
                self.assertEqual(self.troupe.get(path).status, 200)
        self.problem(self.troupe.get("/api/v1/health/nothing"), 404)

    def test_a_request_id_is_kept_when_it_is_one_and_made_when_not(self):
        answer = self.troupe.get("/health", {"X-Request-Id": "the-callers-own.id_1"})
        self.assertEqual(answer.headers["X-Request-Id"], "the-callers-own.id_1")
        for bad in ("a b", "<script>", "x" * 500, ""):
            with self.subTest(bad[:20]):
                made = self.troupe.get("/health", {"X-Request-Id": bad}).headers["X-Request-Id"]
                self.assertTrue(made and made != bad)

    def test_head_is_get_without_a_body(self):
        head, get = self.troupe.ask("HEAD", "/health"), self.troupe.get("/health")
        self.assertEqual((head.status, head.body, head.headers["Content-Length"]),
                         (200, b"", get.headers["Content-Length"]))

    def test_a_connection_serves_many_requests(self):
        connection = self.troupe.connection()
        self.addCleanup(connection.close)
        connection.connect()
        port = connection.sock.getsockname()[1]
        for _ in range(20):
            connection.request("GET", "/health")
            self.assertEqual(connection.getresponse().read()[:1], b"{")
            self.assertEqual(connection.sock.getsockname()[1], port)

    def test_pipelined_requests_are_answered_in_order(self):
        requests = b"".join(b"GET %s HTTP/1.1\r\n%s\r\n" % (path, HOST)
                            for path in (b"/health", b"/nowhere", b"/health/live", b"/nowhere"))
        data = self.troupe.raw(requests + b"GET /health HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")
        self.assertEqual(statuses(data), [200, 404, 200, 404, 200])

    def test_pipelined_webhooks_keep_their_order_too(self):
        bodies = [json.dumps(ticket(ticket_id=f"P-{n}")).encode() for n in range(10)]
        data = b""
        for n, body in enumerate(bodies):
            headers = {**signing.signed(body, SECRET), "Content-Type": "application/json", "X-Request-Id": f"p-{n}"}
            if n == 9:
                headers["Connection"] = "close"
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
            data += b"POST /webhook/servicedesk HTTP/1.1\r\n%s%sContent-Length: %d\r\n\r\n" % (HOST, lines, len(body))
            data += body
        answer = self.troupe.raw(data)
        self.assertEqual(statuses(answer), [202] * 10)
        self.assertEqual([int(n) for n in re.findall(rb"[Xx]-[Rr]equest-[Ii]d: p-(\d)", answer)], list(range(10)))

    def test_a_chunked_body_is_a_body(self):
        body = json.dumps(ticket(ticket_id="H-chunked")).encode()
        lines = "".join(f"{name}: {value}\r\n" for name, value in signing.signed(body, SECRET).items()).encode()
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:50], body[50:]))
        data = self.troupe.raw(b"POST /webhook/servicedesk HTTP/1.1\r\nContent-Type: application/json\r\n"
                               b"Connection: close\r\nTransfer-Encoding: chunked\r\n" + HOST + lines + b"\r\n"
                               + chunks + b"0\r\n\r\n")
        self.assertEqual(statuses(data), [202], data)

    def test_a_client_that_asks_first_is_told_to_continue(self):
        body = json.dumps(ticket(ticket_id="H-expect")).encode()
        lines = "".join(f"{name}: {value}\r\n" for name, value in signing.signed(body, SECRET).items()).encode()
        with self.troupe.socket() as s:
            s.sendall(b"POST /webhook/servicedesk HTTP/1.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
                      b"Expect: 100-continue\r\n%s%sContent-Length: %d\r\n\r\n" % (HOST, lines, len(body)))
            self.assertEqual(statuses(s.recv(1000)), [100])
            s.sendall(body)
            self.assertEqual(statuses(receive_all(s)), [202])

    # -- what is refused -------------------------------------------------------------------------------

    def test_unknown_paths_and_wrong_methods(self):
        self.problem(self.troupe.get("/no/such/path"), 404)
        answer = self.troupe.ask("DELETE", "/webhook/servicedesk")
        self.problem(answer, 405)
        self.assertIn("POST", answer.headers["Allow"])
        answer = self.troupe.ask("POST", "/health", b"{}")
        self.problem(answer, 405)
        self.assertIn("GET", answer.headers["Allow"])

    def test_a_wrong_or_missing_media_type(self):
        for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "json", None):
            with self.subTest(kind=kind):
                headers = {} if kind is None else {"Content-Type": kind}
                self.problem(self.troupe.ask("POST", "/webhook/servicedesk", b"{}", headers), 415)

    def test_media_type_parameters_are_no_fault(self):
        body = json.dumps(ticket(ticket_id="H-charset")).encode()
        answer = self.troupe.ask("POST", "/webhook/servicedesk", body, {
            "Content-Type": "Application/JSON; charset=utf-8", **signing.signed(body, SECRET)})
        self.assertEqual(answer.status, 202, answer)

    def test_a_body_over_the_limit_is_refused_before_it_is_sent(self):
        with self.troupe.socket() as s:
            s.sendall(b"POST /webhook/servicedesk HTTP/1.1\r\nContent-Type: application/json\r\n" + HOST
                      + b"Content-Length: 1048577\r\n\r\n")
            self.assertEqual(statuses(receive_all(s)), [413])

    def test_a_chunked_body_over_the_limit_is_refused_in_mid_stream(self):
        with self.troupe.socket() as s:
            s.sendall(b"POST /webhook/servicedesk HTTP/1.1\r\nContent-Type: application/json\r\n" + HOST
                      + b"Transfer-Encoding: chunked\r\n\r\n")
            chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
            try:
                for _ in range(17):
                    s.sendall(chunk)
            except (BrokenPipeError, ConnectionResetError):
                pass
            self.assertIn(statuses(receive_all(s)), ([413], []))

    def test_headers_over_the_limit_are_refused(self):
        data = self.troupe.raw(b"GET /health HTTP/1.1\r\n" + HOST + b"X-Large: " + b"x" * 20_000 + b"\r\n\r\n")
        self.assertEqual(statuses(data), [431])

    def test_requests_that_are_none_are_refused_and_the_connection_closed(self):
        cases = {
            "nonsense": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n",
            "no version": b"GET /health\r\n\r\n",
            "bare line feeds and a space": b"GET  /health HTTP/1.1\n\n",
            "header without colon": b"GET /health HTTP/1.1\r\nHost localhost\r\n\r\n",
            "space before colon": b"GET /health HTTP/1.1\r\nHost : localhost\r\n\r\n",
            "negative length": b"POST /webhook/servicedesk HTTP/1.1\r\n" + HOST + b"Content-Length: -5\r\n\r\n",
            "two lengths": b"POST /webhook/servicedesk HTTP/1.1\r\n" + HOST
                           + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n123456",
            "length and chunks": b"POST /webhook/servicedesk HTTP/1.1\r\n" + HOST
                                 + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "broken chunk": b"POST /webhook/servicedesk HTTP/1.1\r\nContent-Type: application/json\r\n" + HOST
                            + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            "nul in the target": b"GET /health\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
        }
        for name, data in cases.items():
            with self.subTest(name):
                answer = statuses(self.troupe.raw(data))
                self.assertTrue(all(400 <= code < 500 or code == 501 for code in answer), answer)

    def test_a_path_can_not_climb(self):
        for path in (b"/../etc/passwd", b"/console/../../etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd", b"//etc/passwd",
                     b"/health%00", b"/%ff%fe"):
            with self.subTest(path):
                data = self.troupe.raw(b"GET " + path + b" HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")
                self.assertIn(statuses(data), ([400], [404]), data[:300])
                self.assertNotIn(b"root:", data)

    def test_half_sent_headers_time_out(self):
        with self.troupe.socket() as s:
            s.sendall(b"GET /health HTTP/1.1\r\nHost: loc")
            self.assertIn(statuses(receive_all(s)), ([408], []))

    def test_half_sent_bodies_time_out(self):
        with self.troupe.socket() as s:
            s.sendall(b"POST /webhook/servicedesk HTTP/1.1\r\nContent-Type: application/json\r\n" + HOST
                      + b"Content-Length: 100\r\n\r\n{\"tenant")
            self.assertEqual(statuses(receive_all(s)), [408])

    def test_a_half_closed_connection_gets_its_answer(self):
        with self.troupe.socket() as s:
            s.sendall(b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n")
            s.shutdown(1)
            self.assertEqual(statuses(receive_all(s)), [200])

    def test_peers_that_vanish_in_mid_request_leave_nothing_behind(self):
        for _ in range(200):
            with self.troupe.socket() as s:
                s.sendall(b"POST /webhook/servicedesk HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n\r\n{")
        self.assertEqual(self.troupe.get("/health/ready").status, 200)

    # -- who may read ----------------------------------------------------------------------------------

    def test_a_job_is_its_tenants_alone(self):
        self.troupe.add_tenant("umbrella")
        job = self.troupe.accepted(ticket_id="H-private")
        path, cases = f"/api/v1/jobs/{job}", {
            "no token": {}, "empty": {"Authorization": "Bearer "}, "nonsense": {"Authorization": "Bearer a.b.c"},
            "wrong scheme": {"Authorization": f"Basic {self.troupe.token()}"},
            "wrong secret": {"Authorization": "Bearer " + signing.jwt("x" * 40, "acme")},
            "expired": {"Authorization": "Bearer " + self.troupe.token(ttl=-3600)},
            "without end": {"Authorization": "Bearer " + self.troupe.token(exp=None)},
            "not yet": {"Authorization": "Bearer " + self.troupe.token(nbf=4102444800)},
            "no tenant": {"Authorization": "Bearer " + signing.jwt("e2e-jwt-secret-of-at-least-32-bytes!", None)},
        }
        for name, headers in cases.items():
            with self.subTest(name):
                self.problem(self.troupe.get(path, headers), 401)
        self.problem(self.troupe.get(path, {"Authorization": "Bearer " + self.troupe.token("umbrella")}), 404)
        self.assertEqual(self.troupe.get(path, {"Authorization": "Bearer " + self.troupe.token()}).status, 200)

    def test_unsigned_and_other_algorithms_are_no_tokens(self):
        job = self.troupe.accepted(ticket_id="H-alg")
        good = self.troupe.token().split(".")
        for algorithm in ("none", "None", "HS384", "RS256"):
            with self.subTest(algorithm):
                header = signing._url_safe(json.dumps({"alg": algorithm}).encode()).decode()
                for signature in ("", good[2]):
                    token = ".".join([header, good[1], signature])
                    self.problem(self.troupe.get(f"/api/v1/jobs/{job}", {"Authorization": f"Bearer {token}"}), 401)

    def test_metrics_are_prometheus_text(self):
        answer = self.troupe.get("/metrics")
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain"))
        names = set(re.findall(r"^# TYPE (\S+) ", answer.body.decode(), re.MULTILINE))
        self.assertLessEqual({"enhancement_requests_total", "enhancement_duration_seconds", "queue_depth",
                              "worker_active_count"}, names)

    def test_metrics_want_their_token_when_one_is_set(self):
        with Troupe(settings={"server": {"metrics_token": "metrics-token-1"}}) as troupe:
            troupe.start()
            self.problem(troupe.get("/metrics"), 401)
            self.assertEqual(troupe.get("/metrics", {"Authorization": "Bearer metrics-token-1"}).status, 200)

    def test_the_admin_token_is_not_for_everybody(self):
        for token in ("", "wrong", self.troupe.token()):
            answer = self.troupe.get("/admin/v1/jobs", {"Authorization": f"Bearer {token}"})
            self.assertIn(answer.status, (401, 403, 404))
        self.assertNotIn(ADMIN_TOKEN, self.troupe.log_text())


if __name__ == "__main__":
    unittest.main()
