"""Reads settings files and explains what is wrong with them: every unknown key with the nearest valid one.

What the models say of every key is told here too: the JSON schema, and a reference in Markdown, `config/keys.md`.
"""

import json
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from bench import registry
from bench.errors import BenchError
from bench.settings.run import Settings

HEAD = """# Every key

Made by `python -m bench schema --keys` from `bench/settings/`; a test keeps both in step.
[README.md](README.md) is the guide.
"""
LIMITS = {"exclusiveMinimum": ">", "minimum": ">=", "exclusiveMaximum": "<", "maximum": "<="}


def find_run(name: str) -> Settings:
    """The settings of the run in the folder `name`, or in results/`name`; their `folder` is where the run lies now."""
    for folder in (Path(name), Path("results") / name):
        file = folder / "settings.json"
        if file.is_file():
            folder = folder if folder.name else folder.resolve()
            return load_settings(file).model_copy(update={"results": folder.parent, "run": folder.name})
    raise BenchError(
        f"No run {name!r}: neither {Path(name) / 'settings.json'} nor {Path('results') / name / 'settings.json'} is "
        "there. Name the folder of a run, for example results/demo."
    )


def load_settings(path: Path) -> Settings:
    """Read a YAML or JSON settings file; BenchError names every faulty key with the nearest valid one."""
    return parse_settings(read_content(path), str(path))


def read_content(path: Path) -> object:
    """What a YAML or JSON file holds; BenchError if it is missing, no text, no YAML, or names a key twice."""
    try:
        if path.exists() and not path.is_file():
            raise BenchError(f"{path} is a folder, pipe or device, no settings file. Name a file with --config.")
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # a SafeLoader
    except FileNotFoundError:
        raise BenchError(f"No settings file {path}. Name one with --config, for example config/demo.yaml.") from None
    except OSError as error:
        raise BenchError(f"The settings file {path} cannot be read: {error.strerror}. Mend that.") from None
    except UnicodeDecodeError as error:
        raise BenchError(f"{path} is no UTF-8 text ({error.reason} at byte {error.start}). Save it as UTF-8.") from None
    except RecursionError:
        raise BenchError(
            f"{path} is nested too deeply for settings. Put back the file, or begin from a copy."
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        raise BenchError(f"{path} is not valid YAML: {error}") from None


class _Loader(yaml.SafeLoader):
    """Refuses a mapping that names a key twice: YAML forbids it, and PyYAML keeps the last without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        lines: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if key.value in lines:
                raise yaml.YAMLError(f"line {line}: {key.value!r} stands on line {lines[key.value]} already")
            lines[str(key.value)] = line
        return super().construct_mapping(node, deep)


def parse_settings(content: object, name: str) -> Settings:
    """Validate settings read from `name` (used in messages)."""
    if not isinstance(content, dict):
        raise BenchError(f"{name} holds no settings: expected a mapping, found {type(content).__name__}.")
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        lines = [_explain(fault["loc"], fault["type"], fault["msg"], fault["input"]) for fault in error.errors()]
        raise BenchError(f"{name}:\n" + "\n".join(f"  {line}" for line in lines)) from error


def _explain(location: tuple[int | str, ...], kind: str, message: str, value: object) -> str:
    path = ".".join(map(str, location)) or "settings"
    if kind == "extra_forbidden":
        return f"{path}: unknown key.{registry.nearest(str(location[-1]), _keys_at(location[:-1]))}"
    if kind == "missing":
        return f"{path}: missing; it has no default."
    shown = "" if isinstance(value, dict) else f" (found {value!r})"
    return f"{path}: {message.removeprefix('Value error, ')}{shown}"


def _keys_at(location: tuple[int | str, ...]) -> list[str]:
    """The valid keys of the section at `location` in the settings."""
    definitions = Settings.model_json_schema()
    node = definitions
    for step in location:
        keys = node.get("properties", {})
        node = node["items"] if isinstance(step, int) else keys.get(step) or node["additionalProperties"]
        for option in (node, *node.get("anyOf", ()), *node.get("allOf", ())):
            if "$ref" in option:
                node = definitions["$defs"][option["$ref"].rsplit("/", 1)[-1]]
    return list(node.get("properties", {}))


def settings_schema() -> str:
    """The JSON schema of the settings, for editors."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(dialect | Settings.model_json_schema(), indent=2)


def reference() -> str:
    """One table per section, in the order of a configuration file."""
    schema = Settings.model_json_schema()
    return "\n".join([HEAD, *_section("", schema, schema["$defs"], set())])


def _section(path: str, schema: Mapping[str, Any], definitions: Mapping[str, Any], told: set[str]) -> Iterator[str]:
    yield f"## `{path}`\n" if path else "## The run\n"
    if path and schema.get("description"):
        yield f"{' '.join(schema['description'].split())}\n"
    yield "| key | value | default | meaning |\n|---|---|---|---|"
    inner: list[tuple[str, str]] = []
    for key, field in schema["properties"].items():
        name = f"{path}.{key}" if path else key
        inner += [(f"{name}{suffix}", reference) for suffix, reference in _sections_in(field)]
        value = field.get("default")
        default = "" if isinstance(value, dict) and value else f"`{'none' if value is None else value}`"
        default = "needed" if key in schema.get("required", ()) else default
        yield f"| `{key}` | {_values(field)} | {default} | {field.get('description', '')} |"
    yield ""
    for name, section in inner:
        if section not in told:
            told.add(section)
            yield from _section(name, definitions[section], definitions, told)


def _sections_in(field: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(suffix of its path, name) of every section that a field holds."""
    if "$ref" in field:
        yield "", field["$ref"].rsplit("/", 1)[-1]
    for option in field.get("anyOf", ()):
        yield from _sections_in(option)
    if isinstance(items := field.get("items"), dict):
        yield from ((f"[]{suffix}", name) for suffix, name in _sections_in(items))
    if isinstance(values := field.get("additionalProperties"), dict):
        yield from ((f".<name>{suffix}", name) for suffix, name in _sections_in(values))


def _values(field: Mapping[str, Any]) -> str:
    """What a field takes, in words."""
    if "anyOf" in field:
        return " or ".join("none" if option.get("type") == "null" else _values(option) for option in field["anyOf"])
    if "enum" in field or "const" in field:
        return ", ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    if "$ref" in field:
        return "section"
    kinds = {"array": "list", "object": "mapping", "string": "text", "boolean": "true or false"}
    kind = "path" if field.get("format") == "path" else kinds.get(field.get("type", ""), field.get("type", "value"))
    limits = ", ".join(f"{sign} {field[name]}" for name, sign in LIMITS.items() if name in field)
    return f"{kind} {limits}".strip()
