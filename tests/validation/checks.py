"""Each figure beside what it should reach; one function a group of figures."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import stats

from catfoot.signal import synth
from catfoot.signal.imu import G_MPS2
from catfoot.signal.softness import Usual, score, usual_of
from catfoot.signal.summary import SUMMARY_VERSION, Summary, summarise
from catfoot.signal.synth import Gait, Sensor
from catfoot.signal.tables import FloatArray, Table

from . import recordings, vicon
from .compare import Agreement, agreement, gated, match, robust_sd, theil_sen
from .measure import Measured, latencies_s, measure, thinned
from .recordings import Events, Vicon


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report; ``good`` is None where nothing is asked."""

    what: str
    found: str
    wanted: str = ""
    good: bool | None = None


def _spread(a: Agreement, unit: str = "ms") -> str:
    lo, hi = a.limits
    return (
        f"bias {a.bias:+.1f}, SD {a.sd:.1f}, robust SD {a.robust_sd:.1f}, RMSE {a.rmse:.1f},"
        f" limits {lo:+.0f}..{hi:+.0f} {unit}, n {a.n}"
    )


def cadence(data: Path) -> Iterator[Figure]:
    """Cadence against Vicon: the slope of event times against each other."""
    for kind, names in (("running", recordings.RUNS), ("walking", recordings.WALKS)):
        sure: list[float] = []
        rest: list[float] = []
        for name in names:
            trial = recordings.pyshoe(data, name)
            found = _cadence_error_spm(trial, measure(trial.block))
            if found is not None:
                (sure if found[0] >= 20 else rest).append(found[1])
        for label, errors in ((">= 20 confirmed strides", sure), ("fewer", rest)):
            a = agreement(np.array(errors))
            asked = kind == "running" and label != "fewer"
            yield Figure(
                f"cadence, pyshoe {kind}, trials with {label}",
                f"MAE {a.mae:.3f}, max {a.worst:.3f}, bias {a.bias:+.3f} spm, n {a.n}",
                "MAE <= 0.08, max <= 0.25 spm" if asked else "",
                a.mae <= 0.08 and a.worst <= 0.25 if asked else None,
            )


def _cadence_error_spm(trial: Vicon, found: Measured) -> tuple[int, float] | None:
    truth, ic = vicon.contact_times_s(trial), found.ic_s()
    i, j = match(truth, ic, 0.12)
    if len(i) < 6:
        return None
    error = ic[j] - truth[i]
    near = np.abs(error - np.median(error)) < 0.060
    if near.sum() < 6:
        return None
    strides = np.diff(ic)
    stride_s = float(np.median(strides[strides < 2.0]))
    at = ic[j][near]
    number = np.round(np.concatenate([[0.0], np.cumsum(np.diff(at) / stride_s)]))
    return int(near.sum()), theil_sen(
        number.astype(np.float64), error[near]
    ) / stride_s * 120 / stride_s


def doubling(data: Path) -> Iterator[Figure]:
    """Strides whose swing is half or twice the recording's usual: stops make no long swing."""
    count, n = 0, 0
    blocks = [recordings.pyshoe(data, k).block for k in recordings.RUNS + recordings.WALKS]
    blocks += [recordings.gaitmap(data).block, *(e.block for e in recordings.tripod(data))]
    blocks += [recordings.biomac(data).block]
    blocks += [recordings.hobby(data / "wmf-field" / "test-run.csv")]
    for block in blocks:
        swings = measure(block).steps["swing_s"]
        known = ~np.isnan(swings)
        # Into and out of a stop a short step is a short step.
        inner = np.concatenate([[False], known[:-2] & known[1:-1] & known[2:], [False]])
        usual, swings = np.median(swings[known]), swings[inner]
        count += int(((swings < 0.5 * usual) | (swings > 1.8 * usual)).sum())
        n += len(swings)
    yield Figure(
        "strides halved or doubled, all foot recordings", f"{count} of {n}", "0", count == 0
    )


