#!/usr/bin/env python3
"""TLS at our own door: from version 1.2 on, with the certificate that was configured, and unmoved by nonsense."""

import socket
import ssl
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import json  # noqa: E402

import signing  # noqa: E402
from certificates import Authority  # noqa: E402
from harness import SECRET, Troupe, ticket, until  # noqa: E402


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        authority = Authority(folder.name)
        certificate = authority.issue("server")
        cls.context = ssl.create_default_context(cafile=str(authority.file))
        cls.troupe = Troupe(settings={"server": {"header_timeout": "500ms", "tls": {
            "certificate": str(certificate.chain), "key": str(certificate.key)}}})
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.add_tenant()
        cls.troupe.launch()
        until(lambda: cls.alive(), "the server answers over TLS")

    @classmethod
    def alive(cls):
        try:
            return cls.troupe.get("/health/ready", tls=cls.context).status == 200
        except OSError:
            return False

    def test_a_webhook_is_accepted_over_tls(self):
        body = json.dumps(ticket(ticket_id="TLS-1")).encode()
        answer = self.troupe.ask("POST", "/webhook/servicedesk", body,
                                 {"Content-Type": "application/json", **signing.signed(body, SECRET)}, tls=self.context)
        self.assertEqual(answer.status, 202, answer)

    def handshake(self, version):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        with socket.create_connection(("127.0.0.1", self.troupe.port), 10) as plain:
            with context.wrap_socket(plain) as secured:
                return secured.version()

    def test_old_versions_are_refused(self):
        self.assertEqual(self.handshake(ssl.TLSVersion.TLSv1_2), "TLSv1.2")
        self.assertEqual(self.handshake(ssl.TLSVersion.TLSv1_3), "TLSv1.3")
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with self.subTest(version), self.assertRaises((ssl.SSLError, OSError)):
                self.handshake(version)

    def test_nonsense_and_silence_do_not_hold_up_others(self):
        with socket.create_connection(("127.0.0.1", self.troupe.port)) as silent:
            for data in (b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"\x00" * 100, b"\x80" * 500):
                with socket.create_connection(("127.0.0.1", self.troupe.port), 10) as s:
                    s.sendall(data)
                    self.assertTrue(self.alive())
            silent.settimeout(10)
            self.assertEqual(silent.recv(10), b"", "a handshake that doesn't come is timed out")


if __name__ == "__main__":
    unittest.main()
