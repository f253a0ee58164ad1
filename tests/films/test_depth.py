"""Films whose camera goes through a room."""

import json
from itertools import pairwise

import numpy as np
import pytest
import yaml
from PIL import Image

import artgen
from artgen.recipe import metadata
from artgen.weights import sha256


def _pixels(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(float)


@pytest.fixture
def still(reel):
    """The same film with nothing that draws, so that only the camera moves."""
    reel |= {"losses": [{"type": "smoothness", "weight": 0}], "steps": 1}
    reel["film"] |= {"steps_per_frame": 1}
    return reel


def _bars(path, near):
    """A picture of bars with a white line down the middle, and their depths."""
    Image.fromarray(np.repeat(np.array(near, np.uint8), 8)[:, None].repeat(36, 1)).save(path)
    picture = np.zeros((24, 36, 3), np.uint8)
    picture[:, 18] = 255
    Image.fromarray(picture).save("line.png")


def test_each_thing_moves_by_its_own_depth_all_over_the_film(still):
    """Near, middle and far: 15, 10 and 5 pixels in five frames of two pixels."""
    _bars("depth.png", [255, 128, 0])
    still |= {"size": [36, 24], "start": "line.png"}
    still["film"] |= {"camera": {"pan_x": -1 / 3, "depth": {"picture": "depth.png", "relief": 0.5}}}
    frames = artgen.film(still, out="film").frames
    made = _pixels(frames[5])[..., 0]
    assert [int(made[row].argmax()) for row in (4, 12, 20)] == [33, 28, 23]
    move = metadata.read(frames[4])["preset"]["start"]["move"]
    assert "matrix" not in move
    assert len(move["since"]) == len(move["pose"]) == 12


@pytest.mark.parametrize("depth", ["floor", "tunnel", {"picture": "depth.png"}])
def test_any_frame_is_drawn_again(reel, depth):
    _bars("depth.png", [0, 200, 255])
    reel["film"] |= {"camera": {"zoom": 1.2, "pan_x": 0.2, "turn": 10, "depth": depth}}
    frames = artgen.film(reel, out="film").frames
    for frame in (1, 5):
        assert artgen.replay(frames[frame]).word == "identical"


def test_a_camera_that_stands_still_changes_nothing(still):
    still["film"] |= {"camera": {"depth": "floor"}}
    frames = artgen.film(still, out="film").frames
    assert (_pixels(frames[0]) == _pixels(frames[5])).all()
    assert metadata.read(frames[5])["preset"]["start"].get("move") is None


def test_a_loop_in_a_room_ends_as_it_begins(still):
    """The camera goes one way; the first frame comes back as it is seen from where the camera has yet to go."""
    _bars("depth.png", [0, 128, 255])
    still |= {"size": [32, 32]}
    camera = {"pan_x": 0.15, "depth": {"picture": "depth.png", "relief": 0.8}}
    still["film"] |= {"seconds": 3, "loop": True, "lead": 1, "camera": camera}
    frames = [_pixels(path) for path in artgen.film(still, out="film").frames]
    steps = [np.abs(one - other).mean() for one, other in pairwise(frames)]
    assert np.abs(frames[-1] - frames[0]).mean() < 1.2 * max(steps)
    still["film"] |= {"loop": False, "lead": 0.4}
    ends = [_pixels(path) for path in artgen.film(still, out="open").frames]
    assert np.abs(ends[-1] - ends[0]).mean() > 2 * np.abs(frames[-1] - frames[0]).mean()


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory):
    """A folder with an untrained model that estimates depth, of a few thousand numbers."""
    import torch
    from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config

    backbone = Dinov2Config(
        hidden_size=16,
        num_hidden_layers=4,
        num_attention_heads=2,
        image_size=28,
        patch_size=14,
        out_features=["stage1", "stage2", "stage3", "stage4"],
        reshape_hidden_states=False,
    )
    config = DepthAnythingConfig(
        backbone_config=backbone,
        reassemble_hidden_size=16,
        neck_hidden_sizes=[4, 4, 8, 8],
        fusion_hidden_size=8,
        head_hidden_size=4,
    )
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = DepthAnythingForDepthEstimation(config)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    network.save_pretrained(folder)
    return folder


def test_a_model_sees_how_far_things_are(reel, tiny_model):
    reel["film"] |= {"seconds": 0.5, "camera": {"pan_x": 0.3, "depth": {"model": str(tiny_model), "relief": 0.9}}}
    frames = artgen.film(reel, out="film").frames
    recipe = metadata.read(frames[2])
    assert recipe["weights"] == {"tiny/model.safetensors": sha256(tiny_model / "model.safetensors")}
    assert "transformers" in recipe["libraries"]
    assert not metadata.read(frames[0])["weights"]
    assert artgen.replay(frames[2], allow=[tiny_model]).word == "identical"


