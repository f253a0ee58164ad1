"""Numbers that descend, and the drawing that they make."""

import pytest
import torch

from artgen.canvas import Descent, DescentSpec, in_range


def test_clipped_gradients_are_no_longer_than_said():
    spec = DescentSpec(type="any", optimiser="sgd", learning_rate=1, clip_gradient=2)
    descent = Descent(spec, [torch.zeros(2, 3), torch.zeros(2, 1)], 10)
    gradients = torch.tensor([[3.0, 0, 0, 4], [0.1, 0, 0, 0]])
    for parameter, part in zip(descent.parameters, gradients.split([3, 1], dim=1), strict=True):
        parameter.grad = part.clone()
    descent.step(0)
    moved = torch.cat([-parameter.detach() for parameter in descent.parameters], dim=1)
    torch.testing.assert_close(moved, torch.stack((gradients[0] * 2 / 5, gradients[1])))


def test_numbers_stay_within_their_bounds_and_the_last_drawing_is_their_average():
    spec = DescentSpec(type="any", optimiser="sgd", learning_rate=1, ema=0.5)
    bounds = torch.tensor([-1.0]), torch.tensor([1.0])
    descent, seen = Descent(spec, [torch.zeros(1, 1)], 3, bounds), []
    for step in range(3):
        descent.parameters[0].grad = torch.tensor([[-0.4]])
        descent.step(step)
        seen.append(descent.at(step)[0].item())
    assert seen == [pytest.approx(0.4), 1, 1]
    assert descent.at(3)[0].item() == pytest.approx((seen[0] + 2 * seen[1] + 4 * seen[2]) / 7)


def test_only_a_gradient_that_moves_inwards_passes_the_clamp():
    values = torch.tensor([-0.5, -0.5, 0.5, 0.5, 1.5, 1.5], requires_grad=True)
    clamped = in_range(values)
    assert clamped.tolist() == [0, 0, 0.5, 0.5, 1, 1]
    clamped.backward(torch.tensor([1.0, -1, 1, -1, 1, -1]))
    assert values.grad.tolist() == [0, -1, 1, -1, 1, 0]
    with torch.no_grad():
        assert in_range(values).tolist() == clamped.tolist()


def test_an_average_goes_on_from_a_checkpoint_that_counts_once_for_all():
    def descended():
        return Descent(DescentSpec(type="any", ema=0.5), [torch.zeros(1, 3), torch.zeros(1, 2)], 4)

    before, after = descended(), descended()
    for step in range(2):
        sum(number.sum() for number in before.at(step)).backward()
        before.step(step)
    state = before.state_dict()
    after.load_state_dict({**state, "summed": 2})
    assert state["summed"] == [2, 2]
    assert all(torch.equal(*pair) for pair in zip(before.at(4), after.at(4), strict=True))
