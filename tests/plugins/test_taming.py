"""Checkpoints of taming-transformers, with its own package as the oracle."""

import pytest
import torch
import yaml
from safetensors.torch import save_file
from taming.modules.diffusionmodules.model import Decoder, Encoder
from taming.modules.vqvae.quantize import VectorQuantizer
from torch import nn
from torch.nn import functional as F

from artgen.api import InputError
from artgen_vqgan import Vqgan

SMALL = {"ch": 32, "ch_mult": (1, 2), "num_res_blocks": 1, "attn_resolutions": (), "resolution": 16, "z_channels": 8}
ATTENTIVE = {**SMALL, "ch_mult": (1, 1, 2), "num_res_blocks": 2, "attn_resolutions": (8, 16), "resolution": 32}
# configs of the published imagenet_f16_1024 and openimages_f8_8192 (CompVis/taming-transformers, README)
F16 = {"ch": 128, "ch_mult": (1, 1, 2, 2, 4), "num_res_blocks": 2, "attn_resolutions": (16,), "z_channels": 256}
F8 = {"ch": 128, "ch_mult": (1, 1, 2, 4), "num_res_blocks": 2, "attn_resolutions": (32,), "z_channels": 256}


class Gumbel(nn.Module):
    """The quantiser of taming's GumbelVQ, which its package on PyPI lacks, without noise: the best-scored code."""

    def __init__(self, codes, width, channels):
        super().__init__()
        self.proj = nn.Conv2d(channels, codes, 1)
        self.embed = nn.Embedding(codes, width)

    def forward(self, z):
        chosen = F.one_hot(self.proj(z).argmax(dim=1), self.embed.num_embeddings).float()
        return torch.einsum("bhwn,nd->bdhw", chosen, self.embed.weight), None, None


class Original(nn.Module):
    """What taming.models.vqgan.VQModel and GumbelVQ consist of; they cannot be imported beside a current Lightning."""

    def __init__(self, layers, codes, width, gumbel=False):
        super().__init__()
        layers = {"in_channels": 3, "out_ch": 3, "double_z": False, "dropout": 0.0, "resolution": 256, **layers}
        self.layers = layers
        self.encoder, self.decoder = Encoder(**layers), Decoder(**layers)
        self.quantize = Gumbel(codes, width, width) if gumbel else VectorQuantizer(codes, width, beta=0.25)
        self.quant_conv = nn.Conv2d(layers["z_channels"], width, 1)
        self.post_quant_conv = nn.Conv2d(width, layers["z_channels"], 1)
        self.gumbel = gumbel

    @property
    def codes(self):
        return (self.quantize.embed if self.gumbel else self.quantize.embedding).weight

    @torch.no_grad()
    def encode(self, image):
        return self.quantize(self.quant_conv(self.encoder(image * 2 - 1)))[0]

    @torch.no_grad()
    def decode(self, codes):
        return self.decoder(self.post_quant_conv(codes)) / 2 + 0.5

    def config(self):
        parameters = {"ddconfig": self.layers, "n_embed": self.codes.shape[0], "embed_dim": self.codes.shape[1]}
        return {"model": {"params": yaml.safe_load(yaml.safe_dump(as_lists(parameters)))}}


