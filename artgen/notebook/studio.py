"""`Studio`: what a notebook's cells see of a run that is drawn and steered."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from artgen.errors import InputError, PresetError, RunError
from artgen.fields.paths import PICTURE, RUN_FILE, expanded
from artgen.notebook.hand import Hand, RunNow, checked, now, sure
from artgen.notebook.session import session
from artgen.picture import decoding
from artgen.preset.loading import Given
from artgen.preset.merging import Override
from artgen.preset.model import Preset
from artgen.studio import pictures, uploads
from artgen.studio.checking import as_yaml
from artgen.studio.orders import Wrong
from artgen.studio.presets import FIRST, OfferedPreset, Presets
from artgen.studio.runs import BUSY

if TYPE_CHECKING:
    from ipywidgets import Widget
    from PIL import Image

    from artgen.notebook.view import View

INSTALL = 'the controls need one more package; pip install "artgen[notebook]"'
FOLDER = Path("studio")
"""Where runs are if nobody says otherwise, as those of `artgen studio`."""
NAMELESS = "preset"
"""What a preset is called that stands in no file."""
LOOK_SECONDS = 0.05
"""Between two looks at a run that is waited for."""

T = TypeVar("T")


class Studio:
    """A preset that is drawn in a process of its own, and steered while it grows. As the last line of a cell it shows
    its controls; each of them is a method, too::

        studio = Studio("pixel", prompts="a red heart")
        studio.start()
        studio.steer(prompts="a red heart | a green leaf:0.5")
        studio.steer(["losses.smoothness.weight=0.3"])
        studio.wait()

    Other cells run meanwhile. All that is changed is numbers over the run in its folder, so that `artgen replay` draws
    the picture again to the same bytes. Interrupting the kernel stops no step; a kernel that ends or is killed leaves a
    run that `artgen run --resume` or the next studio goes on with.

    Args:
        preset: what `artgen.load` takes: a shipped preset's name, a file, a picture or finished run of artgen's, plain
            data, a `Preset`; or the folder of a run that is not finished, which is gone on with.
        overrides: changes, as `artgen.load` takes them.
        folder: where its runs are, those of `artgen studio` by default. Studios of one folder share the process, which
            draws one run at a time.
        settings: whole settings by name, such as ``seed=7``.

    Raises:
        InputError: if there is no such preset, or it has mistakes.
    """

    def __init__(
        self,
        preset: Given = FIRST,
        /,
        overrides: str | Sequence[Override] = (),
        *,
        folder: str | Path = FOLDER,
        **settings: Any,
    ) -> None:
        if find_spec("ipywidgets") is None:
            raise InputError(INSTALL)
        changes = [*([overrides] if isinstance(overrides, str) else overrides), *settings.items()]
        begun = _unfinished(preset)
        if begun is not None:
            self._hand = _told(lambda: Hand.of_run(session(begun.parent), begun.name))
            if changes:
                self.steer(changes)
        else:
            place, offered = expanded(folder), _offered(preset)
            wanted = checked(offered, place, offered.text, changes)
            resolved = _told(lambda: sure(wanted)).resolved()
            one = session(place, resolved)
            one.studio.presets.offer(offered)
            self._hand = Hand(one, offered, wanted)
        self._view: View | None = None

    def start(self) -> None:
        """Draw: begin a run, go on with one that is paused or was left, or begin another where it is over.

        Does not wait; `wait` does. A run of the same folder that is drawn now is paused.
        """
        self._do(self._hand.start)

    def pause(self) -> None:
        """End the present step, and keep this moment."""
        self._do(lambda: self._hand.touch("pause", patience=None))

    def step(self, count: int = 1) -> None:
        """So many steps, and a pause; begins a run if there is none."""
        self._do(lambda: self._hand.touch("step", count=count, patience=None))

    def steer(self, overrides: str | Sequence[Override] = (), /, **settings: Any) -> None:
        """Draw by other settings from the next step on; where no run goes on, the next one begins with them.

        Args:
            overrides: ``key.path=value`` texts or pairs of a path and a value, as `artgen.load` takes them.
            settings: whole settings by name, such as ``prompts``.

        Raises:
            InputError: if they have mistakes, or say something that cannot change while a picture is drawn; then
                nothing is changed.
        """
        changes = [*([overrides] if isinstance(overrides, str) else overrides), *settings.items()]
        self._do(lambda: self._hand.steer(self._hand.checked(overrides=changes)))

    def paint(self, picture: str | Path | Image.Image) -> None:
        """Lay a picture of the canvas' size over the drawing before the next step; where it is clear, that stays."""
        size = self._hand.run.size
        content = decoding.content(expanded(picture)) if isinstance(picture, (str, Path)) else _png(picture)
        self._do(lambda: self._hand.touch("paint", png=uploads.painted(content, size), patience=None))

    def save(self) -> None:
        """Write a checkpoint, and keep this moment, to which `branch` goes back at once."""
        self._do(lambda: self._hand.touch("save", patience=None))

    def branch(self, step: int) -> None:
        """Go back: another run that begins as this one was after so many steps, paused; this one stays as it is."""
        self._do(lambda: self._hand.branch(step, patience=None))

    def export(self, *forms: str) -> None:
        """Write the picture in these forms, such as ``svg``, too, when it is finished; none takes back what was asked.

        Raises:
            InputError: if one of them cannot be written.
        """
        self._do(lambda: self._hand.touch("export", forms=list(forms), patience=None))

    def finish(self) -> None:
        """End the run with the picture as it is now, its finishing stages and all files."""
        self._do(lambda: self._hand.touch("finish", patience=None))

    def leave(self) -> None:
        """Write a checkpoint, and let go of the run's folder, so that somebody else can go on."""
        self._do(lambda: self._hand.touch("leave", patience=None))

    def close(self) -> None:
        """Leave the runs of the folder, each with a checkpoint, and end the process that draws them."""
        self._hand.session.end()

    def choose(self, run: str) -> None:
        """Take another run of the folder in hand, by its name."""
        _told(lambda: self._hand.choose(run))

    def wait(self, timeout: float | None = None) -> RunNow:
        """Wait until it is not drawn any more, at most so many seconds; interrupting the kernel ends the wait alone.

        Raises:
            RunError: if the run failed.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while self.is_busy and (end is None or time.monotonic() < end):
            time.sleep(LOOK_SECONDS)
        found = self.run
        if found.state == "failed":
            raise RunError(found.reason or "the run failed")
        return found

    def picture(self, step: int | None = None) -> Image.Image | None:
        """The newest picture, or that after so many steps or the nearest before; None if there is none yet.

        While it is drawn it is a preview, with all pictures of the batch in it.
        """
        found = pictures.picture(self._hand.run, step)
        return None if found is None else decoding.decode(found[0], Path(PICTURE))

    def views(self) -> Image.Image:
        """What the perceptors see of the first picture, on one sheet."""
        content = self._do(lambda: self._hand.views())
        return decoding.decode(content, Path("views"))

    @property
    def is_busy(self) -> bool:
        """Whether it is drawn now, or about to be."""
        entry = self._hand.run
        return entry.state in BUSY or bool(self._hand.studio.orders.pending(entry.id))

    @property
    def run(self) -> RunNow:
        """How the run in hand is. InputError if there is none yet."""
        return now(self._hand.run)

    @property
    def runs(self) -> list[RunNow]:
        """How the runs of the folder are, the newest last."""
        return [now(entry) for entry in list(self._hand.studio.entries.values())]

    @property
    def preset(self) -> Preset:
        """As it was said last."""
        return sure(self._hand.wanted)

    @property
    def widget(self) -> Widget:
        """The controls, to be put into a layout of your own."""
        from artgen.notebook.view import View

        if self._view is None:
            self._view = View(self._hand)
        return self._view.widget

    def __repr__(self) -> str:
        entry = self._hand.entry
        said = f"{entry.id}, {entry.state}, {entry.step} of {entry.steps} steps" if entry else "no run yet"
        return f"<Studio {self._hand.offered.name}: {said}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """What a notebook shows."""
        return self.widget._repr_mimebundle_(**options)

    def _do(self, order: Callable[[], Future[T]]) -> T:
        """Wait until it is done."""
        return _told(lambda: order().result())


def _told(do: Callable[[], T]) -> T:
    """What is wrong, as the errors that artgen's functions raise."""
    try:
        return do()
    except Wrong as wrong:
        raise PresetError(wrong.problems) from None


def _offered(preset: Given) -> OfferedPreset:
    """The preset with where it comes from. InputError if there is none."""
    offers = Presets(None)
    if isinstance(preset, Preset):
        return offers.add_text(as_yaml(preset.resolved()), NAMELESS)
    return offers.add_text(as_yaml(preset), NAMELESS) if isinstance(preset, Mapping) else offers.add(preset)


def _unfinished(preset: Given) -> Path | None:
    """The folder of a run that is not finished, if that is what is meant."""
    if not isinstance(preset, (str, Path)) or not str(preset).strip():
        return None
    folder = expanded(preset)
    try:
        return folder if (folder / RUN_FILE).is_file() else None
    except OSError:  # what to say of it is said where it is read
        return None


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    return buffer.getvalue()
