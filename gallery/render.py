"""Draw the gallery: ``gallery/presets/*.yaml``, and the shipped presets that need no hub::

    python gallery/render.py [NAME ...]

Leaves ``gallery/NAME.png`` with its recipe, ``gallery/NAME.losses.json`` and ``thumbnails/NAME.png`` beside the preset;
of those in ``presets`` also ``gallery/NAME-progress.png``. A film leaves ``gallery/NAME.webm``, and as its picture the
frame in its middle, with the frames that this begins with in ``gallery/inputs``. Titles and notes stand in
``gallery/gallery.yaml``.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from artgen.cli import main
from artgen.fields.paths import FRAMES, PICTURE
from artgen.files import atomic_path
from artgen.gallery import model
from artgen.preset import loading
from artgen.recipe import metadata
from artgen.recipe.inputs import FOLDER, stored_names
from artgen.reporters import curves

ROOT = Path(__file__).resolve().parent.parent
# Relative, so that a recipe names its input files as they lie in every clone.
GALLERY, SHIPPED = Path("gallery"), Path("presets")
THUMBNAIL = 128
AS_WEBM = ("--format", "webm", "--overwrite")


def render(preset: Path) -> None:
    """Draw one preset; its pictures are replaced when the run is through."""
    if loading.load(preset).film is not None:
        render_film(preset)
    else:
        render_picture(preset)
    save_thumbnail(preset)


def render_film(preset: Path) -> None:
    """Draw one film. Its folder lies in the current one, because the recipes of its frames name it."""
    folder = Path("runs") / f"gallery-{preset.stem}"
    if main(["run", str(preset), "--out", str(folder), "--overwrite"]) or main(["film", str(folder), *AS_WEBM]):
        raise SystemExit(f"{preset} failed")
    frames = sorted((folder / FRAMES).glob("[0-9]*[0-9].png"))
    poster = frames[len(frames) // 2]
    for path, digest in metadata.read(poster)["inputs"].items():
        if Path(path).is_relative_to(folder):
            copy(Path(path), GALLERY / FOLDER / stored_names(path, digest)[1])
    copy(poster, GALLERY / f"{preset.stem}.png")
    copy(folder / "film.webm", GALLERY / f"{preset.stem}.webm")


def copy(source: Path, place: Path) -> None:
    with atomic_path(place) as temporary:
        temporary.write_bytes(source.read_bytes())


def render_picture(preset: Path) -> None:
    copies = {PICTURE: f"{preset.stem}.png", curves.FILE: f"{preset.stem}.losses.json"}
    if preset.parent == SHIPPED:
        copies["progress.png"] = f"{preset.stem}-progress.png"
    with TemporaryDirectory() as folder:
        if main(["run", str(preset), "--out", folder]):
            raise SystemExit(f"{preset} failed")
        for source, name in copies.items():
            copy(Path(folder) / source, GALLERY / name)


def save_thumbnail(preset: Path) -> None:
    picture = Image.open(GALLERY / f"{preset.stem}.png")
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    with atomic_path(preset.parent / "thumbnails" / f"{preset.stem}.png") as temporary:
        # Saved anew, without the text: a thumbnail is no picture to replay.
        picture.convert("RGBA" if picture.has_transparency_data else "RGB").save(temporary, format="PNG", pnginfo=None)


def needs_hub(preset: Path) -> bool:
    """Whether a part of it has weights that do not come with artgen."""
    loaded = loading.load(preset)
    parts = (loaded.generator, *loaded.perceptors.values())
    return any(getattr(part, "model", "embedded") != "embedded" for part in parts)


def render_all(names: Sequence[str]) -> None:
    """Draw the presets of these names, or all of them."""
    known = {file.stem: file for folder in (SHIPPED, GALLERY / "presets") for file in sorted(folder.glob("*.yaml"))}
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(f"there is no preset {', '.join(unknown)}; known: {', '.join(known)}")
    for name in names or [name for name, file in known.items() if not needs_hub(file)]:
        render(known[name])
        if name not in {entry.name for entry in model.read(GALLERY).entries}:
            print(f"{GALLERY / model.FILE}: {name}.png has no entry yet", file=sys.stderr)


if __name__ == "__main__":
    with contextlib.chdir(ROOT):
        render_all(sys.argv[1:])
