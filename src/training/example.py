"""Ten weeks of a made-up runner, for the demo; every entry says that it is one.

The last days are written so that three different flags hold on the last day, whatever its
weekday: a long run 24 % beyond the thirty days before (F01), calf soreness that outlasts two
days after hops and hills (F03), and contact times up by 5 % at the same speed (F09).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Literal

from ..signal.summary import Grade, Measure, Summary
from .entries import (
    Assessment,
    CheckIn,
    PerformedSet,
    Person,
    Pillar,
    Programme,
    Resistance,
    Run,
    RunKind,
    Slot,
    Soreness,
    StrengthSession,
    Trial,
)
from .usual import device_name
from .work import SessionKind, TestName

Entry = Person | Run | StrengthSession | CheckIn | Assessment | Programme

NAME = "Robin (demo)"
#: As the demo's two virtual pods call themselves, so that live runs compare with these.
SOURCE = " + ".join(device_name(f"demo pod {side}", 200.0) for side in ("left", "right"))
DAYS = 70
LAST_RUNS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """One kind of run in the week: which day of seven, counted back, and how."""

    slot: int
    kind: RunKind
    title: str
    speed_mps: float
    distance_m: float
    effort: float
    shoe: str


WEEK = (
    Plan(6, "easy", "Easy run", 2.80, 6000, 3, "blue road shoe"),
    Plan(5, "easy", "Easy run with strides", 2.90, 6800, 4, "blue road shoe"),
    Plan(3, "key", "Hill repetitions", 3.25, 7500, 7, "light racing shoe"),
    Plan(1, "steady", "Long run", 2.75, 9000, 5, "blue road shoe"),
)


def ten_weeks(today: date, seed: int) -> tuple[Entry, ...]:
    """Return a person and their runs, strength sessions and check-ins up to ``today``.

    The same day and seed give the same entries.

    >>> len({type(entry) for entry in ten_weeks(date(2026, 3, 1), seed=1)})
    6
    """
    dice = Random(seed)
    person = Person(name=NAME, birth_year=1991, height_m=1.72, mass_kg=64.0, demo=True)
    runs = _runs(today, dice)
    days: list[Entry] = [*_strength(today, dice), *_check_ins(today, dice)]
    days += _assessments(today, dice)
    return (person, _programme(today), *runs, *days)


def _runs(today: date, dice: Random) -> tuple[Run, ...]:
    plans = [
        (ago, plan) for ago in range(DAYS - 1, -1, -1) for plan in WEEK if ago % 7 == plan.slot
    ]
    distances = [_distance_m(ago, plan, dice) for ago, plan in plans]
    # Yesterday's long run: 24 % beyond the longest of the thirty days before it.
    recent = [d for d, (ago, _) in zip(distances, plans, strict=True) if 1 < ago <= 31]
    distances[-1] = round(max(recent) * 1.24, -1)
    # The rest of the last week is short, so that the week as a whole is an ordinary one.
    distances[-4:-1] = [round(metres * 0.7, -1) for metres in distances[-4:-1]]
    tired_from = len(plans) - LAST_RUNS
    usual = dict.fromkeys((plan.shoe for plan in WEEK), 0)
    runs = []
    for i, ((ago, plan), metres) in enumerate(zip(plans, distances, strict=True)):
        usual[plan.shoe] += 1
        tired = i >= tired_from or (ago < 10 and plan.slot in (5, 6))
        runs.append(_run(today - timedelta(ago), plan, metres, tired, usual[plan.shoe], dice))
    return tuple(runs)


def _distance_m(ago: int, plan: Plan, dice: Random) -> float:
    week = (DAYS - 1 - ago) // 7
    growth = 1 + 0.02 * week - (0.08 if week % 4 == 3 else 0.0)
    return round(plan.distance_m * growth * dice.uniform(0.97, 1.03), -1)


def _run(day: date, plan: Plan, metres: float, tired: bool, of_shoe: int, dice: Random) -> Run:
    speed = plan.speed_mps * dice.uniform(0.97, 1.03)
    summary = _summary(speed, metres, tired, of_shoe, dice)
    return Run(
        day=day,
        started_at=_at(day, 7, dice.randrange(0, 40)),
        duration_s=summary.duration_s,
        distance_m=metres,
        effort=min(10.0, plan.effort + dice.choice((-1, 0, 0, 0, 1))),
        kind=plan.kind,
        shoe=plan.shoe,
        title=f"{plan.title} (demo)",
        summary=summary,
        demo=True,
    )


def _summary(speed: float, metres: float, tired: bool, of_shoe: int, dice: Random) -> Summary:
    """Return what a pod at 200 Hz would have made of the run."""

    def about(value: float, share: float) -> float:
        return value * (1 + max(-2 * share, min(2 * share, dice.gauss(0, share))))

    duration_s = round(metres / speed, 1)
    cadence = about(169 + 7 * (speed - 2.9), 0.006)
    gct = about(250 * (speed / 2.9) ** -0.6, 0.008) * (1.05 if tired else 1.0)
    shock = about(1.70 * (speed / 2.9) ** 1.2, 0.03) * (1.06 if tired else 1.0)
    softness = max(5.0, min(95.0, dice.gauss(48 if tired else 51, 2.5)))
    learning = ("learning your usual",) if of_shoe <= 6 else ()
    steps = round(cadence * duration_s / 60)
    rows: tuple[tuple[str, str, float, int, Grade, tuple[str, ...]], ...] = (
        ("cadence", "cadence_spm", cadence, 1, "A", ()),
        ("gct", "gct_ms", gct, 1, "B", ()),
        ("speed", "speed_mps", speed, 3, "B", ()),
        ("shock", "shock_g", shock, 2, "C", ()),
        ("softness", "softness", softness, 0, "C" if learning else "B", learning),
        ("coverage", "coverage_pct", 100 - abs(dice.gauss(0, 0.4)), 1, "A", ()),
    )
    return Summary(
        duration_s=duration_s,
        distance_m=metres,
        steps=steps,
        measures=tuple(
            Measure(
                name=name, key=key, value=round(value, digits), grade=grade, n=steps,
                reasons=reasons, source=SOURCE,
            )
            for name, key, value, digits, grade, reasons in rows
        ),
        warnings=("demo: generated, nobody ran this",),
    )  # fmt: skip


FOUNDATION = ("ankle_circles", "toe_spread", "short_foot", "toe_curls", "single_leg_stand")
STRENGTH = ("arch_squeeze", "band_plantarflexion", "double_heel_raise", "single_leg_stand")


def _strength(today: date, dice: Random) -> Iterator[StrengthSession]:
    for ago in range(DAYS - 1, -1, -1):
        day, week = today - timedelta(ago), (DAYS - 1 - ago) // 7
        if ago % 7 == 3 and (ago < 35 or dice.random() < 0.9):
            yield _session(day, 18, STRENGTH, ("strength", "plyometric"), week, dice, hops=week > 4)
        elif ago % 7 == 6 and (ago < 35 or dice.random() < 0.85):
            yield _session(day, 18, FOUNDATION, ("mobility", "stability", "strength"), week, dice)


def _session(
    day: date,
    hour: int,
    exercises: tuple[str, ...],
    pillars: tuple[Pillar, ...],
    week: int,
    dice: Random,
    hops: bool = False,
) -> StrengthSession:
    kind: SessionKind = "foundation" if exercises is FOUNDATION else "strength"
    sets = [_set(exercise, week, dice) for exercise in exercises for _ in range(2)]
    if hops:
        sets += [PerformedSet(exercise="hops_in_place", contacts=10, ease=3) for _ in range(3)]
    return StrengthSession(
        day=day,
        started_at=_at(day, hour, dice.randrange(0, 50)),
        duration_min=float(min(18, 12 + week) + dice.randrange(0, 3)),
        effort=4.0 if hops else 3.0,
        kind=kind,
        pillars=pillars,
        warmup_min=5.0,
        sets=tuple(sets),
        note="Demo, with hops." if hops else "Demo.",
        demo=True,
    )


def _set(exercise: str, week: int, dice: Random) -> PerformedSet:
    ease = float(min(5, 3 + (dice.random() < 0.5)))
    if exercise == "single_leg_stand":
        hold_s = float(min(30, 15 + 2 * week))
        return PerformedSet(exercise=exercise, side="left", reps=1, hold_s=hold_s, ease=ease)
    if exercise in ("short_foot", "arch_squeeze"):
        return PerformedSet(exercise=exercise, reps=6, hold_s=float(min(15, 5 + week)), ease=ease)
    resistance: Resistance = "light" if exercise.startswith("band") else "none"
    return PerformedSet(
        exercise=exercise, reps=min(20, 10 + week), resistance=resistance, ease=ease
    )


def _check_ins(today: date, dice: Random) -> Iterator[CheckIn]:
    for ago in range(DAYS - 1, -1, -1):
        day = today - timedelta(ago)
        if ago > 4 and dice.random() > 0.88:
            continue
        calf = {2: 4.0, 1: 5.0, 0: 5.0}.get(ago, float(dice.choice((0, 0, 1, 1, 2))))
        sore = ago <= 2
        yield CheckIn(
            day=day,
            at=_at(day, 6, dice.randrange(0, 45)),
            stiffness=1.0 if sore else float(dice.choice((1, 1, 2))),
            stiffness_min=5.0 if sore else float(dice.choice((5, 5, 10))),
            soreness=(Soreness(site="calf", score=calf, side="both"),),
            arch_fatigue=float(dice.choice((1, 2, 2))),
            arch_comfort=float(dice.choice((7, 8, 8))),
            calf_tightness=float(dice.choice((1, 2)) + 2 * sore),
            foot_feel=float(dice.choice((6, 7, 8)) - sore),
            recovered_h=float(dice.choice((12, 14, 18)) + 12 * sore),
            sleep_quality=float(dice.choice((3, 4, 4, 5))),
            pain=0.0,
            note="Demo.",
            demo=True,
        )


def _programme(today: date) -> Programme:
    """Return a plan with a slot on the evenings of the hill and the first easy runs."""
    week: tuple[tuple[int, SessionKind], ...] = ((3, "strength"), (6, "foundation"))
    slots = tuple(
        Slot(weekday=(today - timedelta(ago)).weekday(), kind=kind, minutes=15.0)
        for ago, kind in week
    )
    return Programme(day=today - timedelta(DAYS - 1), goal="long", slots=slots, demo=True)


def _assessments(today: date, dice: Random) -> Iterator[Assessment]:
    """Tests at the beginning and five weeks later, a little better then."""
    for ago in (DAYS - 1, 34):
        day, more = today - timedelta(ago), 8.0 if ago == 34 else 0.0
        trials = tuple(
            Trial(
                test=test,
                value=round(value + more * share + dice.random(), 0 if unit == "reps" else 1),
                unit=unit,
                side=side,
            )
            for test, value, share, unit in TESTED
            for side in SIDES
        )
        battery: Literal["baseline", "mini"] = "mini" if ago == 34 else "baseline"
        yield Assessment(day=day, at=_at(day, 17, 0), battery=battery, trials=trials, demo=True)


TESTED: tuple[tuple[TestName, float, float, str], ...] = (
    ("single_leg_hold", 21.0, 1.0, "s"),
    ("double_heel_raise", 16.0, 0.4, "reps"),
    ("dorsiflexion", 36.0, 0.2, "deg"),
)
SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)
