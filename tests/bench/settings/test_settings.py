"""Settings: every mistake is found, and the message names its mending."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bench.errors import BenchError
from bench.settings import load_settings, parse_settings
from bench.settings.reading import reference, settings_schema
from tests import ROOT

SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.json"


def message(content: object) -> str:
    with pytest.raises(BenchError) as caught:
        parse_settings(content, "mine.yaml")
    return str(caught.value)


@pytest.mark.parametrize("file", sorted([*ROOT.glob("config/*.yaml"), *ROOT.glob("tests/config/*.yaml")]), ids=str)
def test_every_shipped_configuration_is_valid(file: Path) -> None:
    assert load_settings(file).run


def test_unknown_key_is_rejected_with_the_nearest_valid_one(smoke_content: dict[str, Any]) -> None:
    smoke_content["trainning"] = {}
    assert "trainning: unknown key. Did you mean 'training'?" in message(smoke_content)


def test_unknown_key_in_a_nested_section_is_rejected_with_the_nearest_valid_one(smoke_content: dict[str, Any]) -> None:
    smoke_content["data"]["image_size"] = 16
    smoke_content["finals"][0]["seed"] = [1]
    smoke_content["search"]["samplers"]["random"]["trails"] = 3
    said = message(smoke_content)
    assert "data.image_size: unknown key. Did you mean 'image_size_px'?" in said
    assert "finals.0.seed: unknown key. Did you mean 'seeds'?" in said
    assert "trails: unknown key. Did you mean 'trials'?" in said


def test_every_fault_is_told_at_once_with_file_key_and_value(smoke_content: dict[str, Any]) -> None:
    smoke_content["training"]["budget_kimg"] = -1
    del smoke_content["data"]["image_size_px"]
    said = message(smoke_content)
    assert said.startswith("mine.yaml:")
    assert "training.budget_kimg" in said
    assert "(found -1)" in said
    assert "data.image_size_px: missing" in said


def test_unknown_method_variant_is_rejected_with_the_nearest_valid_one(smoke_content: dict[str, Any]) -> None:
    smoke_content["search"]["arms"] = ["acl.plus_maks"]
    assert "Did you mean 'acl.plus_mask'?" in message(smoke_content)


def test_weights_from_an_arm_that_is_not_searched_are_rejected(smoke_content: dict[str, Any]) -> None:
    smoke_content["finals"][0]["weights_from"] = ["acl.full"]
    assert "'acl.full', which is not among search.arms" in message(smoke_content)


def test_unknown_reading_is_rejected_with_the_nearest_valid_one(smoke_content: dict[str, Any]) -> None:
    smoke_content["readings"] = {"acl": {"attribute_heat": "patch"}}
    assert "Did you mean 'attribute_head'?" in message(smoke_content)


def test_reading_outside_its_choices_is_rejected_with_all_of_them(smoke_content: dict[str, Any]) -> None:
    smoke_content["readings"] = {"acl": {"attribute_head": "pitch"}}
    assert "it can be one of ['full_field', 'patch']" in message(smoke_content)


def test_combined_edit_of_an_unknown_attribute_is_rejected(smoke_content: dict[str, Any]) -> None:
    smoke_content["data"]["combined_edits"] = [["Smiling", "Bangs"]]
    assert "'Bangs', which is not among 'attributes'" in message(smoke_content)


def test_a_variant_is_trained_twice_under_two_names_only(smoke_content: dict[str, Any]) -> None:
    first = smoke_content["finals"][0]
    smoke_content["finals"].append(first)
    assert f"finals name '{first['model']}' twice" in message(smoke_content)
    smoke_content["finals"][-1] = first | {"model": f"{first['model']}__short", "budget_kimg": 0.016}
    assert parse_settings(smoke_content, "smoke").finals[-1].model == "stargan_baseline.lsgan_mask__short"
    smoke_content["speed"]["models"] = [f"{first['model']}__short"]
    assert "search and speed have none" in message(smoke_content)


def test_published_weights_are_those_of_a_variant_that_has_some(smoke_content: dict[str, Any]) -> None:
    final = {"model": "stargan_baseline.published__published_weights", "seeds": [1], "weights": "published"}
    smoke_content["finals"].append(final)
    parse_settings(smoke_content, "smoke")
    smoke_content["finals"][-1] = final | {"weights_from": ["acl.plus_mask"]}
    assert "leave one out" in message(smoke_content)
    smoke_content["finals"][-1] = final | {"model": "acl.full"}
    assert "nobody published loss weights for 'acl.full'" in message(smoke_content)


def test_a_run_cannot_take_the_name_of_the_reference_run(smoke_content: dict[str, Any]) -> None:
    smoke_content["run"] = "reference"
    assert "reserved" in message(smoke_content)


def test_missing_file_names_itself_and_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"No settings file .*absent\.yaml.*config/demo\.yaml"):
        load_settings(tmp_path / "absent.yaml")


def test_broken_yaml_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("run: [", encoding="utf-8")
    with pytest.raises(BenchError, match=r"broken\.yaml is not valid YAML"):
        load_settings(file)


def test_a_file_that_holds_no_mapping_is_rejected() -> None:
    assert "holds no settings" in message(["run"])


def test_settings_are_frozen(smoke_content: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    settings = parse_settings(smoke_content, "smoke")
    with pytest.raises(ValidationError, match="frozen"):
        monkeypatch.setattr(settings, "run", "other")


def test_settings_survive_the_way_through_json(smoke_content: dict[str, Any]) -> None:
    settings = parse_settings(smoke_content, "smoke")
    assert parse_settings(json.loads(settings.model_dump_json()), "json") == settings


def test_json_schema_is_in_step_with_the_settings() -> None:
    written = SCHEMA.read_text(encoding="utf-8").rstrip("\n")
    assert written == settings_schema(), f"mend it: python -m bench schema > {SCHEMA.relative_to(ROOT)}"


def test_the_reference_of_keys_is_in_step_with_the_settings() -> None:
    written = (ROOT / "config" / "keys.md").read_text(encoding="utf-8").rstrip("\n")
    assert written == reference().rstrip("\n"), "mend it: python -m bench schema --keys > config/keys.md"


def test_every_key_has_a_description() -> None:
    definitions = json.loads(settings_schema())
    nodes = (definitions, *definitions["$defs"].values())
    bare = [key for node in nodes for key, field in node["properties"].items() if not described(field, definitions)]
    assert bare == []


def described(field: dict[str, Any], definitions: dict[str, Any]) -> bool:
    """Whether a key says what it means, or is a section that does."""
    reference = field.get("$ref") or field.get("items", {}).get("$ref", "")
    return "description" in field or "description" in definitions["$defs"].get(reference.rsplit("/", 1)[-1], {})


def test_controls_of_unknown_axes_arms_or_nothing_are_refused(smoke_content: dict[str, Any]) -> None:
    control = smoke_content["search"]["controls"]["one_vs_one"]
    stargan, acl = "stargan_baseline.lsgan_mask", "acl.plus_mask"
    samplers = control["samplers"]
    smoke_content["search"]["arms"].append("acl.plus_content")
    for changes, message in (
        ({"frozen": {stargan: ["lambda_clss"]}}, "Did you mean 'lambda_cls'"),
        ({"frozen": {stargan: ["lambda_cls", "lambda_rec"]}}, f"leaves {stargan} no weight"),
        ({"frozen": {}, "redundant": {acl: ["lambda_content"]}}, "redundant: acl.plus_mask has no 'lambda_content'"),
        ({"frozen": {}, "redundant": {}}, "would repeat the main search"),
        ({"frozen": {"acl.full": ["lambda_content"]}, "redundant": {}}, "'acl.full', which is not among search.arms"),
        (
            {
                "frozen": {acl: ["lambda_content"]},
                "comparison": {"baseline": stargan, "challenger": "acl.plus_content"},
            },
            "leaves out",
        ),
        ({"frozen": {stargan: ["lambda_cls"]}, "samplers": samplers | {"default": samplers["random"]}}, "'default'"),
    ):
        smoke_content["search"]["controls"] = {"one_vs_one": control | changes}
        with pytest.raises(BenchError, match=message):
            parse_settings(smoke_content, "smoke")
    smoke_content["search"]["controls"] = {"main": control}
    with pytest.raises(BenchError, match="not 'main'"):
        parse_settings(smoke_content, "smoke")
