"""Every query of every dashboard, against a real InfluxDB and a real Prometheus of the real /metrics.

The data are the demo's: ten weeks of a made-up runner, a recording that is being made, a page
that watches. A panel that finds nothing there would say "No data".
"""

import json
import math
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models import dashboard
from ruamel.yaml import YAML
from starlette.testclient import TestClient

from catfoot.api import create_app
from catfoot.config import Settings, open_stores
from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.records import OFFSET
from catfoot.ingest.source import Decoded
from catfoot.signal import synth
from catfoot.store.influxserver import InfluxServer
from catfoot.training.consent import DASHBOARDS, Consent
from catfoot.training.entries import Person
from catfoot.training.example import ten_weeks
from tests.store.watched import ending_with_us

from .yamlfile import loaded

DEPLOY = Path(__file__).parents[2] / "deploy"
BASE = "http://127.0.0.1:8000"
TODAY = date(2026, 3, 16)
NOW = datetime(2026, 3, 16, 18, tzinfo=UTC)
NAMES = ("Ada", "Ben O'Hara")
SCRAPES = 8
register_default_plugins()
RUNNING = synth.runner(5, seed=3).block

Panel = tuple[str, dict[str, Any], dict[str, Any]]


def dashboards() -> dict[str, dict[str, Any]]:
    found = sorted((DEPLOY / "grafana" / "dashboards").glob("*/*.json"))
    return {f"{path.parent.name}/{path.name}": json.loads(path.read_text()) for path in found}


def panels(kind: str) -> list[Panel]:
    """Name, panel and query of every query of a kind of data source."""
    return [
        (f"{name}: {panel['title']} {target['refId']}", panel, target)
        for name, board in dashboards().items()
        for panel in board["panels"]
        for target in panel["targets"]
        if target["datasource"]["type"] == kind
    ]


PROMETHEUS, INFLUXDB = panels("prometheus"), panels("influxdb")


@pytest.fixture(scope="module")
def club(
    influxd: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[TestClient, InfluxServer]]:
    """The application on demo data with somebody live, and the database of its dashboards."""
    influxd.query("CREATE DATABASE shared")
    athlete = ""
    url = f"influx://127.0.0.1:{influxd.port}/shared"
    settings = Settings(data=tmp_path_factory.mktemp("club"), dashboards_url=url)
    with open_stores(settings) as stores:
        for seed, name in enumerate(NAMES):
            person, *entries = ten_weeks(TODAY, seed)
            assert isinstance(person, Person)
            athlete = stores.logbook.add_person(replace(person, name=name))
            for entry in entries:
                stores.logbook.add(athlete, entry)
            consent = Consent(
                athlete=athlete, viewer=DASHBOARDS.id, kinds=("load_and_flags", "metrics"),
                since=TODAY,
            )  # fmt: skip
            stores.logbook.add(athlete, consent)
    app = create_app(settings, executor=ThreadPoolExecutor(1), clock=lambda: NOW)
    shared = InfluxServer(url)
    with TestClient(app, base_url=BASE) as client, _somebody_live(client, athlete):
        app.state.board.round()
        yield client, shared
    shared.close()


@contextmanager
def _somebody_live(client: TestClient, athlete: str) -> Iterator[None]:
    """Seconds of running that were sent, and a page that watches."""
    data = recording_of(Decoded(format="m", device="shoe", started_at=NOW, blocks=(RUNNING,)))
    path = f"ws://127.0.0.1:8000/api/v1/athletes/{athlete}"
    with ExitStack() as open_:
        pod = open_.enter_context(client.websocket_connect(f"{path}/collect"))
        pod.send_json({"recording": "a" * 32})
        pod.receive_json()
        pod.send_bytes(OFFSET.pack(0) + data)
        pod.receive_json()  # durable
        page = open_.enter_context(client.websocket_connect(f"{path}/live"))
        page.receive_json()
        yield


