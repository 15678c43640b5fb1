"""How far the median of a run's steps is to be trusted: a seeded bootstrap over blocks.

Neighbouring steps are alike, so steps drawn one by one would promise too much. Blocks of about a
minute are drawn instead. Source: Kuensch 1989, Ann Stat 17:1217, with blocks that do not overlap.
"""

import zlib

import numpy as np

from .tables import FloatArray

_DRAWS = 400
_BLOCK = 80  # steps of one foot in a minute of running
_LEAST_BLOCKS = 10
_AT_ONCE = 1 << 20  # counts held at a time


def draws(values: FloatArray, seed: int, name: str = "") -> FloatArray:
    """Return medians of what the same athlete might have shown instead, shape (400,).

    ``values`` are in order of time and all known. The same values, seed and name give the same
    draws; ``name`` keeps two measures of one recording from being drawn alike.
    """
    n = len(values)
    size = max(1, min(_BLOCK, n // _LEAST_BLOCKS))
    blocks = -(-n // size)
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    times = rng.multinomial(blocks, np.full(blocks, 1 / blocks), _DRAWS)
    order = np.argsort(values, kind="stable")
    of, ordered = order // size, values[order]
    out = np.empty(_DRAWS)
    step = max(1, _AT_ONCE // n)
    for i in range(0, _DRAWS, step):
        # Steps up to each place in each draw; the median stands where half of them are.
        upto = np.cumsum(times[i : i + step][:, of], axis=1)
        half = (upto[:, -1:] + 1) // 2
        out[i : i + step] = ordered[(upto < half).sum(axis=1)]
    return out


def interval(drawn: FloatArray) -> tuple[float, float]:
    """Return the 95 % interval of draws."""
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)
