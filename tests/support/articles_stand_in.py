#!/usr/bin/env python3
"""Stands in for an external knowledge base: `GET /search?q=…&limit=N`. Scripted as the other stand-ins are."""

from stand_in import Reply, Script, StandIn, main

ARTICLES = [
    {"id": "KB-1", "title": "Printer spooler restarts", "summary": "Clear the spool folder, then restart the service.",
     "url": "https://kb.example.com/1"},
    {"id": "KB-2", "title": "VPN drops every hour", "summary": "Renew the lease.", "url": "https://kb.example.com/2"},
]


class Articles(StandIn):
    def __init__(self):
        super().__init__()
        self.script = Script()
        self.questions = []

    async def control(self, request):
        if request.path == "/control/script":
            self.script.load(request.json())
            return Reply.of({})
        return Reply.of({"questions": self.questions})

    async def serve(self, request):
        order = self.script.take()
        self.questions.append({"path": request.path, "query": request.query, "headers": request.headers})
        kind = order["behaviour"]
        if kind == "error":
            return Reply.of({"error": "broken"}, 500)
        if kind == "garbage":
            return Reply(body=b"<html>not an answer</html>", content_type="text/html")
        if kind == "hang":
            return Reply(hang=True)
        return Reply.of({"articles": ARTICLES[:int(request.query.get("limit", 3))]},
                        delay=float(order.get("seconds", 0)))


if __name__ == "__main__":
    main(Articles, "Stands in for a knowledge base.")
