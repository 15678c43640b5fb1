"""The live numbers of one pod: the median of the last steps, the newest sway, the drill so far."""

import math
from typing import Any

import numpy as np
import numpy.fft  # with numpy.ma: else in the middle of a run, which holds everybody up for 50 ms
import numpy.ma
import numpy.typing as npt

from .ingest.reader import Reader
from .ingest.source import LinkState
from .signal.drills import DrillReader
from .signal.imu import G_MPS2, ImuBlock
from .signal.measures import Measure
from .signal.places import StepReader, step_reader
from .signal.steps import Mount, StepAnalyser
from .signal.tables import READING, STEP, FloatArray, Table, join

Snapshot = dict[str, Any]

TURNED_NS = 500_000_000  # how long a movement stays to be seen: snapshots come ten a second
RECENT_STEPS = 8  # what the live numbers are the median of, about 5 s of running
GRADES = "XCBA"


class Foot:
    """The live numbers of one pod: the median of the last steps, the newest sway."""

    def __init__(self) -> None:
        self.state: LinkState = "connecting"
        self.battery_pct: int | None = None
        self.inbox_dropped = 0
        self.samples = 0
        self.steps = 0
        self.sample_ns: int | None = None
        self._steps: StepReader | None = None
        self._drill: DrillReader | None = None
        self.rate_hz: float | None = None
        self._recent = np.zeros(0, STEP)
        self._stepping: Snapshot | None = None  # what the recent steps amount to, once asked
        self._reading: Table | None = None
        self._turned: list[tuple[int, float]] = []  # of each block: its end, its fastest turning

    def see(self, block: ImuBlock, reader: Reader) -> None:
        """Take samples."""
        if self.rate_hz != block.rate_hz:
            self._begin(reader, block.rate_hz)
        if self._drill is not None:
            self._drill.update(block)
        elif self._steps is not None:
            self.hear(self._steps.update(block))
        self.sample_ns = int(block.t_ns[-1])
        self._turn(block)
        self.samples += len(block)

    def _turn(self, block: ImuBlock) -> None:
        """Keep how fast the foot turned in the last half second."""
        if block.gyr is None or not len(block):
            return
        fastest = float(np.max(np.linalg.norm(block.gyr, axis=1)))
        end_ns = int(block.t_ns[-1])
        kept = [one for one in self._turned if 0 <= end_ns - one[0] < TURNED_NS]
        self._turned = [*kept, (end_ns, fastest)]

    def mark(self, t_ns: int) -> None:
        """Take a mark that somebody made, at a time of the recording: a push, the end of a hold."""
        if self._drill is not None:
            self._drill.mark(t_ns)

    def _begin(self, reader: Reader, rate_hz: float) -> None:
        """Choose what looks at the samples, by the mode of the recording and by the place."""
        shows_loss = reader.profile is None or reader.profile.shows_loss
        mount, header = Mount(reader.side, reader.place, shows_loss), reader.header
        self.rate_hz = rate_hz
        if header is not None and header.mode == "drill":
            self._drill = DrillReader(header.drill or "sway", mount, rate_hz)
        else:
            self._steps = step_reader(mount, rate_hz)

    def hear(self, rows: Table) -> None:
        """Take rows of any table."""
        if not len(rows):
            return
        if rows.dtype == STEP:
            self.steps += len(rows)
            # A copy: a view of the rows would keep all of them.
            self._recent = join(STEP, [self._recent, rows])[-RECENT_STEPS:].copy()
            self._stepping = None
        elif rows.dtype == READING:
            self._reading = rows[-1:]
            self.sample_ns = int(rows["t_ns"][-1])

    def end(self) -> None:
        """Take it that no more samples come: what only the end makes certain is shown too."""
        if self._steps is not None:
            self.hear(self._steps.finish())
        if self._drill is not None:
            self._drill.finish()
        self._steps, self.state = None, "closed"

    def numbers(self) -> Snapshot:
        """Return what a snapshot says of this foot's steps and sway."""
        if isinstance(self._steps, StepAnalyser):
            self._steps.hasten()
        if self._stepping is None:
            self._stepping = _stepping(self._recent)
        out: Snapshot = {
            "steps": self.steps,
            **self._stepping,
            "turning_degps": self._turning(),
            "sway": self._swaying(),
            "drill": self._drilling(),
        }
        if self._drill is not None and len(landings := self._drill.landings):
            out["steps"] = len(landings)
            newest = landings[-1:]
            out |= _shown("shock_g", float(newest["shock_mps2"][0]) / G_MPS2, 2, newest["grade"])
        if self._reading is not None:
            cadence = float(self._reading["cadence_spm"][0])
            out["cadence_spm"] = _number(cadence, 1)
            out["cadence_grade"] = "X" if math.isnan(cadence) else "B"  # as in the run's summary
            for column in ("speed_mps", "power_w", "heart_rate_bpm"):
                out[column] = _number(float(self._reading[column][0]), 2)
        return out

    def _turning(self) -> float | None:
        known = [fastest for _, fastest in self._turned if not math.isnan(fastest)]
        return _number(math.degrees(max(known)), 1) if known else None

    def _swaying(self) -> Snapshot | None:
        drill = self._drill
        if drill is None or not len(drill.sway):
            return None
        row = drill.sway[0]
        return {
            "roll_deg": _number(math.degrees(row["roll_rad"]), 2),
            "pitch_deg": _number(math.degrees(row["pitch_rad"]), 2),
            "ml_acc_rms_mps2": _number(float(row["ml_acc_rms_mps2"]), 3),
            "wobbles": drill.wobbles,
            "wobbles_medial": drill.medial if drill.directed else None,
            "wobbles_lateral": drill.lateral if drill.directed else None,
            "stability": None if drill.score_grade == "X" else _number(drill.score, 0),
            "stability_grade": drill.score_grade,
        }

    def _drilling(self) -> Snapshot | None:
        drill = self._drill
        if drill is None:
            return None
        return {
            "name": drill.name,
            "side": drill.side,
            "held_s": None if drill.held_s is None else _number(drill.held_s, 1),
            "lifted": drill.lifted,
            "figures": [_told(one) for one in drill.figures()],
        }


