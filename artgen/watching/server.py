"""The server of one folder: HTTP of the standard library, for reading only."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from artgen.errors import InputError, refused, shown
from artgen.pages.access import HEADERS, LOOPBACK, Access
from artgen.watching.answers import Answers, HttpAnswer, nothing
from artgen.watching.board import Board
from artgen.watching.page import refusal
from artgen.watching.places import Place
from artgen.watching.tree import Lookout

FIRST_PORT, PORTS = 8421, 20
"""Where a port is looked for that is free, where none is asked for."""
AT_ONCE = 64
"""So many connections are served; further ones are closed."""
PATIENCE = 30
"""Seconds that a connection may be silent."""
CHUNK = 1 << 18
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class WatchServer:
    """Serves a folder until it is closed; a context manager.

    Args:
        folder: what is looked through.
        host: the name or the address at which it listens.
        port: which port; 0 any that is free, None the first free one of a few.
        token: what is asked for, by default drawn by chance.
        every: the seconds between two looks, at least.

    Raises:
        InputError: if there is no such folder, or the port cannot be had; in one line.
    """

    def __init__(
        self, folder: Path, host: str = LOOPBACK, port: int | None = None, token: str | None = None, every: float = 1.0
    ) -> None:
        self.root, self.host, board = _root(folder), host, Board()
        self.access = Access(host, token=token)
        self.answers = Answers(shown(self.root.name, 200), board)
        self.lookout = Lookout(self.root, board, every)
        self.server = _bound(self, host, port)

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def address(self) -> str:
        """Where a browser finds it, with the token."""
        host = self.host if self.host not in ("0.0.0.0", "::", "") else socket.gethostname()
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/?token={self.access.token}"

    def serve(self) -> None:
        """Answer until `close` is called by another thread, or an exception, such as Ctrl-C, comes through."""
        self.server.serve_forever(poll_interval=0.1)

    def __enter__(self) -> WatchServer:
        self.lookout.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.server_close()
        self.lookout.stop()

    def close(self) -> None:
        self.server.shutdown()


def _root(folder: Path) -> Place:
    if not folder.is_dir():
        reason = "is no folder" if folder.exists() else "there is no such folder"
        raise InputError(f"{shown(folder)}: {reason}; name the one in which your runs are, such as runs")
    return Place(Path(os.path.realpath(folder)))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # there it would let two servers have one port

    def __init__(self, watch: WatchServer, address: tuple[str, int]) -> None:
        self.watch = watch
        self.room = threading.Semaphore(AT_ONCE)
        self.connections: set[socket.socket] = set()
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # Not HTTPServer's, which asks the network for the host's full name.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        if self.room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.connections.discard(request)
            self.room.release()

    def server_close(self) -> None:
        """Take no more requests, through connections that are open neither."""
        super().server_close()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that has gone is no error; any other is a bug, and told in a line."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            print(f"watch: {type(error).__name__}: {shown(error, 300)}", file=sys.stderr)


def _bound(watch: WatchServer, host: str, port: int | None) -> _Server:
    tried = range(FIRST_PORT, FIRST_PORT + PORTS) if port is None else [port]
    failed: OSError | None = None
    for number in tried:
        try:
            return _Server(watch, (host, number))
        except (OSError, OverflowError, UnicodeError) as error:
            failed = error if isinstance(error, OSError) else OSError(0, str(error))
    assert failed is not None
    where = f"{shown(host)} port {port}" if port is not None else f"{shown(host)} ports {tried[0]} to {tried[-1]}"
    if isinstance(failed, socket.gaierror):
        raise InputError(f"--host {shown(host)}: no such name or address here; leave it out for this machine alone")
    raise InputError(f"{where}: {refused(failed, '').partition('; ')[0].removeprefix(': ')}; choose another --port")


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE

    def version_string(self) -> str:
        return "artgen"

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: the address of the first request has the token."""

    def parse_request(self) -> bool:
        """As it is, but for methods: all others than two are refused, whether anybody knows them or not."""
        if not super().parse_request():
            return False
        if self.command not in ("GET", "HEAD"):
            self.close_connection = True  # what it may send is not read
            self._send(HttpAnswer(HTTPStatus.METHOD_NOT_ALLOWED, "text/plain", b"", headers={"Allow": "GET, HEAD"}))
            return False
        return True

    def do_GET(self) -> None:
        watch = self.server.watch
        path, query = urlsplit(self.path).path if not self.path.startswith("//") else "", self.path.partition("?")[2]
        if not watch.access.knows_host(self.headers.get("Host")):
            self._refuse("It is not asked by its own name", "The address of this page names another host than it has.")
        elif path == "/" and watch.access.has_token(query):
            cookie = watch.access.cookie(watch.port)
            self._send(HttpAnswer(HTTPStatus.SEE_OTHER, headers={"Location": "/", "Set-Cookie": cookie}))
        elif not watch.access.has_cookie(self.headers.get("Cookie"), watch.port):
            what = "Open the address that artgen watch has printed: the token in it lets this browser in."
            self._refuse("This page needs its token", what)
        else:
            watch.lookout.ask()
            self._send(watch.answers.answer(path, query))

    do_HEAD = do_GET

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Of a request that is none; the library would write it into a page."""
        self.close_connection = True
        with contextlib.suppress(AttributeError, OSError):
            self._send(HttpAnswer(HTTPStatus(code), "text/plain", b""))

    def _refuse(self, heading: str, reason: str) -> None:
        page = refusal(heading, reason)
        headers = {"Content-Security-Policy": page.policy, "Cache-Control": "no-store"}
        self._send(HttpAnswer(HTTPStatus.FORBIDDEN, "text/html; charset=utf-8", page.content, headers=headers))

    def _send(self, answer: HttpAnswer) -> None:
        if answer.file is None:
            if "ETag" in answer.headers and self.headers.get("If-None-Match") == answer.headers["ETag"]:
                self._head(HttpAnswer(HTTPStatus.NOT_MODIFIED, answer.kind, headers=answer.headers), 0)
                return
            self._head(answer, len(answer.content))
            if self.command != "HEAD":
                self.wfile.write(answer.content)
            return
        try:
            file = answer.file.place.open()
        except InputError:
            self._send(nothing())
            return
        with file:
            self._send_file(answer, file)

    def _send_file(self, answer: HttpAnswer, file: BinaryIO) -> None:
        """The file, or the part of it that is asked for (RFC 9110, 14), as films are."""
        state = os.fstat(file.fileno())
        tag = f'"{state.st_mtime_ns:x}-{state.st_size:x}"'
        headers = {**answer.headers, "ETag": tag, "Accept-Ranges": "bytes"}
        if self.headers.get("If-None-Match") == tag:
            self._head(HttpAnswer(HTTPStatus.NOT_MODIFIED, answer.kind, headers=headers), 0)
            return
        part = _part(self.headers.get("Range"), state.st_size)
        if part is None:
            headers["Content-Range"] = f"bytes */{state.st_size}"
            self._head(HttpAnswer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, answer.kind, headers=headers), 0)
            return
        status = HTTPStatus.OK
        if self.headers.get("Range") and len(part) < state.st_size:
            status = HTTPStatus.PARTIAL_CONTENT
            headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{state.st_size}"
        self._head(HttpAnswer(status, answer.kind, headers=headers), len(part))
        if self.command == "HEAD":
            return
        file.seek(part.start)
        left = len(part)
        while left and (chunk := file.read(min(CHUNK, left))):
            self.wfile.write(chunk)
            left -= len(chunk)
        self.close_connection = self.close_connection or left > 0  # it has become shorter meanwhile

    def _head(self, answer: HttpAnswer, length: int) -> None:
        self.send_response(answer.status)
        if answer.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(length))
        for name, value in {**HEADERS, **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()


def _part(header: str | None, size: int) -> range | None:
    """The bytes that a Range header asks for, all where it says nothing that is known; None if there are none."""
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or found[1] == found[2] == "":
        return range(size)
    if found[1] == "":
        return range(max(0, size - int(found[2])), size) if int(found[2]) and size else None
    first, last = int(found[1]), min(int(found[2] or size), size - 1)
    return range(first, last + 1) if first <= last else None
