import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from catfoot.errors import FileError
from catfoot.ingest.files import Options, csv, decode
from catfoot.ingest.source import Decoded
from catfoot.signal.imu import G_MPS2, ImuBlock

Make = Callable[..., bytes]


@pytest.fixture(scope="session")
def small_csv() -> Make:
    """``small_csv()``: two seconds of a foot at 100 Hz in the shape of wearable-my-foot."""

    def make(
        *, header: str = "time,aX,aY,aZ,gX,gY,gZ", step: float = 10, acc: float = 1.0,
        gyr: float = 1.0,
    ) -> bytes:  # fmt: skip
        i = np.arange(200)
        swing = np.sin(2 * np.pi * i / 70)
        rows = np.column_stack(
            [
                i * step,
                acc * 0.2 * swing, acc * 0.1 * swing, acc * (1 + 2 * np.abs(swing)),
                gyr * 400 * swing, gyr * 30 * swing, gyr * 20 * swing,
            ]
        )  # fmt: skip
        lines = [",".join(f"{v:.10g}" for v in row) for row in rows]
        return "\n".join([header, *lines]).encode() + b"\n"

    return make


def _block(decoded: Decoded) -> ImuBlock:
    (block,) = decoded.blocks
    return block


def _said(decoded: Decoded, words: str) -> bool:
    return any(words in w for w in decoded.warnings)


def test_the_shoe_recording_is_read_whole(shared_data: Path) -> None:
    path = shared_data / "wmf-run-challenge" / "tom.csv"
    decoded = decode(path.read_bytes(), path.name)
    block = _block(decoded)
    assert len(block) == 14_303
    assert block.rate_hz == 100
    assert block.t_ns[0] == 0
    assert block.t_ns[-1] == 143_020_000_000
    assert block.gyr is not None
    assert np.abs(block.gyr).max() == pytest.approx(np.radians(1941.2842), rel=1e-6)
    assert decoded.device == "wearable-my-foot"
    assert decoded.started_at is None
    assert decoded.side == "unknown"
    # 16 g through a firmware that is wrong by 3/4: the end of range is where values pile up.
    assert block.acc_range_mps2 == pytest.approx([11.987 * G_MPS2] * 3, rel=1e-3)
    assert block.acc_lsb_mps2 == pytest.approx(0.75 / 2048 * G_MPS2)
    assert _said(decoded, "ms, g, deg/s")
    assert _said(decoded, "end at 12.0 g")


def test_lost_samples_lower_neither_the_rate_nor_are_they_invented(shared_data: Path) -> None:
    path = shared_data / "wmf-field" / "test-run.csv"
    block = _block(decode(path.read_bytes(), path.name))
    assert len(block) == 9064
    assert block.rate_hz == 100
    assert (np.diff(block.t_ns) > 10_000_000).sum() == 1128
    assert block.acc_lsb_mps2 == G_MPS2 / 2048
    assert block.acc_range_mps2 == pytest.approx([16 * G_MPS2] * 3, rel=2e-3)
    assert block.gyr_range_radps == pytest.approx([np.radians(2000)] * 3)


def test_the_range_is_counted_from_the_bits(shared_data: Path) -> None:
    path = shared_data / "wmf-field" / "leg.csv"
    decoded = decode(path.read_bytes(), path.name)
    assert _block(decoded).acc_range_mps2 == pytest.approx([4 * G_MPS2] * 3)
    assert _said(decoded, "4 g range: assumed")


def test_a_given_range_wins_and_is_checked(small_csv: Make) -> None:
    decoded = decode(small_csv(), "x.csv", Options(range_g=2))
    assert _block(decoded).acc_range_mps2 == pytest.approx([2 * G_MPS2] * 3)
    assert _said(decoded, "beyond the range of 2 g")


_GAITMAP = "time [s],acc_x [m/s^2],acc_y [m/s^2],acc_z [m/s^2]"
_XIO = "Time (s),Accelerometer X (g),Accelerometer Y (g),Accelerometer Z (g)"


