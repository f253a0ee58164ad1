"""What a spec class must be to be offered: checked when its plugin is imported, because it breaks things far off later.

An editor's schema, a table or a path of settings would otherwise fail for everybody, and name nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, get_args

from pydantic import PydanticUserError
from pydantic.errors import PydanticInvalidForJsonSchema

from artgen import api
from artgen.errors import one_line
from artgen.fields.introspection import old_settings
from artgen.fields.widgets import faults

_NAME = re.compile(r"[\w.-]+")


def checked_name(hook: str, spec: Any, base: type[api.Spec]) -> str:
    """The `type` of a spec class that `hook` offers; TypeError says what is wrong with the class."""
    if not (isinstance(spec, type) and issubclass(spec, base)):
        raise TypeError(f"{hook} offers {spec!r}, which is no {base.__name__}")
    names = get_args(spec.model_fields["type"].annotation)
    if len(names) != 1 or spec.model_fields["type"].default != names[0]:
        raise TypeError(f"{spec.__name__} needs `type: Literal['name'] = 'name'`")
    name = names[0]
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise TypeError(f"{spec.__name__} has the type {name!r}; it may have letters, digits, '_', '-' and '.'")
    if spec.api > api.API_VERSION:
        ours = api.API_VERSION
        raise TypeError(f"{spec.__name__} needs plugin API {spec.api}, this artgen has {ours}; update artgen")
    for field, meant in base.model_fields.items():
        if field != "type" and spec.model_fields[field].annotation != meant.annotation:
            wanted = f"what {base.__name__} says it is; call yours otherwise"
            raise TypeError(f"{spec.__name__} makes '{field}' another type of setting; it must stay {wanted}")
    old_settings(spec)  # raises where it contradicts itself
    return name


def require_schema(spec: type[api.Spec]) -> None:
    """TypeError if editors cannot be told its settings, or forms how they are edited."""
    try:
        schema = spec.model_json_schema()
    except (PydanticUserError, PydanticInvalidForJsonSchema) as error:
        reason = one_line(error).partition(" For further information")[0]
        raise TypeError(f"{spec.__name__} has a setting that no JSON Schema can describe ({reason})") from None
    if fault := next(faults(schema), None):
        raise TypeError(f"{spec.__name__}: {fault}")


def undecorated(module: Any, hooks: Iterable[str]) -> list[str]:
    """The functions of `module` that are called like hooks and are none, for want of ``@hookimpl``."""
    found = {hook: getattr(module, hook, None) for hook in hooks}
    marks = "artgen_impl", "artgen_spec"
    return [hook for hook, it in found.items() if callable(it) and not any(hasattr(it, mark) for mark in marks)]
