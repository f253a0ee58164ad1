"""The loop, step by step, as Python sees it."""

import pytest
import strangers
import torch
from strangers_torch import FlatGenerator

import artgen as package
from artgen.preset import loading


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
    run = package.steps(flat)
    seen = list(run)
    whole = package.run(flat)
    assert torch.equal(run.result.images, whole.images)
    assert run.result.losses == whole.losses
    assert run.result.recipe == whole.recipe
    assert not run.result.interrupted
    assert [event.step for event in seen] == list(range(6))


def test_a_run_that_is_left_early_has_what_there_is(flat):
    run = package.steps(flat)
    for event in run:
        if event.step == 3:
            break
    assert run.result.interrupted
    assert run.result.steps_done == 4
    assert torch.equal(run.result.images, event.image)
    assert run.result.recipe["steps_done"] == 4


def test_an_exception_in_the_loop_comes_through_and_costs_nothing(flat):
    run = package.steps(flat)
    with pytest.raises(ZeroDivisionError):
        for event in run:
            if event.step == 2:
                print(1 / 0)
    assert run.result.steps_done == 3
    assert run.result.interrupted
    assert torch.equal(package.run(flat).images, package.run(flat).images)


def test_ctrl_c_in_a_step_comes_through_and_costs_nothing(flat):
    flat["losses"].append({"type": "misbehave", "how": "interrupt", "at_step": 3, "weight": 0.1})
    run = package.steps(flat)
    with pytest.raises(KeyboardInterrupt):
        list(run)
    assert (run.result.steps_done, run.result.interrupted) == (3, True)


def test_a_failure_ends_the_loop_and_the_result_says_why(flat):
    flat["losses"].append({"type": "misbehave", "at_step": 3, "weight": 0.1})
    run = package.steps(flat)
    assert [event.step for event in run] == [0, 1, 2]
    assert "is nan" in run.result.failure
    assert not run.result.interrupted


def test_a_failure_before_the_first_picture_is_raised_from_the_loop(flat):
    flat["losses"].append({"type": "misbehave", "at_step": 0, "weight": 0.1})
    run = package.steps(flat)
    with pytest.raises(package.RunError, match="is nan"):
        list(run)
    with pytest.raises(package.RunError, match="is nan"):
        _ = run.result


def test_a_run_runs_once(flat):
    run = package.steps(flat)
    next(iter(run))
    with pytest.raises(package.RunError, match=r"a run is made only once; call artgen\.steps again for another"):
        next(iter(run))
    assert run.result.steps_done == 1


def test_a_run_that_never_began_has_no_result(flat):
    with pytest.raises(package.RunError, match="before the first step"):
        _ = package.steps(flat).result


def test_asking_for_the_result_ends_the_run(flat):
    seen = []
    run = package.steps(flat, reporters=[watcher(seen)])
    for event in run:
        if event.step == 1:
            first = run.result
    assert run.result is first
    assert first.steps_done == 2
    assert seen == [("start", 6), ("step", 0), ("step", 1), ("end", 2)]


def test_runs_that_take_turns_do_not_disturb_one_another(flat):
    other = {**flat, "seed": 11, "steps": 5}
    ours, theirs = package.steps(flat), package.steps(other)
    mine = iter(ours)
    for _ in zip(mine, theirs, strict=False):
        torch.rand(3)
    for _ in mine:
        pass
    assert torch.equal(ours.result.images, package.run(flat).images)
    assert torch.equal(theirs.result.images, package.run(other).images)


def test_a_run_inside_no_grad_is_the_same_run(flat):
    with torch.no_grad():
        run = package.steps(flat)
        assert not any(torch.is_grad_enabled() for _ in run)
    assert torch.equal(run.result.images, package.run(flat).images)


def test_a_wrong_preset_is_refused_before_the_first_step(flat):
    with pytest.raises(package.InputError, match="there is no setting 'sedd'"):
        package.steps({**flat, "sedd": 1})


