"""What is installed: the plugins and what they offer, and the weights that they know."""

from artgen.registry.component import Component
from artgen.registry.plugins import Registry, discover

__all__ = ["Component", "Registry", "discover"]
