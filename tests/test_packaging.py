"""The folder src/ is the package catfoot, whole, and installs anywhere from wheels."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PLATFORMS = (
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-pc-windows-msvc",
    "aarch64-apple-darwin",
    "x86_64-apple-darwin",
)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_folder_is_packaged() -> None:
    listed = project()["tool"]["setuptools"]["packages"]
    folders = [path.parent.relative_to(ROOT / "src") for path in ROOT.glob("src/**/__init__.py")]
    assert sorted(listed) == sorted(".".join(("catfoot", *folder.parts)) for folder in folders)


@pytest.mark.parametrize("code", ["import signal", "import asyncio"])
def test_src_on_the_path_fails_with_one_sentence_instead_of_a_baffling_one(code: str) -> None:
    script = f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); {code}"
    done = subprocess.run(
        [sys.executable, "-S", "-c", script], capture_output=True, text=True, check=False
    )
    assert "ImportError: the folder src/ is on sys.path" in done.stderr


def test_the_package_refuses_another_name() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import src"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "import this package as 'catfoot', not as 'src'" in done.stderr


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_every_package_by_hash_and_names_no_registry(name: str) -> None:
    text = (ROOT / name).read_text()
    pins = re.split(r"(?m)^(?=[a-z0-9])", text)[1:]
    assert len(pins) > 50
    assert all("==" in pin and "--hash=sha256:" in pin for pin in pins)
    assert not re.search(r"https?://|--index-url", text)


def test_what_the_demo_runs_is_what_the_tests_ran() -> None:
    demo, dev = (
        set(re.findall(r"(?m)^([a-z0-9][a-z0-9._-]*==\S+)", (ROOT / name).read_text()))
        for name in LOCKS
    )
    assert demo <= dev


def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    """Through the source archive, as a release is made; the build folder of a tree may be stale."""
    where = ["--quiet", "--no-build-isolation", "--out-dir", str(tmp_path), str(ROOT)]
    built = [sys.executable, "-m", "uv", "build", *where]
    done = subprocess.run(built, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in ZipFile(wheel).namelist() if not name.startswith("catfoot-")}
    own = {
        f"catfoot/{path.relative_to(ROOT / 'src')}"
        for path in (ROOT / "src").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == own


@pytest.mark.network
@pytest.mark.parametrize("platform", PLATFORMS)
def test_all_runtime_dependencies_are_wheels(
    platform: str, tmp_path: Path, needed: Callable[[str, bool], None]
) -> None:
    wanted = tmp_path / "in.txt"
    wanted.write_text("\n".join(project()["project"]["dependencies"]))
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--system-certs"]
    where = [
        "--only-binary=:all:",
        "--python-version=3.11",
        f"--python-platform={platform}",
        str(wanted),
    ]
    done = subprocess.run([*command, *where], capture_output=True, text=True, check=False)
    offline = re.search(r"(?i)error sending request|dns error|failed to fetch", done.stderr)
    needed("the package index", not offline)
    assert done.returncode == 0, done.stderr
    assert "scipy==" in done.stdout


def test_the_demands_are_all_named_once() -> None:
    rows = re.findall(r"(?m)^\| ([A-G]\d\d) \|", (ROOT / "docs/demands.md").read_text())
    assert len(rows) == len(set(rows)) == 104
