#!/usr/bin/env python3
"""Stands in for an OpenAI-compatible model provider.

`POST /v1/chat/completions` behaves as the script says (`POST /control/script` with `{"rule": …, "next": [… ]}`), or as
the model's name does: `mock:slow` or `mock:slow,seconds=2`. `GET /control/calls` tells every call so far.

A call with `"stream": true` gets its text word by word: `ok` at once, `paced` with `seconds` (0.05) between words. Streams
can end badly behind `words` (3) words: `stream_stops` (in good order, but without an end), `stream_silent`,
`stream_cut`, `stream_broken` (no JSON), `stream_error`; `stream_undone` only leaves out `[DONE]`. `stream_late` sends
nothing but comments, `stream_page` another content type. What comes before a stream, such as `rate_limited`, is as
without one.
"""

import json
import re
import time

from stand_in import Reply, Script, StandIn, main

NOTE = """## Similar Tickets
The stand-in saw the tickets that were handed to it.

## Documentation
Read the article that was handed over.

## System Info
No further host is known.

## Recommendations
1. Check the cable.
2. Restart the service.
"""

SCRIPT_NOTE = NOTE.replace("Check the cable.", 'Check <script>alert("x")</script><img src=x onerror=alert(1)> '
                           "[here](javascript:alert(2)) the cable.")

WORD = re.compile(r"\S+")


