"""What you get with what you own: kinds of devices against measures and flags, as data.

A cell is a grade, or the reason why there is none. Grades of samples come from the rules that
grade the steps themselves (signal/grades.py), so this table cannot promise more than a run gets.
docs/devices.md, the pages and ``catfoot scan`` show it.
"""

from dataclasses import dataclass
from typing import Literal

from ..signal.grades import best_of

Grade = Literal["A", "B", "C", "said"]
Said = Literal["cadence", "contact", "balance", "distance", "heart"]

_LETTERS: tuple[Grade | None, ...] = (None, "C", "B", "A")
_IMPACT_GOOD_HZ = 390.0  # signal/grades.py; a test holds the two together

MEASURES = ("cadence", "contact time", "softness", "left/right", "drills")
FLAGS = tuple(f"F{n:02d}" for n in range(1, 25))
COLUMNS = (*MEASURES, *FLAGS)


@dataclass(frozen=True, slots=True)
class Cell:
    """A grade, "said" for what people write down themselves, or None and the reason."""

    grade: Grade | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """A device's memory; ``sample_bytes`` is what one sample of both sensors takes there.

    ``makers_s`` is for a device whose maker says how long it records, and not its size.
    """

    rate_hz: float
    size_bytes: int = 0
    sample_bytes: float = 0.0
    makers_s: float | None = None

    @property
    def seconds(self) -> float:
        """How long it records until it is full."""
        if self.makers_s is not None:
            return self.makers_s
        return self.size_bytes / (self.rate_hz * self.sample_bytes)

    def said(self) -> str:
        """Return it as a runner needs it.

        >>> Storage(size_bytes=384_000, rate_hz=104, sample_bytes=24).said()
        '384 kB: 2.6 min at 104 Hz: drills, not runs'
        >>> Storage(size_bytes=123_000_000, rate_hz=208, sample_bytes=24).said()
        '123 MB: 6.8 h at 208 Hz'
        """
        size, unit = self.size_bytes / 1e6, "MB"
        if size < 1:
            size, unit = size * 1000, "kB"
        of = f"{size:.0f} {unit}" if self.makers_s is None else "its maker's figure"
        minutes = self.seconds / 60
        long = f"{minutes / 60:.1f} h" if minutes >= 120 else f"{minutes:.1f} min"
        enough = "" if minutes >= 20 else ": drills, not runs"
        return f"{of}: {long} at {self.rate_hz:g} Hz{enough}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One thing a runner may own; ``rate_hz`` of its samples, 0 where it gives none.

    ``says`` is what it computes itself. ``live`` needs it connected while one runs; ``unread``
    says what it stores by itself and catfoot cannot fetch.
    """

    key: str
    name: str
    profiles: tuple[str, ...] = ()
    rate_hz: float = 0.0
    gyro: bool = True
    on_foot: bool = True
    feet: int = 1
    live: bool = True
    clock: bool = True
    says: frozenset[Said] = frozenset()
    storage: Storage | None = None
    unread: str = ""

    @property
    def stores(self) -> str | None:
        """What it records by itself, in words; None where that is nothing."""
        return self.unread or (None if self.storage is None else self.storage.said())

    def cell(self, column: str) -> Cell:
        """Return what this gives for a measure or a flag."""
        rule = _RULES.get(column)
        return rule(self) if rule is not None else Cell("said", WRITTEN)


WRITTEN = "from what you write down"
_NO_SHOE = "needs a sensor on the shoe"
_NO_TURN = "needs the turn rate of the shoe"
_NO_COUNTER = "without clock and counter: lost samples cannot be seen"


def _samples(kind: Kind) -> bool:
    """Whether steps can be found: no contact shows in acceleration alone."""
    return bool(kind.rate_hz) and kind.on_foot and kind.gyro


def _graded(kind: Kind, best: int) -> Cell:
    if not kind.clock:
        return Cell(_LETTERS[min(best_of(kind.rate_hz), best, 1)], _NO_COUNTER)
    return Cell(_LETTERS[min(best_of(kind.rate_hz), best)])


def _cadence(kind: Kind) -> Cell:
    if _samples(kind):
        return _graded(kind, 3)
    return Cell("B") if "cadence" in kind.says else Cell(None, "nothing counts the steps")


def _contact(kind: Kind) -> Cell:
    if _samples(kind):
        return _graded(kind, 2)  # in running no pod on a foot was compared with a force plate
    if "contact" in kind.says:
        return Cell("B")
    return Cell(None, _NO_TURN if kind.rate_hz else _NO_SHOE)


def _softness(kind: Kind) -> Cell:
    if not _samples(kind):
        return Cell(None, _NO_TURN if kind.rate_hz else _NO_SHOE)
    return _graded(kind, 2 if kind.rate_hz >= _IMPACT_GOOD_HZ else 1)


def _sides(kind: Kind) -> Cell:
    if "balance" in kind.says:
        return Cell("B")
    if kind.feet == 2:
        return _contact(kind)
    return Cell(None, "needs both feet")


def _drills(kind: Kind) -> Cell:
    if not _samples(kind):
        return Cell(None, "needs samples of a sensor on the foot")
    return _graded(kind, 2) if kind.live else Cell(None, "needs to be live")


def _load(kind: Kind) -> Cell:
    if "distance" in kind.says:
        return Cell("B")
    return Cell("C") if _samples(kind) else Cell("said", WRITTEN)


def _heartbeats(kind: Kind) -> Cell:
    if "heart" not in kind.says:
        return Cell(None, "needs a heart rate")
    return Cell("B") if "distance" in kind.says else Cell(None, "needs speed beside it")


def _steady(kind: Kind) -> Cell:
    drills = _drills(kind)
    return drills if drills.grade else Cell("said", WRITTEN)


def _week(kind: Kind) -> Cell:
    if _samples(kind):
        return _softness(kind)
    return Cell("C", "from distance and cadence") if "cadence" in kind.says else _softness(kind)


def _little(kind: Kind) -> Cell:
    return Cell("A") if kind.rate_hz or kind.says else Cell(None, "no recording, nothing to judge")


_RULES = {
    "cadence": _cadence,
    "contact time": _contact,
    "softness": _softness,
    "left/right": _sides,
    "drills": _drills,
    "F01": _load,
    "F02": _load,
    "F09": _contact,
    "F10": _heartbeats,
    "F11": _softness,
    "F12": _contact,
    "F13": _steady,
    "F14": _sides,
    "F15": _week,
    "F24": _little,
}

_HOUR_POD = Storage(size_bytes=16_000_000, rate_hz=200, sample_bytes=12)

KINDS: tuple[Kind, ...] = (
    Kind(key="nothing", name="nothing", on_foot=False, feet=0, live=False),
    Kind(
        key="phone", name="phone: a running app's GPX or TCX", on_foot=False, feet=0, live=False,
        says=frozenset({"distance"}),
    ),
    Kind(
        key="strap", name="heart rate strap beside a phone", profiles=("heartrate",),
        on_foot=False, feet=0, says=frozenset({"heart", "distance"}),
    ),
    Kind(
        key="stryd-live", name="Stryd and other foot pods, live", profiles=("rsc",),
        says=frozenset({"cadence", "distance"}),
    ),
    Kind(
        key="stryd-fit", name="Stryd's FIT file", live=False,
        says=frozenset({"cadence", "contact", "distance"}),
    ),
    Kind(
        key="watch-fit", name="watch's FIT file with heart rate", on_foot=False, feet=0, live=False,
        says=frozenset({"cadence", "distance", "heart"}),
    ),
    Kind(
        key="watch-dynamics", name="watch's FIT file with running dynamics", on_foot=False, feet=2,
        live=False, says=frozenset({"cadence", "contact", "balance", "distance", "heart"}),
    ),
    Kind(
        key="witmotion", name="WitMotion on the shoe", profiles=("witmotion",), rate_hz=100.0,
        clock=False,
    ),
    Kind(
        key="dot", name="Movella DOT on the shoe", profiles=("dot",), rate_hz=60.0,
        storage=Storage(rate_hz=60, makers_s=88 * 60),  # version 1; version 2 four times that
    ),
    Kind(
        key="h10", name="Polar H10 on the shoe", rate_hz=200.0, gyro=False,
        says=frozenset({"heart"}),
    ),
    Kind(
        key="verity", name="Polar Verity Sense on the shoe", profiles=("polar",), rate_hz=208.0,
        unread="52 Hz at most, which catfoot cannot fetch: record live",
    ),
    Kind(
        key="movesense", name="Movesense on the shoe", profiles=("movesense",), rate_hz=208.0,
        storage=Storage(size_bytes=384_000, rate_hz=104, sample_bytes=24),
    ),
    Kind(
        key="movesense-flash", name="Movesense Flash on the shoe", rate_hz=208.0,
        storage=Storage(size_bytes=123_000_000, rate_hz=208, sample_bytes=24),
    ),
    Kind(
        key="capture2go", name="Capture2Go on the shoe", profiles=("capture2go",), rate_hz=200.0,
    ),
    Kind(
        key="openpod", name="open pod at 200 Hz", profiles=("openpod",), rate_hz=200.0,
        storage=_HOUR_POD,
    ),
    Kind(
        key="openpod-400", name="open pod at 400 Hz", rate_hz=400.0,
        storage=Storage(size_bytes=16_000_000, rate_hz=400, sample_bytes=12),
    ),
    Kind(key="two-pods", name="two pods with samples at 200 Hz", rate_hz=200.0, feet=2),
    Kind(
        key="two-pods-watch", name="two pods at 200 Hz and a watch", rate_hz=200.0, feet=2,
        says=frozenset({"distance", "heart"}),
    ),
)  # fmt: skip


def kind_of(profile: str) -> Kind | None:
    """Return the kind that stands for a family, None for one without."""
    return next((kind for kind in KINDS if profile in kind.profiles), None)


def gives(kind: Kind) -> str:
    """Return one line of what a device gives, for a list of what is in range."""
    cells = {column: kind.cell(column) for column in MEASURES}
    good = [f"{name} {cell.grade}" for name, cell in cells.items() if cell.grade]
    if "heart" in kind.says:
        good.append("heart rate")
    return ", ".join(good) or "nothing that catfoot measures"
