"""Where a run's files are. Every rule, subcommand and test takes its paths from here."""

from pathlib import Path

from bench.settings.sections import MAIN


def model_key(model_id: str, seed: int) -> str:
    """The file stem of a trained model, `<method>.<variant>.seed<k>`."""
    return f"{model_id}.seed{seed}"


def study_key(model_id: str, sampler: str, study: int | str, space: str = MAIN) -> str:
    """The name of a study, `<method>.<variant>.[<control>.]<sampler>.study<k>`."""
    return f"{model_id}.{'' if space == MAIN else space + '.'}{sampler}.study{study}"


class RunPaths:
    """The files of the run in `root` (results/<run>)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings = root / "settings.json"
        # Manifest of the CelebA-shaped folder, written when the folder is whole.
        self.faces = root / "data" / "faces.json"
        # Rows for tables/scores.csv of the controls that need no trained model.
        self.control_scores = root / "scores" / "control.csv"
        # The measured blocks of step times, which tables/speed.csv and tables/speed_ratio.csv are made of.
        self.step_blocks = root / "speed" / "blocks.csv"
        self.report = root / "report" / "index.html"
        # Checkpoints, journals and leases: undeclared, keyed by content, safe to delete when nothing runs.
        self.work = root / "work"

    def pack(self, image_size_px: int) -> Path:
        """Manifest of the packed store at one resolution; its arrays lie in the folder of the same stem."""
        return self.root / "data" / f"pack{image_size_px}.json"

    def judge(self, name: str) -> Path:
        """Weights of judge `a` or `b`; a .json of the same stem holds settings and ceilings."""
        return self.root / "judges" / f"judge_{name}.safetensors"

    def trials(self, model_id: str, sampler: str, study: int, space: str = MAIN) -> Path:
        """All trials of one study, one row each."""
        return self.root / "searches" / f"{study_key(model_id, sampler, study, space)}.csv"

    def centres(self, model_id: str) -> Path:
        """Where the gradients of the terms of `model_id` balance: the centres of its ranges, as JSON."""
        return self.root / "searches" / f"{model_id}.centres.json"

    def winner(self, model_id: str) -> Path:
        """The best loss weights that the search of `model_id` found, as JSON."""
        return self.root / "searches" / f"{model_id}.best.json"

    def weights(self, model_id: str, seed: int) -> Path:
        """EMA generator weights of a trained model; a .json of the same stem tells how it was made."""
        return self.root / "models" / f"{model_key(model_id, seed)}.safetensors"

    def curve(self, model_id: str, seed: int) -> Path:
        """Rows for tables/curves.csv of one training."""
        return self.root / "curves" / f"{model_key(model_id, seed)}.csv"

    def translations(self, model_id: str, seed: int) -> Path:
        """The first translations of each edit of the split that plots and report show."""
        return self.root / "translations" / f"{model_key(model_id, seed)}.safetensors"

    def scores(self, model_id: str, seed: int) -> Path:
        """Rows for tables/scores.csv of one model on every scored split."""
        return self.root / "scores" / f"{model_key(model_id, seed)}.csv"

    def table(self, name: str) -> Path:
        return self.root / "tables" / f"{name}.csv"

    def figure(self, name: str, suffix: str = "svg") -> Path:
        return self.root / "figures" / f"{name}.{suffix}"

    def log(self, rule: str, name: str) -> Path:
        return self.root / "logs" / rule / f"{name}.log"
