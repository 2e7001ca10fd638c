"""What a run is expected to take before it runs: its jobs, their seconds and order, and its disk. Imports no torch.

Trainings are priced by seconds a step of their variant, from a calibration or a table of step costs. Everything else
is priced by stated constants, measured on one core of a server of 2024 with the demo's sizes; what networks compute of
it goes as much faster as the training steps do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace

from bench import registry
from bench.evaluation.translations import SHOWN
from bench.search import spaces
from bench.search.spaces import PILOT_SHARE
from bench.settings import Settings
from bench.settings.paths import study_key
from bench.settings.run import evaluated_arms
from bench.training import schedule
from bench.workflow.dag import Dag
from bench.workflow.makespan import Job

CORE_FLOPS = 4.5e10  # operations a second in training steps, of that core
START_SECONDS = 4.0  # a job's imports
DRAWN_FACES_PER_SECOND = 200.0
PACK_SECONDS_PER_IMAGE = 0.0015
JUDGE_SECONDS_PER_IMAGE = 0.0024  # forward and backward, 32 px, 24 channels
EDIT_SHARE = 0.25  # an image translated and measured, as a share of an image trained on
SCORE_NETWORK_SECONDS_PER_EDIT = 0.0011  # both judges on a translated image, 32 px, 24 channels
SCORE_SECONDS_PER_EDIT = 0.0006  # its metrics
INCEPTION_OPERATIONS = 1.14e10  # of one image
# KID: three kernels a subset, of a model and of its shuffled control; an entry is computed in float64.
KID_KERNELS, KID_SECONDS_PER_ENTRY = 6, 6e-8
STEP_PARTS = 2.2  # the three parts that `speed` times cost so many iterations
PLOT_SECONDS, TABLES_SECONDS, REPORT_SECONDS = 3.0, 20.0, 8.0
JPEG_BYTES, UNCHANGED_BYTES = 6500, 900  # a face of 178 x 218, a map of unchanged pixels
CELEBA_BYTES, CELEBA_IMAGES = 3_300_000_000, {"train": 162_770, "valid": 19_867, "test": 19_962}
SHOWN_CHANNELS = 7  # translation, mask and segment
TRAINING_BYTES = 10_000_000  # weights, card, logs
DRAWN_SPLITS = ("valid", "test")  # those whose counterfactuals are drawn


def models(settings: Settings) -> list[str]:
    """Every variant that a step of the run trains or times, each once."""
    gradients = settings.gradients
    named = [*settings.search.arms, *(final.model for final in settings.finals), *settings.speed.models]
    named += [*gradients.models, gradients.generator] if gradients else []
    return list(dict.fromkeys(named))


def jobs(settings: Settings, step_seconds: Mapping[str, float], flops: float = CORE_FLOPS) -> list[Job]:
    """Every job of the run, those that others wait for first.

    `step_seconds` holds each of `models`; other networks compute `flops` operations a second.
    """
    return list(_Pricing(settings, step_seconds, flops).all())


def disk_bytes(settings: Settings) -> dict[str, float]:
    """Bytes that a finished run keeps on disk, by kind."""
    data, counts = settings.data, _images(settings)
    edits, pixels = len(data.edits), data.image_size_px**2
    drawn = sum(counts[split] for split in DRAWN_SPLITS) * edits if data.source == "drawn" else 0
    faces = {"drawn": sum(counts.values()) * JPEG_BYTES + drawn * (JPEG_BYTES + UNCHANGED_BYTES)}
    sizes = {size for model in models(settings) for size in _sizes(settings, model)}
    shown = sum(min(SHOWN, _scored(settings, split)) for split in settings.scoring.splits)
    trainings = sum(len(final.seeds) for final in settings.finals)
    return {
        "faces": faces.get(data.source, CELEBA_BYTES if data.source == "celeba" else 0),
        "packed faces": sum((3 * sum(counts.values()) + 4 * drawn) * size**2 for size in sizes),
        "translations": trainings * shown * edits * SHOWN_CHANNELS * pixels,
        "models and logs": (trainings + len(Dag(settings).trial_tables)) * TRAINING_BYTES,
    }


def scoring_bytes(settings: Settings) -> float:
    """Bytes of a split's whole translations, which lie on disk from their translation until they are scored."""
    most = max(_scored(settings, split) for split in settings.scoring.splits)
    every = len(settings.data.edits) + len(settings.data.rules.single_edits())  # the latter also shuffled
    return most * every * 3 * settings.data.image_size_px**2


