"""Print the JSON schema of the settings (workflow/schemas/config.schema.json), or the reference of their keys.

python -m bench schema > workflow/schemas/config.schema.json
python -m bench schema --keys > config/keys.md
"""

import argparse

from bench.settings.reading import reference, settings_schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--keys", action="store_true", help="the reference of all keys, as Markdown")


def run(arguments: argparse.Namespace) -> None:
    print(reference() if arguments.keys else settings_schema())
