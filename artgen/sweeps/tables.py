"""The cells of a sweep as tables: ``cells.csv``, and ``cells.parquet`` where pyarrow is installed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgen.errors import InputError
from artgen.files import atomic_path
from artgen.sweeps.rows import Axis, Row

if TYPE_CHECKING:
    import pyarrow

CSV, PARQUET = "cells.csv", "cells.parquet"
INSTALL = 'pip install "artgen[parquet]"'
SCORE = "score."
"""Stands before the name of a judge."""
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_INT64 = range(-(1 << 63), 1 << 63)

Column = list[Any]


def save(folder: Path, axes: Sequence[Axis], rows: Sequence[Row], parquet: bool | None = None) -> list[Path]:
    """Write a line for each cell: its number from 1, name, settings, state, loss, seconds, reason and scores.

    Args:
        folder: where the tables are written.
        axes: the settings that vary, each a column of its key.
        rows: the cells.
        parquet: whether ``cells.parquet`` is written too; None: if pyarrow is installed.

    Returns:
        The files.

    Raises:
        InputError: if Parquet is wanted, and pyarrow is not installed; if a file cannot be written.
    """
    arrow = None if parquet is False else _pyarrow()
    if parquet and arrow is None:
        raise InputError(f"{folder / PARQUET}: Parquet needs one more package; {INSTALL}")
    columns, settings = _columns(axes, rows)
    written = [folder / CSV]
    with atomic_path(folder / CSV) as temporary:
        # Half a character, as a command line may have, stands as its escape.
        temporary.write_bytes(_csv(columns).encode("utf-8", "backslashreplace"))
    if arrow is not None:
        written.append(folder / PARQUET)
        with atomic_path(folder / PARQUET) as temporary:
            _write_parquet(columns, settings, temporary)
    return written


def _pyarrow() -> Any:
    """The library, or None if it is not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        return None
    return pyarrow


def _columns(axes: Sequence[Axis], rows: Sequence[Row]) -> tuple[dict[str, Column], set[str]]:
    """The values of each column, from the first cell to the last; and the names of those that are settings."""
    before: dict[str, Column] = {"number": list(range(1, len(rows) + 1)), "name": [row.name for row in rows]}
    after: dict[str, Column] = {
        "state": [row.state for row in rows],
        "loss": [row.loss for row in rows],
        "seconds": [row.seconds for row in rows],
        "reason": [row.reason for row in rows],
    }
    judges = sorted({name for row in rows for name in row.scores})
    after |= {f"{SCORE}{name}": [row.scores.get(name) for row in rows] for name in judges}
    taken = before.keys() | after.keys()
    settings = {
        f"setting.{axis.key}" if axis.key in taken else axis.key: [row.settings.get(axis.key) for row in rows]
        for axis in axes
    }
    return {**before, **settings, **after}, set(settings)


def _csv(columns: dict[str, Column]) -> str:
    """RFC 4180: commas, quotation marks where they are needed, lines that end with CR LF; UTF-8."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([_field(name) for name in columns])
    writer.writerows([_field(value) for value in line] for line in zip(*columns.values(), strict=True))
    return file.getvalue()


def _field(value: object) -> str:
    """A value as text; JSON for what is neither a number nor a text.

    A spreadsheet takes a text that begins with ``=``, ``+``, ``-`` or ``@`` for a formula to be run. Such a text gets
    an apostrophe before it, as does one of apostrophes and then one of these, so that it can be taken away again.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _write_parquet(columns: dict[str, Column], settings: set[str], path: Path) -> None:
    """A column of settings has the one type that all its values have, else texts of JSON."""
    import pyarrow
    import pyarrow.parquet

    numbers = pyarrow.float64()
    types = {"number": pyarrow.int64(), "loss": numbers, "seconds": numbers}
    arrays = []
    for name, values in columns.items():
        if name in settings:
            arrays.append(_typed(values))
        else:
            given = numbers if name.startswith(SCORE) else types.get(name, pyarrow.string())
            arrays.append(pyarrow.array(list(map(_whole, values)), type=given))
    pyarrow.parquet.write_table(pyarrow.table(arrays, names=list(map(_whole, columns))), path)


def _typed(values: Column) -> pyarrow.Array[Any]:
    import pyarrow

    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pyarrow.array(values, type=pyarrow.bool_())
    if kinds == {int} and all(value is None or value in _INT64 for value in values):
        return pyarrow.array(values, type=pyarrow.int64())
    if kinds and kinds <= {int, float} and float in kinds and all(map(_is_exact, values)):
        return pyarrow.array(values, type=pyarrow.float64())
    if kinds <= {str}:
        return pyarrow.array(list(map(_whole, values)), type=pyarrow.string())
    return pyarrow.array([None if value is None else _whole(_json(value)) for value in values], type=pyarrow.string())


def _is_exact(value: float | None) -> bool:
    """Whether a number is the same as one of 64 bits."""
    return value is None or isinstance(value, float) or abs(value) <= 1 << 53


def _whole(value: Any) -> Any:
    """A text without halves of characters, which stand as their escapes; anything else as it is."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value
