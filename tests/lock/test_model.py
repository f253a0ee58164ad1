"""The file: what is written is read, by others too, and nothing else is."""

import string
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.pylock import Pylock, is_valid_pylock_path

from artgen.errors import InputError
from artgen.lock import model
from artgen.lock.model import to_dict
from artgen.lock.writing import to_toml
from tests.lock.conftest import lock_of

HASH = "0123456789abcdef" * 4
WHEEL = {"path": "fox.wheels/a_b-1.0-py3-none-any.whl", "hashes": {"sha256": HASH}}
ENTRY = {"name": "a-b", "version": "1.0", "wheels": [WHEEL]}
TEXTS = st.text(max_size=30)
DIGESTS = st.dictionaries(TEXTS, st.text("0123456789abcdef", min_size=64, max_size=64), max_size=4)
NAMES = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=8), min_size=1, max_size=4, unique=True)


def entry(name, size):
    wheel = {"path": f"fox.wheels/{name}-1!2.0+local.1-py3-none-any.whl", "hashes": {"sha256": HASH}}
    return {"name": name, "version": "1!2.0+local.1", "wheels": [wheel | ({"size": size} if size else {})]}


@given(
    NAMES, st.integers(0, 10**12), TEXTS, DIGESTS, DIGESTS, st.dictionaries(TEXTS, st.booleans() | TEXTS, max_size=4)
)
def test_what_is_written_is_read(names, size, picture, weights, inputs, flags):
    lock = lock_of(
        [entry(name, size) for name in names],
        picture=picture,
        weights=weights,
        inputs=inputs,
        flags=flags,
        chosen=names,
    )
    text = to_toml(lock)
    assert model.Lock.model_validate(tomllib.loads(text)) == lock


def test_it_is_a_lock_by_the_standard(tmp_path):
    lock = lock_of([ENTRY])
    read = Pylock.from_dict(tomllib.loads(to_toml(lock)))
    (package,) = read.packages
    assert (package.name, str(package.version)) == ("a-b", "1.0")
    assert package.wheels[0].hashes == {"sha256": HASH}
    for name in ("fox.png", "fox.v2.png", "image.png", ".hidden.png"):
        assert is_valid_pylock_path(model.place(tmp_path / name))


def refusal(tmp_path, data):
    path = tmp_path / "pylock.fox.toml"
    path.write_text(data if isinstance(data, str) else to_toml_like(data))
    with pytest.raises(InputError) as caught:
        model.read(path)
    (line,) = str(caught.value).splitlines()
    assert str(path) in line
    return line


def to_toml_like(data):
    from artgen.lock import writing

    packages = "".join(f"[[packages]]\n{writing._lines(one)}" for one in data.pop("packages"))
    return (
        f"{writing._lines({k: v for k, v in data.items() if k != 'tool'})}{packages}[tool.artgen]\n"
        + writing._lines(data["tool"]["artgen"] if "tool" in data else {})
    )


def changed(**changes):
    return {**to_dict(lock_of([ENTRY])), "packages": [{**ENTRY, **changes}]}


@pytest.mark.parametrize("key", ["vcs", "directory", "archive", "sdist", "index"])
def test_what_says_where_to_fetch_from_is_refused(tmp_path, key):
    value = "https://example.org" if key == "index" else {"url": "https://example.org/a.zip"}
    assert "names, versions and sha256 alone" in refusal(tmp_path, changed(**{key: value}))


def test_an_address_of_a_wheel_is_refused(tmp_path):
    wheel = {**WHEEL, "url": "https://example.org/a_b-1.0-py3-none-any.whl"}
    assert "names, versions and sha256 alone" in refusal(tmp_path, changed(wheels=[wheel]))


@pytest.mark.parametrize(
    "path",
    [
        "/etc/a_b-1.0-py3-none-any.whl",
        "../a_b-1.0-py3-none-any.whl",
        "fox/../../a_b-1.0-py3-none-any.whl",
        "C:\\x\\a_b-1.0-py3-none-any.whl",
        "fox.wheels/other-1.0-py3-none-any.whl",
        "fox.wheels/a_b-2.0-py3-none-any.whl",
        "fox.wheels/a_b-1.0.tar.gz",
        "a_b-1.0-py3-none-any.whl",
    ],
)
def test_a_path_that_is_no_wheel_beside_the_lock_is_refused(tmp_path, path):
    refusal(tmp_path, changed(wheels=[{**WHEEL, "path": path}]))


@pytest.mark.parametrize(
    "change",
    [
        {"wheels": [{**WHEEL, "hashes": {}}]},
        {"wheels": [{**WHEEL, "hashes": {"md5": "0" * 32}}]},
        {"wheels": [{**WHEEL, "hashes": {"sha256": HASH.upper()}}]},
        {"wheels": []},
        {"wheels": [WHEEL, WHEEL]},
        {"version": "1.0\n--index-url https://example.org"},
        {"version": "latest"},
        {"name": "A_b"},
        {"name": "-r"},
        {"marker": "python_version > '3'"},
    ],
)
def test_what_is_not_pinned_is_refused(tmp_path, change):
    refusal(tmp_path, changed(**change))


def test_a_distribution_stands_there_once(tmp_path):
    assert "twice" in refusal(tmp_path, {**to_dict(lock_of([ENTRY])), "packages": [ENTRY, ENTRY]})


@pytest.mark.parametrize("text", ["", "a = ", "a = " + "[" * 100_000, "\0", "packages = 1"])
def test_what_is_no_lock_costs_a_line(tmp_path, text):
    refusal(tmp_path, text)


def test_a_lock_is_bounded(tmp_path):
    assert "larger than 8 MiB" in refusal(tmp_path, "#" * (model.MAX_BYTES + 1))
