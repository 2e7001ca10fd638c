"""Settings: one YAML file, frozen and typed; every unknown key is an error that names the nearest valid one.

`workflow/schemas/config.schema.json` is generated from these models (`python -m bench schema`).
"""

from bench.settings.experiments import GradientSettings, SpeedSettings
from bench.settings.reading import load, parse, schema
from bench.settings.sections import (
    JUDGING,
    RANGES,
    CompareSettings,
    ControlSettings,
    DataSettings,
    DrawnFaces,
    FinalModel,
    JudgeSettings,
    NetworkSettings,
    PruningSettings,
    Sampler,
    ScoringSettings,
    SearchSettings,
    Split,
    StudySettings,
    TrainingSettings,
)
from bench.settings.whole import Settings

__all__ = [
    "JUDGING",
    "RANGES",
    "CompareSettings",
    "ControlSettings",
    "DataSettings",
    "DrawnFaces",
    "FinalModel",
    "GradientSettings",
    "JudgeSettings",
    "NetworkSettings",
    "PruningSettings",
    "Sampler",
    "ScoringSettings",
    "SearchSettings",
    "Settings",
    "SpeedSettings",
    "Split",
    "StudySettings",
    "TrainingSettings",
    "load",
    "parse",
    "schema",
]
