from typing import ClassVar, Literal

from artgen.api import LossSpec, hookimpl


class Future(LossSpec):
    """Written for an artgen that does not exist yet."""

    api: ClassVar[int] = 99
    type: Literal["future"] = "future"


@hookimpl
def artgen_losses():
    return [Future]
