"""Palettes as presets write them: colours, ramps, palette files and pictures, all read into `#rrggbb`."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from artgen.colours.names import channels, hexadecimal
from artgen.colours.spaces import oklab_array, rgb_array
from artgen.errors import InputError, Notice
from artgen.fields.paths import InputFile, LocatedText
from artgen.fields.personal import Public
from artgen.files import read_bytes
from artgen.picture import decoding
from artgen.picture.formats import is_picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 256
"""The most colours of a palette."""
MAX_BYTES = 1 << 16
"""A palette file larger than this is refused unread."""
MAX_PIXELS = 1 << 24
"""Of a picture with more pixels only so many, all over it, are looked at."""
SAMPLED_PIXELS = 1 << 18
"""How many pixels of a picture of many colours are enough to find its palette."""

_COUNT = re.compile(r"(.*)\\(\d{1,9})", re.DOTALL)
_GIMP_LINE = re.compile(r"(\d+)\s+(\d+)\s+(\d+)(?:\s.*)?")
_HEX_LINE = re.compile(r"#?[0-9a-fA-F]{6}")


def split(value: Any) -> Any:
    """The entries of one text, parted by commas or semicolons; a list already has them."""
    if not isinstance(value, str):
        return value
    parts = [part.strip() for part in re.split("[,;]", value)]
    return [_located(part, value) for part in parts if part]


def entry(value: Any, find: Callable[[Any], Path]) -> tuple[str, ...]:
    r"""The colours of a colour, a ramp (``red->gold\8``) or a file; `find` gives the path of a file's name."""
    if not isinstance(value, str):
        _refuse(f"expected a colour, a ramp such as red->gold\\8, or a palette file, got {value!r}")
    text, count = _counted(value)
    if "->" in text or "→" in text:
        return ramp(re.split("->|→", text), count or 16)
    suffix = Path(text).suffix.lower()
    if is_picture(text):
        return of_picture(find(_located(text, value)), count or 16)
    if count is not None:
        _refuse(f"'\\{count}' counts the colours of a ramp or a picture; '{text}' is neither")
    if suffix in READERS:
        return of_file(find(_located(text, value)))
    return (hexadecimal(text),)


