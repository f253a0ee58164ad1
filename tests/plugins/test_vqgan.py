"""The VQGAN generator, with tiny random models that diffusers itself writes."""

import json
import shutil
from itertools import pairwise

import numpy as np
import pytest
import torch
from diffusers import VQModel
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from safetensors.torch import load_file, save_file

from artgen import weights
from artgen.api import InputError
from artgen.engine import run as engine
from artgen.preset import loading
from artgen.testing import GeneratorContract
from artgen_drawings.loading import embedded
from artgen_vqgan import Vqgan, regularisers
from artgen_vqgan.catalogue import PUBLISHED
from artgen_vqgan.drawing import cells

FACTOR = 4


PLAIN = {"down_block_types": ("DownEncoderBlock2D",) * 2, "up_block_types": ("UpDecoderBlock2D",) * 2}


@pytest.fixture(scope="module")
def folder(code_model):
    return code_model()


@pytest.fixture
def build(folder, env):
    def make(height=16, width=24, notes=None, seeds=(1, 2), steps=10, start=None, **fields):
        note = (notes if notes is not None else []).append
        made = env(height, width, seeds=seeds, steps=steps, start=start, note=note)
        return Vqgan(**{"model": str(folder), **fields}).build(made)

    return make


def travel(generator, steps, target=0.9, start=0):
    for step in range(start, start + steps):
        image = generator.draw(step)
        (image - target).square().mean(dim=(1, 2, 3)).sum().backward()
        generator.advance(step)


class TestContract(GeneratorContract):
    @pytest.fixture(autouse=True)
    def _with_the_tiny_model(self, folder):
        self.spec = Vqgan(model=str(folder))


# What is drawn


def test_the_drawing_is_the_models_own_decoding_of_the_nearest_codes(build, folder):
    generator = build(optimiser="sgd")
    travel(generator, 3)
    model = VQModel.from_pretrained(folder).eval()
    (latent,) = generator.state_dict()["parameters"]
    expected = (model.decode(latent).sample / 2 + 0.5).clamp(0, 1)
    torch.testing.assert_close(generator.draw(3), expected, atol=1e-5, rtol=1e-4)


def test_it_starts_from_random_codes(build, folder):
    first, second = build().state_dict()["parameters"][0]
    codes = load_file(folder / "diffusion_pytorch_model.safetensors")["quantize.embedding.weight"]
    for latent in (first, second):
        distances = torch.cdist(latent.flatten(1).T, codes).amin(dim=1)
        assert latent.shape == (5, 4, 6)
        assert distances.max() < 1e-3
    assert not torch.equal(first, second)


def test_the_gradient_passes_the_codes_straight_through(build):
    generator = build(seeds=(1,))
    latent = generator._latent
    with torch.no_grad():
        latent.add_(0.01)  # off the codes, which stay the nearest
    generator.draw(0).square().sum().backward()
    codes = generator._codec.nearest(latent.detach()).requires_grad_()
    generator._codec.decode(codes).square().sum().backward()
    torch.testing.assert_close(latent.grad, codes.grad)
    assert latent.grad.abs().sum() > 0


def test_each_cell_takes_its_nearest_code(build):
    codec = build()._codec
    latent = torch.randn(2, 5, 3, 4, generator=torch.Generator().manual_seed(0)) * 2
    cells_of = latent.movedim(1, -1).reshape(-1, 5).double().numpy()
    codes = codec.codes.double().numpy()
    expected = codes[((cells_of[:, None] - codes) ** 2).sum(-1).argmin(1)].reshape(2, 3, 4, 5)
    np.testing.assert_array_equal(codec.nearest(latent).movedim(1, -1), expected)


def test_the_embedded_model_has_lost_codes_and_finds_the_nearest_that_are_left():
    codec, _ = embedded(torch.device("cpu"))
    latent = 0.8 * torch.randn(1, 6, 8, 8, generator=torch.Generator().manual_seed(0))
    cells_of, codes = latent.movedim(1, -1).reshape(-1, 6).double().numpy(), codec.codes.double().numpy()
    off = ((cells_of[:, None] - codes) ** 2).sum(-1)
    assert len(codes) < 5**6
    drawn = codec.nearest(latent).movedim(1, -1).reshape(-1, 6).double().numpy()
    np.testing.assert_allclose(((cells_of - drawn) ** 2).sum(-1), off.min(1), atol=1e-6)


def test_the_latent_stays_among_the_codes(build):
    generator = build(learning_rate=50)
    travel(generator, 3)
    latent, codec = generator._latent, generator._codec
    assert (latent >= codec.low).all() and (latent <= codec.high).all()
    assert ((latent == codec.low) | (latent == codec.high)).any()


