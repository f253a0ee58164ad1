"""A traced drawing looks in a browser as it does in the PNG beside it."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from artgen.api import Finished
from artgen.testing import make_env
from artgen_stages import Trace

pytestmark = pytest.mark.slow


def test_a_browser_draws_the_svg_as_the_picture(chromium):
    y, x = torch.meshgrid(torch.arange(60.0), torch.arange(80.0), indexing="ij")
    image = torch.stack([(x / 13).sin(), (y / 9).cos(), ((x + y) / 17).sin()]).gt(0).float()[None]
    finished = Trace(scale=5).build(make_env(size=(60, 80), seeds=(0,)))(Finished(image))
    page = chromium.new_page(viewport={"width": 400, "height": 300})
    page.set_content(f"<body style='margin:0'>{finished.files['.svg'][0].decode()}</body>")
    seen = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)
    page.close()
    difference = np.abs(seen - (finished.image[0].movedim(0, -1).numpy() * 255).round())
    assert seen.std() > 50
    assert difference.mean() < 1
    assert (difference > 60).mean() < 1e-3
