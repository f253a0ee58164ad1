import os
import signal
import sys

import pytest

from artgen.cli import BUG
from tests.helpers import command
from tests.helpers.paths import DISTS

# Tests run side by side, one on each core; torch's own threads would only get in each other's way.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# A shell's background job ignores Ctrl-C, and so would all that it starts; some tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)
# A stranger's plugin takes part in every test: installed, in subprocesses too, but never a dependency of artgen's own.
sys.path.insert(0, str(DISTS / "ok"))

SWITCHES = ("ARTGEN_OFFLINE", "HF_HUB_OFFLINE", "ARTGEN_DEBUG")


@pytest.fixture(autouse=True)
def _same_connections():
    """What a test runs in this process may switch downloads off for itself; the next test is asked anew."""
    before = {name: os.environ.get(name) for name in SWITCHES}
    yield
    for name, value in before.items():
        os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def pytest_collection_modifyitems(items):
    """The long ones first, so that at the end no core waits for another."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def artgen(tmp_path):
    """Runs the artgen command in a folder of its own.

    It runs in this process. More distributions on the path, a prelude, what a library reads at its start, and
    `process` make it run in a new one.
    """

    def run(*arguments, dists=("ok",), code=None, prelude="", process=False, **variables):
        words = [str(argument) for argument in arguments]
        if process or command.needs_a_process(dists, prelude, variables):
            done = command.elsewhere(words, tmp_path, variables, dists, prelude)
        else:
            done = command.here(words, tmp_path, variables)
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode != BUG, done.stderr
        if code is not None:
            assert done.returncode == code, done.stderr + done.stdout
        return done

    return run


@pytest.fixture
def several(tmp_path):
    """Runs artgen commands one after the other in one new process: what they came to, each with the code that is due.

    For what Python or a library does once, when it starts; most of the time goes into the start.
    """

    def run(*commands, code, prelude="", **variables):
        words = [[str(argument) for argument in arguments] for arguments in commands]
        answers = command.several(words, tmp_path, variables, prelude=prelude)
        assert len(answers) == len(words)
        for done in answers:
            assert "Traceback" not in done.stderr, done.stderr
            assert done.returncode == code, (done.args, done.stderr, done.stdout)
        return answers

    return run


@pytest.fixture
def flat():
    """A whole preset of the stranger's parts."""
    return {
        "prompts": "a cat:1 | a dog:0.5",
        "seed": 5,
        "size": [12, 10],
        "steps": 6,
        "batch": 2,
        "generator": {"type": "flat"},
        "perceptors": {"toy": {"type": "toy"}},
        "views": [{"type": "corners", "count": 5}],
        "losses": [{"type": "match"}, {"type": "dark", "weight": 0.1}],
    }


@pytest.fixture
def made(tmp_path, flat):
    """A picture of the stranger's parts that carries its recipe."""
    import artgen

    return artgen.run(flat).save(tmp_path / "picture.png")


@pytest.fixture(scope="session")
def picture_model(tmp_path_factory):
    """Writes a small UNet2DModel in diffusers' layout: ``picture_model(still=True, in_channels=12, scheduler={...})``.

    Its weights are random; with `still` its output is 0 everywhere. As a velocity, that is what a perfect model of
    pictures of independent unit normal numbers says.
    """

    def write(still=False, scheduler=None, kind="DDIMScheduler", flat=False, **config):
        import diffusers
        import torch

        folder = tmp_path_factory.mktemp("model")
        blocks = {
            "block_out_channels": (8, 16),
            "down_block_types": ("DownBlock2D", "AttnDownBlock2D"),
            "up_block_types": ("AttnUpBlock2D", "UpBlock2D"),
            "layers_per_block": 1,
            "norm_num_groups": 4,
            "attention_head_dim": 8,
        }
        with torch.random.fork_rng():
            torch.manual_seed(0)
            network = diffusers.UNet2DModel(**{"sample_size": 16, **blocks, **config})
        if still:
            torch.nn.init.zeros_(network.conv_out.weight)
            torch.nn.init.zeros_(network.conv_out.bias)
        network.save_pretrained(folder if flat else folder / "unet")
        settings = {"beta_schedule": "squaredcos_cap_v2", "prediction_type": "v_prediction", **(scheduler or {})}
        getattr(diffusers, kind)(**settings).save_pretrained(folder if flat else folder / "scheduler")
        return folder

    return write


@pytest.fixture(scope="session")
def code_model(tmp_path_factory):
    """Writes a small VQModel in diffusers' layout: ``code_model(in_channels=12, ...)``, by default 4 x 4 pixels a code.

    Its weights are random, and half precision's numbers, so that they can be kept in either.
    """

    def write(**config):
        import diffusers
        import torch

        small = {
            "block_out_channels": (8, 8, 16),
            "down_block_types": ("DownEncoderBlock2D", "DownEncoderBlock2D", "AttnDownEncoderBlock2D"),
            "up_block_types": ("AttnUpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"),
            "latent_channels": 6,
            "vq_embed_dim": 5,
            "num_vq_embeddings": 24,
            "norm_num_groups": 4,
        }
        folder = tmp_path_factory.mktemp("model")
        with torch.random.fork_rng(), torch.no_grad():
            torch.manual_seed(3)
            model = diffusers.VQModel(**{**small, **config})
            model.quantize.embedding.weight.normal_()
        model.half().float().save_pretrained(folder)
        return folder

    return write


@pytest.fixture(scope="session")
def stable(tmp_path_factory):
    """A folder with a Stable Diffusion in miniature."""
    from tests.helpers import stable_models

    return stable_models.write_first(tmp_path_factory.mktemp("models") / "tiny-sd")


@pytest.fixture(scope="session")
def stable_xl(tmp_path_factory):
    """A folder with an SDXL turbo in miniature."""
    from tests.helpers import stable_models

    return stable_models.write_xl(tmp_path_factory.mktemp("models") / "tiny-xl")


@pytest.fixture(scope="session")
def tiny_vae(tmp_path_factory):
    """A folder with a tiny autoencoder for both."""
    from tests.helpers import stable_models

    return stable_models.write_tiny_vae(tmp_path_factory.mktemp("models") / "tiny-vae")


@pytest.fixture(scope="session")
def vgg(tmp_path_factory):
    """Random weights of VGG-16's convolutions, as torchvision names them."""
    import torch
    from safetensors.torch import save_file
    from torchvision.models import vgg16

    with torch.device("meta"):
        shapes = vgg16(weights=None).features.state_dict()
    draws = torch.Generator().manual_seed(0)
    state = {f"features.{name}": 0.05 * torch.randn(value.shape, generator=draws) for name, value in shapes.items()}
    path = tmp_path_factory.mktemp("vgg") / "vgg.safetensors"
    save_file({name: value.half() for name, value in state.items()}, path)
    return path


@pytest.fixture(scope="session")
def aesthetic_head(tmp_path_factory):
    """A linear head for embeddings of twelve numbers, such as `artgen.testing.ColourPerceptor` gives."""
    import torch
    from safetensors.torch import save_file

    path = tmp_path_factory.mktemp("heads") / "head.safetensors"
    save_file({"weight": torch.linspace(-3, 3, 12)[None], "bias": torch.full((1,), 5.0)}, path)
    return path
