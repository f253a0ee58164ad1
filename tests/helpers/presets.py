"""Presets in Python, and short runs of those that are shipped."""

from collections.abc import Iterator

from artgen.preset.model import Preset


def still(**more):
    """A preset whose drawing stays as it begins."""
    return {
        "seed": 5,
        "size": [24, 16],
        "steps": 1,
        "generator": {"type": "pixel", "colours": "rgb", "noise": 0, "learning_rate": 0},
        "losses": [{"type": "dark"}],
        **more,
    }


def lighter(preset: Preset) -> Iterator[str]:
    """Settings after which it does only a few times what its parts do over and over before the steps and after them.

    Two guesses for more, a short fit, and a drawing traced at a quarter of its width.
    """
    for name in ("generator", "draft"):
        part = getattr(preset, name)
        if getattr(part, "init", None) == "prompt":
            yield f"{name}.guesses={min(part.guesses, 2)}"
        if "fit" in getattr(part, "model_fields_set", ()):
            yield f"{name}.fit=20"
    for last in preset.finish:
        if "to" in last.model_fields_set:
            yield f"finish.{last.type}.to={last.to // 4}"


def setting(values: Iterator[str]) -> list[str]:
    """As flags of the command line."""
    return [word for value in values for word in ("--set", value)]
