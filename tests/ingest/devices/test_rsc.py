import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.errors import DecodeError
from catfoot.ingest.devices import power
from catfoot.ingest.devices.rsc import (
    MEASUREMENT,
    Measurement,
    RscDecoder,
    decode_measurement,
    encode_measurement,
)
from catfoot.ingest.source import Notification
from catfoot.signal.tables import Channel


def cadences(decoder: RscDecoder, *measured: tuple[float, int]) -> list[float]:
    out = []
    for i, (speed_mps, cadence) in enumerate(measured):
        m = Measurement(
            speed_mps=speed_mps, cadence_raw=cadence, stride_m=None, distance_m=None, running=True
        )
        row = decoder.feed(Notification("pod", MEASUREMENT, encode_measurement(m), i))[0]
        assert isinstance(row, np.ndarray)
        out.append(float(row["cadence_spm"][0]))
    return out


def test_frames_of_real_devices_say_what_their_source_says(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "ble-vectors" / "vectors.json").read_text())
    frames = [v for v in vectors["rsc_and_vendor"] if "2A53" in v["characteristic"]]
    assert len(frames) >= 8
    for vector in frames:
        data, want = bytes.fromhex(vector["hex"]), vector["decoded"]
        m = decode_measurement(data)
        assert m.speed_mps == pytest.approx(want["speed_ms"], abs=1e-5)
        assert m.cadence_raw == want["cadence"]
        assert m.running == want["running"]
        assert m.stride_m == want.get("stride_length_m")
        assert m.distance_m == want.get("total_distance_m")
        assert encode_measurement(m) == data


def test_a_measurement_cut_short_by_a_small_packet_size_is_refused() -> None:
    with pytest.raises(DecodeError, match="need 10 bytes, got 6"):
        decode_measurement(bytes.fromhex("070a00140000"))


@pytest.mark.parametrize("data", ["", "00", "000a001400", "080a0014", "ff0a0014"])
def test_a_measurement_too_short_too_long_or_with_reserved_flags_is_refused(data: str) -> None:
    with pytest.raises(DecodeError):
        decode_measurement(bytes.fromhex(data))


@given(
    st.builds(
        Measurement,
        speed_mps=st.integers(0, 65535).map(lambda k: k / 256),
        cadence_raw=st.integers(0, 255),
        stride_m=st.none() | st.integers(0, 65535).map(lambda k: k / 100),
        distance_m=st.none() | st.integers(0, 2**32 - 1).map(lambda k: k / 10),
        running=st.booleans(),
    )
)
def test_what_is_encoded_comes_back(m: Measurement) -> None:
    assert decode_measurement(encode_measurement(m)) == m


def test_cadence_stays_unknown_until_the_device_has_shown_what_it_counts() -> None:
    decoder = RscDecoder()
    assert np.isnan(cadences(decoder, *[(3.0, 85)] * 4)).all()
    assert decoder.notes[0].startswith("cadence not given")
    assert cadences(decoder, (3.0, 85), (3.0, 86)) == [170, 172]
    assert decoder.notes == (
        "cadence doubled: the device counts strides of one foot (learned from its first readings)",
    )


def test_a_device_that_counts_steps_is_never_doubled() -> None:
    decoder = RscDecoder()
    assert cadences(decoder, *[(3.36, 161)] * 6)[-1] == 161
    assert decoder.convention == "steps"
    assert cadences(decoder, (3.0, 85)) == [85]


def test_readings_that_contradict_each_other_teach_nothing() -> None:
    decoder = RscDecoder()
    cadences(decoder, *[(3.0, 85), (3.0, 170)] * 10)
    assert decoder.convention is None


def test_a_declared_convention_holds_from_the_first_reading() -> None:
    decoder = RscDecoder("strides")
    assert cadences(decoder, (3.0, 85)) == [170]
    assert decoder.notes[0].endswith("(as declared)")


def test_standing_still_is_a_cadence_of_zero_under_any_convention() -> None:
    assert cadences(RscDecoder(), (0.0, 0)) == [0]


def test_the_raw_value_is_always_kept() -> None:
    data = bytes.fromhex("035c03a18200f6090000")  # Technogym Run, 161 per minute, 1.30 m
    said = RscDecoder("strides").feed(Notification("pod", MEASUREMENT, data, 5))
    kept = {c.name: (c.value.tolist(), c.t_ns.tolist()) for c in said if isinstance(c, Channel)}
    assert kept == {"rsc_cadence_raw": ([161.0], [5]), "rsc_stride_length": ([1.3], [5])}


def row(decoder: RscDecoder, uuid: str, data: str, at_s: float) -> list[float]:
    """Speed and power of the row that a frame brings, if it brings one."""
    said = decoder.feed(Notification("pod", uuid, bytes.fromhex(data), round(at_s * 1e9)))
    return [float(t[c][0]) for t in said if isinstance(t, np.ndarray) for c in COLUMNS]


COLUMNS = ("speed_mps", "power_w")


def test_the_watts_of_a_running_power_meter_stand_in_the_row_of_its_speed() -> None:
    decoder = RscDecoder()
    assert row(decoder, MEASUREMENT, "040003aa", 0.0)[0] == 3.0
    assert row(decoder, power.MEASUREMENT, "0000fa00", 0.4) == []
    assert row(decoder, MEASUREMENT, "040003aa", 1.0) == [3.0, 250.0]
    assert np.isnan(row(decoder, MEASUREMENT, "040003aa", 9.0)[1])  # too old to be true


def test_watts_without_speed_are_rows_of_their_own() -> None:
    ((speed, watts),) = [row(RscDecoder(), power.MEASUREMENT, "00000601", 1.0)]
    assert np.isnan(speed)
    assert watts == 262


@pytest.mark.parametrize(
    ("data", "watts"), [("0000fa00", 250), ("0000f6ff", -10), ("2000fa000a00e803", 250)]
)
def test_power_is_read_whatever_a_crank_would_add(data: str, watts: int) -> None:
    assert power.decode_power(bytes.fromhex(data)) == watts


@pytest.mark.parametrize("data", ["", "0000fa", "0000fa0000", "2000fa000a00", "0020fa00"])
def test_a_power_measurement_that_does_not_fit_its_flags_is_refused(data: str) -> None:
    with pytest.raises(DecodeError):
        power.decode_power(bytes.fromhex(data))
