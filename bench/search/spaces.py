"""Search spaces: which weights of an arm a study draws, from which ranges, and how its trials tell them. No torch.

A range is centred by one rule for every method (docs/design.md): on the weight's default, or, with
`search.centre: balanced`, where the term's gradient at the parameters equals the adversarial one's; `centres` measures
that. Trials carry the ranges that they were drawn from, so that whoever reads them need not guess.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench import registry
from bench.errors import BenchError
from bench.method import LossWeight
from bench.runtime.result_files import read_json
from bench.settings import Sampler, SearchSettings, StudySettings
from bench.settings.sections import MAIN


def studies(settings: SearchSettings) -> Iterator[tuple[str, str, Sampler, StudySettings]]:
    """Arm, space, sampler and plan of every study of a run: the main ones, then those of the controls.

    A control has studies of the arms whose axes it changes alone.
    """
    for arm in settings.arms:
        for sampler, plan in settings.samplers.items():
            if not plan.arms or arm in plan.arms:
                yield arm, MAIN, sampler, plan
    for space, control in settings.controls.items():
        for arm in dict.fromkeys((*control.frozen, *control.redundant)):
            for sampler, plan in control.samplers.items():
                yield arm, space, sampler, plan


def plans(settings: SearchSettings, space: str) -> Mapping[Sampler, StudySettings]:
    """The studies of each sampler in a space; BenchError where it is none."""
    if space != MAIN and space not in settings.controls:
        raise BenchError(
            f"search.controls has no {space!r}.{registry.nearest(space, settings.controls)} The main space is {MAIN!r}."
        )
    return settings.samplers if space == MAIN else settings.controls[space].samplers


def of_study(
    model_id: str, settings: SearchSettings, sampler: Sampler, centres: Path | None, space: str = MAIN
) -> tuple[LossWeight, ...]:
    """The ranges that a study draws from. `default` draws nothing: it stays at the defaults wherever the ranges lie.

    BenchError where the settings ask for balanced centres and `centres`, the file that tells them, is not given.
    """
    if settings.centre == "default" or sampler == "default":
        return ranges(model_id, settings, space=space)
    if centres is None:
        raise BenchError(
            f"search.centre is 'balanced', and nothing tells the centres of {model_id}. Name them with --centres;"
            " python -m bench centres measures them."
        )
    return ranges(model_id, settings, read_centres(centres, model_id), space)


def ranges(
    model_id: str, settings: SearchSettings, centres: Mapping[str, float] | None = None, space: str = MAIN
) -> tuple[LossWeight, ...]:
    """The searched weights about `centres`, else about their defaults.

    In the space of a control without those it freezes, and with its redundant ones about their fixed values. Each is
    `width_decades` wide, else as wide as the method's own range.
    """
    _, variant = registry.find(model_id)
    control = settings.controls.get(space)
    frozen, redundant = (control.frozen, control.redundant) if control else ({}, {})
    searched = [weight for weight in variant.searched if weight.name not in frozen.get(model_id, ())]
    for name in redundant.get(model_id, ()):
        fixed = variant.fixed[name]
        searched.append(LossWeight(name, fixed, fixed / 10, fixed * 10))
    if centres is None and settings.width_decades is None:
        return tuple(searched)
    about = centres or {}
    return tuple(
        box(weight, about.get(weight.name, weight.default), settings.width_decades or decades(weight))
        for weight in searched
    )


def read_centres(path: Path, model_id: str) -> dict[str, float]:
    """The centre of each searched weight of a variant, from a file that `centres` wrote."""

    def centres(content: dict[str, Any]) -> tuple[str, dict[str, float]]:
        by_weight = {name: float(of_weight["centre"]) for name, of_weight in content["weights"].items()}
        if broken := [name for name, centre in by_weight.items() if not 0 < centre < math.inf]:
            raise ValueError(f"its centre of {broken[0]} is {by_weight[broken[0]]:g}")
        return str(content["model"]), by_weight

    model, by_weight = read_json(path, "centres", centres)
    missing = [weight.name for weight in registry.find(model_id)[1].searched if weight.name not in by_weight]
    if model != model_id or missing:
        what = f"lacks {missing[0]}" if model == model_id else f"is of {model}"
        raise BenchError(f"{path} {what}; it must tell the centres of {model_id}. Run: python -m bench centres")
    return by_weight


def box(weight: LossWeight, centre: float, width: float) -> LossWeight:
    """The weight with a range of `width` decades, centred on `centre` on the log scale."""
    factor = 10 ** (width / 2)
    return replace(weight, low=centre / factor, high=centre * factor)


def decades(weight: LossWeight) -> float:
    """Width of one range in decades."""
    return float(np.log10(weight.high / weight.low))


def width_decades(searched: Sequence[LossWeight]) -> float:
    """Width of the narrowest axis in decades."""
    return round(min(map(decades, searched)), 6)


def shift_decades(searched: Sequence[LossWeight]) -> float:
    """Decades from the default weights to the centre of the ranges: of the axes' shifts the one farthest from 0."""
    shifts = np.array([np.log10(middle(weight) / weight.default) for weight in searched])
    return round(float(shifts[np.abs(shifts).argmax()]), 6) + 0.0  # 0, not -0


def text(searched: Sequence[LossWeight]) -> str:
    """The ranges in one line, as trials carry them: `lambda_cls=0.1:10 lambda_rec=1:100`."""
    return " ".join(f"{weight.name}={weight.low:.12g}:{weight.high:.12g}" for weight in searched)


def middle(weight: LossWeight) -> float:
    """Centre of a range on the log scale."""
    return float(np.sqrt(weight.low * weight.high))
