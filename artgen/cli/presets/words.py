"""Tell what the models of a preset know of a prompt's words, before a minute is spent on them.

A word is known, or drawn as another that is; or it was met in training beside names, or means nothing to the model.
Below that stands how a generator that reads prompts by itself takes it apart. Nothing is loaded or downloaded.

    artgen words "two purple kittens in the snow"
    artgen words "a lighthouse" --preset diffusion

Of models that do not say what they know, such as a large CLIP, nothing is told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand

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


@click.command(cls=Subcommand, help=__doc__)
@common.argument("prompt", "what a picture might be asked for")
@common.preset_option("whose models read (default: quickstart)", default="quickstart")
@common.json("print a list of objects with prompt, perceptors and generator")
@common.plugins
def command(prompt: str, preset: str, as_json: bool) -> None:
    from artgen.errors import InputError
    from artgen.preset.loading import load
    from artgen.preset.settings.device import on_this_machine

    if not prompt.strip():
        raise InputError("PROMPT: is empty; say what to draw")
    with on_this_machine(), common.naming({"prompts": "PROMPT"}):
        loaded = load(preset, [("prompts", prompt)])
    texts = [one.words for one in loaded.prompts if one.words]
    told = [_told(text, loaded) for text in texts if not _has_choices(text)]
    if as_json:
        print(json.dumps(told, indent=2))
        return
    for place, one in enumerate(told):
        printing.say("\n" * (place > 0) + "\n".join(_lines(one)))


def _has_choices(text: str) -> bool:
    """Whether the run will draw what it says, such as `{red|blue}`; then a line says so."""
    from artgen.prompts.wildcards import Wildcards

    if isinstance(text, Wildcards):
        printing.note(f"'{text}': holds choices, which the run draws; write one of them out")
    return isinstance(text, Wildcards)


def _told(text: str, preset: Preset) -> dict[str, Any]:
    """What is known of one text."""
    from functools import partial

    from artgen.registry.fence import asked
    from artgen.registry.plugins import discover

    perceptors = {}
    heard = text
    for name, spec in preset.perceptors.items():
        with asked(partial(discover().title_of, spec)):
            told = spec.reworded(text)
            if words := [_row(word) for word in spec.understood(text)]:
                perceptors[name] = {"told": told, "words": words}
        # A generator that reads prompts hears of the first perceptor that rewords them.
        heard = told if heard == text else heard
    with asked(partial(discover().title_of, preset.generator)):
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
