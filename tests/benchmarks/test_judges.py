"""The second judge is asked about drawings that a program made, in nobody's style."""

import math

import pytest
import torch
from PIL import Image, ImageDraw

from artgen.picture import images
from benchmarks import judges, quality

SIDE = 256
RED, GREEN, BROWN, GOLD = (225, 30, 45), (40, 140, 60), (120, 75, 40), (250, 200, 40)


def heart(pen, _):
    turns = [2 * math.pi * i / 200 for i in range(200)]
    height = [13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t) for t in turns]
    pen.polygon([(128 + 6 * 16 * math.sin(t) ** 3, 118 - 6 * y) for t, y in zip(turns, height, strict=True)], fill=RED)


def rainbow(pen, ground):
    colours = [(230, 50, 50), (245, 140, 40), (250, 220, 60), (70, 180, 80), (60, 120, 220), (130, 70, 180)]
    for i, colour in enumerate([*colours, ground]):
        edge = 110 - 12 * i
        pen.pieslice((128 - edge, 190 - edge, 128 + edge, 190 + edge), 180, 360, fill=colour)


def moon(pen, ground):
    pen.ellipse((40, 40, 216, 216), fill=GOLD)
    pen.ellipse((90, 30, 240, 190), fill=ground)


def pine(pen, _):
    pen.rectangle((116, 205, 140, 240), fill=BROWN)
    for top, wide in ((20, 50), (70, 70), (120, 90)):
        pen.polygon([(128, top), (128 - wide, top + 90), (128 + wide, top + 90)], fill=GREEN)


def snowman(pen, _):
    for box in ((68, 120, 188, 240), (88, 40, 168, 128)):
        pen.ellipse(box, fill=(250, 252, 255), outline=(150, 170, 200), width=4)
    pen.rectangle((98, 12, 158, 50), fill=(40, 40, 50))
    pen.rectangle((82, 46, 174, 56), fill=(40, 40, 50))
    for x in (112, 144):
        pen.ellipse((x - 5, 70, x + 5, 80), fill=(30, 30, 30))
    pen.polygon([(126, 86), (126, 98), (160, 94)], fill=(245, 130, 30))
    for y in (150, 180, 210):
        pen.ellipse((123, y, 133, y + 10), fill=(30, 30, 30))


def mushroom(pen, _):
    pen.rounded_rectangle((100, 120, 156, 230), 20, fill=(245, 230, 205))
    pen.pieslice((30, 30, 226, 230), 180, 360, fill=RED)
    for x, y, r in ((80, 95, 14), (128, 60, 16), (176, 95, 14)):
        pen.ellipse((x - r, y - r, x + r, y + r), fill="white")


DRAWN = {
    "red heart": heart,
    "rainbow": rainbow,
    "crescent moon": moon,
    "pine tree": pine,
    "snowman": snowman,
    "mushroom": mushroom,
}


def picture(thing, ground=(255, 255, 255)):
    image = Image.new("RGB", (SIDE, SIDE), ground)
    DRAWN[thing](ImageDraw.Draw(image), ground)
    return image


@pytest.fixture(scope="module")
def things():
    return judges.Things()


@pytest.fixture(scope="module")
def fifty():
    return [entry.concept for entry in quality.entries(quality.PROMPTS)]


@pytest.mark.parametrize("ground", [(255, 255, 255), (190, 215, 240)])
@pytest.mark.parametrize("thing", DRAWN)
def test_the_second_judge_names_plain_drawings_among_the_fifty(thing, ground, things, fifty, tmp_path):
    path = tmp_path / "picture.png"
    picture(thing, ground).save(path)
    assert things.place(images.load(path), thing, fifty) == (1, thing)


def test_the_second_judge_gives_each_picture_its_own_opinion(things, fifty, tmp_path):
    """Not one that depends on what else is judged."""
    for thing in ("pine tree", "rainbow"):
        picture(thing).save(tmp_path / f"{thing}.png")
    both = torch.stack([images.load(tmp_path / f"{thing}.png") for thing in ("pine tree", "rainbow")])
    together = things.likeness(both, fifty)
    alone = things.likeness(both[:1], fifty)
    torch.testing.assert_close(together[:1], alone, rtol=1e-3, atol=1e-2)
    with pytest.raises(KeyError):
        things.likeness(both, ["no such thing"])
