"""The studio in a notebook: a run that is watched and steered in the cell that shows it, or from the cells below.

::

    from artgen.notebook import Studio

    studio = Studio("quickstart")
    studio

Needs ``pip install "artgen[notebook]"``.
"""

from artgen.notebook.hand import RunNow
from artgen.notebook.studio import Studio

__all__ = ["RunNow", "Studio"]
