"""How the losses see one drawing."""

import pytest
import torch

from artgen.api import Schedule
from artgen.engine.determinism import deterministic
from artgen.engine.look import StepLook, WeightedPerceptor
from artgen.errors import RunError
from artgen.picture.regions import crop_to_region
from artgen.testing import ColourPerceptor, make_image
from tests.helpers.guiding import CENTRE, HEIGHT, LEFT, WIDTH, Counting, corners, guidance


def test_equal_regions_are_looked_at_once():
    perceptor = Counting()

    def twice(look):
        first, second = (look.within(LEFT.clone()).embeddings("a") for _ in range(2))
        assert first is second or torch.equal(first, second)
        return (first + second).sum(dim=(1, 2))

    guidance(None, twice, a=perceptor)(make_image(size=(HEIGHT, WIDTH)), 0)
    assert perceptor.seen == 2 * 3


def test_a_region_of_another_size_is_refused():
    look = StepLook(make_image(), 0, 10, {}, [], None)
    with pytest.raises(RunError, match=r"^a region is \(32, 24\); expected \(24, 32\), as the look's image$"):
        look.within(torch.ones(32, 24))


def test_a_change_is_looked_through_once_and_begins_anew_for_other_pictures():
    image, other = make_image(size=(HEIGHT, WIDTH)), make_image(1, (WIDTH, HEIGHT), seed=3).detach()
    look, calls = looking(image, perceptor=(perceptor := ColourPerceptor())), []

    def turn(whole):
        calls.append(1)
        return whole.rot90(-1, (2, 3))

    turned = look.within(torch.ones(HEIGHT, WIDTH)).through(turn)
    assert look.within(torch.ones(HEIGHT, WIDTH)).through(turn) is turned and len(calls) == 1
    torch.testing.assert_close(turned.image, image.rot90(-1, (2, 3)))
    expected = perceptor.embed_images(corners(other, 8, 3)).expand(2, 3, -1)
    torch.testing.assert_close(turned.embeddings_of(other, "a"), expected)
    with pytest.raises(RunError, match=r"^a change of the picture returned \(2, 12\); expected \(2, 3, h, w\)$"):
        look.through(lambda whole: whole[:, 0, :, 0])


@pytest.mark.parametrize("chunk", [None, 2])
def test_another_picture_is_seen_through_the_same_views(chunk):
    image, other = make_image(size=(HEIGHT, WIDTH)), make_image(1, (HEIGHT, WIDTH), seed=3)
    perceptor = ColourPerceptor()
    found = {}

    def look_at(look):
        found["whole"] = look.embeddings_of(other, "a")
        found["part"] = look.within(CENTRE).embeddings_of(other, "a")
        return look.embeddings("a").sum(dim=(1, 2))

    guidance(chunk, look_at, a=perceptor)(image, 3)
    for name, picture in (("whole", other), ("part", crop_to_region(other, CENTRE))):
        expected = perceptor.embed_images(corners(picture.detach(), 8, 3)).expand(2, 3, -1)
        torch.testing.assert_close(found[name], expected)
        assert not found[name].requires_grad


def looking(image=None, augmentation=corners, perceptor=None, chunk=None, weight=1.0, step=3):
    """A look through one perceptor, called ``a``, and one view."""
    weighted = WeightedPerceptor("a", perceptor or ColourPerceptor(), Schedule.parse(weight), "test 1.0")
    return StepLook(
        make_image() if image is None else image, step, 10, {"a": weighted}, [("the view", augmentation)], chunk
    )


def test_losses_share_one_pass_through_a_perceptor():
    look = looking(perceptor=(perceptor := Counting()))
    assert perceptor.seen == 0  # nothing is shown before a loss asks
    for _ in range(2):
        assert look.views("a").shape == (2, 3, 3, 8, 8)
        assert look.embeddings("a").shape == (2, 3, 12)
    assert perceptor.seen == 6


def test_a_perceptor_counts_as_much_as_its_schedule_says():
    look = looking(weight={0: 0, 9: 9})
    assert (look.perceptors, look.weight("a")) == (("a",), 3)


def test_every_chunk_is_embedded_again_only_where_a_loss_looked():
    look = looking(perceptor=(perceptor := Counting()), chunk=4)
    look.embeddings("a")
    look.backward()
    assert perceptor.seen == 6 and look.image.grad is None
    look.embeddings("a").sum().backward()
    look.backward()
    assert perceptor.seen == 12 and look.image.grad.any()


@pytest.mark.parametrize(
    ("views", "message"),
    [
        (torch.zeros(6, 3, 9, 9), r"the view returned \(6, 3, 9, 9\); expected \(n\*2, 3, 8, 8\)"),
        (torch.zeros(5, 3, 8, 8), r"the view returned \(5, 3, 8, 8\); expected \(n\*2, 3, 8, 8\)"),
        (torch.full((2, 3, 8, 8), 1.5), r"the view returned pixels from 1\.5 to 1\.5 at step 3; expected 0 to 1"),
        (torch.full((2, 3, 8, 8), -0.5), r"the view returned pixels from -0\.5 to -0\.5 at step 3; expected 0 to 1"),
        (torch.full((2, 3, 8, 8), torch.nan), "the view returned pixels that are not finite at step 3"),
    ],
)
def test_views_that_are_none_are_told_with_whose_they_are(views, message):
    with pytest.raises(RunError, match=f"^{message}$"):
        looking(augmentation=lambda image, size, step: views).views("a")


@pytest.mark.parametrize(
    ("embed", "message"),
    [
        (lambda rows: rows[:, :5], r"returned \(6, 5\); expected \(6, 12\)"),
        (lambda rows: rows[:4], r"returned \(4, 12\); expected \(6, 12\)"),
        (lambda rows: rows / 0, "returned embeddings that are not finite; try precision fp32"),
    ],
)
def test_embeddings_that_are_none_are_told_with_whose_they_are(embed, message):
    class Wrong(ColourPerceptor):
        def embed_images(self, images):
            return embed(super().embed_images(images))

    with pytest.raises(RunError, match=rf"^perceptor 'a' \(test 1\.0\) {message}$"):
        looking(perceptor=Wrong()).embeddings("a")


def test_a_deterministic_run_shows_no_two_pictures_together():
    shown = []

    class Seen(ColourPerceptor):
        def embed_images(self, images):
            shown.append(len(images))
            return super().embed_images(images)

    with deterministic(True):
        looking(perceptor=Seen(), chunk=2).embeddings("a")
    assert shown == [2, 1, 2, 1]
    looking(perceptor=Seen(), chunk=2).embeddings("a")
    assert shown[4:] == [2, 2, 2]
