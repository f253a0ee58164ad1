"""Who may ask, and how much: everything that reaches a handler has come through here.

- The address that the terminal shows has a token; whoever comes with it gets a cookie, and without that nobody
  gets anything.
- ``Host`` must be a name of this machine (else a page of elsewhere could rebind its own name to it), and ``Origin``
  and ``Sec-Fetch-Site`` the studio's own for whatever changes anything.
- A body is read up to a bound.
- Every answer says what its page may do, and who may show it: nobody else.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
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
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
TURNED_AWAY = "This is artgen's studio. Open it with the address that `artgen studio` has printed, to its end.\n"


class TooLarge(Exception):
    """A body has more bytes than are read."""


class Gate:
    """The keys to one studio.

    Args:
        hosts: what it may be called besides the names of this machine.
        port: where it listens, by which its cookie is told from another studio's.
    """

    def __init__(self, hosts: Collection[str], port: int) -> None:
        self.token = secrets.token_urlsafe(32)
        self.cookie = f"artgen-{port}"
        self._hosts = LOOPBACK | {host.lower() for host in hosts}
        self._once: dict[str, float] = {}

    def once(self) -> str:
        """A token that is good for one visit, and soon: others may see with what a browser is started."""
        token = secrets.token_urlsafe(32)
        self._once[token] = time.monotonic() + ONCE_SECONDS
        return token

    def admits(self, token: str) -> bool:
        """Whether a token is the right one."""
        if hmac.compare_digest(token.encode(), self.token.encode()):
            return True
        return self._once.pop(token, 0.0) > time.monotonic()

    def knows(self, headers: Headers) -> bool:
        """Whether a cookie says that somebody came with the token."""
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            return False
        return found is not None and hmac.compare_digest(found.value.encode(), self.token.encode())

    def names(self, host: str) -> bool:
        """Whether a ``Host`` is the studio's; the port may be another's, as through ``ssh -L``."""
        try:
            return (urlsplit(f"//{host}").hostname or "") in self._hosts
        except ValueError:
            return False

    def refused(self, scope: Scope) -> Response | None:
        """What is answered in place of what was asked, if anything."""
        headers, reads = Headers(scope=scope), scope["method"] in ("GET", "HEAD")
        host = headers.get("host", "")
        if not self.names(host):
            return PlainTextResponse("403: this name is not the studio's\n", 403)
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        if reads and scope["path"] == "/" and token:
            return self._welcome(token[0])
        if not self.knows(headers):
            return PlainTextResponse(TURNED_AWAY, 403)
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
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
