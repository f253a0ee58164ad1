"""Embeddings of many files."""

import pytest
import torch

from artgen.compare import perceptual
from artgen.compare.embeddings import embed_files
from artgen.picture.decoding import below
from tests.helpers.embedding import draw


def test_embeddings_can_be_had_from_python(tmp_path, monkeypatch, toy):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    draw(tmp_path / "pictures", 3)
    (tmp_path / "pictures" / "broken.png").write_bytes(b"")
    [scorer] = perceptual.of_preset(str(tmp_path / toy()), print)
    found = embed_files(below(tmp_path / "pictures"), scorer)
    assert [path.name for path in found.rows] == ["00000.png", "00001.png", "00002.png"]
    assert torch.stack(list(found.rows.values())).norm(dim=1).tolist() == pytest.approx([1, 1, 1])
    assert [path.name for path in found.failed] == ["broken.png"]


def test_an_interruption_keeps_what_was_done(tmp_path, monkeypatch, toy, looks):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    paths = draw(tmp_path / "pictures", 70)
    [scorer] = perceptual.of_preset(str(tmp_path / toy()), print)

    def interrupted(paths):
        yield from paths[:65]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed_files(paths, scorer, interrupted)
    assert looks == [32, 32]
    assert len(embed_files(paths, scorer).rows) == 70
    assert looks == [32, 32, 6]
