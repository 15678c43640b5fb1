"""Entries of every kind for the tests of the stores, plain ones and arbitrary ones."""

import types
import typing
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

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


# Narrow enough for every range that an entry checks by itself.
_FLOATS = st.floats(1.0, 2.5)
_ODD = {
    "mass_kg": st.floats(20, 250),
    "athlete": st.just("a" * 32),
    "until": st.none() | st.just(date(9999, 1, 1)),
    "reps": st.integers(1, 500),  # one of three that a set cannot all miss
    "origin_ns": st.integers(-(2**63), 2**63 - 1),
    "name": st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=80),
}
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    # PostgreSQL cannot hold U+0000, and no text of a person needs it.
    str: st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
    bool: st.booleans(),
    int: st.integers(1, 500),
    float: _FLOATS,
    date: st.dates(),
    datetime: st.datetimes(
        datetime(1990, 1, 1),
        datetime(2200, 1, 1),
        timezones=st.integers(-720, 720).map(lambda m: timezone(timedelta(minutes=m))),
    ),
}


def anything(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for any entry of a dataclass."""
    hints = get_type_hints(kind)
    parts = {
        f.name: _ODD[f.name] if f.name in _ODD else _values(hints[f.name]) for f in fields(kind)
    }
    return st.builds(kind, **parts)


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
