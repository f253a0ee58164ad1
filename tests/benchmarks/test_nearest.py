import json

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageOps

from artgen.picture import images
from benchmarks import nearest

SHAPES = ("disc", "square", "star", "bars")
COLOURS = {"one": (220, 40, 40, 255), "two": (40, 60, 200, 255)}


def drawn(shape, colour):
    """(256, 256, 4) of uint8"""
    image = Image.new("RGBA", (256, 256))
    pen = ImageDraw.Draw(image)
    if shape == "disc":
        pen.ellipse((60, 60, 196, 196), fill=colour)
    elif shape == "square":
        pen.rectangle((60, 60, 196, 196), fill=colour)
    elif shape == "star":
        pen.polygon(
            [(128, 40), (150, 110), (216, 128), (150, 146), (128, 216), (106, 146), (40, 128), (106, 110)], colour
        )
    else:
        for top in range(50, 200, 40):
            pen.rectangle((50, top, 256 - top, top + 18), fill=colour)
    return np.array(image)


@pytest.fixture(scope="module")
def art(tmp_path_factory):
    """Two artists draw four shapes, one in red and one in blue."""
    path = tmp_path_factory.mktemp("art") / "drawings.npy"
    np.save(path, np.stack([drawn(shape, colour) for colour in COLOURS.values() for shape in SHAPES]))
    table = {
        "concepts": [{"names": [shape], "tags": [], "weight": 1.0, "group": 0} for shape in SHAPES],
        "styles": [{"set": name, "family": name, "tint": False} for name in COLOURS],
        "concept": [0, 1, 2, 3] * 2,
        "style": [0] * 4 + [1] * 4,
    }
    path.with_suffix(".json").write_text(json.dumps(table))
    return path


def picture(shape, colour, ground="white", scale=1.0, at=(0, 0), side=256):
    small = Image.fromarray(drawn(shape, colour)).resize([round(scale * side)] * 2)
    paper = Image.new("RGB", (side, side), ground)
    paper.paste(small, at, small)
    return paper


def test_a_copy_is_found_on_another_ground_at_another_size_and_place_and_mirrored(art, tmp_path, capsys):
    folder = tmp_path / "pictures"
    folder.mkdir()
    picture("star", COLOURS["two"]).save(folder / "same.png")
    picture("star", COLOURS["two"], "lightgreen", 0.6, (80, 20)).save(folder / "moved.png")
    picture("star", (40, 160, 60, 255)).save(folder / "other.png")
    ImageOps.mirror(picture("bars", COLOURS["one"])).save(folder / "mirrored.png")
    nearest.main(["--pictures", str(folder), "--art", str(art), "--out", str(tmp_path / "out")])
    told = json.loads((tmp_path / "out" / "nearest.json").read_text())
    found = {row["picture"]: row for row in told["found"]}
    assert found["same.png"]["by_pixels"] == found["same.png"]["by_features"] == 6
    assert found["moved.png"]["by_pixels"] == found["moved.png"]["by_features"] == 6
    assert found["same.png"]["pixels"] < 0.01 and found["same.png"]["features"] < 0.01
    assert found["mirrored.png"]["by_pixels"] == found["mirrored.png"]["by_features"] == 3
    assert found["mirrored.png"]["pixels"] < 0.01 and found["mirrored.png"]["features"] < 0.01
    assert found["moved.png"]["pixels"] < 0.1 and found["moved.png"]["features"] < 0.2
    assert found["other.png"]["features"] > 2 * found["moved.png"]["features"]
    assert told["pictures"]["features"]["smallest"] == pytest.approx(
        min(found[name]["features"] for name in ("same.png", "mirrored.png")), abs=1e-4
    )
    assert told["drawings_by_others"]["pictures"] == 8
    assert told["drawings_by_others"]["features"]["smallest"] > found["moved.png"]["features"]
    assert json.loads(capsys.readouterr().out)["pictures"] == told["pictures"]
    with Image.open(tmp_path / "out" / "nearest.png") as sheet:
        assert sheet.size == (4 * 134, 2 * 128 + 20)


def test_the_distance_by_features_is_the_one_that_is_written_down():
    eye, generator = nearest.Eye(), torch.Generator().manual_seed(1)
    one, other = torch.rand(2, 1, 3, 64, 64, generator=generator)
    parts = []
    for layer in nearest.LAYERS:
        a, b = (eye.net(image)[layer].double() for image in (one, other))
        cosine = torch.nn.functional.cosine_similarity(a, b, dim=1)
        parts.append((2 - 2 * cosine).mean())
    found = nearest.distances(eye.features(one), eye.features(other))
    assert found.item() == pytest.approx(torch.stack(parts).mean().item(), rel=1e-4)
    assert nearest.distances(eye.features(one), eye.features(one)).item() == 0


def test_a_folder_without_pictures_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit):
        nearest.main(["--pictures", str(tmp_path)])
    assert f"{tmp_path}: no PNG files" in capsys.readouterr().err


def test_a_picture_of_one_colour_is_all_ground():
    assert nearest.on_white(torch.full((3, 40, 60), 0.3)).min() == 1
    assert images.to_pil(nearest.on_white(torch.rand(3, 40, 60))).size == (256, 256)
