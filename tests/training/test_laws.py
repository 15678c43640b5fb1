"""What must hold whatever the history: worse never looks better, order and zones never matter."""

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catfoot.training import flags, words
from catfoot.training.catalogue import CATALOGUE
from catfoot.training.decision import CLAUSES
from catfoot.training.entries import (
    AfterRun,
    CheckIn,
    Pain,
    Run,
    Site,
    Soreness,
    StrengthSession,
)
from catfoot.training.history import History
from catfoot.training.programme import next_session
from catfoot.training.progression import decide
from catfoot.training.trials import past_of
from catfoot.training.verdict import gravity

from .make import DAY, assessed, at, history, measured, morning, session, sets

EXERCISES = ("short_foot", "double_heel_raise", "hops_in_place", "single_leg_stand")
PLACES: tuple[Site, ...] = ("calf", "arch", "plantar_fascia", "knee")
SITES = st.sampled_from(PLACES)
SCORES = st.integers(0, 10).map(float)


@st.composite
def mornings(draw: st.DrawFn, ago: int) -> CheckIn:
    return morning(
        ago,
        stiffness=draw(SCORES),
        arch_fatigue=draw(SCORES),
        calf_tightness=draw(SCORES),
        sleep_quality=float(draw(st.integers(1, 5))),
        pain=draw(SCORES),
        soreness=(Soreness(site=draw(SITES), score=draw(SCORES), side="left"),),
        back_to_usual=draw(st.sampled_from([None, True, False])),
    )


@st.composite
def runs(draw: st.DrawFn, ago: int) -> Run:
    speed = draw(st.floats(2.5, 3.2))
    run = measured(ago, draw(st.floats(235, 275)), speed)
    minutes = draw(st.integers(15, 90))
    return replace(run, duration_s=minutes * 60.0, distance_m=minutes * 60 * speed)


@st.composite
def sessions(draw: st.DrawFn, ago: int) -> StrengthSession:
    exercise = draw(st.sampled_from(EXERCISES))
    contacts = draw(st.integers(5, 60))
    dose: dict[str, Any] = {"contacts": contacts} if exercise == "hops_in_place" else {"reps": 10}
    done = sets(exercise, 3, ease=float(draw(st.integers(1, 5))), form=5.0, **dose)
    return session(ago, sets=done, effort=float(draw(st.integers(1, 8))))


@st.composite
def weeks(draw: st.DrawFn) -> list[Any]:
    """A month or two of somebody, without the newest day."""
    out: list[Any] = [assessed(30, "baseline", single_leg_hold=25)]
    for ago in draw(st.lists(st.integers(1, 60), max_size=20, unique=True)):
        out.append(draw(runs(ago)))
    for ago in range(1, draw(st.integers(1, 25))):
        out.append(draw(mornings(ago)))
    for ago in draw(st.lists(st.integers(1, 40), max_size=6, unique=True)):
        out.append(draw(sessions(ago)))
    return out


def gravest(h: History) -> int:
    return max((gravity(flag.severity) for flag in flags.flags_on(DAY, h)), default=-1)


def boldness(h: History) -> list[int]:
    held = flags.flags_on(DAY, h)
    return [CLAUSES.index(decide(CATALOGUE[e], DAY, h, held).clause) for e in EXERCISES]


@st.composite
def worse_pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    """The newest entry, and the same one changed for the worse."""
    what = draw(
        st.sampled_from(["score", "sleep", "stayed", "swelling", "sore", "run", "work", "after"])
    )
    newest = draw(mornings(0))
    if what == "score":
        name = draw(st.sampled_from(["stiffness", "arch_fatigue", "calf_tightness", "pain"]))
        changed: dict[str, Any] = {name: draw(st.floats(getattr(newest, name), 10.0))}
        return newest, replace(newest, **changed)
    if what == "sleep":
        return newest, replace(newest, sleep_quality=1.0)
    if what == "stayed":
        return newest, replace(newest, back_to_usual=False)
    if what == "swelling":
        return newest, replace(newest, swelling=True)
    if what == "sore":
        (one,) = newest.soreness
        more = replace(one, score=draw(st.floats(one.score, 10.0)))
        return newest, replace(newest, soreness=(more,))
    if what == "run":
        run = draw(runs(0))
        more_ = draw(st.floats(1.0, 4.0))
        metres = (run.distance_m or 0.0) * more_
        return run, replace(run, distance_m=metres, duration_s=run.duration_s * more_, effort=9.0)
    if what == "work":
        done = draw(sessions(0))
        return done, replace(done, effort=10.0, duration_min=done.duration_min * 2)
    score = draw(SCORES)
    about = AfterRun(
        day=DAY, at=at(0, hour=9), started_at=at(0), pains=(Pain(site="arch", score=score),)
    )
    return about, replace(about, pains=(Pain(site="arch", score=draw(st.floats(score, 10.0))),))


