"""Balance, hops, landings and drills against synthetic feet whose every movement is known.

The generators (synth*.py) write movements as angles and pulses of shapes that the analysers do not
know; every figure is over several seeds, and over pods that are slow, noisy, clipped or turned.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from catfoot.signal import synth, synthmoves, synthstands
from catfoot.signal.drops import quiet_set, usual_landing
from catfoot.signal.holds import Aim, HoldAnalyser
from catfoot.signal.hops import HopAnalyser
from catfoot.signal.lifts import LiftAnalyser
from catfoot.signal.lunges import LungeAnalyser
from catfoot.signal.pauses import PauseAnalyser
from catfoot.signal.reps import RepAnalyser
from catfoot.signal.settling import SettleAnalyser
from catfoot.signal.steps import Mount
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Sensor, Synthetic
from catfoot.signal.synthstands import Loss
from catfoot.signal.tables import FloatArray, Side, Table
from catfoot.signal.taps import TapAnalyser, rhythm_cv

from .figure import Figure

LEFT = Mount("left", "lace")
TURNED = Rotation.random(rng=np.random.default_rng(3)).as_matrix().tolist()
PODS = (
    Sensor(),
    Sensor(rate_hz=100.0, acc_range_g=8.0, gyr_range_dps=500.0),
    Sensor(rate_hz=50.0, noise_g=0.01, noise_dps=0.2),
    Sensor(rotation=TURNED, noise_g=0.02,
           noise_dps=0.3, offset_dps=(2.0, -3.0, 1.0)),
)  # fmt: skip
WIDE = Sensor(acc_range_g=32.0)
SEATED = tuple(pod for pod in PODS if pod.rotation == Sensor().rotation)


def _most(what: str, errors: list[float], unit: str, wanted: str, limit: float) -> Figure:
    e = np.abs(np.array(errors))
    found = f"median {np.median(e):.3g}, max {e.max():.3g} {unit}, n {len(e)}"
    return Figure(what, found, wanted, bool(e.max() <= limit) if wanted else None)


def _counted(what: str, off: list[int], wanted: str, limit: float) -> Figure:
    return Figure(
        what, f"off by {min(off):+d} to {max(off):+d}, n {len(off)}", wanted,
        max(map(abs, off)) <= limit,
    )  # fmt: skip


def holds(_: Path) -> Iterator[Figure]:
    """Hold times, touch-downs, false stops."""
    losses: tuple[Loss, ...] = ("tip", "turn", "hop", "step")
    begins, ends, late, false, clean = [], [], [], 0, 0
    for seed, pod in ((s, p) for s in range(3) for p in SEATED):
        for loss in losses:
            made = synthstands.stand(4.0, 10.0 + seed, loss=loss, sway_deg=0.3 + 0.2 * seed,
                                     sensor=pod, seed=seed)  # fmt: skip
            rows, seen_s = _hold(made, pod.rate_hz)
            (hold,) = rows[rows["stop_ns"] - rows["start_ns"] > 5e9]
            begins.append((int(hold["start_ns"]) - int(made.truth["start_ns"][0])) / 1e9)
            ends.append((int(hold["stop_ns"]) - int(made.truth["stop_ns"][0])) / 1e9)
            late.append(seen_s - made.truth["stop_ns"][0] / 1e9)
    for seed in range(10):
        made = synthstands.stand(4.0, 25.0, loss="none", sway_deg=0.5 + 0.1 * seed, seed=seed)
        rows = analyse(HoldAnalyser(LEFT, 200.0), [made.block])
        false += int((rows["start_ns"] > 3e9).sum()) - 1
        clean += int(rows["clean"].sum())
    yield _most("hold, where it begins, four ways to lose it", begins, "s", "+-0.3 s", 0.3)
    yield _most("hold, where it ends", ends, "s", "+-0.3 s", 0.3)
    yield _most("hold, how late its end is told", late, "s", "<= 0.3 s", 0.3)
    yield Figure("ten holds that are not lost: false stops, and clean", f"{false}, {clean} of 10",
                 "<= 1 false stop", false <= 1)  # fmt: skip
    yield from _free_feet()


def _hold(made: Synthetic, rate_hz: float) -> tuple[Table, float]:
    """The holds, and the sample time at which the long one was told."""
    analyser, found, seen_s = HoldAnalyser(LEFT, rate_hz), [], np.nan
    step = max(1, round(0.02 * rate_hz))
    for i in range(0, len(made.block), step):
        block = made.block[i : i + step]
        rows = analyser.update(block)
        if len(rows) and rows["stop_ns"][0] - rows["start_ns"][0] > 5e9:
            seen_s = block.t_ns[-1] / 1e9
        found.append(rows)
    return np.concatenate([*found, analyser.finish()]), float(seen_s)


def _free_feet() -> Iterator[Figure]:
    for softly in (False, True):
        errors, late = [], []
        for seed, pod in ((s, p) for s in range(4) for p in SEATED):
            made = synthstands.free_foot(4.0, 8.0 + seed, softly=softly, sensor=pod, seed=seed)
            analyser = LiftAnalyser(LEFT, pod.rate_hz)
            for i in range(0, len(made.block), 4):
                rows = analyser.update(made.block[i : i + 4])
                if len(rows):
                    late.append(made.block.t_ns[i] / 1e9 - made.truth["stop_ns"][0] / 1e9)
                    errors.append((rows["stop_ns"][0] - made.truth["stop_ns"][0]) / 1e9)
        how = "softly" if softly else "with an impact"
        yield _most(f"free foot set down {how}: time of it", errors, "s", "+-0.3 s", 0.3)
        yield _most(f"free foot set down {how}: told after", late, "s", "<= 0.3 s", 0.3)


def wobbles(_: Path) -> Iterator[Figure]:
    """Wobbles of half a minute by side."""
    off: list[int] = []
    flipped = 0
    for seed in range(6):
        sides: tuple[Side, ...] = ("left", "right")
        found = []
        made = synth.balancer(34.0, sway_deg=0.4, wobbles=9, seed=seed)
        for side in sides:
            aim = Aim(wobbles_in_10_s=10)
            (row,) = analyse(HoldAnalyser(Mount(side, "lace"), 200.0, aim), [made.block])
            found.append((int(row["wobbles_medial"]), int(row["wobbles_lateral"])))
        off += [found[0][0] - int((made.ways > 0).sum()), found[0][1] - int((made.ways < 0).sum())]
        flipped += found[0] == found[1][::-1]
    yield _counted("wobbles in 30 s, medial and lateral", off, "+-1", 1)
    yield Figure("wobbles of the same foot taken for the other one: medial is lateral",
                 f"{flipped} of 6", "6 of 6", flipped == 6)  # fmt: skip


def hops(_: Path) -> Iterator[Figure]:
    """Hops: contact, flight, count."""
    contact: list[float] = []
    flight: list[float] = []
    off = n = 0
    for seed in range(3):
        for height in (0.03, 0.08, 0.20):
            for shape in ("early", "half-sine", "double"):
                made = synth.hopper(
                    [height] * 20, shape=shape, spread=0.1, seed=seed, sensor=Sensor()
                )
                rows = _hopped(made)
                off, n = off + abs(len(rows) - len(made.truth)), n + len(made.truth)
                if len(rows) == len(made.truth):
                    contact += list(1e3 * (rows["gct_s"] - made.truth["gct_s"])[:-1])
                    flight += list(1e3 * (rows["flight_s"] - made.truth["flight_s"])[:-1])
    yield _most("hops, 200 Hz: contact", contact, "ms", "+-10 ms", 10)
    yield _most("hops, 200 Hz: flight", flight, "ms", "+-10 ms", 10)
    yield Figure("hops, 200 Hz: counted wrongly", f"{off} of {n}", "<= 2 %", off <= 0.02 * n)


def drops(_: Path) -> Iterator[Figure]:
    """Drop landings of 10 to 30 cm."""
    found = n = ceiling = 0
    flight: list[float] = []
    rising: list[bool] = []
    for seed in range(3):
        for pod in (*PODS[:2], WIDE, replace(WIDE, rate_hz=100.0)):
            made = synth.hopper([0.1, 0.2, 0.3] * 3, drop=True, spread=0.05, flex_deg=5.0,
                                sensor=pod, seed=seed)  # fmt: skip
            rows = _hopped(made)
            found, n = found + len(rows), n + len(made.truth)
            if len(rows) == len(made.truth):
                flight += list(1e3 * (rows["flight_s"] - made.truth["flight_s"]))
                triplets = zip(rows["shock_mps2"].reshape(-1, 3), rows["clipped"].reshape(-1, 3),
                               strict=True)  # fmt: skip
                rising += [bool((np.diff(t) > 0).all()) for t, hit in triplets if not hit.any()]
                ceiling += sum(bool(hit.any()) for hit in rows["clipped"].reshape(-1, 3))
    yield Figure("drop landings of 10, 20 and 30 cm found", f"{found} of {n}", "all", found == n)
    yield _most("drop landings: fall", flight, "ms", "+-10 ms", 10)
    yield Figure("drop landings, intensity rises with height, triplets that no range cuts off",
                 f"{sum(rising)} of {len(rising)} ({ceiling} more were cut off: graded C)",
                 ">= 95 %", len(rising) > 0 and sum(rising) >= 0.95 * len(rising))  # fmt: skip
    for pod in (Sensor(rate_hz=100.0), Sensor(), Sensor(acc_range_g=32.0, rate_hz=400.0)):
        stiff, soft = (_scored(arrest_s, pod, seed) for arrest_s, seed in ((0.025, 5), (0.050, 6)))
        auc = float((soft[:, None] > stiff[None]).mean())
        yield Figure(
            f"quiet landings, softness of soft (50 ms) and stiff (25 ms) stops, {pod.rate_hz:g} Hz,"
            f" {pod.acc_range_g:g} g",
            f"AUC {auc:.2f}, medians {np.median(soft):.0f} and {np.median(stiff):.0f}",
            "AUC >= 0.9", auc >= 0.9,
        )  # fmt: skip


def _hopped(made: Synthetic) -> Table:
    return analyse(HopAnalyser(made.block.rate_hz), [made.block])


def _scored(arrest_s: float, pod: Sensor, seed: int) -> FloatArray:
    before = synth.hopper([0.2] * 8, drop=True, arrest_s=0.035, spread=0.1, sensor=pod, seed=3)
    made = synth.hopper([0.1, 0.2, 0.3] * 4, drop=True, arrest_s=arrest_s, spread=0.2, sensor=pod,
                        seed=seed)  # fmt: skip
    scores = quiet_set(_hopped(made), usual_landing(_hopped(before))).scores
    return np.asarray(scores[~np.isnan(scores)])


def moves(_: Path) -> Iterator[Figure]:
    """Repetitions, taps, lunges, pauses, pushes."""
    off: list[int] = []
    bottom: list[float] = []
    for seed, pod in ((s, p) for s in range(2) for p in PODS):
        made = synthmoves.heel_raises([0.0, 0.5, 0.9] * 8, rise_s=0.7, lower_s=0.9, fade=0.3,
                                      skew=0.3 * (seed - 0.5), sensor=pod, seed=seed)  # fmt: skip
        rows = analyse(RepAnalyser(LEFT, pod.rate_hz), [made.block])
        off.append(len(rows) - 25)
        if len(rows) == 25:
            bottom += list(1e3 * (rows["pause_s"] - made.truth["pause_s"])[1:])
    yield _counted("25 heel raises", off, "+-1", 1)
    yield _most("pause at the bottom of heel raises", bottom, "ms", "+-100 ms", 100)
    yield from _tapped()
    lean = []
    for seed, pod in ((s, p) for s in range(3) for p in PODS):
        made = synthmoves.lunges([12.0, 30.0, 45.0], sensor=pod, seed=seed)
        rows = analyse(LungeAnalyser(Mount("left", "shank"), pod.rate_hz), [made.block])
        lean += list(np.rad2deg(rows["angle_rad"] - made.truth["angle_rad"]))
    yield _most("lunge angle", lean, "deg", "<= 1 deg", 1.0)
    dwell = []
    for seed, pod in ((s, p) for s in range(3) for p in PODS):
        made = synthmoves.pausing([0.5, 0.8, 1.0, 1.5, 2.0], sensor=pod, seed=seed)
        rows = analyse(PauseAnalyser(LEFT, pod.rate_hz), [made.block])
        dwell += list(1e3 * (rows["top_s"] - made.truth["top_s"]))
    yield _most("mid-stance pause", dwell, "ms", "+-100 ms", 100)
    yield _settled()


def _tapped() -> Iterator[Figure]:
    off: list[int] = []
    even: list[float] = []
    for tap_hz in (1.0, 2.0, 3.0, 4.0, 5.0):
        for seed, pod in enumerate(PODS):
            made = synthmoves.tapping(tap_hz, sensor=pod, seed=seed)
            rows = analyse(TapAnalyser(pod.rate_hz), [made.block])
            off.append(len(rows) - len(made.truth))
            between = np.diff(made.truth["start_ns"])
            even.append(100 * (rhythm_cv(rows) - float(between.std() / between.mean())))
    yield _counted("foot taps in 30 s, 1 to 5 a second", off, "+-1", 1)
    yield _most("their rhythm, CV", even, "points of a per cent", "", np.inf)


def _settled() -> Figure:
    errors = []
    for seed in range(12):
        pod = (PODS[0], PODS[1], PODS[3])[seed % 3]
        made = synthmoves.pushed(sensor=pod, seed=seed, dies_s=0.2 + 0.05 * (seed % 8),
                                 kick_dps=60 + 20 * (seed % 4))  # fmt: skip
        rows = analyse(SettleAnalyser(pod.rate_hz), [made.block])
        errors += list(1e3 * (rows["lower_s"] - made.truth["lower_s"]))
    e = np.abs(np.array(errors))
    share = float((e <= 100).mean())
    return Figure(
        "settle time after a push",
        f"median {np.median(e):.0f}, p95 {np.percentile(e, 95):.0f}, max {e.max():.0f} ms;"
        f" {100 * share:.0f} % within 100 ms, n {len(e)}",
        "+-100 ms", share == 1.0,
    )  # fmt: skip
