"""`artgen import-pixray`: every setting of Pixray is in the preset, or in a comment of it, and the preset is sound."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from artgen import cli, testing
from artgen.engine.run import run
from artgen.preset import loading
from artgen_pixray import convert

DATA = Path(__file__).parent / "data" / "pixray"
NAMES = (DATA / "names.txt").read_text().split()
CASES = yaml.safe_load((DATA / "cases.yaml").read_text())
WHOLE = sorted(path for path in DATA.glob("*.yaml") if path.stem != "cases")
BARE = {"prompts": "a tree"}


@pytest.fixture(autouse=True, scope="module")
def here(tmp_path_factory):
    """A folder of its own to work in, with the picture p.png."""
    folder = tmp_path_factory.mktemp("pixray")
    Image.new("RGB", (40, 30), "#c04020").save(folder / "p.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


def imported(wanted, embedded=False, name="mine.yaml"):
    """The preset's text, and the preset as `artgen check` reads it."""
    text = convert(wanted, Path("pixray.yaml"), Path(), embedded)
    Path(name).write_text(text, encoding="utf-8")
    return text, loading.load(name)


def comments(text):
    """Its comments, each in one line again."""
    return text.replace("\n#   ", " ").replace("\n  #   ", " ")


@pytest.mark.parametrize("name", CASES)
def test_every_setting_is_in_the_preset_or_in_a_comment(name):
    case = CASES[name]
    text, _ = imported({**BARE, **case.get("with", {}), name: case["given"]})
    for shown in case["shows"]:
        assert shown in comments(text), text


def test_no_setting_is_without_a_case():
    assert set(NAMES) <= set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_no_setting_goes_unsaid_where_nothing_reads_it(name):
    """Alone, it changes the preset or is named in it; `false` of a switch, and what Pixray does anyway, may not."""
    text, _ = imported({**BARE, name: CASES[name]["given"]})
    assert text != imported(BARE)[0]


def test_an_unknown_setting_is_named_with_its_likeness():
    text, _ = imported({**BARE, "num_cutz": 3, "zz top": "the\nband: 1"})
    assert "# num_cutz: 3 - Pixray 1.9.1 has no such setting; did you mean 'num_cuts'?" in text
    assert "# zz top: the band: 1 - Pixray 1.9.1 has no such setting; left out." in text


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("iterations", "many"), ("size", [3]), ("scale", -1), ("quality", "superb"), ("aspect", 4), ("seed", [1]),
        ("learning_rate", "quick"), ("learning_rate_drops", ["120%", "soon"]), ("num_cuts", 0), ("drawer", "crayon"),
        ("init_noise", "loud"), ("overlay_alpha", 999), ("optimiser", "SGD"), ("palette", "no colour at all"),
        ("clip_models", "ViT-Z/1"), ("vqgan_model", "mine"), ("ezsize", "huge"), ("filters", {"a": 1}),
    ],
)  # fmt: skip
def test_a_broken_value_is_named_and_replaced(name, wrong):
    more = {"overlay_image": "p.png"} if name == "overlay_alpha" else {"filters": "lookup"} if name == "palette" else {}
    text, _ = imported({**BARE, **more, name: wrong})
    assert f"# {name}: " in text


@pytest.mark.parametrize("embedded", [False, True])
@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_whole_files_pass_check(path, embedded, here):
    data = yaml.safe_load(path.read_text())
    text, preset = imported(data, embedded, f"{path.stem}.yaml")
    assert text.startswith("# yaml-language-server: $schema=")
    assert preset.about == "Imported from Pixray's settings pixray.yaml"
    models = {perceptor.model for perceptor in preset.perceptors.values()}
    assert (models == {"embedded"}) is embedded


@pytest.mark.parametrize("name", ["portrait", "sketch"])
def test_whole_files_run(name):
    wanted = yaml.safe_load((DATA / f"{name}.yaml").read_text())
    small = {"iterations": 2, "size": [48, 32], "num_cuts": 2, "batches": 1}
    _, preset = imported({**wanted, **small}, embedded=True)
    result = run(preset, note=lambda line: None)
    assert result.steps_done == 2
    assert (result.alpha is not None) is (name == "sketch")


