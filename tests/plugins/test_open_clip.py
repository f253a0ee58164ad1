"""The open_clip perceptor, with a tiny random model that open_clip itself writes."""

import gzip
import hashlib
import json
import pickle

import open_clip
import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import save_file

from artgen.api import InputError
from artgen_clip import OpenClip, catalogue

MODEL = {
    "embed_dim": 12,
    "vision_cfg": {"image_size": 16, "layers": 1, "width": 32, "head_width": 16, "patch_size": 8},
    "text_cfg": {"context_length": 10, "vocab_size": 517, "width": 24, "heads": 2, "layers": 1},
}
CONFIG = {"model_cfg": MODEL, "preprocess_cfg": {"mean": [0.1, 0.2, 0.3], "std": [0.5, 0.6, 0.7]}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """open_clip_config.json, model.safetensors and bpe.txt.gz."""
    path = tmp_path_factory.mktemp("tiny")
    (path / "tiny.json").write_text(json.dumps(MODEL))
    open_clip.add_model_config(path / "tiny.json")
    torch.manual_seed(0)
    save_file(open_clip.create_model("tiny").state_dict(), path / "model.safetensors")
    (path / "open_clip_config.json").write_text(json.dumps(CONFIG))
    (path / "bpe.txt.gz").write_bytes(gzip.compress(b"#version\nc a\nca t</w>\nd o"))
    return path


@pytest.fixture(scope="module")
def build(folder, env):
    def make(notes=None, **fields):
        fields = {
            "config": folder / "open_clip_config.json",
            "checkpoint": folder / "model.safetensors",
            "tokenizer": folder / "bpe.txt.gz",
            **fields,
        }
        return OpenClip(**fields).build(env(16, 16, note=(notes if notes is not None else []).append))

    return make


def test_rows_are_those_of_open_clip(build, folder):
    perceptor = build()
    assert (perceptor.size, perceptor.dim) == (16, 12)
    images = torch.rand(5, 3, 16, 16)
    model = open_clip.create_model("tiny", pretrained=str(folder / "model.safetensors")).eval()
    mean, std = (torch.tensor(CONFIG["preprocess_cfg"][name]).view(3, 1, 1) for name in ("mean", "std"))
    expected = model.encode_image((images - mean) / std, normalize=True)
    torch.testing.assert_close(perceptor.embed_images(images), expected)
    tokens = open_clip.SimpleTokenizer(str(folder / "bpe.txt.gz"), context_length=10)(["cat", "a dog"])
    torch.testing.assert_close(perceptor.embed_texts(["cat", "a dog"]), model.encode_text(tokens, normalize=True))


@pytest.mark.parametrize(("precision", "tolerance"), [("fp32", 1e-6), ("bf16", 0.05), ("fp16", 0.01)])
def test_unit_rows_and_gradient_to_the_pixels_alone(precision, tolerance, build):
    perceptor = build(precision=precision)
    images = torch.rand(3, 3, 16, 16, generator=torch.Generator().manual_seed(1)).requires_grad_()
    rows = perceptor.embed_images(images)
    assert rows.dtype == torch.float32
    torch.testing.assert_close(rows.norm(dim=1), torch.ones(3))
    torch.testing.assert_close(rows, build().embed_images(images), atol=tolerance, rtol=0)
    rows[:, 0].sum().backward()
    assert images.grad.isfinite().all() and images.grad.abs().amax(dim=(1, 2, 3)).min() > 0
    assert all(not p.requires_grad and p.grad is None for p in perceptor._model.parameters())
    texts = perceptor.embed_texts(["cat", "dog"])
    assert not texts.requires_grad
    torch.testing.assert_close(texts.norm(dim=1), torch.ones(2))


def test_features_are_the_token_maps_of_the_blocks(build, folder):
    images = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(1)).requires_grad_()
    (found,) = build().features(images)
    model = open_clip.create_model("tiny", pretrained=str(folder / "model.safetensors")).eval().visual
    mean, std = (torch.tensor(CONFIG["preprocess_cfg"][name]).view(3, 1, 1) for name in ("mean", "std"))
    with torch.no_grad():
        tokens = []
        model.transformer.resblocks[0].register_forward_hook(lambda *call: tokens.append(call[2]))
        model((images - mean) / std)
    torch.testing.assert_close(found, tokens[0][:, 1:].transpose(1, 2).unflatten(2, (2, 2)))
    found.square().sum().backward()
    assert images.grad.isfinite().all() and images.grad.abs().amax(dim=(1, 2, 3)).min() > 0


