from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from catfoot.config import Settings, open_stores
from catfoot.custody.erasing import erase
from catfoot.errors import RadioError, StoreError
from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.inbox import Found
from catfoot.ingest.source import Decoded
from catfoot.ingest.stamping import Stamping
from catfoot.ingest.virtual.air import Air
from catfoot.ingest.virtual.backend import radio
from catfoot.ingest.virtual.pod import VirtualPod
from catfoot.pairing import Claim, Claims, stamped
from catfoot.signal import synth
from catfoot.signal.imu import G_MPS2, ImuBlock
from catfoot.training.entries import Person
from tests.running import run


def foot(*stamps_s: float, seconds: float = 4.0) -> ImuBlock:
    """A standing foot at 200 Hz; every stamp rings for 40 ms at 8 g and more."""
    n = round(seconds * 200)
    acc = np.tile([0.0, 0.0, G_MPS2], (n, 1))
    for at in stamps_s:
        acc[round(at * 200) : round(at * 200) + 8, 2] = np.linspace(12, 8, 8) * G_MPS2
    return ImuBlock(t_ns=np.arange(n) * 5_000_000, acc=acc, gyr=np.zeros((n, 3)), rate_hz=200.0)


def completed(block: ImuBlock, size: int = 4) -> list[int]:
    """The samples behind which a series of stamps was found complete."""
    stamping = Stamping()
    return [at for at in range(0, len(block), size) if stamping.feed(block[at : at + size])]


def test_three_stamps_and_a_second_of_stillness_are_a_claim() -> None:
    (at,) = completed(foot(0.5, 1.0, 1.6))
    assert at * 5 == pytest.approx(1.6e3 + 35 + 1000, abs=25)


@pytest.mark.parametrize("stamps", [(), (0.5,), (0.5, 1.0), (0.5, 1.0, 2.5), (0.5, 0.55, 0.6)])
def test_fewer_than_three_stamps_in_a_row_claim_nothing(stamps: tuple[float, ...]) -> None:
    assert completed(foot(*stamps)) == []


def test_somebody_who_runs_by_claims_nothing() -> None:
    block = synth.runner(30.0, sensor=synth.Sensor(rate_hz=200)).block
    assert completed(block) == []


@pytest.mark.radio
def test_among_the_pods_in_range_the_one_that_was_stamped_is_found() -> None:
    def tape(block: ImuBlock) -> bytes:
        now = datetime(2026, 1, 1, tzinfo=UTC)
        return recording_of(Decoded(format="m", device="m", started_at=now, blocks=(block,)))

    async def work() -> Found:
        async with (
            Air() as air,
            VirtualPod(air, [tape(foot())], name="still", address="F0:CA:7F:00:00:01"),
            VirtualPod(air, [tape(foot(0.4, 0.8, 1.2))], name="mine", address="F0:CA:7F:00:00:02"),
        ):
            bluetooth = radio(await air.device("collector", "C0:CA:7F:00:00:00"))
            return await stamped(bluetooth, seconds=10, listen_s=0.2)

    assert run(work()).name == "mine"


@pytest.mark.radio
def test_nobody_stamping_is_said_with_what_to_do() -> None:
    async def work() -> None:
        async with Air() as air:
            bluetooth = radio(await air.device("collector", "C0:CA:7F:00:00:00"))
            with pytest.raises(RadioError, match="no pod in range that sends samples"):
                await stamped(bluetooth, listen_s=0.1)
            now = datetime(2026, 1, 1, tzinfo=UTC)
            still = Decoded(format="m", device="m", started_at=now, blocks=(foot(),))
            async with VirtualPod(air, [recording_of(still)]):
                with pytest.raises(RadioError, match=r"nobody stamped in 0\.5 s: stamp three"):
                    await stamped(bluetooth, seconds=0.5, listen_s=0.2)

    run(work())


def test_a_claim_is_remembered_and_replaces_the_pod_of_that_side(tmp_path: Path) -> None:
    claims = Claims(tmp_path / "data" / "pods.json")
    assert claims.sides("ada") == {}
    claims.claim(Claim(address="A", athlete="ada", side="left"))
    claims.claim(Claim(address="B", athlete="ada", side="right"))
    claims.claim(Claim(address="C", athlete="ben", side="left"))
    claims.claim(Claim(address="D", athlete="ada", side="left", name="new"))
    again = Claims(tmp_path / "data" / "pods.json")
    assert again.sides("ada") == {"B": "right", "D": "left"}
    assert again.sides("ben") == {"C": "left"}
    claims.claim(Claim(address="D", athlete="ben", side="right"))
    assert claims.sides("ada") == {"B": "right"}


def test_a_damaged_file_of_claims_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "pods.json").write_text("[{")
    with pytest.raises(StoreError, match="remove it and pair again"):
        Claims(tmp_path / "pods.json").all()


def test_an_athlete_who_is_erased_leaves_no_pod_behind(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    claims = Claims(settings.data / "pods.json")
    with open_stores(settings) as stores:
        ada = stores.logbook.add_person(Person(name="ada"))
        claims.claim(Claim(address="A", athlete=ada, side="left"))
        claims.claim(Claim(address="B", athlete="b" * 32, side="left"))
        erase(stores, ada)
    assert [claim.address for claim in claims.all()] == ["B"]
    assert claims.others(ada) == {"B"}
