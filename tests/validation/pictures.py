"""Bland-Altman plots: each set against its reference, and by down-sampled rate.

Difference (measured minus reference) over their mean, with bias and limits of agreement. Source:
Bland and Altman 1986, Lancet 327:307.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from catfoot.signal import synth
from catfoot.signal.synth import Gait, Sensor
from catfoot.signal.tables import FloatArray

from . import lengths, recordings, swaying, timing, vicon, waist
from .compare import agreement, gated, match
from .measure import Measured, measure, thinned
from .recordings import Events, Vicon

_BYTES_MOST = 60_000  # of a picture in the repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """One set: what was measured and what the reference says, in ``unit``."""

    name: str
    unit: str
    measured: FloatArray
    reference: FloatArray
    digits: int = 0

    @property
    def errors(self) -> FloatArray:
        """Measured minus reference."""
        return self.measured - self.reference


def report(data: Path, docs: Path) -> list[str]:
    """Draw every picture into docs/validation; return the lines that show them."""
    folder = docs / "validation"
    folder.mkdir(exist_ok=True)
    lines = [
        "\n## Agreement, set by set and by rate\n",
        "Down-sampled recordings are averaged over 2 or 4 samples, as a slower sensor would.\n",
        "| set | bias | limits of agreement | n |",
        "|---|---|---|---|",
    ]
    shown = []
    for file, title, pairs_of in PICTURES:
        sets = list(pairs_of(data))
        (folder / f"{file}.png").write_bytes(drawn(title, sets))
        shown.append(f"\n![{title}](validation/{file}.png)")
        lines += [_line(title, one) for one in sets]
    return lines + shown


def _line(title: str, one: Pairs) -> str:
    a = agreement(one.errors)
    low, high = a.limits
    d = one.digits
    limits = f"limits {low:+.{d}f}..{high:+.{d}f} {one.unit}"
    return f"| {title}: {one.name} | {a.bias:+.{d}f} {one.unit} | {limits} | n {a.n} |"


def drawn(title: str, sets: Sequence[Pairs]) -> bytes:
    """Return a PNG with one panel a set, all at one scale."""
    figure = Figure(figsize=(3.1 * len(sets) + 0.6, 3.0), dpi=80, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, len(sets), squeeze=False, sharey=True)[0]
    for one, ax in zip(sets, axes, strict=True):
        a = agreement(one.errors)
        low, high = a.limits
        ax.plot((one.measured + one.reference) / 2, one.errors, ".", ms=3, color="#2166ac",
                alpha=0.6)  # fmt: skip
        for at, style in ((a.bias, "-"), (low, "--"), (high, "--")):
            ax.axhline(at, color="#c2571a", lw=1, ls=style)
        ax.axhline(0, color="#888888", lw=0.5)
        d = one.digits
        ax.set_title(f"{one.name}\nbias {a.bias:+.{d}f}, limits {low:+.{d}f} to {high:+.{d}f} "
                     f"{one.unit}, n {a.n}", fontsize=7.5)  # fmt: skip
        ax.set_xlabel(f"mean of both, {one.unit}", fontsize=7.5)
        ax.tick_params(labelsize=7)
        ax.grid(alpha=0.2, lw=0.5)
    axes[0].set_ylabel(f"measured - reference, {sets[0].unit}", fontsize=7.5)
    figure.suptitle(title, fontsize=9, fontweight="bold")
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    picture = out.getvalue()
    if len(picture) > _BYTES_MOST:
        raise ValueError(f"{title}: {len(picture)} bytes are too many for the repository")
    return picture


def _stances(name: str, truth: Events, found: Measured, gate: bool = False) -> Pairs:
    steps = found.steps[~np.isnan(found.steps["gct_s"])]
    whole = ~np.isnan(truth.ic_s) & ~np.isnan(truth.fc_s)
    i, j = match(truth.ic_s[whole], steps["ic_ns"] / 1e9, 0.15)
    mine, true = 1e3 * steps["gct_s"][j], 1e3 * (truth.fc_s - truth.ic_s)[whole][i]
    if gate:
        kept = np.isin(mine - true, gated(mine - true))
        mine, true = mine[kept], true[kept]
    return Pairs(name=name, unit="ms", measured=mine, reference=true)


def stance(data: Path) -> Iterator[Pairs]:
    """Walking against motion capture and OptoGait."""
    gaitmap = recordings.gaitmap(data)
    yield _stances("gaitmap left, motion capture", gaitmap, measure(gaitmap.block))
    feet = recordings.tripod(data)
    end_s = timing.belt_stops_s(feet)
    for whole in feet:
        foot = timing.until(whole, end_s)
        yield _stances(f"{foot.name}, OptoGait", foot, measure(foot.block), gate=True)


def stance_by_rate(data: Path) -> Iterator[Pairs]:
    """Walking stance at lower rates."""
    gaitmap = recordings.gaitmap(data)
    for every in (1, 2, 4):
        block = thinned(gaitmap.block, every)
        yield _stances(f"gaitmap left, {block.rate_hz:.0f} Hz", gaitmap, measure(block))


def contact_by_rate(data: Path) -> Iterator[Pairs]:
    """Synthetic running from 160 to 350 ms of contact; no real reference holds so many."""
    for rate in (50.0, 100.0, 200.0, 400.0):
        mine, true = [], []
        for k, gct in enumerate((0.16, 0.20, 0.245, 0.30, 0.35)):
            gait = Gait(gct_s=gct, cadence_spm=200 - 250 * (gct - 0.16), speed_mps=0.8 / gct)
            made = synth.runner(25.0, gait=gait, sensor=Sensor(rate_hz=rate), seed=40 + k)
            steps = measure(made.block).steps
            steps = steps[~np.isnan(steps["gct_s"])]
            near = np.abs(steps["ic_ns"][:, None] - made.truth["ic_ns"][None]).argmin(axis=1)
            mine.append(1e3 * steps["gct_s"])
            true.append(1e3 * made.truth["gct_s"][near])
        yield Pairs(name=f"synthetic runner, {rate:.0f} Hz", unit="ms", digits=1,
                    measured=np.concatenate(mine), reference=np.concatenate(true))  # fmt: skip


def stride_length(data: Path) -> Iterator[Pairs]:
    """Stride length against motion capture."""
    for kind, names, lever in (
        ("running", recordings.RUNS, vicon.LEVER_RUN_M),
        ("walking", recordings.WALKS, vicon.LEVER_WALK_M),
    ):
        yield _lengths(data, f"pyshoe {kind}", names, lever, 1)
    mine, true = lengths.gaitmap_lengths(data)
    yield Pairs(name="gaitmap left", unit="mm", measured=1e3 * mine, reference=1e3 * true)


def lengths_by_rate(data: Path) -> Iterator[Pairs]:
    """Stride length at lower rates; below 90 Hz none is given."""
    for every in (1, 2):
        yield _lengths(
            data, f"pyshoe running, {200 // every} Hz", recordings.RUNS, vicon.LEVER_RUN_M, every
        )


def _lengths(data: Path, name: str, trials: Sequence[str], lever: FloatArray, every: int) -> Pairs:
    found = [lengths.stride_lengths(recordings.pyshoe(data, t), lever, every) for t in trials]
    mine, true = (np.concatenate([one[k] for one in found]) for k in (0, 1))
    return Pairs(name=name, unit="mm", measured=1e3 * mine, reference=1e3 * true)


def heights(data: Path) -> Iterator[Pairs]:
    """Clearance against motion capture, the lever to its marker applied."""
    for kind, names, lever in (
        ("running", recordings.RUNS, vicon.LEVER_RUN_M),
        ("walking", recordings.WALKS, vicon.LEVER_WALK_M),
    ):
        found = [lengths.stride_lengths(recordings.pyshoe(data, t), lever) for t in names]
        error, own = (1e3 * np.concatenate([one[k] for one in found]) for k in (2, 3))
        yield Pairs(name=f"pyshoe {kind}", unit="mm", measured=own, reference=own - error)


def waists(data: Path) -> Iterator[Pairs]:
    """Contact at the waist against a force treadmill, conditions that no fit had seen."""
    of = waist.trials(data)
    true = 1e3 * np.array([trial.gct_s for trial in of])
    for slope, name in ((False, "pulse, speed"), (True, "pulse, speed, slope")):
        mine = 1e3 * waist.told_s(of, sensor=True, slope=slope)
        yield Pairs(name=f"alcantara, {name}", unit="ms", measured=mine, reference=true)


def sway_paths(data: Path) -> Iterator[Pairs]:
    """Sway of real traces through a synthetic pod against the summary that came with them."""
    of = swaying.trials(data)
    mine, true = ([getattr(one, name) for one in of] for name in ("path_cmps", "true_path_cmps"))
    yield Pairs(name="bds-cop, path", unit="cm/s", digits=2, measured=np.array(mine),
                reference=np.array(true))  # fmt: skip


def sway_areas(data: Path) -> Iterator[Pairs]:
    """The same, the area of the ellipse that holds 95 % of it."""
    of = swaying.trials(data)
    mine, true = ([getattr(one, name) for one in of] for name in ("area_cm2", "true_area_cm2"))
    yield Pairs(name="bds-cop, 95 % ellipse", unit="cm2", digits=2, measured=np.array(mine),
                reference=np.array(true))  # fmt: skip


def cadence_by_rate(data: Path) -> Iterator[Pairs]:
    """Cadence per trial against Vicon, trials with 20 confirmed strides."""
    for every in (1, 2, 4):
        mine, error = [], []
        for name in recordings.RUNS:
            trial = recordings.pyshoe(data, name)
            slow = Vicon(name=name, block=trial.block, pos_m=trial.pos_m)
            found = measure(thinned(trial.block, every))
            one = timing.cadence_error_spm(slow, found)
            if one is not None and one[0] >= 20:
                mine.append(120 / float(np.nanmedian(found.steps["stride_s"])))
                error.append(one[1])
        got = np.array(mine)
        yield Pairs(name=f"pyshoe running, {200 // every} Hz", unit="spm", digits=2,
                    measured=got, reference=got - np.array(error))  # fmt: skip


PICTURES: tuple[tuple[str, str, Callable[[Path], Iterator[Pairs]]], ...] = (
    ("cadence-by-rate", "Cadence per trial, running", cadence_by_rate),
    ("stance", "Stance, walking", stance),
    ("stance-by-rate", "Stance, walking, by rate", stance_by_rate),
    ("contact-by-rate", "Contact time, running, 160 to 350 ms", contact_by_rate),
    ("stride-length", "Stride length", stride_length),
    ("clearance", "Clearance", heights),
    ("stride-length-by-rate", "Stride length, running, by rate", lengths_by_rate),
    ("waist", "Contact at the waist, running", waists),
    ("sway-path", "Sway, path", sway_paths),
    ("sway-area", "Sway, area", sway_areas),
)
