"""When feet touch and leave: cadence, contact, by rate, and how soon it is told."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from catfoot.signal import synth
from catfoot.signal.synth import Gait, Sensor

from . import markers, recordings, vicon
from .compare import (
    Agreement,
    agreement,
    event_errors_s,
    gated,
    match,
    robust_sd,
    stance_error_ms,
    theil_sen,
)
from .figure import Figure, against, spread
from .measure import Measured, latencies_s, measure, thinned
from .recordings import Events, Vicon


def cadence(data: Path) -> Iterator[Figure]:
    """Cadence against Vicon: the slope of event times against each other."""
    for kind, names in (("running", recordings.RUNS), ("walking", recordings.WALKS)):
        sure: list[float] = []
        rest: list[float] = []
        for name in names:
            trial = recordings.pyshoe(data, name)
            found = cadence_error_spm(trial, measure(trial.block))
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


def cadence_error_spm(trial: Vicon, found: Measured) -> tuple[int, float] | None:
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
    a = agreement(stance_error_ms(gaitmap, found))
    yield Figure(
        "stance, gaitmap left (motion capture on a 10 ms grid)", spread(a),
        "abs bias <= 6, SD <= 5 ms", abs(a.bias) <= 6 and a.sd <= 5,
    )  # fmt: skip
    errors = [
        event_errors_s(gaitmap.ic_s, found.ic_s()),
        event_errors_s(gaitmap.fc_s, found.fc_s()),
    ]
    grid = 10 / np.sqrt(12)
    yield Figure(
        "IC and FC of gaitmap apart; what rounding to the grid alone would give",
        f"SD {errors[0].std() * 1e3:.1f} and {errors[1].std() * 1e3:.1f} ms;"
        f" {grid:.1f} each, {grid * np.sqrt(2):.1f} ms a stance",
    )
    yield from markers.gaitmap(data, gaitmap, found)
    yield from _matched(gaitmap, found)
    toe_off: list[float] = []
    stance: list[Agreement] = []
    feet = recordings.tripod(data)
    end_s = belt_stops_s(feet)
    late, everything = [], []
    for whole in feet:
        foot = until(whole, end_s)
        found = measure(foot.block)
        everything.append(_hits(whole, found))
        late.append((int((whole.ic_s > end_s).sum()), int((found.ic_s() > end_s).sum())))
        a = agreement(gated(stance_error_ms(foot, found)))
        stance.append(a)
        yield Figure(f"stance, {foot.name}, before the belt slows, within 4 MAD", spread(a))
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


def belt_stops_s(feet: list[Events]) -> float:
    """When the belt slows: the first contact that ends before the other foot's begins.

    Walking has double support; from there on OptoGait gives steps to the wrong foot.
    """
    both = sorted((ic, fc) for foot in feet for ic, fc in zip(foot.ic_s, foot.fc_s, strict=True))
    return float(next(ic for (ic, fc), (after, _) in pairwise(both) if not fc > after))


def until(truth: Events, end_s: float) -> Events:
    kept = truth.ic_s < end_s
    return Events(name=truth.name, block=truth.block, ic_s=truth.ic_s[kept], fc_s=truth.fc_s[kept])


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
    error = float(np.median(stance_error_ms(biomac, found)))
    yield Figure(
        "contact, biomac average stride (242 ms by force plate)", f"{error:+.1f} ms",
        "within 15 ms", abs(error) <= 15,
    )  # fmt: skip
    for rate in (50.0, 100.0, 200.0, 400.0):
        made = synth.runner(60.0, sensor=Sensor(rate_hz=rate), seed=1)
        a = agreement(against(made.truth, measure(made.block).steps, "gct_s") * 1e3)
        asked = rate == 200.0
        yield Figure(
            f"contact, synthetic runner, {rate:.0f} Hz", spread(a),
            "abs bias <= 4, SD <= 4 ms" if asked else "",
            abs(a.bias) <= 4 and a.sd <= 4 if asked else None,
        )  # fmt: skip
    for gct in (0.16, 0.20, 0.30, 0.35):
        gait = Gait(gct_s=gct, cadence_spm=120 / (gct / 0.36), speed_mps=0.9 / gct)
        gait = Gait(gct_s=gct, cadence_spm=200 - 250 * (gct - 0.16), speed_mps=0.8 / gct)
        made = synth.runner(60.0, gait=gait, seed=2)
        a = agreement(against(made.truth, measure(made.block).steps, "gct_s") * 1e3)
        yield Figure(f"contact, synthetic runner, {gct * 1e3:.0f} ms", spread(a))


def rates(data: Path) -> Iterator[Figure]:
    """The same recordings at lower rates."""
    gaitmap = recordings.gaitmap(data)
    for every in (1, 2, 4):
        block = thinned(gaitmap.block, every)
        a = agreement(stance_error_ms(gaitmap, measure(block)))
        yield Figure(f"stance, gaitmap left at {block.rate_hz:.0f} Hz", spread(a))
    for every in (1, 2, 4):
        errors, length = [], []
        for name in recordings.RUNS:
            trial = recordings.pyshoe(data, name)
            slow = Vicon(name=name, block=trial.block, pos_m=trial.pos_m)
            found = measure(thinned(trial.block, every))
            one = cadence_error_spm(slow, found)
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
