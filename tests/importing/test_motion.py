"""Animations of other programs: where each place of a frame comes from in the last one, as their own formulas say."""

from __future__ import annotations

import contextlib
import json
import math
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import artgen
from artgen.picture import moving
from artgen.preset import loading
from artgen_imports import deforum, disco_diffusion, expressions, keyframes, pytti

SIZE = (256, 128)
MOVING = ("zoom", "pan_x", "pan_y", "turn", "tilt_x", "tilt_y")
PLACES = [(0.0, 0.0), (0.3, -0.2), (-0.4, 0.5)]
"""Shares of half the width and half the height, from the middle."""
DEFORUM = {"W": SIZE[0], "H": SIZE[1], "max_frames": 30, "seed_behavior": "iter", "prompts": {"0": "a tree"}}
DISCO = {"width": SIZE[0], "height": SIZE[1], "max_frames": 30, "text_prompts": {"0": ["a tree"]}}
PYTTI = {
    "width": SIZE[0], "height": SIZE[1], "scenes": "a tree", "image_model": "Unlimited Palette", "pixel_size": 1,
    "steps_per_scene": 200, "pre_animation_steps": 50, "steps_per_frame": 5,
}  # fmt: skip


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def imported(module, given, embedded=False):
    """The preset, as loaded from what the importer writes."""
    Path("mine.yaml").write_text(module.convert(given, Path("x.json"), Path(), embedded))
    return loading.load("mine.yaml")


def sources(preset, frame=3):
    """Where `PLACES` of a frame come from, by our camera, whose numbers are those of the middle depth."""
    film, aspect = preset.film, SIZE[0] / SIZE[1]
    matrix = film.camera.matrix(frame, film.timeline, aspect)
    found = [moving.source(matrix, x * aspect, y) for x, y in PLACES]
    return np.array([(x / aspect, y) for x, y in found])


def in_pixels(place):
    return np.array([(place[0] + 1) / 2 * SIZE[0], (place[1] + 1) / 2 * SIZE[1]])


def by_opencv(angle=0.0, zoom=1.0, translation_x=0.0, translation_y=0.0):
    """OpenCV's documentation: getRotationMatrix2D, and warpPerspective, whose matrix leads to the new picture."""
    alpha, beta = zoom * math.cos(math.radians(angle)), zoom * math.sin(math.radians(angle))
    x, y = SIZE[0] // 2, SIZE[1] // 2
    turned = np.array(
        [[alpha, beta, (1 - alpha) * x - beta * y], [-beta, alpha, beta * x + (1 - alpha) * y], [0, 0, 1]]
    )
    back = np.linalg.inv(turned @ np.array([[1, 0, translation_x], [0, 1, translation_y], [0, 0, 1]]))
    found = [(back @ [*in_pixels(place), 1])[:2] for place in PLACES]
    return np.array([(x / SIZE[0] * 2 - 1, y / SIZE[1] * 2 - 1) for x, y in found])


MOVES = [
    {"angle": 4}, {"zoom": 1.06}, {"translation_x": 9}, {"translation_y": -7},
    {"angle": -3, "zoom": 0.9, "translation_x": 5, "translation_y": 4},
]  # fmt: skip


@pytest.mark.parametrize("move", MOVES, ids=str)
@pytest.mark.parametrize(("module", "base"), [(deforum, DEFORUM), (disco_diffusion, DISCO)], ids=["deforum", "disco"])
def test_two_dimensions_are_those_of_opencv(module, base, move):
    given = {**base, "animation_mode": "2D", **{name: f"0:({value})" for name, value in move.items()}}
    assert sources(imported(module, given)) == pytest.approx(by_opencv(**move), abs=1e-4)


