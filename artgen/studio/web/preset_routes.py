"""What can be asked of presets: which there are, how they are written, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from artgen.preset import shipped
from artgen.preset.nodes import MAX_BYTES as MOST_PRESET
from artgen.studio import runs, uploads
from artgen.studio.checking import Checked, as_yaml, told
from artgen.studio.presets import OfferedPreset
from artgen.studio.web.answers import NotThere, Told, body_of, json_of, studio_of, text_in, wrong
from artgen.version import own_version


async def state(request: Request) -> Response:
    """All that a window has to know when it opens."""
    studio = studio_of(request)
    presets = await to_thread.run_sync(studio.presets.brief)
    return Told(
        {
            "version": own_version(),
            "folder": str(studio.folder),
            "preset": studio.presets.chosen,
            "presets": presets,
            "runs": [studio.brief(entry) for entry in studio.entries.values()],
            "limits": {"yaml": MOST_PRESET, "upload": uploads.MOST_BYTES, "title": runs.MOST_TITLE},
        }
    )


async def schema(request: Request) -> Response:
    """The JSON Schema of presets, made once."""
    text = await to_thread.run_sync(request.app.state.schema)
    return Response(text, media_type="application/json")


async def show(request: Request) -> Response:
    offered = _offered(request)
    checked = await studio_of(request).check(await to_thread.run_sync(lambda: offered.text), offered.name)
    return Told({"name": offered.name, **_told(checked)})


async def thumbnail(request: Request) -> Response:
    path = shipped.thumbnail(_offered(request).path)
    if path is None:
        raise NotThere("it has no thumbnail")
    return FileResponse(path, media_type="image/png", headers={"cache-control": "private, max-age=3600"})


async def check(request: Request) -> Response:
    checked, _ = await checked_in(request, await json_of(request))
    return Told(_told(checked))


async def keep_picture(request: Request) -> Response:
    content = await body_of(request, uploads.MOST_BYTES)
    path = await to_thread.run_sync(uploads.keep_picture, studio_of(request).folder, content)
    return Told({"path": path}, 201)


async def keep_mask(request: Request) -> Response:
    content = await body_of(request, uploads.MOST_BYTES)
    path = await to_thread.run_sync(uploads.keep_mask, studio_of(request).folder, content)
    return Told({"path": path}, 201)


async def checked_in(request: Request, sent: Mapping[str, Any], preset: str = "") -> tuple[Checked, str]:
    """The preset that was sent as ``yaml`` or as ``data``, checked, and the name of the one that it began from."""
    name = text_in(sent, "preset", runs.MOST_TITLE, default=preset)
    data = sent.get("data")
    if data is None:
        yaml = text_in(sent, "yaml", MOST_PRESET)
    elif isinstance(data, Mapping):
        yaml = await to_thread.run_sync(as_yaml, data)
    else:
        raise wrong("expected an object", "data")
    return await studio_of(request).check(yaml, name), name


def _offered(request: Request) -> OfferedPreset:
    name = request.path_params["name"]
    offered = studio_of(request).presets.find(name)
    if offered is None:
        raise NotThere(f"there is no preset '{name}'")
    return offered


def _told(checked: Checked) -> dict[str, Any]:
    return {
        "problems": told(checked.problems),
        "remarks": list(checked.remarks),
        "yaml": checked.yaml,
        "data": checked.data,
    }
