"""What the generator finds by name: the embedded model, and the published checkpoints. Imports nothing heavy."""

from __future__ import annotations

from artgen.weights import Published, Repository

EMBEDDED = "embedded"
SUBFOLDERS = (".", "vqvae", "vqmodel", "movq")
"""Where in a repository a VQModel may be."""
FILES = ("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin")
_PATTERNS = (
    "model_index.json",
    *(f"{sub}/{name}".removeprefix("./") for sub in SUBFOLDERS for name in ("config.json", *FILES)),
)


def repository(model: str) -> Repository:
    """The part of a hub repository, or the folder, that holds a VQModel of diffusers."""
    return Repository(model, _PATTERNS)


def _checkpoint(name: str, about: str, sha256: str, *mirrors: str) -> Published:
    return Published(f"vqgan-{name}.ckpt", mirrors, sha256, used_by=("vqgan",), about=f"{about}; model: {name}")


_RESCUED = "https://huggingface.co/Somnai/pytti-vqgan-checkpoints/resolve/debc22c8f285c7734980c464ff992d335dde6e9a"
_AUTHORS = "https://heibox.uni-heidelberg.de"

# The addresses of the authors' README (CompVis/taming-transformers) and of pytti's tables; the digests are those of
# pytti-core's manifest of 2026. Nobody has published that of imagenet_f16_1024, so it comes from its authors alone.
PUBLISHED = {
    "imagenet_f16_1024": _checkpoint(
        "imagenet_f16_1024",
        "ImageNet, a small alphabet",
        "",
        f"{_AUTHORS}/f/140747ba53464f49b476/?dl=1",
        f"{_AUTHORS}/d/8088892a516d4e3baf92/files/?p=%2Fckpts%2Flast.ckpt&dl=1",
    ),
    "imagenet_f16_16384": _checkpoint(
        "imagenet_f16_16384",
        "ImageNet, a large alphabet",
        "845a68805098cb666420d5db93df53f3a3b6dd443e6dd85c05759c5b998cd663",
        f"{_RESCUED}/imagenet/imagenet.ckpt",
        f"{_AUTHORS}/f/867b05fc8c4841768640/?dl=1",
    ),
    "openimages_f8_8192": _checkpoint(
        "openimages_f8_8192",
        "OpenImages, fine patches of 8 pixels",
        "5cd6c74810ab97e00e942c25403f73afc081e8b19987b31ec0d9ff5b68e7ab14",
        f"{_RESCUED}/openimages/openimages.ckpt",
        f"{_AUTHORS}/d/2e5662443a6b4307b470/files/?p=%2Fckpts%2Flast.ckpt&dl=1",
    ),
    "coco": _checkpoint(
        "coco",
        "everyday scenes of COCO",
        "106cc20fde571df14afc4349d62218d8213cf47177c682ecaa78a8c28b12f9de",
        f"{_RESCUED}/coco/coco.ckpt",
        "https://batbot.ai/models/VQGAN/coco_first_stage.ckpt",
    ),
    "wikiart_16384": _checkpoint(
        "wikiart_16384",
        "paintings of WikiArt",
        "bd08bb46301f98be1712bb2be9f8868cea30b53137cd985d4d6e8da8b3e02c36",
        f"{_RESCUED}/wikiart/wikiart.ckpt",
        "https://github.com/Eleiber/VQGAN-Mirrors/releases/download/0.0.1/wikiart_16384.ckpt",
    ),
    "faceshq": _checkpoint(
        "faceshq",
        "faces",
        "3274bba51bd565c90990bbcf7bb5dad0b9b95a6a77011980afc4c3cfc4d1cad1",
        f"{_RESCUED}/faceshq/faceshq.ckpt",
        "https://app.koofr.net/content/links/a04deec9-0c59-4673-8b37-3d696fe63a5d/files/get/last.ckpt"
        "?path=%2F2020-11-13T21-41-45_faceshq_transformer%2Fcheckpoints%2Flast.ckpt",
    ),
    "sflckr": _checkpoint(
        "sflckr",
        "landscapes",
        "8a8adea3da8dab412675772831370dd948e0aa97bb11a9488a2f328b58dbc929",
        f"{_RESCUED}/sflickr/sflickr.ckpt",
        f"{_AUTHORS}/d/73487ab6e5314cb5adba/files/?p=%2Fcheckpoints%2Flast.ckpt&dl=1",
    ),
}
