"""What a run is expected to take before it runs: its jobs, their seconds and order, and its disk. Imports no torch.

Trainings are priced by seconds per step of their variant, from a calibration or a table of step costs. Everything else
is priced by stated constants, measured on one core of a server of 2024 with the demo's sizes; what networks compute of
it goes as much faster as the training steps do.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bench import registry
from bench.data.annotations import read_attributes, split_rows
from bench.data.layout import find_layout
from bench.data.store import EDITED_SPLITS
from bench.errors import BenchError
from bench.evaluation.translations import SHOWN
from bench.settings import DataSettings, Settings
from bench.settings.sections import NORM_SEEDS
from bench.training import schedule
from bench.workflow.dag import Dag
from bench.workflow.jobs import Job, jobs

CORE_FLOPS = 4.5e10  # operations per second in training steps, of that core
START_SECONDS = 4.0  # a job's imports
DRAWN_FACES_PER_SECOND = 200.0
PACK_SECONDS_PER_IMAGE = 0.0015
JUDGE_SECONDS_PER_IMAGE = 0.0024  # forward and backward, 32 px, 24 channels
EDIT_SHARE = 0.25  # an image translated and measured, as a share of an image trained on
SCORE_NETWORK_SECONDS_PER_EDIT = 0.0011  # both judges on a translated image, 32 px, 24 channels
SCORE_SECONDS_PER_EDIT = 0.0006  # its metrics
INCEPTION_OPERATIONS = 1.14e10  # of one image
# KID: the kernel of the reals, and two each of a model and of its shuffled control; an entry is computed in float64.
KID_KERNELS, KID_SECONDS_PER_ENTRY = 5, 6e-8
POINT_STEP_SECONDS = 2.5e-4  # a step on a seed's points, at the shift and its mirror image
# What `speed` times of a model in a turn, in mean steps: 2.2 where n_critic is 1, 7.2 where it is 5 (an iteration is
# n_critic steps then); and what an attribute more adds, of a network with one channel.
STEP_PARTS, PARTS_PER_CRITIC_STEP, ATTRIBUTE_SHARE = 0.95, 1.25, 0.16
PLOT_SECONDS, TABLES_SECONDS, REPORT_SECONDS = 3.0, 20.0, 8.0
JPEG_BYTES, UNCHANGED_BYTES = 6500, 900  # a face of 178 x 218, a map of unchanged pixels
CELEBA_BYTES, CELEBA_IMAGES = 3_300_000_000, {"train": 162_770, "valid": 19_867, "test": 19_962}
SHOWN_CHANNELS = 7  # translation, mask and segment
TRAINING_BYTES = 10_000_000  # weights, card, logs
# In the published study: the share of trials that seemed to hit and were trained again, and how many times as slow as
# alone on the machine steps were on two busy cores.
HIT_SHARE, BUSY = 0.09, 1.25
# The rules that keep a GPU, where there are GPUs.
GPU_RULES = ("judge", "centres", "search", "train", "score", "score_controls", "speed")


@dataclass(frozen=True)
class PricedJob:
    """One job: seconds on one core or GPU, the jobs it waits for, and how many cores it can use.

    `alone`: it takes the whole machine while it runs.
    """

    name: str
    rule: str
    seconds: float
    after: tuple[str, ...] = ()
    cores: int = 1
    alone: bool = False


def models(settings: Settings) -> list[str]:
    """Every variant that a step of the run trains or times, each once."""
    gradients = settings.gradients
    more = [*gradients.models, gradients.generator] if gradients else []
    return list(dict.fromkeys([*settings.models, *more]))


def priced(
    settings: Settings, step_seconds: Mapping[str, float], flops: float = CORE_FLOPS, hit_share: float = 0.0
) -> list[PricedJob]:
    """Every job of the run with its seconds, each after those whose outputs it reads.

    `step_seconds` holds each of `models`; other networks compute `flops` operations per second. `hit_share`: the share
    of trials that seem to hit, each of which is trained again on `search.confirmations` seeds.
    """
    prices, listed = _Prices(settings, step_seconds, flops, hit_share), list(jobs(Dag(settings)))
    made_by = {output: f"{job.rule}.{job.name}" for job in listed for output in job.outputs}
    return [
        PricedJob(
            f"{job.rule}.{job.name}",
            job.rule,
            prices.seconds(job),
            tuple(dict.fromkeys(made_by[file] for file in job.inputs if file in made_by)),
            cores=8 if job.rule in ("faces", "pack") else 1,
            alone=job.rule == "speed",
        )
        for job in listed
    ]


def wall_seconds(planned: Sequence[PricedJob], workers: int) -> float:
    """Seconds until the last job ends where `workers` jobs run side by side, the longest way to the end first.

    Jobs that run alone are counted by themselves.
    """
    after_end: dict[str, float] = {}
    waiting: defaultdict[str, list[str]] = defaultdict(list)
    seconds = {job.name: job.seconds / min(workers, job.cores) for job in planned if not job.alone}
    for job in planned:
        for before in job.after:
            waiting[before].append(job.name)
    for job in reversed(planned):
        after_end[job.name] = seconds.get(job.name, 0.0) + max(
            (after_end[follower] for follower in waiting[job.name]), default=0.0
        )
    open_ends = {job.name: sum(before in seconds for before in job.after) for job in planned if not job.alone}
    ready = [(-after_end[name], name) for name, count in open_ends.items() if not count]
    heapq.heapify(ready)
    running: list[tuple[float, str]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < workers:
            name = heapq.heappop(ready)[1]
            heapq.heappush(running, (now + seconds[name], name))
        now, ended = heapq.heappop(running)
        for name in waiting[ended]:
            if name in open_ends:
                open_ends[name] -= 1
                if not open_ends[name]:
                    heapq.heappush(ready, (-after_end[name], name))
    return now + sum(job.seconds for job in planned if job.alone)


def disk_bytes(settings: Settings) -> dict[str, float]:
    """Bytes that a finished run keeps on disk, by kind."""
    dag, data, (photos, drawn) = Dag(settings), settings.data, _pictures(settings.data)
    of_drawn = photos * JPEG_BYTES + drawn * (JPEG_BYTES + UNCHANGED_BYTES)
    sizes = {size for model in models(settings) for size in dag.sizes_px(model)}
    shown = min(SHOWN, _scored(settings, settings.scoring.shown_split))
    trainings = sum(len(final.seeds) for final in settings.finals)
    return {
        "faces": {"drawn": of_drawn, "celeba": CELEBA_BYTES, "folder": 0}[data.source],
        "packed faces": sum((3 * photos + 4 * drawn) * size**2 for size in sizes),
        "translations": trainings * shown * len(data.edits) * SHOWN_CHANNELS * data.image_size_px**2,
        "models and logs": (trainings + len(dag.trial_tables)) * TRAINING_BYTES,
    }


@dataclass(frozen=True)
class _Prices:
    """Seconds of one job of each rule."""

    settings: Settings
    step_seconds: Mapping[str, float]
    flops: float
    hit_share: float

    def seconds(self, job: Job) -> float:
        """Seconds of a job on one core or GPU, its start included."""
        data = self.settings.data
        by_rule: Mapping[str, Callable[[Job], float]] = {
            "faces": lambda job: sum(_pictures(data)) / DRAWN_FACES_PER_SECOND if data.source == "drawn" else 0.0,
            "pack": lambda job: sum(_pictures(data)) * PACK_SECONDS_PER_IMAGE,
            "judge": self._judge,
            "centres": self._training,
            "search": self._search,
            "winner": lambda job: 0.0,
            "train": self._train,
            "score": lambda job: self._edited() * EDIT_SHARE * self._image_seconds(job.model) + self._scoring(),
            "score_controls": lambda job: 2.5 * self._scoring(),  # five controls; a model has two
            "speed": self._speed,
            "gradients": self._gradients,
            "tables": lambda job: TABLES_SECONDS,
            "plot": lambda job: PLOT_SECONDS,
            "report": lambda job: REPORT_SECONDS,
        }
        return START_SECONDS + by_rule[job.rule](job)

    def _judge(self, job: Job) -> float:
        images = _images(self.settings.data)[0]["train"] * self.settings.data.judges_share / 2
        return images * self.settings.judges.epochs * JUDGE_SECONDS_PER_IMAGE * self._judge_scale()

    def _training(self, job: Job) -> float:
        return job.images * self._image_seconds(job.model)

    def _search(self, job: Job) -> float:
        search = self.settings.search
        # As if no trial were pruned: how many will be is not known.
        looks = 1 + search.pruning.points if job.sampler == "tpe_pruned" else 1
        once = self._training(job) + job.trials * looks * self._evaluation(job.model, search.evaluation_images)
        return once * (1 + search.confirmations * self.hit_share)

    def _train(self, job: Job) -> float:
        training = self.settings.training
        return self._training(job) + training.evaluations * self._evaluation(job.model, training.evaluation_images)

    def _edited(self) -> int:
        """Translations that are scored of one model, on all splits, those under shuffled targets included."""
        images = sum(_scored(self.settings, split) for split in self.settings.scoring.splits)
        return images * 2 * len(self.settings.data.edits)

    def _scoring(self) -> float:
        scoring = self.settings.scoring
        seconds_per_edit = SCORE_SECONDS_PER_EDIT + SCORE_NETWORK_SECONDS_PER_EDIT * self._judge_scale()
        seconds_per_edit += INCEPTION_OPERATIONS / self.flops * ("inception" in scoring.extractors)
        pairs = sum(_scored(self.settings, split) ** 2 for split in scoring.splits)
        kid = len(scoring.extractors) * KID_KERNELS * pairs * KID_SECONDS_PER_ENTRY
        return self._edited() * seconds_per_edit + kid

    def _speed(self, job: Job) -> float:
        plan, attributes = self.settings.speed, len(self.settings.data.attributes)
        size = self.settings.data.image_size_px
        sizes, batches = plan.image_sizes_px or (size,), plan.batch_sizes or (self.settings.training.batch_size,)
        images = sum(size**2 * batch for size in sizes for batch in batches)
        scale = images / (size**2 * self.settings.training.batch_size)
        share = ATTRIBUTE_SHARE / self.settings.networks.generator_channels
        scale *= sum(1 + share * (count - attributes) for count in plan.attributes or (attributes,))
        steps_seconds = 0.0  # of a turn: of each model its three parts, and an iteration per phase of growth
        for model in plan.models:
            variant = registry.find(model)[1]
            phases = len(list(schedule.growth_phases(variant.stages(size), size))[:-1])
            steps = STEP_PARTS + variant.n_critic * (PARTS_PER_CRITIC_STEP + phases)
            steps_seconds += self.step_seconds[model] * steps
        evaluated = self.settings.search.evaluation_images
        evaluations = sum(self._evaluation(arm, evaluated) for arm in self.settings.evaluated_arms)
        start = START_SECONDS if plan.processes > 1 else 0.0
        # The turn more counts operations, and warms up; that of the evaluations sets them up.
        turns, evaluation_turns = 1 + plan.blocks * plan.steps, 1 + plan.evaluation_repeats
        return plan.processes * (start + turns * scale * steps_seconds + evaluation_turns * evaluations)

    def _gradients(self, job: Job) -> float:
        plan, training = self.settings.gradients, self.settings.training
        assert plan is not None
        steps = 1000 * training.budget_kimg / training.batch_size
        models_seconds = sum(self.step_seconds[model] for model in plan.models)
        asked = 2 * 2 * plan.images * len(self.settings.data.attributes) * len(plan.models)
        each = models_seconds * 2 * plan.discriminator_steps / 2 + asked * self._image_seconds(plan.generator)
        each += plan.early_share * steps * self.step_seconds[plan.generator]
        norms = min(plan.seeds, NORM_SEEDS) * plan.norm_share * steps * models_seconds
        point_steps = 2 * len(plan.distances) * len(plan.models) * plan.point_seeds * plan.point_steps
        return plan.seeds * each + norms + point_steps * POINT_STEP_SECONDS

    def _evaluation(self, model_id: str, images: int) -> float:
        edited = images * len(self.settings.data.attributes)
        return edited * EDIT_SHARE * self._image_seconds(model_id)

    def _image_seconds(self, model_id: str) -> float:
        return self.step_seconds[model_id] / self.settings.training.batch_size

    def _judge_scale(self) -> float:
        """What a judge's image costs, of that of the demo on one core."""
        pixels = (self.settings.data.image_size_px / 32) ** 2
        return pixels * (self.settings.judges.channels / 24) ** 2 * CORE_FLOPS / self.flops