def _stepping(recent: Table) -> Snapshot:
    """Return what steps amount to: the median of each number, and its grade."""
    time, impact = recent["grade_time"], recent["grade_impact"]
    return {
        # two steps a stride, 60 s a minute
        **_shown("cadence_spm", 120 / _median(recent["stride_s"]), 1, time),
        **_shown("gct_ms", _median(recent["gct_s"]) * 1000, 0, time),
        **_shown("shock_g", _median(recent["shock_mps2"]) / G_MPS2, 2, impact),
        **_shown(
            "strike_deg", math.degrees(_median(recent["strike_rad"])), 1, recent["grade_angle"]
        ),
    }


def _told(one: Measure) -> Snapshot:
    """Return a figure of a drill, in the shape of a set's ``results``."""
    return {
        "name": one.name, "key": one.key, "value": None if one.value is None else round(one.value, 3),
        "grade": one.grade, "n": one.n, "reasons": list(one.reasons),
    }  # fmt: skip


def _median(values: FloatArray) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else math.nan


def _number(value: float, digits: int) -> float | None:
    return round(value, digits) if math.isfinite(value) else None


def _shown(key: str, value: float, digits: int, grades: npt.NDArray[np.uint8]) -> Snapshot:
    """Return a number under its key, and its grade; X is withheld here as everywhere."""
    known = math.isfinite(value) and len(grades) > 0
    grade = GRADES[int(np.median(grades))] if known else "X"
    shown = None if grade == "X" else round(value, digits)
    return {key: shown, f"{key.partition('_')[0]}_grade": grade}
