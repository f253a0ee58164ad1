"""The options of Pixray's command line: their key in a settings file, their short spelling, how many values they take.

As ``argparse`` has them in ``pixray.py`` and in the files of its drawers, filters and losses, version 1.9.1.
"""

from __future__ import annotations

from artgen.importing import Option, Options
from artgen_pixray.tables import OWNERS, REMARKS, RENAMED

_SHORT = {
    "prompts": "-p",
    "labels": "-l",
    "vector_prompts": "-vp",
    "image_prompts": "-ip",
    "image_prompt_weight": "-ipw",
    "image_prompt_shuffle": "-ips",
    "image_labels": "-il",
    "image_label_weight": "-ilw",
    "iterations": "-i",
    "save_every": "-se",
    "display_every": "-de",
    "display_clear": "-dc",
    "overlay_every": "-ove",
    "overlay_offset": "-ovo",
    "overlay_until": "-ovu",
    "overlay_image": "-ovi",
    "overlay_alpha": "-ova",
    "quality": "-qua",
    "aspect": "-asp",
    "ezsize": "-ezs",
    "scale": "-sca",
    "size": "-s",
    "init_image": "-ii",
    "init_image_alpha": "-iia",
    "init_noise": "-in",
    "target_images": "-ti",
    "animation_dir": "-anim",
    "animation_alpha": "-ana",
    "init_weight": "-iw",
    "init_weight_dist": "-iwd",
    "init_weight_cos": "-iwc",
    "init_weight_pix": "-iwp",
    "clip_models": "-m",
    "noise_prompt_seeds": "-nps",
    "noise_prompt_weights": "-npw",
    "learning_rate": "-lr",
    "learning_rate_drops": "-lrd",
    "auto_stop": "-as",
    "num_cuts": "-cuts",
    "batches": "-bats",
    "cut_pow": "-cutp",
    "seed": "-sd",
    "optimiser": "-opt",
    "output": "-o",
    "make_video": "-vid",
    "cudnn_determinism": "-d",
    "cuda_device": "-cd",
    "palette": "-pal",
    "pixel_size": "-ps",
    "pixel_scale": "-psc",
}
_COUNTS = {
    "size": 2,
    "pixel_size": 2,
    "edge_margins": 4,
    "gaussian_std": 2,
    "gaussian_color": 3,
    "learning_rate_drops": -1,
    "noise_prompt_seeds": -1,
    "noise_prompt_weights": -1,
}
_SWITCHES = (
    "image_prompt_shuffle",
    "save_intermediates",
    "display_clear",
    "auto_stop",
    "make_video",
    "cudnn_determinism",
    "transparent",
    "alpha_use_g",
    "allow_paper_color",
    "pixel_edge_check",
    "pixel_iso_check",
    "use_pixeldraw",
    "use_clipdraw",
    "fft_use_dwt",
    "wallpaper_shift",
    "transparency",
    "skip_args",
    "do_mono",
)
# Those that neither have a short spelling nor stand in the tables of owners, remarks and older names.
_OTHERS = (
    "spot_prompts",
    "spot_prompts_off",
    "spot_file",
    "perceptors",
    "palette",
    "transparent",
    "transparent_weight",
    "drawer",
    "filters",
    "custom_loss",
)
_SCRIPTS = ("content", "style", "weight", "device", "ospace", "resize_to")
"""Of the script StyleLoss.py, and of too many other programs."""
NAMES = frozenset((*_SHORT, *_OTHERS, *OWNERS, *REMARKS, *RENAMED)) - {*_SCRIPTS, ""}
"""Every setting of Pixray and of clipit, from which it came."""
COMMON = frozenset(("seed", "size", "steps", "device", "output", "scale", "prompt", "strokes", "smoothness"))
"""Those of them that say nothing about whose the settings are."""


def _options() -> Options:
    found: dict[str, Option] = {}
    for name in NAMES:
        option = Option(name, _COUNTS.get(name, 1), name in _SWITCHES)
        found[f"--{name}"] = option
        if name in _SHORT:
            found[_SHORT[name]] = option
    # What the option is called where its key is another.
    for spelling, key in (("spot", "spot_prompts"), ("spot_off", "spot_prompts_off"), ("losses", "custom_loss")):
        found[f"--{spelling}"] = Option(key)
    for spelling, key in (("video", "make_video"), ("deterministic", "cudnn_determinism"), ("cut_power", "cut_pow")):
        found[f"--{spelling}"] = Option(key, is_switch=key in _SWITCHES)
    # Of spellings that begin alike, the one that Pixray 1.9.1 has alone.
    found["--prompt"] = Option("prompts")
    return Options(found)


OPTIONS = _options()
