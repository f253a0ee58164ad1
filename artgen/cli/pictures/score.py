"""Say which of several texts fits a picture best, by a perceptor: zero-shot classification.

IMAGE is a picture or a folder of pictures. With several prompts the table gives the probability of each, a softmax over
the scaled cosine similarities; with one, its cosine similarity. Prompts are taken as they are, without weights.

    artgen score picture.png --prompt "a cat" --prompt "a dog"
    artgen score pictures --prompt "a red heart" --preset my.yaml --json

Of a picture that is no square the middle is seen; what is see-through is seen over white.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.pictures import embedding
from artgen.cli.types import PICTURE

if TYPE_CHECKING:
    from torch import Tensor


@click.command(cls=Subcommand, help=__doc__)
@common.argument("images", "a picture, or a folder of them", metavar="IMAGE", type=PICTURE, nargs=-1, required=True)
@click.option("--prompt", "prompts", metavar="TEXT", multiple=True, required=True, help="may be given many times")
@common.preset_option(common.LOOKING)
@common.json("print a list of objects with image, similarities, ...")
def command(images: tuple[Path, ...], prompts: tuple[str, ...], preset: str | None, as_json: bool) -> None:
    from artgen.errors import InputError

    texts, paths = _prompts(prompts), _paths(images)
    # Only now what is slow to import.
    from artgen.compare import perceptual

    scorers = perceptual.of_preset(preset, printing.note)
    kept, pictures, failed = embedding.embed(paths, scorers)
    for path in images:
        if path in failed:
            raise InputError(failed[path])
    wanted = [scorer.embed_texts(texts) for scorer in scorers]
    cosines = perceptual.similarities(scorers, pictures, wanted)
    chances = perceptual.probabilities(scorers, pictures, wanted) if len(texts) > 1 else None
    _print(kept, texts, cosines, chances, as_json)
    embedding.tell_skipped(failed)


def _prompts(given: Sequence[str]) -> list[str]:
    from artgen.errors import InputError

    for place, prompt in enumerate(given):
        if not prompt.strip():
            raise InputError("--prompt: is empty; say what the picture might show")
        if prompt in given[:place]:
            raise InputError(f"--prompt: '{prompt}' is given twice")
    return list(given)


def _paths(given: Sequence[Path]) -> list[Path]:
    """Files as they are, folders as what is in them; each once."""
    from artgen.picture.decoding import below, missing

    for path in given:
        if not path.exists():
            raise missing(path)
    found = [path for item in given for path in (below(item) if item.is_dir() else [item])]
    return list(dict.fromkeys(found))


def _print(paths: list[Path], prompts: list[str], cosines: Tensor, chances: Tensor | None, as_json: bool) -> None:
    import json

    rows = [_row(path, prompts, cosines[i], None if chances is None else chances[i]) for i, path in enumerate(paths)]
    print(json.dumps(rows, indent=2)) if as_json else _table(rows, prompts)


def _row(path: Path, prompts: list[str], cosines: Tensor, chances: Tensor | None) -> dict[str, Any]:
    row = {"image": str(path), "similarities": dict(zip(prompts, cosines.tolist(), strict=True))}
    return row if chances is None else {**row, "probabilities": dict(zip(prompts, chances.tolist(), strict=True))}


def _table(rows: list[dict[str, Any]], prompts: list[str]) -> None:
    from rich.table import Table
    from rich.text import Text

    from artgen.errors import shown

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("picture", overflow="fold")
    for prompt in prompts:
        table.add_column(Text(shown(prompt)), justify="right", overflow="fold")
    for row in rows:
        cells = row.get("probabilities") or row["similarities"]
        best = max(cells, key=cells.__getitem__) if "probabilities" in row else None
        texts = [f"{cells[prompt]:.1%}" if best else f"{cells[prompt]:.3f}" for prompt in prompts]
        styled = [Text(text, "bold" if prompt == best else "") for text, prompt in zip(texts, prompts, strict=True)]
        table.add_row(Text(shown(row["image"])), *styled)
    printing.print_table(table)
