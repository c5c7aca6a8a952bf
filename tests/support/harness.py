"""The real program in a folder of its own: configured, started, asked, killed, started again and cleaned up after."""

import base64
import http.client
import json
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

import signing

ROOT = Path(__file__).resolve().parents[2]
SECRET = "e2e-signing-secret-of-acme"
JWT_SECRET = "e2e-jwt-secret-of-at-least-32-bytes!"
MASTER_KEY = base64.b64encode(b"e2e master key of 32 bytes, yes!").decode()
ADMIN_TOKEN = "e2e-admin-token-0123456789abcdef"
# Longest wait for anything; generous, because CI's machine is slow and shared.
PATIENCE = float(os.environ.get("TROUPE_TEST_PATIENCE", "60"))

# The shipped workflow with short waits, so that retries take milliseconds. Everything else is as shipped.
QUICK_WORKFLOW = {
    "gather": {"tickets": {"timeout": "2s"}, "articles": {"timeout": "2s"}, "assets": {"timeout": "2s"}},
    "synthesize": {"timeout": "30s", "instructions": "Write the note."},
    "write_note": {"timeout": "1s", "margin": "200ms", "writes": 3},
    "retry": {"retries": 3, "backoff_base": "50ms", "backoff_limit": "200ms"},
}


def binary():
    path = Path(os.environ.get("TROUPE_BIN", ROOT / "build/release/troupe")).resolve()
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: build preset 'release', or name another by TROUPE_BIN")
    return path


def free_port():
    """A port that nothing listens on, outside the range that clients' own ports come from: a client that tries to reach
    a killed server could otherwise be given the server's port for itself."""
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for _ in range(1000):
        port = random.SystemRandom().randrange(min(20_000, lowest - 1000), lowest)
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError(f"no port below {lowest} is free")


