"""Every first-party component keeps the same contracts as a stranger's."""

from pathlib import Path

import pytest

from artgen import registry, testing

CONTRACTS = {
    "generator": testing.GeneratorContract,
    "loss": testing.LossContract,
    "perceptor": testing.PerceptorContract,
    "view": testing.AugmentationContract,
    "filter": testing.FilterContract,
    "reporter": testing.ReporterContract,
}
CASES = [
    (offer, name)
    for offer in registry.discover().offers
    if offer.dist == "artgen"
    for name in sorted(dir(CONTRACTS[offer.kind]))
    if name.startswith("test_")
]


@pytest.fixture(scope="session")
def settings(stable, vgg, aesthetic_head):
    """Of those that come without a model: a small one."""
    seen_by_vgg = {"network": "vgg16", "checkpoint": str(vgg), "resolution": 32}
    picture = str(Path(__file__).parents[2] / "presets" / "thumbnails" / "quickstart.png")
    return {
        "latent_diffusion": {"model": str(stable)},
        "noise": {"model": str(stable), "optimiser": "adam", "learning_rate": 0.05},
        "exposure": {"brightness": 0.5, "contrast": 0.2},
        "target": {"image": Path(__file__).parents[2] / "presets" / "thumbnails" / "quickstart.png"},
        "palette": {"palette": "black->red->white\\5"},
        "mask": {"image": Path(__file__).parents[2] / "presets" / "thumbnails" / "quickstart.png"},
        "aesthetic": {"checkpoint": str(aesthetic_head)},
        "style": {"image": picture, **seen_by_vgg},
        "content": {"image": picture, **seen_by_vgg},
        "stay_content": seen_by_vgg,
        "tone": {"saturation": {0: 0.5, "100%": 1}},
    }


@pytest.mark.parametrize(("offer", "check"), CASES, ids=[f"{offer.name}-{check[5:]}" for offer, check in CASES])
def test_contract(offer, check, settings):
    case = CONTRACTS[offer.kind]()
    case.spec = offer.spec(**settings.get(offer.name, {}))
    getattr(case, check)()


def test_every_kind_that_is_offered_has_cases():
    assert {offer.name for offer, _ in CASES} >= {
        "pixel", "fourier", "diffusion", "vqgan", "clip", "symmetry", "smoothness", "open_clip"
    }  # fmt: skip
