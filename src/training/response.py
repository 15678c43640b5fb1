"""F19: sore the day after strength work, two times of three."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from .entries import StrengthSession
from .history import History, days_before
from .load import counts
from .thresholds import Thresholds
from .verdict import Evidence, Outcome, Rule


class Answered(NamedTuple):
    """A session and the worst soreness said the day after it."""

    session: StrengthSession
    score: float


def check(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """Judge the last three sessions that somebody said anything about the day after."""
    found = answered(day, history, t)
    last = found[-t.response_of :]
    if len(last) < t.response_of:
        return rule.unknown(f"this needs {t.response_of} sessions with a check-in the day after")
    sore = [one for one in last if one.score >= t.response_score]
    fresh = last[-1].session.day >= days_before(day, 6)
    if len(sore) < t.response_times or not fresh:
        return rule.quiet()
    action = "Do a quarter fewer sets in the next one."
    n = len(sore)
    return rule.flag(
        day,
        history,
        severity="notice",
        grade="B",
        until=last[-1].session.day + timedelta(6),
        because=(
            Evidence(
                what="sessions with soreness the day after, of the last three", number=n,
                unit="sessions", n=len(last), usual=None,
            ),
            Evidence(
                what="soreness the day after", number=sore[-1].score, unit="of 10", n=n,
                usual=_usual([one.score for one in found[: -t.response_of]]),
            ),
        ),
        runner=f"You were sore the day after {n} of your last three foot sessions. {action}",
        coach=(
            f"{history.person.name} was sore ({sore[-1].score:g} of 10) the day after {n} of the "
            f"last three foot sessions. Suggested: a quarter fewer sets."
        ),
        action=action,
    )  # fmt: skip


def answered(day: date, history: History, t: Thresholds) -> list[Answered]:
    """Return the sessions of two months with the worst soreness said the day after."""
    since = days_before(day, 60)
    found = []
    for session in history.strength_in(since, day):
        scores = [
            max((s.score for s in c.soreness), default=0.0)
            for c in history.check_ins_in(session.day, min(day, session.day + timedelta(2)))
            if c.soreness and t.response_from_h <= _hours(session, c.at) <= t.response_to_h
        ]
        if scores and counts(session):
            found.append(Answered(session, max(scores)))
    return found


def _hours(session: StrengthSession, at: datetime) -> float:
    return (at - session.started_at) / timedelta(hours=1)


def _usual(scores: list[float]) -> float | None:
    return sum(scores) / len(scores) if scores else None
