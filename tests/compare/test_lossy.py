"""The verdict on files that keep their pixels only nearly: no painted one passes, and every truthful one does."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

import artgen as package
from artgen.compare import codec
from artgen.recipe import metadata
from tests.helpers.pictures import again


@pytest.fixture(scope="module", params=[False, True], ids=["solid", "see-through"])
def drawn(request, tmp_path_factory):
    """A picture with edges and colours, and with alpha or without."""
    preset = {
        "prompts": "a cat",
        "seed": 3,
        "size": [72, 48],
        "steps": 4,
        "generator": {"type": "pixel", "grid": [9, 6]},
        "perceptors": {"toy": {"type": "toy"}},
        "views": [{"type": "corners", "count": 2}],
        "losses": [{"type": "match"}],
    }
    if request.param:
        preset["transparent"] = {"weight": 5, "edges": "soft"}
    path = package.run(preset, note=lambda line: None).save(tmp_path_factory.mktemp("drawn") / "drawn.png")
    with Image.open(path) as picture:
        assert (picture.mode == "RGBA") is request.param
        assert not request.param or picture.getchannel("A").getextrema()[0] < 255
    return path


def kept(path, to, change=lambda picture: picture, **options):
    """The picture of `path` in another file, changed, with the recipe as it is."""
    with Image.open(path) as picture:
        whole = picture.convert("RGBA")
    options = {**metadata.options(to, metadata.read(path)), **options}
    changed = change(whole)
    if options["format"] == "JPEG":
        changed = Image.alpha_composite(Image.new("RGBA", whole.size, "white"), changed).convert("RGB")
    changed.save(to, **options)
    return to


def square(picture, side=6, colour="red"):
    ImageDraw.Draw(picture).rectangle((20, 10, 20 + side - 1, 10 + side - 1), fill=colour)
    return picture


def tinted(picture, levels=3):
    array = np.array(picture).astype(int)
    array[..., 0] = np.where(array[..., 0] < 128, array[..., 0] + levels, array[..., 0] - levels)
    return Image.fromarray(array.astype("uint8"))


@pytest.mark.parametrize("name", ["x.jpg", "x.webp"])
def test_an_export_is_identical(artgen, drawn, tmp_path, name):
    artgen("export", drawn, tmp_path / name, code=0)
    verdict = again(tmp_path / name)
    assert verdict.word == "identical"
    assert str(verdict) == "identical: the same pixels" + (", as this JPEG keeps them" if name == "x.jpg" else "")


@pytest.mark.parametrize("name", ["x.jpg", "x.webp"])
def test_what_a_run_saves_itself_is_identical(drawn, tmp_path, name):
    made = package.run(metadata.read(drawn)["preset"], note=lambda line: None)
    assert again(made.save(tmp_path / name)).word == "identical"


@pytest.mark.parametrize("options", [{"quality": q, "subsampling": s} for q, s in [(100, 0), (90, 1), (80, 2)]])
def test_a_jpeg_of_other_settings_is_identical(drawn, tmp_path, options):
    assert again(kept(drawn, tmp_path / "x.jpg", **options)).word == "identical"


@pytest.mark.parametrize("quality", [80, 90, 95, 100])
def test_a_lossy_webp_is_identical(drawn, tmp_path, quality):
    verdict = again(kept(drawn, tmp_path / "x.webp", lossless=False, exact=False, quality=quality))
    assert verdict.word == "identical"
    assert verdict.lossy == "WebP"


def test_a_webp_without_the_colours_of_what_is_see_through_is_identical(drawn, tmp_path):
    """As artgen wrote them once, and other programs do."""
    assert again(kept(drawn, tmp_path / "x.webp", exact=False)).word == "identical"


@pytest.mark.parametrize("change", [square, lambda p: square(p, 1), lambda p: square(p, 2, "black"), tinted])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("x.jpg", {}),
        ("x.jpg", {"quality": 75}),
        ("x.jpg", {"quality": 5}),
        ("x.jpg", {"qtables": [[255] * 64] * 2}),
        ("x.webp", {}),
        ("x.webp", {"lossless": False, "quality": 90}),
        ("x.webp", {"lossless": False, "quality": 1}),
        ("x.png", {}),
    ],
)
def test_what_is_painted_over_is_never_identical(drawn, tmp_path, name, options, change):
    assert again(kept(drawn, tmp_path / name, change, **options)).word != "identical"


def test_what_is_painted_over_says_so(artgen, drawn, tmp_path):
    path = kept(drawn, tmp_path / "x.jpg", lambda picture: Image.new("RGBA", picture.size, "black"))
    done = artgen("replay", path, code=1)
    assert done.stdout.startswith("different: ")
    assert done.stdout.endswith("not as it was: the picture, which was changed after it was made\n")


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_jpeg_without_the_colours_is_not_identical(drawn, tmp_path, mode):
    with Image.open(drawn) as picture:
        flat = picture.convert("RGB").convert(mode)
    flat.save(tmp_path / "x.jpg", **{**metadata.options(tmp_path / "x.jpg", metadata.read(drawn)), "quality": 100})
    assert again(tmp_path / "x.jpg").word != "identical"


def test_a_jpeg_so_coarse_that_all_pictures_look_alike_is_not_identical(drawn, tmp_path):
    grey = io.BytesIO()
    Image.new("RGB", (72, 48), (128, 128, 128)).save(grey, "JPEG", qtables=[[255] * 64] * 2)
    assert not codec.kept(grey.getvalue(), Image.open(grey).convert("RGBA"), [Image.new("RGB", (72, 48), "red")]).fits
    assert again(kept(drawn, tmp_path / "x.jpg", qtables=[[255] * 64] * 2)).word != "identical"


def test_what_a_file_is_counts_and_not_what_it_is_called(drawn, tmp_path):
    painted = kept(drawn, tmp_path / "x.jpg", square)
    assert again(painted.rename(tmp_path / "x.png")).word != "identical"
    true = kept(drawn, tmp_path / "y.jpg")
    assert again(true.rename(tmp_path / "y.png")).word == "identical"


def test_a_hash_in_the_recipe_proves_nothing_alone(drawn, tmp_path):
    """A recipe that names the hash of the painted picture is a stranger's word."""
    from artgen.picture.hashing import pixel_hash

    with Image.open(drawn) as picture:
        painted = square(picture.convert("RGBA"))
    made = {**metadata.read(drawn), "pixels": pixel_hash(painted)}
    painted.save(tmp_path / "x.png", **metadata.options(tmp_path / "x.png", made))
    assert again(tmp_path / "x.png").word != "identical"
