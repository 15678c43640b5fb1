"""Progress since a frozen start, which no flag reads and no rolling usual absorbs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from catfoot.signal.summary import Measure
from catfoot.training.entries import PerformedSet, Run
from catfoot.training.progress import Progress, progress
from catfoot.training.progress import since_start as against_start

from .make import DAY, SOURCE, history, measured, session


def shocked(ago: int, shock_g: float, gct_ms: float = 250.0, source: str = SOURCE) -> Run:
    one = measured(ago, gct_ms, source=source)
    shock = Measure(name="shock", key="shock_g", value=shock_g, grade="C", n=900, source=source)
    return replace(one, summary=replace(one.summary, measures=(*one.summary.measures, shock)))


def since_start(of: str, *entries: object, ago: int | None = None) -> Progress:
    day = None if ago is None else DAY - timedelta(ago)
    found = progress(of, history(*entries), day)  # type: ignore[arg-type]
    assert isinstance(found, Progress), found
    return found


def test_a_slow_change_shows_against_the_start() -> None:
    runs = [shocked(120 - 4 * k, 2.0 * 0.99**k) for k in range(30)]
    found = since_start("softness", *runs)
    assert found.points[0].value == pytest.approx(50, abs=4)
    assert found.points[-1].value > 70
    values = [point.value for point in found.points]
    assert values == sorted(values)


def test_later_runs_never_move_the_start() -> None:
    runs = [shocked(120 - 4 * k, 2.0) for k in range(10)]
    harder = [shocked(60 - 4 * k, 3.0) for k in range(10)]
    few, many = since_start("softness", *runs), since_start("softness", *runs, *harder)
    assert many.points[:10] == few.points
    assert many.since == few.since


def test_the_start_may_be_chosen() -> None:
    runs = [shocked(120 - 4 * k, 2.0 if k < 10 else 3.0) for k in range(20)]
    found = since_start("softness", *runs, ago=80)
    assert found.points[0].value == pytest.approx(50, abs=1)
    assert found.since == DAY - timedelta(80)


def test_contact_time_is_a_change_in_percent() -> None:
    runs = [shocked(60 - 4 * k, 2.0, 250.0 if k < 6 else 260.0) for k in range(8)]
    assert since_start("gct", *runs).points[-1].value == pytest.approx(4.0)


def test_another_pod_or_version_starts_anew() -> None:
    old = [shocked(120 - 4 * k, 2.0, source="old pod, 100 Hz") for k in range(9)]
    new = [shocked(60 - 4 * k, 3.0) for k in range(5)]
    assert progress("softness", history(*old, *new)) == (
        "this needs 6 runs of a quarter of an hour with one pod"
    )
    before = [replace(run, summary=replace(run.summary, version=1)) for run in old]
    assert isinstance(progress("softness", history(*before, *new)), str)


def test_sway_is_compared_under_one_condition() -> None:
    def hold(ago: int, value: float, eyes: str = "open") -> object:
        sway = Measure(name="sway", key="sway_mps2", value=value, grade="B", n=1)
        done = PerformedSet(exercise="single_leg_stand", side="left", hold_s=20.0,
                            eyes="open" if eyes == "open" else "closed", results=(sway,))  # fmt: skip
        return session(ago, sets=(done,))

    holds = [hold(30 - 3 * k, 0.2 if k < 6 else 0.15) for k in range(8)]
    closed = [hold(29 - 3 * k, 0.5, "closed") for k in range(3)]
    found = since_start("sway", *holds, *closed)
    assert [point.value for point in found.points[-2:]] == pytest.approx([-25.0, -25.0])
    assert len(found.points) == 8
    assert progress("sway", history(*closed)) == (
        "this needs 6 holds under one condition; there are 3"
    )


def test_a_run_is_judged_against_the_start_by_what_had_happened_until_then() -> None:
    runs = [shocked(60 - 4 * k, 2.0 if k < 6 else 3.0, 250.0 if k < 6 else 260.0) for k in range(9)]
    soft, gct, sway = against_start(runs[6], history(*runs))
    assert against_start(runs[6], history(*runs[:7])) == (soft, gct, sway)
    assert soft.value is not None
    assert soft.value < 40
    assert gct.value == pytest.approx(4.0)
    assert (gct.since, gct.runs, gct.day) == (runs[0].day, 6, runs[6].day)
    assert (sway.value, sway.grade, sway.why) == (None, "X", "no hold has measured sway")


def test_a_run_too_early_for_a_start_says_what_is_missing() -> None:
    runs = [shocked(60 - 4 * k, 2.0) for k in range(9)]
    early = against_start(runs[3], history(*runs))[0]
    assert (early.value, early.why) == (
        None,
        "this needs 6 runs of a quarter of an hour with one pod",
    )
    chosen = against_start(runs[8], history(*runs), runs[5].day)[0]
    assert chosen.value is None
