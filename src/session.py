"""One pod while it is being recorded: its bytes kept, its packets decoded, its numbers shown."""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable
from copy import copy
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import CatfootError, StoreError
from .ingest.devices import heartrate
from .ingest.reader import Reader
from .ingest.records import MARKER, Splitter, is_context
from .ingest.source import LinkState
from .signal.drills import DrillReader
from .signal.imu import G_MPS2, ImuBlock
from .signal.measures import Measure
from .signal.places import StepReader, step_reader
from .signal.steps import Mount, StepAnalyser
from .signal.tables import READING, STEP, FloatArray, Table
from .store.raw import OpenRecording, Writer

log = logging.getLogger(__name__)

Snapshot = dict[str, Any]

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
        self._recent: deque[Table] = deque(maxlen=RECENT_STEPS)
        self._reading: Table | None = None

    def see(self, block: ImuBlock, reader: Reader) -> None:
        """Take samples."""
        if self.rate_hz != block.rate_hz:
            self._begin(reader, block.rate_hz)
        if self._drill is not None:
            self._drill.update(block)
        elif self._steps is not None:
            self.hear(self._steps.update(block))
        self.sample_ns = int(block.t_ns[-1])
        self.samples += len(block)

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
            self._recent.extend(rows[i : i + 1] for i in range(max(0, len(rows) - 8), len(rows)))
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
        recent = np.concatenate(list(self._recent)) if self._recent else np.zeros(0, STEP)
        out: Snapshot = {
            "steps": self.steps,
            # two steps a stride, 60 s a minute
            **_shown("cadence_spm", 120 / _median(recent["stride_s"]), 1, recent["grade_time"]),
            **_shown("gct_ms", _median(recent["gct_s"]) * 1000, 0, recent["grade_time"]),
            **_shown("shock_g", _median(recent["shock_mps2"]) / G_MPS2, 2, recent["grade_impact"]),
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


def _told(one: Measure) -> Snapshot:
    """Return a figure of a drill, in the shape of a set's ``results``."""
    return {
        "name": one.name, "key": one.key, "value": None if one.value is None else round(one.value, 3),
        "grade": one.grade, "n": one.n, "reasons": list(one.reasons),
    }  # fmt: skip


def _utc_ns(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1e6) * 1000


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


class Session:
    """One pod's recording while it is made."""

    def __init__(
        self, athlete: str, recording: OpenRecording, writer: Writer,
        shown: Callable[["Session"], None],
    ) -> None:  # fmt: skip
        self.athlete, self.id = athlete, recording.recording
        self.size = self.durable = recording.size
        self.owner: object = None  # who sends; a newer connection takes over from an older one
        self.idle_since: float | None = None
        self.replayed = False  # a stored run shown as live
        self.sealing = False  # nobody may add to it, or take it over, meanwhile
        self.fault: CatfootError | None = None  # the log lacks bytes: reopen, or go on and say
        self.unkept = 0
        self.reader, self.foot = Reader(), Foot()
        self._recording, self._writer, self._shown = recording, writer, shown
        self._splitter = Splitter()
        self._packets_before = self._marks = 0
        self._loop = asyncio.get_running_loop()

    def resume(self) -> None:
        """Read what a crash left, just far enough to go on: samples of the past stay there."""
        for payload in self._splitter.feed(self._recording.read()):
            if is_context(payload):
                self.reader.take(payload)
            else:
                self._packets_before += 1

    def extend(self, offset: int, data: bytes, durable: Callable[[int], None]) -> None:
        """Keep, decode and show bytes that follow ``offset``; what is here already is skipped.

        ``durable`` is called in the event loop with the size that is on disk. Raises
        ValueError for a gap or for bytes that are no records, StoreError where they could not
        be kept: then nothing of them was taken.
        """
        if offset > self.size:
            raise ValueError(f"expected bytes from {self.size}, got them from {offset}")
        data = data[self.size - offset :]
        if not data:
            self._loop.call_soon(durable, self.durable)
            return
        splitter = copy(self._splitter)
        payloads = splitter.feed(data)

        def done(size: int) -> None:
            self._loop.call_soon_threadsafe(self._kept, size, durable)

        def failed(fault: CatfootError) -> None:
            self._loop.call_soon_threadsafe(self._failed, fault)

        if not self._writer.submit(self._recording, data, done, failed):
            raise StoreError("the disk is too slow to keep what arrives")
        self._splitter = splitter
        self.size += len(data)
        for payload in payloads:
            self._decode(payload)
        self._shown(self)

    def say(self, state: LinkState, battery_pct: int | None = None, dropped: int = 0) -> None:
        """Take what the collector knows of the pod beside its packets."""
        self.foot.state = state
        self.foot.battery_pct = self.foot.battery_pct if battery_pct is None else battery_pct
        self.foot.inbox_dropped = dropped
        self._shown(self)

    def seal(self, handed_on: Callable[[str], object]) -> str | None:
        """Close the recording and return its content hash; None where it held no packet.

        ``handed_on`` is told the hash of a run, or of a drill that says which one it is. The log
        goes only after that, so that no crash can leave one that nobody measures; any other drill
        is kept, and the page files what was done in it.
        """
        self._writer.flush()
        if self.reader.packets + self._packets_before == 0:
            self._recording.abandon()
            return None
        header = self.reader.header
        measured = header is not None and (header.mode == "run" or header.drill is not None)
        return self._recording.close(handed_on if measured else None)

    def release(self) -> None:
        """Let go of the recording and leave it to be resumed."""
        self._writer.flush()
        self._recording.release()

    @property
    def place(self) -> str:
        """Where in the snapshot its numbers stand: the foot, or the heart."""
        heart = self.reader.profile is heartrate.PROFILE
        return "heart" if heart else self.reader.side

    def snapshot(self) -> Snapshot:
        """Return this foot's part of the snapshot."""
        reader, foot, decoder = self.reader, self.foot, self.reader.decoder
        lost = getattr(decoder, "lost_samples", 0)  # what a family has no way to see is 0
        at = None if foot.sample_ns is None else reader.utc(foot.sample_ns)
        return {
            "state": foot.state,
            "device": reader.header.name or reader.header.device if reader.header else "",
            "battery_pct": foot.battery_pct,
            "rate_hz": foot.rate_hz or (reader.info.rate_hz if reader.info else 1.0),
            "packets": reader.packets,
            "lost_frac": round(lost / max(1, foot.samples + lost), 4),
            "gaps": getattr(decoder, "gaps", 0),
            "refused": reader.refused,
            "inbox_dropped": foot.inbox_dropped,
            "unkept": self.unkept,
            **foot.numbers(),
            "sample_at_ns": _utc_ns(at),
            "late_ms": round(reader.late_ns / 1e6),
            "received_at_ns": _utc_ns(reader.received_at()),
            "clock": "device" if reader.profile and reader.profile.wrap_ns else "host",
        }

    def _decode(self, payload: bytes) -> None:
        for said in self.reader.take(payload):
            if isinstance(said, ImuBlock):
                self.foot.see(said, self.reader)
            elif isinstance(said, np.ndarray):
                self.foot.hear(said)
        for at_ns, what in self.reader.marks[self._marks :]:
            self._marks += 1
            if what == MARKER:
                self.foot.mark(at_ns)

    def _kept(self, size: int, durable: Callable[[int], None]) -> None:
        self.durable = max(self.durable, size)
        durable(self.durable)

    def _failed(self, fault: CatfootError) -> None:
        self.fault = fault
        self.unkept += 1
        log.error("recording %s is not kept: %s", self.id, fault)
