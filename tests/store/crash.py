"""Kill -9 at random moments, and count what was lost: ``python -m tests.store.crash 200``.

Each scene is a process that works and says on its output what it has been promised; it is
killed in the middle of the next piece of work, and everything said must be there, once and
whole. A promise without a kill proves nothing, so the count is of kills.
"""

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from catfoot import sync
from catfoot.config import Settings, Stores, open_stores
from catfoot.custody import reanalyse
from catfoot.ingest.files import fitwriter as fw
from catfoot.store.influx import InfluxSeries
from catfoot.store.logbook import Logbook
from catfoot.store.manifest import accounts
from catfoot.store.raw import RawStore
from catfoot.training.entries import Person, Recording, Run

from .influxd import Influxd

ATHLETE = "a" * 32
TYPINGS = Path(__file__).parents[2] / "typings"

_IMPORTS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
folder, first = Path(sys.argv[1]), int(sys.argv[2])
def say(text): print(text, flush=True)
"""

_APPEND = """
import threading
from catfoot.store.raw import RawStore, Writer
recording = RawStore(folder).begin("a" * 32, "left")
writer, room = Writer(window_s=0.001), threading.Semaphore(50)
def done(size):
    say(size)
    room.release()
for i in range(10**9):
    room.acquire()
    writer.submit(recording, b"%08d\\n" % i, done)
"""

_CLOSE = """
from catfoot.store.raw import RawStore
raw = RawStore(folder)
for i in range(first, 10**9):
    recording = raw.begin("a" * 32, f"r{i}")
    for part in range(20):
        recording.append(b"%d %d " % (i, part) * 300)
    recording.flush()
    say(f"open r{i} {recording.size}")
    say(f"closed r{i} {recording.close()}")
"""

_IMPORT = """
from catfoot import sync
from catfoot.config import Settings, open_stores
from catfoot.ingest.files import fitwriter as fw
stores = open_stores(Settings(data=folder))
athlete = sync.athlete_named(stores, "ada")
for i in range(first, 10**9):
    imported = sync.import_bytes(stores, athlete, fw.steady_run(1_141_000_000 + i * 10_000, 60), "x.fit")
    say(f"{i} {imported.recording}")
"""

_REANALYSE = """
from catfoot.config import Settings, open_stores
from catfoot.custody import reanalyse
stores = open_stores(Settings(data=folder))
while True:
    for measured in reanalyse(stores, everything=True):
        say(measured.state)
"""

_MIGRATE = """
from catfoot.store.logbook import Logbook
for i in range(first, 10**9):
    Logbook.open(f"sqlite:///{folder}/{i}/logbook.db").close()
    say(i)
"""

_DELIVER = """
import numpy as np
from catfoot.signal.tables import STEP, empty
from catfoot.store.influx import InfluxSeries
from catfoot.store.series import SeriesKey
series = InfluxSeries(sys.argv[3], folder)
for i in range(first, 10**9):
    table = empty(STEP, 20)
    table["ic_ns"] = np.arange(20) * 700_000_000
    table["gct_s"] = i
    series.write(SeriesKey(athlete="a" * 32, run=f"{i:032x}", recording="3" * 32, side="left", rev=1,
        origin_ns=1_772_366_400_000_000_000 + i * 10**11), {"step": table})
    say(i)
    series.flush(1)
