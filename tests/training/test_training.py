"""The whole recipe on a handful of drawn shapes: compose, three steps, export, load through open_clip."""

from pathlib import Path

import open_clip
import pytest
import torch
import yaml
from PIL import Image, ImageDraw

from tests.helpers.paths import ROOT
from training import captions, compose, config, export, names, scenes, tokenizer, train
from training.attack import perturb
from training.run import Run
from training.sources import art

SHIPPED = ROOT / "plugins" / "artgen_clip" / "embedded"
THINGS = 6  # drawn by the fixture `sprites`


def test_batches_are_pictures_with_captions_and_repeat_with_the_seed(sprites: Path) -> None:
    source = compose.Sprites(sprites, 32, torch.device("cpu"))
    first, again, other = (compose.Composer(source, seed).batch(12) for seed in (1, 1, 2))
    assert first.images.shape == (12, 3, 32, 32)
    assert first.images.min() >= 0 and first.images.max() <= 1
    assert len(first.captions) == len(first.key) == 12
    assert all(first.captions)
    assert torch.equal(first.images, again.images) and first.captions == again.captions
    assert first.captions != other.captions


def test_a_family_that_is_left_out_is_not_drawn(sprites: Path) -> None:
    seen = compose.Sprites(sprites, 32, torch.device("cpu"), leave_out=["unseen"])
    assert set(seen.style.tolist()) == {0}
    assert len(seen.concept) == THINGS


def test_every_kind_of_landscape_can_be_painted() -> None:
    images, texts, kinds = scenes.draw(200, 24, 5, torch.device("cpu"))
    assert len(set(kinds)) > 40 and len(texts) == 200
    assert images.isfinite().all() and images.min() >= 0 and images.max() <= 1


def test_a_perturbation_keeps_to_its_ball_and_raises_the_loss() -> None:
    images = torch.rand(4, 3, 8, 8) * 0.5 + 0.25
    moved = perturb(images, lambda x: x.mean(), eps=0.5, steps=2)
    assert (moved - images).flatten(1).norm(dim=1).max() <= 0.5 + 1e-5
    assert (moved.mean((1, 2, 3)) > images.mean((1, 2, 3))).all()


def test_the_tokenizer_reads_what_it_learnt(tmp_path: Path) -> None:
    tokenizer.write(tokenizer.learn(["a red heart", "red hearts and red things"] * 3, 40), tmp_path / "bpe.txt.gz")
    tokens = tokenizer.load(tmp_path / "bpe.txt.gz")
    assert tokens.decode(tokens.encode("Red heart, zebra")).split() == ["red", "heart", ",", "zebra"]
    assert len(tokens.encode("red")) == 1


def test_a_stopped_run_goes_on_where_it_was(run: Run, sprites: Path, tiny: config.Config) -> None:
    trainer = train.prepare(tiny, sprites, run.out, torch.device("cpu"))
    resumed = Run(trainer, run.out, minutes=60, steps=4)
    resumed.resume(run.out / "last.pt")
    assert trainer.step == 3 and resumed.spent == pytest.approx(run.spent)
    for name, value in run.learner.state()["model"].items():
        assert torch.equal(value, trainer.model.state_dict()[name])


def test_open_clip_loads_the_export(run: Run, tiny: config.Config, tmp_path: Path) -> None:
    export.export(run.out / "last.pt", tiny, run.out / "bpe.txt.gz", tmp_path)
    where = f"local-dir:{tmp_path}"
    model = open_clip.create_model(where).eval()
    tokens = open_clip.get_tokenizer(where, bpe_path=str(tmp_path / "bpe.txt.gz"))
    with torch.no_grad():
        image = model.encode_image(torch.rand(2, 3, 32, 32), normalize=True)
        text = model.encode_text(tokens(["a red heart", "a tree"]), normalize=True)
    assert image.shape == text.shape == (2, tiny.embed_dim)
    assert torch.allclose(torch.cat([image, text]).norm(dim=1), torch.ones(4), atol=1e-4)
    saved = run.learner.average.model.state_dict()["text_projection"]
    assert torch.allclose(model.state_dict()["text_projection"], saved, atol=1e-3)


def test_the_bank_knows_by_which_words_a_prompt_means_the_same(sprites: Path) -> None:
    rows = dict(export.bank(sprites))
    assert {"sunset", "ocean", "sea"} <= set(rows["a sunset over the ocean"].split())
    assert "a red background" in rows


def test_captions_tell_articles_and_colours_apart() -> None:
    assert captions.article("owl") == "an owl"
    assert captions.article("grapes") == "grapes"
    assert captions.subject("red heart", "red", captions.Random(0)) == "red heart"


@pytest.mark.parametrize(
    ("icon", "wanted"),
    [
        ("red-heart", True),
        ("waving-hand-dark-skin-tone", False),
        ("woman-beard-medium-light", False),
        ("abstract-011", False),
    ],
)
def test_skin_tone_copies_and_nameless_signs_are_left_out(icon: str, wanted: bool) -> None:
    assert names.wanted(icon) is wanted


def test_only_free_licences_are_in_the_table() -> None:
    assert {source.licence for source in art()} <= {"MIT", "Apache-2.0", "CC-BY-4.0", "CC-BY-3.0", "public-domain"}


def test_the_benchmark_has_fifty_different_prompts() -> None:
    rows = yaml.safe_load((ROOT / "benchmarks" / "prompts.yaml").read_text())
    assert len({row["prompt"] for row in rows}) == len({row["concept"] for row in rows}) == 50


@pytest.mark.skipif(not (SHIPPED / "model.safetensors").exists(), reason="no model is shipped in this checkout")
def test_the_shipped_guide_tells_a_red_heart_from_a_blue_fish() -> None:
    where = f"local-dir:{SHIPPED}"
    model, _, prepare = open_clip.create_model_and_transforms(where)
    tokens = open_clip.get_tokenizer(where, bpe_path=str(SHIPPED / "bpe.txt.gz"))
    with torch.no_grad():
        image = model.eval().encode_image(prepare(heart())[None], normalize=True)
        text = model.encode_text(tokens(["a red heart", "a blue fish", "a green tree", "a house"]), normalize=True)
    assert (image @ text.T).argmax().item() == 0
    assert (SHIPPED / "model.safetensors").stat().st_size < 16e6


def heart() -> Image.Image:
    image = Image.new("RGB", (96, 96), "white")
    pen = ImageDraw.Draw(image)
    pen.ellipse((14, 18, 50, 54), fill=(220, 30, 40))
    pen.ellipse((46, 18, 82, 54), fill=(220, 30, 40))
    pen.polygon([(17, 46), (79, 46), (48, 84)], fill=(220, 30, 40))
    return image
