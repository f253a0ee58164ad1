"""The controls: what a hand does with them goes the way that the methods go, and what is refused is said in place."""

import time

import ipywidgets as w
import pytest
from ipywidgets.widgets.widget import _instances

import artgen
from artgen.notebook import Studio
from tests.helpers.studio import PATIENCE
from tests.notebook.conftest import DRAWN


def below(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from below(child)


class Controls:
    """The widgets of a studio, by what one reads on them."""

    def __init__(self, studio):
        self.studio, self.root = studio, studio.widget

    def all(self, kind, style=""):
        return [
            one
            for one in below(self.root)
            if type(one) is kind and (not style or f"artgen-{style}" in one._dom_classes)
        ]

    def button(self, text):
        return next((one for one in self.all(w.Button) if text in (one.description, one.tooltip)), None)

    def click(self, text):
        until(lambda: self.button(text) and not self.button(text).disabled)
        self.button(text).click()

    def number(self, path):
        """The slider and the field of the number below this title, such as `Smoothness: Weight`."""
        part, name = path.split(": ")
        for box in self.all(w.VBox, "part"):
            if f">{part}<" in "".join(one.value for one in below(box) if type(one) is w.HTML):
                for row in (one for one in below(box) if "artgen-number" in one._dom_classes):
                    if f">{name}" in row.children[0].value:
                        return row.children[1:]
        raise AssertionError(path)

    @property
    def said(self):
        return " ".join(one.value for one in below(self.root) if type(one) is w.HTML and "<style>" not in one.value)


def until(fits):
    end = time.monotonic() + PATIENCE
    while not fits():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def controls(studio):
    return Controls(studio)


def paused(studio, step):
    until(lambda: studio.runs and not studio.is_busy and studio.run.state == "paused" and studio.run.step == step)


@pytest.fixture
def drawn(controls):
    """The controls of a run that waits after three steps."""
    controls.studio.step(3)
    until(lambda: "<b>3</b> / 12" in controls.said)
    return controls


def test_a_run_that_is_steered_by_its_controls_is_replayed_to_the_same_bytes(controls):
    studio = controls.studio
    assert "Not begun" in controls.said
    controls.click("One step")
    until(lambda: "Paused" in controls.said)
    controls.all(w.Text)[0].value = "an owl"
    until(lambda: studio.run.folder and studio.preset.prompts[0].text == "an owl" and not studio.is_busy)
    slider, field = controls.number("Smoothness: Weight")
    slider.value = 0.7
    until(lambda: field.value == 0.7 and not studio.is_busy)
    controls.number("Pixel: Learning rate")[1].value = 0.02
    [seed] = [one for one in controls.all(w.IntText) if one.value == 5]
    seed.value = 78
    controls.click("One step")
    paused(studio, 2)
    [yaml] = controls.all(w.Textarea)
    assert "an owl" in yaml.value
    yaml.value = yaml.value.replace("an owl", "a fish")
    controls.click("Apply")
    until(lambda: not controls.button("Apply").disabled or studio.preset.prompts[0].text == "a fish")
    controls.click("Go on")
    until(lambda: studio.run.state == "finished")
    assert artgen.replay(studio.run.folder).word == "identical"
    recipe = artgen.load(studio.run.folder)
    assert [prompt.text for prompt in recipe.prompts] == ["a cat", "a dog", "an owl", "a fish"]
    assert [(one.step, one.seed) for one in recipe.reseed] == [(1, 78)]
    until(lambda: controls.all(w.Button, "primary")[0].description == "Draw another")
    assert "<svg" in controls.said


def models():
    """How many widgets the program keeps, and the page with it."""
    return len(_instances)


def test_no_step_makes_a_widget(drawn):
    before = models()
    drawn.studio.step(4)
    until(lambda: "<b>7</b> / 12" in drawn.said)
    assert models() == before


def test_prompts_and_losses_come_and_go(drawn):
    studio, before = drawn.studio, models()
    drawn.click("Add a prompt")
    assert len(studio.preset.prompts) == 2
    drawn.all(w.Text)[2].value = "snow"
    until(lambda: len(studio.preset.prompts) == 3 and not studio.is_busy)
    drawn.click("Remove prompt 1")
    until(lambda: [prompt.text for prompt in studio.preset.prompts] == ["a dog", "snow"] and not studio.is_busy)
    until(lambda: [text.value for text in drawn.all(w.Text)] == ["a dog", "snow"])
    [add] = [one for one in drawn.all(w.Dropdown) if "smoothness" in one.options]
    add.value = "saturation"
    until(lambda: studio.preset.losses[-1].type == "saturation" and not studio.is_busy)
    drawn.click("Remove saturation")
    until(lambda: len(studio.preset.losses) == 2 and not studio.is_busy)
    until(lambda: models() == before)


def test_what_is_refused_is_said_in_place_and_what_holds_is_shown(drawn):
    _, count = drawn.number("Cutouts: Count")
    count.value = 0
    until(lambda: "must be at least 1, got 0" in drawn.said)
    assert count.value == 3
    [yaml] = drawn.all(w.Textarea)
    yaml.value = yaml.value.replace("weight: 0.1", "weight: much")
    assert "column" in drawn.said
    assert "expected a number, or values at points" in drawn.said
    yaml.value = yaml.value.replace("weight: much", "weight: 0.1").replace("16, 16", "32, 16")
    drawn.click("Apply")
    until(lambda: "size: cannot change while the picture is drawn; begin anew with it" in drawn.said)
    assert "32, 16" in yaml.value
    first = drawn.studio.run.name
    drawn.click("Begin anew")
    until(lambda: drawn.studio.run.name != first and drawn.studio.preset.size == (32, 16))
    drawn.studio.pause()


def test_one_looks_back_branches_and_compares(drawn):
    studio, first = drawn.studio, drawn.studio.run.name
    time_slider = drawn.all(w.IntSlider)[0]
    picture, other = drawn.all(w.Image)
    newest = picture.value
    time_slider.value = 1
    assert "as it was after 1 steps" in drawn.said
    assert picture.value != newest
    drawn.click("Branch here")
    until(lambda: studio.run.name != first and studio.run.state == "paused")
    assert studio.run.step == 1
    until(lambda: "<b>1</b> / 12" in drawn.said)

    def offering():
        """Which of the choices offer the first run."""
        return [one for one in drawn.all(w.Dropdown) if any(first in option for option in one.options)]

    until(lambda: len(offering()) == 2)
    run, compare = offering()
    compare.value = first
    assert f"{first}, 3 of 12 steps" in drawn.said
    assert other.value == newest
    run.value = first
    until(lambda: studio.run.name == first)
    [star] = [one for one in drawn.all(w.ToggleButton) if one.description == "Favourite"]
    star.value = True
    until(lambda: any("★" in title for title, _ in run.options))


def test_two_studios_of_a_folder_draw_one_run_at_a_time(folder):
    one, other = Studio(DRAWN, folder=folder, steps=100_000), Studio(DRAWN, folder=folder)
    one.start()
    until(lambda: one.run.state == "running")
    other.step()
    assert "paused while" in one.run.reason
    assert Controls(one).button("Go on")


def test_a_studio_that_is_closed_says_so_and_leaves_its_runs(tmp_path):
    studio = Studio(DRAWN, folder=tmp_path, steps=100_000)
    controls = Controls(studio)
    studio.start()
    until(lambda: studio.run.step)
    studio.close()
    studio.close()
    assert studio.wait().state == "stopped"
    assert "this studio is closed" in controls.said
    with pytest.raises(artgen.InputError, match=r"^this studio is closed; make another with Studio\(\.\.\.\)$"):
        studio.step()
    assert list(studio.run.folder.glob("checkpoint-*.pt"))
