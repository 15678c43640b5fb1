import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.signal.summary import Measure, Summary
from catfoot.training.entries import (
    CheckIn,
    FlagAnswer,
    PerformedSet,
    Person,
    Recording,
    Run,
    Soreness,
    StrengthSession,
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


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ValueError, match="day"):
        from_json(Run, {"started_at": AT.isoformat(), "duration_s": 60})


def test_a_set_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="reps, hold_s or contacts"):
        PerformedSet(exercise="short_foot")


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
