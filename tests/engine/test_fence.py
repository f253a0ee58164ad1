"""Whatever a component does in a run costs one line that names it, and neither the picture nor the command."""

import re
import sys

import pytest
import torch
import yaml
from PIL import Image

import artgen as package
from artgen import cli
from artgen.engine.run import resume
from artgen.errors import InputError
from artgen.registry import fence
from artgen.registry.fence import ComponentError, fenced
from tests.helpers import rude
from tests.helpers.rude import title, with_rude

SAID = {
    "raises": "ZeroDivisionError: division by zero",
    "exits": "SystemExit: 0",
    "presses": "KeyboardInterrupt",
    "base": "BaseException: I am",
    "mute": "Mute",
}
"""What it does, and what is said of it."""
PLACES = [
    ("generator", "call"),
    ("generator", "judged"),
    ("generator", "advance"),
    ("loss", "call"),
    ("perceptor", "call"),
    ("view", "call"),
    ("filter", "call"),
]


@pytest.fixture(scope="module", autouse=True)
def plugin():
    with rude.installed():
        yield


def only(failure):
    assert "\n" not in failure
    return failure


@pytest.mark.parametrize("how", SAID)
@pytest.mark.parametrize(("kind", "where"), PLACES)
def test_whatever_it_raises_in_a_step_is_a_line_and_the_last_good_picture(flat, kind, where, how):
    preset = with_rude(flat, kind, how=how, where=where)
    result = package.run(preset)
    said = f"{title(kind)}: {SAID[how]}"
    assert re.fullmatch(rf"{re.escape(said)} at step 3 \(rude\.py:\d+\)", only(result.failure))
    assert (result.steps_done, result.interrupted) == (3, False)
    good = package.steps(with_rude(flat, kind, where="nowhere"))
    for event in good:
        if event.step == 2:
            break
    assert torch.equal(result.images, good.result.images)


@pytest.mark.parametrize("chunk", [None, 2])
@pytest.mark.parametrize(("kind", "others"), [("generator", ""), ("loss", ""), ("view", ""), ("perceptor", "match")])
def test_so_it_is_on_the_way_back(flat, kind, others, chunk):
    preset = {**with_rude(flat, kind, where="backward"), "chunk": chunk}
    if kind == "perceptor" and chunk:
        preset["perceptors"]["rude"]["at_step"] = 15  # it looks twice at each of five chunks
    failure = only(package.run(preset, note=lambda line: None).failure)
    assert title(kind) in failure
    assert re.search(r": ZeroDivisionError: division by zero at step \d \(rude\.py:\d+\)$", failure)


def test_where_the_gradient_comes_through_several_they_are_all_named(flat):
    failure = package.run(with_rude(flat, "filter", where="backward")).failure
    assert failure.startswith(f"{title('filter')} or generator 'flat' (artgen-strangers 1.0): ZeroDivisionError")


def test_in_a_picture_s_last_drawing_too(flat):
    whole = package.steps(with_rude(flat, "filter", where="nowhere"))
    last = [event.image for event in whole][-1]
    result = package.run(with_rude(flat, "filter", where="call", at_step=6))
    assert result.failure.startswith(f"{title('filter')}: ZeroDivisionError: division by zero at step 6 (")
    assert result.steps_done == 6
    assert torch.equal(result.images, last)


@pytest.mark.parametrize("how", SAID)
def test_before_there_is_any_picture_it_is_raised_with_what_it_was(flat, how):
    with pytest.raises(package.RunError) as caught:
        package.run(with_rude(flat, "loss", how=how, where="call", at_step=0))
    assert str(caught.value).startswith(f"{title('loss')}: {SAID[how]} at step 0 (rude.py:")
    assert type(caught.value.__cause__).__name__ == SAID[how].partition(":")[0]


@pytest.mark.parametrize("how", SAID)
@pytest.mark.parametrize("kind", rude.KINDS)
def test_what_cannot_be_built_says_where(flat, kind, how):
    with pytest.raises(package.RunError) as caught:
        package.run(with_rude(flat, kind, how=how, where="build"))
    said = f"{title(kind)}: could not be built: {SAID[how]}"
    assert re.fullmatch(rf"{re.escape(said)} \(rude\.py:\d+\)", str(caught.value))
    assert type(caught.value.__cause__).__name__ == SAID[how].partition(":")[0]


@pytest.mark.parametrize(
    ("kind", "where", "said"),
    [
        ("generator", "weights", "ZeroDivisionError: division by zero (rude.py:"),
        ("generator", "steps", "AttributeError: 'RudeGenerator' object has no attribute 'steps'"),
        ("perceptor", "size", "TypeError: "),
    ],
)
def test_so_do_parts_that_cannot_say_what_they_are(flat, kind, where, said):
    with pytest.raises(ComponentError) as caught:
        package.run(with_rude(flat, kind, where=where))
    assert str(caught.value).startswith(f"{title(kind)}: {said}")


