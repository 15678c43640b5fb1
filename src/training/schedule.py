"""What a week of foot work should hold beside the running, and what is said where it does not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from .conflicts import is_demanding
from .entries import Pillar, StrengthSession
from .history import History, days_before
from .load import days_between, week_load
from .own import exercises_on
from .phrases import capital, day_name

#: A pillar counts in a session that spends this long on it, or a quarter of a short one.
PILLAR_MIN = 5.0
WEEK_LEAST, WEEK_MOST = 2, 4
SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One remark about a week."""

    rule: str
    text: str


def week_notices(day: date, history: History) -> tuple[Notice, ...]:
    """Return remarks about the seven days that end with ``day``."""
    first = days_before(day, 6)
    sessions = [s for s in history.strength_in(first, day) if s.kind != "rest"]
    counted = [s for s in sessions if s.kind != "activation"]
    return tuple(
        notice
        for notice in (
            _count(counted, history, day),
            *_pillars(counted, history, day),
            _hard_in_a_row(counted),
            _rest_day(history, first, day),
            _rotation(history, day),
            _warm_up(counted),
            _length(counted, history),
        )
        if notice is not None
    )


def hard_share_pct(day: date, history: History) -> float | None:
    """Return the share of runs of four weeks that were hard, None without any known kind."""
    runs = [r for r in history.runs_in(days_before(day, 27), day) if r.kind != "unknown"]
    if not runs:
        return None
    return 100 * sum(run.kind in ("key", "race") for run in runs) / len(runs)


def is_peak_week(day: date, history: History) -> bool:
    """Return whether this week is among the fullest fifth of the last twelve, by distance."""
    weeks = [week_load(days_before(day, 7 * i), history).run_km for i in range(12)]
    known = sorted(week for week in weeks if week > 0)
    if len(known) < 5 or weeks[0] <= 0:
        return False
    return weeks[0] > known[int(0.8 * (len(known) - 1))]


def days_to_race(day: date, history: History) -> int | None:
    """Return the days until the next race, None where none is planned within a week."""
    ahead = history.planned_in(day, day + timedelta(7))
    return next(((run.day - day).days for run in ahead if run.kind == "race"), None)


def is_race_week(day: date, history: History) -> bool:
    """Return whether a race is planned within the next seven days."""
    return days_to_race(day, history) is not None


def lighter_week(day: date, history: History) -> int | None:
    """Return which week of the programme this is where it asks for a lighter one, else None.

    Every so many weeks the last of them is lighter.
    """
    programme = history.programme_on(day)
    if programme is None or programme.deload_every_weeks is None:
        return None
    week = (day - programme.day).days // 7 + 1
    return week if week % programme.deload_every_weeks == 0 else None


def adherence_pct(day: date, history: History, weeks: int = 4) -> float | None:
    """Return done of planned sessions, in percent; None without slots or while not training.

    Days on which the athlete said they were not fully available do not count.
    """
    programme = history.programme_on(day)
    if programme is None or not programme.slots:
        return None
    first = max(days_before(day, 7 * weeks - 1), programme.day)
    days = [d for d in days_between(first, day) if history.is_available(d)]
    planned = sum(slot.weekday == d.weekday() for d in days for slot in programme.slots)
    if not planned:
        return None
    done = sum(s.kind not in ("activation", "rest") for s in history.strength_in(first, day))
    return min(100.0, 100 * done / planned)


def _count(sessions: Sequence[StrengthSession], history: History, day: date) -> Notice | None:
    n = len(sessions)
    if n > WEEK_MOST:
        return Notice(rule="E01", text=f"{n} foot sessions in seven days; four are enough.")
    begun = history.strength_in(date.min, days_before(day, 7))
    if n < WEEK_LEAST and begun and history.is_available(day):
        return Notice(rule="E01", text=f"{n} foot sessions in seven days; two to four are the aim.")
    return None


def minutes_of(pillar: Pillar, session: StrengthSession, history: History) -> float:
    """Return the minutes of a session that went to one pillar, by its sets or its own word."""
    there = exercises_on(session.day, history)
    known = [there[done.exercise].pillar for done in session.sets if done.exercise in there]
    if known:
        return session.duration_min * known.count(pillar) / len(known)
    return session.duration_min / len(session.pillars) if pillar in session.pillars else 0.0


def _pillars(sessions: Sequence[StrengthSession], history: History, day: date) -> Iterable[Notice]:
    wanted: tuple[tuple[str, Pillar, int], ...] = (
        ("E02", "stability", 1), ("E03", "strength", 2), ("E03", "mobility", 1),
    )  # fmt: skip
    for rule, pillar, least in wanted:
        n = sum(
            minutes_of(pillar, s, history) >= min(PILLAR_MIN, s.duration_min / 4) for s in sessions
        )
        if n < least and sessions and day.weekday() >= SATURDAY:
            count = "no" if n == 0 else str(n)
            text = f"{count} {pillar} work in seven days; {least} a week is the aim."
            yield Notice(rule=rule, text=capital(text))


def _hard_in_a_row(sessions: Sequence[StrengthSession]) -> Notice | None:
    hard = sorted({s.day for s in sessions if is_demanding(s)})
    for a, b in pairwise(hard):
        if (b - a).days == 1:
            return Notice(
                rule="E08",
                text=f"Two hard foot sessions on {day_name(a)} and {day_name(b)}; a light day "
                "between them is better.",
            )
    return None


def _rest_day(history: History, first: date, last: date) -> Notice | None:
    busy = {r.day for r in history.runs_in(first, last)}
    busy |= {
        s.day for s in history.strength_in(first, last) if s.kind not in ("activation", "rest")
    }
    if len(busy) < 7:
        return None
    return Notice(rule="E09", text="Seven days without a rest day; one a week is the aim.")


def _rotation(history: History, day: date) -> Notice | None:
    last = [s for s in history.strength_in(days_before(day, 28), day) if s.sets][-3:]
    if len(last) < 3:
        return None
    common = set.intersection(*({done.exercise for done in s.sets} for s in last))
    known = exercises_on(day, history)
    same = sorted(e for e in common if e in known and known[e].pillar == "strength")
    if not same:
        return None
    name = known[same[0]].name
    return Notice(rule="C14", text=f"{name} was in three sessions in a row; swap it once.")


def _warm_up(sessions: Sequence[StrengthSession]) -> Notice | None:
    short = [s for s in sessions if s.warmup_min is not None and s.warmup_min < 5]
    if not short:
        return None
    return Notice(
        rule="C08", text=f"A warm-up of {short[-1].warmup_min:g} min; five to seven help."
    )


def _length(sessions: Sequence[StrengthSession], history: History) -> Notice | None:
    if not sessions or not history.strength:
        return None
    last = sessions[-1]
    week = (last.day - history.strength[0].day).days // 7 + 1
    if week <= 3 and last.duration_min > 15:
        return Notice(
            rule="E13", text=f"{last.duration_min:g} min in week {week}; up to 15 at first."
        )
    if last.duration_min > 25:
        return Notice(rule="E13", text=f"{last.duration_min:g} min; 15 to 25 are enough.")
    return None
