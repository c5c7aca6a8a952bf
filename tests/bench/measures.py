"""What `tests/bench/run` can measure. Each case gives its figures by name; names end in their unit."""

import json
import os
import random
import subprocess
import time
import urllib.request

from harness import SECRET, Troupe, until

TICK = os.sysconf("SC_CLK_TCK")
CORPUS = random.Random(1)
WORDS = ("printer spooler outlook vpn tunnel laptop password account locked monitor docking network switch wireless "
         "certificate proxy server backup restore disk full slow crash update driver scanner mailbox calendar license "
         "teams excel macro browser cache firewall port dns lease database timeout").split()


def cpu_seconds(pid):
    """User and system time of a process, all threads."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def peak_memory(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))


class Bench:
    """Starts what a case needs and ends it again."""

    def __init__(self, tools, scale):
        self.tools = tools
        self.scale = scale

    def count(self, number):
        return max(100, int(number * self.scale))

    def peer(self, latency_ms=0):
        return Peer(self.tools / "peer", latency_ms)

    def troupe(self, peer, calls, documents=0):
        """An installation whose desk and model are the peer. The log is quiet, as in production under load."""
        provider = {"name": "bench", "kind": "openai", "base_url": f"{peer.url}/v1", "api_key": "bench",
                    "model": "bench", "max_concurrency": calls, "timeout": "600s"}
        troupe = Troupe(llm=provider, workflow=None, settings={"log": {"level": "warn"}})
        troupe.command("tenant", "add", "bench", "--signing-secret", SECRET, "--desk", "servicedesk_plus",
                       "--desk-url", peer.url, "--desk-key", "bench")
        troupe.command("tenant", "update", "bench", "--webhooks-per-minute", "0")
        if documents:
            self.import_documents(troupe, documents)
        return troupe

    @staticmethod
    def import_documents(troupe, tickets):
        def text(words):
            return " ".join(CORPUS.choice(WORDS) + str(CORPUS.randrange(40)) * (CORPUS.random() < 0.3)
                            for _ in range(words))

        rows = {"tickets": [{"id": f"T-{n}", "subject": text(6), "description": text(50), "resolution": text(20),
                             "resolved_at": "2025-01-01T00:00:00Z"} for n in range(tickets)],
                "articles": [{"id": f"A-{n}", "title": text(5), "summary": text(15), "body": text(80),
                              "url": f"https://kb.example.com/{n}"} for n in range(150)],
                "assets": [{"ip": f"10.0.{n // 250}.{n % 250}", "hostname": f"host{n}", "role": "server",
                            "client": "bench", "location": "here"} for n in range(5000)]}
        for kind, entries in rows.items():
            file = troupe.folder / f"{kind}.jsonl"
            file.write_text("".join(json.dumps(row) + "\n" for row in entries))
            troupe.command("import", kind, file, "--tenant", "bench", timeout=600)

    def load(self, troupe, count, connections=64, rate=0):
        command = [self.tools / "load", "--port", troupe.port, "--count", count, "--connections", connections,
                   "--rate", rate, "--secret", SECRET]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"not valid: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)


class Peer:
    def __init__(self, program, latency_ms):
        self.process = subprocess.Popen([program, "--latency", str(latency_ms)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def stats(self):
        with urllib.request.urlopen(f"{self.url}/stats") as answer:
            return json.loads(answer.read())

    def wait_for_notes(self, count, patience=600):
        """The stats once this many notes came; their times since the last time anybody asked for stats."""
        until(lambda: self.quiet_count() >= count, f"{count} notes", patience, 0.02)
        return self.last

    def quiet_count(self):
        # Asking forgets times, so they are gathered: only the count is needed while waiting.
        self.last = self.stats()
        return self.last["notes"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def webhook(bench):
    """signed webhooks, durable before the 202, closed loop on 64 connections; jobs wait in the database"""
    with bench.peer(600_000) as peer, bench.troupe(peer, 1) as troupe:
        troupe.start()
        bench.load(troupe, bench.count(5_000))
        before = cpu_seconds(troupe.process.pid)
        count = bench.count(100_000)
        told = bench.load(troupe, count)
        return {"CPU per webhook, us": (cpu_seconds(troupe.process.pid) - before) / count * 1e6,
                "webhooks per s": told["per_second"], "p50, ms": told["p50_us"] / 1e3, "p99, ms": told["p99_us"] / 1e3}


def webhook_paced(bench):
    """1,000 webhooks a second, times from when each was due"""
    with bench.peer(600_000) as peer, bench.troupe(peer, 1) as troupe:
        troupe.start()
        bench.load(troupe, bench.count(2_000), rate=1000)
        told = bench.load(troupe, bench.count(10_000), rate=1000)
        return {"p50, ms": told["p50_us"] / 1e3, "p99, ms": told["p99_us"] / 1e3}


def jobs(bench):
    """whole jobs with a model that answers at once, every step durable, 10,000 past tickets"""
    with bench.peer() as peer, bench.troupe(peer, 256, 10_000) as troupe:
        troupe.start()
        warm, count = bench.count(1_000), bench.count(20_000)
        bench.load(troupe, warm)
        peer.wait_for_notes(warm)
        before, started = cpu_seconds(troupe.process.pid), time.monotonic()
        bench.load(troupe, count)
        last = peer.wait_for_notes(warm + count)
        seconds = time.monotonic() - started
        extra = last["calls"] - last["notes"]
        return {"CPU per job, us": (cpu_seconds(troupe.process.pid) - before) / count * 1e6,
                "jobs per s": count / seconds, "peak memory, MiB": peak_memory(troupe.process.pid),
                "model calls beyond one a job": extra}


def jobs_paced(bench):
    """100 jobs a second with a model that answers at once: from the webhook's due time to its note"""
    with bench.peer() as peer, bench.troupe(peer, 256, 10_000) as troupe:
        troupe.start()
        warm, count = bench.count(200), bench.count(1_500)
        bench.load(troupe, warm, rate=100)
        peer.wait_for_notes(warm)
        peer.stats()
        bench.load(troupe, count, rate=100)
        time.sleep(0.5)  # asking for stats would split the times
        told = peer.stats()
        if told["notes"] != warm + count:
            raise RuntimeError(f"not valid: {told['notes']} notes of {warm + count}")
        return {"p50, ms": told["p50_us"] / 1e3, "p99, ms": told["p99_us"] / 1e3}


