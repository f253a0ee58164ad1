"""The stranger's plugin `rude`, installed for a test in this process; its components do as they are told."""

import contextlib
import sys

from artgen.registry import plugins
from tests.helpers.paths import DISTS

KINDS = {
    "generator": "generator",
    "loss": "losses",
    "perceptor": "perceptors",
    "view": "views",
    "filter": "filters",
    "finish": "finish",
    "reporter": "reporters",
}


@contextlib.contextmanager
def installed(*folders):
    """Inside, the distributions in these folders are there, too."""
    before = list(sys.path)
    sys.path[:0] = [str(folder) for folder in folders or (DISTS / "rude",)]
    plugins.discover.cache_clear()
    try:
        yield
    finally:
        sys.path[:] = before
        plugins.discover.cache_clear()


def title(kind):
    return f"{kind} '{'rude-stage' if kind == 'finish' else 'rude'}' (artgen-rude 0.1.0)"


def with_rude(flat, kind, **settings):
    """A preset in which a component of that kind is the rude one."""
    preset = {**flat, "losses": [*flat["losses"]]}
    spec = {"type": "rude-stage" if kind == "finish" else "rude", **settings}
    if kind == "perceptor":
        return {**preset, "perceptors": {"rude": spec}, "losses": [{"type": "match", "perceptor": "rude"}]}
    if kind == "loss":
        preset["losses"].append({**spec, "weight": 0.1})
        return preset
    return {**preset, KINDS[kind]: spec if kind == "generator" else [spec]}