def in_a_room(view, wide, depth, x=0.0, y=0.0, z=0.0, around_x=0.0, around_y=0.0, around_z=0.0):
    """`transform_image_3d`, with PyTorch3D's rows of points times matrices; the places of `PLACES`."""
    a, b, c = map(math.radians, (around_x, around_y, around_z))
    by_x = np.array([[1, 0, 0], [0, math.cos(a), -math.sin(a)], [0, math.sin(a), math.cos(a)]])
    by_y = np.array([[math.cos(b), 0, math.sin(b)], [0, 1, 0], [-math.sin(b), 0, math.cos(b)]])
    by_z = np.array([[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]])
    focal = 1 / math.tan(math.radians(view) / 2)

    def seen(point):
        return np.array([focal / wide * point[0] / point[2], focal * point[1] / point[2]])

    found = []
    for place in PLACES:
        point = np.array([*place, depth])
        moved = point @ (by_x @ by_y @ by_z) + np.array([-x, y, -z]) / 200
        found.append(np.array(place) - (seen(moved) - seen(point)))
    return np.array(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("translation_x", 8), ("translation_y", 6), ("translation_z", 9), ("translation_z", -9),
        ("rotation_3d_x", 1), ("rotation_3d_y", -1.5), ("rotation_3d_z", 2),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("module", "base", "wide"), [(deforum, DEFORUM, 2), (disco_diffusion, DISCO, 1)], ids=["deforum", "disco"]
)
def test_three_dimensions_are_near_those_of_the_programs(module, base, wide, name, value):
    """A room here is a room, and theirs is bent: to first order, and in the middle, they are alike."""
    given = {**base, "animation_mode": "3D", "fov": 50, name: f"0:({value})"}
    axes = {f"translation_{axis}": axis for axis in "xyz"} | {f"rotation_3d_{axis}": f"around_{axis}" for axis in "xyz"}
    told = in_a_room(50, wide, 2.0, **{axes[name]: value})
    ours = sources(imported(module, given))
    shift = np.linalg.norm(told - PLACES, axis=1).max()
    off = ours - told
    if name == "rotation_3d_z":  # a turn in a picture that is not square, which theirs leans
        assert (np.sign(ours - PLACES) == np.sign(told - PLACES)).all()
    elif name == "translation_z":  # theirs may be another across than down
        scales = [np.prod(found[1] / PLACES[1]) for found in (ours, told)]
        assert scales[0] == pytest.approx(scales[1], rel=0.01)
    else:
        assert np.abs(off).max() < 0.25 * shift


def by_pytti(zoom=(0, 0), shift=(0, 0), rotate=0.0):
    """`zoom_2d`, in grid_sample's places."""
    zx, zy = ((side - more) / side for side, more in zip(SIZE, zoom, strict=True))
    cosine, sine = math.cos(math.radians(rotate)), math.sin(math.radians(rotate))
    x, y = -shift[0] * 2 / SIZE[0], shift[1] * 2 / SIZE[1]
    return np.array(
        [(zx * cosine * px - zy * sine * py + x, zx * sine * px + zy * cosine * py + y) for px, py in PLACES]
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"translate_x": 6, "translate_y": "4"}, by_pytti(shift=(6, 4))),
        ({"zoom_x_2d": "16", "zoom_y_2d": 8}, by_pytti(zoom=(16, 8))),
        ({"zoom_x_2d": -16, "zoom_y_2d": -8}, by_pytti(zoom=(-16, -8))),
    ],
)
def test_pytti_moves_in_two_dimensions(given, told):
    assert sources(imported(pytti, {**PYTTI, "animation_mode": "2D", **given})) == pytest.approx(told, abs=1e-4)


def test_pytti_turns_against_the_clock():
    ours = sources(imported(pytti, {**PYTTI, "animation_mode": "2D", "rotate_2d": "3"}))
    assert (np.sign(ours - PLACES)[1:] == np.sign(by_pytti(rotate=3) - PLACES)[1:]).all()


@pytest.mark.parametrize(
    ("setting", "text", "name", "sign"),
    [
        ("translate_x", "9", "pan_x", -1), ("translate_y", "9", "pan_y", 1), ("translate_z_3d", "40", "zoom", 1),
        ("rotate_3d", "[cos(radians(1)), 0, sin(radians(1)), 0]", "tilt_x", 1),
        ("rotate_3d", "[cos(radians(1)), sin(radians(1)), 0, 0]", "tilt_y", 1),
        ("rotate_3d", [1, 0, 0, 0.02], "turn", 1),
    ],
)  # fmt: skip
def test_pytti_moves_in_three_dimensions(setting, text, name, sign):
    """`zoom_3d`: OpenGL's points, whose z is minus their depth, and y downwards."""
    given = {**PYTTI, "animation_mode": "3D", "far_plane": 900, "lock_camera": False, setting: text}
    camera = imported(pytti, given).film.camera
    still = 1 if name == "zoom" else 0
    assert {one for one in MOVING if getattr(camera, one).values != (float(one == "zoom"),)} == {name}
    assert (getattr(camera, name).values[0] - still) * sign > 0


def test_a_locked_camera_neither_pans_nor_tilts():
    given = {**PYTTI, "animation_mode": "3D", "translate_x": "9", "rotate_3d": "[1, 0, 0.1, 0]"}
    assert "lock_camera: what pans" in pytti.convert(given, Path("x"), Path(), False)
    assert imported(pytti, given).film.camera.pan_x.values == (0,)


