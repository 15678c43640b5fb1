"""Samples of an inertial sensor, in SI units, each with its own time."""

from dataclasses import dataclass

import numpy as np

from .tables import FloatArray, IntArray

G_MPS2 = 9.80665  # standard gravity, ISO 80000-3


@dataclass(frozen=True, slots=True, kw_only=True)
class ImuBlock:
    """Consecutive samples of one sensor; how they are cut into blocks means nothing.

    ``t_ns`` is device time of every sample, shape (n,), strictly increasing; a decoder
    alone assigns it. A lost sample is absent: no block holds an invented one.
    ``acc`` is m/s^2, shape (n, 3); ``gyr`` is rad/s, shape (n, 3), or None for a sensor
    without a gyroscope. Range and least significant bit are of the raw axes, before any
    rotation or correction: infinite range and 0 mean "not known".
    """

    t_ns: IntArray
    acc: FloatArray
    gyr: FloatArray | None
    rate_hz: float
    acc_range_mps2: tuple[float, float, float] = (np.inf, np.inf, np.inf)
    gyr_range_radps: tuple[float, float, float] = (np.inf, np.inf, np.inf)
    acc_lsb_mps2: float = 0.0
    gyr_lsb_radps: float = 0.0

    def __len__(self) -> int:
        return len(self.t_ns)

    def __getitem__(self, cut: slice) -> "ImuBlock":
        """Cutting is slicing: the same samples with the same times."""
        # Written out: dataclasses.replace costs more than a packet's arithmetic.
        return ImuBlock(
            t_ns=self.t_ns[cut],
            acc=self.acc[cut],
            gyr=None if self.gyr is None else self.gyr[cut],
            rate_hz=self.rate_hz,
            acc_range_mps2=self.acc_range_mps2,
            gyr_range_radps=self.gyr_range_radps,
            acc_lsb_mps2=self.acc_lsb_mps2,
            gyr_lsb_radps=self.gyr_lsb_radps,
        )
