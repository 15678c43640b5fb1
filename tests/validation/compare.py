"""Agreement with a reference: bias, spread, limits, matches."""

from dataclasses import dataclass

import numpy as np

from catfoot.signal.tables import FloatArray, IntArray

from .measure import Measured
from .recordings import Events


@dataclass(frozen=True, slots=True)
class Agreement:
    """Errors (measured minus reference) in few numbers, in the unit of the errors."""

    n: int
    bias: float
    sd: float
    robust_sd: float
    rmse: float
    mae: float
    worst: float

    @property
    def limits(self) -> tuple[float, float]:
        """Limits of agreement, bias +- 1.96 SD (Bland and Altman 1986, Lancet 327:307)."""
        return self.bias - 1.96 * self.sd, self.bias + 1.96 * self.sd


def agreement(errors: FloatArray) -> Agreement:
    """Return the agreement of all errors that are known."""
    e = np.asarray(errors, float)
    e = e[~np.isnan(e)]
    if not len(e):
        return Agreement(0, *[float("nan")] * 6)
    return Agreement(
        n=len(e),
        bias=float(e.mean()),
        sd=float(e.std()),
        robust_sd=robust_sd(e),
        rmse=float(np.sqrt((e * e).mean())),
        mae=float(np.abs(e).mean()),
        worst=float(np.abs(e).max()),
    )


def robust_sd(x: FloatArray) -> float:
    """1.4826 times the median absolute deviation."""
    return float(1.4826 * np.median(np.abs(x - np.median(x))))


def gated(errors: FloatArray) -> FloatArray:
    """Errors within 4 robust SD of their median (baseline.md 3.2)."""
    e = errors[~np.isnan(errors)]
    return np.asarray(e[np.abs(e - np.median(e)) <= 4 * robust_sd(e) + 1e-9])


def match(truth: FloatArray, found: FloatArray, within: float) -> tuple[IntArray, IntArray]:
    """Return index pairs (truth, found) of nearest neighbours that are each other's nearest."""
    if not len(truth) or not len(found):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    gap = np.abs(found[None, :] - truth[:, None])
    to_found, to_truth = gap.argmin(axis=1), gap.argmin(axis=0)
    i = np.arange(len(truth))
    good = (to_truth[to_found] == i) & (gap[i, to_found] <= within)
    return i[good], to_found[good]


def event_errors_s(truth: FloatArray, found: FloatArray) -> FloatArray:
    """Found less true, of events within 150 ms of each other."""
    truth = truth[~np.isnan(truth)]
    i, j = match(truth, found, 0.15)
    return np.asarray(found[j] - truth[i])


def stance_error_ms(truth: Events, found: Measured) -> FloatArray:
    """Contact times of a recording less the reference's, of contacts within 150 ms."""
    steps = found.steps[~np.isnan(found.steps["gct_s"])]
    whole = ~np.isnan(truth.ic_s) & ~np.isnan(truth.fc_s)
    i, j = match(truth.ic_s[whole], steps["ic_ns"] / 1e9, 0.15)
    stance = (truth.fc_s - truth.ic_s)[whole]
    return np.asarray((steps["gct_s"][j] - stance[i]) * 1e3)


def theil_sen(x: FloatArray, y: FloatArray) -> float:
    """Median slope of all pairs."""
    i, j = np.triu_indices(len(x), 1)
    return float(np.median((y[j] - y[i]) / (x[j] - x[i])))
