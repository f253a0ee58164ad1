"""Targets that see past styles, and a run that goes on from an export under them without touching the text tower."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from training import config, export, teachers, train
from training.compose import Sprites
from training.run import Run

CPU = torch.device("cpu")


def test_discriminant_rows_of_a_thing_agree_whatever_its_style() -> None:
    generator = torch.Generator().manual_seed(0)
    things, styles = torch.arange(6).repeat(3), torch.arange(3).repeat_interleave(6)
    rows = torch.randn(6, 16, generator=generator)[things] + 4 * torch.randn(3, 16, generator=generator)[styles]
    noise = 0.1 * torch.randn(18, 16, generator=generator)
    noise[:, 0] *= 60
    found = teachers.discriminant(rows + noise, things, styles, 4)
    likeness = (found @ found.T).fill_diagonal_(-1)
    assert things[likeness.argmax(1)].tolist() == things.tolist()


def test_principal_rows_are_units_along_what_differs_most() -> None:
    rows = torch.randn(50, 6, generator=torch.Generator().manual_seed(0)) * torch.tensor([9.0, 7, 0.1, 0.1, 0.1, 0.1])
    found = teachers.principal(rows + 100, 2)
    assert torch.allclose(found.norm(dim=1), torch.ones(50), atol=1e-5)
    wanted = torch.nn.functional.normalize(rows - rows.mean(0), dim=1)
    assert torch.allclose(found @ found.T, wanted @ wanted.T, atol=0.1)


@pytest.fixture(scope="module")
def targets(sprites: Path, tiny: config.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    seen = Sprites(sprites, 32, CPU, leave_out=tiny.leave_out)
    path = tmp_path_factory.mktemp("targets") / "teachers.safetensors"
    rows = {
        "pictures": torch.randn(len(seen.concept), teachers.SIZE),
        "words": torch.randn(len(seen.concepts), teachers.SIZE),
    }
    save_file(rows, path)
    return path


def test_only_pictures_of_one_object_are_taught(sprites: Path, tiny: config.Config, targets: Path) -> None:
    seen = Sprites(sprites, 32, CPU, leave_out=tiny.leave_out)
    taught = teachers.Teachers(targets, seen, 10, config.TeacherWeights(pictures=1, words=1))
    features = torch.randn(3, 10)
    first = taught(features, torch.tensor([2, -1, -1]))
    assert first > 0
    assert torch.equal(first, taught(features * torch.tensor([[1.0], [5], [5]]), torch.tensor([2, -1, -1])))
    assert not torch.equal(first, taught(features, torch.tensor([3, -1, -1])))


def test_targets_of_other_sprites_are_refused(sprites: Path, targets: Path) -> None:
    with pytest.raises(ValueError, match="other sprites"):
        teachers.Teachers(targets, Sprites(sprites, 32, CPU), 10, config.TeacherWeights(pictures=1))


def test_a_run_from_an_export_teaches_the_image_tower_alone(
    run: Run, sprites: Path, tiny: config.Config, targets: Path, tmp_path: Path
) -> None:
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    export.export(run.out / "last.pt", tiny, run.out / "bpe.txt.gz", begun)
    further = replace(tiny, freeze_text=True, teachers=config.TeacherWeights(pictures=1, words=1))
    trainer = train.prepare(further, sprites, tmp_path, CPU, begin_from=begun, targets=targets)
    assert trainer.learn(0.0)["teachers"] > 0
    torch.save(trainer.state(), tmp_path / "last.pt")
    trainer.load(torch.load(tmp_path / "last.pt", weights_only=True))
    export.export(tmp_path / "last.pt", further, tmp_path / "bpe.txt.gz", ended)
    before, after = (load_file(folder / "model.safetensors") for folder in (begun, ended))
    same = {name for name in before if torch.equal(before[name], after[name])}
    assert before.keys() == after.keys()
    assert {name for name in before if not name.startswith("visual")} <= same
    assert "visual.head.proj.weight" not in same
    assert (begun / "bpe.txt.gz").read_bytes() == (ended / "bpe.txt.gz").read_bytes()


def test_a_configuration_with_teachers_asks_for_their_targets(
    sprites: Path, tiny: config.Config, tmp_path: Path
) -> None:
    taught = replace(tiny, teachers=config.TeacherWeights(words=1))
    with pytest.raises(ValueError, match="--targets"):
        train.prepare(taught, sprites, tmp_path, CPU)
