"""Grad-CAM and integrated gradients for any unit, through captum."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from nbutils.probe.backward import Unit, answer_of, backward, check_unit
from nbutils.probe.tokens import arrange, aspect_of
from nbutils.probe.watching import watch

_BATCH = 8  # pictures at once on the path of integrated gradients: with more, large networks need gigabytes


class _AnswerReachedError(Exception):
    """Raised inside a forward pass to leave it as soon as the unit has answered."""


class _UnitAnswers(nn.Module):
    """A network as captum wants it: one number a picture, the unit's answer at its place or at its strongest."""

    def __init__(self, network: nn.Module, unit: Unit, layer: str | None = None) -> None:
        super().__init__()
        self._asked = (network, unit, layer)  # a tuple, so that the network's parameters stay its own
        self.place = nn.Identity()  # sees the layer's answer pass, also where the layer is a function or runs twice
        self.answer: Tensor | None = None  # of the layer, in the newest pass
        self.version = 0  # of that tensor when the layer had answered

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the unit's answers (n,) to pictures (n, channels, height, width), float."""
        network, unit, layer = self._asked
        reached: list[Tensor] = []
        self.answer = None

        def take(name: str, raw: Tensor) -> None:
            if name == layer:
                self.answer, self.version = self.place(raw), raw._version
            if name == unit.layer:
                reached.append(arrange(raw, len(pictures), aspect_of(pictures)))
                raise _AnswerReachedError

        try:
            with watch(network, [name for name in (layer, unit.layer) if name], take):
                network(pictures.clone())  # a network may overwrite what it is given, but no leaf of the graph
        except _AnswerReachedError:
            check_unit(unit, reached[0])
            if layer and self.answer is None:
                raise ValueError(
                    f'Grad-CAM weighs the maps of a layer before the unit; "{layer}" comes behind "{unit.layer}".'
                ) from None
            return answer_of(unit, reached[0])
        raise ValueError(f'The layer "{unit.layer}" never ran or answered with no tensor.')


def grad_cam(network: nn.Module, pictures: Tensor, unit: Unit, layer: str) -> Tensor:
    """Return where the maps of a layer speak for the unit: (n, height, width) of these maps, float, 0 or more.

    Each map is weighted by the mean over its places of the unit's gradient; the sum is cut off below 0. Source: R.
    Selvaraju et al., "Grad-CAM" (2017), equations 1 and 2. Captum computes it; for what captum cannot follow (tokens
    as maps, answers that a later layer overwrites) it is put together from `backward`.
    pictures : (n, channels, height, width), float, as the network takes it
    layer : a site at or before the unit's layer
    Raises ValueError for a unit or layer that there is not, a layer behind the unit's, or one without maps.
    """
    from captum.attr import LayerGradCam  # takes a second, and only who attributes needs it

    with torch.inference_mode(False), torch.enable_grad():
        pixels = pictures.detach().clone().requires_grad_()
        answers = _UnitAnswers(network, unit, layer)
        answers(pixels)
        maps = arrange(answers.answer, len(pixels), aspect_of(pixels))
        if maps.dim() != 4:
            raise ValueError(f'Grad-CAM needs maps; "{layer}" answers with one number a unit.')
        if answers.answer.shape == maps.shape and answers.answer._version == answers.version:
            return LayerGradCam(answers, answers.place).attribute(pixels, relu_attributions=True)[:, 0].detach()
    sent = backward(network, pictures, unit, seed="one", at=[layer], keep=[layer])
    weights = sent.layers[layer].mean((2, 3), keepdim=True)
    return (weights * sent.answers[layer]).sum(1).clamp(min=0)


def integrated_gradients(network: nn.Module, pictures: Tensor, unit: Unit, steps: int = 32) -> Tensor:
    """Return what each number of the pictures adds to the unit's answer: (n, channels, height, width), float.

    The gradient is averaged on the straight path from the mean picture (zeros, as networks take pictures normalised)
    and multiplied by the picture's distance from it, so that the sum is nearly the unit's answer less its answer to
    the mean picture. Source: M. Sundararajan et al., "Axiomatic Attribution for Deep Networks" (2017), equation 1.
    pictures : (n, channels, height, width), float, as the network takes it
    steps : how many places of the path are looked at
    Raises ValueError for a unit that there is not and for fewer than one step.
    """
    from captum.attr import IntegratedGradients

    if steps < 1:
        raise ValueError(f"steps must be 1 or more, got {steps}.")
    with torch.inference_mode(False), torch.enable_grad():
        pixels = pictures.detach().clone().requires_grad_()
        path = IntegratedGradients(_UnitAnswers(network, unit))
        came = path.attribute(
            pixels, baselines=torch.zeros_like(pixels), n_steps=steps, internal_batch_size=max(_BATCH, len(pixels))
        )
    return came.detach()


def integrate_gradients(network: nn.Module, pictures: Tensor, unit: Unit, steps: int = 32) -> Iterator[Tensor]:
    """Yield the sum so far of integrated gradients after each place of the path; the last is the whole.

    The path is cut into equally long pieces with one place in the middle of each (Gauss and Legendre of order 1), so
    that a page can do something else in between. Pictures, unit, source and errors are those of
    `integrated_gradients`.
    """
    from captum.attr import IntegratedGradients

    if steps < 1:
        raise ValueError(f"steps must be 1 or more, got {steps}.")
    total = torch.zeros_like(pictures)
    for step in range(steps):
        with torch.inference_mode(False), torch.enable_grad():
            pixels = pictures.detach().clone()
            path = IntegratedGradients(_UnitAnswers(network, unit))
            ends = [(pixels * (place / steps)).requires_grad_() for place in (step + 1, step)]
            came = path.attribute(ends[0], baselines=ends[1].detach(), n_steps=1)
        total = total + came.detach()
        yield total
