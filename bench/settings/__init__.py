"""Settings: one YAML file, frozen and typed; every unknown key is an error that names the nearest valid one.

`workflow/schemas/config.schema.json` is generated from these models (`python -m bench schema`).
"""

from bench.settings.data import DataSettings, DrawnFaces
from bench.settings.experiments import GradientSettings
from bench.settings.reading import find_run, load_settings, parse_settings, settings_schema
from bench.settings.run import Settings
from bench.settings.scoring import Split
from bench.settings.search import (
    ANALYSIS_KEYS,
    HIT_KEYS,
    RANGE_KEYS,
    CompareSettings,
    ControlSettings,
    Sampler,
    SearchSettings,
    StudySettings,
)
from bench.settings.training import FinalModel, JudgeSettings, TrainingSettings

__all__ = [
    "ANALYSIS_KEYS",
    "HIT_KEYS",
    "RANGE_KEYS",
    "CompareSettings",
    "ControlSettings",
    "DataSettings",
    "DrawnFaces",
    "FinalModel",
    "GradientSettings",
    "JudgeSettings",
    "Sampler",
    "SearchSettings",
    "Settings",
    "Split",
    "StudySettings",
    "TrainingSettings",
    "find_run",
    "load_settings",
    "parse_settings",
    "settings_schema",
]
