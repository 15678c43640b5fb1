"""WitMotion WT901BLE and BWT901BLE5.0: cheap, everywhere, and without clock or counter.

Nothing in a frame says when it was measured or whether the one before was lost. Times follow
the arrival, smoothed; a lost frame shows only where many are lost together.
"""

from collections.abc import Mapping

import numpy as np

from ...errors import DecodeError
from ...signal.imu import G_MPS2, ImuBlock
from ..source import Notification, Profile, Said
from .steady import Steady

DEVICE = "WitMotion"
# Not the SIG's base: it ends in 9a34fb where that ends in 9b34fb.
SERVICE = "0000ffe5-0000-1000-8000-00805f9a34fb"
NOTIFY = "0000ffe4-0000-1000-8000-00805f9a34fb"
WRITE = "0000ffe9-0000-1000-8000-00805f9a34fb"

RATE_HZ = 100.0
UNLOCK, SET_100_HZ = bytes.fromhex("ffaa6988b5"), bytes.fromhex("ffaa030900")
_FRAME, _SAMPLES, _REGISTERS = 20, b"\x55\x61", b"\x55\x71"
_RANGE_ACC, _RANGE_GYR = 16 * G_MPS2, float(np.deg2rad(2000))


class WitMotionDecoder:
    """Turns frames into blocks on the host's clock."""

    notes = ("the sensor has no clock and no counter: lost samples cannot be seen",)

    def __init__(self) -> None:
        self._steady = Steady(RATE_HZ, slack_ns=300e6)

    @property
    def gaps(self) -> int:
        """How often so much was missing that it showed."""
        return self._steady.gaps

    def feed(self, notification: Notification) -> list[Said]:
        """Return the samples of a notification, which may hold several frames."""
        if notification.characteristic != NOTIFY:
            return []
        data = notification.data
        if not data or len(data) % _FRAME:
            raise DecodeError(DEVICE, data, f"{len(data)} bytes are no frames of {_FRAME}")
        frames = [data[i : i + _FRAME] for i in range(0, len(data), _FRAME)]
        if any(frame[:2] not in (_SAMPLES, _REGISTERS) for frame in frames):
            raise DecodeError(DEVICE, data, "a frame that does not start with 55 61")
        samples = b"".join(frame[2:14] for frame in frames if frame[:2] == _SAMPLES)
        if not samples:
            return []
        raw = np.frombuffer(samples, "<i2").astype(np.float64).reshape(-1, 6)
        a, g = _RANGE_ACC, _RANGE_GYR
        block = ImuBlock(
            t_ns=self._steady.times(notification.received_ns, len(raw)),
            acc=raw[:, :3] * (a / 32768), gyr=raw[:, 3:] * (g / 32768), rate_hz=RATE_HZ,
            acc_range_mps2=(a, a, a), gyr_range_radps=(g, g, g),
            acc_lsb_mps2=a / 32768, gyr_lsb_radps=g / 32768,
        )  # fmt: skip
        return [block]


def _decoder(reads: Mapping[str, bytes]) -> WitMotionDecoder:
    return WitMotionDecoder()


PROFILE = Profile(
    name="witmotion",
    service=SERVICE,
    notify=(NOTIFY,),
    start=((WRITE, UNLOCK), (WRITE, SET_100_HZ)),
    decoder=_decoder,
    shows_loss=False,
    silence_s=2.0,
)
