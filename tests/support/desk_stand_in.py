#!/usr/bin/env python3
"""Stands in for ServiceDesk Plus (v3 API, on-premises form; `--cloud`'s key names when a note comes in that form).

Keeps the notes of every ticket. `POST /control/script` with `{"write": {"rule": …, "next": […]}, "list": {…}, "read": {…}}`
makes it misbehave; `GET /control/notes` tells what it holds and how often each reference line came.
"""

import html
import json
import re
import time
from collections import Counter
from urllib.parse import parse_qs

from stand_in import Reply, Script, StandIn, main

KEY = "stand-in-technician-key"
ACCEPT = "application/vnd.manageengine.sdp.v3+json"
NOTES = re.compile(r"/api/v3/requests/([^/]+)/notes(?:/([^/]+))?")
TICKET = re.compile(r"/api/v3/requests/([^/]+)")
REFERENCE = re.compile(r"ref:\s*([0-9a-f-]{36})")
TAG = re.compile(r"<[^>]*>")

# How v3 says that something went wrong: HTTP status, code and message.
FAULTS = {
    "unauthorized": (400, 401, "AuthToken in the request is invalid"),
    "unauthorized_401": (401, 4022, "Invalid API key"),
    "forbidden": (403, 4002, "Forbidden"),
    "missing": (404, 4007, "Invalid URL or resource not found"),
    "rate_limited": (429, 4015, "You have made too many requests continuously. Please try again after some time."),
    "error": (500, 4004, "Internal error"),
    "rejected": (400, 4001, "Value not in use"),
    "failed_200": (200, 4000, "Failed"),
}


class Desk(StandIn):
    def __init__(self):
        super().__init__()
        self.notes = {}
        self.requests = []
        self.scripts = {name: Script() for name in ("write", "list", "read")}
        self.last_id = 0
        self.unknown = set()
        self.per_second = 0  # writes that are admitted; 0 = all
        self.admitted = []   # when, lately

    async def control(self, request):
        if request.path == "/control/script":
            for name, order in request.json().items():
                self.scripts[name].load(order)
            return Reply.of({})
        if request.path == "/control/notes":
            return Reply.of({"notes": self.notes, "references": self.references()})
        if request.path == "/control/requests":
            return Reply.of({"requests": self.requests})
        if request.path == "/control/per_second":
            self.per_second = request.json()
            return Reply.of({})
        if request.path == "/control/unknown":
            self.unknown = set(request.json())
            return Reply.of({})
        if request.path == "/control/forget":
            self.notes.clear()
            self.requests.clear()
            return Reply.of({})
        return Reply.of({"error": "unknown control"}, 404)

    def references(self):
        """How many notes hold each reference line. More than one of a kind is a note written twice."""
        count = Counter()
        for notes in self.notes.values():
            for note in notes:
                count.update(set(REFERENCE.findall(TAG.sub(" ", html.unescape(note["description"])))))
        return count

    def fault(self, name, **options):
        status, code, message = FAULTS[name]
        return Reply.of({"response_status": {"status_code": 4000 if code == 4001 else code, "status": "failed", "messages": [
            {"status_code": code, "type": "failed", "message": message}]}}, status, **options)

    async def serve(self, request):
        operation, ticket = self.operation(request)
        self.requests.append({"at": time.time(), "operation": operation, "ticket": ticket, "path": request.path,
                              "query": request.query, "headers": request.headers})
        if request.headers.get("authtoken") != KEY:
            return self.fault("unauthorized")
        if request.headers.get("accept") != ACCEPT or operation is None or ticket in self.unknown:
            return self.fault("missing")
        order = self.scripts[operation].take()
        return getattr(self, operation)(request, ticket, order)

    @staticmethod
    def operation(request):
        if match := NOTES.fullmatch(request.path):
            return ("write" if request.method == "POST" else "list"), match[1]
        if request.path == "/api/v3/requests":
            return "read", None
        if match := TICKET.fullmatch(request.path):
            return "read", match[1]
        return None, None

    def misbehaviour(self, order):
        """The reply of a behaviour that does nothing else; None for those that act."""
        kind = order["behaviour"]
        if kind in FAULTS:
            headers = {"Retry-After": str(int(order["after"]))} if "after" in order else {}
            return self.fault(kind, headers=headers)
        if kind == "garbage":
            return Reply(body=b"\x00<!doctype html> 502 is my favourite number {", content_type="text/html")
        if kind == "hang":
            return Reply(hang=True)
        if kind == "drop":
            return Reply(drop=True)
        return None

    def admits(self):
        now = time.monotonic()
        self.admitted = [at for at in self.admitted if at > now - 1]
        if len(self.admitted) >= self.per_second > 0:
            return False
        self.admitted.append(now)
        return True

    def write(self, request, ticket, order):
        if not self.admits():
            return self.fault("rate_limited", headers={"Retry-After": "1"})
        reply = self.misbehaviour(order)
        if reply is not None:
            return reply
        form = parse_qs(request.body.decode())
        value = json.loads(form["input_data"][0])
        key = "request_note" if "request_note" in value else "note"
        self.last_id += 1
        note = {"id": str(self.last_id), "description": value[key]["description"],
                "show_to_requester": value[key].get("show_to_requester", False),
                "created_time": {"display_value": "today", "value": str(int(time.time() * 1000))}}
        self.notes.setdefault(ticket, []).append(note)
        if order["behaviour"] == "stored_drop":
            return Reply(drop=True)
        if order["behaviour"] == "stored_hang":
            return Reply(hang=True)
        if order["behaviour"] == "stored_garbage":
            return Reply(body=b"<html>bad gateway</html>", content_type="text/html")
        if order["behaviour"] == "stored_500":
            return self.fault("error")
        return Reply.of({"response_status": {"status_code": 2000, "status": "success"},
                         key: {**note, "request": {"id": ticket}}}, 201, delay=float(order.get("seconds", 0)))

    def list(self, request, ticket, order):
        reply = self.misbehaviour(order)
        if reply is not None:
            return reply
        info = json.loads(request.query.get("input_data", "{}")).get("list_info", {})
        count, start = min(int(info.get("row_count", 10)), 100), int(info.get("start_index", 1))
        notes = self.notes.get(ticket, [])
        page = notes[start - 1:start - 1 + count]
        return Reply.of({"response_status": [{"status_code": 2000, "status": "success"}], "notes": page,
                         "list_info": {"has_more_rows": start - 1 + count < len(notes), "row_count": len(page),
                                       "start_index": start}}, delay=float(order.get("seconds", 0)))

    def read(self, request, ticket, order):
        reply = self.misbehaviour(order)
        if reply is not None:
            return reply
        if ticket is None:
            return Reply.of({"response_status": [{"status_code": 2000, "status": "success"}], "requests": [],
                             "list_info": {"has_more_rows": False, "row_count": 0, "start_index": 1}})
        return Reply.of({"response_status": {"status_code": 2000, "status": "success"},
                         "request": {"id": ticket, "subject": "kept by the stand-in", "description": ""}})


if __name__ == "__main__":
    main(Desk, "Stands in for ServiceDesk Plus.")