class Llm(StandIn):
    def __init__(self):
        super().__init__()
        self.script = Script()
        self.calls = []
        self.open = 0
        self.most_open = 0

    async def control(self, request):
        if request.path == "/control/script":
            self.script.load(request.json())
            return Reply.of({})
        if request.path == "/control/calls":
            return Reply.of({"calls": self.calls, "open": self.open, "most_open": self.most_open})
        if request.path == "/control/forget":
            self.calls.clear()
            return Reply.of({})
        return Reply.of({"error": "unknown control"}, 404)

    @staticmethod
    def named(model):
        """The behaviour that a model's name asks for: `mock:slow,seconds=2`."""
        name, *pairs = model.removeprefix("mock:").split(",")
        order = {"behaviour": name}
        for pair in pairs:
            key, _, value = pair.partition("=")
            order[key] = float(value) if re.fullmatch(r"[0-9.]+", value) else value
        return order

    async def serve(self, request):
        if "/models/" in request.path:
            name = request.path.rsplit("/", 1)[1]
            if name == "no-such-model":
                return self.error(404, "model_not_found")
            return Reply.of({"id": name, "object": "model", "created": 0, "owned_by": "nobody"})
        if request.path.endswith("/models"):
            return Reply.of({"object": "list", "data": [{"id": "mock", "object": "model"}]})
        if not request.path.endswith("/chat/completions") or request.method != "POST":
            return Reply.of({"error": {"message": "no such path", "type": "invalid_request_error"}}, 404)
        body = request.json()
        model = body.get("model", "")
        order = self.named(model) if model.startswith("mock:") else self.script.take()
        text = "\n".join(str(message.get("content", "")) for message in body.get("messages", []))
        self.calls.append({"at": time.time(), "behaviour": order["behaviour"], "model": model,
                           "request_id": request.headers.get("x-request-id", ""),
                           "authorization": request.headers.get("authorization", ""),
                           "temperature": body.get("temperature"),
                           "max_tokens": body.get("max_completion_tokens", body.get("max_tokens")),
                           "messages": body.get("messages", []), "words": len(WORD.findall(text))})
        if body.get("stream") and self.is_streamed(order["behaviour"]):
            reply = self.stream(order, body, text)
        else:
            reply = self.reply(order, model, text)
        call = self.calls[-1]
        reply.gone = lambda: call.update(closed=time.time())
        return reply

    @staticmethod
    def is_streamed(kind):
        return kind in ("ok", "slow", "paced") or kind.startswith("stream_")

    def stream(self, order, body, prompt):
        """The reply in pieces, one a word."""
        kind = order["behaviour"]
        pace = float(order.get("seconds", 0.05 if kind == "paced" else 0))
        words = re.findall(r"\S+\s*", order.get("text", NOTE))

        def event(data):
            return f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()

        def chunk(delta, reason=None, **members):
            choices = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]
            return event({"id": "chatcmpl-stand-in", "object": "chat.completion.chunk", "created": int(time.time()),
                          "model": body.get("model", ""), "choices": choices, "usage": None, **members})

        if kind == "stream_late":
            return self.pieces([(0.05, b": one moment\n\n")] * int(order.get("comments", 400)), unended="silence")
        if kind == "stream_page":
            return Reply(body=b"<html>Gateway is being serviced</html>", content_type="text/html")
        first = [(float(order.get("first", 0)), chunk({"role": "assistant", "content": ""}))]
        whole = first + [(pace, chunk({"content": word})) for word in words]
        begun = whole[:1 + int(order.get("words", 3))]
        broken = {"stream_stops": dict(), "stream_silent": dict(unended="silence"), "stream_cut": dict(unended="cut")}
        if kind in broken:
            return self.pieces(begun, **broken[kind])
        if kind == "stream_broken":
            return self.pieces(begun + [(0, event('{"choices": [{"delta": {"con'))])
        if kind == "stream_error":
            fault = {"message": "the stand-in says so", "type": order.get("type", "server_error"), "code": None}
            return self.pieces(begun + [(0, event({"error": fault}))])
        whole.append((pace, chunk({}, "stop")))
        if (body.get("stream_options") or {}).get("include_usage"):
            counts = len(WORD.findall(prompt)), len(words)
            usage = {"prompt_tokens": counts[0], "completion_tokens": counts[1], "total_tokens": sum(counts)}
            whole.append((0, chunk({}, choices=[], usage=usage)))
        if kind != "stream_undone":
            whole.append((0, event("[DONE]")))
        return self.pieces(whole)

    @staticmethod
    def pieces(pieces, **options):
        return Reply(pieces=pieces, content_type="text/event-stream", **options)

    def reply(self, order, model, prompt):
        kind = order["behaviour"]
        delay = float(order.get("seconds", 0.5 if kind == "slow" else 0))
        if kind in ("ok", "slow", "paced"):
            return self.completion(order.get("text", NOTE), model, prompt, delay=delay)
        if kind == "rate_limited":
            return self.error(429, "rate_limit_exceeded", headers={"Retry-After": str(int(order.get("after", 1)))})
        if kind == "quota":
            return self.error(429, "insufficient_quota")
        if kind == "error":
            return self.error(int(order.get("status", 500)), "server_error")
        if kind == "unauthorized":
            return self.error(401, "invalid_api_key")
        if kind == "malformed":
            return Reply(body=b'{"id": "chatcmpl-1", "choices": [{"mess')
        if kind == "wrong_shape":
            return Reply.of({"id": "chatcmpl-1", "object": "chat.completion", "choices": []})
        if kind == "page":
            return Reply(body=b"<html>Gateway is being serviced</html>", content_type="text/html")
        if kind == "empty":
            return self.completion("", model, prompt)
        if kind == "blank":
            return self.completion(" \n\t ", model, prompt)
        if kind == "long":
            return self.completion(NOTE + "\n" + "verbose advice about the spooler " * 600, model, prompt)
        if kind == "html":
            return self.completion(SCRIPT_NOTE, model, prompt)
        if kind == "hang":
            return Reply(hang=True)
        if kind == "drop":
            return Reply(drop=True)
        if kind == "cut":
            reply = self.completion(NOTE, model, prompt)
            reply.cut = True
            return reply
        raise ValueError(f"unknown behaviour {kind!r}")

    @staticmethod
    def completion(text, model, prompt, **options):
        tokens = len(WORD.findall(prompt)), len(WORD.findall(text))
        return Reply.of({"id": "chatcmpl-stand-in", "object": "chat.completion", "created": int(time.time()),
                         "model": model, "choices": [
                             {"index": 0, "finish_reason": "stop", "logprobs": None,
                              "message": {"role": "assistant", "content": text, "refusal": None}}],
                         "usage": {"prompt_tokens": tokens[0], "completion_tokens": tokens[1],
                                   "total_tokens": sum(tokens)}}, **options)

    @staticmethod
    def error(status, code, **options):
        return Reply.of({"error": {"message": f"the stand-in says {code}", "type": code, "param": None, "code": code}},
                        status, **options)


if __name__ == "__main__":
    main(Llm, "Stands in for an OpenAI-compatible model provider.")
