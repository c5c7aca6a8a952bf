"""A browser without a window, ordered about through tests/e2e/node/browser.mjs."""

import json
import shutil
import subprocess

import npm


class Browser:
    def __init__(self):
        self.process = subprocess.Popen([npm.NODE, npm.FOLDER / "browser.mjs", shutil.which("chromium")], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def order(self, what, **options):
        self.process.stdin.write(json.dumps({"do": what, **options}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise AssertionError(f"the browser ended with {self.process.wait()}")
        answer = json.loads(answer)
        if "fault" in answer:
            raise AssertionError(f"{what}: {answer['fault']}")
        return answer["value"]

    def open(self, url, **view):
        """Opens a page in a view of its own (`width`, `height`, `dark`) and waits until it has loaded all it wants."""
        return self.order("open", url=url, **view)

    def evaluate(self, script):
        return self.order("evaluate", script=script)

    def wait(self, condition):
        self.order("wait", condition=condition)

    def press(self, *keys):
        for key in keys:
            self.order("press", key=key)

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def missing():
    """Why there can be no browser; None if there can."""
    return None if shutil.which("chromium") else "chromium isn't installed here"