def walking(data: Path) -> Iterator[Figure]:
    """Stance, events and toe-off in walking."""
    gaitmap = recordings.gaitmap(data)
    found = measure(gaitmap.block)
    a = agreement(_stance_error_ms(gaitmap, found))
    yield Figure(
        "stance, gaitmap left (motion capture on a 10 ms grid)", _spread(a),
        "abs bias <= 6, SD <= 5 ms", abs(a.bias) <= 6 and a.sd <= 5,
    )  # fmt: skip
    errors = [
        _event_errors_s(gaitmap.ic_s, found.ic_s()),
        _event_errors_s(gaitmap.fc_s, found.fc_s()),
    ]
    grid = 10 / np.sqrt(12)
    yield Figure(
        "IC and FC of gaitmap apart; what rounding to the grid alone would give",
        f"SD {errors[0].std() * 1e3:.1f} and {errors[1].std() * 1e3:.1f} ms;"
        f" {grid:.1f} each, {grid * np.sqrt(2):.1f} ms a stance",
    )
    yield from _matched(gaitmap, found)
    toe_off: list[float] = []
    stance: list[Agreement] = []
    feet = recordings.tripod(data)
    end_s = _belt_stops_s(feet)
    late, everything = [], []
    for whole in feet:
        foot = _until(whole, end_s)
        found = measure(foot.block)
        everything.append(_hits(whole, found))
        late.append((int((whole.ic_s > end_s).sum()), int((found.ic_s() > end_s).sum())))
        a = agreement(gated(_stance_error_ms(foot, found)))
        stance.append(a)
        yield Figure(f"stance, {foot.name}, before the belt slows, within 4 MAD", _spread(a))
        yield from _matched(foot, found)
        fc = found.fc_s()
        i, j = match(foot.fc_s, fc, 0.25)
        i, j = match(foot.fc_s, fc - np.median(fc[j] - foot.fc_s[i]), 0.15)
        follow = (np.diff(i) == 1) & (np.diff(j) == 1)
        toe_off.append(robust_sd(np.diff(fc[j] - foot.fc_s[i])[follow]) * 1e3)
    bias, sd = (float(np.mean([getattr(a, k) for a in stance])) for k in ("bias", "sd"))
    yield Figure(
        "stance, tripod, mean of feet", f"bias {bias:+.1f}, SD {sd:.1f} ms",
        "abs bias <= 40, SD <= 15 ms", abs(bias) <= 40 and sd <= 15,
    )  # fmt: skip
    hits, total, _ = np.sum(everything, axis=0)
    yield Figure(
        "events of tripod, all of the reference's, also where the belt slows",
        f"{hits} of {total} ({100 * hits / total:.1f} %)", ">= 99 %", bool(hits >= 0.99 * total),
    )  # fmt: skip
    by_reference, by_pod = np.sum(late, axis=0)
    shank = sum(len(t[t > end_s]) for t in recordings.tripod_shanks_s(data))
    yield Figure(
        "contacts of tripod after the belt slows: by OptoGait, by the pods; swings by the shanks",
        f"{by_reference}, {by_pod}; {shank}",
    )
    mean = float(np.mean(toe_off))
    yield Figure(
        "toe-off stride time, tripod, robust SD, mean of feet", f"{mean:.1f} ms", "<= 4.5 ms",
        mean <= 4.5,
    )  # fmt: skip


def _event_errors_s(truth: FloatArray, found: FloatArray) -> FloatArray:
    truth = truth[~np.isnan(truth)]
    i, j = match(truth, found, 0.15)
    return np.asarray(found[j] - truth[i])


def _belt_stops_s(feet: list[Events]) -> float:
    """When the belt slows: the first contact that ends before the other foot's begins.

    Walking has double support; from there on OptoGait gives steps to the wrong foot.
    """
    both = sorted((ic, fc) for foot in feet for ic, fc in zip(foot.ic_s, foot.fc_s, strict=True))
    return float(next(ic for (ic, fc), (after, _) in pairwise(both) if not fc > after))


def _until(truth: Events, end_s: float) -> Events:
    kept = truth.ic_s < end_s
    return Events(name=truth.name, block=truth.block, ic_s=truth.ic_s[kept], fc_s=truth.fc_s[kept])


