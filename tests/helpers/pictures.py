"""Pictures that carry their recipe: made again, or changed."""

from PIL import Image, PngImagePlugin

from artgen.compare import replay
from artgen.recipe import metadata
from artgen.recipe import model as recipe


def again(path, **options):
    """What comes of a replay."""
    return replay.replay(replay.plan(path, **options), note=lambda line: None)


def rewritten(path, change, to=None):
    """Changes the recipe in a picture, and not the picture, there or in the copy `to`; the path of what was changed."""
    found = metadata.read(path)
    change(found)
    with Image.open(path) as picture:
        text = PngImagePlugin.PngInfo()
        text.add_itxt(metadata.KEY, recipe.to_json(found))
        picture.save(to or path, pnginfo=text)
    return to or path


def repainted(path, colour=(9, 9, 9)):
    """Changes a picture, and not the recipe in it."""
    with Image.open(path) as picture:
        text = PngImagePlugin.PngInfo()
        text.add_itxt(metadata.KEY, picture.text[metadata.KEY])
        picture.putpixel((0, 0), colour)
        picture.save(path, pnginfo=text)
