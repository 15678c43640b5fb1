"""The real recordings, read as sensor blocks in SI units.

Each folder of the shared data has a README with source, licence, axes and quirks.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import signal as dsp

from catfoot.signal.filters import gaussian, smooth
from catfoot.signal.imu import G_MPS2, ImuBlock
from catfoot.signal.tables import FloatArray, IntArray

RUNS = (
    "run_2017-11-27-11-11-24",
    "run_2017-11-27-11-11-53",
    "run_2017-11-27-11-12-44",
    "run_2017-11-27-11-13-10",
    "run_2017-11-27-11-14-03",
    "run_2017-11-27-11-14-52",
    "run_2017-11-27-11-18-11",
    "run_2017-11-27-11-19-16",
    "run_2017-11-27-11-23-18",
    "run_2017-11-27-11-25-12",
    "run_2017-12-15-18-01-18",
    "run_2017-12-15-18-02-28",
)
WALKS = (
    "walk_2017-11-22-11-22-03",
    "walk_2017-11-22-11-25-20",
    "walk_2017-11-22-11-30-14",
    "walk_2017-12-15-17-59-19",
    "walk_2017-12-15-18-00-40",
)


def block(
    t_s: FloatArray,
    acc_mps2: FloatArray,
    gyr_radps: FloatArray | None,
    rate_hz: float,
    acc_range_g: float = np.inf,
    gyr_range_dps: float = np.inf,
) -> ImuBlock:
    """Return one block; the ranges are the same on the three axes."""
    a, w = acc_range_g * G_MPS2, np.deg2rad(gyr_range_dps)
    return ImuBlock(
        t_ns=np.round(np.asarray(t_s) * 1e9).astype(np.int64),
        acc=np.ascontiguousarray(acc_mps2, np.float64),
        gyr=None if gyr_radps is None else np.ascontiguousarray(gyr_radps, np.float64),
        rate_hz=rate_hz,
        acc_range_mps2=(a, a, a),
        gyr_range_radps=(w, w, w),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Vicon:
    """A trial with the foot's path: ``pos_m`` is (n, 3), z up, sample by sample."""

    name: str
    block: ImuBlock
    pos_m: FloatArray


def pyshoe(data: Path, name: str) -> Vicon:
    """Return one trial of the Vicon set, 200 Hz, +-8 g."""
    with np.load(data / "pyshoe-vicon" / f"{name}.npz") as z:
        imu = block(z["t"], z["acc_ms2"], z["gyr_rads"], 200.0, 8.0)
        return Vicon(name=name, block=imu, pos_m=z["pos_vicon_m"])


def hobby(path: Path) -> ImuBlock:
    """Return a recording of the hobby boards: ms, g, deg/s, 100 Hz, +-16 g, 2000 deg/s."""
    raw = np.loadtxt(path, delimiter=",", skiprows=1)
    raw = raw[np.concatenate([[True], np.diff(raw[:, 0]) > 0])]
    return block(
        raw[:, 0] / 1e3, raw[:, 1:4] * G_MPS2, np.deg2rad(raw[:, 4:7]), 100.0, 16.0, 2000.0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """A recording with contacts from a reference; times on its clock, NaN = not in it."""

    name: str
    block: ImuBlock
    ic_s: FloatArray
    fc_s: FloatArray
    borders: IntArray | None = None


def gaitmap(data: Path) -> Events:
    """Return the left foot, walking, 204.8 Hz, contacts from motion capture."""
    folder = data / "gaitmap-walk"
    raw = np.loadtxt(folder / "imu_sample.csv", delimiter=",", skiprows=2)
    rate = 204.8
    t = raw[:, 0] / rate
    imu = block(t, raw[:, 1:4], np.deg2rad(raw[:, 4:7]), rate, 16.0, 2000.0)
    ev = np.genfromtxt(folder / "stride_events_sample.csv", delimiter=",", names=True)
    contacts = dict(zip(ev["pre_ic"] / rate, ev["tc"] / rate, strict=True))
    for ic in ev["ic"] / rate:
        contacts.setdefault(ic, np.nan)
    ic = np.array(sorted(contacts))
    return Events(name="gaitmap", block=imu, ic_s=ic, fc_s=np.array([contacts[i] for i in ic]))


def gaitmap_pitch(data: Path) -> FloatArray:
    """Pitch of the line from heel to toe marker on the recording's clock, 100 Hz, toes up."""
    raw = np.loadtxt(data / "gaitmap-walk" / "mocap_sample.csv", delimiter=",", skiprows=3)
    x, y, z = (raw[:, 1:4] - raw[:, 4:7]).T
    return np.asarray(np.arctan2(z, np.hypot(x, y)))


def tripod(data: Path) -> list[Events]:
    """Return both feet on the treadmill, 128 Hz, contacts from OptoGait."""
    folder = data / "tripod-walk"
    with (folder / "PWS_events_optogait.csv").open() as f:
        rows = list(csv.DictReader(f))
    out = []
    with np.load(folder / "PWS_imu_128hz.npz") as z:
        for foot in "LR":
            imu = block(
                z[f"{foot}F_t"],
                z[f"{foot}F_acc_g"] * G_MPS2,
                np.deg2rad(z[f"{foot}F_gyr_dps"]),
                128.0,
                16.0,
                2000.0,
            )
            mine = [r for r in rows if r["foot"] == foot]
            ic = np.array([float(r["t_ic_imu_s"] or "nan") for r in mine])
            fc = np.array([float(r["t_to_imu_s"] or "nan") for r in mine])
            out.append(Events(name=f"tripod {foot}", block=imu, ic_s=ic, fc_s=fc))
    return out


def tripod_shanks_s(data: Path) -> list[FloatArray]:
    """When each shank swings fastest on the treadmill: a witness beside OptoGait and the pods."""
    out = []
    with np.load(data / "tripod-walk" / "PWS_imu_128hz.npz") as z:
        for shank in ("LS", "RS"):
            turn = np.deg2rad(z[f"{shank}_gyr_dps"])
            rate = smooth(turn @ np.linalg.eigh(turn.T @ turn)[1][:, 2], gaussian(3.0, 128.0))
            rate = rate if rate.max() > -rate.min() else -rate
            tops = dsp.find_peaks(rate, height=0.3 * np.percentile(rate, 99), distance=50)[0]
            out.append(np.asarray(z[f"{shank}_t"][tops]))
    return out


def biomac(data: Path, strides: int = 60) -> Events:
    """Return the average running stride of the right foot, tiled; contact by force plate."""
    path = data / "biomac-running" / "P01_normrunning_mean_cycle.csv"
    raw = np.genfromtxt(path, delimiter=",", names=True)
    stride_s, n = 0.734, len(raw)
    rate = n / stride_s
    acc = np.stack([raw[f"acc_foot_r_{axis}"] for axis in "xyz"], axis=1)
    gyr = np.stack([raw[f"gyro_foot_r_{axis}"] for axis in "xyz"], axis=1)
    force = raw["GRF_GRF_y_r"]
    on = np.flatnonzero(force > 0.05)
    k = np.arange(strides) * stride_s
    return Events(
        name="biomac",
        block=block(np.arange(n * strides) / rate, np.tile(acc, (strides, 1)),
                    np.tile(gyr, (strides, 1)), rate, np.inf),
        ic_s=k + on[0] / rate,
        fc_s=k + (on[-1] + 1) / rate,
    )  # fmt: skip
