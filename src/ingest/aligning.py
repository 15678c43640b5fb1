"""Two pods tapped together: their clocks are lined up, and both recordings say how.

Each recording keeps its own times of the taps and the one instant that both stand for, so a
better fit of the clocks, or whoever reads the file in ten years, lines them up anew.
"""

from collections.abc import Callable

from ..signal.imu import ImuBlock
from .reader import Reader, instant_ns
from .records import Aligned, Splitter, encode_aligned
from .tapping import LEAST, Taps, together

# Hands are still for that long once they have tapped.
_QUIET_NS = 1_500_000_000
# Landings on both feet also hit both pods, but spread: made taps leave 1.5 ms, two feet more
# than 5 (SD).
_MOST_SPREAD_MS = 4.0


class Aligner:
    """Lines up the pods of one session by their taps; the second one's clock is moved."""

    def __init__(self) -> None:
        self._pods: list[Watched] = []

    def watch(self, put: Callable[[bytes], None]) -> "Watched":
        """Watch a pod's records; ``put`` takes what is to be added to its recording."""
        pod = Watched(self.look, put)
        self._pods.append(pod)
        return pod

    def look(self) -> None:
        """Line up the two pods, if they were tapped together and are still since then."""
        if len(self._pods) != 2 or not all(pod.tapped for pod in self._pods):
            return
        first, second = (pod.instants_ns() for pod in self._pods)
        found = together(first, second)
        if found is None or found.residual_ms > _MOST_SPREAD_MS:
            return
        for pod, apart_ms in zip(self._pods, (0.0, found.offset_ms), strict=True):
            pod.align(first, apart_ms, found.residual_ms)


class Watched:
    """One pod of a session: its taps, on the clock of its recording."""

    def __init__(self, changed: Callable[[], None], put: Callable[[bytes], None]) -> None:
        self._changed, self._put = changed, put
        self._reader, self._splitter, self._taps = Reader(), Splitter(), Taps()
        self._last_ns = 0

    def see(self, record: bytes) -> None:
        """Take the next record of the pod's recording."""
        new = False
        for payload in self._splitter.feed(record):
            for said in self._reader.take(payload):
                if isinstance(said, ImuBlock) and len(said):
                    self._taps.feed(said)
                    self._last_ns, new = int(said.t_ns[-1]), True
        if new:
            self._changed()

    @property
    def tapped(self) -> bool:
        """Whether it was tapped often enough, and is still since."""
        taps = self._taps.times_ns
        return len(taps) >= LEAST and self._last_ns - taps[-1] > _QUIET_NS

    def instants_ns(self) -> list[int]:
        """Return when the taps were, in ns since 1970."""
        return [instant_ns(self._reader, t_ns) for t_ns in self._taps.times_ns]

    def align(self, instants_ns: list[int], apart_ms: float, residual_ms: float) -> None:
        """Write down that the taps were at these instants, and begin to look for others."""
        own_ns, self._taps.times_ns = tuple(self._taps.times_ns), []
        record = encode_aligned(
            Aligned(
                at_ns=self._reader.received_ns, own_ns=own_ns, instants_ns=tuple(instants_ns),
                apart_ms=apart_ms, residual_ms=residual_ms,
            )
        )  # fmt: skip
        self._put(record)
        self.see(record)
