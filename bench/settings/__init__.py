"""Settings: one YAML file, frozen and typed; every unknown key is an error that names the nearest valid one.

`workflow/schemas/config.schema.json` is generated from these models (`python -m bench schema`).
"""

from bench.settings.reading import load, parse, schema
from bench.settings.sections import (
    JUDGING,
    RANGES,
    CompareSettings,
    DataSettings,
    DrawnFaces,
    FinalModel,
    GradientSettings,
    JudgeSettings,
    NetworkSettings,
    Sampler,
    ScoringSettings,
    SearchSettings,
    SpeedSettings,
    Split,
    StudySettings,
    TrainingSettings,
)
from bench.settings.whole import Settings

__all__ = [
    "JUDGING",
    "RANGES",
    "CompareSettings",
    "DataSettings",
    "DrawnFaces",
    "FinalModel",
    "GradientSettings",
    "JudgeSettings",
    "NetworkSettings",
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
