"""The commands about pods, as a person types them, over the virtual radio."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catfoot.cli import main
from catfoot.config import Settings, open_stores
from catfoot.ingest.capture import load
from catfoot.ingest.files import podlog
from catfoot.ingest.source import Decoded
from catfoot.pairing import Claims
from catfoot.signal import synth
from catfoot.signal.imu import G_MPS2, ImuBlock

pytestmark = pytest.mark.radio

STARTED = datetime(2026, 3, 15, 6, 30, tzinfo=UTC)
FIRST = "F0:CA:7F:00:01:00"  # the first virtual pod's address


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CATFOOT_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


def run(*argv: str) -> int:
    """Run one command; return its exit code."""
    with pytest.raises(SystemExit) as end:
        main(list(argv))
    return int(end.value.code or 0)


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def recording(path: Path, block: ImuBlock, started_at: datetime = STARTED) -> Path:
    decoded = Decoded(format="m", device="shoe", started_at=started_at, blocks=(block,))
    path.write_bytes(podlog.recording_of(decoded))
    return path


@pytest.fixture
def shoe(tmp_path: Path) -> Path:
    """A minute of running, as a pod has it."""
    return recording(tmp_path / "shoe.podlog", synth.runner(60, seed=4).block)


def test_sync_fetches_measures_and_keeps_a_stored_run(
    shoe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("sync", "--athlete", "ada", "--virtual", str(shoe), "--json") == 0
    (said,) = objects(capsys.readouterr().out)
    assert said["state"] == "imported"
    assert said["cadence_spm"] == pytest.approx(168, abs=1)
    # The pod says in whole seconds how long ago it was, and that takes a moment to be heard.
    assert abs((datetime.fromisoformat(said["started_at"]) - STARTED).total_seconds()) <= 1
    with open_stores(Settings()) as stores:
        (person,) = stores.logbook.persons()
        (steps,) = stores.series.read(person.id, said["run"], "step").values()
        assert len(steps) > 60


@pytest.mark.row("G01")
def test_the_same_stored_run_twice_is_one_run_and_comes_over_the_air_once(
    shoe: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("sync", "--athlete", "ada", "--virtual", str(shoe), "--keep") == 0
    capsys.readouterr()
    assert run("sync", "--athlete", "ada", "--virtual", str(shoe), "--keep", "--json") == 0
    (said,) = objects(capsys.readouterr().out)
    assert said["state"] == "already"
    for mark in (data / "fetching").glob("*"):
        mark.unlink()  # as on another machine, which knows nothing of the first time
    assert run("sync", "--athlete", "ada", "--virtual", str(shoe), "--keep") == 0
    with open_stores(Settings()) as stores:
        (person,) = stores.logbook.persons()
        assert len(stores.logbook.runs_between(person.id, STARTED, STARTED.replace(hour=8))) == 1


def test_sync_erases_only_what_it_was_told_to_and_only_what_is_kept(
    shoe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("sync", "--athlete", "ada", "--virtual", str(shoe)) == 0
    assert "nothing was erased" in capsys.readouterr().err
    assert run("sync", "--athlete", "ada", "--virtual", str(shoe), "--erase") == 0
    assert "1 runs erased" in capsys.readouterr().err
    still = np.tile([0.0, 0.0, G_MPS2], (400, 1))
    block = ImuBlock(t_ns=np.arange(400) * 5_000_000, acc=still, gyr=still * 0, rate_hz=200.0)
    short = recording(tmp_path / "still.podlog", block[:1])
    assert run("sync", "--athlete", "ada", "--virtual", str(short), "--erase") == 1
    said = capsys.readouterr().err
    assert "a single moment, not a run" in said
    assert "erased" not in said


def test_sync_without_a_pod_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capture = tmp_path / "strap.json"
    capture.write_text('{"version": 1, "advertised": [], "attributes": [], "packets": []}')
    assert run("sync", "--athlete", "ada", "--virtual", str(capture)) == 1
    assert "no pod that stores runs is in range: wake it" in capsys.readouterr().err


def stamping() -> ImuBlock:
    """A standing foot that stamps three times; every stamp rings for 40 ms at 8 g and more."""
    acc = np.tile([0.0, 0.0, G_MPS2], (800, 1))
    for at in (80, 160, 240):
        acc[at : at + 8, 2] = np.linspace(12, 8, 8) * G_MPS2
    return ImuBlock(t_ns=np.arange(800) * 5_000_000, acc=acc, gyr=acc * 0, rate_hz=200.0)


def test_the_pod_that_was_stamped_is_claimed_and_live_knows_its_foot(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = recording(tmp_path / "mine.podlog", stamping())
    arguments = ("--athlete", "ada", "--foot", "right", "--virtual", str(mine), "--json")
    assert run("claim", *arguments) == 0
    said = capsys.readouterr()
    pod = {"address": FIRST, "name": "virtual pod 1", "side": "right", "place": "unknown"}
    assert objects(said.out) == [pod]
    assert "stamp three times" in said.err
    (claim,) = Claims(data / "pods.json").all()
    with open_stores(Settings()) as stores:
        assert claim.athlete == stores.logbook.persons()[0].id
    running = recording(tmp_path / "run.podlog", synth.runner(30, seed=4).block)
    assert run("live", "--athlete", "ada", "--virtual", str(running), "--fast", "--json") == 0
    (stored,) = objects(capsys.readouterr().out)
    with open_stores(Settings()) as stores:
        (row,) = stores.logbook.recordings(stored["athlete"], stored["run"])
        assert row.entry.side == "right"


def test_a_capture_names_nobody_and_plays_again(
    shoe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("capture", FIRST, "--seconds", "1", "--virtual", str(shoe)) == 0
    text = (tmp_path / "capture.json").read_text()
    made = load(text, "capture.json")
    assert len(made.packets) > 20
    assert FIRST not in text
    assert "virtual pod 1" not in text
    capsys.readouterr()
    assert run("capture", FIRST, "--seconds", "1", "--virtual", str(shoe)) == 1
    assert "is there already" in capsys.readouterr().err
    again = ("--virtual", "capture.json", "--json", "--seconds", "0.5")
    assert run("scan", *again) == 0
    assert objects(capsys.readouterr().out)[0]["profiles"] == ["openpod"]


def test_the_connection_check_looks_at_radio_clock_stores_and_what_waits(
    shoe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", "--virtual", str(shoe), "--seconds", "0.5", "--json") == 0
    said = {one["name"]: one for one in objects(capsys.readouterr().out)}
    assert said["Bluetooth"]["found"] == "works; in range: virtual pod 1"
    assert said["connections"]["found"] == "0 of 5 in use"
    assert {"clock", "disk", "stores", "durability", "outbox"} <= set(said)
    assert said["recordings for a server"]["found"] == "none waits"


def test_without_bluetooth_the_check_still_looks_at_everything_else(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")
    assert run("check", "--seconds", "0.2", "--json") == 1
    said = {one["name"]: one for one in objects(capsys.readouterr().out)}
    assert said["Bluetooth"]["state"] == "bad"
    assert said["Bluetooth"]["todo"]
    assert said["stores"]["state"] == "good"


def test_a_stored_run_is_shown_as_live_and_stored_no_second_time(
    shoe: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("import", str(shoe), "--athlete", "ada", "--json")
    (said,) = objects(capsys.readouterr().out)
    before = sorted(path.name for path in data.rglob("*"))
    assert run("replay", said["run"][:8], "--athlete", "ada", "--speed", "20") == 0
    shown = capsys.readouterr().out.splitlines()
    assert any("spm" in line and "ms on the ground" in line for line in shown)
    assert sorted(path.name for path in data.rglob("*")) == before
    assert run("replay", "none", "--athlete", "ada") == 1
    assert "no runs of this athlete begin with 'none'" in capsys.readouterr().err


def test_a_run_of_a_watch_is_shown_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = tmp_path / "watch.tcx"
    points = "".join(
        f"<Trackpoint><Time>2026-03-15T06:{30 + i // 60:02d}:{i % 60:02d}Z</Time>"
        f"<DistanceMeters>{3 * i}</DistanceMeters>"
        "<HeartRateBpm><Value>150</Value></HeartRateBpm><Extensions>"
        '<TPX xmlns="http://www.garmin.com/xmlschemas/ActivityExtension/v2">'
        "<Speed>3.0</Speed><RunCadence>84</RunCadence></TPX></Extensions></Trackpoint>"
        for i in range(120)
    )
    made.write_text(
        '<?xml version="1.0"?><TrainingCenterDatabase '
        'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>'
        '<Activity Sport="Running"><Id>2026-03-15T06:30:00Z</Id>'
        '<Lap StartTime="2026-03-15T06:30:00Z"><TotalTimeSeconds>120</TotalTimeSeconds>'
        f"<Track>{points}</Track></Lap></Activity></Activities></TrainingCenterDatabase>"
    )
    assert run("import", str(made), "--athlete", "ada", "--json") == 0
    (said,) = objects(capsys.readouterr().out)
    assert run("replay", said["run"], "--athlete", "ada", "--speed", "50") == 0
    assert "168 spm" in capsys.readouterr().out
    assert run("replay", said["run"], "--athlete", "ada", "--to", "http://127.0.0.1:1") == 1
    assert "only what was recorded over the radio" in capsys.readouterr().err


def test_runs_are_joined_split_and_undone_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = []
    for minutes in (30, 50):
        at = STARTED.replace(minute=minutes)
        path = recording(tmp_path / f"{minutes}.podlog", synth.runner(30, seed=minutes).block, at)
        assert run("import", str(path), "--athlete", "ada", "--json") == 0
        ids.append(objects(capsys.readouterr().out)[0]["run"])

    def listed() -> dict[str, int]:
        assert run("runs", "list", "--athlete", "ada", "--json") == 0
        return {o["run"]: len(o["recordings"]) for o in objects(capsys.readouterr().out)}

    apart = listed()
    assert apart == {ids[0]: 1, ids[1]: 1}
    assert run("runs", "join", ids[0][:10], ids[1], "--athlete", "ada") == 0
    assert "join of" in capsys.readouterr().out
    assert listed() == {ids[0]: 2}
    assert run("runs", "list", "--athlete", "ada", "--json") == 0
    (joined,) = objects(capsys.readouterr().out)
    second = joined["recordings"][1]["recording"]
    assert run("runs", "split", second, "--athlete", "ada") == 0
    capsys.readouterr()
    assert sorted(listed().values()) == [1, 1]
    assert run("runs", "undo", "--athlete", "ada") == 0
    capsys.readouterr()
    assert listed() == {ids[0]: 2}
    assert run("runs", "undo", "--athlete", "ada") == 0
    capsys.readouterr()
    assert listed() == apart
    assert run("runs", "undo", "--athlete", "ada") == 1
    assert "nothing was joined or split" in capsys.readouterr().err


def test_a_file_too_large_to_be_played_is_refused_before_it_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(600_000_000)
    assert run("live", "--athlete", "ada", "--virtual", "huge.csv") == 1
    assert "huge.csv: 600 MB; a virtual pod plays at most 512 MB" in capsys.readouterr().err


def test_scan_says_what_a_run_with_each_pod_gives(
    shoe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--virtual", str(shoe), "--seconds", "0.5", "--battery")
    assert run("scan", *arguments, "--json") == 0
    (said,) = objects(capsys.readouterr().out)
    assert said["battery_pct"] == 87
    assert said["gives"] == "cadence A, contact time B, softness C, drills B"
    assert run("scan", *arguments) == 0
    assert "contact time B" in capsys.readouterr().out


def test_nobody_is_told_to_stamp_where_no_pod_could_feel_it(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strap = tmp_path / "strap.json"
    strap.write_text('{"version": 1, "advertised": [], "attributes": [], "packets": []}')
    arguments = ("claim", "--athlete", "ada", "--foot", "left")
    assert run(*arguments, "--virtual", str(strap)) == 1
    said = capsys.readouterr().err
    assert "no pod in range that sends samples: wake it" in said
    assert "stamp three times" not in said


def test_nobody_is_told_to_stamp_without_a_radio(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={data}/nobody")
    assert run("claim", "--athlete", "ada", "--foot", "left") == 1
    said = capsys.readouterr().err
    assert "stamp three times" not in said
    assert len(said.splitlines()) == 1