def _stance_error_ms(truth: Events, found: Measured) -> FloatArray:
    steps = found.steps[~np.isnan(found.steps["gct_s"])]
    whole = ~np.isnan(truth.ic_s) & ~np.isnan(truth.fc_s)
    i, j = match(truth.ic_s[whole], steps["ic_ns"] / 1e9, 0.15)
    stance = (truth.fc_s - truth.ic_s)[whole]
    return np.asarray((steps["gct_s"][j] - stance[i]) * 1e3)


def _matched(truth: Events, found: Measured) -> Iterator[Figure]:
    """Share of the reference's events found within 150 ms, constant offset removed."""
    hits, total, extra = _hits(truth, found)
    yield Figure(
        f"events of {truth.name} within 150 ms, ends included; extra between first and last",
        f"{hits} of {total} ({100 * hits / total:.1f} %), {extra} extra",
        ">= 99 %, extra <= 1 %", hits >= 0.99 * total and extra <= 0.01 * total,
    )  # fmt: skip


def _hits(truth: Events, found: Measured) -> tuple[int, int, int]:
    """How many events of the reference were found, of how many, and how many more were."""
    hits = total = extra = 0
    for reference, mine in ((truth.ic_s, found.ic_s()), (truth.fc_s, found.fc_s())):
        reference = reference[~np.isnan(reference)]
        i, j = match(reference, mine, 0.25)
        mine = mine - np.median(mine[j] - reference[i])
        i, j = match(reference, mine, 0.15)
        hits, total = hits + len(i), total + len(reference)
        # Where the reference leaves strides out (turns), it cannot say what is too much.
        step = np.diff(reference)
        open_at = np.flatnonzero(step > 1.5 * np.median(step))
        inside = (mine > reference[0] - 0.15) & (mine < reference[-1] + 0.15)
        for k in open_at:
            inside &= ~((mine > reference[k] + 0.15) & (mine < reference[k + 1] - 0.15))
        extra += int(inside.sum()) - len(i)
    return hits, total, extra


def running(data: Path) -> Iterator[Figure]:
    """Contact in running: one force-plate stride, and the synthetic runner."""
    biomac = recordings.biomac(data)
    found = measure(biomac.block)
    error = float(np.median(_stance_error_ms(biomac, found)))
    yield Figure(
        "contact, biomac average stride (242 ms by force plate)", f"{error:+.1f} ms",
        "within 15 ms", abs(error) <= 15,
    )  # fmt: skip
    for rate in (50.0, 100.0, 200.0, 400.0):
        made = synth.runner(60.0, sensor=Sensor(rate_hz=rate), seed=1)
        a = agreement(_against(made.truth, measure(made.block).steps, "gct_s") * 1e3)
        asked = rate == 200.0
        yield Figure(
            f"contact, synthetic runner, {rate:.0f} Hz", _spread(a),
            "abs bias <= 4, SD <= 4 ms" if asked else "",
            abs(a.bias) <= 4 and a.sd <= 4 if asked else None,
        )  # fmt: skip
    for gct in (0.16, 0.20, 0.30, 0.35):
        gait = Gait(gct_s=gct, cadence_spm=120 / (gct / 0.36), speed_mps=0.9 / gct)
        gait = Gait(gct_s=gct, cadence_spm=200 - 250 * (gct - 0.16), speed_mps=0.8 / gct)
        made = synth.runner(60.0, gait=gait, seed=2)
        a = agreement(_against(made.truth, measure(made.block).steps, "gct_s") * 1e3)
        yield Figure(f"contact, synthetic runner, {gct * 1e3:.0f} ms", _spread(a))


def _against(truth: Table, steps: Table, column: str) -> FloatArray:
    """Errors of a column, each step against the nearest true contact."""
    known = steps[~np.isnan(steps[column])]
    near = np.abs(known["ic_ns"][:, None] - truth["ic_ns"][None]).argmin(axis=1)
    return np.asarray(known[column] - truth[column][near])


