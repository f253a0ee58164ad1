"""What Pixray's names stand for. Numbers and names are those of its ``pixray.py``, ``slip.py`` and ``vqgan.py``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quality:
    """What a value of Pixray's `quality` stands for."""

    steps: int
    scale: int
    cuts: int
    batches: int
    clip: tuple[str, ...]
    slip: tuple[str, ...]
    mixed: tuple[str, ...]


_B16, _B32, _SLIP = "ViT-B/16", "ViT-B/32", "SLIP_VITB16"
_CC = ("SLIP_CC3M", "SLIP_CC12M")
QUALITIES = {
    "draft": Quality(200, 1, 24, 1, (_B16,), (_SLIP,), (_B16,)),
    "normal": Quality(250, 2, 30, 1, (_B32, _B16), (_SLIP, _CC[0]), (_B16, _SLIP)),
    "better": Quality(300, 3, 36, 1, ("RN50", _B32, _B16), (_SLIP, *_CC), ("RN50", _B16, _SLIP)),
    "best": Quality(350, 4, 12, 2, ("RN50x4", _B32, _B16), (_SLIP, *_CC, "SLIP_VITS16"), ("RN50x4", _B16, _SLIP)),
    "supreme": Quality(
        400,
        5,
        8,
        4,
        ("RN50x4", "RN101", _B32, _B16),
        (_SLIP, *_CC, "SLIP_VITS16", "SLIP_VITL16"),
        ("RN50x4", "RN101", _B16, _SLIP),
    ),
}
ASPECTS = {"widescreen": (192, 108), "square": (144, 144), "portrait": (128, 160)}
EZ_SIZES = {"small": 1, "medium": 2, "large": 4}

# OpenAI's models, and the side of the pictures that they look at.
CLIP_SIDES = {
    "RN50": 224,
    "RN101": 224,
    "RN50x4": 288,
    "RN50x16": 384,
    "RN50x64": 448,
    _B32: 224,
    _B16: 224,
    "ViT-L/14": 224,
    "ViT-L/14@336px": 336,
}
# The nearest of them to the models of facebookresearch/SLIP, which open_clip cannot load.
SLIP_MODELS = {
    "SLIP_VITS16": _B16,
    _SLIP: _B16,
    "SLIP_VITL16": "ViT-L/14",
    "SLIP_CC3M": "RN50",
    "SLIP_CC12M": "RN50",
    "SIMCLR_VITS16": _B16,
    "CLIP_VITS16": _B16,
    "CLIP_VITB16": _B16,
    "CLIP_VITL16": "ViT-L/14",
}

# Pixray's VQGANs by the names of ours; some have only the nearest.
VQGAN_MODELS = {
    "imagenet_f16_16384": "imagenet_f16_16384",
    "imagenet_f16_16384m": "imagenet_f16_16384",
    "imagenet_f16_1024": "imagenet_f16_1024",
    "openimages_f16_8192": "openimages_f8_8192",
    "coco": "coco",
    "faceshq": "faceshq",
    "wikiart_1024": "wikiart_16384",
    "wikiart_1024m": "wikiart_16384",
    "wikiart_16384": "wikiart_16384",
    "wikiart_16384m": "wikiart_16384",
    "wikiart_16384m2": "wikiart_16384",
    "sflckr": "sflckr",
}
UNLIKE_MODELS = ("wikiart_1024", "wikiart_1024m")
"""Those of them that have the nearest."""

OPTIMISERS = {"adam": "adam", "adamw": "adamw", "adagrad": "adagrad", "adamax": "adamax"}
LOST_OPTIMISERS = ("diffgrad", "adamp")

# Older and longer names of settings: the name in 1.9.1 and, where the old one was a switch, the value it meant.
RENAMED: dict[str, tuple[str, str | None]] = {
    "spot": ("spot_prompts", None),
    "spot_off": ("spot_prompts_off", None),
    "cut_power": ("cut_pow", None),
    "losses": ("custom_loss", None),
    "video": ("make_video", None),
    "deterministic": ("cudnn_determinism", None),
    "transparency": ("transparent", None),
    "alpha_weight": ("transparent_weight", None),
    "output_dir": ("outdir", None),
    "target_palette": ("palette", None),
    "color_mapper": ("filters", None),
    "smoothness": ("smoothness_weight", None),
    "enforce_smoothness": ("smoothness_weight", None),
    "saturation": ("saturation_weight", None),
    "enforce_saturation": ("saturation_weight", None),
    "use_pixeldraw": ("drawer", "pixel"),
    "use_clipdraw": ("drawer", "clipdraw"),
    "fft_use_dwt": ("fft_use", "dwt"),
    "wallpaper_shift": ("wallpaper_type", "shift"),
    "prompt": ("prompts", None),
    "max_iterations": ("iterations", None),
    "display_freq": ("display_every", None),
}

