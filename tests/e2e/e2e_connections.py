#!/usr/bin/env python3
"""Ten thousand peers that send one byte a second take nothing from those who mean it."""

import resource
import selectors
import socket
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from harness import Troupe  # noqa: E402

ALONE = True  # it needs the machine's open files
WANTED = 10_000
HEAD = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"x" * 200


class Connections(unittest.TestCase):
    def test_slow_peers_take_nothing_from_others(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        count = min(WANTED, hard - 500)
        if count < 500:
            self.skipTest(f"only {hard} open files are allowed here")
        print(f"{count} slow connections", file=sys.stderr)
        with Troupe(settings={"server": {"header_timeout": "60s"}}) as troupe:
            troupe.add_tenant().start()
            before = troupe.memory()
            peers = []
            try:
                self.serve_others_among(troupe, peers, count)
                per_peer = (troupe.memory() - before) / count
                self.assertLess(per_peer, 20_000, "bytes for each slow connection")
            finally:
                for peer in peers:
                    peer.close()

    def serve_others_among(self, troupe, peers, count):
        for n in range(count):
            peer = socket.socket()
            # More peers than one address has ports for.
            peer.bind((f"127.0.1.{1 + n % 4}", 0))
            peer.connect(("127.0.0.1", troupe.port))
            peer.setblocking(False)
            peers.append(peer)
        times = []
        for second in range(5):
            began = time.monotonic()
            for peer in peers:
                peer.send(HEAD[second:second + 1])
            for n in range(20):
                asked = time.monotonic()
                self.assertEqual(troupe.webhook(ticket_id=f"W-{second}-{n}").status, 202)
                self.assertEqual(troupe.get("/health").status, 200)
                times.append(time.monotonic() - asked)
            time.sleep(max(0.0, began + 1 - time.monotonic()))
        times.sort()
        print(f"two requests among them: median {times[len(times) // 2] * 1000:.1f} ms, "
              f"slowest {times[-1] * 1000:.1f} ms", file=sys.stderr)
        closed = self.closed(peers)
        self.assertEqual(closed, 0, "slow peers within their time are served too")

    @staticmethod
    def closed(peers):
        selector = selectors.DefaultSelector()
        for peer in peers:
            selector.register(peer, selectors.EVENT_READ)
        ready = selector.select(0)
        selector.close()
        return len(ready)


if __name__ == "__main__":
    unittest.main()
