#!/usr/bin/env python3
"""SIGTERM: no more work is taken, what runs is finished or parked, and the exit code is 0."""

import signal
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from harness import SECRET, Troupe, until  # noqa: E402
from stand_ins import DeskStandIn, LlmStandIn  # noqa: E402


class Shutdown(unittest.TestCase):
    def setUp(self):
        self.llm, self.desk = LlmStandIn(), DeskStandIn()
        self.addCleanup(self.llm.close)
        self.addCleanup(self.desk.close)
        self.troupe = Troupe(llm=self.llm.provider(timeout="60s", max_concurrency=2))
        self.addCleanup(self.troupe.close)
        self.troupe.add_tenant("acme", SECRET, self.desk).start()

    def test_an_idle_server_ends_with_zero(self):
        self.assertEqual(self.troupe.stop(), 0)

    def test_interrupting_it_at_the_terminal_is_the_same(self):
        self.troupe.process.send_signal(signal.SIGINT)
        self.assertEqual(self.troupe.wait(25), 0)

    def test_an_answer_that_is_on_its_way_is_waited_for_and_not_paid_twice(self):
        self.llm.behave({"behaviour": "slow", "seconds": 1})
        jobs = [self.troupe.accepted(ticket_id=f"S-{n}") for n in range(2)]
        until(lambda: len(self.llm.calls()) == 2, "both calls of the model")
        self.assertEqual(self.troupe.stop(), 0)
        self.troupe.start()
        for job in jobs:
            self.assertEqual(self.troupe.ended(job)["status"], "completed")
        self.assertEqual(self.desk.references(), {job: 1 for job in jobs})
        self.assertEqual(len(self.llm.calls()), 2)

    def test_work_that_takes_too_long_is_parked_and_goes_on_after_the_restart(self):
        self.llm.behave({"behaviour": "slow", "seconds": 50})
        jobs = [self.troupe.accepted(ticket_id=f"P-{n}") for n in range(6)]
        until(self.llm.calls, "a call of the model")
        started = time.monotonic()
        self.assertEqual(self.troupe.stop(), 0)
        self.assertLess(time.monotonic() - started, 22, "twenty seconds at most, and a little for ending")
        self.llm.behave("ok")
        self.troupe.start()
        for job in jobs:
            self.assertEqual(self.troupe.ended(job)["status"], "completed")
        self.assertEqual(self.desk.references(), {job: 1 for job in jobs})

    def test_clients_on_open_connections_do_not_hold_it_up(self):
        connections = [self.troupe.connection() for _ in range(20)]
        for connection in connections:
            self.addCleanup(connection.close)
            connection.request("GET", "/health")
            connection.getresponse().read()
        half = self.troupe.socket()
        self.addCleanup(half.close)
        half.sendall(b"POST /webhook/servicedesk HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        self.assertEqual(self.troupe.stop(), 0)


if __name__ == "__main__":
    unittest.main()
