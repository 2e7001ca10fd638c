"""What the workflow computes of the settings: files, options and digests."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from bench import registry
from bench.analysis.contract import TABLES
from bench.commands import tables
from bench.errors import BenchError
from bench.settings import Sampler, parse_settings
from bench.workflow.dag import Dag
from bench.workflow.rule_digests import RuleDigests

MASK, STARGAN = "acl.plus_mask", "stargan_baseline.lsgan_mask"


def dag_of(content: dict[str, Any]) -> Dag:
    return Dag(parse_settings(content, "smoke"))


def test_every_training_is_scored_once_and_so_are_the_controls(smoke_content: dict[str, Any]) -> None:
    names = [path.name for path in dag_of(smoke_content).score_tables]
    assert names == [
        "stargan_baseline.lsgan_mask.seed1.csv",
        "stargan_baseline.lsgan_mask.seed2.csv",
        "acl.plus_mask.seed1.csv",
        "control.csv",
    ]


def test_every_arm_is_searched_by_every_sampler_and_study_or_those_that_a_sampler_names(
    smoke_content: dict[str, Any],
) -> None:
    smoke_content["search"]["samplers"]["random"]["studies"] = 3
    dag = dag_of(smoke_content)
    # Random on both arms, three samplers that name one arm, and the control's study.
    assert len(dag.trial_tables) == 2 * 3 + 3 + 1
    assert [path.name for path in dag.trial_tables if "tpe_pruned" in path.name] == [
        "acl.plus_mask.tpe_pruned.study0.csv"
    ]
    main = [path for path in dag.trial_tables if "one_vs_one" not in path.name]
    assert set(dag.studies(MASK)) | set(dag.studies(STARGAN)) == set(main)


def test_a_sampler_for_an_arm_that_is_not_searched_is_refused(smoke_content: dict[str, Any]) -> None:
    smoke_content["search"]["samplers"]["tpe"]["arms"] = ["acl.full"]
    with pytest.raises(BenchError, match=r"search\.samplers\.tpe names 'acl\.full'"):
        dag_of(smoke_content)


def test_a_growing_variant_reads_the_smaller_packs_too(smoke_content: dict[str, Any]) -> None:
    smoke_content["data"]["image_size_px"] = 64
    dag = dag_of(smoke_content)
    growing = [name for name, info in registry.methods().items() for variant in info.variants if variant.growth]
    assert growing
    sizes = [path.stem for path in dag.packs("acl.full")]
    assert sizes == ["pack64", "pack32", "pack16"]
    assert dag.packs(MASK) == [dag.pack]


def test_weights_are_named_in_order_of_precedence_or_not_at_all(smoke_content: dict[str, Any]) -> None:
    smoke_content["finals"][0]["weights_from"] = ["acl.plus_mask", "stargan_baseline.lsgan_mask"]
    smoke_content["finals"][1]["weights_from"] = []
    dag = dag_of(smoke_content)
    assert dag.winners(MASK) == []
    assert [file.name for file in dag.winners(STARGAN)] == [
        "acl.plus_mask.best.json",
        "stargan_baseline.lsgan_mask.best.json",
    ]


def test_a_final_model_named_twice_is_refused(smoke_content: dict[str, Any]) -> None:
    smoke_content["finals"].append(smoke_content["finals"][0])
    with pytest.raises(BenchError, match="list all of its seeds in one entry"):
        dag_of(smoke_content)


def test_the_tables_that_are_planned_are_those_that_are_written() -> None:
    assert [path.stem for path in tables.outputs(Namespace(output_folder=Path()))] == list(TABLES)


def test_plots_ask_only_for_tables_that_are_made() -> None:
    for name, plot in registry.plots().items():
        assert set(plot.NEEDS) <= {*TABLES, "gradients", "translations"}, name


def test_the_report_declares_the_faces_and_cards_that_it_shows(smoke_content: dict[str, Any]) -> None:
    dag = dag_of(smoke_content)
    assert [path.name for path in dag.shown_translations] == [
        "stargan_baseline.lsgan_mask.seed1.safetensors",
        "acl.plus_mask.seed1.safetensors",
    ]
    assert [str(path.relative_to(dag.paths.root)) for path in dag.cards] == [
        "data/faces.json",
        "data/pack16.json",
        "judges/judge_a.json",
        "judges/judge_b.json",
        "searches/stargan_baseline.lsgan_mask.best.json",
        "searches/acl.plus_mask.best.json",
        "models/stargan_baseline.lsgan_mask.seed1.json",
        "models/stargan_baseline.lsgan_mask.seed2.json",
        "models/acl.plus_mask.seed1.json",
    ]


def digests(content: dict[str, Any]) -> dict[str, str]:
    rules = RuleDigests(dag_of(content))
    return {
        "faces": rules.faces(),
        "judge": rules.judge(),
        "search": rules.search(MASK, "", "tpe"),
        "search of the other": rules.search(STARGAN, "", "random"),
        "train": rules.train(MASK),
        "train of the other": rules.train(STARGAN),
        "score": rules.score(MASK),
        "speed": rules.speed(),
    }


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_a_setting_redoes_what_reads_it_and_no_more(smoke_content: dict[str, Any]) -> None:
    before = digests(smoke_content)

    smoke_content["judges"]["epochs"] = 2
    assert changed(before, before := digests(smoke_content)) == {"judge"}

    smoke_content["finals"][1]["budget_kimg"] = 0.128
    assert changed(before, before := digests(smoke_content)) == {"train"}

    smoke_content["search"]["samplers"]["tpe"]["trials"] = 3
    assert changed(before, before := digests(smoke_content)) == {"search"}

    smoke_content["readings"] = {"acl": {"attribute_head": "patch"}}
    assert changed(before, before := digests(smoke_content)) == {"search", "train", "speed"}

    smoke_content["speed"]["evaluation_repeats"] = 2
    assert changed(before, before := digests(smoke_content)) == {"speed"}

    smoke_content["search"]["evaluation_images"] = 12
    assert changed(before, before := digests(smoke_content)) == {"search", "search of the other", "speed"}

    smoke_content["finals"][0]["seeds"] = [1, 2, 3]
    smoke_content["training"]["checkpoint_seconds"] = 5
    assert changed(before, digests(smoke_content)) <= {"speed"}


def test_more_studies_and_pools_of_other_machines_leave_finished_studies_as_they_are(
    smoke_content: dict[str, Any],
) -> None:
    before = digests(smoke_content)
    smoke_content["search"]["samplers"]["random"] |= {"studies": 2, "first": 3}
    smoke_content["search"]["pools"] = ["elsewhere/acl.plus_mask.random.study0.csv"]
    assert not changed(before, digests(smoke_content))
    dag = dag_of(smoke_content)
    names = [path.name for path in dag.studies(MASK)]
    assert names[:2] == ["acl.plus_mask.random.study3.csv", "acl.plus_mask.random.study4.csv"]
    assert dag.studies(MASK)[-1] == dag.trial_tables[-1] == Path("elsewhere/acl.plus_mask.random.study0.csv")


def test_only_a_study_of_balanced_ranges_waits_for_centres_and_only_it_heeds_where_ranges_lie(
    smoke_content: dict[str, Any],
) -> None:
    samplers: tuple[Sampler, ...] = ("tpe", "default")
    dag = dag_of(smoke_content)
    assert [file.name for file in dag.centres(MASK, "tpe")] == ["acl.plus_mask.centres.json"]
    assert dag.centres(MASK, "default") == []
    before = [RuleDigests(dag).search(MASK, "", sampler) for sampler in samplers]
    smoke_content["search"] |= {"centre": "default", "width_decades": 3}
    dag = dag_of(smoke_content)
    assert dag.centres(MASK, "tpe") == []
    after = [RuleDigests(dag).search(MASK, "", sampler) for sampler in samplers]
    assert [job_pair == two for job_pair, two in zip(before, after, strict=True)] == [False, True]
    more = RuleDigests(dag).centres(MASK)
    smoke_content["search"] |= {"pilot_seeds": 4, "budget_kimg": 0.04}
    assert RuleDigests(dag_of(smoke_content)).centres(MASK) != more


def test_a_controls_studies_stand_beside_the_main_ones_and_feed_no_winner(smoke_content: dict[str, Any]) -> None:
    dag = dag_of(smoke_content)
    name = "stargan_baseline.lsgan_mask.one_vs_one.random.study0.csv"
    assert dag.trial_tables[-1].name == name
    assert name not in [path.name for path in dag.studies(STARGAN)]
    assert [dag.space(wildcard) for wildcard in ("one_vs_one.", "")] == ["one_vs_one", "main"]
    before = [RuleDigests(dag).search(STARGAN, space, "random") for space in ("one_vs_one.", "")]
    smoke_content["search"]["controls"]["one_vs_one"]["frozen"] = {"stargan_baseline.lsgan_mask": ["lambda_rec"]}
    after = [RuleDigests(dag_of(smoke_content)).search(STARGAN, space, "random") for space in ("one_vs_one.", "")]
    assert [job_pair == two for job_pair, two in zip(before, after, strict=True)] == [False, True]
