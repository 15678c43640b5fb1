"""A drill's recording, live and then stored: figures in the snapshot, a set in the logbook."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catfoot import sync
from catfoot.config import Settings, Stores, open_stores
from catfoot.errors import FileError, NotRunning
from catfoot.foot import Snapshot
from catfoot.ingest.files.podlog import decode, recording_of
from catfoot.ingest.records import MAGIC, MARKER, Event, encode_event, payloads
from catfoot.ingest.source import Decoded
from catfoot.live import Live
from catfoot.signal import synth, synthmoves, synthstands
from catfoot.signal.drills import DRILLS
from catfoot.signal.synth import Synthetic
from catfoot.signal.tables import DrillName, Place
from catfoot.store.schema import Job
from catfoot.sync.drills import EXERCISES
from catfoot.training.catalogue import CATALOGUE
from catfoot.training.entries import Run
from catfoot.training.suggestions import controlled
from catfoot.training.work import StrengthSession
from catfoot.workers import perform
from tests.running import run
from tests.training.make import DAY, outcome

NOW = datetime(2026, 3, 15, 6, 30, tzinfo=UTC)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(Settings(data=tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def ada(stores: Stores) -> str:
    return sync.athlete_named(stores, "ada")


def made(name: DrillName) -> Synthetic:
    if name == "lunge":
        return synthmoves.lunges([35.0, 40.0], seed=1)
    if name == "pause":
        return synthmoves.pausing([1.0, 1.2], seed=1)
    if name == "push":
        return synthmoves.pushed([6.0], seed=1)
    if name in ("taps", "toe_taps"):
        return synthmoves.tapping(2.0, 8.0, seed=1)
    if name in ("hops", "drop"):
        return synth.hopper([0.1] * 4, drop=name == "drop", seed=1)
    if name in ("hold", "sway"):
        return synthstands.stand(3.5, 21.0, sway_deg=0.4, seed=1)
    return synthmoves.heel_raises([0.6] * 3, rise_s=1.0, lower_s=1.6, seed=1)


def recording(
    name: DrillName | None, of: DrillName = "heel_raise", marks: tuple[int, ...] = ()
) -> bytes:
    place: Place = "shank" if of == "lunge" else "lace"
    decoded = Decoded(format="made", device="pod 7", started_at=NOW, blocks=(made(of).block,),
                      side="left", place=place)  # fmt: skip
    data = recording_of(decoded, device="pod 7", mode="drill", drill=name)
    return data + b"".join(encode_event(Event(what=MARKER, at_ns=at)) for at in marks)


def live(stores: Stores, athlete: str, data: bytes) -> tuple[Snapshot, str, list[str]]:
    """Send a recording as its pod would; return the last snapshot, the content, what was handed on."""
    handed_on: list[str] = []

    async def work() -> tuple[Snapshot, str]:
        async with Live(
            stores, lambda _, content: handed_on.append(content), now=lambda: NOW
        ) as hub:
            session = await hub.open(athlete, "r1", "me")
            for at in range(0, len(data), 4000):
                session.extend(at, data[at : at + 4000], lambda _: None)
            shown = session.snapshot()
            content = await hub.close(session)
            assert content is not None
            return shown, content

    return *run(work()), handed_on


@pytest.mark.row("B16", "B19")
@pytest.mark.parametrize("name", DRILLS)
def test_every_drill_is_told_live_and_filed_as_a_set(
    stores: Stores, ada: str, name: DrillName
) -> None:
    shown, content, handed_on = live(stores, ada, recording(name, name))
    drill = shown["drill"]
    assert drill["name"] == name
    assert drill["side"] == "left"
    assert {"key", "value", "grade", "n", "reasons"} <= set(drill["figures"][0])
    assert 0 <= shown["sway"]["stability"] <= 100
    assert handed_on == [content]
    filed = sync.take_recording(stores, ada, content)
    assert isinstance(filed, sync.Filed)
    (session,) = stores.logbook.entries(StrengthSession, ada)
    (done,) = session.entry.sets
    assert done.exercise == EXERCISES[name]
    assert done.side == "left"
    counts = {f["key"]: f["value"] for f in drill["figures"] if f["grade"] != "X"}
    stored = {one.key: one.value for one in done.results}
    for key in ("reps", "taps", "contacts", "pauses", "leans", "pushes"):
        # The end of the recording may complete one more.
        if counts.get(key) is not None:
            assert 0 <= (stored[key] or 0) - counts[key] <= 1
    assert all(one.source == "pod 7, 200 Hz" for one in done.results)
    assert filed.said().startswith("filed as a set of ")
    assert stores.logbook.entries(Run, ada) == []


def test_filing_twice_files_once(stores: Stores, ada: str) -> None:
    data = recording("heel_raise")
    first = sync.file_drill(stores, ada, data, "drill.podlog")
    again = sync.file_drill(stores, ada, data, "drill.podlog")
    assert (first.state, again.state) == ("filed", "already")
    assert first.id == again.id
    assert len(stores.logbook.entries(StrengthSession, ada)) == 1


@pytest.mark.row("C13")
def test_a_drill_that_became_longer_is_filed_once(stores: Stores, ada: str) -> None:
    whole = recording("heel_raise")
    ends = [end for end, _ in payloads(whole, len(MAGIC))]
    beginning = whole[: ends[len(ends) * 2 // 3]]
    sync.file_drill(stores, ada, beginning, "x")
    longer = sync.file_drill(stores, ada, whole, "x")
    assert longer.state == "filed"
    assert sync.file_drill(stores, ada, beginning, "x").state == "already"
    (there,) = stores.logbook.entries(StrengthSession, ada)
    assert there.entry == longer.session


def test_the_tempo_of_a_set_is_the_measured_one_and_can_be_judged(stores: Stores, ada: str) -> None:
    filed = sync.file_drill(stores, ada, recording("heel_raise"), "drill.podlog")
    tempo = filed.session.sets[0].measured_tempo
    assert tempo is not None
    assert tempo.down_s == pytest.approx(1.6, abs=0.25)
    assert tempo.up_s == pytest.approx(1.0, abs=0.2)
    assert tempo.pause_s == pytest.approx(0.6, abs=0.1)
    assert controlled(3.2, tempo.rep_s)
    assert not controlled(5.0, tempo.rep_s)


def test_a_drill_without_a_name_is_kept_and_no_more(stores: Stores, ada: str) -> None:
    shown, content, handed_on = live(stores, ada, recording(None, "sway"))
    assert shown["drill"]["name"] == "sway"
    assert handed_on == []
    assert stores.raw.has(ada, content)
    with pytest.raises(NotRunning):
        sync.take_recording(stores, ada, content)
    with pytest.raises(FileError):
        sync.file_drill(stores, ada, recording(None), "drill.podlog")


def test_a_drill_in_which_nothing_was_done_is_refused(stores: Stores, ada: str) -> None:
    content = stores.raw.keep(ada, recording("hops", "lunge"))
    with pytest.raises(FileError, match="nothing of the drill"):
        sync.take_recording(stores, ada, content)


def test_a_job_files_a_drill(stores: Stores, ada: str) -> None:
    content = stores.raw.keep(ada, recording("heel_raise"))
    payload = {"content": content, "name": "live recording"}
    id = stores.logbook.add_job(Job(athlete=ada, kind="recording", payload=payload))
    perform(stores, id)
    job = stores.logbook.job(id)
    assert job.state == "done"
    assert job.result is not None
    assert job.result["reps"] == 4
    assert job.result["exercise"] == "double_heel_raise"


@pytest.mark.row("B10")
def test_a_mark_in_the_recording_marks_the_push(stores: Stores, ada: str) -> None:
    data = recording("push", "push", marks=(6_200_000_000,))
    decoded = decode(data, "drill.podlog")
    assert decoded.marks == pytest.approx((6_200_000_000,), abs=50_000_000)
    filed = sync.file_drill(stores, ada, data, "drill.podlog")
    told = {one.key: one.value for one in filed.session.sets[0].results}
    assert told["pushes"] == 1
    true = made("push").truth["lower_s"][0]
    assert told["settle_s"] == pytest.approx(true, abs=0.1)


def standing(ago: int, sway_deg: float) -> bytes:
    """A hold so many days before NOW, as its pod would send it."""
    block = synthstands.stand(3.5, 21.0, sway_deg=sway_deg, loss="none", seed=ago).block
    decoded = Decoded(format="made", device="pod 7", started_at=NOW - timedelta(ago),
                      blocks=(block,), side="left", place="lace")  # fmt: skip
    return recording_of(decoded, device="pod 7", mode="drill", drill="hold")


@pytest.mark.row("B06")
@pytest.mark.parametrize(("sway_deg", "said"), [(0.5, "quiet"), (0.9, "flag")])
def test_swaying_more_in_filed_holds_reaches_its_rule(
    stores: Stores, ada: str, sway_deg: float, said: str
) -> None:
    for ago, usual in ((30, 0.5), (26, 0.5), (22, 0.5), (18, 0.5), (14, 0.5), (2, sway_deg),
                       (0, sway_deg)):  # fmt: skip
        sync.file_drill(stores, ada, standing(ago, usual), f"{ago}.podlog")
    sessions = [row.entry for row in stores.logbook.entries(StrengthSession, ada)]
    (sway,) = [one for one in sessions[0].sets[0].results if one.name == "sway"]
    assert (sway.key, sway.grade, sway.source) == ("sway_degps", "B", "pod 7, 200 Hz")
    found = outcome("F13", *sessions, ago=(DAY - NOW.date()).days)
    assert (found.flag is not None) == (said == "flag"), found


def test_every_drill_belongs_to_an_exercise_of_the_catalogue() -> None:
    assert set(EXERCISES) == set(DRILLS)
    assert set(EXERCISES.values()) <= set(CATALOGUE)
