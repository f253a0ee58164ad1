"""The makers of the reference: ``python -m docs.generate``."""
