from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from catfoot.errors import FileError
from catfoot.ingest.files import decode

pytest.importorskip("defusedxml", reason="install the packages of requirements-dev.lock")

BEGUN = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
_GARMIN = (
    'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" '
    'xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2"'
)


def _tcx(*, n: int = 60, cadence: int = 83, sport: str = "Running", distance: bool = True) -> bytes:
    points = []
    for i in range(n):
        at = (BEGUN + timedelta(seconds=i)).isoformat().replace("+00:00", ".000Z")
        metres = f"<DistanceMeters>{3 * i}</DistanceMeters>" if distance else ""
        points.append(
            f"<Trackpoint><Time>{at}</Time><AltitudeMeters>100.5</AltitudeMeters>{metres}"
            "<HeartRateBpm><Value>151</Value></HeartRateBpm><Extensions><ns3:TPX>"
            f"<ns3:Speed>3.0</ns3:Speed><ns3:RunCadence>{cadence}</ns3:RunCadence>"
            "<ns3:Watts>240</ns3:Watts></ns3:TPX></Extensions></Trackpoint>"
        )
    lap = f'<Lap StartTime="{BEGUN.isoformat()}"><TotalTimeSeconds>{n}</TotalTimeSeconds>'
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><TrainingCenterDatabase {_GARMIN}><Activities>"
        f'<Activity Sport="{sport}"><Id>x</Id>{lap}<Track>{"".join(points)}</Track></Lap>'
        "<Creator><Name>Forerunner 945</Name></Creator></Activity></Activities>"
        "</TrainingCenterDatabase>"
    ).encode()


def _gpx(*, n: int = 60, cadence: int = 83, jump: bool = False, kind: str = "running") -> bytes:
    points = []
    for i in range(n):
        at = (BEGUN + timedelta(seconds=i)).isoformat()
        lat = 50 + 3 * i / 111_195.08 + (0.1 if jump and i == n // 2 else 0)
        points.append(
            f'<trkpt lat="{lat:.9f}" lon="8.5"><ele>100</ele><time>{at}</time><extensions>'
            f"<gpxtpx:TrackPointExtension><gpxtpx:hr>0</gpxtpx:hr><gpxtpx:cad>{cadence}"
            "</gpxtpx:cad><gpxtpx:atemp>19</gpxtpx:atemp></gpxtpx:TrackPointExtension>"
            "</extensions></trkpt>"
        )
    return (
        '<?xml version="1.0"?><gpx creator="StravaGPX" version="1.1" '
        'xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="http://example.org/x">'
        f"<trk><name>Morning</name><type>{kind}</type><trkseg>{''.join(points)}</trkseg></trk></gpx>"
    ).encode()


def test_a_tcx_is_read_with_cadence_of_both_feet() -> None:
    decoded = decode(_tcx(), "run.tcx")
    rows = decoded.readings
    assert (decoded.format, decoded.sport, decoded.device) == ("tcx", "running", "Forerunner 945")
    assert decoded.started_at == BEGUN
    assert len(rows) == 60
    first = {name: rows[name][1] for name in ("cadence_spm", "heart_rate_bpm", "power_w")}
    assert first == {"cadence_spm": 166, "heart_rate_bpm": 151, "power_w": 240}
    assert rows["distance_m"][-1] == 177
    assert rows["altitude_m"][0] == 100.5
    assert decoded.laps == ((0, 59_000_000_000),)
    assert decoded.warnings == ()


def test_a_gpx_gives_distance_and_speed_but_no_position() -> None:
    decoded = decode(_gpx(), "run.gpx")
    rows = decoded.readings
    assert decoded.started_at == BEGUN
    assert rows["distance_m"][-1] == pytest.approx(177, rel=1e-4)
    assert rows["speed_mps"] == pytest.approx(np.full(60, 3.0), rel=1e-3)
    assert rows["cadence_spm"][0] == 166
    assert np.isnan(rows["heart_rate_bpm"]).all()
    assert [c.name for c in decoded.channels] == ["atemp"]
    assert decoded.warnings == ("distance is added up from positions",)


@pytest.mark.parametrize("make", [_tcx, _gpx])
def test_cadence_that_counts_both_feet_is_not_doubled(make: type) -> None:
    decoded = decode(make(cadence=166), "run.xml")
    assert np.median(decoded.readings["cadence_spm"]) == 166
    assert any("both feet" in w for w in decoded.warnings)


def test_parts_of_a_track_are_parted_by_pauses_unless_a_lap_parts_them() -> None:
    text = _gpx(n=60).decode()
    points = text.split("<trkpt")
    kept = points[:21] + points[41:]
    cut = "<trkpt".join(kept[:21]) + "</trkseg><trkseg><trkpt" + "<trkpt".join(kept[21:])
    decoded = decode(cut.encode(), "x.gpx")
    assert decoded.pauses == ((19_000_000_000, 40_000_000_000),)
    lap = "<trkpt".join(points[:21]) + "</trkseg><trkseg><trkpt" + "<trkpt".join(points[21:])
    assert decode(lap.encode(), "x.gpx").pauses == ()


def test_a_position_that_jumps_does_not_count_as_distance() -> None:
    decoded = decode(_gpx(jump=True), "run.gpx")
    assert decoded.readings["distance_m"][-1] == pytest.approx(171, abs=1)
    assert any("2 jumps" in w for w in decoded.warnings)


def test_an_indoor_run_without_positions_is_a_run() -> None:
    assert decode(_tcx(), "indoor.tcx").readings["speed_mps"][0] == 3
    assert np.isnan(decode(_tcx(distance=False), "x.tcx").readings["distance_m"]).all()


@pytest.mark.parametrize(("data", "name"), [(_tcx(sport="Biking"), "a"), (_gpx(kind="1"), "b")])
def test_a_ride_has_no_steps(data: bytes, name: str) -> None:
    decoded = decode(data, name)
    assert decoded.sport == "cycling"
    assert np.isnan(decoded.readings["cadence_spm"]).all()


_BOMB = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>
<gpx><trk><name>&b;</name></trk></gpx>"""
_OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE g [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<gpx><trk><name>&x;</name></trk></gpx>"""


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (_BOMB, "entities or outside references"),
        (_OUTSIDE, "entities or outside references"),
        (_tcx()[:-200], "cut off or damaged"),
        (b"<html><body/></html>", "an XML file of kind 'html'"),
        (b"<gpx></gpx>", "without a single point"),
        (b"<gpx><trk><trkseg><trkpt lat='1' lon='2'/></trkseg></trk></gpx>", "has a time"),
    ],
)
def test_hostile_or_foreign_xml_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(FileError, match=sentence) as refused:
        decode(data, "x.gpx")
    assert str(refused.value).startswith("x.gpx: ")


def test_two_thousand_mutants_raise_only_file_errors() -> None:
    rng = np.random.default_rng(3)
    seeds = (_tcx(n=3), _gpx(n=3))
    read, sentences = 0, []
    for i in range(2000):
        data = bytearray(seeds[i % 2])
        for at in rng.integers(len(data), size=int(rng.integers(1, 4))):
            data[at] = int(rng.integers(32, 127))
        try:
            decode(bytes(data), "m.xml")
            read += 1
        except FileError as fault:
            sentences.append(str(fault))
    assert read > 100
    assert len(sentences) > 100
    assert all(text.startswith("m.xml: ") and text.isprintable() for text in sentences)
