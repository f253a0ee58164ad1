"""What can be asked of one run, and done to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from artgen.api import GeneratorSpec
from artgen.errors import InputError
from artgen.registry import lookup
from artgen.studio import pictures, runs, uploads
from artgen.studio.checking import as_yaml
from artgen.studio.pictures import Content
from artgen.studio.runs import MOST_TITLE
from artgen.studio.web.answers import (
    NotThere,
    Told,
    body_of,
    json_of,
    number_asked,
    number_in,
    run_of,
    studio_of,
    switch_in,
    text_in,
    texts_in,
)
from artgen.studio.web.preset_routes import checked_in

MOST_STEPS = 10**7
MOST_FORMS = 16


async def begin(request: Request) -> Response:
    sent = await json_of(request)
    checked, preset = await checked_in(request, sent)
    entry = await studio_of(request).begin(checked, preset, go=not switch_in(sent, "paused", default=False))
    return Told({"id": entry.id}, 201)


async def show(request: Request) -> Response:
    """All that is known of a run."""
    studio, entry = studio_of(request), run_of(request)
    if not entry.yaml:
        # Of a run that was begun elsewhere.
        entry.yaml = await to_thread.run_sync(lambda: as_yaml(runs.resolved_in(entry.folder)))
    checked = await studio.check(entry.yaml, entry.preset)
    if not entry.curves:
        written = await to_thread.run_sync(entry.record.curves)
        entry.curves = entry.curves or written
    touches = await studio.touches(entry)
    files = await to_thread.run_sync(pictures.files, entry)
    moments = await to_thread.run_sync(entry.record.moments)
    # From here on nobody else has a turn: what is told is of one moment.
    return Told(
        {
            **studio.brief(entry),
            "yaml": entry.yaml,
            "data": checked.data,
            "touches": touches if entry.touches is None else entry.touches,
            "checkpoints": entry.checkpoints,
            "losses": entry.curves,
            "judges": entry.judged,
            "moments": moments,
            "notes": entry.notes,
            "forms": [] if checked.preset is None else list(_forms(checked.preset.generator)),
            "files": [{"name": name, "bytes": count} for name, count in files.items()],
            "folder": str(entry.folder),
        }
    )


async def pause(request: Request) -> Response:
    return await _touch(request, "pause")


async def go(request: Request) -> Response:
    return await _touch(request, "go")


async def step(request: Request) -> Response:
    count = number_in(await json_of(request), "count", 1, 1000, default=1)
    return await _touch(request, "step", count=count)


async def export(request: Request) -> Response:
    """Choose in which forms the picture is to be written, too, when it is finished."""
    return await _touch(request, "export", forms=texts_in(await json_of(request), "forms", MOST_FORMS, MOST_TITLE))


async def finish(request: Request) -> Response:
    return await _touch(request, "finish")


async def stop(request: Request) -> Response:
    return await _touch(request, "leave")


def _forms(generator: GeneratorSpec) -> Iterator[dict[str, Any]]:
    """The forms that a generator's pictures can have; its own are always written."""
    for offer in lookup.forms(generator):
        yield {"name": offer.name, "about": offer.value.about, "own": offer.name in generator.exports}


async def _touch(request: Request, kind: str, **given: Any) -> Response:
    return Told(await studio_of(request).touch(run_of(request), kind, **given))


async def steer(request: Request) -> Response:
    entry = run_of(request)
    checked, _ = await checked_in(request, await json_of(request), entry.preset)
    return Told(await studio_of(request).steer(entry, checked))


async def paint(request: Request) -> Response:
    entry, content = run_of(request), await body_of(request, uploads.MOST_BYTES)
    png = await to_thread.run_sync(uploads.painted, content, entry.size)
    return Told(await studio_of(request).touch(entry, "paint", png=png))


async def branch(request: Request) -> Response:
    entry, data = run_of(request), await json_of(request)
    new = await studio_of(request).branch(entry, number_in(data, "step", 0, MOST_STEPS, default=entry.step))
    return Told({"id": new.id}, 201)


async def favourite(request: Request) -> Response:
    entry = run_of(request)
    studio_of(request).say(entry, favourite=switch_in(await json_of(request), "favourite"))
    return Told(entry.brief())


async def title(request: Request) -> Response:
    entry = run_of(request)
    studio_of(request).say(entry, title=text_in(await json_of(request), "title", MOST_TITLE).strip())
    return Told(entry.brief())


async def remove(request: Request) -> Response:
    place = await studio_of(request).remove(run_of(request))
    return Told({"folder": str(place)})


async def picture(request: Request) -> Response:
    """A run's picture; with `width` a smaller one."""
    entry = run_of(request)
    step, width = number_asked(request, "step", 0, MOST_STEPS), number_asked(request, "width", 16, 2048)
    version = pictures.version(entry, step)
    tag = f'"{version}-{width}"' if width else f'"{version}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)

    def read() -> Content | None:
        return pictures.picture(entry, step)

    try:
        if width is None:
            content = await to_thread.run_sync(read)
        else:
            content = await to_thread.run_sync(request.app.state.thumbnails.make, version, width, read)
    except (InputError, OSError):
        content = None
    if content is None:
        raise NotThere("there is no picture yet")
    return Response(content[0], media_type=content[1], headers=headers)


async def views(request: Request) -> Response:
    """A sheet of what the perceptors see now."""
    content = await studio_of(request).views(run_of(request))
    return Response(content, media_type=pictures.WEBP)


async def file(request: Request) -> Response:
    """A file to take home."""
    entry, name = run_of(request), request.path_params["name"]
    try:
        path = await to_thread.run_sync(pictures.file, entry, name)
    except InputError as error:
        raise NotThere(str(error)) from None
    called = f"{entry.id}-{path.name}"
    return FileResponse(
        path,
        media_type=pictures.media_type(path),
        filename=called,
        headers={"content-security-policy": "sandbox; default-src 'none'"},
    )
