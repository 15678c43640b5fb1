from datetime import UTC, datetime
from pathlib import Path

import fitdecode
import numpy as np
import pytest

from catfoot.errors import FileError
from catfoot.ingest.files import Options, decode
from catfoot.ingest.files import fitwriter as fw
from catfoot.ingest.source import Decoded
from catfoot.signal.imu import G_MPS2

START = 1_000_000_000  # FIT time: 2021-09-08T01:46:40Z


def _run(duration_s: int = 29, *, start: int = START, cadence: int = 82, sport: int = 1) -> bytes:
    return fw.steady_run(start, duration_s, strides_per_min=cadence, sport=sport)


@pytest.fixture(scope="session")
def fit_files(shared_data: Path) -> Path:
    return shared_data / "fit-running" / "files"


def _read(path: Path) -> Decoded:
    return decode(path.read_bytes(), path.name)


def _channel(decoded: Decoded, name: str) -> np.ndarray:
    (found,) = (c for c in decoded.channels if c.name == name)
    return found.value


def test_what_is_written_is_read() -> None:
    decoded = decode(_run(), "run.fit")
    rows = decoded.readings
    assert decoded.started_at == datetime(2021, 9, 8, 1, 46, 40, tzinfo=UTC)
    assert decoded.sport == "running"
    assert len(rows) == 30
    assert rows["t_ns"][-1] == 29_000_000_000
    assert rows["cadence_spm"][0] == 2 * (82 + 64 / 128)
    assert rows["gct_s"][0] == 0.25
    assert rows["gct_left_frac"][0] == 0.5
    assert rows["vertical_oscillation_m"][0] == pytest.approx(0.08)
    assert rows["speed_mps"][0] == 3
    assert rows["distance_m"][-1] == pytest.approx(87)
    assert np.isnan(rows["power_w"]).all()


@pytest.mark.parametrize(("said", "shown"), [(60, 121), (82, 165), (100, 201), (165, 165.5)])
def test_cadence_is_neither_doubled_nor_halved(said: int, shown: float) -> None:
    decoded = decode(_run(cadence=said), "run.fit")
    assert np.median(decoded.readings["cadence_spm"]) == shown
    assert any("both feet" in w for w in decoded.warnings) == (said > 120)


def test_zero_contact_time_means_none_was_measured(shared_data: Path) -> None:
    decoded = _read(shared_data / "wmf-field" / "stryd-backgaden-1km.fit")
    gct_s = decoded.readings["gct_s"]
    assert np.isnan(gct_s).sum() == 67
    assert np.nanmean(gct_s) == pytest.approx(0.282, abs=0.0005)
    assert np.nan_to_num(gct_s).mean() == pytest.approx(0.234, abs=0.0005)  # the trap


def test_zero_heart_rate_means_no_strap(shared_data: Path) -> None:
    decoded = _read(shared_data / "wmf-field" / "stryd-sport-field.fit")
    assert np.isnan(decoded.readings["heart_rate_bpm"]).all()


def test_an_app_field_keeps_its_zeros_only_where_zero_is_a_value(shared_data: Path) -> None:
    decoded = _read(shared_data / "wmf-field" / "stryd-backgaden-1km.fit")
    assert (_channel(decoded, "Form Power") > 0).all()
    assert (_channel(decoded, "Air Power") == 0).sum() == 89


@pytest.mark.parametrize(
    ("name", "gct_s", "other_s"),
    [
        ("gs_fenix3-hrmrun+stryd.fit", 0.253, 0.238),
        ("gs_fenix5x-rd+stryd.fit", 0.257, 0.252),
        ("gs_fenix6x-hrm+stryd.fit", 0.268, 0.267),
    ],
)
def test_of_two_sources_the_native_is_shown_and_the_other_kept_and_said(
    fit_files: Path, name: str, gct_s: float, other_s: float
) -> None:
    decoded = _read(fit_files / name)
    assert np.nanmedian(decoded.readings["gct_s"]) == pytest.approx(gct_s, abs=0.0015)
    assert np.median(_channel(decoded, "Ground Time")) / 1000 == pytest.approx(other_s, abs=0.02)
    assert np.isfinite(decoded.readings["gct_left_frac"]).any()
    (said,) = (w for w in decoded.warnings if "two sources" in w)
    assert said.startswith("contact time, vertical oscillation, cadence:")


