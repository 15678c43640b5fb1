"""`make load` in small: nothing that was taken is missing, whatever happened meanwhile.

How quick it is, `make load` says: here other tests share the machine.
"""

import sys
from pathlib import Path

import pytest

from . import load_live, load_queue


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.row("B06")
def test_live_runners_are_kept_to_the_byte_and_shown(tmp_path: Path) -> None:
    borne = load_live.bear(tmp_path, runners=2, seconds=4)
    assert (borne.recordings, borne.missing) == (4, 0)
    assert len(borne.late_ms) > 10
    assert min(borne.late_ms) >= 0
    assert borne.team_ms
    assert borne.cores > 0


def test_no_queued_file_is_lost_though_the_server_is_killed_twice(tmp_path: Path) -> None:
    sent = list(load_queue.files(6, 1, hour_s=20.0))
    found = load_queue.queue(tmp_path, sent, limit_s=240)
    assert found.kills == 2
    assert len(found.states) == len(sent) == 7
    assert found.lost == []
