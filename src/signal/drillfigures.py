"""What a person is told of a drill: counts, medians and bests, graded, with their reasons."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .drops import quiet_set, too_hard_to_score
from .holdmeasures import LEAST_S, TOO_SHORT, measures_of
from .imu import G_MPS2
from .measures import LETTERS, Grade, Measure, withheld
from .pauses import reached
from .quality import Reason, sentences
from .tables import HOLD, HOP, REP, FloatArray, Table, join
from .taps import rhythm_cv, taps_per_s

if TYPE_CHECKING:
    from .drills import DrillReader


def _count(name: str, key: str, n: int, rows: Table) -> Measure:
    """A count, graded as its worst common row."""
    reasons = Reason(0)
    for bits in rows["reason"]:
        reasons |= Reason(int(bits))
    grade = LETTERS[int(np.median(rows["grade"]))] if len(rows) else "C"
    value = None if grade == "X" else float(n)
    return Measure(
        name=name, key=key, value=value, grade=grade, n=len(rows), reasons=sentences(reasons)
    )


def _middle(name: str, key: str, values: FloatArray, rows: Table, most: bool = False) -> Measure:
    """The median (or the most) of the values that are known, graded as the middle row."""
    known = ~np.isnan(values) & (rows["grade"] > 0)
    reasons = Reason(0)
    for bits in rows["reason"]:
        reasons |= Reason(int(bits))
    if not known.any():
        return Measure(name=name, key=key, value=None, grade="X", n=0, reasons=sentences(reasons))
    kept = values[known]
    grades = np.sort(rows["grade"][known])
    return Measure(
        name=name, key=key, value=float(kept.max() if most else np.median(kept)),
        grade=LETTERS[int(grades[(len(grades) - 1) // 2])], n=len(kept), reasons=sentences(reasons),
    )  # fmt: skip


def _reps(of: "DrillReader") -> tuple[Measure, ...]:
    rows = of.tables().get("rep", join(REP, []))
    told = (
        _count("reps", "reps", len(rows), rows),
        _middle("rise", "rise_s", rows["rise_s"], rows),
        _middle("top", "top_s", rows["top_s"], rows),
        _middle("lower", "lower_s", rows["lower_s"], rows),
        _middle("bottom_pause", "bottom_pause_s", rows["pause_s"], rows),
        _middle("range", "range_deg", np.rad2deg(rows["angle_rad"]), rows),
    )
    if of.name == "heel_raise":
        return (*told, _middle("heel_height", "heel_height_mm", rows["height_m"] * 1e3, rows))
    return (*told, *_wobbling(of))


def _taps(of: "DrillReader") -> tuple[Measure, ...]:
    rows = of.tables().get("rep", join(REP, []))
    one = rows[:1]
    return (
        _count("taps", "taps", len(rows), rows),
        _middle("tap_rate", "tap_rate_hz", np.full(len(one), taps_per_s(rows)), one),
        _middle("rhythm", "rhythm_cv_pct", np.full(len(one), 100 * rhythm_cv(rows)), one),
        # The foot that stands while the other one taps is the one whose ankle wobbles.
        *(_wobbling(of) if of.name == "toe_taps" and not len(rows) else ()),
    )


def _lunges(of: "DrillReader") -> tuple[Measure, ...]:
    rows = of.tables().get("rep", join(REP, []))
    degrees = np.rad2deg(rows["angle_rad"])
    return (
        _middle("dorsiflexion", "dorsiflexion_deg", degrees, rows),
        _middle("dorsiflexion_best", "dorsiflexion_best_deg", degrees, rows, most=True),
        _count("leans", "leans", len(rows), rows),
    )


def _pauses(of: "DrillReader") -> tuple[Measure, ...]:
    rows = of.tables().get("rep", join(REP, []))
    return (
        _count("pauses", "pauses", len(rows), rows),
        _count("pauses_reached", "pauses_reached", reached(rows), rows),
        _middle("pause", "pause_s", rows["top_s"], rows),
    )


def _pushes(of: "DrillReader") -> tuple[Measure, ...]:
    rows = of.tables().get("rep", join(REP, []))
    return (
        _count("pushes", "pushes", len(rows), rows),
        _middle("settle", "settle_s", rows["lower_s"], rows),
    )


def _hops(of: "DrillReader") -> tuple[Measure, ...]:
    rows = of.tables().get("hop", join(HOP, []))
    own = rows[~np.isnan(rows["gct_s"])]
    return (
        _count("contacts", "contacts", len(rows), rows),
        _middle("gct", "gct_ms", own["gct_s"] * 1e3, own),
        _middle("flight", "flight_ms", own["flight_s"] * 1e3, own),
        _middle("height", "height_mm", own["height_m"] * 1e3, own),
        _middle("rsi", "rsi", own["rsi"], own),
        _middle("stiffness", "stiffness_npm_per_kg", own["stiffness_npm_per_kg"], own),
        *_softness(of, rows),
    )


def _drops(of: "DrillReader") -> tuple[Measure, ...]:
    rows = of.tables().get("hop", join(HOP, []))
    return (
        _count("contacts", "contacts", len(rows), rows),
        _middle("height", "height_mm", rows["height_m"] * 1e3, rows),
        *_softness(of, rows),
        _middle("settle", "settle_s", rows["settle_s"], rows),
    )


def _softness(of: "DrillReader", rows: Table) -> tuple[Measure, ...]:
    """Shock, and the score of the landings; the score is withheld without a usual."""
    usual = of.landing
    scored = quiet_set(rows, usual)
    known = rows[~np.isnan(scored.scores)]
    values = scored.scores[~np.isnan(scored.scores)]
    shock = _middle("shock", "shock_g", rows["shock_mps2"] / G_MPS2, rows)
    if usual is None or too_hard_to_score(rows):
        why = Reason.CLIPPED if too_hard_to_score(rows) else Reason.LEARNING
        blank = Measure(name="landing_softness", key="landing_softness", value=None, grade="X",
                        n=len(rows), reasons=sentences(why))  # fmt: skip
        if too_hard_to_score(rows):
            shock = replace(shock, value=None, grade="X")
        return shock, blank
    return (
        shock,
        _middle("landing_softness", "landing_softness", values, known),
        _middle("landing_softness_best", "landing_softness_best", values, known, most=True),
        _count("landings_in_band", "landings_in_band", scored.in_band, known),
    )


def _holds(of: "DrillReader") -> tuple[Measure, ...]:
    lifts = of.lifts()
    rows = lifts if len(lifts) else of.tables().get("hold", join(HOLD, []))
    seconds = (rows["stop_ns"] - rows["start_ns"]) / 1e9
    told = (
        _middle("hold", "hold_s", seconds, rows, most=True),
        _count("holds", "holds", len(rows), rows),
    )
    if len(lifts) or not len(rows):
        return told
    best = rows[int(np.argmax(seconds))][None]
    in_10_s = best["wobbles"] * 10 / max(1e-9, float(seconds.max()))
    return (
        *told,
        _count("clean_holds", "clean_holds", int(rows["clean"].sum()), rows),
        _middle("wobbles", "wobbles_in_10_s", in_10_s, best),
        *(one for one in measures_of(best) if one.name == "sway"),
        _middle("sway_path", "sway_path_degps", np.rad2deg(best["path_radps"]), best),
        *_sides(of, int(best["wobbles_medial"][0]), int(best["wobbles_lateral"][0])),
    )


def _swaying(of: "DrillReader") -> tuple[Measure, ...]:
    if not of.sway_n:
        return ()
    path = float(np.degrees(of.path_sum / of.sway_n))
    rate = float(np.degrees(np.sqrt(of.rate2_sum / of.sway_n)))
    grade: Grade = "X" if of.score_grade == "X" else "B"
    known = grade != "X"
    # Of the same name and formula as a hold's: both are sway under the condition of the set.
    sway = Measure(name="sway", key="sway_degps", value=rate if known else None, grade=grade,
                   n=of.sway_n, reasons=() if known else of.sway_reasons)  # fmt: skip
    if of.swayed_s < LEAST_S:
        sway = withheld("sway", "sway_degps", of.sway_n, (TOO_SHORT,))
    return (
        sway,
        Measure(name="sway_path", key="sway_path_degps", value=path if known else None,
                grade=grade, n=of.sway_n, reasons=() if known else of.sway_reasons),
        *_wobbling(of),
    )  # fmt: skip


def _wobbling(of: "DrillReader") -> tuple[Measure, ...]:
    """Wobbles of this foot so far, and which way they went."""
    every = Measure(name="wobbles", key="wobbles", value=float(of.wobbles), grade="B", n=of.wobbles)
    return (every, *_sides(of, of.medial, of.lateral))


def _sides(of: "DrillReader", medial: int, lateral: int) -> tuple[Measure, ...]:
    why = Reason.SIDE if of.mount.side == "unknown" else Reason.MOUNT
    return tuple(
        Measure(name=name, key=name, value=float(n) if of.directed else None,
                grade="B" if of.directed else "X", n=n,
                reasons=() if of.directed else sentences(why))
        for name, n in (("wobbles_medial", medial), ("wobbles_lateral", lateral))
    )  # fmt: skip


#: Drill to its figures.
TOLD: Mapping[str, Callable[["DrillReader"], tuple[Measure, ...]]] = {
    "sway": _swaying,
    "hold": _holds,
    "push": _pushes,
    "heel_raise": _reps,
    "heel_to_toe": _reps,
    "taps": _taps,
    "toe_taps": _taps,
    "lunge": _lunges,
    "pause": _pauses,
    "hops": _hops,
    "drop": _drops,
}
