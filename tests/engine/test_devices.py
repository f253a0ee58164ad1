"""The device of a run."""

import pytest

import artgen as package
from artgen.errors import InputError


def test_a_device_this_machine_lacks_is_named(flat):
    with pytest.raises(InputError, match="this machine has no 'cuda:7'; use auto or cpu"):
        package.run({**flat, "device": "cuda:7"})
