"""artgen from Python: load, run, iterate, look, save; and the page that shows it."""

import io
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
import torch
from PIL import Image

import artgen as package
from artgen import api
from artgen.cli import main
from artgen.picture.images import to_pil
from artgen.preset import loading, shipped
from tests.helpers.paths import DOCS

HEAVY = ("torch", "kornia", "open_clip", "timm", "diffusers", "transformers", "matplotlib", "IPython")


class Tags(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture
def result(flat):
    return package.run(flat)


def watcher(seen):
    class Watching:
        def on_start(self, steps):
            seen.append(("start", steps))

        def on_step(self, event):
            seen.append(("step", event.step))

        def on_end(self, result):
            seen.append(("end", result.steps_done))

    return Watching()


def test_steps_and_run_draw_the_same_pictures(flat):
    course = package.steps(flat)
    seen = list(course)
    whole = package.run(flat)
    assert torch.equal(course.result.images, whole.images)
    assert course.result.losses == whole.losses
    assert course.result.recipe == whole.recipe
    assert not course.result.interrupted
    assert [event.step for event in seen] == list(range(6))


def test_a_course_that_is_left_early_has_what_there_is(flat):
    course = package.steps(flat)
    for event in course:
        if event.step == 3:
            break
    assert course.result.interrupted
    assert course.result.steps_done == 4
    assert torch.equal(course.result.images, event.image)
    assert course.result.recipe["steps_done"] == 4


def test_an_exception_in_the_loop_comes_through_and_costs_nothing(flat):
    course = package.steps(flat)
    with pytest.raises(ZeroDivisionError):
        for event in course:
            if event.step == 2:
                print(1 / 0)
    assert course.result.steps_done == 3
    assert course.result.interrupted
    assert torch.equal(package.run(flat).images, package.run(flat).images)


def test_ctrl_c_in_a_step_comes_through_and_costs_nothing(flat):
    flat["losses"].append({"type": "misbehave", "how": "interrupt", "at_step": 3, "weight": 0.1})
    course = package.steps(flat)
    with pytest.raises(KeyboardInterrupt):
        list(course)
    assert (course.result.steps_done, course.result.interrupted) == (3, True)


def test_a_failure_ends_the_loop_and_the_result_says_why(flat):
    flat["losses"].append({"type": "misbehave", "at_step": 3, "weight": 0.1})
    course = package.steps(flat)
    assert [event.step for event in course] == [0, 1, 2]
    assert "is nan" in course.result.failure
    assert not course.result.interrupted


def test_a_failure_before_the_first_picture_is_raised_from_the_loop(flat):
    flat["losses"].append({"type": "misbehave", "at_step": 0, "weight": 0.1})
    course = package.steps(flat)
    with pytest.raises(package.RunError, match="is nan"):
        list(course)
    with pytest.raises(package.RunError, match="is nan"):
        _ = course.result


def test_a_course_runs_once(flat):
    course = package.steps(flat)
    next(iter(course))
    with pytest.raises(package.RunError, match=r"a course is run only once; call artgen\.steps again for another"):
        iter(course)
    assert course.result.steps_done == 1


def test_a_course_that_never_began_has_no_result(flat):
    with pytest.raises(package.RunError, match="before the first step"):
        _ = package.steps(flat).result


def test_asking_for_the_result_ends_the_course(flat):
    seen = []
    course = package.steps(flat, reporters=[watcher(seen)])
    for event in course:
        if event.step == 1:
            first = course.result
    assert course.result is first
    assert first.steps_done == 2
    assert seen == [("start", 6), ("step", 0), ("step", 1), ("end", 2)]


def test_courses_that_take_turns_do_not_disturb_one_another(flat):
    other = {**flat, "seed": 11, "steps": 5}
    ours, theirs = package.steps(flat), package.steps(other)
    for _ in zip(ours, theirs, strict=False):
        torch.rand(3)
    for _ in ours.events:
        pass
    assert torch.equal(ours.result.images, package.run(flat).images)
    assert torch.equal(theirs.result.images, package.run(other).images)


def test_a_run_inside_no_grad_is_the_same_run(flat):
    with torch.no_grad():
        course = package.steps(flat)
        assert not any(torch.is_grad_enabled() for _ in course)
    assert torch.equal(course.result.images, package.run(flat).images)


def test_a_wrong_preset_is_refused_before_the_first_step(flat):
    with pytest.raises(package.InputError, match="there is no setting 'sedd'"):
        package.steps({**flat, "sedd": 1})


def test_load_takes_settings_by_name_over_overrides(flat):
    preset = package.load(flat, ["seed=1", "losses.dark.weight=3", ("prompts", "50%: off")], seed=2, steps=9)
    assert (preset.seed, preset.steps, preset.prompts[0].text) == (2, 9, "50%: off")
    assert preset.losses[1].weight.at(0, 9) == 3


def test_load_changes_a_preset_that_is_there(flat):
    preset = package.load(flat)
    assert package.load(preset) is preset
    assert package.load(preset, "seed=8") == package.load({**flat, "seed": 8})
    assert preset.seed == 5


def test_a_run_takes_a_preset_its_path_or_its_data(flat, tmp_path):
    loading.parse(flat).save(tmp_path / "mine.yaml")
    results = [package.run(given) for given in (flat, tmp_path / "mine.yaml", str(tmp_path / "mine.yaml"))]
    assert all(torch.equal(results[0].images, result.images) for result in results)


def test_the_image_is_the_best_picture(result):
    assert result.image.mode == "RGB"
    assert result.image.tobytes() == to_pil(result.images[result.best]).tobytes()


def test_save_writes_what_the_command_line_writes(flat, tmp_path):
    loading.parse(flat).save(tmp_path / "mine.yaml")
    assert main(["run", "-q", str(tmp_path / "mine.yaml"), "--out", str(tmp_path / "out")]) == 0
    result = package.run(flat)
    assert result.save(tmp_path / "new" / "a.png") == tmp_path / "new" / "a.png"
    saved = result.save(str(tmp_path / "b.PNG"), picture=1)
    assert Image.open(tmp_path / "new" / "a.png").tobytes() == result.image.tobytes()
    assert Image.open(saved).tobytes() == Image.open(tmp_path / "out" / "batch" / "seed-6.png").tobytes()
    assert package.load(saved) == package.load(tmp_path / "out" / "batch" / "seed-6.png")


@pytest.mark.parametrize(
    ("path", "picture", "message"),
    [
        ("x.gif", None, "x.gif: cannot be written as '.gif'; choose .png"),
        ("x", None, "x: cannot be written as ''; choose .png"),
        ("taken/x.png", None, "cannot write here"),
        ("x.png", 2, "there is no picture 2; the result has 2, counted from 0"),
        ("x.png", -1, "there is no picture -1"),
    ],
)
def test_what_cannot_be_saved_is_refused_and_nothing_is_left(result, tmp_path, path, picture, message):
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(package.InputError, match=re.escape(message)):
        result.save(tmp_path / path, picture)
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


def test_a_result_shows_its_batch_with_the_best_one_marked(result):
    html = result._repr_html_()
    shown = Tags(html)
    images = shown.all("img")
    assert len(images) == 2
    assert html.count("★") == 1
    assert f"★ seed {5 + result.best}" in shown.text
    assert "a cat | a dog" in shown.text
    assert all(f"loss {score:.4g}" in shown.text for score in result.scores)
    assert html.count("//") == sum(image["src"].count("//") for image in images), "something asks the network"
    assert all(image["src"].startswith("data:image/png;base64,") and image["alt"] for image in images)


def test_a_display_stays_small():
    pictures = torch.rand(16, 3, 400, 300, generator=torch.Generator().manual_seed(0))
    result = api.Result(pictures, 3, (0.5,) * 16, 1, {}, {"format": 1})
    html = result._repr_html_()
    assert len(Tags(html).all("img")) == 16
    assert len(html) < 1_500_000
    assert "★ picture 3" in html
    event = api.StepEvent(0, 1, pictures, {}, 0.5, 0.1)
    size = Image.open(io.BytesIO(event._repr_png_())).size
    assert 4 * 100 < size[0] < size[1] < 4 * 180 + 12


def test_what_a_stranger_wrote_is_shown_and_not_obeyed(flat):
    evil = "<script>alert(1)</script>"
    flat["prompts"] = [{"text": evil}]
    result = package.run(flat)
    failed = api.Result(result.images, 0, result.scores, 1, {}, result.recipe, failure=f'"{evil}')
    for html in (result._repr_html_(), failed._repr_html_(), package.load(flat)._repr_html_()):
        assert not Tags(html).all("script")
        assert evil in Tags(html).text


def test_a_preset_shows_what_it_says_and_folds_the_rest_away(flat):
    html = package.load(flat)._repr_html_()
    said, rest = html.split("<details>")
    assert "<b>seed:</b> 5" in said
    assert "frames" not in said
    assert "<b>frames:</b> 6" in rest


def test_an_event_shows_the_pictures_of_its_step(flat):
    event = next(iter(package.steps(flat)))
    picture = Image.open(io.BytesIO(event._repr_png_()))
    assert picture.size == (12 + 4 + 12, 10)
    assert picture.getpixel((0, 0))[:3] == to_pil(event.image[0]).getpixel((0, 0))
    assert picture.getpixel((13, 0))[3] == 0


def test_results_and_events_name_themselves_in_one_line(result, flat):
    best = result.best
    told = f"the best is seed {5 + best}, loss {result.scores[best]:.4g}, 6 steps"
    assert repr(result) == f"<Result: 2 pictures of 12x10, {told}>"
    course = package.steps(flat)
    assert re.fullmatch(r"<StepEvent 1 of 6, loss [\d.e-]+>", repr(next(iter(course))))
    assert repr(course) == "<Course: 1 of 6 steps done>"


def test_nothing_is_shown_outside_a_notebook(flat, capsys):
    package.run(flat)
    assert capsys.readouterr() == ("", "")


def test_the_public_names_are_there_and_light():
    names = [name for name in package.__all__ if name not in ("run", "steps", "Course")]
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({HEAVY})); import artgen;"
        f"[getattr(artgen, name) for name in {names}]; assert set(artgen.__all__) <= set(dir(artgen));"
        "print(artgen.load('quickstart', seed=3)._repr_html_())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "<b>seed:</b> 3" in done.stdout
    assert all(getattr(package, name) is not None for name in package.__all__)