@pytest.mark.parametrize(
    ("header", "acc", "gyr", "step"),
    [
        ("time,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z", 9.80665, 1, 0.01),
        ("t_s,acc_x_mps2,acc_y_mps2,acc_z_mps2,gyr_x_dps,gyr_y_dps,gyr_z_dps", 9.80665, 1, 0.01),
        (_GAITMAP + ",gyr_x [deg/s],gyr_y [deg/s],gyr_z [deg/s]", 9.80665, 1, 0.01),
        (_XIO + ",Gyroscope X (deg/s),Gyroscope Y (deg/s),Gyroscope Z (deg/s)", 1, 1, 0.01),
        ("timestamp_us,ax_g,ay_g,az_g,gx_radps,gy_radps,gz_radps", 1, np.pi / 180, 10_000),
        ("time_ms,ax,ay,az,gx,gy,gz", 1, 1, 10),
        ("time_ms,ax,ay,az,wx,wy,wz", 9.80665, np.pi / 180, 10),
        ("TIMESTAMP,Acc_X,Acc_Y,Acc_Z,Gyro_X,Gyro_Y,Gyro_Z", 1, 1, 10_000_000),
    ],
)
def test_units_come_from_the_names_or_are_assumed_and_said(
    small_csv: Make, header: str, acc: float, gyr: float, step: float
) -> None:
    decoded = decode(small_csv(header=header, acc=acc, gyr=gyr, step=step), "x.csv")
    same = _block(decode(small_csv(), "wmf.csv"))
    block = _block(decoded)
    assert block.rate_hz == 100
    assert np.array_equal(block.t_ns, same.t_ns)
    assert np.allclose(block.acc, same.acc, rtol=1e-6)
    assert block.gyr is not None
    assert same.gyr is not None
    assert np.allclose(block.gyr, same.gyr, rtol=1e-6, atol=1e-9)
    declared = any(unit in header for unit in ("mps2", "m/s", "g)", "_g"))
    assert _said(decoded, "not named: assumed") != declared


def test_what_is_written_is_read_to_the_bit() -> None:
    rng = np.random.default_rng(5)
    block = ImuBlock(
        t_ns=np.cumsum(rng.integers(4_000_000, 6_000_000, 300)),
        acc=rng.normal(0, 20, (300, 3)),
        gyr=rng.normal(0, 5, (300, 3)),
        rate_hz=200,
    )
    again = _block(decode(csv.encode(block), "x.csv"))
    assert np.array_equal(again.t_ns, block.t_ns)
    assert np.array_equal(again.acc, block.acc)
    assert block.gyr is not None
    assert again.gyr is not None
    assert np.array_equal(again.gyr, block.gyr)


@pytest.mark.parametrize("gone", ["time", "aX", "aZ", "gY"])
def test_a_missing_column_is_named(small_csv: Make, gone: str) -> None:
    lines = small_csv().decode().splitlines()
    i = lines[0].split(",").index(gone)
    cut = "\n".join(",".join(c for k, c in enumerate(line.split(",")) if k != i) for line in lines)
    with pytest.raises(FileError, match=rf"^x\.csv: no column {gone}; it has "):
        decode(cut.encode(), "x.csv")


def test_a_missing_column_is_called_as_its_neighbours_are() -> None:
    header = "Time (s),Accelerometer X (g),Accelerometer Z (g),gyr_x_dps,gyr_y_dps,gyr_z_dps"
    with pytest.raises(FileError, match=r"no column Accelerometer Y \(g\); it has Time \(s\)"):
        decode(f"{header}\n1,2,3,4,5,6\n".encode(), "x.csv")
    with pytest.raises(FileError, match=r"no column time, acc_x, acc_y, acc_z; it has gyr_x"):
        decode(b"gyr_x,gyr_y,gyr_z\n1,2,3\n", "x.csv")


def test_a_sensor_without_gyroscope_is_read_and_said(small_csv: Make) -> None:
    lines = small_csv().decode().splitlines()
    decoded = decode("\n".join(line.rsplit(",", 3)[0] for line in lines).encode(), "x.csv")
    assert _block(decoded).gyr is None
    assert _said(decoded, "no gyroscope")


def test_without_a_header_the_sentence_says_what_to_add(shared_data: Path) -> None:
    path = shared_data / "wmf-field" / "slow-walking.csv"
    with pytest.raises(FileError, match=r"slow-walking\.csv: the first line is numbers"):
        decode(path.read_bytes(), path.name)


