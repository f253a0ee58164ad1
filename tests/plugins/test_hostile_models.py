"""Models whose files ask for code, for connections, for hours or for gigabytes: one line, soon, and small."""

import gzip
import json
import resource
import shutil
import time
import zipfile

import open_clip
import pytest
import torch
from safetensors.torch import save_file

from artgen import weights
from artgen.api import InputError
from artgen.testing import make_env
from artgen_clip import OpenClip, catalogue
from artgen_diffusion import Diffusion
from artgen_diffusion.latent_spec import LatentDiffusion
from artgen_vqgan import Vqgan
from tests.helpers.stable_models import write_first

MODEL = {
    "embed_dim": 12,
    "vision_cfg": {"image_size": 16, "layers": 1, "width": 32, "head_width": 16, "patch_size": 8},
    "text_cfg": {"context_length": 10, "vocab_size": 517, "width": 24, "heads": 2, "layers": 1},
}
EVIL_CODE = "from pathlib import Path\nPath({!r}).touch()\n"


@pytest.fixture(autouse=True)
def unwatched(monkeypatch):
    """Nobody answers at the terminal, and nothing is to be asked."""

    def answer(*_):
        raise AssertionError("somebody was asked")

    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")


def refused(build):
    """What is said, in one short line, after few seconds and less than a gigabyte."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(InputError) as caught:
        build()
    seconds, peak = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert seconds < 10 and (peak - before) / 2**20 < 1, (seconds, peak - before)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 700
    return str(caught.value)


def changed(settings, path, value):
    """A copy of nested settings with one changed."""
    first, *rest = path.split(".")
    old = settings.get(first, {})
    return {**settings, first: changed(old, ".".join(rest), value) if rest else value}


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clip")
    (folder / "artgen-hostile.json").write_text(json.dumps(MODEL))
    open_clip.add_model_config(folder / "artgen-hostile.json")
    save_file(open_clip.create_model("artgen-hostile").state_dict(), folder / "model.safetensors")
    (folder / "bpe.txt.gz").write_bytes(gzip.compress(b"#version\nc a\nca t</w>\nd o"))
    return folder


def build_clip(clip, config, folder, **fields):
    (folder / "config.json").write_text(json.dumps(config))
    files = {"checkpoint": clip / "model.safetensors", "tokenizer": clip / "bpe.txt.gz"} | fields
    return OpenClip(config=folder / "config.json", **files).build(make_env(size=(16, 16)))


NAMES = {
    "text_cfg.hf_tokenizer_name": ["owner/name", "./tokenizer", "/etc", 5, ["a"] * 9, {"a": 1}],
    "text_cfg.hf_model_name": ["owner/name", "./tokenizer"],
    "vision_cfg.timm_model_name": ["hf-hub:owner/name", "hf_hub:owner/name", "local-dir:/etc", "nothing", {"a": {}}],
    "text_cfg.tokenizer_kwargs": [{"trust_remote_code": True}, {"bpe_path": "/etc/passwd"}, "x"],
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in NAMES.items() for value in values])
def test_a_configuration_names_no_repository_and_no_code(key, value, clip, tmp_path):
    said = refused(lambda: build_clip(clip, {"model_cfg": changed(MODEL, key, value)}, tmp_path))
    assert key.rpartition(".")[2] in said


def test_the_code_of_a_tokenizer_is_neither_run_nor_asked_about(clip, tmp_path, monkeypatch):
    home = tmp_path / "tokenizer"
    home.mkdir()
    (home / "evil.py").write_text(EVIL_CODE.format(str(tmp_path / "ran")) + "class Evil: pass\n")
    (home / "tokenizer_config.json").write_text(json.dumps({"auto_map": {"AutoTokenizer": ["evil.Evil", None]}}))
    (home / "config.json").write_text("{}")
    monkeypatch.setattr(catalogue, "text_repositories", lambda: frozenset([str(home)]))
    config = {"model_cfg": changed(MODEL, "text_cfg.hf_tokenizer_name", str(home))}
    said = refused(lambda: build_clip(clip, config, tmp_path, tokenizer=None))
    assert "'auto_map.AutoTokenizer' names code" in said or "'auto_map' names code" in said
    # And if the file's own check did not see it, the library does not ask.
    monkeypatch.setattr("artgen_clip.loading.check_config", lambda *_: None)
    assert "the tokenizer could not be loaded" in refused(lambda: build_clip(clip, config, tmp_path, tokenizer=None))
    assert not (tmp_path / "ran").exists()


SIZES = {
    "vision_cfg.image_size": [0, -1, 8192, 10**9, [16, 0], 16.5, True],
    "vision_cfg.layers": [10**6, 10**30, [3, 4, 10**6, 3], float("inf")],
    "vision_cfg.width": [0, 10**6, 10**12],
    "vision_cfg.patch_size": [0],
    "vision_cfg.mlp_ratio": [1e9, float("nan"), 1e5],
    "text_cfg.layers": [10**6],
    "text_cfg.vocab_size": [10**9, 10**6],
    "text_cfg.context_length": [10**6, 0],
    "text_cfg.width": [10**5],
    "embed_dim": [0, 10**6, 10**20],
    "text_cfg": [5, [], None],
    "vision_cfg": ["x"],
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in SIZES.items() for value in values])
def test_a_configuration_of_open_clip_is_refused_before_it_costs_anything(key, value, clip, tmp_path):
    refused(lambda: build_clip(clip, {"model_cfg": changed(MODEL, key, value)}, tmp_path))


@pytest.mark.parametrize(
    "preprocess",
    [
        {"mean": [1]},
        {"mean": "abc"},
        {"std": [0, 1, 1]},
        {"std": [1, 1, float("nan")]},
        {"size": 10**9},
        {"code": 1},
        5,
        {"interpolation": 5},
        {"mode": "Z"},
        {"resize_mode": [[]]},
    ],
)
def test_its_scaling_is_three_numbers(preprocess, clip, tmp_path):
    try:
        build_clip(clip, {"model_cfg": MODEL, "preprocess_cfg": preprocess}, tmp_path)
    except InputError as error:
        assert "\n" not in str(error)


def test_a_packed_tokenizer_is_not_unpacked_beyond_measure(clip, tmp_path):
    (tmp_path / "bpe.txt.gz").write_bytes(gzip.compress(b"a b\n" * (60 << 18), compresslevel=9))
    config = {"model_cfg": MODEL}
    said = refused(lambda: build_clip(clip, config, tmp_path, tokenizer=tmp_path / "bpe.txt.gz"))
    assert "unpacks to more than 32 MiB" in said


def edit(path, **changes):
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


MANY = 10**7
DIFFUSION = [
    {"layers_per_block": 100_000},
    {"layers_per_block": -1},
    {"layers_per_block": 10**400},
    {"block_out_channels": [MANY] * 2},
    {"block_out_channels": [64_000] * 2},
    {"block_out_channels": [32] * 5000, "down_block_types": ["DownBlock2D"] * 5000},
    {"sample_size": "x"},
    {"sample_size": 10**9},
    {"sample_size": {"a": "b" * 100_000}},
    {"time_embedding_dim": MANY},
    {"_class_name": {"nested": ["x" * 1000] * 1000}},
    {"_class_name": ["x"] * 100},
    {"in_channels": {"a": ["b"] * 1000}},
    {"auto_map": {"AutoModel": "evil.Evil"}},
    {"deep": [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]},
]


@pytest.mark.parametrize("changes", DIFFUSION, ids=lambda c: "-".join(c))
def test_a_configuration_of_diffusers_is_refused_before_it_costs_anything(changes, picture_model):
    folder = picture_model()
    edit(folder / "unet" / "config.json", **changes)
    refused(lambda: Diffusion(model=str(folder)).build(make_env(size=(16, 16), seeds=(1,))))


@pytest.mark.parametrize(
    "changes", [{"num_train_timesteps": 10**9}, {"trained_betas": [0.1] * 100_000}, {"auto_map": "x"}], ids=str
)
def test_a_scheduler_of_a_billion_levels_is_refused(changes, picture_model):
    folder = picture_model()
    edit(folder / "scheduler" / "scheduler_config.json", **{**changes, "x": None})
    refused(lambda: Diffusion(model=str(folder)).build(make_env(size=(16, 16), seeds=(1,))))


@pytest.mark.parametrize(
    "changes",
    [{"layers_per_block": 100_000}, {"block_out_channels": [MANY] * 3}, {"num_vq_embeddings": 10**6}, {"auto_map": 1}],
    ids=lambda c: "-".join(c),
)
def test_a_vqgan_of_a_stranger_is_refused_before_it_costs_anything(changes, code_model):
    folder = code_model()
    edit(folder / "config.json", **changes)
    refused(lambda: Vqgan(model=str(folder)).build(make_env(size=(16, 16), seeds=(1,))))


@pytest.fixture(scope="module")
def stable_once(tmp_path_factory):
    return write_first(tmp_path_factory.mktemp("stable") / "model")


STABLE = {
    "unet": [
        {"layers_per_block": 100_000},
        {"block_out_channels": [MANY, MANY]},
        {"transformer_layers_per_block": 10**6},
        {"cross_attention_dim": 10**6},
        {"auto_map": {"a": "b"}},
        {"_class_name": {"x": ["y" * 10_000]}},
    ],
    "vae": [{"layers_per_block": 10**5}, {"latent_channels": 10**6}],
    "text_encoder": [
        {"num_hidden_layers": 10**5},
        {"hidden_size": 2**17},
        {"vocab_size": 10**6},
        {"max_position_embeddings": 10**6},
        {"auto_map": {"AutoModel": "evil.Evil"}},
        {"architectures": [["x"] * 1000]},
    ],
}


@pytest.mark.parametrize(("part", "changes"), [(part, change) for part, all_ in STABLE.items() for change in all_])
def test_a_stable_diffusion_of_a_stranger_is_refused(part, changes, stable_once, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(stable_once, folder)
    edit(folder / part / "config.json", **changes)
    refused(lambda: LatentDiffusion(model=str(folder), prompt="a").build(make_env(size=(16, 16), seeds=(1,))))


@pytest.mark.parametrize(
    ("file", "text"),
    [("tokenizer_config.json", '{"auto_map": {"AutoTokenizer": "evil.Evil"}}'), ("merges.txt", "a b\n" * (5 << 20))],
)
def test_a_tokenizer_of_a_stranger_is_refused(file, text, stable_once, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(stable_once, folder)
    (folder / "tokenizer" / file).write_text(text)
    refused(lambda: LatentDiffusion(model=str(folder), prompt="a").build(make_env(size=(16, 16), seeds=(1,))))


def test_a_checkpoint_that_unpacks_to_gigabytes_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.ckpt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02}q\x00.")
        with archive.open("archive/data/0", "w", force_zip64=True) as file:
            for _ in range(200):
                file.write(bytes(1 << 20))
    assert "would unpack to 209.7 MB from 204.1 kB" in refused(lambda: weights.read_state(tmp_path / "x.ckpt"))


@pytest.mark.parametrize("zipped", [True, False])
def test_tensors_larger_than_their_file_are_refused(zipped, tmp_path):
    state = {"a": torch.ones(1, dtype=torch.float16).expand(10**6, 10**4)}
    torch.save(state, tmp_path / "x.pt", _use_new_zipfile_serialization=zipped)
    assert "claims 20.0 GB of weights" in refused(lambda: weights.read_state(tmp_path / "x.pt"))


@pytest.mark.parametrize(
    "name",
    [
        "encoder.mid.block_x.conv.weight",
        "encoder.down.0.block.0.weight",
        "encoder.down.0.odd.0.a.b",
        f"encoder.down.{'9' * 5000}.block.0.conv1.weight",
        "decoder.up.x.block.0.conv1.weight",
    ],
)
def test_a_taming_checkpoint_with_odd_names_is_refused(name, tmp_path):
    state = {
        "encoder.conv_in.weight": torch.ones(4, 3, 3, 3),
        "decoder.conv_in.weight": torch.ones(4, 4, 3, 3),
        "decoder.conv_out.weight": torch.ones(3, 4, 3, 3),
        "quant_conv.weight": torch.ones(4, 4, 1, 1),
        "post_quant_conv.weight": torch.ones(4, 4, 1, 1),
        "quantize.embedding.weight": torch.ones(8, 4),
        "encoder.down.0.block.0.conv2.weight": torch.ones(4, 4, 3, 3),
        "decoder.up.0.block.0.conv2.weight": torch.ones(4, 4, 3, 3),
        name: torch.ones(1),
    }
    torch.save(state, tmp_path / "x.ckpt")
    refused(lambda: Vqgan(checkpoint=tmp_path / "x.ckpt").build(make_env(size=(16, 16), seeds=(1,))))


def test_a_yaml_of_a_megabyte_is_no_configuration_of_a_vqgan(tmp_path):
    from artgen_vqgan import taming

    (tmp_path / "x.yaml").write_text("a: [" + "[" * (1 << 20))
    assert "larger than 64 KiB" in refused(lambda: taming.read_config(tmp_path / "x.yaml", {}))
