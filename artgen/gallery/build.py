"""The page of a gallery: one file that asks nothing of the network, or a folder with the pictures beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from markupsafe import Markup

from artgen.errors import InputError
from artgen.files import atomic_path, refuse_overwriting
from artgen.gallery import sparklines
from artgen.gallery.cards import Card
from artgen.gallery.model import Gallery
from artgen.gallery.template import fill, source
from artgen.pages.html import policy, shared
from artgen.recipe.inputs import FOLDER
from artgen.version import own_version

PAGE = "index.html"
NEAREST = 4
"""So many pictures are named as like another."""
FILLERS = 8
"""Empty places at the end of the grid, so that the last row's pictures are no larger than the others'."""
_SIGN = '<meta name="generator" content="artgen gallery">'


def build(
    gallery: Gallery,
    out: Path,
    heading: str = "Gallery",
    alike: Mapping[str, Sequence[str]] | None = None,
    overwrite: bool = False,
    note: Callable[[str], None] = print,
) -> Path:
    """Write the page to `out`, a ``.html`` with the pictures inside, or a folder that gets them beside ``index.html``.

    The same gallery gives the same bytes. A picture that is missing, damaged, or carries no full recipe is left out.

    Args:
        gallery: what to show.
        out: where to.
        heading: what the page is called.
        alike: for the names of pictures the names of those most like them; see `alike`.
        overwrite: also replace what no gallery was built to.
        note: told one line for each picture that is left out.

    Returns:
        The page.

    Raises:
        InputError: if no picture can be shown, or a file stands in the way.
    """
    single = out.suffix.lower() in (".html", ".htm")
    target = out if single else out / PAGE
    ours = overwrite or _is_ours(target)
    if target.exists() and not ours:
        raise InputError(f"{target}: is there already, and no gallery's page; choose another --out, or say --overwrite")
    cards = _cards(gallery, note)
    text = page(cards, heading, alike or {}, folder_mode=not single)
    if not single:
        _copy(cards, out, ours)
    with atomic_path(target) as temporary:
        temporary.write_bytes(text.encode())
    return target


def _cards(gallery: Gallery, note: Callable[[str], None]) -> list[Card]:
    """Those that can be shown, which may be none only where there are none."""
    cards, wrong = [], []
    for entry in gallery.entries:
        try:
            cards.append(Card.of(gallery, entry))
        except InputError as error:
            wrong.append(error)
    if wrong and not cards:
        raise wrong[0]
    for reason in wrong:
        note(f"{reason}; it is left out")
    return cards


def _is_ours(page: Path) -> bool:
    """Whether an earlier build wrote it."""
    return page.is_file() and _SIGN.encode() in page.read_bytes()[:4096]


def _copy(cards: Iterable[Card], out: Path, ours: bool) -> None:
    copies = {}
    for card in cards:
        copies[out / card.entry.file] = card.path
        copies |= {out / film.path.name: film.path for film, _ in card.films(folder_mode=True)}
        copies |= {out / FOLDER / place.name: place for _, place in card.reads()}
    # Those that are there with the same content, as in the gallery's own folder, are left alone.
    new = {to: origin for to, origin in copies.items() if not (to.is_file() and _same(to, origin))}
    for to in new:
        refuse_overwriting(to, ours)
    for to, origin in new.items():
        with atomic_path(to) as temporary:
            shutil.copyfile(origin, temporary)


def _same(one: Path, other: Path) -> bool:
    return one.read_bytes() == other.read_bytes()


def page(cards: Sequence[Card], heading: str, alike: Mapping[str, Sequence[str]], folder_mode: bool) -> str:
    """The HTML of the page."""
    style = f"{shared.source('base.css')}\n{source('style.css')}\n{_ratios(cards)}"
    early = shared.source("theme.js")
    late = "\n\n".join((shared.source("base.js"), shared.source("grid.js"), source("page.js")))
    entries = {card.entry.name: card.entry for card in cards}
    names = {name: [other for other in alike.get(name, ()) if other in entries] for name in entries}
    text = fill(
        "page.html",
        policy=policy(style, (early, late), "data: 'self'" if folder_mode else "data:"),
        heading=heading,
        cards=cards,
        generators=sorted({card.generator for card in cards}),
        fillers=FILLERS,
        alike={name: [entries[other] for other in others] for name, others in names.items()},
        folder_mode=folder_mode,
        curve=(sparklines.WIDTH, sparklines.HEIGHT),
        version=own_version(),
        # The page's own, which are no HTML, and no text either.
        style=Markup(style),
        early=Markup(early),
        late=Markup(late),
    )
    # A file of losses may hold halves of a character, which no page can.
    return f"{text}\n".encode("utf-8", "replace").decode("utf-8")


def _ratios(cards: Iterable[Card]) -> str:
    """A class for each shape of a picture; numbers alone."""
    sizes = {card.ratio: card.picture.width / card.picture.height for card in cards}
    return "\n".join(f".{name} {{ --ratio: {ratio:.4f} }}" for name, ratio in sorted(sizes.items()))


def alike(gallery: Gallery, preset: str | None, note: Callable[[str], None]) -> dict[str, list[str]]:
    """For each picture's name the names of the `NEAREST` others, as the perceptors of `preset` embed them.

    `preset` is what `artgen.load` finds; None is the shipped quickstart.
    """
    import torch

    from artgen.compare import perceptual
    from artgen.compare.embeddings import embed_files

    scorers = perceptual.of_preset(preset, note)
    paths = [gallery.picture(entry) for entry in gallery.entries]
    found = [embed_files(paths, scorer, note=note) for scorer in scorers]
    seen = [i for i, path in enumerate(paths) if all(path in one.rows for one in found)]
    if not seen:
        return {}
    rows = [torch.stack([one.rows[paths[i]] for i in seen]) for one in found]
    # Rounded, so that the last bits of another machine change no order.
    cosines = perceptual.similarities(scorers, rows, rows).mul(1e4).round().fill_diagonal_(-torch.inf)
    orders = cosines.sort(dim=1, descending=True, stable=True).indices[:, : min(NEAREST, len(seen) - 1)].tolist()
    names = [gallery.entries[i].name for i in seen]
    return {name: [names[i] for i in order] for name, order in zip(names, orders, strict=True)}
