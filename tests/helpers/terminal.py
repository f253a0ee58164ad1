"""A shell in a terminal of its own, at which a test types."""

import os
import pty
import re
import select
import signal
import sys
import time
from pathlib import Path

ESCAPES = re.compile(r"\x1b(\[[0-9;?=>]*[A-Za-z]|\][^\x07\x1b]*(\x07|\x1b\\)|[=>()][0AB]?)")


def as_shown(text):
    """Without colours, movements and bells, and with what was typed over gone."""
    text = ESCAPES.sub("", text).replace("\a", "")
    while (shorter := re.sub("[^\b]\b", "", text)) != text:
        text = shorter
    return text


class Terminal:
    """An interactive shell, in whose path this environment's programs are first; it ends with the block."""

    def __init__(self, *program, folder):
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        environment = {**os.environ, "PATH": path, "TERM": "xterm", "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
        self.process, self.screen = pty.fork()
        if not self.process:
            os.chdir(folder)
            os.execvpe(program[0], program, environment)
        self.text = ""

    def type(self, keys, until, seconds=30):
        """What is shown from here on, as soon as the pattern `until` is found in it; AssertionError if it is not."""
        self.text = ""
        os.write(self.screen, keys.encode())
        end = time.monotonic() + seconds
        while not re.search(until, self.text):
            ready, _, _ = select.select([self.screen], [], [], max(end - time.monotonic(), 0))
            assert ready, f"no {until!r} in {self.text!r}"
            self.text = as_shown(self.text + os.read(self.screen, 4096).decode(errors="replace"))
        return self.text

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.screen)
