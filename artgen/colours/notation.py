"""Palettes as presets write them: colours, ramps, files, pictures and plugins' palettes, all read into `#rrggbb`."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from artgen.colours import files
from artgen.colours.names import channels, hexadecimal
from artgen.colours.spaces import oklab_array, rgb_array
from artgen.errors import InputError, Notice
from artgen.fields import offered
from artgen.fields.block import wrong_setting
from artgen.fields.paths import InputFile, LocatedText
from artgen.fields.personal import Public
from artgen.fields.widgets import KEY, ColourWheel
from artgen.picture import decoding
from artgen.picture.formats import is_picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 256
"""The most colours of a palette."""
MAX_PIXELS = 1 << 24
"""Of a picture with more pixels only so many, all over it, are looked at."""
SAMPLED_PIXELS = 1 << 18
"""How many pixels of a picture of many colours are enough to find its palette."""

_COUNT = re.compile(r"(.*)\\(\d{1,9})", re.DOTALL)


def split(value: Any) -> Any:
    """The entries of one text, parted by commas or semicolons; a list already has them."""
    if not isinstance(value, str):
        return value
    parts = [part.strip() for part in re.split("[,;]", value)]
    return [_located(part, value) for part in parts if part]


def entry(value: Any, find: Callable[[Any], Path]) -> tuple[str, ...]:
    r"""The colours of a colour, a ramp (``red->gold\8``), a file or a plugin's palette.

    `find` gives the path of a file's name. What artgen reads itself goes first: no plugin changes what a text means.
    """
    if not isinstance(value, str):
        raise wrong_setting(f"expected a colour, a ramp such as red->gold\\8, or a palette file, got {value!r}")
    text, count = _counted(value)
    if "->" in text or "→" in text:
        return ramp(re.split("->|→", text), count or 16)
    suffix = Path(text).suffix.lower()
    if is_picture(text):
        return of_picture(find(_located(text, value)), count or 16)
    if suffix in files.READERS:
        return of_file(find(_located(text, value)), count)
    if count is None:
        try:
            return (hexadecimal(text),)
        except PydanticCustomError as error:
            unknown = error
    else:
        unknown = wrong_setting(
            f"'\\{count}' counts the colours of a ramp, a picture or a palette; '{text}' is none of them"
        )
    if (colours := _offered(text, count, value)) is not None:
        return colours
    _refuse_unread(text, find, value)
    if guess := offered.nearest("palette", text):
        raise wrong_setting(f"no colour and no palette is called '{text}'{guess}")
    raise unknown


def _offered(text: str, count: int | None, source: str) -> tuple[str, ...] | None:
    """The colours of a plugin's palette; None if none is called so."""
    folder = source.folder if isinstance(source, LocatedText) else Path()
    try:
        found = offered.find("palette", text, folder)
        if isinstance(found, Path):
            return of_picture(found, count or 16) if is_picture(found.name) else of_file(found, count)
    except InputError as error:
        raise wrong_setting(str(error)) from None
    if found is None:
        return None
    try:
        colours = tuple(dict.fromkeys(hexadecimal(colour) for colour in found))
    except PydanticCustomError as error:
        raise wrong_setting(f"palette '{text}': {error}") from None
    return colours if count is None else apart(colours, count)


def _refuse_unread(text: str, find: Callable[[Any], Path], value: str) -> None:
    """Says so if what is no colour is a file, of a kind that is not read."""
    try:
        path = find(_located(text, value))
    except ValidationError:
        return
    raise wrong_setting(
        f"'{path.name}' is no palette file that is read; save it as one of {files.KINDS}, or as a picture"
    )


