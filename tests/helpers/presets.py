"""Presets in Python."""


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
