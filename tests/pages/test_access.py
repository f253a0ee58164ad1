"""Who may ask a server on this machine."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artgen.pages.access import Access, is_loopback


@pytest.mark.parametrize(
    ("host", "header", "known"),
    [
        ("127.0.0.1", "127.0.0.1:8421", True),
        ("127.0.0.1", "localhost:9000", True),
        ("127.0.0.1", "LOCALHOST.", True),
        ("127.0.0.1", "[::1]:8421", True),
        ("127.0.0.1", "evil.example:8421", False),
        ("127.0.0.1", "127.0.0.1.evil.example", False),
        ("127.0.0.1", "localhost@evil.example", False),
        ("127.0.0.1", "evil.example#localhost", False),
        ("127.0.0.1", "192.168.0.7:8421", False),
        ("127.0.0.1", "localhost:port", False),
        ("127.0.0.1", "[::1", False),
        ("127.0.0.1", "", False),
        ("127.0.0.1", None, False),
        ("0.0.0.0", "192.168.0.7:8421", True),
        ("0.0.0.0", "evil.example", False),
        ("studio.local", "studio.local:80", True),
        ("studio.local", "other.local:80", False),
    ],
)
def test_only_its_own_names_are_known(host, header, known):
    assert Access(host).knows_host(header) is known


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_no_header_is_too_strange(text):
    access = Access(token="secret")
    assert not access.knows_host(f"{text}.example")
    assert not access.has_cookie(text, 1) or "secret" in text
    assert not access.has_token(text) or "secret" in text


def test_the_token_is_asked_for():
    access = Access()
    assert access.has_token(f"token={access.token}")
    assert access.has_token(f"a=b&token={access.token}")
    assert not access.has_token("token=")
    assert not access.has_token("")
    assert not Access().has_token(f"token={access.token}")
    assert len(access.token) >= 32


def test_a_cookie_is_of_one_port():
    access = Access()
    cookie = access.cookie(8421)
    assert "HttpOnly" in cookie
    assert "SameSite" in cookie
    shown = f"other=1; {cookie.partition(';')[0]}"
    assert access.has_cookie(shown, 8421)
    assert not access.has_cookie(shown, 8422)
    assert not Access().has_cookie(shown, 8421)


def test_a_page_of_its_own_is_known_by_its_origin():
    access = Access()
    assert access.knows_origin("http://localhost:8421", "localhost:8421")
    assert not access.knows_origin("http://localhost:9999", "localhost:8421")
    assert not access.knows_origin("http://evil.example", "localhost:8421")
    assert not access.knows_origin("null", "localhost:8421")
    assert not access.knows_origin(None, "localhost:8421")


def test_loopback_is_this_machine():
    assert all(map(is_loopback, ("127.0.0.1", "127.3.2.1", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "localhost.example", "")))
