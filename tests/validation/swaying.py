"""The formulas of SWAY on real sway: a pod that leans as people's centre of pressure moved.

The traces are force-platform recordings of five people, eyes open and closed, on firm ground and
foam, 60 s each (bds-cop). A body is taken for a rod of 0.9 m on its ankle: the trace over that
length is the lean that drives a synthetic pod. What comes out of ``SwayAnalyser`` and
``HoldAnalyser`` is set against the summary that came with the traces. That checks formulas,
filters and window, not that a real pod leans like that.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from catfoot.signal import synthstands
from catfoot.signal.holds import HoldAnalyser
from catfoot.signal.steps import Mount
from catfoot.signal.tables import FloatArray, Table

from .figure import Figure

ROD_M = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One trial: ours and the summary's, in the summary's units."""

    subject: int
    foam: bool
    closed: bool
    rows: Table
    path_cmps: float
    area_cm2: float
    sd_cm: tuple[float, float]
    true_path_cmps: float
    true_area_cm2: float
    true_sd_cm: tuple[float, float]


def trials(data: Path, every: int = 1) -> list[Trial]:
    """Return all trials, or every so manieth."""
    folder = data / "bds-cop"
    with (folder / "sway_summary.csv").open() as f:
        told = list(csv.DictReader(f))[::every]
    with np.load(folder / "cop_cm_100hz.npz") as z:
        return [_trial(row, np.asarray(z[row["trial"]], float), k) for k, row in enumerate(told)]


def _trial(row: dict[str, str], cop_cm: FloatArray, seed: int) -> Trial:
    lean = cop_cm / 100 / ROD_M
    made = synthstands.leaning(lean[:, 1], lean[:, 0], 100.0, seed=seed)
    analyser = HoldAnalyser(Mount("left", "lace"), made.block.rate_hz)
    sway: list[Table] = []
    done = []
    for i in range(0, len(made.block), 200):
        done.append(analyser.update(made.block[i : i + 200]))
        sway.append(analyser.rows)
    (hold,) = [*np.concatenate([*done, analyser.finish()])]
    rows = np.concatenate(sway)
    rows = rows[rows["t_ns"] > 3.5e9]  # the lean eases in after two still seconds
    scale = 100 * ROD_M
    return Trial(
        subject=int(row["subject"]), foam=row["surface"] == "Foam", closed=row["vision"] == "Closed",
        rows=rows, path_cmps=float(rows["path_radps"].mean()) * scale,
        area_cm2=float(hold["area_rad2"]) * scale**2,
        sd_cm=(float(rows["pitch_rad"].std()) * scale, float(rows["roll_rad"].std()) * scale),
        true_path_cmps=float(row["mean_speed_cm_s"]), true_area_cm2=float(row["ellipse95_cm2"]),
        true_sd_cm=(float(row["sd_x_cm"]), float(row["sd_y_cm"])),
    )  # fmt: skip


def sway(data: Path) -> Iterator[Figure]:
    """Correlation with the summary over all trials, and foam against firm in each person."""
    of = trials(data)
    pairs = {
        "path against mean speed": [(t.path_cmps, t.true_path_cmps) for t in of],
        "area against the 95 % ellipse": [(t.area_cm2, t.true_area_cm2) for t in of],
        "SD of pitch against SD ahead": [(t.sd_cm[0], t.true_sd_cm[0]) for t in of],
        "SD of roll against SD sideways": [(t.sd_cm[1], t.true_sd_cm[1]) for t in of],
    }
    for what, both in pairs.items():
        ours, theirs = np.array(both).T
        r = float(np.corrcoef(ours, theirs)[0, 1])
        ratio = float(np.median(ours / theirs))
        yield Figure(
            f"sway, bds-cop traces through a synthetic pod, {what}",
            f"r {r:.3f}, median ratio {ratio:.2f}, n {len(of)}", "r >= 0.95", r >= 0.95,
        )  # fmt: skip
    people = sorted({t.subject for t in of})
    for what in ("path_cmps", "area_cm2"):
        more = [
            np.median([getattr(t, what) for t in of if t.subject == p and t.foam])
            > np.median([getattr(t, what) for t in of if t.subject == p and not t.foam])
            for p in people
        ]
        yield Figure(
            f"sway, foam above firm, {what.partition('_')[0]}",
            f"{sum(more)} of {len(people)} people", f"{len(people)} of {len(people)}", all(more),
        )  # fmt: skip
