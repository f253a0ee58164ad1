"""The server: a socket, the application behind its gate, and what is said at the start and at the end."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn

from artgen.errors import InputError
from artgen.studio.studio import OpenStudio
from artgen.studio.web.app import app
from artgen.studio.web.security import Gate

PORT = 8765
"""Where it listens if nobody says otherwise, and nobody else does."""


def bound(host: str, port: int | None) -> socket.socket:
    """A socket that listens there; without a port at `PORT`, or where that is taken at any other.

    Raises:
        InputError: if the port is taken, or the host is none of this machine's names.
    """
    for number in (PORT, 0) if port is None else (port,):
        try:
            family = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
            return socket.create_server((host, number), family=family, backlog=128)
        except OSError as error:
            reason = error
    if isinstance(reason, socket.gaierror):
        raise InputError(f"--host {host}: is no name of this machine")
    said = reason.strerror or str(reason)
    raise InputError(f"--port {port}: cannot be listened at ({said}); choose another, or let it out") from None


class _Uvicorn(uvicorn.Server):
    """Ends the streams of events first, because they would never end by themselves."""

    def __init__(self, config: uvicorn.Config, studio: OpenStudio) -> None:
        super().__init__(config)
        self._studio = studio

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._studio.hub.end()
        await super().shutdown(sockets)


@dataclass
class Server:
    """One studio on one socket."""

    studio: OpenStudio
    listening: socket.socket
    host: str

    def __post_init__(self) -> None:
        self.gate = Gate(self.host, self.port)
        config = uvicorn.Config(
            app(self.studio, self.gate),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=2,
            h11_max_incomplete_event_size=1 << 16,
        )
        self._uvicorn = _Uvicorn(config, self.studio)

    @property
    def port(self) -> int:
        number: int = self.listening.getsockname()[1]
        return number

    def address(self, token: str) -> str:
        """What to open: with the gate's token, or one that is good once."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        host = f"[{host}]" if ":" in host and not host.startswith("[") else host
        return f"http://{host}:{self.port}/?token={token}"

    def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until Ctrl-C, SIGTERM or `stop`; `ready` is called when it does."""
        ready()
        try:
            self._uvicorn.run(sockets=[self.listening])
        finally:
            self.listening.close()

    def stop(self) -> None:
        """From any thread: let it end."""
        self._uvicorn.should_exit = True
