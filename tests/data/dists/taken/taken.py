"""A stranger's plugin that offers a component and a preset of every name that artgen has."""

from pathlib import Path
from typing import Literal

from artgen import api

NAMES = {
    "generator": "cells collage cppn diffusion evolve fourier glyphs ground latent_diffusion layers lines noise pixel "
    "shapes siren sketch stamps strokes super_resolution vqgan wavelet",
    "loss": "aesthetic agreement clip colourfulness content distill diversity edge exposure palette range saturation "
    "sharpness smoothness stay stay_content style symmetry target vignette",
    "perceptor": "open_clip",
    "view": "cutouts kornia",
    "filter": "blur kaleidoscope mask painting palette pixelate symmetry tile tone",
    "finish": "cut_out frame outline shadow texture trace upscale blur palette",
    "reporter": "",
}
BASES = {
    "generator": api.GeneratorSpec,
    "loss": api.LossSpec,
    "perceptor": api.PerceptorSpec,
    "view": api.AugmentationSpec,
    "filter": api.FilterSpec,
    "finish": api.FinishSpec,
    "reporter": api.ReporterSpec,
}


def build(self, env):
    raise AssertionError(f"{self.type} of artgen-taken was asked for")


def offered(kind):
    return [
        type(
            f"{kind.title()}{name.title()}",
            (BASES[kind],),
            {
                "__module__": __name__,
                "__doc__": "Not artgen's.",
                "__annotations__": {"type": Literal[name]},
                "type": name,
                "build": build,
            },
        )
        for name in NAMES[kind].split()
    ]


OFFERED = {kind: offered(kind) for kind in NAMES}


@api.hookimpl
def artgen_generators():
    return OFFERED["generator"]


@api.hookimpl
def artgen_losses():
    return OFFERED["loss"]


@api.hookimpl
def artgen_perceptors():
    return OFFERED["perceptor"]


@api.hookimpl
def artgen_augmentations():
    return OFFERED["view"]


@api.hookimpl
def artgen_filters():
    return OFFERED["filter"]


@api.hookimpl
def artgen_finishes():
    return OFFERED["finish"]


@api.hookimpl
def artgen_presets():
    return [Path(__file__).parent / "taken_presets"]
