"""Folders of Stable Diffusion that are not what they should be: each one line, and exit code 2."""

import json
import pickle
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from artgen.cli import main
from artgen.preset import loading
from artgen.testing import make_env
from artgen_diffusion.latent_spec import LatentDiffusion

UNET = "unet/diffusion_pytorch_model.safetensors"
VAE = "vae/diffusion_pytorch_model.safetensors"
TEXT = "text_encoder/model.safetensors"


class Payload:
    def __reduce__(self):
        return (print, ("code ran",))


def truncated(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path):
    path.write_bytes(b"")


def other(path):
    save_file({"weight": torch.ones(2)}, path, metadata={"format": "pt"})


def pickled(path):
    path.with_suffix(".bin").write_bytes(pickle.dumps({"weight": Payload()}))
    path.unlink()


def gone(path):
    path.unlink() if path.is_file() else shutil.rmtree(path)


def garbage(path):
    path.write_text("{")


def no_object(path):
    path.write_text("[]")


def with_settings(**settings):
    def change(path):
        path.write_text(json.dumps(json.loads(path.read_text()) | settings))

    return change


BROKEN = [
    ("model_index.json", gone, "is no model in diffusers' layout; it has no model_index.json"),
    ("model_index.json", garbage, "model_index.json: cannot be read as JSON"),
    ("model_index.json", no_object, "model_index.json: is no configuration; expected a JSON object"),
    ("unet", gone, "is a StableDiffusionPipeline without a unet; only Stable Diffusion 1, 2 and XL"),
    (UNET, truncated, f"{UNET}: is damaged or not all there (SafetensorError"),
    (UNET, empty, f"{UNET}: is damaged or not all there (SafetensorError"),
    (UNET, other, "unet: its weights lack"),
    (UNET, gone, "unet: its weights must be safetensors, and there is none; convert or replace it"),
    (UNET, pickled, "there is only diffusion_pytorch_model.bin, a pickle, which may run code; convert or replace it"),
    ("unet/config.json", with_settings(_class_name="SD3Transformer2DModel"), "unet: holds a SD3Transformer2DModel"),
    ("unet/config.json", with_settings(block_out_channels=[8, 24]), "unet: cannot be loaded"),
    ("unet/config.json", with_settings(down_block_types=["Nonsense", "DownBlock2D"]), "unet: cannot be loaded"),
    ("vae", gone, "vae: has no config.json; it is no model, or not all of one"),
    (VAE, truncated, f"{VAE}: is damaged or not all there (SafetensorError"),
    (TEXT, truncated, f"{TEXT}: is damaged or not all there (SafetensorError"),
    (TEXT, other, "text_encoder: its weights lack"),
    (TEXT, pickled, "there is only model.bin, a pickle, which may run code"),
    ("text_encoder/config.json", with_settings(architectures=["T5EncoderModel"]), "text_encoder: holds a T5Encoder"),
    ("text_encoder/config.json", with_settings(hidden_size=24), "text_encoder: its weights have another shape for"),
    ("tokenizer/merges.txt", gone, "tokenizer: is no tokenizer; it has no merges.txt"),
    ("tokenizer/vocab.json", garbage, "tokenizer: is no tokenizer that can be read"),
    ("scheduler", gone, "scheduler: has no scheduler_config.json"),
    ("scheduler/scheduler_config.json", with_settings(prediction_type="flow"), "the model predicts 'flow'"),
]


@pytest.fixture
def copied(stable, tmp_path):
    return shutil.copytree(stable, tmp_path / "model")


@pytest.fixture
def run(tmp_path, capsys):
    """The last line of what `artgen run` says about a model in tmp_path/model."""

    def made(code=2, **fields):
        preset = {
            "steps": 2,
            "size": [16, 16],
            "prompts": "a red heart",
            "generator": {"type": "latent_diffusion", "model": str(tmp_path / "model"), **fields},
            "losses": [{"type": "dark"}],
        }
        loading.parse(preset).save(tmp_path / "p.yaml")
        assert main(["run", str(tmp_path / "p.yaml"), "--quiet", "--out", str(tmp_path / "out")]) == code
        said = capsys.readouterr()
        assert "code ran" not in said.out
        return said.err

    return made


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize(("file", "breaks", "message"), BROKEN)
def test_a_broken_folder_is_one_line(file, breaks, message, copied, run, tmp_path):
    breaks(copied / file)
    said = run()
    assert said.startswith("generator 'latent_diffusion' (artgen ")
    assert message in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_whole_folder_says_nothing(copied, run):
    assert run(code=0) == ""