def test_what_the_model_says_is_near_moves_further(tiny_model):
    """By its own transformers, with the picture as its processor makes it."""
    import torch
    from transformers import DepthAnythingForDepthEstimation

    from artgen.engine import depths

    estimator = depths.load(str(tiny_model), torch.device("cpu"), pytest.fail)
    picture = torch.rand(1, 3, 28, 28, generator=torch.Generator().manual_seed(2))
    mean, deviation = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])[..., None, None]
    with torch.no_grad():
        network = DepthAnythingForDepthEstimation.from_pretrained(tiny_model)
        told = network((picture - mean) / deviation).predicted_depth[0]
    near = estimator(picture)
    assert near.shape == (28, 28)
    assert (float(near.min()), float(near.max())) == (0, 1)
    assert np.corrcoef(near.flatten(), told.flatten())[0, 1] > 0.99
    assert estimator(torch.rand(1, 3, 17, 40)).shape == (17, 40)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"model_type": "bert"}, "is bert; a model that estimates depth is depth_anything or dpt"),
        ({"backbone": "facebook/dinov2-small"}, "names another model for its backbone"),
        ({"backbone_config": {"model_type": "dinov2", "image_size": 1 << 20}}, "1048576 pixels a side"),
        ({"fusion_hidden_size": 12}, "these weights do not fit config.json"),
    ],
)
def test_a_model_that_is_none_is_told_in_a_line(tiny_model, tmp_path, config, said):
    import torch

    from artgen.engine import depths

    settings = json.loads((tiny_model / "config.json").read_text()) | config
    (tmp_path / "config.json").write_text(json.dumps(settings))
    (tmp_path / "model.safetensors").write_bytes((tiny_model / "model.safetensors").read_bytes())
    with pytest.raises(artgen.InputError, match=said) as error:
        depths.load(str(tmp_path), torch.device("cpu"), pytest.fail)
    assert "\n" not in str(error.value)


def test_without_transformers_or_weights_it_says_what_to_do(reel, tiny_model, monkeypatch, tmp_path):
    import torch

    from artgen.engine import depths

    monkeypatch.setattr(depths, "find_spec", lambda name: None)
    with pytest.raises(artgen.InputError, match=r'tiny: needs transformers; pip install "artgen\[depth\]"'):
        depths.load(str(tiny_model), torch.device("cpu"), pytest.fail)
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    reel["film"] |= {"camera": {"zoom": 1.1, "depth": "nobody/no-such-depth"}}
    with pytest.raises(artgen.InputError, match="nobody/no-such-depth: is not in the cache"):
        artgen.film(reel, out="film")


@pytest.mark.parametrize(
    ("camera", "said"),
    [
        ("{depth: flor}", "film.camera.depth: there is no plane 'flor'; write floor or tunnel, name a picture"),
        ("{depth: depth.png}", "film.camera.depth: there is no file 'depth.png'"),
        ("{depth: {relief: 0.5}}", "film.camera.depth: give one of 'plane', 'picture' and 'model'"),
        ("{depth: {plane: tunnel, horizon: 0.3}}", "film.camera.depth: 'horizon' belongs to 'plane: floor'"),
        ("{depth: {plane: floor, relief: 2}}", "film.camera.depth.relief: must be at most 1"),
        ("{depth: floor, pan_x: 90}", "film.camera: the camera leaves the picture: at 0.0833s"),
        ("{depth: p.png, zoom: 30}", "film.camera.depth: the camera has gone through all of the picture at"),
    ],
)
def test_mistakes_have_their_lines(artgen, tmp_path, camera, said):
    Image.new("L", (8, 8)).save(tmp_path / "p.png")
    text = f"generator: {{type: pixel}}\nlosses: [{{type: smoothness}}]\nfilm:\n  seconds: 2\n  camera: {camera}\n"
    (tmp_path / "p.yaml").write_text(text)
    told = artgen("check", "p.yaml", code=2).stderr
    assert said in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("move", "said"),
    [
        ({}, "give 'matrix', or 'pose' with 'depth'"),
        ({"pose": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]}, "'pose' and 'depth' belong together"),
        ({"pose": [2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], "depth": "floor"}, "'pose' is no turn and way of a camera"),
        (
            {
                "pose": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
                "depth": "floor",
                "since": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
            },
            "'since' belongs to a 'depth' by a 'picture'",
        ),
    ],
)
def test_moves_that_are_none(artgen, tmp_path, move, said):
    Image.new("RGB", (8, 8)).save(tmp_path / "p.png")
    start = {"image": "p.png", "move": move}
    preset = {"generator": {"type": "pixel"}, "losses": [{"type": "smoothness"}], "start": start}
    (tmp_path / "p.yaml").write_text(yaml.safe_dump(preset))
    assert said in artgen("check", "p.yaml", code=2).stderr
