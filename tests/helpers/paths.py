"""Where things lie in the repository."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PRESETS = ROOT / "presets"
DATA = ROOT / "tests" / "data"
DISTS = DATA / "dists"
GOLDEN = ROOT / "tests" / "golden"