def as_lists(value):
    if isinstance(value, dict):
        return {key: as_lists(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def original(*arguments, **options):
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(5)
        model = Original(*arguments, **options).eval()
        model.codes.normal_()
        # Untrained, every place of a picture would get one code.
        model.quant_conv.weight.mul_(20)
    return model


@pytest.fixture
def codec(env):
    def load(path, **fields):
        return Vqgan(checkpoint=path, **fields).build(env(16, 16))._codec

    return load


MODELS = {
    "small": ((SMALL, 16, 8), {}),
    "attention in the blocks": ((ATTENTIVE, 16, 8), {}),
    "codes narrower than the latent": ((SMALL, 16, 5), {}),
    "gumbel": ((ATTENTIVE, 16, 8), {"gumbel": True}),
}
SLOW = {"f16, 1024 codes": ((F16, 1024, 256), {}), "f8, 8192 codes": ((F8, 8192, 256), {"gumbel": True})}
models = pytest.mark.parametrize(
    ("arguments", "options"),
    [*MODELS.values(), *(pytest.param(*model, marks=pytest.mark.slow) for model in SLOW.values())],
    ids=[*MODELS, *SLOW],
)


@models
def test_it_encodes_quantises_and_decodes_as_the_original(arguments, options, codec, tmp_path):
    model = original(*arguments, **options)
    torch.save({"state_dict": model.state_dict(), "epoch": 3}, tmp_path / "last.ckpt")
    ours = codec(tmp_path / "last.ckpt")
    side = 4 * ours.factor
    image = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(1))
    expected = model.encode(image)
    assert len(expected.movedim(1, -1).flatten(0, 2).unique(dim=0)) > 1
    torch.testing.assert_close(ours.encode(image), expected)
    codes = ours.codes[torch.randint(len(ours.codes), (2, 4, 4), generator=torch.Generator().manual_seed(2))]
    codes = codes.movedim(-1, 1)
    torch.testing.assert_close(ours.decode(codes), model.decode(codes).clamp(0, 1), atol=1e-5, rtol=1e-4)
    assert torch.equal(ours.nearest(codes + 1e-3), codes)
    torch.testing.assert_close(ours.codes, model.codes.detach())


def stored(state, how, path):
    """A checkpoint as it is found in the wild."""
    if how == "transformer":
        state = {f"first_stage_model.{name}": value for name, value in state.items()}
        state |= {"transformer.tok_emb.weight": torch.ones(3), "cond_stage_model.encoder.conv_in.weight": torch.ones(1)}
    if how == "training":
        state = {**state, "loss.perceptual_loss.net.weight": torch.ones(2), "colorize": torch.ones(3)}
    if how == "half":
        state = {name: value.half() for name, value in state.items()}
    if how == "safetensors":
        save_file({name: value.contiguous() for name, value in state.items()}, path.with_suffix(".safetensors"))
        return path.with_suffix(".safetensors")
    torch.save(state if how == "bare" else {"state_dict": state}, path, _use_new_zipfile_serialization=how != "legacy")
    return path


@pytest.mark.parametrize("how", ["transformer", "training", "half", "safetensors", "bare", "legacy"])
def test_wherever_the_weights_are_kept(how, codec, tmp_path):
    model = original(SMALL, 16, 8)
    ours = codec(stored(model.state_dict(), how, tmp_path / "last.ckpt"))
    codes = model.codes.detach()[:4].T.reshape(1, 8, 2, 2)
    tolerance = 1e-2 if how == "half" else 1e-5
    torch.testing.assert_close(ours.decode(codes), model.decode(codes).clamp(0, 1), atol=tolerance, rtol=0)


@pytest.mark.parametrize("nested", [False, True])
def test_a_config_tells_of_a_tanh(nested, codec, tmp_path):
    model = original(SMALL, 16, 8)
    path = stored(model.state_dict(), "bare", tmp_path / "last.ckpt")
    config = model.config()
    config["model"]["params"]["ddconfig"]["tanh_out"] = True
    if nested:
        config = {"model": {"params": {"first_stage_config": config["model"]}}}
    (tmp_path / "model.yaml").write_text(yaml.safe_dump(config))
    codes = model.codes.detach()[:4].T.reshape(1, 8, 2, 2)
    expected = (model.decode(codes) * 2 - 1).tanh() / 2 + 0.5
    torch.testing.assert_close(codec(path, config=tmp_path / "model.yaml").decode(codes), expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p.update(n_embed=17), r"it says 17, they have 16 \(num_vq_embeddings\)"),
        (lambda p: p["ddconfig"].update(ch=64), r"it says \[64, 128\], they have \[32, 64\]"),
        (lambda p: p.pop("embed_dim"), r"is no configuration of a VQGAN \(KeyError: 'embed_dim'\)"),
    ],
)
def test_a_config_of_other_weights_is_one_line(change, message, codec, tmp_path):
    model = original(SMALL, 16, 8)
    config = model.config()
    change(config["model"]["params"])
    (tmp_path / "model.yaml").write_text(yaml.safe_dump(config))
    with pytest.raises(InputError, match=message):
        codec(stored(model.state_dict(), "bare", tmp_path / "last.ckpt"), config=tmp_path / "model.yaml")


def test_a_config_that_runs_code_is_refused(codec, tmp_path):
    path = stored(original(SMALL, 16, 8).state_dict(), "bare", tmp_path / "last.ckpt")
    (tmp_path / "model.yaml").write_text(f"!!python/object/apply:builtins.open [{tmp_path / 'ran'}, w]")
    with pytest.raises(InputError, match=r"model\.yaml: is no configuration of a VQGAN") as caught:
        codec(path, config=tmp_path / "model.yaml")
    assert "\n" not in str(caught.value) and not (tmp_path / "ran").exists()


def without(*prefixes):
    return lambda state: {name: value for name, value in state.items() if not name.startswith(prefixes)}


def bent(state):
    return {**state, "decoder.conv_in.weight": torch.ones(2, 2, 3, 3)}


WRONG = {
    "no autoencoder": (lambda state: {"transformer.weight": torch.ones(2)}, "it has no 'encoder.conv_in.weight'"),
    "no codebook": (without("quantize."), "has no codebook"),
    "no decoder": (without("decoder.up."), "its encoder and decoder do not match"),
    "a level cut short": (without("encoder.down.0.block.0.conv2"), "it has no 'encoder.down.0.block.0.conv2.weight'"),
    "a tensor short": (without("decoder.norm_out"), 'Missing key(s) in state_dict: "decoder.conv_norm_out.weight"'),
    "a tensor of another shape": (bent, "size mismatch for decoder.conv_in.weight"),
    "a tensor more": (lambda state: {**state, "encoder.extra.weight": torch.ones(2)}, "Unexpected key(s)"),
}


@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG.keys())
def test_other_weights_are_one_line(change, message, codec, tmp_path):
    path = stored(change(original(SMALL, 16, 8).state_dict()), "bare", tmp_path / "last.ckpt")
    with pytest.raises(InputError) as caught:
        codec(path)
    text = str(caught.value)
    assert message in text and "last.ckpt" in text and "\n" not in text and len(text) < 500


class Evil:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def truncated(path):
    torch.save(original(SMALL, 16, 8).state_dict(), path)
    path.write_bytes(path.read_bytes()[:20000])


BROKEN = {
    "truncated": (truncated, "is no complete PyTorch checkpoint"),
    "malicious": (lambda path: torch.save({"x": Evil(path.parent / "ran")}, path), "asks for 'io.open' to be run"),
    "a page": (lambda path: path.write_text("<html>404</html>"), "last.ckpt: "),
}


@pytest.mark.parametrize(("spoil", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_checkpoint_costs_one_line(spoil, message, artgen, tmp_path):
    spoil(tmp_path / "last.ckpt")
    preset = "generator: {type: vqgan, checkpoint: last.ckpt}\nlosses: [{type: smoothness}]\n"
    (tmp_path / "p.yaml").write_text(preset)
    done = artgen("run", "p.yaml", code=2)
    assert message in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "ran").exists()
