"""How a processor rounds: two may know the same instructions, and multiply in another order all the same."""

from __future__ import annotations

import functools
import hashlib

import torch

from artgen.engine.determinism import threads

SIDE = 64
DIGITS = 16


@functools.cache
def fingerprint() -> str:
    """Of this processor, with the torch that is installed: the digest of what is made of fixed numbers by one thread.

    Libraries of mathematics choose by the processor's model how they go about products, convolutions and transforms.
    Equal fingerprints are no proof that all else is rounded alike; different ones are a reason that pictures differ.
    """
    # Roots, which IEEE 754 wants rounded alike everywhere, and whose fractions fill every bit.
    roots = torch.arange(3 * 8 * SIDE * SIDE, dtype=torch.float64).sqrt()
    one, two, three = (roots.frac() * 2 - 1).float().view(3, 8, SIDE, SIDE)
    with threads(1), torch.no_grad(), torch.autocast("cpu", enabled=False):
        made = (  # not by `@`, which a deterministic run has another way of
            torch.bmm(one, two),
            torch.mm(one.view(-1, SIDE), three[0]),
            torch.fft.rfft2(two).real,
            three.softmax(-1),
            torch.conv2d(one.view(1, SIDE, 8, SIDE), two.reshape(-1)[: 9 * SIDE * 32].view(32, SIDE, 3, 3)),
            three.exp().sum(-1),
        )
    digest = hashlib.sha256()
    for tensor in made:
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()[:DIGITS]
