"""All that the result of a training follows from, as one digest. No torch.

A rule of the workflow knows of it what the settings say; once a training runs, its weights, seed and data are known
too. The rule, the working folder, the checkpoints, a trial and whoever adopts a finished training all go by this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import registry
from bench.method import SwitchValue, Variant
from bench.runtime import kernels
from bench.runtime.digest import ROOT, source_digest, value_digest
from bench.settings import Settings, TrainingSettings

if TYPE_CHECKING:
    import torch

    from bench.data.store import Store
    from bench.method import Model

# Settings of a training that change how it is run, not what comes out of it.
HOW = frozenset({"budget_kimg", "checkpoint_seconds", "device"})
EVALUATOR = "bench.evaluation.evaluator"


@dataclass(frozen=True)
class TrainingIdentity:
    """What a training's result follows from. Its label, colour and summary do not count, nor does its variant's name.

    `inputs` is empty in a plan. `evaluation` names the code that makes the points of its curve; '' where it has none.
    """

    variant: Mapping[str, Any]
    training: Mapping[str, Any]
    budget_images: int
    source: str
    evaluation: str
    problem: Mapping[str, Any]
    inputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """16 hex digits."""
        return value_digest(asdict(self))

    @property
    def seed(self) -> int:
        """The training seed; KeyError in a plan."""
        return int(self.inputs["seed"])

    def of_run(
        self,
        weights: Mapping[str, float],
        seed: int | None,
        stores: Mapping[int, Store],
        judges: Sequence[Path],
        device: torch.device,
    ) -> TrainingIdentity:
        """The identity of one training on the packed faces `stores`, by size.

        `seed` is None for all trainings that differ in it alone.
        """
        inputs = {
            "weights": dict(weights),
            "seed": seed,
            "data": [stores[size].digest for size in sorted(stores, reverse=True)],
            "judges": [hashlib.sha256(judge.read_bytes()).hexdigest() for judge in judges],
            "torch": version("torch"),
            "kernels": kernels.name(),
            "device": device.type,
        }
        return replace(self, inputs=inputs)


def planned(settings: Settings, model_id: str, budget_kimg: float, evaluated: bool = True) -> TrainingIdentity:
    """What the settings say of a training of `budget_kimg` thousand images. `evaluated`: its curve has points."""
    method, variant = registry.find(model_id)
    return TrainingIdentity(
        variant=resolved(variant, method.resolve_switches(variant, settings.readings.get(method.name, {}))),
        training=lasting(settings.training),
        budget_images=round(1000 * budget_kimg),
        source=source_digest("bench.training.trainer", f"{method.name}.model"),
        evaluation=source_digest(EVALUATOR, *quick_metrics()) if evaluated else "",
        problem=settings.model_dump(mode="json", include={"data", "networks"}),
    )


def identify(
    settings: Settings,
    model_id: str,
    model: Model,
    budget_kimg: float,
    seed: int,
    stores: Mapping[int, Store],
    device: torch.device,
    judges: Sequence[Path] = (),
) -> TrainingIdentity:
    """The identity of the training of a built model on packed faces; `judges` make the points of its curve."""
    plan = planned(settings, model_id, budget_kimg, evaluated=bool(judges))
    return plan.of_run(model.weights, seed, stores, judges, device)


def resolved(variant: Variant, switches: Mapping[str, SwitchValue]) -> dict[str, Any]:
    """What a variant comes down to: two variants that resolve to the same train the same."""
    return {
        "family": variant.family,
        "n_critic": variant.n_critic,
        "defaults": {weight.name: weight.default for weight in variant.searched},
        "fixed": dict(variant.fixed),
        "switches": dict(switches),
        "growth": [asdict(stage) for stage in variant.growth],
    }


def lasting(training: TrainingSettings) -> dict[str, Any]:
    """The settings of a training that its result depends on."""
    return training.model_dump(mode="json", exclude=set(HOW))


def quick_metrics() -> list[str]:
    """The modules of the metrics that searches and curves take, found as text: to import them imports torch."""
    files = sorted((ROOT / "bench" / "metrics").glob("[a-z]*.py"))
    return [f"bench.metrics.{file.stem}" for file in files if "    quick = True\n" in file.read_text(encoding="utf-8")]