@pytest.mark.parametrize("how", SAID)
def test_a_finishing_stage_costs_no_drawing(flat, tmp_path, how):
    result = package.run(with_rude(flat, "finish", how=how, where="call"), out=tmp_path / "out")
    said = f"{title('finish')}: {SAID[how]} (rude.py:"
    assert result.failure.startswith(said) and "; the picture is as it was before" in result.failure
    assert torch.equal(result.images, result.drawing.images.mul(255).round() / 255)
    assert "Traceback" in (tmp_path / "out" / "traceback.txt").read_text()


RETURNS = {
    "float64": "returned float64 numbers",
    "elsewhere": "returned numbers on meta",
    "list": "returned list",
}


@pytest.mark.parametrize("how", RETURNS)
@pytest.mark.parametrize("kind", ["generator", "filter", "view", "perceptor", "loss"])
def test_what_is_handed_on_is_float32_on_the_device(flat, kind, how):
    failure = only(package.run(with_rude(flat, kind, how=how, where="returns")).failure)
    assert failure.startswith(f"{title(kind)} {RETURNS[how]}")


@pytest.mark.parametrize(("how", "said"), list(RETURNS.items()))
def test_so_it_is_after_a_finishing_stage(flat, how, said):
    result = package.run(with_rude(flat, "finish", how=how))
    assert result.failure.startswith(f"{title('finish')} {said}")


@pytest.mark.parametrize("kind", ["generator", "filter"])
def test_the_canvas_stays_as_large_as_it_is(flat, kind):
    result = package.run(with_rude(flat, kind, how="narrow", where="returns"))
    assert result.failure == f"{title(kind)} returned (2, 3, 10, 11) at step 3; expected (2, 3, 10, 12)"
    assert result.images.shape == (2, 3, 10, 12)


def test_a_filter_before_another_is_the_one_that_is_blamed(flat):
    preset = with_rude(flat, "filter", how="narrow", where="returns")
    preset["filters"].append({"type": "grey"})
    assert package.run(preset).failure.startswith(f"{title('filter')} returned (2, 3, 10, 11)")


def noted(preset):
    notes = []
    package.run(preset, note=notes.append)
    return notes


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("filter", "lets no gradient through, so that no loss can change what it is given"),
        ("loss", "its value has no gradient, so that it changes nothing"),
    ],
)
def test_who_stops_the_gradient_is_told_of_once(flat, kind, said):
    preset = with_rude(flat, kind, how="detached", where="returns", at_step=2)
    assert noted(preset) == [f"{title(kind)}: {said}"]


def test_so_is_a_generator_without_one_unless_it_says_so(flat):
    line = "generator 'lazy' (artgen-rude 0.1.0): its drawing has no gradient, so that no loss can change it"
    assert noted({**flat, "generator": {"type": "lazy"}}) == [line]
    assert noted({**flat, "generator": {"type": "gradientless"}}) == []


def test_nobody_is_told_of_without_a_reason(flat):
    assert noted({**flat, "filters": [{"type": "grey"}]}) == []


@pytest.mark.parametrize("how", SAID)
@pytest.mark.parametrize("where", ["on_start", "on_step", "on_end"])
def test_a_reporter_is_dropped_whatever_it_does(flat, where, how):
    notes = []
    result = package.run(with_rude(flat, "reporter", how=how, where=where), note=notes.append)
    (line,) = notes
    said = f"{title('reporter')} is dropped: {SAID[how]}"
    assert re.fullmatch(rf"{re.escape(said)} \(rude\.py:\d+\)", line)
    assert (result.failure, result.interrupted) == (None, False)
    assert torch.equal(result.images, package.run(flat).images)


def test_what_a_reporter_writes_reaches_nobody(flat, tmp_path):
    """Neither the pictures nor the strip, whose writer comes after it, nor the loop that draws on."""
    preset = with_rude(flat, "reporter", where="writes")
    seen = []
    result = package.run(preset, out=tmp_path / "rude", on_step=lambda event: seen.append(event.image.clone()))
    plain = package.run(flat, out=tmp_path / "plain")
    assert torch.equal(result.images, plain.images)
    assert (result.losses, result.recipe["preset"]) == (plain.losses, plain.recipe["preset"])
    assert all(image.any() for image in seen)
    for name in ("image.png", "progress.png", "losses.png"):
        one, other = (Image.open(tmp_path / folder / name) for folder in ("rude", "plain"))
        assert one.tobytes() == other.tobytes()


def test_what_is_left_early_is_not_what_a_reporter_made_of_it(flat):
    run = package.steps(with_rude(flat, "reporter", where="writes"))
    for event in run:
        event.image.zero_()
        break
    assert run.result.images.any()


