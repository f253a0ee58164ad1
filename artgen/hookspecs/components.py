"""The hooks that offer components, one for each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from artgen import api

hookspec = pluggy.HookspecMarker("artgen")


@hookspec
def artgen_generators() -> list[type[api.GeneratorSpec]]:  # type: ignore[empty-body]
    """Things that draw; ``build`` returns a `Generator`.

    A whole plugin::

        from typing import Literal

        from artgen.api import Env, hookimpl
        from artgen.canvas import Descent, DescentSpec


        class FlatGenerator:
            def __init__(self, spec, env):
                self.steps, self.size = env.steps, env.size
                self.colour = Descent(spec, [env.random.normal("start", (3, 1, 1))], env.steps)

            def draw(self, step):
                (numbers,) = self.colour.at(step)
                return numbers.sigmoid().expand(-1, -1, *self.size)

            def advance(self, step):
                self.colour.step(step)

            def state_dict(self):
                return self.colour.state_dict()

            def load_state_dict(self, state):
                self.colour.load_state_dict(state)


        class Flat(DescentSpec):
            '''One colour, searched for.'''

            type: Literal["flat"] = "flat"

            def build(self, env: Env):
                return FlatGenerator(self, env)


        @hookimpl
        def artgen_generators():
            return [Flat]
    """


@hookspec
def artgen_losses() -> list[type[api.LossSpec]]:  # type: ignore[empty-body]
    """Things that judge; ``build`` returns a `Loss`.

    A whole plugin::

        from typing import Literal

        from artgen.api import Env, LossSpec, hookimpl


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
    """Image and text towers with one embedding space; ``build`` returns a `Perceptor`.

    A whole plugin::

        from typing import Literal

        from artgen.api import Env, PerceptorSpec, hookimpl


        class ColourSense:
            size, dim = 16, 3

            def __init__(self, device):
                self.device = device

            def embed_images(self, images):
                return self.unit(images.mean(dim=(2, 3)))

            def embed_texts(self, texts):
                import torch

                counts = [[text.count(letter) for letter in "rgb"] for text in texts]
                return self.unit(torch.tensor(counts, dtype=torch.float32, device=self.device))

            def unit(self, rows):
                rows = rows + 0.01
                return rows / rows.norm(dim=-1, keepdim=True)


        class Colours(PerceptorSpec):
            '''Sees a picture's mean colour, and reads nothing but the letters r, g and b.'''

            type: Literal["colours"] = "colours"

            def build(self, env: Env):
                return ColourSense(env.device)


        @hookimpl
        def artgen_perceptors():
            return [Colours]
    """


@hookspec
def artgen_augmentations() -> list[type[api.AugmentationSpec]]:  # type: ignore[empty-body]
    """Ways to cut views out of the picture; ``build`` returns an `Augmentation`.

    A whole plugin::

        from typing import Literal

        from artgen.api import AugmentationSpec, Env, hookimpl


        class Whole(AugmentationSpec):
            '''The whole picture, once.'''

            type: Literal["whole"] = "whole"

            def build(self, env: Env):
                from torch.nn.functional import interpolate

                return lambda image, size, step: interpolate(image, (size, size), mode="area")


        @hookimpl
        def artgen_augmentations():
            return [Whole]
    """


@hookspec
def artgen_filters() -> list[type[api.FilterSpec]]:  # type: ignore[empty-body]
    """Differentiable changes between the generator and all that looks; ``build`` returns a `Filter`.

    A whole plugin::

        from typing import Literal

        from artgen.api import Env, FilterSpec, hookimpl


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
def artgen_finishes() -> list[type[api.FinishSpec]]:  # type: ignore[empty-body]
    """Stages that work once, on the finished pictures, and may change their size; ``build`` returns a `Finish`.

    A whole plugin::

        from dataclasses import replace
        from typing import Literal

        from artgen.api import Env, FinishSpec, hookimpl


        class Mirrored(FinishSpec):
            '''Puts the mirror image beside the picture.'''

            type: Literal["mirrored"] = "mirrored"

            def resized(self, size):
                return size[0], 2 * size[1]

            def build(self, env: Env):
                import torch

                def doubled(rows):
                    return torch.cat([rows, rows.flip(-1)], dim=-1)

                def finish(finished):
                    alpha = None if finished.alpha is None else doubled(finished.alpha)
                    return replace(finished, image=doubled(finished.image), alpha=alpha)

                return finish


        @hookimpl
        def artgen_finishes():
            return [Mirrored]
    """


@hookspec
def artgen_reporters() -> list[type[api.ReporterSpec]]:  # type: ignore[empty-body]
    """Things that watch a run; ``build`` returns a `Reporter`.

    A whole plugin::

        from typing import Literal

        from artgen.api import Env, ReporterSpec, hookimpl


        class Witness:
            def __init__(self, note):
                self.note, self.lowest = note, float("inf")

            def on_start(self, steps):
                self.note(f"{steps} steps to go")

            def on_step(self, event):
                self.lowest = min(self.lowest, event.total)

            def on_end(self, result):
                self.note(f"the lowest loss was {self.lowest:.3g}")


        class Lowest(ReporterSpec):
            '''Says at the end how low the loss came.'''

            type: Literal["lowest"] = "lowest"

            def build(self, env: Env):
                return Witness(env.note)


        @hookimpl
        def artgen_reporters():
            return [Lowest]
    """
