"""A picture that is laid over the drawing now and then."""

import torch
from hypothesis import given
from hypothesis import strategies as st

import artgen as package
from artgen.preset.settings.overlay import Overlay
from tests.helpers.presets import still


@given(st.integers(0, 60), st.integers(1, 30), st.integers(0, 60))
def test_an_overlay_is_due_every_so_many_steps(offset, every, until):
    overlay = Overlay(image=__file__, every=every, offset=offset, until=until)
    assert [s for s in range(60) if overlay.is_due(s, 60)] == [s for s in range(offset, 60, every) if s <= until]


def test_an_overlay_comes_back_and_the_rest_is_free(badge):
    preset = still(
        steps=20,
        generator={"type": "pixel", "colours": "rgb", "noise": 0, "learning_rate": 2},
        start="#808080",
        overlay={"image": str(badge), "every": "50%"},
    )
    seen = []
    result = package.run(preset, on_step=lambda event: seen.append(event.image[0, :, 8, 12].clone()))
    yellow = torch.tensor([255, 230, 0]) / 255
    near = [(colour - yellow).abs().max() < 0.05 for colour in seen]
    assert [step for step in range(20) if near[step]] == [0, 10]
    assert (result.images[0, :, 0, 0] < 0.4).all()  # `dark` had its way elsewhere
