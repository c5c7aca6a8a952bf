"""An HTTP server for tests that misbehaves on demand: what the stand-ins for a model provider and a desk share.

A stand-in is a program of its own, so that a test can freeze or kill it like the real thing. It prints one line of
JSON with its address and serves until its standard input closes, so it never outlives the test that started it.
Requests below `/control/` belong to the test, all others to the service that is stood in for.
"""

import argparse
import asyncio
import json
import ssl
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

REASONS = {200: "OK", 201: "Created", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
           429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable"}


@dataclass
class Request:
    method: str
    path: str
    query: dict
    headers: dict  # names in lower case
    body: bytes

    def json(self):
        return json.loads(self.body or b"null")


@dataclass
class Reply:
    """What to answer, and how badly."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict = field(default_factory=dict)
    delay: float = 0.0   # seconds before the first byte
    hang: bool = False   # read the request and never answer
    drop: bool = False   # close the connection instead of answering
    cut: bool = False    # announce the whole body, send half of it and close
    pieces: list = None  # a body that comes bit by bit, chunked: (seconds before it, bytes)
    unended: str = ""    # what follows those pieces instead of the body's end: "cut" or "silence"
    gone: object = None  # called without arguments when the peer closes instead of waiting for a hanging reply

    @classmethod
    def of(cls, value, status=200, **options):
        return cls(status=status, body=json.dumps(value).encode(), **options)

    def head(self):
        """Of a reply in pieces."""
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Status')}",
                 f"Content-Type: {self.content_type}", "Transfer-Encoding: chunked"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def encoded(self):
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Status')}",
                 f"Content-Type: {self.content_type}", f"Content-Length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body


class Script:
    """Which behaviour comes next: those queued, one a call, then the one that is the rule."""

    def __init__(self, rule="ok"):
        self.rule = {"behaviour": rule}
        self.queue = deque()

    @staticmethod
    def normal(entry):
        return {"behaviour": entry} if isinstance(entry, str) else dict(entry)

    def load(self, order):
        if "rule" in order:
            self.rule = self.normal(order["rule"])
        if "next" in order:
            self.queue = deque(self.normal(entry) for entry in order["next"])

    def take(self):
        return self.queue.popleft() if self.queue else self.rule


class StandIn:
    """Subclasses answer `serve` and, for the test, `control`."""

    def __init__(self):
        self.connections = 0

    async def serve(self, request):
        raise NotImplementedError

    async def control(self, request):
        raise NotImplementedError

    async def _request(self, reader):
        """The next request of a connection; None when the peer is done."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if colon:
                headers[name.strip().lower()] = value.strip()
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = await self._chunks(reader)
        else:
            body = await reader.readexactly(int(headers.get("content-length", 0)))
        split = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        return Request(method, split.path, query, headers, body)

    @staticmethod
    async def _chunks(reader):
        body = b""
        while True:
            size = int((await reader.readline()).split(b";")[0], 16)
            body += await reader.readexactly(size)
            await reader.readline()
            if size == 0:
                return body

    @staticmethod
    async def _stream(reply, reader, writer):
        """Sends a reply in pieces. False when the connection is of no use afterwards."""
        try:
            writer.write(reply.head())
            for wait, piece in reply.pieces:
                await writer.drain()
                await asyncio.sleep(wait)
                writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if not reply.unended:
                writer.write(b"0\r\n\r\n")
            await writer.drain()
            if reply.unended == "silence":
                await reader.read()  # until the peer gives up
            return not reply.unended
        finally:
            if reply.gone and (reply.unended or writer.is_closing()):
                reply.gone()

    async def _connection(self, reader, writer):
        self.connections += 1
        try:
            while (request := await self._request(reader)) is not None:
                answer = self.control if request.path.startswith("/control/") else self.serve
                reply = await answer(request)
                if reply.delay:
                    await asyncio.sleep(reply.delay)
                if reply.hang:
                    await reader.read()  # until the peer gives up
                    if reply.gone:
                        reply.gone()
                    return
                if reply.drop:
                    return
                if reply.pieces is not None:
                    if not await self._stream(reply, reader, writer):
                        return
                    continue
                data = reply.encoded()
                if reply.cut:
                    data = data[:len(data) - len(reply.body) // 2]
                writer.write(data)
                await writer.drain()
                if reply.cut or request.headers.get("connection", "").lower() == "close":
                    return
        except (ConnectionError, asyncio.IncompleteReadError, ValueError, ssl.SSLError, asyncio.CancelledError):
            pass  # the peer has gone, or this program ends
        finally:
            writer.close()

    async def run(self, port, certificate=None, key=None):
        context = None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
        server = await asyncio.start_server(self._connection, "127.0.0.1", port, ssl=context, backlog=1024)
        port = server.sockets[0].getsockname()[1]
        # Control stays on plain HTTP, so that a test needs no certificate for it.
        control_port = port
        if context:
            plain = await asyncio.start_server(self._connection, "127.0.0.1", 0)
            control_port = plain.sockets[0].getsockname()[1]
        scheme = "https" if context else "http"
        print(json.dumps({"url": f"{scheme}://127.0.0.1:{port}", "control": f"http://127.0.0.1:{control_port}"}),
              flush=True)
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()

        def watch():
            sys.stdin.read()
            loop.call_soon_threadsafe(stopped.set)

        threading.Thread(target=watch, daemon=True).start()
        await stopped.wait()


def main(make, description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0, help="0, the default: a free one")
    parser.add_argument("--certificate", help="PEM chain: serve TLS")
    parser.add_argument("--key", help="PEM private key")
    arguments = parser.parse_args()
    try:
        asyncio.run(make().run(arguments.port, arguments.certificate, arguments.key))
    except KeyboardInterrupt:
        pass
