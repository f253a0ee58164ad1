"""What is installed: the plugins and what they offer, and the weights that they know."""

from artgen.fields.offered import use
from artgen.registry.component import Component
from artgen.registry.lookup import Plugins
from artgen.registry.plugins import Registry, discover

__all__ = ["Component", "Registry", "discover"]

# Palettes and words are settings, which are read below the registry.
use(Plugins())