def test_the_command_writes_a_preset_that_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def artgen(line, code=0):
        assert cli.main(line.split()) == code
        return capsys.readouterr()

    (tmp_path / "p.yaml").write_text("drawer: fft\nprompts: a red heart\nsize: [32, 32]\nnum_cuts: 2\niterations: 2\n")
    assert artgen("import-pixray p.yaml --embedded --out sub/mine.yaml").out == "sub/mine.yaml\n"
    assert artgen("check sub/mine.yaml").out == "sub/mine.yaml: ok\n"
    artgen("run sub/mine.yaml --out made")
    with Image.open("made/image.png") as picture:
        assert picture.size == (32, 32)
    again = artgen("import-pixray p.yaml --out sub/mine.yaml", code=2)
    assert again.err == "sub/mine.yaml: is there already; choose another --out, or say --overwrite\n"
    artgen("import-pixray p.yaml --out sub/mine.yaml --overwrite")
    assert artgen("import-pixray p.yaml").out == Path("sub/mine.yaml").read_text()


def test_pictures_are_named_from_where_the_preset_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "set").mkdir()
    for name in ("a1.png", "a2.png", "b.png"):
        Image.new("RGB", (8, 8)).save(tmp_path / "set" / name)
    (tmp_path / "set" / "p.yaml").write_text('init_image: b.png\nimage_prompts: "{a?,b}.png"\nprompts: a tree\n')
    assert cli.main(["import-pixray", "set/p.yaml", "--out", "out/mine.yaml"]) == 0
    assert loading.load("out/mine.yaml").start.image.samefile("set/b.png")
    text = (tmp_path / "out" / "mine.yaml").read_text()
    assert "start: {image: ../set/b.png" in text
    assert [line for line in text.splitlines() if "views: true" in line] == [
        '  - {image: ../set/a1.png, views: true}',
        '  - {image: ../set/a2.png, views: true}',
        '  - {image: ../set/b.png, views: true}',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"- a\n- b\n", "expected a mapping of settings"),
        (b"a: [1\n", "not valid YAML"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"a: 1\na: 2\n", "stands here again"),
        (b"a: !!python/object:os.system {}\n", "is not read"),
        (b"a: &x [1]\nb: *x\n", "anchors and aliases are not read"),
        (b"a: " + b"x" * (1 << 20), "larger than 1 MiB"),
        (None, "cannot be read"),
    ],
)
def test_junk_is_one_line(tmp_path, capsys, content, message):
    if content is not None:
        (tmp_path / "junk.yaml").write_bytes(content)
    assert cli.main(["import-pixray", str(tmp_path / "junk.yaml")]) == 2
    out, error = capsys.readouterr()
    assert message in error
    assert error.count("\n") == 1
    assert not out


def test_help_imports_no_importer(artgen):
    heavy = ["torch", "pydantic", "pluggy", "yaml", "rich", "PIL", "numpy", "artgen_pixray"]
    block = f"sys.modules.update(dict.fromkeys({heavy}))"
    assert "import " in artgen("--help", prelude=block, code=0).stdout
    assert "pixray" in artgen("import", "--help", prelude=block, code=0).stdout
    assert artgen("import-pixray", "--help", prelude=block, code=0).stdout.startswith("Usage: artgen import-pixray")


def test_importing_needs_no_torch(artgen, tmp_path):
    (tmp_path / "p.yaml").write_text("prompts: a tree\n")
    artgen("import-pixray", "p.yaml", prelude="sys.modules.update(dict.fromkeys(['torch', 'kornia', 'timm']))", code=0)


