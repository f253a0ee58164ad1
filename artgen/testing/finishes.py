"""What every finishing stage must keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import torch
from torch import Tensor

from artgen import api
from artgen.testing.checks import require, require_close, require_picture
from artgen.testing.parts import make_image
from artgen.testing.specs import SeededContract

SIZES = ((24, 32), (41, 35), (64, 9), (1, 1), (1, 8))
"""Height and width of the pictures that stages are tried on; not very thin ones, on which textures become huge."""


class FinishContract(SeededContract):
    """The size that it announces, colours and alpha in range, each picture on its own."""

    spec: ClassVar[api.FinishSpec]
    tolerance: ClassVar[float] = 1e-5
    """How far a finished picture may be from the same one finished alone."""

    def use(self, built: api.Finish) -> Sequence[Tensor]:
        made = built(self._drawing())
        return [made.image] if made.alpha is None else [made.image, made.alpha]

    def _drawing(self, size: tuple[int, int] = (24, 32), alpha: bool = True) -> api.Finished:
        cover = make_image(size=size, seed=5).detach()[:, :1] if alpha else None
        return api.Finished(make_image(size=size).detach(), cover)

    def _finish(self, drawing: api.Finished, **changes: Any) -> api.Finished:
        size = (drawing.image.shape[2], drawing.image.shape[3])
        with torch.no_grad():
            made: api.Finished = self.build(self.env(size=size, **changes))(drawing)
        return made

    def test_it_makes_the_size_that_it_says(self) -> None:
        """`resized` is asked before the run, so it must be right, on canvases of any size."""
        for size in SIZES:
            if self._build_for(size) is None:
                continue
            made = self._finish(self._drawing(size, alpha=False))
            require(isinstance(made, api.Finished), f"it returns {type(made).__name__}; expected artgen.api.Finished")
            expected = (2, 3, *self.spec.resized(size))
            require_picture(made.image, expected, f"a picture of {size[0]} x {size[1]}, which `resized` announces,")

    def test_it_keeps_the_range(self) -> None:
        """Black and white pictures stay in range and finite."""
        for grey in (0.0, 1.0):
            flat = torch.full((2, 3, 24, 32), grey)
            expected = (2, 3, *self.spec.resized((24, 32)))
            require_picture(self._finish(api.Finished(flat)).image, expected, f"an even picture of {grey:g}")

    def test_alpha_fits_the_picture(self) -> None:
        """Where there is alpha, it has the size of the picture."""
        made = self._finish(self._drawing())
        if made.alpha is not None:
            require_picture(made.alpha, (2, 1, *made.image.shape[2:]), "the alpha")

    def test_a_picture_is_finished_the_same_alone_and_in_a_batch(self) -> None:
        """A batch gives what single runs give."""
        both = self._drawing()
        alone = api.Finished(both.image[1:], None if both.alpha is None else both.alpha[1:])
        one, other = self._finish(both, seeds=(3, 4)), self._finish(alone, seeds=(4,))
        advice = "let nothing reach across the batch, and draw each picture's numbers from its own row of env.random"
        message = f"a picture is finished in another way in a batch; {advice}"
        require_close(one.image[1:], other.image, self.tolerance, message)
        if one.alpha is not None and other.alpha is not None:
            require_close(one.alpha[1:], other.alpha, self.tolerance, f"of the alpha: {message}")

    def test_its_files_are_one_for_each_picture(self) -> None:
        """What it writes besides the picture is there for each of the batch."""
        for suffix, files in self._finish(self._drawing()).files.items():
            require(suffix.startswith("."), f"'{suffix}' is no suffix; write it with its dot, such as '.svg'")
            require(len(files) == 2, f"it makes {len(files)} {suffix} files of 2 pictures")
            require(all(isinstance(file, bytes) for file in files), f"its {suffix} files are no bytes")

    def test_it_changes_nothing_in_place(self) -> None:
        """The drawing is shown and saved beside what it makes."""
        drawing = self._drawing()
        kept = replace(drawing, image=drawing.image.clone())
        self._finish(drawing)
        require(torch.equal(drawing.image, kept.image), "it changes the picture that it was handed; return a new one")

    def _use_there(self, built: api.Finish, device: torch.device, env: api.Env) -> Sequence[Tensor]:
        drawing = self._drawing()
        made = built(replace(drawing, image=drawing.image.to(device), alpha=drawing.alpha.to(device)))  # type: ignore[union-attr]
        return [made.image]
