"""The streaming law, which every analyser obeys.

Rows depend on the samples alone. However a recording is cut into blocks, down to one
sample each, the rows of all ``update`` calls and of ``finish``, one after the other, are
the same, bit for bit (on one machine and build). Batch is a loop over ``update``; there is
no second implementation.
"""

from collections.abc import Iterable
from typing import Protocol

import numpy as np

from .imu import ImuBlock
from .tables import Table, join


class Analyser(Protocol):
    """Turns samples into rows of one table."""

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The table whose rows it returns."""
        ...

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the rows that became certain with them."""
        ...

    def finish(self) -> Table:
        """Return the rows that only the end of the recording makes certain."""
        ...


def analyse(analyser: Analyser, blocks: Iterable[ImuBlock]) -> Table:
    """Return all rows of a recording given as blocks."""
    rows = [analyser.update(block) for block in blocks]
    return join(analyser.dtype, [*rows, analyser.finish()])
