"""A private recipe tells nothing that a person wrote, whichever component it was written for."""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

import artgen as package
from artgen.api import InputFile, LossSpec, Personal, PersonalText, Public, Ref
from artgen.errors import InputError
from artgen.fields.introspection import models_in
from artgen.fields.personal import is_personal, personal
from artgen.preset.model import Settings
from artgen.preset.personal import personal_settings
from artgen.recipe import metadata, privacy
from artgen.registry.plugins import discover

REASONS = {
    "device": "auto, cpu, mps or cuda:N; kept by its own rule",
    "id": "left out by its own rule, because a name that artgen gave tells nothing",
}
"""Text fields without a mark that are not left out as every other one is."""


def texts(annotation, marks=()):
    """Every free text in an annotation, with the marks around it."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from texts(inner, (*marks, *more))
    elif annotation is str:
        yield marks
    elif get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from texts(part, marks)


def fields(model, seen):
    """Those of a model and of the models inside it."""
    for name, field in model.model_fields.items():
        yield f"{model.__name__}.{name}", name, field
        for inner in set(models_in(field)) - seen:
            seen.add(inner)
            yield from fields(inner, seen)


def test_every_text_of_every_installed_spec_is_left_out_or_says_why_not():
    models = [Settings, *(component.spec for component in discover().components)]
    seen = set(models)
    found = {place: (name, field) for model in models for place, name, field in fields(model, seen)}
    assert len(found) > 200
    told = []
    for place, (name, field) in found.items():
        for marks in texts(field.annotation, tuple(field.metadata)):
            public = [mark for mark in marks if isinstance(mark, (Public, Ref))]
            told += [(place, mark) for mark in public]
            assert public or is_personal(field) or name in REASONS, place
    assert all(mark.reason for _, mark in told if isinstance(mark, Public))
    assert len(told) > 20


SECRET = "my secret"
WRITTEN = {
    "about": SECRET,
    "prompts": [{"text": SECRET, "templates": [SECRET + " {}"]}],
    "start": {"colour": "#ff0000"},
    "generator": {"type": "latent_diffusion", "prompt": SECRET, "negative": SECRET, "model": "owner/name"},
    "losses": [
        {
            "type": "clip",
            "id": SECRET,
            "bank": [SECRET, "b"],
            "templates": [SECRET + " {}"],
            "prompts": [{"text": SECRET}],
        },
        {
            "type": "clip",
            "id": "clip#2",
            "templates": True,
            "distance": "cosine",
            "weight": {"0": 1, "curve": "cosine"},
        },
        {"type": "nobody knows it here", "words": {"a": [SECRET]}, "amount": 3},
    ],
    "filters": [{"type": "palette", "palette": ["#ff0000"]}],
    "seed": 1,
}


def test_nothing_that_was_written_is_left_and_everything_else_is():
    made = privacy.redacted({"preset": WRITTEN, "inputs": {}}, personal_settings(WRITTEN))
    assert SECRET not in str(made)
    kept = made["preset"]
    assert kept["generator"] == {"type": "latent_diffusion", "model": "owner/name"}
    assert kept["losses"][1] == WRITTEN["losses"][1]
    assert kept["losses"][2] == {"type": "nobody knows it here", "amount": 3}
    assert (kept["start"], kept["filters"]) == (WRITTEN["start"], WRITTEN["filters"])
    assert "generator.prompt, generator.negative" in privacy.hidden_names(made)
    assert privacy.hidden_names({"hidden": [["losses", 0, "bank"]]}) == "losses[0].bank"


class Inner(BaseModel):
    word: str = ""
    choice: Literal["a", "b"] = "a"


class Unmarked(LossSpec):
    """A plugin that says nothing of its texts."""

    type: Literal["unmarked"] = "unmarked"
    free: str = ""
    many: tuple[str, ...] = ()
    anything: Any = None
    inner: Inner = Inner()
    inners: list[Inner] = []  # noqa: RUF012
    file: InputFile | None = None
    marked: PersonalText | None = None
    both: Annotated[InputFile | str | None, Personal()] = None
    name: Annotated[str, Public("a name")] = ""
    either: Annotated[str, Public("a name")] | None = None


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"free": "x"}, [("free",)]),
        ({"free": ""}, []),
        ({"many": ["x"]}, [("many",)]),
        ({"anything": {"a": ["x"]}}, [("anything",)]),
        ({"anything": 3}, []),
        ({"inner": {"word": "x", "choice": "a"}}, [("inner", "word")]),
        ({"inners": [{"choice": "a"}, {"word": "x"}]}, [("inners", 1, "word")]),
        ({"file": "a.png", "name": "x", "either": "x", "weight": {"0": 1, "curve": "step"}}, []),
        ({"marked": "x", "both": "a.png"}, [("marked",), ("both",)]),
        ({"unknown": "x"}, [("unknown",)]),
    ],
)
def test_what_no_mark_says_to_be_public_is_personal(data, found):
    assert list(personal({Unmarked}, data)) == found


def test_a_picture_keeps_all_of_it_to_itself(artgen, tmp_path, flat):
    """Through the whole command: the run, its folder, the replay's answer, and the export of a picture that told it."""
    flat["losses"] = [{"type": "match", "id": SECRET}, {"type": "dark"}]
    package.load(flat).save(tmp_path / "mine.yaml")
    artgen("run", "mine.yaml", "--out", "out", "--private", code=0)
    artgen("run", "mine.yaml", "--out", "open", code=0)
    artgen("export", "open", "told.webp", "--private", code=0)
    for picture in ("out/image.png", "out/recipe.json", "told.webp"):
        assert SECRET.encode() not in (tmp_path / picture).read_bytes()
    refused = artgen("replay", "out", "--prompt", "a cat:1 | a dog:0.5", code=2).stderr
    assert refused == "out: keeps losses[0].id to itself; who has its preset makes it again with `artgen run`\n"


