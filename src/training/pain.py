"""F05, F20, F23: pain by how much, pain at a new site after something new, see somebody.

Bands of the pain-monitoring model (Silbernagel et al. 2007, through clinic pages): up to 3 is
left alone, 4 to 5 is watched for a day, more than 5, or not back to usual the next morning, is
too much. Sharp discomfort stops the exercise (the programme's third and fifth articles).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .entries import BodySide, Pain, PainKind, Site
from .history import History, days_before
from .phrases import counted, site_name
from .thresholds import Thresholds
from .verdict import Evidence, Outcome, Rule, Severity, gravity
from .words import SEE_SOMEONE


@dataclass(frozen=True, slots=True)
class Hurt:
    """One score of pain on one day, with where and how as far as that was said."""

    day: date
    score: float
    site: Site | None = None
    side: BodySide = "unknown"
    kind: PainKind = "unknown"
    exercise: str = ""

    @property
    def where(self) -> str:
        """The site as said, or the exercise, or nothing in particular."""
        if self.site is not None:
            return site_name(self.site, self.side)
        return self.exercise.replace("_", " ") or "foot or leg"


def hurts_in(first: date, last: date, history: History) -> list[Hurt]:
    """Return every score of pain from ``first`` to ``last``: mornings, after runs, in sets."""
    found: list[Hurt] = []
    for check_in in history.check_ins_in(first, last):
        found += _said(check_in.day, check_in.pain, check_in.pains)
    for after in history.after_runs_in(first, last):
        found += _said(after.day, after.pain, after.pains)
    for session in history.strength_in(first, last):
        for done in session.sets:
            if done.sharp or done.pain is not None:
                kind: PainKind = "sharp" if done.sharp else "unknown"
                found.append(
                    Hurt(session.day, done.pain or 0.0, None, done.side, kind, done.exercise)
                )
    return sorted(found, key=lambda h: (h.day, h.score, h.where))


def check_level(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F05: how much it hurt today or yesterday, and whether it had gone by the morning."""
    since = days_before(day, t.pain_shown_days - 1)
    hurts = hurts_in(since, day, history)
    if not hurts:
        return rule.unknown("nothing is said about pain in these two days")
    stayed = any(c.back_to_usual is False for c in history.check_ins_in(since, day))
    graves: list[tuple[Severity, Hurt]] = [
        (s, h) for h in hurts if (s := _severity(h, stayed, t)) is not None
    ]
    if not graves:
        return rule.quiet()
    severity, worst = max(graves, key=lambda g: (gravity(g[0]), g[1].score))
    action = _advice(severity, worst)
    return rule.flag(
        day,
        history,
        severity=severity,
        grade="B",
        first_day=worst.day,
        until=worst.day + timedelta(t.pain_shown_days - 1),
        because=_because(worst, hurts),
        runner=f"You wrote {_how(worst)} ({worst.where}). {action}",
        coach=(
            f"{history.person.name} reports {_how(worst)} ({worst.where})"
            f"{', not back to usual by the morning' if stayed else ''}. "
            f"Suggested: {action[0].lower()}{action[1:]}"
        ),
        action=action,
    )


