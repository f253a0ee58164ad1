"""What a spec's author may leave to pydantic."""

from typing import Literal

from artgen.api import GeneratorSpec, Schedule
from artgen.colours import Colour, PaletteColours


class Drops(GeneratorSpec):
    """Drops of paint."""

    type: Literal["drops"] = "drops"
    paper: Colour = "white"
    inks: PaletteColours = "black->white\\3"  # type: ignore[assignment]
    rate: Schedule = {0: 1, "100%": 2}  # type: ignore[assignment]  # noqa: RUF012


def test_a_default_may_be_written_as_a_preset_writes_it():
    drops = Drops()
    assert (drops.paper, drops.inks[0], drops.inks[2]) == ("#ffffff", "#000000", "#ffffff")
    assert [drops.rate.at(step, 10) for step in (0, 9)] == [1, 2]
