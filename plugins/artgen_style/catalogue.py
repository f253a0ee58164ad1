"""The published network whose features the losses compare. Imports nothing heavy."""

from __future__ import annotations

from artgen.weights import Published

_FILE = "vgg16-397923af.pth"

VGG16 = Published(
    _FILE,
    (f"https://download.pytorch.org/models/{_FILE}",),
    "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
    size=553_000_000,
    used_by=("style", "content", "stay_content"),
    about="VGG-16 as torchvision has it; network: vgg16",
)