def test_a_larger_vocabulary_than_the_encoder_s_is_one_line(copied, run):
    path = copied / "tokenizer" / "vocab.json"
    words = json.loads(path.read_text())
    path.write_text(json.dumps(words | {f"<{number}>": len(words) + number for number in range(3)}))
    assert "tokenizer: has 87 tokens, the text encoder knows 84; they do not match" in run()


def test_parts_that_do_not_fit_are_one_line(copied, run, stable_xl):
    shutil.rmtree(copied / "unet")
    shutil.copytree(stable_xl / "unet", copied / "unet")
    assert "the unet reads texts of width 40, the text encoder writes 16; only Stable Diffusion 1" in run()


def test_an_inpainting_model_is_one_line(copied, run):
    with_settings(in_channels=9)(copied / "unet" / "config.json")
    weights = load_file(copied / UNET)
    weights["conv_in.weight"] = torch.zeros(8, 9, 3, 3)
    save_file(weights, copied / UNET, metadata={"format": "pt"})
    assert "the unet takes 9 channels, the autoencoder gives 4; only Stable Diffusion 1, 2 and XL" in run()


def test_weights_that_are_not_numbers_end_the_run_in_one_line(copied, run):
    weights = load_file(copied / VAE)
    save_file({name: value * float("nan") for name, value in weights.items()}, copied / VAE, metadata={"format": "pt"})
    said = run(code=1)
    assert "returned pixels that are not finite at step 0" in said and said.count("\n") == 1


def test_names_of_older_versions_are_known(copied, stable):
    """Published weights have a prefix that transformers 5 dropped, and attention layers that diffusers renamed."""
    text = {f"text_model.{name}": value for name, value in load_file(copied / TEXT).items()}
    save_file(text, copied / TEXT, metadata={"format": "pt"})
    renamed = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    vae = load_file(copied / VAE)
    for today, before in renamed.items():
        vae = {name.replace(f".{today}.", f".{before}."): value for name, value in vae.items()}
    assert any(".query." in name for name in vae)
    save_file(vae, copied / VAE, metadata={"format": "pt"})
    specs = [LatentDiffusion(model=str(folder), guidance=0) for folder in (copied, stable)]
    first, second = (spec.build(make_env(size=(16, 16))).draw(0) for spec in specs)
    assert torch.equal(first, second)


@pytest.mark.parametrize(
    ("precision", "other_weights", "used"), [("fp32", 1, ""), ("bf16", 1, ".fp16"), ("fp32", 0, ".fp16")]
)
def test_sixteen_bit_weights_are_read_where_they_fit(precision, other_weights, used, copied):
    small = {name: value.half() for name, value in load_file(copied / UNET).items()}
    save_file(small, copied / UNET.replace(".safetensors", ".fp16.safetensors"), metadata={"format": "pt"})
    if not other_weights:
        (copied / UNET).unlink()
    generator = LatentDiffusion(model=str(copied), precision=precision).build(make_env(size=(16, 16)))
    assert f"model/unet/diffusion_pytorch_model{used}.safetensors" in generator.weights
    assert len(generator.weights) == 3


def test_without_a_network_a_repository_is_one_line(run, monkeypatch, tmp_path):
    monkeypatch.setenv("ARTGEN_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    said = run(model="stabilityai/sd-turbo")
    assert "stabilityai/sd-turbo: is not in the cache, and downloads are switched off" in said
    assert said.count("\n") == 1


def test_a_name_that_is_no_model_is_one_line(tmp_path, capsys):
    (tmp_path / "p.yaml").write_text("generator: {type: noise, model: turbo}\nlosses: [{type: dark}]\n")
    assert main(["check", str(tmp_path / "p.yaml")]) == 2
    assert "'turbo' is neither a folder, such as ./turbo, nor a repository" in capsys.readouterr().err
