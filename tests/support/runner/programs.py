"""Runs test programs side by side and reads from what they say how many tests passed."""

import ast
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from xml.etree import ElementTree

from report import Result


class Program:
    """A file to run. `alone` ones get the machine for themselves."""

    def __init__(self, name, file, arguments=(), environment=None, limit=600, alone=False):
        self.name, self.file, self.arguments = name, Path(file), list(arguments)
        self.environment = environment or {}
        self.limit = limit
        self.alone = alone

    def command(self, scratch):
        return [str(self.file), *self.arguments]

    def counts(self, code, output, scratch):
        """Passed, failed, skipped and the reasons of skips."""
        return (1, 0, 0, []) if code == 0 else (0, 1, 0, [])

    def run(self):
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="troupe-test-") as scratch:
            # Its own folder for temporary files, so that nothing stays behind whatever happens to the program.
            environment = {**os.environ, "TMPDIR": scratch, **self.environment}
            with open(f"{scratch}/output", "w+b") as output:
                process = subprocess.Popen(self.command(scratch), stdin=subprocess.DEVNULL, stdout=output,
                                           stderr=subprocess.STDOUT, env=environment, start_new_session=True)
                timed_out = self._wait(process)
                output.seek(0)
                text = output.read().decode(errors="replace")
            passed, failed, skipped, skips = self.counts(process.returncode, text, scratch)
        if timed_out:
            text += f"\n{self.name} was ended after {self.limit} s\n"
        elif process.returncode < 0:
            text += f"\n{self.name} was ended by {signal.Signals(-process.returncode).name}\n"
        if process.returncode != 0 and failed == 0:
            failed = 1
        return Result(self.name, passed, failed, skipped, time.monotonic() - started, text, skips)

    def _wait(self, process):
        try:
            process.wait(self.limit)
            return False
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGABRT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                pass
            return True
        finally:
            # A program that died may have left servers of its own behind.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()


class CatchProgram(Program):
    """Counts test cases from Catch2's XML report."""

    def command(self, scratch):
        return [*super().command(scratch), "--reporter", "console", "--reporter", f"xml::out={scratch}/report.xml",
                "--allow-running-no-tests"]

    def counts(self, code, output, scratch):
        try:
            root = ElementTree.parse(f"{scratch}/report.xml").getroot()
            total = root.find("OverallResultsCases")
            number = {name: int(total.get(name, 0)) for name in ("successes", "failures", "expectedFailures", "skips")}
            reasons = [" ".join(s.text.split()) for s in root.iter("Skip") if s.text]
            return number["successes"] + number["expectedFailures"], number["failures"], number["skips"], reasons
        except (OSError, ElementTree.ParseError, AttributeError):
            return super().counts(code or 1, output, scratch)  # it died before the report was whole


class ScriptProgram(Program):
    """A program in any language. Counts come from unittest's closing lines, else from its own plain line."""

    def command(self, scratch):
        # Python ones by the interpreter that deploy/setup looks after, whatever else is on the path.
        interpreter = [sys.executable] if self.file.suffix == ".py" else []
        return [*interpreter, *super().command(scratch)]

    def counts(self, code, output, scratch):
        ran = re.search(r"^Ran (\d+) tests? in ", output, re.MULTILINE)
        if ran:
            closing = output[ran.end():]
            number = {name: int(m[1]) if (m := re.search(rf"{name}=(\d+)", closing)) else 0
                      for name in ("failures", "errors", "skipped", "unexpected successes")}
            failed = number["failures"] + number["errors"] + number["unexpected successes"]
            skips = [s.strip() for s in re.findall(r"\.\.\. skipped ['\"](.*)['\"]$", output, re.MULTILINE)]
            return max(0, int(ran[1]) - failed - number["skipped"]), failed, number["skipped"], skips
        plain = re.findall(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", output, re.MULTILINE)
        if plain:
            return int(plain[-1][0]), int(plain[-1][1]), int(plain[-1][2] or 0), []
        return super().counts(code, output, scratch)


def wants_to_be_alone(file):
    """A script says `ALONE = True` at its top level when it needs the machine for itself."""
    try:
        tree = ast.parse(Path(file).read_text())
    except (SyntaxError, UnicodeDecodeError):
        return False
    return any(isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "ALONE"
               and getattr(node.value, "value", False) is True for node in tree.body)


def run_all(programs, report, at_a_time):
    together = [p for p in programs if not p.alone]
    with ThreadPoolExecutor(max(1, at_a_time)) as pool:
        for done in as_completed([pool.submit(program.run) for program in together]):
            report.add(done.result())
    for program in programs:
        if program.alone:
            report.add(program.run())
