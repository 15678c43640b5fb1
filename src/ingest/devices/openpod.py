"""catfoot's own open profile for an IMU pod; docs/devices.md has it byte by byte.

The pod says once what its numbers mean (``Info``) and then sends packets of consecutive
samples, each with the time of its first sample and a number that counts packets. A lost
sample ends the packet, so no sample is ever invented or silently missing. No sockets here:
bytes in, samples out, and back.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import DecodeError
from ...signal.imu import G_MPS2, ImuBlock
from ...signal.tables import FloatArray, IntArray, Place, Side
from ..source import Notification, Profile, Said

DEVICE = "open pod"
SERVICE = "c47f0001-7a1e-4b0d-9c52-5f0e6d3a8b21"
INFO = "c47f0002-7a1e-4b0d-9c52-5f0e6d3a8b21"
DATA = "c47f0003-7a1e-4b0d-9c52-5f0e6d3a8b21"
CONTROL = "c47f0004-7a1e-4b0d-9c52-5f0e6d3a8b21"

START, STOP, SET_RATE = 0x01, 0x02, 0x03
HAS_GYR, GENERATED = 0x01, 0x02  # flags of Info
LAST_PACKET = 0x01  # flag of a packet: the pod stops by itself after this one

#: Longest value an attribute may have (Core specification, volume 3, part F, 3.2.9).
MAX_PACKET = 512
#: How far a sample may lie from where the rate puts it and still share a packet.
TOLERANCE_NS = 50_000

_SIDES: tuple[Side, ...] = ("unknown", "left", "right")
_PLACES: tuple[Place, ...] = ("unknown", "lace", "heel", "insole", "shank", "sacrum")
_INFO = struct.Struct("<BBBBIId d 3d 3d".replace(" ", ""))
HEAD = struct.Struct("<IHBB")
WRAP_US = 1 << 32

# Full scales of common sensors: BMI270, LSM6DSO, ICM-42688 and the high-g ADXL372/373, H3LIS331.
_ACC_SCALES_G = (2, 4, 8, 16, 32, 64, 100, 200, 400)
_GYR_SCALES_DPS = (125, 250, 500, 1000, 2000, 4000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What a pod's numbers mean. Range: infinite where not known, per raw axis.

    ``boot`` changes whenever the pod's clock starts again; 0 means not known.
    """

    side: Side = "unknown"
    place: Place = "unknown"
    rate_mhz: int
    boot: int = 0
    acc_lsb_mps2: float
    gyr_lsb_radps: float = 0.0
    acc_range_mps2: tuple[float, float, float] = (np.inf, np.inf, np.inf)
    gyr_range_radps: tuple[float, float, float] = (np.inf, np.inf, np.inf)
    demo: bool = False

    @property
    def rate_hz(self) -> float:
        """Samples per second."""
        return self.rate_mhz / 1000

    @property
    def axes(self) -> int:
        """Numbers per sample: 6 with a gyroscope, 3 without."""
        return 6 if self.gyr_lsb_radps else 3


def encode_info(info: Info) -> bytes:
    """Return the 76 bytes of the Info characteristic."""
    flags = (HAS_GYR if info.axes == 6 else 0) | (GENERATED if info.demo else 0)
    return _INFO.pack(
        1, _SIDES.index(info.side), _PLACES.index(info.place), flags, info.rate_mhz, info.boot,
        info.acc_lsb_mps2, info.gyr_lsb_radps, *info.acc_range_mps2, *info.gyr_range_radps,
    )  # fmt: skip


def decode_info(data: bytes) -> Info:
    """Return what the Info characteristic says; DecodeError where it breaks the profile."""
    if len(data) != _INFO.size:
        raise DecodeError(DEVICE, data, f"Info has {len(data)} bytes instead of {_INFO.size}")
    version, side, place, flags, rate, boot, acc, gyr, *ranges = _INFO.unpack(data)
    if version != 1:
        raise DecodeError(DEVICE, data, f"Info of version {version}, only 1 is known")
    if side >= len(_SIDES) or place >= len(_PLACES) or flags & ~(HAS_GYR | GENERATED):
        raise DecodeError(DEVICE, data, "Info uses values that are reserved")
    # 10 mHz to 100 kHz; what lies outside would overflow the times of a packet.
    if not 10 <= rate <= 100_000_000:
        raise DecodeError(DEVICE, data, f"Info states a rate of {rate} mHz")
    if not 0 < acc < 1e3 or not (0 < gyr < 1e3 if flags & HAS_GYR else gyr == 0):
        raise DecodeError(DEVICE, data, "Info states a least significant bit that cannot be")
    if not all(r > 0 for r in ranges):
        raise DecodeError(DEVICE, data, "Info states a range that is not positive")
    return Info(
        side=_SIDES[side], place=_PLACES[place], rate_mhz=rate, boot=boot,
        acc_lsb_mps2=acc, gyr_lsb_radps=gyr, demo=bool(flags & GENERATED),
        acc_range_mps2=(ranges[0], ranges[1], ranges[2]),
        gyr_range_radps=(ranges[3], ranges[4], ranges[5]),
    )  # fmt: skip