def space(data: Path) -> Iterator[Figure]:
    """Stride length and clearance."""
    for kind, names, lever in (
        ("running", recordings.RUNS, vicon.LEVER_RUN_M),
        ("walking", recordings.WALKS, vicon.LEVER_WALK_M),
    ):
        length, trials, height, lies = [], [], [], []
        for name in names:
            trial = recordings.pyshoe(data, name)
            mine, true, rise, _, low = _stride_lengths(trial, lever)
            lies.append(low)
            length.append(mine - true)
            height.append(rise)
            if len(mine) >= 5:
                trials.append(abs(mine.sum() / true.sum() - 1) * 100)
        a = agreement(np.concatenate(length) * 1e3)
        per = f"per trial {np.mean(trials):.2f} %, worst {np.max(trials):.2f} %"
        asked = kind == "running"
        yield Figure(
            f"stride length, pyshoe {kind}", f"{_spread(a, 'mm')}; {per}",
            "RMSE <= 28 mm, 0.7 % per trial" if asked else "",
            a.rmse <= 28 and float(np.mean(trials)) <= 0.7 if asked else None,
        )  # fmt: skip
        a = agreement(np.concatenate(height) * 1e3)
        yield Figure(
            f"clearance, pyshoe {kind}, lever applied", _spread(a, "mm"),
            "abs bias <= 5, SD <= 12 mm" if asked else "",
            abs(a.bias) <= 5 and a.sd <= 12 if asked else None,
        )  # fmt: skip
        yield from _point(kind, names, np.concatenate(height) * 1e3, np.concatenate(lies) * 1e3)
    mine, true = _gaitmap_lengths(data)
    a = agreement((mine - true) * 1e3)
    yield Figure(
        "stride length, gaitmap left, same setting", _spread(a, "mm"),
        "RMSE <= 32, robust SD <= 22 mm", a.rmse <= 32 and a.robust_sd <= 22,
    )  # fmt: skip
    for gait, label in ((Gait(), "runner"), (synth.WALK, "walker")):
        made = synth.runner(60.0, gait=gait, seed=3)
        steps = measure(made.block).steps
        a = agreement(_against(made.truth, steps, "stride_m") * 1e3)
        yield Figure(f"stride length, synthetic {label}", _spread(a, "mm"))
        a = agreement(np.rad2deg(_against(made.truth, steps, "strike_rad")))
        yield Figure(
            f"strike angle, synthetic {label}", _spread(a, "deg"), "abs <= 3, SD <= 2 deg",
            abs(a.bias) <= 3 and a.sd <= 2,
        )  # fmt: skip


def _point(
    kind: str, names: tuple[str, ...], errors: FloatArray, lies: FloatArray
) -> Iterator[Figure]:
    """How far the lever can be believed: where its point lies at foot-flat, and what that costs."""
    usual = float(np.median(lies))
    there = np.abs(lies - usual) <= 12
    a = agreement(errors[there])
    yield Figure(
        f"the same, strides whose Vicon point lies within 12 mm of its usual height at foot-flat"
        f" ({usual:.0f} mm; {lies.min():.0f} to {lies.max():.0f} in {len(names)} trials)",
        _spread(a, "mm"),
    )