def test_without_a_native_source_the_app_field_is_shown() -> None:
    fit = fw.FitWriter().developer_field("Ground Time", "Milliseconds")
    fit.developer_field("Vertical Oscillation", "Centimeters")
    fit.developer_field("Leg Spring Stiffness", "KN/m").developer_field("Cadence", "RPM")
    fit.records([fw.TIMESTAMP], [(START + i, 240, 8, 10, 84) for i in range(30)])
    decoded = decode(fit.file(), "stryd.fit")
    (row,) = decoded.readings[:1]
    assert row["gct_s"] == 0.24
    assert row["vertical_oscillation_m"] == 0.08
    assert row["leg_stiffness_npm"] == 10_000
    assert row["cadence_spm"] == 168
    assert decoded.warnings == ()


def test_a_known_name_with_an_unknown_unit_stays_a_channel() -> None:
    fit = fw.FitWriter().developer_field("Vertical Oscillation", "bananas")
    fit.records([fw.TIMESTAMP], [(START + i, 8) for i in range(30)])
    decoded = decode(fit.file(), "odd.fit")
    assert np.isnan(decoded.readings["vertical_oscillation_m"]).all()
    assert _channel(decoded, "Vertical Oscillation")[0] == 8


def test_an_app_cadence_declared_in_steps_is_not_doubled_but_checked() -> None:
    for value, shown in ((168, 168), (84, 168)):
        fit = fw.FitWriter().developer_field("Cadence", "SPM")
        fit.records([fw.TIMESTAMP, fw.SPEED], [(START + i, 3000, value) for i in range(30)])
        decoded = decode(fit.file(), "spm.fit")
        assert np.median(decoded.readings["cadence_spm"]) == shown
        assert any("doubled" in w for w in decoded.warnings) == (value == 84)


def test_a_pod_on_each_foot_gives_contact_time_and_balance() -> None:
    fit = fw.FitWriter().developer_field("RS_ContactTime_L", "ms")
    fit.developer_field("RS_ContactTime_R", "ms").developer_field("RS_Impact_GS_L", "G")
    rows = [(START + i, 317, 303, 13) for i in range(20)] + [(START + 20, 0, 303, 0)]
    decoded = decode(fit.records([fw.TIMESTAMP], rows).file(), "runscribe.fit")
    assert decoded.readings["gct_s"][0] == pytest.approx(0.310)
    assert decoded.readings["gct_left_frac"][0] == pytest.approx(317 / 620)
    assert decoded.readings["gct_s"][20] == pytest.approx(0.303)
    assert np.isnan(decoded.readings["gct_left_frac"][20])
    assert len(_channel(decoded, "RS_Impact_GS_L")) == 20


def test_a_field_without_a_name_is_kept() -> None:
    fit = fw.FitWriter().developer_field("", "")
    fit.records([fw.TIMESTAMP], [(START + i, 7) for i in range(30)])
    assert _channel(decode(fit.file(), "x.fit"), "developer field 0")[0] == 7


def test_positions_are_not_kept(fit_files: Path) -> None:
    decoded = _read(fit_files / "g_fenix2-hrmrun.fit")
    assert not any("position" in c.name for c in decoded.channels)


