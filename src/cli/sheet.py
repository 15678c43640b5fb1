"""The text of ``catfoot analyse``: what a person reads of a recording."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..analysis import together
from ..signal.accuracy import Moving, how_good
from ..signal.drift import drifted
from ..signal.glossary import BY_NAME, Described
from ..signal.summary import Bout, Measure, Summary
from ..signal.tables import GAIT_RUN
from ..training.phrases import lasted
from .numbers import described, withheld

if TYPE_CHECKING:
    from ..analysis import Analysed

_HEAD = f"{'':34}{'':10}{'middle':>9}{'10..90 %':>17}{'95 %':>17}{'n':>7}  grade  good to"
_BOUTS = ("cadence", "gct", "speed", "shock", "softness", "midfoot")
_MOST_BOUTS = 30


def sheet(found: "Sequence[Analysed]") -> Iterator[str]:
    """Yield the lines about files, and about all of them as one run where they are several."""
    for one in found:
        yield from _file(one)
        yield ""
    if len(found) > 1:
        whole = together(found)
        yield f"Together: {lasted(whole.duration_s)}, {whole.steps} steps"
        yield from _numbers(whole, found[0])


def _file(one: "Analysed") -> Iterator[str]:
    decoded, summary, entry = one.decoded, one.summary, one.entry
    said = [f"{decoded.format}, {decoded.device}" if decoded.device else decoded.format]
    if entry.rate_hz is not None:
        said.append(f"{entry.rate_hz:.0f} Hz")
    if decoded.blocks:
        said.append("foot not known" if entry.side == "unknown" else f"{entry.side} foot")
    if decoded.started_at is not None:
        said.append(f"{decoded.started_at:%Y-%m-%d %H:%M} UTC")
    said.append(lasted(summary.duration_s))
    if summary.distance_m is not None:
        said.append(f"{summary.distance_m / 1000:.2f} km")
    said.append(f"{summary.steps} steps of both feet")
    yield one.name
    yield "  " + ", ".join(said)
    yield from _numbers(summary, one)
    yield from _told(summary)


def _numbers(summary: Summary, one: "Analysed") -> Iterator[str]:
    known = [m for m in summary.measures if m.value is not None]
    reasons: dict[str, int] = {}
    if known:
        yield _HEAD
    for measure in known:
        marks = [reasons.setdefault(why, len(reasons) + 1) for why in measure.reasons]
        noted = f"  [{','.join(map(str, marks))}]" if marks else ""
        yield _line(measure, one) + noted
    for why, number in reasons.items():
        yield f"  [{number}] {why}"
    yield from withheld([m for m in summary.measures if m.value is None])


def _line(measure: Measure, one: "Analysed") -> str:
    told = described(measure)
    spread = _from_to(told, measure.p10, measure.p90)
    interval = _from_to(told, measure.low, measure.high)
    return (
        f"  {told.label:32}{told.unit:10}{told.said(measure.value):>9}{spread:>17}"
        f"{interval:>17}{measure.n:>7}  {measure.grade:^5}  {_good(measure, one, told)}"
    )


def _from_to(told: Described, low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{told.said(low)}..{told.said(high)}"


def _good(measure: Measure, one: "Analysed", told: Described) -> str:
    """Return +- what against the best reference there is, or that there is none."""
    if measure.grade == "A" and not told.least_hz:
        return "counted"
    rows = one.steps
    running = not len(rows) or 2 * int((rows["gait"] == GAIT_RUN).sum()) >= len(rows)
    gait: Moving = "run" if running else "walk"
    best = how_good(
        measure.name,
        family="pod" if one.decoded.blocks else "device",
        gait=gait,
        rate_hz=one.entry.rate_hz,
        place=one.entry.place,
    )[0]
    if best.family == "device":
        return "device's own"
    # What holds of a good recording is not claimed of a loose pod, nor what synthetic feet show.
    if best.within is None or measure.grade == "C" or "synthetic" in best.against:
        return "not validated"
    return f"+-{best.within:g}"


def _told(summary: Summary) -> Iterator[str]:
    for measure in drifted(summary):
        told = BY_NAME[measure.name]
        yield (
            f"  note: {told.label.lower()} within the run: {measure.value:+.1f} {told.unit} at the"
            " same speed."
        )
    for warning in summary.warnings:
        yield f"  note: {warning}"
    if summary.bouts:
        yield "  Bouts"
    for bout in summary.bouts[:_MOST_BOUTS]:
        yield _bout(bout)
    if len(summary.bouts) > _MOST_BOUTS:
        yield f"    and {len(summary.bouts) - _MOST_BOUTS} more"


def _bout(bout: Bout) -> str:
    seconds = bout.stop_s - bout.start_s
    said = []
    for name in _BOUTS:
        measure = bout.measure(name)
        if measure is not None and measure.value is not None:
            told = BY_NAME[name]
            label = f"{told.label.lower()} " if name in ("shock", "softness", "midfoot") else ""
            said.append(f"{label}{told.said(measure.value)} {told.unit} ({measure.grade})")
    what = f"  {', '.join(said)}" if said else ""
    return f"    {_minutes(bout.start_s):>6}  {bout.kind:13}{seconds:5.0f} s{what}"


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"