# Sizes


@pytest.mark.parametrize(
    ("size", "upscale", "drawn"),
    [((16, 24), 1, None), ((15, 25), 1, "24 x 16"), ((1, 3), 1, "4 x 4"), ((16, 8), 2, None), ((20, 60), 4, "64 x 16")],
)
def test_sizes_between_cells_are_fitted_and_said(size, upscale, drawn, build):
    notes = []
    image = build(*size, notes=notes, upscale=upscale).draw(0)
    assert image.shape[-2:] == size
    unit = FACTOR * upscale
    wanted = f"vqgan: drawn at {drawn} and fitted to {size[1]} x {size[0]}; multiples of {unit} pixels are exact"
    assert notes == ([wanted] if drawn else [])


@given(st.integers(1, 4096), st.integers(1, 4096), st.sampled_from([4, 8, 16, 32, 64]))
def test_cells_are_as_near_as_they_come(height, width, unit):
    for count, side in zip(cells((height, width), unit), (height, width), strict=True):
        assert count >= 1
        assert count == 1 or abs(count * unit - side) <= unit / 2


def test_an_upscaled_drawing_is_the_smaller_one_enlarged(build):
    small, large = build(16, 24).draw(0).detach(), build(32, 48, upscale=2).draw(0).detach()
    back = torch.nn.functional.interpolate(large, (16, 24), mode="area")
    assert (back - small).abs().mean() < 0.25 * (small - small.mean(dim=(2, 3), keepdim=True)).abs().mean()


# Starts


