import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.signal.summary import Measure, Summary
from catfoot.training.entries import (
    AfterRun,
    Assessment,
    Availability,
    BarefootTime,
    CheckIn,
    Device,
    Dose,
    FlagAnswer,
    OwnExercise,
    OwnSession,
    Pain,
    PastProblem,
    PerformedSet,
    Person,
    PlannedRun,
    PlannedWeek,
    Programme,
    ProposalAnswer,
    Recording,
    Run,
    Shoe,
    ShownFlag,
    Slot,
    Soreness,
    StrengthSession,
    Tempo,
    Trial,
    WeeklyRun,
    as_json,
    from_json,
)

AT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
DAY = date(2026, 3, 10)
GCT = Measure(name="gct", key="gct_ms", value=251.5, grade="B", n=900, source="pod 200 Hz")
ENTRIES: tuple[Any, ...] = (
    Person(name="Ada", tz="Europe/Berlin", birth_year=1990, height_m=1.7, mass_kg=60.0),
    Run(
        day=DAY, started_at=AT, duration_s=1800.0, distance_m=5000.0, effort=4.0, kind="easy",
        shoe="blue", title="Morning", summary=Summary(measures=(GCT,), warnings=("loose",)),
    ),
    Recording(
        run="r", content="c", name="a.csv", format="csv", device="pod", side="left",
        place="lace", rank=0, started_at=AT, duration_s=10.0, origin_ns=1, rate_hz=200.0,
        size_bytes=5, rev=1, summary=Summary(),
    ),
    CheckIn(day=DAY, at=AT, stiffness=2.0, soreness=(Soreness(site="calf", score=4.0),)),
    StrengthSession(
        day=DAY, started_at=AT, duration_min=15.0, effort=3.0, pillars=("strength",),
        sets=(PerformedSet(exercise="short_foot", reps=8, hold_s=5.0),),
    ),
    FlagAnswer(rule="F01", first_day=DAY, answer="seen", at=AT),
    Person(
        name="Eve", goal="long", run_days=(0, 2, 5), shoes=(Shoe(name="blue", stiffness="stiff"),),
        past=(PastProblem(site="calf", year=2024, side="left"),),
    ),
    PlannedRun(day=DAY, kind="key", starts_at=AT, distance_m=8000.0),
    AfterRun(
        day=DAY, at=AT, started_at=AT, effort=5.0, feet=3.0,
        pains=(Pain(site="arch", score=3.0, kind="ache", onset_m=4000.0),),
    ),
    CheckIn(day=DAY, at=AT, instability="left", back_to_usual=False, life_load="high"),
    Availability(day=DAY, state="not_running", until=DAY, reason="flu"),
    PerformedSet(
        exercise="hops_in_place", contacts=20, tempo=Tempo(down_s=2.0, pause_s=1.0, up_s=1.0),
        surface="foam", eyes="closed", support="fingertip", form=4.0, results=(GCT,),
    ),
    Device(day=DAY, name="red band", type="band", resistance="light", barred=True, reason="pain"),
    BarefootTime(day=DAY, minutes=5.0, doing="walking", surface="grass"),
    Assessment(
        day=DAY, at=AT, battery="mini", state="post_run",
        trials=(Trial(test="single_leg_hold", value=24.5, unit="s", side="left"),),
    ),
    Programme(day=DAY, goal="short", slots=(Slot(weekday=2, kind="mobility", minutes=10.0),)),
    ProposalAnswer(
        day=DAY, at=AT, exercise="short_foot", clause="progress", answer="declined", by="c1",
        reason="race on Sunday",
    ),
    ProposalAnswer(
        day=DAY, at=AT, exercise="short_foot", clause="hold", answer="edited", by="c1",
        reason="tired", dose=Dose(sets=2, reps=6, hold_s=5.0), confirmed=1,
    ),
    Programme(day=DAY, sessions=(OwnSession(title="Mine", exercises=("short_foot",)),)),
    PlannedWeek(day=DAY, runs=(WeeklyRun(weekday=1, kind="key", starts_min=1080),)),
    OwnExercise(
        day=DAY, name="Sand walk", pillar="strength", target="arch", mode="time",
        dose=Dose(sets=2, duration_s=60.0), swaps=("short_foot",),
    ),
    ShownFlag(
        day=DAY, rule="F01", version=1, first_day=DAY, severity="notice", text="t", numbers="n",
        to="a1",
    ),
)  # fmt: skip


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: type(e).__name__)
def test_every_entry_survives_json(entry: Any) -> None:
    assert from_json(type(entry), as_json(entry)) == entry


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: type(e).__name__)
def test_every_entry_forbids_a_key_it_does_not_know(entry: Any) -> None:
    with pytest.raises(ValueError, match="'shoe_size'"):
        from_json(type(entry), as_json(entry) | {"shoe_size": 42})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"started_at": "2026-03-10T06:30:00"}, "started_at"),
        ({"started_at": "soon"}, "started_at"),
        ({"day": "10.3.2026"}, "day"),
        ({"effort": 11}, "effort"),
        ({"effort": "hard"}, "effort"),
        ({"effort": True}, "effort"),
        ({"duration_s": float("nan")}, "duration_s"),
        ({"distance_m": -1}, "distance_m"),
        ({"kind": "long"}, "kind"),
        ({"summary": 3}, "summary"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(change: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        from_json(Run, as_json(ENTRIES[1]) | change)


def test_a_fault_inside_an_object_names_the_way_to_it() -> None:
    with pytest.raises(ValueError, match="soreness: site: expected one of heel"):
        from_json(CheckIn, as_json(ENTRIES[3]) | {"soreness": [{"site": "elbow", "score": 3}]})


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ValueError, match="day"):
        from_json(Run, {"started_at": AT.isoformat(), "duration_s": 60})


@pytest.mark.row("C03")
@pytest.mark.parametrize(
    "dose",
    [
        {}, {"reps": 0}, {"reps": 501}, {"hold_s": 0.1}, {"hold_s": 601}, {"contacts": 0},
        {"reps": 100, "hold_s": 60}, {"reps": 5, "clean": 6}, {"reps": 5, "ease": 6},
        {"reps": 5, "pain": 11}, {"duration_s": 0}, {"distance_m": 0},
    ],
    ids=str,
)  # fmt: skip
def test_an_impossible_dose_is_refused(dose: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"expected|needs"):
        PerformedSet(exercise="short_foot", **dose)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (FlagAnswer, {"rule": "F01", "first_day": DAY, "at": AT, "answer": "known_cause"}),
        (FlagAnswer, {"rule": "F01", "first_day": DAY, "at": AT, "answer": "snoozed"}),
        (Device, {"day": DAY, "name": "dome", "type": "dome", "barred": True}),
        (Availability, {"day": DAY, "state": "reduced", "until": date(2026, 3, 9)}),
    ],
)
def test_half_an_answer_is_refused(kind: Any, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"needs|expected"):
        kind(**values)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
)
def test_the_day_is_the_athletes_own_whatever_the_zone_of_the_instant(
    moment: datetime, offset_min: int
) -> None:
    zone = timezone(timedelta(minutes=offset_min))
    run = Run(day=moment.date(), started_at=moment.replace(tzinfo=zone), duration_s=60.0)
    back = from_json(Run, as_json(run))
    assert back.day == moment.date()
    assert back.started_at == run.started_at


def test_entries_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ENTRIES[0].name = "Eve"
