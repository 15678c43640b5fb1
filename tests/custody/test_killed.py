"""Erasing and bringing back, killed in the middle by SIGKILL at one call of ours or another."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from catfoot.config import Settings, Stores, open_stores
from catfoot.custody import erase, export, finish_erasing, restore, tidy

from .conftest import NOW, athlete, rows_of
from .test_erasing import traces

TYPINGS = Path(__file__).parents[2] / "typings"

CHILD = """
import os, signal, sys
from pathlib import Path
from catfoot.config import Settings, open_stores
from catfoot.custody import erase, restore

what, data, given, at = sys.argv[1:]
calls = 0

def counted(frame, event, _):
    global calls
    if event == "call" and "catfoot" in frame.f_code.co_filename:
        calls += 1
        if calls == int(at):
            os.kill(os.getpid(), signal.SIGKILL)

with open_stores(Settings(data=Path(data))) as stores:
    sys.setprofile(counted)
    erase(stores, given) if what == "erase" else restore(stores, Path(given))
    sys.setprofile(None)
print(calls)
"""


def calls(what: str, data: Path, given: str, at: int = 0) -> int | None:
    """Do it in a process that kills itself at that call; return how many it made, None killed."""
    command = [sys.executable, "-c", CHILD, what, str(data), given, str(at)]
    env = os.environ | {"PYTHONPATH": str(TYPINGS)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode == -signal.SIGKILL:
        return None
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_an_erasing_and_a_restore_that_were_killed_anywhere_are_finished_by_the_next(
    tmp_path: Path,
) -> None:
    data, zipped = tmp_path / "data", tmp_path / "ada.zip"
    # Opened and closed: whoever reads the files of an open database loses its locks.
    with open_stores(Settings(data=data)) as stores:
        ada, ben = athlete(stores, "ada", seed=1), athlete(stores, "ben", seed=2)
        export(stores, ada, zipped, NOW)
        before, others = all_of(stores, ada), all_of(stores, ben)
    erasing = calls("erase", data, ada)
    returning = calls("restore", data, str(zipped))
    assert erasing is not None
    assert returning is not None
    for share in (0.4, 0.7, 0.95):
        assert calls("erase", data, ada, int(erasing * share)) is None
        with open_stores(Settings(data=data)) as again:
            finish_erasing(again)
            if again.logbook.count(ada):  # killed before it was written down
                erase(again, ada)
            tidy(again, NOW)
        assert traces(data, ada) == []
        assert calls("restore", data, str(zipped), int(returning * share)) is None
        with open_stores(Settings(data=data)) as again:
            if not again.logbook.count(ada):
                restore(again, zipped)
            tidy(again, NOW)
            assert all_of(again, ada) == before
            assert all_of(again, ben) == others


def all_of(stores: Stores, whose: str) -> tuple[object, ...]:
    """Return everything that the stores have of somebody."""
    return rows_of(stores, whose), stores.logbook.everything(whose), stores.raw.contents(whose)
