"""Runs the notebook and keeps what it shows: ``python -m docs.notebook``."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from artgen.files import write_text

PAGE = Path(__file__).parent / "notebook.ipynb"
KERNEL = "python3"


def execute(folder: Path, **parameters: object) -> Any:
    """The notebook, run in `folder` by this very Python with other values for its parameters.

    Raises:
        CellExecutionError: if a cell raises.
    """
    notebook = nbformat.read(PAGE, as_version=4)
    _set_parameters(notebook, parameters)
    with tempfile.TemporaryDirectory() as place:
        kernel = AsyncKernelManager(kernel_name=KERNEL, kernel_spec_manager=_this_python(Path(place)))
        where = {"metadata": {"path": str(folder)}}
        client = NotebookClient(notebook, km=kernel, timeout=300, record_timing=False, resources=where)
        # What tqdm says about missing widgets is no part of the page.
        quiet = {"IPYTHONDIR": place, "PYTHONWARNINGS": "ignore:IProgress not found"}
        return client.execute(env={**os.environ, **quiet})


def _this_python(place: Path) -> KernelSpecManager:
    """A kernel of the running interpreter, whatever kernels the machine knows under that name."""
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
    (place / KERNEL).mkdir()
    spec = {"argv": command, "display_name": "Python 3", "language": "python"}
    (place / KERNEL / "kernel.json").write_text(json.dumps(spec))
    return KernelSpecManager(kernel_dirs=[str(place)], ensure_native_kernel=False)


def _set_parameters(notebook: Any, parameters: dict[str, object]) -> None:
    (cell,) = (cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ()))
    for name, value in parameters.items():
        cell.source, count = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value!r}", cell.source)
        if not count:
            raise KeyError(f"the notebook has no parameter {name}")


def _slim(notebook: Any) -> None:
    """One form of each picture is enough."""
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        data = output.get("data", {})
        data.pop("image/jpeg", None)
        if "text/html" in data:
            data.pop("image/png", None)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        notebook = execute(Path(folder))
    _slim(notebook)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": KERNEL},
        "language_info": {"name": "python"},
    }
    write_text(PAGE, nbformat.writes(notebook) + "\n")


if __name__ == "__main__":
    main()
