"""How a service desk signs its webhooks, and how a client's token is made: written from the contract, not from the code."""

import base64
import hashlib
import hmac
import json
import time


def hex_hmac(secret, message):
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def signed(body, secret, at=None):
    """Headers of the form with a timestamp header."""
    at = str(int(time.time() if at is None else at))
    return {"X-ServiceDesk-Timestamp": at,
            "X-ServiceDesk-Signature": "sha256=" + hex_hmac(secret, at.encode() + b"." + body)}


def signed_body(body, secret):
    """Headers of the form that signs the body alone, which then holds its own timestamp."""
    return {"X-ServiceDesk-Signature": "sha256=" + hex_hmac(secret, body)}


def standard(body, secret, message_id, at=None, prefix="webhook"):
    """Headers of Standard Webhooks. `secret` is a `whsec_` one; `prefix` may be `svix`."""
    at = str(int(time.time() if at is None else at))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256).digest()
    return {f"{prefix}-id": message_id, f"{prefix}-timestamp": at,
            f"{prefix}-signature": "v1," + base64.b64encode(digest).decode()}


def _url_safe(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def jwt(secret, tenant, user="tester", ttl=3600, **claims):
    """An HS256 token. Claims given as None are left out."""
    body = {"sub": user, "tenant": tenant, "exp": int(time.time()) + ttl, **claims}
    body = {name: value for name, value in body.items() if value is not None}
    parts = b".".join(_url_safe(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, body))
    signature = hmac.new(secret.encode(), parts, hashlib.sha256).digest()
    return (parts + b"." + _url_safe(signature)).decode()
