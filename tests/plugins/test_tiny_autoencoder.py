"""TAESD as bare files: diffusers' own AutoencoderTiny is the oracle."""

import pytest
import torch
from diffusers import AutoencoderTiny
from pydantic import ValidationError
from safetensors.torch import save_file

from artgen.api import InputError, Prompt
from artgen.preset.needs import input_files
from artgen.testing import make_env
from artgen_diffusion.latent_spec import LatentDiffusion


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The same autoencoder in each form that people have."""
    home = tmp_path_factory.mktemp("taesd")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = AutoencoderTiny()
    model.save_pretrained(home / "folder")
    save_file(model.state_dict(), home / "whole.safetensors")
    # As its author counts: the decoder begins with a clamp.
    halves = {
        "encoder": model.encoder.layers,
        "decoder": torch.nn.Sequential(torch.nn.Identity(), *model.decoder.layers),
    }
    for name, half in halves.items():
        save_file(half.state_dict(), home / f"taesd_{name}.safetensors")
        torch.save(half.state_dict(), home / f"taesd_{name}.pth")
    named = {f"{half}.{name}": value for half, part in halves.items() for name, value in part.state_dict().items()}
    save_file({**named, "vae_scale": torch.ones(())}, home / "both.safetensors")
    return home


def build(stable, vae, start=None, **fields):
    env = make_env(size=(32, 32), seeds=(3,), steps=3, prompts=(Prompt(text="a red heart"),), start=start)
    return LatentDiffusion(model=str(stable), vae=vae, scheduler="ddim", guidance=0, **fields).build(env)


def drawn(generator):
    for step in range(generator.steps):
        generator.draw(step)
        generator.advance(step)
    return generator.draw(generator.steps).detach()


@pytest.mark.parametrize(
    "name",
    [
        "whole.safetensors",
        "both.safetensors",
        *(f"taesd_{h}.{e}" for h in ("encoder", "decoder") for e in ("pth", "safetensors")),
    ],
)
def test_a_file_is_the_folder(name, tiny, stable):
    start = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    expected = drawn(build(stable, str(tiny / "folder"), start))
    generator = build(stable, str(tiny / name), start)
    assert torch.equal(drawn(generator), expected)
    read = [key for key in generator.weights if not key.startswith(stable.name)]
    assert len(read) == (2 if "taesd" in name else 1) and all(len(generator.weights[key]) == 64 for key in read)


def test_a_preset_reads_back(tiny, stable):
    spec = LatentDiffusion(model=str(stable), vae=str(tiny / "taesd_decoder.safetensors"))
    assert list(input_files(spec)) == [tiny / "taesd_decoder.safetensors"]
    assert LatentDiffusion.model_validate(spec.model_dump(mode="json", exclude_none=True)) == spec
    assert len(spec.downloads()) == 1  # the model, and not the file


def test_what_is_missing_is_told_before_the_run(tiny, stable, tmp_path):
    (tmp_path / "taesd_decoder.pth").write_bytes((tiny / "taesd_decoder.pth").read_bytes())
    with pytest.raises(
        ValidationError, match=r"there is no file '.*taesd_encoder\.pth'; did you mean 'taesd_decoder\.pth'"
    ):
        LatentDiffusion(model=str(stable), vae=str(tmp_path / "taesd_decoder.pth"))
    with pytest.raises(ValidationError, match=r"there is no file 'gone\.safetensors'"):
        LatentDiffusion(model=str(stable), vae="gone.safetensors")
    with pytest.raises(ValidationError, match=r"there is no folder './gone'"):
        LatentDiffusion(model=str(stable), vae="./gone")
    with pytest.raises(ValidationError, match="'taesd' is neither a folder"):
        LatentDiffusion(model=str(stable), vae="taesd")


@pytest.mark.parametrize(
    "damage", [lambda state: {"weight": torch.ones(2)}, lambda state: dict(list(state.items())[:-1])]
)
def test_another_file_is_one_line(damage, tiny, stable, tmp_path):
    from safetensors.torch import load_file

    save_file(damage(load_file(tiny / "whole.safetensors")), tmp_path / "other.safetensors")
    with pytest.raises(InputError, match=r"other\.safetensors: is no (whole )?TAESD") as caught:
        build(stable, str(tmp_path / "other.safetensors"))
    assert "\n" not in str(caught.value)
