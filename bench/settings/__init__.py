"""Settings: one YAML file, frozen and typed; every unknown key is an error that names the nearest valid one.

`workflow/schemas/config.schema.json` is generated from these models (`python -m bench schema`).
"""

from bench.settings.reading import load_settings, parse_settings
from bench.settings.run import Settings
from bench.settings.sections import (
    DataSettings,
    DrawnFaces,
    FinalModel,
    JudgeSettings,
    Sampler,
    SearchSettings,
    StudySettings,
    TrainingSettings,
)

__all__ = [
    "DataSettings",
    "DrawnFaces",
    "FinalModel",
    "JudgeSettings",
    "Sampler",
    "SearchSettings",
    "Settings",
    "StudySettings",
    "TrainingSettings",
    "load_settings",
    "parse_settings",
]
