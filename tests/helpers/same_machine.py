"""Prints ``--tolerance`` unless this machine is of the kind that a picture was made on::

python -m tests.helpers.same_machine gallery/pixel.png
"""

import sys
from pathlib import Path

import torch

from artgen.engine import provenance
from artgen.recipe import metadata
from artgen.requirements import installed

if __name__ == "__main__":
    made = metadata.read(Path(sys.argv[1]))
    here = {name: found.version for name in made["libraries"] if (found := installed(name))}
    if made["hardware"] != provenance.hardware(torch.device("cpu")) or made["libraries"] != here:
        print("--tolerance")
