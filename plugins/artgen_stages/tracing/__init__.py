"""From a picture to flat regions, from regions to outlines, from outlines to an SVG drawing and to pixels."""
