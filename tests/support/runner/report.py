"""What ran and how it ended."""

import sys
import time
from dataclasses import dataclass, field


@dataclass
class Result:
    """One program, or one check: how many of its tests passed, and what to show when some didn't."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    output: str = ""                              # shown when something failed
    skips: list = field(default_factory=list)     # why tests were skipped

    def line(self):
        counts = [f"{self.passed} passed"]
        if self.failed:
            counts.append(f"{self.failed} FAILED")
        if self.skipped:
            counts.append(f"{self.skipped} skipped")
        mark = "FAIL" if self.failed else "ok"
        return f"  {mark:4}  {self.name:40} {', '.join(counts):30} {self.seconds:6.1f} s"


class Report:
    def __init__(self):
        self.results = []
        self.started = time.monotonic()

    def add(self, result):
        self.results.append(result)
        print(result.line(), flush=True)
        if result.failed:
            print(indented(tail(result.output)), flush=True)
        for reason in result.skips:
            print(f"        skipped: {reason}", flush=True)

    def finish(self):
        """Prints the closing lines and returns the exit code."""
        passed, failed, skipped = (sum(getattr(r, name) for r in self.results)
                                   for name in ("passed", "failed", "skipped"))
        failures = [r.name for r in self.results if r.failed]
        print(f"\n{time.monotonic() - self.started:.0f} s", end="")
        print(f"; failed: {', '.join(failures)}" if failures else "")
        if not self.results:
            print("nothing matched what was asked for")
            failed = 1
        print(f"{passed} passed, {failed} failed, {skipped} skipped")
        sys.stdout.flush()
        return 1 if failed else 0


def tail(text, lines=200):
    rows = text.rstrip().splitlines()
    if len(rows) <= lines:
        return "\n".join(rows)
    return "\n".join([f"[{len(rows) - lines} lines before]", *rows[-lines:]])


def indented(text):
    return "\n".join("        " + row for row in text.splitlines())


def headline(text):
    print(f"\n==> {text}", flush=True)