def test_a_start_is_encoded_and_so_is_what_is_painted(build, folder):
    start = torch.linspace(0, 1, 2 * 3 * 16 * 24).view(2, 3, 16, 24)
    generator = build(start=start)
    expected = (VQModel.from_pretrained(folder).eval()(start * 2 - 1).sample / 2 + 0.5).clamp(0, 1)
    torch.testing.assert_close(generator.draw(0), expected, atol=1e-4, rtol=1e-3)
    generator.paint(start.flip(0), 3)
    torch.testing.assert_close(generator.draw(3), expected.flip(0), atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("init", ["noise", "gradient"])
def test_other_starts_are_random_and_their_own(init, build):
    first, second = build(init=init).draw(0)
    assert torch.equal(build(init=init, seeds=(2,)).draw(0)[0], second)
    assert not torch.equal(first, second)
    assert not torch.equal(first, build(seeds=(1,)).draw(0)[0])


# What holds the latent

REGULARISERS = {"spherical": regularisers.spherical, "mse": regularisers.mse, "cosine": regularisers.cosine}


@pytest.mark.parametrize("kind", REGULARISERS)
def test_regularisers_by_numpy(kind):
    generator = torch.Generator().manual_seed(1)
    latent, start = (torch.randn(2, 5, 3, 4, generator=generator) for _ in range(2))
    a, b = (t.double().numpy() for t in (latent, start))
    cosine = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    flat = [(x.ravel() @ y.ravel()) / np.linalg.norm(x) / np.linalg.norm(y) for x, y in zip(a, b, strict=True)]
    expected = {
        "spherical": (np.arccos(cosine) ** 2 / 2).mean(axis=(1, 2)),
        "mse": ((a - b) ** 2).mean(axis=(1, 2, 3)),
        "cosine": 1 - np.array(flat),
    }[kind]
    np.testing.assert_allclose(REGULARISERS[kind](latent, start), expected, rtol=1e-4)


@pytest.mark.parametrize("kind", REGULARISERS)
def test_regularisers_rest_at_the_start(kind):
    start = torch.randn(2, 5, 3, 4, generator=torch.Generator().manual_seed(1))
    latent = start.clone().requires_grad_()
    value = REGULARISERS[kind](latent, start)
    value.sum().backward()
    assert value.abs().max() < 1e-5
    assert latent.grad.isfinite().all() and latent.grad.abs().max() < 1e-4


@pytest.mark.parametrize("field", ["stay_spherical", "stay_mse", "stay_cosine", "stay_pixels", "decay"])
def test_regularisers_hold_the_drawing_back(field, build):
    def distance(**fields):
        generator = build(steps=12, **fields)
        start = generator.state_dict()["parameters"][0]
        origin = {"decay": lambda: 0 * start}.get(field, lambda: start)()
        first = generator.draw(0).detach()
        travel(generator, 12)
        latent = generator.state_dict()["parameters"][0]
        if field == "stay_pixels":
            return (generator.draw(12) - first).abs().mean().item()
        measure = REGULARISERS.get(field.removeprefix("stay_"), regularisers.mse)
        return measure(latent, origin).mean().item()

    assert distance(**{field: 100}) < 0.7 * distance()


def test_a_regulariser_may_end(build):
    held = build(steps=12, stay_mse={0: 1e6, "50%": 0, "curve": "step"}, optimiser="sgd", learning_rate=1e-3)
    start = held.state_dict()["parameters"][0]
    moved = []
    for step in range(12):
        travel(held, 1, start=step)
        moved.append(regularisers.mse(held.state_dict()["parameters"][0], start).sum().item())
    assert all(later >= earlier for earlier, later in pairwise(moved[6:]))
    assert moved[-1] > moved[6]


def test_the_last_drawing_shows_the_average(build):
    generator = build(ema=0.5, steps=3, learning_rate=1)
    latents = []
    for step in range(3):
        travel(generator, 1, start=step)
        latents.append(generator.state_dict()["parameters"][0])
    shares = torch.tensor([1.0, 2, 4]) / 7
    average = sum(share * latent for share, latent in zip(shares, latents, strict=True))
    expected = generator._codec.decode(generator._codec.nearest(average))
    torch.testing.assert_close(generator.draw(3), expected)
    assert not torch.equal(generator.draw(3), generator.draw(2))


@pytest.mark.parametrize(
    "fields", [{"ema": 0.9}, {"stay_pixels": 1, "stay_mse": 1, "optimiser": "adamw", "decay": 0.1}]
)
def test_a_saved_state_goes_on_identically(fields, build, tmp_path):
    first = build(**fields)
    travel(first, 5)
    torch.save(first.state_dict(), tmp_path / "state.pt")
    second = build(seeds=(98, 99), **fields)
    second.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    travel(first, 5, start=5)
    travel(second, 5, start=5)
    assert torch.equal(first.draw(10), second.draw(10))


def test_a_picture_of_a_batch_is_the_picture_alone(build):
    both, alone = build(stay_pixels=1), build(seeds=(2,), stay_pixels=1)
    travel(both, 5)
    travel(alone, 5)
    assert torch.equal(both.draw(5)[1], alone.draw(5)[0])


# Where models come from


@pytest.mark.parametrize("sub", ["vqvae", "vqmodel", "movq"])
def test_a_pipelines_folder_holds_the_model_below(sub, folder, build, tmp_path):
    shutil.copytree(folder, tmp_path / sub)
    (tmp_path / "model_index.json").write_text("{}")
    assert torch.equal(build(model=str(tmp_path)).draw(0), build().draw(0))


def test_pickled_weights_and_old_names_are_read(folder, build, tmp_path):
    state = load_file(folder / "diffusion_pytorch_model.safetensors")
    old = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    for new, name in old.items():
        state = {key.replace(new, name): value for key, value in state.items()}
    shutil.copy(folder / "config.json", tmp_path)
    torch.save(state, tmp_path / "diffusion_pytorch_model.bin")
    assert any("proj_attn" in key for key in state)
    assert torch.equal(build(model=str(tmp_path)).draw(0), build().draw(0))


def test_a_model_that_normalises_by_the_codes_is_decoded_so(build, code_model):
    path = code_model(norm_type="spatial", latent_channels=5, norm_num_groups=8, block_out_channels=(32, 32), **PLAIN)
    generator = build(model=str(path))
    codes = generator.state_dict()["parameters"][0]
    expected = VQModel.from_pretrained(path).eval().decode(codes, force_not_quantize=True).sample / 2 + 0.5
    torch.testing.assert_close(generator.draw(0), expected.clamp(0, 1), atol=1e-5, rtol=1e-4)


def test_a_model_of_folded_pixels_unfolds_them(build, code_model, tmp_path):
    path = code_model(in_channels=12, out_channels=12, block_out_channels=(8, 16), **PLAIN)
    model = VQModel.from_pretrained(path).eval()
    model.half().save_pretrained(tmp_path)
    image = torch.rand(1, 3, 16, 8, generator=torch.Generator().manual_seed(0))
    codec = build(model=str(tmp_path))._codec
    assert codec.factor == 4
    folded = torch.nn.functional.pixel_unshuffle(image * 2 - 1, 2)
    drawn = torch.nn.functional.pixel_shuffle(model.float()(folded).sample, 2) / 2 + 0.5
    torch.testing.assert_close(codec.decode(codec.encode(image)), drawn.clamp(0, 1), atol=1e-5, rtol=1e-4)


def test_the_recipe_names_the_weights_and_reads_back(folder):
    text = f"""
seed: 1
size: 16x8
steps: 2
generator: {{type: vqgan, model: ./{folder.name}}}
losses: [{{type: smoothness}}]
"""
    (folder.parent / "preset.yaml").write_text(text)
    preset = loading.load(folder.parent / "preset.yaml")
    result = engine.run(preset, note=lambda _: None)
    digest = weights.sha256(folder / "diffusion_pytorch_model.safetensors")
    assert result.recipe["weights"] == {"vqgan/diffusion_pytorch_model.safetensors": digest}
    assert loading.parse(result.recipe["preset"]) == preset
    assert torch.equal(engine.run(result.recipe["preset"], note=lambda _: None).images, result.images)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"model": "imagenet_f16_1638"}, "no VQGAN is called 'imagenet_f16_1638'; did you mean 'imagenet_f16_16384'?"),
        ({"model": "./nowhere"}, "there is no folder './nowhere'"),
        ({"model": "coco", "checkpoint": __file__}, "'checkpoint' replaces 'model'"),
        ({"config": __file__}, "'config' belongs to a 'checkpoint'"),
        ({"upscale": 3}, "Input should be 1, 2 or 4"),
        ({"ema": 1}, "less than 1"),
    ],
)
def test_settings_that_do_not_fit(fields, message):
    with pytest.raises(ValidationError) as caught:
        Vqgan(**fields)
    assert message in str(caught.value)


