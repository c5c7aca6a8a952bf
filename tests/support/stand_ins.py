"""Starts the stand-ins for a model provider and a desk, and speaks to their control side."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

from harness import free_port

HERE = Path(__file__).resolve().parent


class StandInProcess:
    """A stand-in program. Ended with the block it is used in, or by `close`."""

    program = None

    def __init__(self, certificate=None, port=None):
        command = [sys.executable, str(HERE / self.program), "--port", str(port or free_port())]
        if certificate is not None:
            command += ["--certificate", str(certificate.chain), "--key", str(certificate.key)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.program} did not start")
        told = json.loads(line)
        self.url, self.control_url = told["url"], told["control"]
        self.port = int(self.url.rsplit(":", 1)[1])

    def control(self, path, value=None):
        data = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(f"{self.control_url}/control/{path}", data)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class LlmStandIn(StandInProcess):
    program = "llm_stand_in.py"

    def behave(self, rule, *following):
        """`following` come first, one a call; afterwards every call gets `rule`."""
        self.control("script", {"rule": rule, "next": list(following)})

    def calls(self):
        return self.control("calls")["calls"]

    def provider(self, **more):
        """The entry of `llm.providers` for it."""
        return {"name": "stand-in", "kind": "openai", "base_url": f"{self.url}/v1", "api_key": "stand-in-key",
                "model": "stand-in-model", **more}


class DeskStandIn(StandInProcess):
    program = "desk_stand_in.py"
    key = "stand-in-technician-key"

    def behave(self, operation, rule, *following):
        """`operation`: write, list or read."""
        self.control("script", {operation: {"rule": rule, "next": list(following)}})

    def admit(self, writes):
        """So many a second; further ones are answered 429."""
        self.control("per_second", writes)

    def notes(self, ticket):
        return self.control("notes")["notes"].get(ticket, [])

    def references(self):
        """Job id -> number of notes that hold its reference line."""
        return self.control("notes")["references"]

    def requests(self, operation=None):
        every = self.control("requests")["requests"]
        return [entry for entry in every if operation is None or entry["operation"] == operation]


class ArticlesStandIn(StandInProcess):
    program = "articles_stand_in.py"

    def behave(self, rule, *following):
        self.control("script", {"rule": rule, "next": list(following)})

    def questions(self):
        return self.control("questions")["questions"]