def test_folders_and_files_that_only_prompts_name_are_left_out(tmp_path):
    digests = {"/home/jane/a/x.png": "1" * 64, "/home/jane/b/x.png": "2" * 64, "face.png": "3" * 64}
    preset = {
        "prompts": [{"image": "face.png"}],
        "start": {"image": "/home/jane/a/x.png"},
        "overlay": {"image": "/home/jane/b/x.png"},
    }
    made = privacy.redacted({"preset": preset, "inputs": digests})
    assert "jane" not in str(made) and "face" not in str(made)
    assert made["inputs"] == {"x.png": "1" * 64, f"{'2' * 12}/x.png": "2" * 64}
    assert made["preset"]["overlay"]["image"] == f"{'2' * 12}/x.png"


def test_a_private_picture_with_a_file_is_replayed(artgen, tmp_path, flat):
    from PIL import Image

    (tmp_path / "jane").mkdir()
    Image.new("RGB", (8, 8), "red").save(tmp_path / "jane" / "photo.png")
    flat["generator"] = {"type": "pixel"}
    flat["start"] = str(tmp_path / "jane" / "photo.png")
    package.run(package.load(flat, recipe="private")).save(tmp_path / "image.png")
    assert metadata.read(tmp_path / "image.png")["inputs"].keys() == {"photo.png"}
    done = artgen("replay", "image.png", "--prompt", "a cat:1 | a dog:0.5", "--allow", "jane", code=0)
    assert done.stdout.startswith("identical")


def test_what_was_private_before_is_replayed_and_can_hide_more(made, tmp_path):
    """The form in which prompts alone were left out, sealed as ever."""
    recipe = metadata.read(made)
    old = privacy.redacted(recipe)
    assert "hidden" not in old
    prompts = recipe["preset"]["prompts"]
    assert privacy.restored(old, prompts)["preset"]["prompts"] == prompts
    with pytest.raises(InputError, match="not the ones"):
        privacy.restored(old, [])
    assert privacy.redacted(old, [("generator", "type")])["private"] == old["private"]
    assert not Path(tmp_path / "nothing").exists()
