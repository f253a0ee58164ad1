"""What an artist sees in an editor, by VS Code's own server."""

import itertools
import json
import shutil
import subprocess

import pytest

from artgen.preset import editors
from tests.editors.client import Editor
from tests.helpers.paths import ROOT

EDITORS = ROOT / "tests" / "editors"
SHIPPED = [*sorted((ROOT / "presets").glob("*.yaml")), *sorted((ROOT / "docs" / "examples").glob("*.yaml"))]
SETTINGS = {"yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}}
MODELINE = "# yaml-language-server: $schema=.artgen/preset.schema.json"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_lock_file_names_no_registry():
    text = (EDITORS / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    assert "http" not in text
    assert all("integrity" in package for name, package in packages.items() if name)


@pytest.fixture(scope="session")
def language_server(tmp_path_factory):
    """The command of the server that VS Code's YAML extension runs, as locked in tests/editors."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail("this test needs node and npm: it runs the yaml-language-server that editors run")
    home = tmp_path_factory.mktemp("server")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(EDITORS / name, home)
    done = subprocess.run([npm, "ci", "--ignore-scripts"], cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return ["node", str(home / "node_modules/yaml-language-server/bin/yaml-language-server"), "--stdio"]


@pytest.fixture(scope="session")
def window(language_server, tmp_path_factory):
    """An editor on a folder into which the schema is installed, for presets with the line."""
    folder = tmp_path_factory.mktemp("window")
    editors.for_folder(folder, (ROOT / "presets" / "preset.schema.json").read_text())
    editor = Editor(language_server, folder, SETTINGS)
    yield editor
    editor.close()


NAMES = (f"{i}.yaml" for i in itertools.count())


def mistakes(window, text):
    name = next(NAMES)
    return window.open({name: f"{MODELINE}\n{text}"})[name]


def at(window, text):
    """Opens a preset and returns the place of the ``|`` in it, which is taken out."""
    before, after = text.split("|")
    name = next(NAMES)
    window.show(name, f"{MODELINE}\n{before}{after}")
    return name, before.count("\n") + 1, len(before.rpartition("\n")[2])


@pytest.mark.slow
def test_no_shipped_preset_is_complained_of(window):
    found = window.open({str(path): path.read_text() for path in SHIPPED})
    assert {name: messages for name, messages in found.items() if messages} == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("prompts: a\nstepz: 3\n", 2, "Property stepz is not allowed."),
        ("steps: many\n", 1, 'Incorrect type. Expected "integer".'),
        ("losses:\n  - type: clip\n    wieght: 3\n", 3, "Property wieght is not allowed."),
        (
            "losses:\n  - {type: clip, weight: heavy}\n",
            2,
            'Incorrect type. Expected "number | numbers over the run | a number for each step | array'
            ' | a number that follows a song".',
        ),
        (
            "generator:\n  type: pixel\n  colours: rbg\n",
            3,
            'Value is not accepted. Valid values: "rgb", "decorrelated".',
        ),
        ("generator: pixel\n", 1, 'Incorrect type. Expected "generator".'),
        ("losses:\n  - {weight: 3}\n", 2, 'Missing property "type".'),
        ("losses:\n  - type: target\n", 2, 'Missing property "image".'),
        ("generator: {learning_rate: 1}\n", 1, 'Missing property "type".'),
        ("perceptors: {clip: {type: open_clip, modle: x}}\n", 1, "Property modle is not allowed."),
    ],
)
def test_a_mistake_is_shown_alone_and_at_its_line(window, text, line, message):
    assert mistakes(window, text) == [(line, message)]


@pytest.mark.slow
def test_a_type_that_is_not_installed_is_answered_with_those_that_are(window):
    [(line, message)] = mistakes(window, "filters:\n  - type: blurr\n")
    assert line == 2
    assert '"blur"' in message


@pytest.mark.slow
def test_a_preset_that_extends_another_may_leave_types_out_and_parts_away(window):
    text = (
        "extends: quickstart\ngenerator: {learning_rate: 3}\nperceptors: {clip: {weight: 2}, b: null}\nfilters: null\n"
    )
    assert mistakes(window, text) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "offered", "never"),
    [
        ("|", {"generator", "losses", "prompts", "steps", "extends"}, {"type"}),
        ("generator:\n  |", {"type", "pixel", "fourier", "vqgan", "latent_diffusion"}, {"colours", "model"}),
        ("generator:\n  type: |", {"pixel", "fourier", "vqgan", "latent_diffusion"}, {"clip"}),
        ("generator:\n  type: pixel\n  |", {"colours", "pyramid", "learning_rate"}, {"fourier", "model", "type"}),
        ("generator:\n  type: pixel\n  colours: |", {"rgb", "decorrelated"}, {"adam"}),
        ("losses:\n  - |", {"type", "clip", "symmetry", "target"}, {"weight", "pixel"}),
        ("losses:\n  - type: |", {"clip", "symmetry", "target", "palette"}, {"pixel"}),
        ("losses:\n  - type: clip\n    |", {"weight", "distance", "prompts"}, {"axis", "image"}),
        ("losses:\n  - type: target\n    |", {"image", "weight"}, {"axis"}),
        ("perceptors:\n  eye:\n    type: open_clip\n    |", {"model", "pretrained"}, {"type"}),
    ],
)
def test_completion_offers_what_may_stand_there(window, text, offered, never):
    labels = set(window.complete(*at(window, text)))
    assert offered <= labels
    assert not never & labels


@pytest.mark.slow
def test_a_choice_comes_with_its_words_and_its_default(window):
    losses = window.complete(*at(window, "losses:\n  - |"))
    assert losses["symmetry"]["insertText"] == "type: symmetry"
    assert losses["symmetry"]["documentation"].startswith("The mean squared difference between the picture")
    settings = window.complete(*at(window, "|"))
    assert settings["steps"]["insertText"] == "steps: ${1:200}"
    assert settings["size"]["insertText"] == "size: ${1:256}"
    assert settings["seed"]["insertText"] == "seed: "


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ste|ps: 3\n", "How many steps the run takes."),
        ("los|ses: []\n", "What judges the picture"),
        ("losses:\n  - type: clip\n    wei|ght: 3\n", "How much it counts in the sum; may change over the run"),
        ("losses:\n  - type: clip\n    dis|tance: cosine\n", "`spherical`: squared angle"),
        ("generator:\n  type: pi|xel\n", "`pixel`: A grid of colours, each cell free"),
    ],
)
def test_hover_shows_the_words_of_the_spec(window, text, words):
    assert words in window.hover(*at(window, text))


@pytest.mark.slow
def test_vs_code_needs_no_line_where_the_setting_is(window, language_server):
    written = json.loads((window.folder / editors.SETTINGS).read_text())
    settings = {"yaml": {**SETTINGS["yaml"], "schemas": written["yaml.schemas"]}}
    editor = Editor(language_server, window.folder, settings)
    try:
        found = editor.open({"mine.yaml": "stepz: 3\n", "sub/run.yaml": "steps: x\n", "other.yml": "stepz: 3\n"})
    finally:
        editor.close()
    assert found["mine.yaml"] == [(0, "Property stepz is not allowed.")]
    assert len(found["sub/run.yaml"]) == 1
    assert found["other.yml"] == []


@pytest.mark.slow
@pytest.mark.parametrize("place", ["a.yaml", "my own/b.yaml"])
def test_the_installed_line_is_found_by_the_server(window, tmp_path, place):
    preset = tmp_path / place
    preset.parent.mkdir(exist_ok=True)
    preset.write_bytes(b"\xef\xbb\xbf# mine\r\nstepz: 3\r\n")
    elsewhere = tmp_path / "an other"
    editors.for_presets(elsewhere, [preset], (ROOT / "presets" / "preset.schema.json").read_text())
    found = window.open({str(preset): preset.read_bytes().decode("utf-8-sig")})
    assert found[str(preset)] == [(2, "Property stepz is not allowed.")]


@pytest.mark.slow
def test_an_old_name_is_marked_and_no_longer_offered(window, artgen, tmp_path):
    schema = artgen("schema", dists=("aged",), code=0).stdout
    (window.folder / "aged.json").write_text(schema)

    def opened(name, text):
        return window.open({name: f"# yaml-language-server: $schema=aged.json\n{text}"})[name]

    settings = "losses:\n  - type: mellow\n    strength: 1\n"
    assert opened("b.yaml", settings) == [(3, "Called 'amount' since 1.2; the old name goes in 2.0.")]
    assert opened("c.yaml", "losses:\n  - {type: gentle, amount: 1}\n") == [
        (2, "Called 'mellow' since 1.1; the old name goes in 2.0.")
    ]
    [(line, message)] = opened("d.yaml", "losses:\n  - {type: gentel, amount: 1}\n")
    assert line == 2
    assert '"mellow"' in message
    opened("e.yaml", "losses:\n  - type: \n")
    assert {"mellow", "clip"} <= set(window.complete("e.yaml", 2, 10))
    assert "gentle" not in window.complete("e.yaml", 2, 10)
    opened("f.yaml", "losses:\n  - type: mellow\n    \n")
    assert "amount" in window.complete("f.yaml", 3, 4)
    assert "strength" not in window.complete("f.yaml", 3, 4)
