"""Pictures of recordings: the signals with their events, and every step over the run."""

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .analysis import Analysed, closer, foot_frame
from .errors import ConfigError, FileError
from .signal.glossary import BY_NAME
from .signal.imu import G_MPS2
from .signal.smoothing import rolling
from .signal.tables import GRADE_X, BoolArray, FloatArray, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = {"left": "#2166ac", "right": "#c2571a", "unknown": "#2b6f77"}
_BOUTS = {"acceleration": "#f4c542", "walk": "#8fbf9f", "stop": "#b8b8c0"}
_LOOK_S = 4.0  # of signals: some six strides
_PAUSE_MIN = 10 / 60
_HEIGHT_IN, _WIDTH_IN, _DPI = 1.7, 11.0, 100

#: What is drawn of steps: measure, column in the measure's unit, grade column.
_STEPS: tuple[tuple[str, Callable[[Table], FloatArray], str], ...] = (
    ("cadence", lambda r: 120 / r["stride_s"], ""),
    ("gct", lambda r: 1e3 * r["gct_s"], "grade_time"),
    ("speed", lambda r: r["speed_mps"], "grade_space"),
    ("strike", lambda r: np.rad2deg(r["strike_rad"]), "grade_angle"),
    ("shock", lambda r: r["shock_mps2"] / G_MPS2, "grade_impact"),
)
_READINGS: tuple[tuple[str, Callable[[Table], FloatArray]], ...] = (
    ("cadence", lambda r: np.where(r["cadence_spm"] > 0, r["cadence_spm"], np.nan)),
    ("gct", lambda r: 1e3 * r["gct_s"]),
    ("gct_balance", lambda r: 100 * r["gct_left_frac"]),
    ("speed", lambda r: r["speed_mps"]),
    ("power", lambda r: r["power_w"]),
    ("heart_rate", lambda r: r["heart_rate_bpm"]),
)


def draw(found: Sequence[Analysed]) -> bytes:
    """Return a PNG: signals with events above, steps or readings over the run below.

    Left and right share their axes. What was withheld is not drawn. Raises ConfigError where
    matplotlib is not installed, FileError where there is nothing to draw.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as fault:
        raise ConfigError(
            "A plot needs matplotlib, which is not installed: pip install 'catfoot[plots]'"
        ) from fault
    looks = [one for one in found if one.decoded.blocks]
    panels = _panels(found)
    if not looks and not panels:
        raise FileError(f"{found[0].name}: there is nothing to draw")
    rows = 2 * len(looks) + len(panels)
    figure = Figure(figsize=(_WIDTH_IN, 0.9 + _HEIGHT_IN * rows), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, 1, squeeze=False)[:, 0]
    for i, one in enumerate(looks):
        _signals(one, axes[2 * i], axes[2 * i + 1])
    _over_the_run(found, panels, list(axes[2 * len(looks) :]))
    _title(figure, found)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _title(figure: "Figure", found: Sequence[Analysed]) -> None:
    names = "  +  ".join(dict.fromkeys(one.name for one in found))
    figure.suptitle(names, fontsize=12, fontweight="bold", x=0.01, ha="left")


def _panels(found: Sequence[Analysed]) -> list[str]:
    """Return the measures of which something can be drawn, in the order of the tables."""
    names = dict.fromkeys([name for name, *_ in _STEPS] + [name for name, _ in _READINGS])
    return [name for name in names if any(len(_series(one, name)[0]) > 1 for one in found)]


def _series(one: Analysed, name: str) -> tuple[FloatArray, FloatArray]:
    """Return minutes and values of what is known of a measure, step by step."""
    t, y, _ = _with_gait(one, name)
    return t, y


def _with_gait(one: Analysed, name: str) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return minutes, values, and which of them are of the gait that most steps were in."""
    for measure, values_of, graded in _STEPS:
        if measure == name and len(one.steps):
            summed = one.summary.measure(name)
            with np.errstate(divide="ignore", invalid="ignore"):
                values = values_of(one.steps)
            known = np.isfinite(values)
            if graded:
                known &= one.steps[graded] > GRADE_X
            if summed is None or summed.value is None:
                known[:] = False
            gait = one.steps["gait"]
            usual = gait == np.bincount(gait).argmax()
            return _minutes(one, one.steps["ic_ns"])[known], values[known], usual[known]
    for measure, values_of in _READINGS:
        if measure == name and len(one.readings):
            values = values_of(one.readings)
            known = np.isfinite(values)
            t = _minutes(one, one.readings["t_ns"])
            return t[known], values[known], np.ones(int(known.sum()), bool)
    return np.zeros(0), np.zeros(0), np.zeros(0, bool)


def _minutes(one: Analysed, t_ns: Any) -> FloatArray:
    return np.asarray((t_ns - one.decoded.first_ns()) / 60e9)


