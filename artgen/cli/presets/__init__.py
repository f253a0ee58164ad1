"""List the shipped presets, and below them those of the gallery's pictures; or print one of them.

artgen presets
artgen presets show vqgan > mine.yaml
"""

from artgen.cli.base import LazyGroup

command = LazyGroup(
    help=__doc__,
    lazy={
        "list": ("artgen.cli.presets.list", "list them: what each makes, and its thumbnail"),
        "show": ("artgen.cli.presets.show", "print the YAML of one"),
    },
    otherwise="`artgen presets show {word}` prints a preset, `artgen run {word}` draws it",
    default="list",
)