SLOW = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SLOW
@given(weeks(), worse_pairs())
def test_a_worse_newest_entry_never_looks_better_nor_makes_training_bolder(
    before: list[Any], pair: tuple[Any, Any]
) -> None:
    better, worse = (history(*before, newest) for newest in pair)
    assert gravest(worse) >= gravest(better)
    assert all(w <= b for b, w in zip(boldness(better), boldness(worse), strict=True))


@SLOW
@given(weeks(), st.randoms())
def test_the_order_of_entries_never_matters(before: list[Any], dice: Any) -> None:
    mixed = list(before)
    dice.shuffle(mixed)
    assert flags.outcomes_on(DAY, history(*before)) == flags.outcomes_on(DAY, history(*mixed))


@SLOW
@given(weeks(), st.integers(-14 * 60, 14 * 60))
def test_the_zone_an_instant_is_written_in_never_matters(before: list[Any], minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    moved = []
    for entry in before:
        name = "at" if hasattr(entry, "at") else "started_at"
        moved.append(replace(entry, **{name: getattr(entry, name).astimezone(zone)}))
    assert flags.flags_on(DAY, history(*before)) == flags.flags_on(DAY, history(*moved))


@SLOW
@given(weeks())
@pytest.mark.row("D19")
def test_no_flag_without_evidence_and_no_text_with_a_forbidden_word(before: list[Any]) -> None:
    for flag in flags.flags_on(DAY, history(*before)):
        assert flag.because
        assert all(e.what and e.unit and e.n >= 1 for e in flag.because), flag
        for text in (flag.title, flag.runner, flag.coach, flag.action):
            assert text.strip()
            assert words.forbidden_in(text) == ()
        assert flag.first_day <= flag.day <= flag.until


@SLOW
@given(weeks())
def test_never_more_than_one_variable_changes_in_an_exercise(before: list[Any]) -> None:
    h = history(*before)
    held = flags.flags_on(DAY, h)
    for name in EXERCISES:
        found = decide(CATALOGUE[name], DAY, h, held)
        assert found.because, found
        assert found.source
        assert (found.becomes is not None) == (found.changed == "exercise")
        if found.changed == "exercise":
            continue
        past = [s for s in h.strength if any(one.exercise == name for one in s.sets)]
        if not past:
            continue
        last = past_of(CATALOGUE[name], DAY, h).dose
        differs = [
            field
            for field in ("sets", "reps", "hold_s", "duration_s", "contacts", "resistance")
            if getattr(last, field) != getattr(found.dose, field)
        ]
        assert len(differs) <= 1


#: From the most careful session to the boldest; a session in a lighter kind may be as long.
KINDS = ("rest", "activation", "mobility", "micro", "stability", "foundation", "strength")


@SLOW
@given(weeks(), worse_pairs())
@pytest.mark.row("D15")
def test_a_worse_newest_entry_never_makes_the_next_session_bolder(
    before: list[Any], pair: tuple[Any, Any]
) -> None:
    better, worse = (
        next_session(DAY, h, flags.flags_on(DAY, h))
        for h in (history(*before, newest) for newest in pair)
    )
    assert KINDS.index(worse.kind) <= max(KINDS.index(better.kind), KINDS.index("mobility"))
    if worse.kind == better.kind:
        assert worse.minutes <= better.minutes
        sets_of = {item.exercise: item.decision.dose.sets for item in better.items}
        assert all(
            item.decision.dose.sets <= sets_of[item.exercise]
            for item in worse.items
            if item.exercise in sets_of
        )


@SLOW
@given(weeks(), mornings(0))
def test_a_check_in_sent_twice_changes_no_flag(before: list[Any], newest: CheckIn) -> None:
    once, twice = history(*before, newest), history(*before, newest, newest)
    said = [
        [(flag.rule, flag.severity, flag.first_day) for flag in flags.flags_on(DAY, h)]
        for h in (once, twice)
    ]
    assert said[0] == said[1]
