"""CLIP models as they were published: activation, mean, interpolation and shape. open_clip's own code is the oracle."""

import gzip
import hashlib
import json
import warnings
from dataclasses import asdict

import numpy as np
import open_clip
import pytest
import torch
from open_clip.pretrained import _PRETRAINED
from open_clip.transform import PreprocessCfg
from PIL import Image
from pydantic import ValidationError
from safetensors.torch import save_file

from artgen.api import InputError
from artgen.compare.perceptual import Scorer
from artgen.memory import Halving
from artgen_clip import OpenClip, loading, published
from artgen_clip.perceptor import OpenClipPerceptor
from artgen_clip.tags import Tag, of_file

NAME = "artgen-published"
TEXT = {"context_length": 10, "vocab_size": 517, "width": 24, "heads": 2, "layers": 1}
MODEL = {
    "embed_dim": 12,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 8},
    "text_cfg": TEXT,
}
OPENAI = {"mean": open_clip.OPENAI_DATASET_MEAN, "std": open_clip.OPENAI_DATASET_STD}
HALF = {"mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)}
PLAIN = {**OPENAI, "interpolation": "bicubic", "resize_mode": "shortest"}
TAGS = {
    "openai": {"url": f"https://example.org/{'0' * 64}/x.pt", "hf_hub": "", **PLAIN, "quick_gelu": True},
    "plain": {"hf_hub": "somebody/plain/", **PLAIN},
    "squashed": {"hf_hub": "somebody/squashed/", **HALF, "interpolation": "bilinear", "resize_mode": "squash"},
}
# What open_clip calls the same where it is told.
TOLD = {"mean": "image_mean", "std": "image_std", "interpolation": "image_interpolation"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("published")
    (path / f"{NAME}.json").write_text(json.dumps(MODEL))
    open_clip.add_model_config(path / f"{NAME}.json")
    torch.manual_seed(0)
    save_file(open_clip.create_model(NAME).state_dict(), path / "model.safetensors")
    (path / "bpe.txt.gz").write_bytes(gzip.compress(b"#version\nc a\nca t</w>\nd o"))
    return path


@pytest.fixture
def build(folder, env, monkeypatch):
    """The perceptor of a file of weights, whose model is in open_clip's table with `tags`."""

    def make(notes=None, tags=TAGS, file="model.safetensors", **fields):
        monkeypatch.setitem(_PRETRAINED, NAME, tags)
        # open_clip's table has no model that is small enough, and the spec takes none that the table has not.
        spec = OpenClip.model_construct(
            **{"model": NAME, "checkpoint": folder / file, "tokenizer": folder / "bpe.txt.gz", **fields}
        )
        return OpenClipPerceptor(spec, env(32, 32, note=(notes if notes is not None else []).append))

    return make


def scorer(perceptor):
    halving = Halving(None, lambda line: None, "", "")
    return Scorer("clip", "clip", perceptor, 1.0, torch.device("cpu"), "", halving)


def oracle(folder, picture, entry):
    """What open_clip's own code makes of a picture."""
    told = {TOLD.get(key, "image_resize_mode"): value for key, value in entry.items() if key in PLAIN}
    gelu = {"force_quick_gelu": entry.get("quick_gelu", False)}
    weights = str(folder / "model.safetensors")
    model, _, transform = open_clip.create_model_and_transforms(NAME, pretrained=weights, **told, **gelu)
    with torch.no_grad():
        return model.eval().encode_image(transform(picture)[None], normalize=True)


def picture(width, height):
    pixels = np.random.default_rng(0).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    return Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC)


@pytest.mark.parametrize("shape", [(160, 80), (80, 160), (64, 64), (200, 90)])
@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_with_a_file_is_what_open_clip_makes_of_it(tag, shape, build, folder):
    notes = []
    look = scorer(build(notes, pretrained=tag))
    found = look.embed_pictures([look.prepare(picture(*shape))])
    torch.testing.assert_close(found, oracle(folder, picture(*shape), TAGS[tag]), atol=1e-5, rtol=0)
    assert notes == [] and look.perceptor.model == f"{NAME}/{tag}"


@pytest.mark.parametrize("shape", [(160, 80), (80, 161), (64, 64)])
@pytest.mark.parametrize("mode", ["shortest", "squash", "longest"])
def test_a_configuration_says_how_pictures_are_shown(mode, shape, build, folder, tmp_path):
    preprocess = {**HALF, "interpolation": "bilinear", "resize_mode": mode}
    (tmp_path / "config.json").write_text(json.dumps({"model_cfg": MODEL, "preprocess_cfg": preprocess}))
    look = scorer(build(config=tmp_path / "config.json"))
    found = look.embed_pictures([look.prepare(picture(*shape))])
    torch.testing.assert_close(found, oracle(folder, picture(*shape), preprocess), atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    "wrong", [{"resize_mode": "stretch"}, {"interpolation": "random"}, {"resize_mode": "longest", "fill_color": 9}]
)
def test_what_cannot_be_shown_so_is_refused(wrong, build, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_cfg": MODEL, "preprocess_cfg": wrong}))
    with pytest.raises(InputError, match=r"config\.json: '(resize_mode|interpolation|fill_color)' is .*; "):
        build(config=tmp_path / "config.json")


def test_where_all_published_weights_agree_a_file_is_one_of_them(build, folder):
    notes = []
    tags = {"one": TAGS["squashed"], "other": {**TAGS["squashed"], "hf_hub": "somebody/other/"}}
    look = scorer(build(notes, tags=tags))
    found = look.embed_pictures([look.prepare(picture(160, 80))])
    torch.testing.assert_close(found, oracle(folder, picture(160, 80), TAGS["squashed"]), atol=1e-5, rtol=0)
    assert notes == [] and look.perceptor.model == NAME


def test_where_they_differ_a_file_without_a_tag_is_told(build, folder):
    notes = []
    tags = {"openai": TAGS["openai"], "plain": TAGS["plain"]}
    look = scorer(build(notes, tags=tags))
    found = look.embed_pictures([look.prepare(picture(160, 80))])
    torch.testing.assert_close(found, oracle(folder, picture(160, 80), TAGS["plain"]), atol=1e-5, rtol=0)
    (line,) = notes
    assert line == (
        f"{NAME}: its published weights differ in quick_gelu, and 'model.safetensors' does not say which it is; it is "
        f"read as open_clip's plain {NAME}; if it is another, name it, too, such as 'pretrained: openai'"
    )


def test_a_model_that_nobody_publishes_is_told(build):
    notes = []
    build(notes, tags={})
    assert len(notes) == 1 and "OpenAI's mean and deviation; a 'config' says others" in notes[0]


def test_the_place_or_the_digest_of_a_file_tells_what_it_is(tmp_path):
    entries = {
        tag: dict(open_clip.get_pretrained_cfg("ViT-B-32", tag))
        for tag in ("openai", "metaclip_400m", "datacomp_xl_s13b_b90k")
    }
    cached = tmp_path / f"models--{entries['metaclip_400m']['hf_hub'].rpartition('/')[0].replace('/', '--')}" / "x.bin"
    cached.parent.mkdir()
    cached.write_bytes(b"weights")
    assert of_file(entries, cached) == "metaclip_400m"
    (tmp_path / "y.pt").write_bytes(b"weights")
    assert of_file(entries, tmp_path / "y.pt") is None
    entries["openai"]["url"] = f"https://example.org/{hashlib.sha256(b'weights').hexdigest()}/y.pt"
    assert of_file(entries, tmp_path / "y.pt") == "openai"


@pytest.mark.parametrize("model", sorted(_PRETRAINED))
def test_every_tag_of_open_clip_is_used_as_its_table_says(model):
    for tag in open_clip.list_pretrained_tags_by_model(model):
        found, wanted = published.use(published.entry(model, tag)), open_clip.get_pretrained_cfg(model, tag)
        assert found.quick_gelu == wanted.get("quick_gelu", False)
        merged = {**asdict(PreprocessCfg()), **found.preprocess}
        assert {key: merged[key] for key in PLAIN} == {key: wanted[key] for key in PLAIN}


def as_openai(folder, path):
    """The weights as OpenAI publishes them: a program, with three numbers beside its weights."""
    model = open_clip.create_model(NAME, pretrained=str(folder / "model.safetensors"), force_quick_gelu=True)
    for name, value in (("input_resolution", 32), ("context_length", 10), ("vocab_size", 517)):
        vars(model).pop(name, None)  # a plain number of open_clip's, where OpenAI has a tensor
        model.register_buffer(name, torch.tensor(value))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shown = {"encode_image": torch.ones(1, 3, 32, 32), "encode_text": torch.zeros(1, 10, dtype=torch.int64)}
        torch.jit.trace_module(model.eval(), shown, check_trace=False).save(path)


def test_a_program_of_openai_is_read_for_its_weights(build, folder, capfd, recwarn):
    as_openai(folder, folder / "jit.pt")
    recwarn.clear()
    notes = []
    look = scorer(build(notes, file="jit.pt"))
    found = look.embed_pictures([look.prepare(picture(160, 80))])
    torch.testing.assert_close(found, oracle(folder, picture(160, 80), TAGS["openai"]), atol=1e-5, rtol=0)
    assert look.perceptor.model == f"{NAME}/openai"
    assert notes == [] and capfd.readouterr() == ("", "") and len(recwarn) == 0


def test_a_damaged_program_is_one_line(build, folder, tmp_path):
    as_openai(folder, folder / "jit.pt")
    whole = (folder / "jit.pt").read_bytes()
    at = whole.index(b"archive/data.pkl") if b"archive/data.pkl" in whole else whole.index(b"data.pkl")
    (folder / "damaged.pt").write_bytes(whole[: at + 60] + b"\xff" * 40 + whole[at + 100 :])
    with pytest.raises(InputError) as caught:
        build(file="damaged.pt")
    assert str(caught.value).startswith(str(folder / "damaged.pt")) and "\n" not in str(caught.value)


def test_a_file_may_be_one_of_the_published(folder):
    checkpoint = folder / "model.safetensors"
    spec = OpenClip(model="ViT-B-32", pretrained="openai", checkpoint=checkpoint)
    assert not any(isinstance(part, Tag) for part in spec.downloads())
    assert OpenClip.model_validate(spec.model_dump(mode="json", exclude_none=True)) == spec
    notes = []
    with pytest.raises(InputError, match="ViT-B-32: open_clip knows no weights called 'opnai'; did you mean 'openai'"):
        loading.find(OpenClip(model="ViT-B-32", pretrained="opnai", checkpoint=checkpoint), notes.append)


def test_a_repository_of_the_hub_is_a_model(folder, env, monkeypatch, tmp_path):
    """As the hub's client keeps it, without a connection."""
    home = tmp_path / "models--somebody--mine" / "snapshots" / ("a" * 40)
    home.mkdir(parents=True)
    (home.parents[1] / "refs").mkdir()
    (home.parents[1] / "refs" / "main").write_text("a" * 40)
    preprocess = {**HALF, "interpolation": "bilinear", "resize_mode": "squash"}
    text = {**TEXT, "vocab_size": 49408}  # that of open_clip's own tokenizer
    (tmp_path / "hub.json").write_text(json.dumps({**MODEL, "text_cfg": text}))
    open_clip.add_model_config(tmp_path / "hub.json")
    save_file(open_clip.create_model("hub").state_dict(), home / "open_clip_model.safetensors")
    (home / "open_clip_config.json").write_text(
        json.dumps({"model_cfg": {**MODEL, "text_cfg": text}, "preprocess_cfg": preprocess})
    )
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    spec = OpenClip(model="hf-hub:somebody/mine")
    assert [part.name for part in spec.downloads()] == ["somebody/mine"]
    perceptor = spec.build(env(32, 32))
    assert (perceptor.model, perceptor.resize_mode) == ("hf-hub:somebody/mine", "squash")
    assert perceptor.embed_texts(["a cat"]).shape == (1, 12)
    (home / "open_clip_model.safetensors").unlink()
    with pytest.raises(InputError, match=r"has no open_clip_model\.safetensors and no open_clip_pytorch_model\.bin"):
        spec.build(env(32, 32))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"model": "hf-hub:mine"}, "'hf-hub:mine' names no repository of the model hub; write hf-hub:owner/name"),
        (
            {"model": "hf-hub:a/b", "pretrained": "openai"},
            "brings its own weights and tokenizer; leave out 'pretrained'",
        ),
    ],
)
def test_mistakes_are_named(fields, message):
    with pytest.raises(ValidationError, match=message):
        OpenClip(**fields)
