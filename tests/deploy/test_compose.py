"""The compose files: their grammar, what they start, and that catfoot understands its part."""

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from starlette.testclient import TestClient

from catfoot.api import create_app
from catfoot.config import Settings
from catfoot.store.influxserver import InfluxServer

from .yamlfile import loaded

DEPLOY = Path(__file__).parents[2] / "deploy"
FILES = ("compose.yaml", "compose.bluetooth.yaml")


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = loaded(DEPLOY / "compose.yaml")["services"]
    return found


def club() -> dict[str, str]:
    lines = (DEPLOY / "club.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def filled(text: str, variables: dict[str, str]) -> str:
    """The text with ``${NAME:-otherwise}`` as compose fills it in."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda m: variables.get(m[1]) or m[2], text)


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    made = subprocess.run(["sh", DEPLOY / "secrets.sh", tmp_path / "secrets"], check=False)
    assert made.returncode == 0
    return tmp_path / "secrets"


def settings_of(
    variables: dict[str, str], secrets: Path | None, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """The settings that the service ends up with."""
    for name in list(os.environ):
        if name.startswith("CATFOOT_"):
            monkeypatch.delenv(name)
    for name, text in services()["catfoot"]["environment"].items():
        value = filled(text, variables)
        if secrets is not None and name.endswith("_FILE"):
            value = value.replace("/run/secrets", str(secrets / "catfoot"))
        monkeypatch.setenv(name, value)
    return Settings()


def test_compose_files_follow_the_compose_specification() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run(
        [*check, *(DEPLOY / name for name in FILES)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    broken = "services: {catfoot: {imagee: catfoot}}"
    done = subprocess.run([*check, "-"], input=broken, capture_output=True, text=True, check=False)
    assert done.returncode == 1, "it lets anything pass"


def test_one_service_starts_unless_the_club_is_asked_for() -> None:
    found = services()
    assert [name for name, one in found.items() if not one.get("profiles")] == ["catfoot"]
    assert {p for one in found.values() for p in one.get("profiles", ())} == {"club"}
    assert {"influxdb", "postgres", "grafana", "caddy", "prometheus"} <= set(found)


def test_the_service_cannot_write_but_to_its_volume_and_has_no_rights() -> None:
    one = services()["catfoot"]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in one["security_opt"]
    assert all(port.startswith("127.0.0.1:") for port in one["ports"])
    written = [v for v in one["volumes"] if not v.endswith(":ro")]
    assert written == ["data:/data"]
    mounted = [filled(v, club()) for v in one["volumes"]]
    assert mounted == ["data:/data", "./secrets/catfoot:/run/secrets:ro"]


def test_no_secret_stands_in_an_environment() -> None:
    secret = re.compile(r"(?i)password|token|secret|_url")
    for name, one in services().items():
        for key, value in one.get("environment", {}).items():
            if secret.search(key) and key not in ("CATFOOT_PUBLIC_URL", "GF_SERVER_ROOT_URL"):
                assert key.endswith("_FILE"), f"{name}: {key}"
                assert value.startswith(("/run/secrets/", "${")), f"{name}: {key}"


def test_without_the_club_everything_is_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of({}, None, monkeypatch)
    assert (settings.logbook_url, settings.series_url, settings.dashboards_url) == (None,) * 3
    assert settings.accounts
    assert settings.hosts == ("catfoot", "localhost")


def test_the_clubs_service_reads_the_secrets_that_were_made(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(club(), secrets, monkeypatch)
    assert settings.hosts == ("catfoot", "club.example")
    assert settings.public_url == "https://club.example"
    url = make_url(settings.logbook_url or "")
    assert (url.host, url.database) == ("postgres", "catfoot")
    assert url.password == (secrets / "postgres_password").read_text()
    assert InfluxServer(settings.series_url or "").name == "influxdb:8086/catfoot"
    assert InfluxServer(settings.dashboards_url or "").name == "influxdb:8086/shared"


@pytest.mark.parametrize(
    ("host", "status"), [("catfoot:8000", 200), ("club.example", 200), ("elsewhere.example", 421)]
)
def test_prometheus_and_people_are_answered_under_the_names_they_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str, status: int
) -> None:
    (scrape,) = loaded(DEPLOY / "prometheus" / "prometheus.yml")["scrape_configs"]
    assert scrape["static_configs"] == [{"targets": ["catfoot:8000"]}]
    settings = settings_of({"CATFOOT_NAME": "club.example"}, None, monkeypatch)
    app = create_app(settings.model_copy(update={"data": tmp_path}), executor=ThreadPoolExecutor(1))
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        assert client.get("/metrics", headers={"Host": host}).status_code == status


def test_secrets_are_made_once_and_nobody_else_gets_to_them(secrets: Path) -> None:
    before = {path: path.read_text() for path in secrets.rglob("*") if path.is_file()}
    subprocess.run(["sh", DEPLOY / "secrets.sh", secrets], check=True)
    assert {path: path.read_text() for path in before} == before
    assert len(set(before.values())) == len(before)
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    wanted = loaded(DEPLOY / "compose.yaml")["secrets"]
    for one in wanted.values():
        assert len((secrets / Path(one["file"]).name).read_text()) == 48


def test_the_proxys_file_is_valid(
    needed: Callable[[str, bool], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = shutil.which("caddy")
    needed("Caddy (Debian: caddy)", program is not None)
    monkeypatch.setenv("CATFOOT_NAME", "club.example")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    command = [program or "", "adapt", "--validate", "--config", str(DEPLOY / "Caddyfile")]
    done = subprocess.run(
        [*command, "--adapter", "caddyfile"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for name in ("club.example", "dashboards.club.example", "/metrics", "catfoot:8000"):
        assert f'"{name}"' in done.stdout