def until(condition, what, patience=PATIENCE, pause=0.01):
    """Waits until `condition()` gives something true and returns that; fails with `what` when it takes too long."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience:.0f} s in vain: {what() if callable(what) else what}")
        time.sleep(pause)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:600]!r}"


def merged(base, extra):
    """`extra` over `base`, section by section."""
    out = dict(base)
    for key, value in extra.items():
        out[key] = merged(out[key], value) if isinstance(value, dict) and isinstance(out.get(key), dict) else value
    return out


class Troupe:
    """One installation: folder, configuration, database, and the server while it runs."""

    def __init__(self, settings=None, environment=None, workflow=QUICK_WORKFLOW, llm=None, arguments=(), folder=None):
        self.own_folder = folder is None
        self.folder = Path(folder or tempfile.mkdtemp(prefix="troupe-e2e-"))
        self.port = free_port()
        self.process = None
        self.probes = 0
        self.arguments = list(arguments)
        self.environment = {"TROUPE_AUTH_JWT_SECRET": JWT_SECRET, "TROUPE_MASTER_KEY": MASTER_KEY,
                            "TROUPE_ADMIN_TOKEN": ADMIN_TOKEN, **(environment or {})}
        base = {"server": {"port": self.port}, "storage": {"url": f"sqlite:{self.folder}/troupe.db"},
                "log": {"format": "json", "level": "info"}, "limits": {"requests_per_minute": 0}}
        if llm is not None:
            base["llm"] = {"providers": [llm if isinstance(llm, dict) else llm.provider()]}
        if workflow is not None:
            (self.folder / "agents/workflows").mkdir(parents=True, exist_ok=True)
            (self.folder / "agents/workflows/ticket_enhancement.yaml").write_text(json.dumps(workflow))
            base["agents_dir"] = f"{self.folder}/agents"
        self.settings = merged(base, settings or {})
        self.config = self.folder / "troupe.yaml"
        self.write_settings()

    def write_settings(self):
        self.config.write_text(json.dumps(self.settings, indent=1))  # JSON is YAML

    # -- the program -----------------------------------------------------------------------------------

    def variables(self):
        """The environment without what would override this installation's settings."""
        foreign = ("TROUPE_", "DATABASE_URL", "REDIS_URL", "OPENAI_", "ANTHROPIC_", "LLM_", "LOG_LEVEL", "LOGFIRE_")
        own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return {**own, **{name: value for name, value in self.environment.items() if value is not None}}

    def command(self, *arguments, check=True, input=None, timeout=PATIENCE):
        """Runs `troupe …` against this installation's configuration."""
        line = [str(binary()), *map(str, arguments), "-c", str(self.config)]
        done = subprocess.run(line, env=self.variables(), cwd=self.folder, text=True, capture_output=True, input=input,
                              timeout=timeout)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(line[1:-2])} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        if arguments[0] == "tenant" and arguments[1] not in ("list", "show") and self.process is not None:
            self._wait_for_tenants()
        return done

    def begin(self, *arguments, stdin=subprocess.DEVNULL):
        """The same without waiting for its end."""
        return subprocess.Popen([str(binary()), *map(str, arguments), "-c", str(self.config)], env=self.variables(),
                                cwd=self.folder, text=True, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def _wait_for_tenants(self):
        """Waits until the running server has read the tenants anew: once it knows one that was added last, it knows all
        that was changed before."""
        self.probes += 1
        name = f"probe-{self.probes}"
        subprocess.run([str(binary()), "tenant", "add", name, "--signing-secret", SECRET, "-c", str(self.config)],
                       env=self.variables(), cwd=self.folder, capture_output=True, check=True)
        body = json.dumps({"tenant_id": name}).encode()  # lacks fields, so it makes no job
        sources = (f"127.0.20{n % 5}.{1 + n // 5}" for n in range(1000))
        until(lambda: self.deliver(body, signing.signed(body, SECRET), source=next(sources)).status == 400,
              "the server knows the tenants", pause=0.05)

    def launch(self, before=None):
        """Starts the server without waiting. `before` runs in the new process, to set limits for instance."""
        assert self.process is None, "already running"
        with open(self.folder / "serve.log", "ab") as log, open(self.folder / "serve.out", "ab") as out:
            self.process = subprocess.Popen([str(binary()), "serve", "-c", str(self.config), *self.arguments],
                                            env=self.variables(), cwd=self.folder, stdout=out, stderr=log,
                                            stdin=subprocess.DEVNULL, preexec_fn=before, start_new_session=True)
        return self

    def start(self, before=None):
        self.launch(before)
        until(self._ready_or_dead, lambda: f"the server isn't ready\n{self.log_text()[-3000:]}")
        return self

    def _ready_or_dead(self):
        if self.process.poll() is not None:
            code, self.process = self.process.returncode, None
            raise AssertionError(f"the server ended with {code}:\n{self.log_text()[-3000:]}")
        return self.ready()

    def ready(self):
        try:
            return self.get("/health/ready", timeout=5).status == 200
        except OSError:
            return False

    def wait(self, patience=PATIENCE):
        """Waits for the server to end by itself and returns its exit code."""
        code = self.process.wait(patience)
        self.process = None
        return code

    def stop(self, patience=25):
        """SIGTERM, as an init system does it; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(patience)

    def kill(self):
        """The power goes, as far as a process can tell."""
        self.process.kill()
        return self.wait()

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        if self.own_folder and not os.environ.get("TROUPE_TEST_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # -- HTTP ------------------------------------------------------------------------------------------

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def connection(self, timeout=PATIENCE, tls=None, source="127.0.0.1"):
        """@param source: the address that the server sees; all of 127.0.0.0/8 is this machine"""
        if tls is not None:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=tls)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout, source_address=(source, 0))

    def ask(self, method, path, body=None, headers=None, timeout=PATIENCE, tls=None, source="127.0.0.1"):
        connection = self.connection(timeout, tls, source)
        try:
            connection.request(method, path, body, headers or {})
            reply = connection.getresponse()
            return Answer(reply.status, reply.headers, reply.read())
        except (http.client.HTTPException, ssl.SSLError) as fault:
            raise OSError(f"no HTTP answer: {fault!r}") from fault
        finally:
            connection.close()

    def get(self, path, headers=None, **options):
        return self.ask("GET", path, None, headers, **options)

    def socket(self, timeout=PATIENCE):
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def raw(self, data, timeout=PATIENCE):
        """Sends bytes as they are and returns all that comes back until the server closes."""
        with self.socket(timeout) as s:
            s.sendall(data)
            return receive_all(s)

    # -- webhooks and jobs -----------------------------------------------------------------------------

    def add_tenant(self, name="acme", secret=SECRET, desk=None, *options):
        chosen = ["--signing-secret", secret]
        if desk is not None:
            chosen += ["--desk", "servicedesk_plus", "--desk-url", desk.url, "--desk-key", desk.key]
        self.command("tenant", "add", name, *chosen)
        self.command("tenant", "update", name, "--webhooks-per-minute", "1000000", *options)
        return self

    def deliver(self, body, headers, **options):
        return self.ask("POST", "/webhook/servicedesk", body, {"Content-Type": "application/json", **headers}, **options)

    def webhook(self, secret=SECRET, **fields):
        body = json.dumps(ticket(**fields)).encode()
        return self.deliver(body, signing.signed(body, secret))

    def accepted(self, **fields):
        """Delivers a ticket that must be accepted; returns the job's id."""
        answer = self.webhook(**fields)
        if answer.status != 202:
            raise AssertionError(f"not accepted: {answer}")
        return answer.json()["job_id"]

    def token(self, tenant="acme", **claims):
        return signing.jwt(JWT_SECRET, tenant, **claims)

    def job(self, job_id, tenant="acme"):
        answer = self.get(f"/api/v1/jobs/{job_id}", {"Authorization": f"Bearer {self.token(tenant)}"})
        if answer.status != 200:
            raise AssertionError(f"no job {job_id}: {answer}")
        return answer.json()

    def ended(self, job_id, tenant="acme", patience=PATIENCE):
        """Waits until a job has completed or is dead, and returns it."""
        latest = {}

        def look():
            latest.update(self.job(job_id, tenant))
            return latest["status"] in ("completed", "failed") or latest.get("dead_letter")

        until(look, lambda: f"job {job_id} doesn't end: {latest}", patience)
        return latest

    # -- what it says ----------------------------------------------------------------------------------

    def log_text(self):
        path = self.folder / "serve.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def log(self, event=None, **fields):
        """The server's log lines, of one event if named, with these values."""
        lines = []
        for line in self.log_text().splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if (event is None or entry.get("event") == event) and all(entry.get(k) == v for k, v in fields.items()):
                lines.append(entry)
        return lines

    def metrics(self):
        """Value by series, as `name{label="value"}`."""
        series = {}
        for line in self.get("/metrics").body.decode().splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                series[name] = float(value)
        return series

    def memory(self):
        """Resident set in bytes."""
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def ticket(**fields):
    """A webhook's body. Values given as None are left out."""
    value = {"tenant_id": "acme", "ticket_id": "T-1", "description": "The printer on floor two is offline.",
             "priority": "high", **fields}
    return {name: entry for name, entry in value.items() if entry is not None}


def receive_all(s):
    data = b""
    try:
        while chunk := s.recv(65536):
            data += chunk
    except ConnectionResetError:
        pass
    return data
