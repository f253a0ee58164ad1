import pytest
from PIL import Image, ImageDraw


@pytest.fixture
def badge(tmp_path):
    """A yellow disc on nothing."""
    picture = Image.new("RGBA", (48, 32), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((16, 8, 32, 24), fill=(255, 230, 0, 255))
    picture.save(tmp_path / "badge.png")
    return tmp_path / "badge.png"
