import numpy as np
import pytest
import torch
from pydantic import ValidationError

from artgen_filters import Tile

END = 10
SIZES = [(24, 32), (15, 22), (1, 1), (2, 40)]


def picture(height, width, batch=2):
    """Slopes, so that opposite edges differ as much as can be, and some texture."""
    y, x = torch.linspace(0, 0.9, height)[:, None], torch.linspace(0, 0.9, width)
    slopes = torch.stack([x.expand(height, width), y.expand(height, width), (x + y) / 2])
    texture = torch.rand(batch, 3, height, width, generator=torch.Generator().manual_seed(0))
    return slopes + 0.1 * texture


def jumps(image, dim):
    """The mean difference between neighbours along `dim`, at each place, the seam last."""
    following = image.roll(-1, dim)
    return (following - image).abs().mean(dim=[d for d in range(4) if d != dim])


@pytest.mark.parametrize("edges", ["blend", "mirror"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_finished_picture_has_no_seam(size, edges, env):
    image = picture(*size)
    tile = Tile(edges=edges).build(env(*size, seeds=(0, 1)))(image, END)
    assert tile.shape == image.shape
    for dim in (2, 3):
        if size[dim - 2] > 2:
            assert jumps(image, dim)[-1] > 2 * jumps(image, dim)[:-1].max()
            assert jumps(tile, dim)[-1] <= jumps(tile, dim)[:-1].max()


def test_a_wall_of_tiles_has_no_seam(env):
    """Three by three finished tiles side by side, each neighbour judged where the tiles touch."""
    tile = Tile().build(env(24, 32))(picture(24, 32, 1), END)
    wall = tile.repeat(1, 1, 3, 3)[0]
    across, down = (wall.diff(dim=2).abs().mean(dim=(0, 1)), wall.diff(dim=1).abs().mean(dim=(0, 2)))
    assert across[[31, 63]].max() <= across[:31].max()
    assert down[[23, 47]].max() <= down[:23].max()


def test_bricks_meet_half_a_tile_apart(env):
    image = picture(24, 32, 1)
    plain = Tile().build(env(24, 32))(image, END)
    brick = Tile(brick=True).build(env(24, 32))(image, END)
    wall = torch.cat((brick, brick.roll(16, 3), brick), dim=2)
    down = jumps(wall, 2)[:-1]
    assert down[[23, 47]].max() <= down[:23].max()
    assert jumps(brick, 3)[-1] <= jumps(brick, 3)[:-1].max()
    wrong = torch.cat((plain, plain.roll(16, 3)), dim=2)
    assert jumps(wrong, 2)[23] > 1.5 * jumps(plain, 2)[:-1].max()


def test_the_middle_is_left_alone(env):
    image = picture(40, 40)
    tile = Tile(band=0.2).build(env(40, 40))(image, END)
    assert torch.equal(tile[..., 8:-8, 8:-8], image[..., 8:-8, 8:-8])


@pytest.mark.parametrize(("axis", "dim"), [("left-right", 3), ("up-down", 2)])
def test_one_axis_alone(axis, dim, env):
    image = picture(24, 24)
    for edges in ("blend", "mirror"):
        tile = Tile(axis=axis, edges=edges).build(env(24, 24, seeds=(0, 1)))(image, END)
        assert jumps(tile, dim)[-1] < 1e-6
        assert jumps(tile, 5 - dim)[-1] > 2 * jumps(tile, 5 - dim)[:-1].max()


def test_a_mirrored_tile_holds_the_whole_drawing(env):
    image = picture(8, 12)
    tile = Tile(edges="mirror").build(env(8, 12, seeds=(0, 1)))(image, END)
    half = image.unflatten(3, (6, 2)).unflatten(2, (4, 2)).mean(dim=(3, 5))
    torch.testing.assert_close(tile[..., :4, :6], half)
    np.testing.assert_array_equal(tile[..., 6:], tile[..., :6].flip(3))
    np.testing.assert_array_equal(tile[..., 4:, :], tile[..., :4, :].flip(2))


def test_a_random_roll_changes_with_the_step_and_the_seed(env):
    image = picture(24, 32)
    tile = Tile(edges="free").build(env(24, 32, seeds=(3, 4)))
    first, again, later = tile(image, 0), tile(image, 0), tile(image, 1)
    assert torch.equal(first, again)
    assert not torch.equal(first, later)
    for shown in (first, later):
        assert torch.equal(shown.flatten().sort().values, image.flatten().sort().values)
    rolls = [(first[0] == image[0].roll((y, x), (1, 2))).all() for y in range(24) for x in range(32)]
    assert sum(map(bool, rolls)) == 1
    assert torch.equal(tile(image, END), image)
    alone = Tile(edges="free").build(env(24, 32, seeds=(4,)))(image[1:], 0)
    assert torch.equal(alone[0], first[1])


def test_a_given_roll_stays_to_the_end(env):
    image = picture(24, 32)
    for step in (0, END):
        shown = Tile(edges="free", shift=(0.25, 0.5)).build(env(24, 32))(image, step)
        assert torch.equal(shown, image.roll((12, 8), (2, 3)))


def test_rolled_bricks_are_a_window_of_the_wall(env):
    image = picture(12, 16)
    wall = torch.cat((image, image.roll(8, 3)), dim=2).repeat(1, 1, 2, 2)
    windows = wall.unfold(2, 12, 1).unfold(3, 16, 1)
    for step in range(4):
        shown = Tile(edges="free", brick=True).build(env(12, 16, seeds=(0, 1)))(image, step)
        for row in (0, 1):
            same = (windows[row] == shown[row][:, None, None]).all(dim=(0, 3, 4))
            assert same.any()


@pytest.mark.parametrize("edges", ["blend", "mirror", "free"])
def test_the_gradient_reaches_the_drawing(edges, env):
    image = picture(10, 14).requires_grad_()
    Tile(edges=edges).build(env(10, 14, seeds=(0, 1)))(image, 3).sum().backward()
    torch.testing.assert_close(image.grad.sum(), torch.tensor(2 * 3 * 10 * 14.0))
    assert (image.grad > 0).all()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"edges": "mirror", "band": 0.2}, "'band' belongs to"),
        ({"edges": "free", "shift": "none"}, "nothing makes a tile"),
        ({"brick": True, "axis": "up-down"}, "'brick' moves rows"),
        ({"brick": True, "edges": "mirror"}, "'brick' moves rows"),
        ({"axis": "left-right", "shift": (0.5, 0.5)}, "edges that do not meet with 'axis: left-right'"),
        ({"axis": "up-down", "shift": (0.5, 0)}, "edges that do not meet with 'axis: up-down'"),
        ({"shift": (0.5, 1.5)}, "less than or equal to 1"),
        ({"band": 0.6}, "less than or equal to 0.5"),
    ],
)
def test_mistakes_are_named(fields, message):
    with pytest.raises(ValidationError, match=message):
        Tile(**fields)


def test_a_preset_reads_back():
    for spec in (Tile(), Tile(shift=(0.25, 0.5)), Tile(brick=True, shift="none")):
        assert Tile.model_validate(spec.model_dump(mode="json", exclude_none=True)) == spec