def test_a_strangers_importer_is_offered_and_its_failure_costs_only_itself(artgen, tmp_path):
    info = tmp_path / "deforum_import-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: deforum-import\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[artgen.importers]\ndeforum = nowhere:convert\n")
    (tmp_path / "p.yaml").write_text("prompts: a tree\n")
    path = {"PYTHONPATH": str(tmp_path)}
    assert "deforum" in artgen("import", "--help", code=0, **path).stdout
    found = artgen("import", "p.yaml", code=0, **path)
    assert found.stderr.startswith("importer 'deforum' (deforum-import 1.2): ModuleNotFoundError")
    assert "# Pixray" in found.stdout
    done = artgen("import-deforum", "p.yaml", code=1, **path)
    assert done.stderr == "importer 'deforum' (deforum-import 1.2): ModuleNotFoundError: No module named 'nowhere'\n"
    artgen("import-pixray", "p.yaml", code=0, **path)


def pull(preset, image, kind):
    """The weighted value of the preset's loss of that kind."""
    spec = next(loss for loss in preset.losses if loss.type == kind)
    tensor = torch.tensor(image, dtype=torch.float32)[None]
    env = testing.make_env(size=tensor.shape[2:], seeds=(1,))
    return spec.weight.at(0, 10) * spec.build(env)(testing.PlainLook(tensor, env.perceptors)).item()


@pytest.fixture
def image():
    return np.random.default_rng(4).random((3, 40, 80))


def test_an_imported_edge_pulls_as_pixrays_does(image):
    """Pixray: weight x (the mean squared differences of the four sides, plus a share of the whole picture's)."""
    wanted = {"custom_loss": "edge:2", "size": [80, 40], "drawer": "fft", "edge_color": "red", "edge_thickness": 10}
    _, preset = imported({**BARE, **wanted, "edge_color_weight": 0.7, "global_color_weight": 0.5})
    costs = (image - np.array([0xE5, 0, 0])[:, None, None] / 255) ** 2  # red, as the xkcd survey has it
    sides = [costs[:, :, :8], costs[:, :, -8:], costs[:, :4, 8:-8], costs[:, -4:, 8:-8]]
    expected = 2 * 0.7 * (sum(side.mean() for side in sides) + 0.5 * costs.mean())
    # The sides' means are taken together here, so they differ by what chance makes of them.
    assert pull(preset, image, "edge") == pytest.approx(expected, rel=0.03)


def test_an_imported_vignette_pulls_as_pixrays_does(image):
    _, preset = imported(
        {**BARE, "custom_loss": "gaussian:2", "size": [80, 40], "drawer": "fft", "gaussian_std": [10, 30]}
    )
    rows, columns = np.arange(40) - 19.5, np.arange(80) - 39.5
    bell = np.outer(np.exp(-(rows**2) / 200), np.exp(-(columns**2) / 1800))
    assert pull(preset, image, "vignette") == pytest.approx(2 * (np.abs(image - 1) * (1 - bell)).mean(), rel=1e-4)


def test_an_imported_saturation_pulls_as_pixrays_does(image):
    """Alike but for a constant, which pulls at nothing."""
    _, preset = imported({**BARE, "custom_loss": "saturation:2", "clip_models": "ViT-B/32"})

    def pixrays(picture):
        red, green, blue = picture
        opponents = [red - green, (red + green) / 2 - blue]
        spread, mean = (math.hypot(*(measure(one) for one in opponents)) for measure in (np.std, np.mean))
        return -2 * (spread + 0.3 * mean) / 5

    grey = np.full_like(image, 0.5)
    found = pull(preset, image, "colourfulness") - pull(preset, grey, "colourfulness")
    assert found == pytest.approx(pixrays(image) - pixrays(grey), rel=1e-3)


def test_the_weight_of_clip_stands_for_all_that_pixray_adds_up():
    wanted = {"prompts": "a:2 | b:-0.5", "vector_prompts": "none", "clip_models": "RN50,ViT-B/32"}
    assert "{type: clip}" in imported(wanted)[0]
    _, preset = imported({**wanted, "custom_loss": "symmetry"})
    assert preset.losses[0].weight.values == (5,)


def test_a_file_without_prompts_says_so_and_is_whole():
    text, preset = imported({"vector_prompts": "none"})
    assert "The file names no prompt" in text
    assert [prompt.text for prompt in preset.prompts] == ["a picture"]
    _, plain = imported({"vector_prompts": "none", "custom_loss": "symmetry"})
    assert not plain.perceptors
    assert not plain.views
    assert "# prompts:\n" in imported({"vector_prompts": "gone.json", "custom_loss": "symmetry"})[0]


