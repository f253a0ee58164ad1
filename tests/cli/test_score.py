"""The command that says which text fits a picture best."""

import json

import numpy as np
import open_clip
import pytest
import torch
import yaml
from PIL import Image

from artgen.cli import main
from artgen_clip import catalogue

GUIDE = catalogue.MODELS["embedded"]


@pytest.fixture
def score(tmp_path, monkeypatch, capsys):
    """Runs `artgen score` in a folder of its own; gives what it printed and what it complained of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments, code=0):
        assert main(["score", *map(str, arguments)]) == code
        return capsys.readouterr()

    return run


@pytest.fixture
def toy(tmp_path, flat):
    """Writes a preset whose perceptors are toys, as many as there are weights."""

    def write(*weights):
        toys = {f"toy{number}": {"type": "toy", "weight": weight} for number, weight in enumerate(weights)}
        whole = {**flat, "perceptors": toys, "losses": [{"type": "match", "perceptor": "toy0"}]}
        (tmp_path / "toy.yaml").write_text(yaml.safe_dump(whole))
        return "toy.yaml"

    return write


@pytest.fixture
def hearts(tmp_path):
    """A wide picture with something red in the middle, and a tall grey one."""
    wide = np.full((70, 130, 3), 255, np.uint8)
    wide[20:50, 45:85] = (220, 20, 40)
    Image.fromarray(wide).save(tmp_path / "wide.png")
    tall = np.tile(np.linspace(0, 255, 90, dtype=np.uint8)[:, None, None], (1, 40, 3))
    Image.fromarray(tall).save(tmp_path / "tall.jpg")
    return ["wide.png", "tall.jpg"]


def rows(done):
    return json.loads(done.out)


def of_open_clip(paths, prompts):
    """The probabilities as open_clip's own code gives them."""
    config = json.loads(GUIDE.config.read_text())
    shape = {**config["model_cfg"], "vision_cfg": open_clip.CLIPVisionCfg(**config["model_cfg"]["vision_cfg"])}
    model = open_clip.CustomTextCLIP if shape.get("custom_text") else open_clip.CLIP
    model = model(shape["embed_dim"], shape["vision_cfg"], open_clip.CLIPTextCfg(**shape["text_cfg"]))
    open_clip.load_checkpoint(model, str(GUIDE.checkpoint))
    tokens = open_clip.SimpleTokenizer(str(GUIDE.tokenizer), context_length=shape["text_cfg"]["context_length"])
    transform = open_clip.image_transform(
        shape["vision_cfg"].image_size, is_train=False, **{"resize_mode": "shortest", **config["preprocess_cfg"]}
    )
    images = torch.stack([transform(Image.open(path).convert("RGB")) for path in paths])
    with torch.no_grad():
        images, texts, scale = model.eval()(images, tokens(prompts))[:3]
    return (scale * images @ texts.T).softmax(dim=-1).numpy()


def test_the_probabilities_are_those_of_open_clip(score, hearts):
    prompts = ["a red heart", "a blue fish", "a grey road"]
    found = rows(score(*hearts, *(part for prompt in prompts for part in ("--prompt", prompt)), "--json"))
    probabilities = [[row["probabilities"][prompt] for prompt in prompts] for row in found]
    assert [row["image"] for row in found] == hearts
    np.testing.assert_allclose(probabilities, of_open_clip(hearts, prompts), atol=2e-4)
    assert found[0]["probabilities"]["a red heart"] > 0.5 > found[1]["probabilities"]["a red heart"]


def test_a_table_has_a_row_for_each_picture(score, toy, hearts):
    lines = score(*hearts, "--prompt", "cat", "--prompt", "dog", "--preset", toy(1)).out.splitlines()
    assert lines[0].split() == ["picture", "cat", "dog"]
    assert [line.split()[0] for line in lines[1:]] == hearts
    for line in lines[1:]:
        assert sum(float(cell.rstrip("%")) for cell in line.split()[1:]) == pytest.approx(100, abs=0.11)


