"""What only a series store on a server of its own must answer for."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from catfoot.errors import ConfigError, StoreError
from catfoot.signal.tables import READING, STEP, Table, empty
from catfoot.store.influx import InfluxSeries
from catfoot.store.influxserver import InfluxServer
from catfoot.store.manifest import accounts
from catfoot.store.series import SeriesKey

from .conftest import ADA, Spawn, named_influx, own_influx
from .influxd import Influxd

RUN = "1" * 32
KEY = SeriesKey(
    athlete=ADA, run=RUN, recording="3" * 32, side="left", rev=1,
    origin_ns=1_772_366_400_123_456_789,
)  # fmt: skip


@pytest.fixture
def influx_url(influxd: Influxd) -> str:
    """The URL of an empty database of our own: what is killed here is nobody else's server."""
    return own_influx(influxd)


@pytest.fixture
def influxd_of_my_own(influxd: Influxd) -> Iterator[Influxd]:
    """The server, running again when the test is over."""
    yield influxd
    influxd.kill()
    influxd.start()


def steps(n: int = 20, gct_s: float = 0.25) -> Table:
    table = empty(STEP, n)
    table["ic_ns"] = np.arange(n) * 700_000_000
    table["gct_s"] = gct_s
    return table


def count(url: str, measurement: str = "step") -> int:
    """Return how many rows the server has."""
    server = InfluxServer(url)
    found = server.ask(f"SELECT count(gct_s) FROM {measurement}")
    server.close()
    return int(found[0]["count"][0]) if found else 0


def test_what_is_written_while_the_server_is_down_is_read_here_and_delivered_later(
    influxd_of_my_own: Influxd, influx_url: str, tmp_path: Path
) -> None:
    influxd_of_my_own.kill()
    series = InfluxSeries(influx_url, tmp_path)
    series.write(KEY, {"step": steps()})
    assert not series.flush(10)
    assert series.fault is not None
    assert "cannot be reached" in str(series.fault)
    assert series.waiting().recordings == 1
    with pytest.raises(StoreError, match="cannot be reached"):
        series.read(ADA, RUN, "step")
    series.close()

    influxd_of_my_own.start()
    again = InfluxSeries(influx_url, tmp_path)
    assert again.flush(30)
    assert again.waiting().recordings == 0
    assert again.read(ADA, RUN, "step")[KEY].tobytes() == steps().tobytes()
    again.close()
    assert count(influx_url) == 20


def test_a_refused_recording_is_a_dead_letter_that_names_why_and_holds_up_nobody(
    influxd: Influxd, influx_url: str, tmp_path: Path
) -> None:
    server = InfluxServer(influx_url)
    server.write(b'step,athlete=x,foot=left,rev=1_0 gct_s="a text" 1772366400000000')
    series = InfluxSeries(influx_url, tmp_path)
    series.write(KEY, {"step": steps()})
    later = replace(KEY, run="2" * 32)
    series.write(later, {"reading": empty(READING, 3)})
    assert series.flush(30)
    assert (series.waiting().recordings, series.waiting().dead) == (0, 1)
    (letter,) = series.dead()
    assert letter.key == KEY
    assert letter.why is not None
    assert "field type conflict" in letter.why
    assert len(series.read(ADA, later.run, "reading")[later]) == 3
    # Nothing accepted is lost: it is read from here, and goes once its reason is gone.
    assert series.read(ADA, RUN, "step")[KEY].tobytes() == steps().tobytes()
    server.run("DROP MEASUREMENT step")
    assert series.revive() == 1
    assert series.flush(30)
    assert series.waiting().dead == 0
    assert count(influx_url) == 20
    series.close()
    server.close()


def test_recordings_of_one_foot_at_one_time_do_not_overwrite_each_other(
    influx_url: str, tmp_path: Path
) -> None:
    series = InfluxSeries(influx_url, tmp_path)
    keys = [replace(KEY, recording=f"{i:032x}") for i in range(3)]
    for i, key in enumerate(keys):
        series.write(key, {"step": steps(gct_s=0.25 * (i + 1))})
    assert series.flush(30)
    found = series.read(ADA, RUN, "step")
    assert [found[key]["gct_s"][0] for key in keys] == [0.25, 0.5, 0.75]
    assert sorted(a.slot for a in accounts(series._server, ADA)) == [0, 1, 2]
    series.close()
    assert count(influx_url) == 60


def test_a_new_revision_leaves_no_rows_and_no_bins_of_the_old_one(
    influx_url: str, tmp_path: Path
) -> None:
    series = InfluxSeries(influx_url, tmp_path)
    series.write(KEY, {"step": steps(100)})
    assert series.flush(30)
    series.write(replace(KEY, rev=2), {"step": steps(10)})
    assert series.flush(30)
    assert [a.key.rev for a in accounts(series._server, ADA)] == [2]
    assert count(influx_url) == 10
    found = series._server.ask("SELECT sum(n) FROM step10s")
    assert found[0]["sum"] == [10]
    series.close()


