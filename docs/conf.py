"""How Sphinx builds the site: ``python -m sphinx -W --keep-going -b html docs OUT``."""

import sys
from pathlib import Path

from artgen import __version__

sys.path.insert(0, str(Path(__file__).parent.parent))

project = "artgen"
release = __version__
html_title = f"artgen {release}"
html_theme = "furo"
html_copy_source = html_show_sourcelink = html_show_copyright = False

extensions = ["myst_parser", "sphinx.ext.autodoc", "docs.site"]
exclude_patterns = ["README.md", "examples", "site_api", "__pycache__"]
myst_enable_extensions = ["html_image"]
myst_heading_anchors = 3

default_role = "py:known"
autodoc_default_options = {"members": True, "exclude-members": "model_config"}
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 100

# No inventories of other projects are read, because the site is built offline.
nitpicky = True
nitpick_ignore_regex = [
    ("py:known", ".*"),
    ("py:class", r"artgen\.(memory\.T|sweeps\..*)"),
    # What artgen.notebook imports only for types.
    ("py:class", r"Widget|Path|Image\.Image"),
    ("py:class", r"(collections\.abc|numpy|pathlib|pydantic|pydantic_core|torch|types|typing|PIL)\..*"),
]