def test_a_run_takes_a_preset_its_path_or_its_data(flat, tmp_path):
    loading.parse(flat).save(tmp_path / "mine.yaml")
    results = [package.run(given) for given in (flat, tmp_path / "mine.yaml", str(tmp_path / "mine.yaml"))]
    assert all(torch.equal(results[0].images, result.images) for result in results)


def test_a_generator_is_told_how_each_picture_was_judged(flat):
    drawn = []
    flat["generator"] = {"type": "flat", "learning_rate": 30, "keep_best": True}  # far too fast: it swings
    result = package.run(flat, on_step=lambda event: drawn.append(event.image))
    rows = [package.run({**flat, "seed": 5 + i, "batch": 1}).losses["total"] for i in range(2)]
    best = [min(row, key=lambda point: point[1])[0] for row in rows]
    assert 0 < max(best) < result.steps_done - 1
    for picture, step in enumerate(best):
        assert torch.equal(result.images[picture], drawn[step][picture])


@pytest.fixture
def darker(flat):
    """A preset with one picture nearest to the prompts, and another so dark that its sum of all losses is lowest."""
    flat["batch"], flat["generator"]["learning_rate"] = 4, 1e-6
    flat["losses"] = [{"type": "match"}, {"type": "dark", "weight": 50}]
    return flat


def test_the_best_picture_is_nearest_to_the_prompts_whatever_else_is_wished_for(darker):
    result = package.run(darker)
    alone = [package.run({**darker, "seed": 5 + i, "batch": 1}).losses for i in range(4)]
    matches, sums = ([losses[name][-1][1] for losses in alone] for name in ("match", "total"))
    assert result.scores == pytest.approx(matches, rel=1e-5)
    assert result.scores[result.best] == min(result.scores)
    assert sums.index(min(sums)) != result.best


@pytest.mark.parametrize("weight", [0, {0: 1, "40%": 0}])
def test_where_no_loss_reads_the_prompts_at_the_end_the_sum_decides(darker, weight):
    darker["losses"][0]["weight"] = weight
    result = package.run(darker)
    alone = [package.run({**darker, "seed": 5 + i, "batch": 1}).losses for i in range(4)]
    assert result.scores == pytest.approx([losses["total"][-1][1] for losses in alone], rel=1e-5)
    assert result.scores[result.best] == min(result.scores)


@pytest.mark.parametrize("older", [False, True])
def test_a_run_that_goes_on_finds_the_same_one_best(darker, older):
    darker["steps"] = 30
    whole, stopped, rest = package.run(darker), package.steps(darker), package.steps(darker)
    for event in stopped:
        if event.step == 28:  # within those that are averaged
            break
    state = stopped.state_dict()
    if older:  # it had the sums there
        state["totals"] = state.pop("scores")
    rest.load_state_dict(state)
    list(rest)
    assert (rest.result.best, rest.result.scores) == (whole.best, whole.scores)


def test_what_needs_no_gradient_is_judged_without_one(flat, monkeypatch):
    """The losses see no graph then, and no walk back touches what the drawing was made of."""
    seen, drawings = [], []
    built, drawn = strangers.Dark.build, FlatGenerator.draw

    def looking(spec, env):
        judge = built(spec, env)
        return lambda look: (seen.append(judge(look).requires_grad), judge(look))[1]

    def kept(generator, step):
        drawings.append(generator.colour)
        return drawn(generator, step)

    monkeypatch.setattr(strangers.Dark, "build", looking)
    monkeypatch.setattr(FlatGenerator, "draw", kept)
    monkeypatch.setattr(FlatGenerator, "advance", lambda generator, step: None)
    package.run(flat)
    assert all(seen) and drawings[0].grad is not None
    seen.clear(), drawings.clear()
    monkeypatch.setattr(strangers.Flat, "uses_gradient", False)
    result = package.run(flat)
    assert not any(seen) and drawings[0].grad is None
    assert result.steps_done == 6 and result.losses["dark"]


def test_on_step_sees_every_step(flat):
    events = []
    result = package.run(flat, on_step=events.append)
    assert [event.step for event in events] == list(range(6))
    assert set(events[0].losses) == {"match", "dark"}
    assert result.losses["total"][-1] == (5, pytest.approx(events[-1].total))
