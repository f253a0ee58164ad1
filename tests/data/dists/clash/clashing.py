from typing import Literal

from artgen.api import GeneratorSpec, hookimpl


class OtherFlat(GeneratorSpec):
    """Another component of the same name."""

    type: Literal["flat"] = "flat"


@hookimpl
def artgen_generators():
    return [OtherFlat]
