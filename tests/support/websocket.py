"""A WebSocket client for tests: one session, frame by frame, bad ones included."""

import base64
import json
import os
import socket
import struct

from harness import PATIENCE

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Refused(Exception):
    def __init__(self, status, headers, body):
        super().__init__(f"refused with {status}: {body[:300]!r}")
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Closed(Exception):
    def __init__(self, code, reason):
        super().__init__(f"closed with {code} {reason!r}")
        self.code, self.reason = code, reason


class WebSocket:
    """Throws `Refused` when the handshake is, and `Closed` when something is read behind the end."""

    def __init__(self, port, path, headers=None, protocols=(), patience=PATIENCE, receive_buffer=None):
        """@param receive_buffer: bytes that may lie unread on this side"""
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(patience)
        self.socket.connect(("127.0.0.1", port))
        self.data = b""
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}"]
        if protocols:
            lines.append(f"Sec-WebSocket-Protocol: {', '.join(protocols)}")
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = self._until(b"\r\n\r\n").decode()
        status, *fields = head.split("\r\n")
        self.status = int(status.split()[1])
        self.headers = {name.strip().lower(): value.strip() for name, _, value in (f.partition(":") for f in fields)}
        if self.status != 101:
            body = self._exactly(int(self.headers.get("content-length", 0)))
            self.socket.close()
            raise Refused(self.status, self.headers, body)

    def _more(self):
        chunk = self.socket.recv(65536)
        if not chunk:
            raise Closed(1006, "")
        self.data += chunk

    def _until(self, mark):
        while mark not in self.data:
            self._more()
        found, _, self.data = self.data.partition(mark)
        return found

    def _exactly(self, size):
        while len(self.data) < size:
            self._more()
        found, self.data = self.data[:size], self.data[size:]
        return found

    def send_frame(self, payload, kind=TEXT):
        mask = os.urandom(4)
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else \
            b"\xfe" + struct.pack("!H", size) if size < 65536 else b"\xff" + struct.pack("!Q", size)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.socket.sendall(bytes([0x80 | kind]) + length + mask + masked)

    def send(self, value):
        self.send_frame(value.encode() if isinstance(value, str) else json.dumps(value).encode())

    def receive(self):
        """The next event; pings are answered."""
        while True:
            first, second = self._exactly(2)
            size = second & 0x7f
            if size >= 126:
                size = int.from_bytes(self._exactly(2 if size == 126 else 8), "big")
            payload = self._exactly(size)
            kind = first & 0x0f
            if kind == PING:
                self.send_frame(payload, PONG)
            elif kind == CLOSE:
                self.socket.close()
                raise Closed(int.from_bytes(payload[:2], "big") if payload else 1005, payload[2:].decode())
            elif kind == TEXT:
                return json.loads(payload)

    def until(self, wanted):
        """The events up to the first one of a type, or for which a function is true."""
        fits = wanted if callable(wanted) else lambda event: event["type"] == wanted
        events = [self.receive()]
        while not fits(events[-1]):
            events.append(self.receive())
        return events

    def closed(self):
        """Reads to the end: the code."""
        try:
            while True:
                self.receive()
        except Closed as end:
            return end.code

    def drop(self):
        """Without a close frame, as a lost line does."""
        self.socket.close()

    def close(self):
        if self.socket.fileno() >= 0:
            self.send_frame(struct.pack("!H", 1000), CLOSE)
            self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
