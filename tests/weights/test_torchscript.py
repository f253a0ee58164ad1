"""TorchScript archives: their tensors are read, their program is not."""

import pickle
import warnings
import zipfile

import pytest
import torch
from pydantic import TypeAdapter, ValidationError

from artgen.api import InputError
from artgen.weights import Source, is_torchscript, read_state


class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(3, 2).half()
        self.register_buffer("mask", torch.arange(4))
        self.sizes = [1, 2]
        self.scale = torch.nn.Parameter(torch.tensor(2.0))

    def forward(self, x):
        return x * self.scale


@pytest.fixture(params=["trace", "script"])
def archive(request, tmp_path):
    model = torch.nn.Sequential(Layer(), torch.nn.BatchNorm1d(3), Layer()).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = torch.jit.script(model) if request.param == "script" else torch.jit.trace(model, torch.ones(1, 3))
        made.save(tmp_path / "model.pt")
    return tmp_path / "model.pt", model.state_dict()


def test_the_tensors_are_those_of_its_state(archive):
    path, state = archive
    assert is_torchscript(path)
    found = read_state(path)
    assert found.keys() == state.keys()
    for name, tensor in state.items():
        assert torch.equal(found[name], tensor) and found[name].dtype == tensor.dtype


def test_other_files_are_none(tmp_path):
    torch.save({"a": torch.ones(2)}, tmp_path / "plain.pt")
    (tmp_path / "junk.pt").write_bytes(b"PK\3\4junk")
    assert not any(is_torchscript(tmp_path / name) for name in ("plain.pt", "junk.pt", "missing.pt"))


def rebuilt(path, out, **members):
    """A copy of an archive with other members."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            inner = name.partition("/")[2]
            new.writestr(name, members.get(inner.replace(".", "_"), old.read(name)))
    return out


class Payload:
    def __reduce__(self):
        return (print, ("code ran",))


@pytest.mark.parametrize(
    "data",
    [
        pickle.dumps({"a": Payload()}, protocol=2),
        b"\x80\x02cos\nsystem\n(X\x04\0\0\0truetR.",
        b"\x80\x02c__torch__\nM\n)\x81}(X\4\0\0\0selfh\0ub.",
        b"junk",
        b"",
    ],
)
def test_what_it_asks_to_run_is_not_run(data, archive, tmp_path, capfd):
    path = rebuilt(archive[0], tmp_path / "hostile.pt", data_pkl=data)
    with pytest.raises(InputError) as caught:
        read_state(path)
    assert str(caught.value).startswith(f"{path}: ") and "\n" not in str(caught.value)
    assert "code ran" not in capfd.readouterr().out


def test_a_circle_of_modules_comes_to_an_end(archive, tmp_path):
    # A module whose attribute `a` is itself.
    data = b"\x80\x02c__torch__\nM\n)\x81q\0}X\1\0\0\0ah\0sb."
    with pytest.raises(InputError, match="holds no weights"):
        read_state(rebuilt(archive[0], tmp_path / "circle.pt", data_pkl=data))


def test_a_damaged_program_does_not_matter(archive, tmp_path):
    path = rebuilt(archive[0], tmp_path / "model2.pt", constants_pkl=b"junk")
    assert read_state(path).keys() == archive[1].keys()


def test_a_repository_may_be_named_as_open_clip_does():
    source = TypeAdapter(Source)
    assert source.validate_python("hf-hub:timm/vit@main") == "timm/vit@main"
    for wrong in ("hf-hub:vit", "hf-hub:", "hf-hub:../x/y", "hf-hub:./x y"):
        with pytest.raises(ValidationError, match="names no repository of the model hub; write hf-hub:owner/name"):
            source.validate_python(wrong)
