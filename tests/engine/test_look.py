"""How the losses see one drawing."""

import pytest
import torch

from artgen.engine.look import StepLook
from artgen.errors import RunError
from artgen.picture.regions import crop_to_region
from artgen.testing import ColourPerceptor, make_image
from tests.helpers.guiding import CENTRE, HEIGHT, LEFT, WIDTH, corners, guidance


class Counting(ColourPerceptor):
    """Counts the images it has embedded."""

    seen = 0

    def embed_images(self, images):
        self.seen += len(images)
        return super().embed_images(images)


def test_equal_regions_are_looked_at_once():
    weighted = Counting()

    def twice(look):
        first, second = (look.within(LEFT.clone()).embeddings("a") for _ in range(2))
        assert first is second or torch.equal(first, second)
        return (first + second).sum(dim=(1, 2))

    guidance(None, twice, a=weighted)(make_image(size=(HEIGHT, WIDTH)), 0)
    assert weighted.seen == 2 * 3


def test_a_region_of_another_size_is_refused():
    look = StepLook(make_image(), 0, 10, {}, [], None)
    with pytest.raises(RunError, match=r"^a region is \(32, 24\); expected \(24, 32\), as the look's image$"):
        look.within(torch.ones(32, 24))


@pytest.mark.parametrize("chunk", [None, 2])
def test_another_picture_is_seen_through_the_same_views(chunk):
    image, other = make_image(size=(HEIGHT, WIDTH)), make_image(1, (HEIGHT, WIDTH), seed=3)
    weighted = ColourPerceptor()
    found = {}

    def look_at(look):
        found["whole"] = look.embeddings_of(other, "a")
        found["part"] = look.within(CENTRE).embeddings_of(other, "a")
        return look.embeddings("a").sum(dim=(1, 2))

    guidance(chunk, look_at, a=weighted)(image, 3)
    for name, picture in (("whole", other), ("part", crop_to_region(other, CENTRE))):
        expected = weighted.embed_images(corners(picture.detach(), 8, 3)).expand(2, 3, -1)
        torch.testing.assert_close(found[name], expected)
        assert not found[name].requires_grad
