"""What every test may ask for, and the table of demands behind `make rows`."""

import os
from collections import defaultdict
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: docs/demands.md: so many demands a letter.
DEMANDS = {"A": 18, "B": 25, "C": 20, "D": 20, "E": 15, "G": 6}
_outcomes: dict[str, dict[str, str]] = defaultdict(dict)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings, which stays outside the project."""
    shared = Path(os.environ.get("CATFOOT_SHARED", ROOT.parent / "shared")) / "data"
    if not shared.is_dir():
        pytest.skip(f"needs the real recordings in {shared}, which are not part of the project")
    return shared


@pytest.fixture(scope="session")
def needed() -> Callable[[str, bool], None]:
    """``needed(thing, present)`` skips where ``thing`` is missing; under CI=true it fails."""

    def check(thing: str, present: bool) -> None:
        if present:
            return
        if os.environ.get("CI") == "true":
            pytest.fail(f"{thing} is missing, and CI must have it")
        pytest.skip(f"{thing} is not on this machine")

    return check


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rows", action="store_true", help="print demands, tests and outcomes")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    known = {f"{letter}{i:02d}" for letter, n in DEMANDS.items() for i in range(1, n + 1)}
    for item in items:
        for mark in item.iter_markers("row"):
            if unknown := set(mark.args) - known:
                raise pytest.UsageError(f"{item.nodeid}: no such demand: {sorted(unknown)}")
            for row in mark.args:
                _outcomes[row].setdefault(item.nodeid, "not run")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" or report.outcome != "passed":
        for mark in item.iter_markers("row"):
            for row in mark.args:
                _outcomes[row][item.nodeid] = report.outcome
    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not config.getoption("--rows"):
        return
    terminalreporter.section("demands")
    for letter, n in DEMANDS.items():
        for i in range(1, n + 1):
            row = f"{letter}{i:02d}"
            tests = _outcomes.get(row, {})
            bad = [f"{name}: {outcome}" for name, outcome in tests.items() if outcome != "passed"]
            state = "no test" if not tests else "pass" if not bad else "; ".join(bad)
            terminalreporter.write_line(f"{row}  {len(tests):3d} tests  {state}")
