"""Optical flow: found, written, read again, and what it makes of a picture."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import save_file
from torchvision.models.optical_flow import raft_small

from artgen.errors import InputError
from artgen.picture import flow as file
from artgen.picture.reading import read_layer
from artgen.video import flow, raft


def texture(height, width, seed=1):
    """Soft coloured blobs."""
    small = np.random.default_rng(seed).integers(0, 256, (height // 6, width // 6, 3), np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """A picture whose ground moves by (3, -2), and a square before it by (-5, 4); with the flow between the two."""
    folder = tmp_path_factory.mktemp("flow")
    ground, square = texture(120, 140), texture(36, 36, 2)
    for name, (x, y), (u, v) in (("a", (20, 20), (40, 40)), ("b", (17, 22), (35, 44))):
        picture = ground[y : y + 80, x : x + 96].copy()
        picture[v - 8 : v + 28, u : u + 36] = square
        Image.fromarray(picture).save(folder / f"{name}.png")
    (folder / "flow.png").write_bytes(flow.between(folder / "a.png", folder / "b.png", (80, 96), flow.tv_l1))
    return folder


def test_things_that_move_by_a_known_way_are_found_to(moved):
    ways, known = file.read(moved / "flow.png")
    ground, square = np.zeros((80, 96), bool), np.zeros((80, 96), bool)
    ground[4:24, 4:92] = True
    square[44:64, 43:63] = True
    for where, way in ((ground, (-3, 2)), (square, (5, -4))):
        assert known[where].mean() > 0.9
        error = np.abs(ways[where & known] - way)
        assert error.mean() < 0.1
        assert error.max() < 0.6


def test_what_comes_into_view_is_not_trusted(moved):
    """Right of the square is ground that it has hidden; at the left and the bottom is what was outside."""
    _, known = file.read(moved / "flow.png")
    assert known[40:68, 72:75].mean() < 0.2
    assert not known[:, :2].any()
    assert not known[79:].any()
    assert known.mean() > 0.7


def test_the_old_picture_moved_is_the_new_one_where_it_is_trusted(moved):
    made = file.moved(read_layer(moved / "a.png", (80, 96)), moved / "flow.png")
    new = read_layer(moved / "b.png", (80, 96))
    error = ((made - new)[:, :3].abs() * made[:, 3:]).mean() / made[:, 3:].mean()
    assert error < 0.02
    assert error < 0.25 * (read_layer(moved / "a.png", (80, 96)) - new).abs().mean()


def test_a_larger_canvas_is_moved_by_the_same_share(moved):
    small = file.moved(read_layer(moved / "a.png", (80, 96)), moved / "flow.png")
    large = file.moved(read_layer(moved / "a.png", (240, 288)), moved / "flow.png")
    again = torch.nn.functional.interpolate(large, (80, 96), mode="bilinear", antialias=True)
    assert ((again - small)[:, :3].abs() * small[:, 3:]).mean() < 0.01


@given(st.integers(0, 2**32), st.floats(0, 600))
def test_a_file_says_again_what_was_written(tmp_path_factory, seed, most):
    random = np.random.default_rng(seed)
    ways, known = random.uniform(-most, most, (5, 7, 2)), random.random((5, 7)) < 0.8
    path = tmp_path_factory.mktemp("file") / "flow.png"
    path.write_bytes(file.encoded(ways, known))
    again, still = file.read(path)
    assert (still == (known & (np.abs(ways).max(axis=2) <= file.MOST))).all()
    assert np.abs(again - ways)[still].max(initial=0) <= 0.5 / file.STEPS
    assert not again[~still].any()
    path.write_bytes(file.encoded(again, still))
    assert (file.read(path)[0] == again).all()


def test_what_is_no_flow_is_told_in_a_line(moved, tmp_path):
    (tmp_path / "cut.png").write_bytes((moved / "flow.png").read_bytes()[:200])
    (tmp_path / "text.png").write_text("no picture")
    Image.new("I;16", (4, 5)).save(tmp_path / "odd.png")
    Image.new("L", (4, 6)).save(tmp_path / "grey.png")
    for name in ("cut", "text", "odd", "grey"):
        with pytest.raises(InputError, match=rf"{name}\.png: no picture that can be read") as told:
            file.moved(torch.zeros(1, 4, 8, 8), tmp_path / f"{name}.png")
        assert "\n" not in str(told.value)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Untrained weights of the small network."""
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = raft_small(weights=None)
    path = tmp_path_factory.mktemp("weights") / "mine.safetensors"
    save_file(network.state_dict(), path)
    return path, network.eval()


def test_raft_is_torchvisions(weights, moved):
    path, network = weights
    loaded = raft.load(path, torch.device("cpu"), pytest.fail)
    assert list(loaded.weights) == ["raft/mine.safetensors"]
    one, other = (read_layer(moved / f"{name}.png", (128, 136))[:, :3] for name in "ab")
    with torch.no_grad():
        expected = network(2 * one - 1, 2 * other - 1)[-1][0]
    assert torch.allclose(loaded(one, other), expected, atol=1e-3)
    # Of pictures that it cannot take as they are: twice as many pixels are twice as long a way.
    small = [torch.nn.functional.interpolate(picture, (64, 68), mode="area") for picture in (one, other)]
    assert loaded(*small).shape == (2, 64, 68)


def test_other_weights_are_none_of_its(tmp_path):
    save_file({"a": torch.zeros(2)}, tmp_path / "other.safetensors")
    with pytest.raises(
        InputError, match=r"other.safetensors: holds no weights of torchvision's raft_small or raft_lar"
    ):
        raft.load(tmp_path / "other.safetensors", torch.device("cpu"), pytest.fail)


def test_published_weights_that_are_not_torchvisions_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path))
    published = raft.PUBLISHED["raft_small"]
    (tmp_path / published.name).write_bytes(b"something else")
    with pytest.raises(InputError, match=r"its sha256 begins with \w{8}, and torchvision's with 01064c6d; delete it"):
        raft.load("raft_small", torch.device("cpu"), pytest.fail)
