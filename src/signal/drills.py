"""The drills a pod can score: their names, who reads the samples, and the figures for people.

A live drill and a stored one go through the same ``DrillReader``.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np

from .balance import SwayAnalyser
from .drillfigures import TOLD
from .drops import LandingUsual
from .holds import END_TOUCHED, START, Aim, HoldAnalyser, Steadiness, stability
from .hops import HopAnalyser
from .imu import ImuBlock
from .lifts import LiftAnalyser
from .lunges import LungeAnalyser
from .measures import Grade, Measure
from .pauses import PauseAnalyser
from .quality import Reason
from .reps import RepAnalyser
from .settling import SettleAnalyser
from .steps import Mount
from .stream import Analyser
from .tables import HOLD, HOP, REP, SWAY, DrillName, Side, Table, empty, join, on_grid
from .taps import TapAnalyser

DRILLS: tuple[DrillName, ...] = get_args(DrillName)
_LIFT_LEAST_S = 3.0  # a stance foot steps, but never stays off the ground for that long


def _readers(name: DrillName, mount: Mount, rate_hz: float, aim: Aim) -> list[Analyser]:
    if name == "hold":
        return [HoldAnalyser(mount, rate_hz, aim), LiftAnalyser(mount, rate_hz)]
    make: Mapping[DrillName, Callable[[], Analyser]] = {
        "push": lambda: SettleAnalyser(rate_hz),
        "heel_raise": lambda: RepAnalyser(mount, rate_hz),
        "heel_to_toe": lambda: RepAnalyser(mount, rate_hz),
        "taps": lambda: TapAnalyser(rate_hz),
        "toe_taps": lambda: TapAnalyser(rate_hz),
        "lunge": lambda: LungeAnalyser(mount, rate_hz),
        "pause": lambda: PauseAnalyser(mount, rate_hz),
        "hops": lambda: HopAnalyser(rate_hz),
        "drop": lambda: HopAnalyser(rate_hz),
    }
    return [make[name]()] if name in make else []


class DrillReader:
    """Takes the samples of one pod in a drill; rows and figures can be asked for at any time.

    ``sway`` is the newest row of SWAY, for a dial; it is read in every drill, and all of it is
    kept for ``tables`` only where ``keep_sway`` says so: a live drill may go on for hours.
    """

    def __init__(
        self,
        name: DrillName,
        mount: Mount,
        rate_hz: float,
        *,
        aim: Aim | None = None,
        landing: LandingUsual | None = None,
        steadiness: Steadiness | None = None,
        keep_sway: bool = False,
    ) -> None:
        self.name, self.mount, self.rate_hz = name, mount, rate_hz
        self.landing, self._steadiness = landing, steadiness
        self._readers = _readers(name, mount, rate_hz, aim or Aim())
        self._swaying = SwayAnalyser(mount, rate_hz)
        self._rows: list[tuple[Analyser, Table]] = []
        self._keep_sway = keep_sway
        self._sway: list[Table] = []
        self.sway = empty(SWAY)
        self.sway_n, self.path_sum = 0, 0.0
        self._figures: tuple[Measure, ...] | None = None
        self.wobbles = self.medial = self.lateral = 0

    @property
    def score(self) -> float:
        """The stability score of the newest row, 0 to 100; NaN before the first."""
        if not len(self.sway):
            return math.nan
        return float(stability(self.sway, self._steadiness or START)[0])

    @property
    def score_grade(self) -> Grade:
        """B against the athlete's own usual, C against the start value that stands in for it."""
        if self._swaying.reason & (Reason.NO_GYRO | Reason.OFFSET):
            return "X"
        return "C" if self._steadiness is None else "B"

    @property
    def directed(self) -> bool:
        """Whether it is known which way a wobble is medial."""
        return not self._swaying.reason & (Reason.SIDE | Reason.MOUNT)

    @property
    def held_s(self) -> float | None:
        """How long the hold that is going on has lasted; None without one."""
        for reader in self._readers:
            if isinstance(reader, HoldAnalyser):
                return reader.held_s
        return None

    @property
    def lifted(self) -> bool:
        """Whether this is a free foot that is off the ground."""
        return any(isinstance(r, LiftAnalyser) and r.lifted for r in self._readers)

    def update(self, block: ImuBlock) -> None:
        """Take the next samples."""
        seen = self._swaying.cells(block)
        if len(seen):
            rows = on_grid(seen.rows)
            self.sway = rows[-1:]
            if self._keep_sway:
                self._sway.append(rows)
            self.sway_n += len(seen)
            for path in rows["path_radps"].tolist():
                self.path_sum += path
            self.wobbles += int(seen.wobbled.sum())
            self.medial += int((rows["wobble"] < 0).sum())
            self.lateral += int((rows["wobble"] > 0).sum())
            if self.name in ("sway", "heel_to_toe", "toe_taps"):
                self._figures = None
        for reader in self._readers:
            self._keep(reader, reader.update(block))

    def finish(self) -> None:
        """Take the end of the recording."""
        for reader in self._readers:
            self._keep(reader, reader.finish())

    def mark(self, t_ns: int) -> None:
        """Take a mark that somebody made: a push, or the end of a hold."""
        for reader in self._readers:
            if isinstance(reader, SettleAnalyser):
                reader.mark(t_ns)
            elif isinstance(reader, HoldAnalyser):
                reader.end_at(t_ns)

    def tables(self) -> dict[str, Table]:
        """Return all rows so far by table."""
        out = {"sway": join(SWAY, self._sway)} if self._keep_sway else {}
        for name, dtype in (("hold", HOLD), ("hop", HOP), ("rep", REP)):
            rows = [
                t for r, t in self._rows if t.dtype == dtype and not isinstance(r, LiftAnalyser)
            ]
            if rows:
                out[name] = join(dtype, rows)
        return out

    @property
    def landings(self) -> Table:
        """Every hop and landing so far."""
        return join(HOP, [t for _, t in self._rows if t.dtype == HOP])

    def lifts(self) -> Table:
        """Return the times off the ground of a free foot."""
        rows = join(HOLD, [t for r, t in self._rows if isinstance(r, LiftAnalyser)])
        long = rows["stop_ns"] - rows["start_ns"] >= _LIFT_LEAST_S * 1e9
        return np.asarray(rows[long & (rows["end"] == END_TOUCHED)])

    def figures(self) -> tuple[Measure, ...]:
        """Return what a person is told, graded; nothing where nothing was done."""
        if self._figures is None:
            self._figures = TOLD[self.name](self)
        return self._figures

    @property
    def side(self) -> Side:
        """The side that did the work: the other one where the pod is on the free foot."""
        if self.name == "hold" and len(self.lifts()):
            return _OTHER[self.mount.side]
        return self.mount.side

    def _keep(self, reader: Analyser, rows: Table) -> None:
        if len(rows):
            self._rows.append((reader, on_grid(rows)))
            self._figures = None


_OTHER: Mapping[Side, Side] = {"left": "right", "right": "left", "unknown": "unknown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillResult:
    """What a whole drill amounts to: which side worked, how long, the figures and the rows."""

    name: DrillName
    side: Side
    seconds: float
    figures: tuple[Measure, ...]
    tables: dict[str, Table]


def read_drill(
    name: DrillName, mount: Mount, blocks: tuple[ImuBlock, ...], marks: tuple[int, ...] = ()
) -> DrillResult:
    """Return what a stored drill amounts to; ``marks`` are what somebody marked in it, in ns."""
    reader = DrillReader(name, mount, blocks[0].rate_hz, keep_sway=True)
    for at_ns in marks:
        reader.mark(at_ns)
    for block in blocks:
        for i in range(0, len(block), 1 << 14):
            reader.update(block[i : i + (1 << 14)])
    reader.finish()
    seconds = (int(blocks[-1].t_ns[-1]) - int(blocks[0].t_ns[0])) / 1e9
    return DrillResult(
        name=name, side=reader.side, seconds=seconds, figures=reader.figures(),
        tables=reader.tables(),
    )  # fmt: skip
