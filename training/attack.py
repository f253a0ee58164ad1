"""Adversarial examples, the reason why the guide can guide.

A network trained on clean pictures has gradients that look like noise, and guidance by it draws noise. Trained on
perturbed pictures (Madry et al. 2018, https://arxiv.org/abs/1706.06083) its gradients show the shapes that people see
(Tsipras et al. 2019, https://arxiv.org/abs/1805.12152; Santurkar et al. 2019, https://arxiv.org/abs/1906.09453).
One step from a random start is nearly as good as many (Wong et al. 2020, https://arxiv.org/abs/2001.03994).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


def perturb(images: Tensor, loss: Callable[[Tensor], Tensor], eps: float, steps: int) -> Tensor:
    """The pictures, moved within an L2 ball of radius eps so that the loss rises."""
    delta = _unit(torch.randn_like(images)) * (0.3 * eps)
    for _ in range(steps):
        delta.requires_grad_(True)
        (grad,) = torch.autograd.grad(loss(images + delta), delta)
        delta = delta.detach() + _unit(grad) * (eps if steps == 1 else 2 * eps / steps)
        delta = delta * (eps / _norm(delta)).clamp(max=1)
        delta = (images + delta).clamp(0, 1) - images
    return (images + delta).detach()


def _norm(x: Tensor) -> Tensor:
    values: Tensor = x.flatten(1).norm(dim=1).clamp(min=1e-12).view(-1, 1, 1, 1)
    return values


def _unit(x: Tensor) -> Tensor:
    return x / _norm(x)


@contextmanager
def still_statistics(model: nn.Module) -> Iterator[None]:
    """BatchNorm uses the batch's statistics but does not remember them: the attack's passes are no data."""
    layers = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    momenta = [m.momentum for m in layers]
    for layer in layers:
        layer.momentum = 0.0
    try:
        yield
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
