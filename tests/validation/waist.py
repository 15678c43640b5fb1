"""Contact time at the waist: the fit of its terms, and how good they are for a condition unseen.

The set is one runner on a force treadmill, sacral accelerometer and force, 3 speeds by 5 slopes
(alcantara). Leave-one-condition-out: a condition is a speed with a slope; the terms that judge
it were fitted without it. A model that ignores the sensor is judged the same way, because it
comes close.
"""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from catfoot.signal.imu import G_MPS2, ImuBlock
from catfoot.signal.sacrum import ContactTerms, SacrumAnalyser
from catfoot.signal.shank import ShankAnalyser
from catfoot.signal.steps import Mount
from catfoot.signal.stream import analyse
from catfoot.signal.tables import FloatArray, Table

from .compare import Agreement, agreement
from .figure import Figure
from .recordings import block

#: The pulse's width itself.
_WIDTH = ContactTerms(offset=0.0, pulse=1.0, speed=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Five seconds on the treadmill; ``gct_s`` by force, ``width_s`` ours."""

    speed_mps: float
    slope_rad: float
    gct_s: float
    cadence_spm: float
    width_s: float
    found_spm: float
    strides: int


def trials(data: Path) -> list[Trial]:
    """Return all trials of the set."""
    folder = data / "alcantara-sacral-grf"
    with (folder / "truth_summary.csv").open() as f:
        truth = list(csv.DictReader(f))
    out = []
    with np.load(folder / "trials.npz") as z:
        vertical, ahead, rate = z["acc_vertical"], z["acc_ap"], float(z["fs"])
    for row, up, ap in zip(truth, vertical, ahead, strict=True):
        acc = np.stack([ap, np.zeros_like(ap), up], axis=1).astype(np.float64) * G_MPS2
        imu = block(np.arange(len(acc)) / rate, acc, None, rate)
        # The analyser's width comes back out of its contact with the terms that only pass it on.
        rows = analyse(SacrumAnalyser(rate, lambda _: 0.0, terms=_WIDTH), [imu])
        out.append(
            Trial(
                speed_mps=float(row["speed_ms"]), slope_rad=np.deg2rad(float(row["slope_deg"])),
                gct_s=float(row["contact_ms"]) / 1e3, cadence_spm=float(row["cadence_spm"]),
                width_s=float(np.nanmedian(rows["gct_s"])),
                found_spm=float(120 / np.nanmedian(rows["stride_s"])), strides=len(rows),
            )
        )  # fmt: skip
    return out


def design(trial: Trial, *, sensor: bool, slope: bool) -> FloatArray:
    """Return one line of the least squares: 1, width, speed, slope as far as they are used."""
    row = [1.0, trial.speed_mps]
    if sensor:
        row.append(trial.width_s)
    if slope:
        row.append(trial.slope_rad)
    return np.array(row)


def fitted(of: list[Trial], *, sensor: bool, slope: bool) -> FloatArray:
    """Return the terms that fit these trials best, in the order of ``design``."""
    x = np.array([design(t, sensor=sensor, slope=slope) for t in of])
    return np.asarray(np.linalg.lstsq(x, np.array([t.gct_s for t in of]), rcond=None)[0], float)


def told_s(of: list[Trial], *, sensor: bool, slope: bool) -> FloatArray:
    """Return contact of each trial by a fit in which its condition took no part."""
    found = []
    for trial in of:
        here = (trial.speed_mps, trial.slope_rad)
        rest = [t for t in of if (t.speed_mps, t.slope_rad) != here]
        terms = fitted(rest, sensor=sensor, slope=slope)
        found.append(float(design(trial, sensor=sensor, slope=slope) @ terms))
    return np.array(found)


def left_out(of: list[Trial], *, sensor: bool, slope: bool) -> Agreement:
    """Return the errors in ms of conditions that took no part in the fit that judges them."""
    true = np.array([trial.gct_s for trial in of])
    return agreement(1e3 * (told_s(of, sensor=sensor, slope=slope) - true))


def contact(data: Path) -> Iterator[Figure]:
    """Contact at the waist, with the figure of the speed alone beside it."""
    of = trials(data)
    for slope, most in ((False, 10.0), (True, 8.5)):
        terms = ", slope" if slope else ""
        with_it = left_out(of, sensor=True, slope=slope)
        without = left_out(of, sensor=False, slope=slope)
        yield Figure(
            f"contact at the waist, alcantara, leave-one-condition-out, pulse, speed{terms}",
            f"RMSE {with_it.rmse:.1f}, bias {with_it.bias:+.1f}, max {with_it.worst:.0f} ms;"
            f" no sensor, speed{terms} alone: RMSE {without.rmse:.1f} ms, n {with_it.n}",
            f"RMSE <= {most:g} ms", with_it.rmse <= most,
        )  # fmt: skip
    errors = agreement(np.array([t.found_spm - t.cadence_spm for t in of]))
    wrong = sum(not 0.75 < t.found_spm / t.cadence_spm < 1.5 for t in of)
    yield Figure(
        "cadence at the waist, alcantara, 5 s a trial",
        f"MAE {errors.mae:.2f}, max {errors.worst:.2f} spm, n {errors.n}",
    )
    yield Figure("cadence at the waist halved or doubled", f"{wrong} of {len(of)}", "0", wrong == 0)


def elsewhere(data: Path) -> Iterator[Figure]:
    """The averaged runner and walker of biomac: terms of another runner, and the shin."""
    for gait, stride_s, speed, truth_ms in (
        ("running", 0.734, 3.474, 242),
        ("walking", 1.214, 1.292, 740),
    ):
        for segment in ("pelvis", "tibia_r"):
            rows = _read(_average(data, gait, stride_s, segment), segment, speed)
            found = (
                1e3 * float(np.nanmedian(rows["gct_s"]))
                if gait == "running" or segment != "pelvis"
                else np.nan
            )
            cadence = 120 / float(np.median(rows["stride_s"])) - 120 / stride_s
            where = "shin" if segment == "tibia_r" else "waist, another runner's terms"
            contact = "withheld" if np.isnan(found) else f"{found - truth_ms:+.0f} ms of {truth_ms}"
            yield Figure(
                f"average {gait} stride of biomac, {where}",
                f"contact {contact}, cadence {cadence:+.2f} spm",
            )  # fmt: skip


def _average(data: Path, gait: str, stride_s: float, segment: str, strides: int = 40) -> ImuBlock:
    """The averaged stride of one segment, over and over."""
    path = data / "biomac-running" / f"P01_norm{gait}_mean_cycle.csv"
    raw = np.genfromtxt(path, delimiter=",", names=True)
    acc = np.stack([raw[f"acc_{segment}_{axis}"] for axis in "xyz"], axis=1)
    gyr = np.stack([raw[f"gyro_{segment}_{axis}"] for axis in "xyz"], axis=1)
    n, rate = len(raw), len(raw) / stride_s
    return block(
        np.arange(n * strides) / rate, np.tile(acc, (strides, 1)), np.tile(gyr, (strides, 1)), rate
    )


def _read(imu: ImuBlock, segment: str, speed_mps: float) -> Table:
    if segment == "pelvis":
        return analyse(SacrumAnalyser(imu.rate_hz, lambda _: speed_mps), [imu])
    return analyse(ShankAnalyser(Mount("right", "shank"), imu.rate_hz), [imu])


def main() -> None:
    """Print the terms that src/signal/sacrum.py holds: python -m tests.validation.waist [DATA]."""
    root = Path(__file__).parents[3] / "shared" / "data"
    of = trials(Path(sys.argv[1]) if len(sys.argv) > 1 else root)
    for slope in (False, True):
        print([round(float(x), 4) for x in fitted(of, sensor=True, slope=slope)])


if __name__ == "__main__":
    main()