def test_the_page_on_python_is_right(tmp_path, monkeypatch, capsys):
    # The same preset, only smaller, under the name that the page uses.
    small = "size: 24\nsteps: 3\nbatch: 2\nperceptors: {clip: {type: toy}}\nviews: [{type: cutouts, count: 2}]\n"
    (tmp_path / "quickstart").write_text(f"extends: {shipped.find('quickstart')}\n{small}")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", (DOCS / "python.md").read_text(), re.MULTILINE | re.DOTALL)
    names = {"__name__": "page"}
    for block in blocks:
        if "IPython" not in block:
            exec(compile(block, "docs/python.md", "exec"), names)
    assert names["result"].steps_done == 3
    assert len(names["gap"]) == 3
    assert Image.open("heart.png").size == (24, 24)
    printed = capsys.readouterr().out
    assert "there is no setting 'wieght'; did you mean 'weight'?" in printed
    assert "after 3 steps" in printed


@pytest.mark.slow
def test_a_users_script_passes_a_strict_type_check(tmp_path):
    (tmp_path / "right.py").write_text(
        "from pathlib import Path\n"
        "from typing import assert_type\n"
        "from PIL import Image\n"
        "import artgen\n"
        "def draw(seed: int) -> Path:\n"
        "    preset = artgen.load('quickstart', ['losses.smoothness.weight=0.5'], seed=seed)\n"
        "    assert_type(preset, artgen.Preset)\n"
        "    course = artgen.steps(preset)\n"
        "    for event in course:\n"
        "        assert_type(event, artgen.StepEvent)\n"
        "        assert_type(event.losses.get('clip'), float | None)\n"
        "    assert_type(course.result, artgen.Result)\n"
        "    assert_type(artgen.run(Path('a.yaml'), on_step=print, show=False), artgen.Result)\n"
        "    assert_type(course.result.image, Image.Image)\n"
        "    return course.result.save('x.png', picture=1)\n"
    )
    (tmp_path / "wrong.py").write_text("import artgen\nartgen.run('quickstart', onstep=print)\nartgen.load(3)\n")
    # Torch's own types are not the matter here and take most of the time.
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = true\n[mypy-torch.*]\nfollow_imports = skip\n")
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "right.py", "wrong.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert [line.partition(": ")[0] for line in lines if ": error: " in line] == ["wrong.py:2", "wrong.py:3"], lines