def in_flight(bench, at_once):
    with bench.peer(1000) as peer, bench.troupe(peer, at_once, 10_000) as troupe:
        troupe.start()
        count = bench.count(at_once * 8)
        started = time.monotonic()
        bench.load(troupe, count)
        peer.wait_for_notes(count)
        seconds = time.monotonic() - started
        return {"jobs per s": count / seconds, "peak memory, MiB": peak_memory(troupe.process.pid)}


def jobs_500(bench):
    """500 jobs at once with a model that takes 1 s"""
    return in_flight(bench, 500)


def jobs_2000(bench):
    """2,000 jobs at once with a model that takes 1 s"""
    return in_flight(bench, 2000)


def idle(bench):
    """nothing to do: memory, CPU over ten seconds"""
    with bench.peer() as peer, bench.troupe(peer, 64) as troupe:
        troupe.start()
        time.sleep(1)
        before, started = cpu_seconds(troupe.process.pid), time.monotonic()
        time.sleep(10)
        share = (cpu_seconds(troupe.process.pid) - before) / (time.monotonic() - started)
        return {"memory, MiB": troupe.memory() / 2**20, "CPU, % of a core": share * 100}


def waiting(bench):
    """100,000 jobs wait in the database"""
    with bench.peer(600_000) as peer, bench.troupe(peer, 1) as troupe:
        troupe.start()
        bench.load(troupe, bench.count(100_000))
        return {"memory, MiB": troupe.memory() / 2**20, "peak memory, MiB": peak_memory(troupe.process.pid)}


def time_to_ready(troupe):
    started = time.monotonic()
    troupe.launch()
    until(troupe.ready, "ready", pause=0.001)
    return (time.monotonic() - started) * 1e3


def start_empty(bench):
    """from the start of the process to ready, empty database"""
    with bench.peer() as peer, bench.troupe(peer, 64) as troupe:
        times = []
        for _ in range(5):
            times.append(time_to_ready(troupe))
            troupe.stop()
        return {"start, ms": sorted(times)[2]}


def start_full(bench):
    """the same with 1,000,000 journal events"""
    with bench.peer() as peer, bench.troupe(peer, 256) as troupe:
        troupe.start()
        count = bench.count(1_000_000 // 7)  # events of a job without faults
        bench.load(troupe, count)
        peer.wait_for_notes(count)
        times = []
        for _ in range(3):
            troupe.stop()
            times.append(time_to_ready(troupe))
        return {"start, ms": sorted(times)[1], "database, MiB": os.path.getsize(troupe.folder / "troupe.db") / 2**20}


CASES = {case.__name__: case for case in (webhook, webhook_paced, jobs, jobs_paced, jobs_500, jobs_2000, idle, waiting,
                                          start_empty, start_full)}
