"""Stryd's own frame with contact time: reverse-engineered by its users, off unless asked for.

Nothing of it is documented by Stryd; it may change with any firmware. What it says is kept as a
channel of its own and as the contact time of a reading, and the run says where it comes from.

Source: what users of qdomyos-zwift found out; no code of it is used.
"""

from dataclasses import replace

import numpy as np

from ...errors import DecodeError
from ...signal.tables import READING, Channel, table
from ..source import Notification, Profile, Said
from . import rsc

DEVICE = "Stryd's own frame"
MEASUREMENT = "7e78aa19-72cd-d3b8-a81f-5b7e589bea0f"
NOTE = "contact time from Stryd's own frame, which its users reverse-engineered"

_KIND, _SIZE, _AT = 0x32, 20, 4
_LONGEST_MS = 2000


def contact_ms(data: bytes) -> int:
    """Return the contact time in ms, 0 while standing; DecodeError for any other frame."""
    if len(data) != _SIZE or data[0] != _KIND:
        raise DecodeError(DEVICE, data, f"a frame of {len(data)} bytes that is not known")
    ms = int.from_bytes(data[_AT : _AT + 2], "little")
    if ms > _LONGEST_MS:
        raise DecodeError(DEVICE, data, f"a contact of {ms} ms")
    return ms


class StrydDecoder:
    """Running Speed and Cadence with power, and the contact time beside it."""

    def __init__(self) -> None:
        self._rsc = rsc.RscDecoder()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about how the readings were understood."""
        return (*self._rsc.notes, NOTE)

    def feed(self, notification: Notification) -> list[Said]:
        """Return the readings of one packet; a contact time is a row and a channel of its own."""
        if notification.characteristic != MEASUREMENT:
            return self._rsc.feed(notification)
        at_ns, ms = notification.received_ns, contact_ms(notification.data)
        if not ms:
            return []
        row = table(READING, [{"t_ns": at_ns, "gct_s": ms / 1000}])
        raw = Channel("stryd_contact_time", "ms", np.array([at_ns]), np.array([float(ms)]))
        return [row, raw]


#: Taken instead of ``rsc`` only where somebody asks for it.
PROFILE: Profile = replace(
    rsc.PROFILE,
    name="stryd",
    notify=(*rsc.PROFILE.notify, MEASUREMENT),
    decoder=lambda reads: StrydDecoder(),
)
