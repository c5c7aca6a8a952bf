#!/usr/bin/env python3
"""Sends a ticket of ManageEngine ServiceDesk Plus to troupe, signed.

ServiceDesk Plus can't sign webhooks by itself. It runs this script from a custom trigger or business rule and names the
file that holds the ticket:

    py send_to_troupe.py $COMPLETE_V3_JSON_FILE

$COMPLETE_JSON_FILE works as well. Settings are read from send_to_troupe.ini beside the script (or --config FILE). What
happened goes to standard output as the JSON that ServiceDesk Plus expects: {"result": "success"|"failure", "message": …}.
Python 3.6 or newer, standard library only, Windows and Linux. --dry-run prints the webhook's body and sends nothing.
"""

import argparse
import configparser
import hashlib
import hmac
import http.client
import json
import os
import re
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from html import unescape
from html.parser import HTMLParser

DESCRIPTION_LIMIT = 10000
SUBJECT_LIMIT = 250
REQUESTER_LIMIT = 320
TICKET_ID_LIMIT = 128
FILE_LIMIT = 16 * 1024 * 1024

# What a priority's name in ServiceDesk Plus means to troupe. [priorities] in the settings goes before it.
PRIORITIES = {
    "low": "low", "normal": "medium", "medium": "medium", "high": "high", "critical": "critical", "urgent": "critical",
    "very high": "critical", "highest": "critical", "very low": "low", "lowest": "low",
    "p1": "critical", "p2": "high", "p3": "medium", "p4": "low", "p5": "low",
}

# Statuses after which the same delivery may succeed later.
TRANSIENT = {408, 425, 429, 500, 502, 503, 504}


class Refusal(Exception):
    """Something that trying again won't help; its text is for the ticket's history."""


# -- settings ---------------------------------------------------------------------------------------------------------


class Settings:
    def __init__(self, file):
        parser = configparser.ConfigParser(interpolation=None)
        try:
            with open(file, encoding="utf-8-sig") as lines:
                parser.read_file(lines)
        except (OSError, UnicodeDecodeError, configparser.Error) as fault:
            raise Refusal("the settings can't be read: %s" % fault)
        if not parser.has_section("troupe"):
            raise Refusal("%s has no section [troupe]" % file)
        section = parser["troupe"]
        known = {"url", "tenant_id", "secret", "secret_file", "ca_file", "default_priority", "attempts", "timeout",
                 "time_limit"}
        unknown = sorted(set(section) - known)
        if unknown:
            raise Refusal("unknown setting %s; known are %s" % (unknown[0], ", ".join(sorted(known))))
        self.folder = os.path.dirname(os.path.abspath(file))
        self.url = self.required(section, "url")
        if urllib.parse.urlsplit(self.url).scheme not in ("http", "https"):
            raise Refusal("the setting url must begin with http:// or https://")
        self.tenant_id = self.required(section, "tenant_id")
        self.secret = self.read_secret(section)
        self.ca_file = self.path(section["ca_file"]) if section.get("ca_file") else None
        self.default_priority = section.get("default_priority", "medium").strip().lower()
        if self.default_priority not in set(PRIORITIES.values()):
            raise Refusal("the setting default_priority must be one of low, medium, high, critical")
        self.attempts = self.number(section, "attempts", 4, 1, 10)
        self.timeout = self.number(section, "timeout", 10, 1, 60)
        self.time_limit = self.number(section, "time_limit", 50, 1, 600)
        self.priorities = dict(PRIORITIES)
        if parser.has_section("priorities"):
            for name, value in parser["priorities"].items():
                if value.strip().lower() not in set(PRIORITIES.values()):
                    raise Refusal("[priorities] %s must be one of low, medium, high, critical" % name)
                self.priorities[name.strip().lower()] = value.strip().lower()

    @staticmethod
    def required(section, name):
        value = section.get(name, "").strip()
        if not value:
            raise Refusal("the setting %s is missing" % name)
        return value

    @staticmethod
    def number(section, name, default, least, most):
        text = section.get(name, "").strip()
        if not text:
            return default
        try:
            value = float(text)
        except ValueError:
            value = -1
        if not least <= value <= most:
            raise Refusal("the setting %s must be a number from %d to %d" % (name, least, most))
        return value

    def path(self, name):
        return name if os.path.isabs(name) else os.path.join(self.folder, name)

    def read_secret(self, section):
        """The environment goes first, then a file, then the settings themselves."""
        value = os.environ.get("TROUPE_SIGNING_SECRET", "").strip()
        if not value and section.get("secret_file"):
            try:
                with open(self.path(section["secret_file"]), encoding="utf-8-sig") as file:
                    value = file.read().strip()
            except (OSError, UnicodeDecodeError) as fault:
                raise Refusal("the secret can't be read: %s" % fault)
        value = value or section.get("secret", "").strip()
        if not value:
            raise Refusal("no secret: set secret_file, secret or the environment's TROUPE_SIGNING_SECRET")
        return value


