"""Other people's tools from npm, pinned by tests/e2e/node/package-lock.json."""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "e2e/node"
NODE = FOLDER / "node_modules/node/bin/node"


def install():
    """Installs them unless they are there as locked; gives the reason when that can't be done."""
    with open(FOLDER / "package.json") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several tests may ask at once
        return _install()


def _install():
    stamp = FOLDER / "node_modules/.installed"
    wanted = (FOLDER / "package-lock.json").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return None
    if shutil.which("npm") is None:
        return "npm isn't installed here"
    try:
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--fetch-retries=1"], cwd=FOLDER, text=True,
                              capture_output=True, timeout=240)
    except subprocess.TimeoutExpired:
        return "npm found no registry within 4 minutes"
    if done.returncode != 0:
        return f"npm could not install what the test needs: {done.stderr.strip().splitlines()[0][:200]}"
    if not NODE.exists():
        return "npm installed no Node.js for this machine"
    stamp.write_text(wanted)
    return None


if __name__ == "__main__":
    sys.exit(install())
