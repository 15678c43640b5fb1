import hashlib
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from catfoot import review, sync
from catfoot.config import Settings, Stores, open_stores
from catfoot.demo import pod_recordings
from catfoot.errors import FileError
from catfoot.ingest.devices.openpodruns import recording_of_run, run_of_recording
from catfoot.ingest.devices.stored import Origin, StoredRun
from catfoot.ingest.files import Options, csv, decode
from catfoot.ingest.files import fitwriter as fw
from catfoot.ingest.records import MAGIC, payloads
from catfoot.signal.imu import ImuBlock
from catfoot.training.consent import MACHINE
from catfoot.training.entries import Person, Recording, Run

BEGUN = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
FIT_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(Settings(data=tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def ada(stores: Stores) -> str:
    return sync.athlete_named(stores, "ada")


def _fit(start: datetime = BEGUN, duration_s: int = 600, **known: int) -> bytes:
    return fw.steady_run(int((start - FIT_EPOCH).total_seconds()), duration_s, **known)


def _shaken(duration_s: float = 20.0, seed: int = 1, rate_hz: float = 100.0) -> bytes:
    """CSV of a foot that swings without ever landing: samples, but nobody's steps."""
    rng = np.random.default_rng(seed)
    n = int(duration_s * rate_hz)
    t_ns = (np.arange(n) * 1e9 / rate_hz).astype(np.int64)
    block = ImuBlock(
        t_ns=t_ns,
        acc=rng.normal((0, 0, 9.81), 1, (n, 3)),
        gyr=rng.normal(0, 0.2, (n, 3)),
        rate_hz=rate_hz,
    )
    return csv.encode(block)


def _everything(stores: Stores, athlete: str) -> tuple[object, ...]:
    """What an import may leave behind."""
    runs = stores.logbook.entries(Run, athlete)
    return (
        runs,
        stores.logbook.entries(Recording, athlete),
        stores.raw.contents(athlete),
        [len(stores.series.read(athlete, run.id, t)) for run in runs for t in ("step", "reading")],
    )


def test_a_fit_file_becomes_a_run_with_rows_and_bytes(stores: Stores, ada: str) -> None:
    imported = sync.import_bytes(stores, ada, _fit(), "easy.fit")
    assert imported.state == "imported"
    run = stores.logbook.get(Run, ada, imported.run).entry
    assert run.started_at == BEGUN
    assert run.day == date(2026, 3, 1)
    assert run.duration_s == 600
    assert run.distance_m == pytest.approx(1800)
    cadence = run.summary.measure("cadence")
    assert cadence is not None
    assert cadence.value == 165
    (recording,) = stores.logbook.recordings(ada, imported.run)
    assert recording.id == imported.recording
    assert stores.raw.read(ada, recording.entry.content) == _fit()
    ((key, rows),) = stores.series.read(ada, imported.run, "reading").items()
    assert len(rows) == 601
    assert key.origin_ns == round(BEGUN.timestamp()) * 10**9


@pytest.mark.row("G01")
def test_the_same_bytes_again_change_nothing_and_say_so(stores: Stores, ada: str) -> None:
    first = sync.import_bytes(stores, ada, _fit(), "easy.fit")
    before, version = _everything(stores, ada), stores.logbook.version(ada)
    for who in (ada, lambda: ada):
        again = sync.import_bytes(stores, who, _fit(), "renamed.fit")
        assert again.state == "already"
        assert again.flat()["file"] == "renamed.fit"
        assert (again.run, again.recording) == (first.run, first.recording)
    assert _everything(stores, ada) == before
    assert stores.logbook.version(ada) == version


def test_force_measures_again_in_place(stores: Stores, ada: str) -> None:
    first = sync.import_bytes(stores, ada, _fit(), "easy.fit")
    again = sync.import_bytes(stores, ada, _fit(), "easy.fit", force=True)
    assert (again.state, again.run, again.recording) == ("imported", first.run, first.recording)
    (row,) = stores.logbook.recordings(ada, first.run)
    assert row.entry.rev == 2
    assert len(stores.series.read(ada, first.run, "reading")) == 1
    assert len(stores.logbook.entries(Run, ada)) == 1


def test_measuring_again_keeps_what_was_said_the_first_time(stores: Stores, ada: str) -> None:
    said = Options(start=BEGUN, side="left", place="heel")
    sync.import_bytes(stores, ada, _shaken(), "x.csv", said)
    again = sync.import_bytes(stores, ada, _shaken(), "x.csv", force=True)
    assert again.entry.started_at == BEGUN
    assert not again.entry.start_assumed
    assert (again.entry.side, again.entry.place) == ("left", "heel")


def test_json_is_one_flat_object(stores: Stores, ada: str) -> None:
    flat = sync.import_bytes(stores, ada, _fit(), "easy.fit").flat()
    keys = [
        "file",
        "state",
        "athlete",
        "run",
        "recording",
        "started_at",
        "format",
        "device",
        "side",
    ]
    assert list(flat)[: len(keys)] == keys
    assert flat["cadence_spm"] == 165
    assert flat["cadence_grade"] in "ABCX"
    assert flat["gct_ms"] == 250
    assert isinstance(flat["warnings"], list)
    assert not any(isinstance(value, dict) for value in flat.values())


def test_without_a_start_the_files_time_is_taken_and_said(stores: Stores, ada: str) -> None:
    mtime = BEGUN + timedelta(hours=3)
    imported = sync.import_bytes(stores, ada, _shaken(), "shaken.csv", mtime=mtime)
    assert imported.entry.started_at == mtime
    assert imported.warnings[0].startswith("The file does not say when it began")
    said = sync.import_bytes(stores, ada, _shaken(seed=2), "said.csv", Options(start=BEGUN))
    assert said.entry.started_at == BEGUN
    assert not any(w.startswith("The file does not say when it began") for w in said.warnings)


def test_without_any_start_it_is_refused(stores: Stores, ada: str) -> None:
    with pytest.raises(FileError, match=r"^shaken\.csv: the file does not say when it began"):
        sync.import_bytes(stores, ada, _shaken(), "shaken.csv")


def test_the_day_is_the_athletes_own(stores: Stores) -> None:
    late = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
    for tz, day in (("Asia/Tokyo", 2), ("UTC", 1), ("America/Los_Angeles", 1)):
        who = stores.logbook.add_person(Person(name=tz, tz=tz))
        imported = sync.import_bytes(stores, who, _fit(late), "late.fit")
        assert stores.logbook.get(Run, who, imported.run).entry.day == date(2026, 3, day)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (_fit()[:-40], "cut off"),
        (b"", "empty"),
        (b"only text\n", "plain text"),
        (_shaken(rate_hz=20), r"20\.0 samples a second"),
        (b"time,aX,aY\n0,1,2\n", "no column aZ"),
        (_fit(sport=fw.CYCLING), "the sport is cycling"),
        (_fit(duration_s=0), "single moment"),
    ],
)
def test_a_refusal_leaves_nothing_behind(stores: Stores, data: bytes, sentence: str) -> None:
    def nobody() -> str:
        raise AssertionError("the athlete of a refused file is never created")

    with pytest.raises(FileError, match=sentence) as refused:
        sync.import_bytes(stores, nobody, data, "bad.fit", mtime=BEGUN)
    assert str(refused.value).startswith("bad.fit: ")
    assert stores.logbook.persons() == []
    assert not list((stores.settings.data / "raw").rglob("*.raw"))