# Settings that only some of a kind read, for the note where the file has another.
OWNERS: dict[str, str] = {
    "strokes": "the drawers clipdraw and line_sketch",
    "stroke_length": "the drawer line_sketch",
    "min_stroke_width": "the drawers clipdraw and line_sketch",
    "max_stroke_width": "the drawers clipdraw and line_sketch",
    "allow_paper_color": "the drawer line_sketch",
    "pixel_size": "the drawers pixel and fast_pixel",
    "pixel_scale": "the drawers pixel and fast_pixel",
    "pixel_type": "the drawer pixel",
    "pixel_edge_check": "the drawer pixel",
    "pixel_iso_check": "the drawer pixel",
    **dict.fromkeys(
        ("fft_use", "fft_decay", "fft_wave", "fft_sharp", "fft_colors", "fft_lrate"),
        "the drawer fft",
    ),
    **dict.fromkeys(("vqgan_model", "vqgan_config", "vqgan_checkpoint"), "the drawer vqgan"),
    **dict.fromkeys(("vdiff_model", "vdiff_schedule", "vdiff_skip"), "the drawer vdiff"),
    "super_resolution_model": "the drawer super_resolution",
    "lookup_beta": "the filter lookup",
    "wallpaper_type": "the filter wallpaper",
    "wallpaper_edge_match": "the filter wallpaper",
    "aesthetic_target": "the loss aesthetic",
    **dict.fromkeys(
        (
            "edge_thickness",
            "edge_margins",
            "edge_color",
            "edge_color_weight",
            "global_color_weight",
            "edge_input_image",
            "edge_mask_image",
        ),
        "the loss edge",
    ),
    **dict.fromkeys(("gaussian_weight", "gaussian_std", "gaussian_color"), "the loss gaussian"),
    "palette_weight": "the loss palette",
    "symmetry_weight": "the losses symmetry and resmem",
    "saturation_weight": "the loss saturation",
    **dict.fromkeys(
        (
            "smoothness_weight",
            "smoothness_type",
            "smoothness_gaussian_kernel",
            "smoothness_gaussian_std",
            "smoothness_spacing",
            "smoothness_edge_order",
        ),
        "the loss smoothness",
    ),
    **dict.fromkeys(
        (
            "style_file",
            "styleloss_content_weight",
            "styleloss_ospace",
            "styleloss_skip",
            "styleloss_every",
        ),
        "the loss style",
    ),
}

_FRAME = "a run makes one picture; run the preset once a frame, with that frame's pictures: --set start.image=FILE"

# Those of the settings below that say nothing where they are false.
SWITCHES = ("make_video", "save_intermediates", "display_clear", "cudnn_determinism", "alpha_use_g", "skip_args")

# Settings without a like: where in the preset to say so, and what.
REMARKS: dict[str, tuple[str, str]] = {
    "save_every": ("frames", "the picture is saved at the end, and 'frames' of its moments in progress.png."),
    "save_intermediates": ("frames", "'frames' moments of the run are kept, all in progress.png."),
    "display_every": ("", "the command line shows a progress bar; what grew when is in progress.png and losses.png."),
    "display_clear": ("", "there is no notebook output to clear."),
    "make_video": ("frames", "no video is written; progress.png shows up to 64 'frames' in one strip."),
    "animation_dir": ("", f"{_FRAME}. Or its frames as one: start: {{video: FOLDER}}, and 'film' for how long."),
    "animation_alpha": ("", f"how much of a frame begins the next one is 'keep' of 'film'; {_FRAME}."),
    "cudnn_determinism": ("seed", "needs no switch: the same seed on the same machine gives the same picture."),
    "cuda_device": ("device", "'auto' takes the first GPU; write 'device: cuda:1' for another."),
    "output": ("", "a run has a folder, in which the picture is image.png; name it with: artgen run FILE --out DIR."),
    "outdir": ("", "name the folder of a run with: artgen run FILE --out DIR."),
    "output_path": ("", "name the folder of a run with: artgen run FILE --out DIR."),
    "config_file": ("", "one preset builds on another with 'extends: FILE'; import that file too."),
    "skip_args": ("", "a mark for Pixray's own notebooks; nothing to do."),
    "cut_pow": ("views", "Pixray reads it and never uses it; 'zoom_power' makes zoom views smaller or larger."),
    "alpha_use_g": ("transparent", "no such weighting; the loss 'vignette' keeps the rim plain."),
    "alpha_gamma": ("transparent", "belongs to alpha_use_g; the 'deviation' of the loss 'vignette' is the nearest."),
    "target_palette_length": ("filters", "write the number into the palette, such as 'photo.png\\16'."),
    "enforce_palette_annealing": ("losses", "Pixray has removed it; a 'weight' may change over the run instead."),
    "do_mono": ("filters", "Pixray has removed it; {type: tone, saturation: 0} draws in grey."),
    "content": ("losses", "an argument of the script StyleLoss.py, no setting; see the loss 'content'."),
    "style": ("losses", "an argument of the script StyleLoss.py, no setting; see the loss 'style'."),
    "weight": ("losses", "an argument of the script StyleLoss.py, no setting."),
    "device": ("device", "an argument of the script StyleLoss.py, no setting."),
    "ospace": ("losses", "an argument of the script StyleLoss.py, no setting."),
    "resize_to": ("losses", "an argument of the script StyleLoss.py, no setting."),
}
