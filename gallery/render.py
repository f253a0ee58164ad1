"""Draw every shipped preset that needs no hub, for the gallery and as the presets' thumbnails::

    python gallery/render.py [NAME ...]

Leaves ``gallery/NAME.png`` with its recipe, ``gallery/NAME-progress.png``, and ``presets/thumbnails/NAME.png``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from artgen import presets
from artgen.cli import main
from artgen.files import atomic_path

ROOT = Path(__file__).parent.parent
THUMBNAIL = 128


def render(preset: Path) -> None:
    with TemporaryDirectory() as folder:
        if main(["run", str(preset), "--out", folder]):
            raise SystemExit(f"{preset} failed")
        for source, name in (("image.png", preset.stem), ("progress.png", f"{preset.stem}-progress")):
            with atomic_path(ROOT / "gallery" / f"{name}.png") as temporary:
                temporary.write_bytes((Path(folder) / source).read_bytes())
    picture = Image.open(ROOT / "gallery" / f"{preset.stem}.png")
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    with atomic_path(ROOT / "presets" / "thumbnails" / f"{preset.stem}.png") as temporary:
        # Saved anew, without the text: a thumbnail is no picture to replay.
        picture.convert("RGB").save(temporary, format="PNG", pnginfo=None)


def needs_hub(preset: Path) -> bool:
    """Whether a part of it has weights that do not come with artgen."""
    loaded = presets.load(preset)
    parts = (loaded.generator, *loaded.perceptors.values())
    return any(getattr(part, "model", "embedded") != "embedded" for part in parts)


if __name__ == "__main__":
    wanted = sys.argv[1:]
    for file in sorted((ROOT / "presets").glob("*.yaml")):
        if file.stem in wanted or (not wanted and not needs_hub(file)):
            render(file)
