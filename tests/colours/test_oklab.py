"""The colour space in which distances are as eyes see them."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from artgen.colours import oklab


def test_oklab_of_known_colours():
    # From Ottosson's article and the CSS Color 4 samples.
    known = torch.tensor([[1.0, 1, 1], [1, 0, 0], [0, 0, 1]])
    expected = [[1, 0, 0], [0.62796, 0.22486, 0.12585], [0.45201, -0.03246, -0.31153]]
    np.testing.assert_allclose(oklab(known), expected, atol=2e-3)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_oklab_gradient_is_finite(rgb):
    colour = torch.tensor(rgb, requires_grad=True)
    oklab(colour).sum().backward()
    assert colour.grad.isfinite().all()
