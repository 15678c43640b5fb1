"""How much a day asked of the feet: kilometres, minutes, effort x minutes, strength beside it.

Run and strength are stacked, never divided by one another, and there is no ratio of recent to
older load: in 5205 runners such a ratio pointed the wrong way (Frandsen et al. 2025, BJSM
59:1203). Effort that was not given is counted as not given, never guessed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from math import pi

from .catalogue import CATALOGUE
from .entries import BodySide, PerformedSet, Pillar, Run, StrengthSession, Surface
from .exercises import Tissue
from .history import History, days_before
from .own import exercises_on
from .work import Doing

#: What band or weight adds to a second under load. Tuned by nobody: an assumption, and only
#: ever compared with the athlete's own weeks.
RESISTANCE_WEIGHT = {"none": 1.0, "light": 1.25, "moderate": 1.5, "heavy": 2.0}
#: Seconds that one repetition counts where its tempo was not written down (2 down, 1 up).
REP_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a day, or days together, asked. ``*_rpe_min`` is effort (0 to 10) x minutes.

    ``run_km`` leaves out runs without a distance, counted in ``runs_without_km``; efforts not
    given are counted in ``runs_without_effort`` and ``strength_without_effort``.
    ``steps`` and ``step_load`` (steps times their force in body weights) are of runs that were
    measured; the others are counted in ``runs_without_steps``. ``intrinsic_s``,
    ``calf_achilles_s`` and ``ankle_s`` are the parts of ``under_load_s`` by tissue; impact is
    ``contacts``.
    """

    runs: int = 0
    run_km: float = 0.0
    run_min: float = 0.0
    run_rpe_min: float = 0.0
    runs_without_km: int = 0
    runs_without_effort: int = 0
    steps: int = 0
    step_load: float = 0.0
    runs_without_steps: int = 0
    uphill_min: float = 0.0
    strength_sessions: int = 0
    strength_min: float = 0.0
    strength_rpe_min: float = 0.0
    strength_without_effort: int = 0
    under_load_s: float = 0.0
    intrinsic_s: float = 0.0
    calf_achilles_s: float = 0.0
    ankle_s: float = 0.0
    contacts: int = 0

    def __add__(self, other: "Load") -> "Load":
        """Return both together."""
        return Load(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )

    @property
    def rpe_min(self) -> float:
        """Run and strength stacked, in effort x minutes."""
        return self.run_rpe_min + self.strength_rpe_min

    @property
    def effort_known(self) -> bool:
        """Whether every run and session of it has an effort."""
        return not (self.runs_without_effort or self.strength_without_effort)


def distance_m(run: Run) -> float | None:
    """Return how far the run went, None where neither the athlete nor a device said so."""
    return run.distance_m if run.distance_m is not None else run.summary.distance_m


def run_load(run: Run) -> Load:
    """Return what one run asked.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 3, 1, 7, tzinfo=UTC)
    >>> run_load(Run(day=at.date(), started_at=at, duration_s=1800, effort=4)).run_rpe_min
    120.0
    """
    minutes, metres, force = run.duration_s / 60, distance_m(run), step_load(run)
    uphill = run.summary.measure("uphill")
    return Load(
        runs=1,
        run_km=0.0 if metres is None else metres / 1000,
        run_min=minutes,
        run_rpe_min=0.0 if run.effort is None else run.effort * minutes,
        runs_without_km=int(metres is None),
        runs_without_effort=int(run.effort is None),
        steps=steps_of(run) or 0,
        step_load=force or 0.0,
        runs_without_steps=int(steps_of(run) is None),
        uphill_min=0.0 if uphill is None or uphill.value is None else uphill.value,
    )


def steps_of(run: Run) -> int | None:
    """Return the steps of both feet: cadence times minutes; None where cadence is not known."""
    cadence = run.summary.measure("cadence")
    if cadence is None or not cadence.value or cadence.grade == "X":
        return None
    return round(cadence.value * run.duration_s / 60)


def step_load(run: Run) -> float | None:
    """Return steps times their force in body weights, None where contact or steps are unknown.

    The force of one step is pi / 2 (flight / contact + 1), for a sine-shaped push.

    Source: Morin et al. 2005, J Appl Biomech 21:167.
    """
    cadence, gct = run.summary.measure("cadence"), run.summary.measure("gct")
    if not (cadence and gct and cadence.value and gct.value) or "X" in (cadence.grade, gct.grade):
        return None
    step_s, gct_s = 60 / cadence.value, gct.value / 1000
    return cadence.value * run.duration_s / 60 * pi / 2 * (max(step_s - gct_s, 0.0) / gct_s + 1)


