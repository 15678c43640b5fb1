import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from catfoot.errors import FileError
from catfoot.ingest.files import archive, exportindex


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


def test_two_thousand_mutants_of_an_archive_are_read_in_part_or_refused(tmp_path: Path) -> None:
    seed = _zip(
        {
            "activities.csv": b"Filename,Activity Name\nactivities/1.fit,Hills\n",
            "activities/1.fit": b"abc" * 50,
            "inner/i.zip": _zip({"x.fit": b"hello" * 9}),
            "g.fit.gz": gzip.compress(b"zzz" * 30),
            "q_summarizedActivities.json": b'[{"summarizedActivitiesExport":[{"name":"x"}]}]',
        }
    )
    rng = np.random.default_rng(1)
    path = tmp_path / "e.zip"
    whole = faults = refused = 0
    for _ in range(2000):
        data = bytearray(seed)
        for at in rng.integers(len(data), size=int(rng.integers(1, 5))):
            data[at] = int(rng.integers(256))
        path.write_bytes(bytes(data))
        try:
            members = list(archive.members(path))
        except FileError:
            refused += 1
            continue
        assert all(m.name.isprintable() for m in members)
        bad = any(m.fault for m in members)
        whole, faults = whole + (not bad), faults + bad
    assert min(whole, faults, refused) > 100


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[[[[", b"7", b'[{"summarizedActivitiesExport": 7}]', b"[" * 100_000, b"\xff\xfe"],
)
def test_an_index_that_cannot_be_read_says_nothing(data: bytes) -> None:
    for name in ("activities.csv", "a_summarizedActivities.json"):
        assert exportindex.read(data, name) == exportindex.Index()
