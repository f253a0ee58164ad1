"""The working half of the Fourier generator, after Olah, Mordvintsev & Schubert, "Feature Visualization" (2017)."""

from __future__ import annotations

import torch
from torch import Tensor

from artgen.api import Env
from artgen.canvas import Descending, Descent, covered, from_rgb, to_rgb
from artgen_fourier import Fourier

SIDE = 256
"""Pixels a side of the canvas on which a wave's strength is by its frequency alone."""


class FourierGenerator(Descending):
    """Complex amplitudes, sorted by frequency and kept in rings of half an octave.

    A ring is one parameter, so that a ring that is not drawn yet gathers no momentum.
    """

    def __init__(self, spec: Fourier, env: Env) -> None:
        self.steps = env.steps
        self._spec, self._size = spec, env.size
        frequency = frequencies(env.size)
        order = frequency.flatten().argsort(stable=True)
        lowest = 1 / max(env.size)
        sorted_frequency = frequency.flatten()[order].clamp(min=lowest)
        octaves = (sorted_frequency / lowest).log2()
        sizes = (2 * octaves + 1e-4).long().bincount()  # so that rounding does not move 2**k a ring down
        self._sizes: list[int] = sizes[sizes > 0].tolist()
        self._starts = [ring[0].item() for ring in (sorted_frequency / sorted_frequency[-1]).split(self._sizes)]
        self._place = order.argsort().to(env.device)
        # / 4 is the original's constant: it makes a learning rate of 0.05 as fast as for pixels. A wave that crosses a
        # larger canvas as often has fewer cycles per pixel; the power of the side keeps it as strong.
        side = (env.size[0] * env.size[1]) ** 0.5 / SIDE
        self._scale: Tensor = (sorted_frequency**-spec.decay_power * side ** (1 - spec.decay_power) / 4).to(env.device)
        self._order = order.to(env.device)
        first = self._spectrum(env.start) if env.start is not None else spec.sd * self._noise(env)
        self._descent = Descent(spec, first.split(self._sizes, dim=2), env.steps)

    def _noise(self, env: Env) -> Tensor:
        """(B, 3, frequencies, 2): a wave has the same numbers on every canvas that holds it, whatever its size."""
        numbers = env.random.normal("init", (self._order.numel(), 3, 2)).transpose(1, 2)
        return numbers[:, :, shells(env.size).to(env.device)[self._order]]

    def _spectrum(self, image: Tensor) -> Tensor:
        """(B, 3, frequencies, 2): the amplitudes that draw (B, 3, H, W)."""
        return self._waves(from_rgb(image, self._spec.colours))

    def _waves(self, values: Tensor) -> Tensor:
        """The same of the numbers (B, 3, H, W) that become colours."""
        waves = torch.fft.rfft2(values, norm="ortho").flatten(2)
        return torch.view_as_real(waves[:, :, self._order]) / self._scale[:, None]

    def draw(self, step: int) -> Tensor:
        return to_rgb(self._values(self._amplitudes(step)), self._spec.colours)

    def _values(self, amplitudes: Tensor) -> Tensor:
        """The numbers (B, 3, H, W) that weighted amplitudes make."""
        spectrum = torch.view_as_complex(amplitudes[:, :, self._place].contiguous())
        height, width = self._size
        shaped = spectrum.view(*spectrum.shape[:2], height, width // 2 + 1)
        values: Tensor = torch.fft.irfft2(shaped, s=self._size, norm="ortho")
        return values

    def _amplitudes(self, step: int) -> Tensor:
        """(B, 3, frequencies, 2), weighted, zero outside the band."""
        band = self._spec.band.at(step, self.steps)
        rings = zip(self._descent.at(step), self._starts, strict=True)
        # The first ring holds the mean colour and is always drawn.
        inside = [
            ring if number == 0 or start <= band else torch.zeros_like(ring)
            for number, (ring, start) in enumerate(rings)
        ]
        return torch.cat(inside, dim=2) * self._scale[:, None]

    def paint(self, image: Tensor, step: int) -> None:
        """Go on from the waves of (B, 3, H, W)."""
        self._descent.put(self._spectrum(image).split(self._sizes, dim=2))

    def paint_over(self, image: Tensor, cover: Tensor, step: int) -> None:
        """As `paint`, in the pixels that (1, 1, H, W) covers; waves that are not drawn yet stay in all others, too."""
        whole = self._values(torch.cat(list(self._descent.at(step)), dim=2).detach() * self._scale[:, None])
        values = from_rgb(image, self._spec.colours).where(covered(cover, self._size), whole)
        self._descent.put(self._waves(values).split(self._sizes, dim=2))


def frequencies(size: tuple[int, int]) -> Tensor:
    """(H, W // 2 + 1): the length of each wave vector of a real picture, in cycles per pixel."""
    return torch.hypot(torch.fft.fftfreq(size[0])[:, None], torch.fft.rfftfreq(size[1])[None])


def shells(size: tuple[int, int]) -> Tensor:
    """(H * (W // 2 + 1),): the place of each wave where they are counted by how often they cross the canvas.

    Those that cross it at most n times, either way, come before all others, so that larger canvases only add some.
    """
    height, width = size
    down = (torch.arange(height) + height // 2) % height - height // 2
    across = torch.arange(width // 2 + 1)
    most = torch.maximum(down.abs()[:, None], across)
    # One number for three, the first of which counts most; sides stay far below 2**20.
    order = (most << 40) + ((down[:, None] + height) << 20) + across
    return order.flatten().argsort().argsort()
