"""A folder of pictures that carry their recipe: add to it, replay all of it, build its page.

    artgen gallery add runs/quickstart-0001 --title "A heart" --tags pixel,palette
    artgen gallery verify
    artgen gallery verify heart --sample 3 --budget 300
    artgen gallery build --out gallery.html

`gallery.yaml` in the folder lists the pictures; `artgen gallery add` keeps what stands there.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from artgen.cli import common

if TYPE_CHECKING:
    from artgen.gallery.model import Gallery, GalleryEntry
    from artgen.gallery.verify import ReplayOutcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, summary, arguments in (
        ("add", "take in a picture, with its losses and what its recipe reads", _add_arguments),
        ("verify", "replay the pictures; exit code 0 only if all are identical", _verify_arguments),
        ("build", "write a page that shows them all; exit code 1 if it had to leave one out", _build_arguments),
    ):
        action = actions.add_parser(name, help=summary, description=f"{summary[:1].upper()}{summary[1:]}.")
        action.add_argument(
            "--gallery", type=Path, metavar="DIR", default=Path("gallery"), help="its folder (default: gallery)"
        )
        arguments(action)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, metavar="RUN|PICTURE", help="the folder of a run, or a PNG with a recipe")
    parser.add_argument("--title", metavar="TEXT", help="default: its prompts")
    parser.add_argument("--name", metavar="NAME", help="what to call the file (default: after the title)")
    parser.add_argument("--by", metavar="WHO", help="who made it")
    parser.add_argument("--note", metavar="TEXT", help="a line on how it was made")
    parser.add_argument("--tags", metavar="A,B", default="", help="words to find it by")
    common.add_allow(parser, "look for what it reads here, too")


def _verify_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", metavar="NAME", nargs="*", help="default: all of them")
    parser.add_argument("--sample", metavar="N", type=_count, help="only N of them, the same ones each time")
    parser.add_argument("--touched", metavar="REF", help="only those that git finds changed since REF, such as HEAD")
    parser.add_argument("--tolerance", action="store_true", help="let equivalent pictures pass")
    parser.add_argument("--budget", metavar="SECONDS", type=_seconds, help="begin none after so long")
    parser.add_argument("--yes", action="store_true", help="also replay what is much work, or downloads weights")
    common.add_json(parser)


def _build_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, metavar="FILE.html|DIR", help="one page, or a folder with the pictures beside it"
    )
    parser.add_argument("--heading", metavar="TEXT", default="Gallery", help="what to call it (default: Gallery)")
    parser.add_argument("--no-alike", action="store_true", help="leave out which pictures are alike, which is faster")
    common.add_overwrite(parser, "replace files that no gallery was built from")
    common.add_preset(parser)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"expected how many pictures, such as 5, got '{text}'")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not seconds >= 0:
        raise argparse.ArgumentTypeError(f"expected seconds, such as 300, got '{text}'")
    return seconds


def main(given: argparse.Namespace) -> int:
    actions = {"add": _add, "verify": _verify, "build": _build}
    return actions[given.action](given)


def _add(given: argparse.Namespace) -> int:
    from artgen.gallery.add import EntryOptions, add

    tags = tuple(tag.strip() for tag in given.tags.split(",") if tag.strip())
    wishes = EntryOptions(given.title, given.name, given.note, given.by, tags)
    for path in add(given.source, given.gallery, wishes, given.allow):
        common.say_path(path)
    return 0


def _verify(given: argparse.Namespace) -> int:
    from artgen.gallery import model, verify

    gallery = model.read(given.gallery)
    chosen = _chosen(gallery, given)
    faults, findings = list(verify.faults(gallery)), []
    for fault in faults:
        common.note(fault)
    for finding in verify.verify(gallery, chosen, given.budget, given.yes, common.note):
        findings.append(finding)
        if not given.json:
            common.say(f"{finding.file}: {finding.detail} ({finding.seconds:.1f} s)")
            sys.stdout.flush()
    untried = [entry.file for entry in chosen[len(findings) :]]
    passing = {"identical", "equivalent"} if given.tolerance else {"identical"}
    passed = not faults and all(finding.verdict in passing for finding in findings)
    if given.json:
        _print_json(findings, untried, faults, passed)
    else:
        _print_summary(findings, untried, len(faults))
    return 0 if passed else 1


def _chosen(gallery: Gallery, given: argparse.Namespace) -> list[GalleryEntry]:
    from artgen.gallery import verify

    chosen = gallery.named(given.names)
    if given.touched is not None:
        changed = verify.touched(gallery, given.touched)
        chosen = [entry for entry in chosen if entry in changed]
    return chosen if given.sample is None else verify.sample(chosen, given.sample)


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
        common.say(f"not tried, because the time was up: {', '.join(untried)}")
    if faults:
        print("the folder has a fault" if faults == 1 else f"the folder has {faults} faults", file=sys.stderr)


def _build(given: argparse.Namespace) -> int:
    from artgen.gallery import build, model

    gallery = model.read(given.gallery)
    out = given.out if given.out is not None else given.gallery / build.PAGE
    alike = None if given.no_alike else build.alike(gallery, given.preset, common.note)
    left_out: list[str] = []
    common.say_path(build.build(gallery, out, given.heading, alike or {}, given.overwrite, left_out.append))
    for line in left_out:
        common.note(line)
    return 1 if left_out else 0
