"""SVG drawings as pixels, by resvg: the extra ``artgen[svg]``.

A drawing may be a stranger's, and a few lines of it can ask for hours of work or more depth than a stack has. So it is
drawn by `svg_process`, a process of its own with bounds.
"""

from __future__ import annotations

import io
import subprocess
import sys
from importlib.util import find_spec

from artgen.picture.source import Source, Unreadable

SIDE = 2048
"""Pixels of the longer side of what an SVG is drawn as, whatever size it gives: enough to be cut to any canvas."""
MAX_BYTES = 1 << 24
"""An SVG file that is larger is refused."""
SECONDS = 60
"""How long one may take to be drawn."""
_REFUSED = 3


def source(data: bytes) -> Source:
    """The drawing in the bytes of an SVG file; its text is written in this machine's fonts.

    Raises:
        Unreadable: if resvg-py, which draws it, is not installed; or if it is damaged, too large, takes too long, or
            refers to other files.
    """
    if find_spec("resvg_py") is None:
        raise Unreadable('SVG needs one more package; pip install "artgen[svg]"')
    if len(data) > MAX_BYTES:
        raise Unreadable(f"larger than {MAX_BYTES >> 20} MiB, which is no SVG drawing")
    from PIL import Image

    picture = Image.open(io.BytesIO(_drawn(data)), formats=["PNG"])
    return Source(picture.size, False, lambda: picture)


def _drawn(data: bytes) -> bytes:
    """A PNG."""
    command = [sys.executable, "-P", "-m", "artgen.picture.svg_process", str(SIDE), str(SECONDS)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Unreadable(f"it takes more than {SECONDS} seconds to draw; export it as PNG") from None
    if done.returncode == _REFUSED:
        raise Unreadable(done.stderr.decode("utf-8", "replace").strip())
    if done.returncode:
        raise Unreadable("it is too much to draw; export it as PNG")
    return done.stdout
