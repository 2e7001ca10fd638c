"""What the models say of every key of the settings: the JSON schema, and a reference in Markdown, `config/keys.md`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bench.settings.run import Settings

HEAD = """# Every key

Made by `python -m bench schema --keys` from `bench/settings/`; a test keeps both in step.
[README.md](README.md) is the guide.
"""
LIMITS = {"exclusiveMinimum": ">", "minimum": ">=", "exclusiveMaximum": "<", "maximum": "<="}


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
        default = "needed" if key in schema.get("required", ()) else _default(field)
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


def _default(field: Mapping[str, Any]) -> str:
    default = field.get("default")
    return "" if isinstance(default, dict) and default else f"`{'none' if default is None else default}`"


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
