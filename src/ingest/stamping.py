"""Three stamps of a foot: how a person says which pod is theirs."""

import numpy as np

from ..signal.imu import G_MPS2, ImuBlock

# Not tuned on recordings: a stamp is meant to be harder than any step of a walk.
STAMP_MPS2 = 5 * G_MPS2
_APART_NS = 150_000_000  # one stamp rings for less
_SERIES_NS = 1_000_000_000  # longest pause between stamps, and the stillness that ends them
_STAMPS = range(3, 6)


class Stamping:
    """Watches one pod; ``feed`` says when its foot has stamped three to five times and stopped.

    Somebody who walks or runs by does not stop after five.
    """

    def __init__(self) -> None:
        self.stamps = 0  # of the series that goes on
        self._last_ns: int | None = None

    def feed(self, block: ImuBlock) -> bool:
        """Take samples; return whether a series of stamps was completed in them."""
        done = False
        hard = np.linalg.norm(block.acc, axis=1) > STAMP_MPS2
        for at_ns in block.t_ns[hard].tolist():
            done |= self._still_at(at_ns)
            if self._last_ns is None or at_ns - self._last_ns > _APART_NS:
                self.stamps += 1
            self._last_ns = at_ns
        return self._still_at(int(block.t_ns[-1])) or done if len(block) else done

    def _still_at(self, at_ns: int) -> bool:
        """End the series if it was still for long enough; return whether it was one of ours."""
        if self._last_ns is None or at_ns - self._last_ns < _SERIES_NS:
            return False
        stamps, self.stamps, self._last_ns = self.stamps, 0, None
        return stamps in _STAMPS
