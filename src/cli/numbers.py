"""A recording's numbers as a runner reads them: grouped, in their units, each reason said once."""

from collections.abc import Iterator, Mapping, Sequence

from ..signal.glossary import BY_NAME, Described
from ..signal.measures import Measure
from ..training.phrases import pace

#: What belongs together, in the order it is read; ``analyse`` has all of it in one table.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Rhythm and pace": (
        "cadence", "gct", "gct_at_usual", "gct_balance", "flight", "duty", "speed", "stride",
        "step", "vertical_oscillation",
    ),
    "Landing": ("shock", "softness", "strike", "rearfoot", "midfoot", "forefoot", "flat"),
    "Foot": (
        "eversion", "eversion_rate", "strike_spread", "roll_spread", "ml_excursion", "heel_off",
        "pushoff",
    ),
    "Effort": ("heart_rate", "power", "leg_stiffness", "stiffness", "uphill", "downhill"),
    "Towards the end": (
        "gct_fade", "gct_drift", "duty_drift", "softness_drift", "eversion_drift",
    ),
    "Recording": ("coverage", "clipped"),
}  # fmt: skip

#: Slower than a stroll nobody reads a pace.
SLOWEST_PACE_MPS = 0.8


def numbers(measures: Sequence[Measure], notes: Sequence[str]) -> Iterator[str]:
    """Yield the lines about measures, then the notes that no reason has said already."""
    known = [m for m in measures if m.value is not None]
    explained = [set(m.reasons) for m in known if m.reasons]
    shared = set.intersection(*explained) if explained else set[str]()
    marks: dict[str, int] = {}
    for title, names in GROUPS.items():
        group = [m for name in names for m in known if m.name == name]
        if group:
            yield f"  {title}"
        for measure in group:
            own = [why for why in measure.reasons if why not in shared]
            noted = ",".join(map(str, sorted(marks.setdefault(why, len(marks) + 1) for why in own)))
            yield f"    {_line(measure)}{f' [{noted}]' if noted else ''}"
    if shared:
        best = min(m.grade for m in known if m.reasons)
        once = "; ".join(dict.fromkeys(why for m in known for why in m.reasons if why in shared))
        yield f"  {best} at best: {once}" if best > "A" else f"  All of these: {once}"
    for why, number in marks.items():
        yield f"  [{number}] {why}"
    yield from withheld([m for m in measures if m.value is None])
    said = {_plain(why) for m in measures for why in m.reasons}
    yield from (f"  note: {note}" for note in notes if _plain(note) not in said)


def withheld(measures: Sequence[Measure]) -> Iterator[str]:
    """Yield what cannot be said, under its first reason: that one alone was enough."""
    by_reason: dict[str, list[str]] = {}
    for measure in measures:
        why = measure.reasons[0] if measure.reasons else "no reason given"
        by_reason.setdefault(why, []).append(described(measure).label)
    for why, labels in by_reason.items():
        yield f"  Withheld (X), {why}: {'; '.join(labels)}"


def described(measure: Measure) -> Described:
    """Return a measure in words; one that the glossary does not know stands under its own name."""
    return BY_NAME.get(measure.name) or Described(
        name=measure.name, key=measure.key, label=measure.name, unit="", digits=2, what=""
    )


def _line(measure: Measure) -> str:
    told = described(measure)
    unit, value = told.unit, measure.value or 0.0
    if measure.name == "speed" and value >= SLOWEST_PACE_MPS:
        unit = f"{unit}, {pace(value)}"
    return f"{told.label:34}{told.said(measure.value):>7} {unit:22}{measure.grade}"


def _plain(sentence: str) -> str:
    return sentence.casefold().rstrip(".")
