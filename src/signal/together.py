"""One run from several recordings: each measure from the source that is trusted most."""

from collections.abc import Sequence

from .measures import Grade, Measure, Summary

_MATCHED = 200  # steps of each foot, science.md 2.7


def combine(summaries: Sequence[Summary]) -> Summary:
    """Return the summary of a run from its recordings, the most trusted first.

    Each measure has one source: the first that knows it. Only a left and a right pod that
    both know it are averaged, and their contact times give the left share. Bouts are of the
    first recording that has any of their kind: two watches' laps are not two sets of laps.
    """
    if not summaries:
        return Summary()
    names = list(dict.fromkeys(m.name for s in summaries for m in s.measures))
    left = next((s for s in summaries if s.side == "left"), None)
    right = next((s for s in summaries if s.side == "right"), None)
    measures = [_one(name, summaries, left, right) for name in names]
    balance = _balance(left, right)
    if balance is not None:
        measures = [m for m in measures if m.name != "gct_balance"] + [balance]
    kinds = dict.fromkeys(bout.kind for s in summaries for bout in s.bouts)
    of_kind = {k: next(s for s in summaries if any(b.kind == k for b in s.bouts)) for k in kinds}
    bouts = [b for kind, s in of_kind.items() for b in s.bouts if b.kind == kind]
    return Summary(
        version=summaries[0].version,
        side=summaries[0].side if len({s.side for s in summaries}) == 1 else "unknown",
        duration_s=max(s.duration_s for s in summaries),
        distance_m=next((s.distance_m for s in summaries if s.distance_m is not None), None),
        steps=_steps(summaries, left, right),
        measures=tuple(measures),
        warnings=tuple(dict.fromkeys(w for s in summaries for w in s.warnings)),
        bouts=tuple(sorted(bouts, key=lambda b: (b.start_s, b.stop_s, b.kind))),
        usuals=tuple(dict.fromkeys(u for s in summaries for u in s.usuals)),
    )


def _steps(summaries: Sequence[Summary], left: Summary | None, right: Summary | None) -> int:
    """Return steps of both feet: what two pods saw together, else the fullest account."""
    if left is None or right is None or not (left.steps and right.steps):
        return max(s.steps for s in summaries)
    return round((left.steps + right.steps) / 2)


def _one(
    name: str, summaries: Sequence[Summary], left: Summary | None, right: Summary | None
) -> Measure:
    a = left.measure(name) if left else None
    b = right.measure(name) if right else None
    if a and b and a.value is not None and b.value is not None:
        return Measure(
            name=name, key=a.key, value=(a.value + b.value) / 2, n=a.n + b.n,
            grade=max(a.grade, b.grade), reasons=tuple(dict.fromkeys(a.reasons + b.reasons)),
            p10=_mean(a.p10, b.p10), p90=_mean(a.p90, b.p90),
            low=_mean(a.low, b.low), high=_mean(a.high, b.high),
        )  # fmt: skip
    found = [m for s in summaries if (m := s.measure(name)) is not None]
    return next((m for m in found if m.value is not None), found[0])


def _mean(a: float | None, b: float | None) -> float | None:
    """Return the middle of both feet's; an interval so made is a little too wide, never narrow."""
    return None if a is None or b is None else (a + b) / 2


def _balance(left: Summary | None, right: Summary | None) -> Measure | None:
    """Return the left foot's share of contact time, None for one pod: never a guess."""
    a = left.measure("gct") if left else None
    b = right.measure("gct") if right else None
    if a is None or b is None or a.value is None or b.value is None:
        return None
    low, high = _share(a.low, b.high), _share(a.high, b.low)
    grade: Grade = max(a.grade, b.grade)
    reasons = tuple(dict.fromkeys(a.reasons + b.reasons))
    if min(a.n, b.n) < _MATCHED:
        grade = "X" if grade == "X" else "C"
        reasons = ("fewer than 200 steps of each foot", *reasons)
    return Measure(
        name="gct_balance", key="gct_left_pct", value=100 * a.value / (a.value + b.value),
        grade=grade, n=min(a.n, b.n), reasons=reasons, low=low, high=high,
    )  # fmt: skip


def _share(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else 100 * a / (a + b)
