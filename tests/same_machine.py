"""Prints ``--tolerance`` unless this machine is of the kind that a picture was made on::

python -m tests.same_machine gallery/quickstart.png
"""

import sys
from pathlib import Path

import torch

from artgen.recipe import metadata
from artgen.recipe import model as recipe

if __name__ == "__main__":
    made = metadata.read(Path(sys.argv[1]))
    if made["hardware"] != recipe.hardware(torch.device("cpu")) or made["libraries"] != recipe.libraries():
        print("--tolerance")
