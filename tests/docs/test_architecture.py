"""What docs/architecture.md claims is so."""

import ast
import inspect
import re
import sys
import tomllib

import pytest

import artgen as package
from artgen.engine import loop
from docs import layers
from tests.helpers.paths import DOCS, ROOT

PAGE = (DOCS / "architecture.md").read_text()
LAYERS = [
    [name.strip() for name in layer.split("|")]
    for layer in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
    if layer != "__main__"
]
HEAVY = ("torch", "torchvision", "kornia", "open_clip", "timm", "diffusers", "transformers", "matplotlib", "numpy")


def section(heading):
    return re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)[1]


def rows(text):
    found = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("|")
    ]
    return found[2:]


def calls(code):
    """The names of the functions that are called in a text, in the order of the lines."""
    found = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    return [node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id for node in found]


def test_the_step_on_the_page_is_the_step():
    """The same calls in the same order; the code has the transparent picture's besides."""
    shown = calls(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1])
    real = [name for name in calls(inspect.getsource(loop.take_step)) if name in shown]
    assert [name for i, name in enumerate(real) if name != "advance" or name not in real[:i]] == shown


def test_the_step_is_the_first_thing_in_its_file():
    tree = ast.parse(inspect.getsource(loop))
    first = next(node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef)))
    assert first.name == "take_step"


def test_the_map_names_every_package_from_the_top_down():
    packages = [row[0].strip("`") for row in rows(section("The house"))]
    assert len(packages) == len(set(packages))
    layers = [next(i for i, layer in enumerate(LAYERS) if name in layer) for name in packages]
    assert set(packages) == {name for layer in LAYERS for name in layer}
    # Those of the ground are sorted by use, the others by layer.
    above = [layer for layer in layers if layer < LAYERS.index(["fields"])]
    assert above == sorted(above)


def test_the_drawing_shows_the_layers():
    drawn = (DOCS / "layers.svg").read_text()
    boxes = re.findall(r'<rect x="\d+" y="(\d+)".*?class="name"[^>]*>(\w+)<', drawn)
    shown = {}
    for y, name in boxes:
        shown.setdefault(int(y), set()).add(name)
    assert [shown[y] for y in sorted(shown)] == [set(layer) for layer in LAYERS]


def test_the_drawing_is_up_to_date():
    assert (DOCS / "layers.svg").read_text() == layers.drawn(), "python -m docs.generate"


def test_the_public_ones_are_those_that_the_drawing_and_the_map_say():
    said = {row[0].strip("`") for row in rows(section("The house")) if row[1].startswith("public")}
    drawn = re.findall(r'<g class="public">.*?class="name"[^>]*>(\w+)<', (DOCS / "layers.svg").read_text())
    assert said == set(drawn)
    described = set(re.findall(r"`artgen\.(\w+)`", (DOCS / "compatibility.md").read_text()))
    assert said <= described


@pytest.mark.parametrize("file", sorted(set(re.findall(r"`(?:artgen/)?([a-z_]+(?:/[a-z_]+)+(?:\.py)?)`", PAGE))))
def test_every_file_that_it_names_is_there(file):
    assert (ROOT / "artgen" / file).exists() or (ROOT / file).exists()


def test_names_in_code_are_there():
    for name in ("take_step", "Run"):
        assert hasattr(loop, name)
    for name in ("Parts", "Verdict", "Result", "Preset", "StepEvent"):
        assert name in PAGE
        files = (ROOT / "artgen").rglob("*.py")
        assert any(re.search(rf"^class {name}\b", path.read_text(), re.MULTILINE) for path in files)


def test_every_word_is_explained_once():
    words = [row[0] for row in rows(section("Words"))]
    assert len(words) == len(set(words))
    assert all(row[1] for row in rows(section("Words")))


def test_no_class_has_the_name_of_another():
    """In the core; what plugins call their own is their own."""
    homes = {}
    for path in sorted((ROOT / "artgen").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(path.name)
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


def test_no_hook_is_called_while_a_picture_is_made(flat):
    preset, called = package.load(flat), []

    def watch(frame, event, _):
        if event == "call" and frame.f_code.co_name.startswith("artgen_"):
            called.append(frame.f_code.co_name)

    run = package.steps(preset)
    sys.setprofile(watch)
    try:
        for _ in run:
            pass
        assert run.result.steps_done == 6
    finally:
        sys.setprofile(None)
    assert called == []


@pytest.mark.parametrize("folder", ["artgen", "plugins"])
def test_nothing_is_evaluated_and_no_pickle_is_opened(folder):
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            assert name not in ("eval", "exec", "pickle.load", "pickle.loads", "yaml.load", "os.system"), path
            if name == "torch.load":
                keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
                assert keywords.get("weights_only") == "True", path


MISTAKES = {
    ("run", "mine.yaml"): "mine.yaml:1:24: losses[0]: there is no setting 'wieght'; did you mean 'weight'?",
    ("run", "quickstart", "--set", "losses.clip.wieght=2"): "did you mean 'weight'?",
    ("run", "quikstart"): "did you mean the shipped preset 'quickstart'?",
    ("run", "quickstart", "--checkpoint", "often"): "--checkpoint often: expected a number of steps",
    ("run", "--resume", "nowhere"): "nowhere: there is no run here that could be resumed",
    ("replay", "nowhere.png"): "nowhere.png: there is no such file",
}


def test_a_mistake_is_found_before_torch_is_loaded(several, tmp_path):
    text = (
        "{losses: [{type: clip, wieght: 2}], generator: {type: pixel}, prompts: a, perceptors: {a: {type: open_clip}}}"
    )
    (tmp_path / "mine.yaml").write_text(text)
    answers = several(*MISTAKES, code=2, prelude=f"sys.modules.update(dict.fromkeys({HEAVY}))")
    for done, message in zip(answers, MISTAKES.values(), strict=True):
        assert message in done.stderr
    assert not (tmp_path / "runs").exists()
