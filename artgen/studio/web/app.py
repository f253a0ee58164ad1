"""The application: which address is answered by what."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import mimetypes
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from artgen.pages.html import FOLDER as SHARED
from artgen.studio.pictures import RunThumbnails
from artgen.studio.studio import OpenStudio
from artgen.studio.web import preset_routes, run_routes
from artgen.studio.web.answers import Handler, NotThere, answering, studio_of
from artgen.studio.web.security import Gate, Guarded

PAGE = Path(__file__).parents[1] / "page"
INDEX = "index.html"
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}


def app(studio: OpenStudio, gate: Gate) -> ASGIApp:
    """The studio behind its gate."""

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        studio.begin_in(asyncio.get_running_loop())
        yield

    inner = Starlette(routes=_routes(), lifespan=lifespan)
    inner.state.studio, inner.state.thumbnails = studio, RunThumbnails()
    inner.state.schema = functools.cache(_schema)
    return Guarded(inner, gate)


def _schema() -> str:
    from artgen.preset.schema import to_json

    return to_json()


def _routes() -> list[Route]:
    reads = {
        "/": index,
        "/page/{name:path}": page,
        "/events": events,
        "/api/state": preset_routes.state,
        "/api/schema": preset_routes.schema,
        "/api/presets/{name}": preset_routes.show,
        "/api/presets/{name}/thumbnail": preset_routes.thumbnail,
        "/api/runs/{id}": run_routes.show,
        "/api/runs/{id}/picture": run_routes.picture,
        "/api/runs/{id}/views": run_routes.views,
        "/api/runs/{id}/files/{name:path}": run_routes.file,
    }
    does = {
        "/api/check": preset_routes.check,
        "/api/pictures": preset_routes.keep_picture,
        "/api/masks": preset_routes.keep_mask,
        "/api/runs": run_routes.begin,
        "/api/runs/{id}/pause": run_routes.pause,
        "/api/runs/{id}/go": run_routes.go,
        "/api/runs/{id}/resume": run_routes.go,
        "/api/runs/{id}/step": run_routes.step,
        "/api/runs/{id}/export": run_routes.export,
        "/api/runs/{id}/finish": run_routes.finish,
        "/api/runs/{id}/stop": run_routes.stop,
        "/api/runs/{id}/steer": run_routes.steer,
        "/api/runs/{id}/paint": run_routes.paint,
        "/api/runs/{id}/branch": run_routes.branch,
        "/api/runs/{id}/favourite": run_routes.favourite,
        "/api/runs/{id}/title": run_routes.title,
        "/api/runs/{id}/remove": run_routes.remove,
    }
    return [
        *(_route(path, handler, "GET") for path, handler in reads.items()),
        *(_route(path, handler, "POST") for path, handler in does.items()),
    ]


def _route(path: str, handler: Handler, method: str) -> Route:
    return Route(path, answering(handler), methods=[method])


async def index(request: Request) -> Response:
    return _file(request, INDEX)


async def page(request: Request) -> Response:
    """A file of the page: one of those that are in its folder or that all pages share, and nothing else."""
    return _file(request, request.path_params["name"])


def _file(request: Request, name: str) -> Response:
    files = _files()
    if name not in files:
        raise NotThere(f"the page has no file '{name}'")
    content = files[name].read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    kind = TYPES.get(files[name].suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(content, media_type=kind, headers=headers)


def _files() -> dict[str, Path]:
    """What there is of the page, by its name below ``/page/``."""
    return {
        path.relative_to(folder).as_posix(): path
        for folder in (SHARED, PAGE)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in TYPES
    }


async def events(request: Request) -> Response:
    """Everything that happens, from now on or from where the reader was."""
    last = request.headers.get("last-event-id")
    return StreamingResponse(studio_of(request).hub.stream(last), media_type="text/event-stream")
