"""Look over this machine, and with PRESET at what that preset needs: ok, warning or problem, and what to do.

Exit code 0 if there is no problem, 1 if there is one. Connects to nothing unless --online is given.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from artgen.cli import common
from artgen.cli.base import Subcommand
from artgen.errors import shown

if TYPE_CHECKING:
    from artgen.doctor.checks import Check

_COLOURS = {"ok": "32", "warning": "33", "problem": "31"}


@click.command(cls=Subcommand, help=__doc__)
@common.preset_argument("also look at what this preset needs", required=False)
@click.option("--online", is_flag=True, help="try to reach the model hub and the mirrors")
@common.json()
def command(preset: str | None, online: bool, as_json: bool) -> int:
    from artgen.doctor.report import examine

    findings = examine(preset, online)
    if as_json:
        _print_json(findings)
    else:
        _print(findings)
    return 1 if any(finding.level == "problem" for finding in findings) else 0


def _print_json(findings: Iterable[Check]) -> None:
    import dataclasses
    import json

    found = [dataclasses.asdict(finding) for finding in findings]
    healthy = not any(finding["level"] == "problem" for finding in found)
    print(json.dumps({"healthy": healthy, "findings": found}, indent=2))


def _print(findings: list[Check]) -> None:
    """Plain text: the libraries that could draw it better may be what is broken."""
    area = None
    for finding in findings:
        if finding.area != area:
            area = finding.area
            print(_painted(area, "1"))
        print(f"  {_painted(f'{finding.level:8}', _COLOURS[finding.level])} {shown(finding.text)}")
        if finding.fix:
            print(f"           -> {shown(finding.fix)}")
    counts = {level: sum(finding.level == level for finding in findings) for level in ("problem", "warning")}
    print("\n" + ", ".join(f"{count or 'no'} {level}{'' if count == 1 else 's'}" for level, count in counts.items()))


def _painted(text: str, code: str) -> str:
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    return f"\033[{code}m{text}\033[0m"
