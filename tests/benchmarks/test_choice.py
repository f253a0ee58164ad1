"""What other rules would have kept of a batch, and what the judges say of it."""

import json

import pytest
import torch

from artgen.picture import images
from benchmarks import choice, quality


def test_leads_are_measured_against_the_batch_and_over_all_batches():
    """Two batches of two; the right choice is the first, then the second."""
    liked = [torch.tensor([[3.0, 1, 0], [2, 0, 4]]), torch.tensor([[0.0, 6, 5], [0, 2, 1]])]
    found = choice.opinion(liked)
    # The margins are 2 and -2, 1 and 1; about their means 2, -2, 0, 0, whose deviation is the root of 2.
    assert found.leads.tolist() == [pytest.approx([2**0.5, -(2**0.5)]), pytest.approx([0, 0])]
    assert found.right.tolist() == [[1, 0], [1, 1]]


def test_a_rule_keeps_the_lowest_and_of_equals_each_a_little():
    one = choice.Opinion(torch.tensor([[1.0, -1.0], [3.0, -3.0]]), torch.tensor([[1.0, 0.0], [1.0, 0.0]]))
    kept = choice.figures(torch.tensor([[0.2, 0.1], [0.1, 0.2]]), {"judge": one})
    assert kept == {"judge_top1": 0.5, "judge_lead": 1, "judge_error": 2}
    assert choice.figures(torch.zeros(2, 2), {"judge": one}) == {"judge_top1": 0.5, "judge_lead": 0, "judge_error": 0}


def test_views_of_a_picture_are_neighbours():
    shown = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    seen = choice.whole(shown, 16, 0)
    assert torch.equal(seen[1], seen[0].flip(-1)) and torch.equal(seen[2], choice.whole(shown[1:], 16, 0)[0])
    assert choice.blurred(shown, 16, 0).diff(dim=-1).abs().mean() < seen[::2].diff(dim=-1).abs().mean() / 2


@pytest.mark.slow
def test_pictures_that_are_there_are_judged_by_every_rule(tmp_path, capsys):
    entry = quality.entries(quality.PROMPTS)[0]
    for seed, loss in ((1000, 0.5), (1001, 0.25)):
        picture = tmp_path / "pictures" / "pixel" / str(seed) / quality.file_name(entry.prompt)
        picture.parent.mkdir(parents=True)
        blot = torch.ones(3, 64, 64)
        blot[1:, 16 : 16 + 32 * (seed - 999) // 2, 16:48] = 0
        images.to_pil(blot).save(picture)
        picture.with_suffix(".json").write_text(json.dumps({"loss": loss}))
    choice.main(["--out", str(tmp_path), "--seeds", "2", "--limit", "1"])
    told = json.loads((tmp_path / "choice-pixel.json").read_text())
    assert (told["generator"], told["prompts"], told["seeds"]) == ("pixel", 1, 2)
    assert set(told["rules"]) == {"chance", "score", "sum", "fresh", "whole", "blurred", "cosine", "clean"}
    assert told["rules"]["chance"]["judge_lead"] == 0
    assert abs(told["rules"]["score"]["judge_vgg_lead"]) == 1  # of two, one is a deviation above their mean
