"""Line coverage by gcov, over all and by the folders whose faults would hurt most."""

import json
import os
import subprocess
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from report import Result, headline

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("config/", "storage/", "net/", "actors/")
# Folder or file beginnings -> lowest share of lines in percent.
FLOORS = {
    "everything": (ROOMS, 80),
    "actors/runtime": (("actors/runtime/",), 90),
    "actors/conversation": (("actors/conversation/",), 90),
    "actors/ticket": (("actors/ticket/",), 90),
    "storage": (("storage/",), 90),
    "net parsers": (("net/json/", "net/webhook/", "net/addresses", "net/jwt", "net/http/target", "net/http/url",
                     "net/http/request_parser", "net/http/response_parser", "net/desk/html_text", "net/desk/zoho_reply",
                     "net/desk/servicedesk_plus_reply"), 90),
}


def forget(folder):
    for data in folder.rglob("*.gcda"):
        data.unlink()


def _lines_of(data):
    """(file, line) -> was it executed, as one object file tells it."""
    done = subprocess.run(["gcov", "--json-format", "--stdout", str(data)], cwd=data.parent, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    found = {}
    for document in done.stdout.splitlines():
        if not document.strip():
            continue
        for file in json.loads(document).get("files", []):
            path = os.path.normpath(os.path.join(data.parent, file["file"]))
            name = os.path.relpath(path, ROOT)
            if name.startswith(ROOMS):
                for line in file["lines"]:
                    key = (name, line["line_number"])
                    found[key] = found.get(key, False) or line["count"] > 0
    return found


def measure(folder):
    executed = {}
    data = sorted(folder.rglob("*.gcda"))
    with ProcessPoolExecutor() as pool:
        for found in pool.map(_lines_of, data, chunksize=4):
            for key, hit in found.items():
                executed[key] = executed.get(key, False) or hit
    return executed


def run(folder, report, show_files=False, partial=False):
    """@param partial: only some programs ran, so the floors say nothing"""
    headline("Reading line coverage")
    started = time.monotonic()
    executed = measure(folder)
    by_file = defaultdict(lambda: [0, 0])
    for (name, _), hit in executed.items():
        by_file[name][0] += hit
        by_file[name][1] += 1
    if show_files:
        for name, (hit, total) in sorted(by_file.items()):
            print(f"    {100 * hit / total:6.1f} %  {hit:5} of {total:5}  {name}")
    for name, (beginnings, floor) in FLOORS.items():
        hit = sum(h for file, (h, _) in by_file.items() if file.startswith(beginnings))
        total = sum(t for file, (_, t) in by_file.items() if file.startswith(beginnings))
        if not any((ROOT / beginning).exists() for beginning in beginnings):
            print(f"             isn't there yet  {name}")
            continue
        share = 100 * hit / total if total else 0.0
        print(f"    {share:6.1f} %  {hit:5} of {total:5} lines  {name} (at least {floor} %)")
        if partial:
            continue
        weakest = sorted((100 * h / t, file) for file, (h, t) in by_file.items() if file.startswith(beginnings))[:10]
        report.add(Result(f"coverage of {name}", passed=int(share >= floor), failed=int(share < floor),
                          seconds=time.monotonic() - started,
                          output="\n".join([f"{share:.1f} % of the lines, {floor} % wanted; least covered:",
                                            *(f"{s:6.1f} %  {file}" for s, file in weakest)])))
