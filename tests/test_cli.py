"""The commands as a person types them: output, exit code, and what is stored."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest

from catfoot.cli import main
from catfoot.config import Settings, open_stores
from catfoot.ingest.files import Options, csv, podlog
from catfoot.ingest.source import Decoded
from catfoot.signal import synth
from catfoot.signal.imu import G_MPS2
from catfoot.training.entries import Person


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


@pytest.fixture
def shoe(tmp_path: Path) -> Path:
    """A minute of running, as the hobby boards write it: ms, g, deg/s."""
    return write_csv(tmp_path / "shoe.csv", synth.runner(60, seed=4).block)


def write_csv(path: Path, block: Any, header: str = "time,aX,aY,aZ,gX,gY,gZ") -> Path:
    rows = np.column_stack([block.t_ns / 1e6, block.acc / G_MPS2, np.degrees(block.gyr)])
    np.savetxt(path, rows, delimiter=",", header=header, comments="", fmt="%.6f")
    return path


def test_an_import_stores_a_run_and_says_what_it_assumed(
    shoe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", str(shoe), "--athlete", "ada", "--json") == 0
    (said,) = objects(capsys.readouterr().out)
    assert said["state"] == "imported"
    assert said["cadence_spm"] == pytest.approx(168, abs=1)
    assert said["cadence_grade"] in "ABC"
    assert {"gct_ms", "gct_grade", "softness", "softness_grade"} <= set(said)
    assert any("modification time" in warning for warning in said["warnings"])
    with open_stores(Settings()) as stores:
        (person,) = stores.logbook.persons()
        assert person.entry.name == "ada"
        (steps,) = stores.series.read(person.id, said["run"], "step").values()
        assert len(steps) > 60


@pytest.mark.row("G01")
def test_the_same_bytes_again_say_so_and_change_nothing(
    shoe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("import", str(shoe), "--athlete", "ada", "--json")
    first = objects(capsys.readouterr().out)[0]
    with open_stores(Settings()) as stores:
        writes = stores.logbook.version(first["athlete"])
    assert run("import", str(shoe), "--athlete", "ada", "--json") == 0
    again = objects(capsys.readouterr().out)[0]
    assert again["state"] == "already"
    assert again["run"] == first["run"]
    with open_stores(Settings()) as stores:
        assert stores.logbook.version(first["athlete"]) == writes


def test_bad_files_are_one_sentence_each_and_the_others_are_imported(
    shoe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    block = synth.runner(30, seed=1).block
    bad = {
        "missing.csv": write_csv(tmp_path / "missing.csv", block, "time,aX,aY,aZ,gX,gY,oops"),
        "text.fit": tmp_path / "text.fit",
        "empty.csv": tmp_path / "empty.csv",
        "slow.csv": write_csv(tmp_path / "slow.csv", block[::10]),
        "cut.fit": tmp_path / "cut.fit",
        "nowhere.csv": tmp_path / "nowhere.csv",
    }
    bad["text.fit"].write_text("a shopping list\n" * 20)
    bad["empty.csv"].write_bytes(b"")
    # A FIT header that promises 1000 bytes of data (FIT protocol, file header), and no more.
    bad["cut.fit"].write_bytes(bytes([14, 0x20, 0, 0]) + (1000).to_bytes(4, "little") + b".FIT\0\0")

    names = [str(bad[name]) for name in bad]
    assert run("import", *names, str(shoe), "--athlete", "ada", "--json") == 1
    out, err = capsys.readouterr()
    said = {o["file"]: o for o in objects(out)}
    assert said["shoe.csv"]["state"] == "imported"
    for name in bad:
        assert said[name]["state"] == "refused"
        assert name in said[name]["error"]
    assert len(err.splitlines()) == len(bad)
    with open_stores(Settings()) as stores:
        (person,) = stores.logbook.persons()
        assert len(stores.logbook.recordings(person.id, said["shoe.csv"]["run"])) == 1
    assert len(list(data.glob("raw/*/*.raw"))) == 1


def test_a_refused_file_alone_creates_no_athlete(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    assert run("import", "empty.csv", "--athlete", "ada") == 1
    with open_stores(Settings()) as stores:
        assert stores.logbook.persons() == []


def test_a_file_without_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CATFOOT_MAX_UPLOAD_BYTES", "5000000")
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(5_000_001)
    assert run("import", "huge.csv", "--athlete", "ada") == 1
    assert "huge.csv: it is larger than the 5 MB allowed" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are Unicode")
def test_a_file_name_that_is_no_unicode_is_shown_as_far_as_it_can(
    shoe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = shoe.rename(shoe.with_name(os.fsdecode(b"sho\xff\x1be.csv")))
    assert run("import", str(odd), "no\udcff.csv", "--athlete", "ada", "--json") == 1
    stored, missing = objects(capsys.readouterr().out)
    assert stored["file"] == "shoe.csv"
    assert stored["state"] == "imported"
    assert missing["file"] == "no\ufffd.csv"


@pytest.mark.parametrize("name", ["\udcff", "a\nb", "a\u202eb", "\u200b", " "])
def test_a_name_that_cannot_be_shown_is_one_sentence(
    name: str, shoe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", str(shoe), "--athlete", name) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("catfoot: athlete ")


def test_space_and_composition_make_no_other_athlete(shoe: Path) -> None:
    for name in ("J\u00fcrgen", " Ju\u0308rgen "):
        assert run("import", str(shoe), "--athlete", name, "--json") == 0
    with open_stores(Settings()) as stores:
        assert [row.entry.name for row in stores.logbook.persons()] == ["J\u00fcrgen"]


def test_an_import_for_people_shows_every_number_with_its_grade(
    shoe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", str(shoe), "--athlete", "ada", "--start", "2026-03-01T07:00:00") == 0
    text = capsys.readouterr().out
    assert "shoe.csv: imported" in text
    assert "2026-03-01 07:00 UTC" in text
    assert "    Cadence  " in text
    assert "steps/min" in text


def test_a_whole_export_is_a_line_per_file(
    shoe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.write(shoe, "activities/shoe.csv")
        archive.writestr("photos/me.jpg", b"\xff\xd8\xff\xe0 not a run")
        archive.writestr("activities/broken.fit", b"\x0e\x20\x00\x00\xe8\x03\x00\x00.FIT\x00\x00")
    assert run("import", "export.zip", "--athlete", "ada", "--json") == 1
    lines = objects(capsys.readouterr().out)
    assert {Path(line["file"]).name: line["state"] for line in lines} == {
        "shoe.csv": "imported",
        "me.jpg": "skipped",
        "broken.fit": "refused",
    }


def test_what_was_exported_and_erased_comes_back(
    shoe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("import", str(shoe), "--athlete", "ada", "--json")
    before = objects(capsys.readouterr().out)[0]
    assert run("export", "ada.zip", "--athlete", "ada") == 0
    assert run("erase", "--athlete", "ada", "--yes") == 0
    assert run("export", "again.zip", "--athlete", "ada") == 1
    assert "no athlete is called 'ada'" in capsys.readouterr().err
    assert run("restore", "ada.zip") == 0
    with open_stores(Settings()) as stores:
        (steps,) = stores.series.read(before["athlete"], before["run"], "step").values()
    assert len(steps) > 60


def test_of_two_athletes_of_one_name_none_is_taken_for_the_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with open_stores(Settings()) as stores:
        first, second = (stores.logbook.add_person(Person(name="Ada")) for _ in range(2))
    for argv in (("export", "ada.zip", "--athlete", "Ada"), ("erase", "--yes", "--athlete", "Ada")):
        assert run(*argv) == 1
        said = capsys.readouterr().err
        assert "2 athletes are called 'Ada' here" in said
        assert first in said
        assert second in said
    assert run("export", "ada.zip", "--athlete", second) == 0
    assert json.loads(ZipFile("ada.zip").read("logbook.json"))["athlete"] == second
    assert run("erase", "--yes", "--athlete", second) == 0
    with open_stores(Settings()) as stores:
        assert [row.id for row in stores.logbook.persons()] == [first]


def test_a_backup_fills_an_empty_folder(
    shoe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("import", str(shoe), "--athlete", "ada", "--json")
    assert run("backup", str(tmp_path / "backups")) == 0
    path = capsys.readouterr().out.splitlines()[-1].rsplit(": ", 1)[0]
    monkeypatch.setenv("CATFOOT_DATA", str(tmp_path / "elsewhere"))
    assert run("bring-back", path) == 0
    assert run("import", str(shoe), "--athlete", "ada", "--json") == 0
    assert objects(capsys.readouterr().out.splitlines()[-1])[0]["state"] == "already"


def test_measuring_again_leaves_what_is_current(
    shoe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("import", str(shoe), "--athlete", "ada", "--json")
    capsys.readouterr()
    assert run("reanalyse", "--all", "--json") == 0
    (said,) = objects(capsys.readouterr().out)
    assert (said["state"], said["name"]) == ("measured", "shoe.csv")


def test_a_wrong_setting_is_one_sentence(
    shoe: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CATFOOT_PORT", "many")
    assert run("import", str(shoe), "--athlete", "ada") == 1
    assert capsys.readouterr().err.startswith("catfoot: port: ")


def test_listening_to_the_network_without_accounts_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("serve", "--host", "0.0.0.0", "--port", "0") == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_server_that_cannot_open_its_stores_says_so_in_one_sentence(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_stores(Settings()).close()
    (data / "series.db").write_bytes(b"no database" * 100)
    assert run("serve", "--port", "0") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("catfoot: series.db cannot be used")
    assert len(err.splitlines()) == 1


@pytest.mark.radio
def test_a_file_played_through_a_virtual_pod_becomes_a_run(
    shoe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("live", "--athlete", "ada", "--virtual", str(shoe), "--fast", "--json") == 0
    out, err = capsys.readouterr()
    (said,) = objects(out)
    assert said["state"] == "imported"
    assert said["cadence_spm"] == pytest.approx(168, abs=1)
    assert "one bit is" in err


@pytest.mark.radio
def test_a_pod_that_said_too_little_does_not_take_the_other_ones_run(
    shoe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    block = csv.decode(shoe.read_bytes(), shoe.name, Options()).blocks[0]
    told = Decoded(format="made", device="made", started_at=None, blocks=(block[:1],))
    moment = tmp_path / "moment.pod"
    moment.write_bytes(podlog.recording_of(told))
    files = [f"--virtual={moment}", f"--virtual={shoe}"]
    assert run("live", "--athlete", "ada", *files, "--fast", "--json") == 0
    out, err = capsys.readouterr()
    assert [said["state"] for said in objects(out)] == ["imported"]
    assert "a single moment, not a run" in err


@pytest.mark.radio
def test_two_files_play_as_left_and_right_and_join_one_run(
    shoe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write_csv(tmp_path / "other.csv", synth.runner(60, seed=5, side="right").block)
    files = ["--virtual", str(shoe), "--virtual", str(other)]
    assert run("live", "--athlete", "ada", *files, "--fast", "--json") == 0
    said = objects(capsys.readouterr().out)
    assert sorted(line["side"] for line in said) == ["left", "right"]
    assert len({line["run"] for line in said}) == 1
    assert run("live", "--athlete", "ada", *files, "--virtual", str(shoe)) == 1


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.path.insert(0, 'typings')\n"
        "from catfoot.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'scipy', 'fastapi', 'sqlalchemy', 'bleak', 'bumble', 'pydantic'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "loaded: []"
    for command in ("import", "scan", "live", "serve", "demo"):
        assert command in done.stdout


def test_real_recordings_of_shoe_pods(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tom = shared_data / "wmf-run-challenge" / "tom.csv"
    test_run = shared_data / "wmf-field" / "test-run.csv"
    assert run("import", str(tom), str(test_run), "--athlete", "ada", "--json") == 0
    loose, lossy = objects(capsys.readouterr().out)
    assert 183 <= loose["cadence_spm"] <= 194
    assert loose["cadence_grade"] in "CX"
    assert any("4/3" in warning for warning in loose["warnings"])
    assert lossy["cadence_spm"] == pytest.approx(169, abs=3)
    assert any("12 %" in warning and "lost" in warning for warning in lossy["warnings"])
