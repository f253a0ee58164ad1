"""A virtual environment with wheels, what artgen declares that it needs, and pytest: nothing else.

The needed distributions are links to those that are installed here, so that nothing is downloaded; whether what a
wheel declares is there is judged by pip itself.
"""

import os
import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

from build import ProjectBuilder
from packaging.requirements import Requirement

KINDS = ("generator", "loss", "perceptor", "filter", "augmentation", "finish", "reporter", "preset")
NAMES = {kind: f"trial_{kind}" for kind in KINDS}
"""What the plugin of each kind is called."""


class Environment:
    """A new virtual environment in `folder`, without artgen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "venv" / "bin"

    def make(self) -> None:
        venv.EnvBuilder(symlinks=True).create(self.folder / "venv")
        libraries = self.folder / "libraries"
        libraries.mkdir()
        for name in sorted(_needed([*_declared("artgen"), Requirement("pytest")])):
            _link(name, libraries)
        packages = self.run("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip()
        (Path(packages) / "libraries.pth").write_text(f"{libraries}\n")

    def install(self, wheels) -> None:
        """By pip, which finds the requirements in the environment or fails."""
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(self.programs / "python")]
        self.run(*pip, "install", "--quiet", "--no-index", *map(str, wheels))

    def run(self, program, *arguments, code=0, folder=None, **variables):
        """A program of the environment, in an empty folder or in `folder`."""
        inherited = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "ARTGEN", "PYTEST"))
        }
        done = subprocess.run(
            [self.programs / program, *map(str, arguments)],
            cwd=folder or self.folder,
            env={**inherited, "ARTGEN_OFFLINE": "1", "COLUMNS": "150", "NO_COLOR": "1", **variables},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def artgen(self, *commands, **more):
        """Several commands of artgen in one process."""
        program = f"from artgen.cli import main\nfor command in {[[*map(str, c)] for c in commands]!r}:\n"
        return self.run("python", "-c", f"{program}    assert main(command) == 0, command", **more)


def wheel(project: Path, folder: Path) -> Path:
    """As `python -m build --wheel --no-isolation` builds it."""
    return Path(ProjectBuilder(project).build("wheel", folder))


def _declared(name, extras=("",)):
    """The requirements of a distribution that count on this machine."""
    found = map(Requirement, distribution(name).requires or ())
    return [r for r in found if not r.marker or any(r.marker.evaluate({"extra": extra}) for extra in extras)]


def _needed(requirements):
    """The distributions that fulfil `requirements`, and those that they require."""
    names, waiting, seen = set(), list(requirements), set()
    while waiting:
        requirement = waiting.pop()
        key = (requirement.name.lower(), *sorted(requirement.extras))
        if key not in seen:
            seen.add(key)
            names.add(requirement.name)
            waiting += _declared(requirement.name, ("", *requirement.extras))
    return names


def _link(name, folder):
    """Links in `folder` to everything that a distribution put beside itself."""
    found = distribution(name)
    for top in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
        if not (folder / top).exists():
            (folder / top).symlink_to(found.locate_file(top))
