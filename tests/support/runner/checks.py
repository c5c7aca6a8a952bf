"""What must hold of the sources themselves. Each check gives its faults, one line each."""

import json
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from report import Result

ROOT = Path(__file__).resolve().parents[3]
LONGEST = 500
SOURCE = (".cpp", ".hpp", ".py", ".js", ".mjs", ".sh")

# A room sees itself and the ones named here.
ROOMS = {"config": set(), "storage": {"config"}, "net": {"config"}, "actors": {"config", "storage", "net"}}
LIBRARIES = {
    "CAF": (re.compile(r"#\s*include\s*[<\"]caf/"), ("actors/",)),
    "Asio and Beast": (re.compile(r"#\s*include\s*[<\"]boost/(?:asio|beast)"), ("net/", "actors/api/")),
    "SQLite": (re.compile(r"#\s*include\s*[<\"]sqlite3"), ("storage/sqlite/",)),
}
# Written so that this file does not match itself.
PLACES = re.compile(r"(?:^|[^A-Za-z0-9_.])/(?:wor[k]|far[m]|hom[e]/[a-z]+|roo[t])/"
                    r"|https?://(?:de[b]|registr[y]|pyp[i]|prox[y])\.")


def tracked(*endings):
    listing = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                             check=True, stdout=subprocess.PIPE, text=True).stdout
    names = [name for name in listing.split("\0") if name and (ROOT / name).is_file()]
    return [name for name in names if not endings or name.endswith(endings)]


def text_of(name):
    try:
        return (ROOT / name).read_text()
    except UnicodeDecodeError:
        return ""


def long_files():
    """no source file is longer than 500 lines"""
    for name in tracked(*SOURCE):
        count = text_of(name).count("\n")
        if count > LONGEST:
            yield f"{name}: {count} lines; which second idea moved in?"


def places():
    """no path of a machine and no address of a package archive is tracked"""
    for name in tracked():
        for number, line in enumerate(text_of(name).splitlines(), 1):
            if PLACES.search(line):
                yield f"{name}:{number}: {line.strip()[:120]}"


def directions():
    """an include points down: config below storage and net below actors"""
    for name in tracked(".cpp", ".hpp"):
        room = name.split("/", 1)[0]
        if room not in ROOMS:
            continue
        for number, line in enumerate(text_of(name).splitlines(), 1):
            if match := re.match(r'\s*#\s*include\s*"([a-z]+)/', line):
                if match[1] != room and match[1] not in ROOMS[room]:
                    yield f"{name}:{number}: {room} must not know {match[1]}"


def library_use():
    """only actors knows CAF, only net and actors/api know Asio, only storage/sqlite knows SQLite"""
    for name in tracked(".cpp", ".hpp"):
        if name.split("/", 1)[0] not in ROOMS:
            continue
        text = text_of(name)
        for library, (include, allowed) in LIBRARIES.items():
            if include.search(text) and not name.startswith(allowed):
                yield f"{name}: knows {library}"


def formatting():
    """every C++ file is as clang-format writes it"""
    files = tracked(".cpp", ".hpp")
    size = 20
    chunks = [files[i:i + size] for i in range(0, len(files), size)]

    def look(chunk):
        return subprocess.run(["clang-format", "--dry-run", *chunk], cwd=ROOT, text=True,
                              stderr=subprocess.PIPE).stderr

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        output = "".join(pool.map(look, chunks))
    yield from sorted({match[1] for match in re.finditer(r"^([^:\n]+):\d+:\d+: warning: code should be", output,
                                                         re.MULTILINE)})


def lock_files():
    """lock files of npm pin versions and hold no addresses"""
    for name in tracked("package-lock.json"):
        for path, package in json.loads(text_of(name)).get("packages", {}).items():
            if "resolved" in package and not package.get("link"):
                yield f"{name}: {path} has an address"
            if path.startswith("node_modules/") and "version" not in package:
                yield f"{name}: {path} has no version"


def python_files():
    """every Python file compiles"""
    for name in tracked(".py"):
        try:
            compile(text_of(name), name, "exec")
        except SyntaxError as fault:
            yield f"{name}: {fault}"


def test_scripts():
    """every end-to-end test can be executed: the runner doesn't see the others"""
    for name in tracked(".py"):
        if name.startswith("tests/e2e/") and Path(name).name.startswith("e2e_") and not os.access(ROOT / name, os.X_OK):
            yield f"{name}: is not executable"


def links():
    """every link between documents leads somewhere"""
    for name in tracked(".md"):
        text = re.sub(r"```.*?```", "", text_of(name), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            if not ((ROOT / name).parent / target).exists():
                yield f"{name}: {target} isn't there"


CHECKS = (long_files, places, directions, library_use, formatting, lock_files, python_files, test_scripts, links)


def run(report, wanted=None):
    for check in CHECKS:
        if wanted and not re.search(wanted, check.__name__):
            continue
        started = time.monotonic()
        faults = list(check())
        report.add(Result(f"check_{check.__name__}", passed=int(not faults), failed=int(bool(faults)),
                          seconds=time.monotonic() - started,
                          output="\n".join([f"it should hold that {check.__doc__}, but:", *faults])))
