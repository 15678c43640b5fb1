"""From the records of a pod recording to samples on one clock: live and from disk alike."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median

import numpy as np

from ..errors import DecodeError
from ..signal.imu import ImuBlock
from ..signal.tables import Place, Side
from .clock import Clock
from .devices import openpod, profile
from .records import ALIGNED, Aligned, Event, Header, Segment, parse
from .source import Decoder, Notification, Profile, Said

# What a device's clock may differ from the host's over a pause, buffers on both sides included.
_PLAUSIBLE_NS = 3_600_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_ns(reader: "Reader", t_ns: int) -> int:
    """Return the instant of a time on the recording's clock, in ns since 1970.

    Raises ValueError before the first packet.
    """
    at = reader.utc(t_ns)
    if at is None:
        raise ValueError("no packet has come yet")
    return _since_1970_ns(at)


def _since_1970_ns(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1) * 1000


class Reader:
    """Takes the records of one recording in order and says what each packet says.

    The recording's clock is the device's of the first connection. A later connection goes on
    with it where the device says that its clock went on; otherwise its first packet is put
    where the host saw it. A packet that cannot be decoded is counted, never raised.
    """

    def __init__(self) -> None:
        self.header: Header | None = None
        self.profile: Profile | None = None
        self.decoder: Decoder | None = None
        self.clock = Clock()
        self.packets = self.refused = self.connections = self.foreign = self.unreadable = 0
        self.late_ns = 0  # how much later than the quickest ones the last packet came
        self.last_fault: DecodeError | None = None
        self.events: list[Event] = []
        self.marks: list[tuple[int, str]] = []  # the same, on the recording's clock
        self.info: openpod.Info | None = None
        self.aligned: Aligned | None = None  # by taps with another pod, of this device's clock
        self._clock_id: int | None = None
        self._shift_ns: int | None = 0
        self._kept_shift_ns = 0
        self._continues = False
        self._last: tuple[int, int] | None = None  # (recording time, arrival) of the last packet

    @property
    def side(self) -> Side:
        """What the athlete said, else what the pod says."""
        said = self.header.side if self.header else "unknown"
        return self.info.side if said == "unknown" and self.info else said

    @property
    def place(self) -> Place:
        """What the athlete said, else what the pod says."""
        said = self.header.place if self.header else "unknown"
        return self.info.place if said == "unknown" and self.info else said

    @property
    def demo(self) -> bool:
        """Whether the samples are generated, by the header's or the pod's own word."""
        return bool((self.header and self.header.demo) or (self.info and self.info.demo))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know about this recording, one sentence each."""
        said = [str(note) for note in getattr(self.decoder, "notes", ())]
        if self.refused:
            said.append(f"{self.refused} packets could not be decoded: {self.last_fault}")
        if self.aligned is not None and self.aligned.apart_ms:
            said.append(
                f"tapped together with the other pod {len(self.aligned.own_ns)} times: its clock"
                f" was {self.aligned.apart_ms:+.1f} ms off and was moved, residual"
                f" {self.aligned.residual_ms:.1f} ms"
            )
        if self.connections > 1:
            said.append(f"the connection was lost and made again {self.connections - 1} times")
        if self.unreadable:
            said.append(f"{self.unreadable} records could not be read and were left out")
        if self.foreign:
            said.append(f"{self.foreign} records are of a later version and were left out")
        return tuple(said)

    def take(self, payload: bytes) -> list[Said]:
        """Return what one record says, on the recording's clock.

        A record that is none is counted; ValueError only where the header is one of them,
        without which nothing can be read.
        """
        try:
            record = parse(payload, self.header)
        except ValueError:
            if self.header is None:
                raise
            self.unreadable += 1
            return []
        if isinstance(record, Notification):
            return self._packet(record)
        if isinstance(record, Header):
            self.header, self.profile = record, profile(record.profile)
        elif isinstance(record, Segment):
            self._connect(record)
        elif isinstance(record, Event):
            self.events.append(record)
            if self._last is not None:
                self.marks.append((self._last[0] + record.at_ns - self._last[1], record.what))
        elif isinstance(record, Aligned):
            self.aligned = record
            self.marks.append((record.own_ns[-1], ALIGNED))
        else:
            self.foreign += 1
        return []

    def utc(self, t_ns: int) -> datetime | None:
        """Return UTC of a time on the recording's clock; None before the first packet."""
        if self.header is None or self._last is None:
            return None
        host_ns = self._host_ns(t_ns) - self._off_ns()
        return self.header.started_at + timedelta(microseconds=host_ns / 1000)

    @property
    def received_ns(self) -> int:
        """When the host received the last packet, in ns since the recording began."""
        return 0 if self._last is None else self._last[1]

    def _host_ns(self, t_ns: int) -> int:
        return t_ns if self.profile and not self.profile.wrap_ns else self.clock.host_ns(t_ns)

    def _off_ns(self) -> int:
        """Return how far this clock, as it is mapped by now, is from the taps' instants."""
        if self.aligned is None or self.header is None:
            return 0
        zero_ns = _since_1970_ns(self.header.started_at)
        taps = zip(self.aligned.own_ns, self.aligned.instants_ns, strict=True)
        return round(median(zero_ns + self._host_ns(t) - instant for t, instant in taps))

    def received_at(self) -> datetime | None:
        """Return UTC at which the host received the last packet; None before the first."""
        if self.header is None or self._last is None:
            return None
        return self.header.started_at + timedelta(microseconds=self._last[1] / 1000)

    def _connect(self, segment: Segment) -> None:
        if self.profile is None:
            raise ValueError("a connection before the header")
        self.connections += 1
        self.decoder = None
        try:
            self.decoder = self.profile.decoder(segment.reads)
            clock_id = self.profile.clock_id(segment.reads)
            if openpod.INFO in segment.reads:
                self.info = openpod.decode_info(segment.reads[openpod.INFO])
        except DecodeError as fault:
            self.last_fault = fault
            return
        self._continues = clock_id is not None and clock_id == self._clock_id
        self._clock_id = clock_id
        if self._last is not None and self.profile.wrap_ns:
            if self._shift_ns is not None:
                self._kept_shift_ns = self._shift_ns
            self._shift_ns = None  # known with the first packet

    def _packet(self, packet: Notification) -> list[Said]:
        self.packets += 1
        if self.decoder is None:
            self.refused += 1
            return []
        try:
            said = self.decoder.feed(packet)
        except DecodeError as fault:
            self.refused += 1
            self.last_fault = fault
            return []
        return [self._placed(one, packet.received_ns) for one in said]

    def _placed(self, said: Said, arrival_ns: int) -> Said:
        """Move samples from the device's clock to the recording's."""
        if not isinstance(said, ImuBlock):
            if isinstance(said, np.ndarray) and len(said):
                self._last = (int(said["t_ns"][-1]), arrival_ns)
            return said
        if self._shift_ns is None:
            self._shift_ns = self._shift_for(int(said.t_ns[0]), arrival_ns)
            self.clock = Clock()  # what is true of one connection is not of the next
        if self._shift_ns:
            said = replace(said, t_ns=said.t_ns + self._shift_ns)
        self._last = (int(said.t_ns[-1]), arrival_ns)
        self._floor()
        self.clock.add(*self._last)
        self.late_ns = max(0, arrival_ns - self.clock.host_ns(self._last[0]))
        return said

    def _floor(self) -> None:
        """Hand the clock's round trips that the decoder found to this connection's clock."""
        floors: list[tuple[int, int]] = getattr(self.decoder, "floors", [])
        for device_ns, host_ns in floors:
            self.clock.floor(device_ns + (self._shift_ns or 0), host_ns)
        floors.clear()

    def _shift_for(self, device_ns: int, arrival_ns: int) -> int:
        """Return what to add to device times of a connection after the first."""
        assert self.profile is not None
        assert self._last is not None
        last_ns, last_arrival_ns = self._last
        expected_ns = last_ns + max(arrival_ns - last_arrival_ns, 1)
        aligned, self.aligned = self.aligned, None  # what taps said is of the clock they were on
        if self._continues:
            # Same clock, so the times are right but for the whole wraps it may have made.
            ahead_ns = expected_ns - (device_ns + self._kept_shift_ns)
            shift_ns = self._kept_shift_ns + round(ahead_ns / self.profile.wrap_ns) * (
                self.profile.wrap_ns
            )
            off_ns = abs(device_ns + shift_ns - expected_ns)
            if device_ns + shift_ns > last_ns and off_ns <= _PLAUSIBLE_NS:
                self.aligned = aligned
                return shift_ns
        return expected_ns - device_ns
