"""What a component reads of the preset that it stands in, so that it can be compared with what it says it needs."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from artgen import api
from artgen.testing.parts import PlainLook

READS: Mapping[str, tuple[api.Need, ...]] = {
    "env.prompts": (api.Need.PROMPTS,),
    "env.perceptors": (api.Need.PERCEPTORS, api.Need.VIEWS),
    "env.start": (api.Need.START,),
    "look.views": (api.Need.VIEWS,),
    "look.embeddings": (api.Need.VIEWS,),
}
"""What may be read, and the needs of which one has to be declared for it."""


def recording(env: api.Env, read: set[str]) -> api.Env:
    """The same, which adds to `read` what is read of it."""

    class Recording(api.Env):
        def __getattribute__(self, name: str) -> Any:
            # `dataclasses.replace` reads everything and looks at nothing.
            if f"env.{name}" in READS and sys._getframe(1).f_globals.get("__name__") != "dataclasses":
                read.add(f"env.{name}")
            return super().__getattribute__(name)

    return Recording(**{field.name: getattr(env, field.name) for field in dataclasses.fields(env)})


class RecordingLook(PlainLook):
    """A look that remembers what it was asked for, in `read`."""

    def __init__(self, *arguments: Any, read: set[str], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.read = read

    def views(self, perceptor: str) -> Tensor:
        self.read.add("look.views")
        return super().views(perceptor)

    def embeddings(self, perceptor: str) -> Tensor:
        self.read.add("look.embeddings")
        return super().embeddings(perceptor)

    def embeddings_of(self, image: Tensor, perceptor: str) -> Tensor:
        self.read.add("look.embeddings")
        return super().embeddings_of(image, perceptor)

    def through(self, change: Callable[[Tensor], Tensor]) -> PlainLook:
        inner = super().through(change)
        return RecordingLook(inner.image, self._perceptors, self.step, self.steps, read=self.read)

    def within(self, region: Tensor) -> PlainLook:
        inner = super().within(region)
        regions = (*self._regions, region)
        return RecordingLook(inner.image, self._perceptors, self.step, self.steps, regions, read=self.read)