def test_a_name_cannot_speak_to_the_terminal(stores: Stores, ada: str) -> None:
    with pytest.raises(FileError) as refused:
        sync.import_bytes(stores, ada, b"", "\x1b[2Jrun\n.fit")
    assert str(refused.value) == "?[2Jrun?.fit: the file is empty"


def test_recordings_that_share_half_of_their_time_join_one_run(stores: Stores, ada: str) -> None:
    watch = sync.import_bytes(stores, ada, _fit(), "watch.fit")
    pod = sync.import_bytes(
        stores,
        ada,
        _shaken(400),
        "pod.csv",
        Options(start=BEGUN + timedelta(seconds=30), side="left"),
    )
    assert pod.state == "joined"
    assert pod.run == watch.run
    (run,) = stores.logbook.entries(Run, ada)
    assert run.entry.duration_s == 600
    assert run.entry.distance_m == pytest.approx(1800)
    ranks = [r.entry.rank for r in stores.logbook.recordings(ada, watch.run)]
    assert ranks == [0, 2]
    heart = run.entry.summary.measure("heart_rate")
    assert heart is not None
    assert heart.value == 150


@pytest.mark.parametrize(("shift_s", "joins"), [(0, True), (290, True), (310, False), (900, False)])
def test_half_of_the_shorter_decides(stores: Stores, ada: str, shift_s: int, joins: bool) -> None:
    sync.import_bytes(stores, ada, _fit(), "a.fit")
    other = sync.import_bytes(stores, ada, _fit(BEGUN + timedelta(seconds=shift_s)), "b.fit")
    assert (other.state == "joined" or shift_s == 0) == joins
    assert len(stores.logbook.entries(Run, ada)) == (1 if joins else 2)


