"""A user of the real program, with a token of their own."""

import json
import sys
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))

from harness import Troupe  # noqa: E402
from websocket import WebSocket  # noqa: E402


def quoted(user):
    """A user's name as a segment of a path."""
    return user.replace(".", "%2E") if user in (".", "..") else urllib.parse.quote(user, safe="")


class Talker:
    def __init__(self, troupe, user="ann", tenant="acme", **claims):
        self.troupe, self.user, self.tenant = troupe, user, tenant
        self.token = troupe.token(tenant, user=user, **claims)

    def headers(self, **more):
        return {"Authorization": f"Bearer {self.token}", **{k.replace("_", "-"): v for k, v in more.items()}}

    def get(self, path, **headers):
        return self.troupe.get(path, self.headers(**headers))

    def socket(self, user=None, protocols=(), headers=None, receive_buffer=None, **query):
        """A session of this user's, with the token as header unless other headers or protocols are given."""
        words = "&".join(f"{name}={value}" for name, value in query.items())
        if headers is None:
            headers = {} if protocols else self.headers()
        return WebSocket(self.troupe.port, f"/chat/{quoted(user or self.user)}?{words}", headers, protocols,
                         receive_buffer=receive_buffer)

    def delete(self, path):
        return self.troupe.ask("DELETE", path, None, self.headers())

    def post(self, path, body, **headers):
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.troupe.ask("POST", path, data, self.headers(Content_Type="application/json", **headers))


def installation(llm=None, agents=(), settings=None, **options):
    """Troupe with a tenant and without limits per user.

    @param agents pairs of name and text of a YAML file
    """
    limits = {"limits": {"messages_per_minute": 0, "requests_per_minute": 0}}
    troupe = Troupe(settings={**limits, **(settings or {})}, llm=llm, **options)
    (troupe.folder / "agents").mkdir(exist_ok=True)
    for name, text in agents:
        (troupe.folder / "agents" / f"{name}.yaml").write_text(text)
    troupe.add_tenant()
    return troupe


def events_of(body):
    """The data of Server-Sent Events, parsed unless it is `[DONE]`."""
    out = []
    for block in body.decode().split("\n\n"):
        data = "\n".join(line[6:] for line in block.split("\n") if line.startswith("data: "))
        if data:
            out.append(data if data == "[DONE]" else json.loads(data))
    return out


def text_of(events):
    """What the agent said in these events."""
    return "".join(event["delta"] for event in events if event["type"] == "TEXT_MESSAGE_CONTENT")


def rejection(event):
    """Code of a frame's rejection."""
    assert (event["type"], event["name"]) == ("CUSTOM", "frame_rejected"), event
    return event["value"]["code"]