def test_published_models_have_mirrors_and_a_digest_where_one_is_known():
    assert [name for name, published in PUBLISHED.items() if not published.sha256] == ["imagenet_f16_1024"]
    for published in PUBLISHED.values():
        assert published.mirrors and all(url.startswith("https://") for url in published.mirrors)
    unverified = {url.split("/")[2] for url in PUBLISHED["imagenet_f16_1024"].mirrors}
    assert unverified == {"heibox.uni-heidelberg.de"}, "without a digest, from nobody but the authors"


def test_a_published_model_is_not_sought_offline(build, monkeypatch, tmp_path):
    monkeypatch.setenv("ARTGEN_OFFLINE", "1")
    monkeypatch.setenv("ARTGEN_CACHE", str(tmp_path))
    with pytest.raises(InputError, match=r"vqgan-coco\.ckpt: is not in the cache .* downloads are switched off"):
        build(model="coco")


def spoil_config(path, **changes):
    config = json.loads((path / "config.json").read_text())
    (path / "config.json").write_text(json.dumps({**config, **changes}))


def truncate(path):
    weights_file = path / "diffusion_pytorch_model.safetensors"
    weights_file.write_bytes(weights_file.read_bytes()[:5000])


def drop_a_tensor(path):
    state = load_file(path / "diffusion_pytorch_model.safetensors")
    del state["decoder.conv_out.bias"]
    save_file(state, path / "diffusion_pytorch_model.safetensors")


class Evil:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def pickle_code(path):
    (path / "diffusion_pytorch_model.safetensors").unlink()
    torch.save({"x": Evil(path / "ran")}, path / "diffusion_pytorch_model.bin")


SPOILT = {
    "truncated": (truncate, "is no complete safetensors file"),
    "incomplete": (drop_a_tensor, 'Missing key(s) in state_dict: "decoder.conv_out.bias"'),
    "malicious": (pickle_code, "asks for 'io.open' to be run"),
    "other sizes": (lambda path: spoil_config(path, vq_embed_dim=7), "size mismatch for quant_conv.weight"),
    "nonsense": (lambda path: spoil_config(path, block_out_channels="x"), "diffusers cannot build this model"),
    "grey": (lambda path: spoil_config(path, in_channels=1), "only RGB models are supported"),
    "another kind": (lambda path: spoil_config(path, _class_name="AutoencoderKL"), "has no VQModel of diffusers"),
    "no json": (lambda path: (path / "config.json").write_text("{"), "cannot be read as JSON"),
    "no mapping": (lambda path: (path / "config.json").write_text("[]"), "is no configuration; expected a JSON object"),
    "no weights": (lambda path: (path / "diffusion_pytorch_model.safetensors").unlink(), "has no weights beside"),
}


@pytest.mark.parametrize(("spoil", "message"), SPOILT.values(), ids=SPOILT.keys())
def test_a_spoilt_folder_is_one_line(spoil, message, folder, build, tmp_path):
    path = tmp_path / "model"
    shutil.copytree(folder, path)
    spoil(path)
    with pytest.raises(InputError) as caught:
        build(model=str(path))
    assert message in str(caught.value) and "\n" not in str(caught.value) and len(str(caught.value)) < 500
    assert not (path / "ran").exists()
