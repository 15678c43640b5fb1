import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.errors import DecodeError
from catfoot.ingest.devices import rsccontrol as point
from catfoot.ingest.devices.rsccontrol import Answer, decode_answer, encode_answer


def test_requests_are_the_bytes_of_the_specification() -> None:
    assert point.set_distance(0).hex() == "0100000000"
    assert point.set_distance(1234.5).hex() == "0139300000"
    assert point.calibrate().hex() == "02"
    assert point.set_location(point.IN_SHOE).hex() == "0302"
    assert point.ask_locations().hex() == "04"


@pytest.mark.parametrize("distance_m", [-1, 429_496_729.6])
def test_a_distance_that_does_not_fit_is_the_callers_fault(distance_m: float) -> None:
    with pytest.raises(ValueError, match="distance_m: expected"):
        point.set_distance(distance_m)


@pytest.mark.parametrize("place", [-1, 17, 255])
def test_a_place_that_is_not_assigned_is_the_callers_fault(place: int) -> None:
    with pytest.raises(ValueError, match="location: expected"):
        point.set_location(place)


def test_every_result_of_the_specification_is_understood() -> None:
    results = [decode_answer(bytes([0x10, 0x03, code])).result for code in (1, 2, 3, 4)]
    assert results == ["success", "not supported", "invalid parameter", "failed"]
    assert decode_answer(bytes.fromhex("100401010203")) == Answer(4, "success", (1, 2, 3))
    assert decode_answer(bytes.fromhex("107f02")) == Answer(0x7F, "not supported")


@pytest.mark.parametrize(
    "data",
    ["", "10", "1003", "110301", "100300", "100305", "107f01", "10030101", "100401", "10040111",
     "10040201"],
)  # fmt: skip
def test_an_answer_that_breaks_the_specification_is_refused(data: str) -> None:
    with pytest.raises(DecodeError):
        decode_answer(bytes.fromhex(data))


@given(st.lists(st.integers(0, 16), min_size=1, max_size=17))
def test_the_places_that_are_answered_come_back(places: list[int]) -> None:
    answer = encode_answer(point.ASK_LOCATIONS, "success", places)
    assert decode_answer(answer) == Answer(point.ASK_LOCATIONS, "success", tuple(places))


def test_the_features_say_which_requests_are_allowed() -> None:
    assert point.supported(bytes.fromhex("0000")) == frozenset()
    assert point.supported(bytes.fromhex("0200")) == {point.SET_CUMULATIVE}
    assert point.supported(bytes.fromhex("0800")) == {point.CALIBRATE}
    assert point.supported(bytes.fromhex("1000")) == {point.SET_LOCATION, point.ASK_LOCATIONS}


@pytest.mark.parametrize("feature", ["", "02", "020000", "2000", "0080"])
def test_features_that_are_reserved_or_of_another_length_are_refused(feature: str) -> None:
    with pytest.raises(DecodeError):
        point.supported(bytes.fromhex(feature))
