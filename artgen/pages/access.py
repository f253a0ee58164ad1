"""Who may ask a server on this machine: whoever has the token, from a page of its own.

As Jupyter does: the address that is printed holds a token, the browser gets a cookie for it, and every further request
shows the cookie. The Host header is checked, because a stranger's page may give its own name this machine's address
(DNS rebinding), and a browser then takes what the server says for that page's own.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

LOOPBACK = "127.0.0.1"
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every answer says besides: no other page may show it or read it, and no browser guesses what it is."""


class Access:
    """The token of one server, and the names that it answers to.

    Args:
        host: the name or the address that it listens at.
        also: other names under which it is known.
        token: what is asked for; by default drawn by chance, 192 bits.
    """

    def __init__(self, host: str = LOOPBACK, also: Iterable[str] = (), token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(24)
        self._is_open = not is_loopback(host)
        own = {socket.gethostname()} if self._is_open else set()
        self._names = {name.lower().rstrip(".") for name in ("localhost", host, *own, *also)}

    def knows_host(self, header: str | None) -> bool:
        """Whether a request's Host header names this server, with whatever port: it may come through a tunnel."""
        name = host_of(f"//{header}") if header and not set(header) & set("/\\@?# \t") else None
        if not name:
            return False
        # No name that somebody else could give out leads to an address that is written as such.
        return name in self._names or (is_address(name) if self._is_open else is_loopback(name))

    def knows_origin(self, header: str | None, host: str | None) -> bool:
        """Whether a request comes from a page of this server's own, by its Origin and Host headers."""
        return header is not None and header.partition("://")[::2] == ("http", host)

    def has_token(self, query: str) -> bool:
        """Whether the query of an address holds the token, as ``token``."""
        given = parse_qs(query, max_num_fields=20).get("token", [""]) if len(query) < 1000 else [""]
        return self.is_token(given[0])

    def has_cookie(self, header: str | None, port: int) -> bool:
        """Whether a request's Cookie header shows the token."""
        try:
            found = SimpleCookie(header or "").get(cookie_name(port))
        except CookieError:
            return False
        return found is not None and self.is_token(found.value)

    def cookie(self, port: int) -> str:
        """The Set-Cookie header that lets a browser in. Cookies are a host's, so that its name has the port."""
        return f"{cookie_name(port)}={self.token}; Path=/; HttpOnly; SameSite=Lax"

    def is_token(self, given: str) -> bool:
        """Whether somebody shows the token; how long it takes to say so tells nothing of it."""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())


def cookie_name(port: int) -> str:
    return f"artgen-{port}"


def host_of(address: str) -> str | None:
    """The host of a URL, in lower case and without its port; None if it is none."""
    try:
        found = urlsplit(address)
        _ = found.port  # which may be no number
    except ValueError:
        return None
    return (found.hostname or "").rstrip(".") or None


def is_address(name: str) -> bool:
    """Whether a host is an IP address, and no name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """Whether a host is this machine itself, seen from itself."""
    return name.lower() == "localhost" or (is_address(name) and ipaddress.ip_address(name).is_loopback)
