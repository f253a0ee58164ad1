import torch

from training import lda


def made(things=6, styles=3, size=16, noise=0.3, seed=0):
    """Rows of things, one a style, that differ by a style's own shift and a little noise along one direction more."""
    generator = torch.Generator().manual_seed(seed)
    centres, shifts = torch.randn(things, size, generator=generator), 4 * torch.randn(styles, size, generator=generator)
    noises = noise * torch.randn(styles, things, size, generator=generator)
    noises[..., 0] *= 20
    rows = (centres + shifts[:, None] + noises).flatten(0, 1)
    return rows, torch.arange(things).repeat(styles), torch.arange(styles).repeat_interleave(things), centres, shifts


def test_discriminants_see_past_styles_and_past_what_varies_most():
    rows, things, styles, centres, shifts = made()
    shown = lda.Shown(rows, things, styles)
    weights, offsets = lda.discriminants(shown, rows)
    picture = centres + shifts.mean(0)
    assert (picture @ weights.T + offsets).argmax(1).tolist() == list(range(6))
    picture[:, 0] += 3
    assert (picture @ weights.T + offsets).argmax(1).tolist() == list(range(6))
    assert weights[:, 0].abs().mean() < 0.2 * weights.abs().mean()


def test_a_group_without_its_mean_has_none():
    rows, _, styles, *_ = made()
    centred, common = lda.centred(rows, styles * 2)
    for style in range(3):
        assert centred[styles == style].mean(0).abs().max() < 1e-5
    torch.testing.assert_close(common, rows.view(3, 6, -1).mean(1).mean(0))


def test_shares_are_of_all_names_and_of_the_fifty():
    logits = torch.tensor([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])
    told = lda.tested(logits, torch.tensor([0, 1, 2, 1]), torch.tensor([0, 1]))
    assert told == (
        "50.0% first and 100.0% among five of 3 (4 drawings); 66.7% first of the benchmark's 2 (3 drawings)"
    )
