"""Importers of what other programs saved: a module for each, in which its settings are explained.

Like every importer they only parse; what has no like here is named in a comment of the preset.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from artgen.importing import Claim, Document, Importer


def _importer(program: str, module: str) -> Importer:
    """The importer of a module, which is imported when it is asked."""

    def recognise(source: Document) -> Sequence[Claim]:
        ask: Callable[[Document], Sequence[Claim]] = import_module(f"artgen_imports.{module}").recognise
        return ask(source)

    def convert(settings: Mapping[str, Any], source: Path, home: Path, embedded: bool) -> str:
        make: Callable[..., str] = import_module(f"artgen_imports.{module}").convert
        return make(settings, source, home, embedded)

    return Importer(program, recognise, convert)


# Not called as the modules are: a module takes its name in the package when it is imported.
from_a1111 = _importer("A1111's web UI", "a1111")
from_comfyui = _importer("ComfyUI", "comfyui")
from_deforum = _importer("Deforum", "deforum")
from_disco_diffusion = _importer("Disco Diffusion", "disco_diffusion")
from_invokeai = _importer("InvokeAI", "invokeai")
from_pytti = _importer("pytti", "pytti")
from_vqgan_clip = _importer("VQGAN-CLIP", "vqgan_clip")
