"""Finishing stages on their own, checked as those of a preset are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from artgen.api import Spec
from artgen.errors import Mark, PresetError
from artgen.preset import cross_references, finished_size, nodes, pictures
from artgen.preset.checking import Checker
from artgen.preset.doubts import taken_whole
from artgen.preset.merging import Override, apply_override


class StageChecker(Checker):
    """Reads the section `finish` where there is no preset around it."""

    def stages(
        self, given: Sequence[Mapping[str, Any]], overrides: Sequence[Override], size: tuple[int, int], source: str
    ) -> tuple[Spec, ...]:
        """Finishing stages alone, for a picture of that height and width; the overrides begin with ``finish[0]``."""
        tree = self.renamer.rename(nodes.from_data({"finish": list(given)}, Mark(source), Path()))
        for override in overrides:
            apply_override(tree, taken_whole(override))
        specs = self._section(tree, "finish") or ()
        self.problems += cross_references.problems(tree, self.known, self.valid)
        self.problems += pictures.problems(self.valid)
        self.problems += finished_size.problems(size, self.valid)
        if self.problems:
            raise PresetError(self.problems)
        return tuple(specs)
