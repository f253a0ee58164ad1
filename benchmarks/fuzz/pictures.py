"""Picture files of all kinds, through every reader that artgen has."""

from __future__ import annotations

import io
from pathlib import Path
from random import Random

from benchmarks.fuzz import damage
from benchmarks.fuzz.watch import command

_MODES = {
    "png": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "webp": ("RGB", "RGBA"),
    "jpg": ("L", "RGB", "CMYK"),
    "gif": ("L", "P"),
    "bmp": ("1", "L", "P", "RGB"),
    "tif": ("1", "L", "RGB", "RGBA", "CMYK", "LAB", "F", "I;16"),
}
_FORMATS = {"jpg": "JPEG", "tif": "TIFF"}


class Pictures:
    """Decoded as a start, a mask and a layer, and asked for their recipe."""

    def __init__(self, folder: Path) -> None:
        self._bases = [(suffix, self._made(suffix, mode)) for suffix, modes in _MODES.items() for mode in modes]

    def _made(self, suffix: str, mode: str) -> bytes:
        from PIL import Image, PngImagePlugin

        picture = Image.linear_gradient("L").resize((13, 9))
        picture = picture.convert("RGB").convert("LAB") if mode == "LAB" else picture.convert(mode)
        options: dict[str, object] = {}
        if suffix == "png":
            text = PngImagePlugin.PngInfo()
            text.add_itxt("artgen:recipe", "{}")
            options = {"pnginfo": text}
        file = io.BytesIO()
        picture.save(file, _FORMATS.get(suffix, suffix.upper()), **options)
        return file.getvalue()

    def base(self, random: Random) -> tuple[str, bytes]:
        return random.choice(self._bases)

    def damage(self, random: Random, found: tuple[str, bytes]) -> tuple[str, bytes]:
        suffix, data = found
        if random.random() < 0.05:
            return random.choice(sorted(_MODES)), data
        return suffix, damage.chunks(random, data) if suffix == "png" and random.random() < 0.5 else damage.raw(
            random, data
        )

    def attempt(self, found: tuple[str, bytes]) -> None:
        from artgen.errors import InputError
        from artgen.picture import reading

        path = Path(f"x.{found[0]}")
        path.write_bytes(found[1])
        for read in (reading.read_picture, reading.read_mask, reading.read_layer):
            try:
                read(path, (8, 8))
            except InputError as error:
                if len(str(error)) > 1000:
                    raise ValueError("a long message") from None
        command("check", path)

    def keep(self, found: tuple[str, bytes], folder: Path) -> None:
        (folder / f"x.{found[0]}").write_bytes(found[1])