def faces(settings: Settings) -> str:
    """How many faces the plan is for, in a sentence."""
    counts, source = _images(settings.data)
    return f"Faces: {', '.join(f'{count:,} {split}' for split, count in counts.items())}{source}."


@lru_cache
def _images(data: DataSettings) -> tuple[Mapping[str, int], str]:
    """Images by split, the judges' among those of train, and where the numbers are from if that is no matter of course.

    A folder of one's own that cannot be read yet is taken to be as large as CelebA.
    """
    if data.source == "drawn" and data.drawn is not None:
        return {"train": data.drawn.train, "valid": data.drawn.valid, "test": data.drawn.test}, ""
    if data.source == "folder" and data.folder is not None:
        try:
            layout = find_layout(data.folder)
            rows = split_rows(read_attributes(layout.attributes_file, data.attributes), layout.partition_file, data)
        except BenchError as error:
            return CELEBA_IMAGES, f", as in CelebA, since there is nothing to count. {str(error).removesuffix('.')}"
        counts = {name: len(members) for name, members in rows.items()}
        train = counts["train"] + counts["judge_a"] + counts["judge_b"]
        return {"train": train, "valid": counts["valid"], "test": counts["test"]}, f", in {data.folder}"
    return CELEBA_IMAGES, ""


def _pictures(data: DataSettings) -> tuple[int, int]:
    """Faces, and counterfactuals that are drawn of them."""
    counts, _ = _images(data)
    drawn = sum(counts[split] for split in EDITED_SPLITS) * len(data.edits) if data.source == "drawn" else 0
    return sum(counts.values()), drawn


def _scored(settings: Settings, split: str) -> int:
    count = _images(settings.data)[0][split]
    return count if settings.scoring.images is None else min(count, settings.scoring.images)
