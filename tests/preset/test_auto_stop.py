"""A run that ends when the loss no longer falls."""

import artgen as package
from artgen.fields.moments import At
from artgen.preset.settings.auto_stop import AutoStop
from tests.helpers.presets import still


def test_a_run_stops_when_the_loss_no_longer_falls():
    notes = []
    preset = still(
        steps=400,
        generator={"type": "pixel", "noise": 0, "learning_rate": 0.5},
        auto_stop={"patience": 10, "progress": 0.05},
    )
    result = package.run(preset, note=notes.append)
    assert 20 <= result.steps_done < 400
    (note,) = notes
    assert note == f"stopped after {result.steps_done} of 400 steps: the loss no longer falls (auto_stop)"
    assert result.recipe["steps_done"] == result.steps_done
    assert package.run({**preset, "auto_stop": False}).steps_done == 400


def test_progress_is_counted_over_averages():
    stop = AutoStop(patience=At(3), progress=0.1)
    assert not stop.is_stuck([5, 4, 3, 2, 1, 0.5], 100)
    assert stop.is_stuck([1, 9, 2, 4, 4, 4], 100)
    assert stop.is_stuck([4, 4, 4, 3.8, 3.8, 3.8], 100)  # 5 % is less than a tenth
    assert not stop.is_stuck([4, 4, 4, 1, 1], 100)
    assert not stop.is_stuck([-4, -4, -4, -5, -5, -5], 100)
