"""Why a run, or a judge of it, cannot go on, in words for its user."""

from __future__ import annotations

from artgen.errors import RunError, is_out_of_memory
from artgen.registry.fence import lacks_determinism


def reason(error: Exception) -> str:
    """One line. Two reasons of torch's are RuntimeErrors, too; any other is a bug and is raised again."""
    if is_out_of_memory(error):
        return "out of memory; use a smaller size or batch"
    if lacks_determinism(error):
        operation = str(error).split()[0]
        return f"deterministic: {operation} has no deterministic form on this device; leave it out, or use device: cpu"
    if not isinstance(error, RunError):
        raise error
    return str(error)
