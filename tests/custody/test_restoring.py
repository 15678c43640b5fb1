"""An export that comes back: after an erasing, elsewhere, twice at once, and from an enemy."""

import json
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import find, settings

from catfoot.config import Settings, Stores, open_stores
from catfoot.custody import back_up, bring_back, erase, export, restore, rowsfile, tidy
from catfoot.custody.erasing import erased, is_erased
from catfoot.errors import CatfootError, Conflict, FileError
from catfoot.store.schema import KINDS
from catfoot.store.sights import Sight
from catfoot.training.consent import Consent
from catfoot.training.entries import Person, Recording, Run
from tests.store import make

from .conftest import NOW, rows_of

Files = dict[str, bytes]

FEW = settings(database=None, derandomize=True)


def members(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(path: Path, files: Files, kind: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_an_export_of_what_an_export_brought_back_is_the_same_export(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    export(stores, ada, tmp_path / "first.zip", NOW)
    with open_stores(Settings(data=tmp_path / "elsewhere")) as other:
        restore(other, tmp_path / "first.zip")
        export(other, ada, tmp_path / "second.zip", NOW)
    assert members(tmp_path / "second.zip") == members(tmp_path / "first.zip")


def test_every_kind_of_entry_is_in_an_export_and_comes_back(stores: Stores, tmp_path: Path) -> None:
    ada = stores.logbook.add_person(Person(name="Ada", birth_year=1990))
    for kind in KINDS:
        if kind is Recording:
            run = stores.logbook.entries(Run, ada)[0].id
            stores.logbook.add(ada, make.recording(run))
        elif kind is Run:
            # The true distance, which a person says of a run.
            stores.logbook.add(ada, make.run(known_m=10_000.0))
        elif kind is not Person:
            entry = find(make.anything(kind), lambda _: True, settings=FEW)
            theirs = {"athlete": ada} if hasattr(entry, "athlete") else {}
            if kind is Consent:
                theirs["viewer"] = "c" * 32  # not the dashboards, who stay here
            stores.logbook.add(ada, replace(entry, **theirs))
    export(stores, ada, tmp_path / "ada.zip", NOW)
    with open_stores(Settings(data=tmp_path / "elsewhere")) as other:
        restore(other, tmp_path / "ada.zip")
        rows = other.logbook.everything(ada)
    assert rows == stores.logbook.everything(ada)
    assert {type(row.entry) for row in rows} == set(KINDS)


def test_who_looked_at_what_is_in_an_export(stores: Stores, ada: str, tmp_path: Path) -> None:
    sight = Sight(ada, NOW.date(), "c" * 32, "metrics", NOW)
    stores.logbook.sights.note(sight)
    export(stores, ada, tmp_path / "ada.zip", NOW)
    (said,) = json.loads(members(tmp_path / "ada.zip")["access.json"])
    assert said == {
        "day": "2026-03-15", "viewer": "c" * 32, "kind": "metrics",
        "at": "2026-03-15T06:30:00+00:00",
    }  # fmt: skip


def test_who_was_erased_and_comes_back_keeps_everything(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    rows, contents = rows_of(stores, ada), stores.raw.contents(ada)
    export(stores, ada, tmp_path / "ada.zip", NOW)
    back_up(stores, tmp_path / "backups", NOW)
    erase(stores, ada)
    restore(stores, tmp_path / "ada.zip")
    assert not is_erased(erased(tmp_path / "data"), ada)
    assert not is_erased(erased(tmp_path / "backups"), ada)
    tidy(stores, NOW)
    assert stores.raw.contents(ada) == contents
    assert rows_of(stores, ada) == rows


@pytest.mark.parametrize("where", ["here", "on another machine"])
def test_a_backup_of_who_came_back_brings_them_back(
    stores: Stores, ada: str, tmp_path: Path, where: str
) -> None:
    rows, contents = rows_of(stores, ada), stores.raw.contents(ada)
    export(stores, ada, tmp_path / "ada.zip", NOW)
    backups = tmp_path / "backups"
    back_up(stores, backups, NOW.replace(hour=1))
    erase(stores, ada)
    assert is_erased(erased(backups), ada)
    home = tmp_path / ("data" if where == "here" else "other")
    # Away while they come back, so that only the next backup can tell it.
    backups.rename(tmp_path / "away")
    with open_stores(Settings(data=home)) as again:
        restore(again, tmp_path / "ada.zip")
        (tmp_path / "away").rename(backups)
        made = back_up(again, backups, NOW)
    assert bring_back(Settings(data=tmp_path / "new"), made.path) == 1
    with open_stores(Settings(data=tmp_path / "new")) as new:
        assert rows_of(new, ada) == rows
        assert new.raw.contents(ada) == contents


def test_two_who_bring_back_the_same_athlete_at_once_bring_them_back_once(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    export(stores, ada, tmp_path / "ada.zip", NOW)
    where = Settings(data=tmp_path / "elsewhere")
    with open_stores(where) as one, open_stores(where) as two, ThreadPoolExecutor(2) as pool:
        tries = [pool.submit(restore, store, tmp_path / "ada.zip") for store in (one, two)]
        faults = [done.exception() for done in tries]
        assert [type(fault) for fault in faults if fault] == [Conflict]
        assert rows_of(one, ada) == rows_of(stores, ada)
        assert one.logbook.everything(ada) == stores.logbook.everything(ada)


def test_rows_of_somebody_who_is_here_are_not_taken_over_and_nothing_is_left(
    stores: Stores, ada: str, ben: str, tmp_path: Path
) -> None:
    export(stores, ada, tmp_path / "ada.zip", NOW)
    files = {name: data.replace(ada.encode(), b"f" * 32) for name, data in
             members(tmp_path / "ada.zip").items() if not name.startswith("raw/")}  # fmt: skip
    before = stores.logbook.everything(ada)
    with pytest.raises(Conflict):
        restore(stores, zipped(tmp_path / "stolen.zip", files))
    assert stores.logbook.everything(ada) == before
    assert stores.logbook.count("f" * 32) == 0
    assert stores.series.held("f" * 32) == {}
    assert stores.raw.contents("f" * 32) == []


Change = Callable[[Files], None]


def _logbook(change: Callable[[Any], Any]) -> Change:
    def apply(files: Files) -> None:
        said = json.loads(files["logbook.json"])
        change(said)
        files["logbook.json"] = json.dumps(said).encode()

    return apply


def _row(**said: Any) -> Change:
    return _logbook(lambda whole: whole["rows"][0].update(said))


def _index(change: Callable[[Any], Any]) -> Change:
    def apply(files: Files) -> None:
        said = json.loads(files["rows/index.json"])
        change(said)
        files["rows/index.json"] = json.dumps(said).encode()

    return apply


def _key(**said: Any) -> Change:
    return _index(lambda index: index[0]["key"].update(said))


def _column_of(kind: str) -> Change:
    return _index(lambda index: next(iter(index[0]["tables"].values()))[-1].__setitem__(1, kind))


def _table_called(name: str) -> Change:
    def apply(files: Files) -> None:
        entry = json.loads(files["rows/index.json"])[0]
        old = next(iter(entry["tables"]))
        where = f"rows/{entry['key']['run']}/{entry['key']['recording']}"
        files[f"{where}/{name}.csv"] = files[f"{where}/{old}.csv"]
        _index(lambda index: index[0]["tables"].update({name: index[0]["tables"][old]}))(files)

    return apply


def _put(name: str, data: bytes) -> Change:
    return lambda files: files.update({name: data})


def _cells(data: bytes) -> Change:
    def apply(files: Files) -> None:
        name = next(name for name in files if name.endswith("reading.csv"))
        files[name] = files[name].splitlines(keepends=True)[0] + data

    return apply


HOSTILE: dict[str, Change] = {
    "nested without end": _put("logbook.json", b"[" * 200_000),
    "a list": _put("logbook.json", b"[]"),
    "an index that is none": _put("rows/index.json", b'{"a": 1}'),
    "tables that are none": _index(lambda index: index[0].update(tables=[])),
    "an entry that is none": _row(entry=None),
    "an instant without offset": _row(created_at="2026-01-01T00:00:00"),
    "another's id": _row(id="f" * 32),
    "a version of 70 bits": _row(version=1 << 70),
    "a version before the first": _row(version=-5),
    "an author who is a list": _row(author=["x"]),
    "an author who is a path": _row(author="../../x"),
    "a row twice": _logbook(lambda said: said["rows"].append(said["rows"][-1])),
    "a recording of no run": _logbook(
        lambda said: [r["entry"].update(run="e" * 32) for r in said["rows"] if "run" in r["entry"]]
    ),
    "half a character": _logbook(lambda said: said["rows"][-1]["entry"].update(viewer="\ud800")),
    "objects": _column_of("|O"),
    "a gigabyte a row": _column_of("|V1000000000"),
    "columns in a column": _column_of("(1000000,)f8"),
    "instants": _column_of("<M8[ns]"),
    "a path": _table_called("../../../x"),
    "a query": _table_called('x"; DROP MEASUREMENT "step'),
    "a rev of 70 bits": _key(rev=1 << 70),
    "a rev that is text": _key(rev="1"),
    "a foot that is a query": _key(side="left' OR athlete != '"),
    "a clock that is a fraction": _key(origin_ns=1.5),
    "a run that is a path": _key(run="../../x"),
    "a run that is a number": _key(run=5),
    "rows twice": _index(lambda index: index.append(index[0])),
    "a cell without end": _cells(b"1" * 200_000 + b"\n"),
    "rows without end": _cells(b"\n" * 2_100_000),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_an_export_that_an_enemy_made_is_one_sentence_and_leaves_nothing(
    stores: Stores, ada: str, tmp_path: Path, what: str
) -> None:
    export(stores, ada, tmp_path / "ada.zip", NOW)
    files = members(tmp_path / "ada.zip")
    HOSTILE[what](files)
    refused(zipped(tmp_path / "changed.zip", files), ada, tmp_path)


def refused(path: Path, athlete: str, folder: Path) -> None:
    with open_stores(Settings(data=folder / "elsewhere")) as other:
        with pytest.raises(FileError, match=r"^changed\.zip: ") as found:
            restore(other, path)
        assert "\n" not in str(found.value)
        assert other.logbook.persons() == []
        assert other.series.held(athlete) == {}
        assert other.raw.contents(athlete) == []


def test_members_of_other_names_become_no_files(stores: Stores, ada: str, tmp_path: Path) -> None:
    export(stores, ada, tmp_path / "ada.zip", NOW)
    files = members(tmp_path / "ada.zip")
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    path = zipped(tmp_path / "more.zip", files | {"../out.txt": b"x", "/tmp/out.txt": b"x"})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with open_stores(Settings(data=tmp_path / "elsewhere")) as other:
        restore(other, path)
        assert rows_of(other, ada) == rows_of(stores, ada)
    assert not [p for p in tmp_path.rglob("*") if p.name in ("out.txt", "link")]


def test_another_way_of_packing_and_a_size_that_is_a_lie_are_refused(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    export(stores, ada, tmp_path / "ada.zip", NOW)
    files = members(tmp_path / "ada.zip")
    path = zipped(tmp_path / "changed.zip", files, zipfile.ZIP_BZIP2)
    refused(path, ada, tmp_path)
    zipped(path, files)
    whole = bytearray(path.read_bytes())
    at = whole.rindex(b"logbook.json") - 46  # its entry in the list of all
    whole[at + 24 : at + 28] = (1 << 31).to_bytes(4, "little")
    path.write_bytes(whole)
    refused(path, ada, tmp_path)
    zipped(path, files)
    whole = bytearray(path.read_bytes())
    entries = whole.rindex(b"logbook.json") - 46 + 8, whole.index(b"logbook.json") - 30 + 6
    for at in entries:
        whole[at] |= 1  # encrypted
    path.write_bytes(whole)
    refused(path, ada, tmp_path)


def test_a_table_of_too_many_lines_is_refused_before_it_is_read() -> None:
    with pytest.raises(CatfootError, match="more than 2,000,000 lines"):
        rowsfile.read(b"a\n" + b"\n" * 2_000_001, [["a", "<f8"]], "x")
