"""Settings that were renamed are still read by their old names, with one line that says the new one."""

import pytest

from artgen.deprecation import DeprecatedName
from artgen.preset import loading


@pytest.mark.parametrize(
    ("section", "kind", "old", "new", "value"),
    [
        ("filters", "blur", "sd", "sigma", {0: 0.05, "100%": 0}),
        ("losses", "diversity", "reach", "radius", 0.4),
        ("views", "cutouts", "like", "style_of", "watercolor"),
    ],
)
def test_an_old_name_is_read_with_a_notice(section, kind, old, new, value):
    def read(name):
        others = [{"type": "clip"}] if section == "losses" else []
        return loading.load("pixel", batch=2, **{section: [*others, {"type": kind, name: value}]})

    with pytest.warns(DeprecatedName, match=f"'{old}' is called '{new}' since artgen 0.2; the old name goes in 1.0"):
        before = read(old)
    assert before == read(new)