def test_the_best_is_bold(score, toy, hearts, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    asked = (hearts[0], "--prompt", "cat", "--prompt", "dog", "--preset", toy(1))
    chances = rows(score(*asked, "--json"))[0]["probabilities"]
    best = f"{max(chances.values()):.1%}"
    row = score(*asked).out.splitlines()[1]
    assert f"\x1b[1m{best}" in row and row.count("\x1b[1m") == 1


def test_one_prompt_gives_the_similarity(score, toy, hearts):
    done = score(hearts[0], "--prompt", "cat", "--preset", toy(1))
    value = float(done.out.splitlines()[1].split()[1])
    row = rows(score(hearts[0], "--prompt", "cat", "--preset", toy(1), "--json"))[0]
    assert "probabilities" not in row
    assert -1 <= row["similarities"]["cat"] == pytest.approx(value, abs=1e-3)


def test_a_perceptor_without_a_scale_has_clips_own(score, toy, hearts):
    row = rows(score(hearts[0], "--prompt", "cat", "--prompt", "dog", "--preset", toy(1), "--json"))[0]
    cosines = torch.tensor(list(row["similarities"].values())).double()
    expected = (100 * cosines).softmax(dim=0).tolist()
    assert list(row["probabilities"].values()) == pytest.approx(expected, abs=1e-4)


def test_perceptors_are_averaged_by_weight(score, toy, tmp_path, hearts, flat):
    both = {**flat, "losses": [{"type": "match"}, {"type": "clip"}], "views": [{"type": "corners"}]}
    asked = (hearts[0], "--prompt", "cat", "--prompt", "a red heart", "--json")
    parts = []
    for weights in ((1, 0), (0, 1), (1, 3)):
        perceptors = {
            "toy": {"type": "toy", "weight": weights[0]},
            "clip": {"type": "open_clip", "model": "embedded", "weight": weights[1]},
        }
        (tmp_path / "both.yaml").write_text(yaml.safe_dump({**both, "perceptors": perceptors}))
        parts.append(rows(score(*asked, "--preset", "both.yaml"))[0])
    for kind in ("similarities", "probabilities"):
        alone, other, mixed = (np.array(list(part[kind].values())) for part in parts)
        np.testing.assert_allclose(mixed, 0.25 * alone + 0.75 * other, atol=1e-5)


def test_a_folder_stands_for_its_pictures(score, toy, tmp_path):
    for name in ("b/c.png", "a.png", ".hidden.png"):
        path = tmp_path / "pictures" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        Image.new("RGB", (9, 9), "teal").save(path)
    (tmp_path / "pictures" / "notes.txt").write_text("no picture")
    (tmp_path / "pictures" / "broken.png").write_bytes(b"no picture either")
    done = score("pictures", "pictures/a.png", "--prompt", "cat", "--preset", toy(1), "--json")
    assert [row["image"] for row in rows(done)] == ["pictures/a.png", "pictures/b/c.png"]
    assert done.err == ("1 file was skipped, such as pictures/broken.png: no picture that can be read (it is a text)\n")


def test_what_is_clear_is_white_and_what_lies_is_set_upright(score, toy, tmp_path):
    levels = np.zeros((8, 8, 4), np.uint8)
    levels[:, :4] = (255, 0, 0, 255)
    Image.fromarray(levels).save(tmp_path / "clear.png")
    levels[:, 4:] = 255
    flat = Image.fromarray(levels).convert("RGB")
    flat.save(tmp_path / "white.png")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to see it upright
    flat.rotate(90).save(tmp_path / "lying.png", exif=exif)
    found = rows(score("clear.png", "white.png", "lying.png", "--prompt", "cat", "--preset", toy(1), "--json"))
    assert len({row["similarities"]["cat"] for row in found}) == 1


def test_an_endless_strip_takes_no_endless_memory(score, toy, tmp_path):
    Image.new("RGB", (200_000, 1), "red").save(tmp_path / "strip.png")
    Image.new("RGB", (6, 6), "red").save(tmp_path / "square.png")
    found = rows(score("strip.png", "square.png", "--prompt", "cat", "--preset", toy(1), "--json"))
    assert found[0]["similarities"] == found[1]["similarities"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.png", "--prompt", "cat"], "none.png: there is no such file\n"),
        (["broken.png", "--prompt", "cat"], "broken.png: no picture that can be read (not an image that is known; "),
        (["huge.png", "--prompt", "cat"], "huge.png: no picture that can be read (9000x9000 pixels are too many)\n"),
        (["empty", "--prompt", "cat"], "empty: holds no pictures (PNG, JPEG, "),
        (["wide.png", "--prompt", " "], "--prompt: is empty; say what the picture might show\n"),
        (["wide.png", "--prompt", "cat", "--prompt", "cat"], "--prompt: 'cat' is given twice\n"),
        (["wide.png", "--prompt", "cat", "--preset", "blind.yaml"], "blind.yaml: has no perceptor that could look"),
        (["wide.png", "--prompt", "cat", "--preset", "quickstar"], "quickstar: there is no such file or shipped"),
    ],
)
def test_mistakes_take_one_line(score, toy, hearts, tmp_path, flat, arguments, message):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG but no more")
    (tmp_path / "empty").mkdir()
    Image.new("1", (9000, 9000)).save(tmp_path / "huge.png")
    blind = {**flat, "prompts": [], "perceptors": {}, "views": [], "losses": [{"type": "dark"}]}
    (tmp_path / "blind.yaml").write_text(yaml.safe_dump(blind))
    arguments = arguments if "--preset" in arguments else [*arguments, "--preset", toy(1)]
    done = score(*arguments, code=2)
    assert done.out == "" and done.err.startswith(message) and done.err.count("\n") == 1
