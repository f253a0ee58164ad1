"""The gradient of the losses, taken in parts where memory is short."""

import math

import pytest
import torch
import torch.nn.functional as F

import artgen as package
from artgen.errors import RunError
from artgen.picture.regions import crop_to_region
from artgen.testing import ColourPerceptor, PlainLook, make_image
from tests.helpers.guiding import HEIGHT, WIDTH, corners, guidance, judged


def test_chunks_change_nothing_but_rounding(flat):
    whole = package.run(flat)
    for chunk in (1, 3, 9):
        parts = package.run({**flat, "chunk": chunk})
        assert torch.allclose(whole.images, parts.images, atol=1e-5)


def test_out_of_memory_halves_the_chunk(flat):
    notes = []
    tight = package.run({**flat, "perceptors": {"toy": {"type": "toy", "room": 4}}}, note=notes.append)
    assert [note.rpartition("chunk: ")[2] for note in notes] == ["5)", "3)"]
    assert tight.recipe["preset"]["chunk"] == 3
    assert torch.allclose(package.run(flat).images, tight.images, atol=1e-5)


def test_no_memory_for_a_single_view_is_a_clear_end(flat):
    with pytest.raises(RunError, match="out of memory with one view at a time; use a smaller size"):
        package.run({**flat, "perceptors": {"toy": {"type": "toy", "room": 0}}}, note=lambda line: None)


def test_the_gradient_of_parts_is_that_of_autograd():
    image = make_image(size=(HEIGHT, WIDTH))
    perceptors = {"a": ColourPerceptor(), "b": ColourPerceptor(size=5, dim=7)}

    class Direct(PlainLook):
        """One graph from the picture to the loss."""

        def views(self, perceptor):
            return corners(self.image, self._perceptors[perceptor].size, self.step).unflatten(0, (2, 3))

        def within(self, region):
            return Direct(crop_to_region(self.image, region.reshape(self.image.shape[2:])), self._perceptors, self.step)

    expected = judged(Direct(image, perceptors, step=4))
    (0.7 * expected).sum().backward()
    verdict = guidance(None)(image, 4)
    torch.testing.assert_close(verdict.totals, 0.7 * expected.detach())
    torch.testing.assert_close(verdict.gradient, image.grad)
    for chunk in (1, 4, 5):
        torch.testing.assert_close(guidance(chunk)(image, 4).gradient, image.grad, atol=1e-6, rtol=1e-5)


def test_descent_within_a_part_changes_that_part_alone():
    image = make_image(1, (HEIGHT, WIDTH)).detach()
    target = F.normalize(torch.linspace(-1, 1, 12), dim=0)
    region = torch.zeros(HEIGHT, WIDTH)
    region[2:9, 1:7] = 1

    def loss(look):
        return 1 - (look.within(region).embeddings("a") @ target).mean(dim=1)

    drawing, values = image.clone(), []
    for step in range(12):
        verdict = guidance(None, loss)(drawing, step)
        drawing = (drawing - 0.5 * verdict.gradient).clamp(0, 1)
        values.append(float(verdict.totals))
    assert values[-1] < values[0] - 0.05
    changed = (drawing - image).abs().amax(dim=(0, 1)) > 0
    assert bool(changed.any()) and not bool((changed & (region == 0)).any())
    assert math.isfinite(values[-1])
