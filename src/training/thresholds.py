"""Every number that a rule turns on, in one place, with a version.

Where a number comes from stands in docs/flags.md. A changed number is a new version; whoever runs
a server may set others, and every flag then names them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Settings of the rules; shares are fractions, scores are 0 to 10."""

    version: int = 1

    # F01, one run against the longest before it
    spike_window_days: int = 30
    spike_notice_ratio: float = 1.10
    spike_caution_ratio: float = 1.30
    spike_strong_ratio: float = 2.00
    spike_history_days: int = 60
    spike_history_runs: int = 3
    spike_shown_days: int = 7

    # F02, coming back after a break
    break_days: int = 14
    break_long_days: int = 28
    break_shown_days: int = 56
    break_cap_ratio: float = 1.10
    break_long_factor: float = 0.5

    # F03, soreness that lasts
    sore_score: float = 3.0
    sore_notice_h: float = 24.0
    sore_caution_h: float = 48.0
    sore_session_within_h: float = 72.0
    sore_reports_within_h: float = 60.0

    # F04, morning stiffness
    stiff_points: float = 2.0
    stiff_minutes_ratio: float = 2.0
    stiff_minutes_least: float = 5.0
    stiff_mornings: int = 3
    stiff_baseline_days: int = 21
    stiff_baseline_least: int = 10

    # F05, pain
    pain_notice: float = 4.0
    pain_caution: float = 5.0
    pain_shown_days: int = 2

    # F06, F07: fatigue of the arch, tightness of the calf
    trend_points: float = 2.0
    trend_short_days: float = 7.0
    trend_long_days: float = 28.0
    trend_least: int = 8
    trend_fresh_days: int = 2
    shift_strike_deg: float = 4.0

    # F08, sleep
    sleep_poor: float = 2.0
    sleep_nights: int = 3
    sleep_of_days: int = 7
    sleep_least: int = 5

    # F09 to F11, between comparable runs
    drift_baseline_runs: int = 10
    drift_baseline_most: int = 30
    drift_baseline_days: int = 180
    drift_z: float = 2.0
    drift_gct_frac: float = 0.03
    drift_gct_spread_frac: float = 0.007
    drift_efficiency_frac: float = 0.04
    drift_efficiency_spread_frac: float = 0.012
    drift_softness_points: float = 10.0
    drift_softness_spread_points: float = 3.0
    drift_speed_reach_frac: float = 0.15
    drift_shortest_s: float = 600.0
    drift_shown_days: int = 14
    drift_coverage_pct: float = 80.0

    # F12, fading within long runs
    fade_pct: float = 4.0
    fade_share: float = 0.95
    fade_long_s: float = 2700.0
    fade_z: float = 2.5
    fade_spread_pct: float = 0.5
    fade_least: int = 10
    fade_shown_days: int = 7

    # F13, stability
    hold_drop_frac: float = 0.25
    sway_rise_frac: float = 0.30
    stability_trials: int = 5
    stability_twice: int = 2
    stability_shown_days: int = 7

    # F14, left and right
    sides_points: float = 3.0
    sides_mads: float = 2.5
    sides_runs: int = 3
    sides_needed: int = 2
    sides_baseline: int = 10

    # F15, steps times their force
    steps_weeks: int = 8
    steps_weeks_most: int = 12
    steps_share: float = 0.95
    steps_known_frac: float = 0.8

    # F16, monotony: off unless switched on
    monotony_on: bool = False
    monotony_ratio: float = 2.0
    monotony_weeks: int = 3

    # F17, strength work
    ramp_ratio: float = 1.30
    ramp_weeks: int = 3
    ramp_least_rpe_min: float = 45.0
    contacts_ratio: float = 1.10
    contacts_days: int = 30
    contacts_first_most: int = 40
    ramp_shown_days: int = 7

    # F18, strength before a key run
    conflict_h: float = 24.0
    conflict_hard_h: float = 48.0
    conflict_ahead_days: int = 7

    # F19, soreness after strength work
    response_score: float = 4.0
    response_from_h: float = 8.0
    response_to_h: float = 36.0
    response_of: int = 3
    response_times: int = 2

    # F20, a new site after something new
    new_days: int = 14
    new_quiet_days: int = 60
    new_score: float = 3.0
    new_known_days: int = 28

    # F21, barefoot
    barefoot_ratio: float = 1.10
    barefoot_days: int = 30
    barefoot_shown_days: int = 7

    # F22, several at once
    cluster_days: int = 3
    cluster_least: int = 2

    # F23, somebody should look at it
    severe_score: float = 5.0
    severe_days: int = 3
    lasting_days: int = 14
    lasting_score: float = 3.0
    lasting_gap_days: int = 4
    care_shown_days: int = 3

    # F24, what the numbers rest on
    clipped_pct: float = 30.0
    quality_days: int = 3


