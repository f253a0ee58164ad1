"""The weights that plugins know by name."""

from importlib.metadata import EntryPoint

import pytest

from artgen import weights
from artgen.errors import InputError
from artgen.preset import loading, shipped
from artgen.preset.needs import downloads as needs_of
from artgen.registry import known_weights
from artgen.registry.plugins import Registry, discover


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "../x.bin"}, "is no name for a file of weights"),
        ({"name": ".hidden"}, "is no name for a file of weights"),
        ({"sha256": "abc"}, "is no sha256"),
        ({"mirrors": ()}, "needs a tuple of at least one mirror"),
        ({"mirrors": "https://x"}, "needs a tuple of at least one mirror"),
    ],
)
def test_a_record_that_cannot_be_right_is_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        weights.Published(**{"name": "x.bin", "mirrors": ("https://x",), **fields})


def test_a_plugin_that_offers_something_else_fails_alone(tmp_path, monkeypatch):
    (tmp_path / "odd_weights.py").write_text(
        "from artgen.api import hookimpl\n@hookimpl\ndef artgen_weights():\n    return ['x.bin']\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry()
    registry.load(EntryPoint("odd", "odd_weights", "artgen"))
    assert "artgen_weights offers 'x.bin', which is no Published" in registry.failures[0].reason


def test_a_name_of_two_files_belongs_to_nobody(monkeypatch):
    registry = discover()
    twice = [("one", weights.Published("x.bin", ("https://a",), "0" * 64)), ("two", weights.Published("x.bin", ("b",)))]
    monkeypatch.setattr(registry, "weights", [*twice, ("three", weights.Published("x.bin", ("c",)))])
    assert [entry.owners for entry in known_weights.entries()] == [("one",), ("three", "two")]
    with pytest.raises(InputError, match=r"one and three, two call different files 'x\.bin'"):
        known_weights.find(["x.bin"])


def test_shipped_presets_need_only_what_is_known_or_on_the_hub():
    known = {entry.name for entry in known_weights.entries()}
    needs = {name: needs_of(loading.load(path)) for name, path in shipped.shipped().items()}
    assert {need.name for need in needs["vqgan-imagenet"]} == {"vqgan-imagenet_f16_16384.ckpt", "ViT-B-32/openai"}
    assert needs["tile"] == []
    assert all(need.name in known or "/" in need.name for found in needs.values() for need in found)
