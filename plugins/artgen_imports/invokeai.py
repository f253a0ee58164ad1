"""Pictures of InvokeAI: JSON called `invokeai_metadata` (from 3.0), `sd-metadata` (1 and 2), or a `Dream` command."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from functools import partial
from typing import Any

from artgen.importing import Claim, Document, json_data
from artgen_imports import stable

_NEW = {
    "positive_prompt": "prompt",
    "negative_prompt": "negative",
    "width": "width",
    "height": "height",
    "steps": "steps",
    "seed": "seed",
    "cfg_scale": "cfg",
    "scheduler": "sampler",
}
_OLD = {**_NEW, "sampler": "sampler"}
_DREAM = {"-s": "steps", "-S": "seed", "-W": "width", "-H": "height", "-C": "cfg", "-A": "sampler"}
# Of versions 1 and 2: what is to be kept away from stands in the prompt, in square brackets.
_UNWANTED = re.compile(r"\[([^\[\]]*)\]")

convert = partial(stable.convert, "InvokeAI")


def recognise(source: Document) -> list[Claim]:
    """One run, where a picture has such a text, or a file is the JSON of one."""
    tags = source.tags
    for data, form in (
        *((_json(tags.get(key)), "a picture") for key in ("invokeai_metadata", "sd-metadata", "invokeai")),
        (source.settings, "a settings file"),
    ):
        if data:
            claim = _new(data, form) or _old(data, form)
            if claim:
                return [claim]
    dream = tags.get("Dream", "")
    return [_dream(dream)] if dream else []


def _json(text: str | None) -> dict[str, Any]:
    try:
        data = json_data(text) if text else None
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _new(data: Mapping[str, Any], form: str) -> Claim | None:
    if not isinstance(data.get("positive_prompt"), str):
        return None
    return _claim(data, _NEW, form, data.get("model"))


def _old(data: Mapping[str, Any], form: str) -> Claim | None:
    image = data.get("image")
    if not isinstance(image, dict) or "prompt" not in image:
        return None
    prompt = image["prompt"]
    if isinstance(prompt, list):
        texts = [item.get("prompt", "") if isinstance(item, dict) else item for item in prompt]
        prompt = ", ".join(str(text) for text in texts)
    return _claim({**image, **_parted(str(prompt))}, _OLD, form, data.get("model_weights") or data.get("model"))


def _claim(data: Mapping[str, Any], names: Mapping[str, str], form: str, model: Any) -> Claim:
    settings = {key: data[name] for name, key in names.items() if data.get(name) is not None}
    if isinstance(model, dict):
        model = model.get("name") or model.get("model_name") or model.get("key")
    if isinstance(model, str):
        settings["model"] = model
    unread = {name: value for name, value in data.items() if name not in (*names, "prompt", "model")}
    others = {name: value for name, value in unread.items() if isinstance(value, (str, int, float)) and value != ""}
    return Claim({**settings, "others": others}, form, 50 + len(settings))


def _parted(prompt: str) -> dict[str, str]:
    return {
        "positive_prompt": _UNWANTED.sub("", prompt).strip(),
        "negative_prompt": ", ".join(_UNWANTED.findall(prompt)),
    }


def _dream(text: str) -> Claim:
    """``"a prompt" -s 50 -S 1234 -W 512``."""
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    # A value may be glued to its letter.
    glued = (re.fullmatch(r"(-[A-Za-z])([\d.]+)", word) for word in words)
    parted = [part for word, match in zip(words, glued, strict=True) for part in (match.groups() if match else (word,))]
    settings = {}
    texts = []
    place = 0
    while place < len(parted):
        word = parted[place]
        if word in _DREAM and place + 1 < len(parted):
            settings[_DREAM[word]] = parted[place + 1]
            place += 1
        elif not word.startswith("-") or " " in word:
            texts.append(word)
        place += 1
    prompt = _parted(" ".join(texts))
    found = {**settings, "prompt": prompt["positive_prompt"], "negative": prompt["negative_prompt"]}
    return Claim(found, "a picture", 50 + len(settings))
