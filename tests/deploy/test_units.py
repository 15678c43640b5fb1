"""The units of systemd: that it would take them, and how little they are let do."""

import ctypes
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from configparser import RawConfigParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from catfoot.cli import app
from catfoot.config import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PROGRAM = "/usr/local/bin/catfoot"


class Unit(RawConfigParser):
    """A unit's text: names keep their case, and may come twice."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, delimiters=("=",), comment_prefixes=("#",))
        self.optionxform = str  # type: ignore[assignment,method-assign]
        self.read(path)


@pytest.fixture
def analyze(needed: Callable[[str, bool], None]) -> str:
    program = shutil.which("systemd-analyze")
    needed("systemd-analyze (Debian: systemd)", program is not None)
    return program or ""


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_unit_without_a_word(analyze: str, path: Path, tmp_path: Path) -> None:
    unit = tmp_path / path.name
    unit.write_text(path.read_text().replace(PROGRAM, "/bin/true"))  # pipx is not here
    done = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_what_is_left_to_a_unit_is_the_network_and_its_own_folder(analyze: str, path: Path) -> None:
    command = [analyze, "security", "--offline=true", "--no-pager", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= 1.5  # of 10; 1.2 with systemd 252
    unit = Unit(path)["Service"]
    assert (unit["Type"], unit["DynamicUser"]) == ("notify", "yes")
    assert unit["StateDirectory"] in path.name
    assert int(unit["WatchdogSec"]) == 30


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_start_commands_that_there_are(path: Path) -> None:
    start = Unit(path)["Service"]["ExecStart"].split()
    assert start[0] == PROGRAM
    said = CliRunner().invoke(app, [start[1], "--help"], env={"COLUMNS": "200"}).output
    options = [word for word in start[2:] if word.startswith("--")]
    assert all(option in said for option in options), said


def test_settings_in_units_are_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("hush")
    for path in UNITS:
        for name, value in re.findall(r"(CATFOOT_\w+)=([^\s\[]+)", path.read_text()):
            if not value.startswith("..."):
                (tmp_path / Path(value).name).write_text("hush")
                monkeypatch.setenv(
                    name, value.replace("%S", "/var/lib").replace("%d", str(tmp_path))
                )
    assert Settings().logbook_url == "hush"


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux's kernel")
def test_everything_the_server_loads_runs_where_no_memory_is_written_and_executed(
    needed: Callable[[str, bool], None],
) -> None:
    # MemoryDenyWriteExecute=yes, as systemd asks for it from 254 on.
    libc = ctypes.CDLL(None, use_errno=True)
    refuse_exec_gain, set_mdwe, get_mdwe = 1, 65, 66
    needed("a kernel that can deny it (6.3)", libc.prctl(get_mdwe, 0, 0, 0, 0) >= 0)
    modules = (
        "catfoot.api.app, catfoot.jobs, catfoot.sync, catfoot.radios, catfoot.api.passwords,"
        "catfoot.store.influx, catfoot.api.certificates, scipy.signal, argon2, psycopg, ctypes"
    )
    code = (
        "import ctypes, mmap; libc = ctypes.CDLL(None)\n"
        f"assert libc.prctl({set_mdwe}, {refuse_exec_gain}, 0, 0, 0) == 0\n"
        f"import {modules}\n"
        "from catfoot.api.passwords import hashed\n"
        "hashed('a long enough password')\n"
        "try: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)\n"
        "except PermissionError: print('denied')\n"
    )
    env = os.environ | {"PYTHONPATH": str(DEPLOY.parent / "typings")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout == "denied\n", done.stderr


def test_the_readme_says_to_bluez_what_the_snippet_says() -> None:
    snippet = Unit(DEPLOY / "bluez" / "main.conf")["LE"]
    readme = (DEPLOY.parent / "README.md").read_text()
    assert all(f"{name}={value}" in readme for name, value in snippet.items())