def test_guessed_starts_join_nothing(stores: Stores, ada: str) -> None:
    for seed in (1, 2):
        sync.import_bytes(stores, ada, _shaken(seed=seed), f"{seed}.csv", mtime=BEGUN)
    assert sync.import_bytes(stores, ada, _fit(), "c.fit").state == "imported"
    assert len(stores.logbook.entries(Run, ada)) == 3


def test_athletes_never_share_a_run(stores: Stores, ada: str) -> None:
    ben = sync.athlete_named(stores, "ben")
    one = sync.import_bytes(stores, ada, _fit(), "a.fit")
    other = sync.import_bytes(stores, ben, _fit(), "a.fit")
    assert other.state == "imported"
    assert one.run != other.run


def test_what_a_person_wrote_about_a_run_survives_a_join(stores: Stores, ada: str) -> None:
    first = sync.import_bytes(stores, ada, _fit(), "a.fit")
    row = stores.logbook.get(Run, ada, first.run)
    written = Run(
        day=row.entry.day, started_at=row.entry.started_at, duration_s=1, effort=7, title="hills"
    )
    stores.logbook.replace(ada, first.run, written, row.version)
    sync.import_bytes(stores, ada, _fit(BEGUN + timedelta(seconds=9)), "b.fit")
    run = stores.logbook.get(Run, ada, first.run).entry
    assert (run.effort, run.title) == (7, "hills")
    assert run.started_at == BEGUN


def test_what_no_measure_uses_is_kept_as_channels(stores: Stores, ada: str) -> None:
    fit = fw.FitWriter().developer_field("Form Power", "Watts").developer_field("Odd", "")
    at = round((BEGUN - FIT_EPOCH).total_seconds())
    fit.records([fw.TIMESTAMP, fw.SPEED], [(at + i, 3000, 70 + i, i) for i in range(30)])
    imported = sync.import_bytes(stores, ada, fit.file(), "stryd.fit")
    assert [(c.name, c.unit) for c in imported.entry.channels] == [
        ("Form Power", "Watts"),
        ("Odd", ""),
    ]
    (rows,) = stores.series.read(ada, imported.run, "channel").values()
    assert rows["value"][rows["channel"] == 0].tolist() == [70 + i for i in range(30)]


def test_a_hundred_mutants_are_imported_or_refused_with_a_sentence(
    stores: Stores, ada: str
) -> None:
    rng = np.random.default_rng(8)
    seeds = (_fit(duration_s=20), _shaken(1.0))
    outcomes = {"imported": 0, "refused": 0}
    for i in range(100):
        data = bytearray(seeds[i % 3 == 0])
        for at in rng.integers(14, len(data), size=3):
            data[at] = int(rng.integers(256))
        try:
            known = Options(start=BEGUN + timedelta(days=i))
            sync.import_bytes(stores, ada, bytes(data), "m", known)
            outcomes["imported"] += 1
        except FileError:
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 10


