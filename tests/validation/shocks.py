"""Softness: whether shock keeps its order when landings clip, and how well it repeats."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import stats

from catfoot.signal import synth
from catfoot.signal.imu import G_MPS2
from catfoot.signal.softness import Usual, score, usual_of
from catfoot.signal.summary import SUMMARY_VERSION, Summary, summarise
from catfoot.signal.synth import Gait, Sensor
from catfoot.signal.tables import FloatArray, Table

from . import recordings
from .compare import match
from .figure import Figure
from .measure import measure


def softness(data: Path) -> Iterator[Figure]:
    """Whether the shock keeps its order when landings clip, and how well it repeats."""
    rng = np.random.default_rng(5)
    parts = [
        (Gait(touchdown_mps=1.2 * a, arrest_s=0.03 * b, impact_spread=0.18), 20.0)
        for a, b in np.exp(0.2 * rng.standard_normal((75, 2))).tolist()
    ]
    whole = measure(_clipping(parts, 64.0).block).steps
    top_g = np.sort(whole["ppa_mps2"][~np.isnan(whole["ppa_mps2"])]) / G_MPS2
    for share, least in ((0.10, 0.98), (0.30, 0.95), (0.50, 0.92), (0.75, 0.85)):
        # The range is of an axis, the peak of the three together.
        limit = float(np.quantile(top_g, 1 - share)) / 1.03
        steps = measure(_clipping(parts, limit).block).steps
        rho, clipped = _kept_order(whole, steps)
        yield Figure(
            f"shock with {100 * clipped:.0f} % of {len(steps)} synthetic landings clipped",
            f"Spearman of 20-step medians {rho:.3f}", f">= {least} (at {100 * share:.0f} %)",
            rho >= least,
        )  # fmt: skip
    yield from _pyshoe_clipped(data)
    yield from _repeats(data)


def _clipping(parts: list[tuple[Gait, float]], range_g: float) -> synth.Synthetic:
    return synth.going(parts, sensor=Sensor(acc_range_g=range_g), seed=11)


def _kept_order(whole: Table, steps: Table) -> tuple[float, float]:
    """Spearman of rolling 20-step medians of shock, and the share clipped."""
    i, j = match(whole["ic_ns"] / 1e9, steps["ic_ns"] / 1e9, 0.05)
    a, b = whole["shock_mps2"][i], steps["shock_mps2"][j]
    known = ~np.isnan(a) & ~np.isnan(b)
    a, b = (
        np.median(np.lib.stride_tricks.sliding_window_view(x[known], 20), axis=1) for x in (a, b)
    )
    return _spearman(a, b), float((steps["clipped"] > 0).mean())


def _spearman(a: FloatArray, b: FloatArray) -> float:
    return float(np.corrcoef(stats.rankdata(a), stats.rankdata(b))[0, 1])


def _pyshoe_clipped(data: Path) -> Iterator[Figure]:
    """The same on real landings, their range cut by hand."""
    blocks = [recordings.pyshoe(data, name).block for name in recordings.RUNS]
    whole = [measure(b).steps for b in blocks]
    top = np.sort(np.concatenate([w["ppa_mps2"][~np.isnan(w["ppa_mps2"])] for w in whole]))
    for share in (0.10, 0.30, 0.50, 0.75):
        limit = float(np.quantile(top, 1 - share)) / 1.1
        cut = [
            replace(b, acc=np.clip(b.acc, -limit, limit), acc_range_mps2=(limit,) * 3)
            for b in blocks
        ]
        rho, clipped = _kept_order_of(
            [(w, measure(b).steps) for w, b in zip(whole, cut, strict=True)]
        )
        yield Figure(
            f"shock with {100 * clipped:.0f} % of pyshoe landings clipped by hand",
            f"Spearman of steps {rho:.3f}",
        )


def _kept_order_of(pairs: list[tuple[Table, Table]]) -> tuple[float, float]:
    a, b, clipped = [], [], []
    for whole, steps in pairs:
        i, j = match(whole["ic_ns"] / 1e9, steps["ic_ns"] / 1e9, 0.05)
        a.append(whole["shock_mps2"][i])
        b.append(steps["shock_mps2"][j])
        clipped.append(steps["clipped"] > 0)
    x, y = np.concatenate(a), np.concatenate(b)
    known = ~np.isnan(x) & ~np.isnan(y)
    return _spearman(x[known], y[known]), float(np.concatenate(clipped).mean())


def _repeats(data: Path) -> Iterator[Figure]:
    """Scatter of a minute's median; speed; two sessions of the same runners."""
    x, y = [], []
    for name in recordings.RUNS:
        steps = measure(recordings.pyshoe(data, name).block).steps
        speed = np.concatenate([[np.nan], steps["speed_mps"][:-1]])
        known = ~np.isnan(speed) & ~np.isnan(steps["shock_mps2"]) & (speed > 0.6)
        x.append(np.log(speed[known]))
        y.append(np.log(steps["shock_mps2"][known]))
    ln_v, ln_shock = np.concatenate(x), np.concatenate(y)
    slope, level = np.polyfit(ln_v, ln_shock, 1)
    rest = ln_shock - slope * ln_v - level
    rng = np.random.default_rng(1)
    medians = np.median(rng.choice(rest, (2000, 80)), axis=1)
    error = 100 * float(medians.std())
    yield Figure(
        "shock, bootstrap SE of an 80-step median, pooled pyshoe at equal speed",
        f"{error:.1f} % (slope with ln speed {slope:.2f})", "<= 3 %", error <= 3,
    )  # fmt: skip
    yield from _speeds()
    yield _sessions()