def join(entries: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """All colours, each once, 1 to `MOST` of them."""
    colours = tuple(dict.fromkeys(colour for some in entries for colour in some))
    if not 1 <= len(colours) <= MOST:
        raise wrong_setting(f"a palette has 1 to {MOST} colours, this one {len(colours)}")
    return colours


def _counted(value: str) -> tuple[str, int | None]:
    """A text without the count that may end it, and the count."""
    match = _COUNT.fullmatch(value.strip())
    if not match:
        return value.strip(), None
    count = int(match[2])
    if not 1 <= count <= MOST:
        raise wrong_setting(f"'\\{match[2]}' is out of range; ask for 1 to {MOST} colours")
    return match[1].strip(), count


def _located(text: str, source: str) -> str:
    return LocatedText(text, source.folder) if isinstance(source, LocatedText) else text


def ramp(stops: Sequence[str], count: int) -> tuple[str, ...]:
    """`count` colours on the way through `stops`, straight lines in Oklab, at distances as equal as can be.

    The stops are among the colours where `count` has room for them; then each way between two of them is divided
    evenly, the longer the more. With fewer colours all distances are equal, and only the ends are sure to be there.
    """
    import numpy as np

    lab = oklab_array(np.array([channels(hexadecimal(stop)) for stop in stops]))
    lengths = np.linalg.norm(np.diff(lab, axis=0), axis=1)
    if count < len(stops):
        whole = np.concatenate([[0], lengths.cumsum()])
        places = np.interp(np.linspace(0, whole[-1], count), whole, np.arange(len(stops)))
    else:
        parts = _shared(lengths.tolist(), count - 1)
        ways = [np.linspace(way, way + 1, part, endpoint=False) for way, part in enumerate(parts)]
        places = np.concatenate([*ways, [len(stops) - 1]])
    mixed = np.stack([np.interp(places, np.arange(len(stops)), axis) for axis in lab.T], axis=-1)
    return _names(rgb_array(mixed) * 255)


def _shared(lengths: Sequence[float], steps: int) -> list[int]:
    """How many of `steps` each length gets, at least one, so that the longest step is as short as can be."""
    parts = [1] * len(lengths)
    for _ in range(steps - len(lengths)):
        longest = max(range(len(lengths)), key=lambda way: lengths[way] / parts[way])
        parts[longest] += 1
    return parts


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
        raise wrong_setting(str(error)) from None
    rgba = rgba[:: len(rgba) // MAX_PIXELS + 1]
    solid = rgba[rgba[:, 3] >= 128, :3]
    if not len(solid):
        raise wrong_setting(f"'{path.name}' is transparent all over; give a picture with colours")
    return solid


def _notice(line: str) -> None:
    warnings.warn(line, Notice, stacklevel=2)


def of_file(path: Path, count: int | None = None) -> tuple[str, ...]:
    """The colours of a palette file, each once and in its order; only `count` of them, where that is given."""
    try:
        colours = tuple(dict.fromkeys(files.read(path)))
    except InputError as error:
        raise wrong_setting(str(error)) from None
    if count is not None:
        return apart(colours, count)
    if len(colours) > MOST:
        raise wrong_setting(
            f"'{path.name}' has {len(colours)} colours, a palette at most {MOST}; write {path.name}\\64 for the 64 "
            "that lie furthest apart"
        )
    return colours


def apart(colours: Sequence[str], count: int) -> tuple[str, ...]:
    """The `count` of `colours` that lie furthest apart in Oklab, in their order; all, if they are no more.

    Each is the one that is furthest from those before (Gonzalez 1985), beginning with the furthest from the middle.
    """
    import numpy as np

    if len(colours) <= count:
        return tuple(colours)
    lab = oklab_array(np.array([channels(colour) for colour in colours]))
    distances = np.linalg.norm(lab - lab.mean(axis=0), axis=1)
    chosen: list[int] = []
    for _ in range(count):
        chosen.append(int(distances.argmax()))
        found = np.linalg.norm(lab - lab[chosen[-1]], axis=1)
        distances = found if len(chosen) == 1 else np.minimum(distances, found)
    return tuple(colours[number] for number in sorted(chosen))


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
        text = {"type": "string", "minLength": 1, "offered": "palette"}
        one = {**text, KEY: ColourWheel().data()}
        return {"anyOf": [text, {"type": "array", "items": one, "minItems": 1}]}


PaletteColours = Annotated[tuple[str, ...], _PaletteField(), Public("colours")]
"""1 to 256 colours, each held once as `#rrggbb`; a preset gives a list, or one text with commas or semicolons, of:

- colours as `Colour` reads them;
- ramps: ``red->gold\\8`` is 8 colours at equal distances in Oklab (16 without a number); ``black->red->white`` has red
  among them, and distances as equal as that allows;
- palette files: GIMP's and Aseprite's ``.gpl``, JASC's and Microsoft's ``.pal``, Lospec's ``.hex``, paint.net's
  ``.txt``, Adobe's ``.ase``, ``.aco`` and ``.act``, Procreate's ``.swatches``; ``file.gpl\\64`` is the 64 of its
  colours that lie furthest apart, and what is more than half transparent is left out;
- pictures: ``photo.png\\8`` is the 8 colours (16 without a number) that show it best;
- palettes of plugins: ``sunset-8``, or ``dist:sunset-8`` where several offer one; ``sunset-8\\4`` is 4 of its colours.
"""