def _over_the_run(found: Sequence[Analysed], names: Sequence[str], axes: Sequence["Axes"]) -> None:
    for name, ax in zip(names, axes, strict=True):
        told = BY_NAME[name]
        every = []
        for one in found:
            t, y, usual = _with_gait(one, name)
            if not len(t):
                continue
            every.append(y[usual] if usual.any() else y)
            colour = _COLOURS[one.entry.side if one.decoded.blocks else "unknown"]
            ax.plot(t, y, ".", ms=2.5, alpha=0.35, color=colour, rasterized=True)
            label = one.entry.side if len(found) > 1 and one.decoded.blocks else None
            ax.plot(*_broken(t, rolling(y)), lw=1.6, color=colour, label=label)
        _limits(ax, np.concatenate(every))
        ax.set_ylabel(f"{told.label}\n{told.unit}", fontsize=9)
        _plain(ax)
        for bout in found[0].summary.bouts:
            if bout.kind in _BOUTS:
                ax.axvspan(bout.start_s / 60, bout.stop_s / 60, color=_BOUTS[bout.kind], alpha=0.3,
                           lw=0)  # fmt: skip
        if any(one.entry.side != "unknown" for one in found) and len(found) > 1:
            ax.legend(loc="upper right", fontsize=8, frameon=False, ncols=2)
    if len(axes):
        kinds = dict.fromkeys(b.kind for b in found[0].summary.bouts if b.kind in _BOUTS)
        shaded = f"   (shaded: {', '.join(kinds)})" if kinds else ""
        axes[0].set_title(f"Every step, and the median of 21{shaded}" if len(found[0].steps)
                          else f"Every reading, and the median of 21{shaded}",
                          fontsize=10, loc="left")  # fmt: skip
        axes[-1].set_xlabel("minutes", fontsize=9)
        last = max(one.entry.duration_s for one in found) / 60
        for ax in axes:
            ax.set_xlim(0, last)
            ax.tick_params(labelbottom=ax is axes[-1])


def _broken(t: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the line with a break in every pause: nothing is known of it."""
    at = np.flatnonzero(np.diff(t) > _PAUSE_MIN) + 1
    return np.insert(t, at, np.nan), np.insert(y, at, np.nan)


def _limits(ax: "Axes", y: FloatArray) -> None:
    """Leave strays and a walk break out of sight: they would press everything else flat."""
    low, high = np.quantile(y, [0.01, 0.99])
    room = 0.15 * (high - low) + 1e-3 * max(1.0, abs(high))
    ax.set_ylim(low - room, high + room)


def _signals(one: Analysed, above: "Axes", below: "Axes") -> None:
    """Draw some strides from the middle: size of acceleration and pitch rate, contacts shaded."""
    looked = closer(one.decoded)
    assert looked is not None  # it has samples
    contacts = one.steps[~np.isnan(one.steps["gct_s"])]
    t_ns = looked.t_ns
    middle = contacts["ic_ns"][len(contacts) // 2] if len(contacts) else t_ns[len(t_ns) // 2]
    first, last = np.searchsorted(
        t_ns, [middle - int(_LOOK_S / 2 * 1e9), middle + int(_LOOK_S / 2 * 1e9)]
    )
    t = (t_ns[first:last] - one.decoded.first_ns()) / 1e9
    acc = np.concatenate([b.acc for b in one.decoded.blocks])[first:last]
    colour = _COLOURS[one.entry.side]
    above.plot(t, np.linalg.norm(acc, axis=1) / G_MPS2, lw=1.0, color=colour)
    above.set_ylabel("Acceleration\ng", fontsize=9)
    side = "" if one.entry.side == "unknown" else f", {one.entry.side} foot"
    events = "contacts shaded" if len(contacts) else "no contact was found"
    above.set_title(f"Signals from the middle of the recording{side}: {events}",
                    fontsize=10, loc="left")  # fmt: skip
    label = "Pitch rate,\ntoes up, deg/s"
    if looked.alignment is not None:
        turn = -foot_frame(one.decoded, looked.alignment, int(first), int(last))[4]
        below.plot(t, np.rad2deg(turn), lw=1.0, color=colour)
    elif one.decoded.blocks[0].gyr is not None:
        gyr = np.concatenate([b.gyr for b in one.decoded.blocks if b.gyr is not None])[first:last]
        below.plot(t, np.rad2deg(np.linalg.norm(gyr, axis=1)), lw=1.0, color=colour)
        label = "Turning rate\ndeg/s"
    else:
        below.text(0.5, 0.5, "no gyroscope", ha="center", transform=below.transAxes)
    below.set_ylabel(label, fontsize=9)
    below.set_xlabel("seconds", fontsize=9)
    for ax in (above, below):
        _plain(ax)
        for row in contacts:
            begin, end = ((row[k] - one.decoded.first_ns()) / 1e9 for k in ("ic_ns", "fc_ns"))
            if len(t) and end > t[0] and begin < t[-1]:
                ax.axvspan(begin, end, color=colour, alpha=0.10, lw=0)
                ax.axvline(begin, color=colour, lw=0.8)
                ax.axvline(end, color=colour, lw=0.8, ls=":")
        if len(t):
            ax.set_xlim(t[0], t[-1])
    above.tick_params(labelbottom=False)


def _plain(ax: "Axes") -> None:
    ax.grid(alpha=0.25, lw=0.6)
    ax.tick_params(labelsize=8)
    for edge in ("top", "right"):
        ax.spines[edge].set_visible(False)
