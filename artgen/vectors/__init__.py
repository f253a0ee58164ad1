"""Vector shapes drawn in PyTorch: anti-aliased, in batches, on any device, with a gradient to what they are made of.

Paths of cubic Bézier segments, filled or as strokes; `paint` lays them over each other, and the gradient of the picture
reaches points, widths, colours and opacities.
"""

from artgen.vectors.coverage import Coverage
from artgen.vectors.curves import chain, circle, polygon, polyline, ring
from artgen.vectors.ordering import ordered, travel
from artgen.vectors.painting import Shapes, coverage, paint, paint_with_cover
from artgen.vectors.plotting import plot
from artgen.vectors.svg_file import svg

__all__ = [
    "Coverage",
    "Shapes",
    "chain",
    "circle",
    "coverage",
    "ordered",
    "paint",
    "paint_with_cover",
    "plot",
    "polygon",
    "polyline",
    "ring",
    "svg",
    "travel",
]