def test_a_weight_alone_switches_a_loss_on_only_by_its_older_name():
    assert "# smoothness_weight: 2 - belongs to the loss smoothness" in imported({**BARE, "smoothness_weight": 2})[0]
    assert "type: smoothness" in imported({**BARE, "smoothness": 2})[0]


def test_what_a_palette_did_not_do_is_said():
    text, _ = imported({**BARE, "palette": "[red, white]"})
    assert "it did nothing; here: filters: [{type: palette, palette: ['xkcd:red', 'white']}]" in comments(text)


def test_a_name_in_a_palette_is_pixrays_colour():
    _, preset = imported({**BARE, "filters": "lookup", "palette": "[green, mat:green, pixel_red, [1+0+0], 0.5]"})
    assert preset.filters[0].palette == ("#15b01a", "#008000", "#ff8770", "#ff0000", "#808080")


def test_a_ramp_begins_and_ends_as_pixrays_does():
    _, preset = imported({**BARE, "filters": "lookup", "palette": "white\\5;black->#ff0000\\3"})
    palette = preset.filters[0].palette
    assert (palette[0], palette[4], palette[-1], len(palette)) == ("#000000", "#ffffff", "#ff0000", 7)


def test_a_missing_picture_waits_in_a_comment(here):
    text, _ = imported({**BARE, "init_image": "gone.png", "image_prompts": "http://x.org/a.png"})
    assert "# start: {image: gone.png, alpha: 0.784, noise: fractal, cells: 24}\n" in text
    assert "nothing is fetched from the web" in comments(text)
    Image.new("RGB", (8, 8)).save("gone.png")
    put_in_force = text.replace("start: {noise", "# start: {noise").replace("# start: {image", "start: {image")
    Path("forced.yaml").write_text(put_in_force)
    assert loading.load("forced.yaml").start.image.name == "gone.png"
    Path("gone.png").unlink()


def test_a_text_of_strange_signs_stays_what_it_is():
    strange = "a{b|c}: \\{x} #1, 'q' \"w\" : é \U0001f600"
    _, preset = imported({"prompts": [strange.replace("|", "/")], "labels": "1e3"})
    assert str(preset.prompts[0].text) == strange.replace("|", "/")
    assert str(preset.prompts[1].label) == "1e3"


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12),
    st.lists(st.text(max_size=4), max_size=4), st.lists(st.floats(), max_size=4),
    st.sampled_from([{"a": 1}, [[1], {"b": 2}]]),
)  # fmt: skip
SOUND = {name: st.just(case["given"]) for name, case in CASES.items()}
CHOICES = {
    "drawer": ["vqgan", "pixel", "fast_pixel", "vdiff", "fft", "clipdraw", "line_sketch", "super_resolution"],
    "filters": ["lookup", "wallpaper", "lookup, wallpaper:2"],
    "custom_loss": ["edge, palette, aesthetic", "smoothness:-1, saturation, symmetry", "gaussian, style, resmem"],
    "init_image": ["p.png", "gone.png", "*.png"],
    "vector_prompts": ["none", "textoff", "my.json:3"],
}
SOUND |= {name: st.sampled_from(options) for name, options in CHOICES.items()}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    sound=st.fixed_dictionaries({}, optional=SOUND),
    odd=st.dictionaries(st.sampled_from([*CASES, "", "new\nname"]), ODD, max_size=4),
    embedded=st.booleans(),
)
def test_any_settings_become_a_sound_preset(sound, odd, embedded):
    imported({**sound, **odd}, embedded)


def test_settings_that_make_no_preset_cost_a_line_and_leave_nothing(artgen, tmp_path):
    (tmp_path / "p.yaml").write_text(f"prompts: a {'very ' * 1000}long prompt\n")
    done = artgen("import-pixray", "p.yaml", "--out", "new/mine.yaml", code=2)
    assert done.stderr.startswith("p.yaml: makes no preset (prompts") and done.stderr.count("\n") == 1
    assert not (tmp_path / "new").exists()
