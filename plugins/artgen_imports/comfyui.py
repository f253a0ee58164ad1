"""ComfyUI's graphs: JSON called `prompt` (nodes by number) or `workflow` (as its editor draws them).

The sampler is looked for, and from it the texts, the size and the model, by way of what its inputs are linked to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from artgen.importing import Claim, Document, json_data
from artgen_imports import stable

MOST_NODES, MOST_SAMPLERS = 5000, 16
_TEXTS = ("text", "text_g", "text_l", "t5xxl", "clip_l", "string", "value", "prompt", "positive")
_SEEDS = ("seed", "noise_seed")
_MODELS = ("ckpt_name", "unet_name", "model_name")
# Where the editor's files have only values, in the order of a node's widgets.
_WIDGETS = {
    "KSampler": ("seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": ("", "noise_seed", "", "steps", "cfg", "sampler_name", "scheduler"),
    "CLIPTextEncode": ("text",),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "EmptySD3LatentImage": ("width", "height", "batch_size"),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name",),
    "RandomNoise": ("noise_seed",),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
}

convert = partial(stable.convert, "ComfyUI")


@dataclass
class Node:
    """A node of a graph, whichever form it had."""

    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    """The nodes that inputs come from."""


Graph = dict[str, Node]


def recognise(source: Document) -> list[Claim]:
    """A run for each sampler of the graph."""
    form = "a picture" if source.is_picture else "a workflow"
    for data in _candidates(source):
        graph = _graph(data)
        samplers = [node for node in graph.values() if _samples(node)]
        found = [_claim(graph, node, form) for node in samplers[:MOST_SAMPLERS]]
        if found:
            return found
    return []


def _candidates(source: Document) -> Iterator[Any]:
    """What may be a graph; the form with names before the editor's."""
    texts = [source.tags.get(key, "") for key in ("prompt", "workflow")]
    # In a WebP, Exif's names of the camera hold "prompt:{...}" and "workflow:{...}".
    exif = [source.tags.get(key, "") for key in ("Make", "Model", "ImageDescription", "UserComment")]
    texts += [text.partition(":")[2] for text in exif if text.lower().startswith(("prompt:", "workflow:"))]
    for text in filter(None, texts):
        try:
            yield json_data(text)
        except ValueError:
            continue
    if source.settings:
        yield source.settings.get("prompt", source.settings)
        yield source.settings


def _graph(data: Any) -> Graph:
    if not isinstance(data, dict):
        return {}
    if isinstance(data.get("nodes"), list):
        return _drawn(data)
    graph: Graph = {}
    for name, node in list(data.items())[:MOST_NODES]:
        if isinstance(node, dict) and isinstance(node.get("class_type"), str) and isinstance(node.get("inputs"), dict):
            made = graph[str(name)] = Node(node["class_type"])
            for key, value in node["inputs"].items():
                if isinstance(value, list) and len(value) == 2 and isinstance(value[1], int):
                    made.links[str(key)] = str(value[0])
                else:
                    made.values[str(key)] = value
    return graph


def _drawn(data: Mapping[str, Any]) -> Graph:
    """The editor's form: links by number, and values without names."""
    ends: dict[Any, str] = {}
    for link in data.get("links", ()) if isinstance(data.get("links"), list) else ():
        if isinstance(link, list) and len(link) > 1 and isinstance(link[0], int):
            ends[link[0]] = str(link[1])
    graph: Graph = {}
    for node in data["nodes"][:MOST_NODES]:
        if not isinstance(node, dict) or node.get("mode") in (2, 4):  # muted and bypassed ones
            continue
        made = graph[str(node.get("id"))] = Node(str(node.get("type")))
        inputs, values = node.get("inputs"), node.get("widgets_values")
        for item in inputs if isinstance(inputs, list) else ():
            if isinstance(item, dict) and item.get("link") in ends:
                made.links[str(item.get("name"))] = ends[item["link"]]
        if isinstance(values, dict):
            made.values |= values
        elif isinstance(values, list):
            names = _WIDGETS.get(made.kind, ("text",) if values and isinstance(values[0], str) else ())
            made.values |= {name: value for name, value in zip(names, values, strict=False) if name}
    return graph


def _samples(node: Node) -> bool:
    has_prompts = "positive" in node.links or "guider" in node.links
    return has_prompts and ("latent_image" in node.links or "ampler" in node.kind)


def _claim(graph: Graph, sampler: Node, form: str) -> Claim:
    positive = sampler.links.get("positive") or sampler.links.get("guider", "")
    guider = graph.get(sampler.links.get("guider", ""), sampler)
    negative = guider.links.get("negative", "")
    settings = {
        "prompt": _words(graph, positive, "positive"),
        "negative": _words(graph, negative, "negative"),
        "seed": _value(graph, sampler, _SEEDS),
        "steps": _value(graph, sampler, ("steps",)),
        "cfg": _value(graph, sampler, ("cfg",)),
        "sampler": _value(graph, sampler, ("sampler_name",)),
        "model": _value(graph, sampler, _MODELS),
        "width": _value(graph, sampler, ("width", "empty_latent_width")),
        "height": _value(graph, sampler, ("height", "empty_latent_height")),
    }
    found = {name: value for name, value in settings.items() if value not in (None, "")}
    others: dict[str, Any] = {name: sampler.values[name] for name in ("scheduler", "denoise") if name in sampler.values}
    kinds = sorted({node.kind for node in graph.values() if "Lora" in node.kind or "ControlNet" in node.kind})
    if kinds:
        others["nodes"] = ", ".join(kinds)
    return Claim({**found, "others": others}, form, 50 + len(found))


def _upstream(graph: Graph, start: str, first: str = "") -> Iterator[Node]:
    """The nodes that one's inputs come from, nearest first, each once; of two prompts, the way of `first` alone."""
    waiting, seen = [start], set()
    while waiting:
        name = waiting.pop(0)
        if name in seen or name not in graph:
            continue
        seen.add(name)
        node = graph[name]
        yield node
        if first in node.links and "positive" in node.links:
            waiting.append(node.links[first])
        else:
            waiting += node.links.values()


def _words(graph: Graph, start: str, first: str) -> str:
    """The texts of the encoders above an input; a text may itself come from a node."""
    found: list[str] = []
    for node in _upstream(graph, start, first):
        if "Loader" in node.kind or "ConditioningZeroOut" in node.kind:
            if "ConditioningZeroOut" in node.kind:
                return ""
            continue
        texts = (node.values.get(name) for name in _TEXTS)
        found += [text.strip() for text in texts if isinstance(text, str) and text.strip()]
    return ", ".join(dict.fromkeys(found))


def _value(graph: Graph, sampler: Node, names: tuple[str, ...]) -> Any:
    """A value of the sampler, or of the nearest node above it that has one."""
    start = next((name for name, node in graph.items() if node is sampler), "")
    for node in _upstream(graph, start):
        for name in names:
            value = node.values.get(name)
            if isinstance(value, (str, int, float)) and not isinstance(value, bool):
                return value
    return None
