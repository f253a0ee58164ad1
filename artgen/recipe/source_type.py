"""What a picture says to every program of where it comes from: IPTC's digital source type, in an XMP packet.

The terms are those of IPTC's vocabulary (https://cv.iptc.org/newscodes/digitalsourcetype/), the properties those of its
Photo Metadata Standard and of XMP (ISO 16684-1). The packet follows from the recipe and the version of artgen
alone, without a date or an identifier, so that equal runs write equal bytes. Nobody else's packet is ever read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from artgen.version import own_version

if TYPE_CHECKING:
    from PIL.PngImagePlugin import PngInfo

_VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_PNG_KEY = "XML:com.adobe.xmp"
_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about=""'
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    ' xmp:CreatorTool="{tool}"'
    ' Iptc4xmpExt:DigitalSourceType="{source}"/>'
    "</rdf:RDF></x:xmpmeta>"
    '<?xpacket end="r"?>'
)


def tool() -> str:
    """What programs call the one that wrote a picture."""
    return f"artgen {own_version()}"


def source_type(recipe: Mapping[str, Any]) -> str:
    """IPTC's term, as a URI, for what a recipe makes.

    A trained model takes part where weights were read or a perceptor looked; somebody's picture, where the drawing
    begins with one (`start`) or has one laid over it (`overlay`).
    """
    preset = recipe["preset"]
    is_trained = bool(recipe.get("weights") or preset.get("perceptors"))
    painted = preset.get("paint") or []
    if any(map(_has_image, (preset.get("start"), preset.get("overlay"), *painted))):
        # A mix of elements of any origin, or one that a trained model has edited.
        return _VOCABULARY + ("compositeWithTrainedAlgorithmicMedia" if is_trained else "composite")
    return _VOCABULARY + ("trainedAlgorithmicMedia" if is_trained else "algorithmicMedia")


def _has_image(layer: Any) -> bool:
    return isinstance(layer, Mapping) and bool(layer.get("image"))


def xmp(recipe: Mapping[str, Any]) -> bytes:
    """The packet of a picture that `recipe` makes: some 500 bytes of UTF-8."""
    return _packet(recipe).encode()


def add_to_png(text: PngInfo, recipe: Mapping[str, Any]) -> None:
    """Add the packet where XMP's specification (part 3) has it: in uncompressed international text."""
    text.add_itxt(_PNG_KEY, _packet(recipe))


def png_text(recipe: Mapping[str, Any]) -> PngInfo | None:
    """What a PNG says that shows several of a run's pictures, or moments; None where its preset wants nothing said."""
    from PIL.PngImagePlugin import PngInfo

    if recipe["preset"].get("recipe") == "none":
        return None
    text = PngInfo()
    add_to_png(text, recipe)
    return text


def _packet(recipe: Mapping[str, Any]) -> str:
    return _PACKET.format(tool=tool(), source=source_type(recipe))