def test_pauses_and_laps_are_on_the_recordings_clock(fit_files: Path) -> None:
    decoded = _read(fit_files / "gs_fenix6x-hrm+stryd.fit")
    assert [(b - a) // 10**9 for a, b in decoded.pauses] == [51, 35, 40]
    assert len(decoded.laps) == 8
    assert all(0 <= a < b <= decoded.last_ns() for a, b in (*decoded.laps, *decoded.pauses))


def test_of_a_triathlon_only_the_run_is_read(shared_data: Path) -> None:
    decoded = _read(shared_data / "fit-running" / "broken" / "sample_mulitple_header.fit")
    assert decoded.sport == "running"
    assert decoded.last_ns() == 2_850_000_000_000
    assert decoded.readings["distance_m"][0] == 0
    assert np.nanmax(decoded.readings["distance_m"]) == pytest.approx(9900, abs=200)


def test_the_cadence_of_a_bicycle_is_not_steps() -> None:
    decoded = decode(_run(sport=fw.CYCLING), "ride.fit")
    assert decoded.sport == "cycling"
    assert np.isnan(decoded.readings["cadence_spm"]).all()
    assert _channel(decoded, "cadence")[0] == 82
    assert any("cycling" in w for w in decoded.warnings)


def test_a_wrong_checksum_is_a_warning() -> None:
    data = _run()
    decoded = decode(data[:-2] + bytes([data[-2] ^ 1, data[-1]]), "crc.fit")
    assert len(decoded.readings) == 30
    assert any("checksum" in w for w in decoded.warnings)
    assert decode(data, "ok.fit").warnings == ()


def test_files_one_after_the_other_are_read_as_one() -> None:
    decoded = decode(_run() + _run(start=START + 30), "two.fit")
    assert len(decoded.readings) == 60
    assert any("2 FIT files" in w for w in decoded.warnings)


@pytest.mark.parametrize("left", [5, 11, 13, 40, 200, -1, -2, -3])
def test_a_file_that_is_cut_off_is_refused(left: int) -> None:
    with pytest.raises(FileError, match=r"^cut\.fit: "):
        decode(_run()[:left], "cut.fit")


def test_whole_parts_survive_what_follows_them() -> None:
    for rest in (b"\0" * 40, _run()[:100]):
        decoded = decode(_run() + rest, "tail.fit")
        assert len(decoded.readings) == 30
        assert any("what is whole was read" in w for w in decoded.warnings)


def test_stamps_out_of_order_are_sorted_and_absurd_ones_left_out() -> None:
    times = [START + i for i in range(30)]
    times[10], times[11] = times[11], times[10]
    times[20] = 42
    fit = fw.FitWriter().records([fw.TIMESTAMP, fw.SPEED], [(t, 3000) for t in times])
    decoded = decode(fit.file(), "order.fit")
    assert (np.diff(decoded.readings["t_ns"]) > 0).all()
    assert len(decoded.readings) == 29
    assert any("backwards once" in w for w in decoded.warnings)
    assert any("1 of 30 records" in w for w in decoded.warnings)


def test_a_clock_that_was_never_set_gives_no_date() -> None:
    fit = fw.FitWriter().records([fw.TIMESTAMP, fw.SPEED], [(100 + i, 3000) for i in range(30)])
    assert decode(fit.file(), "unset.fit").started_at is None


def test_a_fit_file_without_records_is_refused_by_its_type() -> None:
    with pytest.raises(FileError, match=r"^settings\.fit: a FIT file of type 'activity'"):
        decode(fw.FitWriter().file(), "settings.fit")


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("activity-activity-filecrc.fit", "2 FIT files"),
        ("activity-filecrc.fit", "checksum"),
        ("activity-settings-corruptheader.fit", "followed by other bytes"),
        ("activity-settings-nodata.fit", "cut off"),
        ("activity-unexpected-eof.fit", None),
        ("elemnt-bolt-no-application-id-inside-developer-data-id.fit", "cycling"),
        ("mornindew-broken.fit", "two sources"),
        ("null_compressed_speed_dist.fit", "cycling"),
        ("sample_mulitple_header.fit", "4 FIT files"),
        ("strava-android-app-201.10-b1218918.fit", None),
        ("unterminated-strings.fit", "cycling"),
    ],
)
def test_a_broken_file_says_what_is_sound_or_why_it_is_refused(
    shared_data: Path, name: str, outcome: str | None
) -> None:
    path = shared_data / "fit-running" / "broken" / name
    if outcome is None:
        with pytest.raises(FileError, match="cut off"):
            _read(path)
    else:
        decoded = _read(path)
        assert len(decoded.readings) > 10
        assert any(outcome in w for w in decoded.warnings)


def test_every_good_file_is_read_with_steps_and_times(fit_files: Path) -> None:
    for path in sorted(fit_files.glob("*.fit")):
        rows = _read(path).readings
        assert (np.diff(rows["t_ns"]) > 0).all(), path.name
        cadence = rows["cadence_spm"][rows["cadence_spm"] > 0]
        assert 140 < np.median(cadence) < 185, path.name
        assert 0.21 < np.nanmedian(rows["gct_s"]) < 0.36, path.name


