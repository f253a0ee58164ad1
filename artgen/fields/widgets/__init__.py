"""How settings are best edited: marks of plugins, what forms read of them, and what is wrong with them."""

from artgen.fields.widgets.checks import faults
from artgen.fields.widgets.marks import KEY, Angle, ColourWheel, Point, Region, Slider, Widget
from artgen.fields.widgets.ranges import resolved

__all__ = ["KEY", "Angle", "ColourWheel", "Point", "Region", "Slider", "Widget", "faults", "resolved"]
