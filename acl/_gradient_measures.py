"""C1 from gradients.csv: which loss points to the target far from real data, and what it says of an attribute.

What each part and each control is for, and why the bars are where they are: docs/measures/c1.md.
"""

from collections.abc import Iterator, Mapping

import pandas as pd

from bench.analysis import seed_pairs, statistics
from bench.analysis.claims import IMPOSSIBLE, TOO_FEW, Evidence, Measured, Part, Sample, exactly

from . import _measures as measures
from . import _refusals as refusals

EVIDENCE = "gradients.csv"
FAR, NEAR, START, EARLY = "far points", "points at the source's cloud", "images, start", "images, early"
# The experiment and setting of each measure; far is the largest distance of the run.
PLACES = {
    FAR: ("points", None),
    NEAR: ("points_at_source", 0.0),
    START: ("images", "start"),
    EARLY: ("images", "early"),
}
ATTRIBUTE, CLASSIFICATION, UNCONDITIONAL, CONTROL = "attribute", "classification", "adversarial", "control"
CONTROLS = {"oracle classifier": "control.oracle_classifier", "random direction": "control.random_direction"}
Term = tuple[str, str]
Pairs = Mapping[str, tuple[str, str]]


def parts(evidence: Evidence, bars: Mapping[str, float], pairs: Pairs) -> Iterator[Part]:
    """The judged parts; `pairs` are (StarGAN, its attribute-loss variant) by loss family."""
    for place in PLACES:
        on_points = place in (FAR, NEAR)
        bar = bars["c1_cosine" if on_points else "c1_image_gain"]
        unit, least = ("point seed", "c1_least_point_seeds") if on_points else ("gradient seed", "least_seeds")
        for family, (stargan, challenger) in pairs.items():
            classification, attribute = (stargan, CLASSIFICATION), (challenger, ATTRIBUTE)
            if place == NEAR:
                what, cosine = "the classification loss", _alone(evidence, place, classification, unit)
            else:
                what = "the attribute loss minus that of the classification loss"
                cosine = _difference(evidence, place, attribute, classification, unit)
            cosine = cosine.refused(refusals.few(cosine.sample.count, int(bars[least]), unit), TOO_FEW)
            yield Part(f"cosine of {what}, {place}, {family}", cosine, ">=", bar, 0.0, EVIDENCE)


def controls(evidence: Evidence, pairs: Pairs) -> Iterator[Part]:
    """Directions whose answer is known, beside the judged parts: a row for each control and measure."""
    terms = {name: (model, CONTROL) for name, model in CONTROLS.items()}
    for family, (stargan, _) in pairs.items():
        terms[f"unconditional adversarial term, {family}"] = (stargan, UNCONDITIONAL)
    for place in PLACES:
        for name, term in terms.items():
            cosine = _alone(evidence, place, term, "seed")
            yield Part(f"control: cosine of the {name}, {place}", cosine, ">=", 0.0, 0.0, EVIDENCE)


def _alone(evidence: Evidence, place: str, term: Term, unit: str) -> Measured:
    """The cosine of one term, mean over seeds; a count where it is the same by construction."""
    values = _by_seed(evidence.gradients, place, term)
    if values.empty:
        return _missing(evidence, place, term)
    if values.size > 1 and values.nunique() == 1:
        return exactly(float(values.iloc[0]))
    sample = Sample("Student's t", unit, values.size, float(values.std()), models=(term[0],))
    return Measured(lambda level: statistics.mean(values, level), sample)


def _difference(evidence: Evidence, place: str, term: Term, against: Term, unit: str) -> Measured:
    """The cosine of a term minus that of another, paired by seed."""
    values = _by_seed(evidence.gradients, place, term), _by_seed(evidence.gradients, place, against)
    for side, of_side in zip((term, against), values, strict=True):
        if of_side.empty:
            return _missing(evidence, place, side)
    return measures.over_seeds(seed_pairs.compare(*values), (term[0], against[0]), unit)


def _by_seed(gradients: pd.DataFrame | None, place: str, term: Term) -> pd.Series:
    """Cosines of a term (model, loss) by seed; empty where it was not measured at that place."""
    if gradients is None:
        return pd.Series(dtype=float)
    experiment, setting = PLACES[place]
    rows = gradients[(gradients["experiment"] == experiment) & (gradients["measure"] == "cosine")]
    settings = rows["setting"] if isinstance(setting, str) else pd.to_numeric(rows["setting"])
    rows = rows[settings == (settings.max() if setting is None else setting)]
    rows = rows[(rows["model"] == term[0]) & (rows["loss"] == term[1])]
    return rows.set_index("seed")["value"]


def _missing(evidence: Evidence, place: str, term: Term) -> Measured:
    if place in (START, EARLY) and evidence.settings.data.source != "drawn":
        return Measured(reason="it needs the true edit, which photos do not have", word=IMPOSSIBLE)
    if evidence.gradients is None:
        return Measured(reason="the gradient experiments were not run")
    return Measured(reason=f"the loss term {term[1]!r} of {term[0]} was not measured: {place}")
