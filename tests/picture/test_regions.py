"""Parts of a picture."""

import numpy as np
import torch

from artgen.picture.regions import crop_to_region
from artgen.testing import make_image


def test_only_the_region_is_shown():
    image = make_image(size=(10, 12))
    region = torch.zeros(10, 12)
    region[2:7, 3:9] = 1
    region[2, 3] = 0
    region[3, 4] = 0.25
    shown = crop_to_region(image, region)
    a, r = image.detach().double().numpy(), region.double().numpy()
    mean = (a * r).sum(axis=(2, 3), keepdims=True) / r.sum()
    expected = (a * r + mean * (1 - r))[:, :, 2:7, 3:9]
    np.testing.assert_allclose(shown.detach(), expected, atol=1e-6)
    shown.sum().backward()
    torch.testing.assert_close(image.grad, region.expand_as(image))
