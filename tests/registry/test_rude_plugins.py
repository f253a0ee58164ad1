"""A plugin that ends its interpreter, or tries to, costs a line in `artgen plugins` and nobody else anything."""

import os
import signal
from importlib.metadata import EntryPoint

import pytest

from artgen.registry import plugins
from artgen.registry.plugins import Registry

RUDE = {
    "exits": "import sys; sys.exit(0)",
    "exits_with_words": "raise SystemExit('bye\\nbye')",
    "base": "raise BaseException('all of you')",
    "presses": "raise KeyboardInterrupt",
    "generator": "raise GeneratorExit",
    "mute": "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E",
    "numb": "class E(Exception):\n    def __str__(self): return 3\nraise E",
    "deep": "def f(): f()\nf()",
    "full": "raise MemoryError",
    "late": "from artgen.api import hookimpl\n@hookimpl\ndef artgen_losses(): raise SystemExit(0)",
}


@pytest.mark.parametrize("kind", RUDE)
def test_it_is_a_failure_in_one_line(kind, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / f"rude_{kind}.py").write_text(RUDE[kind])
    registry = Registry()
    registry.load(EntryPoint(f"rude_{kind}", f"rude_{kind}", "artgen"))
    (failure,) = registry.failures
    assert "\n" not in str(failure) and len(str(failure)) < 300
    assert registry.components == []


def test_the_users_ctrl_c_is_still_heard(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "slow_to_load.py").write_text(f"import os; os.kill(os.getpid(), {int(signal.SIGINT)}); input()")
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        Registry().load(EntryPoint("slow", "slow_to_load", "artgen"))
    assert signal.getsignal(signal.SIGINT) is before


def test_all_other_commands_go_on(artgen, tmp_path, monkeypatch):
    dist = tmp_path / "dist"
    info = dist / "artgen_rude-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: artgen-rude\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[artgen]\n" + "".join(f"r_{kind} = r_{kind}\n" for kind in RUDE))
    for kind, text in RUDE.items():
        (dist / f"r_{kind}.py").write_text(text)
    monkeypatch.syspath_prepend(str(dist))
    monkeypatch.setenv("ARTGEN_PLUGINS", os.environ.get("ARTGEN_PLUGINS", "artgen,artgen-strangers,artgen-rude"))
    plugins.discover.cache_clear()
    try:
        said = artgen("plugins", code=0).stderr.splitlines()
        (tmp_path / "wrong.yaml").write_text("steps: many\n")
        artgen("check", "wrong.yaml", code=2)
        artgen("check", "quickstart", code=0)
    finally:
        plugins.discover.cache_clear()
    assert len([line for line in said if line.startswith("plugin 'artgen-rude 1.0' (r_")]) == len(RUDE)
    assert "plugin 'artgen-rude 1.0' (r_exits): SystemExit: 0, which would have ended artgen (r_exits.py:1)" in said
