"""Runs artgen in forks of one process, so that torch is imported once, and kills them: a line of JSON a request.

A request is ``{"arguments": [...], "folder": ..., "kill_after": seconds or null, "out": path or null, "steps": n}``.
The seconds count from when the run in `out` has taken so many steps, as its checkpoints say (0: from its first file),
or has ended. The answer has the exit code (negative: the signal) and the seconds it took from there.
"""

import json
import os
import signal
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

import filelock  # noqa: F401
import PIL.Image
import rich.progress  # noqa: F401
import strangers_torch  # noqa: F401
import torch._dynamo  # noqa: F401  # torch's optimisers import it when the first one is made
import torchvision  # noqa: F401

import artgen_losses.smoothness  # with kornia and torchvision
import artgen_losses.symmetry  # noqa: F401
import artgen_pixel.drawing  # noqa: F401
from artgen.cli import COMMANDS, main
from artgen.fields.paths import RUN_FILE
from artgen.registry import plugins
from artgen.reporters.loss_plot import plot_losses

# What every run would load anew, were it not here before the fork; matplotlib keeps its fonts.
for module, _ in COMMANDS.values():
    import_module(module)
PIL.Image.init()
plugins.discover()
with tempfile.TemporaryDirectory() as folder:
    plot_losses(Path(folder) / "losses.png", {"total": [(0, 1.0), (1, 0.5)]})


def child(arguments):
    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), 1)
        try:
            code = main(arguments)
        except BaseException:
            code = 99
    os._exit(code)


def has_taken(out, steps):
    """Whether the newest of its checkpoints, of which old ones go, says so; at first there is only its note."""
    if not steps:
        return (out / RUN_FILE).exists()
    return any(int(path.stem.rpartition("-")[2]) >= steps for path in out.glob("checkpoint-*.pt"))


def answer(request):
    os.chdir(request["folder"])
    process = os.fork()
    if not process:
        child(request["arguments"])
    while request["out"] and not has_taken(Path(request["out"]), request["steps"]):
        if os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            break
        time.sleep(0.001)
    began = time.monotonic()
    if request["kill_after"] is not None:
        time.sleep(request["kill_after"])
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    return {"code": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - began}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
