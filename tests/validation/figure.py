"""One line of the report, and how errors are put in words."""

from dataclasses import dataclass

import numpy as np

from catfoot.signal.tables import FloatArray, Table

from .compare import Agreement


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report; ``good`` is None where nothing is asked."""

    what: str
    found: str
    wanted: str = ""
    good: bool | None = None


def spread(a: Agreement, unit: str = "ms") -> str:
    """Return an agreement in words."""
    lo, hi = a.limits
    return (
        f"bias {a.bias:+.1f}, SD {a.sd:.1f}, robust SD {a.robust_sd:.1f}, RMSE {a.rmse:.1f},"
        f" limits {lo:+.0f}..{hi:+.0f} {unit}, n {a.n}"
    )


def against(truth: Table, steps: Table, column: str) -> FloatArray:
    """Errors of a column, each step against the nearest true contact."""
    known = steps[~np.isnan(steps[column])]
    near = np.abs(known["ic_ns"][:, None] - truth["ic_ns"][None]).argmin(axis=1)
    return np.asarray(known[column] - truth[column][near])