@pytest.mark.parametrize(
    ("how", "where", "said"),
    [
        ("unpicklable", "", r"(PicklingError|AttributeError): .*"),
        ("unreadable", "", r"UnpicklingError: .*"),
        *((how, "state_dict", rf"{re.escape(said)} \(rude\.py:\d+\)") for how, said in SAID.items()),
    ],
)
def test_a_state_that_cannot_be_kept_costs_the_checkpoint_and_no_picture(flat, tmp_path, how, where, said):
    notes = []
    preset = with_rude(flat, "generator", how=how, where=where)
    result = package.run(preset, out=tmp_path / "out", checkpoint="2", note=notes.append)
    assert all(re.fullmatch(rf"no checkpoint: {re.escape(title('generator'))}: {said}", line) for line in notes)
    assert notes and result.failure is None
    assert torch.equal(result.images, package.run(with_rude(flat, "generator", where="nowhere")).images)


@pytest.mark.parametrize("how", SAID)
def test_a_state_that_is_not_taken_costs_the_steps_since_the_one_before(flat, tmp_path, monkeypatch, how):
    def stop(event):
        if event.step == 3:
            raise KeyboardInterrupt

    package.run(with_rude(flat, "generator", where="nowhere"), out=tmp_path, checkpoint="2", on_step=stop)
    module = sys.modules["rude_torch"]
    take, refused = module.RudeGenerator.load_state_dict, []

    def take_the_second(generator, state):
        if not refused:
            refused.append(state)
            module.go_wrong(how)
        take(generator, state)

    monkeypatch.setattr(module.RudeGenerator, "load_state_dict", take_the_second)
    notes = []
    result = resume(tmp_path, note=notes.append)
    said = f"checkpoint-0000004.pt: does not fit ({title('generator')}: {SAID[how]} (rude.py:"
    assert said in notes[0] and notes[0].endswith("; trying the one before")
    assert notes[1] == "goes on after step 2 of 6"
    assert torch.equal(result.images, package.run(with_rude(flat, "generator", where="nowhere")).images)


@pytest.mark.parametrize(("how", "where"), [("raises", "call"), ("exits", "call"), ("presses", "advance")])
def test_the_command_exits_with_1_and_the_folder_has_the_traceback(artgen, flat, tmp_path, how, where):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(with_rude(flat, "generator", how=how, where=where)))
    done = artgen("run", "mine.yaml", "--out", "out", code=1)
    told = f"{title('generator')}: {SAID[how]} at step 3 (rude.py:"
    assert done.stderr.splitlines()[-1].startswith(told)
    assert done.stderr.endswith("; the traceback is in out/traceback.txt; out/image.png is the last good picture\n")
    assert done.stdout == "out/image.png\n"
    trace = (tmp_path / "out" / "traceback.txt").read_text()
    assert "rude.py" in trace and SAID[how].partition(":")[0] in trace
    assert (tmp_path / "out" / "image.png").exists()


@pytest.mark.parametrize(("where", "said"), [("call", " at step 0"), ("build", "")])
def test_the_traceback_is_there_without_a_picture_and_goes_with_the_next_run(artgen, flat, tmp_path, where, said):
    preset = with_rude(flat, "loss", how="exits", where=where, at_step=0)
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(preset))
    done = artgen("run", "mine.yaml", "--out", "out", code=1)
    (line,) = done.stderr.splitlines()
    assert re.search(rf"SystemExit: 0{said} \(rude\.py:\d+\); the traceback is in out/traceback\.txt$", line)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["traceback.txt"]
    artgen("run", "mine.yaml", "--out", "out", "--set", "losses.rude.where=nowhere", code=0)
    assert not (tmp_path / "out" / "traceback.txt").exists()


def test_debugging_shows_the_traceback_at_once(flat, tmp_path, monkeypatch, capsys):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(with_rude(flat, "loss", where="call")))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARTGEN_DEBUG", "1")
    assert cli.main(["run", "mine.yaml", "--out", "out"]) == 1
    said = capsys.readouterr().err
    assert "Traceback (most recent call last)" in said and "print(1 / 0)" in said


def test_what_artgen_says_itself_leaves_no_traceback(flat, tmp_path):
    flat["losses"].append({"type": "misbehave", "at_step": 3, "weight": 0.1})
    result = package.run(flat, out=tmp_path / "out")
    assert result.failure.endswith("expected a finite number")
    assert not (tmp_path / "out" / "traceback.txt").exists()


def raised(error, step=7):
    with pytest.raises(BaseException) as caught, fenced("loss 'x' (d 1)", step):
        raise error
    return caught.value


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("cumsum_cuda_kernel does not have a deterministic implementation"),
        ComponentError("view 'y' (d 1) returned (1,)"),
    ],
)
def test_what_the_loop_knows_better_goes_through_as_it_is(error):
    assert raised(error) is error


def test_what_artgen_s_errors_say_is_kept():
    assert str(raised(InputError("mask.png: is gone"))) == "loss 'x' (d 1): mask.png: is gone"


def test_ctrl_c_is_the_user_s_where_nobody_can_tell():
    error = KeyboardInterrupt()
    assert raised(error) is error
    with fence.listening():
        assert isinstance(raised(error), ComponentError)
