"""Whatever a file says: a sound preset, or one of artgen's own errors."""

from __future__ import annotations

import io
import json
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from artgen.errors import ArtgenError
from artgen.importing import Document, finding
from artgen.preset import nodes
from artgen.preset.checking import Checker
from artgen_imports import (
    a1111,
    comfyui,
    deforum,
    deforum_names,
    disco_diffusion,
    disco_names,
    invokeai,
    pytti,
    vqgan_clip,
)

ENTRIES = {entry.name: entry for entry in entry_points(group="artgen.importers")}
DATA = Path(__file__).parents[1] / "data" / "imports"
EXAMPLES = [case for path in sorted(DATA.glob("*.yaml")) for case in yaml.safe_load(path.read_text())]
BASE = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.just("p.png"),
    st.lists(st.one_of(st.text(max_size=6), st.floats(), st.integers()), max_size=4),
    st.sampled_from([{"a": 1}, [[1], {"b": 2}]]),
    st.sampled_from(["[1]*5+[2]*9", "a:2|b:-1||c", "a:1_l:0.5", "0: (1)", "x ^ y", [[], {}], {"0": ["a"], "9": []}]),
    st.sampled_from(["2D", "3D", "0:(1.5), 7:(9*sin(t))", "0:(-1e9), 3:(t**9)", {"0": "a", "5": "b --neg c", "x": 1}]),
)  # fmt: skip
NAMED = {
    disco_diffusion: disco_names.NAMES,
    deforum: deforum_names.NAMES,
    pytti: pytti.NAMES,
    vqgan_clip: [*vqgan_clip.REASONS, "prompts", "image_prompts", "iterations", "size", "init_image", "init_noise",
                 "init_weight", "clip_model", "vqgan_checkpoint", "learning_rate", "num_cuts", "seed", "optimiser",
                 "prompt_frequency", "noise_prompt_seeds", "noise_prompt_weights"],
    a1111: ["prompt", "negative", "width", "height", "steps", "seed", "cfg", "sampler", "model", "others"],
}  # fmt: skip


MOVING = disco_names.MOTION | deforum_names.MOTION | pytti.MOTION


@pytest.fixture(autouse=True, scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    Image.new("RGB", (8, 8)).save(folder / "p.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


def check(text):
    tree, problems = nodes.from_text(text, "made", Path())
    assert not problems
    return Checker().parse(tree.data(), (), "made", Path())


def tried(content, name="x.txt"):
    """Import it as the command does; whether there was something to import."""
    source = Document(Path(name), content)
    try:
        importer, claims = finding.best(source, ENTRIES, pytest.fail)
        for claim in claims:
            check(finding.with_notes(importer.convert(claim.settings, source.path, Path(), False), claim.notes))
    except ArtgenError:
        return False
    return True


@pytest.mark.parametrize("module", NAMED, ids=lambda module: module.__name__)
@BASE
@given(data=st.data(), embedded=st.booleans())
def test_any_settings_become_a_sound_preset(module, data, embedded):
    moving = data.draw(st.sampled_from([{}, {"animation_mode": "2D"}, {"animation_mode": "3D"}]))
    motion = sorted(MOVING & set(NAMED[module])) or sorted(NAMED[module])
    names = st.one_of(st.sampled_from(sorted(NAMED[module])), st.sampled_from(motion))
    wanted = {**data.draw(st.dictionaries(names, ODD, max_size=10)), **(moving if MOVING & set(NAMED[module]) else {})}
    check(module.convert(wanted, Path("x.json"), Path(), embedded))


@BASE
@given(data=st.data())
def test_a_changed_example_is_imported_or_refused(data):
    case = data.draw(st.sampled_from([case for case in EXAMPLES if "text" in case]))
    text = list(case["text"])
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(
            st.sampled_from(["", "\n", '"', "'", "{", "}", "[", "]", ":", ",", "\\", "\0", "é", "-", "$x"])
        )
    tried("".join(text).encode(), case["file"])


@BASE
@given(
    content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
)
def test_any_bytes_are_refused(content):
    tried(content)


@BASE
@given(data=st.data())
def test_any_json_in_a_picture_is_imported_or_refused(data):
    keys = [
        "prompt",
        "workflow",
        "parameters",
        "sd-metadata",
        "invokeai_metadata",
        "Dream",
        "comment",
        "pixray_prompts",
        "pixray_size",
    ]
    leaf = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8))
    words = st.sampled_from(
        [
            "nodes",
            "links",
            "class_type",
            "inputs",
            "text",
            "positive",
            "KSampler",
            "latent_image",
            "image",
            "prompt",
            "positive_prompt",
            "id",
            "type",
            "widgets_values",
            "1",
            "2",
        ]
    )
    anything = st.recursive(
        leaf,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)),
        max_leaves=20,
    )
    info = PngImagePlugin.PngInfo()
    for key, value in data.draw(
        st.dictionaries(st.sampled_from(keys), st.one_of(anything, st.text(max_size=30)))
    ).items():
        info.add_itxt(key, value if isinstance(value, str) else json.dumps(value))
    made = io.BytesIO()
    Image.new("RGB", (2, 2)).save(made, "PNG", pnginfo=info)
    tried(made.getvalue(), "x.png")


def test_the_modules_of_pictures_are_asked():
    assert comfyui.recognise(Document(Path("x"), b"{}")) == invokeai.recognise(Document(Path("x"), b"{}")) == []
