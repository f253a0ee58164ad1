"""The settings of a run that are more than a number: start, overlay, transparent, auto_stop, quality."""
