"""F09, F10, F11: contact time, efficiency and softness that drift between comparable runs.

Two of the last three runs must stand out by z > 2 and by the smallest change worth a word. Of
all rules tried on simulated runners without any change this raised the fewest alarms
(docs/flags.md). Drift alone is never more than a notice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from statistics import median

from .comparison import Comparison, Reading, Watched, compare
from .entries import Run
from .history import History
from .thresholds import Thresholds
from .usual import speed_mps
from .verdict import Evidence, Outcome, Rule


def reading(name: str, run: Run) -> Reading | None:
    """Return one measure of a run as it is, None where it has none."""
    measure = run.summary.measure(name)
    if measure is None or measure.value is None:
        return None
    return Reading(measure.value, measure.grade, measure.n, measure.source)


def efficiency(run: Run) -> Reading | None:
    """Return metres per heartbeat, None without a heart rate or on hard runs."""
    pulse, speed = reading("heart_rate", run), speed_mps(run)
    if pulse is None or not pulse.value or not speed or run.kind in ("key", "race"):
        return None
    return Reading(speed * 60 / pulse.value, pulse.grade, pulse.n, pulse.source)


def contact(run: Run) -> Reading | None:
    """Return the run's contact time in ms."""
    return reading("gct", run)


def softness(run: Run) -> Reading | None:
    """Return the run's softness, None where the usual it rests on was still being learnt."""
    measure = run.summary.measure("softness")
    if measure is None or any("learning" in reason for reason in measure.reasons):
        return None
    return reading("softness", run)


@cache
def watched(rule: str, t: Thresholds) -> Watched:
    """Return what a drift rule watches, under these thresholds."""
    if rule == "F09":
        return Watched(
            read=contact,
            worse=1,
            relative=True,
            slope=-0.6,
            least=t.drift_gct_frac,
            spread=t.drift_gct_spread_frac,
        )
    if rule == "F10":
        return Watched(
            read=efficiency,
            worse=-1,
            relative=True,
            slope=0.4,
            least=t.drift_efficiency_frac,
            spread=t.drift_efficiency_spread_frac,
        )
    return Watched(
        read=softness, worse=-1, relative=False, slope=None, least=t.drift_softness_points,
        spread=t.drift_softness_spread_points,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a drift says: its evidence and both sentences."""

    what: str
    unit: str
    change: float
    change_unit: str
    runner: str
    coach: str
    action: str


def check_contact(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F09: the feet stay longer on the ground at the same speed."""
    return _check(rule, day, history, t, _told_contact)


def check_efficiency(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F10: fewer metres per heartbeat on easy and steady runs at the same speed."""
    return _check(rule, day, history, t, _told_efficiency)


def check_softness(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F11: landings harder than the athlete's own usual."""
    return _check(rule, day, history, t, _told_softness)


def _check(
    rule: Rule,
    day: date,
    history: History,
    t: Thresholds,
    tell: Callable[[Comparison, str], _Told],
) -> Outcome:
    """Compare the newest runs with the usual, and tell of a drift in a rule's own words."""
    found = compare(watched(rule.id, t), day, history, t)
    if isinstance(found, str):
        return rule.unknown(found)
    if not found.drifted:
        return rule.quiet()
    told = tell(found, history.person.name)
    return rule.flag(
        day,
        history,
        severity="notice",
        grade=max((point.reading.grade for point in found.out), key="ABCX".index),
        until=found.judged[-1].run.day + timedelta(t.drift_shown_days - 1),
        because=_because(found, told),
        runner=told.runner,
        coach=told.coach,
        action=told.action,
    )


def _told_contact(found: Comparison, name: str) -> _Told:
    pct = median(found.usual.change(p) for p in found.out) * 100
    newest, often = found.out[-1], _often(found)
    action = "Keep the next run easy, and look at sleep and soreness too."
    return _Told(
        what="contact time, newest of these runs", unit="ms", change=pct, change_unit="%",
        runner=(
            f"Your feet have stayed on the ground longer than usual at this pace (+{pct:.0f} %) "
            f"in {often} comparable runs. This often goes with fatigue. {action}"
        ),
        coach=(
            f"{name}: contact time +{pct:.0f} % at matched speed in {often} comparable runs "
            f"(newest {newest.reading.value:.0f} ms, usual {found.usual.expected(newest):.0f} ms "
            f"from {found.usual.n} runs). Drift alone says little; look for a second sign. "
            "Suggested: keep the next run easy."
        ),
        action=action,
    )  # fmt: skip


def _told_efficiency(found: Comparison, name: str) -> _Told:
    pct = median(found.usual.change(p) for p in found.out) * 100
    newest, often = found.out[-1], _often(found)
    action = "Take an easier day, and go over your technique cues. Heat alone can do this too."
    return _Told(
        what="metres per heartbeat, newest of these runs", unit="m", change=pct, change_unit="%",
        runner=(
            f"The same pace has cost you more heartbeats than usual ({-pct:.0f} % fewer metres per "
            f"beat) in {often} comparable runs. {action}"
        ),
        coach=(
            f"{name}: metres per heartbeat {pct:+.0f} % at matched speed in {often} comparable "
            f"runs (newest {newest.reading.value:.2f} m, usual "
            f"{found.usual.expected(newest):.2f} m from {found.usual.n} runs). Check heat, sleep "
            "and illness before load. Suggested: an easier day."
        ),
        action=action,
    )  # fmt: skip


def _told_softness(found: Comparison, name: str) -> _Told:
    points = median(found.usual.change(p) for p in found.out)
    newest, often = found.out[-1], _often(found)
    strike = reading("strike", newest.run)
    angle = "foot-strike angle not known"
    if strike is not None:
        angle = f"foot-strike angle {strike.value:.0f} degrees"
    action = "Try a few quiet-landing minutes on your next easy run."
    calf = "Landing more on the forefoot is softer but loads the calf: build up slowly."
    return _Told(
        what="softness, newest of these runs", unit="of 100", change=points, change_unit="points",
        runner=(
            f"Your landings have been harder than usual for you ({-points:.0f} points of 100) in {often} "
            f"comparable runs ({angle}). Softness is about technique only. {action} {calf}"
        ),
        coach=(
            f"{name}: softness {points:+.0f} points in {often} comparable runs (newest "
            f"{newest.reading.value:.0f}, usual {found.usual.expected(newest):.0f} from "
            f"{found.usual.n} runs; {angle}). A technique measure. Suggested: quiet-landing "
            f"minutes. {calf}"
        ),
        action=action,
    )  # fmt: skip


def _often(found: Comparison) -> str:
    n = len(found.out)
    return f"{'all' if n == len(found.judged) else n} of the last {len(found.judged)}"


def _because(found: Comparison, told: _Told) -> tuple[Evidence, ...]:
    newest = found.out[-1]
    digits = 1 if newest.reading.value > 10 else 3
    return (
        Evidence(
            what=told.what, number=round(newest.reading.value, digits), unit=told.unit,
            n=newest.reading.n, usual=round(found.usual.expected(newest), digits),
        ),
        Evidence(
            what="change against the usual", number=round(told.change, 1), unit=told.change_unit,
            n=len(found.out), usual=0.0,
        ),
        Evidence(
            what="runs that stand out, of the last three", number=len(found.out), unit="runs",
            n=found.usual.n,
        ),
    )  # fmt: skip