@pytest.mark.parametrize("name", ["foot-up-down.csv", "foot-forward-back.csv"])
def test_a_slow_recording_is_refused_with_its_rate(shared_data: Path, name: str) -> None:
    with pytest.raises(FileError, match=rf"^{name}: 9\.6 samples a second; at least 25"):
        decode((shared_data / "wmf-field" / name).read_bytes(), name)


def test_the_least_rate_is_the_callers(small_csv: Make) -> None:
    data = small_csv(step=50)
    assert _block(decode(data, "x.csv", Options(min_rate_hz=20))).rate_hz == 20
    with pytest.raises(FileError, match=r"20\.0 samples a second"):
        decode(data, "x.csv")


def _with_times(data: bytes, change: Callable[[int, float], float]) -> bytes:
    head, *lines = data.decode().splitlines()
    out = [head]
    for i, line in enumerate(lines):
        time, rest = line.split(",", 1)
        out.append(f"{change(i, float(time)):g},{rest}")
    return "\n".join(out).encode()


def test_samples_said_twice_are_left_out(small_csv: Make) -> None:
    head, *lines = small_csv().decode().splitlines()
    twice = "\n".join([head, *(line for line in lines for _ in range(2))])
    decoded = decode(twice.encode(), "x.csv")
    assert np.array_equal(_block(decoded).acc, _block(decode(small_csv(), "x.csv")).acc)
    assert _said(decoded, "200 samples are the one before over again: left out")