class OpenPodDecoder:
    """Turns packets into blocks with unwrapped device time, and counts what is missing.

    Times start at the first stamp seen. ``lost_packets`` follows the packet numbers,
    ``lost_samples`` the stamps, so that both the radio's and the pod's own losses show.
    """

    def __init__(self, info: Info) -> None:
        self.info = info
        self.packets = self.samples = self.gaps = 0
        self.lost_packets = self.lost_samples = self.resets = 0
        self.ended = False
        self._seq: int | None = None
        self._stamp_us = self._first_ns = self._received_ns = 0
        self._next_ns = 0  # where the rate puts the next sample

    def feed(self, notification: Notification) -> list[Said]:
        """Return one block per packet; control point answers say nothing."""
        if notification.characteristic != DATA:
            return []
        data = notification.data
        t_us, seq, n, flags = self._head(data)
        first_ns = self._unwrap(data, t_us, seq, notification.received_ns)
        if self._seq is not None:
            self._count_losses(seq, first_ns)
        self._seq, self._stamp_us, self._first_ns = seq, t_us, first_ns
        self._received_ns = notification.received_ns
        self.packets += 1
        self.samples += n
        self.ended = bool(flags & LAST_PACKET)
        offsets = sample_offsets_ns(n + 1, self.info.rate_mhz)
        self._next_ns = first_ns + int(offsets[n])
        raw = np.frombuffer(data, "<i2", offset=HEAD.size).astype(np.float64)
        return [self._block(first_ns + offsets[:n], raw.reshape(n, self.info.axes))]

    def _head(self, data: bytes) -> tuple[int, int, int, int]:
        if len(data) < HEAD.size:
            raise DecodeError(DEVICE, data, f"a packet of {len(data)} bytes has no head")
        t_us, seq, n, flags = HEAD.unpack_from(data)
        want = HEAD.size + n * self.info.axes * 2
        if n == 0 or want > MAX_PACKET:
            raise DecodeError(DEVICE, data, f"a packet cannot hold {n} samples")
        if len(data) != want:
            raise DecodeError(DEVICE, data, f"{n} samples need {want} bytes, got {len(data)}")
        if flags & ~LAST_PACKET:
            raise DecodeError(DEVICE, data, f"flags {flags:#04x} are reserved")
        return t_us, seq, n, flags

    def _unwrap(self, data: bytes, t_us: int, seq: int, received_ns: int) -> int:
        """Return the unwrapped time of the first sample in ns."""
        if self._seq is None:
            return t_us * 1000
        ahead_us = (t_us - self._stamp_us) % WRAP_US
        t_ns = self._first_ns + ahead_us * 1000
        if ahead_us < WRAP_US // 2 and t_ns > self._next_ns - self._period_ns():
            return t_ns
        if (seq - self._seq) % 65536 != 1:
            raise DecodeError(DEVICE, data, f"packet {seq} comes after packet {self._seq}")
        # The numbering goes on but the clock does not: it was set or started again. Only the
        # host can say how much time went by.
        self.resets += 1
        elapsed = max(received_ns - self._received_ns, 0) // 1000 * 1000
        return max(self._first_ns + elapsed, self._next_ns)

    def _count_losses(self, seq: int, first_ns: int) -> None:
        assert self._seq is not None
        self.lost_packets += (seq - self._seq - 1) % 65536
        late_ns = first_ns - self._next_ns
        lost = round(late_ns / self._period_ns())
        self.lost_samples += max(lost, 0)
        self.gaps += lost > 0 or (seq - self._seq) % 65536 != 1

    def _period_ns(self) -> int:
        return 1_000_000_000_000 // self.info.rate_mhz

    def _block(self, t_ns: IntArray, raw: FloatArray) -> ImuBlock:
        info = self.info
        return ImuBlock(
            t_ns=t_ns,
            acc=raw[:, :3] * info.acc_lsb_mps2,
            gyr=raw[:, 3:] * info.gyr_lsb_radps if info.axes == 6 else None,
            rate_hz=info.rate_hz,
            acc_range_mps2=info.acc_range_mps2,
            gyr_range_radps=info.gyr_range_radps,
            acc_lsb_mps2=info.acc_lsb_mps2,
            gyr_lsb_radps=info.gyr_lsb_radps,
        )