DEFAULT = Thresholds()

#: A number may be set to this share of the usual one at least, and to so many times it at most.
LEAST_SHARE, MOST_TIMES = 0.2, 5.0
#: The first of each pair is never above the second.
_ORDERED = (
    ("spike_notice_ratio", "spike_caution_ratio"), ("spike_caution_ratio", "spike_strong_ratio"),
    ("break_days", "break_long_days"), ("break_long_days", "break_shown_days"),
    ("sore_notice_h", "sore_caution_h"), ("pain_notice", "pain_caution"),
    ("trend_short_days", "trend_long_days"), ("drift_baseline_runs", "drift_baseline_most"),
    ("stiff_baseline_least", "stiff_baseline_days"), ("sleep_nights", "sleep_least"),
    ("sleep_least", "sleep_of_days"), ("sides_needed", "sides_runs"),
    ("steps_weeks", "steps_weeks_most"), ("conflict_h", "conflict_hard_h"),
    ("response_from_h", "response_to_h"), ("response_times", "response_of"),
    ("new_known_days", "new_quiet_days"),
)  # fmt: skip
#: Shares of a whole, which end at 1.
_SHARES = frozenset({"fade_share", "steps_share", "steps_known_frac", "hold_drop_frac"})
#: Ratios of growth, which begin at 1.
_GROWTH = frozenset({
    "spike_notice_ratio", "spike_caution_ratio", "spike_strong_ratio", "break_cap_ratio",
    "ramp_ratio", "contacts_ratio", "barefoot_ratio", "stiff_minutes_ratio",
})  # fmt: skip


def thresholds_with(values: Mapping[str, object]) -> Thresholds:
    """Return the usual thresholds but for these; text is read as a number or yes and no.

    Raises ValueError in one sentence, naming the setting, for one that there is not and for a
    value that no rule can go by.

    >>> thresholds_with({"spike_notice_ratio": "1.2"}).spike_notice_ratio
    1.2
    """
    usual = {f.name: getattr(DEFAULT, f.name) for f in fields(DEFAULT) if f.name != "version"}
    for name in values:
        if name not in usual:
            near = get_close_matches(name, usual, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"{name}: there is no such threshold{hint}")
    read = {name: _read(name, value, usual[name]) for name, value in values.items()}
    made = replace(DEFAULT, **read)  # type: ignore[arg-type]
    for low, high in _ORDERED:
        if getattr(made, low) > getattr(made, high):
            most, got = getattr(made, high), getattr(made, low)
            raise ValueError(f"{low}: expected {most:g} ({high}) at most, got {got:g}")
    return made


def _read(name: str, value: object, usual: float) -> float:
    """Return a value as the kind of number that the usual one is, within reach of it."""
    if isinstance(usual, bool):
        words = {"true": True, "1": True, "false": False, "0": False}
        found = words.get(str(value).strip().lower())
        if found is None:
            raise ValueError(f"{name}: expected true or false, got {value}")
        return found
    try:
        number = math.nan if isinstance(value, bool) else float(str(value))
    except ValueError:
        number = math.nan
    low, high = usual * LEAST_SHARE, usual * MOST_TIMES
    low = max(low, 1.0) if name in _GROWTH or isinstance(usual, int) else low
    high = min(high, 1.0) if name in _SHARES else high
    if not low <= number <= high:
        raise ValueError(f"{name}: expected {low:g} to {high:g}, got {value}")
    if isinstance(usual, int) and number != int(number):
        raise ValueError(f"{name}: expected a whole number, got {value}")
    return int(number) if isinstance(usual, int) else number


def said(thresholds: Thresholds) -> str:
    """Return what is set otherwise than usual, "" where nothing is: it goes with the version.

    >>> said(thresholds_with({"pain_notice": 3}))
    'pain_notice 3'
    """
    own = ((f.name, getattr(thresholds, f.name)) for f in fields(thresholds))
    return ", ".join(
        f"{name} {str(v).lower() if isinstance(v, bool) else f'{v:g}'}"
        for name, v in own
        if v != getattr(DEFAULT, name)
    )
