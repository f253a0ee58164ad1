"""What a plugin imports: spec bases, what they need, protocols, `Env`, `Look`, `StepEvent` and `hookimpl`.

Generators that optimise a canvas of numbers may also use `artgen.canvas`, components with colours and palettes
`artgen.colours`, those that draw shapes `artgen.vectors`, and those with pretrained weights `artgen.weights`; nothing
else of the core is for plugins.

A component is two things. Its *spec* is a frozen pydantic model: the typed, documented form of what a preset
says, cheap to import (no torch). What ``spec.build(env)`` returns is the working *object*; that import may be
heavy. Protocols, not base classes: an object may be an ``nn.Module``, a dataclass or a closure.

Images are ``(B, 3, H, W)``, RGB, float, in [0, 1], on ``env.device``. Nothing else crosses a boundary, and the
host checks it there.
"""

from __future__ import annotations

import pluggy

from artgen.api.environment import Env
from artgen.api.exporting import Exporter, ExportSource
from artgen.api.needs import Need
from artgen.api.optional import (
    DrawsCandidates,
    DrawsOver,
    Exports,
    HasCover,
    HasCredits,
    HasFeatures,
    HasInterpolation,
    HasModel,
    HasNumbers,
    HasReadAs,
    HasResizeMode,
    HasScale,
    HasSprite,
    HasWeights,
    Judged,
    Paints,
    PaintsOver,
    Rewords,
    WatchesFinish,
)
from artgen.api.protocols import Augmentation, Filter, Finish, Finished, Generator, Look, Loss, Perceptor, Reporter
from artgen.api.specs import (
    AnyGenerator,
    AugmentationSpec,
    FilterSpec,
    FinishSpec,
    GeneratorSpec,
    LossSpec,
    PerceptorSpec,
    ReporterSpec,
    Spec,
)
from artgen.api.words import Word
from artgen.deprecation import Formerly
from artgen.errors import ArtgenError, InputError, RunError, hint, is_out_of_memory, nearest
from artgen.fields.block import wrong_setting
from artgen.fields.moments import At, Moment, Timeline
from artgen.fields.paths import InputFile, PictureFile
from artgen.fields.personal import Personal, PersonalText, Public
from artgen.fields.references import PerceptorRef, Ref
from artgen.fields.schedules import LooksAhead, Schedule, Within
from artgen.fields.widgets import Angle, ColourWheel, Point, Region, Slider
from artgen.files import atomic_path
from artgen.memory import Halving
from artgen.prompts import Prompt, Prompts, Templates, Travel
from artgen.prompts.where import Where, WhereField
from artgen.results import Result, StepEvent

__all__ = [
    "API_VERSION",
    "Angle",
    "AnyGenerator",
    "ArtgenError",
    "At",
    "Augmentation",
    "AugmentationSpec",
    "ColourWheel",
    "DrawsCandidates",
    "DrawsOver",
    "Env",
    "ExportSource",
    "Exporter",
    "Exports",
    "Filter",
    "FilterSpec",
    "Finish",
    "FinishSpec",
    "Finished",
    "Formerly",
    "Generator",
    "GeneratorSpec",
    "Halving",
    "HasCover",
    "HasCredits",
    "HasFeatures",
    "HasInterpolation",
    "HasModel",
    "HasNumbers",
    "HasReadAs",
    "HasResizeMode",
    "HasScale",
    "HasSprite",
    "HasWeights",
    "InputError",
    "InputFile",
    "Judged",
    "Look",
    "LooksAhead",
    "Loss",
    "LossSpec",
    "Moment",
    "Need",
    "Paints",
    "PaintsOver",
    "Perceptor",
    "PerceptorRef",
    "PerceptorSpec",
    "Personal",
    "PersonalText",
    "PictureFile",
    "Point",
    "Prompt",
    "Prompts",
    "Public",
    "Ref",
    "Region",
    "Reporter",
    "ReporterSpec",
    "Result",
    "Rewords",
    "RunError",
    "Schedule",
    "Slider",
    "Spec",
    "StepEvent",
    "Templates",
    "Timeline",
    "Travel",
    "WatchesFinish",
    "Where",
    "WhereField",
    "Within",
    "Word",
    "atomic_path",
    "hint",
    "hookimpl",
    "is_out_of_memory",
    "nearest",
    "wrong_setting",
]

API_VERSION = 1
"""The version of this API; a spec whose ``api`` is higher is refused with a line that says so."""
hookimpl = pluggy.HookimplMarker("artgen")
"""Decorates a function of a plugin that implements a hook."""
