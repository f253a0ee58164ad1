"""What the doctor says of plugins."""

from importlib.metadata import EntryPoint

import pytest

from artgen.doctor import plugins
from artgen.registry.plugins import Registry


@pytest.mark.parametrize(("allowed", "warnings"), [(0.04, 1), (60, 0)])
def test_a_plugin_that_everybody_waits_for_is_named(tmp_path, monkeypatch, allowed, warnings):
    (tmp_path / f"slow_{warnings}.py").write_text("import time\ntime.sleep(0.05)\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry()
    registry.load(EntryPoint("slow", f"slow_{warnings}", "artgen"))
    monkeypatch.setattr(plugins, "SLOW", allowed)
    monkeypatch.setattr(plugins, "discover", lambda: registry)
    said = [check.text for check in plugins.look() if check.level == "warning"]
    assert len(said) == warnings
    assert all("plugin 'slow ' (slow) takes 0." in text and "every command waits" in text for text in said)


def test_artgen_s_own_are_not_timed():
    from artgen.registry.plugins import discover

    assert not [owner for owner in discover().seconds if owner.startswith("'artgen ")]
