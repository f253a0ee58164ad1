"""Judges: what looks at the drawing now and then and guides nothing."""
