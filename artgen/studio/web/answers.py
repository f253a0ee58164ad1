"""How requests are read and answers written: JSON, bounded, and what is wrong in one form."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from artgen.errors import InputError, Mark, Problem
from artgen.preset.nodes import MAX_BYTES as MOST_PRESET
from artgen.studio.checking import told
from artgen.studio.orders import Wrong
from artgen.studio.runs import StudioRun
from artgen.studio.studio import OpenStudio
from artgen.studio.telling import to_json

MOST_JSON = 2 * MOST_PRESET
"""Bytes of a body: a preset, and what JSON adds to it."""

Handler = Callable[[Request], Awaitable[Response]]


class Told(Response):
    """Data as JSON."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return to_json(content).encode()


class NotThere(Exception):
    """What was asked for is not there."""


def refusal(status: int, problems: Sequence[Problem]) -> Response:
    return Told({"problems": told(problems)}, status)


def wrong(message: str, path: str = "") -> Wrong:
    """One thing that is wrong with what was sent."""
    return Wrong((Problem(Mark(""), path, message),))


def answering(handler: Handler) -> Handler:
    """With what is wrong as an answer of the form that all have."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except NotThere as error:
            return refusal(404, [Problem(Mark(""), "", str(error))])
        except Wrong as error:
            return refusal(422, error.problems)
        except InputError as error:
            return refusal(422, [Problem(Mark(""), "", str(error))])

    return answer


def studio_of(request: Request) -> OpenStudio:
    found: OpenStudio = request.app.state.studio
    return found


def run_of(request: Request) -> StudioRun:
    """The run that the address names; NotThere if there is none."""
    name = request.path_params["id"]
    entry = studio_of(request).entries.get(name)
    if entry is None:
        raise NotThere(f"there is no run '{name}'")
    return entry


async def body_of(request: Request, most: int) -> bytes:
    """Wrong if it has more than `most` bytes."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > most:
            raise wrong(f"more than {most} bytes are not read")
    return bytes(content)


async def json_of(request: Request) -> dict[str, Any]:
    """The object that was sent; an empty one where nothing was. Wrong if it is no JSON object."""
    content = await body_of(request, MOST_JSON)
    if not content:
        return {}
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise wrong("expected JSON") from None
    if not isinstance(data, dict):
        raise wrong("expected a JSON object")
    return data


def switch_in(data: Mapping[str, Any], key: str, default: bool | None = None) -> bool:
    """True or false, as it was sent; Wrong if it is neither."""
    value = data.get(key, default)
    if not isinstance(value, bool):
        raise wrong("expected true or false", key)
    return value


def text_in(data: Mapping[str, Any], key: str, most: int, default: str | None = None) -> str:
    """A text that was sent; Wrong if it is none, or longer than `most` characters."""
    value = data.get(key, default)
    if not isinstance(value, str) or len(value) > most:
        raise wrong(f"expected a text of at most {most} characters", key)
    return value


def texts_in(data: Mapping[str, Any], key: str, most: int, longest: int) -> list[str]:
    """At most so many texts that were sent, each of at most `longest` characters; Wrong if they are none."""
    value = data.get(key)
    if not isinstance(value, list) or len(value) > most:
        raise wrong(f"expected a list of at most {most} texts", key)
    return [text_in({key: one}, key, longest) for one in value]


def number_in(data: Mapping[str, Any], key: str, least: int, most: int, default: int | None = None) -> int:
    """A whole number that was sent; Wrong if it is none between `least` and `most`."""
    value = data.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise wrong(f"expected a whole number from {least} to {most}", key)
    return value


def number_asked(request: Request, key: str, least: int, most: int) -> int | None:
    """A whole number in the address, if it is there."""
    text = request.query_params.get(key)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise wrong(f"expected a whole number from {least} to {most}", key)
    return number_in({key: int(text)}, key, least, most)
