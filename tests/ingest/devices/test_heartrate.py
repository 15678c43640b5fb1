import numpy as np
import pytest

from catfoot.errors import DecodeError
from catfoot.ingest.devices.heartrate import MEASUREMENT, HeartRateDecoder, decode_measurement
from catfoot.ingest.source import Notification
from catfoot.signal.tables import Channel

S = 1_000_000_000


@pytest.mark.parametrize(
    ("data", "bpm", "intervals_s"),
    [
        ("0048", 72, ()),
        ("064a", 74, ()),  # sensor contact supported and made
        ("012c01", 300, ()),
        ("104800040002", 72, (1.0, 0.5)),
        ("19480012000004", 72, (1.0,)),  # 16 bits, energy expended, one interval
    ],
)
def test_rate_and_intervals_are_read_in_every_form(
    data: str, bpm: int, intervals_s: tuple[float, ...]
) -> None:
    assert decode_measurement(bytes.fromhex(data)) == (bpm, intervals_s)


@pytest.mark.parametrize("data", ["", "00", "0148", "004800", "1048ff", "0848ff", "2048", "ff48"])
def test_a_measurement_that_does_not_fit_its_flags_is_refused(data: str) -> None:
    with pytest.raises(DecodeError):
        decode_measurement(bytes.fromhex(data))


def test_beats_are_placed_back_from_the_packet_that_brought_them() -> None:
    data = bytes.fromhex("10480004000200020004")
    row, beats = HeartRateDecoder().feed(Notification("strap", MEASUREMENT, data, 10 * S))
    assert isinstance(row, np.ndarray)
    assert row["heart_rate_bpm"].tolist() == [72]
    assert isinstance(beats, Channel)
    assert beats.value.tolist() == [1.0, 0.5, 0.5, 1.0]
    assert beats.t_ns.tolist() == [8 * S, 8.5 * S, 9 * S, 10 * S]


def test_a_strap_without_contact_gives_no_heart_rate_instead_of_zero() -> None:
    assert HeartRateDecoder().feed(Notification("s", MEASUREMENT, b"\x04\x00", 0)) == []
