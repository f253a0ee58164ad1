"""Runs artgen in forks of one process, so that torch is imported once, and kills them: a line of JSON for each request.

A request is ``{"arguments": [...], "folder": ..., "kill_after": seconds or null, "since": path or null}``; the seconds
count from when that file appears. The answer has the exit code (negative: the signal) and the seconds it took.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import matplotlib.backends.backend_agg
import matplotlib.figure  # noqa: F401
import strangers_torch  # noqa: F401
import torch._dynamo  # noqa: F401  # torch's optimisers import it when the first one is made

import artgen_losses.symmetry  # noqa: F401
import artgen_pixel.drawing  # noqa: F401
from artgen.cli import main
from artgen.registry import plugins

plugins.discover()


def child(arguments):
    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), 1)
        try:
            code = main(arguments)
        except BaseException:
            code = 99
    os._exit(code)


def answer(request):
    os.chdir(request["folder"])
    process = os.fork()
    if not process:
        child(request["arguments"])
    while request["since"] and not Path(request["since"]).exists():
        time.sleep(0.001)
    began = time.monotonic()
    if request["kill_after"] is not None:
        time.sleep(request["kill_after"])
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    return {"code": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - began}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