def _speeds() -> Iterator[Figure]:
    """What speed alone does to the score: the mean of draws. A draw has its runs' scatter too."""
    for growth, who in ((0.54, "as jogging pyshoe's do"), (0.0, "not at all")):
        found = np.array([_by_speed(growth, seed=100 * k) for k in range(5)]) - 50
        slow, fast = found.mean(axis=0)
        yield Figure(
            "softness, speed -20 and +20 %, synthetic, six runs of 3 min within +-10 % before,"
            f" landings that grow with speed {who}: mean of five draws",
            f"{slow:+.1f}, {fast:+.1f} points (a draw by itself: SD {found.std(axis=0).mean():.1f},"
            f" worst {np.abs(found).max():.1f})",
            "<= 3 points", max(abs(slow), abs(fast)) <= 3,
        )  # fmt: skip


def _by_speed(growth: float, seed: int) -> list[float]:
    """Softness of a run a fifth slower and one a fifth faster than the runs before."""
    speeds = (2.7, 2.85, 3.0, 3.0, 3.15, 3.3)
    usual = usual_of([_run(v, growth, seed + k) for k, v in enumerate(speeds)])
    out = []
    for v in (2.4, 3.6):
        soft = _run(v, growth, seed + 9, usual).measure("softness")
        assert soft is not None
        assert soft.value is not None
        out.append(soft.value)
    return out


def _run(speed_mps: float, growth: float, seed: int, usual: Usual | None = None) -> Summary:
    """Return the summary of three minutes of the left foot."""
    gait = Gait(speed_mps=speed_mps, touchdown_mps=1.2 * (speed_mps / 3) ** growth)
    found = measure(synth.runner(180.0, gait=gait, seed=seed).block)
    return summarise(found.steps, found.findings, 180.0, "left", usual)


def _sessions() -> Figure:
    """ICC(2,1) and MDC95 of the score: 12 runners, each landing in an own way, on two days."""
    rng = np.random.default_rng(7)
    scores = np.empty((12, 2))
    base = float(np.nanmedian(measure(synth.runner(60.0, seed=0).block).steps["shock_mps2"]))
    usual = Usual(
        measure="shock", version=SUMMARY_VERSION, source="", runs=6, ln_value=float(np.log(base))
    )
    for k, way in enumerate(np.exp(0.15 * rng.standard_normal(12)).tolist()):
        for day in range(2):
            gait = Gait(touchdown_mps=1.2 * way * float(np.exp(0.03 * rng.standard_normal())))
            steps = measure(synth.runner(60.0, gait=gait, seed=20 + 2 * k + day).block).steps
            scores[k, day] = score(float(np.nanmedian(steps["shock_mps2"])), usual)
    n, d = scores.shape
    total = scores - scores.mean()
    between = d * (scores.mean(axis=1) - scores.mean()).var() * n / (n - 1)
    days = n * (scores.mean(axis=0) - scores.mean()).var() * d / (d - 1)
    left = (total**2).sum() - between * (n - 1) - days * (d - 1)
    error = left / ((n - 1) * (d - 1))
    icc = float((between - error) / (between + (d - 1) * error + d * (days - error) / n))
    mdc = 1.96 * float(np.sqrt(2 * error))
    return Figure(
        "softness, synthetic test-retest, 3 % day to day",
        f"ICC {icc:.2f}, MDC95 {mdc:.1f} points", ">= 0.8", icc >= 0.8,
    )  # fmt: skip