def counts(session: StrengthSession) -> bool:
    """Return whether a session counts as load: gentle activation does not."""
    return session.kind not in ("activation", "rest")


def strength_load(session: StrengthSession, history: History | None = None) -> Load:
    """Return what one foot-strength session asked; own exercises are known with a history only."""
    known = CATALOGUE if history is None else exercises_on(session.day, history)
    by_tissue: dict[Tissue, float] = {}
    for done in session.sets:
        tissue: Tissue = known[done.exercise].tissue if done.exercise in known else "none"
        by_tissue[tissue] = by_tissue.get(tissue, 0.0) + under_load_s(done)
    return Load(
        strength_sessions=1,
        strength_min=session.duration_min,
        strength_rpe_min=0.0 if session.effort is None else session.effort * session.duration_min,
        strength_without_effort=int(session.effort is None),
        under_load_s=sum(by_tissue.values()),
        intrinsic_s=by_tissue.get("intrinsic", 0.0),
        calf_achilles_s=by_tissue.get("calf_achilles", 0.0),
        ankle_s=by_tissue.get("ankle", 0.0),
        contacts=sum(done.contacts or 0 for done in session.sets),
    )


def under_load_s(done: PerformedSet) -> float:
    """Return the seconds of one set under load, weighted by resistance; contacts do not count.

    >>> under_load_s(PerformedSet(exercise="arch_squeeze", reps=4, hold_s=15))
    60.0
    """
    return plain_s(done) * RESISTANCE_WEIGHT[done.resistance]


def plain_s(done: PerformedSet) -> float:
    """Return the seconds of one set under load as the clock counts them.

    A hold counts its seconds, a repetition its tempo: as measured, else as meant, else 3 s.

    >>> from .entries import Tempo
    >>> plain_s(PerformedSet(exercise="x", reps=10, tempo=Tempo(down_s=2.0, pause_s=1.0, up_s=2.0)))
    50.0
    """
    if done.hold_s is None and done.reps is None:
        return 0.0
    tempo = done.measured_tempo or done.tempo
    rep_s = done.hold_s if done.hold_s is not None else tempo.rep_s if tempo else REP_S
    return (done.reps or 1) * rep_s


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderLoad:
    """Seconds under load by the clock, of one pillar and side."""

    pillar: Pillar | None
    side: BodySide
    seconds: float


def under_load_by(first: date, last: date, history: History) -> tuple[UnderLoad, ...]:
    """Return the time under load of some days by pillar and side, the most first.

    The pillar is None for exercises that are not known.
    """
    found: dict[tuple[Pillar | None, BodySide], float] = {}
    for session in history.strength_in(first, last):
        known = exercises_on(session.day, history)
        for done in session.sets:
            pillar = known[done.exercise].pillar if done.exercise in known else None
            key = pillar, done.side
            found[key] = found.get(key, 0.0) + plain_s(done)
    parts = (UnderLoad(pillar=p, side=s, seconds=v) for (p, s), v in found.items() if v)
    return tuple(sorted(parts, key=lambda part: (-part.seconds, str(part.pillar), part.side)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Barefoot:
    """Minutes barefoot or in minimal shoes, of one doing on one surface."""

    doing: Doing
    surface: Surface
    minutes: float


def barefoot_by(first: date, last: date, history: History) -> tuple[Barefoot, ...]:
    """Return the barefoot minutes of some days by what was done and on what, the most first."""
    found: dict[tuple[Doing, Surface], float] = {}
    for one in history.barefoot_in(first, last):
        key = one.doing, one.surface
        found[key] = found.get(key, 0.0) + one.minutes
    parts = (Barefoot(doing=d, surface=s, minutes=v) for (d, s), v in found.items() if v)
    return tuple(sorted(parts, key=lambda part: (-part.minutes, part.doing, part.surface)))


def total(loads: Iterable[Load]) -> Load:
    """Return all of them together; nothing is zero."""
    return sum(loads, start=Load())


def load_between(history: History, first: date, last: date) -> Load:
    """Return what the days from ``first`` to ``last`` asked, both included."""
    runs = (run_load(run) for run in history.runs_in(first, last))
    strength = (strength_load(session, history) for session in history.strength_in(first, last))
    return total([*runs, *strength])


def load_on(day: date, history: History) -> Load:
    """Return what one day asked."""
    return load_between(history, day, day)


def week_load(day: date, history: History) -> Load:
    """Return what the seven days that end with ``day`` asked."""
    return load_between(history, days_before(day, 6), day)


def days_between(first: date, last: date) -> tuple[date, ...]:
    """Return every day from ``first`` to ``last``, both included; empty if they are swapped."""
    return tuple(first + timedelta(i) for i in range((last - first).days + 1))