def sample_offsets_ns(n: int, rate_mhz: int) -> IntArray:
    """Return when the first ``n`` samples of a packet lie after its stamp, shape (n,).

    Integer arithmetic, rounded down, so that every receiver finds the same nanoseconds.

    >>> sample_offsets_ns(3, 200_000)
    array([       0,  5000000, 10000000])
    """
    return np.arange(n, dtype=np.int64) * 1_000_000_000_000 // rate_mhz


def info_of(
    blocks: Iterable[ImuBlock],
    *,
    side: Side = "unknown",
    place: Place = "unknown",
    demo: bool = False,
    boot: int = 0,
) -> Info:
    """Choose what a pod that plays ``blocks`` has to state.

    The least significant bit is that of the recording where the samples fit into 16 bits
    with it, else that of the smallest standard full scale which holds them.
    """
    given = [b for b in blocks if len(b)]
    if not given:
        raise ValueError("a pod needs at least one sample to play")
    first = given[0]
    acc = _peak(b.acc for b in given)
    gyr = _peak(b.gyr for b in given if b.gyr is not None)
    return Info(
        side=side, place=place, demo=demo, boot=boot, rate_mhz=round(first.rate_hz * 1000),
        acc_lsb_mps2=_lsb(acc, first.acc_lsb_mps2, [g * G_MPS2 for g in _ACC_SCALES_G]),
        gyr_lsb_radps=0.0 if first.gyr is None else _lsb(
            gyr, first.gyr_lsb_radps, [float(np.deg2rad(d)) for d in _GYR_SCALES_DPS]),
        acc_range_mps2=first.acc_range_mps2, gyr_range_radps=first.gyr_range_radps,
    )  # fmt: skip


def packets(blocks: Iterable[ImuBlock], info: Info, per_packet: int = 4) -> Iterator[bytes]:
    """Yield the notifications of a pod that measured ``blocks``.

    A packet ends where it is full, and where the next sample is not within 50 us of where
    the rate puts it. Values beyond 16 bits saturate. The last one carries LAST_PACKET.
    """
    given = [b for b in blocks if len(b)]
    if not given:
        return
    t_ns = np.concatenate([b.t_ns for b in given])
    raw = np.concatenate([_quantised(b, info) for b in given])
    offsets = sample_offsets_ns(per_packet, info.rate_mhz)
    at = seq = 0
    while at < len(t_ns):
        t_us = (int(t_ns[at]) + 500) // 1000
        ahead = t_ns[at : at + per_packet] - t_us * 1000
        strays = np.flatnonzero(np.abs(ahead - offsets[: len(ahead)]) > TOLERANCE_NS)
        n = int(strays[0]) if len(strays) else len(ahead)
        flags = LAST_PACKET if at + n == len(t_ns) else 0
        yield HEAD.pack(t_us % WRAP_US, seq % 65536, n, flags) + raw[at : at + n].tobytes()
        at, seq = at + n, seq + 1


def _quantised(block: ImuBlock, info: Info) -> NDArray[np.int16]:
    columns = [np.rint(block.acc / info.acc_lsb_mps2)]
    if info.axes == 6:
        gyr = np.zeros_like(block.acc) if block.gyr is None else block.gyr
        columns.append(np.rint(gyr / info.gyr_lsb_radps))
    raw: NDArray[np.int16] = np.clip(np.concatenate(columns, axis=1), -32768, 32767).astype("<i2")
    return raw


def _peak(arrays: Iterable[FloatArray]) -> float:
    return max((float(np.abs(a).max()) for a in arrays), default=0.0)


def _lsb(peak: float, own: float, scales: list[float]) -> float:
    # A full scale of 32768 steps; +full scale itself saturates one step below, as in sensors.
    if own > 0 and peak <= own * 32768:
        return own
    return next((s for s in scales if peak <= s), peak) / 32768


def _clock_id(reads: Mapping[str, bytes]) -> int | None:
    return decode_info(reads.get(INFO, b"")).boot or None


PROFILE = Profile(
    name="openpod",
    service=SERVICE,
    notify=(DATA,),
    start=((CONTROL, bytes([START])),),
    stop=((CONTROL, bytes([STOP])),),
    reads=(INFO,),
    decoder=lambda reads: OpenPodDecoder(decode_info(reads.get(INFO, b""))),
    clock_id=_clock_id,
    wrap_ns=WRAP_US * 1000,
    silence_s=2.0,
    is_last=lambda packet: bool(packet.data[7:8] and packet.data[7] & LAST_PACKET),
)
