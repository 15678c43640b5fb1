"""What is said of measures holds together: glossary, accuracy, summaries, columns and docs."""

import re
from pathlib import Path

import numpy as np
import pytest

from catfoot.signal.accuracy import ACCURACY, Accuracy, how_good
from catfoot.signal.glossary import BOOKKEEPING, BY_NAME, GLOSSARY, Described
from catfoot.signal.summary import Summary, combine, summarise, summarise_readings
from catfoot.signal.synth import Gait
from catfoot.signal.tables import READING, STEP, empty
from catfoot.signal.usual import Usual

from .making import stepped

DOCS = Path(__file__).parents[2] / "docs"
VALIDATION = (DOCS / "validation.md").read_text()
MEASURES = (DOCS / "measures.md").read_text()


def everything() -> Summary:
    """All that a run can hold: two feet with their usuals, and a watch."""
    usuals = [
        Usual(measure=name, version=2, source="", runs=6, ln_value=value, ln_speed=1.1)
        for name, value in (("shock", 0.5), ("gct", 5.5))
    ]
    feet = []
    for side in ("left", "right"):
        rows, findings, seconds = stepped(
            ((Gait(), 280.0),), side="left" if side == "left" else "right"
        )
        feet.append(
            summarise(
                rows, findings, seconds, "left" if side == "left" else "right", usuals[0],
                gct_usual=usuals[1],
            )
        )  # fmt: skip
    readings = empty(READING, 60)
    readings["t_ns"] = np.arange(60) * 1_000_000_000
    for name in READING.names or ():
        if name != "t_ns":
            readings[name] = 100.0
    return combine([*feet, summarise_readings(readings)])


def row(one: Described) -> str:
    """The line of docs/measures.md about a measure of a run."""
    least = f"{one.least_hz:g} Hz" if one.least_hz else ""
    return (
        f"| {one.label} | `{one.key}` {one.unit} | {one.what} | {least} | {one.grades} "
        f"| {one.limits} |"
    )


@pytest.mark.row("G06")
def test_every_number_of_a_summary_is_described_and_graded() -> None:
    found = everything()
    for measure in found.measures:
        assert measure.name in BY_NAME
        assert BY_NAME[measure.name].key == measure.key
        assert measure.grade in "ABCX"
        assert (measure.value is None) == (measure.grade == "X"), measure
        assert measure.grade in "AB" or measure.reasons, measure
    described = {one.name for one in GLOSSARY if one.key}
    assert described == {measure.name for measure in found.measures}


def test_every_column_of_step_is_described() -> None:
    told = {column for one in GLOSSARY for column in one.columns}
    assert told | BOOKKEEPING == set(STEP.names or ())


def test_the_documents_say_of_each_measure_what_the_glossary_says() -> None:
    for one in GLOSSARY:
        if one.key:
            assert row(one) in MEASURES
        for column in one.columns:
            assert f"`{column}`" in MEASURES, column


def test_names_and_keys_are_told_apart() -> None:
    assert len(BY_NAME) == len(GLOSSARY)
    keys = [one.key for one in GLOSSARY if one.key]
    assert len(set(keys)) == len(keys)


def test_every_measure_answers_how_good_it_is() -> None:
    for one in GLOSSARY:
        for rate_hz in (25.0, 100.0, 200.0):
            found = how_good(one.name, rate_hz=rate_hz)
            assert found
            assert all(a.within is not None or a.why for a in found)
    assert {a.measure for a in ACCURACY} <= set(BY_NAME)


def test_contact_in_running_always_says_that_no_force_plate_proved_it() -> None:
    assert any("force plate" in a.why for a in how_good("gct", gait="run", rate_hz=200.0))


def test_the_figure_is_of_the_rate_that_was_asked_for() -> None:
    fast, slow = (how_good("cadence", rate_hz=hz)[0].within for hz in (200.0, 50.0))
    assert fast is not None
    assert slow is not None
    assert fast < slow
    assert how_good("stride", rate_hz=100.0)[0].within is None


def test_figures_of_feet_are_not_claimed_for_other_places() -> None:
    for place in ("sacrum", "shank"):
        (found,) = how_good("gct", rate_hz=200.0, place=place)
        assert found.within is None
        assert place in found.why


def worst(found: str) -> float:
    """The larger limit of agreement that a line of docs/validation.md tells, else its worst."""
    if limits := re.search(
        r"limits ([+-]?\d+(?:\.\d+)?)\.\.([+-]?\d+(?:\.\d+)?) (mm|ms|deg)", found
    ):
        scale = 1e-3 if limits[3] == "mm" else 1.0
        return scale * max(abs(float(limits[1])), abs(float(limits[2])))
    alone = re.search(r"(?:max|MDC95) ([\d.]+)", found) or re.search(r"([+-]?[\d.]+) ms", found)
    assert alone, found
    return abs(float(alone[1]))


@pytest.mark.parametrize("one", [a for a in ACCURACY if a.within is not None], ids=lambda a: a.line)
def test_each_figure_is_no_better_than_its_line_of_the_validation(one: Accuracy) -> None:
    lines = [text for text in VALIDATION.splitlines() if text.startswith(f"| {one.line}")]
    assert lines, one.line
    assert one.within is not None
    for line in lines:
        assert worst("|".join(line.split("|")[2:])) <= one.within
        counted = re.search(r"\bn (\d+)", line)
        assert counted is None or int(counted[1]) >= 0.9 * one.n
