"""What is installed: the plugins and what they offer, and the weights that they know."""

from artgen.registry.plugins import Component, Registry, discover

__all__ = ["Component", "Registry", "discover"]
