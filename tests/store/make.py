"""Entries of every kind for the tests of the stores, plain ones and arbitrary ones."""

import types
import typing
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import reject
from hypothesis import strategies as st

from catfoot.signal.summary import Measure, Summary
from catfoot.training.entries import Recording, Run

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = date(2026, 3, 1)
CONTENT = "0123456789abcdef" * 4


def summary(gct_ms: float = 251.5) -> Summary:
    gct = Measure(name="gct", key="gct_ms", value=gct_ms, grade="B", n=900, reasons=("walk",))
    return Summary(side="left", duration_s=1800.0, steps=900, measures=(gct,))


def run(day: date = DAY, started_at: datetime = NOON, **more: Any) -> Run:
    return Run(day=day, started_at=started_at, duration_s=1800.0, summary=summary(), **more)


def recording(run_id: str, content: str = CONTENT, **more: Any) -> Recording:
    given: dict[str, Any] = {
        "run": run_id,
        "content": content,
        "name": "left.csv",
        "format": "wmf",
        "device": "shoe",
        "side": "left",
        "place": "lace",
        "rank": 0,
        "started_at": NOON,
        "duration_s": 1800.0,
        "origin_ns": 1_772_366_400_123_456_789,
        "rate_hz": 200.0,
        "size_bytes": 9_000_000_000,
        "rev": 1,
        "summary": summary(),
    }
    return Recording(**given | more)


# Narrow, so that most entries pass the checks that they make of themselves.
_TEXT = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)
_ODD = {
    "mass_kg": st.floats(20, 250),
    "athlete": st.just("a" * 32),
    "until": st.none() | st.just(date(9999, 1, 1)),
    "reps": st.integers(1, 6),
    "birth_year": st.none() | st.integers(1920, 2020),
    "year": st.integers(1920, 2020),
    "origin_ns": st.integers(-(2**63), 2**63 - 1),
    "note": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9),
}
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: _TEXT,
    bool: st.booleans(),
    int: st.integers(1, 6),
    float: st.floats(1.0, 2.5),
    date: st.dates(),
    datetime: st.datetimes(
        datetime(1990, 1, 1),
        datetime(2199, 12, 31),
        timezones=st.integers(-720, 720).map(lambda m: timezone(timedelta(minutes=m))),
    ),
}


@st.composite
def anything(draw: st.DrawFn, kind: type[Any]) -> Any:
    """Draw any entry of a dataclass that the dataclass itself accepts."""
    hints = get_type_hints(kind)
    drawn = {
        f.name: draw(_ODD[f.name] if f.name in _ODD else _values(hints[f.name]))
        for f in fields(kind)
    }
    try:
        return kind(**drawn)
    except ValueError:
        reject()


def _values(hint: Any) -> st.SearchStrategy[Any]:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (arg for arg in args if arg is not type(None))
        return st.none() | _values(inner)
    if origin is tuple:
        return st.lists(_values(args[0]), max_size=3).map(tuple)
    if origin is Literal:
        return st.sampled_from(args)
    if is_dataclass(hint):
        return anything(typing.cast("type[Any]", hint))
    return _PLAIN[hint]
