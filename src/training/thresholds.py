"""Every number that a rule turns on, in one place, with a version.

Where a number comes from stands in docs/flags.md. A changed number is a new version.
"""

from dataclasses import dataclass


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

    # F03, soreness that lasts
    sore_score: float = 3.0
    sore_notice_h: float = 24.0
    sore_caution_h: float = 48.0
    sore_session_within_h: float = 72.0
    sore_reports_within_h: float = 60.0

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


DEFAULT = Thresholds()
