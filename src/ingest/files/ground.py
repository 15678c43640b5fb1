"""How far and how fast a track went, from positions, which are not kept."""

from collections.abc import Sequence

import numpy as np

from ...signal.tables import FloatArray, Table

_EARTH_M = 6_371_008.8  # mean radius, IUGG
#: More than this between two points nobody runs; the position jumped.
_FASTEST_MPS = 12.0
_SMALL_JUMP_M = 50.0


def lengths_m(places: Sequence[tuple[float, float]]) -> FloatArray:
    """Return how far along the track each place is; (latitude, longitude) in degrees, NaN unknown."""
    lat, lon = np.radians(np.array(places)).T
    known = np.flatnonzero(np.isfinite(lat))
    out = np.full(len(places), np.nan)
    if len(known) > 1:
        a, b = lat[known], lon[known]
        # The haversine formula keeps its digits for the metre between two points.
        half = (
            np.sin(np.diff(a) / 2) ** 2
            + np.cos(a[1:]) * np.cos(a[:-1]) * np.sin(np.diff(b) / 2) ** 2
        )
        steps_m = 2 * _EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
        out[known] = np.concatenate([[0.0], np.cumsum(steps_m)])
    return out


def fill_motion(out: Table, length_m: FloatArray, warnings: list[str]) -> None:
    """Fill distance and speed from the positions where the file has neither."""
    known = np.flatnonzero(np.isfinite(length_m))
    if np.isnan(out["distance_m"]).all() and len(known) > 1:
        took_s = np.diff(out["t_ns"][known]) / 1e9
        steps_m = np.diff(length_m[known])
        jumps = steps_m > np.maximum(_FASTEST_MPS * took_s, _SMALL_JUMP_M)
        if n := int(jumps.sum()):
            warnings.append(f"{n} jumps of the position do not count as distance")
        steps_m[jumps] = 0.0
        out["distance_m"][known] = np.concatenate([[0.0], np.cumsum(steps_m)])
        warnings.append("distance is added up from positions")
    known = np.flatnonzero(np.isfinite(out["distance_m"]))
    if np.isnan(out["speed_mps"]).all() and len(known) > 2:
        speed = np.gradient(out["distance_m"][known], out["t_ns"][known] / 1e9)
        out["speed_mps"][known] = np.clip(speed, 0, None)
