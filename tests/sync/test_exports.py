import csv as text_csv
import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catfoot import sync
from catfoot.config import Settings, Stores, open_stores
from catfoot.errors import FileError
from catfoot.ingest.files import fitwriter as fw
from catfoot.ingest.files.archive import Limits
from catfoot.ingest.files.fitmessages import checksum
from catfoot.training.entries import Recording, Run

ROOT = Path(__file__).parents[2]
BEGUN = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
FIT_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(Settings(data=tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def ada(stores: Stores) -> str:
    return sync.athlete_named(stores, "ada")


def _fit(day: int = 0, **known: int) -> bytes:
    start = BEGUN + timedelta(days=day)
    return fw.steady_run(int((start - FIT_EPOCH).total_seconds()), 60, **known)


def _settings_fit() -> bytes:
    """A FIT file as watches keep for themselves: type 2, settings."""
    writer = fw.FitWriter()
    data = bytearray(writer.file())
    at = data.index(b"\x00\x04\x01\x00", 14)  # the file_id message: type 4, activity
    data[at + 1] = 2
    body = bytes(data[:-2])
    return body + checksum(body).to_bytes(2, "little")


def _zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def _index(rows: list[dict[str, str]]) -> bytes:
    names = ["Activity ID", "Activity Date", "Activity Name", "Activity Type", "Activity Gear"]
    out = io.StringIO()
    writer = text_csv.DictWriter(out, [*names, "Filename"], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _outcomes(lines: list[sync.Line]) -> dict[str, str]:
    return {line.file.split("/", 1)[-1]: line.outcome for line in lines}


def test_a_strava_archive_gives_runs_with_their_names_and_shoes(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    rows = [
        {"Activity Name": "Hills, long", "Activity Type": "Run", "Activity Gear": "Blue",
         "Filename": "activities/1.fit.gz"},
        {"Activity Name": "Commute", "Activity Type": "Ride", "Filename": "activities/2.fit.gz"},
        {"Activity Name": "Track", "Activity Type": "Run", "Filename": "activities/3.fit"},
        {"Activity Name": "By hand", "Activity Type": "Run", "Filename": ""},
    ]  # fmt: skip
    path = _zip(
        tmp_path / "export.zip",
        {
            "activities.csv": _index(rows),
            "profile.csv": b"name,weight\nAda,60\n",
            "media/1.jpg": b"\xff\xd8\xff\xe0" + bytes(200),
            "activities/1.fit.gz": gzip.compress(_fit(0)),
            "activities/2.fit.gz": gzip.compress(_fit(1, sport=fw.CYCLING)),
            "activities/3.fit": _fit(2),
            "activities/4.fit": _fit(3)[:-9],
        },
    )
    lines = list(sync.import_path(stores, ada, path))
    assert _outcomes(lines) == {
        "activities.csv": "skipped",
        "activities/1.fit": "imported",
        "activities/2.fit": "skipped",
        "activities/3.fit": "imported",
        "activities/4.fit": "refused",
        "media/1.jpg": "skipped",
        "profile.csv": "skipped",
    }
    runs = stores.logbook.entries(Run, ada)
    assert [(r.entry.title, r.entry.shoe) for r in runs] == [
        ("Hills, long", "Blue"),
        ("Track", None),
    ]


def test_an_index_in_another_language_is_read_by_its_places(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    text = "ID,Datum,Titel der Aktivität,Art,Dateiname\n1,x,Morgenlauf,Lauf,activities/1.fit\n"
    files = {"activities.csv": text.encode(), "activities/1.fit": _fit()}
    list(sync.import_path(stores, ada, _zip(tmp_path / "e.zip", files)))
    (run,) = stores.logbook.entries(Run, ada)
    assert run.entry.title == "Morgenlauf"


def test_archives_inside_an_archive_are_opened(stores: Stores, ada: str, tmp_path: Path) -> None:
    inner = _zip(tmp_path / "i.zip", {"a.fit": _fit(0), "b.fit": _settings_fit()}).read_bytes()
    other = _zip(tmp_path / "j.zip", {"c.fit": _fit(1)}).read_bytes()
    path = _zip(
        tmp_path / "takeout.zip",
        {"DI/Uploaded_Part1.zip": inner, "DI/Uploaded_Part2.zip": other, "DI/x.json": b"{}"},
    )
    assert _outcomes(list(sync.import_path(stores, ada, path))) == {
        "DI/Uploaded_Part1.zip/a.fit": "imported",
        "DI/Uploaded_Part1.zip/b.fit": "skipped",
        "DI/Uploaded_Part2.zip/c.fit": "imported",
        "DI/x.json": "skipped",
    }


def test_garmins_titles_are_found_by_when_a_run_began(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    begun_ms = [1000 * (BEGUN + timedelta(days=i)).timestamp() for i in range(2)]
    runs: list[object] = [
        {"name": f"Run {i}", "beginTimestamp": ms} for i, ms in enumerate(begun_ms)
    ]
    text = json.dumps([{"summarizedActivitiesExport": [*runs, {"name": 7}, None]}]).encode()
    index = "DI_CONNECT/DI-Connect-Fitness/ada_0_summarizedActivities.json"
    inner = _zip(tmp_path / "i.zip", {"ada_1.fit": _fit(0), "ada_2.fit": _fit(1)}).read_bytes()
    path = _zip(tmp_path / "takeout.zip", {"DI_CONNECT/Uploaded/Part1.zip": inner, index: text})
    assert {line.outcome for line in sync.import_path(stores, ada, path)} == {"imported", "skipped"}
    assert [r.entry.title for r in stores.logbook.entries(Run, ada)] == ["Run 0", "Run 1"]


def test_an_unpacked_export_is_read_with_its_index(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    (folder / "activities").mkdir(parents=True)
    (folder / "activities" / "1.fit").write_bytes(_fit())
    row = {"Activity Name": "Hills", "Activity Type": "Run", "Filename": "activities/1.fit"}
    (folder / "activities.csv").write_bytes(_index([row]))
    list(sync.import_path(stores, ada, folder))
    (run,) = stores.logbook.entries(Run, ada)
    assert run.entry.title == "Hills"


def test_the_same_run_packed_and_plain_is_one_recording(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    (tmp_path / "a.fit.gz").write_bytes(gzip.compress(_fit()))
    (tmp_path / "b.fit").write_bytes(_fit())
    outcomes = [line.outcome for line in sync.import_path(stores, ada, tmp_path / "a.fit.gz")]
    outcomes += [line.outcome for line in sync.import_path(stores, ada, tmp_path / "b.fit")]
    assert outcomes == ["imported", "already"]


def test_a_folder_is_read_with_its_folders_and_without_its_litter(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    folder = tmp_path / "watch"
    (folder / "GARMIN" / "Activity").mkdir(parents=True)
    (folder / "GARMIN" / "Activity" / "1.FIT").write_bytes(_fit())
    (folder / ".DS_Store").write_bytes(b"\0\0\0\1")
    (folder / "again.fit").symlink_to(folder / "GARMIN" / "Activity" / "1.FIT")
    lines = list(sync.import_path(stores, ada, folder))
    assert [(line.file, line.outcome) for line in lines] == [("GARMIN/Activity/1.FIT", "imported")]


def test_nobody_is_created_for_an_archive_without_a_run(stores: Stores, tmp_path: Path) -> None:
    path = _zip(tmp_path / "e.zip", {"a.txt": b"hello", "b.fit": _fit()[:-4]})
    lines = list(sync.import_path(stores, lambda: sync.athlete_named(stores, "eve"), path))
    assert sorted(line.outcome for line in lines) == ["refused", "skipped"]
    assert stores.logbook.persons() == []


def test_a_bomb_is_stopped_and_the_rest_is_read(stores: Stores, ada: str, tmp_path: Path) -> None:
    small = Limits(member_bytes=1_000_000, total_bytes=5_000_000, members=50, depth=2)
    bomb = _zip(tmp_path / "b.zip", {"zeros.csv": bytes(30_000_000)}).read_bytes()
    deep = _zip(
        tmp_path / "d.zip", {"x.zip": _zip(tmp_path / "y.zip", {"a.fit": _fit(7)}).read_bytes()}
    )
    path = _zip(
        tmp_path / "e.zip",
        {
            "1.fit": _fit(0),
            "2.csv.gz": gzip.compress(bytes(30_000_000)),
            "3.zip": bomb,
            "4.zip": deep.read_bytes(),
            "5.fit": _fit(1),
        },
    )
    lines = {line.file: line for line in sync.import_path(stores, ada, path, limits=small)}
    assert {name.split("/")[1]: line.outcome for name, line in lines.items()} == {
        "1.fit": "imported", "2.csv.gz": "refused", "3.zip": "refused", "4.zip": "refused",
        "5.fit": "imported",
    }  # fmt: skip
    assert "larger than the 1 MB allowed" in str(lines["e.zip/2.csv.gz"].why)


def test_too_much_altogether_ends_the_import_with_a_sentence(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    path = _zip(tmp_path / "e.zip", {f"{i}.fit": _fit(i) for i in range(9)})
    with pytest.raises(FileError, match="more than the 5 files"):
        list(sync.import_path(stores, ada, path, limits=Limits(members=5)))
    size = len(_fit())
    with pytest.raises(FileError, match="larger than"):
        list(sync.import_path(stores, ada, path, limits=Limits(total_bytes=3 * size)))


def test_hostile_names_are_shown_and_never_followed(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    names = ["../../etc/passwd", "/etc/shadow", "C:\\run.fit", "a\x1b[31m.fit", "x" * 3000 + ".fit"]
    path = _zip(tmp_path / "e.zip", {name: _fit(i) for i, name in enumerate(names)})
    before = sorted(tmp_path.parent.rglob("*passwd*"))
    lines = list(sync.import_path(stores, ada, path))
    assert [line.outcome for line in lines] == ["imported"] * 5
    assert all(line.file.isprintable() and len(line.file) < 300 for line in lines)
    assert sorted(tmp_path.parent.rglob("*passwd*")) == before


def test_a_damaged_archive_is_refused_or_loses_only_the_damaged_member(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    path = _zip(tmp_path / "e.zip", {f"{i}.fit": _fit(i) for i in range(3)})
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileError, match=r"^e\.zip: the ZIP file is cut off"):
        list(sync.import_path(stores, ada, path))
    torn = bytearray(whole)
    torn[60:90] = bytes(30)
    path.write_bytes(bytes(torn))
    outcomes = [line.outcome for line in sync.import_path(stores, ada, path)]
    assert outcomes == ["refused", "imported", "imported"]


def test_a_path_that_is_not_there_is_said(stores: Stores, ada: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file"):
        list(sync.import_path(stores, ada, tmp_path / "nothing.zip"))


_IMPORT = """
import sys
from pathlib import Path
from catfoot import sync
from catfoot.config import Settings, open_stores
data, athlete, path = sys.argv[1:]
with open_stores(Settings(data=Path(data))) as stores:
    for line in sync.import_path(stores, athlete, Path(path)):
        print(line.outcome, flush=True)
"""


def _import_and_die(data: Path, athlete: str, path: Path, after: int) -> None:
    """Import in a process that is killed, wherever it is, once it has done ``after`` files."""
    command = [sys.executable, "-c", _IMPORT, str(data), athlete, str(path)]
    env = os.environ | {"PYTHONPATH": str(ROOT / "typings")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        done = [process.stdout.readline().strip() for _ in range(after)]
        process.kill()
    assert set(done) <= {"imported", "already", "skipped", "refused"}


@pytest.mark.row("G01")
def test_five_hundred_files_survive_being_killed_twice_and_nothing_is_there_twice(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    files = {f"activities/{i}.fit.gz": gzip.compress(_fit(i), 1) for i in range(200)}
    files |= {f"other/{i}.fit": _settings_fit() for i in range(100)}
    files |= {f"rides/{i}.fit": _fit(1000 + i, sport=fw.CYCLING) for i in range(100)}
    files |= {f"cut/{i}.fit": _fit(2000 + i)[: -5 - i] for i in range(50)}
    files |= {f"again/{i}.fit": _fit(i) for i in range(50)}
    path = _zip(tmp_path / "everything.zip", files)
    for stop_after in (60, 90):
        _import_and_die(stores.settings.data, ada, path, stop_after)
    counts = Counter(line.outcome for line in sync.import_path(stores, ada, path))
    assert sum(counts.values()) == 500
    assert counts["refused"] == 50
    assert counts["skipped"] == 200
    assert counts["already"] + counts["imported"] == 250
    assert len(stores.logbook.entries(Run, ada)) == 200
    assert len(stores.logbook.entries(Recording, ada)) == 200
