"""F03: soreness that is still there a day or two after the session it came from.

The programme's third article: beyond 24 to 48 hours, scale back and look at the movement again.
Hours count between instants, so midnight and time zones do not matter. They count from the
*start* of the session, so that a longer session never makes soreness look younger, and from
the session before the *first* report of an unbroken row, so that running on does not hide it.
Five gentle minutes on a day of rest are no session where there was one before them.
"""

from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

from ..signal.summary import Grade
from .entries import BodySide, CheckIn, Site
from .history import History, days_before
from .load import counts
from .phrases import capital, counted, site_name
from .thresholds import Thresholds
from .verdict import Evidence, Outcome, Rule, Severity, gravity

#: Far enough back for any row of reports; soreness of a month is somebody else's question.
LOOK_BACK_DAYS = 60


class Report(NamedTuple):
    """One answer about one site."""

    check_in: CheckIn
    score: float


class Lasting(NamedTuple):
    """An unbroken row of sore reports of one site."""

    site: Site
    side: BodySide
    reports: tuple[Report, ...]
    hours: float | None
    usual: float

    @property
    def last(self) -> Report:
        """The newest report of the row."""
        return self.reports[-1]


def check(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """Judge every site reported sore yesterday or on ``day``; the gravest is shown."""
    since = days_before(day, LOOK_BACK_DAYS)
    if not any(check_in.soreness for check_in in history.check_ins_in(since, day)):
        return rule.unknown("no check-in says anything about soreness")
    rows = lasting(day, history, t)
    graves = [row for row in rows if severity_of(row.hours, t) is not None]
    if graves:
        worst = max(
            graves, key=lambda r: (gravity(severity_of(r.hours, t) or "info"), r.last.score)
        )
        return _flag(rule, day, worst, history, t)
    if any(row.hours is None for row in rows):
        return rule.unknown(
            f"no run or session is logged in the {t.sore_session_within_h:.0f} hours before "
            "the soreness began"
        )
    return rule.quiet()


def lasting(day: date, history: History, t: Thresholds) -> list[Lasting]:
    """Return the unbroken rows of every site that was sore yesterday or on ``day``."""
    return history.once(("lasting", day, t), lambda: _lasting(day, history, t))


def severity_of(hours: float | None, t: Thresholds) -> Severity | None:
    """Return how grave soreness of that many hours is; None below a day or where unknown."""
    if hours is None or hours < t.sore_notice_h:
        return None
    return "notice" if hours <= t.sore_caution_h else "caution"


def _lasting(day: date, history: History, t: Thresholds) -> list[Lasting]:
    reports = _by_site(history.check_ins_in(days_before(day, LOOK_BACK_DAYS), day))
    return [
        row
        for place in sorted(reports)
        if reports[place][-1].check_in.day >= days_before(day, 1)
        and (row := _row(place, reports[place], history, t)) is not None
    ]


def _by_site(check_ins: tuple[CheckIn, ...]) -> dict[tuple[Site, BodySide], list[Report]]:
    found: dict[tuple[Site, BodySide], list[Report]] = {}
    for check_in in check_ins:
        worst: dict[tuple[Site, BodySide], float] = {}
        for sore in check_in.soreness:
            place = (sore.site, sore.side)
            worst[place] = max(sore.score, worst.get(place, 0.0))
        for place, score in worst.items():
            found.setdefault(place, []).append(Report(check_in, score))
    return found


def _row(
    place: tuple[Site, BodySide], reports: list[Report], history: History, t: Thresholds
) -> Lasting | None:
    """Return the unbroken row that ends with the newest report, None where that is not sore."""
    row: list[Report] = []
    for report in reversed(reports):
        if report.score < t.sore_score:
            break
        if row and _hours(report.check_in, row[-1].check_in) > t.sore_reports_within_h:
            break
        row.append(report)
    if not row:
        return None
    row.reverse()
    usual = median(report.score for report in reports)
    return Lasting(place[0], place[1], tuple(row), _lasted_h(row, history, t), usual)


def _hours(earlier: CheckIn, later: CheckIn) -> float:
    return (later.at - earlier.at) / timedelta(hours=1)


def _lasted_h(row: list[Report], history: History, t: Thresholds) -> float | None:
    """Return the hours from the session before the row to its newest report."""
    first, last = row[0].check_in, row[-1].check_in
    earliest = first.at - timedelta(hours=t.sore_session_within_h)
    # Two days of slack: a day is the athlete's own and may differ from the instant's date.
    near = (days_before(first.day, int(t.sore_session_within_h // 24) + 2), first.day)
    sessions = history.strength_in(*near)
    loading = [run.started_at for run in history.runs_in(*near)]
    loading += [session.started_at for session in sessions if counts(session)]
    gentle = [session.started_at for session in sessions if not counts(session)]
    for starts in (loading, gentle):
        before = [start for start in starts if earliest <= start <= first.at]
        if not before:
            continue
        return (last.at - max(before)) / timedelta(hours=1)
    # The reports alone prove how long it has lasted at least.
    return _hours(first, last) if len(row) > 1 else None


def _flag(rule: Rule, day: date, row: Lasting, history: History, t: Thresholds) -> Outcome:
    severity = severity_of(row.hours, t)
    assert severity is not None
    assert row.hours is not None
    where = site_name(row.site, row.side)
    lasted = "over 48 hours" if severity == "caution" else "over 24 hours"
    action = (
        "Make the next foot session one level easier."
        if severity == "caution"
        else "Keep the next foot session at the same dose."
    )
    cue = "While you move, keep toes, ankle and knee in one line."
    grade: Grade = "B" if len(row.reports) > 1 else "C"
    return rule.flag(
        day,
        history,
        severity=severity,
        grade=grade,
        first_day=_first_day(row, t),
        until=row.last.check_in.day + timedelta(1),
        because=(
            Evidence(
                what=f"soreness, {where}", number=row.last.score, unit="of 10",
                n=len(row.reports), usual=row.usual,
            ),
            Evidence(
                what="time since the session", number=round(row.hours, 1), unit="h",
                n=len(row.reports),
            ),
        ),
        runner=f"{capital(where)} soreness has lasted {lasted}. {action} {cue}",
        coach=(
            f"{history.person.name} reports {where} soreness of {row.last.score:g} of 10, "
            f"{row.hours:.0f} hours after the session it followed ({counted(len(row.reports), 'report')}). "
            f"Suggested: {action[0].lower()}{action[1:]} {cue}"
        ),
        action=f"{action} {cue}",
    )  # fmt: skip


def _first_day(row: Lasting, t: Thresholds) -> date:
    """Return the day of the report at which the row had lasted long enough for a flag."""
    assert row.hours is not None
    began = row.last.check_in.at - timedelta(hours=row.hours)
    for report in row.reports:
        if (report.check_in.at - began) / timedelta(hours=1) >= t.sore_notice_h:
            return report.check_in.day
    return row.last.check_in.day