@pytest.mark.parametrize("burst_ms", [0, 1])
def test_samples_that_came_in_packets_get_times_of_their_own(
    small_csv: Make, burst_ms: float
) -> None:
    def packed(i: int, t: float) -> float:
        last = 10 * (i // 4 * 4 + 3)  # when the packet of four was complete
        return last + burst_ms * (i % 4 - 3)

    decoded = decode(_with_times(small_csv(), packed), "x.csv")
    block = _block(decoded)
    assert len(block) == 200
    assert block.rate_hz == pytest.approx(100, rel=0.01)
    assert np.abs(block.t_ns - np.arange(200) * 10_000_000).max() < 1_000_000
    assert _said(decoded, "packets of 4")


def test_a_lost_packet_stays_a_hole(small_csv: Make) -> None:
    lines = _with_times(small_csv(), lambda i, t: 10 * (i // 4 * 4 + 3)).decode().splitlines()
    del lines[1 + 80 : 1 + 92]  # three packets
    block = _block(decode("\n".join(lines).encode(), "x.csv"))
    assert len(block) == 188
    assert np.diff(block.t_ns).max() == pytest.approx(130_000_000, rel=0.02)


def test_a_sample_that_comes_late_is_left_out(small_csv: Make) -> None:
    decoded = decode(_with_times(small_csv(), lambda i, t: t - 35 if i == 50 else t), "x.csv")
    assert len(_block(decoded)) == 199
    assert (np.diff(_block(decoded).t_ns) > 0).all()
    assert _said(decoded, "1 samples have an earlier time")


def test_a_clock_that_restarts_leaves_a_hole_that_nobody_bridges(small_csv: Make) -> None:
    decoded = decode(_with_times(small_csv(), lambda i, t: t - 1500 if i >= 150 else t), "x.csv")
    block = _block(decoded)
    assert len(block) == 200
    assert np.diff(block.t_ns).max() == 1_000_000_000
    assert _said(decoded, "began again once")


def test_wavering_stamps_are_kept_and_said(small_csv: Make) -> None:
    decoded = decode(_with_times(small_csv(), lambda i, t: t + 4 * (i % 2)), "x.csv")
    assert _block(decoded).rate_hz == pytest.approx(100, rel=0.01)
    assert _said(decoded, "waver")


def test_torn_and_ragged_lines_are_counted(small_csv: Make) -> None:
    lines = small_csv().decode().splitlines()
    lines[40] = lines[40] + ",7"
    lines[41] = lines[41].replace(",", ",x", 1)
    lines[-1] = lines[-1][:20]
    decoded = decode("\n".join(lines).encode(), "x.csv")
    assert len(_block(decoded)) == 197
    assert _said(decoded, "3 lines could not be read")


def test_a_clock_since_1970_gives_the_start(small_csv: Make) -> None:
    begun = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    data = _with_times(small_csv(), lambda i, t: t)
    head, *lines = data.decode().splitlines()
    ms = int(begun.timestamp() * 1000)
    moved = [f"{ms + int(float(l.split(',', 1)[0]))},{l.split(',', 1)[1]}" for l in lines]
    decoded = decode("\n".join([head, *moved]).encode(), "x.csv")
    assert decoded.started_at == begun
    assert _block(decoded).t_ns[0] == ms * 1_000_000


def test_a_packed_file_is_the_file(small_csv: Make) -> None:
    packed = decode(gzip.compress(small_csv()), "x.csv.gz")
    assert np.array_equal(_block(packed).acc, _block(decode(small_csv(), "x.csv")).acc)


@pytest.mark.parametrize("change", ["crlf", "semicolon", "bom", "utf16", "quotes", "spaces"])
def test_dialects_are_one_file(small_csv: Make, change: str) -> None:
    text = small_csv().decode()
    data = {
        "crlf": text.replace("\n", "\r\n").encode(),
        "semicolon": text.replace(",", ";").replace(".", ",").encode(),
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "utf16": text.encode("utf-16"),
        "quotes": text.replace("aX", '"aX"').encode(),
        "spaces": text.replace(",", ", ").encode(),
    }[change]
    block, same = _block(decode(data, "x.csv")), _block(decode(text.encode(), "x.csv"))
    assert np.array_equal(block.t_ns, same.t_ns)
    assert np.array_equal(block.acc, same.acc)


def test_dates_in_the_time_column_give_start_and_times(small_csv: Make) -> None:
    begun = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    head, *lines = small_csv().decode().splitlines()
    dated = []
    for line in lines:
        ms, rest = line.split(",", 1)
        at = begun + timedelta(milliseconds=float(ms))
        dated.append(f"{at.replace(tzinfo=None).isoformat(sep=' ')},{rest}")
    for header in (head, head.replace("time", "timestamp").replace("aX", "acc_x [g]")):
        decoded = decode("\n".join([header, *dated]).encode(), "x.csv")
        assert decoded.started_at == begun
        assert _block(decoded).rate_hz == 100


def test_gaitmaps_two_header_lines_name_the_foot(shared_data: Path) -> None:
    folder = shared_data / "gaitmap-walk"
    path = folder / "imu_sample_healthy_stair_up.csv"
    decoded = decode(path.read_bytes(), path.name)
    assert decoded.side == "left"
    assert _block(decoded).rate_hz == pytest.approx(204.8)
    assert np.median(np.linalg.norm(_block(decoded).acc, axis=1)) == pytest.approx(9.8, abs=0.5)


def test_a_count_of_samples_is_a_clock_only_with_the_rate_that_was_said(shared_data: Path) -> None:
    path = shared_data / "gaitmap-walk" / "imu_sample.csv"
    with pytest.raises(FileError, match="counts samples; say with --rate"):
        decode(path.read_bytes(), path.name)
    decoded = decode(path.read_bytes(), path.name, Options(rate_hz=204.8))
    assert _block(decoded).rate_hz == pytest.approx(204.8, abs=1e-3)
    assert decoded.side == "left"
    assert any("204.8 a second, as was said" in w for w in decoded.warnings)


def test_a_line_lost_from_a_count_of_samples_is_a_gap() -> None:
    rows = [f"{i},0.1,0.2,9.{i % 7},1,2,3" for i in range(200) if not 90 <= i < 100]
    data = "\n".join(["t,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z", *rows])
    block = _block(decode(data.encode(), "x.csv", Options(rate_hz=100.0)))
    assert block.rate_hz == pytest.approx(100)
    assert np.diff(block.t_ns).max() == pytest.approx(110e6)


def test_a_rate_never_beats_the_times_of_the_file() -> None:
    rows = [f"{i / 100},0.1,0.2,9.{i % 7}" for i in range(200)]
    data = "\n".join(["time_s,acc_x,acc_y,acc_z", *rows]).encode()
    decoded = decode(data, "x.csv", Options(rate_hz=50.0))
    assert _block(decoded).rate_hz == pytest.approx(100)
    assert "the file says its own times: the rate that was said is not used" in decoded.warnings


def test_of_two_sensors_in_one_file_the_foot_that_was_said_is_read() -> None:
    top = ",left_sensor,left_sensor,left_sensor,right_sensor,right_sensor,right_sensor"
    head = ",acc_x,acc_y,acc_z,acc_x,acc_y,acc_z"
    rows = [f"{i / 100},0.1,0.2,9.8,1,2,{9 + i % 2}" for i in range(100)]
    data = "\n".join([top, head, *rows]).encode()
    for side, first in (("left", 0.1), ("right", 1.0)):
        decoded = decode(data, "x.csv", Options(side=side))  # type: ignore[arg-type]
        assert decoded.side == side
        assert _block(decoded).acc[0, 0] == first
    with pytest.raises(FileError, match="left_sensor, right_sensor; say with --foot"):
        decode(data, "x.csv")


def test_a_phones_motion_and_gravity_are_added_up(shared_data: Path) -> None:
    path = shared_data / "mhealthtools-phone" / "walk_data.csv"
    decoded = decode(path.read_bytes(), path.name)
    assert np.median(np.linalg.norm(_block(decoded).acc, axis=1)) == pytest.approx(9.8, abs=1)
    assert _said(decoded, "added up")


def test_what_is_called_g_beside_rotation_is_gravity() -> None:
    rows = [f"{i / 100},{0.1 * (-1) ** i},0.1,-0.1,0,0,1,5,{300 * (-1) ** i},0" for i in range(200)]
    header = "t,ax,ay,az,gx,gy,gz,rx,ry,rz"
    decoded = decode("\n".join([header, *rows]).encode(), "phone_motion.csv")
    assert _block(decoded).acc.mean(axis=0)[2] == pytest.approx(0.9 * G_MPS2)
    gyr = _block(decoded).gyr
    assert gyr is not None
    assert np.degrees(gyr[0]) == pytest.approx([5, 300, 0])
    assert _said(decoded, "the file's gravity was added")


def test_a_pods_own_steps_are_read_as_readings() -> None:
    lines = ["t,foot,pronation,braking,impact,contact_time,flight_ratio,strike,power"]
    begun = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    for i in range(60):
        at = (begun + timedelta(seconds=0.35 * i)).strftime("%Y-%m-%d %H:%M:%S.%f")
        foot, gct = (("left", 240), ("right", 260))[i % 2]
        lines.append(f"{at},{foot},-11.5,9.1,{13 if i else 0},{gct},31,{3 + i % 2},250")
    lines.append("torn,line")
    decoded = decode("\n".join(lines).encode(), "footpods.csv")
    assert decoded.started_at == begun
    assert decoded.device == "RunScribe"
    assert len(decoded.readings) == 60
    assert np.mean(decoded.readings["gct_s"]) == pytest.approx(0.25)
    channels = {c.name: c for c in decoded.channels}
    assert len(channels["impact left"].value) == 29
    assert set(channels["strike right"].value) == {4.0}
    assert _said(decoded, "1 lines could not be read")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file holds no text"),
        (b"Dear diary, today I ran.\nIt was fun, really.\n", "no acceleration among its columns"),
        (b"just words\n", "plain text"),
        (b"time,force\n1,2\n", "no acceleration among its columns (time, force)"),
        (b",TOE,TOE,TOE\n,x,y,z\n0,1,2,3\n", "no acceleration among its columns"),
        (b"t_s,ua_x_g,ua_y_g,ua_z_g\n0,0,0,0\n", "without gravity"),
        (b"time,aX,aY,aZ\n" + b"1,2,3,4\n" * 3, "3 lines of samples"),
        (b"time,aX,aY,aZ\n" + b"a,b,c,d\n" * 30, "0 lines of samples and 30"),
        (b"time,aX,aY,aZ,acc_x\n", "both acc_x"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not a file that catfoot can read"),
        (b"PK\x03\x04" + bytes(30), "a ZIP archive"),
        (b"\x1f\x8b\x08" + bytes(30), "gzip file is cut off or damaged"),
        (b"time,aX,aY,aZ\n" + b"5,0,0,1\n" * 30, "samples over 0.0 h"),
    ],
)  # fmt: skip
def test_what_is_no_recording_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(FileError) as refused:
        decode(data, "odd.fit")
    text = str(refused.value)
    assert text.startswith("odd.fit: ")
    assert sentence in text
    assert "\n" not in text
