"""Who may ask, and how much: everything that reaches a handler has come through here.

- The address that the terminal shows has a token; whoever comes with it gets a cookie, and without that nobody
  gets anything.
- ``Host`` must be a name of this machine (else a page of elsewhere could rebind its own name to it), and ``Origin``
  and ``Sec-Fetch-Site`` the studio's own for whatever changes anything.
- A body is read up to a bound.
- Every answer says what its page may do, and who may show it: nobody else.
"""

from __future__ import annotations

import secrets
import time
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from artgen.pages import access
from artgen.pages.access import Access, cookie_name

MOST_BYTES = 1 << 26
"""Of a body; handlers have bounds of their own below it."""
ONCE_SECONDS = 120.0

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = access.HEADERS | {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
TURNED_AWAY = "This is artgen's studio. Open it with the address that `artgen studio` has printed, to its end.\n"


class TooLarge(Exception):
    """A body has more bytes than are read."""


class Gate:
    """The keys to one studio.

    Args:
        host: where it listens.
        port: by which its cookie is told from another studio's.
    """

    def __init__(self, host: str, port: int) -> None:
        self.access, self.port = Access(host), port
        self.token, self.cookie = self.access.token, cookie_name(port)
        self._once: dict[str, float] = {}

    def once(self) -> str:
        """A token that is good for one visit, and soon: others may see with what a browser is started."""
        token = secrets.token_urlsafe(32)
        self._once[token] = time.monotonic() + ONCE_SECONDS
        return token

    def admits(self, token: str) -> bool:
        """Whether a token is the right one."""
        return self.access.is_token(token) or self._once.pop(token, 0.0) > time.monotonic()

    def refused(self, scope: Scope) -> Response | None:
        """What is answered in place of what was asked, if anything."""
        headers, reads = Headers(scope=scope), scope["method"] in ("GET", "HEAD")
        host = headers.get("host", "")
        if not self.access.knows_host(host):
            return PlainTextResponse("403: this name is not the studio's\n", 403)
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        if reads and scope["path"] == "/" and token:
            return self._welcome(token[0])
        if not self.access.has_cookie(headers.get("cookie"), self.port):
            return PlainTextResponse(TURNED_AWAY, 403)
        origin = headers.get("origin")
        if origin is not None and not self.access.knows_origin(origin, host):
            return PlainTextResponse("403: another page asked\n", 403)
        site = headers.get("sec-fetch-site")
        if not reads and origin is None:
            return PlainTextResponse("403: say with Origin which page asks\n", 403)
        is_visit = reads and scope["path"] == "/"
        if site not in (None, "same-origin", "none") and not is_visit:
            return PlainTextResponse("403: another page asked\n", 403)
        return None

    def _welcome(self, token: str) -> Response:
        if not self.admits(token):
            return PlainTextResponse(TURNED_AWAY, 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self.cookie, self.token, httponly=True, samesite="strict", path="/")
        return answer


class Guarded:
    """The application behind its gate."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app, self.gate = app, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # the start and the end; web sockets there are none
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        if refusal := self.gate.refused(scope):
            await refusal(scope, receive, answer)
            return
        try:
            await self.app(scope, _bounded(scope, receive), answer)
        except TooLarge:
            if not begun:
                await PlainTextResponse(f"413: more than {MOST_BYTES} bytes\n", 413)(scope, receive, answer)


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Of a body no more than `MOST_BYTES`, whatever is said of its length."""
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > MOST_BYTES:
                raise TooLarge
        return message

    return bounded