@pytest.mark.parametrize(
    ("text", "frames", "told"),
    [
        ("0:(1.02), 60:(1.05)", 120, {"0f": 1.02, "60f": 1.05}),
        ("0: (2)", 10, 2),
        (3, 10, 3),
        ("2:(1), 4:(3)", 6, {"0f": 1, "2f": 1, "4f": 3}),
        ("0:(t*2), 3:(0)", 5, {"each": [0, 2, 4, 0, 0]}),
        ("0:(max(1, 2)), 3:(5), 9:(0)", 12, {"0f": 2, "2f": 2, "3f": 5, "9f": 0}),
        ("0:(where(t > 1, max_f, 0))", 4, {"each": [0, 0, 4, 4]}),
        ("0: 1.5, 10: 2", 20, {"0f": 1.5, "10f": 2}),
    ],
)
def test_key_frames_go_straight_on_and_arithmetic_is_computed_for_each_frame(text, frames, told):
    assert keyframes.written(keyframes.parse(text, frames, {"max_f": float(frames)})) == told


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.0025+0.002*sin(1.25*3.14*t/30)", 1.0025 + 0.002 * math.sin(1.25 * 3.14 * 7 / 30)),
        ("-t**2 % 5 + abs(-3)//2", -(7**2) % 5 + 1),
        ("arctan2(1, 2) * pi", math.atan2(1, 2) * math.pi),
        ("(t > 3) & (t < 5) | (t == 7)", 1.0),
    ],
)
def test_arithmetic_is_that_of_python(text, value):
    assert expressions.parse(text)({"t": 7.0}) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')", "t.real", "(1).__class__", "[1]", "lambda: 1", "t if t else 1", "9**9**9", "1/0", "x",
        "'a'", "sin(t, t)", "sin(x=1)", "(" * 400, "1+" * 260 + "1", "-" * 499 + "1", "True", "1j",
        "", "t; t", "f'{t}'", "\0",
    ],
)  # fmt: skip
def test_what_is_no_arithmetic_is_refused(text):
    with pytest.raises(expressions.UnreadableError):
        expressions.parse(text)({"t": 1.0})


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789.+-*/%()t,<>&| sincoxep_[]'\"", max_size=40))
def test_any_text_is_arithmetic_or_refused(text):
    with contextlib.suppress(expressions.UnreadableError):
        assert math.isfinite(expressions.parse(text)({"t": 1.5}))


def test_a_picture_moves_as_the_animation_says():
    """A white column, which a camera that goes left sees go right."""
    import torch

    given = {**DEFORUM, "animation_mode": "2D", "translation_x": "0:(16)", "fps": 15}
    film = imported(deforum, given).film
    image = torch.zeros(1, 4, SIZE[1], SIZE[0])
    image[..., 60:64] = 1
    moved = moving.moved(image, film.camera.matrix(1, film.timeline, SIZE[0] / SIZE[1]))
    assert moved[0, 0].sum(0).argmax().item() in range(76, 80)


def test_cadence_draws_fewer_frames_that_move_as_far():
    given = {**DEFORUM, "animation_mode": "2D", "translation_x": "0:(4)", "prompts": {"0": "a", "15": "b"}}
    one, three = (imported(deforum, {**given, "diffusion_cadence": every}) for every in ("1", "3"))
    assert (one.film.count, three.film.count, three.film.between) == (30, 10, 2)
    assert (sources(three) - PLACES) == pytest.approx(3 * (sources(one) - PLACES), abs=1e-6)
    assert [prompt.weight.at_frame(5, three.film.timeline) for prompt in three.prompts] == [0, 1]


def test_a_film_of_pytti_is_made():
    Path("conf.yaml").write_text(
        yaml.safe_dump(
            {
                "scenes": "a red heart || a blue moon", "width": 16, "height": 16, "pixel_size": 1, "seed": 3,
                "image_model": "Unlimited Palette", "animation_mode": "2D", "steps_per_scene": 2, "cutouts": 2,
                "pre_animation_steps": 1, "steps_per_frame": 1, "zoom_x_2d": "2", "zoom_y_2d": "2*cos(t)",
                "direct_stabilization_weight": "1",
            }
        )
    )  # fmt: skip
    text = pytti.convert(yaml.safe_load(Path("conf.yaml").read_text()), Path("conf.yaml"), Path(), True)
    Path("mine.yaml").write_text(text)
    made = artgen.film("mine.yaml", out="film", note=lambda _: None)
    assert [path.name for path in made.frames] == [f"{number:06}.png" for number in range(4)]
    assert artgen.replay("film/frames/000002.png").word == "identical"


def test_a_long_film_is_written_down_for_its_beginning_and_says_so():
    given = {**DEFORUM, "animation_mode": "2D", "max_frames": 10**6, "angle": "0:(sin(t))", "zoom": "0:(1), 9000:(1.1)"}
    text = deforum.convert(given, Path("x"), Path(), False)
    assert "1000000 frames are more than are imported" in text and "written down for 5000 frames" in text
    camera = imported(deforum, given).film.camera
    assert len(camera.turn.each) == 5000 and len(camera.zoom.points) == 2


def test_settings_of_deforum_go_before_those_of_disco_diffusion():
    """Many of their names are alike."""
    from artgen.importing import Document

    both = json.dumps(
        {**DEFORUM, "animation_mode": "2D", "angle": "0:(0)", "zoom": "0:(1)", "strength_schedule": "0:(1)"}
    )
    found = [module.recognise(Document(Path("x.txt"), both.encode())) for module in (deforum, disco_diffusion)]
    assert found[0] and (not found[1] or found[0][0].known > found[1][0].known)
