"""Every first-party component keeps the same contracts as a stranger's."""

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
def settings(stable):
    """Of those that come without a model: a small one."""
    return {
        "latent_diffusion": {"model": str(stable)},
        "noise": {"model": str(stable), "optimiser": "adam", "learning_rate": 0.05},
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
