"""clang-tidy over the sources, with the checks of `.clang-tidy`."""

import json
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from build import ROOT, parallel
from report import Result, headline

ROOMS = ("config", "storage", "net", "actors")


def _findings(folder, name):
    done = subprocess.run(["clang-tidy", "-p", str(folder), "--quiet", name], cwd=ROOT, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    found = re.findall(r"^\S+:\d+:\d+: (?:warning|error): .*$", done.stdout, re.MULTILINE)
    if done.returncode != 0 and not found:
        found = [f"{name}: clang-tidy ended with {done.returncode}"]
    return [line.replace(f"{ROOT}/", "") for line in found]


def run(folder, report, wanted):
    """@param wanted: tells by a file's name whether it is looked at"""
    headline("Running clang-tidy")
    compiled = [entry["file"].replace(f"{ROOT}/", "") for entry in json.load(open(folder / "compile_commands.json"))]
    with ThreadPoolExecutor(parallel(1.5)) as pool:
        for room in ROOMS:
            files = sorted(name for name in compiled if name.startswith(room + "/") and wanted(name))
            if not files:
                continue
            started = time.monotonic()
            found = list(pool.map(lambda name: _findings(folder, name), files))
            # What is wrong in a header is found in each file that includes it.
            lines = sorted({line for lines in found for line in lines})
            faulty = sum(1 for lines in found if lines)
            report.add(Result(f"tidy of {room}", passed=len(files) - faulty, failed=faulty,
                              seconds=time.monotonic() - started, output="\n".join(lines)))
