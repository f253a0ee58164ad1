"""How uv is found and told where to look."""

import sys

import pytest

from artgen.errors import InputError
from artgen.lock import uv

SETTINGS = """\
global.cert='/certs.pem'
global.index-url='https://mirror.example/simple'
global.extra-index-url='https://a.example/simple https://b.example/simple'
install.index-url='https://nearer.example/simple'
:env:.find-links='/wheels /more'
:env:.disable-pip-version-check='1'
download.index-url='https://not-of-install.example/simple'
"""


def test_pips_registries_are_uvs():
    assert uv.as_pip(SETTINGS) == {
        "SSL_CERT_FILE": "/certs.pem",
        "UV_DEFAULT_INDEX": "https://nearer.example/simple",
        "UV_INDEX": "https://a.example/simple https://b.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/wheels,/more",
    }
    assert uv.as_pip("") == {}


@pytest.mark.parametrize("own", uv._OWN)
def test_who_has_told_uv_is_not_overruled(monkeypatch, own):
    for name in (*uv._OWN, "UV_INDEX_STRATEGY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    assert uv.find().variables["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    monkeypatch.setenv(own, "of-uv")
    assert uv.find().variables[own] == "of-uv"
    told = {name: value for name, value in uv.find().variables.items() if name in uv._OWN}
    assert told == {own: "of-uv"}


def test_without_uv_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "uv", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match=r'pip install "artgen\[lock\]"'):
        uv.find()


def test_nobodys_folder_tells_uv_where_to_look(tmp_path, monkeypatch):
    """A stranger's `uv.toml` beside the picture is not read."""
    (tmp_path / "uv.toml").write_text("this is no TOML")
    monkeypatch.chdir(tmp_path)
    assert uv.find()("pip", "freeze", "--python", sys.executable).code == 0


def test_the_cause_of_an_error_is_one_line():
    told = "error: No solution found when resolving\n  cause: Because there is no\n   version of a==1\n\n  hint: b\n"
    assert uv._cause(told) == "Because there is no version of a==1"
    older = "  × No solution found when resolving:\n  ╰─▶ Because there is no\n      version of a==1\n"
    assert uv._cause(older) == "Because there is no version of a==1"
    assert uv._cause("warning: old\nerror: it broke\n") == "it broke"
    assert uv._cause("")
