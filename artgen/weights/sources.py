"""What a preset may write where a model is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from artgen.errors import refused
from artgen.fields.block import wrong_setting
from artgen.fields.paths import LocatedText, expanded, neighbours, refuse_outside
from artgen.fields.personal import Public
from artgen.weights.hub import REPOSITORY

_HUB = "hf-hub:"


def _located(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_HUB):
        return _of_hub(value)
    if not isinstance(value, (str, Path)) or (isinstance(value, str) and not _names_a_folder(value)):
        return value
    base = value.folder if isinstance(value, LocatedText) else Path()
    path = base / expanded(value)
    is_repository = isinstance(value, str) and bool(REPOSITORY.fullmatch(value)) and not value.startswith(".")
    # A folder goes before a repository of the same name.
    if path.is_dir() or not is_repository:
        refuse_outside(path, value)
    if _is_folder(path):
        # `./` keeps a relative folder from being read as a repository when the recipe is run elsewhere.
        return path.as_posix() if path.is_absolute() else f"./{path.as_posix()}"
    if is_repository:
        return str(value)
    text = f"there is no folder '{value}'{neighbours(path, Path.is_dir)}"
    raise wrong_setting(text)


def _of_hub(value: str) -> str:
    """As open_clip and timm write a repository; a folder of that name is not meant."""
    name = value.removeprefix(_HUB)
    if REPOSITORY.fullmatch(name):
        return name
    text = f"'{value}' names no repository of the model hub; write {_HUB}owner/name"
    raise wrong_setting(text)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:
        raise wrong_setting(refused(error, path)) from None


def _names_a_folder(text: str) -> bool:
    """A single word is a name that the component knows; anything with a slash may be a folder."""
    return "/" in text or "\\" in text or text.startswith(("~", ".")) or Path(text).is_absolute()


Source = Annotated[
    str,
    BeforeValidator(_located, json_schema_input_type=str),
    Public("where a model is, which a replay has to find"),
]
"""Where a model comes from: a folder, relative to the preset that names it (`./model`, `models/mine`); a repository
of the model hub (`owner/name`, `owner/name@revision`, also after `hf-hub:`); or a single word, which the component must
know itself."""
