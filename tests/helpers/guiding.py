"""A guidance of small real parts over a small picture."""

import torch
from torch import Tensor
from torch.nn import functional as F

from artgen.api import Schedule
from artgen.engine.guidance import Guidance, WeightedLoss
from artgen.engine.look import WeightedPerceptor
from artgen.prompts import Where
from artgen.testing import ColourPerceptor

HEIGHT, WIDTH = 12, 16
LEFT = Where(place="left").region((HEIGHT, WIDTH))
CENTRE = Where(place="centre").region((HEIGHT, WIDTH))


def corners(image: Tensor, size: int, step: int) -> Tensor:
    """Three views of each picture: the whole, mirrored, and shifted by the step."""
    views = [image, image.flip(-1), image.roll(step, dims=-1)]
    small = [F.interpolate(view, (size, size), mode="bilinear") for view in views]
    return torch.stack(small, dim=1).flatten(0, 1)


def judged(look):
    """A loss of the picture, the views and the embeddings of two parts, of a part of a part, and of the whole."""
    left, centre = look.within(LEFT), look.within(CENTRE[None, None])
    inner = left.within(torch.ones(left.image.shape[2:]).tril())
    mean = F.normalize(left.embeddings("a").mean(dim=1), dim=-1)
    return (
        mean[:, 0]
        + centre.embeddings("b").square()[:, :, 1].sum(dim=1)
        + centre.embeddings("a")[:, 0, 2]
        + left.views("b").square().mean(dim=(1, 2, 3, 4))
        + inner.embeddings("a")[:, :, 3].prod(dim=1)
        + centre.image.square().mean(dim=(1, 2, 3))
        + look.embeddings("a")[:, 1, 0]
    )


def guidance(chunk, loss=judged, **perceptors):
    made = perceptors or {"a": ColourPerceptor(), "b": ColourPerceptor(size=5, dim=7)}
    return Guidance(
        losses=[WeightedLoss("parts", loss, Schedule.constant(0.7), "test")],
        perceptors={
            name: WeightedPerceptor(name, weighted, Schedule.constant(1), "test") for name, weighted in made.items()
        },
        augmentations=[("view 'corners' (test)", corners)],
        steps=10,
        chunk=chunk,
    )
