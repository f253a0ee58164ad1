"""Grounds: places at times of day, in flat layered shapes at any size, and a pot for plants."""

from artgen_drawings.ground.flowerpot import flowerpot, rim
from artgen_drawings.ground.painting import FLOATING, PLACES, TIMES, floor, paint, plain

__all__ = ["FLOATING", "PLACES", "TIMES", "floor", "flowerpot", "paint", "plain", "rim"]