def join(entries: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """All colours, each once, 1 to `MOST` of them."""
    colours = tuple(dict.fromkeys(colour for some in entries for colour in some))
    if not 1 <= len(colours) <= MOST:
        _refuse(f"a palette has 1 to {MOST} colours, this one {len(colours)}")
    return colours


def _counted(value: str) -> tuple[str, int | None]:
    """A text without the count that may end it, and the count."""
    match = _COUNT.fullmatch(value.strip())
    if not match:
        return value.strip(), None
    count = int(match[2])
    if not 1 <= count <= MOST:
        _refuse(f"'\\{match[2]}' is out of range; ask for 1 to {MOST} colours")
    return match[1].strip(), count


def _located(text: str, source: str) -> str:
    return LocatedText(text, source.folder) if isinstance(source, LocatedText) else text


def _refuse(text: str) -> NoReturn:
    raise PydanticCustomError("palette", "{text}", {"text": text})


def ramp(stops: Sequence[str], count: int) -> tuple[str, ...]:
    """`count` colours at equal distances on the way through `stops`, straight lines in Oklab."""
    import numpy as np

    lab = oklab_array(np.array([channels(hexadecimal(stop)) for stop in stops]))
    places = np.linspace(0, len(stops) - 1, count)
    mixed = np.stack([np.interp(places, np.arange(len(stops)), axis) for axis in lab.T], axis=-1)
    return _names(rgb_array(mixed) * 255)


def _names(levels: NDArray[Any]) -> tuple[str, ...]:
    """(N, 3) in [0, 255] as `#rrggbb`."""
    return tuple("#{:02x}{:02x}{:02x}".format(*row) for row in levels.round().astype(int).tolist())


def of_picture(path: Path, count: int) -> tuple[str, ...]:
    """A picture's own colours if they are no more than `count`, else that many which stand for them; common first.

    Median cut (Heckbert 1982) finds them, and k-means moves them to the middle of what they stand for.
    """
    import numpy as np
    from PIL import Image

    pixels = _pixels(path)
    packed = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    unique, first, number = np.unique(packed, return_index=True, return_counts=True)
    if len(unique) <= count:
        return _names(pixels[first[np.argsort(-number, kind="stable")]])
    sample = pixels[:: len(pixels) // SAMPLED_PIXELS + 1]
    reduced = Image.fromarray(sample[None]).quantize(count, Image.Quantize.MEDIANCUT, kmeans=1)
    colours = np.array(reduced.getpalette()).reshape(-1, 3)
    number = np.bincount(np.array(reduced).ravel(), minlength=count)
    return _names(colours[np.argsort(-number, kind="stable")[: (number > 0).sum()]])


def _pixels(path: Path) -> NDArray[Any]:
    """(N, 3) uint8: those pixels of a picture that are not transparent."""
    import numpy as np

    try:
        rgba = np.array(decoding.decode(decoding.content(path), Path(path.name), _notice)).reshape(-1, 4)
    except InputError as error:
        _refuse(str(error))
    rgba = rgba[:: len(rgba) // MAX_PIXELS + 1]
    solid = rgba[rgba[:, 3] >= 128, :3]
    if not len(solid):
        _refuse(f"'{path.name}' is transparent all over; give a picture with colours")
    return solid


def _notice(line: str) -> None:
    warnings.warn(line, Notice, stacklevel=2)


def of_file(path: Path) -> tuple[str, ...]:
    """The colours of a palette file, in its order."""
    try:
        data = read_bytes(path, MAX_BYTES, "palette", f"'{path.name}'")
    except InputError as error:
        _refuse(f"{error}; give a palette file")
    return READERS[path.suffix.lower()](data, path.name)


def _gimp(data: bytes, name: str) -> tuple[str, ...]:
    lines = data.decode("utf-8", "replace").splitlines()
    if not lines or lines[0].strip() != "GIMP Palette":
        _refuse(f"'{name}' does not start with 'GIMP Palette'; give a palette that GIMP saved")
    colours = []
    for number, line in enumerate(map(str.strip, lines[1:]), 2):
        if not line or line.startswith(("#", "Name:", "Columns:")):
            continue
        match = _GIMP_LINE.fullmatch(line)
        if not match or not all(len(level) < 4 and int(level) < 256 for level in match.groups()):
            _refuse(f"'{name}', line {number}: expected red, green and blue from 0 to 255, such as '255 0 0 Red'")
        colours.append("#{:02x}{:02x}{:02x}".format(*map(int, match.groups())))
    return tuple(colours)


def _adobe(data: bytes, name: str) -> tuple[str, ...]:
    """256 triplets; newer files add how many of them count, and which one is transparent (two bytes each)."""
    count = int.from_bytes(data[768:770], "big") if len(data) == 772 else 256
    if len(data) not in (768, 772) or not 1 <= count <= 256:
        _refuse(f"'{name}' is no Adobe colour table (768 or 772 bytes); save it as .act again")
    return tuple(f"#{data[3 * i : 3 * i + 3].hex()}" for i in range(count))


def _lospec(data: bytes, name: str) -> tuple[str, ...]:
    colours = []
    for number, line in enumerate(map(str.strip, data.decode("utf-8", "replace").splitlines()), 1):
        if line and not _HEX_LINE.fullmatch(line):
            _refuse(f"'{name}', line {number}: expected one rrggbb, such as ff8800")
        colours += [f"#{line[-6:].lower()}"] if line else []
    return tuple(colours)


READERS = {".gpl": _gimp, ".act": _adobe, ".hex": _lospec}


class _PaletteField:
    """How a preset's palette is read, and what editors may know of it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        path = handler.generate_schema(InputFile)
        one = core_schema.no_info_wrap_validator_function(entry, path)
        several = core_schema.tuple_schema([one], variadic_item_index=0)
        return core_schema.no_info_after_validator_function(
            join,
            core_schema.no_info_before_validator_function(split, several),
            serialization=core_schema.plain_serializer_function_ser_schema(list),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        text = {"type": "string", "minLength": 1}
        return {"anyOf": [text, {"type": "array", "items": text, "minItems": 1}]}


PaletteColours = Annotated[tuple[str, ...], _PaletteField(), Public("colours")]
"""1 to 256 colours, each held once as `#rrggbb`; a preset gives a list, or one text with commas or semicolons, of:

- colours as `Colour` reads them;
- ramps: ``red->gold\\8`` is 8 colours at equal distances in Oklab (16 without a number), ``black->red->white`` too;
- palette files: GIMP's ``.gpl``, Adobe's ``.act``, Lospec's ``.hex``;
- pictures: ``photo.png\\8`` is the 8 colours (16 without a number) that show it best.
"""