"""


@dataclass
class Scene:
    """A folder that a process works in, and what it has promised so far."""

    folder: Path
    promises: int = 0
    next: int = 0
    url: str = ""

    def killed(self, code: str, rng: random.Random) -> list[str]:
        """Let a process work, kill it, and return what it said in whole lines."""
        process = subprocess.Popen(
            [sys.executable, "-c", _IMPORTS + code, str(self.folder), str(self.next), self.url],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(TYPINGS)},
        )
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            assert said, "the process ended by itself"
            threading.Event().wait(rng.uniform(0, 0.3))
        finally:
            process.kill()
            rest, _ = process.communicate()
        whole = (said + rest).decode().splitlines(keepends=True)
        lines = [line.strip() for line in whole if line.endswith("\n")]
        self.promises += len(lines)
        return lines


def append(scene: Scene, rng: random.Random) -> None:
    """Live recording: every byte acknowledged is in the log, in order."""
    acknowledged = int(scene.killed(_APPEND, rng)[-1])
    raw = RawStore(scene.folder)
    assert raw.unclosed() == [(ATHLETE, "left")]
    recording = raw.begin(ATHLETE, "left")
    data = recording.read()
    assert len(data) >= acknowledged
    assert data.startswith(b"".join(b"%08d\n" % i for i in range(acknowledged // 9)))
    recording.abandon()


def close(scene: Scene, rng: random.Random) -> None:
    """Close: a recording is sealed and whole, or still open and whole, never less."""
    raw = RawStore(scene.folder)
    for line in scene.killed(_CLOSE, rng):
        what, name, said = line.split()
        scene.next = int(name[1:]) + 1
        whole = b"".join(b"%s %d " % (name[1:].encode(), part) * 300 for part in range(20))
        if what == "closed":
            assert raw.read(ATHLETE, said) == whole
        elif not raw.has(ATHLETE, hashlib.sha256(whole).hexdigest()):
            recording = raw.begin(ATHLETE, name)
            assert recording.read() == whole
            recording.release()
    for athlete, name in raw.unclosed():
        raw.begin(athlete, name).close()
        # Begun again, it would go on after what it has.
        scene.next = max(scene.next, int(name[1:]) + 1)
    for content in raw.contents(ATHLETE):
        raw.read(ATHLETE, content)


def importing(scene: Scene, rng: random.Random) -> None:
    """Import: what was said is there whole; what was not is finished by the next, once."""
    lines = scene.killed(_IMPORT, rng)
    scene.next = int(lines[-1].split()[0]) + 1
    with open_stores(Settings(data=scene.folder)) as stores:
        athlete = sync.athlete_named(stores, "ada")
        known = {row.id for row in stores.logbook.entries(Recording, athlete)}
        assert {line.split()[1] for line in lines} <= known
        data = fw.steady_run(1_141_000_000 + scene.next * 10_000, 60)
        sync.import_bytes(stores, athlete, data, "x.fit")
        scene.next += 1
        _check_runs(stores, athlete, scene.next)


def measuring(scene: Scene, rng: random.Random) -> None:
    """Reanalysis: every run keeps its rows, bit for bit, whenever it stops."""
    with open_stores(Settings(data=scene.folder)) as stores:
        athlete = sync.athlete_named(stores, "ada")
        while scene.next < 5:
            data = fw.steady_run(1_141_000_000 + scene.next * 10_000, 60)
            sync.import_bytes(stores, athlete, data, "x.fit")
            scene.next += 1
    scene.killed(_REANALYSE, rng)
    with open_stores(Settings(data=scene.folder)) as stores:
        _check_runs(stores, athlete, scene.next)
        assert {m.state for m in reanalyse(stores, everything=True)} == {"measured"}
        _check_runs(stores, athlete, scene.next)


def migrating(scene: Scene, rng: random.Random) -> None:
    """Migration: a logbook is there or not yet; either way it opens and works."""
    scene.next = int(scene.killed(_MIGRATE, rng)[-1]) + 1
    for i in range(max(0, scene.next - 2), scene.next + 2):
        book = Logbook.open(f"sqlite:///{scene.folder}/{i}/logbook.db")
        book.add_person(Person(name="ada"))
        assert len(book.persons()) >= 1
        book.close()
    scene.next += 2


def delivering(scene: Scene, rng: random.Random) -> None:
    """Outbox: everything accepted reaches the server once."""
    scene.next = int(scene.killed(_DELIVER, rng)[-1]) + 1
    series = InfluxSeries(scene.url, scene.folder)
    assert series.flush(60), series.fault
    held = accounts(series._server, ATHLETE)
    found = series._server.ask("SELECT count(gct_s) FROM step")
    series.close()
    runs = {account.key.run for account in held}
    assert {f"{i:032x}" for i in range(scene.next)} <= runs
    assert len(held) == len(runs)
    assert found[0]["count"] == [20 * len(runs)]
    scene.next = max(int(run, 16) for run in runs) + 1


def _check_runs(stores: Stores, athlete: str, expected: int) -> None:
    """Every run has one recording, whose bytes and rows are whole, and there are no others."""
    recordings = stores.logbook.entries(Recording, athlete)
    runs = stores.logbook.entries(Run, athlete)
    assert len({row.entry.content for row in recordings}) == len(recordings) == len(runs)
    # A kill may come after an import was committed and before it was said.
    assert expected <= len(runs) <= expected + 1, (expected, len(runs))
    for row in recordings:
        assert len(stores.raw.read(athlete, row.entry.content)) == row.entry.size_bytes
        (rows,) = stores.series.read(athlete, row.entry.run, "reading").values()
        assert len(rows) == 61
        assert (rows["gct_s"] == 0.25).all()


SCENES: tuple[Callable[[Scene, random.Random], None], ...] = (
    append, close, importing, measuring, migrating, delivering,
)  # fmt: skip


def play(kills: int, seed: int) -> dict[str, int]:
    """Kill so many processes, in turn in every scene; return the promises kept by scene."""
    rng = random.Random(seed)
    kept: dict[str, int] = {}
    program = shutil.which("influxd")
    influxd = Influxd(program) if program else None
    folders = Path(tempfile.mkdtemp(prefix="catfoot-crash-"))
    try:
        scenes = {scene: Scene(folders / scene.__name__) for scene in SCENES}
        if influxd is None:
            del scenes[delivering]
        else:
            influxd.start()
            influxd.query("CREATE DATABASE crash")
            scenes[delivering].url = f"influx://127.0.0.1:{influxd.port}/crash"
        for i in range(kills):
            scene = list(scenes)[i % len(scenes)]
            scene(scenes[scene], rng)
            kept[scene.__name__] = scenes[scene].promises
    finally:
        shutil.rmtree(folders)
        if influxd is not None:
            influxd.remove()
    return kept


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    begun = datetime.now(UTC)
    for name, promises in play(count, seed=count).items():
        print(f"{name:12} {promises:8,} promises kept")
    print(f"{count} kills, nothing lost, doubled or halved ({datetime.now(UTC) - begun})")
