"""What a film's folder says of it in ``film.json``, and the film's file carries: what was made, frame by frame.

Each frame is a picture with a recipe of its own, so that this only says which they are and how they are shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from artgen.errors import InputError
from artgen.files import read_text, write_text
from artgen.films.formats.footage import MOST_FPS
from artgen.recipe import model
from artgen.recipe.inputs import VIDEO
from artgen.recipe.model import Digest, ShortText

FILE = "film.json"
"""What it is called in the folder of a film."""
FORMAT = 1
MOST_FRAMES = 200_000
MAX_BYTES = 16 << 20
"""Of its text."""


class SongFile(BaseModel):
    """What is heard."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    name: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^/\\\x00]+$")]
    """The file's name, without its folder."""
    sha256: Digest
    """Of the file."""


class VideoRecord(BaseModel):
    """A video that the film's preset names."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    path: Annotated[str, Field(min_length=1, max_length=4096)]
    """As the preset has it; of a private film only how its name ends."""
    sha256: Digest
    """Of the file; of a folder, of the sha256 of each of its pictures, in lines."""
    folder: Annotated[str, Field(pattern=rf"^{VIDEO}(/\d{{1,3}})?$")]
    """Where its pictures lie, from the film's folder."""
    weights: Annotated[dict[ShortText, Digest], Field(max_length=16)] = {}
    """sha256 of those that told how things move in it."""


class FilmRecord(BaseModel):
    """The form of a film's record, to check those that strangers wrote. Keys of later versions are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    format: Annotated[int, Field(ge=1, le=FORMAT)] = FORMAT
    """The version of this form."""
    artgen: ShortText
    """The version of artgen."""
    preset: dict[str, Any]
    """The resolved preset of the film; without what is private."""
    fps: Annotated[float, Field(gt=0, le=MOST_FPS, allow_inf_nan=False)]
    """Frames in a second."""
    hold: Annotated[int, Field(ge=1, le=10_000)] = 1
    """For how many frames each picture is shown."""
    frames: Annotated[list[Digest], Field(min_length=1, max_length=MOST_FRAMES)]
    """sha256 of each picture's 8-bit pixels, row by row."""
    size: Annotated[list[Annotated[int, Field(ge=1, le=1 << 24)]], Field(min_length=2, max_length=2)]
    """Width and height of the frames."""
    song: SongFile | None = None
    """What is heard."""
    videos: Annotated[list[VideoRecord], Field(max_length=1000)] | None = None
    """What it follows."""
    recipe: dict[str, Any]
    """What made the first frame, as an ordinary recipe says it: plugins, libraries, weights, device, threads."""

    def first_recipe(self, source: object) -> dict[str, Any]:
        """The `recipe` in the newest form, as `artgen.recipe.model.from_json` gives it; InputError if it is none."""
        return model.from_json(model.to_json(self.recipe), source)

    def as_data(self) -> dict[str, Any]:
        """Plain data, without what is not there."""
        return self.model_dump(exclude_none=True)

    def to_json(self) -> str:
        """Canonical JSON, so that equal records are equal texts."""
        return model.to_json(self.as_data())

    @classmethod
    def from_data(cls, data: Any, source: object) -> FilmRecord:
        """The record that plain data is, as from JSON; InputError, in one line, if it is none."""
        written = data.get("format") if isinstance(data, dict) else None
        if type(written) is int and written > FORMAT:
            raise InputError(f"{source}: its record has format {written}, this artgen reads {FORMAT}; update artgen")
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))[:80]
            raise InputError(f"{source}: is no record of a film ({f'{where}: ' * bool(where)}{first['msg']})") from None

    @classmethod
    def from_json(cls, text: str, source: object) -> FilmRecord:
        """The record in a text; InputError, in one line, if it is none."""
        if len(text) > MAX_BYTES:
            raise InputError(f"{source}: larger than {MAX_BYTES >> 20} MiB, which is no record of a film")
        return cls.from_data(model.parsed(text), source)


def read(folder: Path) -> FilmRecord | None:
    """What a folder says of its film; None if it says nothing. InputError if that is damaged."""
    file = folder / FILE
    return FilmRecord.from_json(read_text(file, MAX_BYTES, "record of a film"), file) if file.is_file() else None


def write(folder: Path, record: FilmRecord) -> Path:
    """Write `FILE` in a film's folder, whole or not at all."""
    write_text(folder / FILE, record.to_json() + "\n")
    return folder / FILE
