"""What is downloaded, and who can be reached."""

import huggingface_hub.constants
import pytest

from artgen import weights
from artgen.doctor import downloads
from artgen.registry.plugins import discover
from tests.helpers.findings import at, levels


@pytest.fixture
def known(tmp_path, monkeypatch):
    """The weights that plugins know, none at first, and an empty cache."""
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    for name in ("ARTGEN_OFFLINE", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:1")
    found = []
    monkeypatch.setattr(discover(), "weights", found)
    return found


def test_the_cache_is_counted_and_a_broken_off_download_is_told(known, tmp_path):
    known += [("me", weights.Published(f"{name}.bin", ("http://127.0.0.1:1",))) for name in "abc"]
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "a.bin").write_bytes(bytes(2_000_000))
    (tmp_path / "cache" / "b.bin.part").write_bytes(bytes(1_000_000))
    found = list(downloads.look(online=False))
    assert f"1 of 3 named files are in {tmp_path / 'cache'}, 3.0 MB in all" in levels(found)
    assert at("warning", found) == [("b.bin: a download stopped after 1.0 MB", "artgen weights fetch b.bin")]


def test_only_online_anybody_is_called(known, monkeypatch):
    assert at("warning", downloads.look(online=False)) == []
    ((text, fix),) = at("warning", downloads.look(online=True))
    assert text.startswith("http://127.0.0.1:1 (the model hub) cannot be reached (URLError") and "proxy" in fix
    monkeypatch.setenv("ARTGEN_OFFLINE", "1")
    assert any("switched off" in text for text in levels(downloads.look(online=True)))
