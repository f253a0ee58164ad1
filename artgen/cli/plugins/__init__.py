"""List the components that presets can name, show one, or test what a plugin offers.

artgen plugins
artgen plugins list filters
artgen plugins show symmetry
artgen plugins show artgen-stripes
artgen plugins test artgen-stripes
"""

from artgen.cli.base import LazyGroup

command = LazyGroup(
    help=__doc__,
    lazy={
        "list": ("artgen.cli.plugins.list", "list the components, who offers each, and the plugins that failed"),
        "show": ("artgen.cli.plugins.show", "show what a component does, its settings, or all that a plugin offers"),
        "test": ("artgen.cli.plugins.test", "make the checks of the test kit on what a plugin offers"),
    },
    otherwise="`artgen plugins show {word}` shows a component, `artgen plugins list {word}` a kind of them",
    default="list",
)
