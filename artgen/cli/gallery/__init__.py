"""A folder of pictures that carry their recipe: add to it, replay all of it, build its page.

    artgen gallery add runs/quickstart-0001 --title "A heart" --tags pixel,palette
    artgen gallery verify
    artgen gallery verify heart --sample 3 --budget 300
    artgen gallery build --out gallery.html

`gallery.yaml` in the folder lists the pictures; `artgen gallery add` keeps what stands there.
"""

from pathlib import Path

import click

from artgen.cli.base import LazyGroup
from artgen.cli.common import F
from artgen.cli.types import FOLDER


def in_gallery(function: F) -> F:
    """``--gallery``; the function gets it as `folder`."""
    folder = "its folder (default: gallery)"
    option = click.option("--gallery", "folder", type=FOLDER, metavar="DIR", default=Path("gallery"), help=folder)
    return option(function)


command = LazyGroup(
    help=__doc__,
    lazy={
        "add": ("artgen.cli.gallery.add", "take in a picture, with its losses and what its recipe reads"),
        "verify": ("artgen.cli.gallery.verify", "replay the pictures; exit code 0 only if all are identical"),
        "build": ("artgen.cli.gallery.build", "write a page that shows them all"),
    },
)
