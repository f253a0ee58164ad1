"""The hooks: what a plugin may offer. Each is asked once, before a run, and returns spec classes.

A plugin is a module (named by an entry point of the group ``artgen``) with one or more of these
functions, each decorated with ``@artgen.api.hookimpl``. It may import ``artgen.api`` and pydantic at its
top; torch and everything heavy belongs into the module that ``Spec.build`` imports. No hook is called
while a picture is made, so installing a plugin never changes one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from artgen import api

hookspec = pluggy.HookspecMarker("artgen")


@hookspec
def artgen_generators() -> list[type[api.GeneratorSpec]]:  # type: ignore[empty-body]
    """Things that draw. A whole plugin::

        from typing import Literal
        from artgen.api import Env, GeneratorSpec, hookimpl

        class Flat(GeneratorSpec):
            '''One colour, searched for.'''
            type: Literal["flat"] = "flat"

            def build(self, env: Env):
                from my_plugin.drawing import FlatGenerator   # torch is imported here, not above
                return FlatGenerator(env)

        @hookimpl
        def artgen_generators():
            return [Flat]

    `FlatGenerator` has ``steps``, ``draw(step)``, ``advance(step)``, ``state_dict()`` and
    ``load_state_dict(state)``: see :class:`artgen.api.Generator`.
    """


@hookspec
def artgen_losses() -> list[type[api.LossSpec]]:  # type: ignore[empty-body]
    """Things that judge. A whole plugin::

    class Dark(LossSpec):
        '''Prefers dark pictures.'''
        type: Literal["dark"] = "dark"

        def build(self, env: Env):
            return lambda look: look.image.mean(dim=(1, 2, 3))

    @hookimpl
    def artgen_losses():
        return [Dark]
    """


@hookspec
def artgen_perceptors() -> list[type[api.PerceptorSpec]]:  # type: ignore[empty-body]
    """Image and text towers with one embedding space. ``build`` returns an :class:`artgen.api.Perceptor`::

    @hookimpl
    def artgen_perceptors():
        return [MyClip]
    """


@hookspec
def artgen_augmentations() -> list[type[api.AugmentationSpec]]:  # type: ignore[empty-body]
    """Ways to cut views out of the picture. A whole plugin::

    class Whole(AugmentationSpec):
        '''The whole picture, once.'''
        type: Literal["whole"] = "whole"

        def build(self, env: Env):
            import torch.nn.functional as F
            return lambda image, size, step: F.interpolate(image, (size, size), mode="area")

    @hookimpl
    def artgen_augmentations():
        return [Whole]
    """


@hookspec
def artgen_filters() -> list[type[api.FilterSpec]]:  # type: ignore[empty-body]
    """Differentiable changes between the generator and everything that looks. A whole plugin::

    class Grey(FilterSpec):
        '''Takes the colour away.'''
        type: Literal["grey"] = "grey"

        def build(self, env: Env):
            return lambda image, step: image.mean(dim=1, keepdim=True).expand_as(image)

    @hookimpl
    def artgen_filters():
        return [Grey]
    """


@hookspec
def artgen_reporters() -> list[type[api.ReporterSpec]]:  # type: ignore[empty-body]
    """Things that watch a run: ``on_start(run)``, ``on_step(event)``, ``on_end(result)``::

    @hookimpl
    def artgen_reporters():
        return [WriteCsv]
    """


@hookspec
def artgen_presets() -> list[Path]:  # type: ignore[empty-body]
    """Folders of ``*.yaml`` presets that the plugin ships; ``artgen presets`` lists them::

    @hookimpl
    def artgen_presets():
        return [Path(__file__).parent / "presets"]
    """
