"""Other forms of finished pictures: what exporters make of a run that is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from artgen import api
from artgen.engine.drawing import at_work
from artgen.engine.loop import Run
from artgen.engine.parts import Parts
from artgen.errors import ArtgenError, RunError
from artgen.picture.hashing import pixel_hash
from artgen.picture.images import to_pil
from artgen.prompts.batches import of_picture
from artgen.recipe.saving import visible_part
from artgen.registry.fence import titled
from artgen.registry.offers import Owned
from artgen.results import picture_tensor

Exporters = Sequence[Owned[api.Exporter]]


def with_exports(
    run: Run, exporters: Exporters, note: Callable[[str], None], drawn_by: Parts | None = None
) -> api.Result:
    """The run's result with each picture in these forms, too; its `failure` says which could not be made.

    Of a run that was left before its end only with the parts that it was `drawn_by`: its own generator has moved on.
    """
    result = run.result
    if not exporters:
        return result
    parts = run.parts if run.complete else drawn_by
    if parts is None:
        note(f"no {_listed(exporters)} is written, because the run is not finished")
        return result
    files, failure = dict(result.files), result.failure
    for offer in exporters:
        if offer.name in files:
            note(f"a finishing stage has written '{offer.name}' already; {title_of(offer)} is left out")
            continue
        try:
            files[offer.name] = [form(parts, result, offer, i) for i in range(len(result.images))]
        except ArtgenError as error:
            failure = failure or f"{error}; no '{offer.name}' is written"
    return replace(result, files=files, failure=failure)


def form(parts: Parts, result: api.Result, offer: Owned[api.Exporter], picture: int) -> bytes:
    """One picture of a finished run in another form. An error says which exporter it is of."""
    pixels = pixel_hash(to_pil(picture_tensor(result, picture)))
    source = api.ExportSource(
        generator=parts.generator,
        spec=parts.preset.generator,
        picture=picture,
        # Of its own, so that what is done to it is done to nobody else's.
        result=replace(result, images=result.images.clone()),
        recipe=visible_part(of_picture(result.recipe, picture), pixels),
    )
    with titled(title_of(offer)), at_work(parts, gradient=False):
        content = offer.value.export(source)
    if not isinstance(content, bytes):
        raise RunError(f"{title_of(offer)}: returned {type(content).__name__}; expected bytes")
    return content


def title_of(offer: Owned[api.Exporter]) -> str:
    """What messages call it."""
    return f"exporter '{offer.name}' ({offer.owner})"


def _listed(exporters: Exporters) -> str:
    return ", ".join(f"'{offer.name}'" for offer in exporters)