@pytest.mark.parametrize(
    ("vision", "shapes"),
    [
        ({"layers": 8}, [(32, 2, 2)] * 4),
        ({"layers": [1, 1, 1, 1], "width": 8}, [(8, 8, 8), (32, 8, 8), (64, 4, 4), (128, 2, 2), (256, 1, 1)]),
        (
            {"timm_model_name": "test_convnext", "timm_pool": "", "timm_proj": "linear"},
            [(24, 8, 8), (32, 4, 4), (48, 2, 2), (64, 1, 1)],
        ),
    ],
    ids=["many blocks", "ResNet", "timm"],
)
def test_features_go_from_fine_to_coarse(vision, shapes, build, tmp_path):
    """Eight blocks are shown by four."""
    if "timm_model_name" in vision:
        vision = {**vision, "timm_model_pretrained": False, "image_size": 32}
    else:
        vision = {**MODEL["vision_cfg"], "image_size": 32 if "width" in vision else 16, **vision}
    model = {**MODEL, "vision_cfg": vision}
    (tmp_path / "artgen-stages.json").write_text(json.dumps(model))
    open_clip.add_model_config(tmp_path / "artgen-stages.json")
    save_file(open_clip.create_model("artgen-stages").state_dict(), tmp_path / "stages.safetensors")
    (tmp_path / "config.json").write_text(json.dumps({"model_cfg": model, "preprocess_cfg": {}}))
    perceptor = build(config=tmp_path / "config.json", checkpoint=tmp_path / "stages.safetensors")
    found = perceptor.features(torch.rand(2, 3, perceptor.size, perceptor.size))
    assert [tuple(layer.shape[1:]) for layer in found] == shapes


def test_a_model_says_what_it_is(build, env):
    assert build().model == "open_clip_config"
    assert OpenClip().build(env(16, 16)).model == "embedded"


def test_many_texts_are_the_same_as_few(build):
    perceptor = build()
    texts = [f"cat {n}" for n in range(300)]
    many = perceptor.embed_texts(texts)
    torch.testing.assert_close(many[-2:], perceptor.embed_texts(texts[-2:]))


def test_a_text_that_is_cut_off_is_told(build):
    notes = []
    perceptor = build(notes)
    perceptor.embed_texts(["cat", "c c c c c c c c"])
    assert notes == []
    perceptor.embed_texts(["d d d d d d d d d d d d"])
    (line,) = notes
    assert line.startswith("'d d d d d d d d d d d d' is 14 tokens long; the model reads the first 10, as far as ")
    assert line.endswith(" '...d d d', and ignores the rest")


def test_the_weights_used_are_known(build, folder):
    files = ("model.safetensors", "bpe.txt.gz")
    expected = {f"open_clip_config/{f}": hashlib.sha256((folder / f).read_bytes()).hexdigest() for f in files}
    assert build().weights == expected


def test_plain_pytorch_weights_load_too(build, folder, tmp_path):
    state = open_clip.create_model("tiny", pretrained=str(folder / "model.safetensors")).state_dict()
    torch.save({"state_dict": state}, tmp_path / "weights.pt")
    images = torch.rand(2, 3, 16, 16)
    torch.testing.assert_close(
        build(checkpoint=tmp_path / "weights.pt").embed_images(images), build().embed_images(images)
    )


@pytest.mark.parametrize("name", ["embedded", "embedded-judge"])
def test_an_embedded_model_takes_the_same_way(env, folder, monkeypatch, name):
    monkeypatch.setitem(catalogue.MODELS, name, catalogue.Files(folder))
    perceptor = OpenClip(model=name).build(env(16, 16))
    assert perceptor.dim == 12
    assert set(perceptor.weights) == {f"{name}/model.safetensors", f"{name}/bpe.txt.gz"}
    monkeypatch.setitem(catalogue.MODELS, name, catalogue.Files(folder / "gone"))
    with pytest.raises(InputError, match=r"open_clip_config\.json is not installed; reinstall artgen"):
        OpenClip(model=name).build(env(16, 16))


class Payload:
    def __reduce__(self):
        return (print, ("code ran",))


