"""Which Bluetooth a command uses: the machine's own, or virtual pods that play files."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import FileError, RadioError
from .signal.tables import Place, Side

if TYPE_CHECKING:
    from .ingest.ble import Radio
    from .ingest.capture import Capture
    from .ingest.virtual.air import Air

#: Opens a radio in the running event loop, and closes what it opened.
Opener = Callable[[], AbstractAsyncContextManager["Radio"]]

FEET: tuple[Side, ...] = ("left", "right")
MOST_BYTES = 512_000_000  # of a file that a virtual pod plays: it is held in memory


@asynccontextmanager
async def platform() -> "AsyncIterator[Radio]":
    """Yield this machine's own Bluetooth."""
    from .ingest.ble import Radio

    yield Radio()


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What one virtual pod is made of: a pod recording, or the capture of a stranger's pod."""

    name: str
    recording: bytes = b""
    capture: "Capture | None" = None


def virtual(played: Sequence[Played], *, fast: bool = False) -> Opener:
    """Return what opens a radio with one virtual pod for each file in range.

    A pod of the open profile has its run stored in its memory too. ``fast`` plays as fast as
    the link takes it.
    """

    @asynccontextmanager
    async def opened() -> "AsyncIterator[Radio]":
        try:
            from .ingest.virtual.air import Air
            from .ingest.virtual.backend import radio
        except ImportError as fault:
            raise RadioError(
                f"virtual pods need the package {fault.name}: pip install 'catfoot[virtual]'"
            ) from fault
        async with AsyncExitStack() as open_:
            air = await open_.enter_async_context(Air())
            for i, one in enumerate(played):
                address = f"F0:CA:7F:00:01:{i:02X}"
                await open_.enter_async_context(_pod(air, one, i, address, fast))
            yield radio(await air.device("collector", "F0:CA:7F:00:01:FF"), len(played))

    return opened


def _pod(
    air: "Air", one: Played, i: int, address: str, fast: bool
) -> AbstractAsyncContextManager[object]:
    from .ingest.devices.openpodruns import run_of_recording
    from .ingest.virtual.captured import CapturedPod
    from .ingest.virtual.pod import VirtualPod

    name = f"virtual pod {i + 1}"
    if one.capture is not None:
        return CapturedPod(air, one.capture, address=address, name=name)
    stored = []
    if (run := run_of_recording(one.recording)) is not None:
        began, data = run
        stored.append((max(0.0, (datetime.now(UTC) - began).total_seconds()), data))
    return VirtualPod(
        air, [one.recording], name=name, address=address, own_pace=not fast, stored=stored
    )


def files_played(
    paths: Sequence[Path], side: Side, place: Place, say: Callable[[str], None]
) -> list[Played]:
    """Return files as virtual pods; two are left and right. FileError for what no pod could be."""
    if len(paths) > len(FEET):
        raise FileError("--virtual: expected one file, or two for the left and the right foot")
    sides = FEET if len(paths) > 1 else (side,)
    return [_played(path, foot, place, say) for path, foot in zip(paths, sides, strict=False)]


def _played(path: Path, side: Side, place: Place, say: Callable[[str], None]) -> Played:
    """Return a file as what a virtual pod plays."""
    from .ingest.capture import load
    from .ingest.files import Options, decode, podlog

    try:
        if (size := path.stat().st_size) > MOST_BYTES:
            raise FileError(
                f"{path}: {size / 1e6:,.0f} MB; a virtual pod plays at most"
                f" {MOST_BYTES / 1e6:,.0f} MB"
            )
        data = path.read_bytes()
    except OSError as fault:
        raise FileError(f"{path}: cannot be read ({fault.strerror})") from fault
    if data.startswith(podlog.MAGIC):
        return Played(name=path.name, recording=data)
    if data.lstrip().startswith(b"{"):
        capture = load(data.decode("utf-8", "replace"), path.name)
        return Played(name=path.name, capture=capture)
    decoded = decode(data, path.name, Options(side=side, place=place))
    if not decoded.blocks:
        raise FileError(f"{path.name}: holds no samples of a sensor, so no pod could play it")
    made = podlog.recording_of(decoded, device=path.stem)
    bit = podlog.decode(made, path.name).blocks[0]
    say(
        f"{path.name}: played as 16-bit samples at {bit.rate_hz:g} Hz, one bit is"
        f" {bit.acc_lsb_mps2:.6g} m/s^2 and {bit.gyr_lsb_radps:.6g} rad/s"
    )
    return Played(name=path.name, recording=made)
