"""Names of Python that have moved, and how warnings are shown."""

import warnings

import pytest

from artgen.api import Formerly
from artgen.deprecation import Moved, moved


def test_a_name_of_a_module_moves_with_a_warning(tmp_path, monkeypatch):
    (tmp_path / "moving.py").write_text(
        "from artgen.deprecation import Moved, moved\n"
        "__getattr__ = moved(__name__, {'Before': Moved('artgen.api.Formerly', since='0.2', until='0.4')})\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.warns(DeprecationWarning) as told:
        from moving import Before
    assert Before is Formerly
    assert [str(warning.message) for warning in told] == [
        "moving.Before is artgen.api.Formerly since 0.2; the old name goes in 0.4; "
        "write 'from artgen.api import Formerly'"
    ]
    assert told[0].filename == __file__
    with pytest.raises(AttributeError, match="module 'moving' has no attribute 'After'"):
        moved("moving", {"Before": Moved("artgen.api.Formerly", "0.2", "0.4")})("After")


def test_other_warnings_look_as_ever(monkeypatch, capsys):
    from artgen.deprecation import print_deprecations

    with pytest.warns(UserWarning, match="something else"), print_deprecations():
        warnings.warn("something else", UserWarning, stacklevel=1)
    assert capsys.readouterr().err == ""