@pytest.fixture(scope="module")
def prometheus(
    club: tuple[TestClient, InfluxServer],
    needed: Callable[[str, bool], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of a Prometheus with our own configuration that has scraped some times."""
    program = shutil.which("prometheus")
    needed("Prometheus (Debian: prometheus)", program is not None)
    folder = tmp_path_factory.mktemp("prometheus")
    with _counted(club[0]) as (port, scraped):
        said = loaded(DEPLOY / "prometheus" / "prometheus.yml")
        said["global"] = {"scrape_interval": "200ms", "scrape_timeout": "200ms"}
        said["rule_files"] = [str(DEPLOY / "prometheus" / "alerts.yml")]
        (job,) = said["scrape_configs"]
        job["static_configs"] = [{"targets": [f"127.0.0.1:{port}"]}]
        with (folder / "prometheus.yml").open("w") as out:
            YAML().dump(said, out)
        own = _free_port()
        command = [
            program or "", f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{own}",
        ]  # fmt: skip
        with (
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run,
            ending_with_us("kill", "-9", str(run.pid)),
        ):
            for _ in range(SCRAPES):
                assert scraped.acquire(timeout=30)
            yield f"http://127.0.0.1:{own}/api/v1/"
            run.kill()


@contextmanager
def _counted(client: TestClient) -> Iterator[tuple[int, threading.Semaphore]]:
    """Hand on /metrics, after a request of somebody, and say so each time."""
    scraped = threading.Semaphore(0)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            client.get("/api/v1/athletes")
            answer = client.get(self.path)
            scraped.release()
            with suppress(OSError):  # the last one asks as it is killed
                self.send_response(answer.status_code)
                self.send_header("Content-Type", answer.headers["content-type"])
                self.end_headers()
                self.wfile.write(answer.content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_port, scraped
        finally:
            server.shutdown()
            thread.join()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize("one", PROMETHEUS, ids=lambda one: one[0])
def test_no_operators_panel_says_no_data(prometheus: str, one: Panel) -> None:
    _, _, target = one
    query = target["expr"].replace("$__rate_interval", "5s")
    assert "$" not in query
    with urlopen(f"{prometheus}query?{urlencode({'query': query})}") as answer:
        found = json.load(answer)["data"]["result"]
    values = [float(series["value"][1]) for series in found]
    assert values
    assert any(math.isfinite(value) for value in values), values
    labels = {label for series in found for label in series["metric"]}
    assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= labels | {"le"}


def test_what_is_live_is_counted_as_it_is(prometheus: str) -> None:
    def value(query: str) -> float:
        with urlopen(f"{prometheus}query?{urlencode({'query': query})}") as answer:
            (series,) = json.load(answer)["data"]["result"]
        return float(series["value"][1])

    assert value("catfoot_live_open") == value("catfoot_live_viewers") == 1
    assert value("catfoot_live_samples_total") == len(RUNNING)
    assert value("catfoot_live_lost_total") == 0


def test_alerts_ask_for_what_there_is(prometheus: str) -> None:
    with urlopen(f"{prometheus}label/__name__/values") as answer:
        known = set(json.load(answer)["data"])
    with urlopen(f"{prometheus}rules") as answer:
        (group,) = json.load(answer)["data"]["groups"]
    asked = {
        name for rule in group["rules"] for name in re.findall(r"catfoot_\w+|up", rule["query"])
    }
    assert len(asked) > 8
    assert asked <= known


def filled(query: str, since: datetime, until: datetime) -> str:
    """The query as Grafana sends it, for everybody in ``who``."""
    bounds = (
        f"time >= {round(since.timestamp() * 1e3)}ms AND time <= {round(until.timestamp() * 1e3)}ms"
    )
    everybody = f"({'|'.join(re.escape(name) for name in NAMES)})"
    return query.replace("$timeFilter", bounds).replace("$who", everybody)


@pytest.mark.parametrize("one", INFLUXDB, ids=lambda one: one[0])
def test_no_panel_of_the_club_says_no_data(
    club: tuple[TestClient, InfluxServer], one: Panel
) -> None:
    query = filled(one[2]["query"], NOW - timedelta(weeks=12), NOW)
    assert not re.search(r"\$\w", query)
    answers = club[1].ask(query)
    assert answers
    for answer in answers:
        columns = {name: column for name, column in answer.items() if name != "time"}
        assert all(any(v is not None for v in column) for column in columns.values()), columns


def test_the_lists_of_athletes_are_of_those_who_are_shown(
    club: tuple[TestClient, InfluxServer],
) -> None:
    for name, board in dashboards().items():
        for variable in board["templating"]["list"]:
            assert variable["datasource"]["uid"] == "catfoot-shared", name
            found = [v for answer in club[1].ask(variable["query"]) for v in answer["value"]]
            assert sorted(found) == sorted(NAMES)


def test_the_weeks_of_a_panel_begin_on_monday(club: tuple[TestClient, InfluxServer]) -> None:
    queries = [t["query"] for _, _, t in INFLUXDB if "time(7d" in t["query"]]
    for query in queries:
        for answer in club[1].ask(filled(query, NOW - timedelta(weeks=12), NOW)):
            days = {datetime.fromtimestamp(us / 1e6, UTC).weekday() for us in answer["time"]}
            assert days == {0}


def test_operators_see_nothing_of_athletes_and_the_club_only_what_is_shared() -> None:
    found = dashboards()
    assert {name.partition("/")[0] for name in found} == {"operator", "club"}
    for name, board in found.items():
        uid = "catfoot-prometheus" if name.startswith("operator/") else "catfoot-shared"
        sources = {panel["datasource"]["uid"] for panel in board["panels"]}
        sources |= {t["datasource"]["uid"] for panel in board["panels"] for t in panel["targets"]}
        assert sources == {uid}, name


def test_uids_are_fixed_and_each_stands_once() -> None:
    uids = [board["uid"] for board in dashboards().values()]
    assert sorted(uids) == [
        "catfoot-collectors", "catfoot-runner", "catfoot-server", "catfoot-team",
    ]  # fmt: skip
    provisioning = DEPLOY / "grafana" / "provisioning"
    sources = loaded(provisioning / "datasources" / "catfoot.yaml")["datasources"]
    known = {one["uid"]: one for one in sources}
    assert set(known) == {"catfoot-prometheus", "catfoot-shared"}
    assert known["catfoot-shared"]["jsonData"]["dbName"] == "shared"
    assert known["catfoot-shared"]["secureJsonData"]["password"].startswith("$__file{/run/secrets/")
    providers = loaded(provisioning / "dashboards" / "catfoot.yaml")["providers"]
    folders = {Path(one["options"]["path"]).name for one in providers}
    assert folders == {name.partition("/")[0] for name in dashboards()}


@pytest.mark.parametrize("name", dashboards())
def test_grafanas_own_model_knows_every_word_of_a_dashboard(name: str) -> None:
    said = dashboards()[name]
    understood = json.loads(JSONEncoder().encode(dashboard.Dashboard.from_json(said)))
    assert not list(_lost(said, understood))
    said["panels"][0]["gridPos"]["width"] = 3  # what it does not know, it drops
    understood = json.loads(JSONEncoder().encode(dashboard.Dashboard.from_json(said)))
    assert list(_lost(said, understood)) == ["panels.0.gridPos.width"]


def _lost(said: Any, understood: Any, path: str = "") -> Iterator[str]:
    """Yield what the model did not take over as it was said."""
    if isinstance(said, dict) and isinstance(understood, dict):
        for key, value in said.items():
            yield from _lost(value, understood.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(said, list) and isinstance(understood, list) and len(said) == len(understood):
        for i, (mine, theirs) in enumerate(zip(said, understood, strict=True)):
            yield from _lost(mine, theirs, f"{path}.{i}")
    elif said != understood:
        yield path


def test_panels_have_a_place_of_their_own_and_say_what_they_show() -> None:
    for name, board in dashboards().items():
        taken: set[tuple[int, int]] = set()
        for panel in board["panels"]:
            at = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(at["x"], at["x"] + at["w"])
                for y in range(at["y"], at["y"] + at["h"])
            }
            assert not cells & taken, f"{name}: {panel['title']}"
            assert at["x"] + at["w"] <= 24
            taken |= cells
            assert panel["description"].endswith("."), f"{name}: {panel['title']}"
        assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
