from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from catfoot.collect import Plan, collect
from catfoot.errors import FileError, RadioError
from catfoot.feeds import LocalSink
from catfoot.ingest.capture import Capture, capture, dump, load
from catfoot.ingest.devices import openpod
from catfoot.ingest.files.podlog import decode, recording_of
from catfoot.ingest.source import Decoded
from catfoot.ingest.virtual.air import Air
from catfoot.ingest.virtual.backend import radio
from catfoot.ingest.virtual.captured import CapturedPod
from catfoot.ingest.virtual.pod import VirtualPod
from catfoot.live import Live
from catfoot.signal.imu import ImuBlock
from catfoot.store.raw import RawStore
from tests.running import run

ATHLETE = "a" * 32


def samples(n: int) -> Decoded:
    rng = np.random.default_rng(n)
    block = ImuBlock(
        t_ns=np.arange(n, dtype=np.int64) * 5_000_000,
        acc=rng.normal(0, 20, (n, 3)),
        gyr=rng.normal(0, 5, (n, 3)),
        rate_hz=200.0,
    )
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Decoded(format="m", device="m", started_at=now, blocks=(block,))


async def captured(seconds: float) -> Capture:
    """What a virtual pod shows of itself in so many seconds."""
    async with Air() as air:
        bluetooth = radio(await air.device("collector", "C0:CA:7F:00:00:00"))
        async with VirtualPod(air, [recording_of(samples(4000))], name="Ada's left") as pod:
            return await capture(pod.address, bluetooth, seconds=seconds)


@pytest.mark.radio
def test_a_capture_tells_the_kind_of_device_and_not_whose_it_is() -> None:
    made = run(captured(0.2))
    text = dump(made)
    assert made.advertised == (openpod.SERVICE,)
    offered = {a.uuid: a for a in made.attributes}
    assert offered[openpod.DATA].properties == ("notify",)
    assert openpod.decode_info(bytes.fromhex(offered[openpod.INFO].value or "")).rate_mhz == 200_000
    assert 2 <= len(made.packets) <= 20
    assert made.packets[0].at_ms == 0
    for secret in ("Ada", "F0:CA", "F0CA7F", "00002a00", "00002a25"):
        value = [a.value for a in made.attributes if a.uuid.startswith(secret)]
        assert value == [None] * len(value)
        assert secret not in text.replace("00002a00", "").replace("00002a25", "")


@pytest.mark.radio
def test_a_capture_that_is_played_is_collected_like_the_device_itself(tmp_path: Path) -> None:
    async def work() -> tuple[Capture, Decoded, list[bytes]]:
        made = load(dump(await captured(0.4)), "pod.json")
        stores: Any = SimpleNamespace(raw=RawStore(tmp_path))
        async with Air() as air, Live(stores, lambda *_: None) as live:
            bluetooth = radio(await air.device("collector", "C0:CA:7F:00:00:00"))
            async with CapturedPod(air, made) as pod:
                where = Plan(athlete=ATHLETE, listen_s=0.2, seconds=0.8)
                (content,) = await collect(where, LocalSink(live, ATHLETE), bluetooth)
                return made, decode(stores.raw.read(ATHLETE, content), "x"), pod.commands

    made, got, commands = run(work())
    assert sum(map(len, got.blocks)) == sum(bytes.fromhex(p.data)[6] for p in made.packets)
    assert commands[0] == bytes([openpod.START])


def test_a_text_that_is_no_capture_is_refused_by_name() -> None:
    whole = dump(Capture())
    assert load(whole, "x") == Capture()
    for text in ("", "[]", "{", '{"version": 9}', whole.replace('"packets"', '"pockets"'),
                 '{"packets": [{"at_ms": 0, "uuid": "u", "data": "zz"}]}'):  # fmt: skip
        with pytest.raises(FileError, match=r"pod\.json: "):
            load(text, "pod.json")


@pytest.mark.radio
def test_a_device_out_of_range_is_one_sentence() -> None:
    async def work() -> None:
        async with Air() as air:
            bluetooth = radio(await air.device("collector", "C0:CA:7F:00:00:00"))
            with pytest.raises(RadioError, match="is not in range"):
                await capture("F0:CA:7F:00:00:99", bluetooth, search_s=0.1)

    run(work())
