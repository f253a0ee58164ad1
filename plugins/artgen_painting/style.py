"""What a preset may write where a style is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from artgen.api import PictureFile, hint, wrong_setting

StyleName = Literal["cutout", "fauve", "glass", "harvest", "ink", "meadow", "night", "points", "rose", "sea"]
"""artgen's own style pictures, which are in the folder ``styles``."""
NAMES: tuple[str, ...] = get_args(StyleName)
PICTURES = Path(__file__).parent / "styles"

_FILE: TypeAdapter[Path] = TypeAdapter(PictureFile)


def picture_of(name: str) -> Path:
    """The file of one of artgen's own style pictures."""
    return PICTURES / f"{name}.jpg"


def _known(value: Any) -> Any:
    """A name, a mapping of names, or the path of a picture that is there."""
    if isinstance(value, Mapping):
        for name in value:
            if name not in NAMES:
                raise wrong_setting(
                    f"only artgen's own styles can be mixed, and there is no '{name}'{hint(str(name), NAMES)}"
                )
        if not value:
            raise wrong_setting("names no style; write one, such as night, or several with their shares")
        return value
    if not isinstance(value, (str, Path)):
        raise wrong_setting(f"expected a style, a picture, or styles with their shares, got {value!r}")
    if value in NAMES:
        return value
    try:
        return _FILE.validate_python(value)
    except ValidationError as error:
        if "." in str(value) or "/" in str(value):
            raise wrong_setting(error.errors()[0]["msg"]) from None
        raise wrong_setting(f"there is no style and no picture '{value}'{hint(str(value), NAMES)}") from None


Share = Annotated[float, Field(gt=0)]
Style = Annotated[
    StyleName | PictureFile | dict[StyleName, Share],
    BeforeValidator(_known, json_schema_input_type=StyleName | PictureFile | dict[StyleName, Share]),
]
"""The name of a style, a picture, or names with their shares."""
