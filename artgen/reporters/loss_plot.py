"""The plot of the losses, and below them of what the judges say: losses.png."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from artgen.files import atomic_path

Curves = Mapping[str, Sequence[tuple[int, float]]]
JUDGE = "tab:orange"


def plot_losses(path: Path, losses: Curves, judges: Curves | None = None) -> None:
    """One curve a loss over the steps, unweighted, and their weighted sum; then one a judge, a dot at each look."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = [name for name in losses if name != "total"]
    names += ["total"] if "total" in losses else []
    judges = judges or {}
    count = max(len(names) + len(judges), 1)
    figure = Figure(figsize=(7, 1.6 * count + 0.6), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(count, 1, sharex=True, squeeze=False)[:, 0]
    for panel, name in zip(panels, names, strict=False):
        steps, values = zip(*losses[name], strict=True)
        panel.plot(steps, values, linewidth=1.2, color="black" if name == "total" else "tab:blue")
        panel.set_title(name if name != "total" else "weighted sum", fontsize=9, loc="left")
        panel.grid(alpha=0.3)
    for panel, (name, curve) in zip(panels[len(names) :], judges.items(), strict=False):
        panel.plot(*zip(*curve, strict=True), linewidth=1.2, color=JUDGE, marker="o", markersize=3)
        panel.set_title(f"judge {name} (more is better)", fontsize=9, loc="left", color=JUDGE)
        panel.grid(alpha=0.3)
    panels[-1].set_xlabel("step")
    with atomic_path(path) as temporary:
        # No date and version inside, so that the same run gives the same bytes.
        figure.savefig(temporary, dpi=110, format="png", metadata={"Software": None})
