"""Pictures that a browser sends: decoded by the reader that all pictures go through, and written anew by their content.

What is kept is a PNG that the studio has made itself, whatever was sent; its name is the sha256 of its bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.errors import InputError
from artgen.files import atomic_path
from artgen.picture import decoding
from artgen.studio.checking import UPLOADED

if TYPE_CHECKING:
    from PIL import Image

FOLDER = "inputs"
MOST_BYTES = 1 << 26
MOST_PIXELS = 1 << 24
"""As many as the largest canvas has; a larger picture is made smaller."""
SENT = Path("picture")
"""What messages call what was sent, whose own name is nobody's business."""


def keep_picture(folder: Path, content: bytes) -> str:
    """Keep a picture in the studio's `folder`; what presets call it. InputError if it is none."""
    return _keep(folder, _smaller(decoding.decode(content, SENT)))


def keep_mask(folder: Path, content: bytes) -> str:
    """The same for a mask: in grey, where what is clear is black."""
    from PIL import Image

    picture = decoding.decode(content, SENT)
    black = Image.new("RGBA", picture.size, "black")
    return _keep(folder, _smaller(Image.alpha_composite(black, picture).convert("L")))


def give(folder: Path, run: Path, yaml: str) -> None:
    """Let a run's own folder have what its preset names of the uploads, so that it can be drawn again anywhere."""
    for name in dict.fromkeys(UPLOADED.findall(yaml)):
        source, target = folder / name, run / name
        if source.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(source, target)


def _link(source: Path, target: Path) -> None:
    """The same file under another name: neither is ever written to again."""
    with contextlib.suppress(OSError):
        os.link(source, target)
        return
    with atomic_path(target) as temporary:
        shutil.copyfile(source, temporary)


def painted(content: bytes, size: tuple[int, int]) -> bytes:
    """What was painted on a canvas of `size`, width and height, as the bytes of an RGBA PNG of the studio's own.

    Raises:
        InputError: if it is no picture, or of another size.
    """
    picture = decoding.decode(content, SENT)
    if picture.size != size:
        got, wanted = ("x".join(map(str, pair)) for pair in (picture.size, size))
        raise InputError(f"the painting is {got} pixels; the canvas has {wanted}")
    return _png(picture)


def _smaller(picture: Image.Image) -> Image.Image:
    from artgen.picture.preview import thumbnail

    return thumbnail(picture, MOST_PIXELS)


def _keep(folder: Path, picture: Image.Image) -> str:
    content = _png(picture)
    name = f"{FOLDER}/{hashlib.sha256(content).hexdigest()[:32]}.png"
    assert UPLOADED.fullmatch(name)
    target = folder / name
    if not target.is_file() or target.read_bytes() != content:
        with atomic_path(target, advice="choose another --folder") as temporary:
            temporary.write_bytes(content)
    return name


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    return buffer.getvalue()
