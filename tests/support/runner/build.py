"""Configures and builds a preset, and finds its test programs."""

import os
import re
import subprocess
import sys
from pathlib import Path

from report import headline, tail

ROOT = Path(__file__).resolve().parents[3]


class BuildFailed(Exception):
    pass


def parallel(gigabytes_each):
    """Compilers at a time: one per core, but no more than fit into memory."""
    available = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemAvailable"))
    return max(1, min(os.cpu_count() or 1, int(available / 1024 / 1024 / gigabytes_each)))


def environment():
    return {**os.environ, "CCACHE_BASEDIR": str(ROOT), "CCACHE_NOHASHDIR": "1",
            "NINJA_STATUS": "    [%f/%t %es] "}


class Preset:
    """A build folder of CMakePresets.json."""

    def __init__(self, name):
        self.name = name
        self.folder = ROOT / "build" / name
        self._configured = False
        self._programs = None

    def configure(self):
        if self._configured:
            return
        headline(f"Configuring preset {self.name}")
        done = subprocess.run(["cmake", "--preset", self.name], cwd=ROOT, env=environment(), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            print(tail(done.stdout, 40))
            raise BuildFailed(f"configuring preset {self.name}")
        self._configured = True

    def programs(self, kind):
        """Test programs by name, such as `unit_config` -> its file."""
        self.configure()
        if self._programs is None:
            listing = subprocess.run(["ninja", "-C", str(self.folder), "-t", "targets", "all"], text=True, check=True,
                                     stdout=subprocess.PIPE).stdout
            found = re.findall(r"^(tests/\S*/(\w+)): CXX_EXECUTABLE", listing, re.MULTILINE)
            self._programs = {name: self.folder / path for path, name in found}
        return {name: file for name, file in sorted(self._programs.items()) if name.startswith(kind + "_")}

    def build(self, targets):
        if not targets:
            return
        self.configure()
        gigabytes = 2.5 if self.name in ("asan", "tsan", "ubsan") else 1.5
        headline(f"Building preset {self.name}: {len(targets)} program{'s' if len(targets) != 1 else ''}")
        command = ["cmake", "--build", "--preset", self.name, "--parallel", str(parallel(gigabytes)), "--target",
                   *sorted(targets)]
        if sys.stdout.isatty():
            code = subprocess.run(command, cwd=ROOT, env=environment()).returncode
        else:
            code = self._build_quietly(command)
        if code != 0:
            raise BuildFailed(f"building preset {self.name}")

    @staticmethod
    def _build_quietly(command):
        """Every 25th step is shown, and everything that isn't a step: a log stays readable that way."""
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), text=True, errors="replace",
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for line in process.stdout:
            step = re.match(r"\s*\[(\d+)/(\d+) ", line)
            if step is None or int(step[1]) % 25 == 0 or step[1] == step[2]:
                print(line, end="", flush=True)
        return process.wait()
