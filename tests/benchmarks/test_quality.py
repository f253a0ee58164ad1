import json
from pathlib import Path

import pytest
import torch
import yaml
from PIL import Image

from artgen.picture import images
from benchmarks import judges, quality

ROOT = Path(__file__).parents[2]
FILES = [quality.PROMPTS, ROOT / "benchmarks" / "further.yaml"]


@pytest.fixture(scope="module")
def things():
    return judges.Things()


def test_the_second_judge_knows_every_concept_that_is_asked_for(things):
    wanted = {entry.concept for path in FILES for entry in quality.entries(path)} - {""}
    assert len(wanted) > 60
    assert wanted <= set(things.names)
    assert things.weights.shape == (len(things.names), 512)
    size = sum(path.stat().st_size for path in judges.VGG.iterdir())
    assert size < 2e6


def test_the_places_are_those_of_falling_likeness():
    likeness = torch.tensor([0.1, 0.7, 0.2, 0.7])
    assert judges.placed(likeness, ["a", "b", "c", "d"], "b") == (1, "b")
    assert judges.placed(likeness, ["a", "b", "c", "d"], "c") == (3, "b")


def test_a_prompt_may_be_a_string_and_shared_concepts_are_left_out(tmp_path):
    path = tmp_path / "prompts.yaml"
    path.write_text("- a cat and a dog\n- {prompt: a cat, concept: cat}\n- {prompt: a red cat, concept: cat}\n")
    asked = quality.entries(path)
    assert [entry.concept for entry in asked] == ["", "cat", "cat"]
    assert [entry.concept for entry in quality.judgeable(asked)] == ["", "", ""]
    left_out = {
        path.stem: [one.prompt for one in quality.judgeable(quality.entries(path)) if not one.concept] for path in FILES
    }
    assert left_out == {"prompts": [], "further": ["a cat and a dog"]}
    assert [len(quality.entries(path)) for path in FILES] == [50, 25]


def test_seeds_are_counted_together_and_the_sheet_shows_the_first(tmp_path, monkeypatch, capsys):
    """Pictures that were there already are judged; these show nothing. `a fish` is one of the fifty, too."""
    path = tmp_path / "few.yaml"
    rows = [{"prompt": "a heart", "concept": "red heart"}, "two blots", {"prompt": "a fish", "concept": "fish"}]
    path.write_text(yaml.safe_dump(rows))
    for seed in (3, 4):
        for name in ("a-heart", "two-blots", "a-fish"):
            picture = tmp_path / "out" / "pictures" / "pixel" / str(seed) / f"{name}.png"
            picture.parent.mkdir(parents=True, exist_ok=True)
            blot = torch.ones(3, 64, 64)
            blot[:, 20:40, 20:40] = torch.rand(3, 1, 1, generator=torch.Generator().manual_seed(seed))
            images.to_pil(blot).save(picture)
            picture.with_suffix(".json").write_text(json.dumps({"seconds": seed}))
    options = ["--out", str(tmp_path / "out"), "--seed", "3", "--seeds", "2", "--prompts", str(path)]
    quality.main(options)
    told = json.loads((tmp_path / "out" / "quality-pixel-few.json").read_text())
    assert (told["pictures"], told["seeds"], told["median_seconds"]) == (6, 2, 3.5)
    assert told["judge"]["choices"] == 52 and told["judge_vgg"]["choices"] == 50
    assert told["judge_vgg"]["left_out"] == ["two blots"]
    assert [row["seed"] for row in told["scores"]] == [3] * 3 + [4] * 3
    for judge, rank in (("judge", "rank"), ("judge_vgg", "thing_rank")):
        ranks = [row[rank] for row in told["scores"] if row[rank]]
        assert told[judge]["top5"] == pytest.approx(sum(r <= 5 for r in ranks) / len(ranks), abs=1e-3)
    assert told["edge_width"] == 1
    with Image.open(tmp_path / "out" / "quality-pixel-few.png") as sheet:
        assert sheet.size == (1340, 148)
    path.write_text("- {prompt: a zyx, concept: zyx}")
    with pytest.raises(SystemExit, match=r"few\.yaml: no judge knows the concept 'zyx'; take one of"):
        quality.main(options)
