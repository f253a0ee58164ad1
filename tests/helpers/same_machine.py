"""Prints ``--tolerance`` unless this machine is of the kind that a picture was made on, as its recipe says::

python -m tests.helpers.same_machine gallery/pixel.png

It prints ``other`` where the recipe says the same, and the processor is known to round otherwise: with AVX-512, too,
libraries of mathematics choose by its model how they multiply.
"""

import hashlib
import sys
from pathlib import Path

import torch

from artgen.engine import provenance
from artgen.recipe import metadata
from artgen.requirements import installed

OTHERS = {"1ad394ad0a610c98"}
"""Fingerprints of processors with AVX-512 on which the gallery's pictures come out otherwise: Ice Lake's."""


def fingerprint() -> str:
    """What says how this processor rounds: the digest of products, convolutions and transforms of fixed numbers."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        numbers = torch.Generator().manual_seed(0)
        draw = [torch.randn(8, 64, 64, generator=numbers) for _ in range(3)]
        made = [
            draw[0] @ draw[1],
            draw[0].view(-1, 64) @ draw[2][0],
            torch.fft.rfft2(draw[1]).real,
            draw[2].softmax(-1),
        ]
        made += [torch.conv2d(draw[0][None], draw[1][:, None, :3, :3].expand(-1, 8, -1, -1)), draw[2].exp().sum(-1)]
    finally:
        torch.set_num_threads(before)
    return hashlib.sha256(b"".join(one.contiguous().numpy().tobytes() for one in made)).hexdigest()[:16]


if __name__ == "__main__":
    made = metadata.read(Path(sys.argv[1]))
    here = {name: found.version for name in made["libraries"] if (found := installed(name))}
    if made["hardware"] != provenance.hardware(torch.device("cpu")) or made["libraries"] != here:
        print("--tolerance")
    elif fingerprint() in OTHERS:
        print("other")