# -- the ticket -------------------------------------------------------------------------------------------------------


class TextOfHtml(HTMLParser):
    """Collects what a reader of HTML sees, with line ends where blocks end."""

    BLOCKS = {"p", "div", "br", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr",
              "blockquote", "section", "article", "dt", "dd"}
    HIDDEN = {"script", "style", "head", "title", "template"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts = []
        self.hidden = 0

    def handle_starttag(self, tag, attrs):
        if tag in self.HIDDEN:
            self.hidden += 1
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag in self.BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag):
        if tag in self.HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in self.BLOCKS and tag not in ("br", "li"):
            self.parts.append("\n")

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(re.sub(r"\s+", " ", data))

    @property
    def text(self):
        return "".join(self.parts)


def clean(text):
    """Without characters that troupe refuses: controls, halves of surrogate pairs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    text = re.sub(r"[\ud800-\udfff]", "\ufffd", text)
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "", text)


def cut(text, limit):
    return text if len(text) <= limit else text[:limit - 1].rstrip() + "\u2026"


def plain_text(value):
    """A description as text, whether it is HTML or not."""
    text = value if isinstance(value, str) else ""
    if re.search(r"<(?:!--|/?[a-zA-Z][^<>]*>)", text):
        parser = TextOfHtml()
        parser.feed(text)
        parser.close()
        text = parser.text
    elif re.search(r"&(?:[a-zA-Z]+|#[0-9]+|#[xX][0-9a-fA-F]+);", text):
        text = unescape(text)
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in clean(text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def one_line(value, limit):
    text = value if isinstance(value, str) else ""
    return cut(re.sub(r"\s+", " ", clean(unescape(text))).strip(), limit)


def member(ticket, *names):
    """The first of these members that says something; names are compared without regard to case."""
    by_name = {str(name).lower(): value for name, value in ticket.items()}
    for name in names:
        value = by_name.get(name)
        if value not in (None, "", {}, []):
            return value
    return None


def name_of(value):
    """`{"id": "4", "name": "High"}` of v3, or the text of the older form."""
    if isinstance(value, dict):
        value = member(value, "name", "display_value", "value")
    return value if isinstance(value, str) else ""


def ticket_id(ticket):
    value = member(ticket, "id", "workorderid", "requestid", "request_id")
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise Refusal("the file names no ticket id")
    text = str(value).strip()
    if not text or len(text) > TICKET_ID_LIMIT or re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", text):
        raise Refusal("the ticket's id can't be sent: %r" % text[:40])
    return text


def priority(ticket, settings):
    name = name_of(member(ticket, "priority")).strip().lower()
    if name in settings.priorities:
        return settings.priorities[name]
    # `1 - Critical`, `High (4 h)`: the first word that is known.
    for word in re.findall(r"[^\W_]+", name):
        if word in settings.priorities:
            return settings.priorities[word]
    return settings.default_priority


def requester(ticket):
    value = member(ticket, "requester", "requestername", "created_by", "createdby")
    if isinstance(value, dict):
        name = one_line(name_of(value), REQUESTER_LIMIT)
        email = one_line(member(value, "email_id", "email"), REQUESTER_LIMIT)
    else:
        name = one_line(value, REQUESTER_LIMIT)
        email = one_line(member(ticket, "requesteremail", "requester_email", "email"), REQUESTER_LIMIT)
    return {key: text for key, text in (("name", name), ("email", email)) if text}


def webhook_of(data, settings):
    """What troupe wants to know of a ticket."""
    ticket = data
    if isinstance(data, dict):
        ticket = member(data, "request", "workorder") or data
    if isinstance(ticket, list) and ticket:
        ticket = ticket[0]
    if not isinstance(ticket, dict):
        raise Refusal("the file holds no ticket")
    subject = one_line(member(ticket, "subject", "title"), SUBJECT_LIMIT)
    description = plain_text(member(ticket, "description", "shortdescription", "short_description"))
    if not description:
        description = plain_text(member(ticket, "shortdescription", "short_description")) or subject
    if not description:
        raise Refusal("the ticket has neither description nor subject")
    body = {"tenant_id": settings.tenant_id, "ticket_id": ticket_id(ticket), "priority": priority(ticket, settings),
            "description": cut(description, DESCRIPTION_LIMIT)}
    if subject:
        body["subject"] = subject
    who = requester(ticket)
    if who:
        body["requester"] = who
    return body


def read_ticket(file):
    try:
        with open(file, "rb") as stream:
            content = stream.read(FILE_LIMIT + 1)
    except OSError as fault:
        raise Refusal("the ticket's file can't be read: %s" % fault)
    if len(content) > FILE_LIMIT:
        raise Refusal("the ticket's file is larger than %d MiB" % (FILE_LIMIT >> 20))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # what Windows writes where UTF-8 isn't its default
    try:
        return json.loads(text)
    except ValueError as fault:
        raise Refusal("the ticket's file is no JSON: %s" % fault)


# -- the delivery -----------------------------------------------------------------------------------------------------


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def opener_of(settings):
    try:
        context = ssl.create_default_context()
        if settings.ca_file:
            context.load_verify_locations(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as fault:
        raise Refusal("the certificate authority %s can't be read: %s" % (settings.ca_file, fault))
    return urllib.request.build_opener(NoRedirects, urllib.request.HTTPSHandler(context=context))


def signature(secret, timestamp, body):
    content = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode("utf-8"), content, hashlib.sha256).hexdigest()


def post(opener, settings, body, timeout):
    """One attempt: status, headers and text of the answer."""
    # Signed anew each time: a signature is good for five minutes.
    timestamp = str(int(time.time()))
    request = urllib.request.Request(settings.url, data=body, method="POST", headers={
        "Content-Type": "application/json", "Accept": "application/json", "User-Agent": "send-to-troupe/1",
        "X-ServiceDesk-Timestamp": timestamp, "X-ServiceDesk-Signature": signature(settings.secret, timestamp, body)})
    try:
        with opener.open(request, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read(65536).decode("utf-8", "replace")
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.headers, answer.read(65536).decode("utf-8", "replace")


def explain(status, text):
    """troupe says what is wrong with each field."""
    result = "troupe answered %d" % status
    try:
        problem = json.loads(text)
        faults = ["%s %s" % (error.get("pointer", ""), error.get("message", "")) for error in problem.get("errors", [])]
        detail = problem.get("detail") or problem.get("title") or ""
        return result + ": " + "; ".join([detail] * bool(detail) + faults) if detail or faults else result
    except (ValueError, AttributeError, TypeError):
        return result


def pause_before(attempt, headers):
    asked = headers.get("Retry-After", "") if headers else ""
    return max(3.0 ** attempt, float(asked) if re.fullmatch(r"[0-9]{1,6}", asked.strip()) else 0)


def deliver(settings, body, now=time.monotonic, sleep=time.sleep):
    """Posts until troupe has the ticket, or says for good that it won't. Gives the job's id."""
    opener = opener_of(settings)
    end = now() + settings.time_limit
    attempt = 0
    while True:
        headers = None
        try:
            status, headers, text = post(opener, settings, body, max(1, min(settings.timeout, end - now())))
            if status == 202:
                try:
                    return str(json.loads(text).get("job_id", ""))
                except (ValueError, AttributeError):
                    return ""
            why = explain(status, text)
            if status not in TRANSIENT:
                raise Refusal(why)
        except (urllib.error.URLError, http.client.HTTPException, OSError) as fault:
            why = "troupe can't be reached: %s" % getattr(fault, "reason", fault)
        attempt += 1
        pause = pause_before(attempt - 1, headers)
        if attempt >= settings.attempts or now() + pause >= end:
            raise Refusal("%s (attempt %d, given up)" % (why, attempt))
        sleep(pause)


def main(arguments):
    parser = argparse.ArgumentParser(description="Sends a ServiceDesk Plus ticket to troupe, signed.")
    parser.add_argument("file", help="$COMPLETE_V3_JSON_FILE or $COMPLETE_JSON_FILE")
    parser.add_argument("more", nargs="*", help=argparse.SUPPRESS)  # ServiceDesk Plus may append arguments of its own
    parser.add_argument("--config", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "send_to_troupe.ini"),
                        help="settings (default: send_to_troupe.ini beside the script)")
    parser.add_argument("--dry-run", action="store_true", help="print the webhook's body and send nothing")
    options = parser.parse_args(arguments)
    try:
        settings = Settings(options.config)
        webhook = webhook_of(read_ticket(options.file), settings)
        body = json.dumps(webhook, ensure_ascii=False).encode("utf-8")
        if options.dry_run:
            print(json.dumps(webhook, indent=2))
            return 0
        job = deliver(settings, body)
        report("success", "troupe has taken the ticket" + (" as job " + job if job else ""))
        return 0
    except Refusal as why:
        report("failure", str(why))
        return 1


def report(result, message):
    # ASCII only: the console's encoding is anybody's guess.
    print(json.dumps({"result": result, "message": message}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