def damaged(kind, folder, path):
    """A checkpoint that cannot be loaded."""
    whole = (folder / "model.safetensors").read_bytes()
    if kind == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "other model":
        save_file({"weight": torch.ones(2)}, path)
    elif kind == "pickle with code":
        path.write_bytes(pickle.dumps({"state_dict": Payload()}))
    return path


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
@pytest.mark.parametrize("kind", ["truncated", "empty", "other model", "pickle with code"])
def test_a_bad_checkpoint_is_one_line(kind, suffix, build, folder, tmp_path, capfd):
    path = damaged(kind, folder, tmp_path / f"bad{suffix}")
    with pytest.raises(InputError) as caught:
        build(checkpoint=path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert "code ran" not in capfd.readouterr().out


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_code_in_a_checkpoint_is_named_as_such(build, folder, tmp_path):
    with pytest.raises(InputError, match="holds more than weights, or is damaged"):
        build(checkpoint=damaged("pickle with code", folder, tmp_path / "bad.pt"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "is no configuration; expected a JSON object"),
        ('{"model_cfg": 4}', "'model_cfg' is no JSON object"),
        ('{"model_cfg": {"embed_dim": 4, "vision_cfg": {}}}', "it has no 'text_cfg'"),
        (json.dumps({"model_cfg": MODEL | {"vision_cfg": {"layers": "many"}}}), "open_clip cannot build this model"),
        (json.dumps({"model_cfg": MODEL | {"surprise": 1}}), "open_clip cannot build this model"),
    ],
)
def test_a_bad_configuration_is_one_line(text, message, build, tmp_path):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        build(config=tmp_path / "config.json")
    assert str(tmp_path / "config.json") in str(caught.value) and "\n" not in str(caught.value)


def test_a_bad_tokenizer_is_one_line(build, tmp_path):
    (tmp_path / "bpe.txt.gz").write_bytes(b"no gzip")
    with pytest.raises(InputError, match=r"bpe\.txt\.gz: the tokenizer could not be loaded"):
        build(tokenizer=tmp_path / "bpe.txt.gz")
    (tmp_path / "other.txt.gz").write_bytes(gzip.compress(b"#version\nc a"))
    with pytest.raises(InputError, match=r"other\.txt\.gz: has 515 tokens, .* has 517"):
        build(tokenizer=tmp_path / "other.txt.gz")


def test_without_a_network_the_message_says_what_to_do(env, monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(InputError, match=r"^RN50: the weights 'yfcc15m' could not be downloaded") as caught:
        OpenClip(model="RN50", pretrained="yfcc15m").build(env(16, 16))
    assert "'model: embedded', which needs no download" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_tag_is_named(env):
    with pytest.raises(InputError, match="ViT-B-32: open_clip knows no weights called 'opnai'; did you mean 'openai'"):
        OpenClip(model="ViT-B-32", pretrained="opnai").build(env(16, 16))


def test_every_model_of_open_clip_is_known():
    added = {"tiny", *(name for name in open_clip.list_models() if name.startswith(("artgen-", "hostile-")))}
    assert set(catalogue.model_names()) == set(open_clip.list_models()) - added
    assert OpenClip(model="ViT-B/32", pretrained="openai").model == "ViT-B-32"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"model": "ViT-B-23", "pretrained": "openai"}, "open_clip has no model 'ViT-B-23'; did you mean 'ViT-B-32'"),
        ({"model": "ViT-B-32"}, "'model: ViT-B-32' needs its weights"),
        ({"pretrained": "openai"}, "'pretrained' belongs to another 'model' than the embedded one"),
        ({"model": "ViT-B-32", "checkpoint": "gone.pt"}, r"there is no file 'gone\.pt'"),
    ],
)
def test_mistakes_are_named(fields, message):
    with pytest.raises(ValidationError, match=message):
        OpenClip(**fields)


def test_config_goes_with_a_checkpoint_and_without_a_model(folder):
    config = folder / "open_clip_config.json"
    with pytest.raises(ValidationError, match="with 'config' goes a 'checkpoint'"):
        OpenClip(config=config)
    with pytest.raises(ValidationError, match="'config' replaces 'model'"):
        OpenClip(config=config, model="ViT-B-32", checkpoint=folder / "model.safetensors")


def test_a_preset_reads_back(folder):
    given = {"config": folder / "open_clip_config.json", "checkpoint": folder / "model.safetensors"}
    for spec in (OpenClip(), OpenClip(**given), OpenClip(model="ViT-B-32", pretrained="openai")):
        assert OpenClip.model_validate(spec.model_dump(mode="json", exclude_none=True)) == spec


def test_many_texts_that_are_cut_off_are_told_in_a_line(build):
    notes = []
    perceptor = build(notes)
    perceptor.embed_texts([f"{'d ' * 500}{n}" for n in range(70)])
    assert len(notes) == 1
    assert notes[0].endswith("as far as '...d d d', and ignores the rest, and so of 69 more")
    assert len(notes[0]) < 200
    perceptor.embed_made_up(["d d d d d d d d d d d d"])
    assert len(notes) == 1
