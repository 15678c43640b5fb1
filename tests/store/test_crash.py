import shutil
from collections.abc import Callable

import pytest

from . import crash


@pytest.mark.timeout(300)
def test_nothing_acknowledged_is_lost_doubled_or_halved_when_processes_are_killed(
    needed: Callable[[str, bool], None],
) -> None:
    needed("InfluxDB (Debian: influxdb)", shutil.which("influxd") is not None)
    kept = crash.play(len(crash.SCENES), seed=1)
    assert len(kept) == len(crash.SCENES)
    assert all(kept.values())