@dataclass(frozen=True)
class _Pricing:
    settings: Settings
    step_seconds: Mapping[str, float]
    flops: float

    def all(self) -> Iterator[Job]:
        yield from self.data()
        yield from self.searches()
        yield from self.finals()
        yield from self.rest()

    def data(self) -> Iterator[Job]:
        data, counts = self.settings.data, _images(self.settings)
        whole = sum(counts.values())
        pictures = whole
        if data.source == "drawn":
            pictures += sum(counts[split] for split in DRAWN_SPLITS) * len(data.edits)
            yield Job("faces", "faces", START_SECONDS + pictures / DRAWN_FACES_PER_SECOND, cores=8)
        else:
            yield Job("faces", "faces", START_SECONDS)
        for size in sorted({size for model in models(self.settings) for size in _sizes(self.settings, model)}):
            seconds = START_SECONDS + pictures * PACK_SECONDS_PER_IMAGE
            yield Job(f"pack{size}", "pack", seconds, ("faces",), cores=8)
        own, plan = counts["train"] * data.judges_share / 2, self.settings.judges
        seconds = own * plan.epochs * JUDGE_SECONDS_PER_IMAGE * self._judge_scale()
        for judge in "ab":
            yield Job(f"judge_{judge}", "judge", START_SECONDS + seconds, (f"pack{data.image_size_px}",))

    def searches(self) -> Iterator[Job]:
        search = self.settings.search
        balanced = search.centre == "balanced"
        for arm in search.arms if balanced else ():
            pilots = search.pilot_seeds * self._training(arm, PILOT_SHARE * self.settings.training.budget_kimg)
            yield Job(f"centres.{arm}", "centres", START_SECONDS + pilots, self._packed(arm))
        for arm, space, sampler, plan in spaces.studies(search):
            looks = 1 + search.pruning.points if sampler == "tpe_pruned" else 1
            # As if no trial were pruned: how many will be is not known.
            trial = self._training(arm, search.budget_kimg) + looks * self._evaluation(arm, search.evaluation_images)
            waits = self._learnt(arm)
            if balanced and sampler != "default":
                waits = (*waits, f"centres.{arm}")
            for study in plan.numbers:
                seconds = START_SECONDS + plan.trials * trial
                yield Job(study_key(arm, sampler, study, space), "search", seconds, waits)

    def finals(self) -> Iterator[Job]:
        training, dag = self.settings.training, Dag(self.settings)
        for arm in sorted({arm for final in self.settings.finals for arm in final.weights_from}):
            studies = tuple(study_key(arm, sampler, study) for sampler, study in self.settings.search.studies(arm))
            yield Job(f"winner.{arm}", "winner", START_SECONDS, studies)
        for final in self.settings.finals:
            kimg = dag.budget_kimg(SimpleNamespace(model=final.model))
            points = training.evaluations * self._evaluation(final.model, training.evaluation_images)
            seconds = START_SECONDS + self._training(final.model, kimg) + points
            waits = (*self._learnt(final.model), *(f"winner.{arm}" for arm in final.weights_from))
            for seed in final.seeds:
                key = f"{final.model}.{seed}"
                yield Job(f"train.{key}", "train", seconds, waits)
                for split in self.settings.scoring.splits:
                    edited = _scored(self.settings, split) * 2 * len(self.settings.data.edits)
                    made = START_SECONDS + edited * EDIT_SHARE * self._image_seconds(final.model)
                    yield Job(f"translate.{key}.{split}", "translate", made, (f"train.{key}",))
                    yield self._score(f"{key}.{split}", edited, (f"translate.{key}.{split}",))

    def rest(self) -> Iterator[Job]:
        splits, plan, judges = self.settings.scoring.splits, self.settings.speed, ("judge_a", "judge_b")
        for split in splits:
            edited = _scored(self.settings, split) * 2 * len(self.settings.data.edits)
            yield self._score(f"control.{split}", edited, judges)
        ends = [f"score.{final.model}.{seed}.{split}" for final in self.settings.finals
                for seed in final.seeds for split in splits]  # fmt: skip
        ends += [f"score.control.{split}" for split in splits]
        sizes = plan.image_sizes_px or (self.settings.data.image_size_px,)
        batches = plan.batch_sizes or (self.settings.training.batch_size,)
        images = sum(size**2 * batch for size in sizes for batch in batches) * max(1, len(plan.attributes))
        scale = images / (self.settings.data.image_size_px**2 * self.settings.training.batch_size)
        block = plan.steps * sum(self.step_seconds[model] * self._timed_parts(model) for model in plan.models)
        pack = f"pack{self.settings.data.image_size_px}"
        each = plan.blocks * block * scale + self._evaluations()
        yield Job("speed", "speed", START_SECONDS + plan.processes * each, (pack, *judges), alone=True)
        if self.settings.gradients:
            yield Job("gradients", "gradients", self._gradients(), (f"pack{self.settings.data.image_size_px}",))
            ends.append("gradients")
        yield Job("tables", "tables", TABLES_SECONDS, (*ends, *self._studies()))
        names = list(registry.plots())
        yield from (Job(f"plot.{name}", "plot", PLOT_SECONDS, ("tables",)) for name in names)
        yield Job("report", "report", REPORT_SECONDS, tuple(f"plot.{name}" for name in names))

    def _timed_parts(self, model_id: str) -> float:
        """Iterations' worth of a turn of a model in `speed`: its three parts, and an iteration a phase of growth."""
        size = self.settings.data.image_size_px
        growth = list(schedule.growth_phases(registry.find(model_id)[1].stages(size), size))
        return STEP_PARTS + len(growth[:-1])

    def _evaluations(self) -> float:
        """Seconds of the evaluations that a process of `speed` times; one more turn sets them up."""
        images, turns = self.settings.search.evaluation_images, self.settings.speed.evaluation_repeats + 1
        return turns * sum(self._evaluation(arm, images) for arm in evaluated_arms(self.settings))

    def _gradients(self) -> float:
        plan, training = self.settings.gradients, self.settings.training
        assert plan is not None
        steps = 1000 * training.budget_kimg / training.batch_size
        models_seconds = sum(self.step_seconds[model] for model in plan.models)
        each = models_seconds * (2 * plan.discriminator_steps / 2 + plan.norm_share * steps)
        return START_SECONDS + plan.seeds * (each + plan.early_share * steps * self.step_seconds[plan.generator])

    def _studies(self) -> list[str]:
        return [job.name for job in self.searches()]

    def _learnt(self, model_id: str) -> tuple[str, ...]:
        return (*self._packed(model_id), "judge_a", "judge_b")

    def _packed(self, model_id: str) -> tuple[str, ...]:
        return tuple(f"pack{size}" for size in _sizes(self.settings, model_id))

    def _training(self, model_id: str, kimg: float) -> float:
        return schedule.steps_of(1000 * kimg, self.settings.training.batch_size) * self.step_seconds[model_id]

    def _evaluation(self, model_id: str, images: int) -> float:
        edited = images * len(self.settings.data.rules.single_edits())
        return edited * EDIT_SHARE * self._image_seconds(model_id)

    def _image_seconds(self, model_id: str) -> float:
        return self.step_seconds[model_id] / self.settings.training.batch_size

    def _score(self, name: str, edited: int, after: tuple[str, ...]) -> Job:
        extractors = self.settings.scoring.extractors
        seconds_per_edit = SCORE_SECONDS_PER_EDIT + SCORE_NETWORK_SECONDS_PER_EDIT * self._judge_scale()
        seconds_per_edit += INCEPTION_OPERATIONS / self.flops * ("inception" in extractors)
        subset = max(_scored(self.settings, split) for split in self.settings.scoring.splits) // 2
        kernels = len(extractors) * KID_KERNELS * self.settings.scoring.kid_subsets
        kid = kernels * subset**2 * KID_SECONDS_PER_ENTRY
        return Job(f"score.{name}", "score", START_SECONDS + edited * seconds_per_edit + kid, after)

    def _judge_scale(self) -> float:
        """What a judge's image costs, of that of the demo on one core."""
        pixels = (self.settings.data.image_size_px / 32) ** 2
        return pixels * (self.settings.judges.channels / 24) ** 2 * CORE_FLOPS / self.flops


def _images(settings: Settings) -> Mapping[str, int]:
    """Images by split; a folder of one's own is taken to be as large as CelebA."""
    drawn = settings.data.drawn
    if settings.data.source != "drawn" or drawn is None:
        return CELEBA_IMAGES
    return {"train": drawn.train, "valid": drawn.valid, "test": drawn.test}


def _scored(settings: Settings, split: str) -> int:
    count = _images(settings)[split]
    return count if settings.scoring.images is None else min(count, settings.scoring.images)


def _sizes(settings: Settings, model_id: str) -> list[int]:
    size = settings.data.image_size_px
    stages = registry.find(model_id)[1].stages(size)
    return sorted({size, *(size // stage.divisor for stage in stages)})
