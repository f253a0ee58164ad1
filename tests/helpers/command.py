"""Runs the artgen command: in this process, where torch is imported already, or in a new one if that is the point."""

import contextlib
import contextvars
import io
import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from unittest import mock

from artgen.cli import main
from artgen.registry import plugins
from tests.helpers.paths import DISTS

SETTINGS = {"COLUMNS": "120", "NO_COLOR": "1"}
AT_START = ("ARTGEN_OFFLINE", "HF_", "OMP_", "PYTHON")
"""What variables begin with that Python or a library reads once, when it starts."""


def needs_a_process(dists: Sequence[str], prelude: str, variables: dict[str, str]) -> bool:
    """Whether this process cannot be made to look like the one that is asked for."""
    return bool(tuple(dists) != ("ok",) or prelude or any(name.startswith(AT_START) for name in variables))


def here(arguments: Sequence[str], folder: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """In this process, which is afterwards as it was; an exception that `main` lets through is the test's."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, {**SETTINGS, **variables}))
        stack.enter_context(contextlib.chdir(folder))
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(err))
        stack.enter_context(warnings_as_at_start())
        if "ARTGEN_PLUGINS" in variables:
            plugins.discover.cache_clear()
            stack.callback(plugins.discover.cache_clear)
        code = contextvars.copy_context().run(exit_code, arguments)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def exit_code(arguments: Sequence[str]) -> int:
    try:
        return main(arguments)
    except KeyboardInterrupt as error:  # else pytest would take it for the user's
        raise AssertionError("Ctrl-C came through artgen's main") from error


@contextlib.contextmanager
def warnings_as_at_start() -> Iterator[None]:
    """Inside, warnings go to stderr by Python's own filters, and not into pytest's list."""
    with warnings.catch_warnings():
        warnings.resetwarnings()
        for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.simplefilter("ignore", category)
        warnings.showwarning = show
        yield


def show(message, category, filename, lineno, file=None, line=None):
    print(warnings.formatwarning(message, category, filename, lineno, line), file=sys.stderr, end="")


def elsewhere(arguments, folder, variables, dists, prelude) -> subprocess.CompletedProcess[str]:
    """In a new process, with these distributions on its path."""
    program = f"import sys; {prelude or 'pass'}; from artgen.cli import main; sys.exit(main(sys.argv[1:]))"
    return in_new_python(program, arguments, folder, variables, dists)


SEVERAL = """
for words in json.loads(sys.argv[1]):
    code = main(words)
    for stream in (sys.stdout, sys.stderr):
        print(f"\\x1e{code}", file=stream, flush=True)
"""
"""Ends what each command says by a separator of records and its exit code."""


def several(commands, folder, variables, dists=("ok",), prelude="") -> list[subprocess.CompletedProcess[str]]:
    """One after the other in one new process, whose start takes longer than they do."""
    program = f"import json, sys; {prelude or 'pass'}\nfrom artgen.cli import main\n{SEVERAL}"
    done = in_new_python(program, [json.dumps(commands)], folder, variables, dists)
    assert done.returncode == 0, done.stderr
    outs, errors = (re.findall(r"(.*?)\x1e(\d+)\n", stream, re.DOTALL) for stream in (done.stdout, done.stderr))
    answers = zip(commands, outs, errors, strict=True)
    return [subprocess.CompletedProcess(words, int(code), out, err) for words, (out, code), (err, _) in answers]


def in_new_python(program, arguments, folder, variables, dists) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(str(DISTS / name) for name in dists)
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, **SETTINGS, **variables},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
