"""Whatever bytes come, a decoder answers or refuses with FileError; nothing else escapes."""

import numpy as np
import pytest

from catfoot.errors import FileError
from catfoot.ingest.files import Options, decode
from catfoot.ingest.files import fitwriter as fw


def _mutants(seed: bytes, n: int, salt: int) -> list[bytes]:
    rng = np.random.default_rng([salt, len(seed)])
    out = []
    for _ in range(n):
        data = bytearray(seed)
        for _ in range(int(rng.integers(1, 4))):
            at = int(rng.integers(len(data)))
            match int(rng.integers(5)):
                case 0:
                    data[at] = int(rng.integers(256))
                case 1:
                    data[at] ^= 1 << int(rng.integers(8))
                case 2:
                    del data[at : at + int(rng.integers(1, 9))]
                case 3:
                    data[at:at] = rng.bytes(int(rng.integers(1, 9)))
                case _:
                    data[at : at + 4] = b"\xff\xff\xff\xff"
            if not data:
                break
        out.append(bytes(data))
    return out


def _survives(mutants: list[bytes], name: str, options: Options | None = None) -> tuple[int, int]:
    read = refused = 0
    for data in mutants:
        try:
            decoded = decode(data, name, options)
        except FileError as fault:
            refused += 1
            text = str(fault)
            assert text.startswith(f"{name}: "), text
            assert text.isprintable(), text
        else:
            read += 1
            for block in decoded.blocks:
                assert (np.diff(block.t_ns) > 0).all()
            assert (np.diff(decoded.readings["t_ns"]) > 0).all()
    return read, refused


def _fit_seed() -> bytes:
    fit = fw.FitWriter().developer_field("Ground Time", "Milliseconds")
    fit.developer_field("RS_ContactTime_L", "ms")
    fit.message(fw.SESSION, [(2, fw.UINT32), (7, fw.UINT32), (5, fw.ENUM)], [(10**9, 5000, 1)])
    fit.message(fw.LAP, [(2, fw.UINT32), (7, fw.UINT32)], [(10**9, 5000)])
    fit.message(
        fw.EVENT, [fw.TIMESTAMP, (0, fw.ENUM), (1, fw.ENUM)], [(10**9, 0, 4), (10**9 + 2, 0, 0)]
    )
    rows = [(10**9 + i, 82, 3000, 240, 240) for i in range(5)]
    return fit.records([fw.TIMESTAMP, fw.CADENCE, fw.SPEED], rows).file()


def _kept_whole(data: bytes) -> bytes:
    """Give a mutant the length in its header, so that the damage inside is reached."""
    return data[:4] + (len(data) - 16).to_bytes(4, "little") + b".FIT" + data[12:]


def test_twelve_thousand_mutants_of_a_fit_file() -> None:
    seed = _fit_seed()
    mutants = _mutants(seed, 12_000, 1)
    whole = [_kept_whole(m) if i % 2 and len(m) > 20 else m for i, m in enumerate(mutants)]
    read, refused = _survives(whole, "mutant.fit")
    assert read > 1000
    assert refused > 1000


def test_three_thousand_mutants_of_raw_samples_in_a_fit_file() -> None:
    fit = fw.FitWriter().records([fw.TIMESTAMP, fw.SPEED], [(10**9 + i, 3000) for i in range(3)])
    sensor = [(0, fw.ENUM), (1, fw.UINT32), (2, fw.UINT32), (3, fw.UINT32)]
    scales = [(0, 1, 1000, 32768, (0, 0, 0), (65535, 0, 0, 0, 65535, 0, 0, 0, 65535))]
    fit.message(167, [*sensor, (4, fw.SINT32), (5, fw.SINT32)], scales)
    fields = [fw.TIMESTAMP, *[(i, fw.UINT16) for i in range(5)]]
    counts = [tuple(range(i, i + 30)) for i in (32000, 33000, 34000)]
    fit.message(165, fields, [(10**9, 0, tuple(range(0, 300, 10)), *counts)])
    mutants = [_kept_whole(m) for m in _mutants(fit.file(), 3_000, 3) if len(m) > 20]
    read, refused = _survives(mutants, "mutant.fit", Options(place="heel"))
    assert read > 300
    assert refused > 300


def test_eight_thousand_mutants_of_a_csv() -> None:
    rows = [f"{10 * i},{0.1 * i},0.5,1.{i},{i},-3,0.25" for i in range(30)]
    seed = "\n".join(["time,aX,aY,aZ,gX,gY,gZ", *rows]).encode()
    read, refused = _survives(_mutants(seed, 8_000, 2), "mutant.csv")
    assert read > 1000
    assert refused > 100


@pytest.mark.parametrize("n", [1, 2, 7, 12, 14, 16, 100])
def test_noise_is_refused(n: int) -> None:
    rng = np.random.default_rng(n)
    for _ in range(200):
        data = rng.bytes(n)
        with pytest.raises(FileError):
            decode(data, "noise.fit")
        with pytest.raises(FileError):
            decode(data[:8] + b".FIT" + data, "noise.fit")