def test_a_delivery_that_broke_off_anywhere_is_finished_by_the_next(
    influx_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = InfluxServer.write
    for broken_at in range(1, 6):
        key = replace(KEY, run=f"{broken_at:032x}")
        done = 0

        def breaking(self: InfluxServer, body: bytes) -> None:
            nonlocal done
            done += 1
            if done == broken_at:  # noqa: B023
                raise StoreError("the power went")
            write(self, body)

        monkeypatch.setattr(InfluxServer, "write", breaking)
        series = InfluxSeries(influx_url, tmp_path)
        series.write(key, {"step": steps(), "reading": empty(READING, 3)})
        series.flush(30)
        monkeypatch.setattr(InfluxServer, "write", write)
        series.revive()
        assert series.flush(30)
        assert series.read(ADA, key.run, "step")[key].tobytes() == steps().tobytes()
        series.close()
    assert count(influx_url) == 100


class _Nonsense(BaseHTTPRequestHandler):
    """Answers every question with something that is no InfluxDB's."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>the hotel's login page</html>")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_an_answer_that_nobody_understands_is_a_fault_and_not_the_end(tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), _Nonsense) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        series = InfluxSeries(f"influx://:t@127.0.0.1:{server.server_port}/b", tmp_path)
        for _ in range(2):  # the second round needs a thread that lives
            series.write(KEY, {"step": steps()})
            assert not series.flush(10)
        assert "not as an InfluxDB does" in str(series.fault)
        assert series.waiting().recordings == 1
        with pytest.raises(StoreError, match="not as an InfluxDB does"):
            series.read(ADA, RUN, "step")
        series.close()
        server.shutdown()


def test_the_contract_runs_against_a_server_that_the_environment_names(influxd: Influxd) -> None:
    bucket = f"My bucket {uuid.uuid4().hex}"
    influxd.query(f'CREATE DATABASE "{bucket}"')
    named = {"URL": f"http://127.0.0.1:{influxd.port}", "TOKEN": "a/b+c==", "ORG": "the club"}
    env = {f"INFLUX_{name}": text for name, text in (named | {"BUCKET": bucket}).items()}
    some = ("comes_back_as_it_was_written", "dropping_takes", "screens_width", "what_is_held")
    chosen = f"delivered and ({' or '.join(some)})"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen]
    ran = subprocess.run(
        [*command, str(Path(__file__).with_name("test_series.py"))],
        env=os.environ | env, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-3000:]
    written = influxd.query(f'SELECT count(digest) FROM "{bucket}".autogen.recording')
    assert b"count" in written, "the suite ran against another server"


def test_a_secret_of_any_signs_is_taken_and_a_fault_tells_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, text in (("TOKEN", "s3cret/@:?#%"), ("ORG", "a b"), ("BUCKET", "my bucket")):
        monkeypatch.setenv(f"INFLUX_{name}", text)
    server = InfluxServer(named_influx("https://influx.example:8087"))
    assert server.name == "influx.example:8087/my bucket"
    with pytest.raises(ConfigError, match="%2F") as fault:
        InfluxServer("influx://:s3cret/x@influx.example:8087/bucket")
    assert "s3cret" not in str(fault.value)


def test_erasing_leaves_nothing_of_the_athlete_on_the_server(
    influxd: Influxd, influx_url: str, tmp_path: Path
) -> None:
    series = InfluxSeries(influx_url, tmp_path)
    series.write(KEY, {"step": steps(), "reading": empty(READING, 3)})
    assert series.flush(30)
    series.write(replace(KEY, run="2" * 32), {"step": steps()})
    assert series.drop(ADA) == 3
    for found in series._server.ask("SHOW MEASUREMENTS"):
        for name in found["name"]:
            assert series._server.ask(f"SELECT * FROM \"{name}\" WHERE athlete = '{ADA}'") == []
    for path in tmp_path.glob("outbox.db*"):
        assert ADA.encode() not in path.read_bytes()
    series.close()


def test_ids_that_would_change_a_query_are_refused(influx_url: str, tmp_path: Path) -> None:
    series = InfluxSeries(influx_url, tmp_path)
    evil = "x' OR athlete =~ /.*/ --"
    for act in (
        lambda: series.read(evil, RUN, "step"),
        lambda: series.read(ADA, evil, "step"),
        lambda: series.drop(evil),
        lambda: series.drop(ADA, evil),
        lambda: series.write(replace(KEY, run=evil), {}),
    ):
        with pytest.raises(ValueError, match="expected"):
            act()
    series.close()


WRITER = """
from pathlib import Path
import numpy as np
from catfoot.signal.tables import STEP, empty
from catfoot.store.influx import InfluxSeries
from catfoot.store.series import SeriesKey
series = InfluxSeries({url!r}, Path({folder!r}))
for i in range({first}, 10**6):
    table = empty(STEP, 20)
    table["ic_ns"] = np.arange(20) * 700_000_000
    table["gct_s"] = i
    series.write(SeriesKey(athlete={athlete!r}, run="%032x" % i, recording="3" * 32, side="left",
        rev=1, origin_ns=1_772_366_400_000_000_000 + i * 10**11), {{"step": table}})
    print(i, flush=True)
"""


def test_killed_writers_and_a_killed_server_lose_nothing_that_was_accepted(
    influxd_of_my_own: Influxd, influx_url: str, tmp_path: Path, spawn: Spawn
) -> None:
    written = -1
    for kill in range(3):
        code = WRITER.format(url=influx_url, folder=str(tmp_path), athlete=ADA, first=written + 1)
        child = spawn(code)
        assert child.stdout is not None
        for _ in range(10 + 7 * kill):
            written = int(child.stdout.readline())
        if kill == 1:
            influxd_of_my_own.kill()
        for _ in range(5):
            written = int(child.stdout.readline())
        child.kill()
        rest, _ = child.communicate()
        whole = [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
        written = int(whole[-1]) if whole else written
        if kill == 1:
            influxd_of_my_own.start()
    series = InfluxSeries(influx_url, tmp_path)
    assert series.flush(60)
    for i in range(written + 1):
        (rows,) = series.read(ADA, f"{i:032x}", "step").values()
        assert rows["gct_s"].tolist() == [i] * 20
    found = {a.key.run for a in accounts(series._server, ADA)}
    series.close()
    # The next one may have been accepted without having been said so.
    assert len(found) - (written + 1) in (0, 1)
    assert count(influx_url) == len(found) * 20
