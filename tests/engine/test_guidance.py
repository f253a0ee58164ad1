"""The gradient of the losses: what it is, in whatever parts it is taken, and who is to blame when it is none."""

import math

import pytest
import torch
import torch.nn.functional as F

import artgen as package
from artgen.errors import RunError
from artgen.picture.regions import crop_to_region
from artgen.testing import ColourPerceptor, PlainLook, make_image
from tests.helpers.guiding import HEIGHT, WIDTH, Counting, corners, guidance, judged


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


def mean_colour(look):
    return look.image.mean(dim=(1, 2, 3))


def likeness(look):
    return look.embeddings("a")[:, :, 0].mean(dim=1)


def single(look):
    """One number for the whole batch."""
    return look.image.square().mean()


def broken(look):
    """Its value is finite, 0, and its gradient is none: the slope of a root at 0."""
    return (mean_colour(look) - mean_colour(look).detach()).abs().sqrt()


def test_losses_add_up_and_are_told_apart_by_name():
    image = make_image()
    found = guidance(None, {"colour": mean_colour, "like": likeness}, weight=2)(image, 0)
    alone = [guidance(None, loss, weight=2)(image, 0) for loss in (mean_colour, likeness)]
    torch.testing.assert_close(found.gradient, alone[0].gradient + alone[1].gradient)
    torch.testing.assert_close(found.totals, alone[0].totals + alone[1].totals)
    assert found.losses == {
        "colour": pytest.approx(float(alone[0].totals.mean()) / 2),
        "like": pytest.approx(float(alone[1].totals.mean()) / 2),
    }


def test_pictures_are_compared_by_the_losses_that_read_the_prompts():
    image = make_image(batch=3)
    losses = {"colour": mean_colour, "like": likeness}
    found = guidance(None, losses, weight=2, prompted=["like"])(image, 0)
    torch.testing.assert_close(found.scores, guidance(None, likeness, weight=2)(image, 0).totals)
    plain = guidance(None, losses, weight=2)(image, 0)
    assert torch.equal(plain.scores, plain.totals)
    assert torch.equal(found.gradient, plain.gradient) and torch.equal(found.totals, plain.totals)


@pytest.mark.parametrize("prompted", [["one"], ["one", "like"]])
def test_a_single_number_that_reads_the_prompts_prefers_no_picture(prompted):
    image = make_image(batch=3)
    found = guidance(None, {"one": single, "like": likeness}, weight=1, prompted=prompted)(image, 0)
    of_all = guidance(None, {"like": likeness}, weight=1)(image, 0).totals if "like" in prompted else torch.zeros(3)
    torch.testing.assert_close(found.scores, of_all + float(image.detach().square().mean()) / 3)


def test_a_single_number_is_shared_among_the_pictures():
    image = make_image(batch=3)
    found = guidance(None, single, weight=1)(image, 0)
    value = float(image.detach().square().mean())
    assert found.totals.tolist() == pytest.approx([value / 3] * 3)
    assert found.losses == {"parts": pytest.approx(value)}
    torch.testing.assert_close(found.gradient, 2 * image.detach() / image.numel())


def test_a_picture_moves_as_far_as_it_would_alone():
    image = make_image(batch=3).detach()
    whole = guidance(None, likeness)(image, 0).gradient
    torch.testing.assert_close(whole[1:2], guidance(None, likeness)(image[1:2], 0).gradient)


def test_a_loss_of_weight_zero_is_not_asked():
    def never(look):
        raise AssertionError("asked")

    found = guidance(None, never, weight=0)(make_image(), 0)
    assert found.losses == {} and not found.gradient.any() and found.totals.tolist() == [0, 0]


def test_a_constant_has_no_gradient_and_is_no_error():
    found = guidance(None, lambda look: torch.tensor(2.0), weight=1)(make_image(), 0)
    assert not found.gradient.any() and found.totals.tolist() == [1, 1]


def test_the_drawing_s_own_graph_is_left_alone():
    image = make_image(size=(HEIGHT, WIDTH))
    guidance(None)(image * 1, 0)
    assert image.grad is None


@pytest.mark.parametrize("order", [["good", "bad"], ["bad", "good"], ["bad"]])
def test_the_loss_whose_gradient_is_none_is_named(order):
    losses = {name: {"good": mean_colour, "bad": broken}[name] for name in order}
    with pytest.raises(RunError, match=r"^loss 'bad' \(test\) has a gradient that is not finite at step 3$"):
        guidance(None, losses)(make_image(), 3)


def test_gradients_that_are_too_large_only_together_are_nobody_s_fault():
    large = {name: lambda look: look.image.sum(dim=(1, 2, 3)) for name in ("one", "two")}
    with pytest.raises(RunError, match="the sum of the gradients is not finite at step 0; lower the losses' weights"):
        guidance(None, large, weight=3e38)(make_image(size=(1, 1)) * 1e-4, 0)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (torch.zeros(2, 3), "loss 'parts' (test) returned (2, 3); expected () or (2,)"),
        (torch.zeros(1), "loss 'parts' (test) returned (1,); expected () or (2,)"),
        (0.5, "loss 'parts' (test) returned float; expected () or (2,)"),
        (torch.tensor([1, torch.inf]), "loss 'parts' (test) is 1, inf at step 4; expected a finite number"),
    ],
)
def test_a_value_that_is_none_is_told_with_its_loss(value, message):
    with pytest.raises(RunError) as caught:
        guidance(None, lambda look: value)(make_image(), 4)
    assert str(caught.value) == message


@pytest.mark.parametrize(("most", "notes", "chunk"), [(6, [], None), (4, [3], 3), (2, [3, 2], 2), (1, [3, 2, 1], 1)])
def test_views_go_through_in_ever_smaller_chunks_and_the_gradient_is_the_same(most, notes, chunk):
    """Two pictures have three views each; a perceptor without room for them raises what a device raises."""
    image, said = make_image(size=(HEIGHT, WIDTH)), []
    tight = guidance(None, likeness, note=said.append, a=Counting(most))
    found = tight(image, 2)
    assert said == [f"out of memory: going on with {n} views at a time (chunk: {n})" for n in notes]
    assert tight.chunk == chunk
    plain = guidance(None, likeness, a=ColourPerceptor())(image, 2)
    torch.testing.assert_close(found.gradient, plain.gradient)
    torch.testing.assert_close(found.totals, plain.totals)


def test_a_step_after_a_halving_begins_with_what_was_learnt():
    image, perceptor = make_image(size=(HEIGHT, WIDTH)), Counting(3)
    tight = guidance(None, likeness, note=lambda line: None, a=perceptor)
    tight(image, 0)
    perceptor.seen = 0
    tight(image, 1)
    assert perceptor.seen == 2 * 6  # each view without a graph, and again with one


def test_a_loss_that_runs_out_of_memory_halves_the_chunk_too():
    said, asked = [], []

    def large(look):
        asked.append(look.chunk)
        if look.chunk is None:
            raise torch.OutOfMemoryError("no room")
        return likeness(look)

    guidance(None, large, note=said.append)(make_image(), 0)
    assert asked == [None, 3] and len(said) == 1


def test_no_room_for_one_view_ends_the_run():
    with pytest.raises(RunError, match=r"^out of memory with one view at a time; use a smaller size, batch or percep"):
        guidance(None, likeness, note=lambda line: None, a=Counting(0))(make_image(), 0)
