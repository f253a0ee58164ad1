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


class Counting(ColourPerceptor):
    """Counts the images it has embedded; with room for `most` at once."""

    def __init__(self, most=1000, **more):
        super().__init__(**more)
        self.most, self.seen = most, 0

    def embed_images(self, images):
        if len(images) > self.most:
            raise torch.OutOfMemoryError("no room")
        self.seen += len(images)
        return super().embed_images(images)


def guidance(chunk, loss=judged, weight=0.7, note=print, prompted=(), **perceptors):
    """Of one loss, called ``parts``, or a mapping of them; with two perceptors, called ``a`` and ``b``, or others.

    The losses in `prompted` are those that read the prompts.
    """
    losses = loss if isinstance(loss, dict) else {"parts": loss}
    made = perceptors or {"a": ColourPerceptor(), "b": ColourPerceptor(size=5, dim=7)}
    return Guidance(
        losses=[
            WeightedLoss(name, one, Schedule.constant(weight), "test", name in prompted) for name, one in losses.items()
        ],
        perceptors={name: WeightedPerceptor(name, one, Schedule.constant(1), "test") for name, one in made.items()},
        augmentations=[("view 'corners' (test)", corners)],
        steps=10,
        chunk=chunk,
        note=note,
    )
