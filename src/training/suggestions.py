"""What might be done differently in the days ahead, said once and without a flag."""

from dataclasses import dataclass
from datetime import date, timedelta

from .conflicts import good_days
from .history import History, days_before
from .pain import hurts_in
from .phrases import day_name
from .schedule import is_peak_week, is_race_week

STIFF_DAYS = 3
SHARP_DAYS = 6
#: A tender sole counts from the score that ends a quiet fortnight, until the next mini battery.
TENDER, TENDER_DAYS = 3.0, 42
TEMPO_REACH_FRAC = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One sentence, and the demand of the articles that it answers."""

    rule: str
    text: str


def suggestions_on(day: date, history: History) -> tuple[Suggestion, ...]:
    """Return what the last days and the days ahead suggest."""
    found = (
        _sharp(day, history),
        _tender(day, history),
        _stiff_shoe(day, history),
        _life_load(day, history),
        _peak_week(day, history),
        _race_week(day, history),
    )
    return tuple(one for one in found if one is not None)


def _tender(day: date, history: History) -> Suggestion | None:
    """Return the care prompt of a tender sole in the newest test of it."""
    scores = [
        trial.value
        for assessment in history.assessments_in(days_before(day, TENDER_DAYS), day)
        for trial in assessment.trials
        if trial.test == "fascia_tenderness"
    ]
    if not scores or scores[-1] < TENDER:
        return None
    text = (
        f"Your sole was tender in the last test ({scores[-1]:g} out of 10): go easy on the arch, "
        "and if it stays, let a physiotherapist or doctor look at it."
    )
    return Suggestion(rule="B21", text=text)


def _sharp(day: date, history: History) -> Suggestion | None:
    """Return the care prompt of sharp discomfort."""
    sharp = [h for h in hurts_in(days_before(day, SHARP_DAYS), day, history) if h.kind == "sharp"]
    if not sharp:
        return None
    text = (
        f"Sharp discomfort on {day_name(sharp[-1].day)} ({sharp[-1].where}): if it comes back, let "
        "a physiotherapist or doctor look at it."
    )
    return Suggestion(rule="D13", text=text)


def _stiff_shoe(day: date, history: History) -> Suggestion | None:
    stiff = {shoe.name for shoe in history.person.shoes if shoe.stiffness == "stiff"}
    worn = [r for r in history.runs_in(days_before(day, STIFF_DAYS), day) if r.shoe in stiff]
    if not worn or history.runs_in(day, day):
        return None
    text = f"You ran in {worn[-1].shoe}, a stiff shoe: a day off is good for a few toe exercises."
    return Suggestion(rule="C17", text=text)


def _life_load(day: date, history: History) -> Suggestion | None:
    said = [c for c in history.check_ins_in(days_before(day, 6), day) if c.life_load is not None]
    if not said or said[-1].life_load != "high":
        return None
    days = good_days(day, history, history.thresholds)
    where = f", best on {day_name(days[0])}" if days else ""
    return Suggestion(
        rule="D08", text=f"A full week ahead: one light foot session is enough{where}."
    )


def _peak_week(day: date, history: History) -> Suggestion | None:
    if not is_peak_week(day, history):
        return None
    return Suggestion(
        rule="E06",
        text="One of your fullest running weeks: one balance and one light strength session.",
    )


def _race_week(day: date, history: History) -> Suggestion | None:
    if not is_race_week(day, history):
        return None
    race = next(r for r in history.planned_in(day, day + timedelta(7)) if r.kind == "race")
    return Suggestion(
        rule="E05",
        text=f"Race on {day_name(race.day)}: nothing new, fewer sets, only activation the day before.",
    )


def controlled(target_s: float, measured_s: float) -> bool:
    """Return whether a tempo was controlled: within a quarter of the target.

    >>> controlled(4.0, 5.0), controlled(4.0, 5.1)
    (True, False)
    """
    return abs(measured_s - target_s) <= TEMPO_REACH_FRAC * target_s + 1e-9
