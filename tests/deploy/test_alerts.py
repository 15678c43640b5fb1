"""What Prometheus would wake somebody for."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .yamlfile import loaded

PROMETHEUS = Path(__file__).parents[2] / "deploy" / "prometheus"
HERE = Path(__file__).parent


@pytest.fixture
def promtool(needed: Callable[[str, bool], None]) -> str:
    program = shutil.which("promtool")
    needed("promtool (Debian: prometheus)", program is not None)
    return program or ""


def test_prometheus_takes_its_configuration_and_the_rules(promtool: str) -> None:
    command = [promtool, "check", "config", str(PROMETHEUS / "prometheus.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rules found" in done.stdout


def test_every_alert_comes_when_it_must_and_none_of_a_server_that_is_well(
    promtool: str, tmp_path: Path
) -> None:
    for path in (PROMETHEUS / "alerts.yml", HERE / "alerts.test.yml"):
        shutil.copy(path, tmp_path)
    command = [promtool, "test", "rules", "alerts.test.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_says_what_to_do_and_is_tried() -> None:
    (group,) = loaded(PROMETHEUS / "alerts.yml")["groups"]
    tried = (HERE / "alerts.test.yml").read_text()
    for rule in group["rules"]:
        assert set(rule["annotations"]) == {"summary", "what_to_do"}
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert f'alertname="{rule["alert"]}"' in tried
        assert f"alertname: {rule['alert']}, exp_alerts: []" in tried
        assert not re.search(r"athlete|name=", rule["expr"])