def test_laps_and_pauses_are_kept(stores: Stores, ada: str) -> None:
    at = round((BEGUN - FIT_EPOCH).total_seconds())
    fit = fw.FitWriter().records([fw.TIMESTAMP, fw.SPEED], [(at + i, 3000) for i in range(61)])
    fit.message(fw.LAP, [(2, fw.UINT32), (7, fw.UINT32)], [(at, 30_000), (at + 30, 30_000)])
    event = [fw.TIMESTAMP, (0, fw.ENUM), (1, fw.ENUM)]
    fit.message(fw.EVENT, event, [(at, 0, 0), (at + 10, 0, 4), (at + 20, 0, 0), (at + 60, 0, 4)])
    imported = sync.import_bytes(stores, ada, fit.file(), "laps.fit")
    assert imported.summary.duration_s == 50
    (rows,) = stores.series.read(ada, imported.run, "span").values()
    assert [tuple(int(v) for v in row) for row in rows] == [
        (0, 30 * 10**9, 0),
        (10 * 10**9, 20 * 10**9, 1),
        (30 * 10**9, 60 * 10**9, 0),
    ]


class _Crash(Exception):
    """The machine stops."""


@pytest.mark.parametrize("step", ["keep", "write", "commit_run"])
def test_a_crash_between_two_steps_is_made_good_by_doing_it_again(
    stores: Stores, ada: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise _Crash

    part = {"keep": stores.raw, "write": stores.series, "commit_run": stores.logbook}[step]
    with monkeypatch.context() as broken:
        broken.setattr(type(part), step, crash)
        with pytest.raises(_Crash):
            sync.import_bytes(stores, ada, _fit(), "a.fit")
    assert stores.logbook.entries(Run, ada) == []
    imported = sync.import_bytes(stores, ada, _fit(), "a.fit")
    assert imported.state == "imported"
    assert len(stores.logbook.entries(Run, ada)) == 1
    assert len(stores.series.read(ada, imported.run, "reading")) == 1


def test_a_closed_live_recording_is_measured_from_the_raw_store(stores: Stores, ada: str) -> None:
    content = stores.raw.keep(ada, _fit())
    imported = sync.import_recording(stores, ada, content)
    assert imported.state == "imported"
    assert sync.import_recording(stores, ada, content).state == "already"
    broken = stores.raw.keep(ada, b"nothing of the kind\n")
    with pytest.raises(FileError):
        sync.import_recording(stores, ada, broken)
    assert stores.raw.has(ada, broken)


def test_every_real_file_is_imported_or_refused_with_a_sentence(
    stores: Stores, ada: str, shared_data: Path
) -> None:
    files = sorted((shared_data / "fit-running").rglob("*.fit"))
    refused = []
    for path in files:
        try:
            imported = sync.import_bytes(stores, ada, path.read_bytes(), path.name)
        except FileError as fault:
            refused.append(str(fault).partition(": ")[0])
        else:
            assert imported.entry.duration_s > 0
    assert len(files) == 18
    assert refused == [
        "activity-unexpected-eof.fit",
        "elemnt-bolt-no-application-id-inside-developer-data-id.fit",
        "null_compressed_speed_dist.fit",
        "strava-android-app-201.10-b1218918.fit",
        "unterminated-strings.fit",
    ]


def test_the_shoe_recordings_give_their_cadence(
    stores: Stores, ada: str, shared_data: Path
) -> None:
    def flat(name: str) -> dict[str, object]:
        data = (shared_data / name).read_bytes()
        return sync.import_bytes(stores, ada, data, name, mtime=BEGUN).flat()

    tom = flat("wmf-run-challenge/tom.csv")
    assert 183 <= float(str(tom["cadence_spm"])) <= 194
    assert tom["cadence_grade"] in {"C", "X"}
    assert any("4/3" in str(w) for w in list(tom["warnings"]))  # type: ignore[call-overload]
    run = flat("wmf-field/test-run.csv")
    assert float(str(run["cadence_spm"])) == pytest.approx(169, abs=3)
    assert any("12 %" in str(w) for w in list(run["warnings"]))  # type: ignore[call-overload]


def test_a_recording_says_the_same_whoever_reads_it(stores: Stores, ada: str) -> None:
    data = _shaken()
    imported = sync.import_bytes(stores, ada, data, "x.csv", Options(start=BEGUN))
    decoded = decode(data, "x.csv")
    assert imported.entry.origin_ns == round(BEGUN.timestamp()) * 10**9 - decoded.first_ns()


@pytest.mark.parametrize("year", [1, 1600, 2999, 9999])
def test_a_start_in_an_impossible_year_is_refused_and_leaves_nobody(
    stores: Stores, year: int
) -> None:
    start = datetime(year, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    with pytest.raises(FileError, match=rf"shoe.csv: .* the year {year}; .* --start"):
        sync.import_bytes(
            stores,
            lambda: sync.athlete_named(stores, "nobody"),
            _shaken(),
            "shoe.csv",
            Options(start=start),
        )
    assert stores.logbook.persons() == []


def test_a_recording_that_became_longer_takes_the_place_of_its_beginning(
    stores: Stores, ada: str
) -> None:
    whole, cut = _by_a_pod(120.0)
    first = sync.import_bytes(stores, ada, whole[:cut], "live recording")
    longer = sync.import_bytes(stores, ada, whole, "live recording")
    assert (longer.run, longer.recording) == (first.run, first.recording)
    assert longer.entry.duration_s > 1.8 * first.entry.duration_s
    (row,) = stores.logbook.entries(Recording, ada)
    assert row.entry.content == hashlib.sha256(whole).hexdigest()
    assert stores.raw.contents(ada) == [row.entry.content]
    (there,) = stores.logbook.entries(Run, ada)
    assert there.entry.duration_s == pytest.approx(longer.entry.duration_s)
    assert list(stores.series.read(ada, there.id, "step")) == [
        key for key in stores.series.read(ada, there.id, "step") if key.rev == 2
    ]
    again = sync.import_bytes(stores, ada, whole[:cut], "live recording")
    assert (again.state, again.recording) == ("already", first.recording)
    assert stores.raw.contents(ada) == [row.entry.content]


def _by_a_pod(seconds: float) -> tuple[bytes, int]:
    """Return a run as a pod recorded it, and where about half of it ends."""
    whole = pod_recordings("left", seconds)[0]
    ends = [end for end, _ in payloads(whole, len(MAGIC))]
    return whole, ends[len(ends) // 2]


def test_a_stryd_beside_the_watch_makes_no_run_look_longer(stores: Stores, ada: str) -> None:
    for days in range(2, 60, 3):
        sync.import_bytes(stores, ada, _fit(BEGUN - timedelta(days=days), 2400), "usual.fit")
    sync.import_bytes(stores, ada, _fit(BEGUN, 2400), "watch.fit")
    stryd = sync.import_bytes(
        stores, ada, _fit(BEGUN + timedelta(seconds=5), 2400, strides_per_min=83), "stryd.fit"
    )
    assert stryd.state == "joined"
    assert "F01" not in _rules(stores, ada)
    far = sync.import_bytes(stores, ada, _fit(BEGUN + timedelta(hours=6), 4800), "far.fit")
    assert far.state == "imported"
    assert "F01" in _rules(stores, ada)  # which it can be seen by


def _rules(stores: Stores, athlete: str) -> set[str]:
    seen = stores.as_seen_by(MACHINE)
    return {one.flag.rule for one in review.flags(seen, athlete, BEGUN.date())}


def test_a_run_seen_live_and_its_later_download_are_one_run(stores: Stores, ada: str) -> None:
    live = pod_recordings("left", 120.0)[0]
    stored = run_of_recording(live)
    assert stored is not None
    began, data = stored
    told = StoredRun(id="1", size=len(data), crc32=zlib.crc32(data))
    # The pod tells its age in whole seconds.
    origin = Origin(device="p", began=began + timedelta(seconds=0.7), side="left")
    download = recording_of_run(data, told, origin)
    first = sync.import_bytes(stores, ada, live, "live recording")
    second = sync.import_bytes(stores, ada, download, "stored run 1")
    assert (second.state, second.run) == ("joined", first.run)
    (row,) = stores.logbook.entries(Run, ada)
    assert row.entry.duration_s == pytest.approx(first.entry.duration_s, abs=1)
