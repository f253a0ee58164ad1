"""Replay the pictures of a gallery; exit code 0 only if all are identical."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from artgen.cli import common, printing
from artgen.cli.base import Subcommand
from artgen.cli.gallery import in_gallery
from artgen.cli.types import Count, Seconds

if TYPE_CHECKING:
    from artgen.gallery.model import Gallery, GalleryEntry
    from artgen.gallery.verify import ReplayOutcome

ONLY = "only N of them, the same ones each time"
TOUCHED = "only those that git finds changed since REF, such as HEAD"


@click.command(cls=Subcommand, help=__doc__)
@in_gallery
@common.argument("names", "default: all of them", metavar="NAME", nargs=-1)
@click.option("--sample", metavar="N", type=Count(0, "how many pictures, such as 5"), help=ONLY)
@click.option("--touched", metavar="REF", help=TOUCHED)
@common.tolerance
@click.option("--budget", metavar="SECONDS", type=Seconds(), help="begin none after so long")
@common.yes("also replay what is much work, or downloads weights")
@common.json()
def command(
    folder: Path,
    names: tuple[str, ...],
    sample: int | None,
    touched: str | None,
    tolerance: bool,
    budget: float | None,
    yes: bool,
    as_json: bool,
) -> int:
    from artgen.gallery import model, verify

    gallery = model.read(folder)
    chosen = _chosen(gallery, names, touched, sample)
    faults, findings = list(verify.faults(gallery)), []
    for fault in faults:
        printing.note(fault)
    for finding in verify.verify(gallery, chosen, budget, yes, printing.note):
        findings.append(finding)
        if not as_json:
            printing.say(f"{finding.file}: {finding.detail} ({finding.seconds:.1f} s)")
            sys.stdout.flush()
    untried = [entry.file for entry in chosen[len(findings) :]]
    passing = {"identical", "equivalent"} if tolerance else {"identical"}
    passed = not faults and all(finding.verdict in passing for finding in findings)
    if as_json:
        _print_json(findings, untried, faults, passed)
    else:
        _print_summary(findings, untried, len(faults))
    return 0 if passed else 1


def _chosen(gallery: Gallery, names: Sequence[str], touched: str | None, sample: int | None) -> list[GalleryEntry]:
    from artgen.gallery import verify

    chosen = gallery.named(names)
    if touched is not None:
        changed = verify.touched(gallery, touched)
        chosen = [entry for entry in chosen if entry in changed]
    return chosen if sample is None else verify.sample(chosen, sample)


def _print_json(findings: list[ReplayOutcome], untried: list[str], faults: list[str], passed: bool) -> None:
    import dataclasses
    import json

    pictures = [dataclasses.asdict(finding) for finding in findings]
    print(json.dumps({"passed": passed, "pictures": pictures, "not_tried": untried, "faults": faults}, indent=2))


def _print_summary(findings: list[ReplayOutcome], untried: list[str], faults: int) -> None:
    words = [finding.verdict for finding in findings]
    counts = [f"{words.count(word)} {word}" for word in dict.fromkeys(sorted(words))]
    seconds = sum(finding.seconds for finding in findings)
    pictures = "1 picture" if len(words) == 1 else f"{len(words)} pictures"
    print(f"{pictures}: {', '.join(counts) or 'nothing to replay'}; {seconds:.0f} s")
    if untried:
        printing.say(f"not tried, because the time was up: {', '.join(untried)}")
    if faults:
        print("the folder has a fault" if faults == 1 else f"the folder has {faults} faults", file=sys.stderr)
