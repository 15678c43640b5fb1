"""A device's time as the host's time.

A packet may arrive late, never early: the true line lies under all points (device time,
arrival - device time). The lower convex hull of these points is the highest such line, so
fades and retransmissions, which only lift points, do not move it. Regression through all
points is pulled along by every fade.

Source: Moon, Skelly, Towsley 1999, Estimation and removal of clock skew from network delay
measurements, IEEE INFOCOM. Differs from the paper: minima per second instead of all points,
a window of 300 s, the slope limited to what quartz does.
"""

from collections import deque
from collections.abc import Sequence
from itertools import pairwise

SECOND_NS = 1_000_000_000

WINDOW_S = 300
# Where packets come about once a second, few of them meet a connection event at once: at 50 ms
# and 8 % loss with fades, the worst of eight links of 40 minutes kept 1.2 ms (SD) with 600 s and 0.8
# with 900, also where the crystal's rate moves by 5 ppm in half an hour.
SPARSE_WINDOW_S, SPARSE_HZ = 900, 2.0
SETTLE_S = 10  # before that a slope means nothing and the 10th percentile of delays serves
MAX_SLOPE = 200e-6  # quartz is within 100 ppm over temperature; both ends may be off
_BUCKET_NS = SECOND_NS
_FRESH_NS = 60 * SECOND_NS  # a hull of a minute lies within 0.1 ms of where it will stay
_MOST_APART_NS = SECOND_NS  # beyond, somebody set the clock in between


class Clock:
    """One connection's mapping of device time to host time, from pairs as they come.

    A new connection, or a device clock that jumped, needs a new Clock.
    """

    def __init__(self) -> None:
        self._buckets: deque[tuple[int, int]] = deque()  # (device, delay) minima
        self._pairs = 0
        self._early: list[int] = []  # delays of the first seconds
        self._first_ns = 0
        self._slope = 0.0
        self._anchor: tuple[int, int] = (0, 0)
        self._floors: list[tuple[int, int]] = []
        self._back_ns = 0

    def add(self, device_ns: int, arrival_ns: int) -> None:
        """Take the device time of a packet's last sample and when the host received it."""
        delay = arrival_ns - device_ns
        self._pairs += 1
        if not self._buckets:
            self._first_ns = device_ns
        bucket = (device_ns - self._first_ns) // _BUCKET_NS
        if self._buckets and (self._buckets[-1][0] - self._first_ns) // _BUCKET_NS == bucket:
            if delay < self._buckets[-1][1]:
                self._buckets[-1] = (device_ns, delay)
                self._fit(delay)
                self._middle(device_ns)
        else:
            self._buckets.append((device_ns, delay))
            while len(self._buckets) > self._window(device_ns):
                self._buckets.popleft()
            self._fit(delay)
            self._middle(device_ns)

    def floor(self, device_ns: int, host_ns: int) -> None:
        """Take that a device time was not before a host time: it received what was sent then.

        The line is above the truth by the least delay of the way here, this below it by the
        least delay of the way there. Like NTP, the middle is taken: half of what both ways
        leave open is the most it can be off.
        """
        self._floors.append((device_ns, host_ns))

    def _middle(self, device_ns: int) -> None:
        """Move the line into the middle of what is possible, while the round trips are fresh.

        Later the line has moved on, and their distance from it is no longer that of the time.
        """
        if not self._floors or device_ns - self._floors[-1][0] >= _FRESH_NS:
            return
        fresh = [(d, h) for d, h in self._floors if self._floors[-1][0] - d < _FRESH_NS]
        apart = [self._line_ns(d) - h for d, h in fresh]
        possible = [ns for ns in apart if 0 <= ns < _MOST_APART_NS]
        self._back_ns = min(possible) // 2 if possible else 0

    def _window(self, device_ns: int) -> int:
        """Return how many seconds with packets are looked back over."""
        sparse = self._pairs * SECOND_NS < SPARSE_HZ * (device_ns - self._first_ns)
        return SPARSE_WINDOW_S if sparse else WINDOW_S

    def host_ns(self, device_ns: int) -> int:
        """Return host time of a device time; ValueError before the first pair."""
        if not self._buckets:
            raise ValueError("a clock needs at least one pair")
        return self._line_ns(device_ns) - self._back_ns

    def _line_ns(self, device_ns: int) -> int:
        at, delay = self._anchor
        return device_ns + delay + round((device_ns - at) * self._slope)

    @property
    def open_ns(self) -> int | None:
        """How far off the time can be by what round trips leave open; None without any."""
        return self._back_ns or None

    @property
    def settled(self) -> bool:
        """Whether a slope is being fitted, which takes the first 10 s."""
        return bool(self._buckets) and self._buckets[-1][0] - self._first_ns >= SETTLE_S * SECOND_NS

    @property
    def slope_ppm(self) -> float:
        """How much slower than the host's the device's clock runs, in parts per million."""
        return self._slope * 1e6

    def _fit(self, delay: int) -> None:
        if not self.settled:
            self._early.append(delay)
            self._anchor = (self._first_ns, sorted(self._early)[len(self._early) // 10])
            return
        points = list(self._buckets)
        (x0, y0), (x1, y1) = _edge(_lower_hull(points), sum(x for x, _ in points) // len(points))
        slope = (y1 - y0) / (x1 - x0)
        self._slope = max(-MAX_SLOPE, min(MAX_SLOPE, slope))
        if self._slope == slope:
            self._anchor = (x0, y0)
        else:
            self._anchor = min(points, key=lambda p: p[1] - self._slope * (p[0] - x0))


def _lower_hull(points: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the lower convex hull of points in order of x (Andrew's monotone chain)."""
    hull: list[tuple[int, int]] = []
    for x, y in points:
        while len(hull) > 1:
            (x0, y0), (x1, y1) = hull[-2:]
            if (x1 - x0) * (y - y0) > (y1 - y0) * (x - x0):
                break
            hull.pop()
        hull.append((x, y))
    return hull


def _edge(hull: list[tuple[int, int]], x: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the edge over ``x``: of all lines below the points the one nearest to them."""
    for left, right in pairwise(hull):
        if right[0] >= x:
            return left, right
    return hull[-2], hull[-1]
