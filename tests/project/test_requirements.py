"""Which libraries a recipe names: those that the components which took part require."""

import re
from importlib.metadata import version

import pytest

from artgen import requirements, testing
from artgen.recipe.model import differences
from tests.helpers.paths import ROOT


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """Installs a stranger's distribution: ``stranger(source, "numpy>=1")``, of a module that is called as given."""

    def put(module, source, *needs, extras=()):
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {module.replace('_', '-')}", "Version: 1.0"]
        lines += [*(f"Provides-Extra: {extra}" for extra in extras), *(f"Requires-Dist: {need}" for need in needs)]
        (info / "METADATA").write_text("\n".join([*lines, ""]))
        (tmp_path / f"{module}.py").write_text(source)
        requirements._imports.cache_clear()
        monkeypatch.syspath_prepend(tmp_path)

    return put


def test_only_those_of_the_components_that_take_part_are_named():
    pixel, clip = (requirements.libraries({"artgen": {name}}) for name in ("artgen_pixel", "artgen_clip"))
    assert {"torch", "numpy", "pillow"} <= set(pixel)
    assert not {"diffusers", "open_clip_torch", "transformers", "torchvision", "rich"} & set(pixel)
    assert clip["open_clip_torch"] == version("open_clip_torch")
    assert list(clip) == sorted(clip)


def test_what_components_share_is_looked_into():
    """The VQGAN's own package says nothing of safetensors; the drawings that it shares with the diffusion do."""
    source = "".join(path.read_text() for path in (ROOT / "plugins" / "artgen_vqgan").rglob("*.py"))
    assert "import safetensors" not in source and "from safetensors" not in source
    assert "safetensors" in requirements.libraries({"artgen": {"artgen_vqgan"}})


def test_a_strangers_requirements_are_named_all_and_its_extras_where_it_imports_them(stranger):
    needs = ["artgen>=0.1", "scipy>=1", "no-such-library", "pluggy; python_version < '3'"]
    extras = ["scikit-image; extra == 'more'", "sphinx; extra == 'more'"]
    stranger("kind_stranger", "def late():\n    import os, skimage.color as colour\n", *needs, *extras, extras=["more"])
    found = requirements.libraries({"artgen": {"artgen_pixel"}, "kind-stranger": {"kind_stranger"}})
    more = set(found) - set(requirements.libraries({"artgen": {"artgen_pixel"}}))
    assert more == {"scipy", "scikit-image"}
    assert found["scipy"] == version("scipy")


def test_a_stranger_that_uses_what_artgen_requires_need_not_say_so(stranger):
    stranger("idle_stranger", "from diffusers import (\n    AutoencoderKL,\n)\n")
    assert "diffusers" in requirements.libraries({"idle-stranger": {"idle_stranger"}})


def test_nothing_depends_on_what_else_the_process_has_loaded():
    import diffusers

    assert diffusers.__version__
    preset = testing.small_preset(generator={"type": "pixel"}, losses=[{"type": "smoothness"}])
    made = testing.draw(preset).result.recipe
    assert "diffusers" not in made["libraries"]
    assert made["libraries"]["torch"] == version("torch")


def test_a_library_that_takes_no_part_any_more_is_no_cause():
    old = {"libraries": {"torch": "1.0", "kornia": "1.0", "diffusers": "1.0"}}
    assert differences(old, {"libraries": {"torch": "2.0", "kornia": "1.0", "scipy": "1"}}) == ("torch 2.0 (was 1.0)",)


def test_the_core_names_no_library_of_a_component():
    """Libraries that only artgen's components import stand in no text of the core, doctor and recipes included."""
    core = requirements.imports({"artgen"})
    theirs = [
        {one.name, one.name.replace("-", "_"), *requirements.modules(one.name)}
        for one in requirements.requirements("artgen")
        if not requirements.modules(one.name) & core.keys()
    ]
    assert {"diffusers", "timm"} <= set().union(*theirs)
    named = re.compile(rf"[\"'](?:{'|'.join(sorted(set().union(*theirs)))})[\"':.]")
    files = [
        path
        for part in ("engine", "recipe", "doctor", "registry", "compare")
        for path in (ROOT / "artgen" / part).rglob("*.py")
    ]
    assert [str(path) for path in files if named.search(path.read_text())] == []