def check_new_site(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F20: a site that was quiet for two months hurts within a fortnight of something new."""
    mornings = history.check_ins_in(days_before(day, t.new_quiet_days), day)
    if not mornings or mornings[0].day > days_before(day, t.new_days):
        return rule.unknown(f"this needs check-ins from {t.new_days} days before on")
    news = _news(day, history, t)
    if not news:
        return rule.quiet()
    sites = _new_sites(day, history, t)
    for site, days in sorted(sites.items(), key=lambda item: (-len(item[1]), item[0])):
        before = [(when, what) for when, what in news if when <= days[0]]
        if before:
            return _new_site(rule, day, history, site, days, before[-1], t)
    return rule.quiet()


def check_see_someone(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F23: signs that are not for an app."""
    since = days_before(day, t.care_shown_days - 1)
    if not (history.check_ins_in(since, day) or hurts_in(since, day, history)):
        return rule.unknown(f"nothing is said about pain in {t.care_shown_days} days")
    because = list(_signs(since, day, history, t))
    because += list(_severe(day, history, t))
    because += list(_lasting(day, history, t))
    if not because:
        return rule.quiet()
    facts = "; ".join(f"{e.what} ({e.amount})" for e in because)
    return rule.flag(
        day,
        history,
        severity="stop",
        grade="B",
        until=day + timedelta(1),
        because=tuple(because),
        runner=f"{SEE_SOMEONE} You wrote: {facts}.",
        coach=f"{history.person.name} wrote: {facts}. {SEE_SOMEONE}",
        action="No running and no foot session until somebody has looked at it.",
    )


def _said(day: date, score: float | None, pains: tuple[Pain, ...]) -> Iterator[Hurt]:
    if score is not None:
        yield Hurt(day, score)
    for pain in pains:
        yield Hurt(day, pain.score, pain.site, pain.side, pain.kind)


def _severity(hurt: Hurt, stayed: bool, t: Thresholds) -> Severity | None:
    if hurt.kind == "sharp":
        return "stop"
    if hurt.score > t.pain_caution or (stayed and hurt.score >= t.pain_notice):
        return "caution"
    return "notice" if hurt.score >= t.pain_notice else None


def _advice(severity: Severity, hurt: Hurt) -> str:
    if severity == "stop":
        what = hurt.where if hurt.site is None and hurt.exercise else "what brings it on"
        return f"Leave out {what} today, and do nothing harder for a week."
    if severity == "caution":
        return "No hard or long run, and leave out what brings it on, until it is 3 or less."
    return "Keep it easy today, and see how it is tomorrow morning."


def _how(hurt: Hurt) -> str:
    if hurt.kind == "sharp":
        return "sharp discomfort"
    return f"pain of {hurt.score:g} out of 10"


def _because(worst: Hurt, hurts: list[Hurt]) -> tuple[Evidence, ...]:
    return (
        Evidence(what=f"{_how(worst).split(' of ')[0]}, {worst.where}", number=worst.score,
                 unit="of 10", n=len(hurts)),
    )  # fmt: skip


def _news(day: date, history: History, t: Thresholds) -> list[tuple[date, str]]:
    """Return what was done or worn for the first time in the last days, oldest first."""
    since, firsts = days_before(day, t.new_days), dict[str, date]()
    for session in history.strength_in(date.min, day):
        for done in session.sets:
            firsts.setdefault(done.exercise.replace("_", " "), session.day)
    for run in history.runs_in(date.min, day):
        if run.shoe:
            firsts.setdefault(run.shoe, run.day)
    for device in history.devices:
        if device.day <= day:
            firsts.setdefault(device.name, device.day)
    # Everything is new to somebody who has only begun to write things down.
    begun = min(firsts.values(), default=day)
    if begun > days_before(day, t.new_known_days):
        return []
    return sorted((when, what) for what, when in firsts.items() if when >= since)


def _new_sites(day: date, history: History, t: Thresholds) -> dict[Site, list[date]]:
    """Return sites that hurt or are sore lately and were quiet before, with the days."""
    days: dict[Site, set[date]] = {}
    first = days_before(day, t.new_quiet_days)
    for hurt in hurts_in(first, day, history):
        if hurt.site is not None and hurt.score >= t.new_score:
            days.setdefault(hurt.site, set()).add(hurt.day)
    for check_in in history.check_ins_in(first, day):
        for sore in check_in.soreness:
            if sore.score >= t.new_score:
                days.setdefault(sore.site, set()).add(check_in.day)
    since = days_before(day, t.new_days)
    return {site: sorted(found) for site, found in days.items() if min(found) >= since}


def _new_site(
    rule: Rule,
    day: date,
    history: History,
    site: Site,
    days: list[date],
    new: tuple[date, str],
    t: Thresholds,
) -> Outcome:
    severity: Severity = "caution" if len(days) > 1 else "notice"
    where, what = site_name(site), new[1]
    after = counted((days[0] - new[0]).days, "day")
    action = f"Leave out what is new ({what}) until that place is quiet again."
    return rule.flag(
        day,
        history,
        severity=severity,
        grade="B",
        first_day=days[0],
        until=new[0] + timedelta(t.new_days),
        because=(
            Evidence(what=f"days with {where} reported", number=len(days), unit="days", n=len(days)),
            Evidence(
                what=f"days from first {what} to first report", number=(days[0] - new[0]).days,
                unit="days", n=1,
            ),
        ),
        runner=(
            f"You named a new place ({where}), {after} after your first {what}. {action}"
        ),
        coach=(
            f"{history.person.name} reports a new place ({where}, on {counted(len(days), 'day')}), "
            f"{after} after the first {what}. Suggested: leave that out until it is quiet again."
        ),
        action=action,
    )  # fmt: skip


def _signs(since: date, day: date, history: History, t: Thresholds) -> Iterator[Evidence]:
    mornings = history.check_ins_in(since, day)
    for what, told in (
        ("swelling", [c for c in mornings if c.swelling]),
        ("cannot bear weight", [c for c in mornings if c.cannot_bear_weight]),
    ):
        if told:
            days = len({c.day for c in told})
            yield Evidence(
                what=what, number=days, unit="mornings", n=len({c.day for c in mornings})
            )
    hurts = [h for h in hurts_in(since, day, history) if h.score > 0 or h.kind == "bone"]
    for kind, what in (("rest", "pain at rest"), ("night", "pain at night")):
        told_kind = [h for h in hurts if h.kind == kind]
        if told_kind:
            yield Evidence(
                what=f"{what}, {told_kind[-1].where}", number=len(told_kind), unit="reports",
                n=len(hurts),
            )  # fmt: skip
    bone = [h for h in hurts if h.kind == "bone" and h.side in ("left", "right")]
    if bone:
        yield Evidence(
            what=f"tenderness on the bone on one side, {bone[-1].where}", number=len(bone),
            unit="reports", n=len(hurts),
        )  # fmt: skip


def _severe(day: date, history: History, t: Thresholds) -> Iterator[Evidence]:
    """More than 5 on each of three days in a row that end today or within two days."""
    first = days_before(day, t.severe_days + t.care_shown_days)
    bad = {h.day for h in hurts_in(first, day, history) if h.score > t.severe_score}
    for back in range(t.care_shown_days):
        last = days_before(day, back)
        if all(days_before(last, i) in bad for i in range(t.severe_days)):
            yield Evidence(
                what=f"pain above {t.severe_score:g}", number=t.severe_days, unit="days in a row",
                n=len(bad),
            )  # fmt: skip
            return


def _lasting(day: date, history: History, t: Thresholds) -> Iterator[Evidence]:
    """One site, or pain without a site, at 3 or more for a fortnight.

    A quiet report or a long silence ends the row. Sets say pain of an exercise, not of a place.
    """
    by_place: dict[str, dict[date, float]] = {}
    for hurt in hurts_in(days_before(day, 4 * t.lasting_days), day, history):
        if not hurt.exercise:
            where = "place not named" if hurt.site is None else site_name(hurt.site)
            scores = by_place.setdefault(where, {})
            scores[hurt.day] = max(hurt.score, scores.get(hurt.day, 0.0))
    for where, scores in sorted(by_place.items()):
        row: list[date] = []
        for when in sorted(scores, reverse=True):
            late = (row[-1] - when).days > t.lasting_gap_days if row else False
            if scores[when] < t.lasting_score or late:
                break
            row.append(when)
        fresh = row and row[0] >= days_before(day, t.care_shown_days - 1)
        if fresh and (row[0] - row[-1]).days >= t.lasting_days:
            lasted = (row[0] - row[-1]).days
            yield Evidence(what=f"pain, {where}", number=lasted, unit="days", n=len(row))
