"""Tell what the models of a preset know of a prompt's words, before a minute is spent on them.

A word is known, or drawn as another that is; or it was met in training beside names, or means nothing to the model.
Below that stands how a generator that reads prompts by itself takes it apart. Nothing is loaded or downloaded.

    artgen words "two purple kittens in the snow"
    artgen words "a lighthouse" --preset diffusion

Of models that do not say what they know, such as a large CLIP, nothing is told.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from artgen.cli import common

if TYPE_CHECKING:
    from artgen.api import Word
    from artgen.preset.model import Preset

STATES = {
    "known": "known",
    "replaced": "drawn as '{name}', because it has not learnt the word",
    "met": "met beside names in training, and may be understood",
    "unknown": "unknown, and left as it is",
}
"""What is said of a word."""
DEFAULT = "quickstart"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("prompt", metavar="PROMPT", help="what a picture might be asked for")
    parser.add_argument("--preset", metavar="PRESET", default=DEFAULT, help="whose models read (default: %(default)s)")
    common.add_json(parser, "print a list of objects with prompt, perceptors and generator")


def main(given: argparse.Namespace) -> int:
    from artgen.errors import InputError
    from artgen.preset.loading import load
    from artgen.preset.settings.device import on_this_machine

    if not given.prompt.strip():
        raise InputError("PROMPT: is empty; say what to draw")
    with on_this_machine(), common.naming({"prompts": "PROMPT"}):
        preset = load(given.preset, [("prompts", given.prompt)])
    texts = [prompt.words for prompt in preset.prompts if prompt.words]
    told = [_told(text, preset) for text in texts if not _has_choices(text)]
    if given.json:
        print(json.dumps(told, indent=2))
        return 0
    for place, one in enumerate(told):
        common.say("\n" * (place > 0) + "\n".join(_lines(one)))
    return 0


def _has_choices(text: str) -> bool:
    """Whether the run will draw what it says, such as `{red|blue}`; then a line says so."""
    from artgen.prompts.wildcards import Wildcards

    if isinstance(text, Wildcards):
        common.note(f"'{text}': holds choices, which the run draws; write one of them out")
    return isinstance(text, Wildcards)


def _told(text: str, preset: Preset) -> dict[str, Any]:
    """What is known of one text."""
    from artgen.registry.fence import asked
    from artgen.registry.plugins import discover

    perceptors = {}
    heard = text
    for name, spec in preset.perceptors.items():
        with asked(discover().title_of(spec)):
            told = spec.reworded(text)
            if words := [_row(word) for word in spec.understood(text)]:
                perceptors[name] = {"told": told, "words": words}
        # A generator that reads prompts hears of the first perceptor that rewords them.
        heard = told if heard == text else heard
    with asked(discover().title_of(preset.generator)):
        reading = dict(preset.generator.reading(heard))
    generator = {"type": preset.generator.type, **reading} if reading else {}
    return {"prompt": text, "perceptors": perceptors, "generator": generator}


def _row(word: Word) -> dict[str, str]:
    return {"text": word.text, "state": word.state, **({"name": word.name} if word.name else {})}


def _lines(told: Mapping[str, Any]) -> Sequence[str]:
    lines = [f"'{told['prompt']}'"]
    for name, found in told["perceptors"].items():
        width = max(len(word["text"]) for word in found["words"])
        said = [(word["text"], STATES[word["state"]].format(**word)) for word in found["words"]]
        lines += [f"  to perceptor '{name}':", *(f"    {text:{width}}  {state}" for text, state in said)]
    if not told["perceptors"]:
        lines.append("  no perceptor of this preset says what it knows")
    if reading := dict(told["generator"]):
        lines.append(f"  to generator '{reading.pop('type')}':")
        lines += [f"    {part}: {said}" for part, said in reading.items()]
    return lines
