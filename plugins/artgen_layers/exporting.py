"""Layers, and an even ground, as SVG."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from xml.etree import ElementTree

from PIL import Image
from torch import Tensor

from artgen.api import Exports, ExportSource, Generator, GeneratorSpec, InputError
from artgen_layers import Layers
from artgen_layers.drawing import LayersGenerator

SVG = "http://www.w3.org/2000/svg"
INKSCAPE = "http://www.inkscape.org/namespaces/inkscape"
XLINK = "http://www.w3.org/1999/xlink"
_LABEL, _MODE = f"{{{INKSCAPE}}}label", f"{{{INKSCAPE}}}groupmode"
PAPER = "paper"
"""What the layer of a drawing is called that a see-through one has not; `artgen.vectors.svg` calls it so."""


def svg_of(source: ExportSource) -> bytes:
    """A group for each generator, from the lowest, as nearly as they can be SVG themselves.

    Raises:
        InputError: if one of them cannot.
    """
    for prefix, address in (("", SVG), ("inkscape", INKSCAPE), ("xlink", XLINK)):
        ElementTree.register_namespace(prefix, address)
    root = _drawing(source)
    if source.recipe is not None:
        note = ElementTree.Element(f"{{{SVG}}}metadata", id="recipe")
        note.text = json.dumps(source.recipe)
        root.insert(0, note)
    return _file(root)


def ground_svg(colours: Sequence[str], ends: Sequence[float], size: tuple[int, int]) -> bytes:
    """A gradient of `colours` in equal distances, from the point (x, y) to another, on a canvas of (H, W)."""
    root = _canvas(size)
    fill = colours[0]
    if len(colours) > 1:
        defined = ElementTree.SubElement(root, f"{{{SVG}}}defs")
        line = dict(zip(("x1", "y1", "x2", "y2"), (f"{end:.3f}" for end in ends), strict=True))
        gradient = ElementTree.SubElement(
            defined, f"{{{SVG}}}linearGradient", {"id": "ground", "gradientUnits": "userSpaceOnUse", **line}
        )
        for number, colour in enumerate(colours):
            stop = {"offset": f"{number / (len(colours) - 1):.5f}", "stop-color": colour}
            ElementTree.SubElement(gradient, f"{{{SVG}}}stop", stop)
        fill = "url(#ground)"
    layer = ElementTree.SubElement(root, f"{{{SVG}}}g", {"id": "layer1", _MODE: "layer", _LABEL: "ground"})
    ElementTree.SubElement(layer, f"{{{SVG}}}rect", width=str(size[1]), height=str(size[0]), fill=fill)
    return _file(root)


def _file(root: ElementTree.Element) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root)


def _drawing(source: ExportSource) -> ElementTree.Element:
    generator, spec = source.generator, source.spec
    assert isinstance(generator, LayersGenerator) and isinstance(spec, Layers)
    below, above = (
        _part(replace(source, generator=held, spec=of, recipe=None), name)
        for (name, of), held in zip(spec.held(), generator.both, strict=True)
    )
    if generator.see_through:
        for layer in above.findall(f"{{{SVG}}}g[@{_LABEL}='{PAPER}']"):
            above.remove(layer)
    height, width = source.result.images.shape[2:]
    root = _canvas((height, width))
    lower, upper = _group(root, "below", spec.below), _group(root, "above", spec.above)
    lower.extend(below)
    upper.extend(above)
    opacity = spec.opacity.at(generator.steps, generator.steps)
    if opacity < 1:
        upper.set("opacity", f"{opacity:.4f}")
    if generator.region is not None:
        root.insert(0, _mask(generator.region[0, 0]))
        upper.set("mask", "url(#where)")
    return root


def _part(source: ExportSource, name: str) -> ElementTree.Element:
    """What one generator draws, with ids that are no other's."""
    if isinstance(source.spec, Layers):
        found = _drawing(source)
    else:
        found = ElementTree.fromstring(_own(source.generator, source, name))
    names = {element.get("id") for element in found.iter()} - {None}
    for element in found.iter():
        for key, value in element.items():
            if key == "id":
                element.set(key, f"{name}-{value}")
            elif value.startswith("url(#") and value[5:-1] in names:
                element.set(key, f"url(#{name}-{value[5:]}")
    return found


def _own(generator: Generator, source: ExportSource, name: str) -> bytes:
    held: object = generator
    if not isinstance(held, Exports) or ".svg" not in source.spec.exports:
        raise InputError(f"'{name}': what '{source.spec.type}' draws is no SVG; layers are one if all of them are")
    return held.exported(".svg", source)


def _canvas(size: tuple[int, int]) -> ElementTree.Element:
    height, width = size
    shape = {"width": str(width), "height": str(height), "viewBox": f"0 0 {width} {height}"}
    return ElementTree.Element(f"{{{SVG}}}svg", {"version": "1.1", **shape})


def _group(root: ElementTree.Element, name: str, spec: GeneratorSpec) -> ElementTree.Element:
    return ElementTree.SubElement(root, f"{{{SVG}}}g", {"id": name, _MODE: "layer", _LABEL: f"{name}: {spec.type}"})


def _mask(region: Tensor) -> ElementTree.Element:
    """Light where (H, W) is 1, dark where it is 0."""
    height, width = (str(side) for side in region.shape)
    levels = (region * 255).round().byte().cpu().numpy()
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "PNG", optimize=True)
    place = {"x": "0", "y": "0", "width": width, "height": height}
    mask = ElementTree.Element(f"{{{SVG}}}mask", {"id": "where", "maskUnits": "userSpaceOnUse", **place})
    data = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    ElementTree.SubElement(mask, f"{{{SVG}}}image", {**place, f"{{{XLINK}}}href": data})
    return mask
