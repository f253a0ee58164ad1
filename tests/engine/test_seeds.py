"""What a picture depends on: its seed and its settings, and nothing beside it."""

import torch

import artgen as package


def test_a_drawn_seed_is_recorded(flat):
    results = [package.run({**flat, "seed": None}) for _ in range(2)]
    seeds = [result.recipe["preset"]["seed"] for result in results]
    assert seeds[0] != seeds[1]
    again = package.run({**flat, "seed": seeds[0]})
    assert torch.equal(again.images, results[0].images)


def test_a_loss_of_weight_zero_changes_nothing(flat):
    plain = package.run(flat)
    more = package.run({**flat, "losses": [*flat["losses"], {"type": "misbehave", "at_step": 2, "weight": 0}]})
    assert torch.equal(plain.images, more.images)
    assert plain.losses == more.losses


def test_reordering_components_moves_nobodys_draws(flat):
    plain = package.run(flat)
    turned = package.run({**flat, "losses": flat["losses"][::-1]})
    assert torch.allclose(plain.images, turned.images, atol=1e-6)


def test_a_picture_of_a_batch_is_what_it_would_be_alone(flat):
    both = package.run(flat)
    alone = package.run({**flat, "seed": 6, "batch": 1})
    assert torch.allclose(both.images[1], alone.images[0], atol=1e-4)
