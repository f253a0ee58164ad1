"""What the aesthetic loss finds by name: the embedded head, and the published ones. Imports nothing heavy."""

from __future__ import annotations

import re
from dataclasses import dataclass

from artgen.weights import Published
from artgen_clip.catalogue import EMBEDDED, FOLDER

CLEANNESS = "cleanness"
HEAD = FOLDER / f"{CLEANNESS}.safetensors"


@dataclass(frozen=True)
class PublishedHead(Published):
    """A head that is to be had on the web."""

    made_for: str = ""
    """The model whose embeddings it was fitted to, as `OpenClipPerceptor.model` says it."""


_V1 = "LAION-AI/aesthetic-predictor/6d122adad522ab246644d9dc1c6d7a3810ee255f"
_V2 = "christophschuhmann/improved-aesthetic-predictor/6934dd81792f086e613a121dbce43082cb8be85e"


def _head(name: str, made_for: str, sha256: str, *mirrors: str) -> PublishedHead:
    about = f"LAION's head for {made_for}; model: {name}"
    file = f"aesthetic-{name}.pth"
    return PublishedHead(file, mirrors, sha256, used_by=("aesthetic",), about=about, made_for=made_for)


def _v1(model: str, made_for: str, sha256: str) -> PublishedHead:
    file = f"sa_0_4_{model}_linear.pth"
    return _head(
        f"laion_v1_{model}",
        made_for,
        sha256,
        f"https://raw.githubusercontent.com/{_V1}/{file}",
        f"https://raw.githubusercontent.com/sarev/photonarium-models/aesthetic-v1/{file}",
    )


# LAION publishes no digests; these are what the projects that pin the files have written down, all alike. Not here,
# because nobody has published their sha256: the heads that K. Crowson fitted to AVA, and those fitted to Simulacra
# Aesthetic Captions; who has one of those files gives it as `checkpoint`.
PUBLISHED = {
    "laion_v1_vit_b_32": _v1(
        "vit_b_32", "ViT-B-32/openai", "c7b14cead230694acc7b9447974d3cad78003c72da032e402a303b6c2429e85f"
    ),
    "laion_v1_vit_b_16": _v1(
        "vit_b_16", "ViT-B-16/openai", "8ad3923d7ecf019df20ecd2ab5542a3075fbba0278d239c0371345f3d7fcbde0"
    ),
    "laion_v1_vit_l_14": _v1(
        "vit_l_14", "ViT-L-14/openai", "2cd4e60f4f24ae3bcd57b847b13c1f3ba27edc28cc1a7f9ce74ee9f421243cba"
    ),
    "laion_v2_vit_l_14": _head(
        "laion_v2_vit_l_14",
        "ViT-L-14/openai",
        "21dd590f3ccdc646f0d53120778b296013b096a035a2718c9cb0d511bff0f1e0",
        f"https://raw.githubusercontent.com/{_V2}/sac%2Blogos%2Bava1-l14-linearMSE.pth",
        "https://huggingface.co/camenduru/improved-aesthetic-predictor/resolve/main/sac%2Blogos%2Bava1-l14-linearMSE.pth",
    ),
}
NAMES = (CLEANNESS, *PUBLISHED)

_FILE = re.compile(r"_vit_([bl])_(\d\d)(?:_(336))?_linear$|-(l)(14)-linearMSE$")


def made_for(model: str) -> str:
    """The model that a head of the catalogue belongs to."""
    return EMBEDDED if model == CLEANNESS else PUBLISHED[model].made_for


def told_by(stem: str) -> str | None:
    """What a published file says in its name that it belongs to: ``ava_vit_b_16_linear`` to ViT-B-16/openai."""
    found = _FILE.search(stem)
    if not found:
        return None
    letter, patch, side = found[1] or found[4], found[2] or found[5], found[3]
    return f"ViT-{letter.upper()}-{patch}{f'-{side}' if side else ''}/openai"
