"""The quiet-landing drill: how soft each landing was, whatever the height it came from.

A foot that falls faster is stopped harder by the same technique, in proportion to its speed; so
softness is shock per speed of the fall, against the athlete's own usual: 0 hard, 50 the usual,
100 soft, as in softness.py. A technique measure, never one of risk.
"""

from dataclasses import dataclass

import numpy as np

from .imu import G_MPS2
from .tables import FloatArray, Table

VERSION = 1
_WIDTH = 0.25  # as in softness.py: 41 % harder than the usual is 20, 29 % softer is 80
_LEAST = 5
_CLIPPED_MOST = 0.5  # of the landings: beyond, the sensor's ceiling would be scored


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingUsual:
    """An athlete's usual landing with one device: the middle ln of shock per speed, and of n."""

    version: int = VERSION
    ln_shock_s: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietSet:
    """A set of quiet landings: ``scores`` one a landing, NaN where its shock or fall is unknown.

    ``in_band`` counts those within the target band.
    """

    scores: FloatArray
    best: float
    median: float
    in_band: int
    n: int


def falls_mps(rows: Table) -> FloatArray:
    """Return the speed each landing of HOP was met with, NaN where its fall was not seen.

    A drop falls for its whole flight; a hop for half of the flight before, which the row before
    has.
    """
    dropped = np.isnan(rows["gct_s"])
    before = np.concatenate([[np.nan], rows["flight_s"][:-1]])
    ended = np.concatenate([[True], dropped[:-1]])
    hopped = np.where(ended, np.nan, before / 2)
    own = rows["flight_s"].copy()
    # The last hop of a row of hops lands after a flight that went up and down.
    fall_s = np.where(dropped & ended, own, np.where(dropped, own / 2, hopped))
    return np.asarray(G_MPS2 * fall_s)


def usual_landing(rows: Table) -> LandingUsual | None:
    """Return the usual of earlier landings; None of fewer than five that are known."""
    x = _ln_shock_s(rows)
    x = x[~np.isnan(x)]
    return LandingUsual(ln_shock_s=float(np.median(x)), n=len(x)) if len(x) >= _LEAST else None


def quiet_set(
    rows: Table, usual: LandingUsual | None, band: tuple[float, float] = (55.0, 90.0)
) -> QuietSet:
    """Score landings against the usual; without one, against the middle of these very ones.

    Above 90 nobody lands: there the pod was touched, not the floor.
    """
    own = usual or usual_landing(rows)
    x = _ln_shock_s(rows)
    scores = np.full(len(rows), np.nan) if own is None else _scored(x - own.ln_shock_s)
    known = scores[~np.isnan(scores)]
    return QuietSet(
        scores=scores,
        best=float(known.max()) if len(known) else np.nan,
        median=float(np.median(known)) if len(known) else np.nan,
        in_band=int(((known >= band[0]) & (known <= band[1])).sum()),
        n=len(rows),
    )


def too_hard_to_score(rows: Table) -> bool:
    """Whether so many landings hit the end of the sensor's range that scores mean nothing."""
    return len(rows) > 0 and float((rows["clipped"] > 0).mean()) > _CLIPPED_MOST


def _scored(x: FloatArray) -> FloatArray:
    return np.asarray(100 / (1 + np.exp(x / _WIDTH)))


def _ln_shock_s(rows: Table) -> FloatArray:
    falls = falls_mps(rows)
    known = (falls > 0) & (rows["shock_mps2"] > 0) & (rows["grade"] > 0)
    ratio = np.where(known, rows["shock_mps2"], np.nan) / np.where(known, falls, np.nan)
    return np.asarray(np.log(ratio))