def _stride_lengths(
    trial: Vicon, lever: FloatArray, every: int = 1
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Lengths, true lengths, errors of clearance, clearance, height of the point at foot-flat.

    Of strides without a glitch, in metres.
    """
    point = (float(lever[0]), float(lever[1]), float(lever[2]))
    found = measure(thinned(trial.block, every), point_m=point)
    steps = found.steps[~np.isnan(found.steps["stride_m"])]
    start, stop = found.flats_ns(steps)
    t, path, wrong = trial.block.t_ns, vicon.path_m(trial), vicon.bad(trial)
    mine, true, rise, height, low = [], [], [], [], []
    for row, a, b in zip(steps, np.searchsorted(t, start), np.searchsorted(t, stop), strict=True):
        if wrong[a : b + 1].any():
            continue
        mine.append(row["stride_m"])
        true.append(np.hypot(*(path[b, :2] - path[a, :2])))
        top = path[a : b + 1, 2].max() - (path[a, 2] + path[b, 2]) / 2
        rise.append(row["clearance_m"] - top)
        height.append(row["clearance_m"])
        low.append((path[a, 2] + path[b, 2]) / 2)
    return np.array(mine), np.array(true), np.array(rise), np.array(height), np.array(low)


def _gaitmap_lengths(data: Path) -> tuple[FloatArray, FloatArray]:
    """Lengths, and lengths by the heel marker, in metres."""
    raw = np.loadtxt(data / "gaitmap-walk" / "mocap_sample.csv", delimiter=",", skiprows=3)
    t, heel = raw[:, 0] / 100.0, raw[:, 4:6] / 1e3
    found = measure(recordings.gaitmap(data).block)
    steps = found.steps[~np.isnan(found.steps["stride_m"])]
    start, stop = (x / 1e9 for x in found.flats_ns(steps))
    seen = stop <= t[-1]
    way = [np.interp(stop, t, heel[:, k]) - np.interp(start, t, heel[:, k]) for k in range(2)]
    return steps["stride_m"][seen], np.hypot(*way)[seen]


def rates(data: Path) -> Iterator[Figure]:
    """The same recordings at lower rates."""
    gaitmap = recordings.gaitmap(data)
    for every in (1, 2, 4):
        block = thinned(gaitmap.block, every)
        a = agreement(_stance_error_ms(gaitmap, measure(block)))
        yield Figure(f"stance, gaitmap left at {block.rate_hz:.0f} Hz", _spread(a))
    for every in (1, 2, 4):
        errors, length = [], []
        for name in recordings.RUNS:
            trial = recordings.pyshoe(data, name)
            slow = Vicon(name=name, block=trial.block, pos_m=trial.pos_m)
            found = measure(thinned(trial.block, every))
            one = _cadence_error_spm(slow, found)
            if one is not None and one[0] >= 20:
                errors.append(one[1])
            length.append(np.nanmedian(found.steps["stride_m"]) if every < 4 else np.nan)
        a = agreement(np.array(errors))
        yield Figure(
            f"cadence, pyshoe running at {200 // every} Hz",
            f"MAE {a.mae:.3f}, max {a.worst:.3f} spm",
        )


def latency(data: Path) -> Iterator[Figure]:
    """How late a contact is told."""
    run = np.concatenate(
        [latencies_s(recordings.pyshoe(data, name).block) for name in recordings.RUNS]
    )
    walk = latencies_s(recordings.gaitmap(data).block)
    for label, x, most in (("pyshoe running", run, 0.45), ("gaitmap walking", walk, 0.70)):
        p50, p95 = np.percentile(x, [50, 95])
        yield Figure(
            f"latency of a contact after its FC, {label}",
            f"median {p50:.2f}, p95 {p95:.2f}, max {x.max():.2f} s, n {len(x)}",
            f"p95 <= {most:.2f} s", p95 <= most,
        )  # fmt: skip


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
    found = np.array([_by_speed(seed=100 * k) for k in range(5)]) - 50
    slow, fast = found.mean(axis=0)
    yield Figure(
        "softness, speed -20 and +20 %, synthetic, six runs within +-10 % before, mean of five",
        f"{slow:+.1f}, {fast:+.1f} points (worst minute {np.abs(found).max():.1f})",
        "<= 3 points", max(abs(slow), abs(fast)) <= 3,
    )  # fmt: skip
    yield _sessions()


def _by_speed(seed: int) -> list[float]:
    """Softness of a minute a fifth slower and one a fifth faster than the runs before."""
    speeds = (2.7, 2.85, 3.0, 3.0, 3.15, 3.3)
    usual = usual_of([_run(v, seed=seed + k) for k, v in enumerate(speeds)])
    out = []
    for v in (2.4, 3.6):
        soft = summarised(_run_of(v, seed + 9), usual).measure("softness")
        assert soft is not None
        assert soft.value is not None
        out.append(soft.value)
    return out


def _run_of(speed_mps: float, seed: int) -> Measured:
    made = synth.runner(60.0, gait=Gait(speed_mps=speed_mps), seed=seed)
    return measure(made.block)


def _run(speed_mps: float, seed: int) -> Summary:
    return summarised(_run_of(speed_mps, seed), None)


def summarised(found: Measured, usual: Usual | None) -> Summary:
    """Return the summary of a minute of the left foot."""
    return summarise(found.steps, found.findings, 60.0, "left", usual)


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


GROUPS = {
    "Cadence": (cadence, doubling),
    "Walking": (walking,),
    "Contact in running": (running,),
    "Stride length, clearance, angles": (space,),
    "By rate": (rates,),
    "Latency": (latency,),
    "Softness": (softness,),
}