def _with_raw_samples(*, calibrated: bool, rate_hz: int = 100) -> bytes:
    """Two seconds of 1 g upwards and 90 deg/s about x; counts are 1/1000 of the unit."""
    n, per = 2 * rate_hz, 20
    fit = fw.FitWriter().records([fw.TIMESTAMP, fw.SPEED], [(START + i, 3000) for i in range(30)])
    if not calibrated:
        for sensor in (0, 1):
            fields = [(0, fw.ENUM), (1, fw.UINT32), (2, fw.UINT32), (3, fw.UINT32)]
            matrix = [65535, 0, 0, 0, 65535, 0, 0, 0, 65535]
            fit.message(
                167,
                [*fields, (4, fw.SINT32), (5, fw.SINT32)],
                [(sensor, 1, 1000, 32768, (0, 0, 0), matrix)],
            )
    for message, axes in ((165, (0, 0, 1000)), (164, (90_000 // 100, 0, 0))):
        for i in range(0, n, per):
            ms = [round(1000 * k / rate_hz) for k in range(i, i + per)]
            counts = [tuple([32768 + axis] * per) for axis in axes]
            offsets = tuple(m - ms[0] for m in ms)
            fields = [fw.TIMESTAMP, (0, fw.UINT16), (1, fw.UINT16)]
            fields += [(2, fw.UINT16), (3, fw.UINT16), (4, fw.UINT16)]
            start = (START + ms[0] // 1000, ms[0] % 1000)
            fit.message(message, fields, [[*start, offsets, *counts]])
    return fit.file()


def test_raw_samples_in_a_fit_file_are_calibrated_and_timed() -> None:
    data = _with_raw_samples(calibrated=False)
    decoded = decode(data, "raw.fit", Options(place="lace"))
    (block,) = decoded.blocks
    assert block.rate_hz == 100
    assert len(block) == 200
    assert block.t_ns[0] == 0
    assert block.acc[0] == pytest.approx([0, 0, G_MPS2])
    assert block.gyr is not None
    assert np.degrees(block.gyr[0]) == pytest.approx([0.9, 0, 0])
    assert len(decoded.readings) == 30


def test_raw_samples_of_nobody_knows_where_are_not_taken_for_a_foot() -> None:
    decoded = decode(_with_raw_samples(calibrated=False), "raw.fit")
    assert decoded.blocks == ()
    assert any("--mount" in w for w in decoded.warnings)


def test_raw_samples_that_are_too_slow_or_not_calibrated_leave_the_readings() -> None:
    for data in (
        _with_raw_samples(calibrated=False, rate_hz=20),
        _with_raw_samples(calibrated=True),
    ):
        decoded = decode(data, "raw.fit", Options(place="lace"))
        assert decoded.blocks == ()
        assert len(decoded.readings) == 30
        assert any("raw samples were left out" in w for w in decoded.warnings)


def _session(path: Path) -> dict[str, float]:
    """What the watch itself summed up, read by the bare reader."""
    with fitdecode.FitReader(path, processor=None, check_crc=fitdecode.CrcCheck.DISABLED) as reader:
        (session,) = (
            f for f in reader if isinstance(f, fitdecode.FitDataMessage) and f.name == "session"
        )
    return {f.name: f.value for f in session.fields if isinstance(f.value, (int, float))}


def test_duration_distance_and_contact_time_are_what_the_watch_summed_up(fit_files: Path) -> None:
    for path in sorted(fit_files.glob("*.fit")):
        told, decoded = _session(path), _read(path)
        paused_s = sum(b - a for a, b in decoded.pauses) / 1e9
        assert decoded.last_ns() / 1e9 - paused_s == pytest.approx(
            told["total_timer_time"], abs=2
        ), path.name
        distance_m = np.nanmax(decoded.readings["distance_m"])
        assert distance_m == pytest.approx(told["total_distance"], rel=0.002), path.name
        # Watches that write a record only when something changed average over other moments.
        every_second = len(decoded.readings) > 0.995 * told["total_timer_time"]
        if every_second and "avg_stance_time" in told:
            gct_ms = 1e3 * np.nanmean(decoded.readings["gct_s"])
            assert gct_ms == pytest.approx(told["avg_stance_time"], abs=0.2), path.name
