"""Every check of every contract can fail: for each, a component that breaks it, and what its author is told."""

import os
import random
from pathlib import Path

import numpy as np
import pytest
import torch

from artgen import testing
from artgen.testing import checks_of
from tests.contracts.broken_cases import CASES, CHANGES, SPECS
from tests.contracts.broken_parts import spec


@pytest.mark.parametrize(
    ("contract", "broken", "check", "message"),
    CASES,
    ids=[f"{contract.__name__}-{check}" for contract, _, check, _ in CASES],
)
def test_a_broken_contract_is_noticed(contract, broken, check, message):
    case = contract()
    case.spec = broken
    case.setup_method()
    with pytest.raises((AssertionError, ValueError), match=message) as caught:
        getattr(case, f"test_{check}")()
    case.teardown_method()
    assert "\n" not in str(caught.value)


def test_a_spec_that_imports_torch_is_noticed(tmp_path, monkeypatch):
    (tmp_path / "laden.py").write_text(
        "import json\nimport torch\nimport strangers\nclass Laden(strangers.Dark):\n    '''Slow to import.'''\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import laden

    case = testing.LossContract()
    case.spec = laden.Laden()
    with pytest.raises(AssertionError, match=r"laden needs something heavy: .*torch.*laden\.py:2\); import it inside"):
        case.test_importing_it_needs_no_torch()


def test_every_check_has_a_component_that_breaks_it():
    seen = {(contract, f"test_{check}") for contract, _, check, _ in CASES}
    of_any_kind = {f"test_{check}" for _, check, _ in SPECS} | {"test_importing_it_needs_no_torch"}
    checks = {(contract, check) for contract in testing.CONTRACTS.values() for check in checks_of(contract)}
    assert not {(contract, check) for contract, check in checks - seen if check not in of_any_kind}


def test_every_check_says_what_it_is_for():
    for contract in testing.CONTRACTS.values():
        purposes = [testing.purpose(contract, check) for check in checks_of(contract)]
        assert all(purpose.endswith(".") for purpose in purposes), purposes
        assert len(set(purposes)) == len(purposes)


STREAMS = [lambda: torch.manual_seed(7), lambda: np.random.seed(7), lambda: random.seed(7)]


@pytest.mark.parametrize("change", [*(change for change, _ in CHANGES), *STREAMS])
def test_what_a_check_changed_is_put_back(change):
    before = kept()
    case = testing.LossContract()
    case.setup_method()
    change()
    assert kept() != before
    case.teardown_method()
    assert kept() == before


def kept():
    return (
        *(torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads(), Path.cwd(), dict(os.environ)),
        *(torch.are_deterministic_algorithms_enabled(), torch.get_float32_matmul_precision()),
        *(torch.get_rng_state().tolist(), np.random.get_state()[1].tolist(), random.getstate()),
    )


def test_a_check_leaves_the_global_streams_as_they_were():
    case = testing.FilterContract()
    case.spec = spec("filter", lambda env: lambda image, step: image * random.random())
    before = random.getstate(), torch.get_rng_state(), np.random.get_state()[1].tolist()
    with pytest.raises(AssertionError):
        case.test_randomness_is_its_own()
    assert random.getstate() == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])
    assert np.random.get_state()[1].tolist() == before[2]
