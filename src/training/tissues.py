"""Which tissues a sore or painful site speaks for, and what that means for an exercise."""

from collections.abc import Mapping
from datetime import date

from .exercises import Exercise
from .history import History, days_before
from .phrases import site_name
from .soreness import lasting, severity_of
from .verdict import Evidence

FLARE_SCORE = 3.0

#: Which tissues soreness or pain at a site speaks for.
SITES: Mapping[str, frozenset[str]] = {
    "calf": frozenset({"calf_achilles", "impact"}),
    "achilles": frozenset({"calf_achilles", "impact"}),
    "heel": frozenset({"intrinsic", "impact"}),
    "plantar_fascia": frozenset({"intrinsic", "impact"}),
    "arch": frozenset({"intrinsic", "impact"}),
    "metatarsals": frozenset({"intrinsic", "impact"}),
    "toes": frozenset({"intrinsic", "impact"}),
    "ankle_med": frozenset({"ankle", "impact"}),
    "ankle_lat": frozenset({"ankle", "impact"}),
    "shin": frozenset({"ankle", "impact"}),
    "knee": frozenset({"impact"}),
    "hip": frozenset({"impact"}),
}
FLARE_SITES = frozenset({"plantar_fascia", "metatarsals"})


def lasting_soreness(exercise: Exercise, day: date, history: History) -> Evidence | None:
    """Return the longest soreness beyond 48 hours at a site that the exercise works on."""
    found = [
        (row.hours, row.site)
        for row in lasting(day, history, history.thresholds)
        if row.hours is not None and severity_of(row.hours, history.thresholds) == "caution"
        if exercise.tissue in SITES[row.site] or row.site in exercise.sites
    ]
    if not found:
        return None
    hours, site = max(found)
    what = f"{site_name(site)} soreness"
    return Evidence(what=what, number=round(hours, 1), unit="h", n=len(found))


def flare_up(day: date, history: History, days: int = 2) -> Evidence | None:
    """Return discomfort of the sole or the ball of the foot, said yesterday or today."""
    since = days_before(day, days - 1)
    worst = 0.0
    n = 0
    for check_in in history.check_ins_in(since, day):
        found = [s.score for s in check_in.soreness if s.site in FLARE_SITES]
        found += [p.score for p in check_in.pains if p.site in FLARE_SITES]
        n += len(found)
        worst = max([worst, *found])
    for after in history.after_runs_in(since, day):
        found = [p.score for p in after.pains if p.site in FLARE_SITES]
        n += len(found)
        worst = max([worst, *found])
    if worst < FLARE_SCORE:
        return None
    return Evidence(what="sole or ball of the foot", number=worst, unit="of 10", n=n)
