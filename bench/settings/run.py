"""A whole configuration, and what its sections must agree on: names of methods, readings, weights and bars."""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from bench import registry
from bench.errors import BenchError
from bench.method import SwitchValue
from bench.settings import sections
from bench.settings.base import OutputFolder, Section
from bench.settings.paths import RunPaths


class Settings(Section):
    """A whole configuration."""

    run: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=100, description="name of the run, and of its folder in results/"
    )
    results: OutputFolder = Field(default=Path("results"), description="folder that holds the runs")
    title: str = Field(description="the report's title")
    data: sections.DataSettings
    networks: sections.NetworkSettings = sections.NetworkSettings()
    training: sections.TrainingSettings
    readings: Mapping[str, Mapping[str, SwitchValue]] = Field(
        default={}, description="per method: readings of the paper that differ from its defaults"
    )
    judges: sections.JudgeSettings = sections.JudgeSettings()
    scoring: sections.ScoringSettings = sections.ScoringSettings()
    search: sections.SearchSettings
    finals: tuple[sections.FinalModel, ...] = Field(min_length=1, description="variants trained at the full budget")
    speed: sections.SpeedSettings
    gradients: sections.GradientSettings | None = Field(default=None, description="gradient experiments; null: not run")
    compare: sections.MainCompareSettings
    bars: Mapping[str, Mapping[str, float]] = Field(
        default={}, description="per method: bars of its claims that differ from those in its claims.py"
    )

    @property
    def folder(self) -> Path:
        return self.results / self.run

    @property
    def paths(self) -> RunPaths:
        return RunPaths(self.folder)

    @property
    def methods(self) -> frozenset[str]:
        """The methods whose models are searched, trained or timed."""
        return frozenset(model_id.partition(".")[0] for model_id in self.models)

    @property
    def evaluated_arms(self) -> list[str]:
        """The searched arms that are timed, whose evaluation is timed too."""
        return [arm for arm in self.search.arms if arm in self.speed.models]

    @property
    def models(self) -> list[str]:
        """What is searched, trained or timed, in this order."""
        return [*self.search.arms, *(final.model for final in self.finals), *self.speed.models]

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        models = self.models
        if self.gradients is not None:
            models += [*self.gradients.models, self.gradients.generator]
        for pair in (self.compare, *self.search.comparisons):
            models += pair.pair
        sources = [arm for final in self.finals for arm in final.weights_from]
        for model_id in (*models, *sources):
            try:
                registry.find(model_id)
            except BenchError as error:
                raise ValueError(str(error)) from error
        if unknown := [arm for arm in sources if arm not in self.search.arms]:
            raise ValueError(f"finals take weights from {unknown[0]!r}, which is not among search.arms")
        self._check_finals()
        if any(self.compare.pair == pair.pair for pair in self.search.comparisons):
            raise ValueError(f"search.comparisons has {' with '.join(self.compare.pair)}, which is 'compare' already")
        if self.run == "reference":
            raise ValueError("run 'reference' is reserved for the published reference run")
        for sampler, plan in self.search.samplers.items():
            if unknown := [arm for arm in plan.arms if arm not in self.search.arms]:
                raise ValueError(f"search.samplers.{sampler} names {unknown[0]!r}, which is not among search.arms")
        self._check_budgets()
        self._check_controls()
        self._check_readings()
        self._check_bars()
        self._check_claim_pairs()
        if self.search.level not in self.search.targets:
            raise ValueError(f"search.judged_target {self.search.level:g} is not among search.targets")
        return self

    def _check_finals(self) -> None:
        models = [final.model for final in self.finals]
        if repeated := sorted({model for model in models if models.count(model) > 1}):
            raise ValueError(
                f"finals name {repeated[0]!r} twice; list all of its seeds in one entry, or set one apart by a label:"
                f" {repeated[0]}{registry.LABEL}short"
            )
        if labelled := [name for name in (*self.search.arms, *self.speed.models) if registry.LABEL in name]:
            raise ValueError(f"{labelled[0]!r} carries a label: labels tell finals apart; search and speed have none")
        for final in self.finals:
            if final.weights == "published" and final.weights_from:
                raise ValueError(f"finals: {final.model!r} has 'weights: published' and weights_from; leave one out")
            if final.weights == "published" and not registry.find(final.model)[1].published_weights:
                raise ValueError(f"finals: nobody published loss weights for {final.model!r}; leave 'weights' out")

    def _check_budgets(self) -> None:
        """Every training is long enough for one generator step, which is every n_critic-th step."""
        full_kimg, search, gradients = self.training.budget_kimg, self.search, self.gradients
        trainings = [("search.budget_kimg", arm, search.budget_kimg) for arm in search.arms]
        trainings += [("finals", final.model, final.budget_kimg or full_kimg) for final in self.finals]
        if search.centre == "balanced":
            pilot = f"a pilot's {sections.PILOT_SHARE:.0%} of training"
            trainings += [(pilot, arm, sections.PILOT_SHARE * full_kimg) for arm in search.arms]
        if gradients is not None:
            trainings.append(("gradients.early_share", gradients.generator, gradients.early_share * full_kimg))
        for where, model_id, kimg in trainings:
            steps = math.ceil(1000 * kimg / self.training.batch_size)
            n_critic = registry.find(model_id)[1].n_critic
            if steps < n_critic:
                raise ValueError(
                    f"{where}: {model_id} takes a generator step every {n_critic} steps, and {kimg:g} kimg are {steps}"
                    f" step(s) of {self.training.batch_size} images: it would never train. Raise the budget"
                )

    def _check_controls(self) -> None:
        for slug, control in self.search.controls.items():
            where = f"search.controls.{slug}"
            if not re.fullmatch("[a-z0-9_]+", slug) or slug == sections.MAIN:
                raise ValueError(f"{where}: name a control in small letters, digits and _, and not {sections.MAIN!r}")
            pair = control.comparison.pair
            for arm in (*pair, *control.frozen, *control.redundant):
                if arm not in self.search.arms:
                    raise ValueError(f"{where} names {arm!r}, which is not among search.arms")
                if arm not in pair:
                    raise ValueError(f"{where} changes {arm!r}, which its comparison leaves out")
            if not control.frozen and not control.redundant:
                raise ValueError(f"{where} freezes no weight and adds none: it would repeat the main search")
            if "default" in control.samplers:
                raise ValueError(f"{where}: sampler 'default' draws from no range: the main search has it already")
            self._check_axes(where, control)

    def _check_axes(self, where: str, control: sections.ControlSettings) -> None:
        for key, arms in (("frozen", control.frozen), ("redundant", control.redundant)):
            for arm, names in arms.items():
                _, variant = registry.find(arm)
                searched = [weight.name for weight in variant.searched]
                valid = list(variant.fixed) if key == "redundant" else searched
                if unknown := [name for name in names if name not in valid]:
                    raise ValueError(
                        f"{where}.{key}: {arm} has no {unknown[0]!r}.{registry.nearest(unknown[0], valid)}"
                    )
                if key == "frozen" and not set(searched) - set(names) and not control.redundant.get(arm):
                    raise ValueError(f"{where}.frozen leaves {arm} no weight to search")

    def _check_bars(self) -> None:
        for name, bars in self.bars.items():
            if name not in registry.claims():
                raise ValueError(f"bars name no claims {name!r}.{registry.nearest(name, registry.claims())}")
            valid = registry.claims()[name].BARS
            if unknown := [key for key in bars if key not in valid]:
                raise ValueError(f"{name} has no bar {unknown[0]!r}.{registry.nearest(unknown[0], valid)}")

    def _check_claim_pairs(self) -> None:
        offered = {claim: pairs for module in registry.claims().values()
                   for claim, pairs in getattr(module, "PAIRS", {}).items()}  # fmt: skip
        for claim, pair in self.compare.claim_pairs.items():
            if pair.pair not in offered.get(claim, ()):
                raise ValueError(f"compare.claim_pairs.{claim} can be {offered.get(claim, 'nothing')}")

    def _check_readings(self) -> None:
        for name, readings in self.readings.items():
            if name not in registry.methods():
                raise ValueError(f"readings name no method {name!r}.{registry.nearest(name, registry.methods())}")
            switches = {switch.name: switch for switch in registry.methods()[name].switches}
            for key, value in readings.items():
                if key not in switches:
                    raise ValueError(f"{name} has no reading {key!r}.{registry.nearest(key, switches)}")
                if all(key in variant.switches for variant in registry.methods()[name].variants):
                    raise ValueError(f"{name}.{key} tells variants apart: choose a variant that has it, or has it not")
                if switches[key].choices and value not in switches[key].choices:
                    raise ValueError(f"{name}.{key} is {value!r}; it can be one of {list(switches[key].choices)}")
